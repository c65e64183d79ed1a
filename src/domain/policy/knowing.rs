//! Who knows that a competition exists.

use super::{Action, Bound, Relation, Subject, permitted};

/// Whether the subject knows that a competition exists. Even the request to sign in, to enrol or to come with another token
/// would tell it to whoever does not. What a token is not good for, its person still knows; a token for another competition
/// knows no more than a guest.
#[must_use]
pub fn knows_of(subject: &Subject, competition: &Relation) -> bool {
    match subject.bound {
        Bound::Token { elsewhere: true, .. } => {
            permitted(&Subject::default(), Action::ReadCompetition, competition)
        }
        _ => permitted(subject, Action::ReadCompetition, competition),
    }
}
