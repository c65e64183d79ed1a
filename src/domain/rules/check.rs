//! What a document may not say: contradictions within itself, and with the competition around it.

mod advancement;

use std::collections::BTreeSet;

use super::missing;
use super::penalties;
use super::ranks;
use super::rounding::check_decimals;
use super::{
    Counts, Criterion, Equalise, Kind, MissingRound, Over, Rules, SheetTotal, Surroundings, TieBreak,
    Unqualified, attempts, classes, drop, scaled, veto,
};
use crate::domain::exact::Exact;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;
use crate::domain::text::Code;

/// Criteria, and steps, tie-breaks, awards: more of them are a mistake. With factors and marks bounded too, sums of
/// whole numbers over a sheet stay far inside 128 bits.
const MOST_ITEMS: usize = 100;
/// The greatest factor or weight.
pub(super) const GREATEST_FACTOR: Points = Points::from_thousandths(1_000_000);
/// The greatest number of places, sheets, reserves that a document may ask for.
pub(super) const MOST_PLACES: u32 = 1_000_000;

/// Notes every place where the document contradicts itself.
pub(super) fn contradictions(rules: &Rules, errors: &mut Invalid) {
    if rules.schema != 1 {
        errors.push(
            FieldError::new("/schema", "unknown_schema")
                .with("given", rules.schema)
                .with("known", 1),
        );
    }
    criteria(rules, errors);
    missing::check(rules, errors);
    drop::check(rules, errors);
    scaled::check(rules, errors);
    attempts::check(rules, errors);
    veto::check(rules, errors);
    ranks::check(rules, errors);
    classes::check(rules, errors);
    weights(rules, errors);
    aggregation(rules, errors);
    super::equalise::contradictions(rules, errors);
    rounding(rules, errors);
    penalties::check(rules, errors);
    carrying(rules, errors);
    ties(rules, errors);
    if let Some(advance) = &rules.advance {
        advancement::places(rules, advance, errors);
    }
    advancement::awards(rules, errors);
}

/// Notes every place where the document doesn't fit the competition around it.
pub(super) fn misfits(rules: &Rules, around: &Surroundings, errors: &mut Invalid) {
    let mut round = |at: String, code: &Code| {
        if !around.earlier_rounds.contains(code) {
            errors.push(FieldError::new(at, "unknown_round").with("round", code));
        }
    };
    for (i, carry) in rules.carry.iter().enumerate() {
        round(format!("/carry/{i}/round"), &carry.round);
    }
    for (i, tie) in rules.ranking.ties.iter().enumerate() {
        if let TieBreak::EarlierTotal { round: code } | TieBreak::EarlierRank { round: code } = tie {
            round(format!("/ranking/ties/{i}/round"), code);
        }
    }
    for (i, field) in rules.ranking.group_by.iter().enumerate() {
        if !around.groupable.contains(field) {
            errors.push(
                FieldError::new(format!("/ranking/group_by/{i}"), "unknown_grouping").with("field", field),
            );
        }
    }
    if let Some(advance) = &rules.advance {
        advancement::misfits(advance, around.groups, errors);
    }
}

fn criteria(rules: &Rules, errors: &mut Invalid) {
    let criteria = &rules.rubric.criteria;
    if criteria.is_empty() && rules.carry.is_empty() {
        errors.push(FieldError::new("/rubric/criteria", "rubric_empty"));
    }
    at_most(criteria.len(), "/rubric/criteria", errors);
    unique(
        criteria.iter().map(|c| &c.code),
        |i| format!("/rubric/criteria/{i}/code"),
        errors,
    );
    for (i, criterion) in criteria.iter().enumerate() {
        limits(criterion, &format!("/rubric/criteria/{i}"), errors);
    }
    if rules.panel.common && rules.rubric.judged().next().is_none() {
        errors.push(FieldError::new("/panel/common", "nothing_is_judged"));
    }
    if rules.rubric.marked().next().is_none() {
        if rules.panel.minimum_sheets.is_some_and(|n| n > 0) {
            errors.push(FieldError::new("/panel/minimum_sheets", "nothing_is_judged"));
        }
    } else if rules.panel.minimum_sheets == Some(0) {
        errors.push(FieldError::new("/panel/minimum_sheets", "minimum_sheets_zero"));
    }
}

fn limits(c: &Criterion, at: &str, errors: &mut Invalid) {
    if c.kind == Kind::PassFail {
        return veto::limits(c, at, errors);
    }
    let (place, max) = (|key: &str| format!("{at}/{key}"), c.maximum());
    if c.step <= Points::ZERO {
        errors.push(FieldError::new(place("step"), "step_not_positive"));
    } else if max <= c.min {
        errors.push(
            FieldError::new(place("max"), "max_not_above_min")
                .with("min", c.min)
                .with("max", max),
        );
    } else if !Points::from_thousandths(max.thousandths() - c.min.thousandths()).is_multiple_of(c.step) {
        errors.push(
            FieldError::new(place("max"), "max_off_step")
                .with("max", max)
                .with("step", c.step),
        );
    }
    for (value, key) in [(c.factor, "factor"), (c.weight, "weight")] {
        if value.is_some_and(|v| v <= Points::ZERO || v > GREATEST_FACTOR) {
            errors.push(FieldError::new(place(key), "factor_out_of_range").with("maximum", GREATEST_FACTOR));
        }
    }
    if c.factor.is_some() && c.weight.is_some() {
        errors.push(FieldError::new(place("weight"), "factor_and_weight"));
    }
    if c.is_judged() && c.counts == Counts::Multiplier {
        errors.push(FieldError::new(place("as"), "multiplier_is_judged"));
    }
    if c.counts == Counts::Multiplier && c.factor.is_some() {
        errors.push(FieldError::new(place("factor"), "factor_of_multiplier"));
    }
    if c.is_recorded() && c.weight.is_some() {
        errors.push(FieldError::new(place("weight"), "weight_of_recorded"));
    }
    if let Some(from) = c.qualify_from.filter(|from| *from < c.min || *from > max) {
        let error = FieldError::new(place("qualify_from"), "level_out_of_range").with("given", from);
        errors.push(error.with("min", c.min).with("max", max));
    }
    at_most(c.levels.len(), &place("levels"), errors);
    let mut above = None;
    for (i, level) in c.levels.iter().enumerate() {
        let at = format!("{at}/levels/{i}/from");
        if level.from < c.min || level.from > c.maximum() {
            errors.push(
                FieldError::new(at, "level_out_of_range")
                    .with("min", c.min)
                    .with("max", c.maximum()),
            );
        } else if above.is_some_and(|above| level.from >= above) {
            errors.push(FieldError::new(at, "levels_not_descending"));
        }
        above = Some(level.from);
    }
}

fn weights(rules: &Rules, errors: &mut Invalid) {
    let mean = rules.rubric.total == SheetTotal::Mean;
    let weighted = rules.rubric.judged().any(|c| c.weight.is_some());
    for (i, c) in rules
        .rubric
        .criteria
        .iter()
        .enumerate()
        .filter(|(_, c)| c.is_judged())
    {
        let at = |key: &str| format!("/rubric/criteria/{i}/{key}");
        if c.weight.is_some() && !mean {
            errors.push(FieldError::new(at("weight"), "weight_needs_mean"));
        }
        if c.factor.is_some() && mean {
            errors.push(FieldError::new(at("factor"), "factor_needs_sum"));
        }
        if weighted && c.weight.is_none() && c.factor.is_none() && !c.is_apart() {
            errors.push(FieldError::new(at("weight"), "weight_missing"));
        }
    }
    let shares: Vec<Points> = rules.rubric.judged().filter_map(|c| c.weight).collect();
    let sum: i64 = shares
        .iter()
        .map(|w| w.thousandths())
        .fold(0, i64::saturating_add);
    if shares.iter().any(|w| *w < Points::ONE) && shares.iter().all(|w| *w <= Points::ONE) && sum != 1000 {
        let sum = Points::from_thousandths(sum);
        errors.push(FieldError::new("/rubric/criteria", "weights_do_not_add_up").with("sum", sum));
    }
    if let Some(stated) = rules.rubric.maximum
        && Exact::from(stated) != rules.sheet_maximum()
    {
        errors.push(
            FieldError::new("/rubric/maximum", "maximum_does_not_fit")
                .with("stated", stated)
                .with("computed", rules.sheet_maximum()),
        );
    }
}

fn aggregation(rules: &Rules, errors: &mut Invalid) {
    let trim = &rules.aggregate.trim;
    at_most(trim.len(), "/aggregate/trim", errors);
    if rules.minimum_sheets() > MOST_PLACES {
        errors
            .push(FieldError::new("/panel/minimum_sheets", "number_too_large").with("maximum", MOST_PLACES));
    }
    for (i, step) in trim.iter().enumerate() {
        let at = format!("/aggregate/trim/{i}");
        if trim.iter().take(i).any(|other| other.from == step.from) {
            errors.push(FieldError::new(format!("{at}/from"), "duplicate_trim").with("from", step.from));
        }
        // The step serves from its own number of sheets up, and never fewer than the minimum: the fewest leave least.
        let least = if rules.panel.classes.is_empty() {
            rules.minimum_sheets()
        } else {
            // Each class is trimmed by its own number of sheets.
            let counting = rules.panel.classes.iter().filter(|c| c.counts());
            counting.map(|c| c.minimum()).min().unwrap_or(1)
        };
        let fewest = step.from.max(least).max(1);
        if step.high.saturating_add(step.low) >= fewest {
            errors.push(
                FieldError::new(at, "trim_leaves_nothing")
                    .with("high", step.high)
                    .with("low", step.low)
                    .with("sheets", fewest),
            );
        }
    }
}

fn rounding(rules: &Rules, errors: &mut Invalid) {
    let r = &rules.rounding;
    let by_criteria = rules.aggregate.over == Over::Criteria;
    for (to, key, reached) in [
        (r.criterion, "criterion", by_criteria),
        (r.weighted_criterion, "weighted_criterion", true),
        (r.sheet, "sheet", !by_criteria),
        (r.class, "class", !rules.panel.classes.is_empty()),
        (r.panel, "panel", true),
        (
            r.factor,
            "factor",
            rules.equalise.as_ref().is_some_and(Equalise::is_factor),
        ),
        (r.attempt, "attempt", rules.rubric.attempts.is_some()),
        (r.entry, "entry", true),
        (r.round, "round", !rules.carry.is_empty()),
    ] {
        let at = format!("/rounding/{key}");
        check_decimals(to, &at, errors);
        if to.is_some() && !reached {
            errors.push(FieldError::new(at, "rounding_never_reached"));
        }
    }
}

fn carrying(rules: &Rules, errors: &mut Invalid) {
    best_of(rules, errors);
    at_most(rules.carry.len(), "/carry", errors);
    unique(
        rules.carry.iter().map(|c| &c.round),
        |i| format!("/carry/{i}/round"),
        errors,
    );
    for (i, carry) in rules.carry.iter().enumerate() {
        if carry.weight <= Points::ZERO || carry.weight > GREATEST_FACTOR {
            let at = format!("/carry/{i}/weight");
            errors.push(FieldError::new(at, "factor_out_of_range").with("maximum", GREATEST_FACTOR));
        }
    }
    match rules.own_weight {
        Some(_) if rules.carry.is_empty() => {
            errors.push(FieldError::new("/own_weight", "own_weight_without_carry"));
        }
        Some(own) if own < Points::ZERO || own > GREATEST_FACTOR => {
            errors
                .push(FieldError::new("/own_weight", "factor_out_of_range").with("maximum", GREATEST_FACTOR));
        }
        // A share below 1 beside shares means parts of a whole.
        Some(own) if own > Points::ZERO && own < Points::ONE => {
            let carried = rules.carry.iter().map(|c| c.weight.thousandths());
            let sum = carried.fold(own.thousandths(), i64::saturating_add);
            if sum != 1000 && rules.best_of.is_none() {
                let sum = Points::from_thousandths(sum);
                errors.push(FieldError::new("/own_weight", "carry_weights_do_not_add_up").with("sum", sum));
            }
        }
        Some(_) => {}
        None if rules.carry.iter().any(|c| c.weight < Points::ONE) => {
            errors.push(FieldError::new("/own_weight", "own_weight_missing"));
        }
        None => {}
    }
}

/// The best of several contributions: fewer than all, and each of them one that can be the best.
fn best_of(rules: &Rules, errors: &mut Invalid) {
    for (i, carry) in rules.carry.iter().enumerate() {
        let code = match (rules.best_of, carry.missing) {
            (None, MissingRound::LeaveOut) => "leave_out_needs_best_of",
            (Some(_), MissingRound::Renormalise) => "renormalise_with_best_of",
            _ => continue,
        };
        errors.push(FieldError::new(format!("/carry/{i}/missing"), code));
    }
    let Some(best) = rules.best_of else { return };
    let all = rules.carry.len().saturating_add(1);
    if usize::try_from(best).unwrap_or(usize::MAX) >= all || best == 0 {
        let most = all.saturating_sub(1).max(1);
        errors.push(FieldError::new("/best_of", "best_of_out_of_range").with("maximum", most));
    }
    if rules.own_weight == Some(Points::ZERO) {
        errors.push(FieldError::new("/own_weight", "own_weight_zero_with_best_of"));
    }
}

fn ties(rules: &Rules, errors: &mut Invalid) {
    let chain = &rules.ranking.ties;
    at_most(chain.len(), "/ranking/ties", errors);
    at_most(rules.ranking.group_by.len(), "/ranking/group_by", errors);
    unique(
        rules.ranking.group_by.iter(),
        |i| format!("/ranking/group_by/{i}"),
        errors,
    );
    let asked = rules.rubric.criteria.iter().any(|c| c.qualify_from.is_some());
    if rules.ranking.unqualified != Unqualified::default() && !asked {
        errors.push(FieldError::new(
            "/ranking/unqualified",
            "unqualified_without_minimum",
        ));
    }
    let judged = rules.rubric.judged().next().is_some();
    for (i, tie) in chain.iter().enumerate() {
        let at = format!("/ranking/ties/{i}");
        if chain.iter().take(i).any(|other| other == tie) {
            errors.push(FieldError::new(at, "duplicate_tie_break"));
            continue;
        }
        if chain.iter().take(i).any(|other| *other == TieBreak::Shared) {
            errors.push(FieldError::new(at, "tie_break_never_reached"));
            continue;
        }
        let decides = match tie {
            TieBreak::Criterion { code } => {
                if rules.rubric.criterion(code.as_str()).is_none() {
                    errors.push(
                        FieldError::new(format!("{at}/code"), "unknown_criterion").with("criterion", code),
                    );
                }
                true
            }
            TieBreak::Judged
            | TieBreak::UntrimmedSum
            | TieBreak::HighestSheet
            | TieBreak::LowestSheet
            | TieBreak::Median
            | TieBreak::Sealed
            | TieBreak::FirstPlaces => judged,
            TieBreak::Attempt { nth } => {
                let count = rules
                    .rubric
                    .attempts
                    .as_ref()
                    .map_or(0, |attempts| attempts.count);
                if count > 0 && !(1..=count).contains(nth) {
                    let error = FieldError::new(format!("{at}/nth"), "attempt_out_of_range");
                    errors.push(error.with("maximum", count));
                }
                count > 0
            }
            TieBreak::OwnTotal => !rules.carry.is_empty(),
            TieBreak::MoreDigits => rules.last_rounding().is_some(),
            TieBreak::EarlierTotal { .. }
            | TieBreak::EarlierRank { .. }
            | TieBreak::Chair
            | TieBreak::Lot
            | TieBreak::Shared => true,
        };
        if !decides {
            errors.push(FieldError::new(at, "tie_break_decides_nothing").with("by", tie.as_str()));
        }
    }
}

pub(super) fn at_most(items: usize, at: &str, errors: &mut Invalid) {
    if items > MOST_ITEMS {
        errors.push(FieldError::new(at, "too_many_items").with("maximum", MOST_ITEMS));
    }
}

pub(super) fn unique<'a>(
    codes: impl Iterator<Item = &'a Code>,
    at: impl Fn(usize) -> String,
    errors: &mut Invalid,
) {
    let mut seen = BTreeSet::new();
    for (i, code) in codes.enumerate() {
        if !seen.insert(code) {
            errors.push(FieldError::new(at(i), "duplicate_code").with("given", code));
        }
    }
}
