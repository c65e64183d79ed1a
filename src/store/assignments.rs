//! Which judge marks which entry of a round.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::conn::Conn;
use super::round_judges::still_judges;
use super::schema::{
    assignments, ballots, entries, panels, round_entries, round_groups, round_judges, users,
};
use crate::domain::ids::{GroupId, JudgeId, PanelId, PublicId, RoundEntryId, RoundId};
use crate::domain::round::AssignmentStatus;
use crate::domain::text::Code;
use crate::domain::time::Stamp;
use crate::error::Result;

/// Rows of one statement: SQLite bounds its values.
const BATCH: usize = 500;

/// An assignment as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = assignments)]
pub struct Assignment {
    /// The row.
    pub id: i64,
    /// The group of the entry.
    pub group_id: GroupId,
    /// The entry.
    pub round_entry_id: RoundEntryId,
    /// The judge.
    pub judge_id: JudgeId,
    /// The panel that it comes from, if it comes from one.
    pub panel_id: Option<PanelId>,
    /// How the judge stands to the entry.
    pub status: AssignmentStatus,
    /// Why they do not mark it.
    pub reason: Option<String>,
    /// Counts changes.
    pub version: i64,
}

/// The assignments of a round, in the order they were made.
///
/// # Errors
/// When the database fails.
pub fn of_round(conn: &mut Conn, round: RoundId) -> Result<Vec<Assignment>> {
    Ok(assignments::table
        .filter(assignments::round_id.eq(round))
        .order(assignments::id)
        .select(Assignment::as_select())
        .load(conn)?)
}

/// The assignments of a group, in the order they were made.
///
/// # Errors
/// When the database fails.
pub fn of_group(conn: &mut Conn, group: GroupId) -> Result<Vec<Assignment>> {
    Ok(assignments::table
        .filter(assignments::group_id.eq(group))
        .order(assignments::id)
        .select(Assignment::as_select())
        .load(conn)?)
}

/// The entries that panels of a round mark, by number.
///
/// # Errors
/// When the database fails.
pub fn marked_by_panels(conn: &mut Conn, round: RoundId) -> Result<Vec<(PanelId, i64)>> {
    Ok(assignments::table
        .inner_join(round_entries::table.inner_join(entries::table))
        .filter(assignments::round_id.eq(round))
        .filter(assignments::panel_id.is_not_null())
        .order((assignments::panel_id, entries::number))
        .select((assignments::panel_id.assume_not_null(), entries::number))
        .distinct()
        .load(conn)?)
}

/// Who marks which entry of a round, by entry number; those who stepped down or were absent are left out.
///
/// # Errors
/// When the database fails.
pub fn assigned(conn: &mut Conn, round: RoundId) -> Result<Vec<(JudgeId, i64)>> {
    Ok(assignments::table
        .inner_join(round_entries::table.inner_join(entries::table))
        .filter(assignments::round_id.eq(round))
        .filter(assignments::status.eq(AssignmentStatus::Assigned))
        .order(entries::number)
        .select((assignments::judge_id, entries::number))
        .load(conn)?)
}

/// The assignments of a round that nobody will fulfil: no ballot counts, and the judge is no judge of the competition any
/// more, there where the entry is.
///
/// # Errors
/// When the database fails.
pub fn vacant(conn: &mut Conn, round: RoundId) -> Result<BTreeSet<i64>> {
    let vacant: Vec<i64> = assignments::table
        .inner_join(round_entries::table.inner_join(entries::table))
        .inner_join(round_judges::table)
        .left_join(ballots::table)
        .filter(assignments::round_id.eq(round))
        .filter(assignments::status.eq(AssignmentStatus::Assigned))
        .filter(ballots::counted.is_null())
        .filter(diesel::dsl::not(still_judges!()))
        .select(assignments::id)
        .load(conn)?;
    Ok(vacant.into_iter().collect())
}

/// An assignment as organizers see it.
#[derive(Debug, Clone, Queryable)]
pub struct Listed {
    /// The entry's number.
    pub entry: i64,
    /// Its group.
    pub group: Code,
    /// The judge's public id.
    pub judge: PublicId,
    /// The judge's code.
    pub code: String,
    /// How the judge stands to the entry.
    pub status: AssignmentStatus,
    /// Why they do not mark it.
    pub reason: Option<String>,
    /// The panel that it comes from, if it comes from one.
    pub panel: Option<Code>,
    /// Whether the judge is a judge of the competition still, there where the entry is.
    pub still_judges: bool,
    /// The version of the judge's ballot that counts, if one does.
    pub counted: Option<i64>,
}

/// The assignments of some groups, perhaps of one judge or entry only, by group, entry and judge.
///
/// # Errors
/// When the database fails.
pub fn listed(
    conn: &mut Conn,
    groups: &[GroupId],
    judge: Option<&str>,
    entry: Option<i64>,
) -> Result<Vec<Listed>> {
    let mut query = assignments::table
        .inner_join(round_entries::table.inner_join(entries::table))
        .inner_join(round_groups::table)
        .inner_join(round_judges::table.inner_join(users::table))
        .left_join(panels::table)
        .left_join(ballots::table.on(ballots::assignment_id.eq(assignments::id)))
        .filter(assignments::group_id.eq_any(groups.to_vec()))
        .order((assignments::group_id, entries::number, round_judges::id))
        .select((
            entries::number,
            round_groups::code,
            users::public_id,
            round_judges::code,
            assignments::status,
            assignments::reason,
            panels::code.nullable(),
            still_judges!(),
            ballots::counted.nullable(),
        ))
        .into_boxed();
    if let Some(judge) = judge {
        query = query.filter(users::public_id.eq(judge.to_owned()));
    }
    if let Some(entry) = entry {
        query = query.filter(entries::number.eq(entry));
    }
    Ok(query.load(conn)?)
}

/// The assignments of an entry, in the order they were made.
///
/// # Errors
/// When the database fails.
pub fn of_entry(conn: &mut Conn, entry: RoundEntryId) -> Result<Vec<Assignment>> {
    Ok(assignments::table
        .filter(assignments::round_entry_id.eq(entry))
        .order(assignments::id)
        .select(Assignment::as_select())
        .load(conn)?)
}

/// An assignment about to be made.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = assignments, treat_none_as_default_value = false)]
pub struct NewAssignment {
    /// The round.
    pub round_id: RoundId,
    /// The group of the entry.
    pub group_id: GroupId,
    /// The entry.
    pub round_entry_id: RoundEntryId,
    /// The judge.
    pub judge_id: JudgeId,
    /// The panel that it comes from, if it comes from one.
    pub panel_id: Option<PanelId>,
    /// `assigned`.
    pub status: AssignmentStatus,
    /// When.
    pub changed_at: Stamp,
    /// 1.
    pub version: i64,
}

/// Makes assignments.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, new: &[NewAssignment]) -> Result<()> {
    for batch in new.chunks(BATCH) {
        let batch = batch.to_vec();
        each!(conn, c => diesel::insert_into(assignments::table).values(&batch).execute(c))?;
    }
    Ok(())
}

/// Takes assignments back: only while the group is a draft, since the group's revision counts them from then on.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut Conn, gone: &[i64]) -> Result<()> {
    for batch in gone.chunks(BATCH) {
        diesel::delete(assignments::table.filter(assignments::id.eq_any(batch))).execute(conn)?;
    }
    Ok(())
}

/// Makes assignments part of a panel.
///
/// # Errors
/// When the database fails.
pub fn adopt(conn: &mut Conn, panel: PanelId, adopted: &[i64], now: Stamp) -> Result<()> {
    for batch in adopted.chunks(BATCH) {
        diesel::update(assignments::table.filter(assignments::id.eq_any(batch)))
            .set((
                assignments::panel_id.eq(panel),
                assignments::changed_at.eq(now),
                assignments::version.eq(assignments::version + 1),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Changes how judges stand to entries; says how many assignments changed.
///
/// # Errors
/// When the database fails.
pub fn set_status(
    conn: &mut Conn,
    changed: &[i64],
    status: AssignmentStatus,
    reason: Option<&str>,
    now: Stamp,
) -> Result<usize> {
    let mut count = 0;
    for batch in changed.chunks(BATCH) {
        count += diesel::update(assignments::table.filter(assignments::id.eq_any(batch)))
            .set((
                assignments::status.eq(status),
                assignments::reason.eq(reason),
                assignments::changed_at.eq(now),
                assignments::version.eq(assignments::version + 1),
            ))
            .execute(conn)?;
    }
    Ok(count)
}
