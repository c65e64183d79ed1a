//! Whether a round has marks that rules could be compared over.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{assignments, ballots, round_entries};
use crate::domain::ids::RoundId;
use crate::error::Result;

/// Whether anybody marked or recorded anything in a round, drafts too.
///
/// # Errors
/// When the database fails.
pub fn has_marks(conn: &mut Conn, round: RoundId) -> Result<bool> {
    let sheets = ballots::table
        .inner_join(assignments::table)
        .filter(assignments::round_id.eq(round));
    let recorded = round_entries::table
        .filter(round_entries::round_id.eq(round))
        .filter(round_entries::recorded_version.gt(0));
    let marked: bool = diesel::select(exists(sheets)).get_result(conn)?;
    Ok(marked || diesel::select(exists(recorded)).get_result(conn)?)
}
