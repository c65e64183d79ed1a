//! The judges of a round, and who may become one.

use diesel::prelude::*;

use super::conflict;
use super::conn::Conn;
use super::schema::{assignments, entries, members, panel_judges, round_judges, team_members, users};
use crate::domain::ids::{CompetitionId, EntryId, JudgeId, PublicId, RegionId, RoundId, UserId};
use crate::domain::text::Email;
use crate::domain::time::Stamp;
use crate::domain::user::Role;
use crate::error::{Error, Result};

/// Whether the judge of an assignment is a judge of the competition still, there where the entry is: in a query of
/// `assignments` with `round_judges` and `entries`.
macro_rules! still_judges {
    () => {
        diesel::dsl::exists(
            $crate::store::schema::members::table
                .filter(
                    $crate::store::schema::members::competition_id
                        .eq($crate::store::schema::entries::competition_id),
                )
                .filter(
                    $crate::store::schema::members::user_id.eq($crate::store::schema::round_judges::user_id),
                )
                .filter($crate::store::schema::members::role.eq($crate::domain::user::Role::Judge))
                .filter($crate::store::schema::members::ended_at.is_null())
                .filter($crate::store::schema::members::region_id.is_null().or(
                    $crate::store::schema::members::region_id.eq($crate::store::schema::entries::region_id),
                )),
        )
    };
}
pub(super) use still_judges;

/// A judge of a round.
#[derive(Debug, Clone, Queryable)]
pub struct RoundJudge {
    /// The judge in this round.
    pub id: JudgeId,
    /// The person.
    pub user: UserId,
    /// What clients see of the person.
    pub public_id: PublicId,
    /// What the person is called.
    pub name: String,
    /// What stands for the person in results.
    pub code: String,
    /// The class of judges that they belong to.
    pub class: Option<String>,
    /// Whether their sheets count nowhere and are opened only to break a tie.
    pub sealed: bool,
}

/// What results call a judge, and how the judge's sheets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// What stands for the person in results.
    pub code: &'a str,
    /// The class of judges that they belong to.
    pub class: Option<&'a str>,
    /// Whether their sheets are opened only to break a tie.
    pub sealed: bool,
}

/// The judges of a round, in the order they came.
///
/// # Errors
/// When the database fails.
pub fn of_round(conn: &mut Conn, round: RoundId) -> Result<Vec<RoundJudge>> {
    Ok(round_judges::table
        .inner_join(users::table)
        .filter(round_judges::round_id.eq(round))
        .order(round_judges::id)
        .select((
            round_judges::id,
            users::id,
            users::public_id,
            users::name,
            round_judges::code,
            round_judges::class,
            round_judges::is_sealed,
        ))
        .load(conn)?)
}

/// Someone who judges in a competition.
#[derive(Debug, Clone, Queryable)]
pub struct JudgeMember {
    /// The person.
    pub user: UserId,
    /// What clients see of the person.
    pub public_id: PublicId,
    /// Their address.
    pub email: Email,
    /// The region that they are limited to.
    pub region: Option<RegionId>,
}

/// The judges of a competition; whoever judges in two regions is there twice.
///
/// # Errors
/// When the database fails.
pub fn members(conn: &mut Conn, competition: CompetitionId) -> Result<Vec<JudgeMember>> {
    Ok(members::table
        .inner_join(users::table)
        .filter(members::competition_id.eq(competition))
        .filter(members::role.eq(Role::Judge))
        .filter(members::ended_at.is_null())
        .filter(users::disabled_at.is_null())
        .order(members::id)
        .select((users::id, users::public_id, users::email, members::region_id))
        .load(conn)?)
}

/// The entries of a competition that its judges own or are named in, with the judge.
///
/// # Errors
/// When the database fails.
pub fn interests(conn: &mut Conn, competition: CompetitionId) -> Result<Vec<(EntryId, UserId)>> {
    let judging = members::table
        .filter(members::competition_id.eq(competition))
        .filter(members::role.eq(Role::Judge))
        .filter(members::ended_at.is_null());
    let owners = judging
        .inner_join(entries::table.on(entries::owner_id.eq(members::user_id.nullable())))
        .filter(entries::competition_id.eq(competition))
        .select((entries::id, members::user_id));
    let mut interests: Vec<(EntryId, UserId)> = owners.load(conn)?;
    let named = judging
        .inner_join(users::table)
        .inner_join(team_members::table.on(team_members::email.eq(users::email.nullable())))
        .inner_join(entries::table.on(entries::id.eq(team_members::entry_id)))
        .filter(entries::competition_id.eq(competition))
        .select((entries::id, members::user_id));
    interests.extend(named.load::<(EntryId, UserId)>(conn)?);
    Ok(interests)
}

/// Makes somebody a judge of a round.
///
/// # Errors
/// When the database fails.
pub fn insert(
    conn: &mut Conn,
    round: RoundId,
    user: UserId,
    standing: Standing<'_>,
    now: Stamp,
) -> Result<JudgeId> {
    diesel::insert_into(round_judges::table)
        .values((
            round_judges::round_id.eq(round),
            round_judges::user_id.eq(user),
            round_judges::code.eq(standing.code),
            round_judges::class.eq(standing.class),
            round_judges::is_sealed.eq(standing.sealed),
            round_judges::created_at.eq(now),
        ))
        .returning(round_judges::id)
        .get_result(conn)
        .map_err(|e| {
            conflict::on_unique(e, "round_judges", &["round_id", "code"], || {
                Error::invalid("/judges", "judge_code_taken")
            })
        })
}

/// Changes what results call a judge, and how their sheets count.
///
/// # Errors
/// [`Error::Invalid`] at `/judges` when the code is another judge's.
pub fn update(conn: &mut Conn, judge: JudgeId, standing: Standing<'_>) -> Result<()> {
    diesel::update(round_judges::table.find(judge))
        .set((
            round_judges::code.eq(standing.code),
            round_judges::class.eq(standing.class),
            round_judges::is_sealed.eq(standing.sealed),
        ))
        .execute(conn)
        .map_err(|e| {
            conflict::on_unique(e, "round_judges", &["round_id", "code"], || {
                Error::invalid("/judges", "judge_code_taken")
            })
        })?;
    Ok(())
}

/// Forgets the judges of a round that have no panel and no entry: their codes are free again.
///
/// # Errors
/// When the database fails.
pub fn forget_idle(conn: &mut Conn, round: RoundId) -> Result<()> {
    use diesel::dsl::{exists, not};
    let assigned = assignments::table.filter(assignments::judge_id.eq(round_judges::id));
    let seated = panel_judges::table.filter(panel_judges::judge_id.eq(round_judges::id));
    let idle: Vec<JudgeId> = round_judges::table
        .filter(round_judges::round_id.eq(round))
        .filter(not(exists(assigned)))
        .filter(not(exists(seated)))
        .select(round_judges::id)
        .load(conn)?;
    for batch in idle.chunks(500) {
        diesel::delete(round_judges::table.filter(round_judges::id.eq_any(batch))).execute(conn)?;
    }
    Ok(())
}
