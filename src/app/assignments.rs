//! Who marks what: named by organizers, or dealt out evenly.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::assignment::{Deal, distribute};
use crate::domain::ids::{GroupId, JudgeId};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::{Action, Verdict};
use crate::domain::round::{AssignmentStatus, Participation};
use crate::domain::text::{Code, Slug};
use crate::error::{Conflict, Error, Result};
use crate::store::assignments::{self, Assignment, Listed, NewAssignment};
use crate::store::events::{self, NewEvent};
use crate::store::round_entries::{self, RoundEntry};
use crate::store::rounds::{self, Group, Round};

use super::access::{self, Scene};
use super::actor::Actor;
use super::bench::{Bench, JudgeInput};
use super::{Effect, Tx};

/// The most judges that one entry is dealt out to.
const PER_ENTRY_MAX: usize = 50;

/// What is asked for.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Each entry gets so many of these judges.
    Dealt {
        /// The group; without a word every group that is not closed.
        group: Option<Code>,
        /// The judges.
        judges: Vec<JudgeInput>,
        /// How many judges each entry has in the end; those it has already count.
        per_entry: usize,
        /// What chance is made of.
        seed: u64,
    },
    /// These judges mark these entries.
    Named(Vec<(JudgeInput, Vec<i64>)>),
}

/// What was assigned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Assigned {
    /// How many assignments are new.
    pub added: usize,
    /// The judges asked for: public id, code, the entries that they mark now.
    pub judges: Vec<(String, String, Vec<i64>)>,
}

/// Assigns entries to judges.
///
/// # Errors
/// [`Error::Invalid`] at `/judges/…`, `/items/…`, `/group` or `/per_entry`; [`Error::Conflict`] `group_closed`.
pub fn assign(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, code: &Code, wanted: &Wanted) -> Result<Assigned> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ManageJudging, "round")?;
    let round = scene.round(tx, code)?;
    let round = rounds::hold_phases(tx.conn, round.id)?;
    let mut bench = Bench::of(tx, &round)?;
    let context = Context {
        groups: rounds::groups(tx.conn, round.id)?,
        entries: round_entries::of_round(tx.conn, round.id)?,
        current: assignments::of_round(tx.conn, round.id)?,
        vacant: assignments::vacant(tx.conn, round.id)?,
    };
    let (asked, plan) = match wanted {
        Wanted::Dealt {
            group,
            judges,
            per_entry,
            seed,
        } => {
            let entries = context.of_group(&scene, group.as_ref())?;
            let plan = deal(&bench, &round, &context, &entries, judges, *per_entry, *seed)?;
            (judges.clone(), plan)
        }
        Wanted::Named(items) => {
            let plan = name(&scene, &bench, &round, &context, items)?;
            (items.iter().map(|(judge, _)| judge.clone()).collect(), plan)
        }
    };
    let seated = bench.seat(tx, &round, &asked)?;
    let known: BTreeMap<_, _> = context
        .current
        .iter()
        .map(|a| ((a.round_entry_id, a.judge_id), a))
        .collect();
    let (mut new, mut back) = (Vec::new(), Vec::new());
    for (judge, entries) in seated.iter().zip(&plan) {
        for entry in entries {
            match known.get(&(entry.id, *judge)) {
                None => new.push(NewAssignment {
                    round_id: round.id,
                    group_id: entry.group,
                    round_entry_id: entry.id,
                    judge_id: *judge,
                    panel_id: None,
                    status: AssignmentStatus::Assigned,
                    changed_at: tx.now,
                    version: 1,
                }),
                Some(a) if a.status == AssignmentStatus::Absent => back.push(a.id),
                Some(_) => {}
            }
        }
    }
    assignments::insert(tx.conn, &new)?;
    assignments::set_status(tx.conn, &back, AssignmentStatus::Assigned, None, tx.now)?;
    let added = new.len() + back.len();
    if added > 0 {
        let event = NewEvent {
            competition: Some(scene.competition.id),
            actor: Some(scene.person()?.id),
            action: "assignments",
            subject: format!("rounds/{code}"),
            version: None,
            details: serde_json::json!({ "added": added, "judges": seated.len() }),
        };
        events::record(tx.conn, tx.now, &event)?;
        tx.after(Effect::RoundChanged(round.id));
    }
    let judges = summary(tx, &round, &bench, &seated)?;
    Ok(Assigned { added, judges })
}

/// What a list of assignments is limited to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The judge's public id.
    pub judge: Option<String>,
    /// The entry's number.
    pub entry: Option<i64>,
    /// The group.
    pub group: Option<Code>,
}

/// The assignments of a round that the caller may see, by group, entry and judge.
///
/// # Errors
/// [`Error::Forbidden`] for who sees no progress.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    code: &Code,
    filter: &Filter,
) -> Result<Vec<Listed>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ReadProgress, "round")?;
    let round = scene.round(tx, code)?;
    let groups = rounds::groups(tx.conn, round.id)?;
    let seen = |g: &&Group| scene.may(Action::ReadProgress, &scene.in_region(g.region_id)) == Verdict::Allow;
    let asked = |g: &&Group| filter.group.as_ref().is_none_or(|code| g.code == *code);
    let groups: Vec<GroupId> = groups.iter().filter(seen).filter(asked).map(|g| g.id).collect();
    assignments::listed(tx.conn, &groups, filter.judge.as_deref(), filter.entry)
}

/// The round as it is.
struct Context {
    groups: Vec<Group>,
    entries: Vec<RoundEntry>,
    current: Vec<Assignment>,
    vacant: BTreeSet<i64>,
}

impl Context {
    /// The entries that take part in a group, or in every group that is not closed and that the caller may arrange.
    fn of_group(&self, scene: &Scene, code: Option<&Code>) -> Result<Vec<&RoundEntry>> {
        let mut wanted = BTreeSet::new();
        match code {
            Some(code) => {
                let group = self.groups.iter().find(|g| g.code == *code).ok_or_else(|| {
                    Error::from(FieldError::new("/group", "no_such_group").with("group", code))
                })?;
                scene.require(Action::ManageJudging, &scene.in_region(group.region_id), "group")?;
                if group.phase.is_closed() {
                    return Err(Conflict::new("group_closed").with("group", &group.code).into());
                }
                wanted.insert(group.id);
            }
            None => {
                for group in self.groups.iter().filter(|g| !g.phase.is_closed()) {
                    scene.require(Action::ManageJudging, &scene.in_region(group.region_id), "group")?;
                    wanted.insert(group.id);
                }
            }
        }
        let takes_part = |e: &&RoundEntry| e.status == Participation::TakingPart && wanted.contains(&e.group);
        Ok(self.entries.iter().filter(takes_part).collect())
    }
}

/// The entries for each judge, dealt out.
fn deal<'c>(
    bench: &Bench,
    round: &Round,
    context: &'c Context,
    entries: &[&'c RoundEntry],
    judges: &[JudgeInput],
    per_entry: usize,
    seed: u64,
) -> Result<Vec<Vec<&'c RoundEntry>>> {
    let mut invalid = Invalid::default();
    if judges.is_empty() {
        invalid.push(FieldError::new("/judges", "judges_empty"));
    }
    if !(1..=PER_ENTRY_MAX).contains(&per_entry) {
        let wrong = FieldError::new("/per_entry", "per_entry").with("maximum", PER_ENTRY_MAX);
        invalid.push(wrong.with("given", per_entry));
    }
    bench.check(judges, "/judges", round, &mut invalid);
    if entries.is_empty() {
        invalid.push(FieldError::new("/group", "entries_empty"));
    }
    invalid.into_result()?;
    // Judges of the round who are not among those asked follow them: what they mark already counts for an entry.
    let sits = |judge: JudgeId| bench.judges().iter().find(|j| j.id == judge);
    let asked: BTreeMap<_, usize> = judges.iter().enumerate().map(|(i, j)| (&j.judge, i)).collect();
    let mut others = BTreeMap::new();
    let mut barred: Vec<BTreeSet<usize>> = Vec::new();
    let mut given: Vec<BTreeSet<usize>> = Vec::new();
    let mut by_entry = BTreeMap::<_, Vec<&Assignment>>::new();
    for assignment in &context.current {
        by_entry
            .entry(assignment.round_entry_id)
            .or_default()
            .push(assignment);
    }
    for entry in entries {
        let obstacle = |j: &&JudgeInput| bench.obstacle(&j.judge, entry).is_some();
        let mut bars: BTreeSet<usize> = judges
            .iter()
            .filter(obstacle)
            .filter_map(|j| asked.get(&j.judge).copied())
            .collect();
        let mut gives = BTreeSet::new();
        for assignment in by_entry.get(&entry.id).into_iter().flatten() {
            let index = match sits(assignment.judge_id).and_then(|j| asked.get(&j.public_id)) {
                Some(index) => *index,
                None => {
                    let next = judges.len() + others.len();
                    *others.entry(assignment.judge_id).or_insert(next)
                }
            };
            let vacant = context.vacant.contains(&assignment.id);
            if assignment.status == AssignmentStatus::Assigned && !vacant {
                gives.insert(index);
            } else {
                bars.insert(index);
            }
        }
        barred.push(bars);
        given.push(gives);
    }
    let all: BTreeSet<usize> = (judges.len()..judges.len() + others.len()).collect();
    for bars in &mut barred {
        bars.extend(&all);
    }
    let deal = Deal {
        judges: judges.len() + others.len(),
        barred,
        given,
        per_entry,
        seed,
    };
    let added = distribute(&deal).map_err(|too_few| {
        let wrong = too_few.into_iter().filter_map(|t| {
            let entry = entries.get(t.entry)?;
            let wrong = FieldError::new("/per_entry", "too_few_judges").with("entry", entry.number);
            Some(wrong.with("possible", t.possible).with("wanted", per_entry))
        });
        Invalid(wrong.take(50).collect())
    })?;
    let mut plan = vec![Vec::new(); judges.len()];
    for (entry, judges) in entries.iter().zip(&added) {
        for judge in judges {
            if let Some(entries) = plan.get_mut(*judge) {
                entries.push(*entry);
            }
        }
    }
    Ok(plan)
}

/// The entries for each judge, as they were named.
fn name<'c>(
    scene: &Scene,
    bench: &Bench,
    round: &Round,
    context: &'c Context,
    items: &[(JudgeInput, Vec<i64>)],
) -> Result<Vec<Vec<&'c RoundEntry>>> {
    let mut invalid = Invalid::default();
    if items.is_empty() {
        invalid.push(FieldError::new("/items", "judges_empty"));
    }
    let asked: Vec<JudgeInput> = items.iter().map(|(judge, _)| judge.clone()).collect();
    bench.check(&asked, "/items", round, &mut invalid);
    let numbered: BTreeMap<i64, &RoundEntry> = context.entries.iter().map(|e| (e.number, e)).collect();
    let groups: BTreeMap<GroupId, &Group> = context.groups.iter().map(|g| (g.id, g)).collect();
    let recused: BTreeSet<_> = context
        .current
        .iter()
        .filter(|a| a.status == AssignmentStatus::Recused)
        .map(|a| (a.round_entry_id, a.judge_id))
        .collect();
    let mut plan = Vec::new();
    for (i, (judge, numbers)) in items.iter().enumerate() {
        let sits = bench.judges().iter().find(|j| j.public_id == judge.judge);
        let mut entries = Vec::new();
        for (k, number) in numbers.iter().enumerate() {
            let at = || format!("/items/{i}/entries/{k}");
            let entry = numbered
                .get(number)
                .filter(|e| e.status == Participation::TakingPart);
            let Some((entry, group)) = entry.and_then(|e| Some((*e, groups.get(&e.group)?))) else {
                invalid.push(FieldError::new(at(), "entry_not_in_round").with("entry", number));
                continue;
            };
            scene.require(Action::ManageJudging, &scene.in_region(group.region_id), "group")?;
            if group.phase.is_closed() {
                return Err(Conflict::new("group_closed").with("group", &group.code).into());
            }
            if sits.is_some_and(|j| recused.contains(&(entry.id, j.id))) {
                invalid.push(FieldError::new(at(), "judge_recused").with("entry", number));
            }
            if !entries.iter().any(|e: &&RoundEntry| e.id == entry.id) {
                entries.push(entry);
            }
        }
        bench.obstacles(&judge.judge, &entries, &format!("/items/{i}/judge"), &mut invalid);
        plan.push(entries);
    }
    invalid.into_result()?;
    Ok(plan)
}

/// What the judges mark now.
fn summary(
    tx: &mut Tx<'_>,
    round: &Round,
    bench: &Bench,
    seated: &[JudgeId],
) -> Result<Vec<(String, String, Vec<i64>)>> {
    let mut marks = BTreeMap::<JudgeId, Vec<i64>>::new();
    for (judge, number) in assignments::assigned(tx.conn, round.id)? {
        marks.entry(judge).or_default().push(number);
    }
    let judge = |id: &JudgeId| {
        let judge = bench.judges().iter().find(|j| j.id == *id)?;
        let entries = marks.get(id).cloned().unwrap_or_default();
        Some((judge.public_id.0.clone(), judge.code.clone(), entries))
    };
    Ok(seated.iter().filter_map(judge).collect())
}
