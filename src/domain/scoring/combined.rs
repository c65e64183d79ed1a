//! Numbers of several judges become one: trimmed and combined.

use std::ops::Range;

use super::input::Sheet;
use crate::domain::exact::Exact;
use crate::domain::rules::{Combine, Trim};

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
            Combine::Mean
            | Combine::RankSum
            | Combine::Borda
            | Combine::RankPoints
            | Combine::ComponentRanks
            | Combine::ComponentPoints
            | Combine::ComponentProduct => exact(total, counted.len())?,
            Combine::Sum => exact(total, 1)?,
            Combine::RankProduct => product(counted, denominator),
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

    /// Every number, the lowest first.
    pub(super) fn all(&self) -> &[Valued<'a>] {
        &self.sorted
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

/// The product of the numbers.
fn product(values: &[Valued<'_>], denominator: i128) -> Exact {
    let number = |v: &Valued<'_>| Exact::over(v.value, denominator).unwrap_or(Exact::ZERO);
    values
        .iter()
        .fold(Exact::whole(1), |product, v| &product * &number(v))
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
