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

/// The shortest password that is taken, in characters (NIST SP 800-63B asks for at least 8, 15 without a second factor).
pub const PASSWORD_MIN: usize = 12;
/// The longest password that is taken, in characters.
pub const PASSWORD_MAX: usize = 128;
