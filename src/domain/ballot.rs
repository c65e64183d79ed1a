//! The life of one ballot: what saving, submitting and deciding make of it, given how far its group is.
//!
//! - A draft is overwritten. A submission is a version of its own, numbered as the ballot was counted then, and kept for
//!   ever.
//! - What counts is a version, never the draft on top of it: who edits after a submission changes nothing until they
//!   submit again.
//! - After closure a submission is kept as late. It counts only if somebody accepts it, with a reason.

use super::round::{BallotStatus, LateDecision, Phase};
use crate::code_enum;

code_enum! {
    /// How far a judge is with an entry.
    pub enum Progress {
        /// They have not begun.
        None = "none",
        /// Their ballot is being written, or was edited after it was submitted.
        Draft = "draft",
        /// Their ballot is handed in, and counts.
        Submitted = "submitted",
        /// Their ballot came after the group was closed.
        Late = "late",
    }
}

impl From<Option<BallotStatus>> for Progress {
    fn from(status: Option<BallotStatus>) -> Self {
        match status {
            None => Self::None,
            Some(BallotStatus::Draft) => Self::Draft,
            Some(BallotStatus::Submitted) => Self::Submitted,
            Some(BallotStatus::Late) => Self::Late,
        }
    }
}

/// A ballot without its marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// How far it is.
    pub status: BallotStatus,
    /// Counts every change, saved drafts too.
    pub version: i64,
    /// The submitted version that counts.
    pub counted: Option<i64>,
}

/// Why a ballot is not changed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody marks yet.
    NotOpen,
    /// Marks are fixed; a submission would be kept as late.
    Closed,
    /// It is decided who goes on, so that nothing can count any more.
    Decided,
}

impl Refusal {
    /// The stable code of the conflict.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotOpen => "group_not_open",
            Self::Closed => "group_closed",
            Self::Decided => "group_decided",
        }
    }
}

/// What saving a draft makes of a ballot.
///
/// # Errors
/// [`Refusal`] unless the group is open.
pub fn save(before: Option<State>, phase: Phase) -> Result<State, Refusal> {
    match phase {
        Phase::Draft => Err(Refusal::NotOpen),
        Phase::Open => Ok(draft(before)),
        Phase::Closed | Phase::Decided | Phase::Published => Err(Refusal::Closed),
    }
}

/// What typing a sheet of paper makes of a ballot. It may be typed after closure too, to be kept as late.
///
/// # Errors
/// [`Refusal`] before the group is open.
pub fn type_paper(before: Option<State>, phase: Phase) -> Result<State, Refusal> {
    match phase {
        Phase::Draft => Err(Refusal::NotOpen),
        Phase::Open | Phase::Closed | Phase::Decided | Phase::Published => Ok(draft(before)),
    }
}

/// What a submission makes of a ballot: its version is the one that is kept.
///
/// # Errors
/// [`Refusal`] before the group is open.
pub fn submit(before: Option<State>, phase: Phase) -> Result<State, Refusal> {
    let next = draft(before);
    match phase {
        Phase::Draft => Err(Refusal::NotOpen),
        Phase::Open => Ok(State {
            status: BallotStatus::Submitted,
            counted: Some(next.version),
            ..next
        }),
        Phase::Closed | Phase::Decided | Phase::Published => Ok(State {
            status: BallotStatus::Late,
            ..next
        }),
    }
}

/// What a decision about the late version `number` makes of a ballot whose newest late version is `newest`.
///
/// # Errors
/// [`Refusal`] before the group is open and once it is decided who goes on.
pub fn decide(
    before: State,
    number: i64,
    newest: i64,
    decision: LateDecision,
    phase: Phase,
) -> Result<State, Refusal> {
    match (phase, decision) {
        (Phase::Draft, _) => Err(Refusal::NotOpen),
        (Phase::Decided | Phase::Published, LateDecision::Accepted) => Err(Refusal::Decided),
        (_, LateDecision::Left) => Ok(before),
        (Phase::Open | Phase::Closed, LateDecision::Accepted) => Ok(State {
            status: match before.status {
                BallotStatus::Late if number == newest => BallotStatus::Submitted,
                status => status,
            },
            version: before.version + 1,
            counted: Some(number),
        }),
    }
}

/// Whether a submission of what the ballot holds already was done before: the same request again, whose first answer got
/// lost, perhaps while the group was closed.
#[must_use]
pub const fn is_submitted(state: State, phase: Phase) -> bool {
    match state.status {
        BallotStatus::Draft => false,
        BallotStatus::Submitted => true,
        BallotStatus::Late => phase.is_closed(),
    }
}

fn draft(before: Option<State>) -> State {
    State {
        status: BallotStatus::Draft,
        version: before.map_or(1, |b| b.version + 1),
        counted: before.and_then(|b| b.counted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use BallotStatus::{Draft, Late, Submitted};

    const fn state(status: BallotStatus, version: i64, counted: Option<i64>) -> State {
        State {
            status,
            version,
            counted,
        }
    }

    #[test]
    fn a_ballot_is_drafted_submitted_and_amended_while_the_group_is_open() {
        let drafted = save(None, Phase::Open).unwrap();
        assert_eq!(drafted, state(Draft, 1, None));
        let submitted = submit(Some(drafted), Phase::Open).unwrap();
        assert_eq!(submitted, state(Submitted, 2, Some(2)));
        let edited = save(Some(submitted), Phase::Open).unwrap();
        assert_eq!(
            edited,
            state(Draft, 3, Some(2)),
            "the submitted version still counts"
        );
        assert_eq!(
            submit(Some(edited), Phase::Open),
            Ok(state(Submitted, 4, Some(4)))
        );
    }

    #[test]
    fn nothing_is_marked_before_the_group_is_open() {
        assert_eq!(save(None, Phase::Draft), Err(Refusal::NotOpen));
        assert_eq!(submit(None, Phase::Draft), Err(Refusal::NotOpen));
        assert_eq!(type_paper(None, Phase::Draft), Err(Refusal::NotOpen));
        let late = state(Late, 1, None);
        assert_eq!(
            decide(late, 1, 1, LateDecision::Accepted, Phase::Draft),
            Err(Refusal::NotOpen)
        );
    }

    #[test]
    fn after_closure_a_submission_is_kept_and_what_counted_still_counts() {
        let submitted = Some(state(Submitted, 2, Some(2)));
        for phase in [Phase::Closed, Phase::Decided, Phase::Published] {
            assert_eq!(save(submitted, phase), Err(Refusal::Closed));
            assert_eq!(submit(submitted, phase), Ok(state(Late, 3, Some(2))));
            assert_eq!(submit(None, phase), Ok(state(Late, 1, None)));
            assert_eq!(type_paper(None, phase), Ok(state(Draft, 1, None)));
        }
    }

    #[test]
    fn a_late_ballot_counts_once_it_is_accepted() {
        let late = state(Late, 3, Some(2));
        let accept = |number, newest, phase| decide(late, number, newest, LateDecision::Accepted, phase);
        assert_eq!(accept(3, 3, Phase::Closed), Ok(state(Submitted, 4, Some(3))));
        assert_eq!(
            accept(3, 4, Phase::Closed),
            Ok(state(Late, 4, Some(3))),
            "a newer one waits"
        );
        assert_eq!(accept(3, 3, Phase::Decided), Err(Refusal::Decided));
        assert_eq!(decide(late, 3, 3, LateDecision::Left, Phase::Published), Ok(late));
    }

    #[test]
    fn the_same_submission_again_is_known() {
        let phases = [Phase::Open, Phase::Closed];
        let known = |status| phases.map(|phase| is_submitted(state(status, 3, None), phase));
        assert_eq!(known(Draft), [false, false]);
        assert_eq!(known(Submitted), [true, true]);
        assert_eq!(known(Late), [false, true], "in a reopened group it would count");
    }
}
