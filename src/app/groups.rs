//! The groups of a round: how far each is, and its opening.

use std::collections::BTreeSet;

use crate::domain::offer::OfferState;
use crate::domain::policy::{Action, Verdict};
use crate::domain::round::{AssignmentStatus, Participation, Phase};
use crate::domain::text::{Code, Slug};
use crate::error::{Conflict, Error, Result};
use crate::store::assignments;
use crate::store::dialect;
use crate::store::events::{self, NewEvent};
use crate::store::offers;
use crate::store::progress;
use crate::store::revisions::{self, Counted};
use crate::store::round_entries;
use crate::store::rounds::{self, Group, Round};

use super::access::{self, Scene};
use super::actor::Actor;
use super::leavers::numbers;
use super::surroundings::surroundings;
use super::{Effect, Tx, rules_cache};

/// A group with its size and its revision.
#[derive(Debug, Clone)]
pub struct GroupState {
    /// The group.
    pub group: Group,
    /// How many entries it has.
    pub entries: i64,
    /// How many judges mark them.
    pub judges: i64,
    /// How far the changes are that its standings rest on.
    pub counted: Counted,
}

/// The groups of a round that the caller may see, in the order they were made.
///
/// # Errors
/// [`Error::Forbidden`] for who sees no progress.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, code: &Code) -> Result<Vec<GroupState>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ReadProgress, "round")?;
    let round = scene.round(tx, code)?;
    let groups = rounds::groups(tx.conn, round.id)?;
    let seen = |g: &Group| scene.may(Action::ReadProgress, &scene.in_region(g.region_id)) == Verdict::Allow;
    states(tx, &round, groups.into_iter().filter(seen).collect())
}

/// Opens a group: from now on its judges mark, and the rules of the round are fixed.
///
/// # Errors
/// [`Error::Conflict`] `group_not_draft`, `rules_missing`, `rules_do_not_fit`, `group_empty`, `entries_declined_place`,
/// `entries_without_judges`.
pub fn open(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, code: &Code, group: &Code) -> Result<GroupState> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::RunGroup, "round")?;
    let round = scene.round(tx, code)?;
    let group = scene.group(tx, &round, group)?;
    scene.require(Action::RunGroup, &scene.in_region(group.region_id), "group")?;
    dialect::lock_phase_exclusive(tx.conn, group.id)?;
    let round = rounds::lock(tx.conn, round.id)?;
    let group = scene.group(tx, &round, &group.code)?;
    if group.phase != Phase::Draft {
        return Err(Conflict::new("group_not_draft").with("group", &group.code).into());
    }
    check(tx, &scene, &round, &group)?;
    if !rounds::open(tx.conn, group.id, tx.now)? {
        return Err(Conflict::new("group_not_draft").with("group", &group.code).into());
    }
    rounds::fix(tx.conn, round.id, tx.now)?;
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action: "opening",
        subject: format!("rounds/{code}/groups/{}", group.code),
        version: Some((group.version, group.version + 1)),
        details: serde_json::json!({ "rules_version": round.rules_version }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.announce(Effect::GroupChanged(group.id))?;
    let opened = scene.group(tx, &round, &group.code)?;
    let mut states = states(tx, &round, vec![opened])?;
    states.pop().ok_or(Error::NotFound("group"))
}

/// Whether the group can be judged: there are rules that fit, entries, and a judge for each.
fn check(tx: &mut Tx<'_>, scene: &Scene, round: &Round, group: &Group) -> Result<()> {
    let document = rounds::rules_text(tx.conn, round.id, round.rules_version)?
        .ok_or_else(|| Error::conflict("rules_missing"))?;
    let rules = rules_cache::read(&document)?;
    if let Err(invalid) = rules.fits(&surroundings(tx, scene, round)?) {
        let mut conflict = Conflict::new("rules_do_not_fit");
        conflict.places = invalid.0;
        return Err(conflict.into());
    }
    let mut entries = round_entries::of_group(tx.conn, group.id)?;
    entries.retain(|e| e.status == Participation::TakingPart);
    if entries.is_empty() {
        return Err(Conflict::new("group_empty").with("group", &group.code).into());
    }
    let declined = declined(tx, group)?;
    let declined: Vec<i64> = entries
        .iter()
        .map(|e| e.number)
        .filter(|n| declined.contains(n))
        .collect();
    if !declined.is_empty() {
        return Err(Conflict::new("entries_declined_place")
            .with("entries", numbers(&declined))
            .into());
    }
    if rules.rubric.marked().next().is_none() {
        return Ok(());
    }
    let vacant = assignments::vacant(tx.conn, round.id)?;
    let assigned: BTreeSet<_> = assignments::of_group(tx.conn, group.id)?
        .into_iter()
        .filter(|a| a.status == AssignmentStatus::Assigned && !vacant.contains(&a.id))
        .map(|a| a.round_entry_id)
        .collect();
    let without: Vec<_> = entries.iter().filter(|e| !assigned.contains(&e.id)).collect();
    if without.is_empty() {
        return Ok(());
    }
    let numbers: Vec<_> = without.iter().take(NAMED).map(|e| e.number.to_string()).collect();
    let more = if without.len() > NAMED { " …" } else { "" };
    Err(Conflict::new("entries_without_judges")
        .with("count", without.len())
        .with("entries", numbers.join(", ") + more)
        .into())
}

/// The entries that declined the place that brought them here, or let its offer expire, and hold no other.
fn declined(tx: &mut Tx<'_>, group: &Group) -> Result<BTreeSet<i64>> {
    let (mut declined, mut holds) = (BTreeSet::new(), BTreeSet::new());
    for stored in offers::behind(tx.conn, group.id)? {
        match stored.offer.state(tx.now) {
            OfferState::Declined | OfferState::Expired => declined.insert(stored.offer.entry),
            OfferState::Offered | OfferState::Confirmed if stored.offer.is_live() => {
                holds.insert(stored.offer.entry)
            }
            OfferState::Offered | OfferState::Confirmed | OfferState::Withdrawn => continue,
        };
    }
    declined.retain(|entry| !holds.contains(entry));
    Ok(declined)
}

/// The most entries that a conflict names.
const NAMED: usize = 100;

fn states(tx: &mut Tx<'_>, round: &Round, groups: Vec<Group>) -> Result<Vec<GroupState>> {
    let sizes = progress::sizes(tx.conn, round.id)?;
    let judges = progress::judges(tx.conn, round.id)?;
    let revisions: std::collections::BTreeMap<_, _> =
        revisions::of_round(tx.conn, round.id)?.into_iter().collect();
    let state = |group: Group| GroupState {
        entries: sizes.get(&group.id).copied().unwrap_or(0),
        judges: judges.get(&group.id).copied().unwrap_or(0),
        counted: revisions.get(&group.id).copied().unwrap_or_default(),
        group,
    };
    Ok(groups.into_iter().map(state).collect())
}
