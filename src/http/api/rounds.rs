//! The rounds of a competition.

use actix_web::{get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::form::FormView;
use crate::app::idempotency::write_once;
use crate::app::rounds::{self, RoundInput, RoundState};
use crate::domain::round::{Phase, PublicList, Release};
use crate::domain::text::{Code, Slug, Text};
use crate::domain::time::Stamp;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Precondition};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(create_round)
        .service(list_rounds)
        .service(read_round)
        .service(update_round);
}

/// A round as an organizer describes it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoundRequest {
    /// Its name in addresses.
    #[schema(example = "semi-final")]
    code: Code,
    /// What it is called.
    title: Text,
    /// Whether it is judged before an audience: nobody sees standings of a group before it is closed.
    #[serde(default)]
    on_stage: bool,
    /// What contestants and the public learn of results once they are published; each word includes those before it.
    #[serde(default = "place")]
    release: Release,
    /// Whom a publication lists.
    #[serde(default = "all")]
    public_list: PublicList,
}

const fn place() -> Release {
    Release::Place
}

const fn all() -> PublicList {
    PublicList::All
}

/// A group of a round, in short.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GroupOfRound)]
pub(super) struct GroupSummary {
    /// Its name in addresses.
    #[schema(example = "shanghai")]
    code: Code,
    /// What it is called.
    title: Text,
    /// How far it is.
    phase: Phase,
}

/// A round.
#[derive(Debug, Serialize, ToSchema)]
struct RoundView {
    /// Its name in addresses.
    #[schema(example = "semi-final")]
    code: Code,
    /// What it is called.
    title: Text,
    /// Its place among the rounds, from 1.
    position: i64,
    /// Whether it is judged before an audience.
    on_stage: bool,
    /// What contestants and the public learn of results once they are published.
    release: Release,
    /// Whom a publication lists.
    public_list: PublicList,
    /// The version of its rules; 0 while it has none.
    rules_version: i64,
    /// Since when its rules are fixed.
    fixed_at: Option<Stamp>,
    /// How far it is: as far as its last group.
    phase: Phase,
    /// Its groups; to contestants and the public only those whose entries can be known by what was published.
    groups: Vec<GroupSummary>,
    /// What is marked and recorded for an entry; told of a single round that has rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<FormView>,
    /// Counts changes of what the organizers say of it.
    version: i64,
}

/// The rounds of a competition.
#[derive(Debug, Serialize, ToSchema)]
struct RoundList {
    /// In order.
    items: Vec<RoundView>,
}

/// Adds a round after all others.
#[utoipa::path(tag = "rounds", request_body = RoundRequest,
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026")),
    responses((status = 201, description = "The round", body = RoundView)),
    extensions(("x-action" = json!("edit_competition"))))]
#[post("/competitions/{slug}/rounds")]
async fn create_round(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    body: Body<RoundRequest>,
) -> Reply<RoundView> {
    let slug = path.into_inner();
    let input = input(body.value);
    let (actor, place) = (caller.0.clone(), slug.clone());
    let code = write_once(&state.app, &caller.0, body.once, move |tx| {
        rounds::create(tx, &actor, &place, &input)
    })
    .await?;
    let location = format!("/api/v1/competitions/{slug}/rounds/{code}");
    let round = state
        .app
        .read(move |tx| rounds::read(tx, &caller.0, &slug, &code))
        .await?;
    let version = round.round.version;
    Ok(Answer::created(location, view(round)).version(version))
}

/// The rounds of a competition, in order.
#[utoipa::path(tag = "rounds",
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026")),
    responses((status = 200, description = "The rounds", body = RoundList)),
    extensions(("x-action" = json!("read_competition"))))]
#[get("/competitions/{slug}/rounds")]
async fn list_rounds(state: web::Data<State>, caller: Caller, path: web::Path<Slug>) -> Reply<RoundList> {
    let slug = path.into_inner();
    let rounds = state
        .app
        .read(move |tx| rounds::list(tx, &caller.0, &slug))
        .await?;
    Ok(Answer::ok(RoundList {
        items: rounds.into_iter().map(view).collect(),
    }))
}

/// One round. Its tag is that of the last change by an organizer; phases change without it.
#[utoipa::path(tag = "rounds",
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final")),
    responses((status = 200, description = "The round", body = RoundView)),
    extensions(("x-action" = json!("read_competition"))))]
#[get("/competitions/{slug}/rounds/{code}")]
async fn read_round(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
) -> Reply<RoundView> {
    let (slug, code) = path.into_inner();
    let round = state
        .app
        .read(move |tx| rounds::read(tx, &caller.0, &slug, &code))
        .await?;
    let version = round.round.version;
    Ok(Answer::ok(view(round)).version_of_part(version))
}

/// Changes what is said of a round.
#[utoipa::path(tag = "rounds", request_body = RoundRequest,
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final")),
    responses((status = 200, description = "The round", body = RoundView)),
    extensions(("x-action" = json!("edit_competition"))))]
#[put("/competitions/{slug}/rounds/{code}")]
async fn update_round(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    seen: Precondition,
    body: Body<RoundRequest>,
) -> Reply<RoundView> {
    let (slug, code) = path.into_inner();
    let input = input(body.value);
    let round = state
        .app
        .write(move |tx| rounds::update(tx, &caller.0, (&slug, &code), seen.version(), &input))
        .await?;
    let version = round.round.version;
    Ok(Answer::ok(view(round)).version(version))
}

fn input(request: RoundRequest) -> RoundInput {
    let RoundRequest {
        code,
        title,
        on_stage,
        release,
        public_list,
    } = request;
    RoundInput {
        code,
        title,
        on_stage,
        release,
        public_list,
    }
}

fn view(state: RoundState) -> RoundView {
    let phase = state.phase();
    let RoundState { round, groups, rules } = state;
    let summary = |group: crate::store::rounds::Group| GroupSummary {
        code: group.code,
        title: group.title.into_inner(),
        phase: group.phase,
    };
    RoundView {
        code: round.code,
        title: round.title.into_inner(),
        position: round.position,
        on_stage: round.on_stage,
        release: round.release,
        public_list: round.public_list,
        rules_version: round.rules_version,
        fixed_at: round.fixed_at,
        phase,
        groups: groups.into_iter().map(summary).collect(),
        form: rules.as_deref().map(FormView::of),
        version: round.version,
    }
}
