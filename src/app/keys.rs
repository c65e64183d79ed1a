//! Access tokens: JWTs signed with HS256 by 256-bit keys that live in the database, encrypted by the instance's secret.

use std::collections::HashMap;
use std::sync::RwLock;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::domain::ids::PublicId;
use crate::domain::time::Stamp;
use crate::error::{Error, Result, Unauthenticated};
use crate::store::dialect;
use crate::store::sessions::{self, SigningKey};

use super::actor::Actor;
use super::{App, random};

/// How long an access token is good for, in seconds.
pub const ACCESS_SECONDS: i64 = 600;
/// Who makes and who takes the tokens.
const ISSUER: &str = "palmares";
/// How far two nodes' clocks may be apart, in seconds.
const LEEWAY: i64 = 5;

/// The keys of an instance, ready to sign and to check.
pub struct Keys {
    secret: RandomizedNonceKey,
    instance: String,
    ring: RwLock<Ring>,
}

#[derive(Default)]
struct Ring {
    signs: Option<(String, EncodingKey)>,
    checks: HashMap<String, DecodingKey>,
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

impl Keys {
    /// Loads the signing keys; makes the first one in an empty database.
    ///
    /// # Errors
    /// When the secret does not open the keys of this database, or the database fails.
    pub fn open(app: &App, secret: &[u8; 32]) -> Result<Self> {
        let keys = Self::locked(secret)?;
        let first = keys.wrap(&random::key())?;
        let rows = app.write_blocking(move |tx| {
            dialect::lock_key_ring(tx.conn)?;
            if sessions::signing_keys(tx.conn)?.is_empty() {
                sessions::insert_signing_key(tx.conn, &random::public_id().0, &first, tx.now)?;
            }
            sessions::signing_keys(tx.conn)
        })?;
        keys.fill(&rows)?;
        Ok(keys)
    }

    /// Whether a secret opens the signing keys that a database holds.
    ///
    /// # Errors
    /// When it does not.
    pub fn try_secret(secret: &[u8; 32], kept: &[SigningKey]) -> Result<()> {
        let keys = Self::locked(secret)?;
        kept.iter()
            .try_for_each(|key| keys.unwrap(&key.wrapped).map(drop))
    }

    /// A ring without keys.
    fn locked(secret: &[u8; 32]) -> Result<Self> {
        Ok(Self {
            secret: RandomizedNonceKey::new(&AES_256_GCM, secret)
                .map_err(|e| Error::internal(e.to_string()))?,
            instance: random::hash(&hex(secret)).chars().take(16).collect(),
            ring: RwLock::default(),
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
        let (kid, key) = ring
            .signs
            .as_ref()
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
            kid: Some(kid.clone()),
            ..Header::new(Algorithm::HS256)
        };
        jsonwebtoken::encode(&header, &claims, key).map_err(Error::internal)
    }

    /// What a token proves. The algorithm is pinned, and time is ours: the token's own `alg` decides nothing.
    ///
    /// # Errors
    /// [`Unauthenticated::Token`] for whatever is wrong with it.
    pub fn check(&self, token: &str, now: Stamp) -> Result<Actor> {
        let refused = || Error::Unauthenticated(Unauthenticated::Token);
        let kid = jsonwebtoken::decode_header(token)
            .ok()
            .and_then(|h| h.kid)
            .ok_or_else(refused)?;
        let ring = self.ring.read().map_err(|_| poisoned())?;
        let key = ring.checks.get(&kid).ok_or_else(refused)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[&self.instance]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        let claims: Claims = jsonwebtoken::decode(token, key, &validation)
            .map_err(|_| refused())?
            .claims;
        let fresh = claims.nbf <= now.unix() + LEEWAY && now.unix() < claims.exp;
        if fresh {
            Ok(Actor::Session(PublicId(claims.sid)))
        } else {
            Err(refused())
        }
    }

    fn fill(&self, rows: &[SigningKey]) -> Result<()> {
        let mut ring = self.ring.write().map_err(|_| poisoned())?;
        for row in rows {
            let secret = self.unwrap(&row.wrapped)?;
            ring.checks
                .insert(row.kid.clone(), DecodingKey::from_secret(&secret));
            if row.retired_at.is_none() && ring.signs.is_none() {
                ring.signs = Some((row.kid.clone(), EncodingKey::from_secret(&secret)));
            }
        }
        Ok(())
    }

    /// Nonce, then ciphertext and tag.
    fn wrap(&self, key: &[u8]) -> Result<Vec<u8>> {
        let mut sealed = key.to_vec();
        let nonce = self
            .secret
            .seal_in_place_append_tag(Aad::from(ISSUER), &mut sealed)
            .map_err(|e| Error::internal(e.to_string()))?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Vec<u8>> {
        let other = || Error::internal("the instance's secret does not open this database's signing keys");
        let (nonce, sealed) = wrapped.split_first_chunk::<NONCE_LEN>().ok_or_else(other)?;
        let mut opened = sealed.to_vec();
        let plain = self
            .secret
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(ISSUER),
                &mut opened,
            )
            .map_err(|_| other())?;
        Ok(plain.to_vec())
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

fn poisoned() -> Error {
    Error::internal("the key ring was left locked by a panic")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
