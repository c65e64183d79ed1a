//! The phone of an account: given by a code that was sent to it, taken away again.

use crate::domain::letter::LetterKind;
use crate::domain::phone::{Phone, Recipient};
use crate::domain::policy::Action;
use crate::domain::text::Lang;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::phones::{self, PhoneCode};
use crate::store::users;

use super::actor::{Actor, Person};
use super::brakes::{self, Request};
use super::post::{Order, Post};
use super::{Tx, access, letters, random};

/// How long a code can be used, in seconds.
const LIFE: i64 = 600;
/// How often a code may be tried.
const TRIES: i64 = 5;
/// How long it is of use to say that an account has another phone, in seconds.
const NOTICE_LIFE: i64 = 7 * 24 * 3600;

/// A number that somebody wants to have.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The number.
    pub phone: Phone,
    /// The language to write in.
    pub lang: Lang,
    /// The network address that the request came from.
    pub from: String,
    /// How many messages an address has sent in an hour.
    pub per_address: i64,
}

/// Has a code sent to a number; gives until when it can be used. The account keeps the phone that it has until the code is
/// given. Whether another account has the number is told only to whoever reads the code.
///
/// # Errors
/// [`Error::Invalid`] at `/phone` for the number that they have; [`Error::Conflict`] `no_phone_channel`;
/// [`Error::TooMany`] when it was asked for too often.
pub fn ask(tx: &mut Tx<'_>, post: &Post, actor: &Actor, wanted: &Wanted) -> Result<Stamp> {
    let person = access::personally(tx, actor, Action::ChangeCredentials)?;
    post.require_phones()?;
    if users::by_id(tx.conn, person.id)?.phone.as_ref() == Some(&wanted.phone) {
        return Err(Error::invalid("/phone", "phone_same"));
    }
    // Messages to phones cost money: neither many accounts nor many numbers get around the brake.
    brakes::pause(tx, &format!("phone {}", person.public_id))?;
    let request = Request {
        what: "phone",
        account: wanted.phone.as_str(),
        from: &wanted.from,
    };
    brakes::guest(tx, request, wanted.per_address)?;
    let code = PhoneCode {
        user_id: person.id,
        public_id: random::public_id(),
        phone: wanted.phone.clone(),
        created_at: tx.now,
        expires_at: tx.now.plus_seconds(LIFE),
        tries: 0,
    };
    phones::put(tx.conn, &code)?;
    record(tx, &person, "phone_request")?;
    let order = Order {
        kind: LetterKind::PhoneConfirmation,
        to: Recipient::Phone(wanted.phone.clone()),
        lang: wanted.lang,
        about: code.public_id.to_string(),
        life: LIFE,
    };
    post.enqueue(tx, &order)?;
    Ok(code.expires_at)
}

/// What became of a code. That a wrong one was counted has to be committed, so it is an answer and no error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The account has the phone.
    Yes,
    /// The code was wrong, has ended, or was tried too often.
    No,
}

/// Gives the caller the phone to which the code was sent. The address of the account is told.
///
/// # Errors
/// [`Error::Conflict`] `phone_taken` when another account has it.
pub fn confirm(tx: &mut Tx<'_>, post: &Post, actor: &Actor, code: &str, lang: Lang) -> Result<Confirmed> {
    let person = access::personally(tx, actor, Action::ChangeCredentials)?;
    let Some(wanted) = phones::count_try(tx.conn, person.id, TRIES, tx.now)? else {
        return Ok(Confirmed::No);
    };
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let right = post.phone_code(&wanted.public_id);
    // Hashes are compared, so that time tells nothing about digits.
    if random::hash(&digits) != random::hash(&right) {
        return Ok(Confirmed::No);
    }
    phones::forget(tx.conn, person.id)?;
    phones::set(tx.conn, person.id, Some(&wanted.phone))?;
    record(tx, &person, "phone")?;
    let user = users::by_id(tx.conn, person.id)?;
    let order = Order {
        kind: LetterKind::PhoneAdded,
        lang: letters::language(Some(&user), lang),
        to: Recipient::Email(user.email),
        about: wanted.phone.hint(),
        life: NOTICE_LIFE,
    };
    post.enqueue(tx, &order)?;
    Ok(Confirmed::Yes)
}

/// Takes the caller's phone from their account, and what they asked for.
///
/// # Errors
/// [`Error::NotFound`] when they have none.
pub fn remove(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    let person = access::personally(tx, actor, Action::ChangeCredentials)?;
    phones::forget(tx.conn, person.id)?;
    if users::by_id(tx.conn, person.id)?.phone.is_none() {
        return Err(Error::NotFound("phone"));
    }
    phones::set(tx.conn, person.id, None)?;
    record(tx, &person, "phone_removal")
}

fn record(tx: &mut Tx<'_>, person: &Person, action: &'static str) -> Result<()> {
    let event = NewEvent {
        actor: Some(person.id),
        action,
        subject: format!("users/{}", person.public_id),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)
}
