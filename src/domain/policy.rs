//! The only permission rules: who may do what, as one total function over plain facts.
//!
//! [`may`] answers for a [`Subject`] (who asks, with their memberships in the competition at hand), an [`Action`], and
//! the [`Relation`] between the two. It reads nothing; `app::access` gathers the facts inside the transaction that does
//! the work.

use super::ids::RegionId;
use super::user::Role;
use crate::code_enum;

code_enum! {
    /// Everything that can be asked of the server, by meaning.
    pub enum Action {
        /// Read a competition, its tracks, regions and rounds.
        ReadCompetition = "read_competition",
        /// Read what was published: results, finalists.
        ReadResults = "read_results",
        /// Make a competition.
        CreateCompetition = "create_competition",
        /// Change a competition, its tracks and regions, its rounds and their rules.
        EditCompetition = "edit_competition",
        /// Read who is what in a competition.
        ReadMembers = "read_members",
        /// Name, invite and remove members.
        ManageMembers = "manage_members",
        /// Let somebody with an interest keep their rights.
        GrantException = "grant_exception",
        /// Read the log of changes.
        ReadLog = "read_log",
        /// Draft an entry of one's own.
        CreateEntry = "create_entry",
        /// Enter projects on behalf of teams; accept and reject.
        ManageEntries = "manage_entries",
        /// List the entries that one may read.
        ListEntries = "list_entries",
        /// Read one entry: what the project is.
        ReadEntry = "read_entry",
        /// Read who is behind an entry, in a blind competition too: institution and team.
        ReadAuthors = "read_authors",
        /// Read how to reach who is behind an entry: its owner, the team's addresses.
        ReadContacts = "read_contacts",
        /// Change or submit one's own entry.
        EditEntry = "edit_entry",
        /// Withdraw an entry.
        WithdrawEntry = "withdraw_entry",
        /// Read the status of an entry in words.
        ReadEntryStatus = "read_entry_status",
        /// Read who judges what and how far they are.
        ReadProgress = "read_progress",
        /// Take entries in, make panels and assignments, set judges aside.
        ManageJudging = "manage_judging",
        /// Open, close and reopen a group.
        RunGroup = "run_group",
        /// Mark an entry.
        Judge = "judge",
        /// Step down from an entry.
        Recuse = "recuse",
        /// Type what judges wrote on paper, and values that officials measured.
        TypePaper = "type_paper",
        /// Read all ballots of an entry.
        ReadBallots = "read_ballots",
        /// Give penalties and bonuses.
        Adjust = "adjust",
        /// Accept or leave a late ballot; record how a tie was decided.
        Decide = "decide",
        /// Read standings that are not published.
        ReadStandings = "read_standings",
        /// Compare the rules of a round with others.
        Compare = "compare",
        /// Decide who goes on.
        Advance = "advance",
        /// Publish results.
        Publish = "publish",
    }
}

/// One membership of the subject in the competition at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The region that the role is limited to.
    pub region: Option<RegionId>,
}

/// Who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// Whether somebody is signed in.
    pub signed_in: bool,
    /// Whether they administer the instance.
    pub admin: bool,
    /// Their memberships in the competition at hand; of another competition none is ever listed here.
    pub grants: Vec<Grant>,
    /// Whether they own or belong to an entry of the competition, and no admin granted an exception.
    pub interested: bool,
}

/// How the thing asked about stands to the subject.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Relation {
    /// The competition is published.
    pub published: bool,
    /// The region of the entry or group, if the action is about one that has a region.
    pub region: Option<RegionId>,
    /// The action is about the whole competition or about something without a region: a scoped role does not reach it.
    pub whole: bool,
    /// The subject owns the entry.
    pub owner: bool,
    /// The subject is assigned to judge the entry.
    pub assigned: bool,
    /// The subject chairs a panel of the group.
    pub chair: bool,
    /// The group was closed.
    pub closed: bool,
}

/// What the policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    Allow,
    /// The caller must sign in first (401).
    SignIn,
    /// The caller may see this, and not do it (403).
    Forbid,
    /// For this caller there is no such thing (404).
    Hide,
}

/// Whether the subject may do the action, given how they stand to the thing.
#[must_use]
pub fn may(subject: &Subject, action: Action, relation: &Relation) -> Verdict {
    if permitted(subject, action, relation) {
        return Verdict::Allow;
    }
    if !subject.signed_in && !is_public(action) {
        return Verdict::SignIn;
    }
    if sees(subject, action, relation) {
        Verdict::Forbid
    } else {
        Verdict::Hide
    }
}

/// Whether guests may ever do it.
#[must_use]
pub const fn is_public(action: Action) -> bool {
    matches!(action, Action::ReadCompetition | Action::ReadResults)
}

/// Who may do what. Someone who has an interest in an entry loses what `organizer` and `clerk` give, reading too.
fn permitted(subject: &Subject, action: Action, relation: &Relation) -> bool {
    let role = |role| has(subject, role, relation);
    let organizer = || role(Role::Organizer);
    let observer = || role(Role::Observer);
    match action {
        Action::ReadCompetition => {
            relation.published || subject.admin || !subject.grants.is_empty() || relation.owner
        }
        Action::ReadResults => relation.published || subject.admin || !subject.grants.is_empty(),
        Action::CreateCompetition | Action::GrantException => subject.admin,
        Action::EditCompetition | Action::ManageMembers => subject.admin || organizer(),
        Action::ReadMembers => subject.admin || organizer() || observer(),
        Action::ReadLog | Action::Compare => observer() || organizer(),
        Action::CreateEntry => subject.signed_in && relation.published,
        Action::ManageEntries
        | Action::ManageJudging
        | Action::RunGroup
        | Action::Adjust
        | Action::Advance
        | Action::Publish => organizer(),
        Action::ListEntries => subject.signed_in && permitted(subject, Action::ReadCompetition, relation),
        Action::ReadAuthors => relation.owner || organizer() || observer() || role(Role::Clerk),
        Action::ReadContacts => relation.owner || organizer() || observer(),
        Action::ReadEntry => {
            relation.owner || relation.assigned || organizer() || observer() || role(Role::Clerk)
        }
        Action::EditEntry | Action::WithdrawEntry => relation.owner || organizer(),
        Action::ReadEntryStatus => relation.owner || organizer() || observer(),
        Action::ReadProgress => organizer() || observer() || role(Role::Clerk),
        Action::Judge => relation.assigned,
        Action::Recuse => relation.assigned || organizer(),
        // Who judges sees nobody else's ballots before the group is closed, whatever else they are.
        Action::ReadBallots | Action::TypePaper if relation.assigned && !relation.closed => false,
        Action::TypePaper => organizer() || role(Role::Clerk),
        Action::ReadBallots => organizer() || observer() || (relation.chair && relation.closed),
        Action::Decide => organizer() || relation.chair,
        Action::ReadStandings => organizer() || observer() || (relation.chair && relation.closed),
    }
}

/// Whether a subject who may not do the action may at least know that the thing exists.
fn sees(subject: &Subject, action: Action, relation: &Relation) -> bool {
    match action {
        Action::ReadCompetition | Action::ReadResults => false,
        Action::ReadEntry
        | Action::ReadAuthors
        | Action::ReadContacts
        | Action::EditEntry
        | Action::WithdrawEntry
        | Action::ReadEntryStatus => permitted(subject, Action::ReadEntry, relation),
        Action::Judge | Action::Recuse => permitted(subject, Action::ReadEntry, relation),
        Action::CreateCompetition => true,
        _ => permitted(subject, Action::ReadCompetition, relation),
    }
}

/// Whether one of the subject's memberships gives the role here.
fn has(subject: &Subject, role: Role, relation: &Relation) -> bool {
    if subject.interested && matches!(role, Role::Organizer | Role::Clerk) {
        return false;
    }
    subject
        .grants
        .iter()
        .filter(|g| g.role == role)
        .any(|g| match g.region {
            None => true,
            Some(_) if relation.whole => false,
            Some(region) => relation.region == Some(region),
        })
}

/// The roles for which an action can be allowed at all, for the API document: `admin`, `owner`, `organizer` …
#[must_use]
pub fn roles_of(action: Action) -> Vec<&'static str> {
    if is_public(action) {
        return vec!["guest"];
    }
    let everywhere = Relation {
        published: true,
        closed: true,
        ..Relation::default()
    };
    let with = |role| Subject {
        signed_in: true,
        grants: vec![Grant { role, region: None }],
        ..Subject::default()
    };
    let nobody = Subject {
        signed_in: true,
        ..Subject::default()
    };
    let tried = [
        ("signed_in", nobody.clone(), everywhere),
        (
            "admin",
            Subject {
                admin: true,
                ..nobody.clone()
            },
            everywhere,
        ),
        ("organizer", with(Role::Organizer), everywhere),
        ("clerk", with(Role::Clerk), everywhere),
        ("observer", with(Role::Observer), everywhere),
        (
            "owner",
            nobody.clone(),
            Relation {
                owner: true,
                ..everywhere
            },
        ),
        (
            "assigned_judge",
            with(Role::Judge),
            Relation {
                assigned: true,
                ..everywhere
            },
        ),
        (
            "chair",
            with(Role::Judge),
            Relation {
                chair: true,
                ..everywhere
            },
        ),
    ];
    let allowed =
        |(_, subject, relation): &(&str, Subject, Relation)| may(subject, action, relation) == Verdict::Allow;
    let roles: Vec<_> = tried
        .iter()
        .filter(|t| allowed(t))
        .map(|(name, ..)| *name)
        .collect();
    if roles.contains(&"signed_in") {
        vec!["signed_in"]
    } else {
        roles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(role: Role, region: Option<i64>) -> Subject {
        Subject {
            signed_in: true,
            grants: vec![Grant {
                role,
                region: region.map(RegionId),
            }],
            ..Subject::default()
        }
    }

    const PUBLISHED: Relation = Relation {
        published: true,
        region: None,
        whole: false,
        owner: false,
        assigned: false,
        chair: false,
        closed: false,
    };

    #[test]
    fn every_action_answers_for_everybody() {
        let subjects = [
            Subject::default(),
            member(Role::Organizer, None),
            member(Role::Judge, Some(1)),
        ];
        for action in Action::ALL {
            for subject in &subjects {
                for relation in [Relation::default(), PUBLISHED] {
                    let verdict = may(subject, *action, &relation);
                    assert!(subject.signed_in || verdict != Verdict::Forbid, "{action}");
                }
            }
        }
    }

    #[test]
    fn a_guest_reads_what_is_published_and_nothing_else() {
        let guest = Subject::default();
        assert_eq!(may(&guest, Action::ReadCompetition, &PUBLISHED), Verdict::Allow);
        assert_eq!(
            may(&guest, Action::ReadCompetition, &Relation::default()),
            Verdict::Hide
        );
        for action in Action::ALL.iter().filter(|a| !is_public(**a)) {
            assert_eq!(may(&guest, *action, &PUBLISHED), Verdict::SignIn, "{action}");
        }
    }

    #[test]
    fn a_scope_ends_at_its_region() {
        let shanghai = member(Role::Organizer, Some(1));
        let at = |region| Relation {
            region: Some(RegionId(region)),
            ..PUBLISHED
        };
        assert_eq!(may(&shanghai, Action::RunGroup, &at(1)), Verdict::Allow);
        assert_eq!(may(&shanghai, Action::RunGroup, &at(2)), Verdict::Forbid);
        assert_eq!(may(&shanghai, Action::ReadEntry, &at(2)), Verdict::Hide);
        let whole = Relation { whole: true, ..at(1) };
        assert_eq!(may(&shanghai, Action::EditCompetition, &whole), Verdict::Forbid);
    }

    #[test]
    fn interest_takes_the_organizers_and_the_clerks_rights_away_reading_too() {
        for role in [Role::Organizer, Role::Clerk] {
            let subject = Subject {
                interested: true,
                ..member(role, None)
            };
            for action in Action::ALL {
                let verdict = may(&subject, *action, &PUBLISHED);
                let everyone = may(&member(Role::Judge, None), *action, &PUBLISHED);
                assert_eq!(verdict, everyone, "{action}");
            }
        }
    }

    #[test]
    fn an_observer_writes_nothing_and_an_admin_judges_nothing() {
        use Action::*;
        let writes = [
            EditCompetition,
            ManageMembers,
            GrantException,
            ManageEntries,
            EditEntry,
            WithdrawEntry,
            ManageJudging,
            RunGroup,
            Judge,
            Recuse,
            TypePaper,
            Adjust,
            Decide,
            Advance,
            Publish,
            CreateCompetition,
        ];
        for action in writes {
            assert_ne!(
                may(&member(Role::Observer, None), action, &PUBLISHED),
                Verdict::Allow,
                "{action}"
            );
        }
        let admin = Subject {
            signed_in: true,
            admin: true,
            ..Subject::default()
        };
        for action in [
            RunGroup,
            Judge,
            ReadStandings,
            Adjust,
            Decide,
            Advance,
            Publish,
            ReadBallots,
            TypePaper,
        ] {
            assert_ne!(may(&admin, action, &PUBLISHED), Verdict::Allow, "{action}");
        }
    }

    #[test]
    fn who_judges_sees_nobody_elses_ballots_before_the_group_is_closed() {
        let judging = Relation {
            assigned: true,
            ..PUBLISHED
        };
        for (role, action) in [
            (Role::Organizer, Action::ReadBallots),
            (Role::Observer, Action::ReadBallots),
            (Role::Organizer, Action::TypePaper),
            (Role::Clerk, Action::TypePaper),
        ] {
            let subject = member(role, None);
            assert_eq!(may(&subject, action, &PUBLISHED), Verdict::Allow);
            assert_eq!(may(&subject, action, &judging), Verdict::Forbid);
            let closed = Relation {
                closed: true,
                ..judging
            };
            assert_eq!(may(&subject, action, &closed), Verdict::Allow);
        }
    }

    #[test]
    fn a_clerk_sees_no_standings_and_a_chair_none_before_the_group_is_closed() {
        assert_eq!(
            may(&member(Role::Clerk, None), Action::ReadStandings, &PUBLISHED),
            Verdict::Forbid
        );
        let chair = Relation {
            chair: true,
            ..PUBLISHED
        };
        let judge = member(Role::Judge, None);
        assert_eq!(may(&judge, Action::ReadStandings, &chair), Verdict::Forbid);
        assert_eq!(
            may(
                &judge,
                Action::ReadStandings,
                &Relation {
                    closed: true,
                    ..chair
                }
            ),
            Verdict::Allow
        );
    }

    #[test]
    fn the_document_names_the_roles_that_the_rules_allow() {
        assert_eq!(roles_of(Action::ReadResults), ["guest"]);
        assert_eq!(roles_of(Action::CreateEntry), ["signed_in"]);
        assert_eq!(roles_of(Action::CreateCompetition), ["admin"]);
        assert_eq!(roles_of(Action::Judge), ["assigned_judge"]);
        assert_eq!(roles_of(Action::TypePaper), ["organizer", "clerk"]);
    }
}
