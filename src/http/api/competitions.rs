//! Competitions.

use actix_web::{get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::Tx;
use crate::app::actor::Actor;
use crate::app::competitions;
use crate::app::idempotency;
use crate::app::prospectus::CompetitionView;
use crate::app::two_persons::{Outcome, ProposalView};
use crate::domain::competition::{Settings, TeamLimits, Window};
use crate::domain::fields::Field;
use crate::domain::text::{Slug, Text};
use crate::domain::time::Stamp;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{self, Body, Caller, Empty, Language, Params, Precondition};
use crate::http::mount::Mount;
use crate::http::showcase;
use crate::store::competitions::Competition;
use crate::store::page::{Limit, Page};

use super::proposals::agreed;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(create_competition)
        .service(list_competitions)
        .service(read_competition)
        .service(change_competition)
        .service(publish_competition);
}

const ONE: &str = "/api/v1/competitions/{slug}";

/// A new competition.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "slug": "talents-cup", "name": { "en": "Talents Cup", "zh": "英才杯" }, "time_zone": "Asia/Shanghai",
    "registration": { "opens_at": "2026-05-01T00:00:00Z", "closes_at": "2026-06-30T16:00:00Z" },
    "blind": true, "team": { "min": 1, "max": 8 },
    "fields": [{ "code": "stage", "title": { "en": "Stage", "zh": "阶段" }, "kind": "choice", "required": true,
        "choices": [{ "code": "idea", "title": { "en": "Idea", "zh": "创意" } },
                    { "code": "product", "title": { "en": "Product", "zh": "产品" } }] }],
    "organizers": ["chen.jing@example.org"]
}))]
struct NewCompetition {
    /// Its name in addresses; fixed once it is published.
    slug: Slug,
    /// What it is called.
    name: Text,
    /// What it is about.
    #[serde(default)]
    description: Text,
    /// The IANA time zone that its deadlines are spoken in.
    time_zone: String,
    /// When contestants register; without it, only organizers enter projects.
    #[serde(default)]
    registration: Option<Window>,
    /// Whether judges see neither team nor owner, institution, country or answers that identify.
    #[serde(default)]
    blind: bool,
    /// How many people a team has.
    #[serde(default)]
    team: TeamLimits,
    /// What is asked of each entry beyond title, track, region and team.
    #[serde(default)]
    fields: Vec<Field>,
    /// Whether organizers may compare rules over real marks before they are published: without names, and logged.
    #[serde(default)]
    early_comparisons: bool,
    /// Whether closing, adjusting, recording values, correcting and publishing takes two persons: one proposes, another
    /// confirms by the same request.
    #[serde(default)]
    two_persons: bool,
    /// E-mail addresses of people with an account who are to organize it.
    #[serde(default)]
    organizers: Vec<String>,
}

/// A competition in a list.
#[derive(Debug, Serialize, ToSchema)]
struct CompetitionLine {
    /// Its name in addresses.
    #[schema(example = "talents-cup")]
    slug: Slug,
    /// What it is called.
    name: Text,
    /// What it is about.
    description: Text,
    /// The IANA time zone that its deadlines are spoken in.
    #[schema(example = "Asia/Shanghai")]
    time_zone: String,
    /// When contestants register.
    registration: Option<Window>,
    /// Since when the public sees it.
    published_at: Option<Stamp>,
    /// Counts changes.
    version: i64,
}

/// One page of competitions.
#[derive(Debug, Serialize, ToSchema)]
struct CompetitionPage {
    /// The competitions of this page.
    items: Vec<CompetitionLine>,
    /// The cursor of the next page; nothing when this is the last.
    next: Option<String>,
}

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageParams {
    /// The most items of a page: 1 to 200, 50 unless told otherwise.
    #[serde(default, deserialize_with = "extract::number")]
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Makes a competition and names its organizers.
#[utoipa::path(tag = "competitions", request_body = NewCompetition,
    responses((status = 201, description = "The competition", body = CompetitionView)),
    extensions(("x-action" = json!("create_competition"))))]
#[post("/competitions")]
async fn create_competition(
    state: web::Data<State>,
    caller: Caller,
    body: Body<NewCompetition>,
) -> Reply<CompetitionView> {
    let NewCompetition {
        slug,
        name,
        description,
        time_zone,
        registration,
        blind,
        team,
        fields,
        early_comparisons,
        two_persons,
        organizers,
    } = body.value;
    let settings = Settings {
        slug,
        name,
        description,
        time_zone,
        registration,
        blind,
        team,
        fields,
        early_comparisons,
        two_persons,
    };
    let actor = caller.0.clone();
    let made = idempotency::write_once(&state.app, &caller.0, body.once, move |tx| {
        competitions::create(tx, &actor, &settings, &organizers)
    })
    .await?;
    let version = made.version;
    Ok(Answer::created(format!("/api/v1/competitions/{}", made.slug), made).version(version))
}

/// The competitions that are published, and those that you are a member of or have an entry in; the newest first.
#[utoipa::path(tag = "competitions", params(PageParams),
    responses((status = 200, description = "A page", body = CompetitionPage),
        (status = 401, description = "A token came with the request, and is not valid")))]
#[get("/competitions")]
async fn list_competitions(
    state: web::Data<State>,
    caller: Caller,
    params: Params<PageParams>,
) -> Reply<CompetitionPage> {
    let PageParams { limit, cursor } = params.0;
    let limit = Limit::new(limit)?;
    let page = state
        .app
        .read(move |tx| competitions::list(tx, &caller.0, cursor.as_deref(), limit))
        .await?;
    let Page { items, next } = page.map(line);
    Ok(Answer::ok(CompetitionPage { items, next }))
}

/// One competition with its tracks, regions and rounds.
#[utoipa::path(tag = "competitions",
    responses((status = 200, description = "The competition", body = CompetitionView),
        (status = 304, description = "What you hold is current")),
    extensions(("x-action" = json!("read_competition"))))]
#[get("/competitions/{slug}")]
async fn read_competition(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    lang: Language,
) -> Reply<CompetitionView> {
    let slug = path.into_inner();
    if caller.0 != Actor::Guest {
        let read = move |tx: &mut Tx<'_>| competitions::read(tx, &caller.0, &slug);
        let (view, _) = state.app.read(read).await?;
        let version = view.version;
        return Ok(Answer::ok(view).version(version));
    }
    let address = format!("/api/v1/competitions/{slug}");
    let make = || async {
        let slug = slug.clone();
        let read = move |tx: &mut Tx<'_>| competitions::read(tx, &Actor::Guest, &slug);
        state.app.read(read).await
    };
    showcase::answer(&state, &caller, (&address, ONE), lang.0, make).await
}

/// Sets everything about a competition. A field or choice that an answer needs stays. That it asks for two persons is ended
/// by two, or by an admin.
#[utoipa::path(tag = "competitions", request_body = Settings,
    responses((status = 200, description = "The competition", body = CompetitionView),
        (status = 202, description = "It waits for a second person", body = ProposalView)),
    extensions(("x-action" = json!("edit_competition"))))]
#[put("/competitions/{slug}")]
async fn change_competition(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    base: Precondition,
    body: Body<Settings>,
) -> Reply<Outcome<CompetitionView>> {
    let settings = body.value;
    let view = state
        .app
        .write(move |tx| competitions::change(tx, &caller.0, &path, base.version(), &settings))
        .await?;
    Ok(agreed(view, |view| {
        let version = view.version;
        Answer::ok(view).version(version)
    }))
}

/// Shows a competition to the public from now on.
#[utoipa::path(tag = "competitions",
    responses((status = 200, description = "The competition", body = CompetitionView)),
    extensions(("x-action" = json!("edit_competition"))))]
#[post("/competitions/{slug}/publication")]
async fn publish_competition(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    _body: Empty,
) -> Reply<CompetitionView> {
    let view = state
        .app
        .write(move |tx| competitions::publish(tx, &caller.0, &path))
        .await?;
    let version = view.version;
    Ok(Answer::ok(view).version(version))
}

fn line(row: Competition) -> CompetitionLine {
    CompetitionLine {
        registration: row.window(),
        slug: row.slug,
        name: row.name.into_inner(),
        description: row.description.into_inner(),
        time_zone: row.time_zone,
        published_at: row.published_at,
        version: row.version,
    }
}
