//! The log of changes.

use std::sync::Arc;

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::app::changes;
use crate::domain::text::Slug;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{self, Caller, Params};
use crate::http::mount::Mount;
use crate::store::events::Event;
use crate::store::page::Limit;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(list_changes);
}

/// Which part of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ChangeParams {
    /// The id of the last change that you have; without it, the log begins at its beginning.
    after: Option<String>,
    /// The most changes: 1 to 200, 50 unless told otherwise.
    #[serde(default, deserialize_with = "extract::number")]
    limit: Option<usize>,
}

/// A part of the log, oldest first.
#[derive(Debug, Serialize, ToSchema)]
struct ChangePage {
    /// The changes.
    items: Vec<Change>,
    /// What to give as `after` for those that follow; nothing when there are none yet.
    next: Option<String>,
}

/// A change.
#[derive(Debug, Serialize, ToSchema)]
struct Change {
    /// Its id, good as `after` in the log of this competition. It says nothing of the order.
    #[schema(example = "hK3x0VbQm7Zt2NfWq2hFJ0n8Zx4Wc1yK7vTm3ARd5LsUeYpG")]
    id: String,
    /// When.
    at: Stamp,
    /// Who; nobody for what the server itself did.
    actor: Option<ChangeActor>,
    /// What was done.
    #[schema(example = "submission")]
    action: String,
    /// To what.
    #[schema(example = "entries/25")]
    subject: String,
    /// The version before.
    version_from: Option<i64>,
    /// The version after.
    version_to: Option<i64>,
    /// Small facts.
    #[schema(value_type = Object)]
    details: serde_json::Value,
}

/// Who changed something.
#[derive(Debug, Serialize, ToSchema)]
struct ChangeActor {
    /// The person's id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// What they are called.
    #[schema(example = "Wang Li")]
    name: String,
}

/// What was changed, by whom and when.
#[utoipa::path(tag = "competitions", params(ChangeParams),
    responses((status = 200, description = "A part of the log", body = ChangePage)),
    extensions(("x-action" = json!("read_log"))))]
#[get("/competitions/{slug}/changes")]
async fn list_changes(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    params: Params<ChangeParams>,
) -> Reply<ChangePage> {
    let ChangeParams { after, limit } = params.0;
    let limit = Limit::new(limit)?;
    let keys = Arc::clone(&state.keys);
    let events = state
        .app
        .read(move |tx| changes::list(tx, &caller.0, keys.bookmarks(), &path, after.as_deref(), limit))
        .await?;
    let more = i64::try_from(events.len()).is_ok_and(|n| n >= limit.with_one_more());
    let shown = events.len().saturating_sub(usize::from(more));
    let items = events
        .into_iter()
        .take(shown)
        .map(view)
        .collect::<Result<Vec<_>>>()?;
    let next = items.last().filter(|_| more).map(|change| change.id.clone());
    Ok(Answer::ok(ChangePage { items, next }))
}

fn view((id, event): (String, Event)) -> Result<Change> {
    // Where nothing was to be said, some lines say null.
    let details: Value = serde_json::from_str(&event.details).map_err(Error::internal)?;
    let details = if details.is_object() { details } else { json!({}) };
    Ok(Change {
        id,
        at: event.at,
        actor: event.actor.map(|(id, name)| ChangeActor { id: id.0, name }),
        action: event.action,
        subject: event.subject,
        version_from: event.version_from,
        version_to: event.version_to,
        details,
    })
}
