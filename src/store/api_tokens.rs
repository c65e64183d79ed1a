//! API tokens for programs.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{api_tokens, competitions, users};
use super::sql_types::Json;
use crate::domain::api_token::Scope;
use crate::domain::ids::{CompetitionId, PublicId, UserId};
use crate::domain::text::{Email, Slug};
use crate::domain::time::Stamp;
use crate::error::Result;

/// Who a live token speaks for, and what it is good for.
#[derive(Debug, Clone, Queryable)]
pub struct Live {
    /// The token's row.
    pub id: i64,
    /// What clients see of the token.
    pub token: PublicId,
    /// What it is good for.
    pub scopes: Json<Vec<Scope>>,
    /// The only competition that it is good for.
    pub competition: Option<CompetitionId>,
    /// When it was last used.
    pub last_used_at: Option<Stamp>,
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

/// The token with a hash, if it is good, of a person who may sign in.
///
/// # Errors
/// When the database fails.
pub fn live(conn: &mut Conn, hash: &str, now: Stamp) -> Result<Option<Live>> {
    Ok(api_tokens::table
        .inner_join(users::table)
        .filter(api_tokens::token_hash.eq(hash))
        .filter(api_tokens::revoked_at.is_null())
        .filter(api_tokens::expires_at.gt(now))
        .filter(users::disabled_at.is_null())
        .select((
            api_tokens::id,
            api_tokens::public_id,
            api_tokens::scopes,
            api_tokens::competition_id,
            api_tokens::last_used_at,
            users::id,
            users::public_id,
            users::email,
            users::name,
            users::is_admin,
        ))
        .get_result(conn)
        .optional()?)
}

/// A token as its owner sees it in a list.
#[derive(Debug, Clone, Queryable)]
pub struct ApiToken {
    /// What clients see.
    pub public_id: PublicId,
    /// What its owner calls it.
    pub name: String,
    /// What it is good for.
    pub scopes: Json<Vec<Scope>>,
    /// The only competition that it is good for.
    pub competition: Option<Slug>,
    /// When it was made.
    pub created_at: Stamp,
    /// Until when it is good.
    pub expires_at: Stamp,
    /// When it was last used, coarsely.
    pub last_used_at: Option<Stamp>,
}

/// A person's tokens that were not revoked, the newest first; those whose time is over, too.
///
/// # Errors
/// When the database fails.
pub fn of_user(conn: &mut Conn, user: UserId) -> Result<Vec<ApiToken>> {
    Ok(api_tokens::table
        .left_join(competitions::table)
        .filter(api_tokens::user_id.eq(user))
        .filter(api_tokens::revoked_at.is_null())
        .order(api_tokens::id.desc())
        .select((
            api_tokens::public_id,
            api_tokens::name,
            api_tokens::scopes,
            competitions::slug.nullable(),
            api_tokens::created_at,
            api_tokens::expires_at,
            api_tokens::last_used_at,
        ))
        .load(conn)?)
}

/// How many good tokens a person has.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn, user: UserId, now: Stamp) -> Result<i64> {
    Ok(api_tokens::table
        .filter(api_tokens::user_id.eq(user))
        .filter(api_tokens::revoked_at.is_null())
        .filter(api_tokens::expires_at.gt(now))
        .count()
        .get_result(conn)?)
}

/// A token about to be made.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = api_tokens)]
pub struct NewToken {
    /// What clients see.
    pub public_id: PublicId,
    /// Whom it speaks for.
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: String,
    /// What it is good for.
    pub scopes: Json<Vec<Scope>>,
    /// The only competition that it is good for.
    pub competition_id: Option<CompetitionId>,
    /// The hash of the token.
    pub token_hash: String,
    /// When.
    pub created_at: Stamp,
    /// Until when it is good.
    pub expires_at: Stamp,
}

/// Keeps a new token's hash.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, new: &NewToken) -> Result<()> {
    diesel::insert_into(api_tokens::table).values(new).execute(conn)?;
    Ok(())
}

/// Revokes a person's token; `false` when they have none with this id.
///
/// # Errors
/// When the database fails.
pub fn revoke(conn: &mut Conn, user: UserId, id: &PublicId, now: Stamp) -> Result<bool> {
    let good = api_tokens::table
        .filter(api_tokens::user_id.eq(user))
        .filter(api_tokens::public_id.eq(id))
        .filter(api_tokens::revoked_at.is_null());
    let revoked = diesel::update(good)
        .set(api_tokens::revoked_at.eq(now))
        .execute(conn)?;
    Ok(revoked == 1)
}

/// Revokes every token of a person; gives how many there were.
///
/// # Errors
/// When the database fails.
pub fn revoke_all(conn: &mut Conn, user: UserId, now: Stamp) -> Result<usize> {
    let good = api_tokens::table
        .filter(api_tokens::user_id.eq(user))
        .filter(api_tokens::revoked_at.is_null());
    Ok(diesel::update(good)
        .set(api_tokens::revoked_at.eq(now))
        .execute(conn)?)
}

/// Notes that a token was used, unless that was noted after `since`.
///
/// # Errors
/// When the database fails.
pub fn note_use(conn: &mut Conn, id: i64, now: Stamp, since: Stamp) -> Result<()> {
    let unnoted = api_tokens::table.find(id).filter(
        api_tokens::last_used_at
            .is_null()
            .or(api_tokens::last_used_at.lt(since)),
    );
    diesel::update(unnoted)
        .set(api_tokens::last_used_at.eq(now))
        .execute(conn)?;
    Ok(())
}
