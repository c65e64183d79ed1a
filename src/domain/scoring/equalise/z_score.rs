//! Z-scores: how many of a judge's own deviations a number is above the judge's own mean.

use std::collections::BTreeMap;

use super::super::equalised::JudgeScale;
use super::super::fixed::{FixedJudge, FixedScale, FixedTarget, Real};
use super::super::warning::Warning;
use super::Scaled;
use super::layer::{Layer, Mark};
use super::real::{BILLION, Spread, TRILLION, exact, numerator, real};
use crate::domain::exact::{Exact, Mode};
use crate::domain::rules::{Deviation, Observed, Rescale, ZScore};

/// How a judge marks, with every digit.
struct Judge {
    sheets: usize,
    mean: Option<Exact>,
    deviation: Option<f64>,
}

impl Judge {
    fn of(z: &ZScore, layer: &Layer<'_>, marks: &[Mark]) -> Self {
        let sum = marks.iter().fold(0_i128, |sum, m| sum.saturating_add(m.value));
        let mean = Exact::over(sum, layer.denominator).unwrap_or(Exact::ZERO);
        let sheets = i128::try_from(marks.len()).unwrap_or(i128::MAX);
        Self {
            sheets: marks.len(),
            mean: mean.divided_by(&Exact::whole(sheets)),
            deviation: Some(deviation(
                &Spread::of(marks.iter().map(|m| m.value), layer.denominator),
                z.deviation,
            )),
        }
    }

    /// As it was fixed; of a judge who gave nothing then, nothing is known.
    fn fixed(known: Option<&FixedJudge>) -> Self {
        Self {
            sheets: known.map_or(0, |judge| judge.sheets),
            mean: known.and_then(|judge| judge.mean.clone()),
            deviation: known.and_then(|judge| judge.deviation).map(Real::get),
        }
    }
}

/// The numbers of a layer on the scale that the rules say; for the observed range the z-scores themselves. `criterion`
/// is what the layer is of, for people.
pub(super) fn scaled<'a>(
    z: &ZScore,
    layer: Layer<'a>,
    (group, criterion): (&str, Option<&str>),
    fixed: Option<&FixedScale>,
    warnings: &mut Vec<Warning>,
) -> Scaled<'a> {
    let kept = z.to == Rescale::default();
    let (mean, deviation, denominator) = match z.to {
        Rescale::Observed(Observed::MeanAndDeviation) => {
            match fixed.and_then(|fixed| fixed.target(criterion)) {
                Some(known) => (known.mean.get(), known.deviation.get(), BILLION),
                None => {
                    let all = Spread::of(layer.marks.iter().map(|m| m.value), layer.denominator);
                    (all.origin + all.centre(), deviation(&all, z.deviation), BILLION)
                }
            }
        }
        Rescale::Observed(Observed::Range) => (0.0, 1.0, TRILLION),
        Rescale::Stated(scale) => {
            let thousandths = |points: crate::domain::points::Points| real(points.thousandths()) / 1000.0;
            (thousandths(scale.mean), thousandths(scale.deviation), BILLION)
        }
    };
    let target = kept.then(|| FixedTarget {
        criterion: criterion.map(str::to_owned),
        mean: Real::new(mean),
        deviation: Real::new(deviation),
    });
    let (mut scales, mut judges, mut exactly) = (Vec::new(), Vec::new(), Vec::new());
    for (place, marks) in layer.by_judge().iter().enumerate() {
        let judge = layer.judge(place).to_owned();
        let own = match fixed {
            Some(fixed) => Judge::fixed(fixed.judge(&judge, criterion)),
            None => Judge::of(z, &layer, marks),
        };
        let criterion = criterion.map(str::to_owned);
        scales.push(JudgeScale {
            judge: judge.clone(),
            criterion: criterion.clone(),
            sheets: own.sheets,
            mean: own.mean.as_ref().map(|mean| mean.rounded(9, Mode::HalfUp)),
            deviation: own.deviation.map(exact),
            severity: None,
            standard_error: None,
        });
        exactly.push(FixedJudge {
            judge: judge.clone(),
            criterion: criterion.clone(),
            sheets: own.sheets,
            mean: own.mean.clone(),
            deviation: own.deviation.map(Real::new),
            effect: None,
            standard_error: None,
        });
        let spread = own.deviation.filter(|deviation| *deviation > 0.0);
        let few = own.sheets < usize::try_from(z.minimum_sheets).unwrap_or(usize::MAX);
        let (group, sheets, minimum) = (group.to_owned(), own.sheets, z.minimum_sheets);
        if few {
            warnings.push(Warning::JudgeTooFewSheets {
                group,
                judge,
                criterion,
                sheets,
                minimum,
                kept,
            });
        } else if spread.is_none() {
            warnings.push(Warning::JudgeWithoutSpread {
                group,
                judge,
                criterion,
                sheets,
                kept,
            });
        }
        judges.push(own.mean.zip(spread).filter(|_| !few));
    }
    let value = |mark: &Mark| match judges.get(mark.judge)? {
        Some((own, own_deviation)) => {
            let given = Exact::over(mark.value, layer.denominator)?;
            let above = (&given - own).real();
            Some(numerator(mean + deviation * (above / own_deviation), denominator))
        }
        None => kept.then(|| numerator(real(mark.value) / real(layer.denominator), denominator)),
    };
    let values = layer.marks.iter().map(value).collect();
    let observed = z.to != Rescale::Observed(Observed::Range);
    Scaled {
        layer,
        values,
        denominator,
        scales,
        scale: observed.then(|| (exact(mean), exact(deviation))),
        errors: BTreeMap::new(),
        fixed: exactly,
        target,
    }
}

fn deviation(spread: &Spread, of: Deviation) -> f64 {
    let n = match of {
        Deviation::Population => spread.values.len(),
        Deviation::Sample => spread.values.len().saturating_sub(1),
    };
    if n == 0 {
        0.0
    } else {
        (spread.squares() / real(n)).sqrt()
    }
}

/// A z-score's place between the lowest and the highest one, on another range; the middle of it where all are alike.
pub(super) fn mapped(z: &Exact, from: (&Exact, &Exact), onto: (&Exact, &Exact)) -> Exact {
    let width = onto.1 - onto.0;
    let part = (z - from.0).divided_by(&(from.1 - from.0));
    let half = || Exact::over(1, 2).unwrap_or(Exact::ZERO);
    let exact = onto.0 + &(&part.unwrap_or_else(half) * &width);
    exact.rounded(9, Mode::HalfUp)
}
