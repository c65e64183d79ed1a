//! What is watched live: the board of a round, and how far a round is.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;

use super::standings::hash;
use super::{progress as progress_api, results as results_api};
use crate::app::actor::Actor;
use crate::app::guessing::network;
use crate::app::live::{Audience, Key, Look, Looker, Picture};
use crate::app::{Effect, Tx, progress, results};
use crate::domain::text::{Code, Lang, Slug};
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::client;
use crate::http::extract::{Caller, Language};
use crate::http::mount::Mount;
use crate::http::problem::Problem;
use crate::http::streams::{self, Owner, StreamEvent};

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(watch_results).service(watch_progress);
}

/// The published results of a round as they change: server-sent events. The stream begins with an event `results`, whose
/// data are what `…/results` answers now, and whose id is its tag; another one follows at each publication, within a
/// second. Whoever reads slowly gets the newest one next and misses those between. Comments keep the connection open. An
/// event `end` says by its `code` why there will be no more: the competition is hidden, or, with `busy`, the server stops;
/// then come back.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round")),
    responses((status = 200, description = "Events `results` and `end`", body = StreamEvent, content_type = "text/event-stream")),
    extensions(("x-action" = json!("read_results"))))]
#[get("/competitions/{slug}/rounds/{round}/results/live")]
async fn watch_results(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    Language(lang): Language,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (slug, round) = path.into_inner();
    let (actor, at) = (caller.0.clone(), (slug.clone(), round.clone()));
    let board = state
        .app
        .read(move |tx| results::board(tx, &actor, &at.0, &at.1))
        .await?;
    let owner = owner(&state, &request, board.account.map(|id| id.0));
    let slot = state.edge.streams().take(owner)?;
    // What everybody may see is looked at once for all, as a guest.
    let actor = if board.for_everybody {
        Actor::Guest
    } else {
        caller.0
    };
    let key = Key {
        what: format!("{slug}/{round}/results {}", lang.as_str()),
        audience: Audience::of(&actor),
    };
    let look = move || -> Arc<Looker> {
        Arc::new(move |tx, hangs| {
            let board = results::board(tx, &actor, &slug, &round)?;
            if hangs == Some(board.mark.as_str()) {
                return Ok(Look::Same);
            }
            let rests_on = vec![
                Effect::Published(board.competition),
                Effect::CompetitionChanged(board.competition),
                Effect::RoundChanged(board.round),
            ];
            let view = look_at_results(tx, &actor, (&slug, &round), lang)?;
            let (_, bytes) = frame("results", &view)?;
            Ok(Look::New(Picture {
                mark: board.mark,
                bytes,
                rests_on,
            }))
        })
    };
    let watcher = state.app.live().enter(&state.app, key, look)?;
    Ok(streams::respond(&request, watcher, slot))
}

fn look_at_results(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (slug, round): (&Slug, &Code),
    lang: Lang,
) -> Result<results_api::ResultsView> {
    let seen = results::of_round(tx, actor, slug, round)?;
    Ok(results_api::view(slug.clone(), seen, lang))
}

/// How far a round is, as it changes: server-sent events. The stream begins with an event `progress`, whose data are what
/// `…/progress` answers now; another one follows within a second of each change. Whoever reads slowly gets the newest one
/// next and misses those between. It ends with an event `end`, whose `code` says why, when you may not see it any more.
#[utoipa::path(tag = "judging",
    params(("slug" = String, Path, description = "The competition"), ("code" = String, Path, description = "The round")),
    responses((status = 200, description = "Events `progress` and `end`", body = StreamEvent, content_type = "text/event-stream")),
    extensions(("x-action" = json!("read_progress"))))]
#[get("/competitions/{slug}/rounds/{code}/progress/live")]
async fn watch_progress(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (slug, code) = path.into_inner();
    let (actor, at) = (caller.0.clone(), (slug.clone(), code.clone()));
    let account = state
        .app
        .read(move |tx| progress::watched_by(tx, &actor, &at.0, &at.1))
        .await?;
    let slot = state
        .edge
        .streams()
        .take(owner(&state, &request, Some(account.0)))?;
    let key = Key {
        what: format!("{slug}/{code}/progress"),
        audience: Audience::of(&caller.0),
    };
    let look = move || -> Arc<Looker> {
        Arc::new(move |tx, hangs| {
            let seen = progress::read(tx, &caller.0, &slug, &code)?;
            let mut rests_on = vec![
                Effect::RoundChanged(seen.round),
                Effect::CompetitionChanged(seen.competition),
            ];
            rests_on.extend(seen.groups.iter().map(|g| Effect::GroupChanged(g.group.id)));
            let (mark, bytes) = frame("progress", &progress_api::view(seen))?;
            if hangs == Some(mark.as_str()) {
                return Ok(Look::Same);
            }
            Ok(Look::New(Picture {
                mark,
                bytes,
                rests_on,
            }))
        })
    };
    let watcher = state.app.live().enter(&state.app, key, look)?;
    Ok(streams::respond(&request, watcher, slot))
}

/// An event with a view, and its id: the tag that the view has at its own address.
fn frame(name: &str, view: &impl Serialize) -> Result<(String, bytes::Bytes)> {
    let id = hash(view)?;
    let event = StreamEvent {
        id: Some(id.clone()),
        event: name.to_owned(),
        data: serde_json::to_string(view).map_err(Error::internal)?,
    };
    Ok((id, event.bytes()))
}

fn owner(state: &State, request: &HttpRequest, account: Option<String>) -> Owner {
    match account {
        Some(account) => Owner::Account(account),
        None => Owner::Address(network(client::address(request, &state.edge))),
    }
}
