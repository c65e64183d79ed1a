//! The panels of a round.

use actix_web::{get, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::bench::JudgeInput;
use crate::app::panels::{self, PanelInput, PanelState};
use crate::domain::ids::PublicId;
use crate::domain::text::{Code, Slug, Text};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Precondition};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(list_panels).service(change_panel);
}

/// A judge on a panel.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PanelJudgeRequest {
    /// The person's id; they are a judge of the competition.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    judge: String,
    /// What stands for them in results; without a word they keep theirs or get the next of J1, J2 …
    #[schema(example = "J1")]
    code: Option<String>,
    /// The class of judges that they belong to.
    #[schema(example = "investor")]
    class: Option<Code>,
    /// Whether their sheets count nowhere and are opened only to break a tie; without a word it stays, at first no.
    sealed: Option<bool>,
    /// Whether they chair the panel.
    #[serde(default)]
    chair: bool,
}

/// A panel as an organizer describes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PanelRequest {
    /// What it is called.
    #[serde(default)]
    title: Text,
    /// The group whose entries it marks.
    #[schema(example = "shanghai")]
    group: Code,
    /// Its judges.
    judges: Vec<PanelJudgeRequest>,
    /// The numbers of the entries that it marks; without a word all of the group.
    entries: Option<Vec<i64>>,
}

/// A judge on a panel.
#[derive(Debug, Serialize, ToSchema)]
struct PanelJudgeView {
    /// The person's id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    judge: String,
    /// What stands for them in results.
    #[schema(example = "J1")]
    code: String,
    /// What they are called.
    #[schema(example = "Zhao Min")]
    name: String,
    /// The class of judges that they belong to.
    class: Option<String>,
    /// Whether their sheets are opened only to break a tie.
    sealed: bool,
    /// Whether they chair the panel.
    chair: bool,
}

/// A panel: judges that mark the same entries.
#[derive(Debug, Serialize, ToSchema)]
struct PanelView {
    /// Its name in addresses.
    #[schema(example = "shanghai-a")]
    code: Code,
    /// What it is called; may be blank.
    title: Text,
    /// The group whose entries it marks.
    #[schema(example = "shanghai")]
    group: Code,
    /// Its judges.
    judges: Vec<PanelJudgeView>,
    /// The numbers of the entries that it marks.
    #[schema(example = json!([17, 25]))]
    entries: Vec<i64>,
    /// Counts changes.
    version: i64,
}

/// The panels of a round.
#[derive(Debug, Serialize, ToSchema)]
struct PanelList {
    /// In the order they were made.
    items: Vec<PanelView>,
}

/// The panels of a round.
#[utoipa::path(tag = "judging",
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final")),
    responses((status = 200, description = "The panels", body = PanelList)),
    extensions(("x-action" = json!("read_progress"))))]
#[get("/competitions/{slug}/rounds/{code}/panels")]
async fn list_panels(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
) -> Reply<PanelList> {
    let (slug, code) = path.into_inner();
    let panels = state
        .app
        .read(move |tx| panels::list(tx, &caller.0, &slug, &code))
        .await?;
    Ok(Answer::ok(PanelList {
        items: panels.into_iter().map(view).collect(),
    }))
}

/// Makes a panel or changes it, with the assignments of its judges to its entries. Once the group is open, judges and
/// entries can be added and none taken away.
#[utoipa::path(tag = "judging", request_body = PanelRequest,
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final"),
           ("panel" = String, Path, description = "The panel", example = "shanghai-a")),
    responses((status = 200, description = "The panel", body = PanelView),
              (status = 201, description = "The panel, new", body = PanelView)),
    extensions(("x-action" = json!("manage_judging"))))]
#[put("/competitions/{slug}/rounds/{code}/panels/{panel}")]
async fn change_panel(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, Code)>,
    seen: Precondition,
    body: Body<PanelRequest>,
) -> Reply<PanelView> {
    let (slug, code, panel) = path.into_inner();
    let input = input(body.value);
    let panel = state
        .app
        .write(move |tx| panels::change(tx, &caller.0, (&slug, &code, &panel), seen.version(), &input))
        .await?;
    let version = panel.panel.version;
    let answer = if panel.made {
        Answer::made(view(panel))
    } else {
        Answer::ok(view(panel))
    };
    Ok(answer.version(version))
}

fn input(request: PanelRequest) -> PanelInput {
    let judge = |judge: PanelJudgeRequest| {
        let input = JudgeInput {
            judge: PublicId(judge.judge),
            code: judge.code,
            class: judge.class,
            sealed: judge.sealed,
        };
        (input, judge.chair)
    };
    PanelInput {
        title: request.title,
        group: request.group,
        judges: request.judges.into_iter().map(judge).collect(),
        entries: request.entries,
    }
}

fn view(state: PanelState) -> PanelView {
    let PanelState {
        panel,
        group,
        judges,
        entries,
        made: _,
    } = state;
    let judge = |(judge, chair): (crate::store::round_judges::RoundJudge, bool)| PanelJudgeView {
        judge: judge.public_id.0,
        code: judge.code,
        name: judge.name,
        class: judge.class,
        sealed: judge.sealed,
        chair,
    };
    PanelView {
        code: panel.code,
        title: panel.title.into_inner(),
        group,
        judges: judges.into_iter().map(judge).collect(),
        entries,
        version: panel.version,
    }
}
