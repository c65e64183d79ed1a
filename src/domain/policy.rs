//! The only permission rules: who may do what, as one total function over plain facts.
//!
//! [`may`] answers for a [`Subject`] (who asks, with their memberships in the competition at hand), an [`Action`], and
//! the [`Relation`] between the two. It reads nothing; `app::access` gathers the facts inside the transaction that does
//! the work.

use super::api_token::Scopes;
use super::ids::RegionId;
use super::user::Role;
use crate::code_enum;

mod judging;
mod knowing;
mod programs;
mod roles;

use judging::is_for_judges;
pub use knowing::knows_of;
use programs::in_scope;
pub use programs::{Programs, programs};
pub use roles::roles_of;

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
        /// Make links that sign judges in, and bind tablets on which they take turns.
        ManageJudgeLinks = "manage_judge_links",
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
        /// Read who is behind an entry, in a blind competition too: team, institution, country, answers that identify.
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
        /// Read what officials measured or counted.
        ReadRecorded = "read_recorded",
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
        /// Read who one is.
        ReadProfile = "read_profile",
        /// Read which entries one has, in all competitions.
        ReadOwn = "read_own",
        /// Read what one is to judge, in all competitions.
        ReadAssignments = "read_assignments",
        /// Accept an invitation.
        AcceptInvitation = "accept_invitation",
        /// End the session that asks.
        SignOut = "sign_out",
        /// List and end one's own sessions; prove again who one is.
        ManageSessions = "manage_sessions",
        /// Set up and remove one's own second factor.
        ManageSecondFactor = "manage_second_factor",
        /// List and revoke one's own API tokens.
        ManageTokens = "manage_tokens",
        /// Make an API token.
        IssueToken = "issue_token",
        /// Read who has an account.
        ReadAccounts = "read_accounts",
        /// Suspend accounts, end their sessions, remove a second factor that was lost.
        ManageAccounts = "manage_accounts",
        /// Offer places, give more time, take offers back, let reserves come in.
        Offer = "offer",
        /// Read which places were offered and what was answered.
        ReadOffers = "read_offers",
        /// Read the offer of a place to an entry.
        ReadOffer = "read_offer",
        /// Say whether an entry comes.
        AnswerOffer = "answer_offer",
        /// Change one's own password, address, phone, or the accounts elsewhere that sign one in.
        ChangeCredentials = "change_credentials",
        /// Have the letter sent again that asks whether one's own address is right.
        ConfirmAddress = "confirm_address",
        /// Read what waits for a second person, and take it back.
        ReadProposals = "read_proposals",
        /// Make a link that sets somebody else's password.
        OpenAccounts = "open_accounts",
        /// Read what waits to be sent, and have it sent again.
        ManageMessages = "manage_messages",
    }
}

/// One membership of the subject in the competition at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The region that the role is limited to.
    pub region: Option<RegionId>,
    /// An admin said that it holds in spite of an interest.
    pub excepted: bool,
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
    /// Whether they own or belong to an entry of the competition. It takes away what organizers, clerks and observers may,
    /// unless an admin granted an exception.
    pub interested: bool,
    /// What the way in which they proved who they are takes away.
    pub bound: Bound,
}

/// What the way in which somebody proved who they are takes away from what they may.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Bound {
    /// Nothing: they signed in a moment ago.
    #[default]
    Fresh,
    /// They signed in some time ago: what opens the account stays as it is.
    Older,
    /// The instance demands a second factor of them, and they have none yet: until then they are nobody.
    Enrolling {
        /// Whether they signed in a moment ago.
        fresh: bool,
    },
    /// A program has their token.
    Token {
        /// What it is good for.
        scopes: Scopes,
        /// The token is limited to another competition than this is about.
        elsewhere: bool,
    },
    /// A judge's link signed them in: they are a judge of its competition and nothing else.
    Judging {
        /// The link is of another competition than this is about.
        elsewhere: bool,
    },
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
    /// The subject is assigned to judge the entry, or an entry of the group. Without the role it gives nothing.
    pub assigned: bool,
    /// The subject chairs a panel of the group. Without the role of a judge it gives nothing.
    pub chair: bool,
    /// The group was closed.
    pub closed: bool,
    /// The competition is blind, and the subject is assigned in a group of the entry's that is not closed.
    pub blinded: bool,
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
    /// The caller must set up a second factor first (403).
    Enrol,
    /// The caller must prove again who they are (403).
    Prove,
    /// The API token is not good for this (403).
    OutOfScope,
    /// A judge's link is not good for this (403).
    JudgesOnly,
}

/// Whether the subject may do the action, given how they stand to the thing. How they proved who they are only ever takes
/// away.
#[must_use]
pub fn may(subject: &Subject, action: Action, relation: &Relation) -> Verdict {
    match &subject.bound {
        Bound::Fresh => by_right(subject, action, relation),
        Bound::Older => if_fresh(by_right(subject, action, relation), action),
        Bound::Enrolling { fresh } => {
            if is_for_enrolling(action) {
                let verdict = by_right(subject, action, relation);
                return if *fresh {
                    verdict
                } else {
                    if_fresh(verdict, action)
                };
            }
            as_guest(action, relation, Verdict::Enrol)
        }
        Bound::Token { scopes, elsewhere } => {
            let guest = as_guest(action, relation, Verdict::OutOfScope);
            if *elsewhere || guest == Verdict::Allow {
                return guest;
            }
            match by_right(subject, action, relation) {
                Verdict::Allow if !in_scope(scopes, action) => Verdict::OutOfScope,
                verdict => verdict,
            }
        }
        Bound::Judging { elsewhere } => {
            let relation = Relation {
                owner: false,
                ..*relation
            };
            match by_right(&subject.clone().narrowed(), action, &relation) {
                Verdict::Allow if is_public(action) => Verdict::Allow,
                Verdict::Allow if *elsewhere || !is_for_judges(action) => Verdict::JudgesOnly,
                verdict => verdict,
            }
        }
    }
}

/// What a guest gets; `known` instead of the request to sign in.
fn as_guest(action: Action, relation: &Relation, known: Verdict) -> Verdict {
    let stranger = Relation {
        owner: false,
        assigned: false,
        chair: false,
        ..*relation
    };
    match by_right(&Subject::default(), action, &stranger) {
        Verdict::SignIn => known,
        verdict => verdict,
    }
}

/// Whether an action asks for a sign-in of the last minutes: it opens the account, or somebody else's.
const fn needs_fresh(action: Action) -> bool {
    matches!(
        action,
        Action::ManageSecondFactor
            | Action::IssueToken
            | Action::ManageAccounts
            | Action::ChangeCredentials
            | Action::OpenAccounts
    )
}

fn if_fresh(verdict: Verdict, action: Action) -> Verdict {
    if verdict == Verdict::Allow && needs_fresh(action) {
        return Verdict::Prove;
    }
    verdict
}

/// What is left to somebody who must set up a second factor first.
const fn is_for_enrolling(action: Action) -> bool {
    matches!(
        action,
        Action::ReadProfile | Action::SignOut | Action::ManageSessions | Action::ManageSecondFactor
    )
}

/// What the subject's rights give, however they proved who they are.
fn by_right(subject: &Subject, action: Action, relation: &Relation) -> Verdict {
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

/// Who may do what. Someone who has an interest in an entry loses what `organizer`, `clerk` and `observer` give, reading
/// too. Who judges learns nothing through another role that judges must not know.
fn permitted(subject: &Subject, action: Action, relation: &Relation) -> bool {
    let role = |role| has(subject, role, relation);
    let organizer = || role(Role::Organizer);
    let observer = || role(Role::Observer);
    let judges = || relation.assigned && role(Role::Judge);
    let chairs = || relation.chair && role(Role::Judge);
    match action {
        Action::ReadCompetition => {
            relation.published || subject.admin || !subject.grants.is_empty() || relation.owner
        }
        Action::ReadResults => relation.published || subject.admin || !subject.grants.is_empty(),
        // An organizer who could open an account could judge in its name, or become an admin.
        Action::CreateCompetition
        | Action::GrantException
        | Action::OpenAccounts
        | Action::ManageMessages => subject.admin,
        Action::EditCompetition | Action::ManageMembers | Action::ManageJudgeLinks => {
            subject.admin || organizer()
        }
        Action::ReadMembers => subject.admin || organizer() || observer(),
        Action::ReadLog | Action::Compare => observer() || organizer(),
        Action::CreateEntry => subject.signed_in && relation.published,
        Action::ManageEntries
        | Action::ManageJudging
        | Action::RunGroup
        | Action::Adjust
        | Action::Advance
        | Action::Publish
        | Action::Offer => organizer(),
        Action::ListEntries => subject.signed_in && permitted(subject, Action::ReadCompetition, relation),
        Action::ReadAuthors | Action::ReadContacts if relation.blinded => relation.owner,
        Action::ReadAuthors => relation.owner || organizer() || observer() || role(Role::Clerk),
        Action::ReadContacts => relation.owner || organizer() || observer(),
        Action::ReadEntry => relation.owner || judges() || organizer() || observer() || role(Role::Clerk),
        Action::EditEntry | Action::WithdrawEntry => relation.owner || organizer(),
        Action::ReadEntryStatus | Action::ReadOffer => relation.owner || organizer() || observer(),
        Action::AnswerOffer => relation.owner || organizer(),
        Action::ReadOffers => organizer() || observer(),
        // What each proposal is about decides whether it is shown.
        Action::ReadProposals => {
            subject.admin || organizer() || observer() || role(Role::Clerk) || role(Role::Judge)
        }
        Action::ReadProgress => organizer() || observer() || role(Role::Clerk),
        Action::Judge => judges(),
        Action::Recuse => judges() || organizer(),
        // Who judges sees nobody else's ballots, and nothing made of them, before the group is closed, whatever else they
        // are. Giving the role up does not change that: they could take it again.
        Action::ReadBallots | Action::TypePaper | Action::ReadRecorded | Action::ReadStandings
            if relation.assigned && !relation.closed =>
        {
            false
        }
        Action::TypePaper => organizer() || role(Role::Clerk),
        Action::ReadRecorded => organizer() || observer() || role(Role::Clerk),
        Action::ReadBallots | Action::ReadStandings => {
            organizer() || observer() || (relation.closed && chairs())
        }
        Action::Decide => organizer() || chairs(),
        Action::ReadProfile
        | Action::ReadOwn
        | Action::ReadAssignments
        | Action::AcceptInvitation
        | Action::SignOut
        | Action::ManageSessions
        | Action::ManageSecondFactor
        | Action::ManageTokens
        | Action::IssueToken
        | Action::ChangeCredentials
        | Action::ConfirmAddress => subject.signed_in,
        Action::ReadAccounts | Action::ManageAccounts => subject.admin,
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
        | Action::ReadEntryStatus
        | Action::ReadOffer
        | Action::AnswerOffer => permitted(subject, Action::ReadEntry, relation),
        // Not even its owner learns here whether an entry is in a round: that may not be published yet.
        Action::Judge | Action::Recuse => {
            permitted(subject, Action::Recuse, relation) || permitted(subject, Action::ReadProgress, relation)
        }
        // That there are accounts is no secret.
        Action::CreateCompetition
        | Action::ReadAccounts
        | Action::ManageAccounts
        | Action::OpenAccounts
        | Action::ManageMessages
        | Action::ChangeCredentials
        | Action::ConfirmAddress => true,
        _ => permitted(subject, Action::ReadCompetition, relation),
    }
}

/// Whether somebody with an interest in an entry loses what the role gives.
#[must_use]
pub const fn loses_by_interest(role: Role) -> bool {
    matches!(role, Role::Organizer | Role::Clerk | Role::Observer)
}

/// Whether one of the subject's memberships gives the role here.
fn has(subject: &Subject, role: Role, relation: &Relation) -> bool {
    let loses = subject.interested && loses_by_interest(role);
    subject
        .grants
        .iter()
        .filter(|g| g.role == role && (g.excepted || !loses))
        .any(|g| match g.region {
            None => true,
            Some(_) if relation.whole => false,
            Some(region) => relation.region == Some(region),
        })
}

#[cfg(test)]
mod tests;
