//! Ballots on paper: typed by one person, confirmed by another.

use actix_web::{get, post, put, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ballots::{BallotRequest, handed_in};
use crate::app::desk::{BallotView, Written};
use crate::app::paper;
use crate::app::place::EntryAt;
use crate::domain::ids::PublicId;
use crate::domain::text::{Code, Slug};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Precondition};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(read_paper)
        .service(type_paper)
        .service(confirm_paper);
}

/// A path to a judge's ballot of an entry.
pub(super) type SheetPath = web::Path<(Slug, Code, i64, String)>;

/// The ballot that a path names.
pub(super) fn sheet_at(path: SheetPath) -> (EntryAt, PublicId) {
    let (slug, round, entry, judge) = path.into_inner();
    (EntryAt { slug, round, entry }, PublicId(judge))
}

/// Which state of the ballot was compared with the paper.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmationRequest {
    /// The version that you compared.
    #[schema(example = 1, minimum = 1)]
    version: i64,
}

/// What was typed from a judge's paper, for whoever confirms or corrects it.
#[utoipa::path(tag = "ballots", responses((status = 200, description = "What was typed", body = BallotView),
        (status = 304, description = "What you hold is current"),
        (status = 409, description = "The judge writes it on their own device")),
    extensions(("x-action" = json!("type_paper"))))]
#[get("/competitions/{slug}/rounds/{round}/entries/{entry}/ballots/{judge}")]
async fn read_paper(state: web::Data<State>, caller: Caller, path: SheetPath) -> Reply<BallotView> {
    let (at, judge) = sheet_at(path);
    let ballot = state
        .app
        .read(move |tx| paper::read(tx, &caller.0, &at, &judge))
        .await?;
    let version = ballot.version;
    Ok(Answer::ok(ballot).version(version))
}

/// Types what a judge wrote on paper. It counts once a second person has confirmed it.
#[utoipa::path(tag = "ballots", request_body = BallotRequest, responses(
        (status = 200, description = "What was typed", body = BallotView),
        (status = 201, description = "What was typed first", body = BallotView)),
    extensions(("x-action" = json!("type_paper"))))]
#[put("/competitions/{slug}/rounds/{round}/entries/{entry}/ballots/{judge}")]
async fn type_paper(
    state: web::Data<State>,
    caller: Caller,
    path: SheetPath,
    from: Precondition,
    body: Body<BallotRequest>,
) -> Reply<BallotView> {
    let ((at, judge), written) = (sheet_at(path), Written::from(body.value));
    let place = format!(
        "/api/v1/competitions/{}/rounds/{}/entries/{}/ballots/{judge}",
        at.slug, at.round, at.entry
    );
    let changed = state
        .app
        .write(move |tx| paper::type_in(tx, &caller.0, &at, &judge, from.version(), &written))
        .await?;
    let version = changed.ballot.version;
    let answer = if changed.is_new {
        Answer::created(place, changed.ballot)
    } else {
        Answer::ok(changed.ballot)
    };
    Ok(answer.version(version))
}

/// Confirms what somebody else typed from a judge's paper. After closure it is kept as late.
#[utoipa::path(tag = "ballots", request_body = ConfirmationRequest, responses(
        (status = 200, description = "The ballot, which counts", body = BallotView),
        (status = 202, description = "The ballot, kept as late: it counts only if it is accepted", body = BallotView),
        (status = 412, description = "It was changed since you read it")),
    extensions(("x-action" = json!("type_paper"))))]
#[post("/competitions/{slug}/rounds/{round}/entries/{entry}/ballots/{judge}/confirmation")]
async fn confirm_paper(
    state: web::Data<State>,
    caller: Caller,
    path: SheetPath,
    body: Body<ConfirmationRequest>,
) -> Reply<BallotView> {
    let ((at, judge), version) = (sheet_at(path), body.value.version);
    let changed = state
        .app
        .write(move |tx| paper::confirm(tx, &caller.0, &at, &judge, version))
        .await?;
    Ok(handed_in(changed.ballot))
}
