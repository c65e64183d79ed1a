//! What waits for a second person.

use actix_web::{get, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::proposals;
use crate::app::two_persons::{Outcome, ProposalView};
use crate::domain::ids::PublicId;
use crate::domain::text::Slug;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Caller, Empty};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(list_proposals).service(withdraw_proposal);
}

/// What waits for a second person.
#[derive(Debug, Serialize, ToSchema)]
struct ProposalList {
    /// The oldest first.
    items: Vec<ProposalView>,
}

/// 202 for what waits for a second person, else what is answered for what is done.
pub(super) fn agreed<T, U>(outcome: Outcome<T>, done: impl FnOnce(T) -> Answer<U>) -> Answer<Outcome<U>> {
    match outcome {
        Outcome::Done(it) => done(it).map(Outcome::Done),
        Outcome::Proposed(proposal) => Answer::accepted(Outcome::Proposed(proposal)),
    }
}

/// What waits for a second person, in a competition that asks for two: as far as the caller may read what it is about.
/// Another person confirms a proposal by sending its `request` as it stands; it waits for 7 days. A newer proposal about the
/// same thing takes the place of an older one; only penalties and bonuses stand side by side.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The competition")),
    responses((status = 200, description = "The proposals", body = ProposalList)),
    extensions(("x-action" = json!("read_proposals"))))]
#[get("/competitions/{slug}/proposals")]
async fn list_proposals(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
) -> Reply<ProposalList> {
    let items = state
        .app
        .read(move |tx| proposals::list(tx, &caller.0, &path))
        .await?;
    Ok(Answer::ok(ProposalList { items }))
}

/// Takes a proposal back: whoever made it, or whoever could confirm it.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The competition"),
        ("proposal" = String, Path, description = "The proposal")),
    responses((status = 204, description = "It waits no longer")),
    extensions(("x-action" = json!("read_proposals"))))]
#[post("/competitions/{slug}/proposals/{proposal}/withdrawal")]
async fn withdraw_proposal(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, String)>,
    _body: Empty,
) -> Reply<()> {
    let (slug, id) = path.into_inner();
    state
        .app
        .write(move |tx| proposals::withdraw(tx, &caller.0, &slug, &PublicId(id.clone())))
        .await?;
    Ok(Answer::empty())
}
