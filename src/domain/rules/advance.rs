//! Who goes on.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::read::{Fields, Node, Read, expected, read_words};
use super::rubric::{is_default, is_true};
use crate::domain::invalid::{FieldError, Invalid, pointer_step};
use crate::domain::points::Points;
use crate::domain::text::{Code, Text, check_name};

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
    /// The most entries of one group that go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_per_group: Option<u32>,
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
    pub tie_at_cut: TiePolicy,
    /// Whether entries that come in by a tie at a group's cut use up places of the rest; without a word they do.
    #[serde(skip_serializing_if = "is_true")]
    pub ties_use_places: bool,
    /// How many reserves are named: in all where groups are compared, else in each group.
    #[serde(skip_serializing_if = "is_default")]
    pub reserves: u32,
    /// What the next of the same order are invited to, in this order: places 1 to 35 go on, 36 to 70 come to the roadshow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub streams: Vec<Stream>,
}

/// Something beside the next round that the best of those who are left are invited to. Exactly one of `places` and
/// `per_group` says how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Stream {
    /// Its short name, unique among the streams.
    pub code: Code,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Places in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<u32>,
    /// Places in each group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_group: Option<PerGroup>,
    /// How many of the `places` each group gets by its own order.
    #[serde(skip_serializing_if = "is_default")]
    pub minimum_per_group: u32,
    /// The most entries of one group that are invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_per_group: Option<u32>,
    /// The most entries of one institution that are invited; those that go on don't count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_per_institution: Option<u32>,
    /// The worst total that is invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_score: Option<Points>,
    /// What happens when a place at a cut is tied after the chain.
    #[serde(skip_serializing_if = "is_default")]
    pub tie_at_cut: TiePolicy,
    /// How many reserves are named: in all where groups are compared, else in each group.
    #[serde(skip_serializing_if = "is_default")]
    pub reserves: u32,
}

impl Stream {
    /// What holds for its places, said as for those who go on.
    #[must_use]
    pub fn terms(&self) -> Advance {
        Advance {
            places: self.places,
            per_group: self.per_group.clone(),
            minimum_per_group: self.minimum_per_group,
            maximum_per_group: self.maximum_per_group,
            maximum_per_institution: self.maximum_per_institution,
            minimum_score: self.minimum_score,
            tie_at_cut: self.tie_at_cut,
            ties_use_places: true,
            reserves: self.reserves,
            ..Advance::default()
        }
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> Text {
        self.title
            .clone()
            .unwrap_or_else(|| Text::english(self.code.as_str()))
    }
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
    /// A method of sharing out places. Where two groups have the same claim to a place, the larger one gets it, then a
    /// recorded lot decides.
    pub enum ShareBy {
        /// Whole shares first, then one more for the largest remainders (Hare and Niemeyer).
        LargestRemainder = "largest_remainder",
        /// Place by place to the group with the highest quotient of its entrants and 1, 2, 3 …
        DHondt = "d_hondt",
        /// Place by place to the group with the highest quotient of its entrants and 1, 3, 5 …
        SainteLague = "sainte_lague",
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

/// What happens when a place at a cut is tied after the chain: one word for every cut (`"wait"`), or one for the places that
/// each group fills by its own order and one for the places that are left (`{ "group": "all_advance", "overall": "wait" }`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum TiePolicy {
    /// The same at every cut.
    Every(TieAtCut),
    /// A word for each cut; without a word the chain has to decide.
    Each {
        /// At the cut of a group.
        #[serde(skip_serializing_if = "is_default")]
        group: TieAtCut,
        /// At the cut through all groups.
        #[serde(skip_serializing_if = "is_default")]
        overall: TieAtCut,
    },
}

impl TiePolicy {
    /// What happens at the cut of a group.
    #[must_use]
    pub const fn of_group(self) -> TieAtCut {
        match self {
            Self::Every(policy) | Self::Each { group: policy, .. } => policy,
        }
    }

    /// What happens at the cut through all.
    #[must_use]
    pub const fn overall(self) -> TieAtCut {
        match self {
            Self::Every(policy) | Self::Each { overall: policy, .. } => policy,
        }
    }
}

impl Default for TiePolicy {
    fn default() -> Self {
        Self::Every(TieAtCut::default())
    }
}

read_words!(ShareBy, ShareOf, Nominations, TieAtCut);

impl Read for Advance {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let advance = Self {
            places: f.optional("places", errors),
            per_group: f.optional("per_group", errors),
            minimum_per_group: f.or_default("minimum_per_group", errors),
            maximum_per_group: f.optional("maximum_per_group", errors),
            share: f.optional("share", errors),
            maximum_per_institution: f.optional("maximum_per_institution", errors),
            nominations: f.or_default("nominations", errors),
            minimum_score: f.optional("minimum_score", errors),
            tie_at_cut: f.or_default("tie_at_cut", errors),
            ties_use_places: f.optional("ties_use_places", errors).unwrap_or(true),
            reserves: f.or_default("reserves", errors),
            streams: f.or_default("streams", errors),
        };
        f.finish(errors);
        Some(advance)
    }
}

impl Read for Stream {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let code = f.required("code", errors);
        let title = f.optional("title", errors);
        let places = f.optional("places", errors);
        let per_group = f.optional("per_group", errors);
        let minimum_per_group = f.or_default("minimum_per_group", errors);
        let maximum_per_group = f.optional("maximum_per_group", errors);
        let maximum_per_institution = f.optional("maximum_per_institution", errors);
        let minimum_score = f.optional("minimum_score", errors);
        let tie_at_cut = f.or_default("tie_at_cut", errors);
        let reserves = f.or_default("reserves", errors);
        f.finish(errors);
        Some(Self {
            code: code?,
            title,
            places,
            per_group,
            minimum_per_group,
            maximum_per_group,
            maximum_per_institution,
            minimum_score,
            tie_at_cut,
            reserves,
        })
    }
}

impl Read for TiePolicy {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        if !matches!(node, Node::Map(_)) {
            return TieAtCut::read(node, at, errors).map(Self::Every);
        }
        let mut f = Fields::of(node, at, errors)?;
        let (group, overall) = (f.or_default("group", errors), f.or_default("overall", errors));
        f.finish(errors);
        // The same word twice is one word.
        Some(if group == overall {
            Self::Every(group)
        } else {
            Self::Each { group, overall }
        })
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
                    check_name(group, &at, errors);
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
