//! Closing a group: its marks are fixed, its standings computed and kept, and what is missing is said.
//!
//! Three steps, so that nothing is computed while others wait to write: the phase (write), the standings (read; nothing
//! can change any more), keeping them (write). Should the server stop between them, the group is closed without
//! standings, and whoever reads them next computes and keeps them.

use std::sync::Arc;

use crate::domain::ids::GroupId;
use crate::domain::policy::Action;
use crate::domain::proposal::ProposalKind;
use crate::domain::round::Phase;
use crate::domain::scoring::Warning;
use crate::domain::text::Code;
use crate::error::{Conflict, Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::rounds::{self, Round};
use crate::store::tabulation::{self as stored, Missing};
use crate::store::{dialect, revisions, standings};

use super::actor::Actor;
use super::tabulation::{self, GroupPath, Tabulated};
use super::two_persons::{self, Outcome, Wish};
use super::{App, Effect, Tx, access};

/// What closure fixed.
#[derive(Debug, Clone)]
pub struct Closure {
    /// The group.
    pub group: Code,
    /// The revision of the standings.
    pub revision: i64,
    /// Ballots that never came.
    pub missing: Vec<Missing>,
    /// What somebody should look at.
    pub warnings: Vec<Warning>,
}

/// Closes a group whose standings the caller saw at a revision.
///
/// # Errors
/// 409 `group_not_open`, `group_closed_already`; 409 `standings_moved` when something was counted since.
pub async fn close(app: &App, actor: Actor, path: GroupPath, revision: i64) -> Result<Outcome<Closure>> {
    let (round, group) = match app.write(move |tx| fix(tx, &actor, &path, revision)).await? {
        Outcome::Done(fixed) => fixed,
        Outcome::Proposed(proposal) => return Ok(Outcome::Proposed(proposal)),
    };
    let round = Arc::new(round);
    let (tabulated, missing) = app.read(move |tx| compute(tx, &round, group)).await?;
    let tabulated = Arc::new(tabulated);
    let kept = Arc::clone(&tabulated);
    app.write(move |tx| tabulation::keep(tx, &kept)).await?;
    Ok(Outcome::Done(Closure {
        group: tabulated.group.code.clone(),
        revision: tabulated.revision,
        missing,
        warnings: tabulated.standings.warnings.clone(),
    }))
}

/// Fixes the marks: a ballot that was answered before is counted, one that comes after is late.
fn fix(tx: &mut Tx<'_>, actor: &Actor, path: &GroupPath, revision: i64) -> Result<Outcome<(Round, GroupId)>> {
    let scene = access::competition(tx, actor, &path.slug)?;
    let round = scene.round(tx, &path.round)?;
    let group = scene.group(tx, &round, &path.group)?;
    scene.require(Action::RunGroup, &scene.in_region(group.region_id), "group")?;
    dialect::lock_phase_exclusive(tx.conn, group.id)?;
    match standings::phase(tx.conn, group.id)? {
        Phase::Open => {}
        Phase::Draft => return Err(Conflict::new("group_not_open").with("group", &group.code).into()),
        Phase::Closed | Phase::Decided | Phase::Published => {
            return Err(Conflict::new("group_closed_already")
                .with("group", &group.code)
                .into());
        }
    }
    tabulation::require_revision(&group, revisions::of_group(tx.conn, group.id)?, revision)?;
    let wish = Wish {
        kind: ProposalKind::Closure,
        subject: format!("{}/closure", path.below()),
        group: Some(group.id),
        region: group.region_id,
        based_on: None,
        body: serde_json::json!({ "revision": revision }),
    };
    if let Some(proposal) = two_persons::agree(tx, &scene, wish)? {
        return Ok(Outcome::Proposed(proposal));
    }
    standings::set_phase(tx.conn, group.id, Phase::Closed, tx.now)?;
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action: "closure",
        subject: format!("rounds/{}/groups/{}", round.code, group.code),
        version: Some((group.version, group.version + 1)),
        details: serde_json::json!({ "revision": revision }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.announce(Effect::GroupChanged(group.id))?;
    Ok(Outcome::Done((round, group.id)))
}

fn compute(tx: &mut Tx<'_>, round: &Round, group: GroupId) -> Result<(Tabulated, Vec<Missing>)> {
    let rules = tabulation::rules(tx, round)?;
    let groups = rounds::groups(tx.conn, round.id)?;
    let group = groups.into_iter().find(|g| g.id == group);
    let group = group.ok_or(Error::NotFound("group"))?;
    let missing = stored::missing(tx.conn, group.id)?;
    Ok((tabulation::group(tx, round, group, &rules)?, missing))
}
