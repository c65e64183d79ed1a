//! Requests to sign in by a code that is sent.

use diesel::prelude::*;

use super::conn::Conn;
use super::phones;
use super::schema::sign_in_codes;
use super::users::{self, User};
use crate::domain::ids::PublicId;
use crate::domain::phone::Recipient;
use crate::domain::time::Stamp;
use crate::error::Result;

/// A request as it is kept; the code itself is kept nowhere.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sign_in_codes, treat_none_as_default_value = false)]
pub struct SignInCode {
    /// What the code is made from, beside the instance's secret.
    pub public_id: PublicId,
    /// The hash of the handle that whoever asked holds.
    pub handle_hash: String,
    /// To whom the code goes, if there is such an account.
    pub recipient: Recipient,
    /// When it was asked for.
    pub created_at: Stamp,
    /// Until when it can be used; exclusive.
    pub expires_at: Stamp,
    /// How many codes were tried.
    pub tries: i64,
    /// When it was used.
    pub used_at: Option<Stamp>,
}

/// Keeps a request.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, new: &SignInCode) -> Result<()> {
    each!(conn, c => diesel::insert_into(sign_in_codes::table).values(new).execute(c))?;
    Ok(())
}

/// The request with a public id.
///
/// # Errors
/// When the database fails.
pub fn by_public_id(conn: &mut Conn, id: &PublicId) -> Result<Option<SignInCode>> {
    Ok(sign_in_codes::table
        .filter(sign_in_codes::public_id.eq(id))
        .select(SignInCode::as_select())
        .get_result(conn)
        .optional()?)
}

/// Counts a try of a request that is open; `None` when there is none, it has ended, was used, or tried `most` times.
///
/// # Errors
/// When the database fails.
pub fn count_try(conn: &mut Conn, handle_hash: &str, most: i64, now: Stamp) -> Result<Option<SignInCode>> {
    let open = sign_in_codes::table
        .filter(sign_in_codes::handle_hash.eq(handle_hash))
        .filter(sign_in_codes::used_at.is_null())
        .filter(sign_in_codes::expires_at.gt(now))
        .filter(sign_in_codes::tries.lt(most));
    let counted = diesel::update(open)
        .set(sign_in_codes::tries.eq(sign_in_codes::tries + 1))
        .execute(conn)?;
    if counted == 0 {
        return Ok(None);
    }
    Ok(sign_in_codes::table
        .filter(sign_in_codes::handle_hash.eq(handle_hash))
        .select(SignInCode::as_select())
        .get_result(conn)
        .optional()?)
}

/// Uses a request up; `false` when somebody was faster.
///
/// # Errors
/// When the database fails.
pub fn spend(conn: &mut Conn, id: &PublicId, now: Stamp) -> Result<bool> {
    let open = sign_in_codes::table
        .filter(sign_in_codes::public_id.eq(id))
        .filter(sign_in_codes::used_at.is_null());
    let spent = diesel::update(open)
        .set(sign_in_codes::used_at.eq(now))
        .execute(conn)?;
    Ok(spent == 1)
}

/// Forgets what ended before a moment.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut Conn, before: Stamp) -> Result<()> {
    diesel::delete(sign_in_codes::table.filter(sign_in_codes::expires_at.lt(before))).execute(conn)?;
    Ok(())
}

/// The account that a code for an address or a phone signs in to, if there is one that may sign in.
///
/// # Errors
/// When the database fails.
pub fn account(conn: &mut Conn, recipient: &Recipient) -> Result<Option<User>> {
    let user = match recipient {
        Recipient::Email(email) => users::by_email(conn, email)?,
        Recipient::Phone(phone) => phones::owner(conn, phone)?,
    };
    Ok(user.filter(|user| user.disabled_at.is_none()))
}
