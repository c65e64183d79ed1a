//! From marks to places. [`tabulate`] is the whole pipeline on one page; each step is a pure function in its own file:
//! `ballot` (one sheet), `sealed` (what counts only for ties), `panels` (who counts), `aggregate` (across judges), `totals` (recorded criteria, adjustments,
//! earlier rounds), `ranking` and `tie_break` (places), `explain` (every number that led there).
//!
//! The result depends on the rules and the input alone, never on the order in which anything was given.

mod aggregate;
mod attempts;
pub mod ballot;
mod classes;
mod derivation;
mod explain;
mod input;
pub mod outcome;
mod panels;
mod partial;
pub mod penalties;
pub mod ranking;
mod ranks;
mod sealed;
mod standings;
mod tie_break;
mod totals;
mod veto;
mod warning;

use std::collections::{BTreeMap, BTreeSet};

pub use derivation::{
    Across, AttemptLine, ClassLine, CriterionLine, Derivation, Dropped, MarkLine, SheetLine, Step, TieNote,
    VetoLine,
};
pub use input::{
    Adjustment, DecidedBy, Decision, EarlierRound, EntryInput, Input, JudgeInput, Participation, Sheet,
};
pub use standings::{GroupSummary, Own, Rank, Reason, Standing, Standings, Status};
pub use warning::Warning;

use self::aggregate::{PanelScore, Parts};
use self::ballot::Sheets;
use self::classes::Classes;
use self::panels::SetAside;
use self::ranking::{By, Contender, Order};
use self::sealed::Sealed;
use self::tie_break::Beside;
use self::totals::Carried;
use self::veto::Veto;
use super::exact::{Exact, Shown};
use super::rules::{Attempts, Award, Rules};

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

/// What the sheets of an entry are combined with.
#[derive(Clone, Copy)]
struct Bench<'a> {
    rules: &'a Rules,
    /// What judges mark once.
    sheets: &'a Sheets,
    /// What they mark in each attempt, where entries have several.
    attempts: &'a [Sheets],
    set_aside: &'a SetAside<'a>,
    classes: &'a Classes<'a>,
    vetoes: &'a [Veto<'a>],
}

/// An entry that has a total.
struct Scored<'a> {
    entry: &'a EntryInput,
    sheets: &'a Sheets,
    panel: PanelScore<'a>,
    /// This round's total before and after its rounding.
    own_exact: Exact,
    own: Exact,
    /// What earlier rounds contribute, where the rules say so.
    carried: Option<Carried>,
    /// The total before and after its last rounding.
    exact: Exact,
    total: Exact,
}

/// Computes the standings of the groups in `input`.
#[must_use]
pub fn tabulate(rules: &Rules, input: &Input, explain: Explain) -> Standings {
    let (sheets, attempts) = (Sheets::once(rules), Sheets::attempts(rules));
    let (input, sealed) = sealed::set_apart(rules, &sheets, input);
    let input: &Input = &input;
    let set_aside = panels::set_aside(rules, &panels::parts(&sheets, &attempts), input);
    let (classes, vetoes) = (Classes::of(input), veto::vetoes(rules));
    let bench = Bench {
        rules,
        sheets: &sheets,
        attempts: &attempts,
        set_aside: &set_aside,
        classes: &classes,
        vetoes: &vetoes,
    };
    let mut warnings: BTreeSet<Warning> = panels::warnings(&bench, input);
    warnings.extend(sealed.warnings.iter().cloned());
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
        let (mut scored, mut placeless) = (Vec::with_capacity(entries.len()), Vec::new());
        // marks → sheets → across judges, attempts combined
        let across = |entry| {
            (
                entry,
                participation(rules, entry).and_then(|()| across_judges(&bench, entry)),
            )
        };
        let panels: Vec<_> = entries.into_iter().map(across).collect();
        // → ranks in the place of totals
        let (panels, ranks_warnings) = ranks::apply(&bench, group, panels);
        warnings.extend(ranks_warnings);
        // Panels made comparable would stand here: a map over the panel scores of the group.
        for (entry, panel) in panels {
            // → vetoes → recorded criteria and adjustments → earlier rounds
            let panel = passed(&bench, entry, panel);
            match panel.and_then(|panel| total(rules, &sheets, entry, panel)) {
                Ok(one) => {
                    warnings.extend(left_out(&one));
                    scored.push(one);
                }
                Err((status, reason)) => {
                    warnings.extend(warning(entry, &reason));
                    placeless.push(without_place(entry, status, reason));
                }
            }
        }
        // → ranking
        let (mut placed, order_warnings) = place(&bench, input, &scored, &sealed, explain);
        warnings.extend(order_warnings);
        standings.groups.push(summary(group, &scored, explain));
        standings.entries.append(&mut placed);
        standings.entries.append(&mut placeless);
    }
    standings.warnings = warnings.into_iter().collect();
    standings
}

type Placeless = (Status, Reason);

fn participation(rules: &Rules, entry: &EntryInput) -> Result<(), Placeless> {
    let stated = |reason: &String| Reason::Stated {
        reason: reason.clone(),
    };
    match &entry.participation {
        Participation::TakingPart => match penalties::disqualification(rules, entry) {
            Some(reason) => Err((Status::Disqualified, reason)),
            None => Ok(()),
        },
        Participation::Withdrawn { reason } => Err((Status::Withdrawn, stated(reason))),
        Participation::Disqualified { reason } => Err((Status::Disqualified, stated(reason))),
    }
}

fn across_judges<'a>(bench: &Bench<'a>, entry: &'a EntryInput) -> Result<PanelScore<'a>, Placeless> {
    aggregate::panel_score(bench, entry).map_err(|no| {
        let reason = match no {
            aggregate::NoScore::TooFewSheets(present) => Reason::TooFewSheets {
                present,
                minimum: bench.rules.minimum_sheets(),
            },
            aggregate::NoScore::ClassTooFew(of) => Reason::ClassTooFew {
                class: of.0.code.to_string(),
                present: of.1,
                minimum: of.0.minimum(),
            },
            aggregate::NoScore::NothingLeft => Reason::NothingLeft,
            aggregate::NoScore::RecordedMissing(criterion) => Reason::RecordedMissing { criterion },
            aggregate::NoScore::TooFewAttempts(present) => Reason::TooFewAttempts {
                present,
                needed: bench.rules.rubric.attempts.as_ref().map_or(1, Attempts::counting),
            },
        };
        (Status::Unranked, reason)
    })
}

/// What the judges gave an entry, unless they rejected it.
fn passed<'a>(
    bench: &Bench<'_>,
    entry: &EntryInput,
    panel: Result<PanelScore<'a>, Placeless>,
) -> Result<PanelScore<'a>, Placeless> {
    match panel {
        Ok(_) | Err((Status::Unranked, _)) => match veto::rejection(bench, entry) {
            Some(reason) => Err((Status::Unranked, reason)),
            None => panel,
        },
        Err(_) => panel,
    }
}

fn total<'a>(
    rules: &Rules,
    sheets: &'a Sheets,
    entry: &'a EntryInput,
    panel: PanelScore<'a>,
) -> Result<Scored<'a>, Placeless> {
    let unranked = |reason| (Status::Unranked, reason);
    let own_exact = totals::entry(rules, entry, &panel.value).map_err(unranked)?;
    let own = super::rules::Rounding::at(rules.rounding.entry, &own_exact);
    let carried = totals::carried(rules, entry, &own).map_err(unranked)?;
    let exact = carried
        .as_ref()
        .map_or_else(|| own_exact.clone(), |c| c.exact.clone());
    let total = match &carried {
        Some(carried) => super::rules::Rounding::at(rules.rounding.round, &carried.exact),
        None => own.clone(),
    };
    Ok(Scored {
        entry,
        sheets,
        panel,
        own_exact,
        own,
        carried,
        exact,
        total,
    })
}

/// Places the entries of a group.
fn place(
    bench: &Bench<'_>,
    input: &Input,
    scored: &[Scored<'_>],
    sealed: &Sealed,
    explain: Explain,
) -> (Vec<Standing>, Vec<Warning>) {
    let rules = bench.rules;
    let first_places = tie_break::first_places(rules, scored);
    let key = |entry: usize, link: usize| {
        let (scored, tie) = (scored.get(entry)?, rules.ranking.ties.get(link)?);
        let beside = Beside {
            first_places: *first_places.get(entry)?,
            sealed: sealed.total(scored.entry.number),
        };
        tie_break::value(bench, tie, scored, beside)
    };
    let by = By {
        ranking: &rules.ranking,
        rules,
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
                award_values: award_values(bench, one, explain),
                derivation: explained
                    .then(|| explain::derivation(bench, one, notes.remove(i).unwrap_or_default())),
            });
        }
    }
    (standings, order.warnings)
}

/// The entry's value of each criterion that an award goes by, where advancement is to read it.
fn award_values(bench: &Bench<'_>, one: &Scored<'_>, explain: Explain) -> BTreeMap<String, Exact> {
    let asked = bench.rules.awards.iter().filter(|_| explain == Explain::All);
    let value = |award: &Award| {
        let code = award.criterion()?;
        let criterion = bench.rules.rubric.criterion(code.as_str())?;
        let value = tie_break::criterion(bench, one.entry, &one.panel, criterion)?;
        Some((code.to_string(), value))
    };
    asked.filter_map(value).collect()
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
        award_values: BTreeMap::new(),
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
        Reason::ClassTooFew {
            class,
            present,
            minimum,
        } => Some(Warning::ClassTooFew {
            entry,
            class,
            present,
            minimum,
        }),
        Reason::NothingLeft => Some(Warning::NothingLeft { entry }),
        Reason::TooFewAttempts { present, needed } => Some(Warning::TooFewAttempts {
            entry,
            present,
            needed,
        }),
        Reason::RecordedMissing { criterion } => Some(Warning::RecordedMissing { entry, criterion }),
        Reason::EarlierMissing { round } => Some(Warning::EarlierMissing { entry, round }),
        // Somebody decided so, or it is said once of the whole group.
        Reason::JudgesUnequal { .. }
        | Reason::Penalised { .. }
        | Reason::Rejected { .. }
        | Reason::Stated { .. } => None,
    }
}

/// The classes of judges, and the attempts, that an entry's value does without.
fn left_out(scored: &Scored<'_>) -> Vec<Warning> {
    let entry = scored.entry.number;
    let class = |class: &str| Warning::ClassLeftOut {
        entry,
        class: class.to_owned(),
    };
    let attempt = |attempt: &u32| Warning::AttemptLeftOut {
        entry,
        attempt: *attempt,
    };
    let mut warnings: Vec<Warning> = scored.panel.left_out().into_iter().map(class).collect();
    if let Parts::Attempts(attempted) = &scored.panel.given().parts {
        warnings.extend(attempted.left_out.iter().map(attempt));
    }
    warnings
}

fn summary(group: &str, scored: &[Scored<'_>], explain: Explain) -> GroupSummary {
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
    }
}

#[cfg(test)]
mod tests;
