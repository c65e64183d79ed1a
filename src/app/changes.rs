//! The log of changes, as organizers and observers read it.

use crate::domain::policy::Action;
use crate::domain::text::Slug;
use crate::error::Result;
use crate::store::events::{self, Event};
use crate::store::page::Limit;

use super::actor::Actor;
use super::{Tx, access};

/// The changes after a place in the log, oldest first, one more than the limit if there are.
///
/// # Errors
/// [`crate::error::Error::Forbidden`] for whoever may not read the log.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, after: i64, limit: Limit) -> Result<Vec<Event>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ReadLog, &scene.whole(), "competition")?;
    events::after(tx.conn, scene.competition.id, after, limit.with_one_more())
}
