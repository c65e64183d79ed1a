//! Sheets that were read already, for the standings of groups that are being judged.
//!
//! A submitted version of a ballot never changes, so what is kept is known by the ballot and the number of its version, and
//! one version of each ballot is enough.
//! Which versions count is read anew each time, in the transaction that asks; only marks that are not here are read with
//! it. Whoever writes, and on whatever node, there is nothing here that could be out of date. A transaction that writes
//! takes nothing from here and leaves nothing: what it sees may never be committed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::app::Tx;
use crate::app::meters::{Meters, Outcome};
use crate::domain::ids::{BallotId, GroupId, RoundEntryId};
use crate::domain::points::Points;
use crate::domain::rules::Rules;
use crate::domain::scoring::Sheet;
use crate::error::Result;
use crate::store::ballots::{self, Counted};
use crate::store::marks;

/// The memory of all groups together, in bytes: a round of 100,000 entries and seven judges fits.
const ROOM: usize = 128 << 20;
/// What a sheet takes beside its marks: its place in the map, which is half full on average, and its allocation, about.
const SHEET: usize = 72;
/// What a mark takes.
const MARK: usize = size_of::<Mark>();

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
    sheets: HashMap<BallotId, Known>,
}

/// The marks of a version of a ballot.
#[derive(Debug)]
struct Known {
    number: i64,
    marks: Box<[Mark]>,
}

/// A mark in thousandths, in half the memory of an `Option`; no mark is so low.
#[derive(Debug, Clone, Copy)]
struct Mark(i64);

impl Mark {
    const NONE: i64 = i64::MIN;

    fn of(mark: Option<Points>) -> Self {
        Self(mark.map_or(Self::NONE, Points::thousandths))
    }

    fn get(self) -> Option<Points> {
        (self.0 != Self::NONE).then(|| Points::from_thousandths(self.0))
    }
}

impl Kept {
    fn find(&self, one: &Counted) -> Option<&Known> {
        self.sheets
            .get(&one.ballot)
            .filter(|known| known.number == one.number)
    }
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
        let judges = ballots::judges_of_group(tx.conn, group)?;
        let counted = ballots::counted(tx.conn, group)?;
        let unknown: Vec<BallotId> = counted
            .iter()
            .filter(|one| kept.find(one).is_none())
            .map(|one| one.ballot)
            .collect();
        self.count("read", unknown.len());
        self.count("kept", counted.len() - unknown.len());
        // Most are unknown at first: then one pass over the group is cheaper than looking each up.
        let read = if unknown.len() > counted.len() / 4 {
            ballots::marks_of_group(tx.conn, group)?
        } else {
            ballots::marks_of(tx.conn, &unknown)?
        };
        kept.sheets.reserve(unknown.len());
        let codes: Vec<_> = rules.rubric.marked().map(|slot| slot.code()).collect();
        for (ballot, number, stored) in read {
            let marks = marks::in_order(&stored, &codes)?
                .iter()
                .map(|mark| Mark::of(*mark))
                .collect();
            kept.sheets.insert(ballot, Known { number, marks });
        }
        if kept.sheets.len() > 2 * counted.len() + 64 {
            let current: HashSet<_> = counted.iter().map(|one| one.ballot).collect();
            kept.sheets.retain(|ballot, _| current.contains(ballot));
        }
        let sheets = sheets(&kept, &judges, counted);
        let bytes = kept.sheets.len() * (SHEET + codes.len() * MARK);
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

/// The sheets by entry, each entry's in the order of the judges.
fn sheets(
    kept: &Kept,
    judges: &[(i64, String)],
    counted: Vec<Counted>,
) -> BTreeMap<RoundEntryId, Vec<Sheet>> {
    let places: HashMap<i64, usize> = judges
        .iter()
        .zip(0..)
        .map(|((id, _), place)| (*id, place))
        .collect();
    let mut counted: Vec<_> = counted
        .into_iter()
        .filter_map(|one| Some((one.place, *places.get(&one.judge)?, one)))
        .collect();
    counted.sort_unstable_by_key(|(entry, judge, _)| (*entry, *judge));
    let mut sheets: BTreeMap<RoundEntryId, Vec<Sheet>> = BTreeMap::new();
    for (entry, judge, one) in counted {
        if let (Some(known), Some((_, code))) = (kept.find(&one), judges.get(judge)) {
            sheets.entry(entry).or_default().push(Sheet {
                judge: code.clone(),
                marks: known.marks.iter().map(|mark| mark.get()).collect(),
            });
        }
    }
    sheets
}

impl Group {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
