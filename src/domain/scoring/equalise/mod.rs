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
use super::input::EntryInput;
use super::standings::Reason;
use super::warning::Warning;
use super::{Bench, Placeless, Status};
use crate::domain::exact::Exact;
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

/// Makes the panels of a group comparable, as the rules say. The entries stand in order of their numbers.
pub(super) fn apply<'a>(with: &Bench<'a>, group: &str, mut judged: Vec<Judged<'a>>) -> Outcome<'a> {
    let mut outcome = Outcome::default();
    let Some(method) = with.rules.equalise.as_ref().filter(|_| !judged.is_empty()) else {
        outcome.judged = judged;
        return outcome;
    };
    let warnings = &mut outcome.warnings;
    let equalised = if method.is_factor() {
        factor::apply(with.rules, method, group, &mut judged, warnings)
    } else {
        on_one_scale(with, method, group, &judged, warnings).map(|scaled| {
            outcome.refused = combine::combined(with, method, group, &scaled, &mut judged, warnings);
            let judges = scaled.into_iter().flat_map(|s| s.scales).collect();
            Equalised {
                judges,
                ..Equalised::default()
            }
        })
    };
    match equalised {
        Ok(equalised) => (outcome.equalised, outcome.judged) = (Some(equalised), judged),
        Err(reason) => {
            let unranked = |j: &Judged<'a>| (j.entry, (Status::Unranked, reason.clone()));
            outcome.refused = judged.iter().map(unranked).collect();
        }
    }
    outcome
}

/// The layers of a group on their common scales, if judges and entries hang together.
fn on_one_scale<'a>(
    with: &Bench<'a>,
    method: &Equalise,
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
        } else {
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
            Equalise::ZScore(z) => z_score::scaled(z, layer, (group, criterion), warnings),
            _ if layer.judges.len() > severity::MOST_JUDGES => {
                let (judges, maximum) = (layer.judges.len(), severity::MOST_JUDGES);
                warnings.push(Warning::TooManyJudges {
                    group: group.to_owned(),
                    judges,
                    maximum,
                });
                return Err(Reason::TooManyJudges { judges, maximum });
            }
            _ => severity::scaled(layer, criterion),
        });
    }
    Ok(scaled)
}
