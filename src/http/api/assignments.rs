//! Who marks what: assigning, stepping down, absence.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::assignments::{self, Assigned, Filter, Wanted};
use crate::app::bench::JudgeInput;
use crate::app::idempotency::write_once;
use crate::app::recusals::{self, Recusal};
use crate::domain::ids::PublicId;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::round::AssignmentStatus;
use crate::domain::text::{Code, Slug};
use crate::error::Result;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{self, Body, Caller, Params};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(assign_judges)
        .service(list_assignments)
        .service(recuse_judge)
        .service(note_absence);
}

/// A judge to deal entries out to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct JudgeRequest {
    /// The person's id; they are a judge of the competition.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    judge: String,
    /// What stands for them in results; without a word they keep theirs or get the next of J1, J2 …
    #[schema(example = "J1")]
    code: Option<String>,
    /// The class of judges that they belong to.
    class: Option<Code>,
}

/// A judge with their entries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct JudgeEntriesRequest {
    /// The person's id; they are a judge of the competition.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    judge: String,
    /// What stands for them in results; without a word they keep theirs or get the next of J1, J2 …
    code: Option<String>,
    /// The class of judges that they belong to.
    class: Option<Code>,
    /// The numbers of the entries.
    #[schema(example = json!([17, 25]))]
    entries: Vec<i64>,
}

/// Either `judges` and `per_entry`: the entries of the group (or of every group that is not closed) are dealt out
/// evenly. Or `items`: each judge with their entries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "group": "all", "judges": [{ "judge": "Q0s5dHVqYk1zZ2Zx" }, { "judge": "Yk1zZ2ZxQ0s5dHVq" }],
                           "per_entry": 2, "seed": 2026 }))]
struct AssignmentsRequest {
    /// The group whose entries are dealt out.
    group: Option<Code>,
    /// The judges to deal them out to.
    judges: Option<Vec<JudgeRequest>>,
    /// How many judges each entry has in the end; those that it has already count.
    #[schema(minimum = 1, maximum = 50)]
    per_entry: Option<usize>,
    /// The same seed deals the same; without a word 0.
    seed: Option<u64>,
    /// Judges with their entries.
    items: Option<Vec<JudgeEntriesRequest>>,
}

/// What was assigned.
#[derive(Debug, Serialize, ToSchema)]
struct AssignedView {
    /// How many assignments are new.
    #[schema(example = 990)]
    added: usize,
    /// The judges asked for.
    judges: Vec<JudgeEntriesView>,
}

/// A judge with what they mark now in this round.
#[derive(Debug, Serialize, ToSchema)]
struct JudgeEntriesView {
    /// The person's id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    judge: String,
    /// What stands for them in results.
    #[schema(example = "J1")]
    code: String,
    /// The numbers of the entries.
    #[schema(example = json!([17, 25]))]
    entries: Vec<i64>,
}

/// What a list is limited to.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AssignmentsQuery {
    /// A judge's id.
    judge: Option<String>,
    /// An entry's number.
    #[serde(default, deserialize_with = "extract::number")]
    #[param(value_type = Option<i64>)]
    entry: Option<usize>,
    /// A group.
    #[param(value_type = Option<String>)]
    group: Option<Code>,
}

/// An assignment: a judge is to mark an entry.
#[derive(Debug, Serialize, ToSchema)]
struct AssignmentView {
    /// The entry's number.
    #[schema(example = 17)]
    entry: i64,
    /// Its group.
    #[schema(example = "shanghai")]
    group: Code,
    /// The judge's id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    judge: String,
    /// The judge's code.
    #[schema(example = "J1")]
    code: String,
    /// How the judge stands to the entry.
    status: AssignmentStatus,
    /// Why they do not mark it.
    reason: Option<String>,
    /// The panel that it comes from.
    panel: Option<Code>,
    /// Said when nobody will hand the ballot in: the judge is no judge of the competition, or of the entry's region, any
    /// more. Note their absence, or assign somebody else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    vacant: bool,
}

/// Assignments.
#[derive(Debug, Serialize, ToSchema)]
struct AssignmentList {
    /// By group, entry and judge.
    items: Vec<AssignmentView>,
}

/// A judge steps down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecusalRequest {
    /// Why.
    #[schema(example = "I supervised this team.", min_length = 1, max_length = 2000)]
    reason: String,
    /// The judge's id, when an organizer has them step down; without a word the caller.
    judge: Option<String>,
}

/// That a judge stepped down.
#[derive(Debug, Serialize, ToSchema)]
struct RecusalView {
    /// The entry's number.
    #[schema(example = 17)]
    entry: i64,
    /// `recused`.
    status: AssignmentStatus,
}

/// A judge is not there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AbsenceRequest {
    /// The judge's id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    judge: String,
    /// Why.
    #[schema(example = "The flight was cancelled.", min_length = 1, max_length = 2000)]
    reason: String,
}

/// What an absence changed.
#[derive(Debug, Serialize, ToSchema)]
struct AbsenceView {
    /// How many assignments of the judge are absent from now on.
    #[schema(example = 25)]
    assignments: usize,
}

/// Assigns entries to judges: dealt out evenly, or as named. A judge never gets an entry that they own or belong to.
/// An absent judge who is named for an entry again is back.
#[utoipa::path(tag = "judging", request_body = AssignmentsRequest,
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "paper-review")),
    responses((status = 201, description = "What was assigned", body = AssignedView)),
    extensions(("x-action" = json!("manage_judging"))))]
#[post("/competitions/{slug}/rounds/{code}/assignments")]
async fn assign_judges(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    body: Body<AssignmentsRequest>,
) -> Reply<AssignedView> {
    let (slug, code) = path.into_inner();
    let wanted = wanted(body.value)?;
    let actor = caller.0.clone();
    let assigned = write_once(&state.app, &caller.0, body.once, move |tx| {
        assignments::assign(tx, &actor, &slug, &code, &wanted)
    })
    .await?;
    Ok(Answer::made(assigned_view(assigned)))
}

/// The assignments of a round.
#[utoipa::path(tag = "judging",
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "paper-review"), AssignmentsQuery),
    responses((status = 200, description = "The assignments", body = AssignmentList)),
    extensions(("x-action" = json!("read_progress"))))]
#[get("/competitions/{slug}/rounds/{code}/assignments")]
async fn list_assignments(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    query: Params<AssignmentsQuery>,
) -> Reply<AssignmentList> {
    let (slug, code) = path.into_inner();
    let AssignmentsQuery { judge, entry, group } = query.0;
    let filter = Filter {
        judge,
        // A number beyond all others is no entry's.
        entry: entry.map(|n| i64::try_from(n).unwrap_or(i64::MAX)),
        group,
    };
    let listed = state
        .app
        .read(move |tx| assignments::list(tx, &caller.0, &slug, &code, &filter))
        .await?;
    let view = |a: crate::store::assignments::Listed| AssignmentView {
        entry: a.entry,
        group: a.group,
        judge: a.judge.0,
        code: a.code,
        status: a.status,
        reason: a.reason,
        panel: a.panel,
        vacant: a.status == AssignmentStatus::Assigned && a.counted.is_none() && !a.still_judges,
    };
    Ok(Answer::ok(AssignmentList {
        items: listed.into_iter().map(view).collect(),
    }))
}

/// Has a judge step down from an entry: their ballot for it no longer counts.
#[utoipa::path(tag = "judging", request_body = RecusalRequest,
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final"),
           ("n" = i64, Path, description = "The entry", example = 17)),
    responses((status = 200, description = "They stepped down", body = RecusalView)),
    extensions(("x-action" = json!("recuse"))))]
#[post("/competitions/{slug}/rounds/{code}/entries/{n}/recusal")]
async fn recuse_judge(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, i64)>,
    body: Body<RecusalRequest>,
) -> Reply<RecusalView> {
    let (slug, code, entry) = path.into_inner();
    let RecusalRequest { reason, judge } = body.value;
    let recusal = Recusal {
        reason,
        judge: judge.map(PublicId),
    };
    state
        .app
        .write(move |tx| recusals::recuse(tx, &caller.0, (&slug, &code), entry, &recusal))
        .await?;
    let status = AssignmentStatus::Recused;
    Ok(Answer::ok(RecusalView { entry, status }))
}

/// Notes that a judge is not there: nobody waits for what they did not hand in.
#[utoipa::path(tag = "judging", request_body = AbsenceRequest,
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final"),
           ("group" = String, Path, description = "The group", example = "shanghai")),
    responses((status = 200, description = "They are absent", body = AbsenceView)),
    extensions(("x-action" = json!("manage_judging"))))]
#[post("/competitions/{slug}/rounds/{code}/groups/{group}/absences")]
async fn note_absence(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, Code)>,
    body: Body<AbsenceRequest>,
) -> Reply<AbsenceView> {
    let (slug, code, group) = path.into_inner();
    let AbsenceRequest { judge, reason } = body.value;
    let judge = PublicId(judge);
    let assignments = state
        .app
        .write(move |tx| recusals::absent(tx, &caller.0, (&slug, &code, &group), &judge, &reason))
        .await?;
    Ok(Answer::ok(AbsenceView { assignments }))
}

/// One of the two forms of a request, and nothing of the other.
fn wanted(request: AssignmentsRequest) -> Result<Wanted> {
    let AssignmentsRequest {
        group,
        judges,
        per_entry,
        seed,
        items,
    } = request;
    let Some(items) = items else {
        let mut invalid = Invalid::default();
        for (name, given) in [("judges", judges.is_some()), ("per_entry", per_entry.is_some())] {
            if !given {
                invalid.push(FieldError::new(format!("/{name}"), "missing_field").with("field", name));
            }
        }
        invalid.into_result()?;
        let judge = |j: JudgeRequest| JudgeInput {
            judge: PublicId(j.judge),
            code: j.code,
            class: j.class,
            sealed: None,
        };
        return Ok(Wanted::Dealt {
            group,
            judges: judges.unwrap_or_default().into_iter().map(judge).collect(),
            per_entry: per_entry.unwrap_or_default(),
            seed: seed.unwrap_or_default(),
        });
    };
    let mut invalid = Invalid::default();
    let others = [
        ("group", group.is_some()),
        ("judges", judges.is_some()),
        ("per_entry", per_entry.is_some()),
        ("seed", seed.is_some()),
    ];
    for (name, _) in others.into_iter().filter(|(_, given)| *given) {
        invalid.push(FieldError::new(format!("/{name}"), "not_beside_items").with("field", name));
    }
    invalid.into_result()?;
    let item = |item: JudgeEntriesRequest| {
        let judge = JudgeInput {
            judge: PublicId(item.judge),
            code: item.code,
            class: item.class,
            sealed: None,
        };
        (judge, item.entries)
    };
    Ok(Wanted::Named(items.into_iter().map(item).collect()))
}

fn assigned_view(assigned: Assigned) -> AssignedView {
    let judge = |(judge, code, entries)| JudgeEntriesView { judge, code, entries };
    AssignedView {
        added: assigned.added,
        judges: assigned.judges.into_iter().map(judge).collect(),
    }
}
