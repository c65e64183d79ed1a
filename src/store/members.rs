//! Memberships: who is what in a competition.

use diesel::prelude::*;

use super::conflict::Broken;
use super::conn::Conn;
use super::schema::{competitions, entries, members, regions, team_members, users};
use crate::domain::entry::EntryStatus;
use crate::domain::ids::{CompetitionId, EntryId, MemberId, PublicId, RegionId, UserId};
use crate::domain::text::{Code, Email, Slug};
use crate::domain::time::Stamp;
use crate::domain::user::Role;
use crate::error::{Error, Result};

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

/// Whether a person organizes a competition, or a part of one.
///
/// # Errors
/// When the database fails.
pub fn organizes(conn: &mut Conn, user: UserId) -> Result<bool> {
    let organizer = members::table
        .filter(members::user_id.eq(user))
        .filter(members::role.eq(Role::Organizer))
        .filter(members::ended_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(organizer)).get_result(conn)?)
}

/// Whether a person owns an entry of the competition, entries that were withdrawn aside, or is named in the team of one that
/// takes part. A name that a stranger wrote into a team counts for nothing before organizers accepted the entry: else anybody
/// could take an organizer's rights by naming them.
///
/// # Errors
/// When the database fails.
pub fn has_interest(
    conn: &mut Conn,
    competition: CompetitionId,
    user: UserId,
    email: &Email,
) -> Result<bool> {
    let all = entries::table.filter(entries::competition_id.eq(competition));
    let owns = all
        .filter(entries::status.ne(EntryStatus::Withdrawn))
        .filter(entries::owner_id.eq(user));
    if diesel::select(diesel::dsl::exists(owns)).get_result(conn)? {
        return Ok(true);
    }
    let named = all
        .filter(entries::status.eq(EntryStatus::Accepted))
        .inner_join(team_members::table)
        .filter(team_members::email.eq(email.as_str()));
    Ok(diesel::select(diesel::dsl::exists(named)).get_result(conn)?)
}

/// Whether a person is named in the team of an entry.
///
/// # Errors
/// When the database fails.
pub fn is_named(conn: &mut Conn, entry: EntryId, email: &Email) -> Result<bool> {
    let named = team_members::table
        .filter(team_members::entry_id.eq(entry))
        .filter(team_members::email.eq(email.as_str()));
    Ok(diesel::select(diesel::dsl::exists(named)).get_result(conn)?)
}

/// A membership about to begin.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// What clients see.
    pub public_id: PublicId,
    /// The competition.
    pub competition: CompetitionId,
    /// Whose it is.
    pub user: UserId,
    /// The role.
    pub role: Role,
    /// The region it is limited to.
    pub region: Option<RegionId>,
}

/// Begins a membership.
///
/// # Errors
/// [`Error::Conflict`] `already_member` when this person has the same role with the same limit.
pub fn insert(conn: &mut Conn, new: &NewMember, now: Stamp) -> Result<()> {
    diesel::insert_into(members::table)
        .values((
            members::public_id.eq(&new.public_id),
            members::competition_id.eq(new.competition),
            members::user_id.eq(new.user),
            members::role.eq(new.role),
            members::region_id.eq(new.region),
            members::created_at.eq(now),
            members::version.eq(1),
        ))
        .execute(conn)
        .map_err(|e| match Broken::of(&e) {
            Some(broken)
                if broken.is_unique("members", &ONCE) || broken.is_unique("members", &ONCE_A_REGION) =>
            {
                Error::conflict("already_member")
            }
            _ => e.into(),
        })?;
    Ok(())
}

const ONCE: [&str; 3] = ["competition_id", "user_id", "role"];
const ONCE_A_REGION: [&str; 4] = ["competition_id", "user_id", "role", "region_id"];

/// A membership with whom it belongs to.
#[derive(Debug, Clone, Queryable)]
pub struct Member {
    /// The row.
    pub id: MemberId,
    /// What clients see.
    pub public_id: PublicId,
    /// Whose it is: the row.
    pub user: UserId,
    /// Whose it is: what clients see.
    pub user_public_id: PublicId,
    /// Their address.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The region it is limited to.
    pub region: Option<Code>,
    /// Why they keep their rights in spite of an interest, if an admin said so.
    pub interest_exception: Option<String>,
    /// Counts changes.
    pub version: i64,
}

type MemberColumns = (
    members::id,
    members::public_id,
    users::id,
    users::public_id,
    users::email,
    users::name,
    members::role,
    diesel::dsl::Nullable<regions::code>,
    members::interest_exception,
    members::version,
);

fn member_columns() -> MemberColumns {
    (
        members::id,
        members::public_id,
        users::id,
        users::public_id,
        users::email,
        users::name,
        members::role,
        regions::code.nullable(),
        members::interest_exception,
        members::version,
    )
}

/// The members that a competition has now, in the order they came.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, competition: CompetitionId) -> Result<Vec<Member>> {
    Ok(members::table
        .inner_join(users::table)
        .left_join(regions::table)
        .filter(members::competition_id.eq(competition))
        .filter(members::ended_at.is_null())
        .order(members::id)
        .select(member_columns())
        .load(conn)?)
}

/// The member with a public id, if they are one now.
///
/// # Errors
/// When the database fails.
pub fn by_public_id(conn: &mut Conn, competition: CompetitionId, id: &PublicId) -> Result<Option<Member>> {
    Ok(members::table
        .inner_join(users::table)
        .left_join(regions::table)
        .filter(members::competition_id.eq(competition))
        .filter(members::public_id.eq(id))
        .filter(members::ended_at.is_null())
        .select(member_columns())
        .get_result(conn)
        .optional()?)
}

/// Ends a membership. Gives whether it had not ended.
///
/// # Errors
/// When the database fails.
pub fn end(conn: &mut Conn, member: MemberId, now: Stamp) -> Result<bool> {
    let changed = diesel::update(members::table.find(member))
        .filter(members::ended_at.is_null())
        .set((
            members::ended_at.eq(now),
            members::version.eq(members::version + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// How many organizers without a limit a competition has.
///
/// # Errors
/// When the database fails.
pub fn count_organizers(conn: &mut Conn, competition: CompetitionId) -> Result<i64> {
    Ok(members::table
        .filter(members::competition_id.eq(competition))
        .filter(members::role.eq(Role::Organizer))
        .filter(members::region_id.is_null())
        .filter(members::ended_at.is_null())
        .count()
        .get_result(conn)?)
}

/// Lets somebody keep their rights in spite of an interest, or no longer without a reason, if their membership has this
/// version.
///
/// # Errors
/// When the database fails.
pub fn set_exception(conn: &mut Conn, member: &Member, reason: Option<&str>) -> Result<bool> {
    let changed = diesel::update(members::table.find(member.id))
        .filter(members::version.eq(member.version))
        .set((
            members::interest_exception.eq(reason),
            members::version.eq(member.version + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
