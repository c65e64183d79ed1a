//! What waits for a second person: listed for whoever may read what it is about, and taken back.

use serde_json::json;

use crate::domain::ids::PublicId;
use crate::domain::policy::{Action, Relation, Verdict};
use crate::domain::proposal::{LIFE, ProposalKind};
use crate::domain::text::Slug;
use crate::error::{Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::proposals::{self, Proposal};
use crate::store::rounds::{self, Group};

use super::Tx;
use super::access::{self, Judged, Scene};
use super::actor::Actor;
use super::two_persons::{ProposalView, view};

/// What waits for a second person, as far as the caller may read what it is about, oldest first.
///
/// # Errors
/// 403 and 404 as the policy says.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<Vec<ProposalView>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ReadProposals, "competition")?;
    let facts = Facts::of(tx, &scene)?;
    let since = tx.now.plus_seconds(-LIFE);
    let mut open = proposals::open(tx.conn, scene.competition.id, since)?;
    open.retain(|proposal| facts.may_read(&scene, proposal));
    Ok(open.into_iter().map(|proposal| view(&scene, proposal)).collect())
}

/// Takes a proposal back: its proposer, or whoever may do what it asks for.
///
/// # Errors
/// 404 for one that does not wait any more, or that the caller may not read; 403 as the policy says.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, id: &PublicId) -> Result<()> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ReadProposals, "competition")?;
    let facts = Facts::of(tx, &scene)?;
    let since = tx.now.plus_seconds(-LIFE);
    let found = proposals::open_one(tx.conn, scene.competition.id, id, since)?
        .filter(|proposal| facts.may_read(&scene, proposal))
        .ok_or(Error::NotFound("proposal"))?;
    let by = scene.person()?.id;
    if found.by != by {
        let relation = facts.relation(&scene, &found);
        scene.require(found.kind.action(), &relation, "proposal")?;
    }
    if !proposals::settle(tx.conn, found.id, by, "withdrawn", tx.now)? {
        return Err(Error::NotFound("proposal"));
    }
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(by),
        action: "proposal_withdrawal",
        subject: format!("proposals/{id}"),
        version: None,
        details: json!({ "kind": found.kind, "of": found.subject }),
    };
    events::record(tx.conn, tx.now, &event)
}

/// What decides who may read a proposal.
struct Facts {
    judged: Judged,
    groups: Vec<Group>,
}

impl Facts {
    fn of(tx: &mut Tx<'_>, scene: &Scene) -> Result<Self> {
        Ok(Self {
            judged: scene.judged(tx)?,
            groups: rounds::groups_of_competition(tx.conn, scene.competition.id)?,
        })
    }

    /// How the caller stands to what a proposal is about.
    fn relation(&self, scene: &Scene, proposal: &Proposal) -> Relation {
        let group = self.groups.iter().find(|g| Some(g.id) == proposal.group);
        let relation = match group {
            Some(group) => self.judged.relation(scene, group),
            None if proposal.kind == ProposalKind::Settings => scene.whole(),
            None => scene.relation(),
        };
        Relation {
            region: proposal.region,
            ..relation
        }
    }

    fn may_read(&self, scene: &Scene, proposal: &Proposal) -> bool {
        scene.may(proposal.kind.reading(), &self.relation(scene, proposal)) == Verdict::Allow
    }
}
