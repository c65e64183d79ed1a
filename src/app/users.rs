//! Accounts: registering, the first admin, and what a person is.

use crate::domain::ids::PublicId;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::Action;
use crate::domain::text::{Code, Email, Slug, check_name};
use crate::domain::user::{PASSWORD_MAX, PASSWORD_MIN, Role};
use crate::error::{Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::users::{self, NewUser};
use crate::store::{competitions, members, sessions};

use super::actor::{Actor, Person};
use super::{Tx, access, random};

/// A person about to have an account; the password is hashed already.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The address they will sign in with.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// The password's hash.
    pub password_hash: String,
}

/// Whether a name and a password can be taken, before anything is hashed.
///
/// # Errors
/// [`Invalid`] at `/name` and `/password`.
pub fn check(name: &str, password: &str) -> Result<(), Invalid> {
    let mut invalid = Invalid::default();
    check_name(name, "/name", &mut invalid);
    let chars = password.chars().count();
    if !(PASSWORD_MIN..=PASSWORD_MAX).contains(&chars) {
        let limits = FieldError::new("/password", "password_length");
        invalid.push(limits.with("minimum", PASSWORD_MIN).with("maximum", PASSWORD_MAX));
    }
    invalid.into_result()
}

/// Makes an account.
///
/// # Errors
/// [`Error::Invalid`] at `/email` when the address has one.
pub fn register(tx: &mut Tx<'_>, registration: &Registration) -> Result<PublicId> {
    insert(tx, registration, false)
}

/// Makes the first admin with the token that was printed at the first start.
///
/// # Errors
/// [`Error::Invalid`] at `/token` when it is not the one, or was used.
pub fn set_up(tx: &mut Tx<'_>, token: &str, registration: &Registration) -> Result<PublicId> {
    if !sessions::use_setup_token(tx.conn, &random::hash(token), tx.now)? {
        return Err(Error::invalid("/token", "setup_token_unknown"));
    }
    insert(tx, registration, true)
}

/// Makes an admin: for whoever has the machine.
///
/// # Errors
/// [`Error::Invalid`] at `/email` when the address has an account.
pub fn create_admin(tx: &mut Tx<'_>, registration: &Registration) -> Result<PublicId> {
    insert(tx, registration, true)
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

/// Sets a new password and ends every session of the person: for whoever has the machine.
///
/// # Errors
/// [`Error::NotFound`] when the address has no account.
pub fn reset_password(tx: &mut Tx<'_>, email: &Email, password_hash: &str) -> Result<()> {
    let user = users::by_email(tx.conn, email)?.ok_or(Error::NotFound("user"))?;
    users::set_password(tx.conn, user.id, password_hash)?;
    sessions::end_all(tx.conn, user.id, "password reset", tx.now)?;
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

/// What a person is: their account and their roles.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The person.
    pub person: Person,
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
        roles.retain(|(slug, ..)| *slug == limit);
    }
    Ok(Profile { person, roles })
}

fn insert(tx: &mut Tx<'_>, registration: &Registration, is_admin: bool) -> Result<PublicId> {
    let public_id = random::public_id();
    let new = NewUser {
        public_id: public_id.clone(),
        email: registration.email.clone(),
        name: registration.name.trim().to_owned(),
        password_hash: registration.password_hash.clone(),
        is_admin,
        created_at: tx.now,
        version: 1,
    };
    let id = users::insert(tx.conn, &new)?;
    let event = NewEvent {
        actor: Some(id),
        action: if is_admin {
            "admin_creation"
        } else {
            "registration"
        },
        subject: format!("users/{public_id}"),
        version: Some((0, 1)),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    Ok(public_id)
}
