//! Taking a closure back, as long as nobody has built on it.

use crate::domain::ids::GroupId;
use crate::domain::invalid::Invalid;
use crate::domain::policy::Action;
use crate::domain::round::Phase;
use crate::domain::text::{Code, check_reason};
use crate::error::{Conflict, Result};
use crate::store::events::{self, NewEvent};
use crate::store::rounds::{self, Group, Round};
use crate::store::{advancements, dialect, revisions, standings};

use super::actor::Actor;
use super::tabulation::GroupPath;
use super::{Effect, Tx, access};

/// A group that takes marks again.
#[derive(Debug, Clone)]
pub struct Reopened {
    /// The group.
    pub group: Code,
    /// The revision of what is counted.
    pub revision: i64,
}

/// Opens a closed group again. A decision who goes on falls, and with it that of every group it spanned.
///
/// # Errors
/// 422 at `/reason`; 409 `group_not_closed`, `group_published`, `later_group_open`.
pub fn reopen(tx: &mut Tx<'_>, actor: &Actor, path: &GroupPath, reason: &str) -> Result<Reopened> {
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
    match standings::phase(tx.conn, group.id)? {
        Phase::Draft | Phase::Open => {
            return Err(Conflict::new("group_not_closed")
                .with("group", &group.code)
                .into());
        }
        Phase::Closed => {}
        Phase::Decided => take_back(tx, &round, &group)?,
        Phase::Published => {
            return Err(Conflict::new("group_published").with("group", &group.code).into());
        }
    }
    standings::set_phase(tx.conn, group.id, Phase::Open, tx.now)?;
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action: "reopening",
        subject: format!("rounds/{}/groups/{}", round.code, group.code),
        version: Some((group.version, group.version + 1)),
        details: serde_json::json!({ "reason": reason }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.announce(Effect::GroupChanged(group.id))?;
    Ok(Reopened {
        group: group.code,
        revision: revisions::of_group(tx.conn, group.id)?,
    })
}

/// Ends the decision that a group is part of; the other groups of it are closed again.
fn take_back(tx: &mut Tx<'_>, round: &Round, group: &Group) -> Result<()> {
    let mut decisions = advancements::current(tx.conn, round.id)?;
    decisions.retain(|d| d.group_id.is_none_or(|id| id == group.id));
    let spans = decisions.iter().any(|d| d.group_id.is_none());
    let groups = rounds::groups(tx.conn, round.id)?;
    let concerned = groups.iter().filter(|g| spans || g.id == group.id);
    let concerned: Vec<&Group> = concerned.filter(|g| g.phase.is_closed()).collect();
    if let Some(published) = concerned.iter().find(|g| g.phase == Phase::Published) {
        return Err(Conflict::new("group_published")
            .with("group", &published.code)
            .into());
    }
    let ids: Vec<GroupId> = concerned.iter().map(|g| g.id).collect();
    if let Some((round, group)) = standings::used_by(tx.conn, round, &ids)? {
        return Err(Conflict::new("later_group_open")
            .with("round", round)
            .with("group", group)
            .into());
    }
    let ids: Vec<i64> = decisions.iter().map(|d| d.id).collect();
    advancements::supersede(tx.conn, &ids, tx.now)?;
    for other in concerned.iter().filter(|g| g.id != group.id) {
        standings::undecide(tx.conn, other.id)?;
        tx.announce(Effect::GroupChanged(other.id))?;
    }
    Ok(())
}
