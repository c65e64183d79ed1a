//! How far a round is, and what a judge has to do.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::progress::{self, Ballots, GroupProgress, RoundProgress};
use crate::domain::round::{AssignmentStatus, BallotStatus, Phase};
use crate::domain::text::{Code, Slug, Text};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::Caller;
use crate::http::mount::Mount;
use crate::store::progress::Mine;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(read_progress).service(my_assignments);
}

/// How far a round is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProgressView {
    /// Its groups.
    groups: Vec<GroupProgressView>,
    /// Its judges.
    judges: Vec<JudgeProgressView>,
}

/// How far a group is.
#[derive(Debug, Serialize, ToSchema)]
struct GroupProgressView {
    /// The group.
    #[schema(example = "shanghai")]
    group: Code,
    /// What it is called.
    title: Text,
    /// How far it is.
    phase: Phase,
    /// Grows with every change that its standings rest on.
    #[schema(example = 412)]
    revision: i64,
    /// The same without the ballots that came in time: closure may name it while judges still hand theirs in.
    #[schema(example = 239)]
    basis: i64,
    /// How many ballots there are to be.
    #[schema(example = 175)]
    assigned: i64,
    /// How many count.
    #[schema(example = 173)]
    submitted: i64,
    /// How many are begun, and not handed in.
    #[schema(example = 1)]
    drafts: i64,
    /// How many came late, and do not count.
    late: i64,
    /// How many assignments judges stepped down from.
    recused: i64,
    /// How many assignments of absent judges were left.
    absent: i64,
    /// How many ballots nobody will hand in, since their judges are judges of the competition, or of the entry's region, no
    /// longer: note their absence, or assign somebody else. They are among the missing.
    vacant: i64,
    /// How many ballots are missing; 0 while the group is a draft.
    #[schema(example = 2)]
    missing_total: i64,
    /// Missing ballots; at most 500 are named in an answer.
    missing: Vec<MissingView>,
}

/// A missing ballot.
#[derive(Debug, Serialize, ToSchema)]
struct MissingView {
    /// The entry's number.
    #[schema(example = 17)]
    entry: i64,
    /// The judge's code.
    #[schema(example = "J3")]
    judge: String,
    /// Said when nobody will hand it in: the judge is no judge of the competition, or of the entry's region, any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    vacant: bool,
}

/// How far a judge is.
#[derive(Debug, Serialize, ToSchema)]
struct JudgeProgressView {
    /// The judge's id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    judge: String,
    /// The judge's code.
    #[schema(example = "J3")]
    code: String,
    /// What they are called.
    #[schema(example = "Zhao Min")]
    name: String,
    /// The class of judges that they belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "experts")]
    class: Option<String>,
    /// Their sheets count nowhere and are opened only to break a tie.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    sealed: bool,
    /// How many ballots they are to hand in.
    #[schema(example = 25)]
    assigned: i64,
    /// How many of them count.
    #[schema(example = 24)]
    submitted: i64,
}

/// What a judge has to do.
#[derive(Debug, Serialize, ToSchema)]
struct MyAssignments {
    /// By competition, round, group and entry.
    items: Vec<MyAssignment>,
    /// Counted over all of them.
    progress: MyProgress,
}

/// Counted over all assignments that are still to be marked.
#[derive(Debug, Serialize, ToSchema)]
struct MyProgress {
    /// How many ballots you are to hand in.
    assigned: i64,
    /// How many of them count.
    submitted: i64,
    /// How many are begun, and not handed in.
    drafts: i64,
}

/// An entry that a judge marks.
#[derive(Debug, Serialize, ToSchema)]
struct MyAssignment {
    /// The competition.
    #[schema(example = "talents-cup-2026")]
    competition: Slug,
    /// The round.
    #[schema(example = "semi-final")]
    round: Code,
    /// The group.
    #[schema(example = "shanghai")]
    group: Code,
    /// How far the group is.
    phase: Phase,
    /// The entry's number.
    #[schema(example = 17)]
    entry: i64,
    /// Its title.
    title: Text,
    /// Its track.
    #[schema(example = "biomedicine")]
    track: Option<Code>,
    /// Your code in the round.
    #[schema(example = "J3")]
    judge: String,
    /// The class of judges that you belong to in the round.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "experts")]
    class: Option<String>,
    /// Your sheet counts nowhere and is opened only to break a tie.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    sealed: bool,
    /// How you stand to it.
    status: AssignmentStatus,
    /// How far your ballot is: `none`, `draft`, `submitted` or `late`.
    #[schema(example = "draft")]
    ballot: &'static str,
}

/// How far a round is: ballots by group and judge, and which are missing.
#[utoipa::path(tag = "judging",
    params(("slug" = String, Path, description = "The competition", example = "talents-cup-2026"),
           ("code" = String, Path, description = "The round", example = "semi-final")),
    responses((status = 200, description = "How far it is", body = ProgressView)),
    extensions(("x-action" = json!("read_progress"))))]
#[get("/competitions/{slug}/rounds/{code}/progress")]
async fn read_progress(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
) -> Reply<ProgressView> {
    let (slug, code) = path.into_inner();
    let progress = state
        .app
        .read(move |tx| progress::read(tx, &caller.0, &slug, &code))
        .await?;
    Ok(Answer::ok(view(progress)))
}

/// What you are to mark as a judge, in every competition.
#[utoipa::path(tag = "judging", responses((status = 200, description = "Your assignments", body = MyAssignments)),
    extensions(("x-action" = json!("read_assignments"))))]
#[get("/me/assignments")]
async fn my_assignments(state: web::Data<State>, caller: Caller) -> Reply<MyAssignments> {
    let mine = state.app.read(move |tx| progress::mine(tx, &caller.0)).await?;
    let counted = |a: &&Mine| a.status == AssignmentStatus::Assigned;
    let count = |wanted: fn(&Mine) -> bool| {
        let number = mine.iter().filter(counted).filter(|a| wanted(a)).count();
        i64::try_from(number).unwrap_or(i64::MAX)
    };
    let progress = MyProgress {
        assigned: count(|_| true),
        submitted: count(|a| a.counted.is_some()),
        drafts: count(|a| a.counted.is_none() && a.ballot == Some(BallotStatus::Draft)),
    };
    Ok(Answer::ok(MyAssignments {
        items: mine.into_iter().map(assignment).collect(),
        progress,
    }))
}

/// How far a round is, as it is told.
pub(super) fn view(progress: RoundProgress) -> ProgressView {
    let judge = |(judge, ballots): (crate::store::round_judges::RoundJudge, Ballots)| JudgeProgressView {
        judge: judge.public_id.0,
        code: judge.code,
        name: judge.name,
        class: judge.class,
        sealed: judge.sealed,
        assigned: ballots.assigned,
        submitted: ballots.submitted,
    };
    ProgressView {
        groups: progress.groups.into_iter().map(group).collect(),
        judges: progress.judges.into_iter().map(judge).collect(),
    }
}

fn group(state: GroupProgress) -> GroupProgressView {
    let Ballots {
        assigned,
        submitted,
        drafts,
        late,
    } = state.ballots;
    let missing_total = match state.group.phase {
        Phase::Draft => 0,
        _ => state.ballots.missing(),
    };
    let missing = state.missing.into_iter();
    GroupProgressView {
        group: state.group.code,
        title: state.group.title.into_inner(),
        phase: state.group.phase,
        revision: state.counted.revision,
        basis: state.counted.basis,
        assigned,
        submitted,
        drafts,
        late,
        recused: state.recused,
        absent: state.absent,
        vacant: state.vacant,
        missing_total,
        missing: missing
            .map(|ballot| MissingView {
                entry: ballot.entry,
                judge: ballot.judge,
                vacant: !ballot.awaited,
            })
            .collect(),
    }
}

fn assignment(mine: Mine) -> MyAssignment {
    MyAssignment {
        competition: mine.competition,
        round: mine.round,
        group: mine.group,
        phase: mine.phase,
        entry: mine.entry,
        title: mine.title.into_inner(),
        track: mine.track,
        judge: mine.judge,
        class: mine.class,
        sealed: mine.sealed,
        status: mine.status,
        ballot: mine.ballot.map_or("none", BallotStatus::as_str),
    }
}
