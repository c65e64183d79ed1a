//! Closing a group, and taking that back.

use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::closure::Seen;
use crate::app::tabulation::GroupPath;
use crate::app::two_persons::{Outcome, ProposalView};
use crate::app::{closure, reopening};
use crate::domain::invalid::FieldError;
use crate::domain::round::Phase;
use crate::domain::text::{Code, Slug};
use crate::error::Result;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Language};
use crate::http::mount::Mount;
use crate::words::views::WarningView;

use super::proposals::agreed;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(close_group).service(reopen_group);
}

/// What the caller saw, as progress and standings tell it: at least one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "revision": 412 }))]
struct ClosureRequest {
    /// The revision of the group that the caller saw. With it a single ballot that was handed in since refuses the
    /// closure.
    #[schema(example = 412)]
    #[serde(default)]
    revision: Option<i64>,
    /// The basis of the group that the caller saw. With it alone the group is closed over whatever was handed in before,
    /// however fast the ballots come.
    #[schema(example = 239)]
    #[serde(default)]
    basis: Option<i64>,
}

impl ClosureRequest {
    fn seen(&self) -> Result<Seen> {
        let Self { revision, basis } = *self;
        if revision.is_none() && basis.is_none() {
            return Err(FieldError::new("/revision", "missing_field")
                .with("field", "revision")
                .into());
        }
        Ok(Seen { revision, basis })
    }
}

/// A closed group.
#[derive(Debug, Serialize, ToSchema)]
struct ClosureView {
    /// The group.
    #[schema(value_type = String, example = "chengdu")]
    group: Code,
    /// `closed`.
    phase: Phase,
    /// The revision of its standings.
    revision: i64,
    /// Ballots that never came.
    missing: Vec<MissingBallot>,
    /// What somebody should look at.
    warnings: Vec<WarningView>,
}

/// A ballot that never came.
#[derive(Debug, Serialize, ToSchema)]
struct MissingBallot {
    /// The entry's number.
    #[schema(example = 25)]
    entry: i64,
    /// The judge's code.
    #[schema(example = "J3")]
    judge: String,
    /// Said when the judge was no judge of the competition, or of the entry's region, any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    vacant: bool,
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReopeningRequest {
    /// Why marks are taken again.
    #[schema(example = "A sheet of paper was found.", min_length = 1, max_length = 2000)]
    reason: String,
}

/// A group that takes marks again.
#[derive(Debug, Serialize, ToSchema)]
struct ReopeningView {
    /// The group.
    #[schema(value_type = String, example = "chengdu")]
    group: Code,
    /// `open`.
    phase: Phase,
    /// The revision of what is counted.
    revision: i64,
    /// Publications that nobody could see yet, and that were taken back.
    taken_back: Vec<TakenBack>,
}

/// A publication that was taken back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicationTakenBack)]
struct TakenBack {
    /// The group.
    #[schema(value_type = String, example = "chengdu")]
    group: Code,
    /// The publication.
    number: i64,
}

/// Closes a group: its marks are fixed and its standings kept. A ballot that comes later is kept as late. Name the
/// `revision` to close what you saw and nothing else; name the `basis` to close while judges still hand in.
#[utoipa::path(tag = "results", request_body = ClosureRequest,
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round"),
        ("group" = String, Path, description = "The group")),
    responses((status = 200, description = "The closed group, with what is missing", body = ClosureView),
        (status = 202, description = "It waits for a second person", body = ProposalView)),
    extensions(("x-action" = json!("run_group"))))]
#[post("/competitions/{slug}/rounds/{round}/groups/{group}/closure")]
async fn close_group(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, Code)>,
    lang: Language,
    body: Body<ClosureRequest>,
) -> Reply<Outcome<ClosureView>> {
    let seen = body.value.seen()?;
    let closed = closure::close(&state.app, caller.0, group_path(path), seen).await?;
    let missing = |m: crate::store::tabulation::Missing| MissingBallot {
        entry: m.entry,
        judge: m.judge,
        vacant: !m.awaited,
    };
    Ok(agreed(closed, |closed| {
        Answer::ok(ClosureView {
            group: closed.group,
            phase: Phase::Closed,
            revision: closed.revision,
            missing: closed.missing.into_iter().map(missing).collect(),
            warnings: WarningView::all(&closed.warnings, lang.0),
        })
    }))
}

/// Opens a closed, decided or published group again, with a reason: the first step of a correction. A decision who goes on
/// falls, for every group that it spans. The public sees what is published until a correction takes its place; what nobody
/// could see yet is taken back. Then follow closure, advancement and publication as usual.
#[utoipa::path(tag = "results", request_body = ReopeningRequest,
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round"),
        ("group" = String, Path, description = "The group")),
    responses((status = 200, description = "The open group", body = ReopeningView),
        (status = 202, description = "It waits for a second person", body = ProposalView)),
    extensions(("x-action" = json!("run_group"))))]
#[post("/competitions/{slug}/rounds/{round}/groups/{group}/reopening")]
async fn reopen_group(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, Code)>,
    body: Body<ReopeningRequest>,
) -> Reply<Outcome<ReopeningView>> {
    let path = group_path(path);
    let reason = body.value.reason;
    let open = state
        .app
        .write(move |tx| reopening::reopen(tx, &caller.0, &path, &reason))
        .await?;
    let taken_back = |(group, number)| TakenBack { group, number };
    Ok(agreed(open, |open| {
        Answer::ok(ReopeningView {
            group: open.group,
            phase: Phase::Open,
            revision: open.revision,
            taken_back: open.taken_back.into_iter().map(taken_back).collect(),
        })
    }))
}

/// The group that an address names.
fn group_path(path: web::Path<(Slug, Code, Code)>) -> GroupPath {
    let (slug, round, group) = path.into_inner();
    GroupPath { slug, round, group }
}
