//! Z-scores: how many of a judge's own deviations a number is above the judge's own mean.

use std::collections::BTreeMap;

use super::super::equalised::JudgeScale;
use super::super::warning::Warning;
use super::Scaled;
use super::layer::Layer;
use super::real::{BILLION, Spread, TRILLION, exact, numerator, real};
use crate::domain::exact::Exact;
use crate::domain::rules::{Deviation, Observed, Rescale, ZScore};

/// The numbers of a layer on the scale that the rules say; for the observed range the z-scores themselves. `criterion`
/// is what the layer is of, for people.
pub(super) fn scaled<'a>(
    z: &ZScore,
    layer: Layer<'a>,
    (group, criterion): (&str, Option<&str>),
    warnings: &mut Vec<Warning>,
) -> Scaled<'a> {
    let kept = z.to == Rescale::default();
    let (mean, deviation, denominator) = match z.to {
        Rescale::Observed(Observed::MeanAndDeviation) => {
            let all = Spread::of(layer.marks.iter().map(|m| m.value), layer.denominator);
            (all.origin + all.centre(), deviation(&all, z.deviation), BILLION)
        }
        Rescale::Observed(Observed::Range) => (0.0, 1.0, TRILLION),
        Rescale::Stated(scale) => {
            let thousandths = |points: crate::domain::points::Points| real(points.thousandths()) / 1000.0;
            (thousandths(scale.mean), thousandths(scale.deviation), BILLION)
        }
    };
    let mut scales = Vec::new();
    let mut judges = Vec::new();
    for (place, marks) in layer.by_judge().iter().enumerate() {
        let (own, judge) = (
            Spread::of(marks.iter().map(|m| m.value), layer.denominator),
            layer.judge(place).to_owned(),
        );
        let few = marks.len() < usize::try_from(z.minimum_sheets).unwrap_or(usize::MAX);
        let judge_deviation = self::deviation(&own, z.deviation);
        scales.push(JudgeScale {
            judge: judge.clone(),
            criterion: criterion.map(str::to_owned),
            sheets: marks.len(),
            mean: Some(exact(own.origin + own.centre())),
            deviation: Some(exact(judge_deviation)),
            severity: None,
            standard_error: None,
        });
        let (group, criterion, sheets) = (group.to_owned(), criterion.map(str::to_owned), marks.len());
        let minimum = z.minimum_sheets;
        if few {
            warnings.push(Warning::JudgeTooFewSheets {
                group,
                judge,
                criterion,
                sheets,
                minimum,
                kept,
            });
        } else if own.is_none() {
            warnings.push(Warning::JudgeWithoutSpread {
                group,
                judge,
                criterion,
                sheets,
                kept,
            });
        }
        judges.push((
            own.origin + own.centre(),
            (!few && !own.is_none()).then_some((own, judge_deviation)),
        ));
    }
    let mut next = vec![0_usize; layer.judges.len()];
    let mut value = |mark: &super::layer::Mark| {
        let (_, scale) = judges.get(mark.judge)?;
        let nth = next.get_mut(mark.judge)?;
        *nth += 1;
        match scale {
            Some((own, judge_deviation)) => {
                let above = own.values.get(*nth - 1)? - own.centre();
                Some(numerator(
                    mean + deviation * (above / judge_deviation),
                    denominator,
                ))
            }
            None => kept.then(|| numerator(real(mark.value) / real(layer.denominator), denominator)),
        }
    };
    let values = layer.marks.iter().map(&mut value).collect();
    let observed = z.to != Rescale::Observed(Observed::Range);
    Scaled {
        layer,
        values,
        denominator,
        scales,
        scale: observed.then(|| (exact(mean), exact(deviation))),
        errors: BTreeMap::new(),
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
    exact.rounded(9, crate::domain::exact::Mode::HalfUp)
}
