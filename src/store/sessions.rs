//! Log-ins, their refresh tokens, the keys that sign access tokens, and the one-time set-up token.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{refresh_tokens, sessions, setup_tokens, signing_keys, users};
use crate::domain::ids::{PublicId, SessionId, UserId};
use crate::domain::text::Email;
use crate::domain::time::Stamp;
use crate::error::Result;

/// Who a live session belongs to.
#[derive(Debug, Clone, Queryable)]
pub struct Live {
    /// The session's row.
    pub session: SessionId,
    /// The person's row.
    pub user: UserId,
    /// What clients see of the person.
    pub public_id: PublicId,
    /// Their address.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// Whether they administer the instance.
    pub is_admin: bool,
}

/// A session that has not ended, of a person who may sign in.
///
/// # Errors
/// When the database fails.
pub fn live(conn: &mut Conn, session: &PublicId) -> Result<Option<Live>> {
    Ok(sessions::table
        .inner_join(users::table)
        .filter(sessions::public_id.eq(session))
        .filter(sessions::ended_at.is_null())
        .filter(users::disabled_at.is_null())
        .select((
            sessions::id,
            users::id,
            users::public_id,
            users::email,
            users::name,
            users::is_admin,
        ))
        .get_result(conn)
        .optional()?)
}

/// Begins a session.
///
/// # Errors
/// When the database fails.
pub fn begin(conn: &mut Conn, public_id: &PublicId, user: UserId, now: Stamp) -> Result<SessionId> {
    Ok(diesel::insert_into(sessions::table)
        .values((
            sessions::public_id.eq(public_id),
            sessions::user_id.eq(user),
            sessions::created_at.eq(now),
        ))
        .returning(sessions::id)
        .get_result(conn)?)
}

/// Ends a session, if it has not ended.
///
/// # Errors
/// When the database fails.
pub fn end(conn: &mut Conn, session: SessionId, reason: &str, now: Stamp) -> Result<()> {
    diesel::update(sessions::table.find(session).filter(sessions::ended_at.is_null()))
        .set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason)))
        .execute(conn)?;
    Ok(())
}

/// Ends every session of a person.
///
/// # Errors
/// When the database fails.
pub fn end_all(conn: &mut Conn, user: UserId, reason: &str, now: Stamp) -> Result<()> {
    diesel::update(
        sessions::table
            .filter(sessions::user_id.eq(user))
            .filter(sessions::ended_at.is_null()),
    )
    .set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason)))
    .execute(conn)?;
    Ok(())
}

/// A refresh token, found by its hash, with its session.
#[derive(Debug, Clone, Queryable)]
pub struct Refresh {
    /// The token's row.
    pub id: i64,
    /// The session it belongs to.
    pub session: SessionId,
    /// What clients see of the session.
    pub session_public_id: PublicId,
    /// Until when it may be used.
    pub expires_at: Stamp,
    /// When it was used.
    pub used_at: Option<Stamp>,
}

/// Keeps a new refresh token's hash.
///
/// # Errors
/// When the database fails.
pub fn insert_refresh(
    conn: &mut Conn,
    session: SessionId,
    hash: &str,
    now: Stamp,
    expires_at: Stamp,
) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::session_id.eq(session),
            refresh_tokens::token_hash.eq(hash),
            refresh_tokens::created_at.eq(now),
            refresh_tokens::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// The refresh token with a hash.
///
/// # Errors
/// When the database fails.
pub fn refresh_by_hash(conn: &mut Conn, hash: &str) -> Result<Option<Refresh>> {
    Ok(refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::token_hash.eq(hash))
        .select((
            refresh_tokens::id,
            sessions::id,
            sessions::public_id,
            refresh_tokens::expires_at,
            refresh_tokens::used_at,
        ))
        .get_result(conn)
        .optional()?)
}

/// Uses a refresh token up; `false` when somebody was faster.
///
/// # Errors
/// When the database fails.
pub fn use_refresh(conn: &mut Conn, id: i64, now: Stamp) -> Result<bool> {
    let used = diesel::update(
        refresh_tokens::table
            .find(id)
            .filter(refresh_tokens::used_at.is_null()),
    )
    .set(refresh_tokens::used_at.eq(now))
    .execute(conn)?;
    Ok(used == 1)
}

/// A signing key as it is kept: encrypted.
#[derive(Debug, Clone, Queryable)]
pub struct SigningKey {
    /// The name that tokens carry.
    pub kid: String,
    /// The encrypted secret.
    pub wrapped: Vec<u8>,
    /// Since when it signs no more.
    pub retired_at: Option<Stamp>,
}

/// All signing keys, the newest first.
///
/// # Errors
/// When the database fails.
pub fn signing_keys(conn: &mut Conn) -> Result<Vec<SigningKey>> {
    Ok(signing_keys::table
        .order(signing_keys::id.desc())
        .select((
            signing_keys::kid,
            signing_keys::wrapped_secret,
            signing_keys::retired_at,
        ))
        .load(conn)?)
}

/// Keeps a new signing key.
///
/// # Errors
/// When the database fails.
pub fn insert_signing_key(conn: &mut Conn, kid: &str, wrapped: &[u8], now: Stamp) -> Result<()> {
    diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::kid.eq(kid),
            signing_keys::wrapped_secret.eq(wrapped),
            signing_keys::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps the hash of a new set-up token, beside those that other nodes made since `until`; older ones are void.
///
/// # Errors
/// When the database fails.
pub fn add_setup_token(conn: &mut Conn, hash: &str, now: Stamp, until: Stamp) -> Result<()> {
    let unused = setup_tokens::table.filter(setup_tokens::used_at.is_null());
    diesel::delete(unused.filter(setup_tokens::created_at.lt(until))).execute(conn)?;
    diesel::insert_into(setup_tokens::table)
        .values((
            setup_tokens::token_hash.eq(hash),
            setup_tokens::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Uses a set-up token up, and with it all others; `false` when there is no such token or it was used.
///
/// # Errors
/// When the database fails.
pub fn use_setup_token(conn: &mut Conn, hash: &str, now: Stamp) -> Result<bool> {
    let fresh = setup_tokens::table
        .filter(setup_tokens::token_hash.eq(hash))
        .filter(setup_tokens::used_at.is_null());
    let used = diesel::update(fresh)
        .set(setup_tokens::used_at.eq(now))
        .execute(conn)?;
    if used == 1 {
        diesel::delete(setup_tokens::table.filter(setup_tokens::used_at.is_null())).execute(conn)?;
    }
    Ok(used == 1)
}
