//! Members: who is organizer, clerk, judge or observer of a competition.

use serde_json::json;

use crate::domain::ids::{CompetitionId, PublicId};
use crate::domain::invalid::Invalid;
use crate::domain::policy::Action;
use crate::domain::text::{Slug, check_reason};
use crate::domain::user::{Appointment, Role};
use crate::error::{Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::members::{self, Member, NewMember};
use crate::store::users;

use super::access::{self, Scene};
use super::actor::Actor;
use super::{Effect, Tx, random};

/// The members of a competition.
///
/// # Errors
/// [`Error::Forbidden`] for whoever neither runs nor supervises the competition.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<Vec<Member>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ReadMembers, &scene.relation(), "competition")?;
    members::list(tx.conn, scene.competition.id)
}

/// Gives somebody with an account a role.
///
/// # Errors
/// [`Error::Invalid`] at `/email` when there is no such account, at `/region`; [`Error::Conflict`] `already_member`.
pub fn add(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, new: &Appointment) -> Result<Member> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ManageMembers, &scene.whole(), "competition")?;
    let competition = scene.competition.id;
    let region = scene.region(tx, new.region.as_ref())?;
    let user = users::by_email(tx.conn, &new.email)?.ok_or_else(|| Error::invalid("/email", "no_account"))?;
    let new = NewMember {
        public_id: random::public_id(),
        competition,
        user: user.id,
        role: new.role,
        region,
    };
    members::insert(tx.conn, &new, tx.now)?;
    let member = find(tx, competition, &new.public_id)?;
    record(tx, &scene, &member, "appointment", (0, 1))?;
    Ok(member)
}

/// Ends a membership; its rights end at once.
///
/// # Errors
/// [`Error::Conflict`] `last_organizer`, unless an admin does it.
pub fn remove(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, id: &PublicId) -> Result<()> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ManageMembers, &scene.whole(), "competition")?;
    let competition = scene.competition.id;
    let member = find(tx, competition, id)?;
    let leads = member.role == Role::Organizer && member.region.is_none();
    if leads && !scene.subject.admin && members::count_organizers(tx.conn, competition)? <= 1 {
        return Err(Error::conflict("last_organizer"));
    }
    if !members::end(tx.conn, member.id, tx.now)? {
        return Err(Error::NotFound("member"));
    }
    record(
        tx,
        &scene,
        &member,
        "removal",
        (member.version, member.version + 1),
    )
}

/// Lets a member keep their rights in spite of an interest in an entry; `version` is 0 where there was no exception.
///
/// # Errors
/// [`Error::Stale`] when the membership was changed, or has an exception already.
pub fn except(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    id: &PublicId,
    version: i64,
    reason: &str,
) -> Result<Member> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::GrantException, &scene.whole(), "competition")?;
    let mut invalid = Invalid::default();
    check_reason(reason, "/reason", &mut invalid);
    invalid.into_result()?;
    let member = find(tx, scene.competition.id, id)?;
    if member.interest_exception.as_deref() == Some(reason) {
        return Ok(member);
    }
    let fits = member.version == version || (version == 0 && member.interest_exception.is_none());
    if !fits {
        return Err(stale(&member));
    }
    set_exception(tx, &scene, &member, Some(reason))
}

/// Takes an exception back: an interest counts again with the next request. Without one nothing changes.
///
/// # Errors
/// 403 and 404 as the policy says.
pub fn end_exception(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, id: &PublicId) -> Result<Member> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::GrantException, &scene.whole(), "competition")?;
    let member = find(tx, scene.competition.id, id)?;
    if member.interest_exception.is_none() {
        return Ok(member);
    }
    set_exception(tx, &scene, &member, None)
}

fn set_exception(tx: &mut Tx<'_>, scene: &Scene, member: &Member, reason: Option<&str>) -> Result<Member> {
    if !members::set_exception(tx.conn, member, reason)? {
        return Err(stale(member));
    }
    let action = if reason.is_some() {
        "exception"
    } else {
        "exception_end"
    };
    record(tx, scene, member, action, (member.version, member.version + 1))?;
    find(tx, scene.competition.id, &member.public_id)
}

fn stale(member: &Member) -> Error {
    Error::Stale {
        version: member.version,
        current: None,
    }
}

fn find(tx: &mut Tx<'_>, competition: CompetitionId, id: &PublicId) -> Result<Member> {
    members::by_public_id(tx.conn, competition, id)?.ok_or(Error::NotFound("member"))
}

fn record(
    tx: &mut Tx<'_>,
    scene: &Scene,
    member: &Member,
    action: &'static str,
    version: (i64, i64),
) -> Result<()> {
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: scene.person.as_ref().map(|p| p.id),
        action,
        subject: format!("members/{}", member.public_id),
        version: Some(version),
        details: json!({ "user": member.user_public_id, "role": member.role, "region": member.region }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.after(Effect::CompetitionChanged(scene.competition.id));
    Ok(())
}
