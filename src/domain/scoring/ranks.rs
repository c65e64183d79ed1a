//! Ranks in the place of totals: each judge's order of the entries of a group, or the order by each criterion.
//! Tied marks share the mean of their ranks.

use std::collections::BTreeMap;

use super::Bench;
use super::aggregate::{Combined, PanelScore, Parts, Valued};
use super::classes::Pooled;
use super::input::EntryInput;
use super::standings::{Rank, Reason, Status};
use super::tie_break;
use super::warning::Warning;
use crate::domain::exact::Exact;
use crate::domain::points::Points;
use crate::domain::rules::{Combine, Kind, Rounding, Unequal, Wins};

/// Ranks are held in halves.
const HALVES: i128 = 2;

/// What judges' ranks give.
#[derive(Debug)]
pub(super) struct Ranked<'a> {
    /// The totals that were ranked.
    pub(super) sheets: Pooled<'a>,
    /// The ranks, or the points for them, in halves.
    pub(super) combined: Combined<'a>,
    /// The rank that each judge gave.
    pub(super) ranks: BTreeMap<&'a str, Rank>,
    /// Whether it is the mean of them that counts.
    pub(super) mean: bool,
}

/// What the ranks by each criterion give.
#[derive(Debug)]
pub(super) struct Components<'a> {
    /// The values that were ranked.
    pub(super) panel: Box<PanelScore<'a>>,
    pub(super) ranks: Vec<Component>,
}

/// An entry's rank by one criterion.
#[derive(Debug)]
pub(super) struct Component {
    pub(super) code: String,
    pub(super) value: Exact,
    pub(super) rank: Rank,
    pub(super) factor: Points,
    pub(super) weighted: Exact,
}

/// An entry with what the judges gave it, or why they gave nothing.
pub(super) type Panel<'a> = (&'a EntryInput, Result<PanelScore<'a>, (Status, Reason)>);

/// Puts ranks in the place of what the judges gave the entries of a group, where the rules say so.
pub(super) fn apply<'a>(
    bench: &Bench<'a>,
    group: &str,
    panels: Vec<Panel<'a>>,
) -> (Vec<Panel<'a>>, Vec<Warning>) {
    match bench.rules.aggregate.by {
        Combine::RankSum | Combine::Borda => by_judges(bench, group, panels),
        Combine::ComponentRanks => (by_criteria(bench, panels), Vec::new()),
        Combine::Mean | Combine::Median | Combine::Sum => (panels, Vec::new()),
    }
}

/// The rank of each value, the better one first; equal ones share the mean of their places.
fn ranks<K: Copy, V: Ord>(mut values: Vec<(K, V)>, wins: Wins) -> Vec<(K, Rank)> {
    values.sort_by(|(_, a), (_, b)| match wins {
        Wins::Highest => b.cmp(a),
        Wins::Lowest => a.cmp(b),
    });
    let (mut found, mut before) = (Vec::with_capacity(values.len()), 0_u32);
    for equal in values.chunk_by(|(_, a), (_, b)| a == b) {
        let last = before.saturating_add(u32::try_from(equal.len()).unwrap_or(u32::MAX));
        let rank = Rank::between(before.saturating_add(1), last);
        found.extend(equal.iter().map(|(key, _)| (*key, rank)));
        before = last;
    }
    found
}

/// Each judge ranks the entries that they marked; an entry's ranks are combined.
fn by_judges<'a>(
    bench: &Bench<'a>,
    group: &str,
    mut panels: Vec<Panel<'a>>,
) -> (Vec<Panel<'a>>, Vec<Warning>) {
    let rules = bench.rules;
    let mut marked: BTreeMap<&'a str, Vec<(i64, i128)>> = BTreeMap::new();
    let mut numbers: BTreeMap<i64, usize> = BTreeMap::new();
    for (entry, panel) in &panels {
        let Ok(panel) = panel else { continue };
        numbers.insert(entry.number, panel.sheets().len());
        for valued in panel.sheets() {
            let of_judge = marked.entry(&valued.sheet.judge).or_default();
            of_judge.push((entry.number, valued.value));
        }
    }
    let (most, fewest) = (
        numbers.values().max().copied().unwrap_or(0),
        numbers.values().min().copied().unwrap_or(0),
    );
    let mut warnings = Vec::new();
    let mean = rules.aggregate.unequal == Unequal::Mean;
    if most > fewest && !mean {
        let with_fewer = numbers.iter().filter(|(_, judges)| **judges < most);
        warnings.push(Warning::JudgesUnequal {
            group: group.to_owned(),
            entries: with_fewer.map(|(number, _)| *number).collect(),
        });
        for (_, panel) in panels.iter_mut().filter(|(_, panel)| panel.is_ok()) {
            *panel = Err((Status::Unranked, Reason::JudgesUnequal { fewest, most }));
        }
        return (panels, warnings);
    }
    if marked.values().any(|entries| entries.len() < numbers.len()) {
        let group = group.to_owned();
        warnings.push(Warning::RankedApart { group });
    }
    let mut given: BTreeMap<(i64, &'a str), (Rank, i128)> = BTreeMap::new();
    for (judge, totals) in marked {
        let entrants = i128::try_from(totals.len()).unwrap_or(i128::MAX / HALVES);
        for (number, rank) in ranks(totals, rules.marks_win()) {
            let counted = match rules.aggregate.by {
                Combine::Borda => entrants * HALVES - rank.halves(),
                _ => rank.halves(),
            };
            given.insert((number, judge), (rank, counted));
        }
    }
    for (entry, panel) in &mut panels {
        let score = std::mem::replace(panel, Err((Status::Unranked, Reason::NothingLeft)));
        *panel = score.and_then(|score| {
            ranked(bench, entry.number, score, &given, mean).ok_or((Status::Unranked, Reason::NothingLeft))
        });
    }
    (panels, warnings)
}

/// An entry's value made of its ranks.
fn ranked<'a>(
    bench: &Bench<'a>,
    number: i64,
    score: PanelScore<'a>,
    given: &BTreeMap<(i64, &'a str), (Rank, i128)>,
    mean: bool,
) -> Option<PanelScore<'a>> {
    let rules = bench.rules;
    let of_judge = |valued: &Valued<'a>| given.get(&(number, valued.sheet.judge.as_str()));
    let values = score.sheets().iter().filter_map(|valued| {
        Some(Valued {
            value: of_judge(valued)?.1,
            sheet: valued.sheet,
        })
    });
    let by = if mean { Combine::Mean } else { Combine::Sum };
    let combined = Combined::of(by, &rules.aggregate.trim, values.collect(), HALVES)?;
    let ranks = score.sheets().iter().filter_map(|valued| {
        let judge = valued.sheet.judge.as_str();
        Some((judge, of_judge(valued)?.0))
    });
    let (exact, ranks) = (combined.exact.clone(), ranks.collect());
    let Parts::Sheets(sheets) = score.parts else {
        return None;
    };
    Some(PanelScore {
        complete: score.complete,
        parts: Parts::Ranked(Box::new(Ranked {
            sheets,
            combined,
            ranks,
            mean,
        })),
        value: Rounding::at(rules.rounding.panel, &exact),
        exact,
    })
}

/// The entries are ranked by each criterion, judged or recorded; the ranks times their factors are added up.
fn by_criteria<'a>(bench: &Bench<'a>, mut panels: Vec<Panel<'a>>) -> Vec<Panel<'a>> {
    let rules = bench.rules;
    let criteria = || rules.rubric.criteria.iter().filter(|c| c.kind != Kind::PassFail);
    // An entry that lacks a value has no rank and takes none from the others.
    let mut values: BTreeMap<i64, Vec<Exact>> = BTreeMap::new();
    for (entry, panel) in &mut panels {
        let Ok(score) = panel else { continue };
        let mut found = Vec::new();
        for criterion in criteria() {
            match tie_break::criterion(bench, entry, score, criterion) {
                Some(value) => found.push(value),
                None => {
                    let code = || criterion.code.to_string();
                    let reason = if criterion.is_recorded() {
                        Reason::RecordedMissing { criterion: code() }
                    } else {
                        Reason::NothingLeft
                    };
                    *panel = Err((Status::Unranked, reason));
                    break;
                }
            }
        }
        if panel.is_ok() {
            values.insert(entry.number, found);
        }
    }
    let mut components: BTreeMap<i64, Vec<Component>> = BTreeMap::new();
    for (i, criterion) in criteria().enumerate() {
        let column = values
            .iter()
            .filter_map(|(number, row)| Some((*number, row.get(i)?)));
        let factor = criterion.factor.unwrap_or(Points::ONE);
        for (number, rank) in ranks(column.collect(), rules.criterion_wins(criterion)) {
            let Some(value) = values.get(&number).and_then(|row| row.get(i)) else {
                continue;
            };
            components.entry(number).or_default().push(Component {
                code: criterion.code.to_string(),
                value: value.clone(),
                rank,
                factor,
                weighted: &rank.exact() * &factor.into(),
            });
        }
    }
    let replaced = |(entry, panel): Panel<'a>| {
        let with_ranks = |score: PanelScore<'a>| {
            let ranks = components.remove(&entry.number).unwrap_or_default();
            let exact = ranks.iter().fold(Exact::ZERO, |sum, c| &sum + &c.weighted);
            PanelScore {
                complete: score.sheets().to_vec(),
                parts: Parts::Components(Components {
                    panel: Box::new(score),
                    ranks,
                }),
                value: Rounding::at(rules.rounding.panel, &exact),
                exact,
            }
        };
        (entry, panel.map(with_ranks))
    };
    panels.into_iter().map(replaced).collect()
}
