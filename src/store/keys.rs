//! The keys that sign access tokens, encrypted by the instance's secret.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::signing_keys;
use crate::domain::time::Stamp;
use crate::error::Result;

/// A signing key as it is kept: encrypted.
#[derive(Debug, Clone, Queryable)]
pub struct SigningKey {
    /// The name that tokens carry.
    pub kid: String,
    /// The encrypted secret; empty once it was forgotten.
    pub wrapped: Vec<u8>,
    /// When it was made.
    pub created_at: Stamp,
    /// From when no token of it is taken any more.
    pub retired_at: Option<Stamp>,
}

/// All signing keys, the newest first.
///
/// # Errors
/// When the database fails.
pub fn all(conn: &mut Conn) -> Result<Vec<SigningKey>> {
    Ok(signing_keys::table
        .order(signing_keys::id.desc())
        .select((
            signing_keys::kid,
            signing_keys::wrapped_secret,
            signing_keys::created_at,
            signing_keys::retired_at,
        ))
        .load(conn)?)
}

/// Keeps a new signing key.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, kid: &str, wrapped: &[u8], now: Stamp) -> Result<()> {
    diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::kid.eq(kid),
            signing_keys::wrapped_secret.eq(wrapped),
            signing_keys::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Retires every key that is not to be retired earlier; gives how many.
///
/// # Errors
/// When the database fails.
pub fn retire_all(conn: &mut Conn, at: Stamp) -> Result<usize> {
    let later = signing_keys::retired_at
        .is_null()
        .or(signing_keys::retired_at.gt(at));
    Ok(diesel::update(signing_keys::table.filter(later))
        .set(signing_keys::retired_at.eq(at))
        .execute(conn)?)
}

/// Forgets the secrets of the keys that are retired; their names and times stay.
///
/// # Errors
/// When the database fails.
pub fn forget_retired(conn: &mut Conn, now: Stamp) -> Result<()> {
    diesel::update(signing_keys::table.filter(signing_keys::retired_at.le(now)))
        .set(signing_keys::wrapped_secret.eq(Vec::<u8>::new()))
        .execute(conn)?;
    Ok(())
}
