//! The list of one's sessions, and their end.

use actix_web::{delete, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::sessions::{self, SessionOf};
use crate::domain::ids::PublicId;
use crate::domain::session::SessionKind;
use crate::domain::text::Slug;
use crate::domain::time::Stamp;
use crate::error::Error;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Caller, Params};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(list_sessions)
        .service(end_session)
        .service(end_sessions);
}

/// One of your sessions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnSession)]
struct OwnSessionView {
    /// Its id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// How it was begun.
    kind: SessionKind,
    /// On what, in few words, as the client told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Chrome, Windows")]
    device: Option<String>,
    /// When it was begun.
    began_at: Stamp,
    /// When it was last kept up by its refresh token.
    last_used_at: Stamp,
    /// When it ends unless it is used.
    ends_at: Stamp,
    /// Whether it is the one that asks.
    current: bool,
    /// The only competition that it is good for, where a judge's link began it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "cup")]
    competition: Option<Slug>,
    /// The tablet of the hall on which it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Hall A, table 3")]
    tablet: Option<String>,
}

/// Your sessions.
#[derive(Debug, Serialize, ToSchema)]
struct SessionList {
    /// The newest first.
    items: Vec<OwnSessionView>,
}

/// Which sessions to end.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EndQuery {
    /// `true` keeps the session that asks.
    #[serde(default)]
    keep_current: Option<String>,
}

/// Your sessions that have not ended.
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The sessions", body = SessionList)),
    extensions(("x-action" = json!("manage_sessions"))))]
#[get("/me/sessions")]
async fn list_sessions(state: web::Data<State>, caller: Caller) -> Reply<SessionList> {
    let sessions = state.app.read(move |tx| sessions::list(tx, &caller.0)).await?;
    let shown = |session: SessionOf| OwnSessionView {
        id: session.id.0,
        kind: session.kind,
        device: session.device,
        began_at: session.began_at,
        last_used_at: session.last_used_at,
        ends_at: session.ends_at,
        current: session.current,
        competition: session.competition,
        tablet: session.tablet,
    };
    Ok(Answer::ok(SessionList {
        items: sessions.into_iter().map(shown).collect(),
    }))
}

/// Ends one of your sessions: whoever has it is out with the next request.
#[utoipa::path(tag = "accounts", responses((status = 204, description = "It has ended")),
    extensions(("x-action" = json!("manage_sessions"))))]
#[delete("/me/sessions/{id}")]
async fn end_session(state: web::Data<State>, caller: Caller, path: web::Path<String>) -> Reply<()> {
    let id = PublicId(path.into_inner());
    state
        .app
        .write(move |tx| sessions::end_one(tx, &caller.0, &id))
        .await?;
    Ok(Answer::empty())
}

/// Ends all your sessions.
#[utoipa::path(tag = "accounts", params(EndQuery), responses((status = 204, description = "They have ended")),
    extensions(("x-action" = json!("manage_sessions"))))]
#[delete("/me/sessions")]
async fn end_sessions(state: web::Data<State>, caller: Caller, query: Params<EndQuery>) -> Reply<()> {
    let keep_current = match query.0.keep_current.as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Error::invalid("?keep_current", "true_or_false").into()),
    };
    state
        .app
        .write(move |tx| sessions::end_all(tx, &caller.0, keep_current))
        .await?;
    Ok(Answer::empty())
}
