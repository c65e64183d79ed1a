//! How far an entry is, in a word: from its own life and from what can be seen of the rounds that it is in.

use super::entry::EntryStatus;
use super::publication::{PrivateResult, PublicOutcome};
use super::round::Phase;
use super::scoring::Status;
use super::text::{Code, Text};

crate::code_enum! {
    /// How far an entry is, as its owner reads it.
    pub enum StatusCode {
        /// It is being written.
        Draft = "draft",
        /// It was handed in.
        Submitted = "submitted",
        /// It takes part.
        Accepted = "accepted",
        /// It does not take part.
        Rejected = "rejected",
        /// It was taken back.
        Withdrawn = "withdrawn",
        /// It is being judged, or the result is not published.
        InRound = "in_round",
        /// It goes on.
        Advanced = "advanced",
        /// It does not go on, and is invited to something else.
        Invited = "invited",
        /// It does not go on.
        NotAdvanced = "not_advanced",
        /// It had a place and gave it up.
        Declined = "declined",
        /// It goes on when somebody leaves.
        Reserve = "reserve",
        /// It won an award.
        Awarded = "awarded",
        /// It was disqualified.
        Disqualified = "disqualified",
        /// The result is published; nobody goes on from there, and it has no award.
        TookPart = "took_part",
    }
}

/// An entry's part in a round. It holds what was published and can be seen; a result that is not published can't
/// get into a status.
#[derive(Debug, Clone)]
pub struct Part {
    /// The round.
    pub round: Code,
    /// What it is called.
    pub title: Text,
    /// How far its group is.
    pub phase: Phase,
    /// The earlier round from which it was taken in: that it is here tells that it went on there.
    pub taken_from: Option<Code>,
    /// What is published of it.
    pub published: Option<PrivateResult>,
    /// The round after it: code and title.
    pub next: Option<(Code, Text)>,
}

/// How far an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryState {
    /// The word.
    pub code: StatusCode,
    /// The round that the word is about: the one it is in or was in; for `advanced` the one it goes on to.
    pub round: Option<(Code, Text)>,
    /// What it is invited to beside the next round.
    pub stream: Option<Text>,
    /// Its turn among the reserves.
    pub reserve: Option<u32>,
    /// Its award.
    pub award: Option<Text>,
}

/// How far an entry is. `parts` are the rounds that it is in, the first round first.
#[must_use]
pub fn of(status: EntryStatus, parts: &[Part]) -> EntryState {
    let own = match status {
        EntryStatus::Draft => StatusCode::Draft,
        EntryStatus::Submitted => StatusCode::Submitted,
        EntryStatus::Rejected => StatusCode::Rejected,
        EntryStatus::Withdrawn => StatusCode::Withdrawn,
        EntryStatus::Accepted => match parts
            .iter()
            .rfind(|p| p.phase != Phase::Draft && is_revealed(p, parts))
        {
            Some(part) => return in_round(part),
            None => StatusCode::Accepted,
        },
    };
    word(own)
}

/// Whether it can be told that an entry is in a round. Who was taken in from an earlier round is told so once the result
/// there can be seen and says that they go on.
fn is_revealed(part: &Part, parts: &[Part]) -> bool {
    let Some(earlier) = &part.taken_from else {
        return true;
    };
    let went_on = |result: &PrivateResult| result.result.outcome == Some(PublicOutcome::Advances);
    let earlier = parts.iter().find(|p| p.round == *earlier);
    part.published.is_some() || earlier.is_some_and(|p| p.published.as_ref().is_some_and(went_on))
}

const fn word(code: StatusCode) -> EntryState {
    EntryState {
        code,
        round: None,
        stream: None,
        reserve: None,
        award: None,
    }
}

fn in_round(part: &Part) -> EntryState {
    let here = Some((part.round.clone(), part.title.clone()));
    let Some(published) = &part.published else {
        return EntryState {
            round: here,
            ..word(StatusCode::InRound)
        };
    };
    let award = published.awards.first().cloned();
    let code = match (published.status, published.result.outcome, &award) {
        (Status::Disqualified, ..) => StatusCode::Disqualified,
        (_, Some(PublicOutcome::Advances), _) => {
            return EntryState {
                round: part.next.clone(),
                award,
                ..word(StatusCode::Advanced)
            };
        }
        (_, Some(PublicOutcome::Invited), _) => StatusCode::Invited,
        (_, _, Some(_)) => StatusCode::Awarded,
        (_, Some(PublicOutcome::Reserve), None) => StatusCode::Reserve,
        (_, Some(PublicOutcome::Declined), None) => StatusCode::Declined,
        (_, Some(PublicOutcome::NotAdvanced | PublicOutcome::Excluded), None) => StatusCode::NotAdvanced,
        (_, None, None) => StatusCode::TookPart,
    };
    EntryState {
        code,
        round: here,
        stream: published.stream.clone(),
        reserve: published.result.reserve,
        award,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::publication::Placing;

    fn part(round: &str, phase: Phase, published: Option<(Status, Option<PublicOutcome>)>) -> Part {
        let result = |(status, outcome): (Status, Option<PublicOutcome>)| PrivateResult {
            status,
            result: Placing {
                outcome,
                reserve: (outcome == Some(PublicOutcome::Reserve)).then_some(2),
                ..Placing::default()
            },
            stream: (outcome == Some(PublicOutcome::Invited)).then(|| Text::english("the roadshow")),
            awards: Vec::new(),
            criteria: Vec::new(),
            comments: Vec::new(),
        };
        Part {
            round: round.parse().unwrap(),
            title: Text::english(round),
            phase,
            taken_from: None,
            published: published.map(result),
            next: Some(("final".parse().unwrap(), Text::english("Final"))),
        }
    }

    fn code(status: EntryStatus, parts: &[Part]) -> (StatusCode, Option<String>) {
        let state = of(status, parts);
        (state.code, state.round.map(|(code, _)| code.to_string()))
    }

    #[test]
    fn before_any_round_an_entry_is_as_far_as_its_own_life() {
        let words = [
            (EntryStatus::Draft, StatusCode::Draft),
            (EntryStatus::Submitted, StatusCode::Submitted),
            (EntryStatus::Accepted, StatusCode::Accepted),
            (EntryStatus::Rejected, StatusCode::Rejected),
            (EntryStatus::Withdrawn, StatusCode::Withdrawn),
        ];
        let drafted = [part("semi-final", Phase::Draft, None)];
        for (status, expected) in words {
            assert_eq!(code(status, &drafted), (expected, None), "{status}");
        }
    }

    #[test]
    fn until_a_result_can_be_seen_an_entry_is_in_the_round_however_far_the_group_is() {
        for phase in [Phase::Open, Phase::Closed, Phase::Decided, Phase::Published] {
            let parts = [part("semi-final", phase, None)];
            assert_eq!(
                code(EntryStatus::Accepted, &parts),
                (StatusCode::InRound, Some("semi-final".into()))
            );
        }
    }

    #[test]
    fn what_is_published_decides_and_the_last_round_that_was_opened_counts() {
        let seen = |status, outcome| {
            let parts = [part("semi-final", Phase::Published, Some((status, outcome)))];
            code(EntryStatus::Accepted, &parts)
        };
        let here = Some("semi-final".to_owned());
        let ranked = |outcome| seen(Status::Ranked, Some(outcome));
        assert_eq!(
            ranked(PublicOutcome::Advances),
            (StatusCode::Advanced, Some("final".into()))
        );
        assert_eq!(
            ranked(PublicOutcome::NotAdvanced),
            (StatusCode::NotAdvanced, here.clone())
        );
        assert_eq!(
            ranked(PublicOutcome::Excluded),
            (StatusCode::NotAdvanced, here.clone())
        );
        assert_eq!(
            ranked(PublicOutcome::Invited),
            (StatusCode::Invited, here.clone())
        );
        assert_eq!(
            ranked(PublicOutcome::Reserve),
            (StatusCode::Reserve, here.clone())
        );
        assert_eq!(seen(Status::Ranked, None), (StatusCode::TookPart, here.clone()));
        assert_eq!(
            seen(Status::Disqualified, Some(PublicOutcome::NotAdvanced)),
            (StatusCode::Disqualified, here)
        );
        let advanced = part(
            "semi-final",
            Phase::Published,
            Some((Status::Ranked, Some(PublicOutcome::Advances))),
        );
        let waiting = [advanced.clone(), part("final", Phase::Draft, None)];
        assert_eq!(code(EntryStatus::Accepted, &waiting).0, StatusCode::Advanced);
        let open = [advanced, part("final", Phase::Open, None)];
        assert_eq!(
            code(EntryStatus::Accepted, &open),
            (StatusCode::InRound, Some("final".into()))
        );
    }

    #[test]
    fn a_later_round_is_told_once_the_result_that_led_there_can_be_seen() {
        let last = Part {
            taken_from: Some("semi-final".parse().unwrap()),
            ..part("final", Phase::Open, None)
        };
        let seen = |outcome: Option<PublicOutcome>| {
            let result = outcome.map(|outcome| (Status::Ranked, Some(outcome)));
            let parts = [part("semi-final", Phase::Published, result), last.clone()];
            code(EntryStatus::Accepted, &parts)
        };
        let (semi, end) = (Some("semi-final".to_owned()), Some("final".to_owned()));
        assert_eq!(seen(None), (StatusCode::InRound, semi.clone()));
        // A correction that lets it go on is made and can't be seen yet.
        assert_eq!(
            seen(Some(PublicOutcome::Reserve)),
            (StatusCode::Reserve, semi.clone())
        );
        assert_eq!(
            seen(Some(PublicOutcome::Advances)),
            (StatusCode::InRound, end.clone())
        );
        // Both rounds take every accepted entry: nothing is told by being in the second.
        let both = [
            part("semi-final", Phase::Closed, None),
            part("final", Phase::Open, None),
        ];
        assert_eq!(
            code(EntryStatus::Accepted, &both),
            (StatusCode::InRound, end.clone())
        );
        let result = Some((Status::Ranked, None));
        let over = Part {
            taken_from: last.taken_from,
            ..part("final", Phase::Published, result)
        };
        let parts = [part("semi-final", Phase::Decided, None), over];
        assert_eq!(code(EntryStatus::Accepted, &parts), (StatusCode::TookPart, end));
    }

    #[test]
    fn an_award_is_said_and_who_goes_on_hears_of_both() {
        let mut won = part("final", Phase::Published, Some((Status::Ranked, None)));
        won.published.as_mut().unwrap().awards = vec![Text::english("First prize")];
        assert_eq!(
            of(EntryStatus::Accepted, &[won.clone()]).code,
            StatusCode::Awarded
        );
        won.published.as_mut().unwrap().result.outcome = Some(PublicOutcome::Advances);
        let state = of(EntryStatus::Accepted, &[won]);
        assert_eq!(
            (state.code, state.award),
            (StatusCode::Advanced, Some(Text::english("First prize")))
        );
    }
}
