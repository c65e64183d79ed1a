//! The total of a sheet that lacks marks: the weighted mean of those that are there.

use crate::domain::exact::small_quotient;
use crate::domain::points::Points;
use crate::domain::rules::{RoundTo, Rules, common_multiple, in_proportion};

/// How the weighted mean of the marks that are there is written.
#[derive(Debug)]
pub(super) struct Partial {
    weights: Vec<i128>,
    pub(super) multiple: i128,
}

impl Partial {
    /// What the weights of a part add up to divides [`Self::multiple`], unless sheets are rounded.
    pub(super) fn of(rules: &Rules, weights: impl Iterator<Item = Points>) -> Self {
        let weights = in_proportion(weights);
        let multiple = if rules.rounding.sheet.is_some() {
            1
        } else {
            common_multiple(&weights).unwrap_or(0)
        };
        Self { weights, multiple }
    }

    /// The numerator over `1_000_000 × multiple`; none where no mark is there.
    pub(super) fn total(&self, marks: &[Option<Points>], sheet: Option<RoundTo>) -> Option<i128> {
        let given = || {
            marks
                .iter()
                .zip(&self.weights)
                .filter_map(|(m, w)| Some(((*m)?, w)))
        };
        let sum: i128 = given().map(|(m, w)| i128::from(m.thousandths()) * w).sum();
        let weight: i128 = given().map(|(_, w)| w).sum();
        if weight == 0 || self.multiple == 0 {
            return None;
        }
        match sheet {
            None => Some(sum * (1000 * self.multiple / weight)),
            Some(to) => {
                let power = 10_i128.pow(to.decimals.min(6));
                Some(small_quotient(sum * power, 1000 * weight, to.mode) * (1_000_000 / power))
            }
        }
    }
}
