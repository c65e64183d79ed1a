//! Two persons for what counts: in a competition that asks for them, one proposes, and another confirms by sending the
//! very same request.
//!
//! A use case calls [`agree`] when everything is checked and nothing is done yet. So both persons need the same rights,
//! both see the same refusals, and what is confirmed is word for word what was proposed.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::ids::{GroupId, RegionId};
use crate::domain::proposal::{LIFE, Meaning, ProposalKind, meaning};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::proposals::{self, NewProposal, Proposal};
use crate::store::sql_types::Json;

use super::access::Scene;
use super::{Tx, random};

/// What became of a request that may take two persons.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome<T> {
    /// It is done.
    Done(T),
    /// It waits for a second person.
    Proposed(Box<ProposalView>),
}

/// What somebody wants to do.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What it is.
    pub kind: ProposalKind,
    /// The address of the request, below the competition's.
    pub subject: String,
    /// The group that it is about.
    pub group: Option<GroupId>,
    /// The region that it is about.
    pub region: Option<RegionId>,
    /// The version that it is based on, as `If-Match` names it.
    pub based_on: Option<i64>,
    /// The body of the request.
    pub body: Value,
}

/// What waits for a second person. Whoever may do it, and did not propose it, confirms it by sending `request`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Proposal)]
pub struct ProposalView {
    /// Its id.
    #[schema(example = "bW9yZSB0aW1l")]
    pub id: String,
    /// What it is.
    pub kind: ProposalKind,
    /// The request that another person sends to confirm it.
    pub request: RequestView,
    /// Who proposed it.
    pub proposed_by: ProposerView,
    /// When.
    pub proposed_at: Stamp,
    /// Until when it waits.
    pub ends_at: Stamp,
}

/// A request that confirms a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProposedRequest)]
pub struct RequestView {
    /// The method.
    #[schema(example = "POST")]
    pub method: String,
    /// The address.
    #[schema(example = "/api/v1/competitions/talents-cup/rounds/final/adjustments")]
    pub path: String,
    /// The header `If-Match`, or `If-None-Match` when it is `*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null))]
    pub tag: Option<String>,
    /// The body.
    #[schema(value_type = Object, example = json!({ "entry": 25, "points": "-1.00", "reason": "30 seconds over time" }))]
    pub body: Value,
}

/// Who proposed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Proposer)]
pub struct ProposerView {
    /// Their id.
    #[schema(example = "djCofcIwWDFCpwo5")]
    pub id: String,
    /// What they are called.
    #[schema(example = "Liu Fang")]
    pub name: String,
}

/// Goes on (`None`) when the competition asks for one person only, or when this confirms what somebody else proposed;
/// otherwise keeps it as a proposal and gives that, and the use case does nothing.
///
/// # Errors
/// When the database fails.
pub fn agree(tx: &mut Tx<'_>, scene: &Scene, wish: Wish) -> Result<Option<Box<ProposalView>>> {
    let competition = &scene.competition;
    if !competition.two_persons {
        return Ok(None);
    }
    let by = scene.person()?.id;
    let waiting = proposals::about(tx.conn, competition.id, wish.kind, &wish.subject)?;
    match meaning(&waiting, by, wish.based_on, &wish.body, tx.now) {
        // Of two who confirm at the same moment, the second one finds it settled, and proposes.
        Meaning::Confirms(id) if proposals::settle(tx.conn, id, by, "confirmed", tx.now)? => {
            let proposal = proposals::public_id(tx.conn, id)?;
            record(tx, scene, &wish, "confirmation", &proposal.0)?;
            return Ok(None);
        }
        Meaning::Repeats(id) => {
            let proposal = proposals::public_id(tx.conn, id)?;
            return shown(tx, scene, &proposal.0).map(Some);
        }
        Meaning::Confirms(_) | Meaning::Proposes => {}
    }
    if wish.kind.replaces() {
        for old in &waiting {
            proposals::settle(tx.conn, old.id, by, "replaced", tx.now)?;
        }
    }
    let new = NewProposal {
        public_id: random::public_id(),
        competition_id: competition.id,
        group_id: wish.group,
        region_id: wish.region,
        kind: wish.kind,
        subject: wish.subject.clone(),
        based_on: wish.based_on,
        body: Json::new(wish.body.clone())?,
        proposed_by: by,
        proposed_at: tx.now,
    };
    proposals::insert(tx.conn, &new)?;
    record(tx, scene, &wish, "proposal", &new.public_id.0)?;
    shown(tx, scene, &new.public_id.0).map(Some)
}

fn shown(tx: &mut Tx<'_>, scene: &Scene, id: &str) -> Result<Box<ProposalView>> {
    let (competition, since) = (scene.competition.id, tx.now.plus_seconds(-LIFE));
    let found = proposals::open_one(
        tx.conn,
        competition,
        &crate::domain::ids::PublicId(id.to_owned()),
        since,
    )?;
    let found = found.ok_or_else(|| Error::internal("a proposal is lost"))?;
    Ok(Box::new(view(scene, found)))
}

/// A proposal as clients see it.
pub(super) fn view(scene: &Scene, proposal: Proposal) -> ProposalView {
    let (method, tag) = match (proposal.kind, proposal.based_on) {
        (ProposalKind::Recording | ProposalKind::Settings, Some(0)) => ("PUT", Some("*".to_owned())),
        (ProposalKind::Recording | ProposalKind::Settings, version) => {
            ("PUT", version.map(|v| format!("\"v{v}\"")))
        }
        _ => ("POST", None),
    };
    let mut path = format!("/api/v1/competitions/{}", scene.competition.slug);
    if !proposal.subject.is_empty() {
        path = format!("{path}/{}", proposal.subject);
    }
    ProposalView {
        id: proposal.public_id.0,
        kind: proposal.kind,
        request: RequestView {
            method: method.into(),
            path,
            tag,
            body: proposal.body.into_inner(),
        },
        proposed_by: ProposerView {
            id: proposal.by_public_id.0,
            name: proposal.by_name,
        },
        proposed_at: proposal.proposed_at,
        ends_at: proposal.proposed_at.plus_seconds(LIFE),
    }
}

fn record(tx: &mut Tx<'_>, scene: &Scene, wish: &Wish, action: &'static str, id: &str) -> Result<()> {
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action,
        subject: format!("proposals/{id}"),
        version: None,
        details: json!({ "kind": wish.kind, "of": wish.subject }),
    };
    events::record(tx.conn, tx.now, &event)
}
