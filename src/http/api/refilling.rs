//! Letting reserves come in for those who left.

use std::sync::Arc;

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::advancement::refilling::{self, Asked, Place, Refilled, Vacancy};
use crate::app::idempotency;
use crate::app::offers::OfferView;
use crate::domain::text::{Code, Slug};
use crate::domain::time::Stamp;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(preview_refilling).service(refill);
}

/// Who comes in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefillingRequest {
    /// The number of the decision that the caller saw.
    #[schema(example = 1)]
    decision: i64,
    /// The numbers of the entries that would come in, as the caller saw them; none where nobody is left.
    #[schema(example = json!([3]))]
    entries: Vec<i64>,
    /// The first moment at which it is too late for them to answer; needed unless nobody comes in.
    #[serde(default)]
    #[schema(example = "2026-07-08T01:00:00Z")]
    deadline: Option<Stamp>,
}

/// Places that were left.
#[derive(Debug, Serialize, ToSchema)]
struct VacancyList {
    /// One for each decision whose places were left.
    items: Vec<VacancyView>,
}

/// Places of a decision that were left, and who would come in.
#[derive(Debug, Serialize, ToSchema)]
struct VacancyView {
    /// The decision's number.
    #[schema(example = 1)]
    decision: i64,
    /// The groups that it is about.
    groups: Vec<String>,
    /// Who left.
    left: Vec<Place>,
    /// Who would come in, in order.
    instead: Vec<Place>,
}

/// What was refilled.
#[derive(Debug, Serialize, ToSchema)]
struct RefilledView {
    /// The number of the new decision.
    #[schema(example = 2)]
    decision: i64,
    /// The numbers of those who left.
    #[schema(example = json!([1]))]
    left: Vec<i64>,
    /// The offers to those who come in.
    offers: Vec<OfferView>,
}

/// Who left since it was decided who goes on, and who would come in for them. Reading changes nothing.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round")),
    responses((status = 200, description = "The places that were left", body = VacancyList)),
    extensions(("x-action" = json!("read_offers"))))]
#[get("/competitions/{slug}/rounds/{round}/refilling")]
async fn preview_refilling(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
) -> Reply<VacancyList> {
    let (slug, round) = path.into_inner();
    let found = state
        .app
        .read(move |tx| refilling::preview(tx, &caller.0, &slug, &round))
        .await?;
    let view = |v: Vacancy| VacancyView {
        decision: v.decision,
        groups: v.groups,
        left: v.left,
        instead: v.instead,
    };
    Ok(Answer::ok(VacancyList {
        items: found.into_iter().map(view).collect(),
    }))
}

/// Decides again without those who left, and offers the places to those who come in. All others keep theirs. Say who comes
/// in as the preview shows it: if others would come meanwhile, nothing happens.
#[utoipa::path(tag = "results", request_body = RefillingRequest,
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round")),
    responses((status = 201, description = "What was refilled", body = RefilledView)),
    extensions(("x-action" = json!("offer"))))]
#[post("/competitions/{slug}/rounds/{round}/refilling")]
async fn refill(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    body: Body<RefillingRequest>,
) -> Reply<RefilledView> {
    let (slug, round) = path.into_inner();
    let RefillingRequest {
        decision,
        entries,
        deadline,
    } = body.value;
    let asked = Asked {
        slug,
        round,
        decision,
        entries,
        deadline,
    };
    let (actor, once) = (caller.0, body.once);
    let done: Refilled = match idempotency::kept(&state.app, &actor, once.as_ref()).await? {
        Some(answer) => answer,
        None => {
            let reader = actor.clone();
            let prepared = state
                .app
                .read(move |tx| refilling::prepare(tx, &reader, &asked))
                .await?;
            let (writer, prepared) = (actor.clone(), Arc::new(prepared));
            idempotency::write_once(&state.app, &actor, once, move |tx| {
                refilling::refill(tx, &writer, &prepared)
            })
            .await?
        }
    };
    Ok(Answer::made(RefilledView {
        decision: done.decision,
        left: done.left,
        offers: done.offers,
    }))
}
