//! A round and its groups: phases, who takes part, who marks, what is shown.

use crate::code_enum;

code_enum! {
    /// How far a group is. Each group goes its own way; a round is as far as its last group.
    pub enum Phase {
        /// Entries and judges can still change.
        Draft = "draft",
        /// Judges mark.
        Open = "open",
        /// Marks are fixed; standings are computed.
        Closed = "closed",
        /// It is decided who goes on.
        Decided = "decided",
        /// The public sees the result.
        Published = "published",
    }
}

code_enum! {
    /// What a publication says of the results; each word includes those before it. No answer to contestants or the public
    /// says more; who supervises reads everything in the standings.
    pub enum Release {
        /// Nothing but who goes on and what was awarded; to reserves themselves their turn.
        Nothing = "nothing",
        /// Places and turns among the reserves.
        Place = "place",
        /// Totals, too.
        Total = "total",
        /// To each contestant the value of each criterion of their own entry, too.
        Criteria = "criteria",
        /// To each contestant the judges' comments on their own entry, too.
        Comments = "comments",
    }
}

code_enum! {
    /// Whom a publication lists.
    pub enum PublicList {
        /// Every entry of the group.
        All = "all",
        /// Only those that go on or win an award.
        Advancing = "advancing",
    }
}

code_enum! {
    /// How an entry takes part in a round.
    pub enum Participation {
        /// It is judged and ranked.
        TakingPart = "taking_part",
        /// It was withdrawn.
        Withdrawn = "withdrawn",
        /// It was disqualified.
        Disqualified = "disqualified",
    }
}

code_enum! {
    /// How a judge stands to an entry they were assigned.
    pub enum AssignmentStatus {
        /// They are to mark it.
        Assigned = "assigned",
        /// They stepped down from it.
        Recused = "recused",
        /// They were not there.
        Absent = "absent",
    }
}

code_enum! {
    /// How far a ballot is.
    pub enum BallotStatus {
        /// Being written.
        Draft = "draft",
        /// Handed in, and counted.
        Submitted = "submitted",
        /// Handed in after the group was closed; not counted unless it is accepted.
        Late = "late",
    }
}

code_enum! {
    /// Where a ballot comes from.
    pub enum BallotSource {
        /// The judge's own device.
        Judge = "judge",
        /// Paper, typed by a clerk and confirmed by a second person.
        Paper = "paper",
    }
}

code_enum! {
    /// What was decided about a late ballot.
    pub enum LateDecision {
        /// It counts.
        Accepted = "accepted",
        /// It stays out.
        Left = "left",
    }
}

code_enum! {
    /// How a tie was decided by people.
    pub enum TieDecisionKind {
        /// The panel's chair named the order.
        Chair = "chair",
        /// A lot was drawn.
        Lot = "lot",
    }
}

impl Phase {
    /// Whether marks still count when they come in.
    #[must_use]
    pub const fn takes_marks(self) -> bool {
        matches!(self, Self::Open)
    }

    /// Whether adjustments, recorded decisions and late ballots can still change the result.
    #[must_use]
    pub const fn takes_decisions(self) -> bool {
        matches!(self, Self::Open | Self::Closed)
    }

    /// Whether the marks are fixed.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Closed | Self::Decided | Self::Published)
    }
}

/// The phase of a round: that of the group that is the furthest behind; draft without groups.
#[must_use]
pub fn phase_of_round(groups: impl IntoIterator<Item = Phase>) -> Phase {
    groups.into_iter().min().unwrap_or(Phase::Draft)
}

/// Whether a text can stand for a judge in results: 1 to 20 letters, digits, hyphens and underscores, such as `J1`.
#[must_use]
pub fn is_judge_code(given: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (1..=20).contains(&given.len()) && given.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judges_code_is_short_and_plain() {
        for good in ["J1", "j-12", "technical_1"] {
            assert!(is_judge_code(good), "{good}");
        }
        for bad in ["", "J 1", "评委", "J/1", "a-code-of-twenty-one-c"] {
            assert!(!is_judge_code(bad), "{bad}");
        }
    }

    #[test]
    fn a_round_is_as_far_as_its_last_group() {
        assert_eq!(phase_of_round([]), Phase::Draft);
        assert_eq!(
            phase_of_round([Phase::Published, Phase::Open, Phase::Closed]),
            Phase::Open
        );
    }
}
