//! Late ballots: what came after closure counts only if an organizer or the chair accepts it, with a reason.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::domain::ballot;
use crate::domain::ids::PublicId;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::{Action, Relation};
use crate::domain::proposal::ProposalKind;
use crate::domain::round::{BallotStatus, LateDecision};
use crate::domain::text::check_reason;
use crate::error::{Conflict, Error, Result};
use crate::store::ballots::{self, NewDecision};
use crate::store::places;

use super::actor::Actor;
use super::desk::{Desk, refused, rules_of};
use super::place::{self, EntryAt};
use super::two_persons::{self, Outcome, Wish};
use super::{Effect, Tx, tabulation};

/// What somebody decides about a late ballot.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The late version.
    pub version: i64,
    /// Whether it counts.
    pub decision: LateDecision,
    /// Why.
    pub reason: String,
}

/// What was decided about a late ballot.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DecisionView {
    /// The judge's code in the round.
    #[schema(example = "J1")]
    pub code: String,
    /// The late version.
    pub version: i64,
    /// Whether it counts.
    pub decision: LateDecision,
    /// Why.
    #[schema(example = "A reason that everybody may read.")]
    pub reason: String,
    /// How far the ballot is now.
    pub status: BallotStatus,
    /// The version that counts now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<i64>,
}

/// Accepts a late version of a judge's ballot, or leaves it out.
///
/// # Errors
/// 422 for a version that is not late, and without a reason; 409 `own_ballot`, `late_decided`, `group_not_open`,
/// `group_decided`; 403 and 404 as the policy says.
pub fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    at: &EntryAt,
    judge: &PublicId,
    decided: &Decision,
) -> Result<Outcome<DecisionView>> {
    let spot = place::find(tx, actor, at)?;
    let person = spot.scene.person()?.id;
    let bench = places::bench(tx.conn, spot.place.group, person)?;
    let relation = Relation {
        chair: bench.chairs,
        ..spot.relation()
    };
    spot.scene.require(Action::Decide, &relation, "entry")?;
    let seat = places::seat_of(tx.conn, spot.place.id, judge)?.ok_or(Error::NotFound("judge"))?;
    if seat.user == person {
        return Err(Error::conflict("own_ballot"));
    }
    let desk = Desk::open(tx, spot, seat)?;
    let current = desk.ballot.as_ref().ok_or(Error::NotFound("ballot"))?;
    let versions = ballots::versions_of(tx.conn, current.id)?;
    let version = versions.iter().find(|v| v.number == decided.version && v.late);
    let mut invalid = Invalid::default();
    if version.is_none() {
        invalid.push(FieldError::new("/version", "version_not_late").with("given", decided.version));
    }
    check_reason(&decided.reason, "/reason", &mut invalid);
    invalid.into_result()?;
    let newest = versions.iter().filter(|v| v.late).map(|v| v.number).max();
    let view = |state: ballot::State| DecisionView {
        code: desk.seat.code.clone(),
        version: decided.version,
        decision: decided.decision,
        reason: decided.reason.clone(),
        status: state.status,
        counted: state.counted,
    };
    if let Some(before) = version.and_then(|v| Some((v.decision?, v.decision_reason.as_deref()))) {
        return if before == (decided.decision, Some(decided.reason.as_str())) {
            Ok(Outcome::Done(view(current.state())))
        } else {
            Err(Error::conflict("late_decided"))
        };
    }
    let next = ballot::decide(
        current.state(),
        decided.version,
        newest.unwrap_or(decided.version),
        decided.decision,
        desk.footing.phase,
    );
    let next = next.map_err(|r| refused(r, &desk.spot))?;
    if let Some(version) = version.filter(|_| decided.decision == LateDecision::Accepted) {
        let rules = rules_of(&desk.footing)?;
        tabulation::require_scale(tx, desk.spot.place.group)?;
        let distinct = desk.require_distinct(tx, &rules, &version.marks);
        distinct.map_err(|error| match error {
            Error::Invalid(_) => Conflict::new("late_total_taken")
                .with("judge", &desk.seat.code)
                .into(),
            other => other,
        })?;
    }
    let wish = Wish {
        kind: ProposalKind::Acceptance,
        subject: format!("{}/ballots/{judge}/acceptance", desk.spot.subject()),
        group: Some(desk.spot.place.group),
        region: desk.spot.place.region,
        based_on: None,
        body: json!({ "version": decided.version, "decision": decided.decision, "reason": decided.reason }),
    };
    if let Some(proposal) = two_persons::agree(tx, &desk.spot.scene, wish)? {
        return Ok(Outcome::Proposed(proposal));
    }
    let new = NewDecision {
        decision: decided.decision,
        reason: decided.reason.clone(),
        by: person,
        at: tx.now,
    };
    let is_first = ballots::decide(tx.conn, current.id, decided.version, &new)?;
    let is_current =
        next == current.state() || ballots::set_state(tx.conn, current.id, current.version, next, tx.now)?;
    if !is_first || !is_current {
        return Err(Error::Stale {
            version: current.version,
            current: None,
        });
    }
    let details = json!({ "version": decided.version, "decision": decided.decision });
    desk.record(tx, person, "acceptance", next.version, details)?;
    tx.after(Effect::GroupChanged(desk.spot.place.group));
    Ok(Outcome::Done(view(next)))
}
