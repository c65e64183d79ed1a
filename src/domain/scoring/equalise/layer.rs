//! What is made comparable: the totals of the sheets, or the marks of one criterion.

use std::collections::BTreeMap;

use super::super::Bench;
use super::super::aggregate::Parts;
use super::super::equalised::ConnectedSet;
use super::super::sheets::Sheets;
use super::Judged;
use crate::domain::rules::Over;

/// The numbers of a group that are made comparable with each other, in order of entries and judges.
#[derive(Debug)]
pub(super) struct Layer<'a> {
    /// The place of the criterion among the judged ones; none for the totals of sheets.
    pub(super) criterion: Option<usize>,
    pub(super) denominator: i128,
    /// The judges in order of their codes.
    pub(super) judges: Vec<&'a str>,
    pub(super) marks: Vec<Mark>,
}

/// One number of a judge, each named by its position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) entry: usize,
    pub(super) judge: usize,
    /// The numerator.
    pub(super) value: i128,
}

/// The layers of a group: one of totals, or one for each judged criterion.
pub(super) fn layers<'a>(bench: &Bench<'a>, judged: &[Judged<'a>], over: Over) -> Vec<Layer<'a>> {
    match over {
        Over::Sheets => {
            let of = |j: &Judged<'a>| {
                let sheets = j.panel.sheets().iter();
                sheets.map(|v| (v.sheet.judge.as_str(), v.value)).collect()
            };
            vec![layer(judged, None, bench.sheets.denominator, of)]
        }
        Over::Criteria => (0..bench.sheets.criteria().len())
            .map(|i| layer(judged, Some(i), Sheets::MARKS, |j| criterion(bench.sheets, j, i)))
            .collect(),
    }
}

/// The marks that an entry got for a criterion.
fn criterion<'a>(sheets: &Sheets, judged: &Judged<'a>, i: usize) -> Vec<(&'a str, i128)> {
    match &judged.panel.parts {
        Parts::Nothing | Parts::Attempts(_) | Parts::Ranked(_) | Parts::Components(_) => Vec::new(),
        Parts::Criteria(scores) => {
            let marks = scores
                .get(i)
                .into_iter()
                .flat_map(|score| score.pooled.explained());
            marks.map(|(_, v, _)| (v.sheet.judge.as_str(), v.value)).collect()
        }
        Parts::Sheets(_) => {
            let marks = judged.panel.sheets().iter();
            marks
                .filter_map(|v| Some((v.sheet.judge.as_str(), sheets.mark(v.sheet, i)?)))
                .collect()
        }
    }
}

fn layer<'a>(
    judged: &[Judged<'a>],
    criterion: Option<usize>,
    denominator: i128,
    of: impl Fn(&Judged<'a>) -> Vec<(&'a str, i128)>,
) -> Layer<'a> {
    let mut given = Vec::new();
    for (entry, judged) in judged.iter().enumerate() {
        let mut marks = of(judged);
        marks.sort_unstable();
        given.extend(marks.into_iter().map(|(judge, value)| (entry, judge, value)));
    }
    let mut places: BTreeMap<&str, usize> = given.iter().map(|(_, judge, _)| (*judge, 0)).collect();
    for (place, at) in places.values_mut().enumerate() {
        *at = place;
    }
    let mark = |(entry, judge, value): (usize, &str, i128)| {
        let judge = *places.get(judge)?;
        Some(Mark { entry, judge, value })
    };
    Layer {
        criterion,
        denominator,
        marks: given.into_iter().filter_map(mark).collect(),
        judges: places.into_keys().collect(),
    }
}

impl<'a> Layer<'a> {
    /// The marks of each judge, in order of the judges.
    pub(super) fn by_judge(&self) -> Vec<Vec<Mark>> {
        let mut marks = vec![Vec::new(); self.judges.len()];
        for mark in &self.marks {
            if let Some(of) = marks.get_mut(mark.judge) {
                of.push(*mark);
            }
        }
        marks
    }

    pub(super) fn judge(&self, place: usize) -> &'a str {
        self.judges.get(place).copied().unwrap_or_default()
    }

    /// For each judge the first judge (by code) whom sheets connect with them.
    pub(super) fn connected(&self) -> Vec<usize> {
        let mut sets: Vec<usize> = (0..self.judges.len()).collect();
        for pair in self.marks.windows(2) {
            if let [a, b] = pair
                && a.entry == b.entry
            {
                let (a, b) = (root(&mut sets, a.judge), root(&mut sets, b.judge));
                if let Some(upper) = sets.get_mut(a.max(b)) {
                    *upper = a.min(b);
                }
            }
        }
        (0..sets.len()).map(|judge| root(&mut sets, judge)).collect()
    }

    /// The connected sets in order of their first judges.
    pub(super) fn sets(&self, judged: &[Judged<'_>]) -> Vec<ConnectedSet> {
        let connected = self.connected();
        let mut sets: BTreeMap<usize, ConnectedSet> = BTreeMap::new();
        let none = || ConnectedSet {
            judges: Vec::new(),
            entries: Vec::new(),
        };
        for (judge, first) in connected.iter().enumerate() {
            let set = sets.entry(*first).or_insert_with(none);
            set.judges.push(self.judge(judge).to_owned());
        }
        for mark in &self.marks {
            let (first, entry) = (connected.get(mark.judge), judged.get(mark.entry));
            if let (Some(first), Some(judged)) = (first, entry) {
                let set = sets.entry(*first).or_insert_with(none);
                if set.entries.last() != Some(&judged.entry.number) {
                    set.entries.push(judged.entry.number);
                }
            }
        }
        sets.into_values().collect()
    }
}

/// The first judge of a set, which stands for it.
fn root(sets: &mut [usize], mut judge: usize) -> usize {
    // Each judge points at an earlier one or at themselves, so that this ends; on the way it is made shorter.
    while let Some(above) = sets.get(judge).copied().filter(|above| *above < judge) {
        let higher = sets.get(above).copied().unwrap_or(above);
        if let Some(of) = sets.get_mut(judge) {
            *of = higher;
        }
        judge = higher;
    }
    judge
}
