//! Letting reserves come in for those who left: first who would come is shown, then it is decided again and the places are
//! offered, all at once. Nothing moves by itself.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Asked as Deciding, Prepared as Decided, Scope, decide, prepare as prepare_decision, renewed};
use crate::app::access::{self, Scene};
use crate::app::actor::Actor;
use crate::app::leavers::numbers;
use crate::app::offering::{OfferView, Offering, bare, published, view};
use crate::app::{Tx, tabulation};
use crate::domain::advancement::Advancement;
use crate::domain::invalid::FieldError;
use crate::domain::offer::{self, Due, came_in};
use crate::domain::policy::{Action, Verdict};
use crate::domain::text::{Code, Slug, Text};
use crate::domain::time::Stamp;
use crate::error::{Conflict, Result};
use crate::store::events::{self, NewEvent};
use crate::store::rounds::{self, Group, Round};
use crate::store::standings::{self, Line};
use crate::store::{advancements, offers};

/// What is to be refilled.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The competition.
    pub slug: Slug,
    /// The round.
    pub round: Code,
    /// The number of the decision that the caller saw.
    pub decision: i64,
    /// Who would come in, as the caller saw it.
    pub entries: Vec<i64>,
    /// Until when they can answer; needed when anybody comes in.
    pub deadline: Option<Stamp>,
}

/// Places of a decision that were left, and who would come in.
#[derive(Debug, Clone)]
pub struct Vacancy {
    /// The decision's number.
    pub decision: i64,
    /// The groups that it is about.
    pub groups: Vec<String>,
    /// Who left.
    pub left: Vec<Place>,
    /// Who would come in, in order.
    pub instead: Vec<Place>,
}

/// An entry with a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = VacantPlace)]
pub struct Place {
    /// Whose it is.
    #[serde(flatten)]
    pub due: Due,
    /// The entry's title.
    pub title: Text,
    /// Its turn among the reserves until now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reserve: Option<u32>,
}

/// What was refilled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refilled {
    /// The number of the new decision.
    pub decision: i64,
    /// Who left.
    pub left: Vec<i64>,
    /// The offers to those who come in.
    pub offers: Vec<OfferView>,
}

/// A refilling, computed and not yet done.
#[derive(Debug)]
pub struct Prepared {
    deciding: Deciding,
    decided: Decided,
    before: Advancement,
    left: Vec<i64>,
    came: Vec<Due>,
    deadline: Option<Stamp>,
}

/// Who left since it was decided, and who would come in, as far as the caller may read the offers of all groups concerned.
///
/// # Errors
/// 404 and 403 as the policy says.
pub fn preview(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, round: &Code) -> Result<Vec<Vacancy>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ReadOffers, "round")?;
    let round = scene.round(tx, round)?;
    let mut vacancies = Vec::new();
    for decided in advancements::current(tx.conn, round.id)? {
        let groups = groups_of(tx, &round, &decided)?;
        let readable = |g: &Group| scene.may(Action::ReadOffers, &scene.in_region(g.region_id));
        if groups.iter().any(|g| readable(g) != Verdict::Allow) {
            continue;
        }
        let rules = tabulation::rules(tx, &round)?;
        let Some((left, again)) = renewed(tx, &scene, (&round, &rules), &groups, &decided)? else {
            continue;
        };
        let lines = lines(tx, &groups)?;
        let before = &*decided.document;
        let place = |due: Due| {
            let line = lines.iter().find(|line| line.number == due.entry);
            Place {
                title: line.map(|line| (*line.title).clone()).unwrap_or_default(),
                reserve: offer::turn(before, &due),
                due,
            }
        };
        let went = came_in(&again, before).into_iter();
        vacancies.push(Vacancy {
            decision: decided.number,
            groups: decided.revisions.keys().cloned().collect(),
            left: went.filter(|due| left.contains(&due.entry)).map(place).collect(),
            instead: came_in(before, &again).into_iter().map(place).collect(),
        });
    }
    Ok(vacancies)
}

/// Computes who comes in, for a transaction that only reads.
///
/// # Errors
/// 422 at `/deadline`; 409 `nothing_to_refill`, `refilling_moved` when others would come in than the caller saw,
/// `result_not_published` while who holds a place was not told; and as deciding again gives.
pub fn prepare(tx: &mut Tx<'_>, actor: &Actor, asked: &Asked) -> Result<Prepared> {
    let scene = access::competition(tx, actor, &asked.slug)?;
    scene.require_reach(Action::Offer, "round")?;
    let round = scene.round(tx, &asked.round)?;
    let mut current = advancements::current(tx.conn, round.id)?;
    current.retain(|d| d.number == asked.decision);
    let Some(decided) = current.pop() else {
        return Err(Conflict::new("decided_meanwhile")
            .with("round", &round.code)
            .into());
    };
    let groups = groups_of(tx, &round, &decided)?;
    must_organize(&scene, &groups, decided.group_id.is_none())?;
    let scope = match (decided.group_id, groups.as_slice()) {
        (Some(_), [one]) => {
            let revision = decided
                .revisions
                .get(one.code.as_str())
                .copied()
                .unwrap_or_default();
            Scope::Group(one.code.clone(), revision)
        }
        _ => Scope::Round(decided.revisions.clone().into_inner()),
    };
    let deciding = Deciding {
        slug: asked.slug.clone(),
        round: asked.round.clone(),
        scope,
        request: decided.request.clone().into_inner(),
    };
    let again = prepare_decision(tx, actor, &deciding)?;
    let before = decided.document.into_inner();
    let left = again.since.holders(&before);
    if left.is_empty() {
        return Err(Conflict::new("nothing_to_refill")
            .with("round", &round.code)
            .into());
    }
    let came = came_in(&before, &again.advancement);
    check(tx, asked, &came)?;
    if !came.is_empty() {
        must_be_told(tx, &round, &groups, &before)?;
    }
    Ok(Prepared {
        deciding,
        decided: again,
        before,
        left,
        came,
        deadline: asked.deadline,
    })
}

/// Decides without those who left, and offers the places to those who come in, if everything is still as it was.
///
/// # Errors
/// As [`prepare`], for what changed since.
pub fn refill(tx: &mut Tx<'_>, actor: &Actor, prepared: &Prepared) -> Result<Refilled> {
    let deciding = &prepared.deciding;
    let scene = access::competition(tx, actor, &deciding.slug)?;
    scene.require_reach(Action::Offer, "round")?;
    let round = scene.round(tx, &deciding.round)?;
    let groups: Vec<Group> = prepared
        .decided
        .tabulated
        .iter()
        .map(|t| t.group.clone())
        .collect();
    must_organize(&scene, &groups, matches!(deciding.scope, Scope::Round(_)))?;
    let decision = decide(tx, actor, deciding, &prepared.decided)?;
    let by = scene.person()?.id;
    if let Some(deadline) = prepared.deadline {
        let stored = offers::of_round(tx.conn, round.id)?;
        let offering = Offering {
            advancement: &prepared.decided.advancement,
            before: Some((&prepared.before, &stored)),
            places: &prepared.came,
            deadline,
            by,
        };
        let lines = lines(tx, &groups)?;
        offers::insert(tx.conn, &offering.rows(&round, &lines, tx.now))?;
    }
    let entries: Vec<i64> = prepared.came.iter().map(|due| due.entry).collect();
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(by),
        action: "refilling",
        subject: format!("rounds/{}", round.code),
        version: Some((decision.number - 1, decision.number)),
        details: json!({ "left": prepared.left, "entries": entries, "deadline": prepared.deadline }),
    };
    events::record(tx.conn, tx.now, &event)?;
    let now = tx.now;
    let is_new = |due: &Due, o: &offer::Offer| due.entry == o.entry && due.stream == o.stream && o.is_live();
    let made = offers::of_round(tx.conn, round.id)?.into_iter();
    let made = made.filter(|s| prepared.came.iter().any(|due| is_new(due, &s.offer)));
    Ok(Refilled {
        decision: decision.number,
        left: prepared.left.clone(),
        offers: made.map(|s| view(&scene, s, now)).collect(),
    })
}

/// A decision about all groups is for who organizes all of them.
fn must_organize(scene: &Scene, groups: &[Group], whole: bool) -> Result<()> {
    if whole {
        return scene.require(Action::Offer, &scene.whole(), "round");
    }
    for group in groups {
        scene.require(Action::Offer, &scene.in_region(group.region_id), "group")?;
    }
    Ok(())
}

fn groups_of(tx: &mut Tx<'_>, round: &Round, decided: &advancements::Current) -> Result<Vec<Group>> {
    let mut groups = rounds::groups(tx.conn, round.id)?;
    groups.retain(|g| decided.revisions.contains_key(g.code.as_str()));
    Ok(groups)
}

fn lines(tx: &mut Tx<'_>, groups: &[Group]) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for group in groups {
        lines.extend(standings::lines(tx.conn, group.id)?);
    }
    Ok(lines)
}

/// The caller saw who comes in, and says until when they can answer.
fn check(tx: &Tx<'_>, asked: &Asked, came: &[Due]) -> Result<()> {
    let mut seen = asked.entries.clone();
    seen.sort_unstable();
    let mut come: Vec<i64> = came.iter().map(|due| due.entry).collect();
    come.sort_unstable();
    let now = tx.now;
    let wrong = match asked.deadline {
        Some(deadline) if deadline <= now => Some("time_past"),
        None if !asked.entries.is_empty() => Some("deadline_required"),
        _ => None,
    };
    if let Some(code) = wrong {
        return Err(FieldError::new("/deadline", code).with("now", now).into());
    }
    if seen == come {
        return Ok(());
    }
    let named = if come.is_empty() {
        "none".to_owned()
    } else {
        numbers(&come)
    };
    Err(Conflict::new("refilling_moved").with("entries", named).into())
}

/// Reserves are told of a place only when everybody who holds one was told: by what is published, or by an offer.
fn must_be_told(tx: &mut Tx<'_>, round: &Round, groups: &[Group], before: &Advancement) -> Result<()> {
    let lines = lines(tx, groups)?;
    let seen = published(tx, round, &lines)?;
    let mut made = bare(&offers::of_round(tx.conn, round.id)?);
    made.retain(|o| o.withdrawn_at.is_none());
    let mut untold = offer::due(before, &[]);
    untold.retain(|due| {
        let offered = made
            .iter()
            .any(|o| o.entry == due.entry && o.stream == due.stream);
        !offered && !seen.contains(due)
    });
    if untold.is_empty() {
        return Ok(());
    }
    let entries: Vec<i64> = untold.iter().map(|due| due.entry).collect();
    Err(Conflict::new("result_not_published")
        .with("entries", numbers(&entries))
        .into())
}
