//! The log of changes: one row for each use case that writes, in the same transaction.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{events, users};
use crate::domain::ids::{CompetitionId, PublicId, UserId};
use crate::domain::time::Stamp;
use crate::error::Result;

/// What happened, about to be written down.
#[derive(Debug, Clone, Default)]
pub struct NewEvent {
    /// The competition that it belongs to, if it belongs to one.
    pub competition: Option<CompetitionId>,
    /// Who did it; nobody for what the server itself does.
    pub actor: Option<UserId>,
    /// What was done, a noun as in the API: `closure`, `submission`.
    pub action: &'static str,
    /// To what: `entries/25`, `rounds/final/groups/all`.
    pub subject: String,
    /// The version before and after, where the subject has one.
    pub version: Option<(i64, i64)>,
    /// Small facts; never secrets, bodies or drafts.
    pub details: serde_json::Value,
}

/// One line of the log.
#[derive(Debug, Clone, Queryable)]
pub struct Event {
    /// Its place in the log.
    pub id: i64,
    /// When.
    pub at: Stamp,
    /// Who: public id and name.
    pub actor: Option<(PublicId, String)>,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// The version before.
    pub version_from: Option<i64>,
    /// The version after.
    pub version_to: Option<i64>,
    /// Small facts, JSON.
    pub details: String,
}

/// Writes an event down.
///
/// # Errors
/// When the database fails.
pub fn record(conn: &mut Conn, now: Stamp, event: &NewEvent) -> Result<()> {
    diesel::insert_into(events::table)
        .values((
            events::competition_id.eq(event.competition),
            events::at.eq(now),
            events::actor_id.eq(event.actor),
            events::action.eq(event.action),
            events::subject.eq(&event.subject),
            events::version_from.eq(event.version.map(|v| v.0)),
            events::version_to.eq(event.version.map(|v| v.1)),
            events::details.eq(event.details.to_string()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whether the same person did the same to the same thing before, with the same facts.
///
/// # Errors
/// When the database fails.
pub fn is_known(conn: &mut Conn, event: &NewEvent) -> Result<bool> {
    let known = events::table
        .filter(events::competition_id.eq(event.competition))
        .filter(events::actor_id.eq(event.actor))
        .filter(events::action.eq(event.action))
        .filter(events::subject.eq(&event.subject))
        .filter(events::details.eq(event.details.to_string()));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(conn)?)
}

/// The log of a competition after a place, in order.
///
/// # Errors
/// When the database fails.
pub fn after(conn: &mut Conn, competition: CompetitionId, after: i64, limit: i64) -> Result<Vec<Event>> {
    Ok(events::table
        .left_join(users::table)
        .filter(events::competition_id.eq(competition))
        .filter(events::id.gt(after))
        .order(events::id)
        .limit(limit)
        .select((
            events::id,
            events::at,
            (users::public_id, users::name).nullable(),
            events::action,
            events::subject,
            events::version_from,
            events::version_to,
            events::details,
        ))
        .load(conn)?)
}

/// Who made the change that led to a version of something, if the log says so.
///
/// # Errors
/// When the database fails.
pub fn author_of(
    conn: &mut Conn,
    competition: CompetitionId,
    subject: &str,
    version: i64,
) -> Result<Option<UserId>> {
    Ok(events::table
        .filter(events::competition_id.eq(competition))
        .filter(events::subject.eq(subject))
        .filter(events::version_to.eq(version))
        .order(events::id.desc())
        .select(events::actor_id)
        .first::<Option<UserId>>(conn)
        .optional()?
        .flatten())
}
