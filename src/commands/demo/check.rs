//! Computes every round again from the marks that the judges' clients sent, without the server, and compares the
//! outcome with what the public sees.

use std::collections::BTreeMap;

use serde_json::Value;

use super::client::{Server, list, number, text};
use super::contest::Judged;
use crate::domain::advancement::{self, Advancement, Decisions, Outcome};
use crate::domain::points::Points;
use crate::domain::scoring::{
    Adjustment, DecidedBy, Decision, EarlierRound, EntryInput, Explain, Input, Sheet, Standings, tabulate,
};
use crate::error::{Error, Result};

/// What was found to be equal.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Compared {
    /// Entries whose rank, total and outcome are the same.
    pub(super) entries: usize,
    /// Rounds.
    pub(super) rounds: usize,
}

/// Compares every round of a contest, in order.
pub(super) async fn rounds(server: &Server, path: &str, rounds: &[Judged]) -> Result<Compared> {
    let mut earlier: BTreeMap<i64, BTreeMap<String, EarlierRound>> = BTreeMap::new();
    let mut compared = Compared::default();
    for round in rounds {
        let input = input(round, &earlier);
        let standings = tabulate(&round.rules, &input, Explain::Decide);
        let cut = |order: &Vec<i64>| Decision {
            by: DecidedBy::Organizers,
            order: order.clone(),
        };
        let decisions = Decisions {
            ties: round.cuts.iter().map(cut).collect(),
            ..Decisions::default()
        };
        let decided = advancement::decide(&round.rules, &[&standings], &decisions);
        let results = server
            .get(&format!("{path}/rounds/{}/results", round.code))
            .await?;
        compared.entries += compare(round.code, &standings, &decided, &results)?;
        compared.rounds += 1;
        for standing in standings.entries {
            if let (Some(total), Some(exact)) = (standing.total, standing.exact) {
                let result = EarlierRound {
                    total: total.value().clone(),
                    exact,
                    rank: standing.rank,
                };
                earlier
                    .entry(standing.entry)
                    .or_default()
                    .insert(round.code.to_owned(), result);
            }
        }
    }
    Ok(compared)
}

fn input(round: &Judged, earlier: &BTreeMap<i64, BTreeMap<String, EarlierRound>>) -> Input {
    let entry = |(number, group): (&i64, &String)| {
        let sheet = |((_, judge), marks): (&(i64, String), &Vec<i64>)| Sheet {
            judge: judge.clone(),
            marks: marks.iter().map(|m| Some(Points::from_thousandths(*m))).collect(),
        };
        let first = (*number, String::new());
        let after = (*number + 1, String::new());
        let adjustment = |(_, points, reason): &(i64, i64, String)| Adjustment {
            points: Points::from_thousandths(*points),
            reason: reason.clone(),
            ..Adjustment::default()
        };
        EntryInput {
            number: *number,
            group: group.clone(),
            panel: group.clone(),
            sheets: round.sheets.range(first..after).map(sheet).collect(),
            adjustments: round
                .adjustments
                .iter()
                .filter(|a| a.0 == *number)
                .map(adjustment)
                .collect(),
            earlier: earlier.get(number).cloned().unwrap_or_default(),
            ..EntryInput::default()
        }
    };
    let decision = |(kind, order): &(String, Vec<i64>)| Decision {
        by: if kind == "lot" {
            DecidedBy::Lot
        } else {
            DecidedBy::Chair
        },
        order: order.clone(),
    };
    Input {
        fixed: BTreeMap::new(),
        entries: round.groups.iter().map(entry).collect(),
        judges: Vec::new(),
        decisions: round.ties.iter().map(decision).collect(),
    }
}

/// Rank, total and outcome of every entry.
fn compare(code: &str, standings: &Standings, decided: &Advancement, results: &Value) -> Result<usize> {
    let mut public = BTreeMap::new();
    for group in list(results, "groups")? {
        for entry in list(group, "entries")? {
            public.insert(number(entry, "entry")?, entry);
        }
    }
    if public.len() != standings.entries.len() {
        let (seen, computed) = (public.len(), standings.entries.len());
        return Err(Error::internal(format!(
            "{code}: the public sees {seen} entries, computed were {computed}"
        )));
    }
    let outcomes: BTreeMap<i64, &Outcome> = decided.entries.iter().map(|d| (d.entry, &d.outcome)).collect();
    for standing in &standings.entries {
        let seen = public.get(&standing.entry).copied().unwrap_or(&Value::Null);
        let computed = (
            standing.rank.map(|r| r.to_string()),
            standing.total.as_ref().map(ToString::to_string),
            matches!(outcomes.get(&standing.entry), Some(Outcome::Advances { .. })),
        );
        let shown = (
            seen.get("rank").filter(|r| !r.is_null()).map(ToString::to_string),
            text(seen, "total").ok(),
            seen.get("outcome").and_then(Value::as_str) == Some("advances"),
        );
        if computed != shown {
            let entry = standing.entry;
            return Err(Error::internal(format!(
                "{code}, entry {entry}: the public sees {shown:?}, computed was {computed:?}"
            )));
        }
    }
    Ok(standings.entries.len())
}
