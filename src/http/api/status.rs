//! How far an entry is, in words.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::status::{self, ResultOf, StatusOf};
use crate::domain::publication::{PublicOutcome, Released};
use crate::domain::status::{EntryState, StatusCode};
use crate::domain::text::{Code, Lang, Slug, Text};
use crate::domain::time::Stamp;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Caller, Language};
use crate::http::mount::Mount;
use crate::words;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(read_status).service(my_entries);
}

/// How far an entry is. Nothing in it comes from what is not published.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EntryStatusView {
    /// The word.
    code: StatusCode,
    /// The round that it is about; for `advanced` the one that the entry goes on to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "semi-final")]
    round: Option<Code>,
    /// What it is invited to beside the next round.
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<Text>,
    /// Its turn among the reserves.
    #[serde(skip_serializing_if = "Option::is_none")]
    reserve: Option<u32>,
    /// Its awards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    awards: Vec<Text>,
    /// The terms of the place that it is offered, or was.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<OfferTerms>,
    /// The same in words, in the language asked for.
    #[schema(example = "in semi-final")]
    text: String,
}

/// The terms of an offer. It is answered at `…/rounds/{round}/entries/{entry}/offer/answer`.
#[derive(Debug, Serialize, ToSchema)]
struct OfferTerms {
    /// The first moment at which it is too late to answer.
    deadline: Stamp,
    /// The competition's IANA time zone.
    #[schema(example = "Asia/Shanghai")]
    time_zone: String,
    /// The number of the place, where the round releases places.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<u32>,
    /// The turn of a reserve that came in, where the round releases places.
    #[serde(skip_serializing_if = "Option::is_none")]
    reserve: Option<u32>,
}

/// An entry's status and released results.
#[derive(Debug, Serialize, ToSchema)]
struct StatusView {
    /// The entry's number.
    #[schema(example = 25)]
    entry: i64,
    /// How far it is.
    status: EntryStatusView,
    /// Its published results, the first round first, with what was released of them.
    results: Vec<ResultView>,
}

/// The released part of a result.
#[derive(Debug, Serialize, ToSchema)]
struct ResultView {
    /// The round.
    #[schema(value_type = String, example = "semi-final")]
    round: Code,
    /// What it is called.
    title: Text,
    /// Whether the entry goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<PublicOutcome>,
    /// What it is invited to beside the next round.
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<Text>,
    /// Its turn among the reserves.
    #[serde(skip_serializing_if = "Option::is_none")]
    reserve: Option<u32>,
    /// Its awards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    awards: Vec<Text>,
    /// What the round releases beside.
    #[serde(flatten)]
    released: Released,
}

/// The caller's own entries.
#[derive(Debug, Serialize, ToSchema)]
struct MyEntries {
    /// In the order they were made.
    items: Vec<MyEntry>,
}

/// One of the caller's own entries.
#[derive(Debug, Serialize, ToSchema)]
struct MyEntry {
    /// The competition.
    #[schema(value_type = String, example = "talents-cup")]
    competition: Slug,
    /// The entry's number.
    #[schema(example = 25)]
    entry: i64,
    /// Its title.
    title: Text,
    /// How far it is.
    status: EntryStatusView,
}

/// How far an entry is, in words, and what was released of its results.
#[utoipa::path(tag = "entries",
    params(("slug" = String, Path, description = "The competition"), ("number" = i64, Path, description = "The entry")),
    responses((status = 200, description = "The status", body = StatusView)),
    extensions(("x-action" = json!("read_entry_status"))))]
#[get("/competitions/{slug}/entries/{number}/status")]
async fn read_status(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, i64)>,
    lang: Language,
) -> Reply<StatusView> {
    let (slug, number) = path.into_inner();
    let found = state
        .app
        .read(move |tx| status::of_entry(tx, &caller.0, &slug, number))
        .await?;
    Ok(Answer::ok(StatusView {
        entry: found.entry,
        status: EntryStatusView::of(found.state, lang.0),
        results: found.results.into_iter().map(result).collect(),
    }))
}

/// Your entries in all competitions, and how far they are.
#[utoipa::path(tag = "entries", responses((status = 200, description = "Your entries", body = MyEntries)),
    extensions(("x-action" = json!("read_own"))))]
#[get("/me/entries")]
async fn my_entries(state: web::Data<State>, caller: Caller, lang: Language) -> Reply<MyEntries> {
    let mine = state.app.read(move |tx| status::mine(tx, &caller.0)).await?;
    let item = |found: StatusOf| MyEntry {
        competition: found.competition,
        entry: found.entry,
        title: found.title,
        status: EntryStatusView::of(found.state, lang.0),
    };
    Ok(Answer::ok(MyEntries {
        items: mine.into_iter().map(item).collect(),
    }))
}

impl EntryStatusView {
    /// A status in a language.
    pub(super) fn of(state: EntryState, lang: Lang) -> Self {
        Self {
            text: words::status::sentence(&state, lang),
            code: state.code,
            round: state.round.map(|(code, _)| code),
            stream: state.stream,
            reserve: state.reserve,
            awards: state.awards,
            offer: state.offer.map(|terms| OfferTerms {
                deadline: terms.deadline,
                time_zone: terms.time_zone,
                place: terms.place,
                reserve: terms.reserve,
            }),
        }
    }
}

fn result(result: ResultOf) -> ResultView {
    ResultView {
        round: result.round,
        title: result.title,
        outcome: result.outcome,
        stream: result.stream,
        reserve: result.reserve,
        awards: result.awards,
        released: result.released,
    }
}
