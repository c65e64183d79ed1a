//! The values that break ties: one for each entry and link of the chain.

use std::collections::BTreeMap;

use super::aggregate::{PanelScore, Parts};
use super::combined::Valued;
use super::input::EntryInput;
use super::ranking::better_first;
use super::{Bench, Scored};
use crate::domain::exact::Exact;
use crate::domain::rules::{Criterion, Rules, TieBreak};

/// What is known of an entry beside its total.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beside<'a> {
    /// What [`first_places`] says of it.
    pub(super) first_places: i128,
    /// The total of its sealed sheet.
    pub(super) sealed: Option<&'a Exact>,
}

/// The value of an entry for a link of the chain; none where it has none, or where somebody has to decide.
pub(super) fn value<'a>(
    bench: &Bench<'a>,
    tie: &TieBreak,
    scored: &Scored<'a>,
    beside: Beside<'_>,
) -> Option<Exact> {
    let entry = scored.entry;
    match tie {
        TieBreak::OwnTotal => Some(scored.own.clone()),
        TieBreak::EarlierTotal { round } => Some(entry.earlier.get(round.as_str())?.total.clone()),
        TieBreak::EarlierRank { round } => Some(entry.earlier.get(round.as_str())?.rank?.exact()),
        TieBreak::MoreDigits => Some(scored.exact().clone()),
        TieBreak::FirstPlaces => Some(Exact::whole(beside.first_places)),
        TieBreak::Sealed => beside.sealed.cloned(),
        TieBreak::Chair | TieBreak::Lot | TieBreak::Shared => None,
        TieBreak::Criterion { .. }
        | TieBreak::Judged
        | TieBreak::UntrimmedSum
        | TieBreak::HighestSheet
        | TieBreak::LowestSheet
        | TieBreak::Median
        | TieBreak::Attempt { .. } => of_sheets(bench, tie, scored, &*scored.panel(bench)?),
    }
}

/// The value for a link of the chain that looks at the sheets; none of another link.
pub(super) fn of_sheets<'a>(
    bench: &Bench<'a>,
    tie: &TieBreak,
    scored: &Scored<'a>,
    panel: &PanelScore<'a>,
) -> Option<Exact> {
    let sheets = || panel.sheets().iter().map(|s| s.value);
    let of = |numerator: i128| Some(bench.sheets.exact(numerator));
    match tie {
        TieBreak::Criterion { code } => {
            let named = bench.rules.rubric.criterion(code.as_str())?;
            criterion(bench, scored.entry, scored.combined(panel), named)
        }
        TieBreak::Judged => Some(scored.judged(panel).clone()),
        TieBreak::UntrimmedSum => of(sheets().sum()),
        TieBreak::HighestSheet => of(sheets().max()?),
        TieBreak::LowestSheet => of(sheets().min()?),
        TieBreak::Median => {
            let mut sorted: Vec<i128> = sheets().collect();
            sorted.sort_unstable();
            let upper = sorted.get(sorted.len() / 2)?;
            let lower = sorted.get(sorted.len().checked_sub(1)? / 2)?;
            Exact::over(upper + lower, 2 * bench.sheets.denominator)
        }
        TieBreak::Attempt { nth } => {
            let Parts::Attempts(attempted) = &panel.given().parts else {
                return None;
            };
            let better = usize::try_from(nth.checked_sub(1)?).ok()?;
            Some(attempted.best_first.get(better)?.value.clone())
        }
        _ => None,
    }
}

/// For so many links of the chain an entry's value is taken while its sheets are at hand.
pub(super) const EARLY: usize = 2;

/// Links of the chain, each with its place.
pub(super) type Early<'a> = [Option<(usize, &'a TieBreak)>; EARLY];

/// The first links that look at the sheets.
pub(super) fn early(rules: &Rules) -> Early<'_> {
    let of_sheets = |tie: &TieBreak| {
        matches!(
            tie,
            TieBreak::Criterion { .. }
                | TieBreak::Judged
                | TieBreak::UntrimmedSum
                | TieBreak::HighestSheet
                | TieBreak::LowestSheet
                | TieBreak::Median
                | TieBreak::Attempt { .. }
        )
    };
    let mut links = rules
        .ranking
        .ties
        .iter()
        .enumerate()
        .filter(|(_, tie)| of_sheets(tie));
    std::array::from_fn(|_| links.next())
}

/// A criterion's value: across judges, as it was recorded, or in the attempts that count.
pub(super) fn criterion(
    bench: &Bench<'_>,
    entry: &EntryInput,
    panel: &PanelScore<'_>,
    criterion: &Criterion,
) -> Option<Exact> {
    let mut panel = panel.given();
    if let Parts::Attempts(attempted) = &panel.parts {
        if bench.rules.rubric.is_per_attempt(criterion) {
            return attempted.criterion(entry, criterion);
        }
        panel = &attempted.once;
    }
    let code = criterion.code.as_str();
    match bench.sheets.criteria().iter().position(|c| c == code) {
        Some(place) => panel.criterion(bench.sheets, place),
        None => Some(Exact::from(*entry.recorded.get(code)?)),
    }
}

/// On how many judges' sheets each entry of a group is first, shared first places counting for each; nothing where the
/// chain does not ask.
pub(super) fn first_places<'a>(bench: &Bench<'a>, group: &[Scored<'a>]) -> Vec<i128> {
    let rules = bench.rules;
    if !rules.ranking.ties.contains(&TieBreak::FirstPlaces) {
        return Vec::new();
    }
    let sheets = |scored: &Scored<'a>| scored.panel(bench).map_or_else(Vec::new, |p| p.sheets().to_vec());
    let panels: Vec<Vec<Valued<'a>>> = group.iter().map(sheets).collect();
    let better =
        |a: i128, b: i128| better_first(rules.marks_win(), &Exact::whole(a), &Exact::whole(b)).is_lt();
    let mut best: BTreeMap<&str, i128> = BTreeMap::new();
    for given in panels.iter().flatten() {
        let first = best.entry(&given.sheet.judge).or_insert(given.value);
        if better(given.value, *first) {
            *first = given.value;
        }
    }
    let first = |sheets: &Vec<Valued<'a>>| {
        let firsts = sheets
            .iter()
            .filter(|given| best.get(given.sheet.judge.as_str()) == Some(&given.value));
        i128::try_from(firsts.count()).unwrap_or(0)
    };
    panels.iter().map(first).collect()
}
