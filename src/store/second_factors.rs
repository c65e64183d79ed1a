//! Second factors: the secrets of apps that make codes, recovery codes, and sign-ins that wait for a code.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{recovery_codes, second_factors, sign_in_steps};
use crate::domain::ids::UserId;
use crate::domain::session::SessionKind;
use crate::domain::time::Stamp;
use crate::error::Result;

/// A person's second factor.
#[derive(Debug, Clone, Queryable)]
pub struct SecondFactor {
    /// The secret, encrypted.
    pub sealed_secret: Vec<u8>,
    /// Since when it counts: since a code of it was given.
    pub confirmed_at: Option<Stamp>,
    /// The newest time step of which a code was taken.
    pub last_step: Option<i64>,
    /// How many codes were tried since then without a right one.
    pub failures: i64,
    /// Since when codes are tried.
    pub failing_since: Option<Stamp>,
}

/// A person's second factor, whether it counts or not.
///
/// # Errors
/// When the database fails.
pub fn of_user(conn: &mut Conn, user: UserId) -> Result<Option<SecondFactor>> {
    Ok(second_factors::table
        .filter(second_factors::user_id.eq(user))
        .select((
            second_factors::sealed_secret,
            second_factors::confirmed_at,
            second_factors::last_step,
            second_factors::failures,
            second_factors::failing_since,
        ))
        .get_result(conn)
        .optional()?)
}

/// Whether a person has a second factor that counts.
///
/// # Errors
/// When the database fails.
pub fn is_confirmed(conn: &mut Conn, user: UserId) -> Result<bool> {
    let confirmed = second_factors::table
        .filter(second_factors::user_id.eq(user))
        .filter(second_factors::confirmed_at.is_not_null());
    Ok(diesel::select(diesel::dsl::exists(confirmed)).get_result(conn)?)
}

/// Keeps the secret of a second factor that does not count yet, in the place of an earlier one that did not either;
/// `false` when there is one that counts.
///
/// # Errors
/// When the database fails.
pub fn begin(conn: &mut Conn, user: UserId, sealed: &[u8], now: Stamp) -> Result<bool> {
    let pending = second_factors::table
        .filter(second_factors::user_id.eq(user))
        .filter(second_factors::confirmed_at.is_null());
    diesel::delete(pending).execute(conn)?;
    if is_confirmed(conn, user)? {
        return Ok(false);
    }
    diesel::insert_into(second_factors::table)
        .values((
            second_factors::user_id.eq(user),
            second_factors::sealed_secret.eq(sealed),
            second_factors::created_at.eq(now),
            second_factors::failures.eq(0),
        ))
        .execute(conn)?;
    Ok(true)
}

/// Lets a second factor count; `false` when it does already.
///
/// # Errors
/// When the database fails.
pub fn confirm(conn: &mut Conn, user: UserId, now: Stamp) -> Result<bool> {
    let pending = second_factors::table
        .filter(second_factors::user_id.eq(user))
        .filter(second_factors::confirmed_at.is_null());
    let confirmed = diesel::update(pending)
        .set(second_factors::confirmed_at.eq(now))
        .execute(conn)?;
    Ok(confirmed == 1)
}

/// Takes the code of a time step; `false` when one of it or of a later one was taken.
///
/// # Errors
/// When the database fails.
pub fn take_step(conn: &mut Conn, user: UserId, step: i64) -> Result<bool> {
    let newer = second_factors::table
        .filter(second_factors::user_id.eq(user))
        .filter(
            second_factors::last_step
                .is_null()
                .or(second_factors::last_step.lt(step)),
        );
    let taken = diesel::update(newer)
        .set(second_factors::last_step.eq(step))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Counts one more try of a code, from 1 where the last ones began before a moment; gives the factor as it is then. Tries
/// of one person wait for each other here, so that many at once are no way around the count.
///
/// # Errors
/// When the database fails.
pub fn count_try(conn: &mut Conn, user: UserId, now: Stamp, since: Stamp) -> Result<Option<SecondFactor>> {
    let of_user_row = second_factors::table.filter(second_factors::user_id.eq(user));
    let calm = second_factors::failing_since
        .is_null()
        .or(second_factors::failing_since.le(since));
    diesel::update(of_user_row.filter(calm))
        .set((
            second_factors::failures.eq(0),
            second_factors::failing_since.eq(now),
        ))
        .execute(conn)?;
    diesel::update(of_user_row)
        .set(second_factors::failures.eq(second_factors::failures + 1))
        .execute(conn)?;
    of_user(conn, user)
}

/// Forgets the tries before a right code.
///
/// # Errors
/// When the database fails.
pub fn forget_tries(conn: &mut Conn, user: UserId) -> Result<()> {
    diesel::update(second_factors::table.filter(second_factors::user_id.eq(user)))
        .set((
            second_factors::failures.eq(0),
            second_factors::failing_since.eq(None::<Stamp>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes a person's second factor and its recovery codes; `false` when there is none.
///
/// # Errors
/// When the database fails.
pub fn remove(conn: &mut Conn, user: UserId) -> Result<bool> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn)?;
    drop_steps(conn, user)?;
    let removed = diesel::delete(second_factors::table.filter(second_factors::user_id.eq(user)));
    Ok(removed.execute(conn)? == 1)
}

/// Ends the sign-ins of a person that wait for a code.
///
/// # Errors
/// When the database fails.
pub fn drop_steps(conn: &mut Conn, user: UserId) -> Result<()> {
    diesel::delete(sign_in_steps::table.filter(sign_in_steps::user_id.eq(user))).execute(conn)?;
    Ok(())
}

/// Puts new recovery codes in the place of all that were given before.
///
/// # Errors
/// When the database fails.
pub fn replace_recovery_codes(conn: &mut Conn, user: UserId, hashes: &[String], now: Stamp) -> Result<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn)?;
    for hash in hashes {
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::user_id.eq(user),
                recovery_codes::code_hash.eq(hash),
                recovery_codes::created_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Uses a recovery code up; `false` when there is no such code or it was used.
///
/// # Errors
/// When the database fails.
pub fn use_recovery_code(conn: &mut Conn, user: UserId, hash: &str, now: Stamp) -> Result<bool> {
    let unused = recovery_codes::table
        .filter(recovery_codes::user_id.eq(user))
        .filter(recovery_codes::code_hash.eq(hash))
        .filter(recovery_codes::used_at.is_null());
    let used = diesel::update(unused)
        .set(recovery_codes::used_at.eq(now))
        .execute(conn)?;
    Ok(used == 1)
}

/// How many recovery codes a person has left.
///
/// # Errors
/// When the database fails.
pub fn recovery_codes_left(conn: &mut Conn, user: UserId) -> Result<i64> {
    Ok(recovery_codes::table
        .filter(recovery_codes::user_id.eq(user))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(conn)?)
}

/// A sign-in that waits for a code.
#[derive(Debug, Clone, Queryable)]
pub struct Step {
    /// The row.
    pub id: i64,
    /// Whose it is.
    pub user: UserId,
    /// How the session is to begin.
    pub kind: SessionKind,
    /// On what.
    pub device: Option<String>,
}

/// A sign-in about to wait for a code.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = sign_in_steps)]
pub struct NewStep {
    /// Whose it is.
    pub user_id: UserId,
    /// The hash of the handle.
    pub token_hash: String,
    /// How the session is to begin.
    pub kind: SessionKind,
    /// On what.
    pub device: Option<String>,
    /// When.
    pub created_at: Stamp,
    /// Until when the code is awaited.
    pub expires_at: Stamp,
    /// How many codes may still come.
    pub tries: i64,
}

/// Lets a sign-in wait, and forgets those that waited too long.
///
/// # Errors
/// When the database fails.
pub fn insert_step(conn: &mut Conn, new: &NewStep) -> Result<()> {
    let over = sign_in_steps::table.filter(sign_in_steps::expires_at.le(new.created_at));
    diesel::delete(over).execute(conn)?;
    diesel::insert_into(sign_in_steps::table)
        .values(new)
        .execute(conn)?;
    Ok(())
}

/// Takes one of the tries of the sign-in behind a handle; `None` when there is none that waits, or none is left.
///
/// # Errors
/// When the database fails.
pub fn try_step(conn: &mut Conn, hash: &str, now: Stamp) -> Result<Option<Step>> {
    let waiting = sign_in_steps::table
        .filter(sign_in_steps::token_hash.eq(hash))
        .filter(sign_in_steps::used_at.is_null())
        .filter(sign_in_steps::expires_at.gt(now))
        .filter(sign_in_steps::tries.gt(0));
    let taken = diesel::update(waiting)
        .set(sign_in_steps::tries.eq(sign_in_steps::tries - 1))
        .execute(conn)?;
    if taken == 0 {
        return Ok(None);
    }
    Ok(sign_in_steps::table
        .filter(sign_in_steps::token_hash.eq(hash))
        .select((
            sign_in_steps::id,
            sign_in_steps::user_id,
            sign_in_steps::kind,
            sign_in_steps::device,
        ))
        .get_result(conn)
        .optional()?)
}

/// Ends a sign-in's wait.
///
/// # Errors
/// When the database fails.
pub fn finish_step(conn: &mut Conn, id: i64, now: Stamp) -> Result<()> {
    diesel::update(sign_in_steps::table.find(id))
        .set(sign_in_steps::used_at.eq(now))
        .execute(conn)?;
    Ok(())
}
