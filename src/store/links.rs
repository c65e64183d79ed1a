//! Links that do one thing once: set a new password, confirm an address.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::links;
use crate::domain::ids::UserId;
use crate::domain::letter::LinkKind;
use crate::domain::text::Email;
use crate::domain::time::Stamp;
use crate::error::Result;

/// A link as it is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = links, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Link {
    /// Whose account it is about.
    pub user_id: UserId,
    /// What it does.
    pub kind: LinkKind,
    /// The hash of its token.
    pub token_hash: String,
    /// The address that it was sent to; none where somebody passed it on.
    pub email: Option<Email>,
    /// When it was made.
    pub created_at: Stamp,
    /// Until when it can be used; exclusive.
    pub expires_at: Stamp,
    /// When it was used.
    pub used_at: Option<Stamp>,
}

/// Keeps a link in the place of an older one of its kind, which does nothing from now on.
///
/// # Errors
/// When the database fails.
pub fn put(conn: &mut Conn, link: &Link) -> Result<()> {
    each!(conn, c => diesel::insert_into(links::table)
        .values(link)
        .on_conflict((links::user_id, links::kind))
        .do_update()
        .set(link)
        .execute(c))?;
    Ok(())
}

/// The link with a token's hash.
///
/// # Errors
/// When the database fails.
pub fn by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Link>> {
    Ok(links::table
        .filter(links::token_hash.eq(token_hash))
        .select(Link::as_select())
        .get_result(conn)
        .optional()?)
}

/// Uses a link up; `false` when somebody was faster.
///
/// # Errors
/// When the database fails.
pub fn spend(conn: &mut Conn, token_hash: &str, now: Stamp) -> Result<bool> {
    let open = links::table
        .filter(links::token_hash.eq(token_hash))
        .filter(links::used_at.is_null());
    let spent = diesel::update(open).set(links::used_at.eq(now)).execute(conn)?;
    Ok(spent == 1)
}

/// Voids the open links of a kind that a person has.
///
/// # Errors
/// When the database fails.
pub fn void(conn: &mut Conn, user: UserId, kind: LinkKind) -> Result<()> {
    let open = links::table
        .filter(links::user_id.eq(user))
        .filter(links::kind.eq(kind))
        .filter(links::used_at.is_null());
    diesel::delete(open).execute(conn)?;
    Ok(())
}
