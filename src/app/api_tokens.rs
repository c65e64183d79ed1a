//! API tokens for programs: made, listed, revoked by the person they speak for.

use serde_json::json;

use crate::domain::api_token::{self, LIFE, LIFE_MAX, NOTED_EVERY, Scope, Scopes, TOKENS_MAX};
use crate::domain::ids::{CompetitionId, PublicId};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::Action;
use crate::domain::text::{Slug, check_name};
use crate::domain::time::Stamp;
use crate::error::{Conflict, Error, Result, Unauthenticated};
use crate::store::api_tokens::{self, ApiToken, NewToken};
use crate::store::events::{self, NewEvent};
use crate::store::sql_types::Json;

use super::actor::Actor;
use super::{Tx, access, random};

/// A token that is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What its owner calls it.
    pub name: String,
    /// What it is to be good for.
    pub scopes: Vec<Scope>,
    /// The only competition that it is to be good for.
    pub competition: Option<Slug>,
    /// Until when.
    pub expires_at: Option<Stamp>,
}

/// A new token; its text is kept nowhere.
#[derive(Debug, Clone)]
pub struct Made {
    /// The token as lists show it.
    pub shown: ApiToken,
    /// What the program sends.
    pub token: String,
}

/// The caller's tokens that were not revoked, the newest first.
///
/// # Errors
/// [`Error::Unauthenticated`] for a guest.
pub fn list(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<ApiToken>> {
    let person = access::personally(tx, actor, Action::ManageTokens)?;
    api_tokens::of_user(tx.conn, person.id)
}

/// Makes a token.
///
/// # Errors
/// [`Error::Invalid`] with every wrong place; [`Error::Conflict`] `too_many_tokens`.
pub fn issue(tx: &mut Tx<'_>, actor: &Actor, wanted: &Wanted) -> Result<Made> {
    let person = access::personally(tx, actor, Action::IssueToken)?;
    let mut invalid = Invalid::default();
    check_name(&wanted.name, "/name", &mut invalid);
    if wanted.scopes.is_empty() {
        invalid.push(FieldError::new("/scopes", "scope_needed"));
    }
    let expires_at = wanted.expires_at.unwrap_or(tx.now.plus_seconds(LIFE));
    let latest = tx.now.plus_seconds(LIFE_MAX);
    if expires_at <= tx.now || expires_at > latest {
        invalid.push(FieldError::new("/expires_at", "token_end").with("latest", latest));
    }
    let competition = match &wanted.competition {
        None => None,
        Some(slug) => match competition(tx, actor, slug) {
            Err(Error::NotFound(_)) => {
                invalid.push(FieldError::new("/competition", "unknown_code").with("code", slug));
                None
            }
            found => Some(found?),
        },
    };
    invalid.into_result()?;
    if api_tokens::count(tx.conn, person.id, tx.now)? >= TOKENS_MAX {
        return Err(Conflict::new("too_many_tokens")
            .with("maximum", TOKENS_MAX)
            .into());
    }
    let token = api_token::spelled(&random::letters());
    let scopes = Scopes::new(&wanted.scopes).as_slice().to_vec();
    let new = NewToken {
        public_id: random::public_id(),
        user_id: person.id,
        name: wanted.name.trim().to_owned(),
        scopes: Json::new(scopes)?,
        competition_id: competition,
        token_hash: random::hash(&token),
        created_at: tx.now,
        expires_at,
    };
    api_tokens::insert(tx.conn, &new)?;
    let event = NewEvent {
        competition,
        actor: Some(person.id),
        action: "token",
        subject: format!("tokens/{}", new.public_id),
        details: json!({ "scopes": &*new.scopes, "expires_at": expires_at }),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    let shown = ApiToken {
        public_id: new.public_id,
        name: new.name,
        scopes: new.scopes,
        competition: wanted.competition.clone(),
        created_at: tx.now,
        expires_at,
        last_used_at: None,
    };
    Ok(Made { shown, token })
}

/// Revokes one of the caller's tokens.
///
/// # Errors
/// [`Error::NotFound`] when they have none with this id.
pub fn revoke(tx: &mut Tx<'_>, actor: &Actor, id: &PublicId) -> Result<()> {
    let person = access::personally(tx, actor, Action::ManageTokens)?;
    if !api_tokens::revoke(tx.conn, person.id, id, tx.now)? {
        return Err(Error::NotFound("token"));
    }
    let event = NewEvent {
        actor: Some(person.id),
        action: "token_revocation",
        subject: format!("tokens/{id}"),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)
}

/// The row of a token whose use is to be noted, for the token that a request came with; `None` when that was done a moment
/// ago.
///
/// # Errors
/// [`Unauthenticated::Token`] when it is not good.
pub fn unnoted(tx: &mut Tx<'_>, hash: &str) -> Result<Option<i64>> {
    let live =
        api_tokens::live(tx.conn, hash, tx.now)?.ok_or(Error::Unauthenticated(Unauthenticated::Token))?;
    let since = tx.now.plus_seconds(-NOTED_EVERY);
    Ok(live.last_used_at.is_none_or(|at| at < since).then_some(live.id))
}

/// Notes that a token was used.
///
/// # Errors
/// When the database fails.
pub fn note_use(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    api_tokens::note_use(tx.conn, id, tx.now, tx.now.plus_seconds(-NOTED_EVERY))
}

fn competition(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<CompetitionId> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ReadCompetition, &scene.relation(), "competition")?;
    Ok(scene.competition.id)
}
