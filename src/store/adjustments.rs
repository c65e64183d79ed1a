//! Penalties and bonuses. None is ever changed or deleted: one that was wrong is revoked, and says why.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{adjustments, entries, round_entries, round_groups};
use crate::domain::ids::{GroupId, PublicId, RegionId, RoundEntryId, RoundId, UserId};
use crate::domain::text::Code;
use crate::domain::time::Stamp;
use crate::error::Result;

/// A penalty or bonus about to be given.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = adjustments)]
pub struct NewAdjustment {
    /// What clients see.
    pub public_id: PublicId,
    /// The group of the entry.
    pub group_id: GroupId,
    /// The entry in the round.
    pub round_entry_id: RoundEntryId,
    /// Thousandths of a point; below 0 for a penalty.
    pub points: i64,
    /// Why.
    pub reason: String,
    /// The penalty of the rules that counts it.
    pub rule: Option<String>,
    /// What was measured for it, in thousandths.
    pub quantity: Option<i64>,
    /// Who gave it.
    pub created_by: UserId,
    /// When.
    pub created_at: Stamp,
}

/// A penalty or bonus.
#[derive(Debug, Clone, Queryable)]
pub struct Adjustment {
    /// The row.
    pub id: i64,
    /// What clients see.
    pub public_id: PublicId,
    /// The group of the entry.
    pub group: GroupId,
    /// The group's code.
    pub group_code: Code,
    /// The entry's number.
    pub entry: i64,
    /// The entry's region.
    pub region: Option<RegionId>,
    /// Thousandths of a point; below 0 for a penalty.
    pub points: i64,
    /// Why.
    pub reason: String,
    /// The penalty of the rules that counts it.
    pub rule: Option<String>,
    /// What was measured for it, in thousandths.
    pub quantity: Option<i64>,
    /// When.
    pub created_at: Stamp,
    /// When it was revoked.
    pub revoked_at: Option<Stamp>,
    /// Why it was revoked.
    pub revoke_reason: Option<String>,
}

/// Gives a penalty or bonus.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, new: &NewAdjustment) -> Result<()> {
    diesel::insert_into(adjustments::table)
        .values(new)
        .execute(conn)?;
    Ok(())
}

/// The query of [`Adjustment`]s in a round.
macro_rules! of_round {
    ($round:expr) => {
        adjustments::table
            .inner_join(round_groups::table)
            .inner_join(round_entries::table.inner_join(entries::table))
            .filter(round_groups::round_id.eq($round))
            .select((
                adjustments::id,
                adjustments::public_id,
                round_groups::id,
                round_groups::code,
                entries::number,
                entries::region_id,
                adjustments::points,
                adjustments::reason,
                adjustments::rule,
                adjustments::quantity,
                adjustments::created_at,
                adjustments::revoked_at,
                adjustments::revoke_reason,
            ))
    };
}

/// Every penalty and bonus of a round, revoked ones too, oldest first.
///
/// # Errors
/// When the database fails.
pub fn of_round(conn: &mut Conn, round: RoundId) -> Result<Vec<Adjustment>> {
    Ok(of_round!(round).order(adjustments::id).load(conn)?)
}

/// The penalty or bonus of a round with a public id.
///
/// # Errors
/// When the database fails.
pub fn by_public_id(conn: &mut Conn, round: RoundId, id: &PublicId) -> Result<Option<Adjustment>> {
    Ok(of_round!(round)
        .filter(adjustments::public_id.eq(id))
        .first(conn)
        .optional()?)
}

/// Revokes a penalty or bonus; whether it was not revoked before.
///
/// # Errors
/// When the database fails.
pub fn revoke(conn: &mut Conn, id: i64, by: UserId, reason: &str, now: Stamp) -> Result<bool> {
    let changed = diesel::update(adjustments::table.find(id))
        .filter(adjustments::revoked_at.is_null())
        .set((
            adjustments::revoked_by.eq(by),
            adjustments::revoked_at.eq(now),
            adjustments::revoke_reason.eq(reason),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
