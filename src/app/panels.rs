//! Panels: judges that mark the same entries of a group.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::ids::{JudgeId, RoundEntryId};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::{Action, Verdict};
use crate::domain::round::{AssignmentStatus, Participation, Phase};
use crate::domain::text::{Code, NAME_MAX, Slug, Text};
use crate::error::{Conflict, Error, Result};
use crate::store::assignments::{self, Assignment, NewAssignment};
use crate::store::events::{self, NewEvent};
use crate::store::panels::{self, Panel};
use crate::store::round_entries::{self, RoundEntry};
use crate::store::round_judges::{self, RoundJudge};
use crate::store::rounds::{self, Group, Round};
use crate::store::sql_types::Json;

use super::access;
use super::actor::Actor;
use super::bench::{Bench, JudgeInput, arrange};
use super::{Effect, Tx};

/// What an organizer says of a panel.
#[derive(Debug, Clone)]
pub struct PanelInput {
    /// What it is called.
    pub title: Text,
    /// The group whose entries it marks.
    pub group: Code,
    /// Its judges, and which of them chairs it.
    pub judges: Vec<(JudgeInput, bool)>,
    /// The entries that it marks; without a word all of the group.
    pub entries: Option<Vec<i64>>,
}

/// A panel as organizers see it.
#[derive(Debug, Clone)]
pub struct PanelState {
    /// The panel.
    pub panel: Panel,
    /// Its group.
    pub group: Code,
    /// Its judges, and which of them chairs it.
    pub judges: Vec<(RoundJudge, bool)>,
    /// The entries that it marks, by number.
    pub entries: Vec<i64>,
    /// Whether this change made the panel.
    pub made: bool,
}

/// The panels of a round that the caller may see, in the order they were made.
///
/// # Errors
/// [`Error::Forbidden`] for who sees no progress.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, code: &Code) -> Result<Vec<PanelState>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ReadProgress, "round")?;
    let round = scene.round(tx, code)?;
    let groups = rounds::groups(tx.conn, round.id)?;
    let seen = |g: &Group| scene.may(Action::ReadProgress, &scene.in_region(g.region_id)) == Verdict::Allow;
    states(tx, &round, groups.into_iter().filter(seen).collect())
}

/// Makes a panel or changes it, with the assignments of its judges to its entries.
///
/// While the group is a draft the judges and entries are replaced; once it is open some can be added and none taken
/// away. The same once more changes nothing.
///
/// # Errors
/// [`Error::Invalid`] at `/group`, `/judges/…`, `/entries/…`; [`Error::Stale`]; [`Error::Conflict`] `group_closed`,
/// `panel_in_other_group`, `judges_fixed`, `entries_fixed`.
pub fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (slug, code, panel): (&Slug, &Code, &Code),
    seen: i64,
    input: &PanelInput,
) -> Result<PanelState> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ManageJudging, "round")?;
    let round = scene.round(tx, code)?;
    let group = rounds::group_by_code(tx.conn, round.id, &input.group)?
        .ok_or_else(|| Error::from(FieldError::new("/group", "no_such_group").with("group", &input.group)))?;
    scene.require(Action::ManageJudging, &scene.in_region(group.region_id), "group")?;
    let (round, group) = arrange(tx, &round, &group)?;
    let existing = panels::by_code(tx.conn, round.id, panel)?;
    if existing.as_ref().is_some_and(|p| p.group_id != group.id) {
        return Err(Error::conflict("panel_in_other_group"));
    }
    let mut bench = Bench::of(tx, &round)?;
    let all = round_entries::of_group(tx.conn, group.id)?;
    let entries = check(&bench, &round, &all, input)?;
    let before = match &existing {
        Some(p) => Some(state(tx, &round, p, &group)?),
        None => None,
    };
    if group.phase == Phase::Open
        && let Some(before) = &before
    {
        keeps(&bench, before, input, &entries)?;
    }
    let asked: Vec<JudgeInput> = input.judges.iter().map(|(judge, _)| judge.clone()).collect();
    let judges = bench.seat(tx, &round, &asked)?;
    let seats: Vec<(JudgeId, bool)> = judges
        .iter()
        .copied()
        .zip(input.judges.iter().map(|(_, chair)| *chair))
        .collect();
    let plan = Plan::of(
        &assignments::of_group(tx.conn, group.id)?,
        existing.as_ref(),
        &entries.iter().map(|e| e.id).collect(),
        &judges,
        group.phase,
    )?;
    if let (Some(before), Some(panel)) = (before, &existing)
        && plan.is_empty()
        && *panel.title == input.title
        && is_same(&before, &bench, &seats)
    {
        return Ok(before);
    }
    let title = Json::new(input.title.clone())?;
    let id = match &existing {
        None if seen == 0 => panels::insert(tx.conn, round.id, group.id, panel, &title)?,
        Some(p) if panels::update(tx.conn, p.id, seen, &title)? => p.id,
        _ => {
            return Err(Error::Stale {
                version: existing.map_or(0, |p| p.version),
                current: None,
            });
        }
    };
    panels::seat(tx.conn, id, &seats)?;
    assignments::delete(tx.conn, &plan.gone)?;
    assignments::adopt(tx.conn, id, &plan.adopted, tx.now)?;
    let new = |(entry, judge)| NewAssignment {
        round_id: round.id,
        group_id: group.id,
        round_entry_id: entry,
        judge_id: judge,
        panel_id: Some(id),
        status: AssignmentStatus::Assigned,
        changed_at: tx.now,
        version: 1,
    };
    let added: Vec<_> = plan.new.into_iter().map(new).collect();
    assignments::insert(tx.conn, &added)?;
    if round.fixed_at.is_none() {
        round_judges::forget_idle(tx.conn, round.id)?;
    }
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action: "panel",
        subject: format!("rounds/{code}/panels/{panel}"),
        version: Some((seen, seen + 1)),
        details: serde_json::json!({ "judges": seats.len(), "entries": entries.len() }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.after(Effect::RoundChanged(round.id));
    let panel = panels::by_code(tx.conn, round.id, panel)?.ok_or(Error::NotFound("panel"))?;
    let made = existing.is_none();
    let state = state(tx, &round, &panel, &group)?;
    Ok(PanelState { made, ..state })
}

/// Names every wrong place; gives the entries that the panel marks.
fn check<'a>(
    bench: &Bench,
    round: &Round,
    all: &'a [RoundEntry],
    input: &PanelInput,
) -> Result<Vec<&'a RoundEntry>> {
    let mut invalid = Invalid::default();
    input.title.check("/title", NAME_MAX, false, &mut invalid);
    if input.judges.is_empty() {
        invalid.push(FieldError::new("/judges", "judges_empty"));
    }
    let chairs = input.judges.iter().enumerate().filter(|(_, (_, chair))| *chair);
    for (i, _) in chairs.skip(1) {
        invalid.push(FieldError::new(format!("/judges/{i}/chair"), "one_chair"));
    }
    let asked: Vec<JudgeInput> = input.judges.iter().map(|(judge, _)| judge.clone()).collect();
    bench.check(&asked, "/judges", round, &mut invalid);
    let taking_part = |e: &&RoundEntry| e.status == Participation::TakingPart;
    let mut entries = Vec::new();
    match &input.entries {
        None => entries.extend(all.iter().filter(taking_part)),
        Some(numbers) => {
            let numbered: BTreeMap<i64, &RoundEntry> =
                all.iter().filter(taking_part).map(|e| (e.number, e)).collect();
            let mut named = BTreeSet::new();
            for (i, number) in numbers.iter().enumerate() {
                match numbered.get(number) {
                    Some(entry) if named.insert(number) => entries.push(*entry),
                    Some(_) => {}
                    None => invalid.push(
                        FieldError::new(format!("/entries/{i}"), "entry_not_in_group").with("entry", number),
                    ),
                }
            }
        }
    }
    if entries.is_empty() && invalid.0.is_empty() {
        invalid.push(FieldError::new("/entries", "entries_empty"));
    }
    for (i, judge) in asked.iter().enumerate() {
        bench.obstacles(
            &judge.judge,
            &entries,
            &format!("/judges/{i}/judge"),
            &mut invalid,
        );
    }
    invalid.into_result()?;
    Ok(entries)
}

/// Once the group is open nobody is taken off the panel: an absent judge is marked as absent, a biased one recused. Only
/// who is no judge of the competition any more has to go.
fn keeps(bench: &Bench, before: &PanelState, input: &PanelInput, entries: &[&RoundEntry]) -> Result<()> {
    let named = |judge: &RoundJudge| input.judges.iter().any(|(j, _)| j.judge == judge.public_id);
    let stays = |judge: &RoundJudge| named(judge) || !bench.has(&judge.public_id);
    let gone: Vec<&str> = before
        .judges
        .iter()
        .filter(|(judge, _)| !stays(judge))
        .map(|(judge, _)| judge.code.as_str())
        .collect();
    if !gone.is_empty() {
        return Err(Conflict::new("judges_fixed")
            .with("judges", gone.join(", "))
            .into());
    }
    let kept: BTreeSet<i64> = entries.iter().map(|e| e.number).collect();
    let gone = before.entries.iter().filter(|number| !kept.contains(number));
    let gone: Vec<_> = gone.map(ToString::to_string).collect();
    if input.entries.is_some() && !gone.is_empty() {
        return Err(Conflict::new("entries_fixed")
            .with("entries", gone.join(", "))
            .into());
    }
    Ok(())
}

/// What changes among the assignments of a group.
struct Plan {
    new: Vec<(RoundEntryId, JudgeId)>,
    adopted: Vec<i64>,
    gone: Vec<i64>,
}

impl Plan {
    fn of(
        current: &[Assignment],
        panel: Option<&Panel>,
        entries: &BTreeSet<RoundEntryId>,
        judges: &[JudgeId],
        phase: Phase,
    ) -> Result<Self> {
        let ours = |a: &Assignment| panel.is_some_and(|p| a.panel_id == Some(p.id));
        let pairs: BTreeMap<_, _> = current
            .iter()
            .map(|a| ((a.round_entry_id, a.judge_id), a))
            .collect();
        let mut plan = Self {
            new: Vec::new(),
            adopted: Vec::new(),
            gone: Vec::new(),
        };
        let mut invalid = Invalid::default();
        for (i, judge) in judges.iter().enumerate() {
            let mut elsewhere = false;
            for entry in entries {
                match pairs.get(&(*entry, *judge)) {
                    None => plan.new.push((*entry, *judge)),
                    Some(a) if ours(a) => {}
                    Some(a) if a.panel_id.is_none() => plan.adopted.push(a.id),
                    Some(_) => elsewhere = true,
                }
            }
            if elsewhere {
                invalid.push(FieldError::new(
                    format!("/judges/{i}/judge"),
                    "judge_in_other_panel",
                ));
            }
        }
        invalid.into_result()?;
        if phase == Phase::Draft {
            let kept = |a: &Assignment| entries.contains(&a.round_entry_id) && judges.contains(&a.judge_id);
            let gone = current.iter().filter(|a| ours(a) && !kept(a));
            plan.gone = gone.map(|a| a.id).collect();
        }
        Ok(plan)
    }

    fn is_empty(&self) -> bool {
        self.new.is_empty() && self.adopted.is_empty() && self.gone.is_empty()
    }
}

fn is_same(before: &PanelState, bench: &Bench, seats: &[(JudgeId, bool)]) -> bool {
    let unchanged = |judge: &RoundJudge| {
        let now = bench.judges().iter().find(|j| j.id == judge.id);
        now.is_some_and(|now| {
            (&now.code, &now.class, now.sealed) == (&judge.code, &judge.class, judge.sealed)
        })
    };
    let were: Vec<_> = before
        .judges
        .iter()
        .map(|(judge, chair)| (judge.id, *chair))
        .collect();
    were == seats && before.judges.iter().all(|(judge, _)| unchanged(judge))
}

fn state(tx: &mut Tx<'_>, round: &Round, panel: &Panel, group: &Group) -> Result<PanelState> {
    let states = states(tx, round, vec![group.clone()])?;
    let ours = states.into_iter().find(|s| s.panel.id == panel.id);
    ours.ok_or(Error::NotFound("panel"))
}

fn states(tx: &mut Tx<'_>, round: &Round, groups: Vec<Group>) -> Result<Vec<PanelState>> {
    let panels = panels::of_round(tx.conn, round.id)?;
    let seats = panels::seats(tx.conn, round.id)?;
    let judges = round_judges::of_round(tx.conn, round.id)?;
    let judges: BTreeMap<JudgeId, RoundJudge> = judges.into_iter().map(|j| (j.id, j)).collect();
    let marked = assignments::marked_by_panels(tx.conn, round.id)?;
    let groups: BTreeMap<_, _> = groups.into_iter().map(|g| (g.id, g.code)).collect();
    let state = |panel: Panel| {
        let group = groups.get(&panel.group_id)?.clone();
        let sits = seats.iter().filter(|s| s.panel == panel.id);
        let judges = sits
            .filter_map(|s| Some((judges.get(&s.judge)?.clone(), s.chair)))
            .collect();
        let entries = marked
            .iter()
            .filter(|(id, _)| *id == panel.id)
            .map(|(_, number)| *number);
        Some(PanelState {
            group,
            judges,
            entries: entries.collect(),
            made: false,
            panel,
        })
    };
    Ok(panels.into_iter().filter_map(state).collect())
}
