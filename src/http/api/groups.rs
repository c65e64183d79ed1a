//! The groups of a round: taking entries in, opening.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::groups::{self, GroupState};
use crate::app::intake::{self, Asked, From, Intake};
use crate::domain::round::Phase;
use crate::domain::text::{Code, Slug, Text};
use crate::domain::time::Stamp;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Caller, Empty, OptionalBody};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(take_entries_in)
        .service(list_groups)
        .service(open_group);
}

/// Where the entries come from.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IntakeRequest {
    /// `accepted`, or the code of an earlier round; without a word the round before, or `accepted` for the first one.
    #[schema(example = "paper-review")]
    from: Option<Code>,
    /// A stream of that round's rules: those who are invited to it come, in the place of those who go on.
    #[schema(example = json!(null))]
    stream: Option<Code>,
}

/// What an intake did.
#[derive(Debug, Serialize, ToSchema)]
struct IntakeView {
    /// How many entries were added.
    #[schema(example = 100)]
    added: usize,
    /// How many were in the round already.
    already: usize,
    /// Numbers of entries that were in draft groups and no longer go on from the earlier round: they were taken out.
    removed: Vec<i64>,
    /// Entries that lack what the rules group by; they are in no group.
    unplaced: Vec<UnplacedView>,
    /// Entries whose group was opened, or for those who go on from an earlier round closed, before they came; they are in no
    /// group.
    refused: Vec<RefusedView>,
    /// Numbers of entries that came into an open group where no panel marks everybody: they wait for judges.
    without_judges: Vec<i64>,
    /// Every group of the round.
    groups: Vec<SizedGroup>,
}

/// An entry without a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntryWithoutGroup)]
struct UnplacedView {
    /// Its number.
    entry: i64,
    /// The fields that it lacks.
    #[schema(example = json!(["region"]))]
    lacks: Vec<Code>,
}

/// An entry that came too late.
#[derive(Debug, Serialize, ToSchema)]
struct RefusedView {
    /// Its number.
    entry: i64,
    /// The group that it belongs to.
    group: Code,
}

/// A group and its size.
#[derive(Debug, Serialize, ToSchema)]
struct SizedGroup {
    /// Its name in addresses.
    #[schema(example = "shanghai")]
    code: Code,
    /// What it is called.
    title: Text,
    /// How far it is.
    phase: Phase,
    /// How many entries it has.
    #[schema(example = 25)]
    entries: i64,
}

/// A group of a round.
#[derive(Debug, Serialize, ToSchema)]
struct GroupView {
    /// Its name in addresses.
    #[schema(example = "shanghai")]
    code: Code,
    /// What it is called.
    title: Text,
    /// How far it is.
    phase: Phase,
    /// How many entries it has.
    #[schema(example = 25)]
    entries: i64,
    /// How many judges are assigned to them.
    #[schema(example = 7)]
    judges: i64,
    /// Grows with every change that its standings rest on.
    #[schema(example = 412)]
    revision: i64,
    /// The same without the ballots that came in time: closure may name it while judges still hand theirs in.
    #[schema(example = 239)]
    basis: i64,
    /// When it was opened.
    opened_at: Option<Stamp>,
    /// When it was closed last.
    closed_at: Option<Stamp>,
    /// Counts changes of its phase.
    version: i64,
}

/// The groups of a round.
#[derive(Debug, Serialize, ToSchema)]
struct GroupList {
    /// In the order they were made.
    items: Vec<GroupView>,
}

/// Takes entries into the round, each into the group that the rules give it. Once more it adds those that are new: a reserve
/// who goes on for one who left comes into a group that is open already, too, and the panels that mark everybody there mark
/// it.
#[utoipa::path(tag = "rounds", request_body = IntakeRequest,
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final")),
    responses((status = 200, description = "What was taken in", body = IntakeView)),
    extensions(("x-action" = json!("manage_judging"))))]
#[post("/competitions/{slug}/rounds/{code}/intake")]
async fn take_entries_in(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    body: OptionalBody<IntakeRequest>,
) -> Reply<IntakeView> {
    let (slug, code) = path.into_inner();
    let IntakeRequest { from, stream } = body.0.unwrap_or_default();
    let from = from.map(|from| match from.as_str() {
        "accepted" => From::Accepted,
        _ => From::Round(from),
    });
    let asked = Asked { from, stream };
    let intake = state
        .app
        .write(move |tx| intake::take_in(tx, &caller.0, &slug, &code, &asked))
        .await?;
    Ok(Answer::ok(intake_view(intake)))
}

/// The groups of a round.
#[utoipa::path(tag = "rounds",
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final")),
    responses((status = 200, description = "The groups", body = GroupList)),
    extensions(("x-action" = json!("read_progress"))))]
#[get("/competitions/{slug}/rounds/{code}/groups")]
async fn list_groups(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
) -> Reply<GroupList> {
    let (slug, code) = path.into_inner();
    let groups = state
        .app
        .read(move |tx| groups::list(tx, &caller.0, &slug, &code))
        .await?;
    Ok(Answer::ok(GroupList {
        items: groups.into_iter().map(group_view).collect(),
    }))
}

/// Opens a group: from now on its judges mark, and the rules of the round are fixed.
#[utoipa::path(tag = "rounds",
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final"),
           ("group" = String, Path, description = "The group", example = "shanghai")),
    responses((status = 200, description = "The group", body = GroupView)),
    extensions(("x-action" = json!("run_group"))))]
#[post("/competitions/{slug}/rounds/{code}/groups/{group}/opening")]
async fn open_group(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, Code)>,
    _body: Empty,
) -> Reply<GroupView> {
    let (slug, code, group) = path.into_inner();
    let group = state
        .app
        .write(move |tx| groups::open(tx, &caller.0, &slug, &code, &group))
        .await?;
    Ok(Answer::ok(group_view(group)))
}

fn intake_view(intake: Intake) -> IntakeView {
    let unplaced = intake.unplaced.into_iter();
    let refused = intake.refused.into_iter();
    let groups = intake.groups.into_iter();
    IntakeView {
        added: intake.added,
        already: intake.already,
        removed: intake.removed,
        unplaced: unplaced
            .map(|(entry, lacks)| UnplacedView { entry, lacks })
            .collect(),
        refused: refused
            .map(|(entry, group)| RefusedView { entry, group })
            .collect(),
        without_judges: intake.without_judges,
        groups: groups
            .map(|(group, entries)| SizedGroup {
                code: group.code,
                title: group.title.into_inner(),
                phase: group.phase,
                entries,
            })
            .collect(),
    }
}

fn group_view(state: GroupState) -> GroupView {
    let GroupState {
        group,
        entries,
        judges,
        counted,
    } = state;
    GroupView {
        code: group.code,
        title: group.title.into_inner(),
        phase: group.phase,
        entries,
        judges,
        revision: counted.revision,
        basis: counted.basis,
        opened_at: group.opened_at,
        closed_at: group.closed_at,
        version: group.version,
    }
}
