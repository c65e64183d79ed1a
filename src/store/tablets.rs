//! Tablets of a hall, on which judges take turns.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{sessions, tablets, users};
use crate::domain::ids::{CompetitionId, PublicId, SessionId, UserId};
use crate::domain::time::Stamp;
use crate::error::Result;

/// A tablet.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = tablets)]
pub struct Tablet {
    /// The row.
    pub id: i64,
    /// What clients see.
    pub public_id: PublicId,
    /// Where judges sign in on it.
    pub competition_id: CompetitionId,
    /// What it is called.
    pub name: String,
    /// When it was named.
    pub created_at: Stamp,
    /// Until when it belongs to the competition; exclusive.
    pub expires_at: Stamp,
    /// When it was bound.
    pub bound_at: Option<Stamp>,
    /// When it was removed.
    pub removed_at: Option<Stamp>,
}

/// A tablet about to be named.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = tablets)]
pub struct NewTablet {
    /// What clients see.
    pub public_id: PublicId,
    /// Where judges sign in on it.
    pub competition_id: CompetitionId,
    /// What it is called.
    pub name: String,
    /// The hash of the code that binds it.
    pub code_hash: String,
    /// Who names it.
    pub created_by: UserId,
    /// When.
    pub created_at: Stamp,
    /// Until when it belongs to the competition; exclusive.
    pub expires_at: Stamp,
}

/// Keeps a new tablet.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, new: &NewTablet) -> Result<()> {
    diesel::insert_into(tablets::table).values(new).execute(conn)?;
    Ok(())
}

/// The tablets of a competition that were not removed, in the order in which they were named.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, competition: CompetitionId) -> Result<Vec<Tablet>> {
    Ok(tablets::table
        .filter(tablets::competition_id.eq(competition))
        .filter(tablets::removed_at.is_null())
        .order(tablets::id)
        .select(Tablet::as_select())
        .load(conn)?)
}

/// The tablet with the hash of the code that binds it, removed ones too.
///
/// # Errors
/// When the database fails.
pub fn by_code(conn: &mut Conn, code_hash: &str) -> Result<Option<Tablet>> {
    Ok(tablets::table
        .filter(tablets::code_hash.eq(code_hash))
        .select(Tablet::as_select())
        .get_result(conn)
        .optional()?)
}

/// The tablet that is bound by the secret with this hash, and was not removed.
///
/// # Errors
/// When the database fails.
pub fn by_seat(conn: &mut Conn, seat_hash: &str, now: Stamp) -> Result<Option<Tablet>> {
    Ok(tablets::table
        .filter(tablets::seat_hash.eq(seat_hash))
        .filter(tablets::removed_at.is_null())
        .filter(tablets::expires_at.gt(now))
        .select(Tablet::as_select())
        .get_result(conn)
        .optional()?)
}

/// Binds a tablet to whoever holds a secret, once; `false` when somebody was faster or it was removed.
///
/// # Errors
/// When the database fails.
pub fn bind(conn: &mut Conn, tablet: i64, seat_hash: &str, now: Stamp) -> Result<bool> {
    let unbound = tablets::table
        .find(tablet)
        .filter(tablets::bound_at.is_null())
        .filter(tablets::removed_at.is_null());
    let bound = diesel::update(unbound)
        .set((tablets::seat_hash.eq(seat_hash), tablets::bound_at.eq(now)))
        .execute(conn)?;
    Ok(bound == 1)
}

/// Removes a tablet of a competition; gives its row, nothing when there is none.
///
/// # Errors
/// When the database fails.
pub fn remove(conn: &mut Conn, competition: CompetitionId, id: &PublicId, now: Stamp) -> Result<Option<i64>> {
    let known = tablets::table
        .filter(tablets::competition_id.eq(competition))
        .filter(tablets::public_id.eq(id))
        .filter(tablets::removed_at.is_null());
    Ok(diesel::update(known)
        .set(tablets::removed_at.eq(now))
        .returning(tablets::id)
        .get_result(conn)
        .optional()?)
}

/// Who sits at a tablet.
#[derive(Debug, Clone, Queryable)]
pub struct Sitting {
    /// The tablet.
    pub tablet: Option<i64>,
    /// Their session.
    pub session: SessionId,
    /// The session as clients see it.
    pub session_public_id: PublicId,
    /// The row.
    pub user: UserId,
    /// What they are called.
    pub name: String,
    /// Since when.
    pub since: Stamp,
}

/// Who sits at tablets.
///
/// # Errors
/// When the database fails.
pub fn sitting(conn: &mut Conn, tablets: &[i64]) -> Result<Vec<Sitting>> {
    let mut all = Vec::new();
    for some in tablets.chunks(500) {
        let rows: Vec<Sitting> = sessions::table
            .inner_join(users::table)
            .filter(sessions::tablet_id.eq_any(some))
            .filter(sessions::ended_at.is_null())
            .order(sessions::id)
            .select((
                sessions::tablet_id,
                sessions::id,
                sessions::public_id,
                users::id,
                users::name,
                sessions::created_at,
            ))
            .load(conn)?;
        all.extend(rows);
    }
    Ok(all)
}

/// Ends what was begun on a tablet; gives how many sessions there were.
///
/// # Errors
/// When the database fails.
pub fn clear(conn: &mut Conn, tablet: i64, reason: &str, now: Stamp) -> Result<usize> {
    let open = sessions::table
        .filter(sessions::tablet_id.eq(tablet))
        .filter(sessions::ended_at.is_null());
    Ok(diesel::update(open)
        .set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason)))
        .execute(conn)?)
}

/// Locks a tablet, so that of two judges who sit down at the same moment one comes after the other.
///
/// # Errors
/// When the database fails.
pub fn hold(conn: &mut Conn, tablet: i64) -> Result<bool> {
    let known = tablets::table.find(tablet).filter(tablets::removed_at.is_null());
    // Nothing changes; the row is what they wait at.
    let held = diesel::update(known)
        .set(tablets::public_id.eq(tablets::public_id))
        .execute(conn)?;
    Ok(held == 1)
}
