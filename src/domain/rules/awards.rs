//! Who is awarded.

use std::fmt;

use num_integer::Integer;
use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::read::{Fields, Node, Read, expected, unknown_word};
use super::rubric::is_default;
use crate::domain::codes::UnknownCode;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;
use crate::domain::text::{Code, Text};

/// A prize in each group. Awards by the total are one ladder in the order of the list (1 first, 3 second, 6 third prizes;
/// gold from 90, silver from 80; gold for the best twelfth, silver for the next sixth): an entry gets the first that it reaches. An award by a criterion stands beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Award {
    /// Its short name, unique among the awards.
    pub code: Code,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// How many places it goes to, after the places of the awards before it; without a word to as many as `portion` says, or
    /// to all who reach `from`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<u32>,
    /// How many places it goes to in proportion to the group's ranked entries, rounded down: `"1/12"`, `"0.1"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portion: Option<Portion>,
    /// The worst value that gets it; without enough such entries it stays empty, in part or in whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Points>,
    /// Which value counts; without a word the total.
    #[serde(skip_serializing_if = "is_default")]
    pub by: AwardBy,
    /// Whether it goes to the best of all groups together, not to the best of each; such awards by the total are a ladder of
    /// their own.
    #[serde(skip_serializing_if = "is_default")]
    pub across_groups: bool,
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

/// A part of the entries: more than none, at most all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    part: u32,
    whole: u32,
}

impl Portion {
    /// The greatest number below the line.
    const MOST: u32 = 1000;

    fn of(part: i64, whole: i64) -> Option<Self> {
        let common = part.gcd(&whole).max(1);
        let (part, whole) = (
            u32::try_from(part / common).ok()?,
            u32::try_from(whole / common).ok()?,
        );
        (1..=whole)
            .contains(&part)
            .then_some(Self { part, whole })
            .filter(|portion| portion.whole <= Self::MOST)
    }

    fn parse(given: &str) -> Option<Self> {
        match given.split_once('/') {
            Some((part, whole)) => Self::of(
                part.parse::<u32>().ok()?.into(),
                whole.parse::<u32>().ok()?.into(),
            ),
            None => Self::of(given.parse::<Points>().ok()?.thousandths(), 1000),
        }
    }

    /// How many of so many entries it is, rounded down.
    #[must_use]
    pub fn places(self, entries: usize) -> usize {
        let entries = u64::try_from(entries).unwrap_or(u64::from(u32::MAX));
        let places = entries.saturating_mul(self.part.into()) / u64::from(self.whole.max(1));
        usize::try_from(places).unwrap_or(usize::MAX)
    }
}

impl fmt::Display for Portion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.whole)
    }
}

impl PartialSchema for Portion {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(r"^[0-9]+(/[0-9]+|\.[0-9]{1,3})?$"))
            .description(Some("A part of the entries: more than none, at most all."))
            .examples([serde_json::json!("1/12")]);
        RefOr::T(Schema::Object(text.build()))
    }
}

impl ToSchema for Portion {}

impl Serialize for Portion {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl Read for Portion {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let (Node::Text(given) | Node::Number(given)) = node else {
            return expected("portion", at, errors);
        };
        Self::parse(given).or_else(|| {
            errors.push(
                FieldError::new(at, "not_a_portion")
                    .with("given", given)
                    .with("maximum", Self::MOST),
            );
            None
        })
    }
}

impl Award {
    /// How many places it goes to among so many entries; none where it goes to all who are good enough.
    #[must_use]
    pub fn places_among(&self, entries: usize) -> Option<usize> {
        let places = self.places.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        places.or_else(|| self.portion.map(|portion| portion.places(entries)))
    }

    /// Whether it goes to as many as are good enough.
    #[must_use]
    pub const fn is_unlimited(&self) -> bool {
        self.places.is_none() && self.portion.is_none()
    }

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
        let portion = f.optional("portion", errors);
        let from = f.optional("from", errors);
        let by = f.or_default("by", errors);
        let across_groups = f.or_default("across_groups", errors);
        let beside_others = f.or_default("beside_others", errors);
        f.finish(errors);
        Some(Self {
            code: code?,
            title,
            places,
            portion,
            from,
            by,
            across_groups,
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
