//! A competition's tracks and regions.

use actix_web::{get, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::divisions::{self, Kind};
use crate::app::prospectus::DivisionView;
use crate::domain::text::Slug;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Precondition};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(read_tracks)
        .service(replace_tracks)
        .service(read_regions)
        .service(replace_regions);
}

/// Tracks or regions, in order.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "items": [
    { "code": "new-energy", "name": { "en": "New energy", "zh": "新能源" } },
    { "code": "biomedicine", "name": { "en": "Biomedicine", "zh": "生物医药" } },
] }))]
struct Divisions {
    /// The list.
    items: Vec<DivisionView>,
}

/// The tracks; the tag is the competition's version.
#[utoipa::path(tag = "competitions", responses((status = 200, description = "The tracks", body = Divisions),
        (status = 304, description = "What you hold is current")),
    extensions(("x-action" = json!("read_competition"))))]
#[get("/competitions/{slug}/tracks")]
async fn read_tracks(state: web::Data<State>, caller: Caller, path: web::Path<Slug>) -> Reply<Divisions> {
    read(&state, caller, path, Kind::Tracks).await
}

/// Sets the tracks, in order. One that an entry has can't be taken away.
#[utoipa::path(tag = "competitions", request_body = Divisions,
    responses((status = 200, description = "The tracks", body = Divisions)),
    extensions(("x-action" = json!("edit_competition"))))]
#[put("/competitions/{slug}/tracks")]
async fn replace_tracks(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    base: Precondition,
    body: Body<Divisions>,
) -> Reply<Divisions> {
    replace(&state, caller, path, Kind::Tracks, base, body).await
}

/// The regions; the tag is the competition's version.
#[utoipa::path(tag = "competitions", responses((status = 200, description = "The regions", body = Divisions),
        (status = 304, description = "What you hold is current")),
    extensions(("x-action" = json!("read_competition"))))]
#[get("/competitions/{slug}/regions")]
async fn read_regions(state: web::Data<State>, caller: Caller, path: web::Path<Slug>) -> Reply<Divisions> {
    read(&state, caller, path, Kind::Regions).await
}

/// Sets the regions, in order. One that an entry, a member or a group has can't be taken away.
#[utoipa::path(tag = "competitions", request_body = Divisions,
    responses((status = 200, description = "The regions", body = Divisions)),
    extensions(("x-action" = json!("edit_competition"))))]
#[put("/competitions/{slug}/regions")]
async fn replace_regions(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    base: Precondition,
    body: Body<Divisions>,
) -> Reply<Divisions> {
    replace(&state, caller, path, Kind::Regions, base, body).await
}

async fn read(state: &State, caller: Caller, path: web::Path<Slug>, kind: Kind) -> Reply<Divisions> {
    let (items, version) = state
        .app
        .read(move |tx| divisions::read(tx, &caller.0, &path, kind))
        .await?;
    Ok(Answer::ok(Divisions { items }).version(version))
}

async fn replace(
    state: &State,
    caller: Caller,
    path: web::Path<Slug>,
    kind: Kind,
    base: Precondition,
    body: Body<Divisions>,
) -> Reply<Divisions> {
    let wanted = body.value.items;
    let (items, version) = state
        .app
        .write(move |tx| divisions::replace(tx, &caller.0, &path, kind, base.version(), &wanted))
        .await?;
    Ok(Answer::ok(Divisions { items }).version(version))
}
