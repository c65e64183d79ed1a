//! The values that break ties: one for each entry and link of the chain.

use std::collections::BTreeMap;

use super::aggregate::{PanelScore, Parts};
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
pub(super) fn value(
    bench: &Bench<'_>,
    tie: &TieBreak,
    scored: &Scored<'_>,
    beside: Beside<'_>,
) -> Option<Exact> {
    let (rules, entry) = (bench.rules, scored.entry);
    let sheets = || scored.panel.sheets().iter().map(|s| s.value);
    let of = |numerator: i128| Some(scored.sheets.exact(numerator));
    match tie {
        TieBreak::Criterion { code } => {
            let named = rules.rubric.criterion(code.as_str())?;
            criterion(bench, entry, scored.combined(), named)
        }
        TieBreak::Judged => Some(scored.judged().clone()),
        TieBreak::OwnTotal => Some(scored.own.clone()),
        TieBreak::EarlierTotal { round } => Some(entry.earlier.get(round.as_str())?.total.clone()),
        TieBreak::EarlierRank { round } => Some(entry.earlier.get(round.as_str())?.rank?.exact()),
        TieBreak::UntrimmedSum => of(sheets().sum()),
        TieBreak::HighestSheet => of(sheets().max()?),
        TieBreak::LowestSheet => of(sheets().min()?),
        TieBreak::Median => {
            let mut sorted: Vec<i128> = sheets().collect();
            sorted.sort_unstable();
            let upper = sorted.get(sorted.len() / 2)?;
            let lower = sorted.get(sorted.len().checked_sub(1)? / 2)?;
            Exact::over(upper + lower, 2 * scored.sheets.denominator)
        }
        TieBreak::MoreDigits => Some(scored.exact().clone()),
        TieBreak::FirstPlaces => Some(Exact::whole(beside.first_places)),
        TieBreak::Sealed => beside.sealed.cloned(),
        TieBreak::Attempt { nth } => {
            let Parts::Attempts(attempted) = &scored.panel.given().parts else {
                return None;
            };
            let better = usize::try_from(nth.checked_sub(1)?).ok()?;
            Some(attempted.best_first.get(better)?.value.clone())
        }
        TieBreak::Chair | TieBreak::Lot | TieBreak::Shared => None,
    }
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
pub(super) fn first_places(rules: &Rules, group: &[Scored<'_>]) -> Vec<i128> {
    if !rules.ranking.ties.contains(&TieBreak::FirstPlaces) {
        return vec![0; group.len()];
    }
    let better =
        |a: i128, b: i128| better_first(rules.marks_win(), &Exact::whole(a), &Exact::whole(b)).is_lt();
    let mut best: BTreeMap<&str, i128> = BTreeMap::new();
    for given in group.iter().flat_map(|scored| scored.panel.sheets()) {
        let first = best.entry(&given.sheet.judge).or_insert(given.value);
        if better(given.value, *first) {
            *first = given.value;
        }
    }
    let first = |scored: &Scored<'_>| {
        let sheets = scored.panel.sheets().iter();
        let firsts = sheets.filter(|given| best.get(given.sheet.judge.as_str()) == Some(&given.value));
        i128::try_from(firsts.count()).unwrap_or(0)
    };
    group.iter().map(first).collect()
}
