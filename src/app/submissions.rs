//! Handing an entry in, and taking it back.

use serde_json::json;

use crate::domain::entry::EntryStatus;
use crate::domain::invalid::Invalid;
use crate::domain::policy::{Action, Verdict};
use crate::domain::round::Phase;
use crate::domain::text::{REASON_MAX, Slug, check_length};
use crate::domain::user::Demands;
use crate::error::{Error, Result};
use crate::store::entries::{self, Step};
use crate::store::users;

use super::actor::Actor;
use super::dossier::{self, EntryView};
use super::{Effect, Tx, access, tabulation};

/// Hands a draft in. The window and the demands bind its owner, not organizers.
///
/// # Errors
/// [`Error::Conflict`] outside the window, when it is no draft, or `email_not_verified` where that is demanded;
/// [`Error::Invalid`] with everything that it lacks.
pub fn submit(
    tx: &mut Tx<'_>,
    demands: &Demands,
    actor: &Actor,
    slug: &Slug,
    number: i64,
) -> Result<EntryView> {
    let scene = access::competition(tx, actor, slug)?;
    let (shown, relation) = scene.entry(tx, number, Action::EditEntry)?;
    let entry = &shown.entry;
    match entry.status {
        EntryStatus::Draft => {}
        EntryStatus::Withdrawn => return Err(Error::conflict("entry_withdrawn")),
        _ => return Err(Error::conflict("entry_not_draft")),
    }
    if scene.may(Action::ManageEntries, &relation) != Verdict::Allow {
        dossier::in_window(&scene.competition, tx.now)?;
        if demands.confirmed_email
            && users::by_id(tx.conn, scene.person()?.id)?
                .email_verified_at
                .is_none()
        {
            return Err(Error::conflict("email_not_verified"));
        }
    }
    let asked = dossier::asked(tx, &scene.competition)?;
    let team = dossier::team(tx, entry.id)?;
    dossier::content_of(&shown, team).missing(&asked).into_result()?;
    let step = Step {
        status: EntryStatus::Submitted,
        reason: None,
        now: tx.now,
    };
    if !entries::step(tx.conn, entry, &step)? {
        return Err(dossier::stale(tx, &scene, number));
    }
    dossier::record(
        tx,
        &scene,
        number,
        "submission",
        (entry.version, entry.version + 1),
        json!({}),
    )?;
    dossier::current(tx, &scene, number)
}

/// Takes an entry back. Where a round is not decided yet, it takes part there no longer.
///
/// # Errors
/// [`Error::Conflict`] when it was withdrawn or rejected; [`Error::Invalid`] at `/reason`.
pub fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    number: i64,
    reason: Option<&str>,
) -> Result<EntryView> {
    let scene = access::competition(tx, actor, slug)?;
    let (shown, _) = scene.entry(tx, number, Action::WithdrawEntry)?;
    let reason = reason.map(str::trim).filter(|r| !r.is_empty());
    let mut invalid = Invalid::default();
    check_length(reason.unwrap_or_default(), "/reason", REASON_MAX, &mut invalid);
    invalid.into_result()?;
    let entry = &shown.entry;
    match entry.status {
        EntryStatus::Withdrawn => return Err(Error::conflict("entry_withdrawn")),
        EntryStatus::Rejected => return Err(Error::conflict("entry_rejected")),
        EntryStatus::Draft | EntryStatus::Submitted | EntryStatus::Accepted => {}
    }
    let groups = dossier::locked_groups(tx, entry.id)?;
    let step = Step {
        status: EntryStatus::Withdrawn,
        reason,
        now: tx.now,
    };
    if !entries::step(tx.conn, entry, &step)? {
        return Err(dossier::stale(tx, &scene, number));
    }
    for (group, phase) in groups {
        if matches!(phase, Phase::Draft | Phase::Open | Phase::Closed) {
            tabulation::require_scale(tx, group)?;
            entries::withdraw_from_group(tx.conn, entry.id, group, reason)?;
            tx.after(Effect::GroupChanged(group));
        }
    }
    let details = json!({ "from": entry.status, "reason": reason });
    dossier::record(
        tx,
        &scene,
        number,
        "withdrawal",
        (entry.version, entry.version + 1),
        details,
    )?;
    dossier::current(tx, &scene, number)
}
