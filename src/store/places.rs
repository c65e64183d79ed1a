//! Where a ballot belongs: an entry in a round, the judges who sit before it, and the phase and rules that it rests on.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::conn::Conn;
use super::dialect;
use super::schema::{
    assignments, entries, panel_judges, panels, round_entries, round_groups, round_judges, rounds,
    rules_versions, users,
};
use crate::domain::ids::{
    AssignmentId, CompetitionId, EntryId, GroupId, PublicId, RegionId, RoundEntryId, RoundId, UserId,
};
use crate::domain::round::{AssignmentStatus, Participation, Phase};
use crate::domain::text::Code;
use crate::error::Result;

/// An entry in a round, with what permissions depend on.
#[derive(Debug, Clone, Queryable)]
pub struct Place {
    /// The row of the entry in the round.
    pub id: RoundEntryId,
    /// The entry's number.
    pub number: i64,
    /// The group in which it is ranked.
    pub group: GroupId,
    /// The group's code.
    pub group_code: Code,
    /// How far the group is.
    pub phase: Phase,
    /// The entry's region.
    pub region: Option<RegionId>,
    /// Who owns the entry.
    pub owner: Option<UserId>,
    /// Whether it still takes part.
    pub status: Participation,
}

/// The entry with a number in a round.
///
/// # Errors
/// When the database fails.
pub fn by_number(conn: &mut Conn, round: RoundId, number: i64) -> Result<Option<Place>> {
    Ok(round_entries::table
        .inner_join(entries::table)
        .inner_join(round_groups::table)
        .filter(round_entries::round_id.eq(round))
        .filter(entries::number.eq(number))
        .select((
            round_entries::id,
            entries::number,
            round_groups::id,
            round_groups::code,
            round_groups::phase,
            entries::region_id,
            entries::owner_id,
            round_entries::status,
        ))
        .get_result(conn)
        .optional()?)
}

/// A judge's assignment to an entry.
#[derive(Debug, Clone, Queryable)]
pub struct Seat {
    /// The row.
    pub assignment: AssignmentId,
    /// Who judges.
    pub user: UserId,
    /// What clients see of them.
    pub judge: PublicId,
    /// What they are called.
    pub name: String,
    /// Their code in the round.
    pub code: String,
    /// The class of judges that they belong to.
    pub class: Option<String>,
    /// Whether their sheet is opened only to break a tie.
    pub sealed: bool,
    /// Whether they are to mark the entry.
    pub status: AssignmentStatus,
}

/// The query of [`Seat`]s.
macro_rules! seats {
    () => {
        assignments::table
            .inner_join(round_judges::table.inner_join(users::table))
            .select((
                assignments::id,
                users::id,
                users::public_id,
                users::name,
                round_judges::code,
                round_judges::class,
                round_judges::is_sealed,
                assignments::status,
            ))
    };
}

/// The assignment of a person to an entry.
///
/// # Errors
/// When the database fails.
pub fn seat(conn: &mut Conn, place: RoundEntryId, user: UserId) -> Result<Option<Seat>> {
    Ok(seats!()
        .filter(assignments::round_entry_id.eq(place))
        .filter(round_judges::user_id.eq(user))
        .get_result(conn)
        .optional()?)
}

/// The assignment of the judge with a public id to an entry.
///
/// # Errors
/// When the database fails.
pub fn seat_of(conn: &mut Conn, place: RoundEntryId, judge: &PublicId) -> Result<Option<Seat>> {
    Ok(seats!()
        .filter(assignments::round_entry_id.eq(place))
        .filter(users::public_id.eq(judge))
        .get_result(conn)
        .optional()?)
}

/// Every assignment to an entry, in the order of the judges' codes.
///
/// # Errors
/// When the database fails.
pub fn seats(conn: &mut Conn, place: RoundEntryId) -> Result<Vec<Seat>> {
    Ok(seats!()
        .filter(assignments::round_entry_id.eq(place))
        .order((round_judges::code, assignments::id))
        .load(conn)?)
}

/// How somebody takes part in judging a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bench {
    /// They are assigned to an entry of it.
    pub judges: bool,
    /// They chair one of its panels.
    pub chairs: bool,
}

/// How a person takes part in judging a group.
///
/// # Errors
/// When the database fails.
pub fn bench(conn: &mut Conn, group: GroupId, user: UserId) -> Result<Bench> {
    let judging = assignments::table
        .inner_join(round_judges::table)
        .filter(assignments::group_id.eq(group))
        .filter(round_judges::user_id.eq(user));
    let chairing = panel_judges::table
        .inner_join(panels::table)
        .inner_join(round_judges::table)
        .filter(panels::group_id.eq(group))
        .filter(round_judges::user_id.eq(user))
        .filter(panel_judges::is_chair.eq(true));
    Ok(Bench {
        judges: diesel::select(diesel::dsl::exists(judging)).get_result(conn)?,
        chairs: diesel::select(diesel::dsl::exists(chairing)).get_result(conn)?,
    })
}

/// The groups of a competition in which a person is assigned to judge.
///
/// # Errors
/// When the database fails.
pub fn judged_groups(conn: &mut Conn, competition: CompetitionId, user: UserId) -> Result<BTreeSet<GroupId>> {
    let groups: Vec<GroupId> = assignments::table
        .inner_join(rounds::table)
        .inner_join(round_judges::table)
        .filter(rounds::competition_id.eq(competition))
        .filter(round_judges::user_id.eq(user))
        .select(assignments::group_id)
        .distinct()
        .load(conn)?;
    Ok(groups.into_iter().collect())
}

/// The groups of a competition that are not closed and in which a person is assigned to judge, with their rounds.
///
/// # Errors
/// When the database fails.
pub fn judged_now(conn: &mut Conn, competition: CompetitionId, user: UserId) -> Result<Vec<(GroupId, Code)>> {
    let judging = assignments::table
        .inner_join(round_judges::table)
        .filter(assignments::group_id.eq(round_groups::id))
        .filter(round_judges::user_id.eq(user));
    Ok(round_groups::table
        .inner_join(rounds::table)
        .filter(rounds::competition_id.eq(competition))
        .filter(round_groups::phase.eq_any([Phase::Draft, Phase::Open]))
        .filter(diesel::dsl::exists(judging))
        .order(round_groups::id)
        .select((round_groups::id, rounds::code))
        .load(conn)?)
}

/// The entries, with their numbers, of the groups that [`judged_now`] gives.
///
/// # Errors
/// When the database fails.
pub fn judged_by(
    conn: &mut Conn,
    competition: CompetitionId,
    user: UserId,
) -> Result<BTreeMap<EntryId, i64>> {
    let groups: Vec<GroupId> = judged_now(conn, competition, user)?
        .into_iter()
        .map(|(group, _)| group)
        .collect();
    if groups.is_empty() {
        return Ok(BTreeMap::new());
    }
    let entries: Vec<(EntryId, i64)> = round_entries::table
        .inner_join(entries::table)
        .filter(round_entries::group_id.eq_any(groups))
        .select((entries::id, entries::number))
        .load(conn)?;
    Ok(entries.into_iter().collect())
}

/// What a group stands on: how far it is, and the rules of its round.
#[derive(Debug, Clone, Queryable)]
pub struct Footing {
    /// How far the group is.
    pub phase: Phase,
    /// The current version of the rules; 0 while there are none.
    pub rules_version: i64,
    /// Their document.
    pub rules: Option<String>,
}

/// The phase and the rules of a group as they are.
///
/// # Errors
/// When the database fails.
pub fn footing(conn: &mut Conn, group: GroupId) -> Result<Footing> {
    let current = rules_versions::round_id
        .eq(rounds::id)
        .and(rules_versions::number.eq(rounds::rules_version));
    Ok(round_groups::table
        .inner_join(rounds::table)
        .left_join(rules_versions::table.on(current))
        .filter(round_groups::id.eq(group))
        .select((
            round_groups::phase,
            rounds::rules_version,
            rules_versions::document.nullable(),
        ))
        .get_result(conn)?)
}

/// The phase and the rules of a group, which stay so until this transaction ends.
///
/// # Errors
/// When the database fails.
pub fn locked_footing(conn: &mut Conn, group: GroupId) -> Result<Footing> {
    dialect::lock_phase_shared(conn, group)?;
    footing(conn, group)
}
