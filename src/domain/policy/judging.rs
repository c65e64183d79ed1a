//! What a judge's link is good for: judging in one competition, and nothing else that its judge may.

use super::{Action, Bound, Subject};
use crate::domain::user::Role;

/// Whether somebody whom a judge's link signed in may do it at all.
pub(super) const fn is_for_judges(action: Action) -> bool {
    matches!(
        action,
        Action::ReadCompetition
            | Action::ReadResults
            | Action::ListEntries
            | Action::ReadEntry
            | Action::ReadAuthors
            | Action::Judge
            | Action::Recuse
            // Of the chair, in the group that they chair.
            | Action::Decide
            | Action::ReadBallots
            | Action::ReadStandings
            | Action::ReadProfile
            | Action::ReadAssignments
            | Action::SignOut
    )
}

impl Subject {
    /// The subject with what the way in which they proved who they are leaves of their roles: a judge's link leaves those
    /// of judges, and in another competition none.
    #[must_use]
    pub fn narrowed(mut self) -> Self {
        if let Bound::Judging { elsewhere } = self.bound {
            self.admin = false;
            self.grants
                .retain(|grant| !elsewhere && grant.role == Role::Judge);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Grant, Relation, Verdict, may};
    use super::*;

    #[test]
    fn a_judges_link_leaves_the_role_of_a_judge_and_of_that_what_judging_takes() {
        let grant = |role| Grant {
            role,
            region: None,
            excepted: false,
        };
        let by_link = |elsewhere| Subject {
            signed_in: true,
            admin: true,
            grants: vec![grant(Role::Judge), grant(Role::Organizer)],
            bound: Bound::Judging { elsewhere },
            ..Subject::default()
        };
        let assigned = Relation {
            assigned: true,
            owner: true,
            published: true,
            ..Relation::default()
        };
        for action in [
            Action::Judge,
            Action::Recuse,
            Action::ReadEntry,
            Action::ReadAssignments,
        ] {
            assert_eq!(
                may(&by_link(false), action, &assigned),
                Verdict::Allow,
                "{action}"
            );
        }
        for action in [
            Action::Publish,
            Action::ManageJudgeLinks,
            Action::ReadMembers,
            Action::EditEntry,
        ] {
            assert_eq!(
                may(&by_link(false), action, &assigned),
                Verdict::Forbid,
                "{action}"
            );
        }
        for action in [
            Action::CreateEntry,
            Action::ManageSessions,
            Action::ChangeCredentials,
            Action::ReadOwn,
        ] {
            assert_eq!(
                may(&by_link(false), action, &assigned),
                Verdict::JudgesOnly,
                "{action}"
            );
        }
        for action in [Action::Judge, Action::ReadEntry, Action::ReadStandings] {
            assert_ne!(may(&by_link(true), action, &assigned), Verdict::Allow, "{action}");
        }
        let unpublished = Relation {
            published: false,
            ..assigned
        };
        assert_eq!(
            may(&by_link(true), Action::ReadCompetition, &unpublished),
            Verdict::Hide
        );
        assert_eq!(
            may(&by_link(true), Action::ReadCompetition, &assigned),
            Verdict::Allow
        );
    }
}
