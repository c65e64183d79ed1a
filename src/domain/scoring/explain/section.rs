//! What judges marked together: the whole sheets, those of an attempt, or what is marked once beside attempts.

use super::places;
use crate::domain::exact::{Exact, Shown};
use crate::domain::rules::{Combine, Criterion, Rules};
use crate::domain::scoring::Bench;
use crate::domain::scoring::aggregate::{CriterionScore, PanelScore, Parts};
use crate::domain::scoring::classes::{Part, Pooled};
use crate::domain::scoring::combined::Combined;
use crate::domain::scoring::derivation::{
    Across, ClassLine, CriterionLine, Dropped, DroppedMark, FactorLine, MappedLine, MarkLine, SheetLine, Step,
};
use crate::domain::scoring::equalise::{Comparable, How, Mapped};
use crate::domain::scoring::input::{EntryInput, Sheet};
use crate::domain::scoring::ranks::Ranked;
use crate::domain::scoring::sheets::Sheets;
use smol_str::SmolStr;

/// A part of the sheets, with what the judges' marks there give.
#[derive(Clone, Copy)]
pub(super) struct Section<'s, 'a> {
    pub(super) bench: &'s Bench<'a>,
    pub(super) entry: &'s EntryInput,
    pub(super) sheets: &'s Sheets,
    /// What was combined.
    pub(super) panel: &'s PanelScore<'a>,
    /// What the judges gave, which is something else where panels are made comparable.
    pub(super) given: &'s PanelScore<'a>,
    pub(super) comparable: Option<&'s Comparable<'a>>,
    pub(super) decimals: u32,
}

impl<'s> Section<'s, '_> {
    /// The sheets that were combined, class by class and the highest first, then those that could not be.
    pub(super) fn lines(self) -> Vec<SheetLine> {
        let classes = !self.bench.rules.panel.classes.is_empty();
        let line = |value: Option<i128>, sheet: &Sheet, dropped| SheetLine {
            judge: (&sheet.judge).into(),
            class: classes
                .then(|| {
                    self.bench
                        .classes
                        .class(self.entry, &sheet.judge)
                        .map(str::to_owned)
                })
                .flatten(),
            total: value.map(|n| Shown::new(self.sheets.exact(n), self.decimals)),
            rank: None,
            counted: None,
            adjusted: None,
            marks_dropped: self.marks_dropped(sheet),
            dropped,
        };
        let mut lines: Vec<SheetLine> = Vec::with_capacity(self.entry.sheets.len());
        match &self.panel.parts {
            Parts::Nothing | Parts::Attempts(_) | Parts::Components(_) => return Vec::new(),
            Parts::Ranked(ranked) => lines.extend(ranked.sheets.explained().map(|(_, v, _)| {
                let line = line(Some(v.value), v.sheet, None);
                rank_line(line, ranked)
            })),
            Parts::Sheets(pooled) if self.rescaled() => {
                lines.extend(pooled.explained().map(|(_, v, dropped)| SheetLine {
                    adjusted: Some(Box::new(pooled.number(v))),
                    ..line(self.sheets.total(&v.sheet.marks), v.sheet, dropped)
                }));
            }
            Parts::Sheets(pooled) => {
                let counted = pooled.explained();
                lines.extend(counted.map(|(_, v, dropped)| line(Some(v.value), v.sheet, dropped)));
            }
            Parts::Criteria(_) => {
                let mut sorted: Vec<_> = self.given.sheets().to_vec();
                sorted.sort_by(|a, b| {
                    b.value
                        .cmp(&a.value)
                        .then_with(|| b.sheet.judge.cmp(&a.sheet.judge))
                });
                lines.extend(sorted.iter().map(|v| line(Some(v.value), v.sheet, None)));
            }
        }
        let given = || {
            let several = self.bench.rules.rubric.attempts.is_some();
            let sheets = self.entry.sheets.iter();
            sheets.filter(move |s| !several || self.sheets.begun(&s.marks))
        };
        if lines.len() < given().count() {
            let mut rest: Vec<&Sheet> = given()
                .filter(|s| !lines.iter().any(|l| l.judge == s.judge))
                .collect();
            rest.sort_by(|a, b| a.judge.cmp(&b.judge));
            let rest = rest.into_iter().map(|sheet| {
                let value = self.sheets.total(&sheet.marks);
                line(value, sheet, self.left_out(sheet, value.is_some()))
            });
            lines.extend(rest.collect::<Vec<_>>());
        }
        lines
    }

    /// The marks that a sheet does without.
    fn marks_dropped(self, sheet: &Sheet) -> Box<[DroppedMark]> {
        let dropped = self.sheets.dropped(&sheet.marks).into_iter();
        let line = |(i, weighted, dropped): (usize, Exact, Dropped)| {
            Some(DroppedMark {
                code: self.sheets.codes.get(i)?.clone(),
                weighted: Shown::new(weighted, 0),
                dropped,
            })
        };
        dropped.filter_map(line).collect()
    }

    /// Whether the judges' numbers were changed before they were combined.
    fn rescaled(self) -> bool {
        self.comparable.is_some_and(|c| c.score.is_some())
    }

    /// How the value of a criterion, or the only one, came about from its z-score.
    fn mapped(self, criterion: usize) -> Option<&'s Mapped> {
        match &self.comparable?.how {
            How::Mapped(mapped) => mapped.get(criterion),
            _ => None,
        }
    }

    /// The factor of the entry's panel at work.
    pub(super) fn factor(self) -> Option<Step> {
        let comparable = self.comparable?;
        let How::Factor(panel) = &comparable.how else {
            return None;
        };
        Some(Step::Factor(Box::new(FactorLine {
            panel: panel.panel.clone(),
            mean: panel.mean.clone(),
            reference: panel.reference.clone(),
            exact: panel.exact.clone(),
            factor: panel.factor.clone(),
            value: comparable.value.clone(),
        })))
    }

    /// What was done to the judges' numbers before they were combined.
    fn before(self) -> Option<Step> {
        let boxed = |value: &Exact| Box::new(value.clone());
        match &self.comparable?.how {
            How::Standardised(scale) => Some(Step::Standardised {
                mean: scale.as_ref().map(|(mean, _)| boxed(mean)),
                deviation: scale.as_ref().map(|(_, deviation)| boxed(deviation)),
            }),
            How::Severity(error) => Some(Step::Severity {
                standard_error: error.as_ref().map(boxed),
            }),
            How::Mapped(_) | How::Factor(_) => None,
        }
    }

    /// Why a sheet is not among those combined: its judge was set aside, is of no class that counts or has no scale, or
    /// it lacks marks and the rules say that such a sheet does not count.
    fn left_out(self, sheet: &Sheet, complete: bool) -> Option<Dropped> {
        let judge = sheet.judge.as_str();
        if self.bench.set_aside.of(self.entry).contains(&judge) {
            return Some(Dropped::SetAside);
        }
        if self.rescaled() && self.given.sheets().iter().any(|v| v.sheet.judge == judge) {
            return Some(Dropped::NoScale);
        }
        let rules = self.bench.rules;
        let of_class =
            rules.panel.classes.is_empty() || self.bench.classes.counting(rules, self.entry, judge).is_some();
        let by_mark = match &self.panel.parts {
            Parts::Criteria(scores) => scores.iter().any(|s| s.pooled.len() > self.panel.sheets().len()),
            _ => false,
        };
        match (of_class, complete) {
            // A complete sheet that was not combined is of a class that has too few.
            (false, _) | (_, true) => Some(Dropped::NoClass),
            (true, false) => (!by_mark).then_some(Dropped::Incomplete),
        }
    }

    /// The judged criteria, each across judges.
    pub(super) fn criteria(self) -> Vec<CriterionLine> {
        let rules = self.bench.rules;
        let known = self.sheets.codes.iter();
        let line = |(i, code): (usize, &SmolStr)| match &self.panel.parts {
            Parts::Nothing | Parts::Attempts(_) | Parts::Components(_) => None,
            Parts::Criteria(scores) => {
                Some(self.panel_line(rules.rubric.criterion(code)?, (i, scores.get(i)?)))
            }
            Parts::Sheets(_) | Parts::Ranked(_) => {
                let exact = self.panel.criterion(self.sheets, i)?;
                Some(CriterionLine {
                    code: code.clone(),
                    marks: Vec::new(),
                    classes: Vec::new(),
                    value: Shown::new(exact.clone(), self.decimals),
                    exact,
                    weighted: None,
                    dropped: None,
                    apart: !self.sheets.counts(i),
                })
            }
        };
        let mut lines = Vec::with_capacity(known.len());
        lines.extend(known.enumerate().filter_map(line));
        lines
    }

    fn panel_line(self, criterion: &Criterion, (i, score): (usize, &CriterionScore<'_>)) -> CriterionLine {
        let rounding = &self.bench.rules.rounding;
        let line = |sheet: &Sheet, adjusted, dropped| MarkLine {
            judge: (&sheet.judge).into(),
            mark: Shown::new(
                Exact::over(self.sheets.mark(sheet, i).unwrap_or(0), Sheets::MARKS).unwrap_or(Exact::ZERO),
                criterion.decimals(),
            ),
            adjusted,
            dropped,
        };
        let rescaled = self.rescaled();
        let adjusted = |v| rescaled.then(|| Box::new(score.pooled.number(v)));
        let pooled = score.pooled.explained();
        let mut marks: Vec<MarkLine> = Vec::with_capacity(score.pooled.len());
        marks.extend(pooled.map(|(_, v, dropped)| line(v.sheet, adjusted(v), dropped)));
        if let Parts::Criteria(given) = &self.given.parts
            && let Some(given) = given.get(i).filter(|given| given.pooled.len() > marks.len())
        {
            let without: Vec<MarkLine> = given
                .pooled
                .explained()
                .filter(|(_, v, _)| !marks.iter().any(|m| m.judge == v.sheet.judge))
                .map(|(_, v, _)| line(v.sheet, None, Some(Dropped::NoScale)))
                .collect();
            marks.extend(without);
        }
        let class = |part: &Part<'_>| ClassLine {
            class: part.class.clone(),
            weight: Shown::new(part.weight.clone(), 0),
            exact: part.combined.exact.clone(),
            value: Shown::new(part.value.clone(), places(rounding.class)),
        };
        let exact = self
            .mapped(i)
            .map_or(score.pooled.exact(), |mapped| &mapped.exact);
        CriterionLine {
            code: criterion.code.as_str().into(),
            marks,
            classes: score.pooled.parts().iter().map(class).collect(),
            exact: exact.clone(),
            value: Shown::new(score.value.clone(), places(rounding.criterion)),
            weighted: Some(Shown::new(
                score.weighted.clone(),
                places(rounding.weighted_criterion),
            )),
            dropped: score.dropped,
            apart: !self.sheets.counts(i),
        }
    }

    /// How the judges' marks became one value, which is shown as `rounded`.
    pub(super) fn judged(self, rounded: Shown) -> Vec<Step> {
        let by_criterion = matches!(self.panel.parts, Parts::Criteria(_));
        match self.mapped(0).filter(|_| !by_criterion) {
            Some(mapped) => {
                let mut steps = self.combined(Shown::new(mapped.z.clone(), self.decimals));
                steps.push(Step::Mapped(Box::new(MappedLine {
                    z: mapped.z.clone(),
                    z_lowest: mapped.from.0.clone(),
                    z_highest: mapped.from.1.clone(),
                    lowest: mapped.onto.0.clone(),
                    highest: mapped.onto.1.clone(),
                    exact: mapped.exact.clone(),
                    rounded,
                })));
                steps
            }
            None => match self.before() {
                Some(before) => std::iter::once(before).chain(self.combined(rounded)).collect(),
                None => self.combined(rounded),
            },
        }
    }

    fn combined(self, rounded: Shown) -> Vec<Step> {
        match &self.panel.parts {
            Parts::Nothing | Parts::Attempts(_) | Parts::Components(_) => Vec::new(),
            Parts::Ranked(ranked) => {
                let sum = match self.bench.rules.aggregate.by {
                    Combine::RankProduct => ranked.combined.exact.clone(),
                    _ => ranked.combined.sum(),
                };
                let across = Across {
                    of: ranked.combined.counted().len(),
                    sum: Shown::new(sum, 0),
                    exact: ranked.combined.exact.clone(),
                    rounded,
                };
                vec![match (self.bench.rules.aggregate.by, ranked.mean) {
                    (Combine::Borda, _) => Step::Borda(across),
                    (Combine::RankPoints, _) => Step::RankPoints(across),
                    (Combine::RankProduct, _) => Step::RankProduct(across),
                    (_, true) => Step::MeanRank(across),
                    (_, false) => Step::RankSum(across),
                }]
            }
            Parts::Sheets(Pooled::Alike(combined)) => {
                vec![across(self.bench.rules, combined, rounded, self.decimals)]
            }
            Parts::Sheets(Pooled::Classes(mix)) => {
                let classes = mix.parts.iter().map(|part| class_step(part, self.decimals));
                let together = Step::Classes {
                    without: self.panel.left_out().into_iter().map(str::to_owned).collect(),
                    exact: self.mapped(0).map_or(&self.panel.exact, |m| &m.z).clone(),
                    rounded,
                };
                classes.chain([together]).collect()
            }
            Parts::Criteria(_) => vec![Step::ComponentScore {
                exact: self.panel.exact.clone(),
                rounded,
            }],
        }
    }
}

/// The line of a sheet with the rank that its judge gives, and whether that counts.
fn rank_line(line: SheetLine, ranked: &Ranked<'_>) -> SheetLine {
    let mut counted = ranked.combined.explained();
    let counted = counted.find(|(v, _)| line.judge == v.sheet.judge);
    SheetLine {
        rank: ranked.ranks.get(line.judge.as_str()).copied(),
        counted: counted.map(|(v, _)| Box::new(Shown::new(ranked.combined.exact(v), 0))),
        dropped: counted.and_then(|(_, dropped)| dropped),
        ..line
    }
}

fn class_step(part: &Part<'_>, decimals: u32) -> Step {
    Step::Class {
        class: part.class.clone(),
        weight: Shown::new(part.weight.clone(), 0),
        of: part.combined.counted().len(),
        sum: Shown::new(part.combined.sum(), decimals),
        exact: part.combined.exact.clone(),
        rounded: Shown::new(part.value.clone(), decimals),
    }
}

fn across(rules: &Rules, combined: &Combined<'_>, rounded: Shown, decimals: u32) -> Step {
    let across = Across {
        of: combined.counted().len(),
        sum: Shown::new(combined.sum(), decimals),
        exact: combined.exact.clone(),
        rounded,
    };
    match rules.aggregate.by {
        // Values that are ranked later are means.
        Combine::Median => Step::Median(across),
        Combine::Sum => Step::Sum(across),
        _ => Step::Mean(across),
    }
}
