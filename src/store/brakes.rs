//! How often something was asked for, and when it may be asked for again.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::brakes;
use crate::domain::time::Stamp;
use crate::error::Result;

/// A count and the moment that goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Brake {
    /// How often.
    pub count: i64,
    /// From when on it may be asked for again.
    pub free_at: Stamp,
}

/// The brake with a key.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, key: &str) -> Result<Option<Brake>> {
    Ok(brakes::table
        .find(key)
        .select((brakes::count, brakes::free_at))
        .get_result(conn)
        .optional()?)
}

/// Puts a brake in the place of the one that was seen; `false` when somebody was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(conn: &mut Conn, key: &str, seen: Option<Brake>, next: Brake) -> Result<bool> {
    let values = (brakes::count.eq(next.count), brakes::free_at.eq(next.free_at));
    let changed = match seen {
        Some(seen) => diesel::update(brakes::table.find(key))
            .filter(brakes::count.eq(seen.count))
            .filter(brakes::free_at.eq(seen.free_at))
            .set(values)
            .execute(conn)?,
        None => each!(conn, c => diesel::insert_into(brakes::table)
            .values((brakes::key.eq(key), values.0, values.1))
            .on_conflict_do_nothing()
            .execute(c))?,
    };
    Ok(changed == 1)
}

/// Forgets brakes that were free before a moment.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut Conn, before: Stamp) -> Result<()> {
    diesel::delete(brakes::table.filter(brakes::free_at.lt(before))).execute(conn)?;
    Ok(())
}
