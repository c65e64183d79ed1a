//! Judges who do not mark what they were to mark: one steps down from an entry, another one is not there.

use crate::domain::ids::{JudgeId, PublicId, RoundEntryId};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::{Action, Relation};
use crate::domain::round::AssignmentStatus;
use crate::domain::text::{Code, Slug, check_reason};
use crate::error::{Error, Result};
use crate::store::assignments::{self, Assignment};
use crate::store::entries;
use crate::store::events::{self, NewEvent};
use crate::store::round_entries;
use crate::store::round_judges;
use crate::store::rounds::{self, Round};

use super::access;
use super::actor::Actor;
use super::bench::arrange;
use super::{Effect, Tx};

/// A judge who steps down, or whom an organizer has step down.
#[derive(Debug, Clone)]
pub struct Recusal {
    /// Why.
    pub reason: String,
    /// Whom an organizer means; without a word the caller.
    pub judge: Option<PublicId>,
}

/// Has a judge step down from an entry. Their ballot for it, if there is one, no longer counts.
///
/// # Errors
/// [`Error::Invalid`] at `/reason` or `/judge`; [`Error::Conflict`] `group_closed`, `already_recused`.
pub fn recuse(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (slug, code): (&Slug, &Code),
    number: i64,
    recusal: &Recusal,
) -> Result<()> {
    let scene = access::competition(tx, actor, slug)?;
    let round = scene.round(tx, code)?;
    let entry = round_entries::by_number(tx.conn, round.id, number)?;
    let own = match (&scene.person, &entry) {
        (Some(person), Some(entry)) => find(tx, &round, entry.id, &person.public_id)?,
        _ => None,
    };
    let others = recusal
        .judge
        .as_ref()
        .is_some_and(|judge| scene.person.as_ref().is_none_or(|p| p.public_id != *judge));
    let relation = match entries::by_number(tx.conn, scene.competition.id, number)? {
        Some(shown) => scene.of_entry(tx, &shown.entry)?,
        None => scene.relation(),
    };
    let assigned = own.is_some();
    let relation = Relation { assigned, ..relation };
    scene.require(Action::Recuse, &relation, "entry")?;
    if others {
        scene.require(Action::ManageJudging, &relation, "entry")?;
    }
    let entry = entry.ok_or(Error::NotFound("entry"))?;
    let group = rounds::groups(tx.conn, round.id)?
        .into_iter()
        .find(|g| g.id == entry.group);
    let group = group.ok_or(Error::NotFound("group"))?;
    let mut invalid = Invalid::default();
    check_reason(&recusal.reason, "/reason", &mut invalid);
    let (round, _) = arrange(tx, &round, &group)?;
    let judge = recusal.judge.as_ref().unwrap_or(&scene.person()?.public_id);
    let Some(assignment) = find(tx, &round, entry.id, judge)? else {
        invalid.push(FieldError::new("/judge", "judge_not_assigned").with("entry", number));
        return Err(invalid.into());
    };
    invalid.into_result()?;
    if assignment.status == AssignmentStatus::Recused {
        return Err(Error::conflict("already_recused"));
    }
    let reason = Some(recusal.reason.trim());
    assignments::set_status(
        tx.conn,
        &[assignment.id],
        AssignmentStatus::Recused,
        reason,
        tx.now,
    )?;
    let judge = round_judges::of_round(tx.conn, round.id)?
        .into_iter()
        .find(|j| j.id == assignment.judge_id);
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action: "recusal",
        subject: format!("rounds/{code}/entries/{number}"),
        version: Some((assignment.version, assignment.version + 1)),
        details: serde_json::json!({ "judge": judge.map(|j| j.code), "reason": recusal.reason.trim() }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.after(Effect::GroupChanged(group.id));
    Ok(())
}

/// Notes that a judge was not there. What they handed in before stays; nobody waits for the rest. Gives how many
/// assignments changed.
///
/// # Errors
/// [`Error::Invalid`] at `/reason` or `/judge`; [`Error::Conflict`] `group_closed`.
pub fn absent(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (slug, code, group): (&Slug, &Code, &Code),
    judge: &PublicId,
    reason: &str,
) -> Result<usize> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ManageJudging, "round")?;
    let round = scene.round(tx, code)?;
    let group = scene.group(tx, &round, group)?;
    scene.require(Action::ManageJudging, &scene.in_region(group.region_id), "group")?;
    let (round, group) = arrange(tx, &round, &group)?;
    let mut invalid = Invalid::default();
    check_reason(reason, "/reason", &mut invalid);
    let sits = round_judges::of_round(tx.conn, round.id)?
        .into_iter()
        .find(|j| j.public_id == *judge);
    let theirs: Vec<Assignment> = match &sits {
        Some(judge) => of_judge(assignments::of_group(tx.conn, group.id)?, judge.id),
        None => Vec::new(),
    };
    if theirs.is_empty() {
        invalid.push(FieldError::new("/judge", "judge_not_in_group").with("group", &group.code));
    }
    invalid.into_result()?;
    let there = theirs.iter().filter(|a| a.status == AssignmentStatus::Assigned);
    let there: Vec<i64> = there.map(|a| a.id).collect();
    let status = AssignmentStatus::Absent;
    let changed = assignments::set_status(tx.conn, &there, status, Some(reason.trim()), tx.now)?;
    if changed > 0 {
        let event = NewEvent {
            competition: Some(scene.competition.id),
            actor: Some(scene.person()?.id),
            action: "absence",
            subject: format!("rounds/{code}/groups/{}", group.code),
            version: None,
            details: serde_json::json!({ "judge": sits.map(|j| j.code), "reason": reason.trim(), "assignments": changed }),
        };
        events::record(tx.conn, tx.now, &event)?;
        tx.after(Effect::GroupChanged(group.id));
    }
    Ok(changed)
}

fn of_judge(mut assignments: Vec<Assignment>, judge: JudgeId) -> Vec<Assignment> {
    assignments.retain(|a| a.judge_id == judge);
    assignments
}

/// How a person is assigned to an entry.
fn find(tx: &mut Tx<'_>, round: &Round, entry: RoundEntryId, judge: &PublicId) -> Result<Option<Assignment>> {
    let judges = round_judges::of_round(tx.conn, round.id)?;
    let Some(judge) = judges.iter().find(|j| j.public_id == *judge) else {
        return Ok(None);
    };
    let all = assignments::of_entry(tx.conn, entry)?;
    Ok(all.into_iter().find(|a| a.judge_id == judge.id))
}
