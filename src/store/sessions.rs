//! Log-ins, their refresh tokens, and the one-time set-up token.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{competitions, judge_links, refresh_tokens, sessions, setup_tokens, tablets, users};
use super::second_factors;
use crate::domain::ids::{CompetitionId, PublicId, SessionId, UserId};
use crate::domain::session::SessionKind;
use crate::domain::text::{Email, Slug};
use crate::domain::time::Stamp;
use crate::error::Result;

/// Who a live session belongs to.
#[derive(Debug, Clone, Queryable)]
pub struct Live {
    /// The session's row.
    pub session: SessionId,
    /// When its owner last proved who they are.
    pub proved_at: Option<Stamp>,
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
    /// The competition of the judge's link that began it.
    pub judging: Option<CompetitionId>,
    /// Whether somebody else vouched for their second factor.
    pub vouched: bool,
    /// When it began.
    pub created_at: Stamp,
    /// When it was kept up last; never while its first access token is good.
    pub last_used_at: Option<Stamp>,
}

/// A session that was begun after a moment and has not ended, of a person who may sign in; one of a judge's link while
/// that is good.
///
/// # Errors
/// When the database fails.
pub fn live(conn: &mut Conn, session: &PublicId, begun_after: Stamp, now: Stamp) -> Result<Option<Live>> {
    Ok(sessions::table
        .inner_join(users::table)
        .left_join(judge_links::table)
        .filter(
            sessions::judge_link_id
                .is_null()
                .or(judge_links::expires_at.nullable().gt(now)),
        )
        .filter(sessions::public_id.eq(session))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::created_at.gt(begun_after))
        .filter(users::disabled_at.is_null())
        .select((
            sessions::id,
            sessions::proved_at,
            users::id,
            users::public_id,
            users::email,
            users::name,
            users::is_admin,
            judge_links::competition_id.nullable(),
            sessions::vouched,
            sessions::created_at,
            sessions::last_used_at,
        ))
        .get_result(conn)
        .optional()?)
}

/// A session as its owner sees it in a list.
#[derive(Debug, Clone, Queryable)]
pub struct Listed {
    /// The row.
    pub id: SessionId,
    /// What clients see.
    pub public_id: PublicId,
    /// How it was begun.
    pub kind: SessionKind,
    /// On what.
    pub device: Option<String>,
    /// When it was begun.
    pub created_at: Stamp,
    /// When it was last kept up.
    pub last_used_at: Option<Stamp>,
    /// The competition of the judge's link that began it.
    pub competition: Option<Slug>,
    /// When that link ends.
    pub link_ends_at: Option<Stamp>,
    /// The tablet of the hall on which it was begun.
    pub tablet: Option<String>,
}

/// The sessions of a person that have not ended, were begun after one moment and kept up after another; those that were
/// begun last come first.
///
/// # Errors
/// When the database fails.
pub fn of_user(conn: &mut Conn, user: UserId, begun_after: Stamp, used_after: Stamp) -> Result<Vec<Listed>> {
    let used = sessions::last_used_at.gt(used_after).or(sessions::last_used_at
        .is_null()
        .and(sessions::created_at.nullable().gt(used_after)));
    Ok(sessions::table
        .left_join(judge_links::table.left_join(competitions::table))
        .left_join(tablets::table)
        .filter(sessions::user_id.eq(user))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::created_at.gt(begun_after))
        .filter(used)
        .order(sessions::id.desc())
        .select((
            sessions::id,
            sessions::public_id,
            sessions::kind,
            sessions::device,
            sessions::created_at,
            sessions::last_used_at,
            competitions::slug.nullable(),
            judge_links::expires_at.nullable(),
            tablets::name.nullable(),
        ))
        .load(conn)?)
}

/// How many sessions have not ended, were begun after one moment and kept up after another.
///
/// # Errors
/// When the database fails.
pub fn live_count(conn: &mut Conn, begun_after: Stamp, used_after: Stamp) -> Result<i64> {
    let used = sessions::last_used_at.gt(used_after).or(sessions::last_used_at
        .is_null()
        .and(sessions::created_at.nullable().gt(used_after)));
    Ok(sessions::table
        .filter(sessions::ended_at.is_null())
        .filter(sessions::created_at.gt(begun_after))
        .filter(used)
        .count()
        .get_result(conn)?)
}

/// A session about to begin.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = sessions)]
pub struct NewSession {
    /// What clients see.
    pub public_id: PublicId,
    /// Whose it is.
    pub user_id: UserId,
    /// How it is begun.
    pub kind: SessionKind,
    /// On what.
    pub device: Option<String>,
    /// When.
    pub created_at: Stamp,
    /// When its owner proved who they are.
    pub proved_at: Stamp,
    /// The judge's link that begins it.
    pub judge_link_id: Option<i64>,
    /// The tablet of the hall on which it begins.
    pub tablet_id: Option<i64>,
    /// Whether somebody else vouched for their second factor.
    pub vouched: bool,
}

/// Begins a session.
///
/// # Errors
/// When the database fails.
pub fn begin(conn: &mut Conn, new: &NewSession) -> Result<SessionId> {
    Ok(diesel::insert_into(sessions::table)
        .values(new)
        .returning(sessions::id)
        .get_result(conn)?)
}

/// Notes that the owner of a session proved again who they are.
///
/// # Errors
/// When the database fails.
pub fn prove(conn: &mut Conn, session: SessionId, now: Stamp) -> Result<()> {
    diesel::update(sessions::table.find(session))
        .set(sessions::proved_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Notes that a session is kept up. Refreshes of one session wait for each other here.
///
/// # Errors
/// When the database fails.
pub fn touch(conn: &mut Conn, session: SessionId, now: Stamp) -> Result<()> {
    diesel::update(sessions::table.find(session))
        .set(sessions::last_used_at.eq(now))
        .execute(conn)?;
    Ok(())
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

/// Ends a session of a person by its public id; `false` when they have none with it that has not ended.
///
/// # Errors
/// When the database fails.
pub fn end_of(conn: &mut Conn, user: UserId, session: &PublicId, reason: &str, now: Stamp) -> Result<bool> {
    let open = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::public_id.eq(session))
        .filter(sessions::ended_at.is_null());
    let ended = diesel::update(open)
        .set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason)))
        .execute(conn)?;
    Ok(ended == 1)
}

/// Ends every session of a person; gives how many there were.
///
/// # Errors
/// When the database fails.
pub fn end_all(conn: &mut Conn, user: UserId, reason: &str, now: Stamp) -> Result<usize> {
    end_others(conn, user, SessionId(0), reason, now)
}

/// Ends every session of a person but one, and what waits for a second factor; gives how many sessions there were.
///
/// # Errors
/// When the database fails.
pub fn end_others(conn: &mut Conn, user: UserId, kept: SessionId, reason: &str, now: Stamp) -> Result<usize> {
    second_factors::drop_steps(conn, user)?;
    let open = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::id.ne(kept))
        .filter(sessions::ended_at.is_null());
    Ok(diesel::update(open)
        .set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason)))
        .execute(conn)?)
}

/// A refresh token, found by its hash, with its session.
#[derive(Debug, Clone, Queryable)]
pub struct Refresh {
    /// The token's row.
    pub id: i64,
    /// For which token it was given.
    pub parent: Option<i64>,
    /// The session it belongs to.
    pub session: SessionId,
    /// What clients see of the session.
    pub session_public_id: PublicId,
    /// When the session was begun.
    pub begun_at: Stamp,
    /// Until when it may be used.
    pub expires_at: Stamp,
    /// When it was used.
    pub used_at: Option<Stamp>,
    /// When another answer to the same token was used instead.
    pub superseded_at: Option<Stamp>,
    /// When the judge's link ends that began the session.
    pub link_ends_at: Option<Stamp>,
}

/// A refresh token about to be given.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = refresh_tokens)]
pub struct NewRefresh {
    /// The session.
    pub session_id: SessionId,
    /// The hash of the token.
    pub token_hash: String,
    /// When.
    pub created_at: Stamp,
    /// Until when it may be used.
    pub expires_at: Stamp,
    /// For which token it is given.
    pub parent_id: Option<i64>,
}

/// Keeps a new refresh token's hash.
///
/// # Errors
/// When the database fails.
pub fn insert_refresh(conn: &mut Conn, new: &NewRefresh) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values(new)
        .execute(conn)?;
    Ok(())
}

/// The session that a refresh token belongs to.
///
/// # Errors
/// When the database fails.
pub fn session_of_refresh(conn: &mut Conn, hash: &str) -> Result<Option<SessionId>> {
    Ok(refresh_tokens::table
        .filter(refresh_tokens::token_hash.eq(hash))
        .select(refresh_tokens::session_id)
        .get_result(conn)
        .optional()?)
}

/// The refresh token with a hash.
///
/// # Errors
/// When the database fails.
pub fn refresh_by_hash(conn: &mut Conn, hash: &str) -> Result<Option<Refresh>> {
    Ok(refresh_tokens::table
        .inner_join(sessions::table.left_join(judge_links::table))
        .filter(refresh_tokens::token_hash.eq(hash))
        .select((
            refresh_tokens::id,
            refresh_tokens::parent_id,
            sessions::id,
            sessions::public_id,
            sessions::created_at,
            refresh_tokens::expires_at,
            refresh_tokens::used_at,
            refresh_tokens::superseded_at,
            judge_links::expires_at.nullable(),
        ))
        .get_result(conn)
        .optional()?)
}

/// When each of the tokens that were given for a refresh token was used.
///
/// # Errors
/// When the database fails.
pub fn successors(conn: &mut Conn, refresh: i64) -> Result<Vec<Option<Stamp>>> {
    Ok(refresh_tokens::table
        .filter(refresh_tokens::parent_id.eq(refresh))
        .select(refresh_tokens::used_at)
        .load(conn)?)
}

/// Uses a refresh token up, so that the other answers to the same token are worth nothing, and forgets those of its
/// session whose time is over.
///
/// # Errors
/// When the database fails.
pub fn use_refresh(conn: &mut Conn, used: &Refresh, now: Stamp) -> Result<()> {
    diesel::update(refresh_tokens::table.find(used.id))
        .set(refresh_tokens::used_at.eq(now))
        .execute(conn)?;
    if let Some(parent) = used.parent {
        let others = refresh_tokens::table
            .filter(refresh_tokens::parent_id.eq(parent))
            .filter(refresh_tokens::id.ne(used.id));
        diesel::update(others)
            .set(refresh_tokens::superseded_at.eq(now))
            .execute(conn)?;
    }
    let over = refresh_tokens::table
        .filter(refresh_tokens::session_id.eq(used.session))
        .filter(refresh_tokens::expires_at.le(now));
    diesel::delete(over).execute(conn)?;
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
