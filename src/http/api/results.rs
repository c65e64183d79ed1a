//! What the public sees.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Tx;
use crate::app::results::{self, Finalists, Results};
use crate::domain::publication::{Published, PublishedEntry};
use crate::domain::scoring::Rank;
use crate::domain::text::{Code, Lang, Slug, Text};
use crate::http::State;
use crate::http::answer::Reply;
use crate::http::extract::{Caller, Language};
use crate::http::mount::Mount;
use crate::http::showcase;
use crate::words::reading::{Section, reading};

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(read_results).service(read_finalists);
}

const RESULTS: &str = "/api/v1/competitions/{slug}/rounds/{round}/results";
const FINALISTS: &str = "/api/v1/competitions/{slug}/finalists";

/// The published results of a round.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ResultsView {
    /// The competition.
    #[schema(value_type = String, example = "talents-cup")]
    competition: Slug,
    /// The round.
    #[schema(value_type = String, example = "semi-final")]
    round: Code,
    /// What it is called.
    title: Text,
    /// The newest publication of each group that can be seen.
    groups: Vec<PublishedGroup>,
    /// The rules that gave them, in plain words in the language asked for; nothing while nothing can be seen.
    rules: Vec<Section>,
}

/// A publication with the hash of its bytes.
#[derive(Debug, Serialize, ToSchema)]
struct PublishedGroup {
    /// What was published.
    #[serde(flatten)]
    published: Published,
    /// The SHA-256 of the canonical bytes.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
}

/// Who goes on and who won, round by round.
#[derive(Debug, Serialize, ToSchema)]
struct FinalistsView {
    /// The competition.
    #[schema(value_type = String, example = "talents-cup")]
    competition: Slug,
    /// The rounds of which something can be seen, in order.
    rounds: Vec<FinalistsOfRound>,
}

/// Who goes on from a round and who won in it.
#[derive(Debug, Serialize, ToSchema)]
struct FinalistsOfRound {
    /// The round.
    #[schema(value_type = String, example = "semi-final")]
    code: Code,
    /// What it is called.
    title: Text,
    /// Who goes on.
    advances: Vec<FinalistView>,
    /// The awards.
    awards: Vec<FinalistAward>,
}

/// An award and who won it.
#[derive(Debug, Serialize, ToSchema)]
struct FinalistAward {
    /// Its code.
    #[schema(example = "first")]
    code: String,
    /// What it is called.
    title: Text,
    /// Who won it.
    entries: Vec<FinalistView>,
}

/// An entry that goes on or won.
#[derive(Debug, Serialize, ToSchema)]
struct FinalistView {
    /// The entry's number.
    #[schema(example = 25)]
    entry: i64,
    /// Its title.
    title: Text,
    /// Its track.
    #[schema(value_type = Option<String>, example = "biomedicine")]
    track: Option<Code>,
    /// Its region.
    #[schema(value_type = Option<String>, example = "chengdu")]
    region: Option<Code>,
    /// Its group.
    #[schema(value_type = String, example = "chengdu")]
    group: Code,
    /// Its rank.
    rank: Option<Rank>,
    /// Its total.
    #[schema(example = "89.90")]
    total: Option<String>,
}

/// The published results of a round.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round")),
    responses((status = 200, description = "The results", body = ResultsView),
        (status = 304, description = "What you hold is current")),
    extensions(("x-action" = json!("read_results"))))]
#[get("/competitions/{slug}/rounds/{round}/results")]
async fn read_results(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    lang: Language,
) -> Reply<ResultsView> {
    let (slug, round) = path.into_inner();
    let address = format!("/api/v1/competitions/{slug}/rounds/{round}/results");
    let make = || async {
        let (actor, competition, round) = (caller.0.clone(), slug.clone(), round.clone());
        let read = move |tx: &mut Tx<'_>| results::of_round(tx, &actor, &competition, &round);
        let results = state.app.read(read).await?;
        let footing = results.footing.clone();
        Ok((view(slug.clone(), results, lang.0), footing))
    };
    showcase::answer(&state, &caller, (&address, RESULTS), lang.0, make).await
}

/// Everyone who goes on or won an award, round by round, as far as it is published.
#[utoipa::path(tag = "results", params(("slug" = String, Path, description = "The competition")),
    responses((status = 200, description = "The finalists", body = FinalistsView),
        (status = 304, description = "What you hold is current")),
    extensions(("x-action" = json!("read_results"))))]
#[get("/competitions/{slug}/finalists")]
async fn read_finalists(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    lang: Language,
) -> Reply<FinalistsView> {
    let slug = path.into_inner();
    let address = format!("/api/v1/competitions/{slug}/finalists");
    let make = || async {
        let (actor, competition) = (caller.0.clone(), slug.clone());
        let read = move |tx: &mut Tx<'_>| results::finalists(tx, &actor, &competition);
        let (rounds, footing) = state.app.read(read).await?;
        let view = FinalistsView {
            competition: slug.clone(),
            rounds: rounds.into_iter().map(present).collect(),
        };
        Ok((view, footing))
    };
    showcase::answer(&state, &caller, (&address, FINALISTS), lang.0, make).await
}

/// What the public sees of a round.
pub(super) fn view(competition: Slug, results: Results, lang: Lang) -> ResultsView {
    let group = |(published, sha256)| PublishedGroup { published, sha256 };
    ResultsView {
        competition,
        round: results.round,
        title: results.title,
        groups: results.groups.into_iter().map(group).collect(),
        rules: results
            .rules
            .map(|rules| reading(&rules, lang))
            .unwrap_or_default(),
    }
}

fn present(round: Finalists) -> FinalistsOfRound {
    let award = |(award, entries): (_, Vec<_>)| {
        let crate::domain::publication::PublishedAward { code, title } = award;
        FinalistAward {
            code,
            title,
            entries: entries.into_iter().map(finalist).collect(),
        }
    };
    FinalistsOfRound {
        code: round.round,
        title: round.title,
        advances: round.advances.into_iter().map(finalist).collect(),
        awards: round.awards.into_iter().map(award).collect(),
    }
}

fn finalist((group, entry): (Code, PublishedEntry)) -> FinalistView {
    FinalistView {
        entry: entry.entry,
        title: entry.title,
        track: entry.track,
        region: entry.region,
        group,
        rank: entry.result.rank,
        total: entry.result.total,
    }
}
