//! Links that sign judges in for one competition: organizers make them, for one judge or a whole hall; judges use them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::domain::ids::{CompetitionId, PublicId, UserId};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::judge_link::{self, AT_ONCE, DEVICES, DEVICES_MAX, LIFE, LIFE_MAX, Standing, Window};
use crate::domain::letter::LetterKind;
use crate::domain::phone::Recipient;
use crate::domain::policy::Action;
use crate::domain::session;
use crate::domain::text::{Code, Lang, Slug, Text};
use crate::domain::time::Stamp;
use crate::domain::user::Role;
use crate::error::{Conflict, Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::judge_links::{self, Begun, JudgeLink, NewJudgeLink};
use crate::store::members::{self, Member};
use crate::store::{round_judges, rounds, sessions, users};

use super::access::{self, Scene};
use super::actor::Actor;
use super::entrance::{self, Holder, Pass, Session};
use super::post::{Order, Post};
use super::{Tx, letters, random};

/// Links that are asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// For these judges; without a word for all of them.
    pub judges: Option<Vec<PublicId>>,
    /// Only for those who judge in this round.
    pub round: Option<Code>,
    /// From when; without a word from now.
    pub opens_at: Option<Stamp>,
    /// Until when.
    pub expires_at: Option<Stamp>,
    /// On how many devices at a time.
    pub devices: Option<i64>,
    /// Whether those who have a good link get a new one in its place.
    pub reissue: bool,
    /// Whether each judge gets theirs by message, too.
    pub send: bool,
}

/// A link as organizers see it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The link.
    pub link: JudgeLink,
    /// How far it is.
    pub standing: Standing,
    /// What it began and has not ended.
    pub sessions: Vec<Begun>,
}

/// A new link with its secrets, which are shown once.
#[derive(Debug, Clone)]
pub struct Made {
    /// The link.
    pub shown: Shown,
    /// Its code.
    pub code: String,
    /// The digits that its judge types on a tablet of the hall.
    pub pin: String,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Issued {
    /// What the competition is called.
    pub competition: Text,
    /// The time zone that its moments are spoken in.
    pub time_zone: String,
    /// New links, in the order in which their judges came.
    pub made: Vec<Made>,
    /// Links of judges who had a good one, which stays.
    pub kept: Vec<Shown>,
}

/// The links of a competition that were not revoked, without their secrets.
///
/// # Errors
/// [`Error::Forbidden`] for whoever does not run the competition.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<Vec<Shown>> {
    let scene = scene(tx, actor, slug)?;
    let links = judge_links::list(tx.conn, scene.competition.id)?;
    shown(tx, links)
}

/// Makes links for judges of the competition.
///
/// # Errors
/// [`Error::Invalid`] with every wrong place; [`Error::Conflict`] `no_channel`, `judges_none`.
pub fn issue(
    tx: &mut Tx<'_>,
    post: &Post,
    actor: &Actor,
    slug: &Slug,
    wanted: &Wanted,
    lang: Lang,
) -> Result<Issued> {
    let scene = scene(tx, actor, slug)?;
    let mut invalid = Invalid::default();
    let judges = judges(tx, &scene, wanted, &mut invalid)?;
    let window = window(wanted, tx.now, &mut invalid);
    let devices = wanted.devices.unwrap_or(DEVICES);
    if !(1..=DEVICES_MAX).contains(&devices) {
        let limits = FieldError::new("/devices", "judge_link_devices");
        invalid.push(limits.with("maximum", DEVICES_MAX));
    }
    invalid.into_result()?;
    if wanted.send {
        post.require()?;
    }
    if judges.is_empty() {
        return Err(Error::conflict("judges_none"));
    }
    if judges.len() > AT_ONCE {
        return Err(Conflict::new("judge_links_at_once")
            .with("maximum", AT_ONCE)
            .into());
    }
    let current = judge_links::list(tx.conn, scene.competition.id)?;
    let mut current: BTreeMap<UserId, JudgeLink> = current.into_iter().map(|l| (l.user, l)).collect();
    let (mut made, mut kept) = (Vec::new(), Vec::new());
    for judge in judges {
        let old = current.remove(&judge.user);
        match old {
            Some(old) if !wanted.reissue && old.window().standing(tx.now) != Standing::Ended => {
                kept.push(old)
            }
            old => {
                if let Some(old) = old {
                    end(tx, &scene, &old, "reissued")?;
                }
                let new = make(tx, post, &scene, judge.user, window, devices)?;
                if wanted.send {
                    send(tx, post, &new.shown.link, lang)?;
                }
                made.push(new);
            }
        }
    }
    Ok(issued(&scene, made, shown(tx, kept)?))
}

/// Makes a new link in the place of one, which is revoked with what it began; as long as the old one, and on as many
/// devices.
///
/// # Errors
/// [`Error::NotFound`] when there is none with this id; [`Error::Conflict`] `judge_link_idle` when its judge is none any
/// more, `no_channel`.
pub fn renew(
    tx: &mut Tx<'_>,
    post: &Post,
    actor: &Actor,
    slug: &Slug,
    id: &PublicId,
    by_message: Option<Lang>,
) -> Result<Issued> {
    let scene = scene(tx, actor, slug)?;
    let old = find(tx, &scene, id)?;
    let is_judge = members::of_user(tx.conn, scene.competition.id, old.user)?
        .iter()
        .any(|m| m.role == Role::Judge);
    if !is_judge {
        return Err(Error::conflict("judge_link_idle"));
    }
    if by_message.is_some() {
        post.require()?;
    }
    end(tx, &scene, &old, "reissued")?;
    let ended = old.window().standing(tx.now) == Standing::Ended;
    let window = Window {
        opens_at: old.opens_at.max(tx.now),
        expires_at: if ended {
            tx.now.plus_seconds(LIFE)
        } else {
            old.expires_at
        },
    };
    let made = make(tx, post, &scene, old.user, window, old.devices)?;
    if let Some(lang) = by_message {
        send(tx, post, &made.shown.link, lang)?;
    }
    Ok(issued(&scene, vec![made], Vec::new()))
}

/// Revokes a link; the sessions that it began end at once.
///
/// # Errors
/// [`Error::NotFound`] when there is none with this id that was not revoked.
pub fn revoke(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, id: &PublicId) -> Result<()> {
    let scene = scene(tx, actor, slug)?;
    let link = find(tx, &scene, id)?;
    end(tx, &scene, &link, "revoked")
}

/// What whoever holds a link may know before they use it.
#[derive(Debug, Clone)]
pub struct Look {
    /// Whose it is.
    pub judge: String,
    /// For which competition: its name.
    pub competition: Text,
    /// Until when, in the competition's time zone.
    pub until: String,
}

/// What a link is for, by its code, which is all the permission that it takes. Nothing is changed.
///
/// # Errors
/// As [`enter`], but for its devices.
pub fn look(tx: &mut Tx<'_>, code: &str) -> Result<Look> {
    let holder = holder(tx, code)?;
    Ok(Look {
        judge: holder.user.name,
        until: holder.link.expires_at.in_zone(&holder.competition.time_zone),
        competition: holder.competition.name.into_inner(),
    })
}

/// On what a judge signs in.
#[derive(Debug, Clone, Default)]
pub struct Device {
    /// What the client says that it is.
    pub user_agent: Option<String>,
    /// The refresh token that it holds already: a session of the same link gives its place to the new one.
    pub refresh_token: Option<String>,
}

/// Signs a judge in with the code of their link.
///
/// # Errors
/// [`crate::error::Unauthenticated::Link`] when nobody has this link; [`Error::Conflict`] `judge_link_revoked`,
/// `judge_link_early`, `judge_link_ended`, `judge_link_idle`, `judge_link_full`.
pub fn enter(tx: &mut Tx<'_>, code: &str, device: &Device) -> Result<Session> {
    let holder = holder(tx, code)?;
    if !judge_links::hold(tx.conn, holder.link.id, tx.now)? {
        return Err(Error::conflict("judge_link_revoked"));
    }
    if let Some(token) = &device.refresh_token
        && let Some(session) = sessions::session_of_refresh(tx.conn, &random::hash(token))?
        && begun(tx, &holder.link)?.iter().any(|b| b.session == session)
    {
        sessions::end(tx.conn, session, "signed in again on the same device", tx.now)?;
    }
    let used = begun(tx, &holder.link)?
        .iter()
        .filter(|begun| begun.tablet.is_none())
        .count();
    if i64::try_from(used).unwrap_or(i64::MAX) >= holder.link.devices {
        return Err(Conflict::new("judge_link_full")
            .with("devices", holder.link.devices)
            .into());
    }
    let pass = Pass {
        link: &holder.link,
        slug: &holder.competition.slug,
        device: device.user_agent.as_deref().and_then(session::device),
        tablet: None,
    };
    entrance::admit_judge(tx, holder.user, pass)
}

fn holder(tx: &mut Tx<'_>, code: &str) -> Result<Holder> {
    let link = match judge_link::read(code) {
        Some(code) => judge_links::by_code(tx.conn, &random::hash(&code))?,
        None => None,
    };
    entrance::holder(tx, link)
}

fn begun(tx: &mut Tx<'_>, link: &JudgeLink) -> Result<Vec<Begun>> {
    let used_after = tx.now.plus_seconds(-tx.instance.sessions.idle);
    judge_links::begun(tx.conn, &[link.id], used_after)
}

fn scene(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<Scene> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ManageJudgeLinks, &scene.whole(), "competition")?;
    Ok(scene)
}

/// The judges that are asked for, in the order in which they came, each once.
fn judges(tx: &mut Tx<'_>, scene: &Scene, wanted: &Wanted, invalid: &mut Invalid) -> Result<Vec<Member>> {
    let competition = scene.competition.id;
    let mut seen = BTreeSet::new();
    let mut all: Vec<_> = members::list(tx.conn, competition)?
        .into_iter()
        .filter(|m| m.role == Role::Judge && seen.insert(m.user))
        .collect();
    if let Some(code) = &wanted.round {
        match rounds::by_code(tx.conn, competition, code)? {
            Some(round) => {
                let judging = round_judges::of_round(tx.conn, round.id)?;
                let judging: BTreeSet<_> = judging.into_iter().map(|judge| judge.user).collect();
                all.retain(|m| judging.contains(&m.user));
            }
            None => invalid.push(FieldError::new("/round", "unknown_code").with("code", code)),
        }
    }
    if let Some(named) = &wanted.judges {
        let known: BTreeSet<_> = all.iter().map(|m| m.user_public_id.clone()).collect();
        for (at, id) in named.iter().enumerate() {
            if !known.contains(id) {
                invalid.push(FieldError::new(format!("/judges/{at}"), "not_a_judge"));
            }
        }
        let named: BTreeSet<_> = named.iter().collect();
        all.retain(|m| named.contains(&m.user_public_id));
    }
    Ok(all)
}

fn window(wanted: &Wanted, now: Stamp, invalid: &mut Invalid) -> Window {
    let opens_at = wanted.opens_at.unwrap_or(now).max(now);
    let latest = now.plus_seconds(LIFE_MAX);
    if opens_at > latest {
        invalid.push(FieldError::new("/opens_at", "judge_link_window").with("latest", latest));
    }
    let expires_at = wanted.expires_at.unwrap_or_else(|| {
        opens_at
            .plus_seconds(LIFE)
            .min(latest.max(opens_at.plus_seconds(1)))
    });
    if expires_at <= opens_at || (expires_at > latest && wanted.expires_at.is_some()) {
        invalid.push(FieldError::new("/expires_at", "judge_link_window").with("latest", latest));
    }
    Window { opens_at, expires_at }
}

fn make(
    tx: &mut Tx<'_>,
    post: &Post,
    scene: &Scene,
    judge: UserId,
    window: Window,
    devices: i64,
) -> Result<Made> {
    let (competition, organizer) = (scene.competition.id, scene.person()?.id);
    let (public_id, pin_hash) = unlike_others(tx, post, competition)?;
    let code = post.judge_code(&public_id);
    let new = NewJudgeLink {
        code_hash: random::hash(&code),
        pin_hash,
        competition_id: competition,
        user_id: judge,
        opens_at: window.opens_at,
        expires_at: window.expires_at,
        devices,
        created_by: organizer,
        created_at: tx.now,
        public_id,
    };
    judge_links::insert(tx.conn, &new)?;
    let link = judge_links::by_code(tx.conn, &new.code_hash)?
        .ok_or_else(|| Error::internal("a judge's link that was just made is gone"))?;
    let details = json!({
        "judge": link.user_public_id,
        "opens_at": link.opens_at,
        "expires_at": link.expires_at,
        "devices": link.devices,
    });
    record(tx, scene, &link, "judge_link", details)?;
    Ok(Made {
        pin: post.pin(&link.public_id),
        code,
        shown: Shown {
            standing: link.window().standing(tx.now),
            sessions: Vec::new(),
            link,
        },
    })
}

/// An id whose digits no other judge of the competition has, and what is kept of them.
fn unlike_others(tx: &mut Tx<'_>, post: &Post, competition: CompetitionId) -> Result<(PublicId, String)> {
    for _ in 0..8 {
        let id = random::public_id();
        let pin_hash = post.pin_hash(competition, &post.pin(&id));
        if judge_links::by_pin(tx.conn, competition, &pin_hash)?.is_none() {
            return Ok((id, pin_hash));
        }
    }
    Err(Error::internal("no digits are left for a judge's link"))
}

fn send(tx: &mut Tx<'_>, post: &Post, link: &JudgeLink, lang: Lang) -> Result<()> {
    let judge = users::by_id(tx.conn, link.user)?;
    let order = Order {
        kind: LetterKind::JudgeLink,
        lang: letters::language(Some(&judge), lang),
        to: Recipient::Email(judge.email),
        about: link.public_id.to_string(),
        life: link.expires_at.unix() - tx.now.unix(),
    };
    post.enqueue(tx, &order)
}

fn end(tx: &mut Tx<'_>, scene: &Scene, link: &JudgeLink, why: &'static str) -> Result<()> {
    let reason = format!("judge link {why}");
    let ended = judge_links::revoke(tx.conn, link.id, &reason, tx.now)?;
    let ended = ended.ok_or(Error::NotFound("judge_link"))?;
    let details = json!({ "judge": link.user_public_id, "why": why, "ended": ended });
    record(tx, scene, link, "judge_link_revocation", details)
}

fn find(tx: &mut Tx<'_>, scene: &Scene, id: &PublicId) -> Result<JudgeLink> {
    judge_links::list(tx.conn, scene.competition.id)?
        .into_iter()
        .find(|link| link.public_id == *id)
        .ok_or(Error::NotFound("judge_link"))
}

fn shown(tx: &mut Tx<'_>, links: Vec<JudgeLink>) -> Result<Vec<Shown>> {
    let ids: Vec<_> = links.iter().map(|link| link.id).collect();
    let used_after = tx.now.plus_seconds(-tx.instance.sessions.idle);
    let mut by_link: BTreeMap<i64, Vec<Begun>> = BTreeMap::new();
    for begun in judge_links::begun(tx.conn, &ids, used_after)? {
        by_link
            .entry(begun.link.unwrap_or_default())
            .or_default()
            .push(begun);
    }
    let now = tx.now;
    let all = links.into_iter().map(|link| {
        let standing = link.window().standing(now);
        // With the link's time the sessions are over, too.
        let sessions = by_link.remove(&link.id).filter(|_| standing == Standing::Open);
        Shown {
            sessions: sessions.unwrap_or_default(),
            standing,
            link,
        }
    });
    Ok(all.collect())
}

fn issued(scene: &Scene, made: Vec<Made>, kept: Vec<Shown>) -> Issued {
    Issued {
        competition: scene.competition.name.clone().into_inner(),
        time_zone: scene.competition.time_zone.clone(),
        made,
        kept,
    }
}

fn record(
    tx: &mut Tx<'_>,
    scene: &Scene,
    link: &JudgeLink,
    action: &'static str,
    details: serde_json::Value,
) -> Result<()> {
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: scene.person.as_ref().map(|p| p.id),
        action,
        subject: format!("judge-links/{}", link.public_id),
        details,
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)
}
