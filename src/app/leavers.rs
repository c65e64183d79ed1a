//! Who left since it was decided who goes on: the entry was withdrawn, or takes no part in the next round any more while
//! somebody else can still take its place there.

use crate::domain::advancement::again::{self, Changed, Later, Left};
use crate::domain::advancement::{Advancement, kept};
use crate::domain::ids::GroupId;
use crate::error::{Conflict, Result};
use crate::store::rounds::Round;
use crate::store::standings;

use super::Tx;

/// What happened to the entries of some groups since they were judged there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Since {
    /// Who left.
    pub(super) left: Vec<Left>,
    /// Where the entries are in later rounds.
    pub(super) later: Vec<Later>,
}

impl Since {
    /// What happened until now.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn of(tx: &mut Tx<'_>, round: &Round, groups: &[GroupId]) -> Result<Self> {
        let later = standings::later(tx.conn, round, groups)?;
        // Once the next group is closed the place was used: its standings tell what became of the entry.
        let used = |entry: i64| later.iter().any(|l| l.entry == entry && l.phase.is_closed());
        let mut left: Vec<Left> = standings::withdrawn(tx.conn, groups)?
            .into_iter()
            .filter(|(entry, _)| !used(*entry))
            .map(|(entry, reason)| Left { entry, reason })
            .collect();
        for gone in later.iter().filter(|l| l.makes_room()) {
            if left.iter().all(|l| l.entry != gone.entry) {
                left.push(Left {
                    entry: gone.entry,
                    reason: gone.reason.clone(),
                });
            }
        }
        left.sort_by_key(|l| l.entry);
        Ok(Self { left, later })
    }

    /// Those who hold a place in a decision and left, by number.
    #[must_use]
    pub(super) fn holders(&self, decided: &Advancement) -> Vec<i64> {
        let mut held: Vec<i64> = kept(decided).iter().map(|k| k.entry).collect();
        held.retain(|entry| self.left.iter().any(|l| l.entry == *entry));
        held.sort_unstable();
        held
    }

    /// Goes on only if later rounds that are open already let this happen.
    ///
    /// # Errors
    /// 409 `later_group_open` where somebody would lose the place that they are judged in, `later_group_filled` where
    /// more would come in than left.
    pub(super) fn allow(&self, changed: Option<&Changed>) -> Result<()> {
        let Some(changed) = changed else { return Ok(()) };
        again::allowed(changed, &self.later).map_err(|blocked| {
            let code = if blocked.enter {
                "later_group_filled"
            } else {
                "later_group_open"
            };
            let conflict = Conflict::new(code).with("round", &blocked.at.round);
            let conflict = conflict.with("group", &blocked.at.group);
            conflict.with("entries", numbers(&blocked.entries)).into()
        })
    }
}

/// Numbers of entries as a sentence names them.
#[must_use]
pub(super) fn numbers(entries: &[i64]) -> String {
    let named: Vec<String> = entries.iter().map(ToString::to_string).collect();
    named.join(", ")
}
