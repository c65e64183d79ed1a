//! Late ballots: accepted or left out.

use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::paper::{SheetPath, sheet_at};
use crate::app::late::{self, Decision, DecisionView};
use crate::app::two_persons::{Outcome, ProposalView};
use crate::domain::round::LateDecision;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller};
use crate::http::mount::Mount;

use super::proposals::agreed;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(accept_late_ballot);
}

/// What is decided about a late ballot.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcceptanceRequest {
    /// The late version.
    #[schema(example = 3, minimum = 1)]
    version: i64,
    /// Whether it counts.
    decision: LateDecision,
    /// Why, 1 to 2,000 characters.
    #[schema(example = "The network in the hall was down")]
    reason: String,
}

/// Accepts a late ballot, which then counts, or leaves it out. Nobody decides about their own.
#[utoipa::path(tag = "ballots", request_body = AcceptanceRequest,
    responses((status = 200, description = "What was decided", body = DecisionView),
        (status = 202, description = "It waits for a second person", body = ProposalView)),
    extensions(("x-action" = json!("decide"))))]
#[post("/competitions/{slug}/rounds/{round}/entries/{entry}/ballots/{judge}/acceptance")]
async fn accept_late_ballot(
    state: web::Data<State>,
    caller: Caller,
    path: SheetPath,
    body: Body<AcceptanceRequest>,
) -> Reply<Outcome<DecisionView>> {
    let (at, judge) = sheet_at(path);
    let AcceptanceRequest {
        version,
        decision,
        reason,
    } = body.value;
    let decision = Decision {
        version,
        decision,
        reason,
    };
    let view = state
        .app
        .write(move |tx| late::decide(tx, &caller.0, &at, &judge, &decision))
        .await?;
    Ok(agreed(view, Answer::ok))
}
