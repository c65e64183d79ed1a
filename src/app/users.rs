//! Accounts: registering, the first admin, what a person is, and the password that they sign in with.

use crate::domain::ids::PublicId;
use crate::domain::letter::LetterKind;
use crate::domain::phone::Phone;
use crate::domain::policy::Action;
use crate::domain::text::{Code, Email, Lang, Slug};
use crate::domain::user::Role;
use crate::error::{Error, Result, Unauthenticated};
use crate::store::events::{self, NewEvent};
use crate::store::{api_tokens, competitions, members, sessions, users};

use super::actor::{Actor, Person, Proof};
use super::enrolment::{self, Registration};
use super::post::{Order, Post};
use super::{Tx, access, random};

/// How long it is of use to say that a password was changed, in seconds.
const NOTICE_LIFE: i64 = 3 * 24 * 3600;

/// Makes an account, and asks by letter whether the address is right.
///
/// # Errors
/// [`Error::Invalid`] at `/email` when the address has one.
pub fn register(tx: &mut Tx<'_>, post: &Post, registration: &Registration) -> Result<PublicId> {
    let user = enrolment::enrol(tx, registration, false)?;
    enrolment::ask_to_confirm(tx, post, &user, registration.language.unwrap_or_default())?;
    Ok(user.public_id)
}

/// Makes the first admin with the token that was printed at the first start.
///
/// # Errors
/// [`Error::Invalid`] at `/token` when it is not the one, or was used.
pub fn set_up(tx: &mut Tx<'_>, token: &str, registration: &Registration) -> Result<PublicId> {
    if !sessions::use_setup_token(tx.conn, &random::hash(token), tx.now)? {
        return Err(Error::invalid("/token", "setup_token_unknown"));
    }
    Ok(enrolment::enrol(tx, registration, true)?.public_id)
}

/// Makes an admin: for whoever has the machine.
///
/// # Errors
/// [`Error::Invalid`] at `/email` when the address has an account.
pub fn create_admin(tx: &mut Tx<'_>, registration: &Registration) -> Result<PublicId> {
    Ok(enrolment::enrol(tx, registration, true)?.public_id)
}

/// How long a set-up token stays good when another one is made, in seconds: nodes that start together each print one.
const SET_UP_TOGETHER: i64 = 3600;

/// A new set-up token, if nobody administers the instance yet. The first that is used voids all others.
///
/// # Errors
/// When the database fails.
pub fn offer_set_up(tx: &mut Tx<'_>) -> Result<Option<String>> {
    if users::any_admin(tx.conn)? {
        return Ok(None);
    }
    let token = random::secret();
    let since = tx.now.plus_seconds(-SET_UP_TOGETHER);
    sessions::add_setup_token(tx.conn, &random::hash(&token), tx.now, since)?;
    Ok(Some(token))
}

/// Sets a new password, ends every session of the person and revokes their API tokens: for whoever has the machine.
///
/// # Errors
/// [`Error::NotFound`] when the address has no account.
pub fn reset_password(tx: &mut Tx<'_>, email: &Email, password_hash: &str) -> Result<()> {
    let user = users::by_email(tx.conn, email)?.ok_or(Error::NotFound("user"))?;
    users::set_password(tx.conn, user.id, password_hash)?;
    sessions::end_all(tx.conn, user.id, "password reset", tx.now)?;
    api_tokens::revoke_all(tx.conn, user.id, tx.now)?;
    let subject = format!("users/{}", user.public_id);
    events::record(
        tx.conn,
        tx.now,
        &NewEvent {
            action: "password_reset",
            subject,
            ..NewEvent::default()
        },
    )
}

/// What a new password of the caller is judged and checked by.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Their address.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// The hash of the password that they have.
    pub password_hash: String,
}

/// The caller's credentials.
///
/// # Errors
/// [`Error::Unauthenticated`] for a guest.
pub fn credentials(tx: &mut Tx<'_>, actor: &Actor) -> Result<Credentials> {
    let person = access::personally(tx, actor, Action::ChangeCredentials)?;
    let user = users::by_id(tx.conn, person.id)?;
    Ok(Credentials {
        email: user.email,
        name: user.name,
        password_hash: user.password_hash,
    })
}

/// Sets the caller's new password, if the one that was checked is still theirs, and ends all their sessions. Their
/// API tokens stay.
///
/// # Errors
/// [`Unauthenticated::Credentials`] when the password changed meanwhile.
pub fn change_password(
    tx: &mut Tx<'_>,
    post: &Post,
    actor: &Actor,
    checked_hash: &str,
    new_hash: &str,
    lang: Lang,
) -> Result<()> {
    let person = access::personally(tx, actor, Action::ChangeCredentials)?;
    if !users::replace_password(tx.conn, person.id, checked_hash, new_hash)? {
        return Err(Error::Unauthenticated(Unauthenticated::Credentials));
    }
    sessions::end_all(tx.conn, person.id, "password changed", tx.now)?;
    let event = NewEvent {
        actor: Some(person.id),
        action: "password_change",
        subject: format!("users/{}", person.public_id),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    let order = Order {
        kind: LetterKind::PasswordChanged,
        to: person.email.into(),
        lang,
        about: String::new(),
        life: NOTICE_LIFE,
    };
    post.enqueue(tx, &order)
}

/// What a person is: their account and their roles.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The person.
    pub person: Person,
    /// Whether their address is known to reach them.
    pub email_verified: bool,
    /// The phone that is known to reach them.
    pub phone: Option<Phone>,
    /// Competition, role, region.
    pub roles: Vec<(Slug, Role, Option<Code>)>,
}

/// What the caller is; with an API token that is limited to a competition, in that one.
///
/// # Errors
/// [`Error::Unauthenticated`] for a guest.
pub fn me(tx: &mut Tx<'_>, actor: &Actor) -> Result<Profile> {
    let person = access::within_limit(tx, actor, Action::ReadProfile)?;
    let mut roles = members::roles_of(tx.conn, person.id)?;
    if let Some(limit) = person.limit() {
        let limit = competitions::slug_of(tx.conn, limit)?;
        let by_link = matches!(person.proof, Proof::Link { .. });
        roles.retain(|(slug, role, _)| *slug == limit && (!by_link || *role == Role::Judge));
    }
    let user = users::by_id(tx.conn, person.id)?;
    Ok(Profile {
        person,
        email_verified: user.email_verified_at.is_some(),
        phone: user.phone,
        roles,
    })
}
