//! The values that break ties: one for each entry and link of the chain.

use std::collections::BTreeMap;

use super::Scored;
use super::aggregate::Parts;
use super::ranking::better_first;
use crate::domain::exact::Exact;
use crate::domain::rules::{Rules, TieBreak};
use crate::domain::text::Code;

/// What is known of an entry beside its total.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beside<'a> {
    /// What [`first_places`] says of it.
    pub(super) first_places: i128,
    /// The total of its sealed sheet.
    pub(super) sealed: Option<&'a Exact>,
}

/// The value of an entry for a link of the chain; none where it has none, or where somebody has to decide.
pub(super) fn value(rules: &Rules, tie: &TieBreak, scored: &Scored<'_>, beside: Beside<'_>) -> Option<Exact> {
    let entry = scored.entry;
    let sheets = || scored.panel.sheets().iter().map(|s| s.value);
    let of = |numerator: i128| Some(scored.sheets.exact(numerator));
    match tie {
        TieBreak::Criterion { code } => criterion(rules, scored, code),
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
        TieBreak::Chair | TieBreak::Lot | TieBreak::Shared => None,
    }
}

/// A criterion's value: across judges, as it was recorded, or in the attempts that count.
pub(super) fn criterion(rules: &Rules, scored: &Scored<'_>, code: &Code) -> Option<Exact> {
    let criterion = rules.rubric.criterion(code.as_str())?;
    let panel = match &scored.panel.parts {
        Parts::Attempts(attempted) if rules.rubric.is_per_attempt(criterion) => {
            return attempted.criterion(scored.entry, criterion);
        }
        Parts::Attempts(attempted) => &attempted.once,
        Parts::Nothing | Parts::Sheets(_) | Parts::Criteria(_) => scored.combined(),
    };
    match scored.sheets.criteria().iter().position(|c| c == code.as_str()) {
        Some(place) => panel.criterion(scored.sheets, place),
        None => Some(Exact::from(*scored.entry.recorded.get(code.as_str())?)),
    }
}

/// On how many judges' sheets each entry of a group is first, shared first places counting for each; nothing where the
/// chain does not ask.
pub(super) fn first_places(rules: &Rules, group: &[Scored<'_>]) -> Vec<i128> {
    if !rules.ranking.ties.contains(&TieBreak::FirstPlaces) {
        return vec![0; group.len()];
    }
    let better =
        |a: i128, b: i128| better_first(rules.ranking.wins, &Exact::whole(a), &Exact::whole(b)).is_lt();
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
