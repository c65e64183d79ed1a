//! The border between exact numbers and the floats of a statistical model.

use num_traits::{FromPrimitive, ToPrimitive};

use crate::domain::exact::Exact;

/// The denominator of what a model gives back: nine decimals.
pub(super) const BILLION: i128 = 1_000_000_000;
/// The denominator of z-scores that go on into a mean and a mapping before they become points.
pub(super) const TRILLION: i128 = 1_000_000_000_000;

/// A whole number as a float.
pub(super) fn real(n: impl ToPrimitive) -> f64 {
    n.to_f64().unwrap_or(0.0)
}

/// A float as a numerator over a denominator, half away from zero. What no such number can hold (which the bounds of
/// marks keep from arising) is 0.
pub(super) fn numerator(x: f64, denominator: i128) -> i128 {
    i128::from_f64((x * real(denominator)).round()).unwrap_or(0)
}

/// A float as an exact number of nine decimals.
pub(super) fn exact(x: f64) -> Exact {
    Exact::over(numerator(x, BILLION), BILLION).unwrap_or(Exact::ZERO)
}

/// Numbers as floats, each less the first one and over their denominator: what their spread is computed from. Taking
/// the first one off while they are whole keeps every digit of the spread.
#[derive(Debug)]
pub(super) struct Spread {
    /// The first number, over the denominator.
    pub(super) origin: f64,
    /// The numbers less the first one.
    pub(super) values: Vec<f64>,
}

impl Spread {
    pub(super) fn of(values: impl Iterator<Item = i128> + Clone, denominator: i128) -> Self {
        let origin = values.clone().next().unwrap_or(0);
        let over = real(denominator);
        Self {
            origin: real(origin) / over,
            values: values.map(|v| real(v.saturating_sub(origin)) / over).collect(),
        }
    }

    /// The mean, less the first number.
    pub(super) fn centre(&self) -> f64 {
        match self.values.len() {
            0 => 0.0,
            n => self.values.iter().sum::<f64>() / real(n),
        }
    }

    /// The sum of the squared distances from the mean.
    pub(super) fn squares(&self) -> f64 {
        let centre = self.centre();
        self.values.iter().map(|v| (v - centre) * (v - centre)).sum()
    }
}
