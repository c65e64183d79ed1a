//! Log-ins: begun with a password, kept up by refresh tokens that are rotated at each use, ended by the person.

use serde_json::{Value, json};

use crate::domain::ids::PublicId;
use crate::domain::text::Email;
use crate::domain::time::Stamp;
use crate::error::{Error, Result, Unauthenticated};
use crate::store::events::{self, NewEvent};
use crate::store::users::{self, User};
use crate::store::{members, sessions, sign_in_codes};

use super::actor::{self, Actor};
use super::post::Post;
use super::{Tx, random};

/// How long a refresh token is good for, in seconds: a judge who comes back after the lunch of the next day signs in
/// no second time, a phone left in a drawer does.
pub const REFRESH_SECONDS: i64 = 14 * 24 * 3600;

/// A session that was begun or kept up, before its access token is signed.
#[derive(Debug, Clone)]
pub struct Session {
    /// What clients see of the session.
    pub id: PublicId,
    /// Whose it is.
    pub user: User,
    /// The next refresh token.
    pub refresh_token: String,
    /// What the access token tells clients: `slug:role`.
    pub roles: Vec<String>,
    /// When.
    pub now: Stamp,
}

/// The hash to compare a password with: of somebody who may sign in, else none.
///
/// # Errors
/// When the database fails.
pub fn credentials(tx: &mut Tx<'_>, email: &Email) -> Result<Option<String>> {
    let user = users::by_email(tx.conn, email)?;
    Ok(user.filter(|u| u.disabled_at.is_none()).map(|u| u.password_hash))
}

/// Begins a session for somebody whose password, as it was hashed then, was right.
///
/// # Errors
/// [`Unauthenticated::Credentials`] when the account changed meanwhile.
pub fn begin(tx: &mut Tx<'_>, email: &Email, checked_hash: &str) -> Result<Session> {
    let user = users::by_email(tx.conn, email)?
        .filter(|u| u.disabled_at.is_none() && u.password_hash == checked_hash)
        .ok_or(Error::Unauthenticated(Unauthenticated::Credentials))?;
    start(tx, user, json!({}))
}

/// How often a code may be tried.
const CODE_TRIES: i64 = 5;

/// What became of a sign-in code.
#[derive(Debug)]
pub enum ByCode {
    /// It was right.
    Begun(Box<Session>),
    /// It was not, or there is no such request, it has ended or was tried too often. That the try was counted has to be
    /// committed, so it is an answer and no error.
    Refused,
}

/// Begins a session for whoever holds the handle of a request and the code that was sent to its address. That they read
/// the code also shows that the address reaches them.
///
/// # Errors
/// When the database fails.
pub fn begin_by_code(tx: &mut Tx<'_>, post: &Post, handle: &str, code: &str) -> Result<ByCode> {
    let counted = sign_in_codes::count_try(tx.conn, &random::hash(handle), CODE_TRIES, tx.now)?;
    // An unknown handle costs the same comparison.
    let id = counted
        .as_ref()
        .map_or_else(random::public_id, |c| c.public_id.clone());
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    // Hashes are compared, so that time tells nothing about digits.
    let right = random::hash(&digits) == random::hash(&post.code(&id));
    let Some(asked) = counted.filter(|_| right) else {
        return Ok(ByCode::Refused);
    };
    let user = users::by_email(tx.conn, &asked.email)?.filter(|u| u.disabled_at.is_none());
    let Some(user) = user else {
        return Ok(ByCode::Refused);
    };
    if !sign_in_codes::spend(tx.conn, &id, tx.now)? {
        return Ok(ByCode::Refused);
    }
    users::verify_email(tx.conn, user.id, tx.now)?;
    start(tx, user, json!({ "by": "code" })).map(|session| ByCode::Begun(Box::new(session)))
}

fn start(tx: &mut Tx<'_>, user: User, details: Value) -> Result<Session> {
    let id = random::public_id();
    let row = sessions::begin(tx.conn, &id, user.id, tx.now)?;
    let refresh_token = random::secret();
    sessions::insert_refresh(
        tx.conn,
        row,
        &random::hash(&refresh_token),
        tx.now,
        tx.now.plus_seconds(REFRESH_SECONDS),
    )?;
    let event = NewEvent {
        actor: Some(user.id),
        action: "sign_in",
        subject: format!("sessions/{id}"),
        details,
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    finish(tx, id, user, refresh_token)
}

/// What became of a refresh token.
#[derive(Debug)]
pub enum Refreshed {
    /// The session goes on with a new one.
    Kept(Box<Session>),
    /// The token had been used before: a thief or the owner holds a copy, so the whole session was ended.
    Reused,
}

/// Rotates a refresh token. A token that was used before ends its session (RFC 9700, 4.14.2); that this was done has
/// to be committed, so it is an answer and no error.
///
/// # Errors
/// [`Unauthenticated::Session`] when the token is none of ours, has ended, or belongs to an ended session.
pub fn refresh(tx: &mut Tx<'_>, token: &str) -> Result<Refreshed> {
    let ended = || Error::Unauthenticated(Unauthenticated::Session);
    let found = sessions::refresh_by_hash(tx.conn, &random::hash(token))?.ok_or_else(ended)?;
    if found.used_at.is_some() || !sessions::use_refresh(tx.conn, found.id, tx.now)? {
        sessions::end(tx.conn, found.session, "refresh token used twice", tx.now)?;
        let subject = format!("sessions/{}", found.session_public_id);
        events::record(
            tx.conn,
            tx.now,
            &NewEvent {
                action: "refresh_reuse",
                subject,
                ..NewEvent::default()
            },
        )?;
        return Ok(Refreshed::Reused);
    }
    let live = sessions::live(tx.conn, &found.session_public_id)?.ok_or_else(ended)?;
    if found.expires_at <= tx.now {
        return Err(ended());
    }
    let user = users::by_public_id(tx.conn, &live.public_id)?.ok_or_else(ended)?;
    let next = random::secret();
    sessions::insert_refresh(
        tx.conn,
        live.session,
        &random::hash(&next),
        tx.now,
        tx.now.plus_seconds(REFRESH_SECONDS),
    )?;
    finish(tx, found.session_public_id, user, next).map(|s| Refreshed::Kept(Box::new(s)))
}

/// Ends the caller's session.
///
/// # Errors
/// [`Error::Unauthenticated`] for a guest.
pub fn end(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    let person = actor::signed_in(tx, actor)?;
    sessions::end(tx.conn, person.session, "signed out", tx.now)?;
    let event = NewEvent {
        actor: Some(person.id),
        action: "sign_out",
        subject: "sessions/current".into(),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)
}

fn finish(tx: &mut Tx<'_>, id: PublicId, user: User, refresh_token: String) -> Result<Session> {
    let roles = members::roles_of(tx.conn, user.id)?
        .into_iter()
        .map(|(slug, role, _)| format!("{slug}:{role}"))
        .collect();
    Ok(Session {
        id,
        user,
        refresh_token,
        roles,
        now: tx.now,
    })
}
