//! Panels made comparable: what different judges gave is brought to one scale before it becomes totals.
//!
//! Factors multiply the values of a panel. The other methods put every judge's numbers on a common scale, after which
//! these are trimmed and combined as the judges' own numbers are. All work within a group, on the entries that have a
//! value from the judges.

mod combine;
mod factor;
mod layer;
mod real;
mod severity;
mod z_score;

use std::collections::BTreeMap;

use self::layer::Layer;
use super::aggregate::PanelScore;
use super::equalised::{Equalised, JudgeScale, PanelFactor};
use super::fixed::{FixedEntry, FixedJudge, FixedScale, FixedTarget};
use super::input::EntryInput;
use super::standings::Reason;
use super::warning::Warning;
use super::{Bench, Placeless, Status};
use crate::domain::exact::{Exact, Mode};
use crate::domain::rules::Equalise;

/// An entry with what the judges' marks give.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    pub(super) entry: &'a EntryInput,
    pub(super) panel: PanelScore<'a>,
    /// What making panels comparable made of it.
    pub(super) comparable: Option<Box<Comparable<'a>>>,
}

/// What the judges' marks give on the common scale.
#[derive(Debug)]
pub(super) struct Comparable<'a> {
    /// What the entry goes on with.
    pub(super) value: Exact,
    /// The judges' numbers on the common scale combined, where these were changed and not the value itself.
    pub(super) score: Option<PanelScore<'a>>,
    pub(super) how: How,
    /// Whether what was fixed at closure is not what would be computed now.
    pub(super) fixed: bool,
}

/// How a value came to the common scale.
#[derive(Debug)]
pub(super) enum How {
    Factor(PanelFactor),
    /// The judges' numbers on a mean and a deviation; these are named where they are the same for all.
    Standardised(Option<(Exact, Exact)>),
    /// The judges' z-scores, which were combined and then mapped onto the observed range: by criterion, or in one.
    Mapped(Vec<Mapped>),
    /// The judges' numbers without their severity; with the standard error of the entry.
    Severity(Option<Exact>),
}

/// A z-score mapped onto a range.
#[derive(Debug, Clone)]
pub(super) struct Mapped {
    pub(super) z: Exact,
    pub(super) from: (Exact, Exact),
    pub(super) onto: (Exact, Exact),
    pub(super) exact: Exact,
}

/// What came of making the panels of a group comparable.
#[derive(Debug, Default)]
pub(super) struct Outcome<'a> {
    /// The entries that go on.
    pub(super) judged: Vec<Judged<'a>>,
    /// Those that can't be ranked.
    pub(super) refused: Vec<(&'a EntryInput, Placeless)>,
    pub(super) equalised: Option<Equalised>,
    /// The same with every digit.
    pub(super) scale: Option<FixedScale>,
    pub(super) warnings: Vec<Warning>,
}

/// A layer on a common scale.
struct Scaled<'a> {
    layer: Layer<'a>,
    /// A numerator for each mark of the layer; none where its judge is left out.
    values: Vec<Option<i128>>,
    denominator: i128,
    scales: Vec<JudgeScale>,
    /// The mean and deviation of the scale, unless it is that of z-scores.
    scale: Option<(Exact, Exact)>,
    /// The standard error of each entry, by position.
    errors: BTreeMap<usize, Option<Exact>>,
    /// The scales with every digit.
    fixed: Vec<FixedJudge>,
    /// What z-scores were brought to, where that is the mean and deviation of all marks.
    target: Option<FixedTarget>,
}

impl Scaled<'_> {
    /// The standard errors by the entries' numbers, which stand in order of their positions.
    fn fixed_errors(&self, numbers: &[i64]) -> Vec<FixedEntry> {
        let of = |(entry, error): (&usize, &Option<Exact>)| {
            Some(FixedEntry {
                entry: *numbers.get(*entry)?,
                criterion: self.fixed.first().and_then(|judge| judge.criterion.clone()),
                sheets: self.layer.marks.iter().filter(|m| m.entry == *entry).count(),
                standard_error: error.clone(),
            })
        };
        self.errors.iter().filter_map(of).collect()
    }
}

impl<'a> Judged<'a> {
    pub(super) fn new(entry: &'a EntryInput, panel: PanelScore<'a>) -> Self {
        Self {
            entry,
            panel,
            comparable: None,
        }
    }

    /// What the entry goes on with.
    pub(super) fn value(&self) -> &Exact {
        self.comparable.as_ref().map_or(&self.panel.value, |c| &c.value)
    }
}

/// Makes the panels of a group comparable, as the rules say: by what was fixed when the results were closed, where that
/// is given. The entries stand in order of their numbers.
pub(super) fn apply<'a>(
    with: &Bench<'a>,
    group: &str,
    judged: Vec<Judged<'a>>,
    fixed: Option<&FixedScale>,
) -> Outcome<'a> {
    let Some(method) = with.rules.equalise.as_ref().filter(|_| !judged.is_empty()) else {
        return Outcome {
            judged,
            ..Outcome::default()
        };
    };
    let Some(fixed) = fixed else {
        return comparable(with, method, group, judged, None);
    };
    let again = |j: &Judged<'a>| Some(Judged::new(j.entry, super::across_judges(with, j.entry).ok()?));
    let now = judged.iter().filter_map(again).collect();
    let now = comparable(with, method, group, now, None);
    if now.scale.as_ref() == Some(fixed) {
        // Nothing moved: everything is as it was when it was fixed, what was said of it too.
        return now;
    }
    let mut outcome = comparable(with, method, group, judged, Some(fixed));
    moved(group, fixed, now.scale.as_ref(), &mut outcome);
    outcome
}

/// Says that what was fixed is not what would be computed now.
fn moved(group: &str, fixed: &FixedScale, now: Option<&FixedScale>, outcome: &mut Outcome<'_>) {
    for one in &mut outcome.judged {
        if let Some(comparable) = &mut one.comparable {
            comparable.fixed = true;
        }
    }
    let mut warnings: Vec<Warning> = Vec::new();
    for panel in &fixed.panels {
        let current = now.and_then(|now| now.panels.iter().find(|p| p.panel == panel.panel));
        let current = current.map(|p| &p.factor);
        if current != Some(&panel.factor) {
            warnings.push(Warning::FactorFixed {
                group: group.to_owned(),
                panel: panel.panel.clone(),
                factor: panel.factor.rounded(4, Mode::HalfUp),
                now: current.map(|factor| factor.rounded(4, Mode::HalfUp)),
            });
        }
    }
    if fixed.panels.is_empty() {
        let group = group.to_owned();
        warnings.push(Warning::ScaleFixed { group });
    }
    outcome.warnings.append(&mut warnings);
}

fn comparable<'a>(
    with: &Bench<'a>,
    method: &Equalise,
    group: &str,
    mut judged: Vec<Judged<'a>>,
    fixed: Option<&FixedScale>,
) -> Outcome<'a> {
    let mut outcome = Outcome::default();
    let warnings = &mut outcome.warnings;
    let equalised = match fixed {
        Some(fixed) if method.is_factor() => {
            outcome.refused = factor::fixed(fixed, &mut judged);
            Ok((by_factor(fixed.panels.clone()), fixed.clone()))
        }
        None if method.is_factor() => {
            factor::apply(with.rules, method, group, &mut judged, warnings).map(|panels| {
                let scale = FixedScale {
                    panels: panels.clone(),
                    ..FixedScale::default()
                };
                (by_factor(panels), scale)
            })
        }
        _ => on_one_scale(with, (method, fixed), group, &judged, warnings).map(|scaled| {
            let numbers: Vec<i64> = judged.iter().map(|j| j.entry.number).collect();
            let known = fixed.map(|fixed| fixed.ranges.as_slice());
            let (refused, ranges) =
                combine::combined(with, method, (group, known), &scaled, &mut judged, warnings);
            outcome.refused = refused;
            let scale = fixed.cloned().unwrap_or_else(|| FixedScale {
                judges: scaled.iter().flat_map(|s| s.fixed.clone()).collect(),
                targets: scaled.iter().filter_map(|s| s.target.clone()).collect(),
                ranges,
                entries: scaled.iter().flat_map(|s| s.fixed_errors(&numbers)).collect(),
                ..FixedScale::default()
            });
            let equalised = Equalised {
                judges: scaled.into_iter().flat_map(|s| s.scales).collect(),
                ..Equalised::default()
            };
            (equalised, scale)
        }),
    };
    match equalised {
        Ok((equalised, scale)) => {
            (outcome.equalised, outcome.scale) = (Some(equalised), Some(scale));
            outcome.judged = judged;
        }
        Err(reason) => {
            let unranked = |j: &Judged<'a>| (j.entry, (Status::Unranked, reason.clone()));
            outcome.refused = judged.iter().map(unranked).collect();
        }
    }
    outcome
}

fn by_factor(panels: Vec<PanelFactor>) -> Equalised {
    Equalised {
        panels,
        ..Equalised::default()
    }
}

/// The layers of a group on their common scales, if judges and entries hang together.
fn on_one_scale<'a>(
    with: &Bench<'a>,
    (method, fixed): (&Equalise, Option<&FixedScale>),
    group: &str,
    judged: &[Judged<'a>],
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Scaled<'a>>, Reason> {
    let over = match method {
        Equalise::ZScore(z) => z.over.unwrap_or(with.rules.aggregate.over),
        _ => with.rules.aggregate.over,
    };
    let layers = layer::layers(with, judged, over);
    if let Some(sets) = layers
        .iter()
        .map(|layer| layer.sets(judged))
        .find(|sets| sets.len() > 1)
    {
        let group = group.to_owned();
        if method.assumes_panels_equal() {
            warnings.push(Warning::AssumedEqual { group, sets });
        } else if fixed.is_none() {
            // What was fixed was computed while they hung together.
            let (count, shared) = (sets.len(), sets.len() - 1);
            warnings.push(Warning::Unconnected { group, sets, shared });
            return Err(Reason::Unconnected { sets: count, shared });
        }
    }
    let mut scaled = Vec::with_capacity(layers.len());
    for layer in layers {
        let criterion = layer
            .criterion
            .and_then(|i| with.sheets.criteria().get(i))
            .map(String::as_str);
        scaled.push(match method {
            Equalise::ZScore(z) => z_score::scaled(z, layer, (group, criterion), fixed, warnings),
            _ if fixed.is_none() && layer.judges.len() > severity::MOST_JUDGES => {
                let (judges, maximum) = (layer.judges.len(), severity::MOST_JUDGES);
                warnings.push(Warning::TooManyJudges {
                    group: group.to_owned(),
                    judges,
                    maximum,
                });
                return Err(Reason::TooManyJudges { judges, maximum });
            }
            _ => severity::scaled(layer, judged, (group, criterion), fixed, warnings),
        });
    }
    Ok(scaled)
}
