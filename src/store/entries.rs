//! Entries and their teams.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{
    assignments, competitions, entries, regions, round_entries, round_groups, round_judges, team_members,
    tracks, users,
};
use super::sql_types::Json;
use crate::domain::entry::{EntryStatus, TeamMember};
use crate::domain::fields::Answers;
use crate::domain::ids::{CompetitionId, EntryId, GroupId, PublicId, RegionId, TrackId, UserId};
use crate::domain::round::{AssignmentStatus, Participation, Phase};
use crate::domain::text::{Code, Email, Slug, Text};
use crate::domain::time::Stamp;
use crate::error::Result;

/// Rows of one INSERT: SQLite takes at most 32,766 values.
const CHUNK: usize = 500;

/// An entry as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = entries)]
pub struct Entry {
    /// The row.
    pub id: EntryId,
    /// The competition it belongs to.
    pub competition_id: CompetitionId,
    /// Its number there, never reused.
    pub number: i64,
    /// Whose it is; nobody's when organizers entered it.
    pub owner_id: Option<UserId>,
    /// How far it is.
    pub status: EntryStatus,
    /// Why, where somebody said so.
    pub status_reason: Option<String>,
    /// The project's title.
    pub title: Json<Text>,
    /// What it is about.
    pub summary: Json<Text>,
    /// Its track.
    pub track_id: Option<TrackId>,
    /// Its region.
    pub region_id: Option<RegionId>,
    /// The company, school or institute behind it.
    pub institution: Option<String>,
    /// The country it comes from.
    pub country: Option<String>,
    /// Answers to the competition's fields.
    pub answers: Json<Answers>,
    /// When it was handed in.
    pub submitted_at: Option<Stamp>,
    /// Counts changes.
    pub version: i64,
}

/// An entry with the codes and the owner that its columns point to.
#[derive(Debug, Clone, Queryable)]
pub struct Shown {
    /// The entry.
    pub entry: Entry,
    /// Its track.
    pub track: Option<Code>,
    /// Its region.
    pub region: Option<Code>,
    /// Its owner: public id and name.
    pub owner: Option<(PublicId, String)>,
}

/// What an entry says, as it is stored.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = entries, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Stored {
    /// The project's title.
    pub title: Json<Text>,
    /// What it is about.
    pub summary: Json<Text>,
    /// Its track.
    pub track_id: Option<TrackId>,
    /// Its region.
    pub region_id: Option<RegionId>,
    /// The company, school or institute behind it.
    pub institution: Option<String>,
    /// The country it comes from.
    pub country: Option<String>,
    /// Answers to the competition's fields.
    pub answers: Json<Answers>,
}

/// An entry about to be added.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
pub struct NewEntry {
    /// The competition it belongs to.
    pub competition_id: CompetitionId,
    /// Its number there.
    pub number: i64,
    /// Whose it is.
    pub owner_id: Option<UserId>,
    /// How far it is.
    pub status: EntryStatus,
    /// What it says.
    #[diesel(embed)]
    pub stored: Stored,
    /// When.
    pub created_at: Stamp,
    /// When.
    pub updated_at: Stamp,
    /// When it was handed in.
    pub submitted_at: Option<Stamp>,
    /// When it was accepted.
    pub screened_at: Option<Stamp>,
    /// 1.
    pub version: i64,
}

#[derive(Insertable)]
#[diesel(table_name = team_members, treat_none_as_default_value = false)]
struct NewMember<'a> {
    entry_id: EntryId,
    position: i64,
    name: &'a str,
    email: Option<&'a Email>,
    role: Option<&'a str>,
}

/// How many entries somebody owns in a competition, whatever became of them.
///
/// # Errors
/// When the database fails.
pub fn of_owner(conn: &mut Conn, competition: CompetitionId, owner: UserId) -> Result<i64> {
    Ok(entries::table
        .filter(entries::competition_id.eq(competition))
        .filter(entries::owner_id.eq(owner))
        .count()
        .get_result(conn)?)
}

/// Adds entries with their teams, which stand in the same order.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, new: &[NewEntry], teams: &[&[TeamMember]]) -> Result<()> {
    let (Some(first), Some(last)) = (new.first(), new.last()) else {
        return Ok(());
    };
    for chunk in new.chunks(CHUNK) {
        each!(conn, c => diesel::insert_into(entries::table).values(chunk).execute(c))?;
    }
    let ids: Vec<EntryId> = entries::table
        .filter(entries::competition_id.eq(first.competition_id))
        .filter(entries::number.between(first.number, last.number))
        .order(entries::number)
        .select(entries::id)
        .load(conn)?;
    let rows: Vec<_> = ids
        .iter()
        .zip(teams)
        .flat_map(|(id, team)| members(*id, team))
        .collect();
    insert_members(conn, &rows)
}

/// Sets what an entry says, if it still has this version. Gives whether it had.
///
/// # Errors
/// When the database fails.
pub fn update(
    conn: &mut Conn,
    entry: &Entry,
    stored: &Stored,
    team: &[TeamMember],
    now: Stamp,
) -> Result<bool> {
    let changed = diesel::update(entries::table.find(entry.id))
        .filter(entries::version.eq(entry.version))
        .set((
            stored,
            entries::updated_at.eq(now),
            entries::version.eq(entry.version + 1),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Ok(false);
    }
    diesel::delete(team_members::table.filter(team_members::entry_id.eq(entry.id))).execute(conn)?;
    let rows: Vec<_> = members(entry.id, team).collect();
    insert_members(conn, &rows)?;
    Ok(true)
}

fn members(entry: EntryId, team: &[TeamMember]) -> impl Iterator<Item = NewMember<'_>> {
    (1_i64..).zip(team).map(move |(position, member)| NewMember {
        entry_id: entry,
        position,
        name: &member.name,
        email: member.email.as_ref(),
        role: member.role.as_deref(),
    })
}

fn insert_members(conn: &mut Conn, rows: &[NewMember<'_>]) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        each!(conn, c => diesel::insert_into(team_members::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// A step in an entry's life.
#[derive(Debug, Clone)]
pub struct Step<'a> {
    /// How far it is now.
    pub status: EntryStatus,
    /// Why.
    pub reason: Option<&'a str>,
    /// When.
    pub now: Stamp,
}

/// Takes an entry a step further, if it still has this version. Gives whether it had.
///
/// # Errors
/// When the database fails.
pub fn step(conn: &mut Conn, entry: &Entry, step: &Step<'_>) -> Result<bool> {
    let at = |yes: bool| yes.then_some(step.now);
    let submitted = entry.submitted_at.or(at(step.status == EntryStatus::Submitted));
    let screened = matches!(step.status, EntryStatus::Accepted | EntryStatus::Rejected);
    let changed = diesel::update(entries::table.find(entry.id))
        .filter(entries::version.eq(entry.version))
        .set((
            entries::status.eq(step.status),
            entries::status_reason.eq(step.reason),
            entries::submitted_at.eq(submitted),
            entries::updated_at.eq(step.now),
            entries::version.eq(entry.version + 1),
        ))
        .execute(conn)?;
    if changed == 1 && screened {
        diesel::update(entries::table.find(entry.id))
            .set(entries::screened_at.eq(step.now))
            .execute(conn)?;
    }
    if changed == 1 && step.status == EntryStatus::Withdrawn {
        diesel::update(entries::table.find(entry.id))
            .set(entries::withdrawn_at.eq(step.now))
            .execute(conn)?;
    }
    Ok(changed == 1)
}

/// The entry with a number.
///
/// # Errors
/// When the database fails.
pub fn by_number(conn: &mut Conn, competition: CompetitionId, number: i64) -> Result<Option<Shown>> {
    Ok(shown_by_numbers(conn, competition, &[number])?.pop())
}

/// Entries by their numbers, in the order of their numbers.
///
/// # Errors
/// When the database fails.
pub fn shown_by_numbers(conn: &mut Conn, competition: CompetitionId, numbers: &[i64]) -> Result<Vec<Shown>> {
    Ok(entries::table
        .left_join(tracks::table)
        .left_join(regions::table)
        .left_join(users::table)
        .filter(entries::competition_id.eq(competition))
        .filter(entries::number.eq_any(numbers))
        .order(entries::number)
        .select((
            Entry::as_select(),
            tracks::code.nullable(),
            regions::code.nullable(),
            (users::public_id, users::name).nullable(),
        ))
        .load(conn)?)
}

/// The teams of entries: entry and member, in order.
///
/// # Errors
/// When the database fails.
pub fn teams(conn: &mut Conn, ids: &[EntryId]) -> Result<Vec<(EntryId, TeamMember)>> {
    let rows: Vec<(EntryId, String, Option<Email>, Option<String>)> = team_members::table
        .filter(team_members::entry_id.eq_any(ids))
        .order((team_members::entry_id, team_members::position))
        .select((
            team_members::entry_id,
            team_members::name,
            team_members::email,
            team_members::role,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, email, role)| (id, TeamMember { name, email, role }))
        .collect())
}

/// Whether somebody is assigned to judge an entry, in any round, and has not stepped down.
///
/// # Errors
/// When the database fails.
pub fn is_assigned(conn: &mut Conn, entry: EntryId, user: UserId) -> Result<bool> {
    let assigned = assignments::table
        .inner_join(round_entries::table)
        .inner_join(round_judges::table)
        .filter(round_entries::entry_id.eq(entry))
        .filter(round_judges::user_id.eq(user))
        .filter(assignments::status.ne(AssignmentStatus::Recused));
    Ok(diesel::select(diesel::dsl::exists(assigned)).get_result(conn)?)
}

/// The groups that an entry takes part in, with their phases.
///
/// # Errors
/// When the database fails.
pub fn groups_of(conn: &mut Conn, entry: EntryId) -> Result<Vec<(GroupId, Phase)>> {
    Ok(round_entries::table
        .inner_join(round_groups::table)
        .filter(round_entries::entry_id.eq(entry))
        .order(round_groups::id)
        .select((round_groups::id, round_groups::phase))
        .load(conn)?)
}

/// Marks an entry as withdrawn in a group, with the reason.
///
/// # Errors
/// When the database fails.
pub fn withdraw_from_group(
    conn: &mut Conn,
    entry: EntryId,
    group: GroupId,
    reason: Option<&str>,
) -> Result<()> {
    diesel::update(
        round_entries::table
            .filter(round_entries::entry_id.eq(entry))
            .filter(round_entries::group_id.eq(group))
            .filter(round_entries::status.eq(Participation::TakingPart)),
    )
    .set((
        round_entries::status.eq(Participation::Withdrawn),
        round_entries::status_reason.eq(reason),
        round_entries::version.eq(round_entries::version + 1),
    ))
    .execute(conn)?;
    Ok(())
}

/// The answers of all entries of a competition, by number; entries without any are left out.
///
/// # Errors
/// When the database fails.
pub fn answers_of(conn: &mut Conn, competition: CompetitionId) -> Result<Vec<(i64, Json<Answers>)>> {
    Ok(entries::table
        .filter(entries::competition_id.eq(competition))
        .filter(entries::answers.ne("{}"))
        .order(entries::number)
        .select((entries::number, entries::answers))
        .load(conn)?)
}

/// A person's entries in all competitions, the newest first.
///
/// # Errors
/// When the database fails.
pub fn owned_by(conn: &mut Conn, user: UserId) -> Result<Vec<(Slug, Entry)>> {
    Ok(entries::table
        .inner_join(competitions::table)
        .filter(entries::owner_id.eq(user))
        .order(entries::id.desc())
        .select((competitions::slug, Entry::as_select()))
        .load(conn)?)
}
