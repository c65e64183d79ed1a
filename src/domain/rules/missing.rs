//! Sheets that lack marks: what a weighted mean of the marks that are there can be written over.

use num_integer::Integer;

use super::rubric::{MissingMarks, SheetTotal};
use super::{Over, Rules};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;

/// The greatest denominator, so that sums of sheets stay far inside 128 bits.
const GREATEST: i128 = 100_000_000_000;
/// The most different sums of weights that are looked at.
const MOST_SUMS: usize = 4096;

impl Rules {
    /// Whether a sheet's total is the weighted mean of the marks that are there.
    #[must_use]
    pub fn takes_partial_sheets(&self) -> bool {
        let rubric = &self.rubric;
        rubric.missing == MissingMarks::LeftOut
            && rubric.total == SheetTotal::Mean
            && self.aggregate.over == Over::Sheets
    }
}

/// The least number that every sum of some of the weights divides; none when it is out of reach.
pub(crate) fn common_multiple(weights: &[i128]) -> Option<i128> {
    let mut sums = std::collections::BTreeSet::from([0_i128]);
    for weight in weights {
        let with: Vec<i128> = sums.iter().map(|sum| sum + weight).collect();
        sums.extend(with);
        if sums.len() > MOST_SUMS {
            return None;
        }
    }
    let multiple = |all: i128, sum: &i128| Some(all.lcm(sum)).filter(|all| *all <= GREATEST);
    sums.iter().filter(|sum| **sum > 0).try_fold(1, multiple)
}

/// Weights as small whole numbers in the same proportion.
pub(crate) fn in_proportion(weights: impl Iterator<Item = Points>) -> Vec<i128> {
    let weights: Vec<i128> = weights.map(|w| w.thousandths().into()).collect();
    let divisor = weights.iter().fold(0_i128, |all, w| all.gcd(w)).max(1);
    weights.into_iter().map(|w| w / divisor).collect()
}

/// Notes what contradicts itself about missing marks.
pub(super) fn check(rules: &Rules, errors: &mut Invalid) {
    let rubric = &rules.rubric;
    if rubric.missing == MissingMarks::LeftOut
        && rules.aggregate.over == Over::Sheets
        && !rules.takes_partial_sheets()
    {
        errors.push(FieldError::new("/rubric/missing", "left_out_needs_criteria"));
    }
    if rules.takes_partial_sheets() {
        if rules.rounding.weighted_criterion.is_some() {
            let at = "/rounding/weighted_criterion";
            errors.push(FieldError::new(at, "left_out_rounds_sheets"));
        }
        let weights = rubric.counting().map(|c| c.weight.unwrap_or(Points::ONE));
        // Weights that are no weights are refused elsewhere.
        let sound = rubric.judged().all(|c| c.weight.is_none_or(|w| w > Points::ZERO));
        if sound && rules.rounding.sheet.is_none() && common_multiple(&in_proportion(weights)).is_none() {
            errors.push(FieldError::new("/rounding/sheet", "left_out_needs_rounding"));
        }
    }
    if rubric.distinct_totals {
        let at = "/rubric/distinct_totals";
        if rubric.attempts.is_some() {
            errors.push(FieldError::new(at, "distinct_of_one_attempt"));
        }
        if rubric.judged().next().is_none() {
            errors.push(FieldError::new(at, "nothing_is_judged"));
        }
    }
}
