//! Taking a closure back, and with it what was decided from it. What the public saw stays as it is until a correction is
//! published; what nobody saw yet never appears.

use crate::domain::invalid::Invalid;
use crate::domain::policy::Action;
use crate::domain::proposal::ProposalKind;
use crate::domain::round::Phase;
use crate::domain::text::{Code, check_reason};
use crate::error::{Conflict, Result};
use crate::store::events::{self, NewEvent};
use crate::store::rounds::{self, Group, Round};
use crate::store::{advancements, dialect, publications, revisions, standings};

use super::actor::Actor;
use super::tabulation::GroupPath;
use super::two_persons::{self, Outcome, Wish};
use super::{Effect, Tx, access};

/// A group that takes marks again.
#[derive(Debug, Clone)]
pub struct Reopened {
    /// The group.
    pub group: Code,
    /// The revision of what is counted.
    pub revision: i64,
    /// Publications that nobody could see yet and that were taken back: group and number.
    pub taken_back: Vec<(Code, i64)>,
}

/// Opens a group again that is closed, decided or published. A decision who goes on falls, and with it that of every group
/// it spanned.
///
/// # Errors
/// 422 at `/reason`; 409 `group_not_closed`.
pub fn reopen(tx: &mut Tx<'_>, actor: &Actor, path: &GroupPath, reason: &str) -> Result<Outcome<Reopened>> {
    let scene = access::competition(tx, actor, &path.slug)?;
    let round = scene.round(tx, &path.round)?;
    let group = scene.group(tx, &round, &path.group)?;
    scene.require(Action::RunGroup, &scene.in_region(group.region_id), "group")?;
    let mut invalid = Invalid::default();
    check_reason(reason, "/reason", &mut invalid);
    invalid.into_result()?;
    // In order of their rows, so that two of these never wait for each other.
    for other in rounds::groups(tx.conn, round.id)? {
        dialect::lock_phase_exclusive(tx.conn, other.id)?;
    }
    let phase = standings::phase(tx.conn, group.id)?;
    if !phase.is_closed() {
        return Err(Conflict::new("group_not_closed")
            .with("group", &group.code)
            .into());
    }
    let wish = Wish {
        kind: ProposalKind::Reopening,
        subject: format!("{}/reopening", path.below()),
        group: Some(group.id),
        region: group.region_id,
        based_on: None,
        body: serde_json::json!({ "reason": reason }),
    };
    if let Some(proposal) = two_persons::agree(tx, &scene, wish)? {
        return Ok(Outcome::Proposed(proposal));
    }
    let taken_back = take_back(tx, &round, &group, reason)?;
    standings::reopen(tx.conn, group.id, tx.now)?;
    let unseen: Vec<String> = taken_back.iter().map(|(g, n)| format!("{g}/{n}")).collect();
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action: "reopening",
        subject: format!("rounds/{}/groups/{}", round.code, group.code),
        version: Some((group.version, group.version + 1)),
        details: serde_json::json!({ "reason": reason, "from": phase, "taken_back": unseen }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.announce(Effect::GroupChanged(group.id))?;
    Ok(Outcome::Done(Reopened {
        group: group.code,
        revision: revisions::of_group(tx.conn, group.id)?,
        taken_back,
    }))
}

/// Ends the decision that a group is part of; the other groups of it are closed again. What was to be published of it
/// never is.
fn take_back(tx: &mut Tx<'_>, round: &Round, group: &Group, reason: &str) -> Result<Vec<(Code, i64)>> {
    let mut decisions = advancements::current(tx.conn, round.id)?;
    decisions.retain(|d| d.group_id.is_none_or(|id| id == group.id));
    let spans = decisions.iter().any(|d| d.group_id.is_none());
    let groups = rounds::groups(tx.conn, round.id)?;
    let concerned = groups.iter().filter(|g| spans || g.id == group.id);
    let concerned: Vec<&Group> = concerned.filter(|g| g.phase.is_closed()).collect();
    let ids: Vec<i64> = decisions.iter().map(|d| d.id).collect();
    advancements::supersede(tx.conn, &ids, tx.now)?;
    let mut taken_back = Vec::new();
    for one in concerned {
        let numbers = publications::take_back(tx.conn, one.id, Some(reason), tx.now)?;
        taken_back.extend(numbers.into_iter().map(|n| (one.code.clone(), n)));
        if one.id != group.id && one.phase != Phase::Closed {
            standings::undecide(tx.conn, one.id)?;
            tx.announce(Effect::GroupChanged(one.id))?;
        }
    }
    Ok(taken_back)
}
