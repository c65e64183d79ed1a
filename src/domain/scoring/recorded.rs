//! What organizers recorded: multipliers, and what is added, put in proportion to the other entries' values or as it is.

use std::collections::BTreeMap;

use super::Bench;
use super::derivation::Dropped;
use super::drop::kept;
use super::input::{EntryInput, Input};
use crate::domain::exact::Exact;
use crate::domain::points::Points;
use crate::domain::rules::{Counts, Criterion, Rounding, Rules, ScaleBy, Slot, Wins};

/// What values of scaled criteria are put in proportion to, by criterion and group.
#[derive(Debug, Default)]
pub(super) struct Scales<'a>(BTreeMap<(&'a str, &'a str), Scale>);

/// The values of a criterion in a group.
#[derive(Debug, Clone, Copy)]
struct Scale {
    lowest: Points,
    highest: Points,
    /// In thousandths.
    sum: i128,
}

impl<'a> Scales<'a> {
    /// The scales of the entries that take part.
    pub(super) fn of(rules: &'a Rules, input: &'a Input, takes_part: impl Fn(&EntryInput) -> bool) -> Self {
        let mut scales: BTreeMap<(&str, &str), Scale> = BTreeMap::new();
        for criterion in rules.rubric.recorded().filter(|c| c.scaled.is_some()) {
            let code = criterion.code.as_str();
            for entry in input.entries.iter().filter(|entry| takes_part(entry)) {
                let Some(value) = entry.recorded.get(code).copied() else {
                    continue;
                };
                let first = Scale {
                    lowest: value,
                    highest: value,
                    sum: 0,
                };
                let scale = scales.entry((code, &entry.group)).or_insert(first);
                scale.lowest = scale.lowest.min(value);
                scale.highest = scale.highest.max(value);
                scale.sum += i128::from(value.thousandths());
            }
        }
        Self(scales)
    }

    /// What a value is brought to; none where it counts as it is.
    fn scaled(&self, entry: &EntryInput, criterion: &Criterion, value: Points) -> Option<Exact> {
        let scaled = criterion.scaled?;
        let scale = self.0.get(&(criterion.code.as_str(), entry.group.as_str()))?;
        let wins = criterion.wins.unwrap_or_default();
        let (best, worst) = match wins {
            Wins::Highest => (scale.highest, scale.lowest),
            Wins::Lowest => (scale.lowest, scale.highest),
        };
        let thousandths = |points: Points| i128::from(points.thousandths());
        let (part, whole) = match (scaled.by, wins) {
            (ScaleBy::Sum, _) => (thousandths(value), scale.sum),
            (ScaleBy::Best, Wins::Highest) => (thousandths(value), thousandths(best)),
            (ScaleBy::Best, Wins::Lowest) => (thousandths(best), thousandths(value)),
            // Where all are alike each of them is the best one.
            (ScaleBy::Range, _) if best == worst => (1, 1),
            (ScaleBy::Range, _) => (
                (thousandths(value) - thousandths(worst)).abs(),
                (thousandths(best) - thousandths(worst)).abs(),
            ),
        };
        // Where nobody has anything nobody gets anything.
        let share = Exact::over(part, whole).unwrap_or(Exact::ZERO);
        Some(&share * &scaled.to.into())
    }
}

/// A recorded value that is added.
#[derive(Debug)]
pub(super) struct Added<'r> {
    pub(super) slot: Slot<'r>,
    pub(super) value: Points,
    /// What the other entries' values make of it, where the rules say so.
    pub(super) scaled: Option<Exact>,
    /// That times its factor, rounded where weighted criteria are.
    pub(super) added: Exact,
    /// Why it is not added, if it isn't.
    pub(super) dropped: Option<Dropped>,
}

/// The judges' value times the multipliers, plus what was recorded, in an attempt or outside the attempts.
///
/// # Errors
/// What was not recorded.
pub(super) fn with<'r>(
    bench: &Bench<'r>,
    entry: &EntryInput,
    attempt: Option<u32>,
    judged: &Exact,
) -> Result<Exact, Slot<'r>> {
    let mut sum = judged.clone();
    for (slot, value) in of(bench.rules, entry, attempt, Counts::Multiplier) {
        sum = &sum * &Exact::from(value.ok_or(slot)?);
    }
    for one in added(bench, entry, attempt)? {
        if one.dropped.is_none() {
            sum = &sum + &one.added;
        }
    }
    Ok(sum)
}

/// What was recorded and is added, in an attempt or outside the attempts.
///
/// # Errors
/// What was not recorded.
pub(super) fn added<'r>(
    bench: &Bench<'r>,
    entry: &EntryInput,
    attempt: Option<u32>,
) -> Result<Vec<Added<'r>>, Slot<'r>> {
    let rules = bench.rules;
    let mut all = Vec::new();
    for (slot, value) in of(rules, entry, attempt, Counts::Added) {
        let value = value.ok_or(slot)?;
        let scaled = bench.scales.scaled(entry, slot.criterion, value);
        let factor = slot.criterion.factor.unwrap_or(Points::ONE);
        let counted = scaled.clone().unwrap_or_else(|| value.into());
        all.push(Added {
            slot,
            value,
            scaled,
            added: Rounding::at(rules.rounding.weighted_criterion, &(&counted * &factor.into())),
            dropped: None,
        });
    }
    let drop = rules.drops_recorded();
    if drop.is_some() {
        let terms = all.iter().map(|one| one.added.clone()).enumerate().collect();
        for (i, _, dropped) in kept(drop, terms) {
            if let Some(one) = all.get_mut(i) {
                one.dropped = dropped;
            }
        }
    }
    Ok(all)
}

/// The recorded criteria of an attempt, or outside the attempts, that count in a way, each with the entry's value.
pub(super) fn of<'r>(
    rules: &'r Rules,
    entry: &EntryInput,
    attempt: Option<u32>,
    counts: Counts,
) -> impl Iterator<Item = (Slot<'r>, Option<Points>)> {
    let slots = rules.rubric.recorded_in(attempt);
    // Ranked by each criterion, what was recorded is a rank among others.
    let ranked = counts != Counts::Apart && attempt.is_none() && rules.aggregate.by.ranks_by_criterion();
    let slots = slots.filter(move |slot| slot.criterion.counts == counts && !ranked);
    slots.map(|slot| (slot, entry.recorded.get(slot.code().as_ref()).copied()))
}
