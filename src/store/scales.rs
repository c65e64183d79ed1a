//! What made the panels of a group comparable when it was closed, by closure: a group that was reopened has no scale
//! before it is closed again.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{round_groups, scales};
use super::sql_types::Json;
use crate::domain::ids::GroupId;
use crate::domain::scoring::FixedScale;
use crate::domain::time::Stamp;
use crate::error::Result;

/// A scale that was fixed.
#[derive(Debug, Clone, Queryable)]
pub struct Fixed {
    /// The version of the rules that it was computed by.
    pub rules_version: i64,
    /// The scale; none where nothing could be computed.
    pub scale: Json<Option<FixedScale>>,
}

/// The scales that were fixed since a group was opened last, by the newest rules first.
///
/// # Errors
/// When the database fails.
pub fn of_closure(conn: &mut Conn, group: GroupId) -> Result<Vec<Fixed>> {
    Ok(scales::table
        .inner_join(round_groups::table)
        .filter(scales::group_id.eq(group))
        .filter(scales::closure.eq(round_groups::reopenings))
        .order(scales::rules_version.desc())
        .select((scales::rules_version, scales::document))
        .load(conn)?)
}

/// Fixes the scale of a closed group. One that was fixed by the same rules stays; only where nothing could be computed
/// then it is taken now.
///
/// # Errors
/// When the database fails.
pub fn fix(
    conn: &mut Conn,
    group: GroupId,
    (revision, rules_version): (i64, i64),
    scale: &Json<Option<FixedScale>>,
    now: Stamp,
) -> Result<()> {
    let closure: i64 = round_groups::table
        .find(group)
        .select(round_groups::reopenings)
        .first(conn)?;
    let nothing = Json::new(None::<FixedScale>)?;
    let row = (
        scales::group_id.eq(group),
        scales::closure.eq(closure),
        scales::rules_version.eq(rules_version),
        scales::revision.eq(revision),
        scales::document.eq(scale),
        scales::created_at.eq(now),
    );
    each!(conn, c => diesel::insert_into(scales::table)
        .values(&row)
        .on_conflict((scales::group_id, scales::closure, scales::rules_version))
        .do_nothing()
        .execute(c))?;
    diesel::update(scales::table)
        .filter(scales::group_id.eq(group))
        .filter(scales::closure.eq(closure))
        .filter(scales::rules_version.eq(rules_version))
        .filter(scales::document.eq(&nothing))
        .set((scales::document.eq(scale), scales::revision.eq(revision)))
        .execute(conn)?;
    Ok(())
}
