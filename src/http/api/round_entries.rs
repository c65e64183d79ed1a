//! Entries in a round.

use std::collections::BTreeMap;

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::round_entries::{self, EntryState};
use crate::domain::round::Participation;
use crate::domain::text::{Code, Slug, Text};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Params};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(list_round_entries)
        .service(disqualify_entry)
        .service(reinstate_entry);
}

/// What a list is limited to.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EntriesQuery {
    /// A group.
    #[param(value_type = Option<String>, example = "shanghai")]
    group: Option<Code>,
}

/// An entry in a round.
#[derive(Debug, Serialize, ToSchema)]
struct RoundEntryView {
    /// Its number.
    #[schema(example = 17)]
    entry: i64,
    /// Its title.
    title: Text,
    /// Its group.
    #[schema(example = "shanghai")]
    group: Code,
    /// How it takes part.
    status: Participation,
    /// Why it no longer does.
    status_reason: Option<String>,
    /// Recorded values by criterion; none for who judges in the group before it is closed.
    #[schema(example = json!({ "votes": "42.00" }))]
    recorded: BTreeMap<String, String>,
    /// The version of the recorded values; 0 while there are none.
    recorded_version: i64,
    /// The codes of the judges that mark it.
    #[schema(example = json!(["J1", "J2"]))]
    judges: Vec<String>,
}

/// Entries in a round.
#[derive(Debug, Serialize, ToSchema)]
struct RoundEntryList {
    /// By number.
    items: Vec<RoundEntryView>,
}

/// Why an entry is disqualified.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DisqualificationRequest {
    /// Why; it is shown with the result.
    #[schema(example = "The prototype was bought.", min_length = 1, max_length = 2000)]
    reason: String,
}

/// The entries of a round.
#[utoipa::path(tag = "rounds",
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final"), EntriesQuery),
    responses((status = 200, description = "The entries", body = RoundEntryList)),
    extensions(("x-action" = json!("read_progress"))))]
#[get("/competitions/{slug}/rounds/{code}/entries")]
async fn list_round_entries(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    query: Params<EntriesQuery>,
) -> Reply<RoundEntryList> {
    let (slug, code) = path.into_inner();
    let group = query.0.group;
    let entries = state
        .app
        .read(move |tx| round_entries::list(tx, &caller.0, &slug, &code, group.as_ref()))
        .await?;
    Ok(Answer::ok(RoundEntryList {
        items: entries.into_iter().map(view).collect(),
    }))
}

/// Takes an entry out of the ranking; its marks stay. Possible until it is decided who goes on.
#[utoipa::path(tag = "rounds", request_body = DisqualificationRequest,
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final"),
           ("n" = i64, Path, description = "The entry", example = 17)),
    responses((status = 200, description = "The entry", body = RoundEntryView)),
    extensions(("x-action" = json!("adjust"))))]
#[post("/competitions/{slug}/rounds/{code}/entries/{n}/disqualification")]
async fn disqualify_entry(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, i64)>,
    body: Body<DisqualificationRequest>,
) -> Reply<RoundEntryView> {
    let (slug, code, number) = path.into_inner();
    let reason = body.value.reason;
    let entry = state
        .app
        .write(move |tx| round_entries::disqualify(tx, &caller.0, (&slug, &code), number, &reason))
        .await?;
    Ok(Answer::ok(view(entry)))
}

/// Why a disqualification is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReinstatementRequest {
    /// Why; it is in the log.
    #[schema(example = "The jury heard the team.", min_length = 1, max_length = 2000)]
    reason: String,
}

/// Takes a disqualification back: the entry is ranked again by the marks that it has. Possible until it is decided who
/// goes on.
#[utoipa::path(tag = "rounds", request_body = ReinstatementRequest,
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final"),
           ("n" = i64, Path, description = "The entry", example = 17)),
    responses((status = 200, description = "The entry", body = RoundEntryView)),
    extensions(("x-action" = json!("adjust"))))]
#[post("/competitions/{slug}/rounds/{code}/entries/{n}/reinstatement")]
async fn reinstate_entry(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, i64)>,
    body: Body<ReinstatementRequest>,
) -> Reply<RoundEntryView> {
    let (slug, code, number) = path.into_inner();
    let reason = body.value.reason;
    let entry = state
        .app
        .write(move |tx| round_entries::reinstate(tx, &caller.0, (&slug, &code), number, &reason))
        .await?;
    Ok(Answer::ok(view(entry)))
}

fn view(state: EntryState) -> RoundEntryView {
    let EntryState {
        entry,
        group,
        recorded,
        judges,
    } = state;
    RoundEntryView {
        entry: entry.number,
        title: entry.title.into_inner(),
        group,
        status: entry.status,
        status_reason: entry.status_reason,
        recorded,
        recorded_version: entry.recorded_version,
        judges,
    }
}
