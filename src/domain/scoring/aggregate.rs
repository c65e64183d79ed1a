//! Across judges: the sheets of an entry become one value.

use std::collections::BTreeMap;

use super::Bench;
use super::attempts::{self, Attempted};
use super::classes::{self, Pooled};
use super::combined::Valued;
use super::derivation::Dropped;
use super::drop::kept;
use super::input::{EntryInput, Sheet};
use super::ranks::{Components, Ranked};
use super::sheets::Sheets;
use super::veto;
use crate::domain::exact::Exact;
use crate::domain::rules::{JudgeClass, MissingMarks, Over, Rounding, Rules};

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
    /// Why it is not added, if it isn't.
    pub(super) dropped: Option<Dropped>,
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
            let (scores, exact) = added_up(rules, sheets, scores);
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
            dropped: None,
        })
    };
    (0..sheets.criteria().len()).map(score).collect()
}

/// The criteria with those that are dropped, and the sum of the others that count.
fn added_up<'a>(
    rules: &Rules,
    sheets: &Sheets,
    mut scores: Vec<CriterionScore<'a>>,
) -> (Vec<CriterionScore<'a>>, Exact) {
    let mut sum = Exact::ZERO;
    let terms = (0..).zip(&scores).filter(|(i, _)| sheets.counts(*i));
    let terms: Vec<(usize, Exact)> = terms.map(|(i, score)| (i, score.weighted.clone())).collect();
    // Where ranks by criteria count, some of these are dropped, and no criteria.
    let drop = rules
        .rubric
        .drop
        .filter(|_| !rules.aggregate.by.ranks_by_criterion());
    for (i, term, dropped) in kept(drop, terms) {
        if dropped.is_none() {
            sum = &sum + &term;
        }
        if let Some(score) = scores.get_mut(i) {
            score.dropped = dropped;
        }
    }
    (scores, sum)
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
                (*scores, self.exact) = added_up(rules, sheets, std::mem::take(scores));
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
            Pooled::Alike(combined) => combined.all(),
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
