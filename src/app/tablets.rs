//! Tablets of a hall, on which judges take turns: organizers name them, a code binds each, judges sign in and hand over.

use std::collections::BTreeMap;

use serde_json::json;

use crate::domain::ids::PublicId;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::judge_link::{self, LIFE_MAX, TABLET_LIFE, TABLETS_MAX};
use crate::domain::policy::Action;
use crate::domain::text::{Slug, Text, check_name};
use crate::domain::time::Stamp;
use crate::error::{Conflict, Error, Result, Unauthenticated};
use crate::store::competitions::{self, Competition};
use crate::store::events::{self, NewEvent};
use crate::store::judge_links;
use crate::store::tablets::{self, NewTablet, Sitting, Tablet};

use super::access::{self, Scene};
use super::actor::Actor;
use super::entrance::{self, Pass, Session};
use super::post::Post;
use super::{Tx, random};

/// A tablet as organizers see it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The tablet.
    pub tablet: Tablet,
    /// Who sits at it: the name, and since when.
    pub sitting: Option<(String, Stamp)>,
}

/// A new tablet with the code that binds it, which is shown once.
#[derive(Debug, Clone)]
pub struct Made {
    /// The tablet.
    pub shown: Shown,
    /// Its code.
    pub code: String,
}

/// The tablets of a competition that were not removed.
///
/// # Errors
/// [`Error::Forbidden`] for whoever does not run the competition.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<Vec<Shown>> {
    let scene = scene(tx, actor, slug)?;
    let tablets = tablets::list(tx.conn, scene.competition.id)?;
    let ids: Vec<_> = tablets.iter().map(|tablet| tablet.id).collect();
    let sitting = tablets::sitting(tx.conn, &ids)?.into_iter();
    let mut by_tablet: BTreeMap<i64, Sitting> = sitting
        .filter_map(|s| s.tablet.map(|tablet| (tablet, s)))
        .collect();
    let shown = tablets.into_iter().map(|tablet| Shown {
        sitting: by_tablet.remove(&tablet.id).map(|s| (s.name, s.since)),
        tablet,
    });
    Ok(shown.collect())
}

/// Names a tablet, and gives the code that binds it.
///
/// # Errors
/// [`Error::Invalid`] at `/name`, `/expires_at`; [`Error::Conflict`] `too_many_tablets`.
pub fn add(
    tx: &mut Tx<'_>,
    post: &Post,
    actor: &Actor,
    slug: &Slug,
    name: &str,
    expires_at: Option<Stamp>,
) -> Result<Made> {
    let scene = scene(tx, actor, slug)?;
    let mut invalid = Invalid::default();
    check_name(name, "/name", &mut invalid);
    let latest = tx.now.plus_seconds(LIFE_MAX);
    let expires_at = expires_at.unwrap_or(tx.now.plus_seconds(TABLET_LIFE));
    if expires_at <= tx.now || expires_at > latest {
        invalid.push(FieldError::new("/expires_at", "judge_link_window").with("latest", latest));
    }
    invalid.into_result()?;
    let others = tablets::list(tx.conn, scene.competition.id)?.len();
    if i64::try_from(others).unwrap_or(i64::MAX) >= TABLETS_MAX {
        return Err(Conflict::new("too_many_tablets")
            .with("maximum", TABLETS_MAX)
            .into());
    }
    let public_id = random::public_id();
    let code = post.judge_code(&public_id);
    let new = NewTablet {
        code_hash: random::hash(&code),
        public_id,
        competition_id: scene.competition.id,
        name: name.trim().to_owned(),
        created_by: scene.person()?.id,
        created_at: tx.now,
        expires_at,
    };
    tablets::insert(tx.conn, &new)?;
    let details = json!({ "name": new.name, "expires_at": expires_at });
    record(tx, &scene, &new.public_id, "tablet", details)?;
    let tablet = tablets::by_code(tx.conn, &new.code_hash)?
        .ok_or_else(|| Error::internal("a tablet that was just named is gone"))?;
    let shown = Shown {
        tablet,
        sitting: None,
    };
    Ok(Made { shown, code })
}

/// Removes a tablet; who sits at it is signed out.
///
/// # Errors
/// [`Error::NotFound`] when there is none with this id.
pub fn remove(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, id: &PublicId) -> Result<()> {
    let scene = scene(tx, actor, slug)?;
    let tablet = tablets::remove(tx.conn, scene.competition.id, id, tx.now)?;
    let tablet = tablet.ok_or(Error::NotFound("tablet"))?;
    let ended = tablets::clear(tx.conn, tablet, "tablet removed", tx.now)?;
    record(tx, &scene, id, "tablet_removal", json!({ "ended": ended }))
}

/// What whoever holds the code of a tablet may know before they bind it.
#[derive(Debug, Clone)]
pub struct Look {
    /// What it is called.
    pub name: String,
    /// For which competition: its name.
    pub competition: Text,
}

/// What a code would bind. Nothing is changed.
///
/// # Errors
/// As [`bind`].
pub fn look(tx: &mut Tx<'_>, code: &str) -> Result<Look> {
    let tablet = unbound(tx, code)?;
    let competition = competitions::by_id(tx.conn, tablet.competition_id)?;
    Ok(Look {
        name: tablet.name,
        competition: competition.name.into_inner(),
    })
}

/// A tablet that was bound.
#[derive(Debug, Clone)]
pub struct BoundTablet {
    /// What the tablet keeps.
    pub seat: String,
    /// For so many seconds.
    pub seconds: i64,
}

/// Binds the tablet on which this is asked, once.
///
/// # Errors
/// [`Unauthenticated::Link`] when no tablet has this code; [`Error::Conflict`] `tablet_bound`, `tablet_ended`.
pub fn bind(tx: &mut Tx<'_>, code: &str) -> Result<BoundTablet> {
    let tablet = unbound(tx, code)?;
    let seat = random::secret();
    if !tablets::bind(tx.conn, tablet.id, &random::hash(&seat), tx.now)? {
        return Err(Error::conflict("tablet_bound"));
    }
    let event = NewEvent {
        competition: Some(tablet.competition_id),
        action: "tablet_binding",
        subject: format!("tablets/{}", tablet.public_id),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    Ok(BoundTablet {
        seat,
        seconds: tablet.expires_at.unix() - tx.now.unix(),
    })
}

/// A tablet as it knows itself.
#[derive(Debug, Clone)]
pub struct Seat {
    /// What it is called.
    pub name: String,
    /// What is seen of it in the log, to count wrong digits by.
    pub id: PublicId,
    /// For which competition: its name.
    pub competition: Text,
    /// Whose turn it is.
    pub sitting: Option<String>,
}

/// The tablet that holds this, and whose turn it is.
///
/// # Errors
/// [`Error::Conflict`] `tablet_ended` when it was removed or its time is over.
pub fn seat(tx: &mut Tx<'_>, seat: &str) -> Result<Seat> {
    let (tablet, competition) = seated(tx, seat)?;
    let sitting = tablets::sitting(tx.conn, &[tablet.id])?.pop();
    Ok(Seat {
        name: tablet.name,
        id: tablet.public_id,
        competition: competition.name.into_inner(),
        sitting: sitting.map(|s| s.name),
    })
}

/// How a judge shows on a tablet who they are.
#[derive(Debug, Clone)]
pub enum Shows {
    /// By the code of their link.
    Code(String),
    /// By their digits.
    Pin(String),
}

/// Signs a judge in on a tablet; whoever sat there before is signed out.
///
/// # Errors
/// [`Unauthenticated::Link`] when no judge has it; [`Error::Conflict`] as for links on phones, but for their devices,
/// `tablet_ended`, `tablet_elsewhere`.
pub fn sit(tx: &mut Tx<'_>, post: &Post, seat: &str, shows: &Shows) -> Result<Session> {
    let (tablet, competition) = seated(tx, seat)?;
    let link = match shows {
        Shows::Code(code) => match judge_link::read(code) {
            Some(code) => judge_links::by_code(tx.conn, &random::hash(&code))?,
            None => None,
        },
        Shows::Pin(pin) => match judge_link::read_pin(pin) {
            Some(pin) => {
                let hash = post.pin_hash(competition.id, &pin);
                judge_links::by_pin(tx.conn, competition.id, &hash)?
            }
            None => None,
        },
    };
    let holder = entrance::holder(tx, link)?;
    if holder.link.competition != competition.id {
        return Err(Error::conflict("tablet_elsewhere"));
    }
    if !tablets::hold(tx.conn, tablet.id)? {
        return Err(Error::conflict("tablet_ended"));
    }
    if !judge_links::hold(tx.conn, holder.link.id, tx.now)? {
        return Err(Error::conflict("judge_link_revoked"));
    }
    tablets::clear(tx.conn, tablet.id, "the next judge signed in", tx.now)?;
    let pass = Pass {
        link: &holder.link,
        slug: &competition.slug,
        device: None,
        tablet: Some(&tablet),
    };
    entrance::admit_judge(tx, holder.user, pass)
}

/// Hands a tablet over: whoever sits at it is signed out.
///
/// # Errors
/// [`Error::Conflict`] `tablet_ended`.
pub fn hand_over(tx: &mut Tx<'_>, seat: &str) -> Result<()> {
    let (tablet, _) = seated(tx, seat)?;
    let sitting = tablets::sitting(tx.conn, &[tablet.id])?;
    tablets::clear(tx.conn, tablet.id, "handed over", tx.now)?;
    for judge in sitting {
        let event = NewEvent {
            competition: Some(tablet.competition_id),
            actor: Some(judge.user),
            action: "hand_over",
            subject: format!("sessions/{}", judge.session_public_id),
            details: json!({ "tablet": tablet.name }),
            ..NewEvent::default()
        };
        events::record(tx.conn, tx.now, &event)?;
    }
    Ok(())
}

fn seated(tx: &mut Tx<'_>, seat: &str) -> Result<(Tablet, Competition)> {
    let tablet = tablets::by_seat(tx.conn, &random::hash(seat), tx.now)?;
    let tablet = tablet.ok_or_else(|| Error::conflict("tablet_ended"))?;
    let competition = competitions::by_id(tx.conn, tablet.competition_id)?;
    Ok((tablet, competition))
}

/// The tablet that a code would bind.
fn unbound(tx: &mut Tx<'_>, code: &str) -> Result<Tablet> {
    let tablet = match judge_link::read(code) {
        Some(code) => tablets::by_code(tx.conn, &random::hash(&code))?,
        None => None,
    };
    let tablet = tablet.ok_or(Error::Unauthenticated(Unauthenticated::Link))?;
    if tablet.removed_at.is_some() || tablet.expires_at <= tx.now {
        return Err(Error::conflict("tablet_ended"));
    }
    if tablet.bound_at.is_some() {
        return Err(Error::conflict("tablet_bound"));
    }
    Ok(tablet)
}

fn scene(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<Scene> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ManageJudgeLinks, &scene.whole(), "competition")?;
    Ok(scene)
}

fn record(
    tx: &mut Tx<'_>,
    scene: &Scene,
    tablet: &PublicId,
    action: &'static str,
    details: serde_json::Value,
) -> Result<()> {
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: scene.person.as_ref().map(|p| p.id),
        action,
        subject: format!("tablets/{tablet}"),
        details,
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)
}
