//! Standings before publication.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use crate::app::spent::{self, Part};
use crate::app::standings::{self, GroupStandings, RoundStandings};
use crate::domain::round::Phase;
use crate::domain::rules::Rules;
use crate::domain::scoring::{Equalised, Standing};
use crate::domain::text::{Code, Lang, Slug, Text};
use crate::error::Result;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Caller, Language, Params};
use crate::http::mount::Mount;
use crate::words::views::{InGroup, StandingView, WarningView};

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(read_standings);
}

/// Which group.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GroupFilter {
    /// The code of one group; all groups without it.
    #[param(value_type = Option<String>, example = "chengdu")]
    group: Option<Code>,
}

/// The standings of a round.
#[derive(Debug, Serialize, ToSchema)]
struct RoundStandingsView {
    /// The round.
    #[schema(value_type = String, example = "semi-final")]
    round: Code,
    /// The version of its rules.
    rules_version: i64,
    /// The groups, in order.
    groups: Vec<GroupStandingsView>,
}

/// The standings of a group.
#[derive(Debug, Serialize, ToSchema)]
struct GroupStandingsView {
    /// The group.
    #[schema(value_type = String, example = "chengdu")]
    group: Code,
    /// What it is called.
    title: Text,
    /// How far it is.
    phase: Phase,
    /// The revision of what is counted: closure, advancement and publication name it. Left out while nobody previews.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<i64>,
    /// Whether the marks are fixed.
    fixed: bool,
    /// The round is on stage and the group not closed: nobody previews its standings.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
    /// The entries: in order of their places, those without one last.
    standings: Vec<StandingView>,
    /// What made the panels comparable: their factors, or the judges' scales and severities.
    #[serde(skip_serializing_if = "Option::is_none")]
    equalised: Option<Equalised>,
    /// What somebody should look at.
    warnings: Vec<WarningView>,
}

/// The standings of a round as they are now: live while a group is open, fixed once it is closed. A chair reads those of
/// their group once it is closed. The tag is a hash of the answer.
#[utoipa::path(tag = "results", params(("slug" = String, Path, description = "The competition"),
        ("round" = String, Path, description = "The round"), GroupFilter),
    responses((status = 200, description = "The standings", body = RoundStandingsView),
        (status = 304, description = "What you hold is current")),
    extensions(("x-action" = json!("read_standings"))))]
#[get("/competitions/{slug}/rounds/{round}/standings")]
async fn read_standings(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    Params(filter): Params<GroupFilter>,
    lang: Language,
) -> Reply<RoundStandingsView> {
    let (slug, round) = path.into_inner();
    let seen = standings::read(&state.app, caller.0, slug, round, filter.group).await?;
    let view = spent::time(Part::Rendering, || present(&seen, lang.0));
    let tag = hash(&view)?;
    Ok(Answer::ok(view).tag(&tag))
}

fn present(seen: &RoundStandings, lang: Lang) -> RoundStandingsView {
    RoundStandingsView {
        round: seen.round.code.clone(),
        rules_version: seen.round.rules_version,
        groups: seen
            .groups
            .iter()
            .map(|g| present_group(g, seen.rules.as_deref(), lang))
            .collect(),
    }
}

fn present_group(seen: &GroupStandings, rules: Option<&Rules>, lang: Lang) -> GroupStandingsView {
    let computed = seen.tabulated.as_ref().map(|t| &t.standings);
    let ranked = computed.map_or(0, |s| s.entries.iter().filter(|one| one.place.is_some()).count());
    let group = InGroup {
        title: &seen.group.title,
        ranked,
    };
    let standing = |standing: &Standing| {
        let title = seen.titles.get(&standing.entry).cloned().unwrap_or_default();
        let note = seen.told.get(&standing.entry);
        StandingView::of(standing, title, group, note, rules, lang)
    };
    GroupStandingsView {
        group: seen.group.code.clone(),
        title: (*seen.group.title).clone(),
        phase: seen.group.phase,
        revision: (!seen.hidden).then_some(seen.revision),
        fixed: seen.group.phase.is_closed(),
        hidden: seen.hidden,
        standings: computed.iter().flat_map(|s| &s.entries).map(standing).collect(),
        equalised: computed.and_then(|s| s.groups.first()?.equalised.clone()),
        warnings: computed
            .map(|s| WarningView::all(&s.warnings, lang))
            .into_iter()
            .flatten()
            .chain(WarningView::all(&seen.moved, lang))
            .collect(),
    }
}

/// A hash of an answer, for its tag.
pub(in crate::http) fn hash(view: &impl Serialize) -> Result<String> {
    let bytes = spent::time(Part::Rendering, || serde_json::to_vec(view));
    let bytes = bytes.map_err(crate::error::Error::internal)?;
    Ok(Sha256::digest(&bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect())
}
