//! Taking entries into a round: the accepted ones, or those that go on from an earlier round, each into the group that
//! the rules give it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::grouping::{self, Field, Key};
use crate::domain::ids::{EntryId, GroupId, RoundEntryId};
use crate::domain::invalid::FieldError;
use crate::domain::policy::Action;
use crate::domain::round::{AssignmentStatus, Participation, Phase};
use crate::domain::text::{Code, Slug};
use crate::error::{Conflict, Error, Result};
use crate::store::assignments::{self, NewAssignment};
use crate::store::events::{self, NewEvent};
use crate::store::intake::{self, Candidate, KeyedGroup, NewGroup, Placed};
use crate::store::panels::{self, Panel};
use crate::store::progress;
use crate::store::round_entries::{self, RoundEntry};
use crate::store::rounds::{self, Group, Round};
use crate::store::sql_types::Json;

use super::access::{self, Scene};
use super::actor::Actor;
use super::bench::Bench;
use super::grouping::{Names, fields};
use super::leavers::Since;
use super::{Effect, Tx, rules_cache};

/// Where a round takes its entries from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// The accepted entries of the competition.
    Accepted,
    /// Those that go on from an earlier round.
    Round(Code),
}

/// What an organizer asks of an intake.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Where the entries come from; without a word the round before, or the accepted ones for the first round.
    pub from: Option<From>,
    /// The stream of the earlier round whose invited entries are taken, in the place of those that go on.
    pub stream: Option<Code>,
}

/// What an intake did.
#[derive(Debug, Clone)]
pub struct Intake {
    /// How many entries were added.
    pub added: usize,
    /// How many were in the round already.
    pub already: usize,
    /// Entries that were in a draft group and no longer go on from the earlier round, or declined: they were taken out.
    pub removed: Vec<i64>,
    /// Entries that lack what the rules group by, with the fields they lack.
    pub unplaced: Vec<(i64, Vec<Code>)>,
    /// Entries that came too late for their group, with the group's code.
    pub refused: Vec<(i64, Code)>,
    /// Entries that came into an open group, where no panel marks everybody: they wait for judges.
    pub without_judges: Vec<i64>,
    /// Every group of the round with the number of its entries.
    pub groups: Vec<(Group, i64)>,
}

/// Takes entries in. Once more it adds those that are new. Who comes in from an earlier round, a reserve for one who left,
/// comes into a group that is open, too, and is marked by the panels that mark everybody there.
///
/// # Errors
/// [`Error::Conflict`] `rules_missing`, `not_decided` (of the earlier round); [`Error::Invalid`] at `/from`, `/stream`.
pub fn take_in(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, code: &Code, asked: &Asked) -> Result<Intake> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ManageJudging, &scene.whole(), "competition")?;
    let round = scene.round(tx, code)?;
    let round = rounds::hold_phases(tx.conn, round.id)?;
    let rules = rounds::rules_text(tx.conn, round.id, round.rules_version)?
        .ok_or_else(|| Error::conflict("rules_missing"))?;
    let rules = rules_cache::read(&rules)?;
    let fields = fields(tx, &scene.competition, &rules)?;
    let source = source(tx, &scene, &round, asked)?;
    let candidates = match &source {
        Some(earlier) => coming(tx, earlier, asked.stream.as_ref())?,
        None => intake::accepted(tx.conn, scene.competition.id)?,
    };
    let mut groups = intake::groups(tx.conn, round.id)?;
    let removed = remove(tx, &round, source.as_ref(), &candidates, &groups)?;
    let placed = intake::placed(tx.conn, round.id)?;
    let placed: BTreeSet<EntryId> = placed.iter().map(|p| p.entry).collect();
    let already = candidates.iter().filter(|c| placed.contains(&c.id)).count();
    let names = Names::of(tx, &scene.competition)?;
    let (mut unplaced, mut refused, mut wanted) =
        (Vec::new(), Vec::new(), BTreeMap::<Key, Vec<&Candidate>>::new());
    for candidate in candidates.iter().filter(|c| !placed.contains(&c.id)) {
        match grouping::key_of(&fields, &names.values(candidate)) {
            Ok(key) => wanted.entry(key).or_default().push(candidate),
            Err(lacks) => unplaced.push((candidate.number, lacks)),
        }
    }
    let (mut places, mut opened) = (Vec::new(), BTreeSet::new());
    for (key, candidates) in wanted {
        let group = match groups.iter().position(|g| *g.key == key.codes(&fields)) {
            Some(i) => groups.get(i).cloned(),
            None => None,
        };
        let group = match group {
            Some(group) => group,
            None => {
                let group = make(tx, &round, &fields, &key, &names, &groups)?;
                groups.push(group.clone());
                group
            }
        };
        let comes_in = source.is_some() && group.phase == Phase::Open;
        if comes_in {
            opened.insert(group.id);
        }
        if group.phase == Phase::Draft || comes_in {
            places.extend(candidates.iter().map(|c| (c.id, group.id)));
        } else {
            refused.extend(candidates.iter().map(|c| (c.number, group.code.clone())));
        }
    }
    refused.sort();
    let before = if opened.is_empty() {
        Vec::new()
    } else {
        round_entries::of_round(tx.conn, round.id)?
    };
    let earlier = source.as_ref().map(|round| round.id);
    intake::insert(tx.conn, round.id, earlier, &places, tx.now)?;
    let mut without_judges = Vec::new();
    for group in opened {
        without_judges.extend(seat(tx, &round, group, &before)?);
        tx.announce(Effect::GroupChanged(group))?;
    }
    let added = places.len();
    if added > 0 || !removed.is_empty() {
        let source = source.as_ref().map_or("accepted", |r| r.code.as_str());
        let event = NewEvent {
            competition: Some(scene.competition.id),
            actor: Some(scene.person()?.id),
            action: "intake",
            subject: format!("rounds/{code}"),
            version: None,
            details: serde_json::json!({
                "from": source, "stream": asked.stream, "added": added, "removed": removed,
            }),
        };
        events::record(tx.conn, tx.now, &event)?;
        tx.after(Effect::RoundChanged(round.id));
    }
    Ok(Intake {
        added,
        already,
        removed,
        unplaced,
        refused,
        without_judges,
        groups: sized(tx, &round)?,
    })
}

/// Those who go on from an earlier round, without those who declined the place or did not answer its offer in time.
fn coming(tx: &mut Tx<'_>, earlier: &Round, stream: Option<&Code>) -> Result<Vec<Candidate>> {
    let groups: Vec<GroupId> = rounds::groups(tx.conn, earlier.id)?
        .iter()
        .map(|g| g.id)
        .collect();
    let since = Since::of(tx, earlier, &groups)?;
    let mut coming = intake::advanced(tx.conn, earlier.id, stream)?;
    coming.retain(|c| !since.declined(c.number, stream.map(Code::as_str)));
    Ok(coming)
}

/// Lets those who came into an open group be marked by the panels that mark everybody there; gives those whom nobody marks.
fn seat(tx: &mut Tx<'_>, round: &Round, group: GroupId, before: &[RoundEntry]) -> Result<Vec<i64>> {
    let bench = Bench::of(tx, round)?;
    let all = round_entries::of_group(tx.conn, group)?;
    let were: BTreeSet<RoundEntryId> = before.iter().map(|e| e.id).collect();
    let came: Vec<&RoundEntry> = all.iter().filter(|e| !were.contains(&e.id)).collect();
    let there: BTreeSet<i64> = all
        .iter()
        .filter(|e| were.contains(&e.id) && e.status == Participation::TakingPart)
        .map(|e| e.number)
        .collect();
    let marked = assignments::marked_by_panels(tx.conn, round.id)?;
    let marks_all = |panel: &Panel| {
        let marked = marked.iter().filter(|(id, _)| *id == panel.id);
        let marked: BTreeSet<i64> = marked.map(|(_, number)| *number).collect();
        panel.group_id == group && there.is_subset(&marked)
    };
    let mut panels = panels::of_round(tx.conn, round.id)?;
    panels.retain(marks_all);
    let mut new: Vec<NewAssignment> = Vec::new();
    for seat in panels::seats(tx.conn, round.id)? {
        let Some(judge) = bench.judges().iter().find(|j| j.id == seat.judge) else {
            continue;
        };
        for entry in came.iter().filter(|_| panels.iter().any(|p| p.id == seat.panel)) {
            let twice = |n: &NewAssignment| n.round_entry_id == entry.id && n.judge_id == seat.judge;
            if bench.obstacle(&judge.public_id, entry).is_none() && !new.iter().any(twice) {
                new.push(NewAssignment {
                    round_id: round.id,
                    group_id: group,
                    round_entry_id: entry.id,
                    judge_id: seat.judge,
                    panel_id: Some(seat.panel),
                    status: AssignmentStatus::Assigned,
                    changed_at: tx.now,
                    version: 1,
                });
            }
        }
    }
    assignments::insert(tx.conn, &new)?;
    let unseated = |entry: &&&RoundEntry| !new.iter().any(|n| n.round_entry_id == entry.id);
    Ok(came.iter().filter(unseated).map(|e| e.number).collect())
}

/// The earlier round that the entries come from, if they come from one.
fn source(tx: &mut Tx<'_>, scene: &Scene, round: &Round, asked: &Asked) -> Result<Option<Round>> {
    let all = rounds::of_competition(tx.conn, scene.competition.id)?;
    let mut earlier = all.into_iter().filter(|r| r.position < round.position);
    let source = match &asked.from {
        Some(From::Accepted) => None,
        None => earlier.next_back(),
        Some(From::Round(code)) => Some(earlier.find(|r| r.code == *code).ok_or_else(|| {
            Error::from(FieldError::new("/from", "not_an_earlier_round").with("round", code))
        })?),
    };
    if let Some(stream) = &asked.stream {
        let rules = match &source {
            Some(source) => rounds::rules_text(tx.conn, source.id, source.rules_version)?,
            None => return Err(FieldError::new("/stream", "stream_of_no_round").into()),
        };
        let rules = rules.as_deref().map(rules_cache::read).transpose()?;
        let mut streams = rules.iter().flat_map(|r| &r.advance).flat_map(|a| &a.streams);
        if !streams.any(|known| known.code == *stream) {
            return Err(FieldError::new("/stream", "unknown_stream")
                .with("stream", stream)
                .into());
        }
    }
    match source {
        Some(source) if !intake::is_decided(tx.conn, source.id)? => {
            Err(Conflict::new("not_decided").with("round", source.code).into())
        }
        source => Ok(source),
    }
}

/// An advancement that was decided anew may have named others: who no longer goes on leaves the draft groups.
fn remove(
    tx: &mut Tx<'_>,
    round: &Round,
    source: Option<&Round>,
    candidates: &[Candidate],
    groups: &[KeyedGroup],
) -> Result<Vec<i64>> {
    let Some(source) = source else {
        return Ok(Vec::new());
    };
    let go_on: BTreeSet<EntryId> = candidates.iter().map(|c| c.id).collect();
    let earlier: BTreeSet<EntryId> = intake::placed(tx.conn, source.id)?
        .iter()
        .map(|p| p.entry)
        .collect();
    let draft = |group: GroupId| groups.iter().any(|g| g.id == group && g.phase == Phase::Draft);
    let stays = |p: &Placed| go_on.contains(&p.entry) || !earlier.contains(&p.entry) || !draft(p.group);
    let placed = intake::placed(tx.conn, round.id)?;
    let gone: Vec<_> = placed.iter().filter(|p| !stays(p)).collect();
    intake::remove(tx.conn, &gone.iter().map(|p| p.id).collect::<Vec<_>>())?;
    Ok(gone.iter().map(|p| p.number).collect())
}

fn make(
    tx: &mut Tx<'_>,
    round: &Round,
    fields: &[Field],
    key: &Key,
    names: &Names,
    groups: &[KeyedGroup],
) -> Result<KeyedGroup> {
    let taken = groups.iter().map(|g| g.code.clone()).collect();
    let code = key
        .code(fields, &taken)
        .ok_or_else(|| Error::internal("no code for a group"))?;
    let region = key
        .values(fields)
        .find(|(field, _)| field.code.as_str() == "region");
    let region = region.and_then(|(_, value)| names.regions.iter().find(|(_, code)| **code == value.code));
    let new = NewGroup {
        round: round.id,
        code: code.clone(),
        title: Json::new(key.title(fields))?,
        key: Json::new(key.codes(fields))?,
        region: region.map(|(id, _)| *id),
    };
    Ok(KeyedGroup {
        id: intake::insert_group(tx.conn, &new)?,
        code,
        key: new.key,
        phase: Phase::Draft,
    })
}

fn sized(tx: &mut Tx<'_>, round: &Round) -> Result<Vec<(Group, i64)>> {
    let sizes = progress::sizes(tx.conn, round.id)?;
    let groups = rounds::groups(tx.conn, round.id)?;
    let size = |group: Group| {
        let entries = sizes.get(&group.id).copied().unwrap_or(0);
        (group, entries)
    };
    Ok(groups.into_iter().map(size).collect())
}
