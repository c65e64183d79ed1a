//! Recorded values: what officials measure or count, one value for each recorded criterion of an entry in a round.

use diesel::prelude::*;

use super::conn::Conn;
use super::marks::Marks;
use super::schema::round_entries;
use super::sql_types::Json;
use crate::domain::ids::RoundEntryId;
use crate::error::Result;

/// The recorded values of an entry.
#[derive(Debug, Clone, Queryable)]
pub struct Recorded {
    /// The values by criterion.
    pub values: Json<Marks>,
    /// Counts changes; 0 before anything was recorded.
    pub version: i64,
}

/// The recorded values of an entry.
///
/// # Errors
/// When the database fails.
pub fn of_place(conn: &mut Conn, place: RoundEntryId) -> Result<Recorded> {
    Ok(round_entries::table
        .find(place)
        .select((round_entries::recorded, round_entries::recorded_version))
        .first(conn)?)
}

/// Sets the recorded values on top of a version; whether that was still the current one.
///
/// # Errors
/// When the database fails.
pub fn set(conn: &mut Conn, place: RoundEntryId, from: i64, values: &Json<Marks>) -> Result<bool> {
    let changed = diesel::update(round_entries::table.find(place))
        .filter(round_entries::recorded_version.eq(from))
        .set((
            round_entries::recorded.eq(values),
            round_entries::recorded_version.eq(from + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
