//! Recorded values: an organizer or a clerk enters what officials measured or counted.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::domain::ballot::Refusal;
use crate::domain::invalid::{FieldError, Invalid, pointer_step};
use crate::domain::points::{Given, Points};
use crate::domain::policy::Action;
use crate::domain::proposal::ProposalKind;
use crate::domain::round::Phase;
use crate::domain::rules::Rules;
use crate::domain::scoring::ballot;
use crate::error::{Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::marks::Marks;
use crate::store::places;
use crate::store::recorded::{self, Recorded};

use super::actor::Actor;
use super::desk::{refused, rules_of};
use super::place::{self, EntryAt, Spot};
use super::two_persons::{self, Outcome, Wish};
use super::{Effect, Tx};

/// The recorded values of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RecordedValues, example = json!({ "values": { "elements": "42.37" }, "version": 1 }))]
pub struct RecordedView {
    /// The values by criterion, decimal strings; a criterion without a value is left out.
    pub values: BTreeMap<String, String>,
    /// Counts changes; the tag is `"v1"`.
    pub version: i64,
}

/// Values by criterion as somebody entered them; none takes a value back.
pub type Entered = BTreeMap<String, Option<Given>>;

/// The recorded values of an entry.
///
/// # Errors
/// 404 when nothing was recorded yet; 403 and 404 as the policy says.
pub fn read(tx: &mut Tx<'_>, actor: &Actor, at: &EntryAt) -> Result<RecordedView> {
    let spot = place::find(tx, actor, at)?;
    let relation = spot.relation_as_judge(tx)?;
    spot.scene.require(Action::ReadRecorded, &relation, "entry")?;
    let footing = places::footing(tx.conn, spot.place.group)?;
    let current = recorded::of_place(tx.conn, spot.place.id)?;
    if current.version == 0 {
        return Err(Error::NotFound("recorded values"));
    }
    Ok(view(&*rules_of(&footing)?, &current))
}

/// Sets all recorded values of an entry on top of version `from` (0: of nothing). Gives whether they are the first.
///
/// # Errors
/// 422 with each wrong value; 409 `group_closed`, `rules_missing`; 412 with the current values.
pub fn set(
    tx: &mut Tx<'_>,
    actor: &Actor,
    at: &EntryAt,
    from: i64,
    entered: &Entered,
) -> Result<Outcome<(RecordedView, bool)>> {
    let spot = place::find(tx, actor, at)?;
    let relation = spot.relation_as_judge(tx)?;
    spot.scene.require(Action::TypePaper, &relation, "entry")?;
    let footing = places::locked_footing(tx.conn, spot.place.group)?;
    match footing.phase {
        Phase::Draft | Phase::Open => {}
        Phase::Closed => return Err(refused(Refusal::Closed, &spot)),
        Phase::Decided | Phase::Published => return Err(refused(Refusal::Decided, &spot)),
    }
    let rules = rules_of(&footing)?;
    let values = Marks::of(&check(&rules, entered)?).json()?;
    let current = recorded::of_place(tx.conn, spot.place.id)?;
    if *current.values == *values && current.version > 0 {
        return Ok(Outcome::Done((view(&rules, &current), false)));
    }
    if current.version != from {
        return stale(tx, &spot, &rules);
    }
    let wanted = Recorded {
        values: values.clone(),
        version: from + 1,
    };
    let wish = Wish {
        kind: ProposalKind::Recording,
        subject: format!("{}/recorded", spot.subject()),
        group: Some(spot.place.group),
        region: spot.place.region,
        based_on: Some(from),
        body: json!({ "values": view(&rules, &wanted).values }),
    };
    if let Some(proposal) = two_persons::agree(tx, &spot.scene, wish)? {
        return Ok(Outcome::Proposed(proposal));
    }
    if !recorded::set(tx.conn, spot.place.id, from, &values)? {
        return stale(tx, &spot, &rules);
    }
    let view = view(&rules, &wanted);
    let event = NewEvent {
        competition: Some(spot.scene.competition.id),
        actor: Some(spot.scene.person()?.id),
        action: "recording",
        subject: format!("{}/recorded", spot.subject()),
        version: Some((from, view.version)),
        details: json!({ "values": view.values }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.after(Effect::GroupChanged(spot.place.group));
    Ok(Outcome::Done((view, from == 0)))
}

/// The values that fit the rubric.
fn check(rules: &Rules, entered: &Entered) -> Result<BTreeMap<String, Points>, Invalid> {
    let mut invalid = Invalid::default();
    let mut values = BTreeMap::new();
    for (code, given) in entered {
        let at = format!("/values/{}", pointer_step(code));
        let slot = match rules.rubric.slot(code) {
            None => {
                invalid.push(FieldError::new(at, "mark_unknown_criterion").with("criterion", code));
                continue;
            }
            Some(slot) if !slot.criterion.is_recorded() => {
                invalid.push(FieldError::new(at, "value_of_judged_criterion").with("criterion", code));
                continue;
            }
            Some(slot) => slot,
        };
        match given.as_ref().map(|given| ballot::value(slot, given, &at)) {
            None => {}
            Some(Ok(value)) => drop(values.insert(code.clone(), value)),
            Some(Err(error)) => invalid.push(error),
        }
    }
    invalid.into_result().map(|()| values)
}

fn view(rules: &Rules, recorded: &Recorded) -> RecordedView {
    let values = recorded.values.points();
    let shown = rules.rubric.records().filter_map(|slot| {
        let value = values.get(slot.code().as_ref())?;
        Some((slot.code().into_owned(), value.show(slot.criterion.decimals())))
    });
    RecordedView {
        values: shown.collect(),
        version: recorded.version,
    }
}

fn stale<T>(tx: &mut Tx<'_>, spot: &Spot, rules: &Rules) -> Result<T> {
    let current = recorded::of_place(tx.conn, spot.place.id)?;
    let view = serde_json::to_value(view(rules, &current)).map_err(Error::internal)?;
    Err(Error::Stale {
        version: current.version,
        current: (current.version > 0).then(|| Box::new(view)),
    })
}
