//! A round as files hold it, for whoever has the machine, so that anybody can compute it again.

use crate::domain::text::{Code, Slug};
use crate::error::{Error, Result};
use crate::store::{competitions, rounds};

use super::Tx;
use super::gathering::{self, Gathered};

/// Gathers a round, or one of its groups. No permission is asked: the caller holds the database.
///
/// # Errors
/// 404 when there is no such competition, round or group; 409 `rules_missing`.
pub fn round(tx: &mut Tx<'_>, slug: &Slug, code: &Code, group: Option<&Code>) -> Result<Gathered> {
    let competition = competitions::by_slug(tx.conn, slug)?.ok_or(Error::NotFound("competition"))?;
    let round = rounds::by_code(tx.conn, competition.id, code)?.ok_or(Error::NotFound("round"))?;
    let mut groups = rounds::groups(tx.conn, round.id)?;
    groups.retain(|g| group.is_none_or(|asked| g.code == *asked));
    if group.is_some() && groups.is_empty() {
        return Err(Error::NotFound("group"));
    }
    gathering::gather(tx, &competition, &round, &groups)
}
