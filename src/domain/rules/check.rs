//! What a document may not say: contradictions within itself, and with the competition around it.

use std::collections::BTreeSet;

use super::rounding::check_decimals;
use super::{
    Advance, Counts, Criterion, Equalise, MissingMarks, Over, PerGroup, Rules, SheetTotal, Surroundings,
    TieBreak,
};
use crate::domain::exact::Exact;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;
use crate::domain::text::Code;

/// Criteria, and steps, tie-breaks, awards: more of them are a mistake. With factors and marks bounded too, sums of
/// whole numbers over a sheet stay far inside 128 bits.
const MOST_ITEMS: usize = 100;
/// The greatest factor or weight.
const GREATEST_FACTOR: Points = Points::from_thousandths(1_000_000);
/// The greatest number of places, sheets, reserves that a document may ask for.
const MOST_PLACES: u32 = 1_000_000;

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
    weights(rules, errors);
    aggregation(rules, errors);
    super::equalise::contradictions(rules, errors);
    rounding(rules, errors);
    carrying(rules, errors);
    ties(rules, errors);
    if let Some(advance) = &rules.advance {
        advancement(rules, advance, errors);
    }
    awards(rules, errors);
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
    if let Some(advance) = &rules.advance
        && let (Some(places), Some(groups)) = (advance.places, around.groups)
        && advance.minimum_per_group.saturating_mul(groups) > places
    {
        errors.push(
            FieldError::new("/advance/minimum_per_group", "minimum_above_places")
                .with("minimum", advance.minimum_per_group)
                .with("groups", groups)
                .with("places", places),
        );
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
    if criteria.iter().all(|c| !c.is_judged()) {
        for (asked, at) in [
            (
                rules.panel.minimum_sheets.is_some_and(|n| n > 0),
                "/panel/minimum_sheets",
            ),
            (rules.panel.common, "/panel/common"),
        ] {
            if asked {
                errors.push(FieldError::new(at, "nothing_is_judged"));
            }
        }
    } else if rules.panel.minimum_sheets == Some(0) {
        errors.push(FieldError::new("/panel/minimum_sheets", "minimum_sheets_zero"));
    }
    if rules.rubric.missing == MissingMarks::LeftOut && rules.aggregate.over == Over::Sheets {
        errors.push(FieldError::new("/rubric/missing", "left_out_needs_criteria"));
    }
}

fn limits(c: &Criterion, at: &str, errors: &mut Invalid) {
    let place = |key: &str| format!("{at}/{key}");
    if c.step <= Points::ZERO {
        errors.push(FieldError::new(place("step"), "step_not_positive"));
    } else if c.max <= c.min {
        errors.push(
            FieldError::new(place("max"), "max_not_above_min")
                .with("min", c.min)
                .with("max", c.max),
        );
    } else if !Points::from_thousandths(c.max.thousandths() - c.min.thousandths()).is_multiple_of(c.step) {
        errors.push(
            FieldError::new(place("max"), "max_off_step")
                .with("max", c.max)
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
    if c.is_judged() && c.counts != Counts::Added {
        errors.push(FieldError::new(place("as"), "multiplier_is_judged"));
    }
    if c.counts == Counts::Multiplier && c.factor.is_some() {
        errors.push(FieldError::new(place("factor"), "factor_of_multiplier"));
    }
    if !c.is_judged() && c.weight.is_some() {
        errors.push(FieldError::new(place("weight"), "weight_of_recorded"));
    }
    at_most(c.levels.len(), &place("levels"), errors);
    let mut above = None;
    for (i, level) in c.levels.iter().enumerate() {
        let at = format!("{at}/levels/{i}/from");
        if level.from < c.min || level.from > c.max {
            errors.push(
                FieldError::new(at, "level_out_of_range")
                    .with("min", c.min)
                    .with("max", c.max),
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
        if weighted && c.weight.is_none() && c.factor.is_none() {
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
        let fewest = step.from.max(rules.minimum_sheets()).max(1);
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
        (r.panel, "panel", true),
        (
            r.factor,
            "factor",
            rules.equalise.as_ref().is_some_and(Equalise::is_factor),
        ),
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
            if sum != 1000 {
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

fn ties(rules: &Rules, errors: &mut Invalid) {
    let chain = &rules.ranking.ties;
    at_most(chain.len(), "/ranking/ties", errors);
    at_most(rules.ranking.group_by.len(), "/ranking/group_by", errors);
    unique(
        rules.ranking.group_by.iter(),
        |i| format!("/ranking/group_by/{i}"),
        errors,
    );
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
            | TieBreak::FirstPlaces => judged,
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

fn advancement(rules: &Rules, advance: &Advance, errors: &mut Invalid) {
    let grouped = !rules.ranking.group_by.is_empty();
    match (&advance.places, &advance.per_group) {
        (Some(_), Some(_)) => errors.push(FieldError::new("/advance/per_group", "places_and_per_group")),
        (None, None) => errors.push(FieldError::new("/advance/places", "places_missing")),
        _ => {}
    }
    let minimum = advance.minimum_per_group;
    for (asked, at) in [
        (minimum > 0, "/advance/minimum_per_group"),
        (advance.share.is_some(), "/advance/share"),
    ] {
        if asked && advance.places.is_none() {
            errors.push(FieldError::new(at, "needs_places"));
        } else if asked && !grouped {
            errors.push(FieldError::new(at, "needs_groups"));
        }
    }
    if !grouped && matches!(advance.per_group, Some(PerGroup::Each(_))) {
        errors.push(FieldError::new("/advance/per_group", "needs_groups"));
    }
    if let Some(places) = advance.places.filter(|places| minimum > *places) {
        errors.push(
            FieldError::new("/advance/minimum_per_group", "minimum_above_places")
                .with("minimum", minimum)
                .with("groups", 1)
                .with("places", places),
        );
    }
    if advance.maximum_per_institution == Some(0) {
        errors.push(FieldError::new("/advance/maximum_per_institution", "number_zero"));
    }
    let numbers = [(advance.places, "places"), (Some(advance.reserves), "reserves")];
    for (_, key) in numbers.iter().filter(|(n, _)| n.is_some_and(|n| n > MOST_PLACES)) {
        errors.push(
            FieldError::new(format!("/advance/{key}"), "number_too_large").with("maximum", MOST_PLACES),
        );
    }
}

fn awards(rules: &Rules, errors: &mut Invalid) {
    at_most(rules.awards.len(), "/awards", errors);
    unique(
        rules.awards.iter().map(|a| &a.code),
        |i| format!("/awards/{i}/code"),
        errors,
    );
    for (i, award) in rules.awards.iter().enumerate() {
        if award.places == 0 {
            errors.push(FieldError::new(format!("/awards/{i}/places"), "number_zero"));
        } else if award.places > MOST_PLACES {
            let at = format!("/awards/{i}/places");
            errors.push(FieldError::new(at, "number_too_large").with("maximum", MOST_PLACES));
        }
    }
}

fn at_most(items: usize, at: &str, errors: &mut Invalid) {
    if items > MOST_ITEMS {
        errors.push(FieldError::new(at, "too_many_items").with("maximum", MOST_ITEMS));
    }
}

fn unique<'a>(codes: impl Iterator<Item = &'a Code>, at: impl Fn(usize) -> String, errors: &mut Invalid) {
    let mut seen = BTreeSet::new();
    for (i, code) in codes.enumerate() {
        if !seen.insert(code) {
            errors.push(FieldError::new(at(i), "duplicate_code").with("given", code));
        }
    }
}
