//! People and the roles they have in a competition.

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

/// The shortest password that is taken, in characters (NIST SP 800-63B asks for at least 8, 15 without a second factor).
pub const PASSWORD_MIN: usize = 12;
/// The longest password that is taken, in characters.
pub const PASSWORD_MAX: usize = 128;
