//! People and the roles they have in a competition.

use super::text::{Code, Email};
use crate::code_enum;

code_enum! {
    /// What a member may be in one competition. Contestants are no members: owning an entry makes them.
    pub enum Role {
        /// Runs the competition.
        Organizer = "organizer",
        /// Types paper ballots and recorded values; sees no standings.
        Clerk = "clerk",
        /// Marks the entries they are assigned.
        Judge = "judge",
        /// Supervises: reads everything, the log too, and writes nothing.
        Observer = "observer",
    }
}

/// A role that somebody is to have.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// Whose address.
    pub email: Email,
    /// The role.
    pub role: Role,
    /// The region that it is to be limited to.
    pub region: Option<Code>,
}

/// What an instance asks of those who have accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demands {
    /// How many codes and links are sent in an hour at the request of guests from one network address.
    pub messages_per_address: i64,
    /// Whether contestants confirm their address before they submit.
    pub confirmed_email: bool,
}

impl Default for Demands {
    fn default() -> Self {
        Self {
            messages_per_address: 1000,
            confirmed_email: false,
        }
    }
}
