//! Factors: every panel's values are brought to one mean.

use std::collections::{BTreeMap, BTreeSet};

use super::super::equalised::{Equalised, PanelFactor};
use super::super::standings::Reason;
use super::super::warning::Warning;
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
) -> Result<Equalised, Reason> {
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
    let mut equalised = Equalised::default();
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
        equalised.panels.push(PanelFactor {
            panel: (*panel).to_owned(),
            entries: values.len(),
            mean: mean.clone(),
            reference: reference.clone(),
            factor: Rounding::at(rules.rounding.factor, &exact),
            exact,
        });
    }
    for one in judged {
        let of = equalised.panels.iter().find(|p| p.panel == one.entry.panel);
        one.comparable = of.map(|panel| {
            Box::new(Comparable {
                value: &one.panel.value * &panel.factor,
                score: None,
                how: How::Factor(panel.clone()),
            })
        });
    }
    Ok(equalised)
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
