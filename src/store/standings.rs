//! Standings as closure fixed them, and what people call the entries in them.

use diesel::prelude::*;

use super::conn::Conn;
use super::rounds::Round;
use super::schema::{
    entries, panel_judges, panels, regions, round_entries, round_groups, round_judges, rounds, standings,
    tracks,
};
use super::sql_types::Json;
use crate::domain::advancement::again::Later;
use crate::domain::entry::EntryStatus;
use crate::domain::ids::{EntryId, GroupId, RoundEntryId, RoundId, UserId};
use crate::domain::round::{Participation, Phase};
use crate::domain::scoring::Standings;
use crate::domain::text::{Code, Text};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};

/// The standings of one revision of a group.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = standings)]
pub struct Stored {
    /// From which marks they were computed.
    pub revision: i64,
    /// By which version of the rules.
    pub rules_version: i64,
    /// What the engine gave.
    pub document: Json<Standings>,
}

/// Keeps the standings of a revision; computed again, they replace the ones before.
///
/// # Errors
/// When the database fails.
pub fn keep(
    conn: &mut Conn,
    group: GroupId,
    (revision, rules_version): (i64, i64),
    engine: &str,
    document: &str,
    now: Stamp,
) -> Result<()> {
    let row = (
        standings::group_id.eq(group),
        standings::revision.eq(revision),
        standings::rules_version.eq(rules_version),
        standings::engine.eq(engine),
        standings::document.eq(document),
        standings::created_at.eq(now),
    );
    each!(conn, c => diesel::insert_into(standings::table)
        .values(&row)
        .on_conflict((standings::group_id, standings::revision))
        .do_update()
        .set((
            standings::rules_version.eq(rules_version),
            standings::engine.eq(engine),
            standings::document.eq(document),
            standings::created_at.eq(now),
        ))
        .execute(c))?;
    Ok(())
}

/// The standings of a revision, if they were kept.
///
/// # Errors
/// When the database fails.
pub fn of_revision(conn: &mut Conn, group: GroupId, revision: i64) -> Result<Option<Stored>> {
    Ok(standings::table
        .filter(standings::group_id.eq(group))
        .filter(standings::revision.eq(revision))
        .select(Stored::as_select())
        .first(conn)
        .optional()?)
}

/// The standings of the newest revision that were kept.
///
/// # Errors
/// When the database fails.
pub fn latest(conn: &mut Conn, group: GroupId) -> Result<Option<Stored>> {
    Ok(standings::table
        .filter(standings::group_id.eq(group))
        .order(standings::revision.desc())
        .select(Stored::as_select())
        .first(conn)
        .optional()?)
}

/// The standings of the newest revision that were kept until a moment.
///
/// # Errors
/// When the database fails.
pub fn latest_until(conn: &mut Conn, group: GroupId, moment: Stamp) -> Result<Option<Stored>> {
    Ok(standings::table
        .filter(standings::group_id.eq(group))
        .filter(standings::created_at.le(moment))
        .order(standings::revision.desc())
        .select(Stored::as_select())
        .first(conn)
        .optional()?)
}

/// An entry of a group by what people call it.
#[derive(Debug, Clone, Queryable)]
pub struct Line {
    /// The entry's row.
    pub entry: EntryId,
    /// Its row in the round.
    pub round_entry: RoundEntryId,
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: Json<Text>,
    /// Its track.
    pub track: Option<Code>,
    /// Its region.
    pub region: Option<Code>,
    /// Whose it is.
    pub institution: Option<String>,
}

/// The entries of a group, in order of their numbers.
///
/// # Errors
/// When the database fails.
pub fn lines(conn: &mut Conn, group: GroupId) -> Result<Vec<Line>> {
    Ok(round_entries::table
        .inner_join(entries::table.left_join(tracks::table).left_join(regions::table))
        .filter(round_entries::group_id.eq(group))
        .order(entries::number)
        .select((
            entries::id,
            round_entries::id,
            entries::number,
            entries::title,
            tracks::code.nullable(),
            regions::code.nullable(),
            entries::institution,
        ))
        .load(conn)?)
}

/// The groups of a round in which a person chairs a panel.
///
/// # Errors
/// When the database fails.
pub fn chaired_by(conn: &mut Conn, round: RoundId, user: UserId) -> Result<Vec<GroupId>> {
    let mut groups: Vec<GroupId> = panel_judges::table
        .inner_join(round_judges::table)
        .inner_join(panels::table)
        .filter(panel_judges::is_chair.eq(true))
        .filter(round_judges::user_id.eq(user))
        .filter(panels::round_id.eq(round))
        .select(panels::group_id)
        .load(conn)?;
    groups.sort_unstable();
    groups.dedup();
    Ok(groups)
}

/// A group's phase as it is now: asked again after the phase was locked.
///
/// # Errors
/// [`Error::NotFound`] when there is no such group.
pub fn phase(conn: &mut Conn, group: GroupId) -> Result<Phase> {
    round_groups::table
        .find(group)
        .select(round_groups::phase)
        .first(conn)
        .optional()?
        .ok_or(Error::NotFound("group"))
}

/// Moves a group to a phase and counts its version. The caller holds the phase exclusively.
///
/// # Errors
/// When the database fails.
pub fn set_phase(conn: &mut Conn, group: GroupId, phase: Phase, now: Stamp) -> Result<()> {
    let row = diesel::update(round_groups::table.find(group));
    let version = round_groups::version.eq(round_groups::version + 1);
    let phased = (round_groups::phase.eq(phase), version);
    match phase {
        Phase::Draft => row.set(phased).execute(conn)?,
        Phase::Open => row
            .set((
                phased,
                round_groups::closed_at.eq(None::<Stamp>),
                round_groups::decided_at.eq(None::<Stamp>),
            ))
            .execute(conn)?,
        Phase::Closed => row.set((phased, round_groups::closed_at.eq(now))).execute(conn)?,
        Phase::Decided => row
            .set((phased, round_groups::decided_at.eq(now)))
            .execute(conn)?,
        Phase::Published => row
            .set((phased, round_groups::published_at.eq(now)))
            .execute(conn)?,
    };
    Ok(())
}

/// Opens a closed group again: whatever is fixed after it has a revision of its own. The caller holds the phase
/// exclusively.
///
/// # Errors
/// When the database fails.
pub fn reopen(conn: &mut Conn, group: GroupId, now: Stamp) -> Result<()> {
    set_phase(conn, group, Phase::Open, now)?;
    diesel::update(round_groups::table.find(group))
        .set((
            round_groups::reopenings.eq(round_groups::reopenings + 1),
            round_groups::published_at.eq(None::<Stamp>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes back that a group is published: it is decided, or only closed. The caller holds the phase exclusively.
///
/// # Errors
/// When the database fails.
pub fn unpublish(conn: &mut Conn, group: GroupId, phase: Phase) -> Result<()> {
    diesel::update(round_groups::table.find(group))
        .set((
            round_groups::phase.eq(phase),
            round_groups::published_at.eq(None::<Stamp>),
            round_groups::version.eq(round_groups::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes back that a group is decided; it stays closed since when it was. The caller holds the phase exclusively.
///
/// # Errors
/// When the database fails.
pub fn undecide(conn: &mut Conn, group: GroupId) -> Result<()> {
    diesel::update(round_groups::table.find(group))
        .set((
            round_groups::phase.eq(Phase::Closed),
            round_groups::decided_at.eq(None::<Stamp>),
            round_groups::published_at.eq(None::<Stamp>),
            round_groups::version.eq(round_groups::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// The entries of these groups that are in later rounds, each with the next one that it is in, by number.
///
/// # Errors
/// When the database fails.
pub fn later(conn: &mut Conn, round: &Round, groups: &[GroupId]) -> Result<Vec<Later>> {
    type Row = (i64, Code, Code, Phase, Participation, Option<String>);
    let here: Vec<EntryId> = round_entries::table
        .filter(round_entries::group_id.eq_any(groups))
        .select(round_entries::entry_id)
        .load(conn)?;
    let mut found: Vec<Later> = Vec::new();
    for some in here.chunks(500) {
        let rows: Vec<Row> = round_entries::table
            .inner_join(entries::table)
            .inner_join(round_groups::table.inner_join(rounds::table))
            .filter(rounds::competition_id.eq(round.competition_id))
            .filter(rounds::position.gt(round.position))
            .filter(round_entries::entry_id.eq_any(some))
            .order((entries::number, rounds::position))
            .select((
                entries::number,
                rounds::code,
                round_groups::code,
                round_groups::phase,
                round_entries::status,
                round_entries::status_reason,
            ))
            .load(conn)?;
        for (entry, round, group, phase, status, reason) in rows {
            if found.iter().all(|known| known.entry != entry) {
                found.push(Later {
                    entry,
                    round: round.to_string(),
                    group: group.to_string(),
                    phase,
                    takes_part: status == Participation::TakingPart,
                    reason,
                });
            }
        }
    }
    found.sort_by_key(|l| l.entry);
    Ok(found)
}

/// The entries of these groups that were withdrawn as a whole, with the reason, by number.
///
/// # Errors
/// When the database fails.
pub fn withdrawn(conn: &mut Conn, groups: &[GroupId]) -> Result<Vec<(i64, Option<String>)>> {
    Ok(round_entries::table
        .inner_join(entries::table)
        .filter(round_entries::group_id.eq_any(groups))
        .filter(entries::status.eq(EntryStatus::Withdrawn))
        .order(entries::number)
        .select((entries::number, entries::status_reason))
        .load(conn)?)
}
