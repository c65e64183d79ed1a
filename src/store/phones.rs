//! Phones of accounts, and numbers that somebody wants to have.

use diesel::prelude::*;

use super::conflict;
use super::conn::Conn;
use super::schema::{phone_codes, users};
use super::users::User;
use crate::domain::ids::{PublicId, UserId};
use crate::domain::phone::Phone;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};

/// A number that somebody wants to have; the code that shows that it is theirs is kept nowhere.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = phone_codes)]
pub struct PhoneCode {
    /// Who.
    pub user_id: UserId,
    /// What the code is made from, beside the instance's secret.
    pub public_id: PublicId,
    /// The number.
    pub phone: Phone,
    /// When it was asked for.
    pub created_at: Stamp,
    /// Until when the code can be used; exclusive.
    pub expires_at: Stamp,
    /// How many codes were tried.
    pub tries: i64,
}

/// Keeps a number that somebody wants to have, in the place of an earlier one.
///
/// # Errors
/// When the database fails.
pub fn put(conn: &mut Conn, new: &PhoneCode) -> Result<()> {
    each!(conn, c => diesel::insert_into(phone_codes::table)
        .values(new)
        .on_conflict(phone_codes::user_id)
        .do_update()
        .set(new)
        .execute(c))?;
    Ok(())
}

/// The number whose code has a public id.
///
/// # Errors
/// When the database fails.
pub fn by_public_id(conn: &mut Conn, id: &PublicId) -> Result<Option<PhoneCode>> {
    Ok(phone_codes::table
        .filter(phone_codes::public_id.eq(id))
        .select(PhoneCode::as_select())
        .get_result(conn)
        .optional()?)
}

/// Counts a try of the code that somebody was sent; `None` when there is none, it has ended or was tried `most` times.
///
/// # Errors
/// When the database fails.
pub fn count_try(conn: &mut Conn, user: UserId, most: i64, now: Stamp) -> Result<Option<PhoneCode>> {
    let open = phone_codes::table
        .filter(phone_codes::user_id.eq(user))
        .filter(phone_codes::expires_at.gt(now))
        .filter(phone_codes::tries.lt(most));
    let counted = diesel::update(open)
        .set(phone_codes::tries.eq(phone_codes::tries + 1))
        .execute(conn)?;
    if counted == 0 {
        return Ok(None);
    }
    Ok(phone_codes::table
        .filter(phone_codes::user_id.eq(user))
        .select(PhoneCode::as_select())
        .get_result(conn)
        .optional()?)
}

/// Forgets the number that somebody wanted to have.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut Conn, user: UserId) -> Result<()> {
    diesel::delete(phone_codes::table.filter(phone_codes::user_id.eq(user))).execute(conn)?;
    Ok(())
}

/// Gives a person a phone that is known to reach them, or takes it.
///
/// # Errors
/// [`Error::Conflict`] `phone_taken` when another account has it.
pub fn set(conn: &mut Conn, user: UserId, phone: Option<&Phone>) -> Result<()> {
    diesel::update(users::table.find(user))
        .set((users::phone.eq(phone), users::version.eq(users::version + 1)))
        .execute(conn)
        .map_err(|e| conflict::on_unique(e, "users", &["phone"], || Error::conflict("phone_taken")))?;
    Ok(())
}

/// The person with a phone.
///
/// # Errors
/// When the database fails.
pub fn owner(conn: &mut Conn, phone: &Phone) -> Result<Option<User>> {
    Ok(users::table
        .filter(users::phone.eq(phone))
        .select(User::as_select())
        .get_result(conn)
        .optional()?)
}
