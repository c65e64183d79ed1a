//! Additive severity: a number is what the entry deserves less what the judge is strict. Least squares finds both.

use std::collections::BTreeMap;

use super::super::equalised::JudgeScale;
use super::super::fixed::{FixedJudge, FixedScale, Real};
use super::super::warning::Warning;
use super::layer::{Layer, Mark};
use super::real::{BILLION, Spread, exact, numerator, real};
use super::{Judged, Scaled};
use crate::domain::exact::Exact;

/// The most judges of a connected set: the work grows with the third power of their number.
pub(super) const MOST_JUDGES: usize = 500;

/// A matrix, row by row.
type Matrix = Vec<Vec<f64>>;

/// What least squares finds.
struct Found {
    /// How many points each judge gives above the mean of all; none where that is not known.
    effects: Vec<Option<f64>>,
    /// On how many sheets that rests.
    sheets: Vec<usize>,
    /// The standard errors of that.
    judges: Vec<Option<Exact>>,
    /// The standard errors of entries, by position.
    entries: BTreeMap<usize, Option<Exact>>,
}

/// The numbers of a layer with each judge's severity taken off, and the standard errors, found now or fixed before. Of a
/// judge who gave nothing when that was fixed no severity is known: their marks are left out.
pub(super) fn scaled<'a>(
    layer: Layer<'a>,
    judged: &[Judged<'a>],
    (group, criterion): (&str, Option<&str>),
    fixed: Option<&FixedScale>,
    warnings: &mut Vec<Warning>,
) -> Scaled<'a> {
    let found = match fixed {
        Some(fixed) => known(&layer, judged, criterion, fixed),
        None => found(&layer),
    };
    let (mut scales, mut exactly) = (Vec::new(), Vec::new());
    let all = found.effects.iter().zip(&found.sheets).zip(&found.judges);
    for ((judge, criterion), ((effect, sheets), error)) in
        layer.judges.iter().zip(std::iter::repeat(criterion)).zip(all)
    {
        let (judge, criterion) = ((*judge).to_owned(), criterion.map(str::to_owned));
        if effect.is_none() {
            warnings.push(Warning::JudgeTooFewSheets {
                group: group.to_owned(),
                judge: judge.clone(),
                criterion: criterion.clone(),
                sheets: *sheets,
                minimum: 1,
                kept: false,
            });
        }
        exactly.push(FixedJudge {
            judge: judge.clone(),
            criterion: criterion.clone(),
            sheets: *sheets,
            mean: None,
            deviation: None,
            effect: effect.map(Real::new),
            standard_error: error.clone(),
        });
        scales.push(JudgeScale {
            judge,
            criterion,
            sheets: *sheets,
            mean: None,
            deviation: None,
            severity: effect.map(|effect| exact(-effect)),
            standard_error: error.clone(),
        });
    }
    let value = |m: &Mark| {
        let given = real(m.value) / real(layer.denominator);
        let effect = (*found.effects.get(m.judge)?)?;
        Some(numerator(given - effect, BILLION))
    };
    let values = layer.marks.iter().map(value).collect();
    Scaled {
        layer,
        values,
        denominator: BILLION,
        scales,
        scale: None,
        errors: found.entries,
        fixed: exactly,
        target: None,
    }
}

/// What was fixed before, as far as the judges and entries are the same.
fn known(layer: &Layer<'_>, judged: &[Judged<'_>], criterion: Option<&str>, fixed: &FixedScale) -> Found {
    let judges: Vec<Option<&FixedJudge>> = layer
        .judges
        .iter()
        .map(|judge| fixed.judge(judge, criterion))
        .collect();
    let error = |marks: &[Mark]| {
        let at = marks.first()?.entry;
        let number = judged.get(at)?.entry.number;
        Some((at, fixed.error(number, criterion, marks.len()).cloned()))
    };
    let entries = layer.marks.chunk_by(|a, b| a.entry == b.entry);
    Found {
        effects: judges.iter().map(|judge| Some((*judge)?.effect?.get())).collect(),
        sheets: judges.iter().map(|judge| judge.map_or(0, |j| j.sheets)).collect(),
        judges: judges
            .iter()
            .map(|judge| (*judge)?.standard_error.clone())
            .collect(),
        entries: entries.filter_map(error).collect(),
    }
}

/// In each connected set the severities add up to 0.
///
/// With n marks, J judges and I entries in C sets, the entries are eliminated from the normal equations, which leaves one
/// equation for each judge; the variance of a mark is the sum of the squared residuals over n − I − J + C.
fn found(layer: &Layer<'_>) -> Found {
    let spread = Spread::of(layer.marks.iter().map(|m| m.value), layer.denominator);
    let marks: Vec<(Mark, f64)> = layer
        .marks
        .iter()
        .copied()
        .zip(spread.values.iter().copied())
        .collect();
    let entries: Vec<&[(Mark, f64)]> = marks.chunk_by(|(a, _), (b, _)| a.entry == b.entry).collect();
    let sets = layer.connected();
    let mut effects = vec![0.0; layer.judges.len()];
    let mut covariance: BTreeMap<usize, (Vec<usize>, Matrix)> = BTreeMap::new();
    for first in sets
        .iter()
        .enumerate()
        .filter(|(judge, first)| judge == *first)
        .map(|(_, f)| *f)
    {
        let judges: Vec<usize> = (0..sets.len()).filter(|j| sets.get(*j) == Some(&first)).collect();
        let of_set: Vec<&[(Mark, f64)]> = entries
            .iter()
            .copied()
            .filter(|marks| marks.first().and_then(|(m, _)| sets.get(m.judge)) == Some(&first))
            .collect();
        let (solution, inverse) = solved(&judges, &of_set);
        for (judge, effect) in judges.iter().zip(solution) {
            if let Some(of) = effects.get_mut(*judge) {
                *of = effect;
            }
        }
        covariance.insert(first, (judges, inverse));
    }
    let effect = |judge: usize| effects.get(judge).copied().unwrap_or(0.0);
    let freedom = (marks.len() + covariance.len()).checked_sub(entries.len() + effects.len());
    let squares: f64 = entries.iter().map(|marks| residuals(marks, effect)).sum();
    let sigma = freedom.filter(|n| *n > 0).map(|n| (squares / real(n)).sqrt());
    let within =
        |judge: usize| Some(covariance.get(sets.get(judge)?)?).map(|(judges, m)| (judges.as_slice(), m));
    let error = |weights: &[(usize, f64)], own: f64| {
        let (judges, inverse) = within(weights.first()?.0)?;
        Some(exact(
            sigma? * (own + quadratic(judges, inverse, weights)).max(0.0).sqrt(),
        ))
    };
    let of_entry = |marks: &&[(Mark, f64)]| {
        let share = 1.0 / real(marks.len());
        let weights: Vec<(usize, f64)> = marks.iter().map(|(m, _)| (m.judge, share)).collect();
        Some((marks.first()?.0.entry, error(&weights, share)))
    };
    Found {
        judges: (0..effects.len())
            .map(|judge| error(&[(judge, 1.0)], 0.0))
            .collect(),
        sheets: layer.by_judge().iter().map(Vec::len).collect(),
        entries: entries.iter().filter_map(of_entry).collect(),
        effects: effects.iter().copied().map(Some).collect(),
    }
}

/// The judges' effects in a connected set, and the inverse of their equations (the covariance for a variance of 1).
fn solved(judges: &[usize], entries: &[&[(Mark, f64)]]) -> (Vec<f64>, Matrix) {
    let size = judges.len();
    let even = 1.0 / real(size.max(1));
    let place = |judge: usize| judges.binary_search(&judge).unwrap_or(0);
    // The equations leave the sum of the effects open; adding 1/J everywhere makes it 0.
    let (mut left, mut right) = (vec![vec![even; size]; size], vec![0.0; size]);
    for marks in entries {
        let share = 1.0 / real(marks.len());
        let mean = marks.iter().map(|(_, y)| y).sum::<f64>() * share;
        for (mark, y) in *marks {
            let at = place(mark.judge);
            if let Some(of) = right.get_mut(at) {
                *of += y - mean;
            }
            let Some(row) = left.get_mut(at) else { continue };
            for other in marks.iter().map(|(m, _)| place(m.judge)) {
                if let Some(cell) = row.get_mut(other) {
                    *cell -= share;
                }
            }
            if let Some(cell) = row.get_mut(at) {
                *cell += 1.0;
            }
        }
    }
    let mut inverse = inverted(left);
    let solution = inverse
        .iter()
        .map(|row| row.iter().zip(&right).map(|(a, b)| a * b).sum())
        .collect();
    for cell in inverse.iter_mut().flatten() {
        *cell -= even;
    }
    (solution, inverse)
}

/// The inverse of a positive definite matrix (Gauss and Jordan; no pivoting is needed for such a one).
fn inverted(mut matrix: Matrix) -> Matrix {
    for k in 0..matrix.len() {
        let Some(mut pivot) = matrix.get(k).cloned() else {
            continue;
        };
        let Some(divisor) = pivot.get(k).copied().filter(|d| *d != 0.0) else {
            continue;
        };
        if let Some(cell) = pivot.get_mut(k) {
            *cell = 1.0;
        }
        for cell in &mut pivot {
            *cell /= divisor;
        }
        for (i, row) in matrix.iter_mut().enumerate() {
            if i == k {
                row.clone_from(&pivot);
                continue;
            }
            let Some(cell) = row.get_mut(k) else { continue };
            let times = std::mem::replace(cell, 0.0);
            for (cell, p) in row.iter_mut().zip(&pivot) {
                *cell -= times * p;
            }
        }
    }
    matrix
}

/// The sum of the squares of what the model leaves of an entry's marks.
fn residuals(marks: &[(Mark, f64)], effect: impl Fn(usize) -> f64) -> f64 {
    let adjusted: Vec<f64> = marks.iter().map(|(m, y)| y - effect(m.judge)).collect();
    let mean = adjusted.iter().sum::<f64>() / real(adjusted.len().max(1));
    adjusted.iter().map(|y| (y - mean) * (y - mean)).sum()
}

/// wᵀ M w for weights of some of the judges.
fn quadratic(judges: &[usize], matrix: &Matrix, weights: &[(usize, f64)]) -> f64 {
    let place = |judge: usize| judges.binary_search(&judge).ok();
    let cell = |a: usize, b: usize| Some(*matrix.get(place(a)?)?.get(place(b)?)?);
    let pairs = weights.iter().flat_map(|a| weights.iter().map(move |b| (a, b)));
    pairs
        .map(|(a, b)| a.1 * b.1 * cell(a.0, b.0).unwrap_or(0.0))
        .sum()
}
