//! How everybody comes in, whatever they came with: a session begins, or the sign-in waits for a second factor.

use crate::domain::ids::PublicId;
use crate::domain::judge_link::Standing;
use crate::domain::second_factor::{HANDLE_SECONDS, HANDLE_TRIES};
use crate::domain::session::SessionKind;
use crate::domain::text::Slug;
use crate::domain::time::Stamp;
use crate::domain::user::Role;
use crate::error::{Conflict, Error, Result, Unauthenticated};
use crate::store::competitions::{self, Competition};
use crate::store::events::{self, NewEvent};
use crate::store::judge_links::JudgeLink;
use crate::store::members;
use crate::store::second_factors::{self, NewStep};
use crate::store::sessions::{self, NewRefresh, NewSession};
use crate::store::tablets::Tablet;
use crate::store::users::{self, User};

use super::{Tx, random};

/// A session that was begun or kept up, before its access token is signed.
#[derive(Debug, Clone)]
pub struct Session {
    /// What clients see of the session.
    pub id: PublicId,
    /// Whose it is.
    pub user: User,
    /// The next refresh token.
    pub refresh_token: String,
    /// Seconds that it is good for.
    pub refresh_seconds: i64,
    /// What the access token tells clients: `slug:role`.
    pub roles: Vec<String>,
    /// When.
    pub now: Stamp,
}

impl Session {
    /// The same as a judge's link gives it: its client hears of nothing that the session can't do.
    #[must_use]
    pub fn for_judge_of(mut self, slug: &Slug) -> Self {
        let judge = format!("{slug}:{}", Role::Judge);
        self.roles.retain(|role| *role == judge);
        self.user.is_admin = false;
        self
    }
}

/// The next refresh token of a session.
#[derive(Debug)]
pub struct Next {
    token: String,
    seconds: i64,
}

impl Next {
    /// The token whose hash is kept so.
    #[must_use]
    pub fn of(kept: &NewRefresh, token: String) -> Self {
        Self {
            token,
            seconds: kept.expires_at.unix() - kept.created_at.unix(),
        }
    }
}

/// With what somebody comes.
#[derive(Debug, Clone)]
pub struct Coming {
    /// How.
    pub kind: SessionKind,
    /// On what.
    pub device: Option<String>,
    /// Whether whoever let them in vouches for a second factor.
    pub vouched: bool,
}

/// Where somebody is who proved who they are.
#[derive(Debug)]
pub enum Entered {
    /// Inside.
    In(Box<Session>),
    /// Before the second door: they have a second factor, and give its code with this handle.
    Halfway(String),
}

/// Lets somebody in who proved who they are, or asks them for their second factor.
///
/// # Errors
/// When the database fails.
pub fn admit(tx: &mut Tx<'_>, user: User, coming: Coming) -> Result<Entered> {
    if coming.vouched || !second_factors::is_confirmed(tx.conn, user.id)? {
        let second_factor = coming.vouched;
        return begin(tx, user, coming, second_factor).map(|session| Entered::In(Box::new(session)));
    }
    let handle = random::secret();
    let step = NewStep {
        user_id: user.id,
        token_hash: random::hash(&handle),
        kind: coming.kind,
        device: coming.device,
        created_at: tx.now,
        expires_at: tx.now.plus_seconds(HANDLE_SECONDS),
        tries: HANDLE_TRIES,
    };
    second_factors::insert_step(tx.conn, &step)?;
    Ok(Entered::Halfway(handle))
}

/// Whoever holds a judge's link that signs in now.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The link.
    pub link: JudgeLink,
    /// Whose it is.
    pub user: User,
    /// Where it signs in.
    pub competition: Competition,
}

/// Who holds a link, if it signs in now. Why it does not is told: whoever asks holds its secret.
///
/// # Errors
/// [`Unauthenticated::Link`] when there is none; [`Error::Conflict`] `judge_link_revoked`, `judge_link_early`,
/// `judge_link_ended`, or `judge_link_idle` when its judge is none any more or may not sign in.
pub fn holder(tx: &mut Tx<'_>, link: Option<JudgeLink>) -> Result<Holder> {
    let link = link.ok_or(Error::Unauthenticated(Unauthenticated::Link))?;
    if link.revoked_at.is_some() {
        return Err(Error::conflict("judge_link_revoked"));
    }
    let competition = competitions::by_id(tx.conn, link.competition)?;
    let zone = &competition.time_zone;
    match link.window().standing(tx.now) {
        Standing::Early => return Err(closed("judge_link_early", link.opens_at, zone)),
        Standing::Ended => return Err(closed("judge_link_ended", link.expires_at, zone)),
        Standing::Open => {}
    }
    let user = users::by_id(tx.conn, link.user)?;
    let memberships = members::of_user(tx.conn, competition.id, user.id)?;
    if user.disabled_at.is_some() || !memberships.iter().any(|m| m.role == Role::Judge) {
        return Err(Error::conflict("judge_link_idle"));
    }
    Ok(Holder {
        link,
        user,
        competition,
    })
}

fn closed(code: &'static str, moment: Stamp, zone: &str) -> Error {
    let conflict = Conflict::new(code).with("at", moment);
    conflict.with("moment", moment.in_zone(zone)).into()
}

/// What a judge's link lets its judge into.
#[derive(Debug, Clone)]
pub struct Pass<'a> {
    /// The link.
    pub link: &'a JudgeLink,
    /// The name of its competition in addresses.
    pub slug: &'a Slug,
    /// On what.
    pub device: Option<String>,
    /// The tablet of the hall, if it is one.
    pub tablet: Option<&'a Tablet>,
}

/// Lets a judge in whose link is good. No second factor is asked for: the session can do nothing but judge in the link's
/// competition (`domain::policy`), and ends with the link.
///
/// # Errors
/// When the database fails.
pub fn admit_judge(tx: &mut Tx<'_>, user: User, pass: Pass<'_>) -> Result<Session> {
    let Pass { link, slug, .. } = pass;
    let new = NewSession {
        public_id: random::public_id(),
        user_id: user.id,
        kind: SessionKind::JudgeLink,
        device: pass.device,
        created_at: tx.now,
        proved_at: tx.now,
        judge_link_id: Some(link.id),
        tablet_id: pass.tablet.map(|tablet| tablet.id),
        vouched: false,
    };
    let event = NewEvent {
        competition: Some(link.competition),
        actor: Some(user.id),
        action: "sign_in",
        subject: format!("sessions/{}", new.public_id),
        details: serde_json::json!({
            "kind": new.kind,
            "judge_link": link.public_id,
            "device": new.device,
            "tablet": pass.tablet.map(|tablet| &tablet.name),
        }),
        ..NewEvent::default()
    };
    let next = keep(tx, &new, Some(link.expires_at))?;
    events::record(tx.conn, tx.now, &event)?;
    let session = finish(tx, new.public_id, user, next)?;
    Ok(session.for_judge_of(slug))
}

/// Begins a session.
///
/// # Errors
/// When the database fails.
pub fn begin(tx: &mut Tx<'_>, user: User, coming: Coming, second_factor: bool) -> Result<Session> {
    let id = random::public_id();
    let new = NewSession {
        public_id: id.clone(),
        user_id: user.id,
        kind: coming.kind,
        device: coming.device,
        created_at: tx.now,
        proved_at: tx.now,
        judge_link_id: None,
        tablet_id: None,
        vouched: coming.vouched,
    };
    let next = keep(tx, &new, None)?;
    let event = NewEvent {
        actor: Some(user.id),
        action: "sign_in",
        subject: format!("sessions/{id}"),
        details: serde_json::json!({ "kind": coming.kind, "second_factor": second_factor }),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    finish(tx, id, user, next)
}

/// Keeps a new session, which ends at a moment in any case, and its first refresh token.
fn keep(tx: &mut Tx<'_>, new: &NewSession, ends_at: Option<Stamp>) -> Result<Next> {
    let row = sessions::begin(tx.conn, new)?;
    let refresh_token = random::secret();
    let refresh = NewRefresh {
        session_id: row,
        token_hash: random::hash(&refresh_token),
        created_at: tx.now,
        expires_at: earlier(expiry(tx, tx.now), ends_at),
        parent_id: None,
    };
    sessions::insert_refresh(tx.conn, &refresh)?;
    Ok(Next::of(&refresh, refresh_token))
}

/// A moment, or an end that comes before it.
#[must_use]
pub fn earlier(moment: Stamp, end: Option<Stamp>) -> Stamp {
    end.map_or(moment, |end| end.min(moment))
}

/// Until when a refresh token is good that is given now, in a session that was begun then.
#[must_use]
pub fn expiry(tx: &Tx<'_>, begun_at: Stamp) -> Stamp {
    let limits = tx.instance.sessions;
    let (idle, whole) = (
        tx.now.plus_seconds(limits.idle),
        begun_at.plus_seconds(limits.whole),
    );
    idle.min(whole)
}

/// A session with the roles that its access token tells of.
///
/// # Errors
/// When the database fails.
pub fn finish(tx: &mut Tx<'_>, id: PublicId, user: User, next: Next) -> Result<Session> {
    let roles = members::roles_of(tx.conn, user.id)?
        .into_iter()
        .map(|(slug, role, _)| format!("{slug}:{role}"))
        .collect();
    Ok(Session {
        id,
        user,
        refresh_token: next.token,
        refresh_seconds: next.seconds,
        roles,
        now: tx.now,
    })
}
