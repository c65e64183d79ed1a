//! How far a round is, counted by the database.

use std::collections::BTreeMap;

use diesel::dsl::{count, count_star};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Nullable, Text as SqlText};

use super::conn::Conn;
use super::round_judges::still_judges;
use super::schema::{
    assignments, ballots, competitions, entries, round_entries, round_groups, round_judges, rounds, tracks,
};
use super::sql_types::Json;
use crate::domain::ids::{GroupId, JudgeId, RoundId, UserId};
use crate::domain::round::{AssignmentStatus, BallotStatus, Participation, Phase};
use crate::domain::text::{Code, Slug, Text};
use crate::error::Result;

/// How many entries the groups of a round have.
///
/// # Errors
/// When the database fails.
pub fn sizes(conn: &mut Conn, round: RoundId) -> Result<BTreeMap<GroupId, i64>> {
    let rows: Vec<(GroupId, i64)> = round_entries::table
        .filter(round_entries::round_id.eq(round))
        .group_by(round_entries::group_id)
        .select((round_entries::group_id, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// How many judges are assigned to entries of the groups of a round.
///
/// # Errors
/// When the database fails.
pub fn judges(conn: &mut Conn, round: RoundId) -> Result<BTreeMap<GroupId, i64>> {
    let rows: Vec<(GroupId, i64)> = assignments::table
        .filter(assignments::round_id.eq(round))
        .group_by(assignments::group_id)
        .select((
            assignments::group_id,
            count(assignments::judge_id).aggregate_distinct(),
        ))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// How many assignments of a group and judge are alike.
#[derive(Debug, Clone, QueryableByName)]
pub struct Count {
    /// The group.
    #[diesel(sql_type = BigInt)]
    pub group_id: GroupId,
    /// The judge.
    #[diesel(sql_type = BigInt)]
    pub judge_id: JudgeId,
    /// How the judge stands to the entries.
    #[diesel(sql_type = SqlText)]
    pub status: AssignmentStatus,
    /// How far the ballots are; none where none was begun.
    #[diesel(sql_type = Nullable<SqlText>)]
    pub ballot: Option<BallotStatus>,
    /// Whether a version of the ballots counts.
    #[diesel(sql_type = Bool)]
    pub counted: bool,
    /// Whether the judge is no judge of the competition any more, there where the entries are.
    #[diesel(sql_type = Bool)]
    pub gone: bool,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
}

/// How far the judges of a round are with the entries that take part.
///
/// # Errors
/// When the database fails.
pub fn counts(conn: &mut Conn, round: RoundId) -> Result<Vec<Count>> {
    Ok(sql_query(
        "SELECT group_id, judge_id, status, ballot, counted, gone, COUNT(*) AS number
           FROM (SELECT a.group_id, a.judge_id, a.status, b.status AS ballot, b.counted IS NOT NULL AS counted,
                        NOT EXISTS (SELECT 1 FROM members m
                                     WHERE m.competition_id = n.competition_id AND m.user_id = j.user_id
                                       AND m.role = 'judge' AND m.ended_at IS NULL
                                       AND (m.region_id IS NULL OR m.region_id = n.region_id)) AS gone
                   FROM assignments a
                   INNER JOIN round_entries e ON e.id = a.round_entry_id AND e.status = 'taking_part'
                   INNER JOIN entries n ON n.id = e.entry_id
                   INNER JOIN round_judges j ON j.id = a.judge_id
                   LEFT JOIN ballots b ON b.assignment_id = a.id
                  WHERE a.round_id = $1) sheets
          GROUP BY group_id, judge_id, status, ballot, counted, gone
          ORDER BY group_id, judge_id",
    )
    .bind::<BigInt, _>(round.0)
    .load(conn)?)
}

/// A ballot that is missing in a group.
#[derive(Debug, Clone, Queryable)]
pub struct Missing {
    /// The group.
    pub group: GroupId,
    /// The entry's number.
    pub entry: i64,
    /// The judge's code.
    pub judge: String,
    /// Whether the judge is a judge of the competition still, there where the entry is: else nobody will hand it in.
    pub awaited: bool,
}

/// The first so many ballots that are missing in some groups.
///
/// # Errors
/// When the database fails.
pub fn missing(conn: &mut Conn, groups: &[GroupId], limit: i64) -> Result<Vec<Missing>> {
    Ok(assignments::table
        .inner_join(round_entries::table.inner_join(entries::table))
        .inner_join(round_judges::table)
        .left_join(ballots::table)
        .filter(assignments::group_id.eq_any(groups.to_vec()))
        .filter(assignments::status.eq(AssignmentStatus::Assigned))
        .filter(round_entries::status.eq(Participation::TakingPart))
        .filter(ballots::counted.is_null())
        .order((assignments::group_id, entries::number, round_judges::id))
        .select((
            assignments::group_id,
            entries::number,
            round_judges::code,
            still_judges!(),
        ))
        .limit(limit)
        .load(conn)?)
}

/// An assignment as its judge sees it.
#[derive(Debug, Clone, Queryable)]
pub struct Mine {
    /// The competition.
    pub competition: Slug,
    /// The round.
    pub round: Code,
    /// The group.
    pub group: Code,
    /// How far the group is.
    pub phase: Phase,
    /// The entry's number.
    pub entry: i64,
    /// Its title.
    pub title: Json<Text>,
    /// Its track.
    pub track: Option<Code>,
    /// The judge's code in the round.
    pub judge: String,
    /// The class of judges that they belong to.
    pub class: Option<String>,
    /// Whether their sheet is opened only to break a tie.
    pub sealed: bool,
    /// How the judge stands to it.
    pub status: AssignmentStatus,
    /// How far the ballot is; none where none was begun.
    pub ballot: Option<BallotStatus>,
    /// The version of the ballot that counts.
    pub counted: Option<i64>,
}

/// What a person is to mark, where they are a judge still, of entries that take part.
///
/// # Errors
/// When the database fails.
pub fn of_judge(conn: &mut Conn, user: UserId) -> Result<Vec<Mine>> {
    Ok(assignments::table
        .inner_join(round_judges::table)
        .inner_join(round_groups::table)
        .inner_join(rounds::table.inner_join(competitions::table))
        .inner_join(round_entries::table.inner_join(entries::table.left_join(tracks::table)))
        .left_join(ballots::table)
        .filter(round_judges::user_id.eq(user))
        .filter(round_entries::status.eq(Participation::TakingPart))
        .filter(still_judges!())
        .order((
            competitions::id,
            rounds::position,
            round_groups::id,
            entries::number,
        ))
        .select((
            competitions::slug,
            rounds::code,
            round_groups::code,
            round_groups::phase,
            entries::number,
            entries::title,
            tracks::code.nullable(),
            round_judges::code,
            round_judges::class,
            round_judges::is_sealed,
            assignments::status,
            ballots::status.nullable(),
            ballots::counted.nullable(),
        ))
        .load(conn)?)
}
