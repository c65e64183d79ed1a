//! The reference: the rules as RULES tells them, on big rationals, straight from the document. Nothing here is fast, and
//! nothing is shared with the engine but the input.

mod chain;
mod group;
mod judges;
mod settings;
mod sheets;
mod total;

use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_rational::Ratio;
use palmares::domain::scoring::{EntryInput, Input};
use serde_json::Value;

use self::judges::Judged;

pub(crate) type Big = Ratio<BigInt>;

/// Where an entry stands; nothing where it has no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) entry: i64,
    pub(crate) rank: Option<Big>,
    pub(crate) total: Option<Big>,
    pub(crate) exact: Option<Big>,
    /// This round's own total and rank, where earlier rounds are carried over.
    pub(crate) own: Option<(Big, Big)>,
}

/// A decimal number or a fraction.
pub(crate) fn big(text: &str) -> Big {
    if let Some((n, d)) = text.split_once('/') {
        return Big::new(n.parse().unwrap(), d.parse().unwrap());
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let scale = BigInt::from(10).pow(u32::try_from(fraction.len()).unwrap());
    Big::new(format!("{whole}{fraction}").parse().unwrap(), scale)
}

fn whole(n: usize) -> Big {
    Big::from(BigInt::from(n))
}

fn number(value: &Value, default: i64) -> Big {
    value
        .as_str()
        .map_or_else(|| Big::from(BigInt::from(default)), big)
}

fn count(value: &Value, default: usize) -> usize {
    value.as_u64().map_or(default, |n| usize::try_from(n).unwrap())
}

fn word<'v>(value: &'v Value, default: &'v str) -> &'v str {
    value.as_str().unwrap_or(default)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn mean(values: &[Big]) -> Option<Big> {
    (!values.is_empty()).then(|| values.iter().sum::<Big>() / whole(values.len()))
}

/// An entry that has a total.
struct Scored<'a> {
    judged: Judged<'a>,
    own: Big,
    exact: Big,
    total: Big,
}

struct Reference<'a> {
    document: &'a Value,
    input: &'a Input,
}

/// The places of all entries, in order of their numbers.
pub(crate) fn places(document: &Value, input: &Input) -> Vec<Placed> {
    let reference = Reference { document, input };
    let groups: BTreeSet<&str> = input.entries.iter().map(|e| e.group.as_str()).collect();
    let mut placed: Vec<Placed> = Vec::new();
    for group in groups {
        let of_group: Vec<&EntryInput> = input.entries.iter().filter(|e| e.group == group).collect();
        placed.extend(reference.group(&of_group));
    }
    placed.sort_by_key(|p| p.entry);
    placed
}

impl<'a> Reference<'a> {
    fn group(&self, entries: &[&'a EntryInput]) -> Vec<Placed> {
        let taking_part = entries.iter().filter(|e| self.takes_part(e));
        let judged: Vec<Judged<'a>> = taking_part.filter_map(|e| self.judged(e)).collect();
        let comparable = self.comparable(judged);
        let scored: Vec<Scored<'a>> = comparable
            .into_iter()
            .filter(|j| !self.rejected(j.entry))
            .filter_map(|j| self.scored(j))
            .filter(|one| !self.unqualified(one))
            .collect();
        let ranks = self.ranks(&scored, &|s| s.total.clone());
        let own_ranks = self.ranks(&scored, &|s| s.own.clone());
        let carries = !list(&self.document["carry"]).is_empty();
        let place = |entry: &&EntryInput| {
            let found = scored.iter().position(|s| s.judged.entry.number == entry.number);
            let of = |value: &dyn Fn(usize) -> Big| found.map(value);
            Placed {
                entry: entry.number,
                rank: of(&|i| ranks[i].clone()),
                total: of(&|i| scored[i].total.clone()),
                exact: of(&|i| scored[i].exact.clone()),
                own: found
                    .filter(|_| carries)
                    .map(|i| (scored[i].own.clone(), own_ranks[i].clone())),
            }
        };
        entries.iter().map(place).collect()
    }

    fn round(&self, place: &str, value: Big) -> Big {
        let to = &self.document["rounding"][place];
        let Some(decimals) = to["decimals"].as_u64() else {
            return value;
        };
        let scale = Big::from(BigInt::from(10).pow(u32::try_from(decimals).unwrap()));
        let scaled = &value * &scale;
        let zero = whole(0);
        let magnitude = if scaled < zero {
            -scaled.clone()
        } else {
            scaled.clone()
        };
        let (floor, half) = (magnitude.floor(), Big::new(1.into(), 2.into()));
        let rest = &magnitude - &floor;
        let odd = &floor.to_integer() % BigInt::from(2) != BigInt::from(0);
        let up = match word(&to["mode"], "half_up") {
            "half_up" => rest >= half,
            "half_even" => rest > half || (rest == half && odd),
            _ => false,
        };
        let rounded = (if up { floor + whole(1) } else { floor }) / scale;
        if scaled < zero { -rounded } else { rounded }
    }

    fn criteria(&self) -> &'a [Value] {
        list(&self.document["rubric"]["criteria"])
    }

    fn by(&self) -> &'a str {
        word(&self.document["aggregate"]["by"], "mean")
    }

    fn by_criteria(&self) -> bool {
        self.document["aggregate"]["over"] == "criteria"
    }

    fn left_out(&self) -> bool {
        self.document["rubric"]["missing"] == "left_out"
    }

    /// Whether the lowest total wins.
    fn lowest_wins(&self) -> bool {
        let usual = match self.by() {
            "rank_sum" | "rank_product" | "component_ranks" | "component_product" => "lowest",
            _ => "highest",
        };
        word(&self.document["ranking"]["wins"], usual) == "lowest"
    }

    /// Whether fewer points are the better mark. Where ranks are added up, more points are.
    fn fewer_is_better(&self) -> bool {
        matches!(self.by(), "mean" | "median" | "sum") && self.lowest_wins()
    }

    fn fewer_is_better_by(&self, criterion: &Value) -> bool {
        let own = self.ranks_by_criterion() || criterion["scaled"].is_object();
        if own || self.is_apart(criterion) && criterion["wins"].is_string() {
            criterion["wins"] == "lowest"
        } else {
            self.fewer_is_better()
        }
    }
}
