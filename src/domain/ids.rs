//! Identifiers: row numbers that never leave the server, and opaque public ids that do.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(pub i64);
        )*
    };
}

row_ids! {
    /// A person with an account.
    UserId;
    /// One log-in of a user, with its family of refresh tokens.
    SessionId;
    /// A competition.
    CompetitionId;
    /// A track (field) of a competition.
    TrackId;
    /// A region of a competition.
    RegionId;
    /// A membership: a user's role in a competition.
    MemberId;
    /// An invitation to a role.
    InvitationId;
    /// An entry.
    EntryId;
    /// A round.
    RoundId;
    /// A group of a round.
    GroupId;
    /// A panel of a round.
    PanelId;
    /// A judge in a round.
    JudgeId;
    /// An entry in a round.
    RoundEntryId;
    /// A judge's assignment to an entry of a round.
    AssignmentId;
    /// A ballot.
    BallotId;
}

/// An opaque random id for people, invitations, sessions and files: what clients see instead of a row number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicId(pub String);

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
