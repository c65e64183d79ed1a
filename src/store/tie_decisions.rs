//! How ties were decided by people: the chair's order, or the order that a lot gave. The newest one that names all
//! entries of a tie holds.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{entries, round_entries, tie_decisions};
use super::sql_types::Json;
use crate::domain::ids::{GroupId, UserId};
use crate::domain::round::TieDecisionKind;
use crate::domain::time::Stamp;
use crate::error::Result;

/// A decision about to be recorded.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = tie_decisions)]
pub struct NewTieDecision {
    /// The group.
    pub group_id: GroupId,
    /// Who or what decided.
    pub kind: TieDecisionKind,
    /// The numbers of the entries, the best first.
    pub entry_order: Json<Vec<i64>>,
    /// Why, or how.
    pub reason: String,
    /// Who recorded it.
    pub decided_by: UserId,
    /// When.
    pub decided_at: Stamp,
}

/// A recorded decision.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = tie_decisions)]
pub struct TieDecision {
    /// Who or what decided.
    pub kind: TieDecisionKind,
    /// The numbers of the entries, the best first.
    pub entry_order: Json<Vec<i64>>,
    /// Why, or how.
    pub reason: String,
    /// When.
    pub decided_at: Stamp,
}

/// Records a decision.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, new: &NewTieDecision) -> Result<()> {
    diesel::insert_into(tie_decisions::table)
        .values(new)
        .execute(conn)?;
    Ok(())
}

/// The decisions of a group, oldest first.
///
/// # Errors
/// When the database fails.
pub fn of_group(conn: &mut Conn, group: GroupId) -> Result<Vec<TieDecision>> {
    Ok(tie_decisions::table
        .filter(tie_decisions::group_id.eq(group))
        .order(tie_decisions::id)
        .select(TieDecision::as_select())
        .load(conn)?)
}

/// The numbers of a group's entries.
///
/// # Errors
/// When the database fails.
pub fn entry_numbers(conn: &mut Conn, group: GroupId) -> Result<Vec<i64>> {
    Ok(round_entries::table
        .inner_join(entries::table)
        .filter(round_entries::group_id.eq(group))
        .select(entries::number)
        .load(conn)?)
}
