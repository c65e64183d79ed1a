//! Who is awarded.

use serde::Serialize;
use utoipa::ToSchema;

use super::read::{Fields, Node, Read, unknown_word};
use super::rubric::is_default;
use crate::domain::codes::UnknownCode;
use crate::domain::invalid::Invalid;
use crate::domain::points::Points;
use crate::domain::text::{Code, Text};

/// A prize in each group. Awards by the total are one ladder in the order of the list (1 first, 3 second, 6 third prizes;
/// gold from 90, silver from 80): an entry gets the first that it reaches. An award by a criterion stands beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Award {
    /// Its short name, unique among the awards.
    pub code: Code,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// How many places it goes to, after the places of the awards before it; without a word to all who reach `from`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<u32>,
    /// The worst value that gets it; without enough such entries it stays empty, in part or in whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Points>,
    /// Which value counts; without a word the total.
    #[serde(skip_serializing_if = "is_default")]
    pub by: AwardBy,
    /// Whether it may go to entries with another award where the rules give one award per entry, and takes none away.
    #[serde(skip_serializing_if = "is_default")]
    pub beside_others: bool,
}

/// Which value an award goes by: `"total"` or `{ "criterion": "innovation" }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AwardBy {
    /// The total and its place.
    #[default]
    Total,
    /// A criterion's value across the judges whose sheets counted, or its recorded value.
    Criterion(Code),
}

impl Award {
    /// The criterion that it goes by; none where it goes by the total.
    #[must_use]
    pub const fn criterion(&self) -> Option<&Code> {
        match &self.by {
            AwardBy::Total => None,
            AwardBy::Criterion(code) => Some(code),
        }
    }
}

impl Read for Award {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let code = f.required("code", errors);
        let title = f.optional("title", errors);
        let places = f.optional("places", errors);
        let from = f.optional("from", errors);
        let by = f.or_default("by", errors);
        let beside_others = f.or_default("beside_others", errors);
        f.finish(errors);
        Some(Self {
            code: code?,
            title,
            places,
            from,
            by,
            beside_others,
        })
    }
}

impl Read for AwardBy {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        match node {
            Node::Text(word) if word == "total" => Some(Self::Total),
            Node::Text(word) => {
                let unknown = UnknownCode {
                    given: word.clone(),
                    known: &["total", "{\"criterion\": …}"],
                };
                errors.push(unknown_word(at, &unknown));
                None
            }
            _ => {
                let mut f = Fields::of(node, at, errors)?;
                let criterion = f.required("criterion", errors);
                f.finish(errors);
                criterion.map(Self::Criterion)
            }
        }
    }
}
