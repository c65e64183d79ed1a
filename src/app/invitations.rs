//! Invitations: an organizer gets a link to pass on, whoever has the address accepts it.

use serde_json::json;

use crate::domain::ids::{CompetitionId, PublicId, UserId};
use crate::domain::letter::LetterKind;
use crate::domain::policy::Action;
use crate::domain::text::{Code, Email, Lang, Slug, Text};
use crate::domain::user::{Appointment, Role};
use crate::error::{Conflict, Error, Result, Unauthenticated};
use crate::store::events::{self, NewEvent};
use crate::store::invitations::{self, Invitation, NewInvitation};
use crate::store::members::{self, NewMember};
use crate::store::{competitions, divisions, second_factors, users};

use super::actor::Actor;
use super::enrolment::{self, Registration};
use super::post::{Order, Post};
use super::{Effect, Tx, access, letters, random};

/// How long an invitation can be accepted, in seconds: 14 days.
const LIFE: i64 = 14 * 24 * 3600;

/// What accepting an invitation gave.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// In which competition.
    pub competition: Slug,
    /// The role.
    pub role: Role,
    /// The region it is limited to.
    pub region: Option<Code>,
}

/// What whoever holds an invitation's link may know.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Who invites.
    pub inviter: String,
    /// To which competition: its name.
    pub competition: Text,
    /// To which role.
    pub role: Role,
    /// The region that the role is limited to: its name.
    pub region: Option<Text>,
    /// For whom.
    pub email: Email,
    /// Until when it can be accepted, in the competition's time zone.
    pub until: String,
    /// Whether it can be accepted.
    pub standing: Standing,
}

/// Whether an invitation can be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    Open,
    /// It was.
    Accepted,
    /// It is too late.
    Ended,
}

/// An invitation by its token, which is all the permission that it takes. Nothing is changed.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or it was taken back.
pub fn show(tx: &mut Tx<'_>, token: &str) -> Result<Shown> {
    let invitation =
        invitations::by_token(tx.conn, &random::hash(token))?.ok_or(Error::NotFound("invitation"))?;
    let competition = competitions::by_id(tx.conn, invitation.competition)?;
    let region = divisions::regions_of(tx.conn, competition.id)?
        .into_iter()
        .find(|r| Some(r.id) == invitation.region_id);
    let standing = if invitation.accepted_at.is_some() {
        Standing::Accepted
    } else if tx.now >= invitation.expires_at {
        Standing::Ended
    } else {
        Standing::Open
    };
    Ok(Shown {
        inviter: invitations::inviter(tx.conn, invitation.id)?,
        competition: competition.name.into_inner(),
        role: invitation.role,
        region: region.map(|r| r.name.into_inner()),
        email: invitation.email,
        until: invitation.expires_at.in_zone(&competition.time_zone),
        standing,
    })
}

/// The invitations of a competition that were not taken back.
///
/// # Errors
/// [`Error::Forbidden`] for whoever does not run the competition.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<Vec<Invitation>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ManageMembers, &scene.whole(), "competition")?;
    invitations::list(tx.conn, scene.competition.id)
}

/// Invites an address to a role, by letter where one can leave; gives the invitation and its token, which is kept nowhere.
///
/// # Errors
/// [`Error::Invalid`] at `/region`.
pub fn invite(
    tx: &mut Tx<'_>,
    post: &Post,
    actor: &Actor,
    slug: &Slug,
    appointment: &Appointment,
    lang: Lang,
) -> Result<(Invitation, String)> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ManageMembers, &scene.whole(), "competition")?;
    let (competition, person) = (scene.competition.id, scene.person()?.id);
    let region_id = scene.region(tx, appointment.region.as_ref())?;
    let public_id = random::public_id();
    let token = post.token(LetterKind::Invitation, &public_id);
    let new = NewInvitation {
        public_id,
        competition_id: competition,
        email: appointment.email.clone(),
        role: appointment.role,
        region_id,
        token_hash: random::hash(&token),
        created_by: person,
        created_at: tx.now,
        expires_at: tx.now.plus_seconds(LIFE),
    };
    invitations::insert(tx.conn, &new)?;
    let invitation = find(tx, competition, &new.public_id)?;
    record(tx, competition, person, &invitation, "invitation")?;
    let reader = users::by_email(tx.conn, &invitation.email)?;
    let order = Order {
        kind: LetterKind::Invitation,
        to: invitation.email.clone().into(),
        lang: letters::language(reader.as_ref(), lang),
        about: new.public_id.to_string(),
        life: LIFE,
    };
    post.enqueue(tx, &order)?;
    Ok((invitation, token))
}

/// Takes an invitation back.
///
/// # Errors
/// [`Error::Conflict`] `invitation_used` when it was accepted.
pub fn revoke(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, id: &PublicId) -> Result<()> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ManageMembers, &scene.whole(), "competition")?;
    let (competition, person) = (scene.competition.id, scene.person()?.id);
    let invitation = find(tx, competition, id)?;
    if !invitations::revoke(tx.conn, invitation.id, tx.now)? {
        return Err(Error::conflict("invitation_used"));
    }
    record(tx, competition, person, &invitation, "revocation")
}

/// Accepts an invitation that was sent to the caller's address.
///
/// # Errors
/// [`Error::Invalid`] at `/token` when there is none, or it is for another address; [`Error::Conflict`] when it has
/// ended or was accepted.
pub fn accept(tx: &mut Tx<'_>, actor: &Actor, token: &str) -> Result<Accepted> {
    let person = access::personally(tx, actor, Action::AcceptInvitation)?;
    let invitation = open(tx, token, &person.email)?;
    admit(tx, &invitation, person.id)
}

/// The hash to compare a password with, of the account that an invitation is for; none where it has no account yet.
///
/// # Errors
/// As [`accept`].
pub fn account(tx: &mut Tx<'_>, token: &str, email: &Email) -> Result<Option<String>> {
    open(tx, token, email)?;
    let user = users::by_email(tx.conn, email)?;
    Ok(user.filter(|u| u.disabled_at.is_none()).map(|u| u.password_hash))
}

/// Accepts an invitation for somebody whose password, as it was hashed then, was right.
///
/// # Errors
/// As [`accept`]; [`Unauthenticated::Credentials`] when the account changed meanwhile; [`Error::Invalid`] at `/password` for
/// whoever has a second factor: that is asked for at a sign-in only.
pub fn accept_with_password(
    tx: &mut Tx<'_>,
    token: &str,
    email: &Email,
    checked_hash: &str,
) -> Result<Accepted> {
    let invitation = open(tx, token, email)?;
    let user = users::by_email(tx.conn, email)?
        .filter(|u| u.disabled_at.is_none() && u.password_hash == checked_hash)
        .ok_or(Error::Unauthenticated(Unauthenticated::Credentials))?;
    if second_factors::is_confirmed(tx.conn, user.id)? {
        return Err(Error::invalid("/password", "second_factor_elsewhere"));
    }
    admit(tx, &invitation, user.id)
}

/// Accepts an invitation for somebody who has no account yet, and makes it.
///
/// # Errors
/// As [`accept`]; [`Error::Invalid`] at `/email` when the address has an account.
pub fn accept_as_new(
    tx: &mut Tx<'_>,
    post: &Post,
    token: &str,
    registration: &Registration,
) -> Result<Accepted> {
    let invitation = open(tx, token, &registration.email)?;
    let user = enrolment::enrol(tx, registration, false)?;
    enrolment::ask_to_confirm(tx, post, &user, registration.language.unwrap_or_default())?;
    admit(tx, &invitation, user.id)
}

/// An invitation that can be accepted by whoever has an address.
fn open(tx: &mut Tx<'_>, token: &str, email: &Email) -> Result<Invitation> {
    let invitation = invitations::by_token(tx.conn, &random::hash(token))?
        .ok_or_else(|| Error::invalid("/token", "invitation_unknown"))?;
    if invitation.email != *email {
        return Err(Error::invalid("/token", "invitation_for_another"));
    }
    if invitation.accepted_at.is_some() {
        return Err(Error::conflict("invitation_used"));
    }
    if tx.now >= invitation.expires_at {
        let zone = competitions::by_id(tx.conn, invitation.competition)?.time_zone;
        return Err(Conflict::new("invitation_expired")
            .with("expired_at", invitation.expires_at)
            .with("expired", invitation.expires_at.in_zone(&zone))
            .into());
    }
    Ok(invitation)
}

fn admit(tx: &mut Tx<'_>, invitation: &Invitation, person: UserId) -> Result<Accepted> {
    if !invitations::accept(tx.conn, invitation.id, person, tx.now)? {
        return Err(Error::conflict("invitation_used"));
    }
    let competition = invitation.competition;
    let held = members::of_user(tx.conn, competition, person)?;
    if !held
        .iter()
        .any(|m| m.role == invitation.role && m.region == invitation.region_id)
    {
        let new = NewMember {
            public_id: random::public_id(),
            competition,
            user: person,
            role: invitation.role,
            region: invitation.region_id,
        };
        members::insert(tx.conn, &new, tx.now)?;
    }
    record(tx, competition, person, invitation, "acceptance")?;
    let slug = competitions::slug_of(tx.conn, competition)?;
    Ok(Accepted {
        competition: slug,
        role: invitation.role,
        region: invitation.region.clone(),
    })
}

fn find(tx: &mut Tx<'_>, competition: CompetitionId, id: &PublicId) -> Result<Invitation> {
    invitations::by_public_id(tx.conn, competition, id)?.ok_or(Error::NotFound("invitation"))
}

fn record(
    tx: &mut Tx<'_>,
    competition: CompetitionId,
    actor: UserId,
    invitation: &Invitation,
    action: &'static str,
) -> Result<()> {
    let event = NewEvent {
        competition: Some(competition),
        actor: Some(actor),
        action,
        subject: format!("invitations/{}", invitation.public_id),
        version: None,
        details: json!({ "role": invitation.role, "region": invitation.region }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.after(Effect::CompetitionChanged(competition));
    Ok(())
}
