//! Who goes on: the standings of a round's groups become places in the next one, reserves and awards.
//!
//! [`decide`] works in the order that rules give: who may go on at all, nominations, each group's own places, the rest
//! overall, reserves. It only reads standings; what they can't settle waits for a recorded decision and is said.
//! Where groups are never compared ([`Rules::spans_groups`] is false) the groups can be decided one by one, each with
//! its own standings.

mod caps;
mod cut;
mod draw;
pub mod quota;
mod request;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::draw::Draw;
pub use self::request::{Request, TieDecided};
use super::rules::Rules;
pub use super::scoring::outcome::{By, Outcome, Turn};
use super::scoring::{Decision, Standing, Standings, Warning};

/// What people decided beside the standings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Decisions {
    /// Entries that may not go on, each with its reason: found ineligible, declined, left.
    pub excluded: Vec<Reasoned>,
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
    /// Its award's code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub award: Option<String>,
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
        warnings: Vec::new(),
    };
    let mut warnings: BTreeSet<Warning> = warnings.into_iter().collect();
    awards(rules, groups, &mut advancement, &mut warnings);
    advancement.warnings = warnings.into_iter().collect();
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

/// Gives each group's awards by its places: an award goes to the places after those of the awards before it, so that
/// two first prizes for a shared place 1 leave one second prize fewer.
fn awards(
    rules: &Rules,
    groups: &[&Standings],
    advancement: &mut Advancement,
    warnings: &mut BTreeSet<Warning>,
) {
    let mut awarded: BTreeMap<i64, String> = BTreeMap::new();
    let mut first = 1_u32;
    for award in &rules.awards {
        let last = first.saturating_add(award.places - 1);
        for standing in groups.iter().flat_map(|g| &g.entries) {
            if standing
                .place
                .is_some_and(|place| (first..=last).contains(&place))
            {
                awarded.insert(standing.entry, award.code.to_string());
                let block = groups.iter().flat_map(|g| &g.entries);
                let tied = block.filter(|o| o.group == standing.group && o.place == standing.place);
                let entries: Vec<i64> = tied.map(|o| o.entry).collect();
                let end = standing
                    .place
                    .unwrap_or(0)
                    .saturating_add(u32::try_from(entries.len()).unwrap_or(0));
                if end > last.saturating_add(1) {
                    warnings.insert(Warning::AwardTied {
                        award: award.code.to_string(),
                        entries,
                    });
                }
            }
        }
        first = last.saturating_add(1);
    }
    for decided in &mut advancement.entries {
        decided.award = awarded.remove(&decided.entry);
    }
}

#[cfg(test)]
mod tests;
