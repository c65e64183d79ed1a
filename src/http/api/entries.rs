//! Entries.

use actix_web::{get, post, put, web};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::entries::{self, EntryView};
use crate::app::idempotency;
use crate::domain::entry::Draft;
use crate::domain::text::Slug;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Precondition};

/// Mounts the addresses of this file.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(create_entry)
        .service(read_entry)
        .service(change_entry);
}

/// Drafts an entry of your own, inside the registration window.
#[utoipa::path(tag = "entries", request_body = Draft,
    responses((status = 201, description = "The draft", body = EntryView)),
    extensions(("x-action" = json!("create_entry"))))]
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
#[utoipa::path(tag = "entries", responses((status = 200, description = "The entry", body = EntryView)),
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
