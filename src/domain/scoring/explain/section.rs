//! What judges marked together: the whole sheets, those of an attempt, or what is marked once beside attempts.

use super::places;
use crate::domain::exact::{Exact, Shown};
use crate::domain::rules::{Combine, Criterion, Rules};
use crate::domain::scoring::Bench;
use crate::domain::scoring::aggregate::{Combined, CriterionScore, PanelScore, Parts};
use crate::domain::scoring::ballot::Sheets;
use crate::domain::scoring::classes::{Part, Pooled};
use crate::domain::scoring::derivation::{
    Across, ClassLine, CriterionLine, Dropped, MarkLine, SheetLine, Step,
};
use crate::domain::scoring::input::{EntryInput, Sheet};
use crate::domain::scoring::ranks::Ranked;

/// A part of the sheets, with what the judges' marks there give.
#[derive(Clone, Copy)]
pub(super) struct Section<'s, 'a> {
    pub(super) bench: &'s Bench<'a>,
    pub(super) entry: &'s EntryInput,
    pub(super) sheets: &'s Sheets,
    pub(super) panel: &'s PanelScore<'a>,
    pub(super) decimals: u32,
}

impl Section<'_, '_> {
    /// The sheets that were combined, class by class and the highest first, then those that could not be.
    pub(super) fn lines(self) -> Vec<SheetLine> {
        let classes = !self.bench.rules.panel.classes.is_empty();
        let line = |value: Option<i128>, judge: &str, dropped| SheetLine {
            judge: judge.to_owned(),
            class: classes
                .then(|| self.bench.classes.class(self.entry, judge).map(str::to_owned))
                .flatten(),
            total: value.map(|n| Shown::new(self.sheets.exact(n), self.decimals)),
            rank: None,
            counted: None,
            dropped,
        };
        let mut lines: Vec<SheetLine> = match &self.panel.parts {
            Parts::Nothing | Parts::Attempts(_) | Parts::Components(_) => return Vec::new(),
            Parts::Ranked(ranked) => ranked
                .sheets
                .explained()
                .map(|(_, v, _)| {
                    let line = line(Some(v.value), &v.sheet.judge, None);
                    rank_line(line, ranked)
                })
                .collect(),
            Parts::Sheets(pooled) => pooled
                .explained()
                .map(|(_, v, dropped)| line(Some(v.value), &v.sheet.judge, dropped))
                .collect(),
            Parts::Criteria(_) => {
                let mut sorted: Vec<_> = self.panel.sheets().to_vec();
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
                line(value, &sheet.judge, self.left_out(sheet, value.is_some()))
            });
            lines.extend(rest.collect::<Vec<_>>());
        }
        lines
    }

    /// Why a sheet is not among those combined: its judge was set aside or is of no class that counts, or it lacks marks
    /// and the rules say that such a sheet does not count.
    fn left_out(self, sheet: &Sheet, complete: bool) -> Option<Dropped> {
        let judge = sheet.judge.as_str();
        if self.bench.set_aside.of(self.entry).contains(&judge) {
            return Some(Dropped::SetAside);
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
        let known = self.sheets.criteria().iter();
        let line = |(i, code): (usize, &String)| match &self.panel.parts {
            Parts::Nothing | Parts::Attempts(_) | Parts::Components(_) => None,
            Parts::Criteria(scores) => {
                let criterion = rules.rubric.criterion(code)?;
                Some(panel_line(rules, criterion, scores.get(i)?))
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
                })
            }
        };
        known.enumerate().filter_map(line).collect()
    }

    /// How the judges' marks became one value, which is shown as `rounded`.
    pub(super) fn judged(self, rounded: Shown) -> Vec<Step> {
        match &self.panel.parts {
            Parts::Nothing | Parts::Attempts(_) | Parts::Components(_) => Vec::new(),
            Parts::Ranked(ranked) => {
                let across = Across {
                    of: ranked.combined.counted().len(),
                    sum: Shown::new(ranked.combined.sum.clone(), 0),
                    exact: ranked.combined.exact.clone(),
                    rounded,
                };
                vec![match (self.bench.rules.aggregate.by, ranked.mean) {
                    (Combine::Borda, _) => Step::Borda(across),
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
                    exact: self.panel.exact.clone(),
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
    let counted = counted.find(|(v, _)| v.sheet.judge == line.judge);
    SheetLine {
        rank: ranked.ranks.get(line.judge.as_str()).copied(),
        counted: counted.and_then(|(v, _)| Some(Shown::new(Exact::over(v.value, 2)?, 0))),
        dropped: counted.and_then(|(_, dropped)| dropped),
        ..line
    }
}

fn panel_line(rules: &Rules, criterion: &Criterion, score: &CriterionScore<'_>) -> CriterionLine {
    let marks = score.pooled.explained().map(|(_, v, dropped)| MarkLine {
        judge: v.sheet.judge.clone(),
        mark: Shown::new(
            Exact::over(v.value, Sheets::MARKS).unwrap_or(Exact::ZERO),
            criterion.decimals(),
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
        code: criterion.code.to_string(),
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
        // Values that are ranked later are means.
        Combine::Mean | Combine::RankSum | Combine::Borda | Combine::ComponentRanks => Step::Mean(across),
        Combine::Median => Step::Median(across),
        Combine::Sum => Step::Sum(across),
    }
}
