//! Entries.

use actix_web::{get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::dossier::EntryView;
use crate::app::entry_lists::{self, Order, Wanted};
use crate::app::{entries, idempotency, submissions};
use crate::domain::entry::{Draft, EntryStatus};
use crate::domain::text::{Code, Slug};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{self, Body, Caller, Empty, Language, OptionalBody, Params, Precondition};
use crate::http::mount::Mount;
use crate::store::page::{Limit, Page};

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(create_entry)
        .service(list_entries)
        .service(read_entry)
        .service(change_entry)
        .service(submit_entry)
        .service(withdraw_entry);
}

/// Which entries, and which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EntryParams {
    /// Only entries that are this far.
    status: Option<EntryStatus>,
    /// Only entries of this track.
    track: Option<Code>,
    /// Only entries of this region.
    region: Option<Code>,
    /// Only entries with this in the title, in either language, or with this number.
    q: Option<String>,
    /// By `number` (unless told otherwise) or by `title` in the language asked for.
    #[param(inline)]
    sort: Option<Order>,
    /// The most items of a page: 1 to 200, 50 unless told otherwise.
    #[serde(default, deserialize_with = "extract::number")]
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// One page of entries.
#[derive(Debug, Serialize, ToSchema)]
struct EntryPage {
    /// The entries of this page.
    items: Vec<EntryView>,
    /// The cursor of the next page; nothing when this is the last.
    next: Option<String>,
}

/// Why an entry is withdrawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WithdrawalRequest {
    /// Why, if you want to say so.
    #[serde(default)]
    #[schema(example = "The team moved abroad.")]
    reason: Option<String>,
}

/// The entries that you may read: all in your regions as organizer, clerk or observer, else your own.
#[utoipa::path(tag = "entries", params(EntryParams),
    responses((status = 200, description = "A page", body = EntryPage)),
    extensions(("x-action" = json!("list_entries"))))]
#[get("/competitions/{slug}/entries")]
async fn list_entries(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    params: Params<EntryParams>,
    language: Language,
) -> Reply<EntryPage> {
    let EntryParams {
        status,
        track,
        region,
        q,
        sort,
        limit,
        cursor,
    } = params.0;
    let sort = sort.unwrap_or(Order::Number);
    let wanted = Wanted {
        status,
        track,
        region,
        q,
        sort,
        lang: language.0,
    };
    let limit = Limit::new(limit)?;
    let Page { items, next } = state
        .app
        .read(move |tx| entry_lists::list(tx, &caller.0, &path, &wanted, cursor.as_deref(), limit))
        .await?;
    Ok(Answer::ok(EntryPage { items, next }))
}

/// Hands an entry in, inside the registration window.
#[utoipa::path(tag = "entries", responses((status = 200, description = "The entry", body = EntryView),
        (status = 422, description = "The entry lacks something; each place is named")),
    extensions(("x-action" = json!("edit_entry")), ("x-example" = json!({ "200": { "status": "submitted" } }))))]
#[post("/competitions/{slug}/entries/{number}/submission")]
async fn submit_entry(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, i64)>,
    _body: Empty,
) -> Reply<EntryView> {
    let (slug, number) = path.into_inner();
    let demands = state.demands;
    let view = state
        .app
        .write(move |tx| submissions::submit(tx, &demands, &caller.0, &slug, number))
        .await?;
    let version = view.version;
    Ok(Answer::ok(view).version(version))
}

/// Takes an entry back. It leaves the rounds that are not decided yet.
#[utoipa::path(tag = "entries", request_body = WithdrawalRequest,
    responses((status = 200, description = "The entry", body = EntryView)),
    extensions(("x-action" = json!("withdraw_entry")), ("x-example" = json!({ "200": { "status": "withdrawn" } }))))]
#[post("/competitions/{slug}/entries/{number}/withdrawal")]
async fn withdraw_entry(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, i64)>,
    body: OptionalBody<WithdrawalRequest>,
) -> Reply<EntryView> {
    let ((slug, number), reason) = (path.into_inner(), body.0.and_then(|b| b.reason));
    let view = state
        .app
        .write(move |tx| submissions::withdraw(tx, &caller.0, &slug, number, reason.as_deref()))
        .await?;
    let version = view.version;
    Ok(Answer::ok(view).version(version))
}

/// Drafts an entry of your own, inside the registration window.
#[utoipa::path(tag = "entries", request_body = Draft,
    responses((status = 201, description = "The draft", body = EntryView)),
    extensions(("x-action" = json!("create_entry")), ("x-example" = json!({ "201": { "status": "draft" } }))))]
#[post("/competitions/{slug}/entries")]
async fn create_entry(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    body: Body<Draft>,
) -> Reply<EntryView> {
    let (slug, draft, actor) = (path.into_inner(), body.value, caller.0.clone());
    let here = format!("/api/v1/competitions/{slug}/entries");
    let made = idempotency::write_once(&state.app, &caller.0, body.once, move |tx| {
        entries::create(tx, &actor, &slug, &draft)
    })
    .await?;
    let version = made.version;
    Ok(Answer::created(format!("{here}/{}", made.number), made).version(version))
}

/// One entry, as far as you may see it.
#[utoipa::path(tag = "entries", responses((status = 200, description = "The entry", body = EntryView),
        (status = 304, description = "What you hold is current")),
    extensions(("x-action" = json!("read_entry"))))]
#[get("/competitions/{slug}/entries/{number}")]
async fn read_entry(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, i64)>,
) -> Reply<EntryView> {
    let (slug, number) = path.into_inner();
    let view = state
        .app
        .read(move |tx| entries::read(tx, &caller.0, &slug, number))
        .await?;
    let version = view.version;
    Ok(Answer::ok(view).version(version))
}

/// Sets what an entry says.
#[utoipa::path(tag = "entries", request_body = Draft,
    responses((status = 200, description = "The entry", body = EntryView)),
    extensions(("x-action" = json!("edit_entry"))))]
#[put("/competitions/{slug}/entries/{number}")]
async fn change_entry(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, i64)>,
    base: Precondition,
    body: Body<Draft>,
) -> Reply<EntryView> {
    let ((slug, number), draft) = (path.into_inner(), body.value);
    let view = state
        .app
        .write(move |tx| entries::change(tx, &caller.0, &slug, number, base.version(), &draft))
        .await?;
    let version = view.version;
    Ok(Answer::ok(view).version(version))
}
