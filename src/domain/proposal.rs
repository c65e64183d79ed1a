//! What one person proposes and another confirms, in a competition that asks for two persons.

use super::ids::UserId;
use super::policy::Action;
use super::session::DAY;
use super::time::Stamp;
use crate::code_enum;

code_enum! {
    /// What takes two persons.
    pub enum ProposalKind {
        /// Closing a group.
        Closure = "closure",
        /// Opening a closed group again: the first step of a correction.
        Reopening = "reopening",
        /// A penalty or a bonus.
        Adjustment = "adjustment",
        /// Taking a penalty or a bonus back.
        Revocation = "revocation",
        /// Values that officials measured.
        Recording = "recording",
        /// Whether a late ballot counts.
        Acceptance = "acceptance",
        /// Publishing.
        Publication = "publication",
        /// Setting a competition so that it asks for one person only.
        Settings = "settings",
    }
}

/// How long a proposal waits for its second person, in seconds: 7 days.
pub const LIFE: i64 = 7 * DAY;

impl ProposalKind {
    /// What the policy asks of whoever proposes and of whoever confirms.
    #[must_use]
    pub const fn action(self) -> Action {
        match self {
            Self::Closure | Self::Reopening => Action::RunGroup,
            Self::Adjustment | Self::Revocation => Action::Adjust,
            Self::Recording => Action::TypePaper,
            Self::Acceptance => Action::Decide,
            Self::Publication => Action::Publish,
            Self::Settings => Action::EditCompetition,
        }
    }

    /// What the policy asks of whoever reads it: as of what it is about.
    #[must_use]
    pub const fn reading(self) -> Action {
        match self {
            Self::Closure | Self::Reopening => Action::ReadProgress,
            Self::Adjustment | Self::Revocation | Self::Publication => Action::ReadStandings,
            Self::Recording => Action::ReadRecorded,
            Self::Acceptance => Action::ReadBallots,
            Self::Settings => Action::ReadCompetition,
        }
    }

    /// Whether a newer proposal about the same thing takes the place of an older one. An entry may well be given two
    /// penalties.
    #[must_use]
    pub const fn replaces(self) -> bool {
        !matches!(self, Self::Adjustment)
    }
}

/// A proposal about the same thing that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Its row.
    pub id: i64,
    /// Who proposed it.
    pub by: UserId,
    /// When.
    pub at: Stamp,
    /// The version that it is based on.
    pub based_on: Option<i64>,
    /// What exactly.
    pub body: serde_json::Value,
}

/// What a request means beside the proposals that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// It confirms what somebody else proposed.
    Confirms(i64),
    /// The same person asks for the same again.
    Repeats(i64),
    /// It is a proposal.
    Proposes,
}

/// What a request means beside the proposals about the same thing. Only the same request by somebody else confirms one,
/// and only while it is young enough.
#[must_use]
pub fn meaning(
    waiting: &[Waiting],
    by: UserId,
    based_on: Option<i64>,
    body: &serde_json::Value,
    now: Stamp,
) -> Meaning {
    let same = |w: &&Waiting| w.based_on == based_on && w.body == *body && now < w.at.plus_seconds(LIFE);
    let found = || waiting.iter().filter(same);
    if let Some(other) = found().find(|w| w.by != by) {
        return Meaning::Confirms(other.id);
    }
    found()
        .next()
        .map_or(Meaning::Proposes, |own| Meaning::Repeats(own.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(seconds: i64) -> Stamp {
        Stamp::from_naive(chrono::NaiveDateTime::default()).plus_seconds(seconds)
    }

    #[test]
    fn only_the_same_request_by_somebody_else_confirms() {
        let (liu, chen) = (UserId(1), UserId(2));
        let body = json!({ "entry": 25, "points": "-1.00" });
        let waiting = [Waiting {
            id: 7,
            by: liu,
            at: at(0),
            based_on: Some(3),
            body: body.clone(),
        }];
        let of = |by, based_on, body: &serde_json::Value, now| meaning(&waiting, by, based_on, body, at(now));
        assert_eq!(of(chen, Some(3), &body, 60), Meaning::Confirms(7));
        assert_eq!(of(liu, Some(3), &body, 60), Meaning::Repeats(7));
        assert_eq!(of(chen, Some(4), &body, 60), Meaning::Proposes);
        assert_eq!(of(chen, None, &body, 60), Meaning::Proposes);
        let other = json!({ "entry": 25, "points": "-2.00" });
        assert_eq!(of(chen, Some(3), &other, 60), Meaning::Proposes);
        assert_eq!(of(chen, Some(3), &body, LIFE - 1), Meaning::Confirms(7));
        assert_eq!(of(chen, Some(3), &body, LIFE), Meaning::Proposes);
        assert_eq!(meaning(&[], chen, None, &body, at(0)), Meaning::Proposes);
    }
}
