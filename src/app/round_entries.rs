//! Entries in a round: listed, disqualified, reinstated.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::ids::{GroupId, JudgeId, RoundEntryId};
use crate::domain::invalid::Invalid;
use crate::domain::policy::{Action, Verdict};
use crate::domain::round::{AssignmentStatus, Participation, Phase};
use crate::domain::text::{Code, Slug, check_reason};
use crate::error::{Conflict, Error, Result};
use crate::store::assignments;
use crate::store::dialect;
use crate::store::events::{self, NewEvent};
use crate::store::round_entries::{self, RoundEntry};
use crate::store::round_judges;
use crate::store::rounds::{self, Group, Round};

use super::access::{self, Scene};
use super::actor::Actor;
use super::{Effect, Tx, rules_cache, tabulation};

/// An entry of a round with its group and the codes of its judges.
#[derive(Debug, Clone)]
pub struct EntryState {
    /// The entry in the round.
    pub entry: RoundEntry,
    /// Its group.
    pub group: Code,
    /// Recorded values by criterion, with the decimals of the criterion's step; none for who judges in the group before
    /// it is closed.
    pub recorded: BTreeMap<String, String>,
    /// The codes of the judges that mark it.
    pub judges: Vec<String>,
}

/// The entries of a round that the caller may see, perhaps of one group only, by number.
///
/// # Errors
/// [`Error::Forbidden`] for who sees no progress; [`Error::NotFound`] for an unknown group.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    code: &Code,
    group: Option<&Code>,
) -> Result<Vec<EntryState>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ReadProgress, "round")?;
    let round = scene.round(tx, code)?;
    if let Some(group) = group {
        let group = scene.group(tx, &round, group)?;
        scene.require(Action::ReadProgress, &scene.in_region(group.region_id), "group")?;
    }
    let asked = |g: &Group| group.is_none_or(|code| g.code == *code);
    let seen = |g: &Group| scene.may(Action::ReadProgress, &scene.in_region(g.region_id)) == Verdict::Allow;
    let mut groups = rounds::groups(tx.conn, round.id)?;
    groups.retain(|g| asked(g) && seen(g));
    states(tx, &scene, &round, groups)
}

/// Takes an entry out of the ranking, for a reason that everybody is told.
///
/// # Errors
/// [`Error::Invalid`] at `/reason`; [`Error::Conflict`] `group_decided` once it is decided who goes on,
/// `entry_not_taking_part`.
pub fn disqualify(
    tx: &mut Tx<'_>,
    actor: &Actor,
    at: (&Slug, &Code),
    number: i64,
    reason: &str,
) -> Result<EntryState> {
    change(tx, actor, at, number, Change::Disqualification, reason)
}

/// Takes a disqualification back: the entry is ranked again by the marks that it has.
///
/// # Errors
/// [`Error::Invalid`] at `/reason`; [`Error::Conflict`] `group_decided` once it is decided who goes on,
/// `entry_not_disqualified`.
pub fn reinstate(
    tx: &mut Tx<'_>,
    actor: &Actor,
    at: (&Slug, &Code),
    number: i64,
    reason: &str,
) -> Result<EntryState> {
    change(tx, actor, at, number, Change::Reinstatement, reason)
}

/// What is decided about an entry.
#[derive(Clone, Copy)]
enum Change {
    Disqualification,
    Reinstatement,
}

fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (slug, code): (&Slug, &Code),
    number: i64,
    change: Change,
    reason: &str,
) -> Result<EntryState> {
    let (action, from_to, kept, refused) = match change {
        Change::Disqualification => (
            "disqualification",
            (Participation::TakingPart, Participation::Disqualified),
            Some(reason.trim()),
            "entry_not_taking_part",
        ),
        Change::Reinstatement => (
            "reinstatement",
            (Participation::Disqualified, Participation::TakingPart),
            None,
            "entry_not_disqualified",
        ),
    };
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::Adjust, "round")?;
    let round = scene.round(tx, code)?;
    let entry = round_entries::by_number(tx.conn, round.id, number)?.ok_or(Error::NotFound("entry"))?;
    let group_of = |groups: Vec<Group>| {
        let group = groups.into_iter().find(|g| g.id == entry.group);
        group.ok_or(Error::NotFound("group"))
    };
    let group = group_of(rounds::groups(tx.conn, round.id)?)?;
    scene.require(Action::Adjust, &scene.in_region(group.region_id), "entry")?;
    let mut invalid = Invalid::default();
    check_reason(reason, "/reason", &mut invalid);
    invalid.into_result()?;
    dialect::lock_phase_shared(tx.conn, group.id)?;
    let group = group_of(rounds::groups(tx.conn, round.id)?)?;
    if group.phase != Phase::Draft && !group.phase.takes_decisions() {
        return Err(Conflict::new("group_decided").with("group", group.code).into());
    }
    tabulation::require_scale(tx, group.id)?;
    if !round_entries::change_participation(tx.conn, entry.id, from_to, kept)? {
        return Err(Conflict::new(refused).with("entry", number).into());
    }
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action,
        subject: format!("rounds/{code}/entries/{number}"),
        version: Some((entry.version, entry.version + 1)),
        details: serde_json::json!({ "reason": reason.trim() }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.after(Effect::GroupChanged(group.id));
    let states = states(tx, &scene, &round, vec![group])?;
    let ours = states.into_iter().find(|s| s.entry.id == entry.id);
    ours.ok_or(Error::NotFound("entry"))
}

fn states(tx: &mut Tx<'_>, scene: &Scene, round: &Round, groups: Vec<Group>) -> Result<Vec<EntryState>> {
    let judged = scene.judged(tx)?;
    let reads = |g: &Group| scene.may(Action::ReadRecorded, &judged.relation(scene, g)) == Verdict::Allow;
    let open: BTreeSet<GroupId> = groups.iter().filter(|g| reads(g)).map(|g| g.id).collect();
    let groups: BTreeMap<GroupId, Code> = groups.into_iter().map(|g| (g.id, g.code)).collect();
    let codes: BTreeMap<JudgeId, String> = round_judges::of_round(tx.conn, round.id)?
        .into_iter()
        .map(|j| (j.id, j.code))
        .collect();
    let mut judges = BTreeMap::<RoundEntryId, Vec<String>>::new();
    for assignment in assignments::of_round(tx.conn, round.id)? {
        if assignment.status == AssignmentStatus::Assigned
            && let Some(code) = codes.get(&assignment.judge_id)
        {
            judges
                .entry(assignment.round_entry_id)
                .or_default()
                .push(code.clone());
        }
    }
    let rules = rounds::rules_text(tx.conn, round.id, round.rules_version)?;
    let rules = rules.map(|document| rules_cache::read(&document)).transpose()?;
    let decimals = |code: &str| {
        let slot = rules.as_ref().and_then(|rules| rules.rubric.slot(code));
        slot.map_or(0, |slot| slot.criterion.decimals())
    };
    let shown = |entry: &RoundEntry| {
        let values = entry.recorded.points().into_iter();
        values
            .filter(|_| open.contains(&entry.group))
            .map(|(code, value)| (code.clone(), value.show(decimals(&code))))
            .collect()
    };
    let state = |entry: RoundEntry| {
        Some(EntryState {
            recorded: shown(&entry),
            group: groups.get(&entry.group)?.clone(),
            judges: judges.remove(&entry.id).unwrap_or_default(),
            entry,
        })
    };
    let entries = round_entries::of_round(tx.conn, round.id)?;
    Ok(entries.into_iter().filter_map(state).collect())
}
