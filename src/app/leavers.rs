//! Who left since it was decided who goes on: the entry was withdrawn, takes no part in the next round any more while
//! somebody else can still take its place there, declined the place or did not answer its offer in time.

use crate::domain::advancement::again::{self, Changed, Later, Left, LeftFrom};
use crate::domain::advancement::{Advancement, Kept, kept};
use crate::domain::ids::GroupId;
use crate::domain::offer::{self, Offer};
use crate::domain::round::Phase;
use crate::error::{Conflict, Result};
use crate::store::rounds::Round;
use crate::store::{offers, standings};

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
            .map(|(entry, reason)| Left {
                entry,
                from: LeftFrom::Everything,
                reason,
            })
            .collect();
        for gone in later.iter().filter(|l| l.makes_room()) {
            if left.iter().all(|l| l.entry != gone.entry) {
                left.push(Left {
                    entry: gone.entry,
                    from: LeftFrom::Everything,
                    reason: gone.reason.clone(),
                });
            }
        }
        let made: Vec<Offer> = offers::of_groups(tx.conn, groups)?
            .into_iter()
            .map(|stored| stored.offer)
            .collect();
        // Whoever is judged in the next round came, answer or none.
        let judged = |entry: i64| later.iter().any(|l| l.entry == entry && l.phase != Phase::Draft);
        let declined = offer::left(&made, tx.now);
        left.extend(
            declined
                .into_iter()
                .filter(|l| l.is_settled() || !judged(l.entry)),
        );
        left.sort_by_key(|l| l.entry);
        Ok(Self { left, later })
    }

    /// Those who hold a place in a decision and left, by number.
    #[must_use]
    pub(super) fn holders(&self, decided: &Advancement) -> Vec<i64> {
        let gone = |k: &Kept| self.left.iter().any(|l| !l.is_settled() && l.gave_up(k));
        let mut held: Vec<i64> = kept(decided).into_iter().filter(gone).map(|k| k.entry).collect();
        held.sort_unstable();
        held.dedup();
        held
    }

    /// Whether an entry gave up its place in a stream, or to go on, and that was not decided about since.
    #[must_use]
    pub(super) fn declined(&self, entry: i64, place: Option<&str>) -> bool {
        let of_place = |from: &LeftFrom| matches!(from, LeftFrom::Place { stream, settled: false, .. } if stream.as_deref() == place);
        self.left.iter().any(|l| l.entry == entry && of_place(&l.from))
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
