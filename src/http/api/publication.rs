//! Publishing results.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::app::idempotency;
use crate::app::publication::{self, Asked, Kept};
use crate::app::two_persons::{Outcome, ProposalView};
use crate::domain::codes::each_code_once;
use crate::domain::publication::{PublicationState, Published};
use crate::domain::text::{Code, Slug};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller};
use crate::http::mount::Mount;
use crate::store::idempotency::Once;
use crate::store::publications::Publication;

use super::proposals::agreed;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(publish_group)
        .service(publish_round)
        .service(withdraw_publication)
        .service(list_publications)
        .service(read_publication);
}

/// The publication of one group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupPublicationRequest {
    /// The revision of the group's standings that the caller saw.
    #[schema(example = 412)]
    revision: i64,
    /// From when the public sees it; at once without a word.
    visible_at: Option<Stamp>,
    /// What a correction corrects; needed from the second publication of a group on.
    #[schema(example = "Entry 17 was found ineligible.", max_length = 2000)]
    note: Option<String>,
}

/// The publication of several groups of a round.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoundPublicationRequest {
    /// The groups with the revisions of their standings that the caller saw.
    #[serde(deserialize_with = "each_code_once")]
    #[schema(example = json!({ "shanghai": 412, "chengdu": 398 }))]
    revisions: BTreeMap<String, i64>,
    /// From when the public sees it; at once without a word.
    visible_at: Option<Stamp>,
    /// What a correction corrects; needed from the second publication of a group on.
    #[schema(example = "Entry 17 was found ineligible.", max_length = 2000)]
    note: Option<String>,
}

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
struct PublicationsMade {
    /// One for each group.
    publications: Vec<PublicationView>,
}

/// The publications of a group.
#[derive(Debug, Serialize, ToSchema)]
struct PublicationList {
    /// The oldest first.
    items: Vec<PublicationView>,
}

/// A publication by its number and hash.
#[derive(Debug, Serialize, ToSchema)]
struct PublicationView {
    /// The group.
    #[schema(value_type = String, example = "chengdu")]
    group: Code,
    /// Counts the publications of the group.
    number: i64,
    /// From when the public sees it.
    visible_at: Stamp,
    /// The SHA-256 of its bytes.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
    /// What a correction corrects.
    note: Option<String>,
    /// Whether it can be seen. The public is told of those that can.
    state: PublicationState,
    /// Why it was taken back before anybody could see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PublicationWithdrawalRequest {
    /// Why it is not published after all.
    #[schema(example = "A protest was lodged.", min_length = 1, max_length = 2000)]
    reason: String,
}

/// Publishes a group: at once, or from a given time on. What is published never changes; again, it is a correction,
/// which needs a note, lists what changed since the publication that the public sees, and takes the place of those that
/// nobody could see yet. A correction that changes nothing is refused, and so is a decision whose finalist left since.
#[utoipa::path(tag = "results", request_body = GroupPublicationRequest,
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round"),
        ("group" = String, Path, description = "The group")),
    responses((status = 201, description = "The publication", body = PublicationsMade),
        (status = 202, description = "It waits for a second person", body = ProposalView)),
    extensions(("x-action" = json!("publish"))))]
#[post("/competitions/{slug}/rounds/{round}/groups/{group}/publication")]
async fn publish_group(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, Code)>,
    body: Body<GroupPublicationRequest>,
) -> Reply<Outcome<PublicationsMade>> {
    let (slug, round, group) = path.into_inner();
    let asked = Asked {
        slug,
        round,
        revisions: BTreeMap::from([(group.to_string(), body.value.revision)]),
        visible_at: body.value.visible_at,
        note: body.value.note,
    };
    // A group of the address is no part of the body: an unknown one is not found.
    publish(&state, caller, asked, body.once)
        .await
        .map_err(|e| unknown_group(e).into())
}

/// Publishes several groups of a round together. A group of which the public sees the same already keeps its publication.
#[utoipa::path(tag = "results", request_body = RoundPublicationRequest,
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round")),
    responses((status = 201, description = "The publications", body = PublicationsMade),
        (status = 202, description = "It waits for a second person", body = ProposalView)),
    extensions(("x-action" = json!("publish"))))]
#[post("/competitions/{slug}/rounds/{round}/publication")]
async fn publish_round(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    body: Body<RoundPublicationRequest>,
) -> Reply<Outcome<PublicationsMade>> {
    let (slug, round) = path.into_inner();
    let asked = Asked {
        slug,
        round,
        revisions: body.value.revisions,
        visible_at: body.value.visible_at,
        note: body.value.note,
    };
    Ok(publish(&state, caller, asked, body.once).await?)
}

/// The publications of a group that can be seen; for organizers and observers those of later times, too.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round"),
        ("group" = String, Path, description = "The group")),
    responses((status = 200, description = "The publications", body = PublicationList)),
    extensions(("x-action" = json!("read_results"))))]
#[get("/competitions/{slug}/rounds/{round}/groups/{group}/publications")]
async fn list_publications(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, Code)>,
) -> Reply<PublicationList> {
    let (slug, round, group) = path.into_inner();
    let code = group.clone();
    let (all, now) = state
        .app
        .read(move |tx| {
            let all = publication::list(tx, &caller.0, &slug, &round, &code)?;
            Ok((all, tx.now))
        })
        .await?;
    Ok(Answer::ok(PublicationList {
        items: all.into_iter().map(|p| view(&group, p, now)).collect(),
    }))
}

fn view(group: &Code, publication: Publication, now: Stamp) -> PublicationView {
    PublicationView {
        group: group.clone(),
        number: publication.number,
        visible_at: publication.visible_at,
        state: publication.state(now),
        sha256: publication.sha256,
        note: publication.note,
        reason: publication.taken_back_reason,
    }
}

/// Takes a publication back that nobody could see yet, with a reason. One that can be seen is corrected by a new one.
#[utoipa::path(tag = "results", request_body = PublicationWithdrawalRequest,
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round"),
        ("group" = String, Path, description = "The group"), ("number" = i64, Path, description = "The publication")),
    responses((status = 200, description = "The publication", body = PublicationView)),
    extensions(("x-action" = json!("publish"))))]
#[post("/competitions/{slug}/rounds/{round}/groups/{group}/publications/{number}/withdrawal")]
async fn withdraw_publication(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, Code, i64)>,
    body: Body<PublicationWithdrawalRequest>,
) -> Reply<PublicationView> {
    let (slug, round, group, number) = path.into_inner();
    let (code, reason) = (group.clone(), body.value.reason);
    let (publication, now) = state
        .app
        .write(move |tx| {
            let at = (&round, &group, number);
            let publication = publication::withdraw(tx, &caller.0, &slug, at, &reason)?;
            Ok((publication, tx.now))
        })
        .await?;
    Ok(Answer::ok(view(&code, publication, now)))
}

/// The canonical bytes of a publication. The tag is their SHA-256.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round"),
        ("group" = String, Path, description = "The group"), ("number" = i64, Path, description = "The publication")),
    responses((status = 200, description = "The document", body = Published),
        (status = 304, description = "What you hold is current")),
    extensions(("x-action" = json!("read_results"))))]
#[get("/competitions/{slug}/rounds/{round}/groups/{group}/publications/{number}")]
async fn read_publication(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, Code, i64)>,
) -> Reply<Box<RawValue>> {
    let (slug, round, group, number) = path.into_inner();
    let publication = state
        .app
        .read(move |tx| publication::one(tx, &caller.0, &slug, (&round, &group), number))
        .await?;
    let bytes = RawValue::from_string(publication.document).map_err(Error::internal)?;
    Ok(Answer::ok(bytes).tag(&publication.sha256))
}

/// Makes the documents in a transaction that reads, publishes in one that writes.
async fn publish(
    state: &State,
    caller: Caller,
    asked: Asked,
    once: Option<Once>,
) -> Result<Answer<Outcome<PublicationsMade>>> {
    let (actor, asked) = (caller.0, Arc::new(asked));
    let kept: Outcome<Vec<Kept>> = match idempotency::kept(&state.app, &actor, once.as_ref()).await? {
        Some(answer) => answer,
        None => {
            let (reader, what) = (actor.clone(), Arc::clone(&asked));
            let prepared = state
                .app
                .read(move |tx| publication::prepare(tx, &reader, &what))
                .await?;
            let writer = actor.clone();
            idempotency::write_once(&state.app, &actor, once, move |tx| {
                publication::publish(tx, &writer, &asked, &prepared)
            })
            .await?
        }
    };
    let view = |k: Kept| PublicationView {
        group: k.group,
        number: k.number,
        visible_at: k.visible_at,
        sha256: k.sha256,
        note: k.note,
        state: k.state,
        reason: None,
    };
    Ok(agreed(kept, |kept| {
        Answer::made(PublicationsMade {
            publications: kept.into_iter().map(view).collect(),
        })
    }))
}

fn unknown_group(error: Error) -> Error {
    match error {
        Error::Invalid(invalid) if invalid.0.iter().any(|e| e.code == "unknown_group") => {
            Error::NotFound("group")
        }
        other => other,
    }
}
