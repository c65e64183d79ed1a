//! Places that are offered, and the answers.

use actix_web::{get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::idempotency::write_once;
use crate::app::offers::{self, Asked, DuePlace, OfferAt, OfferView};
use crate::domain::offer::Due;
use crate::domain::text::{Code, Slug};
use crate::domain::time::Stamp;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Precondition};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(list_offers)
        .service(make_offers)
        .service(read_offer)
        .service(answer_offer)
        .service(extend_offer)
        .service(withdraw_offer);
}

/// What is offered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OffersRequest {
    /// The numbers of the entries; without a word all whose place is not offered yet.
    #[serde(default)]
    #[schema(example = json!([17, 25]))]
    entries: Option<Vec<i64>>,
    /// The first moment at which it is too late to answer.
    #[schema(example = "2026-07-08T01:00:00Z")]
    deadline: Stamp,
}

/// Whether the entry comes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OfferAnswerRequest {
    /// Whether it does.
    comes: bool,
    /// Why, at most 2,000 characters. Organizers who answer for the owner say how they know.
    #[serde(default)]
    #[schema(example = "We can't travel that week.")]
    reason: Option<String>,
}

/// More time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OfferDeadlineRequest {
    /// The first moment at which it is too late to answer; later than before.
    #[schema(example = "2026-07-10T01:00:00Z")]
    deadline: Stamp,
}

/// Why an offer is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OfferWithdrawalRequest {
    /// Why, 1 to 2,000 characters.
    #[schema(example = "It was offered to the wrong team.")]
    reason: String,
}

/// The offers of a round.
#[derive(Debug, Serialize, ToSchema)]
struct OffersView {
    /// All of them, in the order in which they were made.
    items: Vec<OfferView>,
    /// The places that are given and not offered.
    due: Vec<DueView>,
}

/// Offers that were made.
#[derive(Debug, Serialize, ToSchema)]
struct OffersMade {
    /// One for each place.
    items: Vec<OfferView>,
}

/// A place that is given and not offered.
#[derive(Debug, Serialize, ToSchema)]
struct DueView {
    /// Whose it is.
    #[serde(flatten)]
    due: Due,
    /// The entry's group.
    #[schema(value_type = String, example = "chengdu")]
    group: Code,
    /// Whether what is published says so: only then it can be offered.
    published: bool,
}

/// A path to the offer of a place to an entry.
type OfferPath = web::Path<(Slug, Code, i64)>;

fn offer_at(path: OfferPath) -> OfferAt {
    let (slug, round, entry) = path.into_inner();
    OfferAt { slug, round, entry }
}

fn tagged(view: OfferView) -> Answer<OfferView> {
    let version = view.version;
    // The state changes with the clock alone.
    Answer::ok(view).version_of_part(version)
}

/// The places that were offered by the result of a round, what was answered, and what is not offered yet.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round")),
    responses((status = 200, description = "The offers", body = OffersView)),
    extensions(("x-action" = json!("read_offers"))))]
#[get("/competitions/{slug}/rounds/{round}/offers")]
async fn list_offers(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
) -> Reply<OffersView> {
    let (slug, round) = path.into_inner();
    let found = state
        .app
        .read(move |tx| offers::list(tx, &caller.0, &slug, &round))
        .await?;
    let due = |DuePlace {
                   due,
                   group,
                   published,
               }| DueView {
        due,
        group,
        published,
    };
    Ok(Answer::ok(OffersView {
        items: found.offers,
        due: found.due.into_iter().map(due).collect(),
    }))
}

/// Offers places to those to whom the result gives them, with a deadline. Nobody is offered a place that they can't read of
/// in what is published.
#[utoipa::path(tag = "results", request_body = OffersRequest,
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round")),
    responses((status = 201, description = "The offers", body = OffersMade)),
    extensions(("x-action" = json!("offer"))))]
#[post("/competitions/{slug}/rounds/{round}/offers")]
async fn make_offers(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    body: Body<OffersRequest>,
) -> Reply<OffersMade> {
    let (slug, round) = path.into_inner();
    let OffersRequest { entries, deadline } = body.value;
    let asked = Asked {
        slug,
        round,
        entries,
        deadline,
    };
    let actor = caller.0.clone();
    let items = write_once(&state.app, &caller.0, body.once, move |tx| {
        offers::make(tx, &actor, &asked)
    })
    .await?;
    Ok(Answer::made(OffersMade { items }))
}

/// The offer of a place to an entry: the one that can still be answered, else the newest.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round"),
        ("entry" = i64, Path, description = "The entry")),
    responses((status = 200, description = "The offer", body = OfferView)),
    extensions(("x-action" = json!("read_offer"))))]
#[get("/competitions/{slug}/rounds/{round}/entries/{entry}/offer")]
async fn read_offer(state: web::Data<State>, caller: Caller, path: OfferPath) -> Reply<OfferView> {
    let at = offer_at(path);
    let view = state.app.read(move |tx| offers::one(tx, &caller.0, &at)).await?;
    Ok(tagged(view))
}

/// Says whether the entry comes: its owner until the deadline; an organizer for them, with a reason, until it is decided
/// without the entry. Who confirmed can still decline until the next round judges them.
#[utoipa::path(tag = "results", request_body = OfferAnswerRequest,
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round"),
        ("entry" = i64, Path, description = "The entry")),
    responses((status = 200, description = "The offer", body = OfferView)),
    extensions(("x-action" = json!("answer_offer"))))]
#[put("/competitions/{slug}/rounds/{round}/entries/{entry}/offer/answer")]
async fn answer_offer(
    state: web::Data<State>,
    caller: Caller,
    path: OfferPath,
    given: Precondition,
    body: Body<OfferAnswerRequest>,
) -> Reply<OfferView> {
    let at = offer_at(path);
    let OfferAnswerRequest { comes, reason } = body.value;
    let view = state
        .app
        .write(move |tx| {
            let said = (comes, reason.as_deref());
            offers::answer(tx, &caller.0, &at, given.version(), said)
        })
        .await?;
    Ok(tagged(view))
}

/// Gives more time for an offer that nobody answered, also after its deadline.
#[utoipa::path(tag = "results", request_body = OfferDeadlineRequest,
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round"),
        ("entry" = i64, Path, description = "The entry")),
    responses((status = 200, description = "The offer", body = OfferView)),
    extensions(("x-action" = json!("offer"))))]
#[put("/competitions/{slug}/rounds/{round}/entries/{entry}/offer/deadline")]
async fn extend_offer(
    state: web::Data<State>,
    caller: Caller,
    path: OfferPath,
    given: Precondition,
    body: Body<OfferDeadlineRequest>,
) -> Reply<OfferView> {
    let at = offer_at(path);
    let deadline = body.value.deadline;
    let view = state
        .app
        .write(move |tx| offers::extend(tx, &caller.0, &at, given.version(), deadline))
        .await?;
    Ok(tagged(view))
}

/// Takes an offer back that nobody answered. The entry keeps its place, which can be offered again.
#[utoipa::path(tag = "results", request_body = OfferWithdrawalRequest,
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round"),
        ("entry" = i64, Path, description = "The entry")),
    responses((status = 200, description = "The offer", body = OfferView)),
    extensions(("x-action" = json!("offer")), ("x-precondition" = json!(true))))]
#[post("/competitions/{slug}/rounds/{round}/entries/{entry}/offer/withdrawal")]
async fn withdraw_offer(
    state: web::Data<State>,
    caller: Caller,
    path: OfferPath,
    given: Precondition,
    body: Body<OfferWithdrawalRequest>,
) -> Reply<OfferView> {
    let at = offer_at(path);
    let reason = body.value.reason;
    let view = state
        .app
        .write(move |tx| offers::withdraw(tx, &caller.0, &at, given.version(), &reason))
        .await?;
    Ok(tagged(view))
}
