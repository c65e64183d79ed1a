//! People with accounts.

use diesel::prelude::*;

use super::conflict;
use super::conn::Conn;
use super::page::{self, Limit, Page};
use super::schema::{second_factors, users};
use crate::domain::ids::{PublicId, UserId};
use crate::domain::phone::Phone;
use crate::domain::text::{Email, Lang};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};

define_sql_function! {
    /// The text in lower case.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// A person with an account.
#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = users)]
pub struct User {
    /// The row.
    pub id: UserId,
    /// What clients see.
    pub public_id: PublicId,
    /// The address they sign in with.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// The password's hash, a PHC string; empty for whoever signs in without one.
    pub password_hash: String,
    /// Whether they administer the instance.
    pub is_admin: bool,
    /// Since when they may not sign in.
    pub disabled_at: Option<Stamp>,
    /// Since when their address is known to reach them.
    pub email_verified_at: Option<Stamp>,
    /// The language that they read, where it is known.
    pub language: Option<Lang>,
    /// The phone that is known to reach them.
    pub phone: Option<Phone>,
}

/// A person about to have an account.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = users)]
pub struct NewUser {
    /// What clients see.
    pub public_id: PublicId,
    /// The address they sign in with.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// The password's hash, a PHC string.
    pub password_hash: String,
    /// Whether they administer the instance.
    pub is_admin: bool,
    /// When.
    pub created_at: Stamp,
    /// 1.
    pub version: i64,
    /// The language that they read, where it is known.
    pub language: Option<Lang>,
}

/// Adds a person.
///
/// # Errors
/// [`Error::Invalid`] at `/email` when the address has an account.
pub fn insert(conn: &mut Conn, new: &NewUser) -> Result<UserId> {
    diesel::insert_into(users::table)
        .values(new)
        .returning(users::id)
        .get_result(conn)
        .map_err(|e| conflict::on_unique(e, "users", &["email"], || Error::invalid("/email", "email_taken")))
}

/// The person with an address.
///
/// # Errors
/// When the database fails.
pub fn by_email(conn: &mut Conn, email: &Email) -> Result<Option<User>> {
    Ok(users::table
        .filter(users::email.eq(email))
        .select(User::as_select())
        .first(conn)
        .optional()?)
}

/// The person with a public id.
///
/// # Errors
/// When the database fails.
pub fn by_public_id(conn: &mut Conn, id: &PublicId) -> Result<Option<User>> {
    Ok(users::table
        .filter(users::public_id.eq(id))
        .select(User::as_select())
        .first(conn)
        .optional()?)
}

/// An account as an admin sees it in a list.
#[derive(Debug, Clone, Queryable)]
pub struct Account {
    /// The row.
    pub id: UserId,
    /// What clients see.
    pub public_id: PublicId,
    /// The address they sign in with.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// Whether they administer the instance.
    pub is_admin: bool,
    /// Since when they may not sign in.
    pub disabled_at: Option<Stamp>,
    /// Since when.
    pub created_at: Stamp,
    /// Since when they have a second factor.
    pub second_factor_at: Option<Stamp>,
}

/// Accounts by address; those whose address or name has `q` in it.
///
/// # Errors
/// [`Error::Invalid`] when the cursor is none of this list.
pub fn list(conn: &mut Conn, q: Option<&str>, cursor: Option<&str>, limit: Limit) -> Result<Page<Account>> {
    let filter = ("accounts", q);
    let mut query = users::table
        .left_join(second_factors::table)
        .order(users::email)
        .limit(limit.with_one_more())
        .select((
            users::id,
            users::public_id,
            users::email,
            users::name,
            users::is_admin,
            users::disabled_at,
            users::created_at,
            second_factors::confirmed_at.nullable(),
        ))
        .into_boxed();
    if let Some(q) = q.map(str::trim).filter(|q| !q.is_empty()) {
        let escaped = q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let has_it = format!("%{}%", escaped.to_lowercase());
        let fits = lower(users::email)
            .like(has_it.clone())
            .escape('\\')
            .or(lower(users::name).like(has_it).escape('\\'));
        query = query.filter(fits);
    }
    if let Some(after) = page::after::<Email>(cursor, &filter)? {
        query = query.filter(users::email.gt(after));
    }
    let rows = query.load(conn)?;
    Page::cut(rows, limit, &filter, |row| row.email.clone())
}

/// Suspends an account; `false` when it is suspended already.
///
/// # Errors
/// When the database fails.
pub fn suspend(conn: &mut Conn, id: UserId, now: Stamp) -> Result<bool> {
    let suspended = diesel::update(users::table.find(id).filter(users::disabled_at.is_null()))
        .set((users::disabled_at.eq(now), users::version.eq(users::version + 1)))
        .execute(conn)?;
    Ok(suspended == 1)
}

/// Lets a suspended account in again; `false` when it is not suspended.
///
/// # Errors
/// When the database fails.
pub fn reinstate(conn: &mut Conn, id: UserId) -> Result<bool> {
    let reinstated = diesel::update(users::table.find(id).filter(users::disabled_at.is_not_null()))
        .set((
            users::disabled_at.eq(None::<Stamp>),
            users::version.eq(users::version + 1),
        ))
        .execute(conn)?;
    Ok(reinstated == 1)
}

/// Makes other transactions that do the same for this person wait until this one ends.
///
/// # Errors
/// When the database fails.
pub fn touch(conn: &mut Conn, id: UserId) -> Result<()> {
    diesel::update(users::table.find(id))
        .set(users::version.eq(users::version))
        .execute(conn)?;
    Ok(())
}

/// Sets a new password hash.
///
/// # Errors
/// When the database fails.
pub fn set_password(conn: &mut Conn, id: UserId, hash: &str) -> Result<()> {
    diesel::update(users::table.find(id))
        .set((
            users::password_hash.eq(hash),
            users::version.eq(users::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Sets a new password hash, if the one that was seen is still there; `false` when it is not.
///
/// # Errors
/// When the database fails.
pub fn replace_password(conn: &mut Conn, id: UserId, seen: &str, hash: &str) -> Result<bool> {
    let same = users::table.find(id).filter(users::password_hash.eq(seen));
    let changed = diesel::update(same)
        .set((
            users::password_hash.eq(hash),
            users::version.eq(users::version + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Notes that a person's address reaches them, unless that is known.
///
/// # Errors
/// When the database fails.
pub fn verify_email(conn: &mut Conn, id: UserId, now: Stamp) -> Result<()> {
    diesel::update(users::table.find(id).filter(users::email_verified_at.is_null()))
        .set((
            users::email_verified_at.eq(now),
            users::version.eq(users::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives a person another address, which is known to reach them.
///
/// # Errors
/// [`Error::Conflict`] `email_taken` when it has an account.
pub fn set_email(conn: &mut Conn, id: UserId, email: &Email, now: Stamp) -> Result<()> {
    diesel::update(users::table.find(id))
        .set((
            users::email.eq(email),
            users::email_verified_at.eq(now),
            users::version.eq(users::version + 1),
        ))
        .execute(conn)
        .map_err(|e| conflict::on_unique(e, "users", &["email"], || Error::conflict("email_taken")))?;
    Ok(())
}

/// The person with a row.
///
/// # Errors
/// When the database fails.
pub fn by_id(conn: &mut Conn, id: UserId) -> Result<User> {
    Ok(users::table.find(id).select(User::as_select()).get_result(conn)?)
}

/// Whether anybody administers the instance.
///
/// # Errors
/// When the database fails.
pub fn any_admin(conn: &mut Conn) -> Result<bool> {
    Ok(
        diesel::select(diesel::dsl::exists(users::table.filter(users::is_admin.eq(true))))
            .get_result(conn)?,
    )
}
