//! What waits to be sent, for those who look after the instance.

use crate::domain::ids::PublicId;
use crate::domain::letter::MessageState;
use crate::domain::policy::Action;
use crate::error::{Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::outbox::{self, Notice};
use crate::store::page::{Limit, Page};

use super::actor::Actor;
use super::{Effect, Tx, access};

/// The messages in a state, or all, the newest first. What they say is not told.
///
/// # Errors
/// [`Error::Forbidden`] for whoever is no admin.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    state: Option<MessageState>,
    cursor: Option<&str>,
    limit: Limit,
) -> Result<Page<Notice>> {
    access::on_instance(tx, actor, Action::ManageMessages)?;
    outbox::list(tx.conn, state, cursor, limit)
}

/// Has a message sent again that was given up.
///
/// # Errors
/// [`Error::Conflict`] `message_not_dead` when it waits, was delivered, or has come to its end.
pub fn redeliver(tx: &mut Tx<'_>, actor: &Actor, id: &PublicId) -> Result<()> {
    let admin = access::on_instance(tx, actor, Action::ManageMessages)?;
    if !outbox::exists(tx.conn, id)? {
        return Err(Error::NotFound("message"));
    }
    if !outbox::revive(tx.conn, id, tx.now)? {
        return Err(Error::conflict("message_not_dead"));
    }
    let event = NewEvent {
        actor: Some(admin.id),
        action: "redelivery",
        subject: format!("messages/{id}"),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.after(Effect::MessageWaiting);
    Ok(())
}
