//! Invitations to a role, for an address.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{invitations, regions, users};
use crate::domain::ids::{CompetitionId, InvitationId, PublicId, RegionId, UserId};
use crate::domain::text::{Code, Email};
use crate::domain::time::Stamp;
use crate::domain::user::Role;
use crate::error::Result;

/// An invitation as it is stored.
#[derive(Debug, Clone, Queryable)]
pub struct Invitation {
    /// The row.
    pub id: InvitationId,
    /// What clients see.
    pub public_id: PublicId,
    /// To which competition.
    pub competition: CompetitionId,
    /// For whom.
    pub email: Email,
    /// To which role.
    pub role: Role,
    /// The region that the role is to be limited to: the row.
    pub region_id: Option<RegionId>,
    /// The region that the role is to be limited to: the code.
    pub region: Option<Code>,
    /// When it was sent.
    pub created_at: Stamp,
    /// Until when it can be accepted; exclusive.
    pub expires_at: Stamp,
    /// When it was accepted.
    pub accepted_at: Option<Stamp>,
}

/// An invitation about to be sent.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = invitations)]
pub struct NewInvitation {
    /// What clients see.
    pub public_id: PublicId,
    /// To which competition.
    pub competition_id: CompetitionId,
    /// For whom.
    pub email: Email,
    /// To which role.
    pub role: Role,
    /// The region that the role is to be limited to.
    pub region_id: Option<RegionId>,
    /// The hash of the token in the link.
    pub token_hash: String,
    /// Who invites.
    pub created_by: UserId,
    /// When.
    pub created_at: Stamp,
    /// Until when it can be accepted; exclusive.
    pub expires_at: Stamp,
}

type InvitationColumns = (
    invitations::id,
    invitations::public_id,
    invitations::competition_id,
    invitations::email,
    invitations::role,
    invitations::region_id,
    diesel::dsl::Nullable<regions::code>,
    invitations::created_at,
    invitations::expires_at,
    invitations::accepted_at,
);

fn columns() -> InvitationColumns {
    (
        invitations::id,
        invitations::public_id,
        invitations::competition_id,
        invitations::email,
        invitations::role,
        invitations::region_id,
        regions::code.nullable(),
        invitations::created_at,
        invitations::expires_at,
        invitations::accepted_at,
    )
}

/// Adds an invitation.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, new: &NewInvitation) -> Result<()> {
    diesel::insert_into(invitations::table)
        .values(new)
        .execute(conn)?;
    Ok(())
}

/// The invitations of a competition that were not taken back, in the order they were sent.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, competition: CompetitionId) -> Result<Vec<Invitation>> {
    Ok(invitations::table
        .left_join(regions::table)
        .filter(invitations::competition_id.eq(competition))
        .filter(invitations::revoked_at.is_null())
        .order(invitations::id)
        .select(columns())
        .load(conn)?)
}

/// The invitation with a token's hash, if it was not taken back.
///
/// # Errors
/// When the database fails.
pub fn by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Invitation>> {
    Ok(invitations::table
        .left_join(regions::table)
        .filter(invitations::token_hash.eq(token_hash))
        .filter(invitations::revoked_at.is_null())
        .select(columns())
        .first(conn)
        .optional()?)
}

/// What whoever sent an invitation is called.
///
/// # Errors
/// When the database fails.
pub fn inviter(conn: &mut Conn, id: InvitationId) -> Result<String> {
    let sender = invitations::table
        .find(id)
        .select(invitations::created_by)
        .get_result::<UserId>(conn)?;
    Ok(users::table.find(sender).select(users::name).get_result(conn)?)
}

/// The invitation with a public id, if it was not taken back.
///
/// # Errors
/// When the database fails.
pub fn by_public_id(
    conn: &mut Conn,
    competition: CompetitionId,
    id: &PublicId,
) -> Result<Option<Invitation>> {
    Ok(invitations::table
        .left_join(regions::table)
        .filter(invitations::competition_id.eq(competition))
        .filter(invitations::public_id.eq(id))
        .filter(invitations::revoked_at.is_null())
        .select(columns())
        .first(conn)
        .optional()?)
}

/// Accepts an invitation, if nobody did and it was not taken back. Gives whether so.
///
/// # Errors
/// When the database fails.
pub fn accept(conn: &mut Conn, id: InvitationId, user: UserId, now: Stamp) -> Result<bool> {
    let changed = diesel::update(invitations::table.find(id))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::revoked_at.is_null())
        .set((
            invitations::accepted_at.eq(now),
            invitations::accepted_by.eq(user),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Takes an invitation back, if nobody accepted it. Gives whether so.
///
/// # Errors
/// When the database fails.
pub fn revoke(conn: &mut Conn, id: InvitationId, now: Stamp) -> Result<bool> {
    let changed = diesel::update(invitations::table.find(id))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::revoked_at.is_null())
        .set(invitations::revoked_at.eq(now))
        .execute(conn)?;
    Ok(changed == 1)
}
