//! Memberships: who is what in a competition.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{competitions, entries, members, regions, team_members};
use crate::domain::ids::{CompetitionId, RegionId, UserId};
use crate::domain::text::{Code, Email, Slug};
use crate::domain::user::Role;
use crate::error::Result;

/// A membership as the policy needs it.
#[derive(Debug, Clone, Queryable)]
pub struct Membership {
    /// The role.
    pub role: Role,
    /// The region it is limited to.
    pub region: Option<RegionId>,
    /// Why this person keeps their rights in spite of an interest, if an admin said so.
    pub interest_exception: Option<String>,
}

/// The memberships that a person has in a competition now.
///
/// # Errors
/// When the database fails.
pub fn of_user(conn: &mut Conn, competition: CompetitionId, user: UserId) -> Result<Vec<Membership>> {
    Ok(members::table
        .filter(members::competition_id.eq(competition))
        .filter(members::user_id.eq(user))
        .filter(members::ended_at.is_null())
        .order(members::id)
        .select((members::role, members::region_id, members::interest_exception))
        .load(conn)?)
}

/// Everything that a person is, over all competitions: slug, role, region.
///
/// # Errors
/// When the database fails.
pub fn roles_of(conn: &mut Conn, user: UserId) -> Result<Vec<(Slug, Role, Option<Code>)>> {
    Ok(members::table
        .inner_join(competitions::table)
        .left_join(regions::table)
        .filter(members::user_id.eq(user))
        .filter(members::ended_at.is_null())
        .order(members::id)
        .select((competitions::slug, members::role, regions::code.nullable()))
        .load(conn)?)
}

/// Whether a person owns an entry of the competition or is named in its team, entries that were withdrawn aside.
///
/// # Errors
/// When the database fails.
pub fn has_interest(
    conn: &mut Conn,
    competition: CompetitionId,
    user: UserId,
    email: &Email,
) -> Result<bool> {
    let live = entries::table
        .filter(entries::competition_id.eq(competition))
        .filter(entries::status.ne("withdrawn"));
    let owns = live.filter(entries::owner_id.eq(user));
    if diesel::select(diesel::dsl::exists(owns)).get_result(conn)? {
        return Ok(true);
    }
    let named = live
        .inner_join(team_members::table)
        .filter(team_members::email.eq(email.as_str()));
    Ok(diesel::select(diesel::dsl::exists(named)).get_result(conn)?)
}
