//! Every number that led to a total, in the order in which it was computed.

use super::aggregate::{Combined, CriterionScore, Parts};
use super::ballot::Sheets;
use super::classes::{Part, Pooled};
use super::derivation::{
    Across, ClassLine, CriterionLine, Derivation, Dropped, MarkLine, SheetLine, Step, TieNote,
};
use super::input::Sheet;
use super::{Bench, Scored, totals};
use crate::domain::exact::{Exact, Shown};
use crate::domain::points::Points;
use crate::domain::rules::{Combine, Counts, RoundTo, Rules};

/// The derivation of an entry's total.
pub(super) fn derivation(bench: &Bench<'_>, scored: &Scored<'_>, ties: Vec<TieNote>) -> Derivation {
    let rules = bench.rules;
    let decimals = rules.decimals();
    let own_decimals = places(rules.rounding.entry).max(decimals);
    Derivation {
        sheets: sheets(bench, scored, own_decimals),
        criteria: criteria(rules, scored, own_decimals),
        steps: steps(rules, scored, own_decimals),
        ties,
    }
}

fn places(to: Option<RoundTo>) -> u32 {
    to.map_or(0, |to| to.decimals)
}

/// The sheets that were combined, class by class and the highest first, then those that could not be.
fn sheets(bench: &Bench<'_>, scored: &Scored<'_>, decimals: u32) -> Vec<SheetLine> {
    let classes = !bench.rules.panel.classes.is_empty();
    let line = |value: Option<i128>, judge: &str, dropped| SheetLine {
        judge: judge.to_owned(),
        class: classes
            .then(|| bench.classes.class(scored.entry, judge).map(str::to_owned))
            .flatten(),
        total: value.map(|n| Shown::new(scored.sheets.exact(n), decimals)),
        dropped,
    };
    let mut lines: Vec<SheetLine> = match &scored.panel.parts {
        Parts::Nothing => Vec::new(),
        Parts::Sheets(pooled) => pooled
            .explained()
            .map(|(_, v, dropped)| line(Some(v.value), &v.sheet.judge, dropped))
            .collect(),
        Parts::Criteria(_) => {
            let mut sorted: Vec<_> = scored.panel.sheets().to_vec();
            sorted.sort_by(|a, b| {
                b.value
                    .cmp(&a.value)
                    .then_with(|| b.sheet.judge.cmp(&a.sheet.judge))
            });
            sorted
                .iter()
                .map(|v| line(Some(v.value), &v.sheet.judge, None))
                .collect()
        }
    };
    if lines.len() < scored.entry.sheets.len() {
        let mut rest = scored
            .entry
            .sheets
            .iter()
            .filter(|s| !lines.iter().any(|l| l.judge == s.judge))
            .collect::<Vec<_>>();
        rest.sort_by(|a, b| a.judge.cmp(&b.judge));
        let rest = rest.into_iter().map(|sheet| {
            let value = scored.sheets.total(&sheet.marks);
            line(
                value,
                &sheet.judge,
                left_out(bench, scored, sheet, value.is_some()),
            )
        });
        lines.extend(rest.collect::<Vec<_>>());
    }
    lines
}

/// Why a sheet is not among those combined: its judge was set aside or is of no class that counts, or it lacks marks
/// and the rules say that such a sheet does not count.
fn left_out(bench: &Bench<'_>, scored: &Scored<'_>, sheet: &Sheet, complete: bool) -> Option<Dropped> {
    let rules = bench.rules;
    let counting = || {
        bench
            .classes
            .counting(rules, scored.entry, &sheet.judge)
            .is_some()
    };
    if bench.set_aside.of(scored.entry).contains(&sheet.judge.as_str()) {
        Some(Dropped::SetAside)
    } else if !rules.panel.classes.is_empty() && !counting() {
        Some(Dropped::NoClass)
    } else if complete {
        // Its class has too few sheets.
        Some(Dropped::NoClass)
    } else {
        let by_mark = match &scored.panel.parts {
            Parts::Criteria(scores) => scores
                .iter()
                .any(|s| s.pooled.len() > scored.panel.sheets().len()),
            Parts::Nothing | Parts::Sheets(_) => false,
        };
        (!by_mark).then_some(Dropped::Incomplete)
    }
}

fn criteria(rules: &Rules, scored: &Scored<'_>, decimals: u32) -> Vec<CriterionLine> {
    let mut lines = Vec::new();
    for (i, criterion) in rules.rubric.judged().enumerate() {
        let code = criterion.code.to_string();
        match &scored.panel.parts {
            Parts::Nothing => {}
            Parts::Criteria(scores) => {
                lines.extend(
                    scores
                        .get(i)
                        .map(|score| panel_line(rules, code, score, criterion.decimals())),
                );
            }
            Parts::Sheets(_) => {
                lines.extend(
                    scored
                        .panel
                        .criterion(scored.sheets, i)
                        .map(|exact| CriterionLine {
                            code,
                            marks: Vec::new(),
                            classes: Vec::new(),
                            value: Shown::new(exact.clone(), decimals),
                            exact,
                            weighted: None,
                        }),
                )
            }
        }
    }
    lines
}

fn panel_line(rules: &Rules, code: String, score: &CriterionScore<'_>, decimals: u32) -> CriterionLine {
    let marks = score.pooled.explained().map(|(_, v, dropped)| MarkLine {
        judge: v.sheet.judge.clone(),
        mark: Shown::new(
            Exact::over(v.value, Sheets::MARKS).unwrap_or(Exact::ZERO),
            decimals,
        ),
        dropped,
    });
    let class = |part: &Part<'_>| ClassLine {
        class: part.class.clone(),
        weight: Shown::new(part.weight.clone(), 0),
        exact: part.combined.exact.clone(),
        value: Shown::new(part.value.clone(), places(rules.rounding.class)),
    };
    CriterionLine {
        code,
        marks: marks.collect(),
        classes: score.pooled.parts().iter().map(class).collect(),
        exact: score.pooled.exact().clone(),
        value: Shown::new(score.value.clone(), places(rules.rounding.criterion)),
        weighted: Some(Shown::new(
            score.weighted.clone(),
            places(rules.rounding.weighted_criterion),
        )),
    }
}

fn steps(rules: &Rules, scored: &Scored<'_>, decimals: u32) -> Vec<Step> {
    let entry = scored.entry;
    let mut steps = Vec::new();
    let mut later = Vec::new();
    let mut sum = scored.panel.value.clone();
    for (criterion, value) in totals::recorded(rules, entry, Counts::Multiplier) {
        let value = value.unwrap_or_default();
        sum = &sum * &value.into();
        let by = Shown::new(value.into(), criterion.decimals());
        later.push(Step::Multiplied {
            code: criterion.code.to_string(),
            by,
            exact: sum.clone(),
        });
    }
    for (criterion, value) in totals::recorded(rules, entry, Counts::Added) {
        let value = value.unwrap_or_default();
        later.push(Step::Recorded {
            code: criterion.code.to_string(),
            value: Shown::new(value.into(), criterion.decimals()),
            added: Shown::new(totals::added(rules, criterion, value), criterion.decimals()),
        });
    }
    // In an order of their own, since the order in which they were entered must not matter.
    let mut adjustments: Vec<_> = entry.adjustments.iter().collect();
    adjustments.sort_by(|a, b| (a.points, &a.reason).cmp(&(b.points, &b.reason)));
    for adjustment in adjustments {
        let points = Shown::new(adjustment.points.into(), decimals);
        later.push(Step::Adjusted {
            points,
            reason: adjustment.reason.clone(),
        });
    }
    // A total that is nothing but the judges' value needs no second line.
    let rounded = Shown::new(scored.own.clone(), decimals);
    let alone = later.is_empty() && rules.rounding.panel.is_none();
    let panel = if alone {
        rounded.clone()
    } else {
        Shown::new(scored.panel.value.clone(), decimals)
    };
    match &scored.panel.parts {
        Parts::Nothing => {}
        Parts::Sheets(Pooled::Alike(combined)) => steps.push(across(rules, combined, panel, decimals)),
        Parts::Sheets(Pooled::Classes(mix)) => {
            steps.extend(mix.parts.iter().map(|part| class_step(part, decimals)));
            steps.push(Step::Classes {
                without: scored.panel.left_out().map(str::to_owned).collect(),
                exact: scored.panel.exact.clone(),
                rounded: panel,
            });
        }
        Parts::Criteria(_) => steps.push(Step::ComponentScore {
            exact: scored.panel.exact.clone(),
            rounded: panel,
        }),
    }
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

fn class_step(part: &Part<'_>, decimals: u32) -> Step {
    Step::Class {
        class: part.class.clone(),
        weight: Shown::new(part.weight.clone(), 0),
        of: part.combined.counted().len(),
        sum: Shown::new(part.combined.sum.clone(), decimals),
        exact: part.combined.exact.clone(),
        rounded: Shown::new(part.value.clone(), decimals),
    }
}

fn across(rules: &Rules, combined: &Combined<'_>, rounded: Shown, decimals: u32) -> Step {
    let across = Across {
        of: combined.counted().len(),
        sum: Shown::new(combined.sum.clone(), decimals),
        exact: combined.exact.clone(),
        rounded,
    };
    match rules.aggregate.by {
        Combine::Mean => Step::Mean(across),
        Combine::Median => Step::Median(across),
        Combine::Sum => Step::Sum(across),
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
    });
    for part in &carried.parts {
        steps.push(Step::Carried {
            round: part.round.clone(),
            weight: weight(part.weight),
            value: Shown::new(part.value.clone(), decimals),
            added: part.added.clone(),
            assumed: part.assumed,
        });
    }
    if let Some((without, by)) = &carried.renormalised {
        steps.push(Step::Renormalised {
            without: without.clone(),
            by: by.clone(),
        });
    }
    steps.push(Step::Round {
        exact: scored.exact.clone(),
        rounded: Shown::new(scored.total.clone(), rules.decimals()),
    });
}
