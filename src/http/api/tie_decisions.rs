//! Ties that people decide.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::idempotency::write_once;
use crate::app::tie_decisions::{self, Decided, GroupAt, TieDecisionView};
use crate::domain::round::TieDecisionKind;
use crate::domain::text::{Code, Slug};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(list_tie_decisions).service(record_tie_decision);
}

/// How a tie was decided.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TieDecisionRequest {
    /// Who or what decided.
    kind: TieDecisionKind,
    /// The numbers of the tied entries, the best first.
    #[schema(example = json!([17, 25]))]
    order: Vec<i64>,
    /// Why, or how, 1 to 2,000 characters.
    #[schema(example = "The chair prefers the stronger technology")]
    reason: String,
}

/// The decisions about ties in a group.
#[derive(Debug, Serialize, ToSchema)]
struct TieDecisionsView {
    /// Oldest first; the newest that names all entries of a tie holds.
    items: Vec<TieDecisionView>,
}

/// A path to a group.
type GroupPath = web::Path<(Slug, Code, Code)>;

fn group_at(path: GroupPath) -> GroupAt {
    let (slug, round, group) = path.into_inner();
    GroupAt { slug, round, group }
}

/// The decisions about ties in a group.
#[utoipa::path(tag = "ballots", responses((status = 200, description = "The list", body = TieDecisionsView)),
    extensions(("x-action" = json!("read_standings"))))]
#[get("/competitions/{slug}/rounds/{round}/groups/{group}/tie-decisions")]
async fn list_tie_decisions(
    state: web::Data<State>,
    caller: Caller,
    path: GroupPath,
) -> Reply<TieDecisionsView> {
    let at = group_at(path);
    let items = state
        .app
        .read(move |tx| tie_decisions::list(tx, &caller.0, &at))
        .await?;
    Ok(Answer::ok(TieDecisionsView { items }))
}

/// Records how a tie was decided: by the chair, or by a lot.
#[utoipa::path(tag = "ballots", request_body = TieDecisionRequest,
    responses((status = 201, description = "The decision", body = TieDecisionView)),
    extensions(("x-action" = json!("decide"))))]
#[post("/competitions/{slug}/rounds/{round}/groups/{group}/tie-decisions")]
async fn record_tie_decision(
    state: web::Data<State>,
    caller: Caller,
    path: GroupPath,
    body: Body<TieDecisionRequest>,
) -> Reply<TieDecisionView> {
    let at = group_at(path);
    let TieDecisionRequest { kind, order, reason } = body.value;
    let decided = Decided { kind, order, reason };
    let actor = caller.0.clone();
    let view = write_once(&state.app, &caller.0, body.once, move |tx| {
        tie_decisions::record(tx, &actor, &at, &decided)
    })
    .await?;
    Ok(Answer::made(view))
}
