//! Messages that must leave the house: written in the transaction of their cause, delivered at least once.

use diesel::sql_types::{BigInt, Text};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, RunQueryDsl};

use crate::domain::time::Stamp;
use crate::store::conn::Conn;
use crate::store::schema::outbox;
use crate::store::stmt::{self, Bind};

/// After so many failures (about two days) a message is dead: people must look at it.
const ATTEMPTS: i64 = 14;
/// Seconds that whoever claimed a message has to deliver it, before it is due for others again.
const LEASE: i64 = 120;
/// The longest pause between two attempts, in seconds.
const LONGEST_PAUSE: i64 = 6 * 3600;

/// A message to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its row.
    pub id: i64,
    /// What to do with it: `mail`, `webhook`.
    pub kind: String,
    /// All that the delivery needs, as JSON.
    pub body: String,
    /// Which attempt this is, from 1.
    pub attempt: i64,
}

/// Writes a message in the transaction of its cause.
///
/// # Errors
/// Fails when the connection is lost.
pub fn enqueue(conn: &mut Conn, kind: &str, body: &str, now: Stamp) -> QueryResult<()> {
    diesel::insert_into(outbox::table)
        .values((
            outbox::kind.eq(kind),
            outbox::body.eq(body),
            outbox::created_at.eq(now),
            outbox::due_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// Takes the messages that are due. Whoever took them delivers them soon, or they are due again; so one may be
/// delivered twice, but none is lost.
///
/// # Errors
/// Fails when the connection is lost.
pub fn claim_due(conn: &mut Conn, now: Stamp, limit: i64) -> QueryResult<Vec<Message>> {
    let binds: [Bind<'_>; 3] = [now.plus_seconds(LEASE).into(), now.into(), limit.into()];
    let claim = match conn {
        Conn::Pg(_) => {
            "UPDATE outbox SET due_at = ?, attempts = attempts + 1 WHERE id IN
             (SELECT id FROM outbox WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at, id LIMIT ?
              FOR UPDATE SKIP LOCKED) RETURNING id, kind, body, attempts"
        }
        Conn::Sqlite(_) => {
            "UPDATE outbox SET due_at = ?, attempts = attempts + 1 WHERE id IN
             (SELECT id FROM outbox WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at, id LIMIT ?)
             RETURNING id, kind, body, attempts"
        }
    };
    let rows = stmt::query::<(BigInt, Text, Text, BigInt)>(claim, &binds).load(conn)?;
    let message = |(id, kind, body, attempt)| Message {
        id,
        kind,
        body,
        attempt,
    };
    let mut messages: Vec<_> = rows.into_iter().map(message).collect();
    messages.sort_unstable_by_key(|message| message.id);
    Ok(messages)
}

/// Notes that a message arrived.
///
/// # Errors
/// Fails when the connection is lost.
pub fn mark_delivered(conn: &mut Conn, id: i64) -> QueryResult<()> {
    diesel::update(outbox::table.find(id))
        .set((
            outbox::state.eq("delivered"),
            outbox::last_error.eq(None::<String>),
        ))
        .execute(conn)
        .map(drop)
}

/// Notes that an attempt failed: the message is due again after a pause that doubles, until it is dead.
///
/// # Errors
/// Fails when the connection is lost.
pub fn mark_failed(conn: &mut Conn, message: &Message, error: &str, now: Stamp) -> QueryResult<()> {
    let state = if message.attempt < ATTEMPTS {
        "waiting"
    } else {
        "dead"
    };
    diesel::update(outbox::table.find(message.id))
        .set((
            outbox::state.eq(state),
            outbox::last_error.eq(error),
            outbox::due_at.eq(now.plus_seconds(pause_after(message.attempt))),
        ))
        .execute(conn)
        .map(drop)
}

/// 30 s, 1 min, 2 min … 6 h.
fn pause_after(attempt: i64) -> i64 {
    let doublings = u32::try_from(attempt.clamp(1, 20) - 1).unwrap_or(0);
    LONGEST_PAUSE.min(30 << doublings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_six_hours() {
        let pauses: Vec<_> = [1, 2, 3, 10, 11, 1000].into_iter().map(pause_after).collect();
        assert_eq!(pauses, [30, 60, 120, 15_360, 21_600, 21_600]);
    }
}
