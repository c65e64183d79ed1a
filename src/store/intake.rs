//! Taking entries into the groups of a round.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{advancement_outcomes, advancements, assignments, entries, round_entries, round_groups};
use super::sql_types::Json;
use crate::domain::entry::EntryStatus;
use crate::domain::ids::{CompetitionId, EntryId, GroupId, RegionId, RoundEntryId, RoundId, TrackId};
use crate::domain::round::{Participation, Phase};
use crate::domain::text::{Code, Text};
use crate::domain::time::Stamp;
use crate::error::Result;

/// Rows of one INSERT: SQLite bounds the values of a statement.
const BATCH: usize = 500;

/// An entry that may be taken in.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = entries)]
pub struct Candidate {
    /// The entry.
    pub id: EntryId,
    /// Its number.
    pub number: i64,
    /// Its region.
    pub region_id: Option<RegionId>,
    /// Its track.
    pub track_id: Option<TrackId>,
    /// Its answers to custom fields, a JSON object.
    pub answers: Json<serde_json::Map<String, serde_json::Value>>,
}

/// An entry with how far it came.
#[derive(Debug, Clone, Queryable)]
pub struct Entrant {
    /// What it is grouped by.
    pub candidate: Candidate,
    /// How far it is.
    pub status: EntryStatus,
    /// When it was submitted.
    pub submitted_at: Option<Stamp>,
    /// When it was accepted or rejected.
    pub screened_at: Option<Stamp>,
}

/// All entries of a competition, by number.
///
/// # Errors
/// When the database fails.
pub fn entrants(conn: &mut Conn, competition: CompetitionId) -> Result<Vec<Entrant>> {
    Ok(entries::table
        .filter(entries::competition_id.eq(competition))
        .order(entries::number)
        .select((
            Candidate::as_select(),
            entries::status,
            entries::submitted_at,
            entries::screened_at,
        ))
        .load(conn)?)
}

/// The accepted entries of a competition, by number.
///
/// # Errors
/// When the database fails.
pub fn accepted(conn: &mut Conn, competition: CompetitionId) -> Result<Vec<Candidate>> {
    Ok(entries::table
        .filter(entries::competition_id.eq(competition))
        .filter(entries::status.eq(EntryStatus::Accepted))
        .order(entries::number)
        .select(Candidate::as_select())
        .load(conn)?)
}

/// The entries that go on from a round as it is decided now, or that are invited to one of its streams, by number; those
/// that were withdrawn since are left out.
///
/// # Errors
/// When the database fails.
pub fn advanced(conn: &mut Conn, round: RoundId, stream: Option<&Code>) -> Result<Vec<Candidate>> {
    let outcome = stream.map_or("advances", |_| "invited");
    let mut chosen = entries::table
        .inner_join(
            round_entries::table.inner_join(advancement_outcomes::table.inner_join(advancements::table)),
        )
        .filter(advancements::round_id.eq(round))
        .filter(advancements::superseded_at.is_null())
        .filter(advancement_outcomes::outcome.eq(outcome))
        .filter(round_entries::status.eq(Participation::TakingPart))
        .filter(entries::status.eq(EntryStatus::Accepted))
        .order(entries::number)
        .select(Candidate::as_select())
        .distinct()
        .into_boxed();
    if let Some(stream) = stream {
        chosen = chosen.filter(advancement_outcomes::stream.eq(stream.as_str()));
    }
    Ok(chosen.load(conn)?)
}

/// Whether it is decided of any group of a round who goes on.
///
/// # Errors
/// When the database fails.
pub fn is_decided(conn: &mut Conn, round: RoundId) -> Result<bool> {
    let current = advancements::table
        .filter(advancements::round_id.eq(round))
        .filter(advancements::superseded_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(current)).get_result(conn)?)
}

/// An entry that is in a round already.
#[derive(Debug, Clone, Queryable)]
pub struct Placed {
    /// The entry in the round.
    pub id: RoundEntryId,
    /// The entry.
    pub entry: EntryId,
    /// Its number.
    pub number: i64,
    /// Its group.
    pub group: GroupId,
}

/// The entries of a round, by number.
///
/// # Errors
/// When the database fails.
pub fn placed(conn: &mut Conn, round: RoundId) -> Result<Vec<Placed>> {
    Ok(round_entries::table
        .inner_join(entries::table)
        .filter(round_entries::round_id.eq(round))
        .order(entries::number)
        .select((
            round_entries::id,
            entries::id,
            entries::number,
            round_entries::group_id,
        ))
        .load(conn)?)
}

/// A group that exists: what its entries have in common, how far it is.
#[derive(Debug, Clone, Queryable)]
pub struct KeyedGroup {
    /// The group.
    pub id: GroupId,
    /// Its name in addresses.
    pub code: Code,
    /// The codes of the values that its entries share.
    pub key: Json<Vec<Code>>,
    /// How far it is.
    pub phase: Phase,
}

/// The groups of a round, in the order they were made.
///
/// # Errors
/// When the database fails.
pub fn groups(conn: &mut Conn, round: RoundId) -> Result<Vec<KeyedGroup>> {
    Ok(round_groups::table
        .filter(round_groups::round_id.eq(round))
        .order(round_groups::id)
        .select((
            round_groups::id,
            round_groups::code,
            round_groups::group_key,
            round_groups::phase,
        ))
        .load(conn)?)
}

/// A group about to be made.
#[derive(Debug, Clone)]
pub struct NewGroup {
    /// The round.
    pub round: RoundId,
    /// Its name in addresses.
    pub code: Code,
    /// What it is called.
    pub title: Json<Text>,
    /// The codes of the values that its entries share.
    pub key: Json<Vec<Code>>,
    /// The region, when groups are by region.
    pub region: Option<RegionId>,
}

/// Makes a draft group.
///
/// # Errors
/// When the database fails.
pub fn insert_group(conn: &mut Conn, new: &NewGroup) -> Result<GroupId> {
    Ok(diesel::insert_into(round_groups::table)
        .values((
            round_groups::round_id.eq(new.round),
            round_groups::code.eq(&new.code),
            round_groups::title.eq(&new.title),
            round_groups::group_key.eq(&new.key),
            round_groups::region_id.eq(new.region),
            round_groups::phase.eq(Phase::Draft),
            round_groups::version.eq(1),
        ))
        .returning(round_groups::id)
        .get_result(conn)?)
}

#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = round_entries, treat_none_as_default_value = false)]
struct NewRoundEntry {
    round_id: RoundId,
    group_id: GroupId,
    entry_id: EntryId,
    status: Participation,
    recorded: &'static str,
    recorded_version: i64,
    created_at: Stamp,
    version: i64,
    taken_from: Option<RoundId>,
}

/// Takes entries into groups: those that go on from an earlier round, or without one accepted ones.
///
/// # Errors
/// When the database fails.
pub fn insert(
    conn: &mut Conn,
    round: RoundId,
    source: Option<RoundId>,
    places: &[(EntryId, GroupId)],
    now: Stamp,
) -> Result<()> {
    for batch in places.chunks(BATCH) {
        let rows: Vec<_> = batch
            .iter()
            .map(|(entry, group)| NewRoundEntry {
                round_id: round,
                group_id: *group,
                entry_id: *entry,
                status: Participation::TakingPart,
                recorded: "{}",
                recorded_version: 0,
                created_at: now,
                version: 1,
                taken_from: source,
            })
            .collect();
        each!(conn, c => diesel::insert_into(round_entries::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Takes entries out of their draft groups, with their assignments; nothing else can rest on them yet.
///
/// # Errors
/// When the database fails.
pub fn remove(conn: &mut Conn, gone: &[RoundEntryId]) -> Result<()> {
    for batch in gone.chunks(BATCH) {
        diesel::delete(assignments::table.filter(assignments::round_entry_id.eq_any(batch))).execute(conn)?;
        diesel::delete(round_entries::table.filter(round_entries::id.eq_any(batch))).execute(conn)?;
    }
    Ok(())
}
