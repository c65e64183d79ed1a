//! An entry's own life, before any round: drafted, submitted, screened, perhaps withdrawn.

use crate::code_enum;

code_enum! {
    /// How far an entry is.
    pub enum EntryStatus {
        /// Being written by its owner.
        Draft = "draft",
        /// Handed in, waiting to be screened.
        Submitted = "submitted",
        /// Takes part.
        Accepted = "accepted",
        /// Does not take part; the reason is kept.
        Rejected = "rejected",
        /// Taken back by its owner or an organizer.
        Withdrawn = "withdrawn",
    }
}

impl EntryStatus {
    /// Whether the owner may still change it, as far as its status goes.
    #[must_use]
    pub const fn is_open_to_owner(self) -> bool {
        matches!(self, Self::Draft | Self::Submitted)
    }

    /// Whether it can be accepted or rejected.
    #[must_use]
    pub const fn can_be_screened(self) -> bool {
        matches!(self, Self::Submitted | Self::Accepted | Self::Rejected)
    }
}
