//! Who goes on: the standings of a round's groups become places in the next one, reserves and awards.
//!
//! [`decide`] works in the order that rules give: who may go on at all, nominations, each group's own places, the rest
//! overall, reserves. It only reads standings; what they can't settle waits for a recorded decision and is said.
//! Where groups are never compared ([`Rules::spans_groups`] is false) the groups can be decided one by one, each with
//! its own standings.

pub mod again;
mod awards;
mod caps;
mod cut;
mod draw;
pub mod quota;
mod request;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use self::draw::Draw;
pub use self::request::{Request, TieDecided};
use super::rules::Rules;
pub use super::scoring::outcome::{AdvanceNote, By, Outcome, Turn};
use super::scoring::{Decision, Standing, Standings, TieNote, Warning};

/// What people decided beside the standings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Decisions {
    /// Entries that may not go on and are not awarded, each with its reason: found ineligible.
    pub excluded: Vec<Reasoned>,
    /// Entries that gave up a place or let its offer expire. They keep their awards.
    pub given_up: Vec<GivenUp>,
    /// Entries that left altogether: they get no place, whether they had one to give up or not. They keep their awards.
    pub left: Vec<i64>,
    /// Entries that go on whatever their place, each with its reason.
    pub nominated: Vec<Reasoned>,
    /// Decisions about ties, oldest first, beside those that the standings know already.
    pub ties: Vec<Decision>,
    /// Entrants of each group, where places are shared out by submitted or accepted entries.
    pub sizes: BTreeMap<String, u64>,
    /// Groups in the order in which a lot put them, for places that equal remainders leave open.
    pub share_lot: Vec<String>,
    /// Entries that hold a place already and keep it while others are found for those who left.
    pub kept: Vec<Kept>,
    /// Awards that nobody gets, though somebody could: the places go on with the next award.
    pub withheld: Vec<Withheld>,
}

impl Decisions {
    /// Without the places that are kept whatever the order, so that other rules can be compared.
    #[must_use]
    pub fn without_holders(mut self) -> Self {
        self.kept.clear();
        self
    }
}

/// An award that nobody gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// The award's code.
    #[schema(example = "first")]
    pub award: String,
    /// The group; without a word in every group.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group: Option<String>,
    /// The reason.
    #[schema(example = "No project is ready for the market yet.")]
    pub reason: String,
}

/// An entry with the reason for what is done to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reasoned {
    /// The entry's number.
    pub entry: i64,
    /// The reason.
    #[schema(example = "A reason that everybody may read.")]
    pub reason: String,
}

/// A place that an entry gave up. The entry gets none of that stream nor of those after it, unless it keeps one there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenUp {
    /// The entry's number.
    pub entry: i64,
    /// The stream; without a word to go on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<String>,
    /// Why, where everybody who reads standings may read it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// An entry that holds a place already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The entry's number.
    pub entry: i64,
    /// By what it came in.
    pub by: By,
    /// The stream that it holds a place in; without a word it goes on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<String>,
}

/// The decision who goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Advancement {
    /// What becomes of each entry: those who go on first, in order; then reserves, then the others.
    pub entries: Vec<Decided>,
    /// What somebody should look at.
    pub warnings: Vec<Warning>,
    /// Entries that had left altogether when it was decided again.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub left: Vec<i64>,
    /// What a decision that was taken again changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub changed: Option<again::Changed>,
}

/// What becomes of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decided {
    /// The entry's number.
    pub entry: i64,
    /// The group in which it was ranked.
    pub group: String,
    /// Whether it goes on.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Its turns among reserves beside that: those who are invited elsewhere may be the first to go on in a place that gets
    /// free.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub turns: Vec<Turn>,
    /// Its place among all entries that were compared; none where groups are not compared or it is not ranked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub overall: Option<u32>,
    /// What broke ties with neighbours of other groups.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub ties: Vec<TieNote>,
    /// The codes of its awards, in the order of the rules.
    #[serde(
        skip_serializing_if = "Vec::is_empty",
        default,
        alias = "award",
        deserialize_with = "one_or_many"
    )]
    pub awards: Vec<String>,
}

/// Decisions were kept with one award as text before an entry could have several.
fn one_or_many<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Kept::deserialize(d)? {
        Kept::One(code) => vec![code],
        Kept::Many(codes) => codes,
    })
}

/// Decides who goes on, in reserve and awarded, from the standings of the groups concerned.
#[must_use]
pub fn decide(rules: &Rules, groups: &[&Standings], decisions: &Decisions) -> Advancement {
    let mut ties: Vec<Decision> = Vec::new();
    for tie in groups.iter().flat_map(|g| &g.decisions).chain(&decisions.ties) {
        // The latest word about the same tie stands last.
        ties.retain(|known| known != tie);
        ties.push(tie.clone());
    }
    let standings: Vec<&Standing> = groups.iter().flat_map(|g| &g.entries).collect();
    let mut draw = Draw::new(rules, standings, decisions, &ties);
    if let Some(advance) = &rules.advance {
        draw.nominations();
        draw.places(advance, groups);
        for stream in &advance.streams {
            draw.stream(stream, groups);
        }
    }
    let warnings = std::mem::take(&mut draw.warnings);
    let mut advancement = Advancement {
        entries: draw.outcomes(),
        ..Advancement::default()
    };
    let out: BTreeSet<i64> = decisions.excluded.iter().map(|e| e.entry).collect();
    let mut given = awards::give((rules, &ties), groups, &decisions.withheld, &out);
    for decided in &mut advancement.entries {
        decided.awards = given.awards.remove(&decided.entry).unwrap_or_default();
    }
    given.warnings.extend(warnings);
    advancement.warnings = given.warnings.into_iter().collect();
    advancement
}

/// The entries that hold a place in a decision and keep it when it is taken again.
#[must_use]
pub fn kept(advancement: &Advancement) -> Vec<Kept> {
    let holds = |decided: &Decided| {
        let (by, stream) = match &decided.outcome {
            Outcome::Advances { by, .. } => (*by, None),
            Outcome::Invited { by, stream, .. } => (*by, Some(stream.clone())),
            _ => return None,
        };
        Some(Kept {
            entry: decided.entry,
            by,
            stream,
        })
    };
    advancement.entries.iter().filter_map(holds).collect()
}

/// What the derivation of each entry tells of a decision.
#[must_use]
pub fn told(advancement: &Advancement) -> BTreeMap<i64, AdvanceNote> {
    let compared = advancement.entries.iter().filter(|d| d.overall.is_some()).count();
    let compared = u32::try_from(compared).unwrap_or(u32::MAX);
    let note = |decided: &Decided| AdvanceNote {
        outcome: decided.outcome.clone(),
        turns: decided.turns.clone(),
        overall: decided.overall,
        of: decided.overall.map(|_| compared),
        ties: decided.ties.clone(),
        awards: decided.awards.clone(),
    };
    advancement.entries.iter().map(|d| (d.entry, note(d))).collect()
}

/// Who comes in for an entry that leaves: whoever holds a place that it did not hold before, when everything is decided
/// again without the one who left while all others keep their places. Several, when a tie lets several in or when the one
/// who goes on instead leaves a place in another stream; nobody, when nobody is left or the places are still filled.
#[must_use]
pub fn replacement(
    rules: &Rules,
    groups: &[&Standings],
    decisions: &Decisions,
    advancement: &Advancement,
    left: &Reasoned,
) -> Vec<Kept> {
    let mut again = decisions.clone();
    again.kept = kept(advancement);
    again.kept.retain(|k| k.entry != left.entry);
    again.nominated.retain(|n| n.entry != left.entry);
    again.excluded.push(left.clone());
    let before: BTreeMap<i64, Option<String>> = kept(advancement)
        .into_iter()
        .map(|k| (k.entry, k.stream))
        .collect();
    let mut after = kept(&decide(rules, groups, &again));
    after.retain(|k| before.get(&k.entry) != Some(&k.stream));
    after
}

#[cfg(test)]
mod tests;
