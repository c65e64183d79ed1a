//! The revision of a group: a whole number that grows with every change that its standings rest on.
//!
//! Closure, advancement and publication name the revision that the caller saw. It is added up from the rows, so that
//! no write has to count: submitted ballot versions (late ones once they are accepted), versions of recorded values
//! and of entries in the round, adjustments and their revocations, versions of assignments, decisions about ties,
//! reopenings of the group, and the version of the rules. None of these rows is ever deleted once the group was opened; drafts do not count.
//!
//! Its basis is the same without the ballots that came in time: it stands still while judges hand theirs in, and grows
//! with everything that somebody who runs the round decides.

use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use super::conn::Conn;
use crate::domain::ids::{GroupId, RoundId};
use crate::error::{Error, Result};

/// PostgreSQL adds BIGINTs up to a NUMERIC: the cast brings it back.
const REVISIONS: &str = "
    SELECT g.id AS group_id, CAST(
        r.rules_version + g.reopenings
        + (SELECT COUNT(*) FROM ballot_versions v
            WHERE v.group_id = g.id AND v.late AND v.decision = 'accepted')
        + (SELECT COALESCE(SUM(e.version + e.recorded_version), 0) FROM round_entries e WHERE e.group_id = g.id)
        + (SELECT COUNT(*) + COUNT(a.revoked_at) FROM adjustments a WHERE a.group_id = g.id)
        + (SELECT COALESCE(SUM(s.version), 0) FROM assignments s WHERE s.group_id = g.id)
        + (SELECT COUNT(*) FROM tie_decisions t WHERE t.group_id = g.id)
        AS BIGINT) AS basis,
        (SELECT COUNT(*) FROM ballot_versions v WHERE v.group_id = g.id AND NOT v.late) AS in_time
    FROM round_groups g INNER JOIN rounds r ON r.id = g.round_id";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    group_id: i64,
    #[diesel(sql_type = BigInt)]
    basis: i64,
    #[diesel(sql_type = BigInt)]
    in_time: i64,
}

/// How far the changes of a group are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Every change that its standings rest on.
    pub revision: i64,
    /// The same without the ballots that came in time.
    pub basis: i64,
}

impl Row {
    const fn counted(&self) -> Counted {
        Counted {
            revision: self.basis + self.in_time,
            basis: self.basis,
        }
    }
}

/// The revision of a group.
///
/// # Errors
/// [`Error::NotFound`] when there is no such group.
pub fn of_group(conn: &mut Conn, group: GroupId) -> Result<i64> {
    counted(conn, group).map(|counted| counted.revision)
}

/// The revision of a group, and its basis.
///
/// # Errors
/// [`Error::NotFound`] when there is no such group.
pub fn counted(conn: &mut Conn, group: GroupId) -> Result<Counted> {
    let rows: Vec<Row> = sql_query(format!("{REVISIONS} WHERE g.id = $1"))
        .bind::<BigInt, _>(group.0)
        .load(conn)?;
    rows.first().map(Row::counted).ok_or(Error::NotFound("group"))
}

/// The revision and the basis of every group of a round, in the order the groups were made.
///
/// # Errors
/// When the database fails.
pub fn of_round(conn: &mut Conn, round: RoundId) -> Result<Vec<(GroupId, Counted)>> {
    let rows: Vec<Row> = sql_query(format!("{REVISIONS} WHERE g.round_id = $1 ORDER BY g.id"))
        .bind::<BigInt, _>(round.0)
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| (GroupId(row.group_id), row.counted()))
        .collect())
}
