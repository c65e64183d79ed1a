//! Setting a new password by a link: who forgot theirs asks for one, an admin makes one for somebody who gets no mail.

use crate::domain::letter::{LetterKind, LinkKind};
use crate::domain::policy::Action;
use crate::domain::text::{Email, Lang};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::links::{self, Link};
use crate::store::users::{self, User};
use crate::store::{api_tokens, sessions};

use super::actor::Actor;
use super::brakes::{self, Request};
use super::letters::{self, RESET_LIFE};
use super::post::{Order, Post};
use super::{Tx, access, random};

/// How long it is of use to say that a password was changed, in seconds.
const NOTICE_LIFE: i64 = 3 * 24 * 3600;
/// How long a request waits for its letter at most, in seconds.
const REQUEST_LIFE: i64 = 3600;

/// Who forgot their password.
#[derive(Debug, Clone)]
pub struct Forgotten {
    /// The address of the account, if there is one.
    pub email: Email,
    /// The language to write in.
    pub lang: Lang,
    /// The network address that the request came from.
    pub from: String,
    /// How many requests of guests an address has in an hour.
    pub per_address: i64,
}

/// Has a link sent. Whether there is such an account is looked up later, by the delivery: what is done here, and how long
/// it takes, is the same for all.
///
/// # Errors
/// [`Error::TooMany`] when it was asked for too often; [`Error::Conflict`] `no_channel` where nothing can be sent.
pub fn request(tx: &mut Tx<'_>, post: &Post, forgotten: &Forgotten) -> Result<()> {
    post.require()?;
    let brake = Request {
        what: "password reset",
        account: forgotten.email.as_str(),
        from: &forgotten.from,
    };
    brakes::guest(tx, brake, forgotten.per_address)?;
    let order = Order {
        kind: LetterKind::PasswordReset,
        to: forgotten.email.clone().into(),
        lang: forgotten.lang,
        about: String::new(),
        life: REQUEST_LIFE,
    };
    post.enqueue(tx, &order)
}

/// A link that was just made; its token is kept nowhere.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// The last part of the link.
    pub token: String,
    /// Until when it can be used.
    pub expires_at: Stamp,
}

/// Makes a link for somebody else, to pass on. It takes the place of one that was open, and its owner is told once it is
/// used.
///
/// # Errors
/// [`Error::Forbidden`] for whoever is no admin; [`Error::Invalid`] at `/email` when the address has no account.
pub fn open(tx: &mut Tx<'_>, actor: &Actor, email: &Email) -> Result<NewLink> {
    let admin = access::personally(tx, actor, Action::OpenAccounts)?;
    let user = users::by_email(tx.conn, email)?.ok_or_else(|| Error::invalid("/email", "email_unknown"))?;
    let event = NewEvent {
        actor: Some(admin.id),
        ..opened(&user)
    };
    make(tx, &user, &event)
}

/// The same for whoever has the machine.
///
/// # Errors
/// [`Error::NotFound`] when the address has no account.
pub fn open_as_machine(tx: &mut Tx<'_>, email: &Email) -> Result<NewLink> {
    let user = users::by_email(tx.conn, email)?.ok_or(Error::NotFound("user"))?;
    make(tx, &user, &opened(&user))
}

fn opened(user: &User) -> NewEvent {
    NewEvent {
        action: "password_reset_link",
        subject: format!("users/{}", user.public_id),
        ..NewEvent::default()
    }
}

fn make(tx: &mut Tx<'_>, user: &User, event: &NewEvent) -> Result<NewLink> {
    let token = random::secret();
    let link = Link {
        user_id: user.id,
        kind: LinkKind::PasswordReset,
        token_hash: random::hash(&token),
        email: None,
        created_at: tx.now,
        expires_at: tx.now.plus_seconds(RESET_LIFE),
        used_at: None,
    };
    links::put(tx.conn, &link)?;
    events::record(tx.conn, tx.now, event)?;
    Ok(NewLink {
        token,
        expires_at: link.expires_at,
    })
}

/// Whose password a link sets. Nothing is spent.
///
/// # Errors
/// [`Error::Invalid`] at `/token` when there is no such link; [`Error::Conflict`] when it was used or has ended.
pub fn show(tx: &mut Tx<'_>, token: &str) -> Result<User> {
    let link = find(tx, token)?;
    users::by_id(tx.conn, link.user_id)
}

/// Sets a new password, ends every session of the person and revokes their API tokens. A link that came by mail also shows that the address is
/// theirs.
///
/// # Errors
/// As [`show`].
pub fn complete(tx: &mut Tx<'_>, post: &Post, token: &str, password_hash: &str, lang: Lang) -> Result<()> {
    let link = find(tx, token)?;
    if !links::spend(tx.conn, &link.token_hash, tx.now)? {
        return Err(Error::conflict("link_used"));
    }
    let user = users::by_id(tx.conn, link.user_id)?;
    users::set_password(tx.conn, user.id, password_hash)?;
    sessions::end_all(tx.conn, user.id, "password reset", tx.now)?;
    api_tokens::revoke_all(tx.conn, user.id, tx.now)?;
    if link.email.as_ref() == Some(&user.email) {
        users::verify_email(tx.conn, user.id, tx.now)?;
    }
    let event = NewEvent {
        actor: Some(user.id),
        action: "password_reset",
        subject: format!("users/{}", user.public_id),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    let order = Order {
        kind: LetterKind::PasswordChanged,
        lang: letters::language(Some(&user), lang),
        to: user.email.into(),
        about: String::new(),
        life: NOTICE_LIFE,
    };
    post.enqueue(tx, &order)
}

fn find(tx: &mut Tx<'_>, token: &str) -> Result<Link> {
    let link = links::by_token(tx.conn, &random::hash(token))?
        .filter(|link| link.kind == LinkKind::PasswordReset)
        .ok_or_else(|| Error::invalid("/token", "link_unknown"))?;
    if link.used_at.is_some() {
        return Err(Error::conflict("link_used"));
    }
    if tx.now >= link.expires_at {
        return Err(Error::conflict("link_expired"));
    }
    Ok(link)
}
