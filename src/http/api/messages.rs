//! What waits to be sent, for those who look after the instance.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::messages;
use crate::domain::ids::PublicId;
use crate::domain::letter::MessageState;
use crate::domain::time::Stamp;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{self, Caller, Empty, Params};
use crate::http::mount::Mount;
use crate::store::outbox::Notice;
use crate::store::page::Limit;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(list_messages).service(redeliver_message);
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MessageParams {
    /// Only those in this state.
    state: Option<MessageState>,
    /// Where the last page ended.
    cursor: Option<String>,
    /// The most messages: 1 to 200, 50 unless told otherwise.
    #[serde(default, deserialize_with = "extract::number")]
    limit: Option<usize>,
}

/// Some messages, the newest first.
#[derive(Debug, Serialize, ToSchema)]
struct MessagePage {
    /// The messages.
    items: Vec<MessageView>,
    /// What to give as `cursor` for those that follow; nothing when these are the last.
    next: Option<String>,
}

/// A message, without what it says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Message)]
struct MessageView {
    /// Its id; mails have it in their `Message-ID`.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// What it is about.
    #[schema(example = "invitation")]
    kind: String,
    /// For whom.
    #[schema(example = "wang.li@example.org")]
    recipient: Option<String>,
    /// How far it is.
    state: MessageState,
    /// How often it was tried.
    #[schema(example = 2)]
    attempts: i64,
    /// Why it failed last.
    #[schema(example = "connection refused")]
    last_error: Option<String>,
    /// When it was written.
    created_at: Stamp,
    /// When it is tried next, while it waits.
    due_at: Option<Stamp>,
}

/// What was sent in the last 30 days, what waits, and what can't be delivered.
#[utoipa::path(tag = "accounts", params(MessageParams),
    responses((status = 200, description = "The messages", body = MessagePage)),
    extensions(("x-action" = json!("manage_messages"))))]
#[get("/messages")]
async fn list_messages(
    state: web::Data<State>,
    caller: Caller,
    params: Params<MessageParams>,
) -> Reply<MessagePage> {
    let MessageParams {
        state: wanted,
        cursor,
        limit,
    } = params.0;
    let limit = Limit::new(limit)?;
    let page = state
        .app
        .read(move |tx| messages::list(tx, &caller.0, wanted, cursor.as_deref(), limit))
        .await?;
    Ok(Answer::ok(MessagePage {
        items: page.items.into_iter().map(view).collect(),
        next: page.next,
    }))
}

/// Has a message sent again that was given up.
#[utoipa::path(tag = "accounts", responses((status = 204, description = "It will be tried again"),
        (status = 409, description = "It waits, was delivered, or has come to its end")),
    extensions(("x-action" = json!("manage_messages")), ("x-repeatable" = json!(false))))]
#[post("/messages/{id}/redelivery")]
async fn redeliver_message(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    _body: Empty,
) -> Reply<()> {
    let id = PublicId(path.into_inner());
    state
        .app
        .write(move |tx| messages::redeliver(tx, &caller.0, &id))
        .await?;
    Ok(Answer::empty())
}

fn view(notice: Notice) -> MessageView {
    MessageView {
        id: notice.public_id.0,
        kind: notice.kind,
        recipient: notice.recipient,
        state: notice.state,
        attempts: notice.attempts,
        last_error: notice.last_error,
        created_at: notice.created_at,
        due_at: (notice.state == MessageState::Waiting).then_some(notice.due_at),
    }
}
