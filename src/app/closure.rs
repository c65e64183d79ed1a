//! Closing a group: its marks are fixed, its standings computed and kept, and what is missing is said.
//!
//! Three steps, so that nothing is computed while others wait to write: the phase (write), the standings (read; nothing
//! can change any more), keeping them (write). Should the server stop between them, the group is closed without
//! standings, and whoever reads them next computes and keeps them.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::domain::ids::GroupId;
use crate::domain::policy::Action;
use crate::domain::proposal::ProposalKind;
use crate::domain::round::Phase;
use crate::domain::scoring::Warning;
use crate::domain::text::Code;
use crate::error::{Conflict, Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::revisions::{self, Counted};
use crate::store::rounds::{self, Group, Round};
use crate::store::tabulation::{self as stored, Missing};
use crate::store::{dialect, standings};

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

/// What the caller saw of a group: nothing else may have changed since.
///
/// While judges hand in one ballot after the other, a revision is old before it is named; who names only the basis closes
/// at once, over whatever was handed in before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The revision, if it must be the current one.
    pub revision: Option<i64>,
    /// The basis, if that must be the current one.
    pub basis: Option<i64>,
}

impl Seen {
    /// # Errors
    /// 409 `standings_moved`, `basis_moved`.
    fn require(self, group: &Group, now: Counted) -> Result<()> {
        if let Some(seen) = self.revision {
            tabulation::require_revision(group, now.revision, seen)?;
        }
        match self.basis {
            Some(seen) if seen != now.basis => Err(Conflict::new("basis_moved")
                .with("group", &group.code)
                .with("current", now.basis)
                .with("given", seen)
                .into()),
            _ => Ok(()),
        }
    }

    /// The body of a request that says the same.
    fn body(self) -> Value {
        let said = [("revision", self.revision), ("basis", self.basis)];
        let said = said
            .into_iter()
            .filter_map(|(name, number)| Some((name.to_owned(), number?.into())));
        Value::Object(said.collect())
    }
}

/// Closes a group of which the caller saw something.
///
/// # Errors
/// 409 `group_not_open`, `group_closed_already`; 409 `standings_moved` and `basis_moved` when what they saw has changed.
pub async fn close(app: &App, actor: Actor, path: GroupPath, seen: Seen) -> Result<Outcome<Closure>> {
    let (round, group) = match app.write(move |tx| fix(tx, &actor, &path, seen)).await? {
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
fn fix(tx: &mut Tx<'_>, actor: &Actor, path: &GroupPath, seen: Seen) -> Result<Outcome<(Round, GroupId)>> {
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
    let now = revisions::counted(tx.conn, group.id)?;
    seen.require(&group, now)?;
    let wish = Wish {
        kind: ProposalKind::Closure,
        subject: format!("{}/closure", path.below()),
        group: Some(group.id),
        region: group.region_id,
        based_on: None,
        body: seen.body(),
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
        details: json!({ "revision": now.revision }),
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
