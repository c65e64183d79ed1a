//! Every number that led to a total, in the order in which it was computed.

mod section;

use self::section::Section;
use super::aggregate::{PanelScore, Parts};
use super::attempts::{Attempt, Attempted};
use super::derivation::{AttemptLine, Derivation, Step, TieNote};
use super::ranks::{Component, Components};
use super::{Bench, Scored, penalties, recorded as records, veto};
use crate::domain::exact::{Exact, Shown};
use crate::domain::points::Points;
use crate::domain::rules::{Combine, Counts, RoundTo, Rules};

/// For whom every number is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Explain {
    /// For every entry, and what advancement needs to compare groups.
    All,
    /// For one entry, and what advancement needs.
    Entry(i64),
    /// For none; what advancement needs is there.
    Decide,
    /// For none: places only.
    Nobody,
}

impl Explain {
    /// Whether the numbers of an entry are written down.
    pub(super) fn covers(self, entry: i64) -> bool {
        match self {
            Self::All => true,
            Self::Entry(one) => one == entry,
            Self::Decide | Self::Nobody => false,
        }
    }

    /// Whether advancement is to read the result.
    pub(super) const fn decides(self) -> bool {
        !matches!(self, Self::Nobody)
    }
}

/// The derivation of an entry's total.
pub(super) fn derivation<'a>(
    bench: &Bench<'a>,
    scored: &Scored<'a>,
    given: &PanelScore<'a>,
    ties: Vec<TieNote>,
) -> Derivation {
    let rules = bench.rules;
    let decimals = places(rules.rounding.entry).max(rules.decimals());
    let mut section = Section {
        bench,
        entry: scored.entry,
        sheets: bench.sheets,
        panel: scored.combined(given),
        given,
        comparable: scored.comparable.as_deref(),
        decimals,
    };
    let steps = steps(section, scored);
    section.panel = scored.combined(given).given();
    let mut attempts = Vec::new();
    if let Parts::Attempts(attempted) = &section.panel.parts {
        attempts = attempt_lines(section, attempted);
        (section.panel, section.given) = (&attempted.once, &attempted.once);
    }
    Derivation {
        sheets: section.lines(),
        attempts,
        criteria: section.criteria(),
        vetoes: veto::lines(bench, scored.entry),
        steps,
        below: scored.below.clone(),
        ties,
        advance: None,
    }
}

fn places(to: Option<RoundTo>) -> u32 {
    to.map_or(0, |to| to.decimals)
}

/// The attempts in order, each with its own numbers.
fn attempt_lines(of: Section<'_, '_>, attempted: &Attempted<'_>) -> Vec<AttemptLine> {
    let counts = |attempt: &Attempt<'_>| attempted.counted().iter().any(|a| a.number == attempt.number);
    let line = |attempt: &Attempt<'_>| {
        let section = Section {
            sheets: attempt.sheets,
            panel: &attempt.panel,
            given: &attempt.panel,
            ..of
        };
        let value = Shown::new(attempt.value.clone(), of.decimals);
        let later = recorded(section, Some(attempt.number), &attempt.panel.value);
        let alone = later.is_empty() && of.bench.rules.rounding.panel.is_none();
        let panel = if alone {
            value.clone()
        } else {
            Shown::new(attempt.panel.value.clone(), of.decimals)
        };
        AttemptLine {
            attempt: attempt.number,
            sheets: section.lines(),
            criteria: section.criteria(),
            steps: section.judged(panel).into_iter().chain(later).collect(),
            exact: attempt.exact.clone(),
            value,
            counts: counts(attempt),
        }
    };
    let mut lines: Vec<AttemptLine> = attempted.best_first.iter().map(line).collect();
    lines.sort_by_key(|line| line.attempt);
    lines
}

/// What was recorded for an attempt, or outside the attempts, and what it makes of the judges' value.
fn recorded(of: Section<'_, '_>, attempt: Option<u32>, judged: &Exact) -> Vec<Step> {
    let (rules, mut sum, mut steps) = (of.bench.rules, judged.clone(), Vec::new());
    for (slot, value) in records::of(rules, of.entry, attempt, Counts::Multiplier) {
        let value = value.unwrap_or_default();
        sum = &sum * &value.into();
        let by = Shown::new(value.into(), slot.criterion.decimals());
        steps.push(Step::Multiplied {
            code: slot.criterion.code.to_string(),
            by,
            exact: sum.clone(),
        });
    }
    for one in records::added(of.bench, of.entry, attempt).unwrap_or_default() {
        let (criterion, decimals) = (one.slot.criterion, one.slot.criterion.decimals());
        steps.push(Step::Recorded {
            code: criterion.code.to_string(),
            value: Shown::new(one.value.into(), decimals),
            scaled: one.scaled,
            added: Shown::new(one.added, decimals),
            dropped: one.dropped,
        });
    }
    for (slot, value) in records::of(rules, of.entry, attempt, Counts::Apart) {
        steps.extend(value.map(|value| Step::Apart {
            code: slot.criterion.code.to_string(),
            value: Shown::new(value.into(), slot.criterion.decimals()),
        }));
    }
    steps
}

fn steps<'a>(of: Section<'_, 'a>, scored: &Scored<'a>) -> Vec<Step> {
    let (rules, decimals) = (of.bench.rules, of.decimals);
    let factor = of.factor();
    let mut later: Vec<Step> = factor
        .into_iter()
        .chain(recorded(of, None, scored.judged(of.given)))
        .collect();
    // In an order of their own, since the order in which they were entered must not matter.
    let mut adjustments: Vec<_> = scored.entry.adjustments.iter().collect();
    adjustments.sort_by_key(|a| (&a.rule, a.quantity, a.points, &a.reason));
    for adjustment in adjustments {
        let (points, steps) = penalties::added(rules, adjustment);
        let (points, reason) = (Shown::new(points, decimals), adjustment.reason.clone());
        later.push(match (&adjustment.rule, steps) {
            (Some(rule), Some(steps)) => Step::Penalised {
                rule: rule.clone(),
                quantity: adjustment.quantity.map(|q| Shown::new(q.into(), 0)),
                steps,
                points,
                reason,
            },
            _ => Step::Adjusted { points, reason },
        });
    }
    // A total that is nothing but the judges' value needs no second line.
    let rounded = Shown::new(scored.own.clone(), decimals);
    let alone =
        later.is_empty() && rules.rounding.panel.is_none() && !matches!(of.given.parts, Parts::Attempts(_));
    let panel = if alone {
        rounded.clone()
    } else {
        Shown::new(of.panel.value.clone(), decimals)
    };
    if scored.comparable.as_ref().is_some_and(|c| c.fixed) {
        later.insert(0, Step::ScaleFixed);
    }
    let mut steps = match &of.given.parts {
        Parts::Attempts(attempted) => taken(of, attempted),
        Parts::Components(components) => ranked(of, components, panel),
        Parts::Nothing | Parts::Sheets(_) | Parts::Criteria(_) | Parts::Ranked(_) => of.judged(panel),
    };
    steps.append(&mut later);
    if !alone {
        steps.push(Step::Entry {
            exact: scored.own_exact.clone(),
            rounded,
        });
    }
    carrying(rules, scored, &mut steps);
    steps
}

/// The ranks by each criterion, and their sum, which is shown as `rounded`.
fn ranked(of: Section<'_, '_>, components: &Components<'_>, rounded: Shown) -> Vec<Step> {
    let step = |component: &Component| Step::ComponentRank {
        code: component.code.clone(),
        value: component.value.clone().map(|value| Shown::new(value, 0)),
        rank: component.rank,
        points: component.points.clone().map(|points| Shown::new(points, 0)),
        factor: Shown::new(component.factor.into(), 0),
        weighted: component.weighted.clone(),
        dropped: component.dropped,
    };
    let mut steps = match &components.panel.parts {
        Parts::Attempts(attempted) => vec![counting(of, attempted)],
        _ => Vec::new(),
    };
    steps.extend(components.ranks.iter().map(step));
    let exact = of.panel.exact.clone();
    steps.push(match of.bench.rules.aggregate.by {
        Combine::ComponentPoints => Step::ComponentPoints { exact, rounded },
        Combine::ComponentProduct => Step::ComponentProduct { exact, rounded },
        _ => Step::ComponentRanks { exact, rounded },
    });
    steps
}

/// The attempts that count, and what judges mark once.
fn taken(of: Section<'_, '_>, attempted: &Attempted<'_>) -> Vec<Step> {
    let once = Section {
        panel: &attempted.once,
        given: &attempted.once,
        ..of
    };
    let value = Shown::new(attempted.once.value.clone(), of.decimals);
    std::iter::once(counting(of, attempted))
        .chain(once.judged(value))
        .collect()
}

/// The attempts that count.
fn counting(of: Section<'_, '_>, attempted: &Attempted<'_>) -> Step {
    let mut attempts: Vec<u32> = attempted.counted().iter().map(|a| a.number).collect();
    attempts.sort_unstable();
    Step::Attempts {
        attempts,
        by: attempted.together,
        exact: attempted.taken.clone(),
        rounded: Shown::new(attempted.taken.clone(), of.decimals),
    }
}

fn carrying(rules: &Rules, scored: &Scored<'_>, steps: &mut Vec<Step>) {
    let Some(carried) = &scored.carried else { return };
    let decimals = places(rules.rounding.entry);
    let weight = |points: Points| Shown::new(points.into(), 0);
    steps.push(Step::OwnPart {
        weight: weight(rules.own_weight.unwrap_or(Points::ONE)),
        value: Shown::new(scored.own.clone(), decimals),
        added: carried.own.clone(),
        dropped: carried.own_dropped,
    });
    for part in &carried.parts {
        steps.push(Step::Carried {
            round: part.round.clone(),
            weight: weight(part.weight),
            value: Shown::new(part.value.clone(), decimals),
            added: part.added.clone(),
            assumed: part.assumed,
            dropped: part.dropped,
        });
    }
    if let Some((without, by)) = &carried.renormalised {
        steps.push(Step::Renormalised {
            without: without.clone(),
            by: by.clone(),
        });
    }
    steps.push(Step::Round {
        exact: scored.exact().clone(),
        rounded: Shown::new(scored.total().clone(), rules.decimals()),
    });
}
