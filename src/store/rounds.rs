//! Rounds, the versions of their rules, and their groups.

use diesel::prelude::*;

use super::conflict;
use super::conn::Conn;
use super::dialect;
use super::schema::{competitions, round_groups, rounds, rules_versions};
use super::sql_types::Json;
use crate::domain::ids::{CompetitionId, GroupId, RegionId, RoundId};
use crate::domain::round::{Phase, PublicList, Release};
use crate::domain::text::{Code, Text};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};

/// A round as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = rounds)]
pub struct Round {
    /// The row.
    pub id: RoundId,
    /// Whose round it is.
    pub competition_id: CompetitionId,
    /// Its name in addresses.
    pub code: Code,
    /// Its place among the rounds, from 1.
    pub position: i64,
    /// What it is called.
    pub title: Json<Text>,
    /// Whether it is judged before an audience: nobody previews standings then.
    pub on_stage: bool,
    /// What contestants and the public learn of results.
    pub release: Release,
    /// Whom a publication lists.
    pub public_list: PublicList,
    /// The current version of its rules; 0 while it has none.
    pub rules_version: i64,
    /// Since when the rules are fixed.
    pub fixed_at: Option<Stamp>,
    /// Counts changes.
    pub version: i64,
}

/// A group as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = round_groups)]
pub struct Group {
    /// The row.
    pub id: GroupId,
    /// The round it belongs to.
    pub round_id: RoundId,
    /// Its name in addresses.
    pub code: Code,
    /// What it is called.
    pub title: Json<Text>,
    /// The region, when groups are by region: for scoped roles.
    pub region_id: Option<RegionId>,
    /// How far it is.
    pub phase: Phase,
    /// When it was opened last.
    pub opened_at: Option<Stamp>,
    /// When it was closed last.
    pub closed_at: Option<Stamp>,
    /// Counts changes of phase.
    pub version: i64,
}

/// What an organizer says of a round.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name in addresses.
    pub code: Code,
    /// What it is called.
    pub title: Json<Text>,
    /// Whether it is judged before an audience.
    pub on_stage: bool,
    /// What contestants and the public learn of results.
    pub release: Release,
    /// Whom a publication lists.
    pub public_list: PublicList,
}

/// Adds a round after all others of its competition.
///
/// # Errors
/// [`Error::Invalid`] at `/code` when the competition has a round of this code.
pub fn insert(conn: &mut Conn, competition: CompetitionId, new: &Settings, now: Stamp) -> Result<RoundId> {
    // Whoever adds a round at the same time waits here, so that positions stay whole.
    diesel::update(competitions::table.find(competition))
        .set(competitions::version.eq(competitions::version))
        .execute(conn)?;
    let last: Option<i64> = rounds::table
        .filter(rounds::competition_id.eq(competition))
        .select(diesel::dsl::max(rounds::position))
        .get_result(conn)?;
    diesel::insert_into(rounds::table)
        .values((
            rounds::competition_id.eq(competition),
            rounds::code.eq(&new.code),
            rounds::position.eq(last.unwrap_or(0) + 1),
            rounds::title.eq(&new.title),
            rounds::on_stage.eq(new.on_stage),
            rounds::release.eq(new.release),
            rounds::public_list.eq(new.public_list),
            rounds::rules_version.eq(0),
            rounds::created_at.eq(now),
            rounds::version.eq(1),
        ))
        .returning(rounds::id)
        .get_result(conn)
        .map_err(code_taken)
}

/// Changes what is said of a round, if it is still at this version; says whether it was.
///
/// # Errors
/// [`Error::Invalid`] at `/code` when the competition has a round of this code.
pub fn update(conn: &mut Conn, round: RoundId, version: i64, new: &Settings) -> Result<bool> {
    let changed = diesel::update(rounds::table.find(round).filter(rounds::version.eq(version)))
        .set((
            rounds::code.eq(&new.code),
            rounds::title.eq(&new.title),
            rounds::on_stage.eq(new.on_stage),
            rounds::release.eq(new.release),
            rounds::public_list.eq(new.public_list),
            rounds::version.eq(rounds::version + 1),
        ))
        .execute(conn)
        .map_err(code_taken)?;
    Ok(changed == 1)
}

fn code_taken(failure: diesel::result::Error) -> Error {
    conflict::on_unique(failure, "rounds", &["competition_id", "code"], || {
        Error::invalid("/code", "code_taken")
    })
}

/// Makes whoever else arranges this round (its rules, groups, panels, judges) wait until this transaction ends, and
/// gives the round as it is then. Ballots do not wait. Locks of phases come before it.
///
/// # Errors
/// [`Error::NotFound`] when the round is gone.
pub fn lock(conn: &mut Conn, round: RoundId) -> Result<Round> {
    diesel::update(rounds::table.find(round))
        .set(rounds::version.eq(rounds::version))
        .execute(conn)?;
    rounds::table
        .find(round)
        .select(Round::as_select())
        .get_result(conn)
        .optional()?
        .ok_or(Error::NotFound("round"))
}

/// Notes that the rules of a round are fixed from now on; the first time counts.
///
/// # Errors
/// When the database fails.
pub fn fix(conn: &mut Conn, round: RoundId, now: Stamp) -> Result<()> {
    diesel::update(rounds::table.find(round).filter(rounds::fixed_at.is_null()))
        .set(rounds::fixed_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// The rounds of a competition, in order.
///
/// # Errors
/// When the database fails.
pub fn of_competition(conn: &mut Conn, competition: CompetitionId) -> Result<Vec<Round>> {
    Ok(rounds::table
        .filter(rounds::competition_id.eq(competition))
        .order(rounds::position)
        .select(Round::as_select())
        .load(conn)?)
}

/// The round with a code.
///
/// # Errors
/// When the database fails.
pub fn by_code(conn: &mut Conn, competition: CompetitionId, code: &Code) -> Result<Option<Round>> {
    Ok(rounds::table
        .filter(rounds::competition_id.eq(competition))
        .filter(rounds::code.eq(code))
        .select(Round::as_select())
        .get_result(conn)
        .optional()?)
}

/// The groups of a round, in the order they were made.
///
/// # Errors
/// When the database fails.
pub fn groups(conn: &mut Conn, round: RoundId) -> Result<Vec<Group>> {
    Ok(round_groups::table
        .filter(round_groups::round_id.eq(round))
        .order(round_groups::id)
        .select(Group::as_select())
        .load(conn)?)
}

/// The group with a code.
///
/// # Errors
/// When the database fails.
pub fn group_by_code(conn: &mut Conn, round: RoundId, code: &Code) -> Result<Option<Group>> {
    Ok(round_groups::table
        .filter(round_groups::round_id.eq(round))
        .filter(round_groups::code.eq(code))
        .select(Group::as_select())
        .get_result(conn)
        .optional()?)
}

/// A version of a round's rules: the document's text.
///
/// # Errors
/// When the database fails.
pub fn rules_text(conn: &mut Conn, round: RoundId, version: i64) -> Result<Option<String>> {
    Ok(rules_versions::table
        .filter(rules_versions::round_id.eq(round))
        .filter(rules_versions::number.eq(version))
        .select(rules_versions::document)
        .get_result(conn)
        .optional()?)
}

/// Keeps the phases of all groups of a round as they are until this transaction ends, then [`lock`]s the round: for
/// what arranges several groups at once and depends on their phases.
///
/// # Errors
/// [`Error::NotFound`] when the round is gone.
pub fn hold_phases(conn: &mut Conn, round: RoundId) -> Result<Round> {
    for group in group_ids(conn, round)? {
        dialect::lock_phase_shared(conn, group)?;
    }
    lock(conn, round)
}

/// Waits until nobody depends on the phase of any group of a round, keeps others away, then [`lock`]s the round: for
/// a change of the rules.
///
/// # Errors
/// [`Error::NotFound`] when the round is gone.
pub fn take_phases(conn: &mut Conn, round: RoundId) -> Result<Round> {
    for group in group_ids(conn, round)? {
        dialect::lock_phase_exclusive(conn, group)?;
    }
    lock(conn, round)
}

/// In ascending order: whoever locks several groups does it in this order, so that nobody waits in a circle.
fn group_ids(conn: &mut Conn, round: RoundId) -> Result<Vec<GroupId>> {
    Ok(round_groups::table
        .filter(round_groups::round_id.eq(round))
        .order(round_groups::id)
        .select(round_groups::id)
        .load(conn)?)
}

/// The groups of all rounds of a competition, in the order they were made.
///
/// # Errors
/// When the database fails.
pub fn groups_of_competition(conn: &mut Conn, competition: CompetitionId) -> Result<Vec<Group>> {
    Ok(round_groups::table
        .inner_join(rounds::table)
        .filter(rounds::competition_id.eq(competition))
        .order(round_groups::id)
        .select(Group::as_select())
        .load(conn)?)
}

/// Opens a draft group; says whether it was one.
///
/// # Errors
/// When the database fails.
pub fn open(conn: &mut Conn, group: GroupId, now: Stamp) -> Result<bool> {
    let draft = round_groups::table
        .find(group)
        .filter(round_groups::phase.eq(Phase::Draft));
    let opened = diesel::update(draft)
        .set((
            round_groups::phase.eq(Phase::Open),
            round_groups::opened_at.eq(now),
            round_groups::version.eq(round_groups::version + 1),
        ))
        .execute(conn)?;
    Ok(opened == 1)
}
