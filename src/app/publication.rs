//! Publishing: what the public sees of a group becomes bytes that never change; a correction is a new revision that says
//! what it corrects and what changed since the one that the public sees. A newer one takes the place of those that nobody
//! could see yet.

mod withdrawal;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::domain::ids::{EntryId, GroupId, RegionId};
use crate::domain::invalid::{FieldError, Invalid, pointer_step};
use crate::domain::policy::{Action, Verdict};
use crate::domain::proposal::ProposalKind;
use crate::domain::publication::{PrivateResult, PublicationState};
use crate::domain::round::Phase;
use crate::domain::rules::Rules;
use crate::domain::text::{Code, REASON_MAX, Slug, check_length};
use crate::domain::time::Stamp;
use crate::error::{Conflict, Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::publications::{self, Publication};
use crate::store::rounds::{self, Group, Round};
use crate::store::{advancements, dialect, revisions, standings};

use super::access::{self, Scene};
use super::actor::Actor;
use super::documents::{Made, decision_of, is_to_be_judged};
use super::leavers::{Since, numbers};
use super::tabulation::{self, Tabulated};
use super::two_persons::{self, Outcome, Wish};
use super::{Effect, Tx};

pub use self::withdrawal::withdraw;

/// What is to be published.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The competition.
    pub slug: Slug,
    /// The round.
    pub round: Code,
    /// The groups, with the revisions that the caller saw.
    pub revisions: BTreeMap<String, i64>,
    /// From when the public sees it; at once without a word.
    pub visible_at: Option<Stamp>,
    /// What a correction corrects.
    pub note: Option<String>,
}

impl Asked {
    /// The body of the request that asks for it.
    fn body(&self) -> Value {
        let mut body = Map::from_iter([("revisions".to_owned(), json!(self.revisions))]);
        if let Some(visible_at) = self.visible_at {
            body.insert("visible_at".to_owned(), json!(visible_at));
        }
        if let Some(note) = &self.note {
            body.insert("note".to_owned(), json!(note));
        }
        Value::Object(body)
    }
}

/// A publication, made and not yet kept.
#[derive(Debug)]
pub struct Prepared {
    group: Group,
    tabulated: Tabulated,
    number: i64,
    /// The publication that the public sees now.
    base: Option<i64>,
    decision: Option<i64>,
    visible_at: Stamp,
    document: String,
    owners: Vec<(EntryId, PrivateResult)>,
    /// Whether what the public sees now says the same: then that stands.
    unchanged: bool,
}

/// A publication that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The group.
    pub group: Code,
    /// Counts the publications of the group.
    pub number: i64,
    /// From when the public sees it.
    pub visible_at: Stamp,
    /// The hash of its bytes.
    pub sha256: String,
    /// What a correction corrects.
    pub note: Option<String>,
    /// What became of it.
    pub state: PublicationState,
}

/// Makes the documents from what is decided: for a transaction that only reads.
///
/// # Errors
/// 422 at `/revisions`, `/visible_at`, `/note`; 409 `group_not_decided`, `standings_moved`, `decision_stale` when somebody
/// who goes on left since, `nothing_changed` when what the public sees says the same of every group.
pub fn prepare(tx: &mut Tx<'_>, actor: &Actor, asked: &Asked) -> Result<Vec<Prepared>> {
    let scene = access::competition(tx, actor, &asked.slug)?;
    let round = scene.round(tx, &asked.round)?;
    let groups = concerned(tx, &scene, &round, asked)?;
    let rules = tabulation::rules(tx, &round)?;
    let visible_at = asked.visible_at.unwrap_or(tx.now);
    let mut invalid = Invalid::default();
    if visible_at < tx.now {
        invalid.push(FieldError::new("/visible_at", "time_past").with("now", tx.now));
    }
    let note = asked.note.as_deref().filter(|n| !n.trim().is_empty());
    check_length(note.unwrap_or_default(), "/note", REASON_MAX, &mut invalid);
    let mut seen = BTreeMap::new();
    for (group, _) in &groups {
        if let Some(publication) = publications::visible(tx.conn, group.id, tx.now)? {
            seen.insert(group.id, publication);
        }
    }
    if note.is_none() && !seen.is_empty() {
        invalid.push(FieldError::new("/note", "note_required"));
    }
    invalid.into_result()?;
    let anonymous = scene.competition.blind && is_to_be_judged(tx, &round)?;
    let made = Made {
        competition: &scene.competition.slug,
        round: &round,
        rules: &rules,
        visible_at,
        note,
        anonymous,
    };
    let mut prepared = Vec::with_capacity(groups.len());
    for (group, given) in groups {
        require_decided(&group, &rules)?;
        let tabulated = tabulation::group(tx, &round, group.clone(), &rules)?;
        tabulation::require_revision(&group, tabulated.revision, given)?;
        let decision = decision_of(tx, &round, group.id)?;
        require_current(tx, &round, &group, decision.as_ref())?;
        let base = seen.get(&group.id);
        let number = publications::last_number(tx.conn, group.id)? + 1;
        let document = made.of(tx, &tabulated, decision.as_ref(), (number, base))?;
        prepared.push(Prepared {
            number,
            base: base.map(|b| b.number),
            decision: decision.map(|d| d.id),
            visible_at,
            document: document.public,
            owners: document.owners,
            unchanged: document.unchanged,
            group,
            tabulated,
        });
    }
    if prepared.iter().all(|p| p.unchanged) {
        let groups: Vec<&str> = prepared.iter().map(|p| p.group.code.as_str()).collect();
        return Err(Conflict::new("nothing_changed")
            .with("groups", groups.join(", "))
            .into());
    }
    Ok(prepared)
}

/// Publishes what was prepared, if everything is still as it was.
///
/// # Errors
/// As [`prepare`], for what changed since.
pub fn publish(
    tx: &mut Tx<'_>,
    actor: &Actor,
    asked: &Asked,
    prepared: &[Prepared],
) -> Result<Outcome<Vec<Kept>>> {
    let scene = access::competition(tx, actor, &asked.slug)?;
    let round = scene.round(tx, &asked.round)?;
    let groups = concerned(tx, &scene, &round, asked)?;
    for (group, _) in &groups {
        dialect::lock_phase_exclusive(tx.conn, group.id)?;
    }
    let wish = Wish {
        kind: ProposalKind::Publication,
        subject: format!("rounds/{}/publication", round.code),
        group: prepared
            .first()
            .map(|p| p.group.id)
            .filter(|_| prepared.len() == 1),
        region: only_region(prepared),
        based_on: None,
        body: asked.body(),
    };
    if let Some(proposal) = two_persons::agree(tx, &scene, wish)? {
        return Ok(Outcome::Proposed(proposal));
    }
    let rules = tabulation::rules(tx, &round)?;
    let person = scene.person()?.id;
    let mut kept = Vec::with_capacity(prepared.len());
    for p in prepared {
        let id = p.group.id;
        let phase = standings::phase(tx.conn, id)?;
        let group = Group {
            phase,
            ..p.group.clone()
        };
        require_decided(&group, &rules)?;
        tabulation::require_revision(&group, revisions::of_group(tx.conn, id)?, p.tabulated.revision)?;
        let latest = publications::last_number(tx.conn, id)?;
        let base = publications::visible(tx.conn, id, tx.now)?.map(|b| b.number);
        let decision = decision_of(tx, &round, id)?;
        require_current(tx, &round, &group, decision.as_ref())?;
        if (latest + 1, base, decision.map(|d| d.id)) != (p.number, p.base, p.decision) {
            return Err(Conflict::new("decided_meanwhile")
                .with("round", &round.code)
                .into());
        }
        // What nobody could see yet never appears any more.
        let superseded = publications::take_back(tx.conn, id, None, tx.now)?;
        if phase != Phase::Published {
            standings::set_phase(tx.conn, id, Phase::Published, tx.now)?;
        }
        tx.announce(Effect::GroupChanged(id))?;
        let subject = format!("rounds/{}/groups/{}", round.code, group.code);
        if p.unchanged {
            let event = NewEvent {
                competition: Some(scene.competition.id),
                actor: Some(person),
                action: "publication",
                subject,
                details: json!({ "stands": p.base, "superseded": superseded }),
                ..NewEvent::default()
            };
            events::record(tx.conn, tx.now, &event)?;
            continue;
        }
        tabulation::keep(tx, &p.tabulated)?;
        let sha256 = hash(&p.document);
        let note = asked.note.as_deref().filter(|n| !n.trim().is_empty());
        let new = publications::New {
            group: id,
            number: p.number,
            revision: p.tabulated.revision,
            visible_at: p.visible_at,
            document: &p.document,
            sha256: &sha256,
            rules_version: p.tabulated.rules_version,
            engine: tabulation::ENGINE,
            note,
            created_by: person,
        };
        publications::insert(tx.conn, &new, &p.owners, tx.now)?;
        let event = NewEvent {
            competition: Some(scene.competition.id),
            actor: Some(person),
            action: "publication",
            subject,
            version: Some((latest, p.number)),
            details: json!({
                "revision": p.tabulated.revision, "visible_at": p.visible_at, "sha256": sha256, "note": note,
                "superseded": superseded,
            }),
        };
        events::record(tx.conn, tx.now, &event)?;
        kept.push(Kept {
            group: group.code,
            number: p.number,
            visible_at: p.visible_at,
            sha256,
            note: note.map(str::to_owned),
            state: if p.visible_at <= tx.now {
                PublicationState::Visible
            } else {
                PublicationState::Scheduled
            },
        });
    }
    tx.announce(Effect::Published(scene.competition.id))?;
    Ok(Outcome::Done(kept))
}

/// The publications of a group: all of them for who may read standings, else those that can be seen.
///
/// # Errors
/// 404 as the policy says, and for an unknown group.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    round: &Code,
    group: &Code,
) -> Result<Vec<Publication>> {
    let scene = access::competition(tx, actor, slug)?;
    let group = open_to(tx, &scene, round, group)?;
    let mut publications = publications::of_group(tx.conn, group.id)?;
    if !sees_all(&scene, &group) {
        publications.retain(|p| p.state(tx.now) == PublicationState::Visible);
    }
    Ok(publications)
}

/// One publication of a group.
///
/// # Errors
/// 404 as [`list`], and for one that can't be seen yet.
pub fn one(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    (round, group): (&Code, &Code),
    number: i64,
) -> Result<Publication> {
    let scene = access::competition(tx, actor, slug)?;
    let group = open_to(tx, &scene, round, group)?;
    publications::by_number(tx.conn, group.id, number)?
        .filter(|p| p.state(tx.now) == PublicationState::Visible || sees_all(&scene, &group))
        .ok_or(Error::NotFound("publication"))
}

fn open_to(tx: &mut Tx<'_>, scene: &Scene, round: &Code, group: &Code) -> Result<Group> {
    scene.require(Action::ReadResults, &scene.relation(), "competition")?;
    let round = scene.round(tx, round)?;
    let unrevealed = scene.unrevealed(tx)?;
    rounds::group_by_code(tx.conn, round.id, group)?
        .filter(|group| scene.knows(group, &unrevealed))
        .ok_or(Error::NotFound("group"))
}

fn sees_all(scene: &Scene, group: &Group) -> bool {
    scene.may(Action::ReadStandings, &scene.in_region(group.region_id)) == Verdict::Allow
}

/// The groups that are to be published, in order of their rows, with the revisions that the caller saw.
fn concerned(tx: &mut Tx<'_>, scene: &Scene, round: &Round, asked: &Asked) -> Result<Vec<(Group, i64)>> {
    let mut invalid = Invalid::default();
    let groups = rounds::groups(tx.conn, round.id)?;
    if asked.revisions.is_empty() {
        scene.require(Action::Publish, &scene.whole(), "round")?;
        invalid.push(FieldError::new("/revisions", "groups_missing"));
    }
    for code in asked.revisions.keys() {
        if !groups.iter().any(|g| g.code.as_str() == code) {
            let at = format!("/revisions/{}", pointer_step(code));
            invalid.push(FieldError::new(at, "unknown_group").with("group", code));
        }
    }
    let mut concerned = Vec::with_capacity(groups.len());
    for group in groups {
        if let Some(revision) = asked.revisions.get(group.code.as_str()) {
            scene.require(Action::Publish, &scene.in_region(group.region_id), "group")?;
            concerned.push((group, *revision));
        }
    }
    if concerned.is_empty() {
        scene.require(Action::Publish, &scene.whole(), "round")?;
    }
    invalid.into_result()?;
    Ok(concerned)
}

/// A group is published once it is decided, or closed where the rules leave nothing to decide.
fn require_decided(group: &Group, rules: &Rules) -> Result<()> {
    let nothing_to_decide = rules.advance.is_none() && rules.awards.is_empty();
    match group.phase {
        Phase::Decided | Phase::Published => Ok(()),
        Phase::Closed if nothing_to_decide => Ok(()),
        Phase::Draft | Phase::Open | Phase::Closed => {
            let code = if nothing_to_decide {
                "group_not_closed"
            } else {
                "group_not_decided"
            };
            Err(Conflict::new(code).with("group", &group.code).into())
        }
    }
}

/// Goes on only if everybody whom the decision gives a place is still there.
fn require_current(
    tx: &mut Tx<'_>,
    round: &Round,
    group: &Group,
    decision: Option<&advancements::Current>,
) -> Result<()> {
    let Some(decision) = decision else { return Ok(()) };
    let mut groups = rounds::groups(tx.conn, round.id)?;
    groups.retain(|g| decision.revisions.contains_key(g.code.as_str()));
    let ids: Vec<GroupId> = groups.iter().map(|g| g.id).collect();
    let gone = Since::of(tx, round, &ids)?.holders(&decision.document);
    if gone.is_empty() {
        return Ok(());
    }
    Err(Conflict::new("decision_stale")
        .with("group", &group.code)
        .with("entries", numbers(&gone))
        .into())
}

/// The region of what is published, if all of it is of one.
fn only_region(prepared: &[Prepared]) -> Option<RegionId> {
    let mut regions = prepared.iter().map(|p| p.group.region_id);
    let first = regions.next().flatten();
    first.filter(|_| regions.all(|other| other == first))
}

fn hash(document: &str) -> String {
    let digest = Sha256::digest(document.as_bytes());
    digest.iter().map(|b| format!("{b:02x}")).collect()
}
