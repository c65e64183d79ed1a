//! From marks to places. [`tabulate`] is the whole pipeline on one page; each step is a pure function in its own file:
//! `ballot` (one sheet), `panels` (who counts), `aggregate` (across judges), `totals` (recorded criteria, adjustments,
//! earlier rounds), `ranking` and `tie_break` (places), `explain` (every number that led there).
//!
//! The result depends on the rules and the input alone, never on the order in which anything was given.

mod aggregate;
pub mod ballot;
mod derivation;
mod equalise;
mod equalised;
mod explain;
mod input;
mod panels;
pub mod ranking;
mod standings;
mod tie_break;
mod totals;
mod warning;

use std::collections::{BTreeMap, BTreeSet};

pub use derivation::{Across, CriterionLine, Derivation, Dropped, MarkLine, SheetLine, Step, TieNote};
pub use equalised::{ConnectedSet, Equalised, JudgeScale, PanelFactor};
pub use input::{
    Adjustment, DecidedBy, Decision, EarlierRound, EntryInput, Input, JudgeInput, Participation, Sheet,
};
pub use standings::{GroupSummary, Own, Rank, Reason, Standing, Standings, Status};
pub use warning::Warning;

use self::aggregate::{Numbers, PanelScore};
use self::ballot::Sheets;
use self::equalise::{Comparable, Judged};
use self::panels::SetAside;
use self::ranking::{By, Contender, Order};
use self::totals::Carried;
use super::exact::{Exact, Shown};
use super::rules::Rules;

/// For whom every number is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Explain {
    /// For every entry, and what advancement needs to compare groups.
    All,
    /// For one entry.
    Entry(i64),
    /// For none: places only.
    Nobody,
}

/// An entry that has a total.
struct Scored<'a> {
    entry: &'a EntryInput,
    sheets: &'a Sheets,
    panel: PanelScore<'a>,
    /// What making panels comparable made of that.
    comparable: Option<Comparable<'a>>,
    /// This round's total before and after its rounding.
    own_exact: Exact,
    own: Exact,
    /// What earlier rounds contribute, where the rules say so.
    carried: Option<Carried>,
    /// The total before and after its last rounding.
    exact: Exact,
    total: Exact,
}

impl Scored<'_> {
    /// What the judges' marks give, panels made comparable.
    fn judged(&self) -> &Exact {
        self.comparable.as_ref().map_or(&self.panel.value, |c| &c.value)
    }

    /// What was combined across judges: their own numbers, or what making panels comparable made of these.
    fn combined(&self) -> &PanelScore<'_> {
        let score = self.comparable.as_ref().and_then(|c| c.score.as_ref());
        score.unwrap_or(&self.panel)
    }
}

/// Computes the standings of the groups in `input`.
#[must_use]
pub fn tabulate(rules: &Rules, input: &Input, explain: Explain) -> Standings {
    let sheets = Sheets::of(rules);
    let set_aside = panels::set_aside(rules, &sheets, input);
    let mut warnings: BTreeSet<Warning> = panels::warnings(rules, &sheets, &set_aside, input);
    let context = equalise::Context {
        rules,
        sheets: &sheets,
        set_aside: &set_aside,
    };
    let mut groups: BTreeMap<&str, Vec<&EntryInput>> = BTreeMap::new();
    for entry in &input.entries {
        groups.entry(&entry.group).or_default().push(entry);
    }
    let mut standings = Standings {
        decisions: input.decisions.clone(),
        ..Standings::default()
    };
    for (group, mut entries) in groups {
        entries.sort_unstable_by_key(|entry| entry.number);
        let (mut judged, mut refused) = (Vec::with_capacity(entries.len()), Vec::new());
        let (mut scored, mut placeless) = (Vec::with_capacity(entries.len()), Vec::new());
        for entry in entries {
            // marks → sheets → across judges
            let panel = participation(entry).and_then(|()| across_judges(rules, &sheets, &set_aside, entry));
            match panel {
                Ok(panel) => judged.push(Judged::new(entry, panel)),
                Err(no) => refused.push((entry, no)),
            }
        }
        // → panels made comparable
        let comparable = equalise::apply(context, group, judged);
        warnings.extend(comparable.warnings);
        let unranked = |(entry, reason)| (entry, (Status::Unranked, reason));
        refused.extend(comparable.refused.into_iter().map(unranked));
        for one in comparable.judged {
            // → recorded criteria and adjustments → earlier rounds
            let entry = one.entry;
            match total(rules, &sheets, one) {
                Ok(one) => scored.push(one),
                Err(no) => refused.push((entry, no)),
            }
        }
        refused.sort_by_key(|(entry, _)| entry.number);
        for (entry, (status, reason)) in refused {
            warnings.extend(warning(entry, &reason));
            placeless.push(without_place(entry, status, reason));
        }
        // → ranking
        let (mut placed, order_warnings) = place(rules, input, &scored, explain);
        warnings.extend(order_warnings);
        standings
            .groups
            .push(summary(group, &scored, explain, comparable.equalised));
        standings.entries.append(&mut placed);
        standings.entries.append(&mut placeless);
    }
    standings.warnings = warnings.into_iter().collect();
    standings
}

type Placeless = (Status, Reason);

fn participation(entry: &EntryInput) -> Result<(), Placeless> {
    let stated = |reason: &String| Reason::Stated {
        reason: reason.clone(),
    };
    match &entry.participation {
        Participation::TakingPart => Ok(()),
        Participation::Withdrawn { reason } => Err((Status::Withdrawn, stated(reason))),
        Participation::Disqualified { reason } => Err((Status::Disqualified, stated(reason))),
    }
}

fn across_judges<'a>(
    rules: &Rules,
    sheets: &Sheets,
    set_aside: &SetAside<'a>,
    entry: &'a EntryInput,
) -> Result<PanelScore<'a>, Placeless> {
    aggregate::panel_score(rules, sheets, entry, set_aside.of(entry), Numbers::Given)
        .map_err(|no| (Status::Unranked, no.reason(rules)))
}

fn total<'a>(rules: &Rules, sheets: &'a Sheets, judged: Judged<'a>) -> Result<Scored<'a>, Placeless> {
    let unranked = |reason| (Status::Unranked, reason);
    let own_exact = totals::entry(rules, judged.entry, judged.value()).map_err(unranked)?;
    let own = super::rules::Rounding::at(rules.rounding.entry, &own_exact);
    let carried = totals::carried(rules, judged.entry, &own).map_err(unranked)?;
    let exact = carried
        .as_ref()
        .map_or_else(|| own_exact.clone(), |c| c.exact.clone());
    let total = match &carried {
        Some(carried) => super::rules::Rounding::at(rules.rounding.round, &carried.exact),
        None => own.clone(),
    };
    Ok(Scored {
        entry: judged.entry,
        sheets,
        panel: judged.panel,
        comparable: judged.comparable,
        own_exact,
        own,
        carried,
        exact,
        total,
    })
}

/// Places the entries of a group.
fn place(
    rules: &Rules,
    input: &Input,
    scored: &[Scored<'_>],
    explain: Explain,
) -> (Vec<Standing>, Vec<Warning>) {
    let first_places = tie_break::first_places(rules, scored);
    let key = |entry: usize, link: usize| {
        let (scored, firsts) = (scored.get(entry)?, first_places.get(entry)?);
        tie_break::value(rules, rules.ranking.ties.get(link)?, scored, *firsts)
    };
    let by = By {
        ranking: &rules.ranking,
        decisions: &input.decisions,
        decimals: rules.decimals(),
    };
    let order_of = |total: for<'s, 'e> fn(&'s Scored<'e>) -> &'s Exact| {
        let contenders: Vec<_> = scored
            .iter()
            .map(|s| Contender {
                number: s.entry.number,
                total: total(s),
            })
            .collect();
        ranking::order(by, &contenders, &key)
    };
    let mut order = order_of(|s| &s.total);
    let own = if rules.carry.is_empty() {
        None
    } else {
        Some(own_ranks(rules, &order_of(|s| &s.own)))
    };
    let mut notes: BTreeMap<usize, Vec<TieNote>> = BTreeMap::new();
    for (entry, note) in std::mem::take(&mut order.notes) {
        notes.entry(entry).or_default().push(note);
    }
    let mut standings = Vec::with_capacity(scored.len());
    for (nth, (first, last, block)) in (1..).zip(order.places()) {
        for i in block {
            let Some(one) = scored.get(*i) else { continue };
            let explained = explain == Explain::All || explain == Explain::Entry(one.entry.number);
            let keys = if explain == Explain::All {
                (0..rules.ranking.ties.len()).map(|k| key(*i, k)).collect()
            } else {
                Vec::new()
            };
            standings.push(Standing {
                entry: one.entry.number,
                group: one.entry.group.clone(),
                status: Status::Ranked,
                reason: None,
                rank: Some(ranking::rank(rules.ranking.ranks, (first, last), nth)),
                place: Some(first),
                tied: last > first,
                total: Some(Shown::new(one.total.clone(), rules.decimals())),
                exact: Some(one.exact.clone()),
                own: own.as_ref().and_then(|ranks| {
                    let decimals = rules.rounding.entry.map_or(0, |to| to.decimals);
                    Some(Own {
                        total: Shown::new(one.own.clone(), decimals),
                        rank: *ranks.get(i)?,
                    })
                }),
                institution: one.entry.institution.clone(),
                keys,
                derivation: explained
                    .then(|| explain::derivation(rules, one, notes.remove(i).unwrap_or_default())),
            });
        }
    }
    (standings, order.warnings)
}

/// The rank of each entry by this round alone.
fn own_ranks(rules: &Rules, order: &Order) -> BTreeMap<usize, Rank> {
    let mut ranks = BTreeMap::new();
    for (nth, (first, last, block)) in (1..).zip(order.places()) {
        let rank = ranking::rank(rules.ranking.ranks, (first, last), nth);
        ranks.extend(block.iter().map(|i| (*i, rank)));
    }
    ranks
}

fn without_place(entry: &EntryInput, status: Status, reason: Reason) -> Standing {
    Standing {
        entry: entry.number,
        group: entry.group.clone(),
        status,
        reason: Some(reason),
        rank: None,
        place: None,
        tied: false,
        total: None,
        exact: None,
        own: None,
        institution: entry.institution.clone(),
        keys: Vec::new(),
        derivation: None,
    }
}

/// What somebody should know about an entry without a place; nothing where somebody decided so.
fn warning(entry: &EntryInput, reason: &Reason) -> Option<Warning> {
    let entry = entry.number;
    match reason.clone() {
        Reason::TooFewSheets { present, minimum } => Some(Warning::TooFewSheets {
            entry,
            present,
            minimum,
        }),
        Reason::NothingLeft => Some(Warning::NothingLeft { entry }),
        Reason::RecordedMissing { criterion } => Some(Warning::RecordedMissing { entry, criterion }),
        Reason::EarlierMissing { round } => Some(Warning::EarlierMissing { entry, round }),
        // What holds for the whole group is said once.
        Reason::Unconnected { .. }
        | Reason::PanelMeanZero { .. }
        | Reason::TooManyJudges { .. }
        | Reason::Stated { .. } => None,
    }
}

fn summary(
    group: &str,
    scored: &[Scored<'_>],
    explain: Explain,
    equalised: Option<Equalised>,
) -> GroupSummary {
    let judges: BTreeSet<&str> = match explain {
        Explain::All => scored
            .iter()
            .flat_map(|s| s.panel.sheets())
            .map(|given| given.sheet.judge.as_str())
            .collect(),
        Explain::Entry(_) | Explain::Nobody => BTreeSet::new(),
    };
    GroupSummary {
        group: group.to_owned(),
        ranked: scored.len(),
        judges: judges.into_iter().map(str::to_owned).collect(),
        equalised,
    }
}

#[cfg(test)]
mod tests;
