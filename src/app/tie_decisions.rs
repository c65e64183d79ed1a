//! Ties that people decide: the chair names the order, or a lot is drawn and recorded.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::domain::ids::GroupId;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::{Action, Relation};
use crate::domain::round::TieDecisionKind;
use crate::domain::rules::Rules;
use crate::domain::text::{Code, Slug, check_reason};
use crate::domain::time::Stamp;
use crate::error::Result;
use crate::store::events::{self, NewEvent};
use crate::store::places::{self, Bench};
use crate::store::sql_types::Json;
use crate::store::tie_decisions::{self, NewTieDecision, TieDecision};

use super::access::{self, Scene};
use super::actor::Actor;
use super::desk::{must_take_decisions, rules_of};
use super::{Effect, Tx};

/// The most entries that one decision names.
const MOST: usize = 200;

/// Where: a group of a round.
#[derive(Debug, Clone)]
pub struct GroupAt {
    /// The competition.
    pub slug: Slug,
    /// The round.
    pub round: Code,
    /// The group.
    pub group: Code,
}

/// What was decided.
#[derive(Debug, Clone)]
pub struct Decided {
    /// Who or what decided.
    pub kind: TieDecisionKind,
    /// The numbers of the entries, the best first.
    pub order: Vec<i64>,
    /// Why, or how.
    pub reason: String,
}

/// A recorded decision about a tie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TieDecision)]
pub struct TieDecisionView {
    /// Who or what decided.
    pub kind: TieDecisionKind,
    /// The numbers of the entries, the best first.
    #[schema(example = json!([17, 25]))]
    pub order: Vec<i64>,
    /// Why, or how.
    #[schema(example = "The chair prefers the stronger technology")]
    pub reason: String,
    /// When.
    pub decided_at: Stamp,
}

/// The decisions about ties in a group, oldest first.
///
/// # Errors
/// 403 and 404 as the policy says.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, at: &GroupAt) -> Result<Vec<TieDecisionView>> {
    let scene = access::competition(tx, actor, &at.slug)?;
    let round = scene.round(tx, &at.round)?;
    let group = scene.group(tx, &round, &at.group)?;
    let bench = bench(tx, &scene, group.id)?;
    let relation = Relation {
        assigned: bench.judges,
        chair: bench.chairs,
        closed: group.phase.is_closed(),
        ..scene.in_region(group.region_id)
    };
    scene.require(Action::ReadStandings, &relation, "group")?;
    let decisions = tie_decisions::of_group(tx.conn, group.id)?;
    Ok(decisions.into_iter().map(view).collect())
}

/// Records how a tie was decided. The chair records their own decision; organizers record it too, and lots.
///
/// # Errors
/// 422 at `/kind`, `/order` and `/reason`; 409 `group_not_open`, `group_decided`.
pub fn record(tx: &mut Tx<'_>, actor: &Actor, at: &GroupAt, decided: &Decided) -> Result<TieDecisionView> {
    let scene = access::competition(tx, actor, &at.slug)?;
    let round = scene.round(tx, &at.round)?;
    let group = scene.group(tx, &round, &at.group)?;
    let relation = Relation {
        chair: decided.kind == TieDecisionKind::Chair && bench(tx, &scene, group.id)?.chairs,
        ..scene.in_region(group.region_id)
    };
    scene.require(Action::Decide, &relation, "group")?;
    let in_group = tie_decisions::entry_numbers(tx.conn, group.id)?;
    let footing = places::locked_footing(tx.conn, group.id)?;
    must_take_decisions(footing.phase, &group.code)?;
    let rules = rules_of(&footing)?;
    check(&in_group, &rules, decided)?;
    let new = NewTieDecision {
        group_id: group.id,
        kind: decided.kind,
        entry_order: Json::new(decided.order.clone())?,
        reason: decided.reason.clone(),
        decided_by: scene.person()?.id,
        decided_at: tx.now,
    };
    tie_decisions::insert(tx.conn, &new)?;
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(new.decided_by),
        action: "tie_decision",
        subject: format!("rounds/{}/groups/{}", round.code, group.code),
        version: None,
        details: json!({ "kind": decided.kind, "order": decided.order }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.after(Effect::GroupChanged(group.id));
    Ok(view(TieDecision {
        kind: new.kind,
        entry_order: new.entry_order,
        reason: new.reason,
        decided_at: new.decided_at,
    }))
}

/// An order names 2 or more entries of the group, each once; it is decided by what the rules ask.
fn check(in_group: &[i64], rules: &Rules, decided: &Decided) -> Result<(), Invalid> {
    let mut invalid = Invalid::default();
    if !rules.breaks_ties_by(decided.kind.as_str()) {
        invalid.push(FieldError::new("/kind", "tie_kind_not_asked").with("kind", decided.kind));
    }
    if !(2..=MOST).contains(&decided.order.len()) {
        let limits = FieldError::new("/order", "tie_order_length");
        invalid.push(limits.with("minimum", 2).with("maximum", MOST));
    }
    let mut seen = BTreeSet::new();
    for (place, entry) in decided.order.iter().enumerate().take(MOST) {
        let code = if !in_group.contains(entry) {
            "entry_not_in_group"
        } else if !seen.insert(entry) {
            "entry_twice"
        } else {
            continue;
        };
        invalid.push(FieldError::new(format!("/order/{place}"), code).with("entry", entry));
    }
    check_reason(&decided.reason, "/reason", &mut invalid);
    invalid.into_result()
}

fn bench(tx: &mut Tx<'_>, scene: &Scene, group: GroupId) -> Result<Bench> {
    match &scene.person {
        Some(person) => places::bench(tx.conn, group, person.id),
        None => Ok(Bench::default()),
    }
}

fn view(decision: TieDecision) -> TieDecisionView {
    TieDecisionView {
        kind: decision.kind,
        order: decision.entry_order.into_inner(),
        reason: decision.reason,
        decided_at: decision.decided_at,
    }
}
