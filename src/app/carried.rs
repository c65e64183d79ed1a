//! What a closed group carried over from earlier rounds and was corrected there since.

use std::collections::BTreeMap;

use crate::domain::rules::Rules;
use crate::domain::scoring::{Standings, Warning};
use crate::error::Result;
use crate::store::rounds::{self, Group, Round};
use crate::store::{standings, tabulation};

use super::Tx;

/// One warning for each earlier group whose results of these entries are others now than when the group was closed.
///
/// # Errors
/// When the database fails.
pub(super) fn moved(tx: &mut Tx<'_>, round: &Round, group: &Group, rules: &Rules) -> Result<Vec<Warning>> {
    let Some(closed) = group.closed_at.filter(|_| group.phase.is_closed()) else {
        return Ok(Vec::new());
    };
    let named = tabulation::carried_from(rules);
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let here: Vec<i64> = standings::lines(tx.conn, group.id)?
        .iter()
        .map(|line| line.number)
        .collect();
    let all = rounds::of_competition(tx.conn, round.competition_id)?;
    let earlier = all
        .iter()
        .filter(|r| r.position < round.position && named.contains(r.code.as_str()));
    let mut warnings = Vec::new();
    for source in earlier {
        for from in rounds::groups(tx.conn, source.id)?
            .iter()
            .filter(|g| g.phase.is_closed())
        {
            let Some(now) = standings::latest(tx.conn, from.id)? else {
                continue;
            };
            let Some(used) = standings::latest_until(tx.conn, from.id, closed)? else {
                continue;
            };
            if used.revision == now.revision {
                continue;
            }
            let entries = differing(&used.document, &now.document, &here);
            if !entries.is_empty() {
                warnings.push(Warning::CarriedMoved {
                    round: source.code.to_string(),
                    group: from.code.to_string(),
                    used: used.revision,
                    now: now.revision,
                    entries,
                });
            }
        }
    }
    Ok(warnings)
}

/// The entries whose result is another one.
fn differing(used: &Standings, now: &Standings, entries: &[i64]) -> Vec<i64> {
    let results = |standings: &Standings| {
        let result =
            |s: &crate::domain::scoring::Standing| (s.entry, (s.exact.clone(), s.total.clone(), s.rank));
        standings.entries.iter().map(result).collect::<BTreeMap<_, _>>()
    };
    let (used, now) = (results(used), results(now));
    let mut differing = entries.to_vec();
    differing.retain(|entry| used.get(entry) != now.get(entry));
    differing
}
