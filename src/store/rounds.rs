//! Rounds, the versions of their rules, and their groups.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{round_groups, rounds, rules_versions};
use super::sql_types::Json;
use crate::domain::ids::{CompetitionId, GroupId, RegionId, RoundId};
use crate::domain::round::{Phase, PublicList, Release};
use crate::domain::text::{Code, Text};
use crate::domain::time::Stamp;
use crate::error::Result;

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
    /// What contestants learn of their own result.
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
        .first(conn)
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
        .first(conn)
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
        .first(conn)
        .optional()?)
}
