//! Making an account, for every use case that brings somebody in.

use crate::domain::ids::UserId;
use crate::domain::letter::LetterKind;
use crate::domain::text::{Email, Lang};
use crate::error::Result;
use crate::store::events::{self, NewEvent};
use crate::store::users::{self, NewUser, User};

use super::letters::CONFIRMATION_LIFE;
use super::post::{Order, Post};
use super::{Tx, random};

/// A person about to have an account; the password is hashed already.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The address they will sign in with.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// The password's hash.
    pub password_hash: String,
    /// The language that they read, where it is known.
    pub language: Option<Lang>,
}

/// Adds a person.
///
/// # Errors
/// [`crate::error::Error::Invalid`] at `/email` when the address has an account.
pub(super) fn enrol(tx: &mut Tx<'_>, registration: &Registration, is_admin: bool) -> Result<User> {
    let public_id = random::public_id();
    let new = NewUser {
        public_id: public_id.clone(),
        email: registration.email.clone(),
        name: registration.name.trim().to_owned(),
        password_hash: registration.password_hash.clone(),
        is_admin,
        created_at: tx.now,
        version: 1,
        language: registration.language,
    };
    let id: UserId = users::insert(tx.conn, &new)?;
    let action = if is_admin {
        "admin_creation"
    } else {
        "registration"
    };
    let event = NewEvent {
        actor: Some(id),
        action,
        subject: format!("users/{public_id}"),
        version: Some((0, 1)),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    users::by_id(tx.conn, id)
}

/// Asks a person by letter whether their address reaches them.
///
/// # Errors
/// When the database fails.
pub(super) fn ask_to_confirm(tx: &mut Tx<'_>, post: &Post, user: &User, lang: Lang) -> Result<()> {
    let order = Order {
        kind: LetterKind::EmailVerification,
        to: user.email.clone().into(),
        lang,
        about: user.public_id.to_string(),
        life: CONFIRMATION_LIFE,
    };
    post.enqueue(tx, &order)
}
