//! Every number that led to a total, in the order in which it was computed.

use super::Scored;
use super::aggregate::{Combined, CriterionScore, Parts, mark};
use super::derivation::{Across, CriterionLine, Derivation, Dropped, MarkLine, SheetLine, Step, TieNote};
use super::equalise::{How, Mapped};
use super::equalised::PanelFactor;
use super::input::Sheet;
use super::totals;
use crate::domain::exact::Shown;
use crate::domain::points::Points;
use crate::domain::rules::{Combine, Counts, Criterion, RoundTo, Rules};

/// The derivation of an entry's total.
pub(super) fn derivation(rules: &Rules, scored: &Scored<'_>, ties: Vec<TieNote>) -> Derivation {
    let decimals = rules.decimals();
    let own_decimals = places(rules.rounding.entry).max(decimals);
    Derivation {
        sheets: sheets(scored, own_decimals),
        criteria: criteria(rules, scored, own_decimals),
        steps: steps(rules, scored, own_decimals),
        ties,
    }
}

fn places(to: Option<RoundTo>) -> u32 {
    to.map_or(0, |to| to.decimals)
}

/// The sheets that were combined, the highest first, then those that could not be.
fn sheets(scored: &Scored<'_>, decimals: u32) -> Vec<SheetLine> {
    let line = |value: i128, judge: &str, dropped| SheetLine {
        judge: judge.to_owned(),
        total: Some(Shown::new(scored.sheets.exact(value), decimals)),
        adjusted: None,
        dropped,
    };
    let mut lines: Vec<SheetLine> = match &scored.combined().parts {
        Parts::Nothing => Vec::new(),
        Parts::Sheets(combined) if scored.rescaled() => combined
            .explained()
            .map(|(v, dropped)| SheetLine {
                adjusted: Some(combined.exact(v)),
                ..line(
                    scored.sheets.total(&v.sheet.marks).unwrap_or(0),
                    &v.sheet.judge,
                    dropped,
                )
            })
            .collect(),
        Parts::Sheets(combined) => combined
            .explained()
            .map(|(v, dropped)| line(v.value, &v.sheet.judge, dropped))
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
                .map(|v| line(v.value, &v.sheet.judge, None))
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
            SheetLine {
                judge: sheet.judge.clone(),
                total: value.map(|n| Shown::new(scored.sheets.exact(n), decimals)),
                adjusted: None,
                dropped: scored.left_out(sheet, value.is_some()),
            }
        });
        lines.extend(rest.collect::<Vec<_>>());
    }
    lines
}

impl Scored<'_> {
    /// Whether the judges' numbers were changed before they were combined.
    fn rescaled(&self) -> bool {
        self.comparable.as_ref().is_some_and(|c| c.score.is_some())
    }

    /// The factor of its panel.
    fn factor(&self) -> Option<&PanelFactor> {
        match &self.comparable.as_ref()?.how {
            How::Factor(panel) => Some(panel),
            _ => None,
        }
    }

    /// The value of a criterion before rounding, where it is not what was combined.
    fn mapped(&self, criterion: usize) -> Option<&Mapped> {
        match &self.comparable.as_ref()?.how {
            How::Mapped(mapped) => mapped.get(criterion),
            _ => None,
        }
    }

    /// Why a sheet is not among those combined: its judge was set aside or has no scale, or it lacks marks and the rules say that such
    /// a sheet does not count.
    fn left_out(&self, sheet: &Sheet, complete: bool) -> Option<Dropped> {
        match (&self.panel.parts, complete) {
            (_, true) if self.panel.sheets().iter().any(|v| v.sheet.judge == sheet.judge) => {
                Some(Dropped::NoScale)
            }
            (_, true) => Some(Dropped::SetAside),
            (Parts::Criteria(scores), false)
                if scores
                    .iter()
                    .any(|s| s.combined.len() > self.panel.sheets().len()) =>
            {
                None
            }
            (_, false) => Some(Dropped::Incomplete),
        }
    }
}

fn criteria(rules: &Rules, scored: &Scored<'_>, decimals: u32) -> Vec<CriterionLine> {
    let mut lines = Vec::new();
    for (i, criterion) in rules.rubric.judged().enumerate() {
        let code = criterion.code.to_string();
        match &scored.combined().parts {
            Parts::Nothing => {}
            Parts::Criteria(scores) => {
                let score = scores.get(i);
                lines.extend(score.map(|score| panel_line(rules, scored, (i, score), criterion)));
            }
            Parts::Sheets(_) => lines.extend(scored.combined().criterion(i).map(|exact| CriterionLine {
                code,
                marks: Vec::new(),
                value: Shown::new(exact.clone(), decimals),
                exact,
                weighted: None,
            })),
        }
    }
    lines
}

fn panel_line(
    rules: &Rules,
    scored: &Scored<'_>,
    (i, score): (usize, &CriterionScore<'_>),
    criterion: &Criterion,
) -> CriterionLine {
    let line = |sheet: &Sheet, adjusted, dropped| MarkLine {
        judge: sheet.judge.clone(),
        mark: Shown::new(mark(sheet, i).unwrap_or_default().into(), criterion.decimals()),
        adjusted,
        dropped,
    };
    let rescaled = scored.rescaled();
    let adjusted = |v| rescaled.then(|| score.combined.exact(v));
    let mut marks: Vec<MarkLine> = score
        .combined
        .explained()
        .map(|(v, dropped)| line(v.sheet, adjusted(v), dropped))
        .collect();
    if let Parts::Criteria(given) = &scored.panel.parts
        && let Some(given) = given.get(i).filter(|given| given.combined.len() > marks.len())
    {
        let left_out = given.combined.all().iter().rev();
        let left_out = left_out.filter(|v| {
            !score
                .combined
                .all()
                .iter()
                .any(|c| c.sheet.judge == v.sheet.judge)
        });
        marks.extend(left_out.map(|v| line(v.sheet, None, Some(Dropped::NoScale))));
    }
    let exact = scored
        .mapped(i)
        .map_or(&score.combined.exact, |mapped| &mapped.exact);
    CriterionLine {
        code: criterion.code.to_string(),
        marks,
        exact: exact.clone(),
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
    let mut sum = scored.judged().clone();
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
    let factor = scored.factor();
    let alone = later.is_empty() && rules.rounding.panel.is_none() && factor.is_none();
    let panel = if alone {
        rounded.clone()
    } else {
        Shown::new(scored.combined().value.clone(), decimals)
    };
    across_judges(rules, scored, panel, decimals, &mut steps);
    steps.extend(factor.map(|panel| Step::Factor {
        panel: panel.panel.clone(),
        mean: panel.mean.clone(),
        reference: panel.reference.clone(),
        exact: panel.exact.clone(),
        factor: panel.factor.clone(),
        value: scored.judged().clone(),
    }));
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

/// What the judges' marks give, `panel` as rounded.
fn across_judges(rules: &Rules, scored: &Scored<'_>, panel: Shown, decimals: u32, steps: &mut Vec<Step>) {
    let how = scored.comparable.as_ref().map(|c| &c.how);
    match how {
        Some(How::Standardised(scale)) => steps.push(Step::Standardised {
            mean: scale.as_ref().map(|(mean, _)| mean.clone()),
            deviation: scale.as_ref().map(|(_, deviation)| deviation.clone()),
        }),
        Some(How::Severity(error)) => steps.push(Step::Severity {
            standard_error: error.clone(),
        }),
        Some(How::Mapped(_) | How::Factor(_)) | None => {}
    }
    match &scored.combined().parts {
        Parts::Nothing => {}
        Parts::Sheets(combined) => match scored.mapped(0) {
            Some(mapped) => {
                let z = Shown::new(mapped.z.clone(), decimals);
                steps.push(across(rules, combined, z, decimals));
                steps.push(Step::Mapped {
                    z: mapped.z.clone(),
                    z_lowest: mapped.from.0.clone(),
                    z_highest: mapped.from.1.clone(),
                    lowest: mapped.onto.0.clone(),
                    highest: mapped.onto.1.clone(),
                    exact: mapped.exact.clone(),
                    rounded: panel,
                });
            }
            None => steps.push(across(rules, combined, panel, decimals)),
        },
        Parts::Criteria(_) => steps.push(Step::ComponentScore {
            exact: scored.combined().exact.clone(),
            rounded: panel,
        }),
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
