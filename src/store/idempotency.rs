//! Answers kept for clients that repeat a request under the same key.

use diesel::prelude::*;

use super::conflict;
use super::conn::Conn;
use super::schema::idempotency_keys;
use crate::domain::ids::UserId;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};

/// What a repeated request is recognised by.
#[derive(Debug, Clone)]
pub struct Once {
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The client's key.
    pub key: String,
    /// The hash of the body.
    pub body_hash: String,
}

/// How long an answer is kept at least, in seconds.
pub const KEPT_SECONDS: i64 = 24 * 3600;
/// How many answers of a person are kept however old they seem: a clock that jumps ahead does not make somebody who
/// repeats a request do it twice.
const KEPT_ANYWAY: i64 = 100;

/// The kept answer: the hash of the body it was for, and the answer as JSON. A key that is older than a day is free for
/// another body.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, user: UserId, once: &Once, now: Stamp) -> Result<Option<(String, String)>> {
    let is_bound = idempotency_keys::created_at.gt(now.plus_seconds(-KEPT_SECONDS));
    Ok(idempotency_keys::table
        .filter(is_bound.or(idempotency_keys::body_hash.eq(&once.body_hash)))
        .filter(idempotency_keys::user_id.eq(user))
        .filter(idempotency_keys::method.eq(&once.method))
        .filter(idempotency_keys::path.eq(&once.path))
        .filter(idempotency_keys::key.eq(&once.key))
        .select((idempotency_keys::body_hash, idempotency_keys::answer))
        .first(conn)
        .optional()?)
}

/// Keeps an answer, and forgets those of this person that are older than a day, save the last ones.
///
/// # Errors
/// [`Error::Conflict`] `idempotency_key_in_use` when another request with the same key was faster.
pub fn keep(conn: &mut Conn, user: UserId, once: &Once, answer: &str, now: Stamp) -> Result<()> {
    let oldest_kept: Option<i64> = idempotency_keys::table
        .filter(idempotency_keys::user_id.eq(user))
        .order(idempotency_keys::id.desc())
        .offset(KEPT_ANYWAY - 1)
        .select(idempotency_keys::id)
        .first(conn)
        .optional()?;
    if let Some(oldest_kept) = oldest_kept {
        diesel::delete(
            idempotency_keys::table
                .filter(idempotency_keys::user_id.eq(user))
                .filter(idempotency_keys::id.lt(oldest_kept))
                .filter(idempotency_keys::created_at.le(now.plus_seconds(-KEPT_SECONDS))),
        )
        .execute(conn)?;
    }
    let old = idempotency_keys::table
        .filter(idempotency_keys::user_id.eq(user))
        .filter(idempotency_keys::method.eq(&once.method))
        .filter(idempotency_keys::path.eq(&once.path))
        .filter(idempotency_keys::key.eq(&once.key))
        .filter(idempotency_keys::created_at.le(now.plus_seconds(-KEPT_SECONDS)));
    diesel::delete(old).execute(conn)?;
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::user_id.eq(user),
            idempotency_keys::method.eq(&once.method),
            idempotency_keys::path.eq(&once.path),
            idempotency_keys::key.eq(&once.key),
            idempotency_keys::body_hash.eq(&once.body_hash),
            idempotency_keys::answer.eq(answer),
            idempotency_keys::created_at.eq(now),
        ))
        .execute(conn)
        .map_err(|e| {
            conflict::on_unique(
                e,
                "idempotency_keys",
                &["user_id", "method", "path", "key"],
                || Error::conflict("idempotency_key_in_use"),
            )
        })?;
    Ok(())
}
