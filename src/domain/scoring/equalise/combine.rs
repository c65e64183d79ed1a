//! The judges' numbers on the common scale, combined as their own are.

use std::collections::BTreeMap;

use super::super::aggregate::{self, Made, Numbers, PanelScore, Parts};
use super::super::fixed::FixedRange;
use super::super::input::EntryInput;
use super::super::warning::Warning;
use super::super::{Bench, Placeless};
use super::layer::{Layer, Mark};
use super::real::{BILLION, exact};
use super::z_score::mapped;
use super::{Comparable, How, Judged, Mapped, Scaled};
use crate::domain::exact::{Exact, Mode};
use crate::domain::rules::{Equalise, Observed, Over, Rescale, Rounding};

/// The numbers of an entry's sheets by judge, over one denominator.
type OfEntry<'a> = (BTreeMap<&'a str, Made>, i128);

/// A lowest and a highest value.
type Range = (Exact, Exact);

/// Combines the numbers of the common scale, and maps them where the rules say so. Entries whose judges were all left
/// out, or too many of them, are taken from the list and given back, with the ranges that were mapped: those `known` from
/// before, where there are any.
pub(super) fn combined<'a>(
    with: &Bench<'a>,
    method: &Equalise,
    (group, known): (&str, Option<&[FixedRange]>),
    scaled: &[Scaled<'a>],
    judged: &mut Vec<Judged<'a>>,
    warnings: &mut Vec<Warning>,
) -> (Vec<(&'a EntryInput, Placeless)>, Vec<FixedRange>) {
    let rules = with.rules;
    let score = |(made, denominator): &OfEntry<'a>, entry: &'a EntryInput| {
        let numbers = Numbers::Made(made, *denominator);
        aggregate::part_score(with, with.sheets, entry, numbers)
    };
    let numbers = numbers(with, scaled, judged.len(), Scaled::numerator);
    let (mut scores, mut refused) = (Vec::with_capacity(judged.len()), Vec::new());
    for ((at, one), numbers) in judged.drain(..).enumerate().zip(&numbers) {
        match score(numbers, one.entry) {
            Ok(panel) => scores.push((at, one, panel)),
            Err(no) => refused.push((one.entry, no.reason(rules))),
        }
    }
    let ranges = if matches!(method, Equalise::ZScore(z) if z.to == Rescale::Observed(Observed::Range)) {
        // The raw values of the sheets that count.
        let raw = self::numbers(with, scaled, numbers.len(), Scaled::raw_numerator);
        let raw = scores
            .iter()
            .filter_map(|(at, one, _)| score(raw.get(*at)?, one.entry).ok());
        let raw: Vec<Vec<Exact>> = raw.map(|panel| values(&panel)).collect();
        let z: Vec<Vec<Exact>> = scores.iter().map(|(_, _, panel)| values(panel)).collect();
        let ranges: Vec<(Range, Range)> = ranges(&z).into_iter().zip(ranges(&raw)).collect();
        let known = known.filter(|known| known.len() == ranges.len());
        Some(known.map_or(ranges, |known| known.iter().map(FixedRange::both).collect()))
    } else {
        None
    };
    if scores.len() > 1 {
        let alike = ranges
            .iter()
            .flatten()
            .enumerate()
            .filter(|(_, (z, _))| z.0 == z.1);
        warnings.extend(alike.map(|(i, _)| Warning::StandardisedAlike {
            group: group.to_owned(),
            criterion: match rules.aggregate.over {
                Over::Criteria => with.sheets.criteria().get(i).cloned(),
                Over::Sheets => None,
            },
        }));
    }
    for (at, mut one, panel) in scores {
        let (score, how) = match (&ranges, method) {
            (Some(ranges), _) => {
                let onto = |(z, (from, onto)): (Exact, &(Range, Range))| Mapped {
                    exact: mapped(&z, (&from.0, &from.1), (&onto.0, &onto.1)),
                    z,
                    from: from.clone(),
                    onto: onto.clone(),
                };
                let mapped: Vec<Mapped> = values(&panel).into_iter().zip(ranges).map(onto).collect();
                let exact: Vec<Exact> = mapped.iter().map(|m| m.exact.clone()).collect();
                (panel.replaced(rules, with.sheets, &exact), How::Mapped(mapped))
            }
            (None, Equalise::Severity { .. }) => (panel, How::Severity(standard_error(with, scaled, at))),
            (None, _) => {
                let only = scaled.first().filter(|_| scaled.len() == 1);
                (panel, How::Standardised(only.and_then(|s| s.scale.clone())))
            }
        };
        let value = score.value.clone();
        one.comparable = Some(Box::new(Comparable {
            value,
            score: Some(score),
            how,
            fixed: false,
        }));
        judged.push(one);
    }
    let ranges = ranges.into_iter().flatten().map(FixedRange::from);
    (refused, ranges.collect())
}

impl FixedRange {
    fn both(&self) -> (Range, Range) {
        let range = |lowest: &Exact, highest: &Exact| (lowest.clone(), highest.clone());
        (
            range(&self.z_lowest, &self.z_highest),
            range(&self.lowest, &self.highest),
        )
    }
}

impl From<(Range, Range)> for FixedRange {
    fn from(((z_lowest, z_highest), (lowest, highest)): (Range, Range)) -> Self {
        Self {
            z_lowest,
            z_highest,
            lowest,
            highest,
        }
    }
}

impl Scaled<'_> {
    fn numerator(&self, nth: usize, _: &Mark) -> Option<(i128, i128)> {
        Some(((*self.values.get(nth)?)?, self.denominator))
    }

    /// As the judge gave it, where the judge is not left out.
    fn raw_numerator(&self, nth: usize, mark: &Mark) -> Option<(i128, i128)> {
        (*self.values.get(nth)?)?;
        Some((mark.value, self.layer.denominator))
    }
}

/// The numbers of each entry's sheets, by position.
fn numbers<'a>(
    with: &Bench<'a>,
    scaled: &[Scaled<'a>],
    entries: usize,
    of: impl Fn(&Scaled<'a>, usize, &Mark) -> Option<(i128, i128)>,
) -> Vec<OfEntry<'a>> {
    let criteria = with.sheets.criteria().len();
    let mut numbers: Vec<OfEntry<'a>> = vec![(BTreeMap::new(), BILLION); entries];
    let mut terms: Vec<BTreeMap<&'a str, Exact>> = vec![BTreeMap::new(); entries];
    for scaled in scaled {
        let layer: &Layer<'a> = &scaled.layer;
        for (nth, mark) in layer.marks.iter().enumerate() {
            let (Some((value, denominator)), judge) = (of(scaled, nth, mark), layer.judge(mark.judge)) else {
                continue;
            };
            let (Some(numbers), Some(terms)) = (numbers.get_mut(mark.entry), terms.get_mut(mark.entry))
            else {
                continue;
            };
            match (layer.criterion, with.rules.aggregate.over) {
                (Some(i), Over::Criteria) => {
                    let made = numbers.0.entry(judge).or_default();
                    made.marks.resize(criteria, None);
                    if let Some(of) = made.marks.get_mut(i) {
                        *of = Some(value);
                    }
                    numbers.1 = denominator;
                }
                (Some(i), Over::Sheets) => {
                    let value = Exact::over(value, denominator).unwrap_or(Exact::ZERO);
                    let weighted = &value * with.sheets.factor(i);
                    let weighted = Rounding::at(with.rules.rounding.weighted_criterion, &weighted);
                    let sum = terms.entry(judge).or_insert(Exact::ZERO);
                    *sum = &*sum + &weighted;
                }
                (None, _) => {
                    numbers.0.entry(judge).or_default().total = Some(value);
                    numbers.1 = denominator;
                }
            }
        }
    }
    for (numbers, terms) in numbers.iter_mut().zip(terms) {
        for (judge, sum) in terms {
            let total = Rounding::at(with.rules.rounding.sheet, &sum);
            numbers.0.entry(judge).or_default().total = total.numerator(BILLION, Mode::HalfUp);
        }
    }
    numbers
}

/// What was combined: one value for each criterion, or one.
fn values(panel: &PanelScore<'_>) -> Vec<Exact> {
    match &panel.parts {
        Parts::Nothing | Parts::Attempts(_) | Parts::Ranked(_) | Parts::Components(_) => Vec::new(),
        Parts::Sheets(pooled) => vec![pooled.exact().clone()],
        Parts::Criteria(scores) => scores.iter().map(|s| s.pooled.exact().clone()).collect(),
    }
}

/// The range of each value over all entries.
fn ranges(entries: &[Vec<Exact>]) -> Vec<Range> {
    let mut ranges: Vec<Range> = entries
        .first()
        .into_iter()
        .flatten()
        .map(|v| (v.clone(), v.clone()))
        .collect();
    for values in entries {
        for ((lowest, highest), value) in ranges.iter_mut().zip(values) {
            if value < lowest {
                lowest.clone_from(value);
            }
            if value > highest {
                highest.clone_from(value);
            }
        }
    }
    ranges
}

/// The standard error of an entry; of several criteria (taken to be independent) that of their weighted sum.
fn standard_error(with: &Bench<'_>, scaled: &[Scaled<'_>], entry: usize) -> Option<Exact> {
    let mut squares = 0.0;
    for (i, scaled) in scaled.iter().enumerate() {
        let error = scaled.errors.get(&entry)?.as_ref()?.real();
        let factor = scaled
            .layer
            .criterion
            .map_or(1.0, |_| with.sheets.factor(i).real());
        squares += (error * factor) * (error * factor);
    }
    Some(exact(squares.sqrt()))
}
