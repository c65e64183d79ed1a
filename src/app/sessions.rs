//! Log-ins: begun with a password and a second factor, kept up by refresh tokens that are rotated at each use, listed and
//! ended by the person.

use serde_json::json;

use crate::domain::ids::PublicId;
use crate::domain::phone::Recipient;
use crate::domain::policy::Action;
use crate::domain::session::{self, Presented, SessionKind};
use crate::domain::text::{Email, Slug};
use crate::domain::time::Stamp;
use crate::error::{Error, Result, Unauthenticated};
use crate::store::events::{self, NewEvent};
use crate::store::sessions::{self, NewRefresh, Refresh};
use crate::store::users::{self, User};
use crate::store::{competitions, second_factors, sign_in_codes};

use super::actor::{Actor, Person};
use super::entrance::{self, Coming, Entered, Session};
use super::factor::{self, Checked};
use super::post::Post;
use super::vault::Vault;
use super::{Tx, access, random};

/// The hash to compare a password with: of somebody who may sign in, else none.
///
/// # Errors
/// When the database fails.
pub fn credentials(tx: &mut Tx<'_>, email: &Email) -> Result<Option<String>> {
    let user = users::by_email(tx.conn, email)?;
    Ok(user.filter(|u| u.disabled_at.is_none()).map(|u| u.password_hash))
}

/// Lets somebody in whose password, as it was hashed then, was right; whoever has a second factor gives its code first.
///
/// # Errors
/// [`Unauthenticated::Credentials`] when the account changed meanwhile.
pub fn begin(
    tx: &mut Tx<'_>,
    email: &Email,
    checked_hash: &str,
    user_agent: Option<&str>,
) -> Result<Entered> {
    let user = users::by_email(tx.conn, email)?
        .filter(|u| u.disabled_at.is_none() && u.password_hash == checked_hash)
        .ok_or(Error::Unauthenticated(Unauthenticated::Credentials))?;
    let coming = Coming {
        kind: SessionKind::Password,
        device: user_agent.and_then(session::device),
        vouched: false,
    };
    entrance::admit(tx, user, coming)
}

/// How often a code may be tried.
const CODE_TRIES: i64 = 5;

/// What became of a sign-in code.
#[derive(Debug)]
pub enum ByCode {
    /// It was right.
    Right(Entered),
    /// It was not, or there is no such request, it has ended or was tried too often. That the try was counted has to be
    /// committed, so it is an answer and no error.
    Refused,
}

/// Lets somebody in who holds the handle of a request and the code that was sent to its address; whoever has a second factor
/// gives its code, too. That they read the sent code also shows that the address reaches them.
///
/// # Errors
/// When the database fails.
pub fn begin_by_code(
    tx: &mut Tx<'_>,
    post: &Post,
    handle: &str,
    code: &str,
    user_agent: Option<&str>,
) -> Result<ByCode> {
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
    let user = sign_in_codes::account(tx.conn, &asked.recipient)?;
    let Some(user) = user else {
        return Ok(ByCode::Refused);
    };
    if !sign_in_codes::spend(tx.conn, &id, tx.now)? {
        return Ok(ByCode::Refused);
    }
    if matches!(asked.recipient, Recipient::Email(_)) {
        users::verify_email(tx.conn, user.id, tx.now)?;
    }
    let coming = Coming {
        kind: SessionKind::Code,
        device: user_agent.and_then(session::device),
        vouched: false,
    };
    entrance::admit(tx, user, coming).map(ByCode::Right)
}

/// What became of the code of a second factor. That a wrong one was counted has to be committed, so it is an answer and
/// no error.
#[derive(Debug)]
pub enum Finished {
    /// The session has begun.
    In(Box<Session>),
    /// It was wrong.
    Wrong,
    /// Too many wrong ones came lately: nothing is looked at before so many seconds.
    TooMany(u32),
}

/// Finishes a sign-in with the code of the second factor.
///
/// # Errors
/// [`Unauthenticated::Handle`] when nothing waits for a code with this handle, or it had its wrong codes.
pub fn finish(tx: &mut Tx<'_>, vault: &Vault, handle: &str, code: &str) -> Result<Finished> {
    let over = || Error::Unauthenticated(Unauthenticated::Handle);
    let step = second_factors::try_step(tx.conn, &random::hash(handle), tx.now)?.ok_or_else(over)?;
    let user = users::by_id(tx.conn, step.user)?;
    if user.disabled_at.is_some() {
        return Err(over());
    }
    match factor::check(tx, vault, user.id, &user.public_id, code)? {
        Checked::Wrong => return Ok(Finished::Wrong),
        Checked::TooMany(wait) => return Ok(Finished::TooMany(wait)),
        Checked::Right => {}
    }
    second_factors::finish_step(tx.conn, step.id, tx.now)?;
    let coming = Coming {
        kind: step.kind,
        device: step.device,
        vouched: false,
    };
    let session = entrance::begin(tx, user, coming, true)?;
    Ok(Finished::In(Box::new(session)))
}

/// What became of a refresh token.
#[derive(Debug)]
pub enum Refreshed {
    /// The session goes on with a new one.
    Kept(Box<Session>),
    /// The token had been used before: a thief or the owner holds a copy, so the whole session was ended.
    Reused,
}

/// Rotates a refresh token. One that was used before ends its session (RFC 9700, 4.14.2), save for a moment after it was
/// used and while nobody went on with the answer: that one was lost. That a session was ended has to be committed, so it
/// is an answer and no error.
///
/// # Errors
/// [`Unauthenticated::Session`] when the token is none of ours, has ended, or belongs to an ended session.
pub fn refresh(tx: &mut Tx<'_>, token: &str) -> Result<Refreshed> {
    let ended = || Error::Unauthenticated(Unauthenticated::Session);
    let hash = random::hash(token);
    let session = sessions::session_of_refresh(tx.conn, &hash)?.ok_or_else(ended)?;
    sessions::touch(tx.conn, session, tx.now)?;
    let found = sessions::refresh_by_hash(tx.conn, &hash)?.ok_or_else(ended)?;
    let successors = sessions::successors(tx.conn, found.id)?;
    let presented = Presented {
        used_at: found.used_at,
        superseded: found.superseded_at.is_some(),
        successors: i64::try_from(successors.len()).unwrap_or(i64::MAX),
        succeeded: successors.iter().any(Option::is_some),
    };
    match presented.coming(tx.now) {
        session::Coming::Stolen => {
            sessions::end(tx.conn, found.session, "refresh token used twice", tx.now)?;
            record(tx, None, "refresh_reuse", &found.session_public_id)?;
            return Ok(Refreshed::Reused);
        }
        session::Coming::Again => record(tx, None, "refresh_repetition", &found.session_public_id)?,
        session::Coming::First => {}
    }
    let (user, judging) = owner(tx, &found)?.ok_or_else(ended)?;
    if found.expires_at <= tx.now {
        return Err(ended());
    }
    if presented.used_at.is_none() {
        sessions::use_refresh(tx.conn, &found, tx.now)?;
    }
    let next = random::secret();
    let new = NewRefresh {
        session_id: found.session,
        token_hash: random::hash(&next),
        created_at: tx.now,
        expires_at: entrance::earlier(entrance::expiry(tx, found.begun_at), found.link_ends_at),
        parent_id: Some(found.id),
    };
    sessions::insert_refresh(tx.conn, &new)?;
    let next = entrance::Next::of(&new, next);
    let session = entrance::finish(tx, found.session_public_id, user, next)?;
    let session = match judging {
        Some(slug) => session.for_judge_of(&slug),
        None => session,
    };
    Ok(Refreshed::Kept(Box::new(session)))
}

/// Whose refresh token it is, while the session lives, and of which competition the judge's link that began it.
fn owner(tx: &mut Tx<'_>, found: &Refresh) -> Result<Option<(User, Option<Slug>)>> {
    let begun_after = tx.now.plus_seconds(-tx.instance.sessions.whole);
    let Some(live) = sessions::live(tx.conn, &found.session_public_id, begun_after, tx.now)? else {
        return Ok(None);
    };
    let judging = match live.judging {
        Some(competition) => Some(competitions::slug_of(tx.conn, competition)?),
        None => None,
    };
    let user = users::by_public_id(tx.conn, &live.public_id)?;
    Ok(user.map(|user| (user, judging)))
}

/// A session as its owner sees it.
#[derive(Debug, Clone)]
pub struct SessionOf {
    /// What clients see.
    pub id: PublicId,
    /// How it was begun.
    pub kind: SessionKind,
    /// On what.
    pub device: Option<String>,
    /// When it was begun.
    pub began_at: Stamp,
    /// When it was last kept up.
    pub last_used_at: Stamp,
    /// When it ends unless it is used.
    pub ends_at: Stamp,
    /// Whether it is the one that asks.
    pub current: bool,
    /// The only competition that it is good for, where a judge's link began it.
    pub competition: Option<Slug>,
    /// The tablet of the hall on which it was begun.
    pub tablet: Option<String>,
}

/// The caller's sessions that have not ended, the newest first.
///
/// # Errors
/// [`Error::Unauthenticated`] for a guest.
pub fn list(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<SessionOf>> {
    let person = access::personally(tx, actor, Action::ManageSessions)?;
    let current = person.session()?;
    let limits = tx.instance.sessions;
    let begun_after = tx.now.plus_seconds(-limits.whole);
    let used_after = tx.now.plus_seconds(-limits.idle);
    let rows = sessions::of_user(tx.conn, person.id, begun_after, used_after)?;
    let now = tx.now;
    let lasting = rows
        .into_iter()
        .filter(|row| row.link_ends_at.is_none_or(|end| end > now));
    let shown = lasting.map(|row| {
        let last_used_at = row.last_used_at.unwrap_or(row.created_at);
        let idle = last_used_at.plus_seconds(limits.idle);
        SessionOf {
            current: row.id == current,
            id: row.public_id,
            kind: row.kind,
            device: row.device,
            began_at: row.created_at,
            last_used_at,
            ends_at: entrance::earlier(
                idle.min(row.created_at.plus_seconds(limits.whole)),
                row.link_ends_at,
            ),
            competition: row.competition,
            tablet: row.tablet,
        }
    });
    Ok(shown.collect())
}

/// Ends the session that asks.
///
/// # Errors
/// [`Error::Unauthenticated`] for a guest.
pub fn end(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    let person = access::personally(tx, actor, Action::SignOut)?;
    sessions::end(tx.conn, person.session()?, "signed out", tx.now)?;
    let event = NewEvent {
        actor: Some(person.id),
        action: "sign_out",
        subject: "sessions/current".into(),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)
}

/// Ends one of the caller's sessions.
///
/// # Errors
/// [`Error::NotFound`] when they have none with this id that has not ended.
pub fn end_one(tx: &mut Tx<'_>, actor: &Actor, id: &PublicId) -> Result<()> {
    let person = access::personally(tx, actor, Action::ManageSessions)?;
    if !sessions::end_of(tx.conn, person.id, id, "ended by its owner", tx.now)? {
        return Err(Error::NotFound("session"));
    }
    record(tx, Some(&person), "session_end", id)
}

/// Ends the caller's sessions, all of them or all but the one that asks.
///
/// # Errors
/// [`Error::Unauthenticated`] for a guest.
pub fn end_all(tx: &mut Tx<'_>, actor: &Actor, keep_current: bool) -> Result<()> {
    let person = access::personally(tx, actor, Action::ManageSessions)?;
    let reason = "ended by its owner";
    let ended = if keep_current {
        let current = person.session()?;
        sessions::end_others(tx.conn, person.id, current, reason, tx.now)?
    } else {
        sessions::end_all(tx.conn, person.id, reason, tx.now)?
    };
    let event = NewEvent {
        actor: Some(person.id),
        action: "sessions_end",
        subject: format!("users/{}", person.public_id),
        details: json!({ "ended": ended }),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)
}

/// Notes that the caller proved again who they are: with the password, as it was hashed then, and with a code where they
/// have a second factor.
///
/// # Errors
/// [`Unauthenticated::Credentials`] when the account changed meanwhile; [`Error::Invalid`] at `/code` when it is missing.
pub fn prove(
    tx: &mut Tx<'_>,
    actor: &Actor,
    vault: &Vault,
    checked_hash: &str,
    code: Option<&str>,
) -> Result<Checked> {
    let person = access::personally(tx, actor, Action::ManageSessions)?;
    let session = person.session()?;
    let checked = factor::check_password_and_code(tx, vault, &person, checked_hash, code)?;
    if checked == Checked::Right {
        sessions::prove(tx.conn, session, tx.now)?;
        let event = NewEvent {
            actor: Some(person.id),
            action: "proof",
            subject: "sessions/current".into(),
            ..NewEvent::default()
        };
        events::record(tx.conn, tx.now, &event)?;
    }
    Ok(checked)
}

fn record(tx: &mut Tx<'_>, person: Option<&Person>, action: &'static str, id: &PublicId) -> Result<()> {
    let event = NewEvent {
        actor: person.map(|p| p.id),
        action,
        subject: format!("sessions/{id}"),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)
}
