//! Factors: every panel's values are brought to one mean.

use std::collections::{BTreeMap, BTreeSet};

use super::super::equalised::PanelFactor;
use super::super::fixed::FixedScale;
use super::super::input::EntryInput;
use super::super::standings::Reason;
use super::super::warning::Warning;
use super::super::{Placeless, Status};
use super::{Comparable, How, Judged};
use crate::domain::exact::{Exact, Mode};
use crate::domain::rules::{Equalise, Rounding, Rules};

/// An entry is far from its panel when it is so many times further from the median than half of the panel is, which
/// for normally spread values is 3.5 deviations (Iglewicz and Hoaglin).
const FAR: (i128, i128) = (519, 100);
/// Far entries drive a factor that changes by more than this share without them.
const DRIVES: (i128, i128) = (1, 50);
/// Below this number of entries nobody can say which of them is the odd one out.
const FEWEST: usize = 3;

/// Multiplies the values of a group by its panels' factors.
pub(super) fn apply(
    rules: &Rules,
    method: &Equalise,
    group: &str,
    judged: &mut [Judged<'_>],
    warnings: &mut Vec<Warning>,
) -> Result<Vec<PanelFactor>, Reason> {
    let mut panels: BTreeMap<&str, Vec<(i64, Exact)>> = BTreeMap::new();
    for one in judged.iter() {
        let values = panels.entry(one.entry.panel.as_str()).or_default();
        values.push((one.entry.number, one.panel.value.clone()));
    }
    if panels.len() == 1 {
        warnings.push(Warning::OnePanel {
            group: group.to_owned(),
        });
    }
    let means: Vec<Exact> = panels
        .values()
        .filter_map(|of| mean(of.iter().map(|(_, v)| v)))
        .collect();
    let reference = match method {
        Equalise::GrandMean => mean(panels.values().flatten().map(|(_, v)| v)),
        _ => mean(means.iter()),
    }
    .unwrap_or(Exact::ZERO);
    let mut factors: Vec<PanelFactor> = Vec::new();
    for ((panel, values), mean) in panels.iter().zip(&means) {
        let zero = || {
            let (group, panel) = (group.to_owned(), (*panel).to_owned());
            (
                Warning::PanelMeanZero {
                    group,
                    panel: panel.clone(),
                },
                Reason::PanelMeanZero { panel },
            )
        };
        let Some(exact) = reference.divided_by(mean) else {
            let (warning, reason) = zero();
            warnings.push(warning);
            return Err(reason);
        };
        warnings.extend(outliers(method, group, (panel, values), &panels, &exact));
        factors.push(PanelFactor {
            panel: (*panel).to_owned(),
            entries: values.len(),
            mean: mean.clone(),
            reference: reference.clone(),
            factor: Rounding::at(rules.rounding.factor, &exact),
            exact,
        });
    }
    for one in judged {
        one.comparable = multiplied(&factors, one);
    }
    Ok(factors)
}

/// Multiplies the values of a group by factors that were fixed. The entries of panels that have none are taken from the
/// list and given back.
pub(super) fn fixed<'a>(
    fixed: &FixedScale,
    judged: &mut Vec<Judged<'a>>,
) -> Vec<(&'a EntryInput, Placeless)> {
    let mut refused = Vec::new();
    judged.retain_mut(|one| {
        one.comparable = multiplied(&fixed.panels, one);
        if one.comparable.is_none() {
            let panel = one.entry.panel.clone();
            refused.push((
                one.entry,
                (Status::Unranked, Reason::PanelWithoutFactor { panel }),
            ));
        }
        one.comparable.is_some()
    });
    refused
}

fn multiplied<'a>(factors: &[PanelFactor], one: &Judged<'a>) -> Option<Box<Comparable<'a>>> {
    let panel = factors.iter().find(|p| p.panel == one.entry.panel)?;
    Some(Box::new(Comparable {
        value: &one.panel.value * &panel.factor,
        score: None,
        how: How::Factor(panel.clone()),
        fixed: false,
    }))
}

fn mean<'e>(values: impl Iterator<Item = &'e Exact>) -> Option<Exact> {
    let (mut sum, mut of) = (Exact::ZERO, 0);
    for value in values {
        (sum, of) = (&sum + value, of + 1);
    }
    sum.divided_by(&Exact::whole(of))
}

/// The entries far from the rest of their panel, if the factor would be another one without them.
fn outliers(
    method: &Equalise,
    group: &str,
    (panel, values): (&str, &[(i64, Exact)]),
    panels: &BTreeMap<&str, Vec<(i64, Exact)>>,
    factor: &Exact,
) -> Option<Warning> {
    let far = far(values);
    let rest = |values: &'_ [(i64, Exact)]| -> Vec<Exact> {
        let near = values.iter().filter(|(number, _)| !far.contains(number));
        near.map(|(_, value)| value.clone()).collect()
    };
    if far.is_empty() || values.len() < FEWEST {
        return None;
    }
    let own = mean(rest(values).iter())?;
    let others = panels.iter().map(|(name, of)| {
        if *name == panel {
            rest(of)
        } else {
            of.iter().map(|(_, v)| v.clone()).collect()
        }
    });
    let reference = match method {
        Equalise::GrandMean => mean(others.flatten().collect::<Vec<_>>().iter())?,
        _ => mean(others.filter_map(|of| mean(of.iter())).collect::<Vec<_>>().iter())?,
    };
    let without = reference.divided_by(&own)?;
    let moved = distance(&without, factor).divided_by(factor)?;
    (moved > Exact::over(DRIVES.0, DRIVES.1)?).then(|| Warning::PanelOutlier {
        group: group.to_owned(),
        panel: panel.to_owned(),
        entries: far.into_iter().collect(),
        factor: factor.rounded(4, Mode::HalfUp),
        without: without.rounded(4, Mode::HalfUp),
    })
}

/// The numbers of the entries that are far from the median, measured by the median distance from it.
fn far(values: &[(i64, Exact)]) -> BTreeSet<i64> {
    let median = |mut values: Vec<Exact>| {
        values.sort_unstable();
        let (upper, lower) = (values.len() / 2, values.len().saturating_sub(1) / 2);
        mean([values.get(lower)?, values.get(upper)?].into_iter())
    };
    let Some(middle) = median(values.iter().map(|(_, v)| v.clone()).collect()) else {
        return BTreeSet::new();
    };
    let distances: Vec<Exact> = values.iter().map(|(_, v)| distance(v, &middle)).collect();
    let usual = median(distances.clone()).unwrap_or(Exact::ZERO);
    let limit = &usual * &Exact::over(FAR.0, FAR.1).unwrap_or(Exact::ZERO);
    let numbered = values.iter().zip(distances);
    numbered
        .filter(|(_, distance)| *distance > limit)
        .map(|((number, _), _)| *number)
        .collect()
}

fn distance(a: &Exact, b: &Exact) -> Exact {
    if a > b { a - b } else { b - a }
}
