//! From the judges' value to the total: recorded criteria, adjustments, earlier rounds.

use super::Bench;
use super::input::{EarlierRound, EntryInput};
use super::penalties;
use super::ranking::better_first;
use super::recorded;
use super::standings::Reason;
use crate::domain::exact::Exact;
use crate::domain::points::Points;
use crate::domain::rules::{Carry, CarryOf, MissingRound, Rounding, Rules, Slot};

/// What earlier rounds make of a round's total.
#[derive(Debug)]
pub(super) struct Carried {
    /// What this round contributes.
    pub(super) own: Exact,
    /// Whether that is not among the best, which alone count.
    pub(super) own_dropped: bool,
    /// What each earlier round contributes, in the order of the rules.
    pub(super) parts: Vec<CarriedPart>,
    /// The rounds that were left out, and what the sum was multiplied by for them.
    pub(super) renormalised: Option<(Vec<String>, Exact)>,
    /// The total before and after its rounding.
    pub(super) exact: Exact,
    pub(super) total: Exact,
}

/// What an earlier round contributes.
#[derive(Debug)]
pub(super) struct CarriedPart {
    pub(super) round: String,
    pub(super) weight: Points,
    pub(super) value: Exact,
    pub(super) added: Exact,
    pub(super) assumed: bool,
    /// Whether it is not among the best, which alone count.
    pub(super) dropped: bool,
}

/// The total of this round before its rounding: the judges' value times the multipliers, plus what was recorded, plus
/// penalties and bonuses. These come after trimming, so that one entry's penalty touches no other entry.
pub(super) fn entry(bench: &Bench<'_>, entry: &EntryInput, judged: &Exact) -> Result<Exact, Reason> {
    let rules = bench.rules;
    let mut sum = recorded::with(bench, entry, None, judged).map_err(missing)?;
    for adjustment in &entry.adjustments {
        sum = &sum + &penalties::added(rules, adjustment).0;
    }
    Ok(sum)
}

fn missing(slot: Slot<'_>) -> Reason {
    Reason::RecordedMissing {
        criterion: slot.code().into_owned(),
    }
}

/// The total with earlier rounds; nothing where the rules carry none over.
pub(super) fn carried(rules: &Rules, entry: &EntryInput, own: &Exact) -> Result<Option<Carried>, Reason> {
    if rules.carry.is_empty() {
        return Ok(None);
    }
    let own_weight = Exact::from(rules.own_weight.unwrap_or(Points::ONE));
    let own = own * &own_weight;
    let (mut parts, mut without) = (Vec::new(), Vec::new());
    let (mut sum, mut present, mut all) = (own.clone(), own_weight.clone(), own_weight);
    for carry in &rules.carry {
        let weight = Exact::from(carry.weight);
        all = &all + &weight;
        match value(carry, entry)? {
            Some((value, assumed)) => {
                let added = &value * &weight;
                (sum, present) = (&sum + &added, &present + &weight);
                parts.push(CarriedPart {
                    round: carry.round.to_string(),
                    weight: carry.weight,
                    value,
                    added,
                    assumed,
                    dropped: false,
                });
            }
            None => without.push(carry.round.to_string()),
        }
    }
    if let Some(best) = rules.best_of {
        let round = without.into_iter().next();
        return best_of(rules, best, own, parts)
            .map(Some)
            .ok_or_else(|| Reason::EarlierMissing {
                round: round.unwrap_or_default(),
            });
    }
    let mut renormalised = None;
    if !without.is_empty() {
        // Nothing is left to weigh when this round counts nothing and every other one is missing.
        let round = without.first().cloned().unwrap_or_default();
        let by = all.divided_by(&present).ok_or(Reason::EarlierMissing { round })?;
        sum = &sum * &by;
        renormalised = Some((without, by));
    }
    Ok(Some(Carried {
        own,
        own_dropped: false,
        parts,
        renormalised,
        total: Rounding::at(rules.rounding.round, &sum),
        exact: sum,
    }))
}

/// The sum of the best contributions; nothing where there are fewer than count. Of equal ones this round's counts, then
/// that of the earlier round which the rules name first.
fn best_of(rules: &Rules, best: u32, own: Exact, mut parts: Vec<CarriedPart>) -> Option<Carried> {
    let best = usize::try_from(best).ok()?;
    let mut order: Vec<(Option<usize>, &Exact)> = vec![(None, &own)];
    order.extend(parts.iter().enumerate().map(|(i, part)| (Some(i), &part.added)));
    order.sort_by(|(_, a), (_, b)| better_first(rules.ranking.wins, a, b));
    let (counted, dropped) = order.split_at_checked(best)?;
    let exact = counted.iter().fold(Exact::ZERO, |sum, (_, added)| &sum + added);
    let dropped: Vec<Option<usize>> = dropped.iter().map(|(which, _)| *which).collect();
    for (i, part) in parts.iter_mut().enumerate() {
        part.dropped = dropped.contains(&Some(i));
    }
    Some(Carried {
        own,
        own_dropped: dropped.contains(&None),
        parts,
        renormalised: None,
        total: Rounding::at(rules.rounding.round, &exact),
        exact,
    })
}

/// The value of an earlier round, and whether it is the one that the rules assume; none where it is left out.
fn value(carry: &Carry, entry: &EntryInput) -> Result<Option<(Exact, bool)>, Reason> {
    let earlier = entry.earlier.get(carry.round.as_str());
    if let Some(value) = earlier.and_then(|earlier| counted(carry, earlier)) {
        return Ok(Some((value, false)));
    }
    match carry.missing {
        MissingRound::Refuse => Err(Reason::EarlierMissing {
            round: carry.round.to_string(),
        }),
        MissingRound::Renormalise | MissingRound::LeaveOut => Ok(None),
        MissingRound::Value(points) => Ok(Some((points.into(), true))),
    }
}

/// What counts of an earlier round; none where that is its rank and there is none.
fn counted(carry: &Carry, earlier: &EarlierRound) -> Option<Exact> {
    let halves = match carry.of {
        CarryOf::Rounded => return Some(earlier.total.clone()),
        CarryOf::Exact => return Some(earlier.exact.clone()),
        CarryOf::Rank if carry.points.is_empty() => return Some(earlier.rank?.exact()),
        CarryOf::Rank => earlier.rank?.halves(),
    };
    // A rank between two places is worth what is between their points.
    let points = |rank: i128| {
        let nth = usize::try_from(rank).ok().and_then(|rank| rank.checked_sub(1));
        let points = nth.and_then(|nth| carry.points.get(nth));
        points.map_or(0, |points| i128::from(points.thousandths()))
    };
    Exact::over(points(halves / 2) + points((halves + 1) / 2), 2000)
}
