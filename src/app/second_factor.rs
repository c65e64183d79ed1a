//! One's own second factor: set up with a code, removed with password and code.

use crate::domain::ids::SessionId;
use crate::domain::policy::Action;
use crate::domain::second_factor::{self, Enrolment, RECOVERY_CODES, grouped};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::{second_factors, sessions, users};

use super::actor::{Actor, Person};
use super::factor::{self, Checked};
use super::vault::Vault;
use super::{Tx, access, random};

/// What somebody may know of their second factor.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Since when it counts.
    pub since: Option<Stamp>,
    /// How many recovery codes are left.
    pub recovery_codes_left: i64,
    /// Whether the instance demands one of them, and they have none.
    pub must_enrol: bool,
}

/// The hash to compare the caller's password with.
///
/// # Errors
/// [`Error::Unauthenticated`] for a guest.
pub fn own_credentials(tx: &mut Tx<'_>, actor: &Actor) -> Result<String> {
    let person = access::personally(tx, actor, Action::ManageSessions)?;
    Ok(users::by_id(tx.conn, person.id)?.password_hash)
}

/// The caller's second factor.
///
/// # Errors
/// [`Error::Unauthenticated`] for a guest.
pub fn show(tx: &mut Tx<'_>, actor: &Actor) -> Result<Shown> {
    let person = access::personally(tx, actor, Action::ManageSessions)?;
    let factor = second_factors::of_user(tx.conn, person.id)?;
    Ok(Shown {
        since: factor.and_then(|f| f.confirmed_at),
        recovery_codes_left: second_factors::recovery_codes_left(tx.conn, person.id)?,
        must_enrol: person.must_enrol,
    })
}

/// Begins to set up a second factor, which counts once a code of it was given.
///
/// # Errors
/// [`Error::Conflict`] `second_factor_active`.
pub fn begin(tx: &mut Tx<'_>, actor: &Actor, vault: &Vault) -> Result<Enrolment> {
    let person = access::personally(tx, actor, Action::ManageSecondFactor)?;
    let secret = random::totp_secret();
    let sealed = vault.seal(&factor::purpose(&person.public_id), &secret)?;
    if !second_factors::begin(tx.conn, person.id, &sealed, tx.now)? {
        return Err(Error::conflict("second_factor_active"));
    }
    record(tx, &person, "second_factor_beginning")?;
    Ok(second_factor::enrolment(&secret, &person.email))
}

/// Lets a second factor count, by its first code; gives the recovery codes, which are kept nowhere. Sessions that were
/// begun without it end, save the one that asks.
///
/// # Errors
/// [`Error::Conflict`] `second_factor_active` or `second_factor_missing`.
pub fn confirm(tx: &mut Tx<'_>, actor: &Actor, vault: &Vault, code: &str) -> Result<(Checked, Vec<String>)> {
    let person = access::personally(tx, actor, Action::ManageSecondFactor)?;
    match second_factors::of_user(tx.conn, person.id)? {
        None => return Err(Error::conflict("second_factor_missing")),
        Some(factor) if factor.confirmed_at.is_some() => return Err(Error::conflict("second_factor_active")),
        Some(_) => {}
    }
    let checked = factor::check(tx, vault, person.id, &person.public_id, code)?;
    if checked != Checked::Right {
        return Ok((checked, Vec::new()));
    }
    second_factors::confirm(tx.conn, person.id, tx.now)?;
    let codes = renew_codes(tx, &person)?;
    let current = person.session()?;
    sessions::end_others(tx.conn, person.id, current, "second factor set up", tx.now)?;
    record(tx, &person, "second_factor")?;
    Ok((checked, codes))
}

/// Gives new recovery codes in the place of the old ones, for the password, as it was hashed then, and a code.
///
/// # Errors
/// [`Error::Conflict`] `second_factor_missing`; as [`factor::check_password_and_code`].
pub fn replace_codes(
    tx: &mut Tx<'_>,
    actor: &Actor,
    vault: &Vault,
    checked_hash: &str,
    code: &str,
) -> Result<(Checked, Vec<String>)> {
    let person = of_owner(tx, actor)?;
    let checked = factor::check_password_and_code(tx, vault, &person, checked_hash, Some(code))?;
    if checked != Checked::Right {
        return Ok((checked, Vec::new()));
    }
    let codes = renew_codes(tx, &person)?;
    record(tx, &person, "recovery_codes")?;
    Ok((checked, codes))
}

/// Removes the caller's second factor, for the password, as it was hashed then, and a code.
///
/// # Errors
/// [`Error::Conflict`] `second_factor_missing`; as [`factor::check_password_and_code`].
pub fn remove(
    tx: &mut Tx<'_>,
    actor: &Actor,
    vault: &Vault,
    checked_hash: &str,
    code: &str,
) -> Result<Checked> {
    let person = of_owner(tx, actor)?;
    let checked = factor::check_password_and_code(tx, vault, &person, checked_hash, Some(code))?;
    if checked == Checked::Right {
        let current: SessionId = person.session()?;
        second_factors::remove(tx.conn, person.id)?;
        sessions::end_others(tx.conn, person.id, current, "second factor removed", tx.now)?;
        record(tx, &person, "second_factor_removal")?;
    }
    Ok(checked)
}

fn of_owner(tx: &mut Tx<'_>, actor: &Actor) -> Result<Person> {
    let person = access::personally(tx, actor, Action::ManageSecondFactor)?;
    if second_factors::is_confirmed(tx.conn, person.id)? {
        Ok(person)
    } else {
        Err(Error::conflict("second_factor_missing"))
    }
}

fn renew_codes(tx: &mut Tx<'_>, person: &Person) -> Result<Vec<String>> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| random::recovery_code()).collect();
    let hashes: Vec<String> = codes
        .iter()
        .map(|code| factor::recovery_hash(&person.public_id, code))
        .collect();
    second_factors::replace_recovery_codes(tx.conn, person.id, &hashes, tx.now)?;
    Ok(codes.iter().map(|code| grouped(code)).collect())
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
