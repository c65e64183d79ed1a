//! How far a round is, counted by the database.

use std::collections::BTreeMap;

use diesel::dsl::{count, count_star};
use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{assignments, round_entries};
use crate::domain::ids::{GroupId, RoundId};
use crate::error::Result;

/// How many entries the groups of a round have.
///
/// # Errors
/// When the database fails.
pub fn sizes(conn: &mut Conn, round: RoundId) -> Result<BTreeMap<GroupId, i64>> {
    let rows: Vec<(GroupId, i64)> = round_entries::table
        .filter(round_entries::round_id.eq(round))
        .group_by(round_entries::group_id)
        .select((round_entries::group_id, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// How many judges are assigned to entries of the groups of a round.
///
/// # Errors
/// When the database fails.
pub fn judges(conn: &mut Conn, round: RoundId) -> Result<BTreeMap<GroupId, i64>> {
    let rows: Vec<(GroupId, i64)> = assignments::table
        .filter(assignments::round_id.eq(round))
        .group_by(assignments::group_id)
        .select((
            assignments::group_id,
            count(assignments::judge_id).aggregate_distinct(),
        ))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}
