//! Penalties and bonuses: given with a reason, revoked with a reason, never changed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::domain::ids::PublicId;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::{Given, Points};
use crate::domain::policy::{Action, Relation};
use crate::domain::proposal::ProposalKind;
use crate::domain::rules::{Effect as PenaltyEffect, Rules};
use crate::domain::scoring::penalties;
use crate::domain::text::{Code, Slug, check_reason};
use crate::domain::time::Stamp;
use crate::domain::user::Role;
use crate::error::{Conflict, Error, Result};
use crate::store::adjustments::{self, Adjustment, NewAdjustment};
use crate::store::events::{self, NewEvent};
use crate::store::places;
use crate::store::rounds::{self, Round};

use super::access::{self, Scene};
use super::actor::Actor;
use super::desk::{must_take_decisions, rules_of};
use super::two_persons::{self, Outcome, Wish};
use super::{Effect, Tx, random, tabulation};

/// What somebody gives or takes.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The entry's number.
    pub entry: i64,
    /// How many points, or by which rule.
    pub by: AskedBy,
    /// Why; where the rules count it they say why.
    pub reason: Option<String>,
}

impl Asked {
    /// The body of the request that asks for it.
    fn body(&self, points: Points) -> Value {
        let mut body = Map::from_iter([("entry".to_owned(), json!(self.entry))]);
        let mut set = |field: &str, value: Value| drop(body.insert(field.to_owned(), value));
        match &self.by {
            AskedBy::Points(_) => set("points", json!(points.to_string())),
            AskedBy::Rule(rule, quantity) => {
                set("rule", json!(rule));
                if let Some(quantity) = quantity {
                    set("quantity", json!(quantity.as_str()));
                }
            }
        }
        if let Some(reason) = &self.reason {
            set("reason", json!(reason));
        }
        Value::Object(body)
    }
}

/// How a penalty or bonus is counted.
#[derive(Debug, Clone)]
pub enum AskedBy {
    /// The points, below 0 for a penalty.
    Points(Given),
    /// A penalty of the rules, and what was measured for it.
    Rule(Code, Option<Given>),
}

/// A penalty or a bonus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Adjustment)]
pub struct AdjustmentView {
    /// Its id.
    #[schema(example = "bW9yZSB0aW1l")]
    pub id: String,
    /// The entry's number.
    pub entry: i64,
    /// The points, below 0 for a penalty.
    #[schema(example = "-1.00")]
    pub points: String,
    /// Why; blank where the rules count it and nobody added anything.
    #[schema(example = "30 seconds over time")]
    pub reason: String,
    /// The penalty of the rules that counts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "overtime")]
    pub rule: Option<String>,
    /// What was measured for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "95")]
    pub quantity: Option<String>,
    /// When.
    pub created_at: Stamp,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Stamp>,
    /// Why it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke_reason: Option<String>,
}

/// Every penalty and bonus of a round that the caller may see, revoked ones too, oldest first. Who judges in a group sees
/// none of its own before it is closed.
///
/// # Errors
/// 403 and 404 as the policy says.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, round: &Code) -> Result<Vec<AdjustmentView>> {
    let scene = access::competition(tx, actor, slug)?;
    let regions = scene.regions(&[Role::Organizer, Role::Observer]);
    let first = regions.as_ref().and_then(|r| r.first().copied());
    scene.require(Action::ReadStandings, &scene.in_region(first), "round")?;
    let round = scene.round(tx, round)?;
    let judged = scene.judged(tx)?;
    let groups = rounds::groups(tx.conn, round.id)?;
    let mut views = Vec::new();
    for adjustment in adjustments::of_round(tx.conn, round.id)? {
        let group = groups.iter().find(|g| g.id == adjustment.group);
        let relation = Relation {
            region: adjustment.region,
            ..group.map_or_else(|| scene.relation(), |g| judged.relation(&scene, g))
        };
        if scene.may(Action::ReadStandings, &relation) == crate::domain::policy::Verdict::Allow {
            views.push(view(tx, adjustment)?);
        }
    }
    Ok(views)
}

/// Gives a penalty or a bonus. In a closed group it makes a new revision of the standings.
///
/// # Errors
/// 422 at `/entry`, `/points`, `/rule`, `/quantity`, `/reason`; 409 `group_not_open`, `group_decided`.
pub fn give(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    round: &Code,
    asked: &Asked,
) -> Result<Outcome<AdjustmentView>> {
    let scene = access::competition(tx, actor, slug)?;
    let round = scene.round(tx, round)?;
    let place = places::by_number(tx.conn, round.id, asked.entry)?;
    let relation = scene.in_region(place.as_ref().and_then(|p| p.region));
    scene.require(Action::Adjust, &relation, "entry")?;
    let mut invalid = Invalid::default();
    if place.is_none() {
        invalid.push(FieldError::new("/entry", "entry_not_in_round").with("entry", asked.entry));
    }
    let quantity = match &asked.by {
        AskedBy::Points(_) | AskedBy::Rule(_, None) => None,
        AskedBy::Rule(_, Some(quantity)) => number(quantity, "/quantity", &mut invalid),
    };
    let given = match &asked.by {
        AskedBy::Points(given) => points(given, &mut invalid),
        AskedBy::Rule(..) => Points::ZERO,
    };
    if asked.reason.is_some() || matches!(asked.by, AskedBy::Points(_)) {
        check_reason(
            asked.reason.as_deref().unwrap_or_default(),
            "/reason",
            &mut invalid,
        );
    }
    invalid.into_result()?;
    let place = place.ok_or(Error::NotFound("entry"))?;
    let footing = places::locked_footing(tx.conn, place.group)?;
    must_take_decisions(footing.phase, &place.group_code)?;
    let rules = rules_of(&footing)?;
    let (rule, points) = match &asked.by {
        AskedBy::Points(_) => (None, given),
        AskedBy::Rule(rule, _) => (Some(rule.to_string()), counted(&rules, rule, quantity)?),
    };
    tabulation::require_scale(tx, place.group)?;
    let wish = Wish {
        kind: ProposalKind::Adjustment,
        subject: format!("rounds/{}/adjustments", round.code),
        group: Some(place.group),
        region: place.region,
        based_on: None,
        body: asked.body(points),
    };
    if let Some(proposal) = two_persons::agree(tx, &scene, wish)? {
        return Ok(Outcome::Proposed(proposal));
    }
    let new = NewAdjustment {
        public_id: random::public_id(),
        group_id: place.group,
        round_entry_id: place.id,
        points: points.thousandths(),
        reason: asked.reason.clone().unwrap_or_default(),
        rule,
        quantity: quantity.map(Points::thousandths),
        created_by: scene.person()?.id,
        created_at: tx.now,
    };
    adjustments::insert(tx.conn, &new)?;
    let points = points.show(rules.decimals());
    let details = json!({ "entry": place.number, "points": points, "rule": new.rule });
    record(tx, &scene, &round, "adjustment", &new.public_id, details)?;
    tx.after(Effect::GroupChanged(place.group));
    Ok(Outcome::Done(AdjustmentView {
        id: new.public_id.0,
        entry: place.number,
        points,
        reason: new.reason,
        rule: new.rule,
        quantity: quantity.map(|q| q.show(0)),
        created_at: tx.now,
        revoked_at: None,
        revoke_reason: None,
    }))
}

/// Takes a penalty or bonus back. It stays in the list, with the reason.
///
/// # Errors
/// 422 without a reason; 409 `adjustment_revoked`, `group_decided`; 404 when there is none with this id.
pub fn revoke(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    round: &Code,
    id: &PublicId,
    reason: &str,
) -> Result<Outcome<AdjustmentView>> {
    let scene = access::competition(tx, actor, slug)?;
    let round = scene.round(tx, round)?;
    let found = adjustments::by_public_id(tx.conn, round.id, id)?;
    let relation = scene.in_region(found.as_ref().and_then(|a| a.region));
    scene.require(Action::Adjust, &relation, "adjustment")?;
    let found = found.ok_or(Error::NotFound("adjustment"))?;
    let mut invalid = Invalid::default();
    check_reason(reason, "/reason", &mut invalid);
    invalid.into_result()?;
    let footing = places::locked_footing(tx.conn, found.group)?;
    must_take_decisions(footing.phase, &found.group_code)?;
    tabulation::require_scale(tx, found.group)?;
    let revoked = || Conflict::new("adjustment_revoked").with("entry", found.entry);
    if found.revoked_at.is_some() {
        return Err(revoked().into());
    }
    let wish = Wish {
        kind: ProposalKind::Revocation,
        subject: format!("rounds/{}/adjustments/{id}/revocation", round.code),
        group: Some(found.group),
        region: found.region,
        based_on: None,
        body: json!({ "reason": reason }),
    };
    if let Some(proposal) = two_persons::agree(tx, &scene, wish)? {
        return Ok(Outcome::Proposed(proposal));
    }
    let by = scene.person()?.id;
    if !adjustments::revoke(tx.conn, found.id, by, reason, tx.now)? {
        return Err(revoked().into());
    }
    let group = found.group;
    let revoked = Adjustment {
        revoked_at: Some(tx.now),
        revoke_reason: Some(reason.to_owned()),
        ..found
    };
    let details = json!({ "entry": revoked.entry });
    record(tx, &scene, &round, "revocation", id, details)?;
    tx.after(Effect::GroupChanged(group));
    view(tx, revoked).map(Outcome::Done)
}

/// What a penalty of the rules takes off or adds now; nothing when it disqualifies.
fn counted(rules: &Rules, rule: &Code, quantity: Option<Points>) -> Result<Points> {
    match penalties::effect(rules, rule.as_str(), quantity)? {
        PenaltyEffect::Disqualifies { .. } => Ok(Points::ZERO),
        PenaltyEffect::Points { points, .. } => points.to_string().parse().map_err(|_| {
            let maximum = Points::from_thousandths(i64::MAX);
            Error::from(FieldError::new("/quantity", "number_too_large").with("maximum", maximum))
        }),
    }
}

/// A plain decimal number.
fn number(given: &Given, at: &str, invalid: &mut Invalid) -> Option<Points> {
    let number = given.as_str().parse().ok();
    if number.is_none() {
        invalid.push(FieldError::new(at, "points_not_a_number").with("given", given.as_str()));
    }
    number
}

/// The points, if they are a number other than 0.
fn points(given: &Given, invalid: &mut Invalid) -> Points {
    let points = number(given, "/points", invalid);
    if points == Some(Points::ZERO) {
        invalid.push(FieldError::new("/points", "points_zero"));
    }
    points.unwrap_or(Points::ZERO)
}

fn view(tx: &mut Tx<'_>, adjustment: Adjustment) -> Result<AdjustmentView> {
    let footing = places::footing(tx.conn, adjustment.group)?;
    let points = Points::from_thousandths(adjustment.points);
    Ok(AdjustmentView {
        id: adjustment.public_id.0,
        entry: adjustment.entry,
        points: points.show(rules_of(&footing)?.decimals()),
        reason: adjustment.reason,
        rule: adjustment.rule,
        quantity: adjustment.quantity.map(|q| Points::from_thousandths(q).show(0)),
        created_at: adjustment.created_at,
        revoked_at: adjustment.revoked_at,
        revoke_reason: adjustment.revoke_reason,
    })
}

fn record(
    tx: &mut Tx<'_>,
    scene: &Scene,
    round: &Round,
    action: &'static str,
    id: &PublicId,
    details: serde_json::Value,
) -> Result<()> {
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action,
        subject: format!("rounds/{}/adjustments/{id}", round.code),
        version: None,
        details,
    };
    events::record(tx.conn, tx.now, &event)
}
