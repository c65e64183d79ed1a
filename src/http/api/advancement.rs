//! Who goes on.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::advancement::{self, Asked, Decision, Fate, Scope};
use crate::app::idempotency;
use crate::domain::advancement::again::Changed;
use crate::domain::advancement::{By, Outcome, Reasoned, Request, TieDecided, Turn, Withheld};
use crate::domain::codes::each_code_once;
use crate::domain::scoring::Status;
use crate::domain::text::{Code, Lang, Slug, Text};
use crate::domain::time::Stamp;
use crate::error::Result;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Language};
use crate::http::mount::Mount;
use crate::store::idempotency::Once;
use crate::words::views::WarningView;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(advance_group)
        .service(advance_round)
        .service(read_advancement);
}

/// The decision about one group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupAdvancementRequest {
    /// The revision of the group's standings that the caller saw.
    #[schema(example = 412)]
    revision: i64,
    /// Entries that may not go on.
    #[serde(default)]
    exclusions: Vec<Reasoned>,
    /// Entries that go on whatever their place.
    #[serde(default)]
    nominations: Vec<Reasoned>,
    /// Ties that are decided with it, also between entries of different groups.
    #[serde(default)]
    ties: Vec<TieDecided>,
    /// Awards that nobody gets.
    #[serde(default)]
    withheld: Vec<Withheld>,
}

/// The decision about all groups of a round.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoundAdvancementRequest {
    /// The revision of each group's standings that the caller saw, by the group's code.
    #[serde(deserialize_with = "each_code_once")]
    #[schema(example = json!({ "shanghai": 412, "chengdu": 398 }))]
    revisions: BTreeMap<String, i64>,
    /// Entries that may not go on.
    #[serde(default)]
    exclusions: Vec<Reasoned>,
    /// Entries that go on whatever their place.
    #[serde(default)]
    nominations: Vec<Reasoned>,
    /// Ties that are decided with it, also between entries of different groups.
    #[serde(default)]
    ties: Vec<TieDecided>,
    /// Awards that nobody gets.
    #[serde(default)]
    withheld: Vec<Withheld>,
    /// Groups in the order in which a lot put them, where places are shared out and equal claims leave some open.
    #[serde(default)]
    #[schema(example = json!(["chengdu", "shanghai"]))]
    share_lot: Vec<String>,
}

/// The decisions of a round that hold.
#[derive(Debug, Serialize, ToSchema)]
struct AdvancementList {
    /// One for all groups, or one for each.
    items: Vec<AdvancementView>,
}

/// A decision who goes on.
#[derive(Debug, Serialize, ToSchema)]
struct AdvancementView {
    /// Counts the decisions of the round.
    number: i64,
    /// When.
    decided_at: Stamp,
    /// The groups.
    groups: Vec<String>,
    /// The revision of each group's standings.
    revisions: BTreeMap<String, i64>,
    /// Who goes on, in order.
    advances: Vec<AdvancingView>,
    /// Who comes in when somebody leaves, in order.
    reserves: Vec<ReserveView>,
    /// What the next in order are invited to, as the rules say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    streams: Vec<StreamView>,
    /// Who does not go on.
    not_advanced: Vec<EntryInGroup>,
    /// Who gave up a place, or let its offer expire.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    declined: Vec<DeclinedView>,
    /// Who may not go on.
    excluded: Vec<ExcludedView>,
    /// Who has no place.
    unplaced: Vec<UnplacedView>,
    /// The awards.
    awards: Vec<AwardView>,
    /// What somebody should look at.
    warnings: Vec<WarningView>,
    /// Who goes on otherwise than the decision before said.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<Changed>,
}

/// An entry of a group.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct EntryInGroup {
    /// The entry's number.
    #[schema(example = 25)]
    entry: i64,
    /// Its title.
    title: Text,
    /// Its group.
    #[schema(example = "chengdu")]
    group: String,
}

/// An entry that goes on.
#[derive(Debug, Serialize, ToSchema)]
struct AdvancingView {
    /// The entry.
    #[serde(flatten)]
    entry: EntryInGroup,
    /// Its place in its group; none for one that was nominated without a place.
    place: Option<u32>,
    /// Its place among all that were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    overall: Option<u32>,
    /// By what it goes on.
    by: By,
    /// Why it was nominated.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// An entry that comes in when somebody leaves.
#[derive(Debug, Serialize, ToSchema)]
struct ReserveView {
    /// The entry.
    #[serde(flatten)]
    entry: EntryInGroup,
    /// Its turn.
    reserve: u32,
}

/// Something beside the next round, and who is invited to it.
#[derive(Debug, Serialize, ToSchema)]
struct StreamView {
    /// Its code.
    #[schema(example = "roadshow")]
    code: String,
    /// What it is called.
    title: Text,
    /// Who is invited, in order.
    invited: Vec<InvitedView>,
    /// Who is invited when somebody leaves, in order.
    reserves: Vec<ReserveView>,
}

/// An entry that is invited.
#[derive(Debug, Serialize, ToSchema)]
struct InvitedView {
    /// The entry.
    #[serde(flatten)]
    entry: EntryInGroup,
    /// Its place in its group.
    place: Option<u32>,
    /// Its place among all that were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    overall: Option<u32>,
    /// By what it is invited.
    by: By,
}

/// An entry that gave up a place.
#[derive(Debug, Serialize, ToSchema)]
struct DeclinedView {
    /// The entry.
    #[serde(flatten)]
    entry: EntryInGroup,
    /// The stream; without a word the next round.
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<String>,
    /// Why the entry was withdrawn; why an offer was declined stands in the offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// An entry that may not go on.
#[derive(Debug, Serialize, ToSchema)]
struct ExcludedView {
    /// The entry.
    #[serde(flatten)]
    entry: EntryInGroup,
    /// Why.
    #[schema(example = "A reason that everybody may read.")]
    reason: String,
}

/// An entry without a place.
#[derive(Debug, Serialize, ToSchema)]
struct UnplacedView {
    /// The entry.
    #[serde(flatten)]
    entry: EntryInGroup,
    /// What its standing says.
    status: Status,
}

/// An award and who gets it.
#[derive(Debug, Serialize, ToSchema)]
struct AwardView {
    /// Its code.
    #[schema(example = "first")]
    code: String,
    /// What it is called.
    title: Text,
    /// The entries' numbers.
    entries: Vec<i64>,
}

/// Decides who of one group goes on, where the rules never compare groups. Again, it takes the place of the decision
/// before: who left is left out and reserves come in, everybody else keeps their place unless the corrected order says
/// otherwise. Once a later round is open nobody who takes part there loses the place, and only as many come in as left.
#[utoipa::path(tag = "results", request_body = GroupAdvancementRequest,
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round"),
        ("group" = String, Path, description = "The group")),
    responses((status = 201, description = "The decision", body = AdvancementView)),
    extensions(("x-action" = json!("advance"))))]
#[post("/competitions/{slug}/rounds/{round}/groups/{group}/advancement")]
async fn advance_group(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code, Code)>,
    lang: Language,
    body: Body<GroupAdvancementRequest>,
) -> Reply<AdvancementView> {
    let (slug, round, group) = path.into_inner();
    let GroupAdvancementRequest {
        revision,
        exclusions,
        nominations,
        ties,
        withheld,
    } = body.value;
    let asked = Asked {
        slug,
        round,
        scope: Scope::Group(group, revision),
        request: Request {
            exclusions,
            nominations,
            ties,
            withheld,
            share_lot: Vec::new(),
        },
    };
    let decision = decide(&state, caller, asked, body.once).await?;
    Ok(Answer::made(present(decision, lang.0)))
}

/// Decides who of a round goes on, where the rules compare its groups; again, as for one group.
#[utoipa::path(tag = "results", request_body = RoundAdvancementRequest,
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round")),
    responses((status = 201, description = "The decision", body = AdvancementView)),
    extensions(("x-action" = json!("advance"))))]
#[post("/competitions/{slug}/rounds/{round}/advancement")]
async fn advance_round(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    lang: Language,
    body: Body<RoundAdvancementRequest>,
) -> Reply<AdvancementView> {
    let (slug, round) = path.into_inner();
    let RoundAdvancementRequest {
        revisions,
        exclusions,
        nominations,
        ties,
        withheld,
        share_lot,
    } = body.value;
    let asked = Asked {
        slug,
        round,
        scope: Scope::Round(revisions),
        request: Request {
            exclusions,
            nominations,
            ties,
            withheld,
            share_lot,
        },
    };
    let decision = decide(&state, caller, asked, body.once).await?;
    Ok(Answer::made(present(decision, lang.0)))
}

/// The decisions of a round that hold.
#[utoipa::path(tag = "results",
    params(("slug" = String, Path, description = "The competition"), ("round" = String, Path, description = "The round")),
    responses((status = 200, description = "The decisions", body = AdvancementList)),
    extensions(("x-action" = json!("read_standings"))))]
#[get("/competitions/{slug}/rounds/{round}/advancement")]
async fn read_advancement(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, Code)>,
    lang: Language,
) -> Reply<AdvancementList> {
    let (slug, round) = path.into_inner();
    let decisions = state
        .app
        .read(move |tx| advancement::current(tx, &caller.0, &slug, &round))
        .await?;
    Ok(Answer::ok(AdvancementList {
        items: decisions.into_iter().map(|d| present(d, lang.0)).collect(),
    }))
}

/// Computes in a transaction that reads, decides in one that writes.
async fn decide(state: &State, caller: Caller, asked: Asked, once: Option<Once>) -> Result<Decision> {
    let (actor, asked) = (caller.0, Arc::new(asked));
    if let Some(answer) = idempotency::kept(&state.app, &actor, once.as_ref()).await? {
        return Ok(answer);
    }
    let (reader, what) = (actor.clone(), Arc::clone(&asked));
    let prepared = state
        .app
        .read(move |tx| advancement::prepare(tx, &reader, &what))
        .await?;
    let writer = actor.clone();
    idempotency::write_once(&state.app, &actor, once, move |tx| {
        advancement::decide(tx, &writer, &asked, &prepared)
    })
    .await
}

fn present(decision: Decision, lang: Lang) -> AdvancementView {
    let mut view = AdvancementView {
        number: decision.number,
        decided_at: decision.decided_at,
        groups: decision.revisions.keys().cloned().collect(),
        revisions: decision.revisions,
        advances: Vec::new(),
        reserves: Vec::new(),
        streams: Vec::new(),
        not_advanced: Vec::new(),
        declined: Vec::new(),
        excluded: Vec::new(),
        unplaced: Vec::new(),
        awards: Vec::new(),
        warnings: WarningView::all(&decision.warnings, lang),
        changed: decision.changed,
    };
    let award = |a: advancement::Award| AwardView {
        code: a.code,
        title: a.title,
        entries: a.entries,
    };
    view.awards = decision.awards.into_iter().map(award).collect();
    let stream = |stream: advancement::Stream| StreamView {
        code: stream.code,
        title: stream.title,
        invited: Vec::new(),
        reserves: Vec::new(),
    };
    view.streams = decision.streams.into_iter().map(stream).collect();
    for fate in decision.entries {
        view.add(fate);
    }
    view.reserves.sort_by_key(|r| r.reserve);
    for stream in &mut view.streams {
        stream.reserves.sort_by_key(|r| r.reserve);
    }
    view
}

impl AdvancementView {
    /// Files an entry where it belongs; one that waits for several things stands in several lists of reserves.
    fn add(&mut self, fate: Fate) {
        let Fate {
            entry,
            title,
            group,
            place,
            overall,
            outcome,
            turns,
        } = fate;
        let entry = EntryInGroup { entry, title, group };
        for Turn { stream, number } in turns {
            self.reserve(stream.as_deref(), entry.clone(), number);
        }
        match outcome {
            Outcome::Advances { by, reason, .. } => self.advances.push(AdvancingView {
                entry,
                place,
                overall,
                by,
                reason,
            }),
            Outcome::Invited { stream, by, .. } => {
                if let Some(stream) = self.streams.iter_mut().find(|s| s.code == stream) {
                    stream.invited.push(InvitedView {
                        entry,
                        place,
                        overall,
                        by,
                    });
                }
            }
            Outcome::Reserve { number, stream } => self.reserve(stream.as_deref(), entry, number),
            Outcome::Declined { stream, reason } => self.declined.push(DeclinedView {
                entry,
                stream,
                reason,
            }),
            Outcome::Excluded { reason } => self.excluded.push(ExcludedView { entry, reason }),
            Outcome::Unplaced { status } => self.unplaced.push(UnplacedView { entry, status }),
            // Nothing that waits is ever kept.
            Outcome::NotAdvanced | Outcome::Waiting => self.not_advanced.push(entry),
        }
    }

    fn reserve(&mut self, stream: Option<&str>, entry: EntryInGroup, reserve: u32) {
        let list = match stream {
            None => Some(&mut self.reserves),
            Some(code) => {
                let stream = self.streams.iter_mut().find(|s| s.code == code);
                stream.map(|s| &mut s.reserves)
            }
        };
        if let Some(list) = list {
            list.push(ReserveView { entry, reserve });
        }
    }
}
