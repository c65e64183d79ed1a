//! What programs may do with an API token: each action belongs to a scope, to every token or to none.

use super::Action;
use crate::domain::api_token::{Scope, Scopes};

/// Which API tokens are good for an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Programs {
    /// Every token.
    All,
    /// Those with this scope.
    With(Scope),
    /// None: it takes a person.
    None,
}

/// Which API tokens are good for an action.
#[must_use]
pub const fn programs(action: Action) -> Programs {
    match action {
        Action::ReadCompetition | Action::ReadProfile => Programs::All,
        Action::ReadResults
        | Action::ReadMembers
        | Action::ReadLog
        | Action::ListEntries
        | Action::ReadEntry
        | Action::ReadAuthors
        | Action::ReadContacts
        | Action::ReadEntryStatus
        | Action::ReadProgress
        | Action::ReadBallots
        | Action::ReadRecorded
        | Action::ReadStandings
        | Action::Compare
        | Action::ReadOffers
        | Action::ReadOffer
        | Action::ReadProposals
        | Action::ReadOwn
        | Action::ReadAssignments => Programs::With(Scope::Read),
        Action::CreateEntry | Action::EditEntry | Action::WithdrawEntry | Action::AnswerOffer => {
            Programs::With(Scope::Enter)
        }
        Action::Judge | Action::Recuse => Programs::With(Scope::Judge),
        Action::TypePaper => Programs::With(Scope::Record),
        Action::CreateCompetition
        | Action::EditCompetition
        | Action::ManageEntries
        | Action::ManageJudging
        | Action::RunGroup
        | Action::Adjust
        | Action::Decide => Programs::With(Scope::Manage),
        Action::ManageMembers => Programs::With(Scope::Members),
        Action::Advance | Action::Publish | Action::Offer => Programs::With(Scope::Publish),
        Action::GrantException
        | Action::ManageJudgeLinks
        | Action::AcceptInvitation
        | Action::SignOut
        | Action::ManageSessions
        | Action::ManageSecondFactor
        | Action::ManageTokens
        | Action::IssueToken
        | Action::ReadAccounts
        | Action::ManageAccounts
        | Action::ChangeCredentials
        | Action::ConfirmAddress
        | Action::OpenAccounts
        | Action::ManageMessages => Programs::None,
    }
}

/// Whether an API token with these scopes is good for an action.
pub(super) fn in_scope(scopes: &Scopes, action: Action) -> bool {
    match programs(action) {
        Programs::All => true,
        Programs::With(scope) => scopes.has(scope),
        Programs::None => false,
    }
}
