//! Messages that must leave the house: written in the transaction of their cause, delivered at least once.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::domain::ids::PublicId;
use crate::domain::letter::MessageState;
use crate::domain::time::Stamp;
use crate::error::Result;
use crate::store::conn::Conn;
use crate::store::page::{self, Limit, Page};
use crate::store::schema::outbox;
use crate::store::stmt::{self, Bind};

/// After so many failures (about two days) a message is dead: people must look at it.
const ATTEMPTS: i64 = 14;
/// Seconds that whoever claimed a message has to deliver it, before it is due for others again.
const LEASE: i64 = 120;
/// The longest pause between two attempts, in seconds.
const LONGEST_PAUSE: i64 = 6 * 3600;
/// How long it is kept who was sent what, in seconds.
const KEPT: i64 = 30 * 24 * 3600;

/// A message to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its row.
    pub id: i64,
    /// Its name, the same at each attempt.
    pub public_id: PublicId,
    /// What it is about.
    pub kind: String,
    /// For whom.
    pub recipient: String,
    /// All else that the delivery needs, as JSON.
    pub body: String,
    /// Which attempt this is, from 1.
    pub attempt: i64,
}

/// A message about to wait for its delivery.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = outbox)]
pub struct NewMessage {
    /// Its name.
    pub public_id: PublicId,
    /// What it is about.
    pub kind: std::borrow::Cow<'static, str>,
    /// For whom.
    pub recipient: String,
    /// All else that the delivery needs, as JSON; no secrets.
    pub body: String,
    /// When.
    pub created_at: Stamp,
    /// From when on it is to be sent.
    pub due_at: Stamp,
    /// After this nobody sends it any more.
    pub expires_at: Stamp,
}

/// What those who look after the instance see of a message.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub struct Notice {
    /// The row.
    pub id: i64,
    /// Its name.
    #[diesel(select_expression = outbox::public_id.assume_not_null())]
    pub public_id: PublicId,
    /// What it is about.
    pub kind: String,
    /// For whom.
    pub recipient: Option<String>,
    /// How far it is.
    pub state: MessageState,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it failed last.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: Stamp,
    /// When it is tried next.
    pub due_at: Stamp,
}

/// Writes a message in the transaction of its cause.
///
/// # Errors
/// Fails when the connection is lost.
pub fn enqueue(conn: &mut Conn, new: &NewMessage) -> QueryResult<()> {
    diesel::insert_into(outbox::table)
        .values(new)
        .execute(conn)
        .map(drop)
}

/// Whether a message is due.
///
/// # Errors
/// Fails when the connection is lost.
pub fn any_due(conn: &mut Conn, now: Stamp) -> QueryResult<bool> {
    let due = outbox::table
        .filter(outbox::state.eq("waiting"))
        .filter(outbox::due_at.le(now));
    diesel::select(diesel::dsl::exists(due)).get_result(conn)
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
              FOR UPDATE SKIP LOCKED)
             RETURNING id, coalesce(public_id, ''), kind, coalesce(recipient, ''), body, attempts"
        }
        Conn::Sqlite(_) => {
            "UPDATE outbox SET due_at = ?, attempts = attempts + 1 WHERE id IN
             (SELECT id FROM outbox WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at, id LIMIT ?)
             RETURNING id, coalesce(public_id, ''), kind, coalesce(recipient, ''), body, attempts"
        }
    };
    let rows = stmt::query::<(BigInt, Text, Text, Text, Text, BigInt)>(claim, &binds).load(conn)?;
    let message = |(id, public_id, kind, recipient, body, attempt)| Message {
        id,
        public_id: PublicId(public_id),
        kind,
        recipient,
        body,
        attempt,
    };
    let mut messages: Vec<_> = rows.into_iter().map(message).collect();
    messages.sort_unstable_by_key(|message| message.id);
    Ok(messages)
}

/// Notes that a message arrived, or that nobody waits for it any more, and forgets what it said.
///
/// # Errors
/// Fails when the connection is lost.
pub fn mark_delivered(conn: &mut Conn, id: i64) -> QueryResult<()> {
    diesel::update(outbox::table.find(id))
        .set((
            outbox::state.eq("delivered"),
            outbox::last_error.eq(None::<String>),
            outbox::body.eq(""),
        ))
        .execute(conn)
        .map(drop)
}

/// Notes that an attempt failed: the message is due again after a pause that doubles, until it is dead. An attempt that
/// lasted so long that another one began changes nothing.
///
/// # Errors
/// Fails when the connection is lost.
pub fn mark_failed(conn: &mut Conn, message: &Message, error: &str, now: Stamp) -> QueryResult<()> {
    let state = if message.attempt < ATTEMPTS {
        "waiting"
    } else {
        "dead"
    };
    failed(conn, message, state, error, now)
}

/// Notes that a message was refused for good.
///
/// # Errors
/// Fails when the connection is lost.
pub fn mark_dead(conn: &mut Conn, message: &Message, error: &str, now: Stamp) -> QueryResult<()> {
    failed(conn, message, "dead", error, now)
}

fn failed(
    conn: &mut Conn,
    message: &Message,
    state: &'static str,
    error: &str,
    now: Stamp,
) -> QueryResult<()> {
    let attempt = outbox::table
        .find(message.id)
        .filter(outbox::attempts.eq(message.attempt))
        .filter(outbox::state.eq("waiting"));
    diesel::update(attempt)
        .set((
            outbox::state.eq(state),
            outbox::last_error.eq(error),
            outbox::due_at.eq(now.plus_seconds(pause_after(message.attempt))),
        ))
        .execute(conn)
        .map(drop)
}

/// Lets a dead message that has not come to its end be tried again from now on; `false` when it is none.
///
/// # Errors
/// Fails when the connection is lost.
pub fn revive(conn: &mut Conn, id: &PublicId, now: Stamp) -> QueryResult<bool> {
    let dead = outbox::table
        .filter(outbox::public_id.eq(id))
        .filter(outbox::state.eq("dead"))
        .filter(outbox::expires_at.gt(now));
    let revived = diesel::update(dead)
        .set((
            outbox::state.eq("waiting"),
            outbox::attempts.eq(0),
            outbox::due_at.eq(now),
        ))
        .execute(conn)?;
    Ok(revived == 1)
}

/// Whether there is a message with this name.
///
/// # Errors
/// Fails when the connection is lost.
pub fn exists(conn: &mut Conn, id: &PublicId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        outbox::table.filter(outbox::public_id.eq(id)),
    ))
    .get_result(conn)
}

/// Puts an end to messages that came to theirs, forgets what they said, and later that there were any.
///
/// # Errors
/// Fails when the connection is lost.
pub fn sweep(conn: &mut Conn, now: Stamp) -> QueryResult<()> {
    diesel::update(
        outbox::table
            .filter(outbox::state.eq("waiting"))
            .filter(outbox::expires_at.le(now)),
    )
    .set((outbox::state.eq("dead"), outbox::body.eq("")))
    .execute(conn)?;
    let old = outbox::table
        .filter(outbox::state.ne("waiting"))
        .filter(outbox::created_at.lt(now.plus_seconds(-KEPT)));
    diesel::delete(old).execute(conn).map(drop)
}

/// A page of the messages in a state, or of all, the newest first.
///
/// # Errors
/// `?cursor` when it is none of ours.
pub fn list(
    conn: &mut Conn,
    state: Option<MessageState>,
    cursor: Option<&str>,
    limit: Limit,
) -> Result<Page<Notice>> {
    let filter = ("outbox", state);
    let mut query = outbox::table
        .filter(outbox::public_id.is_not_null())
        .order(outbox::id.desc())
        .limit(limit.with_one_more())
        .select(Notice::as_select())
        .into_boxed();
    if let Some(after) = page::after::<PublicId>(cursor, &filter)? {
        let row: Option<i64> = outbox::table
            .filter(outbox::public_id.eq(after))
            .select(outbox::id)
            .first(conn)
            .optional()?;
        query = query.filter(outbox::id.lt(row.ok_or_else(page::refused)?));
    }
    if let Some(state) = state {
        query = query.filter(outbox::state.eq(state));
    }
    Page::cut(query.load(conn)?, limit, &filter, |row: &Notice| {
        row.public_id.clone()
    })
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
