//! Access tokens: JWTs signed with HS256 by 256-bit keys that live in the database, encrypted by the instance's secret.
//!
//! Keys rotate while servers run. A new key is known to every node before it signs, since each node reads the keys anew
//! when its own are [`RING_SECONDS`] old; an old one is taken until the last token that it signed has ended.

use std::sync::RwLock;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Mutex;

use crate::domain::api_token;
use crate::domain::ids::PublicId;
use crate::domain::time::Stamp;
use crate::error::{Error, Result, Unauthenticated};
use crate::store::dialect;
use crate::store::events::{self, NewEvent};
use crate::store::keys::{self, SigningKey};

use super::actor::Actor;
use super::bookmarks::Bookmarks;
use super::vault::Vault;
use super::{App, random};

/// How long an access token is good for, in seconds.
pub const ACCESS_SECONDS: i64 = 600;
/// Who makes and who takes the tokens; what the keys are sealed for.
const ISSUER: &str = "palmares";
/// How far two nodes' clocks may be apart, in seconds.
const LEEWAY: i64 = 5;
/// How old the keys in memory may be, in seconds: so long a key that was revoked may still be taken.
const RING_SECONDS: i64 = 5;
/// How long a new key waits before it signs, in seconds: until every node has read it.
const SIGNS_AFTER: i64 = 2 * RING_SECONDS;
/// How long a key is taken after the next one was made, in seconds.
const TAKEN_AFTER: i64 = SIGNS_AFTER + RING_SECONDS + ACCESS_SECONDS + 2 * LEEWAY;
/// The pause between two searches for an unknown key, in seconds: tokens with made-up keys cost no more than that.
const SEARCH_PAUSE: i64 = 1;

/// The keys of an instance, ready to sign and to check.
pub struct Keys {
    vault: Vault,
    bookmarks: Bookmarks,
    instance: String,
    ring: RwLock<Ring>,
    reading: Mutex<()>,
}

#[derive(Default)]
struct Ring {
    /// The newest first.
    keys: Vec<Key>,
    /// When they were read.
    read_at: Option<Stamp>,
    /// When reading them was last tried.
    tried_at: Option<Stamp>,
}

struct Key {
    kid: String,
    made_at: Stamp,
    retired_at: Option<Stamp>,
    signs: EncodingKey,
    checks: DecodingKey,
}

impl Key {
    fn is_taken(&self, now: Stamp) -> bool {
        self.retired_at.is_none_or(|at| now < at)
    }
}

impl Ring {
    fn key(&self, kid: &str, now: Stamp) -> Option<&Key> {
        self.keys.iter().find(|k| k.kid == kid && k.is_taken(now))
    }

    /// The newest that every node knows; when there is none yet, the oldest that is taken.
    fn signing(&self, now: Stamp) -> Option<&Key> {
        let mut taken = self.keys.iter().filter(|k| k.is_taken(now));
        let known = |k: &&Key| k.made_at.plus_seconds(SIGNS_AFTER) <= now;
        taken.clone().find(known).or_else(|| taken.next_back())
    }
}

/// A signing key as `palmares keys list` shows it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The name that tokens carry.
    pub kid: String,
    /// When it was made.
    pub made_at: Stamp,
    /// From when no token of it is taken.
    pub retired_at: Option<Stamp>,
    /// What it does now.
    pub standing: Standing,
}

/// What a signing key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It signs new tokens.
    Signs,
    /// Tokens of it are taken until they end.
    Checks,
    /// Nothing.
    Retired,
}

/// What an access token says. The roles serve clients; the server decides from its rows.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    roles: Vec<String>,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Why a token is not taken.
enum Refused {
    /// Its key is not among those that we know.
    UnknownKey,
    Wrong,
}

impl Keys {
    /// Loads the signing keys; makes the first one in an empty database.
    ///
    /// # Errors
    /// When the secret does not open the keys of this database, or the database fails.
    pub fn open(app: &App, secret: &[u8; 32]) -> Result<Self> {
        let keys = Self::locked(secret)?;
        let first = keys.vault.seal(ISSUER, &random::key())?;
        let rows = app.write_blocking(move |tx| {
            dialect::lock_key_ring(tx.conn)?;
            if keys::all(tx.conn)?.is_empty() {
                keys::insert(tx.conn, &random::public_id().0, &first, tx.now)?;
            }
            keys::all(tx.conn)
        })?;
        keys.fill(&rows, app.now())?;
        Ok(keys)
    }

    /// What else the instance's secret seals.
    #[must_use]
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// What makes and reads the ids of the log's lines.
    #[must_use]
    pub const fn bookmarks(&self) -> &Bookmarks {
        &self.bookmarks
    }

    /// Whether a secret opens the signing keys that a database holds.
    ///
    /// # Errors
    /// When it does not.
    pub fn try_secret(secret: &[u8; 32], kept: &[SigningKey]) -> Result<()> {
        let vault = Vault::new(secret)?;
        let mut locked = kept.iter().filter(|key| key.retired_at.is_none());
        locked.try_for_each(|key| vault.open(ISSUER, &key.wrapped).map(drop).ok_or_else(foreign))
    }

    /// A ring without keys.
    fn locked(secret: &[u8; 32]) -> Result<Self> {
        Ok(Self {
            vault: Vault::new(secret)?,
            bookmarks: Bookmarks::new(secret)?,
            instance: random::hash(&hex(secret)).chars().take(16).collect(),
            ring: RwLock::default(),
            reading: Mutex::default(),
        })
    }

    /// A new access token.
    ///
    /// # Errors
    /// When signing fails.
    pub fn sign(
        &self,
        user: &PublicId,
        session: &PublicId,
        roles: Vec<String>,
        now: Stamp,
    ) -> Result<String> {
        let ring = self.ring.read().map_err(|_| poisoned())?;
        let key = ring
            .signing(now)
            .ok_or_else(|| Error::internal("no signing key"))?;
        let claims = Claims {
            iss: ISSUER.into(),
            aud: self.instance.clone(),
            sub: user.0.clone(),
            sid: session.0.clone(),
            roles,
            iat: now.unix(),
            nbf: now.unix(),
            exp: now.unix() + ACCESS_SECONDS,
        };
        let header = Header {
            kid: Some(key.kid.clone()),
            ..Header::new(Algorithm::HS256)
        };
        jsonwebtoken::encode(&header, &claims, &key.signs).map_err(Error::internal)
    }

    /// What the text behind `Bearer` proves: an access token that it is whole and ours, an API token only that it is
    /// spelled like one. Whether the session or the API token is good is decided by the transaction that does the work.
    ///
    /// # Errors
    /// [`Unauthenticated::Token`] for whatever is wrong with it.
    pub async fn prove(&self, app: &App, bearer: &str) -> Result<Actor> {
        if bearer.starts_with(api_token::PREFIX) {
            return if api_token::is_spelled(bearer) {
                Ok(Actor::Program(random::hash(bearer)))
            } else {
                Err(refused())
            };
        }
        let now = app.now();
        self.renew(app).await;
        match self.read(bearer, now)? {
            Ok(actor) => Ok(actor),
            Err(Refused::UnknownKey) => {
                self.search(app, now).await;
                self.check(bearer, now)
            }
            Err(Refused::Wrong) => Err(refused()),
        }
    }

    /// What an access token proves by the keys that are at hand.
    ///
    /// # Errors
    /// [`Unauthenticated::Token`] for whatever is wrong with it.
    pub fn check(&self, token: &str, now: Stamp) -> Result<Actor> {
        self.read(token, now)?.map_err(|_| refused())
    }

    /// The algorithm is pinned, the key is one of ours by its name, and time is ours: nothing in the token's own head
    /// decides how it is checked (RFC 8725, 3.1).
    fn read(&self, token: &str, now: Stamp) -> Result<Result<Actor, Refused>> {
        let head = jsonwebtoken::decode_header(token).ok();
        let Some(kid) = head.filter(|h| h.alg == Algorithm::HS256).and_then(|h| h.kid) else {
            return Ok(Err(Refused::Wrong));
        };
        let ring = self.ring.read().map_err(|_| poisoned())?;
        let Some(key) = ring.key(&kid, now) else {
            return Ok(Err(Refused::UnknownKey));
        };
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[&self.instance]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        let Ok(decoded) = jsonwebtoken::decode::<Claims>(token, &key.checks, &validation) else {
            return Ok(Err(Refused::Wrong));
        };
        let claims = decoded.claims;
        let fresh = claims.nbf <= now.unix() + LEEWAY && now.unix() < claims.exp;
        Ok(if fresh {
            Ok(Actor::Session(PublicId(claims.sid)))
        } else {
            Err(Refused::Wrong)
        })
    }

    /// Reads the keys anew when those at hand are old. While the database does not answer, they are kept.
    pub async fn renew(&self, app: &App) {
        let now = app.now();
        if !self.is_due(now) {
            return;
        }
        let _one = self.reading.lock().await;
        if self.is_due(now) {
            self.reload(app, now).await;
        }
    }

    fn is_due(&self, now: Stamp) -> bool {
        self.ring.read().is_ok_and(|ring| {
            apart(ring.read_at, now, RING_SECONDS) && apart(ring.tried_at, now, SEARCH_PAUSE)
        })
    }

    /// Looks for a key that is not at hand, unless that was done a moment ago.
    async fn search(&self, app: &App, now: Stamp) {
        let _one = self.reading.lock().await;
        let due = self
            .ring
            .read()
            .is_ok_and(|r| apart(r.tried_at, now, SEARCH_PAUSE));
        if due {
            self.reload(app, now).await;
        }
    }

    async fn reload(&self, app: &App, now: Stamp) {
        if let Ok(mut ring) = self.ring.write() {
            ring.tried_at = Some(now);
        }
        let read = app.read(|tx| keys::all(tx.conn)).await;
        if let Err(error) = read.and_then(|rows| self.fill(&rows, now)) {
            tracing::warn!("the signing keys could not be read anew: {error}");
        }
    }

    fn fill(&self, rows: &[SigningKey], now: Stamp) -> Result<()> {
        let mut keys = Vec::new();
        for row in rows {
            if row.retired_at.is_some_and(|at| at <= now) {
                continue;
            }
            let secret = self.vault.open(ISSUER, &row.wrapped).ok_or_else(foreign)?;
            keys.push(Key {
                kid: row.kid.clone(),
                made_at: row.created_at,
                retired_at: row.retired_at,
                signs: EncodingKey::from_secret(&secret),
                checks: DecodingKey::from_secret(&secret),
            });
        }
        let mut ring = self.ring.write().map_err(|_| poisoned())?;
        *ring = Ring {
            keys,
            read_at: Some(now),
            tried_at: Some(now),
        };
        Ok(())
    }

    /// Makes a new key, which signs from a moment later; the others are taken until their last tokens have ended, or no
    /// longer when they are revoked. Gives the new key's name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn rotate(&self, app: &App, revoke_old: bool) -> Result<String> {
        let sealed = self.vault.seal(ISSUER, &random::key())?;
        let kid = random::public_id().0;
        let name = kid.clone();
        app.write_blocking(move |tx| {
            dialect::lock_key_ring(tx.conn)?;
            keys::forget_retired(tx.conn, tx.now)?;
            let retired_at = if revoke_old {
                tx.now
            } else {
                tx.now.plus_seconds(TAKEN_AFTER)
            };
            let others = keys::retire_all(tx.conn, retired_at)?;
            keys::insert(tx.conn, &kid, &sealed, tx.now)?;
            let event = NewEvent {
                action: "key_rotation",
                subject: format!("keys/{kid}"),
                details: json!({ "revoked": revoke_old, "others": others }),
                ..NewEvent::default()
            };
            events::record(tx.conn, tx.now, &event)
        })?;
        Ok(name)
    }
}

/// The signing keys and what each does.
///
/// # Errors
/// When the database fails.
pub fn list(app: &App) -> Result<Vec<Shown>> {
    app.read_blocking(|tx| {
        let rows = keys::all(tx.conn)?;
        let now = tx.now;
        let taken = |row: &SigningKey| row.retired_at.is_none_or(|at| now < at);
        let mut signing = rows.iter().filter(|row| taken(row));
        let known = |row: &&SigningKey| row.created_at.plus_seconds(SIGNS_AFTER) <= now;
        let signing = signing.clone().find(known).or_else(|| signing.next_back());
        let signing = signing.map(|row| row.kid.clone());
        let shown = rows.iter().map(|row| Shown {
            kid: row.kid.clone(),
            made_at: row.created_at,
            retired_at: row.retired_at,
            standing: if Some(&row.kid) == signing.as_ref() {
                Standing::Signs
            } else if taken(row) {
                Standing::Checks
            } else {
                Standing::Retired
            },
        });
        Ok(shown.collect())
    })
}

/// Whether two moments are so many seconds apart, in whichever order: a clock may go back.
fn apart(earlier: Option<Stamp>, now: Stamp, seconds: i64) -> bool {
    earlier.is_none_or(|at| (now.unix() - at.unix()).abs() >= seconds)
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

fn refused() -> Error {
    Error::Unauthenticated(Unauthenticated::Token)
}

fn foreign() -> Error {
    Error::internal("the instance's secret does not open this database's signing keys")
}

fn poisoned() -> Error {
    Error::internal("the key ring was left locked by a panic")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
