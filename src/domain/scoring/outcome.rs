//! What becomes of an entry after its round: the vocabulary of advancement, which derivations tell.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::derivation::TieNote;
use super::standings::Status;

/// Whether an entry goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It does.
    Advances {
        /// By what.
        by: By,
        /// Its place in its group, if it has one.
        place: Option<u32>,
        /// Why it was nominated.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    },
    /// It does not, and has a place in another stream of the same order.
    Invited {
        /// The stream's code.
        stream: String,
        /// By what.
        by: By,
        /// Its place in its group.
        place: Option<u32>,
    },
    /// It does when somebody leaves and nobody stands before it.
    Reserve {
        /// Its turn: among all, or in its group where groups are not compared.
        number: u32,
        /// The stream that it waits for; without a word to go on.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        stream: Option<String>,
    },
    /// It does not.
    NotAdvanced,
    /// It would have a place or a chance, and may not.
    Excluded {
        /// Why.
        reason: String,
    },
    /// It had a place and gave it up.
    Declined {
        /// The stream; without a word to go on.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        stream: Option<String>,
        /// Why the entry was withdrawn; why an offer was declined stays between its owner and the organizers.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    },
    /// A tie at a cut has to be decided first.
    Waiting,
    /// It has no place in the standings.
    Unplaced {
        /// What the standings say of it.
        status: Status,
    },
}

crate::code_enum! {
    /// By what an entry goes on.
    pub enum By {
        /// Its place among all.
        Place = "place",
        /// Its place in its group.
        PlaceInGroup = "place_in_group",
        /// The places that its group gets at least.
        MinimumPerGroup = "minimum_per_group",
        /// The places that are left after each group got its own.
        Wildcard = "wildcard",
        /// Somebody named it.
        Nomination = "nomination",
    }
}

/// A turn among reserves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Turn {
    /// The stream; without a word to go on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<String>,
    /// Its turn: among all, or in its group where groups are not compared.
    pub number: u32,
}

/// What became of an entry, as its derivation tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdvanceNote {
    /// Whether it goes on, and by what.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Its turns among reserves beside that.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub turns: Vec<Turn>,
    /// Its place among all entries that were compared.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub overall: Option<u32>,
    /// How many were compared.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub of: Option<u32>,
    /// What broke ties with neighbours of other groups.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub ties: Vec<TieNote>,
    /// The codes of its awards.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub awards: Vec<String>,
}
