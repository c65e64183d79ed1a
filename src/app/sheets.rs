//! Sheets that were read already, for the standings of groups that are being judged.
//!
//! A submitted version of a ballot never changes, so what is kept is known by the ballot and the number of its version.
//! Which versions count is read anew each time, in the transaction that asks; only marks that are not here are read with
//! it. Whoever writes, and on whatever node, there is nothing here that could be out of date. A transaction that writes
//! takes nothing from here and leaves nothing: what it sees may never be committed.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::app::Tx;
use crate::app::meters::{Meters, Outcome};
use crate::domain::ids::{BallotId, GroupId, RoundEntryId};
use crate::domain::points::Points;
use crate::domain::rules::Rules;
use crate::domain::scoring::Sheet;
use crate::domain::scoring::ballot::stored_marks;
use crate::error::Result;
use crate::store::ballots::{self, Counted};

/// The memory of all groups together, in bytes.
const ROOM: usize = 64 << 20;
/// What a sheet takes beside its marks, and a mark: in the map, about.
const SHEET: usize = 72;
const MARK: usize = size_of::<Option<Points>>();

/// The sheets of the groups that were asked for last.
#[derive(Debug)]
pub(super) struct Sheets {
    groups: Mutex<HashMap<GroupId, Arc<Group>>>,
    turn: AtomicU64,
    room: usize,
    meters: Arc<Meters>,
}

#[derive(Debug, Default)]
struct Group {
    kept: Mutex<Kept>,
    bytes: AtomicU64,
    used: AtomicU64,
}

#[derive(Debug, Default)]
struct Kept {
    /// The version of the rules whose rubric the marks follow.
    rules_version: i64,
    marks: HashMap<(BallotId, i64), Box<[Option<Points>]>>,
}

impl Sheets {
    pub(super) fn new(meters: Arc<Meters>) -> Self {
        Self {
            groups: Mutex::default(),
            turn: AtomicU64::new(0),
            room: ROOM,
            meters,
        }
    }

    /// The sheets of a group that count, by entry, in the order of the judges' codes.
    pub(super) fn of_group(
        &self,
        tx: &mut Tx<'_>,
        group: GroupId,
        rules_version: i64,
        rules: &Rules,
    ) -> Result<BTreeMap<RoundEntryId, Vec<Sheet>>> {
        let place = self.place(group);
        let mut kept = place.kept();
        if kept.rules_version != rules_version {
            *kept = Kept {
                rules_version,
                ..Kept::default()
            };
        }
        let counted = ballots::counted(tx.conn, group)?;
        let unknown: Vec<_> = counted
            .iter()
            .filter(|c| !kept.marks.contains_key(&c.version()))
            .collect();
        self.count("read", unknown.len());
        self.count("kept", counted.len() - unknown.len());
        // Most are unknown at first: then one pass over the group is cheaper than looking each up.
        let read = if unknown.len() > counted.len() / 4 {
            ballots::marks_of_group(tx.conn, group)?
        } else {
            ballots::marks_of(tx.conn, unknown.iter().map(|c| c.version()))?
        };
        for (ballot, number, marks) in read {
            let marks = stored_marks(&rules.rubric, &marks.points()).in_order;
            kept.marks.insert((ballot, number), marks.into());
        }
        if kept.marks.len() > 2 * counted.len() + 64 {
            let current: std::collections::HashSet<_> = counted.iter().map(Counted::version).collect();
            kept.marks.retain(|version, _| current.contains(version));
        }
        let mut sheets: BTreeMap<RoundEntryId, Vec<Sheet>> = BTreeMap::new();
        for one in counted {
            let Some(marks) = kept.marks.get(&one.version()) else {
                continue;
            };
            sheets.entry(one.place).or_default().push(Sheet {
                marks: marks.to_vec(),
                judge: one.judge,
            });
        }
        let marks: usize = kept.marks.values().map(|marks| marks.len()).sum();
        let bytes = kept.marks.len() * SHEET + marks * MARK;
        drop(kept);
        place
            .bytes
            .store(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.make_room();
        Ok(sheets)
    }

    fn place(&self, group: GroupId) -> Arc<Group> {
        let place = Arc::clone(self.groups().entry(group).or_default());
        place
            .used
            .store(self.turn.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        place
    }

    /// Forgets the groups that nobody asked for longest, until the others fit.
    fn make_room(&self) {
        let mut groups = self.groups();
        let bytes = |groups: &HashMap<GroupId, Arc<Group>>| -> u64 {
            groups.values().map(|g| g.bytes.load(Ordering::Relaxed)).sum()
        };
        let room = u64::try_from(self.room).unwrap_or(u64::MAX);
        while bytes(&groups) > room {
            let oldest = groups.iter().min_by_key(|(_, g)| g.used.load(Ordering::Relaxed));
            let Some(id) = oldest.map(|(id, _)| *id) else {
                break;
            };
            groups.remove(&id);
        }
        self.meters
            .sheets_bytes
            .set(i64::try_from(bytes(&groups)).unwrap_or(i64::MAX));
    }

    fn count(&self, outcome: &'static str, how_many: usize) {
        let how_many = u64::try_from(how_many).unwrap_or(u64::MAX);
        self.meters
            .sheets
            .get_or_create(&Outcome { outcome })
            .inc_by(how_many);
    }

    fn groups(&self) -> MutexGuard<'_, HashMap<GroupId, Arc<Group>>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Group {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
