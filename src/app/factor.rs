//! Checks the code of a second factor: of an app, or a recovery code.

use serde_json::json;

use crate::domain::ids::{PublicId, UserId};
use crate::domain::second_factor::{self, FAILURES_MAX, FAILURES_SECONDS, Given};
use crate::error::{Error, Result, Unauthenticated};
use crate::store::events::{self, NewEvent};
use crate::store::{second_factors, users};

use super::actor::Person;
use super::vault::Vault;
use super::{Tx, random};

/// What became of a code. That a wrong one was counted has to be committed, so it is an answer and no error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// It was right, and is used up.
    Right,
    /// It was wrong, or used before.
    Wrong,
    /// Too many wrong ones came lately: nothing is looked at before so many seconds.
    TooMany(u32),
}

/// What a person's secret is sealed for.
#[must_use]
pub fn purpose(user: &PublicId) -> String {
    format!("second-factor:{user}")
}

/// What is kept of a recovery code.
#[must_use]
pub fn recovery_hash(user: &PublicId, code: &str) -> String {
    random::hash(&format!("{user}:{code}"))
}

/// Checks a code of somebody's second factor and uses it up.
///
/// # Errors
/// When the database fails, or the secret of the instance is another one.
pub fn check(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: UserId,
    public_id: &PublicId,
    typed: &str,
) -> Result<Checked> {
    let since = tx.now.plus_seconds(-FAILURES_SECONDS);
    let Some(factor) = second_factors::count_try(tx.conn, id, tx.now, since)? else {
        return Ok(Checked::Wrong);
    };
    if factor.failures > FAILURES_MAX {
        let until = factor
            .failing_since
            .unwrap_or(tx.now)
            .plus_seconds(FAILURES_SECONDS);
        let wait = u32::try_from(until.unix() - tx.now.unix()).unwrap_or(1);
        return Ok(Checked::TooMany(wait.max(1)));
    }
    let right = match second_factor::read(typed) {
        None => false,
        Some(Given::Digits(digits)) => {
            let secret = vault
                .open(&purpose(public_id), &factor.sealed_secret)
                .ok_or_else(|| Error::internal("the instance's secret does not open a second factor"))?;
            match second_factor::step(&secret, &digits, tx.now, factor.last_step) {
                Some(step) => second_factors::take_step(tx.conn, id, step)?,
                None => false,
            }
        }
        Some(Given::Recovery(code)) => {
            let hash = recovery_hash(public_id, &code);
            factor.confirmed_at.is_some() && second_factors::use_recovery_code(tx.conn, id, &hash, tx.now)?
        }
    };
    if right {
        second_factors::forget_tries(tx.conn, id)?;
        return Ok(Checked::Right);
    }
    let event = NewEvent {
        actor: Some(id),
        action: "second_factor_failure",
        subject: format!("users/{public_id}"),
        details: json!({ "failures": factor.failures }),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    Ok(Checked::Wrong)
}

/// Checks that an account still has the password that was right, and the code of its second factor where it has one.
///
/// # Errors
/// [`Unauthenticated::Credentials`] when the password changed meanwhile; [`Error::Invalid`] at `/code` when it is missing.
pub fn check_password_and_code(
    tx: &mut Tx<'_>,
    vault: &Vault,
    person: &Person,
    checked_hash: &str,
    code: Option<&str>,
) -> Result<Checked> {
    if users::by_id(tx.conn, person.id)?.password_hash != checked_hash {
        return Err(Error::Unauthenticated(Unauthenticated::Credentials));
    }
    if !second_factors::is_confirmed(tx.conn, person.id)? {
        return Ok(Checked::Right);
    }
    let code = code.ok_or_else(|| Error::invalid("/code", "code_needed"))?;
    check(tx, vault, person.id, &person.public_id, code)
}

impl Checked {
    /// Goes on only after a right code, in a transaction that has kept the count.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `/code` after a wrong one, [`Error::TooMany`] after too many.
    pub fn into_result(self) -> Result<()> {
        match self {
            Self::Right => Ok(()),
            Self::Wrong => Err(Error::invalid("/code", "wrong_code")),
            Self::TooMany(retry_after) => Err(Error::TooMany { retry_after }),
        }
    }
}
