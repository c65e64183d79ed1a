//! Links that sign judges in, and the sessions that they began.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{judge_links, sessions, tablets, users};
use crate::domain::ids::{CompetitionId, PublicId, SessionId, UserId};
use crate::domain::judge_link::Window;
use crate::domain::time::Stamp;
use crate::error::Result;

/// A link with whose it is.
#[derive(Debug, Clone, Queryable)]
pub struct JudgeLink {
    /// The row.
    pub id: i64,
    /// What clients see.
    pub public_id: PublicId,
    /// Where it signs in.
    pub competition: CompetitionId,
    /// Whose it is: the row.
    pub user: UserId,
    /// Whose it is: what clients see.
    pub user_public_id: PublicId,
    /// What they are called.
    pub name: String,
    /// From when it is good.
    pub opens_at: Stamp,
    /// Until when; exclusive.
    pub expires_at: Stamp,
    /// On how many devices at a time.
    pub devices: i64,
    /// When it was made.
    pub created_at: Stamp,
    /// When somebody last signed in with it.
    pub used_at: Option<Stamp>,
    /// When it was revoked.
    pub revoked_at: Option<Stamp>,
}

impl JudgeLink {
    /// From when until when it is good.
    #[must_use]
    pub const fn window(&self) -> Window {
        Window {
            opens_at: self.opens_at,
            expires_at: self.expires_at,
        }
    }
}

type Columns = (
    judge_links::id,
    judge_links::public_id,
    judge_links::competition_id,
    users::id,
    users::public_id,
    users::name,
    judge_links::opens_at,
    judge_links::expires_at,
    judge_links::devices,
    judge_links::created_at,
    judge_links::used_at,
    judge_links::revoked_at,
);

const COLUMNS: Columns = (
    judge_links::id,
    judge_links::public_id,
    judge_links::competition_id,
    users::id,
    users::public_id,
    users::name,
    judge_links::opens_at,
    judge_links::expires_at,
    judge_links::devices,
    judge_links::created_at,
    judge_links::used_at,
    judge_links::revoked_at,
);

/// The link with a code's hash, revoked ones too.
///
/// # Errors
/// When the database fails.
pub fn by_code(conn: &mut Conn, code_hash: &str) -> Result<Option<JudgeLink>> {
    Ok(judge_links::table
        .inner_join(users::table)
        .filter(judge_links::code_hash.eq(code_hash))
        .select(COLUMNS)
        .get_result(conn)
        .optional()?)
}

/// The link of a competition whose judge types these digits on its tablets, if it was not revoked.
///
/// # Errors
/// When the database fails.
pub fn by_pin(conn: &mut Conn, competition: CompetitionId, pin_hash: &str) -> Result<Option<JudgeLink>> {
    Ok(judge_links::table
        .inner_join(users::table)
        .filter(judge_links::competition_id.eq(competition))
        .filter(judge_links::pin_hash.eq(pin_hash))
        .filter(judge_links::revoked_at.is_null())
        .select(COLUMNS)
        .get_result(conn)
        .optional()?)
}

/// The links of a competition that were not revoked, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, competition: CompetitionId) -> Result<Vec<JudgeLink>> {
    Ok(judge_links::table
        .inner_join(users::table)
        .filter(judge_links::competition_id.eq(competition))
        .filter(judge_links::revoked_at.is_null())
        .order(judge_links::id)
        .select(COLUMNS)
        .load(conn)?)
}

/// A link about to be made.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = judge_links)]
pub struct NewJudgeLink {
    /// What clients see.
    pub public_id: PublicId,
    /// Where it signs in.
    pub competition_id: CompetitionId,
    /// Whose it is.
    pub user_id: UserId,
    /// The hash of its code.
    pub code_hash: String,
    /// The keyed hash of its digits.
    pub pin_hash: String,
    /// From when it is good.
    pub opens_at: Stamp,
    /// Until when; exclusive.
    pub expires_at: Stamp,
    /// On how many devices at a time.
    pub devices: i64,
    /// Who makes it.
    pub created_by: UserId,
    /// When.
    pub created_at: Stamp,
}

/// Keeps a new link.
///
/// # Errors
/// When the database fails, also when the judge has a link that was not revoked.
pub fn insert(conn: &mut Conn, new: &NewJudgeLink) -> Result<()> {
    diesel::insert_into(judge_links::table)
        .values(new)
        .execute(conn)?;
    Ok(())
}

/// Revokes a link, and ends the sessions that it began; gives how many there were, nothing when it was revoked already.
///
/// # Errors
/// When the database fails.
pub fn revoke(conn: &mut Conn, link: i64, reason: &str, now: Stamp) -> Result<Option<usize>> {
    let good = judge_links::table
        .find(link)
        .filter(judge_links::revoked_at.is_null());
    let revoked = diesel::update(good)
        .set(judge_links::revoked_at.eq(now))
        .execute(conn)?;
    if revoked == 0 {
        return Ok(None);
    }
    let begun = sessions::table
        .filter(sessions::judge_link_id.eq(link))
        .filter(sessions::ended_at.is_null());
    let ended = diesel::update(begun)
        .set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason)))
        .execute(conn)?;
    Ok(Some(ended))
}

/// Notes that somebody signs in with a link, unless it was revoked. Whoever does so at the same time, or revokes it, waits
/// here.
///
/// # Errors
/// When the database fails.
pub fn hold(conn: &mut Conn, link: i64, now: Stamp) -> Result<bool> {
    let good = judge_links::table
        .find(link)
        .filter(judge_links::revoked_at.is_null());
    let held = diesel::update(good)
        .set(judge_links::used_at.eq(now))
        .execute(conn)?;
    Ok(held == 1)
}

/// A session that a link began.
#[derive(Debug, Clone, Queryable)]
pub struct Begun {
    /// The link.
    pub link: Option<i64>,
    /// The session.
    pub session: SessionId,
    /// On what.
    pub device: Option<String>,
    /// The tablet of the hall on which it was begun; such a one is no device of the judge's.
    pub tablet: Option<String>,
    /// When it was begun.
    pub created_at: Stamp,
    /// When it was last kept up.
    pub last_used_at: Option<Stamp>,
}

/// The sessions of links that have not ended and were kept up after a moment.
///
/// # Errors
/// When the database fails.
pub fn begun(conn: &mut Conn, links: &[i64], used_after: Stamp) -> Result<Vec<Begun>> {
    let mut begun = Vec::new();
    for some in links.chunks(500) {
        let used = sessions::last_used_at.gt(used_after).or(sessions::last_used_at
            .is_null()
            .and(sessions::created_at.nullable().gt(used_after)));
        let rows: Vec<Begun> = sessions::table
            .left_join(tablets::table)
            .filter(sessions::judge_link_id.eq_any(some))
            .filter(sessions::ended_at.is_null())
            .filter(used)
            .order(sessions::id)
            .select((
                sessions::judge_link_id,
                sessions::id,
                sessions::device,
                tablets::name.nullable(),
                sessions::created_at,
                sessions::last_used_at,
            ))
            .load(conn)?;
        begun.extend(rows);
    }
    Ok(begun)
}
