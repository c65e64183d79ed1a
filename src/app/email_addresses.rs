//! Whether an account's address reaches its owner, and another address for it.

use serde_json::json;

use crate::domain::letter::{LetterKind, LinkKind};
use crate::domain::policy::Action;
use crate::domain::text::{Email, Lang};
use crate::error::{Error, Result, Unauthenticated};
use crate::store::events::{self, NewEvent};
use crate::store::links::{self, Link};
use crate::store::users::{self, User};

use super::actor::Actor;
use super::letters::{self, CONFIRMATION_LIFE};
use super::post::{Order, Post};
use super::{Tx, access, brakes, enrolment, random};

/// How long it is of use to say that an address was changed, in seconds.
const NOTICE_LIFE: i64 = 7 * 24 * 3600;

/// Asks the caller by letter whether their address reaches them, once more.
///
/// # Errors
/// [`Error::Conflict`] `email_verified_already`, or `no_channel` where nothing can be sent; [`Error::TooMany`] soon after
/// the last time.
pub fn ask_again(tx: &mut Tx<'_>, post: &Post, actor: &Actor, lang: Lang) -> Result<()> {
    let person = access::personally(tx, actor, Action::ConfirmAddress)?;
    let user = users::by_id(tx.conn, person.id)?;
    if user.email_verified_at.is_some() {
        return Err(Error::conflict("email_verified_already"));
    }
    post.require()?;
    brakes::pause(tx, &format!("verification {}", user.public_id))?;
    enrolment::ask_to_confirm(tx, post, &user, lang)
}

/// Has a link sent to a new address of the caller, whose password was checked. The account keeps the old one until the
/// link's button is pressed. Whether the new one has an account is not told.
///
/// # Errors
/// [`Error::Invalid`] at `/email` for the address that the account has; [`Error::Conflict`] `no_channel`;
/// [`Error::TooMany`] soon after the last time.
pub fn change(
    tx: &mut Tx<'_>,
    post: &Post,
    actor: &Actor,
    checked_hash: &str,
    email: &Email,
    lang: Lang,
) -> Result<()> {
    let person = access::personally(tx, actor, Action::ChangeCredentials)?;
    let user = users::by_id(tx.conn, person.id)?;
    if user.password_hash != checked_hash {
        return Err(Error::Unauthenticated(Unauthenticated::Credentials));
    }
    if user.email == *email {
        return Err(Error::invalid("/email", "email_same"));
    }
    post.require()?;
    brakes::pause(tx, &format!("email change {}", user.public_id))?;
    links::void(tx.conn, user.id, LinkKind::EmailChange)?;
    let event = NewEvent {
        actor: Some(user.id),
        action: "email_change_request",
        subject: format!("users/{}", user.public_id),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    let order = Order {
        kind: LetterKind::EmailChange,
        to: email.clone().into(),
        lang,
        about: user.public_id.to_string(),
        life: CONFIRMATION_LIFE,
    };
    post.enqueue(tx, &order)
}

/// The address that a link confirms. Nothing is spent.
///
/// # Errors
/// [`Error::Invalid`] at `/token` when there is no such link; [`Error::Conflict`] when it was used or has ended.
pub fn show(tx: &mut Tx<'_>, token: &str) -> Result<Email> {
    let link = find(tx, token)?;
    Ok(link.email.unwrap_or(users::by_id(tx.conn, link.user_id)?.email))
}

/// Confirms an address: the account's own, or the new one that it gets with this. The old one is told.
///
/// # Errors
/// As [`show`]; [`Error::Conflict`] `email_taken` when the new address has an account by now, `link_expired` when the
/// account has another address.
pub fn confirm(tx: &mut Tx<'_>, post: &Post, token: &str, lang: Lang) -> Result<()> {
    let link = find(tx, token)?;
    let user = users::by_id(tx.conn, link.user_id)?;
    let Some(email) = link.email.clone() else {
        return Err(Error::conflict("link_expired"));
    };
    if !links::spend(tx.conn, &link.token_hash, tx.now)? {
        return Err(Error::conflict("link_used"));
    }
    let changes = link.kind == LinkKind::EmailChange;
    if changes {
        users::set_email(tx.conn, user.id, &email, tx.now)?;
        // What was sent to the old address opens this account no longer.
        links::void(tx.conn, user.id, LinkKind::PasswordReset)?;
        links::void(tx.conn, user.id, LinkKind::EmailVerification)?;
    } else if user.email == email {
        users::verify_email(tx.conn, user.id, tx.now)?;
    } else {
        return Err(Error::conflict("link_expired"));
    }
    let event = NewEvent {
        actor: Some(user.id),
        action: if changes {
            "email_change"
        } else {
            "email_verification"
        },
        subject: format!("users/{}", user.public_id),
        details: json!({}),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    if changes {
        tell_old(tx, post, &user, &email, lang)
    } else {
        Ok(())
    }
}

fn tell_old(tx: &mut Tx<'_>, post: &Post, user: &User, new: &Email, lang: Lang) -> Result<()> {
    let order = Order {
        kind: LetterKind::EmailChanged,
        to: user.email.clone().into(),
        lang: letters::language(Some(user), lang),
        about: new.hint(),
        life: NOTICE_LIFE,
    };
    post.enqueue(tx, &order)
}

fn find(tx: &mut Tx<'_>, token: &str) -> Result<Link> {
    let link = links::by_token(tx.conn, &random::hash(token))?
        .filter(|link| link.kind != LinkKind::PasswordReset)
        .ok_or_else(|| Error::invalid("/token", "link_unknown"))?;
    if link.used_at.is_some() {
        return Err(Error::conflict("link_used"));
    }
    if tx.now >= link.expires_at {
        return Err(Error::conflict("link_expired"));
    }
    Ok(link)
}
