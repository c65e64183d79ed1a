//! Publications that wait for their time, and when it came.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{publications, round_groups, rounds};
use crate::domain::ids::{CompetitionId, GroupId};
use crate::domain::text::Code;
use crate::domain::time::Stamp;
use crate::error::Result;

/// A publication whose time has come.
#[derive(Debug, Clone, Queryable)]
pub struct Due {
    /// The row.
    pub id: i64,
    /// Its number in the group.
    pub number: i64,
    /// From when the public is to see it.
    pub visible_at: Stamp,
    /// The group.
    pub group: GroupId,
    /// The group's code.
    pub group_code: Code,
    /// The round's code.
    pub round: Code,
    /// The competition.
    pub competition: CompetitionId,
}

/// What is due and not written down as seen, in order of groups, so that two who look at once don't wait for each other.
///
/// # Errors
/// When the database fails.
pub fn due(conn: &mut Conn, now: Stamp) -> Result<Vec<Due>> {
    Ok(publications::table
        .inner_join(round_groups::table.inner_join(rounds::table))
        .filter(publications::appeared_at.is_null())
        .filter(publications::taken_back_at.is_null())
        .filter(publications::visible_at.le(now))
        .order(publications::id)
        .select((
            publications::id,
            publications::number,
            publications::visible_at,
            publications::group_id,
            round_groups::code,
            rounds::code,
            rounds::competition_id,
        ))
        .load(conn)?)
}

/// When the next one is due, whatever is due already.
///
/// # Errors
/// When the database fails.
pub fn next(conn: &mut Conn) -> Result<Option<Stamp>> {
    Ok(publications::table
        .filter(publications::appeared_at.is_null())
        .filter(publications::taken_back_at.is_null())
        .select(diesel::dsl::min(publications::visible_at))
        .first(conn)?)
}

/// Writes down that the public sees one; `false` when that is written already, or it was taken back.
///
/// # Errors
/// When the database fails.
pub fn appear(conn: &mut Conn, id: i64, now: Stamp) -> Result<bool> {
    let waiting = publications::table
        .find(id)
        .filter(publications::appeared_at.is_null())
        .filter(publications::taken_back_at.is_null());
    let changed = diesel::update(waiting)
        .set(publications::appeared_at.eq(now))
        .execute(conn)?;
    Ok(changed == 1)
}
