//! How one sheet adds up.

use smol_str::SmolStr;

use super::derivation::Dropped;
use super::drop::kept;
use super::input::Sheet;
use super::partial::Partial;
use crate::domain::exact::{Exact, small_quotient};
use crate::domain::points::Points;
use crate::domain::rules::{Criterion, Drop, Over, RoundTo, Rules, SheetTotal};

/// How sheets are added up: whole numerators over one denominator, so that a sheet costs a multiplication and an
/// addition per mark. With the bounds of a rules document (100 criteria, factors up to 1000) nothing here can leave
/// 128 bits, whatever the marks are. Each attempt has its own part of the sheet, and so has what is marked once.
#[derive(Debug)]
pub(super) struct Sheets {
    criteria: Vec<String>,
    /// The same for the lines of derivations.
    pub(super) codes: Vec<SmolStr>,
    factors: Vec<i128>,
    /// Which criteria are part of the total.
    counts: Vec<bool>,
    /// How many terms of the total are dropped.
    drop: Option<Drop>,
    /// The same factors where all of them fit and nothing is dropped, which they nearly always do and where multiplying is many times faster.
    small_factors: Option<Vec<i64>>,
    /// What [`Self::factor`] gives.
    exact_factors: Vec<Exact>,
    /// Where this part begins on the sheet.
    first: usize,
    pub(super) denominator: i128,
    weighted: Option<RoundTo>,
    sheet: Option<RoundTo>,
    /// Where missing marks are left out of a weighted mean, what every sum of weights divides.
    partial: Option<Partial>,
}

impl Sheets {
    /// The denominator of single marks.
    pub(super) const MARKS: i128 = 1000;

    /// What is marked once: everything, where entries have one attempt.
    pub(super) fn once(rules: &Rules) -> Self {
        let before = rules.rubric.marked().take_while(|slot| slot.attempt.is_some());
        Self::part(rules, None, before.count())
    }

    /// What is marked in each attempt.
    pub(super) fn attempts(rules: &Rules) -> Vec<Self> {
        let width = rules.rubric.judged_in(Some(1)).count();
        let attempts = (0..).zip(1..=rules.rubric.attempts.as_ref().map_or(0, |a| a.count));
        attempts
            .map(|(before, n)| Self::part(rules, Some(n), before * width))
            .collect()
    }

    fn part(rules: &Rules, attempt: Option<u32>, first: usize) -> Self {
        let judged = || rules.rubric.judged_in(attempt).map(|slot| slot.criterion);
        let weight = |c: &Criterion| match c.is_apart() {
            true => 0,
            false => i128::from(c.factor.or(c.weight).unwrap_or(Points::ONE).thousandths()),
        };
        let counts: Vec<bool> = judged().map(|c| !c.is_apart()).collect();
        let counting = counts.iter().filter(|counts| **counts).count();
        let kept = |drop: Option<Drop>| {
            let all: i128 = judged().map(weight).sum();
            // Where something is dropped the weights are equal.
            let (kept, of) = (drop.unwrap_or_default().kept(counting).len(), counting.max(1));
            match (i128::try_from(kept), i128::try_from(of)) {
                (Ok(kept), Ok(of)) => all * kept / of,
                _ => all,
            }
        };
        // Of criteria that are combined across judges one is dropped there, and of no sheet.
        let by_criteria = rules.aggregate.over == Over::Criteria || rules.aggregate.by.ranks_by_criterion();
        let drop = rules.rubric.drop.filter(|_| !by_criteria);
        let later = rules
            .rubric
            .drop
            .filter(|_| rules.aggregate.over == Over::Criteria);
        let (sum, later) = (kept(drop), kept(later.or(drop)));
        // Marks and factors are thousandths, and a value rounded to 6 decimals is a whole number of millionths too.
        let (scale, whole) = match rules.rubric.total {
            SheetTotal::Sum => (1, 1),
            SheetTotal::Mean => (1000, sum.max(1)),
        };
        let factors: Vec<i128> = judged().map(|c| weight(c) * scale).collect();
        let partial = rules.takes_partial_sheets().then(|| {
            Partial::of(
                rules,
                judged().map(|c| Points::from_thousandths(i64::try_from(weight(c)).unwrap_or(0))),
            )
        });
        let whole = partial.as_ref().map_or(whole, |partial| partial.multiple.max(1));
        let denominator = 1_000_000 * whole;
        let across = match rules.rubric.total {
            SheetTotal::Mean if partial.is_none() => 1_000_000 * later.max(1),
            _ => denominator,
        };
        let exact = |factor: &i128| {
            let factor = Exact::over(factor * 1000, across);
            factor.unwrap_or(Exact::ZERO).reduced()
        };
        Self {
            criteria: judged().map(|c| c.code.to_string()).collect(),
            codes: judged().map(|c| c.code.as_str().into()).collect(),
            exact_factors: factors.iter().map(exact).collect(),
            small_factors: factors
                .iter()
                .map(|f| i64::try_from(*f).ok().filter(|_| drop.is_none()))
                .collect::<Option<_>>(),
            counts,
            drop,
            factors,
            first,
            denominator,
            weighted: rules.rounding.weighted_criterion,
            sheet: rules.rounding.sheet,
            partial,
        }
    }

    /// The judged criteria, in order.
    pub(super) fn criteria(&self) -> &[String] {
        &self.criteria
    }

    /// The marks of this part; none where the sheet is shorter.
    pub(super) fn marks<'m>(&self, marks: &'m [Option<Points>]) -> Option<&'m [Option<Points>]> {
        marks.get(self.first..self.first.checked_add(self.factors.len())?)
    }

    /// A sheet's mark for the criterion at a place, over [`Self::MARKS`].
    pub(super) fn mark(&self, sheet: &Sheet, criterion: usize) -> Option<i128> {
        let mark = sheet
            .marks
            .get(self.first.checked_add(criterion)?)
            .copied()
            .flatten()?;
        Some(mark.thousandths().into())
    }

    /// Whether this part of a sheet has any mark.
    pub(super) fn begun(&self, marks: &[Option<Points>]) -> bool {
        let part = marks.iter().skip(self.first).take(self.factors.len());
        part.flatten().next().is_some()
    }

    /// The numerator of a sheet's total; none when a mark is missing.
    pub(super) fn total(&self, marks: &[Option<Points>]) -> Option<i128> {
        if let Some(partial) = &self.partial {
            return partial.total(self.marks(marks)?, self.sheet);
        }
        let marks = self.marks(marks)?;
        if self.weighted.is_none()
            && self.sheet.is_none()
            && let Some(factors) = &self.small_factors
        {
            let mut sum = 0;
            for (mark, factor) in marks.iter().zip(factors) {
                sum += i128::from((*mark)?.thousandths()) * i128::from(*factor);
            }
            return Some(sum);
        }
        let mut terms = Vec::with_capacity(marks.len());
        for ((mark, factor), counts) in marks.iter().zip(&self.factors).zip(&self.counts) {
            let term = i128::from((*mark)?.thousandths()) * factor;
            if *counts {
                terms.push(self.weighted.map_or(term, |to| self.rounded(term, to)));
            }
        }
        if let Some(drop) = self.drop {
            terms.sort_unstable();
            terms = terms.get(drop.kept(terms.len())).unwrap_or_default().to_vec();
        }
        let sum = terms.into_iter().sum();
        Some(self.sheet.map_or(sum, |to| self.rounded(sum, to)))
    }

    /// The marks of a complete sheet that are not added, by their places, each with its term and why; the lowest first.
    pub(super) fn dropped(&self, marks: &[Option<Points>]) -> Vec<(usize, Exact, Dropped)> {
        let (Some(drop), Some(marks)) = (self.drop, self.marks(marks)) else {
            return Vec::new();
        };
        let mut terms = Vec::with_capacity(marks.len());
        for (i, (mark, factor)) in marks.iter().zip(&self.factors).enumerate() {
            let Some(mark) = mark else { return Vec::new() };
            if self.counts(i) {
                let term = i128::from(mark.thousandths()) * factor;
                terms.push((
                    i,
                    self.exact(self.weighted.map_or(term, |to| self.rounded(term, to))),
                ));
            }
        }
        let terms = kept(Some(drop), terms).into_iter();
        terms.filter_map(|(i, term, why)| Some((i, term, why?))).collect()
    }

    /// Whether a mark is missing.
    pub(super) fn lacks_marks(&self, marks: &[Option<Points>]) -> bool {
        self.marks(marks)
            .is_none_or(|marks| marks.iter().any(Option::is_none))
    }

    /// The numerator and the sheet, for sheets that are complete.
    pub(super) fn valued<'s>(&self, sheet: &'s Sheet) -> Option<(i128, &'s Sheet)> {
        Some((self.total(&sheet.marks)?, sheet))
    }

    pub(super) fn exact(&self, numerator: i128) -> Exact {
        Exact::over(numerator, self.denominator).unwrap_or(Exact::ZERO)
    }

    /// What a factor makes of a value, before rounding; for a mean with its share of the weights.
    pub(super) fn factor(&self, criterion: usize) -> &Exact {
        self.exact_factors.get(criterion).unwrap_or(&Exact::ZERO)
    }

    /// Whether a criterion is part of the total.
    pub(super) fn counts(&self, criterion: usize) -> bool {
        self.counts.get(criterion).copied().unwrap_or(true)
    }

    fn rounded(&self, numerator: i128, to: RoundTo) -> i128 {
        let power = 10_i128.pow(to.decimals.min(6));
        small_quotient(numerator * power, self.denominator, to.mode) * (self.denominator / power)
    }
}
