//! How many entrants each group of a round has, for places that are shared out in proportion to them.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::entry::EntryStatus;
use crate::domain::grouping;
use crate::domain::ids::EntryId;
use crate::domain::rules::{Rules, ShareOf};
use crate::error::Result;
use crate::store::competitions::Competition;
use crate::store::intake::{self, Entrant};
use crate::store::rounds::Round;

use super::Tx;
use super::grouping::{Names, fields};

/// The entrants of each group by its code: entries of the competition that were submitted, or accepted, whatever became of
/// them since, so that a withdrawal moves no place from one group to another. Nothing where the rules count neither.
///
/// # Errors
/// 409 `rules_do_not_fit`.
pub(super) fn sizes(
    tx: &mut Tx<'_>,
    competition: &Competition,
    round: &Round,
    rules: &Rules,
) -> Result<BTreeMap<String, u64>> {
    let share = rules.advance.as_ref().and_then(|advance| advance.share.as_ref());
    let Some(of) = share.map(|share| share.of).filter(|of| *of != ShareOf::Scored) else {
        return Ok(BTreeMap::new());
    };
    let fields = fields(tx, competition, rules)?;
    let names = Names::of(tx, competition)?;
    let groups = intake::groups(tx.conn, round.id)?;
    let placed = intake::placed(tx.conn, round.id)?;
    let placed: BTreeSet<EntryId> = placed.iter().map(|p| p.entry).collect();
    let mut sizes: BTreeMap<String, u64> = groups.iter().map(|g| (g.code.to_string(), 0)).collect();
    for entrant in intake::entrants(tx.conn, competition.id)? {
        if !counts(&entrant, of, placed.contains(&entrant.candidate.id)) {
            continue;
        }
        let Ok(key) = grouping::key_of(&fields, &names.values(&entrant.candidate)) else {
            continue;
        };
        let codes = key.codes(&fields);
        let group = groups.iter().find(|g| *g.key == codes);
        if let Some(size) = group.and_then(|g| sizes.get_mut(g.code.as_str())) {
            *size += 1;
        }
    }
    Ok(sizes)
}

fn counts(entrant: &Entrant, of: ShareOf, placed: bool) -> bool {
    match (entrant.status, of) {
        (EntryStatus::Draft, _) => false,
        (EntryStatus::Accepted, _) => true,
        (EntryStatus::Submitted | EntryStatus::Rejected, of) => of == ShareOf::Submitted || placed,
        // Only what was submitted can be screened, and what was rejected can't be withdrawn.
        (EntryStatus::Withdrawn, ShareOf::Submitted) => placed || entrant.submitted_at.is_some(),
        (EntryStatus::Withdrawn, _) => placed || entrant.screened_at.is_some(),
    }
}
