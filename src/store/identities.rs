//! Who people are at providers of single sign-on, and which sign-ins there came back.

use diesel::prelude::*;

use super::conflict;
use super::conn::Conn;
use super::schema::{identities, spent_sign_ins};
use crate::domain::ids::{PublicId, UserId};
use crate::domain::text::Code;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};

/// Who a person is at a provider.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = identities)]
pub struct Identity {
    /// What clients see.
    pub public_id: PublicId,
    /// Whose it is here.
    pub user_id: UserId,
    /// At which provider.
    pub provider: Code,
    /// The provider's name in its answers.
    pub issuer: String,
    /// Since when.
    pub created_at: Stamp,
    /// When it last signed in.
    pub last_used_at: Option<Stamp>,
}

/// An identity about to belong to somebody.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = identities)]
pub struct NewIdentity {
    /// What clients see.
    pub public_id: PublicId,
    /// Whose it is here.
    pub user_id: UserId,
    /// At which provider.
    pub provider: Code,
    /// The provider's name in its answers.
    pub issuer: String,
    /// Who it is there.
    pub subject: String,
    /// When.
    pub created_at: Stamp,
}

/// Gives somebody an identity.
///
/// # Errors
/// [`Error::Conflict`] `identity_taken` when it belongs to somebody.
pub fn insert(conn: &mut Conn, new: &NewIdentity) -> Result<()> {
    diesel::insert_into(identities::table)
        .values(new)
        .execute(conn)
        .map_err(|e| {
            conflict::on_unique(e, "identities", &["issuer", "subject"], || {
                Error::conflict("identity_taken")
            })
        })?;
    Ok(())
}

/// The identity that somebody has at a provider.
///
/// # Errors
/// When the database fails.
pub fn by_subject(conn: &mut Conn, issuer: &str, subject: &str) -> Result<Option<Identity>> {
    Ok(identities::table
        .filter(identities::issuer.eq(issuer))
        .filter(identities::subject.eq(subject))
        .select(Identity::as_select())
        .get_result(conn)
        .optional()?)
}

/// A person's identities, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn of_user(conn: &mut Conn, user: UserId) -> Result<Vec<Identity>> {
    Ok(identities::table
        .filter(identities::user_id.eq(user))
        .order(identities::id)
        .select(Identity::as_select())
        .load(conn)?)
}

/// Notes that an identity signed in.
///
/// # Errors
/// When the database fails.
pub fn note_use(conn: &mut Conn, id: &PublicId, now: Stamp) -> Result<()> {
    diesel::update(identities::table.filter(identities::public_id.eq(id)))
        .set(identities::last_used_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Takes an identity from a person; `false` when they have none with this id.
///
/// # Errors
/// When the database fails.
pub fn remove(conn: &mut Conn, user: UserId, id: &PublicId) -> Result<bool> {
    let theirs = identities::table
        .filter(identities::user_id.eq(user))
        .filter(identities::public_id.eq(id));
    Ok(diesel::delete(theirs).execute(conn)? == 1)
}

/// Notes that a sign-in came back; `false` when it had come back before. What nobody would take any more is forgotten.
///
/// # Errors
/// When the database fails.
pub fn spend(conn: &mut Conn, state_hash: &str, expires_at: Stamp, now: Stamp) -> Result<bool> {
    diesel::delete(spent_sign_ins::table.filter(spent_sign_ins::expires_at.le(now))).execute(conn)?;
    let spent = each!(conn, c => diesel::insert_into(spent_sign_ins::table)
        .values((spent_sign_ins::state_hash.eq(state_hash), spent_sign_ins::expires_at.eq(expires_at)))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(spent == 1)
}
