//! From the judges' value to the total: recorded criteria, adjustments, earlier rounds.

use super::input::EntryInput;
use super::penalties;
use super::ranking::better_first;
use super::standings::Reason;
use crate::domain::exact::Exact;
use crate::domain::points::Points;
use crate::domain::rules::{Carry, CarryOf, Combine, Counts, Criterion, MissingRound, Rounding, Rules, Slot};

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
pub(super) fn entry(rules: &Rules, entry: &EntryInput, judged: &Exact) -> Result<Exact, Reason> {
    let mut sum = recorded_added(rules, entry, None, judged).map_err(missing)?;
    for adjustment in &entry.adjustments {
        sum = &sum + &penalties::added(rules, adjustment).0;
    }
    Ok(sum)
}

/// The judges' value times the multipliers, plus what was recorded, in an attempt or outside the attempts.
///
/// # Errors
/// What was not recorded.
pub(super) fn recorded_added<'r>(
    rules: &'r Rules,
    entry: &EntryInput,
    attempt: Option<u32>,
    judged: &Exact,
) -> Result<Exact, Slot<'r>> {
    let mut sum = judged.clone();
    for (slot, value) in recorded(rules, entry, attempt, Counts::Multiplier) {
        sum = &sum * &Exact::from(value.ok_or(slot)?);
    }
    for (slot, value) in recorded(rules, entry, attempt, Counts::Added) {
        sum = &sum + &added(rules, slot.criterion, value.ok_or(slot)?);
    }
    Ok(sum)
}

/// The recorded criteria of an attempt, or outside the attempts, that count in a way, each with the entry's value.
pub(super) fn recorded<'r>(
    rules: &'r Rules,
    entry: &EntryInput,
    attempt: Option<u32>,
    counts: Counts,
) -> impl Iterator<Item = (Slot<'r>, Option<Points>)> {
    let slots = rules.rubric.recorded_in(attempt);
    // Ranked by each criterion, what was recorded is a rank among others.
    let ranked = attempt.is_none() && rules.aggregate.by == Combine::ComponentRanks;
    let slots = slots.filter(move |slot| slot.criterion.counts == counts && !ranked);
    slots.map(|slot| (slot, entry.recorded.get(slot.code().as_ref()).copied()))
}

/// What a recorded value adds: the value times its factor, rounded where weighted criteria are.
pub(super) fn added(rules: &Rules, criterion: &Criterion, value: Points) -> Exact {
    let factor = criterion.factor.unwrap_or(Points::ONE);
    Rounding::at(
        rules.rounding.weighted_criterion,
        &(&Exact::from(value) * &factor.into()),
    )
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
    if let Some(earlier) = entry.earlier.get(carry.round.as_str()) {
        let value = match carry.of {
            CarryOf::Rounded => &earlier.total,
            CarryOf::Exact => &earlier.exact,
        };
        return Ok(Some((value.clone(), false)));
    }
    match carry.missing {
        MissingRound::Refuse => Err(Reason::EarlierMissing {
            round: carry.round.to_string(),
        }),
        MissingRound::Renormalise | MissingRound::LeaveOut => Ok(None),
        MissingRound::Value(points) => Ok(Some((points.into(), true))),
    }
}
