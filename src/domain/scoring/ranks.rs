//! Ranks in the place of totals: each judge's order of the entries of a group, or the order by each criterion.
//! Tied marks share the mean of their ranks, and of the points for these.

use std::collections::BTreeMap;

use num_integer::Integer;

use super::Bench;
use super::aggregate::{PanelScore, Parts};
use super::classes::Pooled;
use super::combined::{Combined, Valued};
use super::derivation::Dropped;
use super::drop::kept;
use super::input::EntryInput;
use super::standings::{Rank, Reason, Status};
use super::tie_break;
use super::warning::Warning;
use crate::domain::exact::Exact;
use crate::domain::points::Points;
use crate::domain::rules::{Absent, Combine, Criterion, Kind, Rounding, Rules, Unequal, Wins};

/// Ranks are held in halves.
const HALVES: i128 = 2;

/// The greatest denominator of points that tied entries share, so that sums over judges stay far inside 128 bits.
const FINEST: i128 = 1_000_000_000_000_000_000;

/// What judges' ranks give.
#[derive(Debug)]
pub(super) struct Ranked<'a> {
    /// The totals that were ranked.
    pub(super) sheets: Pooled<'a>,
    /// The ranks, or the points for them.
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
    /// None where the entry lacks it.
    pub(super) value: Option<Exact>,
    pub(super) rank: Rank,
    /// What the rank gives, where that is another number.
    pub(super) points: Option<Exact>,
    pub(super) factor: Points,
    pub(super) weighted: Exact,
    /// Why it is not among those that count, if it isn't.
    pub(super) dropped: Option<Dropped>,
}

/// The places that equal values take.
#[derive(Debug, Clone, Copy)]
struct Places {
    first: u32,
    last: u32,
}

impl Places {
    const fn rank(self) -> Rank {
        Rank::between(self.first, self.last)
    }

    /// How many share them.
    fn shared(self) -> i128 {
        (i128::from(self.last) - i128::from(self.first) + 1).max(1)
    }

    /// The thousandths that a table gives for all of them together.
    fn points(self, table: &[Points]) -> i128 {
        let nth = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
        let above = table.iter().skip(nth(self.first.saturating_sub(1)));
        let shared = nth(self.last.saturating_sub(self.first).saturating_add(1));
        above
            .take(shared)
            .map(|points| i128::from(points.thousandths()))
            .sum()
    }

    /// What a table gives for one of them.
    fn share(self, table: &[Points]) -> Exact {
        Exact::over(self.points(table), 1000 * self.shared()).unwrap_or(Exact::ZERO)
    }
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
        Combine::RankSum | Combine::Borda | Combine::RankPoints | Combine::RankProduct => {
            by_judges(bench, group, panels)
        }
        Combine::ComponentRanks | Combine::ComponentPoints | Combine::ComponentProduct => {
            (by_criteria(bench, panels), Vec::new())
        }
        Combine::Mean | Combine::Median | Combine::Sum => (panels, Vec::new()),
    }
}

/// The places of each value, the better one first; equal ones share theirs.
fn places<K: Copy, V: Ord>(mut values: Vec<(K, V)>, wins: Wins) -> Vec<(K, Places)> {
    values.sort_by(|(_, a), (_, b)| match wins {
        Wins::Highest => b.cmp(a),
        Wins::Lowest => a.cmp(b),
    });
    let (mut found, mut before) = (Vec::with_capacity(values.len()), 0_u32);
    for equal in values.chunk_by(|(_, a), (_, b)| a == b) {
        let last = before.saturating_add(u32::try_from(equal.len()).unwrap_or(u32::MAX));
        let first = before.saturating_add(1);
        found.extend(equal.iter().map(|(key, _)| (*key, Places { first, last })));
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
    let mut placed: Vec<(i64, &'a str, usize, Places)> = Vec::new();
    for (judge, totals) in marked {
        let entrants = totals.len();
        let of_judge = places(totals, rules.marks_win()).into_iter();
        placed.extend(of_judge.map(|(number, places)| (number, judge, entrants, places)));
    }
    let table = &rules.aggregate.points;
    let denominator = if rules.aggregate.by.by_table() {
        shared(placed.iter().map(|(_, _, _, places)| *places), table)
    } else {
        Some(HALVES)
    };
    let Some(denominator) = denominator else {
        for (_, panel) in panels.iter_mut().filter(|(_, panel)| panel.is_ok()) {
            *panel = Err((Status::Unranked, Reason::PointsTooFine));
        }
        return (panels, warnings);
    };
    let mut given: BTreeMap<(i64, &'a str), (Rank, i128)> = BTreeMap::new();
    for (number, judge, entrants, places) in placed {
        let rank = places.rank();
        let counted = match rules.aggregate.by {
            Combine::Borda => i128::try_from(entrants).unwrap_or(i128::MAX / HALVES) * HALVES - rank.halves(),
            Combine::RankPoints => places.points(table) * denominator / (1000 * places.shared()),
            _ => rank.halves(),
        };
        given.insert((number, judge), (rank, counted));
    }
    let numbers = Given {
        given,
        denominator,
        mean,
    };
    for (entry, panel) in &mut panels {
        let score = std::mem::replace(panel, Err((Status::Unranked, Reason::NothingLeft)));
        *panel = score.and_then(|score| {
            ranked(bench, entry.number, score, &numbers).ok_or((Status::Unranked, Reason::NothingLeft))
        });
    }
    (panels, warnings)
}

/// The least denominator over which whatever tied entries share of a table can be written; none where there is no
/// sensible one.
fn shared(places: impl Iterator<Item = Places>, table: &[Points]) -> Option<i128> {
    let sharing = places.filter(|places| places.points(table) > 0);
    let mut sizes: Vec<i128> = sharing.map(Places::shared).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let multiple = |all: i128, size: &i128| Some(all.lcm(size)).filter(|all| *all <= FINEST);
    Some(1000 * sizes.iter().try_fold(1, multiple)?)
}

/// What the judges' orders give each entry.
struct Given<'a> {
    given: BTreeMap<(i64, &'a str), (Rank, i128)>,
    denominator: i128,
    mean: bool,
}

/// An entry's value made of its ranks.
fn ranked<'a>(
    bench: &Bench<'a>,
    number: i64,
    score: PanelScore<'a>,
    Given {
        given,
        denominator,
        mean,
    }: &Given<'a>,
) -> Option<PanelScore<'a>> {
    let (rules, mean) = (bench.rules, *mean);
    let of_judge = |valued: &Valued<'a>| given.get(&(number, valued.sheet.judge.as_str()));
    let values = score.sheets().iter().filter_map(|valued| {
        Some(Valued {
            value: of_judge(valued)?.1,
            sheet: valued.sheet,
        })
    });
    let by = match rules.aggregate.by {
        Combine::RankProduct => Combine::RankProduct,
        _ if mean => Combine::Mean,
        _ => Combine::Sum,
    };
    let combined = Combined::of(by, &rules.aggregate.trim, values.collect(), *denominator)?;
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

/// The entries are ranked by each criterion, judged or recorded; the ranks, or the points for them, times their factors are
/// added up, or the ranks multiplied.
fn by_criteria<'a>(bench: &Bench<'a>, mut panels: Vec<Panel<'a>>) -> Vec<Panel<'a>> {
    let rules = bench.rules;
    let criteria = || {
        let points = |c: &&Criterion| c.kind != Kind::PassFail && !c.is_apart();
        rules.rubric.criteria.iter().filter(points)
    };
    let may_lack = rules.aggregate.absent == Absent::AfterLast;
    // An entry that lacks a value has no rank and takes none from the others, unless the rules put it behind them.
    let mut values: BTreeMap<i64, Vec<Option<Exact>>> = BTreeMap::new();
    for (entry, panel) in &mut panels {
        let Ok(score) = panel else { continue };
        let found: Vec<Option<Exact>> = criteria()
            .map(|criterion| tie_break::criterion(bench, entry, score, criterion))
            .collect();
        let nothing = found.iter().all(Option::is_none);
        match found.iter().zip(criteria()).find(|(value, _)| value.is_none()) {
            Some((_, criterion)) if nothing || !may_lack => {
                let code = || criterion.code.to_string();
                let reason = if criterion.is_recorded() {
                    Reason::RecordedMissing { criterion: code() }
                } else {
                    Reason::NothingLeft
                };
                *panel = Err((Status::Unranked, reason));
            }
            _ => {
                values.insert(entry.number, found);
            }
        }
    }
    let behind = u32::try_from(values.len()).unwrap_or(u32::MAX).saturating_add(1);
    let mut components: BTreeMap<i64, Vec<Component>> = BTreeMap::new();
    for (i, criterion) in criteria().enumerate() {
        let value = |number: &i64| values.get(number).and_then(|row| row.get(i)?.as_ref());
        let column = values.keys().filter_map(|number| Some((*number, value(number)?)));
        let mut ranked = places(column.collect(), rules.criterion_wins(criterion));
        let absent = values.keys().filter(|number| value(number).is_none());
        let (first, last) = (behind, behind);
        ranked.extend(absent.map(|number| (*number, Places { first, last })));
        for (number, places) in ranked {
            let value = value(&number).cloned();
            let component = component(rules, criterion, value, places);
            components.entry(number).or_default().push(component);
        }
    }
    let replaced = |(entry, panel): Panel<'a>| {
        let with_ranks = |score: PanelScore<'a>| {
            let mut ranks = components.remove(&entry.number).unwrap_or_default();
            let exact = together(rules, &mut ranks);
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

fn component(rules: &Rules, criterion: &Criterion, value: Option<Exact>, places: Places) -> Component {
    let (factor, rank) = (criterion.factor.unwrap_or(Points::ONE), places.rank());
    let points = rules.aggregate.by.by_table().then(|| match value {
        Some(_) => places.share(&rules.aggregate.points),
        None => Exact::ZERO,
    });
    let weighted = points.as_ref().map_or_else(|| rank.exact(), Clone::clone);
    Component {
        code: criterion.code.to_string(),
        weighted: &weighted * &factor.into(),
        value,
        rank,
        points,
        factor,
        dropped: None,
    }
}

/// What the ranks that count give together.
fn together(rules: &Rules, ranks: &mut [Component]) -> Exact {
    let product = rules.aggregate.by.multiplies();
    let mut all = Exact::whole(product.into());
    let terms = ranks.iter().map(|c| c.weighted.clone()).enumerate().collect();
    for (i, term, dropped) in kept(rules.rubric.drop, terms) {
        if dropped.is_none() {
            all = if product { &all * &term } else { &all + &term };
        }
        if let Some(component) = ranks.get_mut(i) {
            component.dropped = dropped;
        }
    }
    all
}
