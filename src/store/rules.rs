//! The versions of a round's rules, and the sheets that a new version must keep valid.

use diesel::prelude::*;

use super::conn::Conn;
use super::marks::Marks;
use super::schema::{ballot_versions, ballots, entries, round_entries, round_groups, rounds, rules_versions};
use super::sql_types::Json;
use crate::domain::ids::{RoundId, UserId};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};

/// A new version of a round's rules.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// The round.
    pub round: RoundId,
    /// The version before; 0 for none.
    pub after: i64,
    /// The document in its canonical form.
    pub document: String,
    /// Why the rules were changed after they were fixed.
    pub reason: Option<String>,
    /// Who changed them.
    pub by: UserId,
}

/// Adds a version and makes it the current one.
///
/// # Errors
/// [`Error::Stale`] when another version is current.
pub fn insert(conn: &mut Conn, new: &NewVersion, now: Stamp) -> Result<i64> {
    let number = new.after + 1;
    let changed = diesel::update(
        rounds::table
            .find(new.round)
            .filter(rounds::rules_version.eq(new.after)),
    )
    .set(rounds::rules_version.eq(number))
    .execute(conn)?;
    if changed != 1 {
        let version = rounds::table
            .find(new.round)
            .select(rounds::rules_version)
            .first(conn)?;
        return Err(Error::Stale {
            version,
            current: None,
        });
    }
    diesel::insert_into(rules_versions::table)
        .values((
            rules_versions::round_id.eq(new.round),
            rules_versions::number.eq(number),
            rules_versions::document.eq(&new.document),
            rules_versions::reason.eq(&new.reason),
            rules_versions::created_by.eq(new.by),
            rules_versions::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(number)
}

/// Marks by criterion, as they were stored.
pub type StoredMarks = Json<Marks>;

/// The sheets of a round that count, or would if they were accepted: entry number, marks, comment.
///
/// # Errors
/// When the database fails.
pub fn sheets(conn: &mut Conn, round: RoundId) -> Result<Vec<(i64, StoredMarks, Option<String>)>> {
    use super::schema::assignments;
    Ok(ballot_versions::table
        .inner_join(
            ballots::table
                .inner_join(assignments::table.inner_join(round_entries::table.inner_join(entries::table))),
        )
        .filter(assignments::round_id.eq(round))
        .filter(
            ballots::counted
                .eq(ballot_versions::number.nullable())
                .or(ballot_versions::late.and(ballot_versions::decision.is_null())),
        )
        .order(entries::number)
        .select((entries::number, ballot_versions::marks, ballot_versions::comment))
        .load(conn)?)
}

/// The recorded values of a round: entry number, values.
///
/// # Errors
/// When the database fails.
pub fn recorded(conn: &mut Conn, round: RoundId) -> Result<Vec<(i64, StoredMarks)>> {
    Ok(round_entries::table
        .inner_join(entries::table)
        .inner_join(round_groups::table)
        .filter(round_entries::round_id.eq(round))
        .filter(round_entries::recorded_version.gt(0))
        .order(entries::number)
        .select((entries::number, round_entries::recorded))
        .load(conn)?)
}
