//! Ballots: a judge's own, and all of an entry.

use std::collections::BTreeMap;

use actix_web::{get, post, put, web};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::app::ballots::{self, JudgeBallots};
use crate::app::desk::{BallotView, Written};
use crate::app::place::EntryAt;
use crate::domain::codes::each_code_once;
use crate::domain::points::Given;
use crate::domain::round::BallotStatus;
use crate::domain::text::{Code, Slug};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, OptionalBody, Precondition};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(read_ballot)
        .service(save_ballot)
        .service(submit_ballot)
        .service(list_ballots);
}

/// What a judge writes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "marks": { "technology": "27.5", "business": "21", "market": "16.5", "team": "18" },
    "comment": "Strong pilot customers."
}))]
pub(super) struct BallotRequest {
    /// A mark for each criterion, as a decimal text or a plain number; a criterion without a mark is left out.
    #[schema(value_type = BTreeMap<String, Given>)]
    marks: Values,
    /// What you say about the entry, at most 10,000 characters.
    #[serde(default)]
    comment: Option<String>,
}

impl From<BallotRequest> for Written {
    fn from(request: BallotRequest) -> Self {
        Self {
            marks: request.marks.0,
            comment: request.comment,
        }
    }
}

/// A path to an entry in a round.
pub(super) type EntryPath = web::Path<(Slug, Code, i64)>;

/// The entry that a path names.
pub(super) fn entry_at(path: EntryPath) -> EntryAt {
    let (slug, round, entry) = path.into_inner();
    EntryAt { slug, round, entry }
}

/// Your ballot of an entry.
#[utoipa::path(tag = "ballots", responses((status = 200, description = "Your ballot", body = BallotView),
        (status = 304, description = "What you hold is current")),
    extensions(("x-action" = json!("judge"))))]
#[get("/competitions/{slug}/rounds/{round}/entries/{entry}/ballot")]
async fn read_ballot(state: web::Data<State>, caller: Caller, path: EntryPath) -> Reply<BallotView> {
    let at = entry_at(path);
    let ballot = state
        .app
        .read(move |tx| ballots::mine(tx, &caller.0, &at))
        .await?;
    let version = ballot.version;
    Ok(Answer::ok(ballot).version(version))
}

/// Saves your ballot as a draft. What you submitted before still counts until you submit again.
#[utoipa::path(tag = "ballots", request_body = BallotRequest, responses(
        (status = 200, description = "The draft", body = BallotView),
        (status = 201, description = "The first draft", body = BallotView)),
    extensions(("x-action" = json!("judge"))))]
#[put("/competitions/{slug}/rounds/{round}/entries/{entry}/ballot")]
async fn save_ballot(
    state: web::Data<State>,
    caller: Caller,
    path: EntryPath,
    from: Precondition,
    body: Body<BallotRequest>,
) -> Reply<BallotView> {
    let (at, written) = (entry_at(path), Written::from(body.value));
    let place = format!(
        "/api/v1/competitions/{}/rounds/{}/entries/{}/ballot",
        at.slug, at.round, at.entry
    );
    let changed = state
        .app
        .write(move |tx| ballots::save(tx, &caller.0, &at, from.version(), &written))
        .await?;
    let version = changed.ballot.version;
    let answer = if changed.is_new {
        Answer::created(place, changed.ballot)
    } else {
        Answer::ok(changed.ballot)
    };
    Ok(answer.version(version))
}

/// Submits your ballot: what you send now, or without a body what you saved. After closure it is kept as late.
#[utoipa::path(tag = "ballots", request_body = Option<BallotRequest>, responses(
        (status = 200, description = "The ballot, which counts", body = BallotView),
        (status = 202, description = "The ballot, kept as late: it counts only if it is accepted", body = BallotView),
        (status = 412, description = "It was changed since you read it"),
        (status = 428, description = "The version that the submission is based on is missing")),
    extensions(("x-action" = json!("judge")), ("x-precondition" = json!(true)), ("x-example" = json!({
        "200": { "status": "submitted", "counted": 3, "total": "83.0", "missing": [],
                 "marks": { "technology": "27.5", "business": "21.0", "market": "16.5", "team": "18.0" } },
        "202": { "status": "late", "total": "83.0", "missing": [],
                 "marks": { "technology": "27.5", "business": "21.0", "market": "16.5", "team": "18.0" } }
    }))))]
#[post("/competitions/{slug}/rounds/{round}/entries/{entry}/ballot/submission")]
async fn submit_ballot(
    state: web::Data<State>,
    caller: Caller,
    path: EntryPath,
    from: Precondition,
    body: OptionalBody<BallotRequest>,
) -> Reply<BallotView> {
    let (at, written) = (entry_at(path), body.0.map(Written::from));
    let changed = state
        .app
        .write(move |tx| ballots::submit(tx, &caller.0, &at, from.version(), written.as_ref()))
        .await?;
    Ok(handed_in(changed.ballot))
}

/// All ballots of an entry.
#[derive(Debug, Serialize, ToSchema)]
struct BallotsView {
    /// One for each judge of the entry, by their codes.
    items: Vec<JudgeBallots>,
}

/// All ballots of an entry with every version that was submitted; drafts stay with their judges.
#[utoipa::path(tag = "ballots", responses((status = 200, description = "The ballots", body = BallotsView)),
    extensions(("x-action" = json!("read_ballots"))))]
#[get("/competitions/{slug}/rounds/{round}/entries/{entry}/ballots")]
async fn list_ballots(state: web::Data<State>, caller: Caller, path: EntryPath) -> Reply<BallotsView> {
    let at = entry_at(path);
    let items = state
        .app
        .read(move |tx| ballots::of_entry(tx, &caller.0, &at))
        .await?;
    Ok(Answer::ok(BallotsView { items }))
}

/// 200 for a ballot that counts, 202 for one that came late.
pub(super) fn handed_in(ballot: BallotView) -> Answer<BallotView> {
    let version = ballot.version;
    let answer = match ballot.status {
        BallotStatus::Late => Answer::accepted(ballot),
        BallotStatus::Draft | BallotStatus::Submitted => Answer::ok(ballot),
    };
    answer.version(version)
}

/// Values by criterion. A criterion that stands twice is refused: no value replaces another one silently.
#[derive(Debug)]
pub(super) struct Values<V = Given>(pub(super) BTreeMap<String, V>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Values<V> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        each_code_once(d).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::http::parse::parse;

    #[test]
    fn marks_come_digit_for_digit_from_texts_and_numbers() {
        let body = br#"{"marks": {"a": "1,25", "b": 1.10, "c": 1e400, "d": null}}"#;
        let marks = parse::<BallotRequest>(body).unwrap().marks.0;
        let texts: Vec<_> = marks.values().map(Given::as_str).collect();
        assert_eq!(texts, ["1,25", "1.10", "1e400", "null"]);
    }

    #[test]
    fn a_criterion_that_stands_twice_is_refused() {
        let body = br#"{"marks": {"a": 1, "a": 2}}"#;
        assert!(matches!(
            parse::<BallotRequest>(body),
            Err(Error::Invalid(e)) if (e.0[0].pointer.as_str(), e.0[0].code) == ("/marks/a", "duplicate_key")
        ));
    }
}
