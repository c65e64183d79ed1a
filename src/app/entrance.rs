//! How everybody comes in, whatever they came with: a session begins, or the sign-in waits for a second factor.

use crate::domain::ids::PublicId;
use crate::domain::second_factor::{HANDLE_SECONDS, HANDLE_TRIES};
use crate::domain::session::SessionKind;
use crate::domain::time::Stamp;
use crate::error::Result;
use crate::store::events::{self, NewEvent};
use crate::store::members;
use crate::store::second_factors::{self, NewStep};
use crate::store::sessions::{self, NewRefresh, NewSession};
use crate::store::users::User;

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
        vouched: coming.vouched,
    };
    let row = sessions::begin(tx.conn, &new)?;
    let refresh_token = random::secret();
    let refresh = NewRefresh {
        session_id: row,
        token_hash: random::hash(&refresh_token),
        created_at: tx.now,
        expires_at: expiry(tx, tx.now),
        parent_id: None,
    };
    let next = Next::of(&refresh, refresh_token);
    sessions::insert_refresh(tx.conn, &refresh)?;
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
