//! Other people's accounts, as an admin looks after them: found, suspended, reinstated, locked out, helped.

use serde_json::json;

use crate::domain::ids::PublicId;
use crate::domain::invalid::Invalid;
use crate::domain::letter::LetterKind;
use crate::domain::phone::Recipient;
use crate::domain::policy::Action;
use crate::domain::text::{Email, Lang, check_reason};
use crate::error::{Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::page::{Limit, Page};
use crate::store::users::{self, Account, User};
use crate::store::{api_tokens, second_factors, sessions};

use super::actor::{Actor, Person};
use super::post::{Order, Post};
use super::{Tx, access, letters};

/// Who has an account, by address; those whose address or name has `q` in it.
///
/// # Errors
/// [`Error::Invalid`] when the cursor is none of this list.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    q: Option<&str>,
    cursor: Option<&str>,
    limit: Limit,
) -> Result<Page<Account>> {
    access::personally(tx, actor, Action::ReadAccounts)?;
    users::list(tx.conn, q, cursor, limit)
}

/// Suspends an account: its sessions end and its API tokens are revoked, at once.
///
/// # Errors
/// [`Error::Conflict`] `own_account` or `account_suspended`; [`Error::Invalid`] at `/reason`.
pub fn suspend(tx: &mut Tx<'_>, actor: &Actor, id: &PublicId, reason: &str) -> Result<()> {
    let (admin, user) = another(tx, actor, id)?;
    let mut invalid = Invalid::default();
    check_reason(reason, "/reason", &mut invalid);
    invalid.into_result()?;
    if !users::suspend(tx.conn, user.id, tx.now)? {
        return Err(Error::conflict("account_suspended"));
    }
    lock_out(tx, &user, "account suspended")?;
    record(tx, &admin, &user, "suspension", json!({ "reason": reason }))
}

/// Lets a suspended account in again; its sessions and API tokens stay what they are, ended.
///
/// # Errors
/// [`Error::Conflict`] `own_account` or `account_not_suspended`.
pub fn reinstate(tx: &mut Tx<'_>, actor: &Actor, id: &PublicId) -> Result<()> {
    let (admin, user) = another(tx, actor, id)?;
    if !users::reinstate(tx.conn, user.id)? {
        return Err(Error::conflict("account_not_suspended"));
    }
    record(tx, &admin, &user, "reinstatement", json!({}))
}

/// Ends every session of somebody and revokes their API tokens.
///
/// # Errors
/// [`Error::Conflict`] `own_account`.
pub fn end_sessions(tx: &mut Tx<'_>, actor: &Actor, id: &PublicId) -> Result<()> {
    let (admin, user) = another(tx, actor, id)?;
    let (ended, revoked) = lock_out(tx, &user, "ended by an admin")?;
    let details = json!({ "ended": ended, "revoked": revoked });
    record(tx, &admin, &user, "sessions_end", details)
}

/// How long the news of a removed second factor is worth sending, in seconds.
const NOTICE_LIFE: i64 = 7 * 24 * 3600;

/// Removes the second factor of somebody who lost it, ends their sessions and tells them; never one's own.
///
/// # Errors
/// [`Error::Conflict`] `own_account` or `second_factor_missing`; [`Error::Invalid`] at `/reason`.
pub fn remove_second_factor(
    tx: &mut Tx<'_>,
    post: &Post,
    actor: &Actor,
    id: &PublicId,
    reason: &str,
    lang: Lang,
) -> Result<()> {
    let (admin, user) = another(tx, actor, id)?;
    let mut invalid = Invalid::default();
    check_reason(reason, "/reason", &mut invalid);
    invalid.into_result()?;
    if !second_factors::remove(tx.conn, user.id)? {
        return Err(Error::conflict("second_factor_missing"));
    }
    sessions::end_all(tx.conn, user.id, "second factor removed", tx.now)?;
    let order = Order {
        kind: LetterKind::SecondFactorRemoved,
        lang: letters::language(Some(&user), lang),
        to: Recipient::Email(user.email.clone()),
        about: String::new(),
        life: NOTICE_LIFE,
    };
    post.enqueue(tx, &order)?;
    record(
        tx,
        &admin,
        &user,
        "second_factor_removal",
        json!({ "reason": reason }),
    )
}

/// Removes a second factor that was lost: for whoever has the machine.
///
/// # Errors
/// [`Error::NotFound`] when the address has no account; [`Error::Conflict`] `second_factor_missing`.
pub fn reset_second_factor(tx: &mut Tx<'_>, email: &Email) -> Result<()> {
    let user = users::by_email(tx.conn, email)?.ok_or(Error::NotFound("user"))?;
    if !second_factors::remove(tx.conn, user.id)? {
        return Err(Error::conflict("second_factor_missing"));
    }
    sessions::end_all(tx.conn, user.id, "second factor removed", tx.now)?;
    let event = NewEvent {
        action: "second_factor_removal",
        subject: format!("users/{}", user.public_id),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)
}

/// The admin who asks, and somebody else.
fn another(tx: &mut Tx<'_>, actor: &Actor, id: &PublicId) -> Result<(Person, User)> {
    let admin = access::personally(tx, actor, Action::ManageAccounts)?;
    let user = users::by_public_id(tx.conn, id)?.ok_or(Error::NotFound("user"))?;
    if user.id == admin.id {
        return Err(Error::conflict("own_account"));
    }
    Ok((admin, user))
}

fn lock_out(tx: &mut Tx<'_>, user: &User, reason: &str) -> Result<(usize, usize)> {
    let ended = sessions::end_all(tx.conn, user.id, reason, tx.now)?;
    let revoked = api_tokens::revoke_all(tx.conn, user.id, tx.now)?;
    Ok((ended, revoked))
}

fn record(
    tx: &mut Tx<'_>,
    admin: &Person,
    user: &User,
    action: &'static str,
    details: serde_json::Value,
) -> Result<()> {
    let event = NewEvent {
        actor: Some(admin.id),
        action,
        subject: format!("users/{}", user.public_id),
        details,
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)
}
