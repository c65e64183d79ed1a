//! Entries in a round.

use diesel::prelude::*;

use super::conn::Conn;
use super::marks::Marks;
use super::schema::{entries, round_entries};
use super::sql_types::Json;
use crate::domain::ids::{EntryId, GroupId, RegionId, RoundEntryId, RoundId};
use crate::domain::round::Participation;
use crate::domain::text::Text;
use crate::error::Result;

/// What every query here gives.
macro_rules! select {
    () => {
        round_entries::table
            .inner_join(entries::table)
            .order(entries::number)
            .select((
                round_entries::id,
                entries::id,
                entries::number,
                entries::title,
                entries::region_id,
                round_entries::group_id,
                round_entries::status,
                round_entries::status_reason,
                round_entries::recorded,
                round_entries::recorded_version,
                round_entries::version,
            ))
    };
}

/// An entry in a round.
#[derive(Debug, Clone, Queryable)]
pub struct RoundEntry {
    /// The entry in this round.
    pub id: RoundEntryId,
    /// The entry.
    pub entry: EntryId,
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: Json<Text>,
    /// Its region.
    pub region: Option<RegionId>,
    /// Its group.
    pub group: GroupId,
    /// How it takes part.
    pub status: Participation,
    /// Why it no longer does.
    pub status_reason: Option<String>,
    /// Recorded values by criterion, a JSON object.
    pub recorded: Json<Marks>,
    /// Counts changes of the recorded values.
    pub recorded_version: i64,
    /// Counts changes of the status.
    pub version: i64,
}

/// The entries of a round, by number.
///
/// # Errors
/// When the database fails.
pub fn of_round(conn: &mut Conn, round: RoundId) -> Result<Vec<RoundEntry>> {
    Ok(select!().filter(round_entries::round_id.eq(round)).load(conn)?)
}

/// The entries of a group, by number.
///
/// # Errors
/// When the database fails.
pub fn of_group(conn: &mut Conn, group: GroupId) -> Result<Vec<RoundEntry>> {
    Ok(select!().filter(round_entries::group_id.eq(group)).load(conn)?)
}

/// The entry of a round with a number.
///
/// # Errors
/// When the database fails.
pub fn by_number(conn: &mut Conn, round: RoundId, number: i64) -> Result<Option<RoundEntry>> {
    Ok(select!()
        .filter(round_entries::round_id.eq(round))
        .filter(entries::number.eq(number))
        .first(conn)
        .optional()?)
}

/// Changes whether an entry takes part, from one state to another, with the reason; says whether it was in the first.
///
/// # Errors
/// When the database fails.
pub fn change_participation(
    conn: &mut Conn,
    entry: RoundEntryId,
    (from, to): (Participation, Participation),
    reason: Option<&str>,
) -> Result<bool> {
    let as_it_was = round_entries::table
        .find(entry)
        .filter(round_entries::status.eq(from));
    let changed = diesel::update(as_it_was)
        .set((
            round_entries::status.eq(to),
            round_entries::status_reason.eq(reason),
            round_entries::version.eq(round_entries::version + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
