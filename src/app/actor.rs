//! Who asks: what the request proved, and what the database says of them.

use crate::domain::ids::{PublicId, SessionId, UserId};
use crate::domain::text::Email;
use crate::error::{Error, Result, Unauthenticated};
use crate::store::sessions;

use super::Tx;

/// What a request proved by its access token; nothing about rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody in particular.
    Guest,
    /// Somebody with a session.
    Session(PublicId),
}

/// A person who is signed in, as their rows say in this transaction.
#[derive(Debug, Clone)]
pub struct Person {
    /// The row.
    pub id: UserId,
    /// What clients see.
    pub public_id: PublicId,
    /// Their address.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// Whether they administer the instance.
    pub admin: bool,
    /// The session that they ask through.
    pub session: SessionId,
}

/// The person behind a request; `None` for a guest.
///
/// # Errors
/// [`Unauthenticated::Session`] when the session has ended or the account was disabled since the token was made.
pub fn person(tx: &mut Tx<'_>, actor: &Actor) -> Result<Option<Person>> {
    let Actor::Session(session) = actor else {
        return Ok(None);
    };
    let live = sessions::live(tx.conn, session)?.ok_or(Error::Unauthenticated(Unauthenticated::Session))?;
    Ok(Some(Person {
        id: live.user,
        public_id: live.public_id,
        email: live.email,
        name: live.name,
        admin: live.is_admin,
        session: live.session,
    }))
}

/// The person behind a request that needs one.
///
/// # Errors
/// [`Error::Unauthenticated`] for guests and ended sessions.
pub fn signed_in(tx: &mut Tx<'_>, actor: &Actor) -> Result<Person> {
    person(tx, actor)?.ok_or(Error::Unauthenticated(Unauthenticated::Missing))
}
