//! Recorded values: what officials measured or counted.

use actix_web::{get, put, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ballots::{EntryPath, Values, entry_at};
use crate::app::recorded::{self, RecordedView};
use crate::app::two_persons::{Outcome, ProposalView};
use crate::domain::points::Given;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Precondition};
use crate::http::mount::Mount;

use super::proposals::agreed;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(read_recorded).service(set_recorded);
}

/// All recorded values of an entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "values": { "elements": "42.37" } }))]
struct RecordedRequest {
    /// A value for each recorded criterion, as a decimal text or a plain number; what is left out or null has none.
    #[schema(value_type = std::collections::BTreeMap<String, Given>)]
    values: Values<Option<Given>>,
}

/// The recorded values of an entry.
#[utoipa::path(tag = "ballots", responses((status = 200, description = "The values", body = RecordedView),
        (status = 304, description = "What you hold is current")),
    extensions(("x-action" = json!("read_recorded"))))]
#[get("/competitions/{slug}/rounds/{round}/entries/{entry}/recorded")]
async fn read_recorded(state: web::Data<State>, caller: Caller, path: EntryPath) -> Reply<RecordedView> {
    let at = entry_at(path);
    let view = state
        .app
        .read(move |tx| recorded::read(tx, &caller.0, &at))
        .await?;
    let version = view.version;
    Ok(Answer::ok(view).version(version))
}

/// Sets the recorded values of an entry, all of them, while its group is in draft or open.
#[utoipa::path(tag = "ballots", request_body = RecordedRequest, responses(
        (status = 200, description = "The values", body = RecordedView),
        (status = 201, description = "The first values", body = RecordedView),
        (status = 202, description = "It waits for a second person", body = ProposalView)),
    extensions(("x-action" = json!("type_paper"))))]
#[put("/competitions/{slug}/rounds/{round}/entries/{entry}/recorded")]
async fn set_recorded(
    state: web::Data<State>,
    caller: Caller,
    path: EntryPath,
    from: Precondition,
    body: Body<RecordedRequest>,
) -> Reply<Outcome<RecordedView>> {
    let (at, values) = (entry_at(path), body.value.values.0);
    let place = format!(
        "/api/v1/competitions/{}/rounds/{}/entries/{}/recorded",
        at.slug, at.round, at.entry
    );
    let outcome = state
        .app
        .write(move |tx| recorded::set(tx, &caller.0, &at, from.version(), &values))
        .await?;
    Ok(agreed(outcome, |(view, is_new)| {
        let version = view.version;
        let answer = if is_new {
            Answer::created(place, view)
        } else {
            Answer::ok(view)
        };
        answer.version(version)
    }))
}
