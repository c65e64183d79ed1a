//! What one person proposed and another is to confirm. Nothing is deleted: the log points here.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{proposals, users};
use super::sql_types::Json;
use crate::domain::ids::{CompetitionId, GroupId, PublicId, RegionId, UserId};
use crate::domain::proposal::{ProposalKind, Waiting};
use crate::domain::time::Stamp;
use crate::error::Result;

/// A proposal about to be kept.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = proposals)]
pub struct NewProposal {
    /// What clients see.
    pub public_id: PublicId,
    /// The competition.
    pub competition_id: CompetitionId,
    /// The group that it is about.
    pub group_id: Option<GroupId>,
    /// The region that it is about.
    pub region_id: Option<RegionId>,
    /// What it is.
    pub kind: ProposalKind,
    /// The address of the request, below the competition's.
    pub subject: String,
    /// The version that it is based on.
    pub based_on: Option<i64>,
    /// The body of the request.
    pub body: Json<serde_json::Value>,
    /// Who proposes it.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: Stamp,
}

/// A proposal that waits for its second person.
#[derive(Debug, Clone, Queryable)]
pub struct Proposal {
    /// The row.
    pub id: i64,
    /// What clients see.
    pub public_id: PublicId,
    /// The group that it is about.
    pub group: Option<GroupId>,
    /// The region that it is about.
    pub region: Option<RegionId>,
    /// What it is.
    pub kind: ProposalKind,
    /// The address of the request, below the competition's.
    pub subject: String,
    /// The version that it is based on.
    pub based_on: Option<i64>,
    /// The body of the request.
    pub body: Json<serde_json::Value>,
    /// Who proposed it.
    pub by: UserId,
    /// What clients see of them.
    pub by_public_id: PublicId,
    /// What they are called.
    pub by_name: String,
    /// When.
    pub proposed_at: Stamp,
}

/// Those of a competition that wait and were proposed after a moment.
macro_rules! open {
    ($competition:expr, $after:expr) => {
        proposals::table
            .inner_join(users::table)
            .filter(proposals::competition_id.eq($competition))
            .filter(proposals::settled_at.is_null())
            .filter(proposals::proposed_at.gt($after))
            .select((
                proposals::id,
                proposals::public_id,
                proposals::group_id,
                proposals::region_id,
                proposals::kind,
                proposals::subject,
                proposals::based_on,
                proposals::body,
                proposals::proposed_by,
                users::public_id,
                users::name,
                proposals::proposed_at,
            ))
    };
}

/// The proposals of a competition that wait and were made after a moment, oldest first.
///
/// # Errors
/// When the database fails.
pub fn open(conn: &mut Conn, competition: CompetitionId, after: Stamp) -> Result<Vec<Proposal>> {
    Ok(open!(competition, after).order(proposals::id).load(conn)?)
}

/// One that waits and was made after a moment.
///
/// # Errors
/// When the database fails.
pub fn open_one(
    conn: &mut Conn,
    competition: CompetitionId,
    id: &PublicId,
    after: Stamp,
) -> Result<Option<Proposal>> {
    Ok(open!(competition, after)
        .filter(proposals::public_id.eq(id))
        .first(conn)
        .optional()?)
}

/// Row, proposer, moment, version and body.
type Row = (i64, UserId, Stamp, Option<i64>, Json<serde_json::Value>);

/// Those that wait about one thing, oldest first.
///
/// # Errors
/// When the database fails.
pub fn about(
    conn: &mut Conn,
    competition: CompetitionId,
    kind: ProposalKind,
    subject: &str,
) -> Result<Vec<Waiting>> {
    let rows: Vec<Row> = proposals::table
        .filter(proposals::competition_id.eq(competition))
        .filter(proposals::kind.eq(kind))
        .filter(proposals::subject.eq(subject))
        .filter(proposals::settled_at.is_null())
        .order(proposals::id)
        .select((
            proposals::id,
            proposals::proposed_by,
            proposals::proposed_at,
            proposals::based_on,
            proposals::body,
        ))
        .load(conn)?;
    let waiting = rows.into_iter().map(|(id, by, at, based_on, body)| Waiting {
        id,
        by,
        at,
        based_on,
        body: body.into_inner(),
    });
    Ok(waiting.collect())
}

/// Keeps a proposal.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, new: &NewProposal) -> Result<()> {
    diesel::insert_into(proposals::table).values(new).execute(conn)?;
    Ok(())
}

/// Ends a proposal, if it still waits. Gives whether it did.
///
/// # Errors
/// When the database fails.
pub fn settle(conn: &mut Conn, id: i64, by: UserId, how: &str, now: Stamp) -> Result<bool> {
    let changed = diesel::update(proposals::table.find(id))
        .filter(proposals::settled_at.is_null())
        .set((
            proposals::settled_by.eq(by),
            proposals::settled_at.eq(now),
            proposals::settled_as.eq(how),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// What clients see of a proposal.
///
/// # Errors
/// When the database fails.
pub fn public_id(conn: &mut Conn, id: i64) -> Result<PublicId> {
    Ok(proposals::table
        .find(id)
        .select(proposals::public_id)
        .get_result(conn)?)
}
