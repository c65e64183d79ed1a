//! Across judges: the sheets of an entry become one value.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Bench;
use super::attempts::{self, Attempted};
use super::ballot::Sheets;
use super::classes::{self, Pooled};
use super::input::{EntryInput, Sheet};
use super::ranks::{Components, Ranked};
use super::veto;
use crate::domain::exact::Exact;
use crate::domain::rules::{Combine, JudgeClass, MissingMarks, Over, Rounding, Rules, Trim};

/// A number that a judge gave, as a numerator.
#[derive(Debug, Clone, Copy)]
pub(super) struct Valued<'a> {
    pub(super) value: i128,
    pub(super) sheet: &'a Sheet,
}

/// Numbers from the lowest to the highest, and which of them counted.
#[derive(Debug)]
pub(super) struct Combined<'a> {
    sorted: Vec<Valued<'a>>,
    kept: Range<usize>,
    denominator: i128,
    pub(super) exact: Exact,
}

/// What the judges' marks give together for one entry.
#[derive(Debug)]
pub(super) struct PanelScore<'a> {
    /// Complete sheets, where they are not held by one [`Combined`].
    pub(super) complete: Vec<Valued<'a>>,
    pub(super) parts: Parts<'a>,
    /// Before the panel's rounding.
    pub(super) exact: Exact,
    /// As rounded for the panel.
    pub(super) value: Exact,
}

/// How the judges were combined.
#[derive(Debug)]
pub(super) enum Parts<'a> {
    /// Judges mark nothing.
    Nothing,
    Sheets(Pooled<'a>),
    Criteria(Vec<CriterionScore<'a>>),
    Attempts(Attempted<'a>),
    Ranked(Box<Ranked<'a>>),
    Components(Components<'a>),
}

/// A criterion across judges.
#[derive(Debug)]
pub(super) struct CriterionScore<'a> {
    pub(super) pooled: Pooled<'a>,
    /// As rounded for a criterion.
    pub(super) value: Exact,
    /// Times its factor, as rounded for a weighted criterion.
    pub(super) weighted: Exact,
}

/// The numbers that are combined across judges.
#[derive(Debug, Clone, Copy)]
pub(super) enum Numbers<'n> {
    /// What the judges gave.
    Given,
    /// What was made of it: for one entry by judge, as numerators over a denominator. A judge who is not there is left
    /// out.
    Made(&'n BTreeMap<&'n str, Made>, i128),
}

/// What was made of one sheet.
#[derive(Debug, Clone, Default)]
pub(super) struct Made {
    /// Its total, where totals are combined.
    pub(super) total: Option<i128>,
    /// Its mark for each judged criterion, where these are combined.
    pub(super) marks: Vec<Option<i128>>,
}

impl Numbers<'_> {
    fn has(&self, judge: &str) -> bool {
        match self {
            Self::Given => true,
            Self::Made(made, _) => made.contains_key(judge),
        }
    }

    /// The total of a sheet whose own total is `given`, which is none where the sheet is not complete.
    fn total(&self, sheet: &Sheet, given: i128) -> i128 {
        match self {
            Self::Given => given,
            Self::Made(made, _) => made
                .get(sheet.judge.as_str())
                .and_then(|m| m.total)
                .unwrap_or(given),
        }
    }

    fn mark(&self, sheets: &Sheets, sheet: &Sheet, criterion: usize) -> Option<i128> {
        match self {
            Self::Given => sheets.mark(sheet, criterion),
            Self::Made(made, _) => *made.get(sheet.judge.as_str())?.marks.get(criterion)?,
        }
    }

    fn over(&self, given: i128) -> i128 {
        match self {
            Self::Given => given,
            Self::Made(_, denominator) => *denominator,
        }
    }
}

/// Why an entry has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoScore {
    TooFewSheets(usize),
    /// A class has so many sheets, which are too few.
    ClassTooFew(Box<(JudgeClass, usize)>),
    NothingLeft,
    /// A value of an attempt was not recorded.
    RecordedMissing(String),
    /// Fewer attempts have a value than the rules count.
    TooFewAttempts(usize),
}

impl<'a> Combined<'a> {
    /// Numbers over a denominator, trimmed by how many are present and combined; none when nothing is left.
    ///
    /// Among equal numbers it makes no difference which is dropped; that it is always the same one is the judges' codes'
    /// doing.
    pub(super) fn of(
        by: Combine,
        trim: &[Trim],
        mut values: Vec<Valued<'a>>,
        denominator: i128,
    ) -> Option<Self> {
        values.sort_unstable_by(|a, b| {
            a.value
                .cmp(&b.value)
                .then_with(|| a.sheet.judge.cmp(&b.sheet.judge))
        });
        let (high, low) = dropped(trim, values.len());
        let kept = low..values.len().checked_sub(high)?;
        let counted = values.get(kept.clone()).filter(|counted| !counted.is_empty())?;
        let (exact, total) = (
            |n, of: usize| Exact::over(n, denominator.checked_mul(i128::try_from(of).ok()?)?),
            sum(counted),
        );
        let value = match by {
            // What judges give is put into ranks later.
            Combine::Mean | Combine::RankSum | Combine::Borda | Combine::ComponentRanks => {
                exact(total, counted.len())?
            }
            Combine::Sum => exact(total, 1)?,
            Combine::Median => {
                let middle = counted.len() / 2;
                let even = usize::from(counted.len().is_multiple_of(2));
                let pair = counted.get(middle - even..=middle)?;
                exact(sum(pair), pair.len())?
            }
        };
        Some(Self {
            exact: value,
            kept,
            denominator,
            sorted: values,
        })
    }

    /// One of the numbers.
    pub(super) fn exact(&self, number: &Valued<'_>) -> Exact {
        Exact::over(number.value, self.denominator).unwrap_or(Exact::ZERO)
    }

    /// The sum of the numbers that counted.
    pub(super) fn sum(&self) -> Exact {
        Exact::over(sum(self.counted()), self.denominator).unwrap_or(Exact::ZERO)
    }

    /// How many numbers there are, dropped ones included.
    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// The numbers that counted.
    pub(super) fn counted(&self) -> &[Valued<'a>] {
        self.sorted.get(self.kept.clone()).unwrap_or_default()
    }

    /// Every number, the highest first, with why it did not count.
    pub(super) fn explained(
        &self,
    ) -> impl Iterator<Item = (&Valued<'a>, Option<super::derivation::Dropped>)> {
        use super::derivation::Dropped;
        self.sorted.iter().enumerate().rev().map(|(i, valued)| {
            let dropped = match i {
                i if i < self.kept.start => Some(Dropped::Lowest),
                i if i >= self.kept.end => Some(Dropped::Highest),
                _ => None,
            };
            (valued, dropped)
        })
    }
}

/// The sum of numerators, which the bounds of a sheet keep far from overflowing.
fn sum(values: &[Valued<'_>]) -> i128 {
    values.iter().map(|v| v.value).sum()
}

/// How many of the highest and of the lowest are dropped when so many are present.
fn dropped(trim: &[Trim], present: usize) -> (usize, usize) {
    let count = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let step = trim
        .iter()
        .filter(|step| count(step.from) <= present)
        .max_by_key(|step| step.from);
    step.map_or((0, 0), |step| (count(step.high), count(step.low)))
}

/// The value of an entry across the judges that are not set aside.
pub(super) fn panel_score<'a>(bench: &Bench<'a>, entry: &'a EntryInput) -> Result<PanelScore<'a>, NoScore> {
    if bench.rules.rubric.judged().next().is_none() && !bench.vetoes.is_empty() {
        let present = veto::sheets(bench, entry);
        if present < usize::try_from(bench.rules.minimum_sheets()).unwrap_or(usize::MAX) {
            return Err(NoScore::TooFewSheets(present));
        }
    }
    if bench.attempts.is_empty() {
        part_score(bench, bench.sheets, entry, Numbers::Given)
    } else {
        attempts::score(bench, entry)
    }
}

/// The value of one part of the sheets: of an attempt, or of what is marked once.
pub(super) fn part_score<'a>(
    bench: &Bench<'a>,
    sheets: &'a Sheets,
    entry: &'a EntryInput,
    numbers: Numbers<'_>,
) -> Result<PanelScore<'a>, NoScore> {
    let rules = bench.rules;
    if sheets.criteria().is_empty() {
        return Ok(PanelScore::of_nothing());
    }
    let by_mark = rules.rubric.missing == MissingMarks::LeftOut && rules.aggregate.over == Over::Criteria;
    let set_aside = bench.set_aside.of(entry);
    let alike = rules.panel.classes.is_empty();
    let present = || {
        entry.sheets.iter().filter(|s| {
            !set_aside.contains(&s.judge.as_str())
                && numbers.has(&s.judge)
                && (!by_mark || sheets.begun(&s.marks))
                && (alike || bench.classes.counting(rules, entry, &s.judge).is_some())
        })
    };
    let mut complete: Vec<Valued<'a>> = Vec::with_capacity(entry.sheets.len());
    complete.extend(present().filter_map(|s| {
        let (value, sheet) = sheets.valued(s)?;
        let value = numbers.total(sheet, value);
        Some(Valued { value, sheet })
    }));
    let counted = if by_mark {
        present().count()
    } else {
        complete.len()
    };
    if counted < usize::try_from(rules.minimum_sheets()).unwrap_or(usize::MAX) {
        return Err(NoScore::TooFewSheets(counted));
    }
    let counting: Vec<&'a Sheet> = match (alike, rules.aggregate.over, by_mark) {
        (true, Over::Sheets, _) => Vec::new(),
        (_, _, true) => present().collect(),
        (_, _, false) => complete.iter().map(|v| v.sheet).collect(),
    };
    let classes = classes::present(bench, entry, &counting)?;
    let (complete, parts, exact) = match rules.aggregate.over {
        Over::Sheets => {
            let rest = if alike { Vec::new() } else { complete.clone() };
            let denominator = numbers.over(sheets.denominator);
            let pooled = Pooled::of(bench, entry, &classes, complete, denominator)?;
            let exact = pooled.exact().clone();
            (rest, Parts::Sheets(pooled), exact)
        }
        Over::Criteria => {
            let scores = criteria_scores(bench, sheets, &classes, (entry, &counting), numbers)?;
            let exact = scores
                .iter()
                .fold(Exact::ZERO, |sum, score| &sum + &score.weighted);
            (complete, Parts::Criteria(scores), exact)
        }
    };
    let value = Rounding::at(rules.rounding.panel, &exact);
    Ok(PanelScore {
        complete,
        parts,
        exact,
        value,
    })
}

fn criteria_scores<'a>(
    bench: &Bench<'a>,
    sheets: &Sheets,
    classes: &[&JudgeClass],
    (entry, counted): (&'a EntryInput, &[&'a Sheet]),
    numbers: Numbers<'_>,
) -> Result<Vec<CriterionScore<'a>>, NoScore> {
    let score = |i: usize| {
        let mark = |sheet: &'a Sheet| {
            let value = numbers.mark(sheets, sheet, i)?;
            Some(Valued { value, sheet })
        };
        let mut marks = Vec::with_capacity(counted.len());
        marks.extend(counted.iter().filter_map(|sheet| mark(sheet)));
        let pooled = Pooled::of(bench, entry, classes, marks, numbers.over(Sheets::MARKS))?;
        let (value, weighted) = rounded(bench.rules, sheets, i, pooled.exact());
        Ok(CriterionScore {
            pooled,
            value,
            weighted,
        })
    };
    (0..sheets.criteria().len()).map(score).collect()
}

/// A criterion's value as rounded, and what it adds.
fn rounded(rules: &Rules, sheets: &Sheets, criterion: usize, exact: &Exact) -> (Exact, Exact) {
    let value = Rounding::at(rules.rounding.criterion, exact);
    let weighted = &value * sheets.factor(criterion);
    let weighted = Rounding::at(rules.rounding.weighted_criterion, &weighted);
    (value, weighted)
}

impl<'a> PanelScore<'a> {
    /// Puts other values in the place of the combined ones: one for each criterion where judges are combined by
    /// criterion, else one. What comes after them is computed again.
    pub(super) fn replaced(mut self, rules: &Rules, sheets: &Sheets, values: &[Exact]) -> Self {
        match &mut self.parts {
            Parts::Nothing | Parts::Attempts(_) | Parts::Ranked(_) | Parts::Components(_) => {}
            Parts::Sheets(_) => self.exact = values.first().cloned().unwrap_or(self.exact),
            Parts::Criteria(scores) => {
                for (i, (score, value)) in scores.iter_mut().zip(values).enumerate() {
                    (score.value, score.weighted) = rounded(rules, sheets, i, value);
                }
                self.exact = scores
                    .iter()
                    .fold(Exact::ZERO, |sum, score| &sum + &score.weighted);
            }
        }
        self.value = Rounding::at(rules.rounding.panel, &self.exact);
        self
    }

    /// What judges give who mark nothing.
    pub(super) const fn of_nothing() -> Self {
        Self {
            complete: Vec::new(),
            parts: Parts::Nothing,
            exact: Exact::ZERO,
            value: Exact::ZERO,
        }
    }

    /// What judges gave, before it was put into ranks by criteria.
    pub(super) fn given(&self) -> &Self {
        match &self.parts {
            Parts::Components(components) => &components.panel,
            _ => self,
        }
    }

    /// All complete sheets of judges whose marks count, dropped ones included.
    pub(super) fn sheets(&self) -> &[Valued<'a>] {
        let pooled = match &self.parts {
            Parts::Sheets(pooled) => pooled,
            Parts::Ranked(ranked) => &ranked.sheets,
            Parts::Nothing | Parts::Criteria(_) | Parts::Attempts(_) | Parts::Components(_) => {
                return &self.complete;
            }
        };
        match pooled {
            Pooled::Alike(combined) => &combined.sorted,
            Pooled::Classes(_) => &self.complete,
        }
    }

    /// The classes of judges that the value, or a criterion's, does without.
    pub(super) fn left_out(&self) -> Vec<&str> {
        let pools: Vec<&Pooled<'a>> = match &self.parts {
            Parts::Nothing => Vec::new(),
            Parts::Sheets(pooled) => vec![pooled],
            Parts::Criteria(scores) => scores.iter().map(|s| &s.pooled).collect(),
            Parts::Ranked(ranked) => vec![&ranked.sheets],
            Parts::Attempts(attempted) => return attempted.classes_left_out(),
            Parts::Components(components) => return components.panel.left_out(),
        };
        let codes = pools.into_iter().flat_map(Pooled::left_out).map(String::as_str);
        codes.collect()
    }

    /// The value of the judged criterion at a place across judges: the panel's score for it, or the mean of the marks
    /// on the sheets that counted.
    pub(super) fn criterion(&self, sheets: &Sheets, criterion: usize) -> Option<Exact> {
        match &self.parts {
            Parts::Nothing | Parts::Attempts(_) => None,
            Parts::Criteria(scores) => scores.get(criterion).map(|s| s.value.clone()),
            Parts::Sheets(pooled) => pooled.mean_of(|sheet| sheets.mark(sheet, criterion), Sheets::MARKS),
            Parts::Ranked(ranked) => {
                let mark = |sheet: &Sheet| sheets.mark(sheet, criterion);
                ranked.sheets.mean_of(mark, Sheets::MARKS)
            }
            Parts::Components(components) => components.panel.criterion(sheets, criterion),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn combined(by: Combine, trim: &[(u32, u32, u32)], values: &[i128]) -> Option<String> {
        let sheet = Sheet {
            judge: String::new(),
            marks: Vec::new(),
        };
        let values = values
            .iter()
            .map(|value| Valued {
                value: *value,
                sheet: &sheet,
            })
            .collect();
        let trim: Vec<Trim> = trim
            .iter()
            .map(|(from, high, low)| Trim {
                from: *from,
                high: *high,
                low: *low,
            })
            .collect();
        Combined::of(by, &trim, values, 10).map(|c| c.exact.to_string())
    }

    #[test]
    fn sheets_are_trimmed_by_how_many_are_present_and_combined() {
        let by_number = [(5, 1, 1), (7, 2, 2)];
        for (by, trim, values, expected) in [
            (
                Combine::Mean,
                &by_number[..],
                &[885, 900, 912, 850, 930][..],
                Some("89.9"),
            ),
            (Combine::Mean, &by_number, &[885, 900, 912, 850], Some("88.675")),
            (
                Combine::Sum,
                &by_number,
                &[75, 70, 75, 70, 75, 80, 65],
                Some("22"),
            ),
            (
                Combine::Mean,
                &by_number,
                &[75, 70, 75, 70, 75, 80],
                Some("7.375"),
            ),
            (Combine::Median, &[], &[10, 40, 20], Some("2")),
            (Combine::Median, &[], &[10, 40, 20, 25], Some("2.25")),
            (Combine::Median, &[(3, 2, 0)], &[10, 40, 20], Some("1")),
            (Combine::Mean, &[], &[10, 10, 11], Some("31/30")),
            (Combine::Mean, &[(1, 1, 1)], &[10, 11], None),
            (Combine::Mean, &[(1, 3, 0)], &[10, 11], None),
            (Combine::Mean, &[], &[], None),
        ] {
            assert_eq!(combined(by, trim, values).as_deref(), expected, "{by} {values:?}");
        }
    }
}
