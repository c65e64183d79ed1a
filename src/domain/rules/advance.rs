//! Who goes on, and who is awarded.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::read::{Fields, Node, Read, expected, read_words};
use super::rubric::{is_default, is_true};
use crate::domain::invalid::{FieldError, Invalid, pointer_step};
use crate::domain::points::Points;
use crate::domain::text::{Code, Text};

/// Who goes on. Exactly one of `places` and `per_group` says how many.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Advance {
    /// Places in all: first the minimum of each group, or each group's share, then the best of the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<u32>,
    /// Places in each group; groups are then never compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_group: Option<PerGroup>,
    /// How many of the `places` each group gets by its own order.
    #[serde(skip_serializing_if = "is_default")]
    pub minimum_per_group: u32,
    /// How the `places` are shared out among the groups; without a word they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    /// The most entries of one institution that go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_per_institution: Option<u32>,
    /// Whether nominated entries use up places; without a word they do.
    #[serde(skip_serializing_if = "is_default")]
    pub nominations: Nominations,
    /// The worst total that goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_score: Option<Points>,
    /// What happens when a place at a cut is tied after the chain.
    #[serde(skip_serializing_if = "is_default")]
    pub tie_at_cut: TieAtCut,
    /// Whether entries that come in by a tie at a group's cut use up places of the rest; without a word they do.
    #[serde(skip_serializing_if = "is_true")]
    pub ties_use_places: bool,
    /// How many reserves are named: in all where groups are compared, else in each group.
    #[serde(skip_serializing_if = "is_default")]
    pub reserves: u32,
}

/// Places in each group: one number for all (`10`), or one for each (`{ "growth": 13, "start-up": 11 }`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum PerGroup {
    /// The same number in every group.
    All(u32),
    /// A number for each group by its name.
    Each(BTreeMap<String, u32>),
}

impl PerGroup {
    /// The places of a group; `None` when the rules forgot it.
    #[must_use]
    pub fn of(&self, group: &str) -> Option<u32> {
        match self {
            Self::All(n) => Some(*n),
            Self::Each(map) => map.get(group).copied(),
        }
    }
}

/// How places are shared out among groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Share {
    /// The method.
    pub by: ShareBy,
    /// What is counted; without a word the entries that were scored.
    #[serde(skip_serializing_if = "is_default")]
    pub of: ShareOf,
}

crate::code_enum! {
    /// A method of sharing out places.
    pub enum ShareBy {
        /// Whole shares first, then one more for the largest remainders; among equal ones for the larger group, then
        /// by a recorded lot.
        LargestRemainder = "largest_remainder",
    }
}

crate::code_enum! {
    /// What the shares are in proportion to.
    #[derive(Default)]
    pub enum ShareOf {
        /// Entries that were submitted.
        Submitted = "submitted",
        /// Entries that were accepted.
        Accepted = "accepted",
        /// Entries that were ranked.
        #[default]
        Scored = "scored",
    }
}

crate::code_enum! {
    /// Whether nominated entries use up places.
    #[derive(Default)]
    pub enum Nominations {
        /// They do.
        #[default]
        Inside = "inside",
        /// They go on beside the places.
        Beside = "beside",
    }
}

crate::code_enum! {
    /// What happens when a place at a cut is tied after the chain.
    #[derive(Default)]
    pub enum TieAtCut {
        /// The chain has to decide; where it can't, the tied entries wait and a warning says so.
        #[default]
        Chain = "chain",
        /// All of the tied go on.
        AllAdvance = "all_advance",
        /// None of the tied goes on; nobody behind them comes in for them.
        NoneAdvance = "none_advance",
        /// The tied entries wait for a recorded decision.
        Wait = "wait",
    }
}

/// A prize and how many places it goes to, in the order of the list: 1 first, 3 second, 6 third prizes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Award {
    /// Its short name, unique among the awards.
    pub code: Code,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// How many places it goes to, after the places of the awards before it.
    pub places: u32,
}

read_words!(ShareBy, ShareOf, Nominations, TieAtCut);

impl Read for Advance {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let advance = Self {
            places: f.optional("places", errors),
            per_group: f.optional("per_group", errors),
            minimum_per_group: f.or_default("minimum_per_group", errors),
            share: f.optional("share", errors),
            maximum_per_institution: f.optional("maximum_per_institution", errors),
            nominations: f.or_default("nominations", errors),
            minimum_score: f.optional("minimum_score", errors),
            tie_at_cut: f.or_default("tie_at_cut", errors),
            ties_use_places: f.optional("ties_use_places", errors).unwrap_or(true),
            reserves: f.or_default("reserves", errors),
        };
        f.finish(errors);
        Some(advance)
    }
}

impl Read for PerGroup {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        match node {
            Node::Number(_) => u32::read(node, at, errors).map(Self::All),
            Node::Map(pairs) => {
                let mut each = BTreeMap::new();
                for (group, node) in pairs {
                    let at = format!("{at}/{}", pointer_step(group));
                    if let Some(n) = u32::read(node, &at, errors)
                        && each.insert(group.clone(), n).is_some()
                    {
                        errors.push(FieldError::new(at, "duplicate_key").with("key", group));
                    }
                }
                Some(Self::Each(each))
            }
            _ => expected("number_or_numbers", at, errors),
        }
    }
}

impl Read for Share {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let by = f.required("by", errors);
        let of = f.or_default("of", errors);
        f.finish(errors);
        Some(Self { by: by?, of })
    }
}

impl Read for Award {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let code = f.required("code", errors);
        let title = f.optional("title", errors);
        let places = f.required("places", errors);
        f.finish(errors);
        Some(Self {
            code: code?,
            title,
            places: places?,
        })
    }
}
