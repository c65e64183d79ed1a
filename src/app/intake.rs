//! Taking entries into a round: the accepted ones, or those that go on from an earlier round, each into the group that
//! the rules give it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::grouping::{self, Field, Key};
use crate::domain::ids::{EntryId, GroupId, RegionId, TrackId};
use crate::domain::invalid::FieldError;
use crate::domain::policy::Action;
use crate::domain::round::Phase;
use crate::domain::rules::Rules;
use crate::domain::text::{Code, Slug};
use crate::error::{Conflict, Error, Result};
use crate::store::competitions::Competition;
use crate::store::divisions;
use crate::store::events::{self, NewEvent};
use crate::store::intake::{self, Candidate, KeyedGroup, NewGroup, Placed};
use crate::store::progress;
use crate::store::rounds::{self, Group, Round};
use crate::store::sql_types::Json;

use super::access::{self, Scene};
use super::actor::Actor;
use super::surroundings::groupable;
use super::{Effect, Tx, rules_cache};

/// Where a round takes its entries from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// The accepted entries of the competition.
    Accepted,
    /// Those that go on from an earlier round.
    Round(Code),
}

/// What an intake did.
#[derive(Debug, Clone)]
pub struct Intake {
    /// How many entries were added.
    pub added: usize,
    /// How many were in the round already.
    pub already: usize,
    /// Entries that were in a draft group and no longer go on from the earlier round: they were taken out.
    pub removed: Vec<i64>,
    /// Entries that lack what the rules group by, with the fields they lack.
    pub unplaced: Vec<(i64, Vec<Code>)>,
    /// Entries that came too late for their group, with the group's code.
    pub refused: Vec<(i64, Code)>,
    /// Every group of the round with the number of its entries.
    pub groups: Vec<(Group, i64)>,
}

/// Takes entries in. Once more it adds those that are new.
///
/// # Errors
/// [`Error::Conflict`] `rules_missing`, `not_decided` (of the earlier round); [`Error::Invalid`] at `/from`.
pub fn take_in(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    code: &Code,
    from: Option<&From>,
) -> Result<Intake> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ManageJudging, &scene.whole(), "competition")?;
    let round = scene.round(tx, code)?;
    let round = rounds::hold_phases(tx.conn, round.id)?;
    let rules = rounds::rules_text(tx.conn, round.id, round.rules_version)?
        .ok_or_else(|| Error::conflict("rules_missing"))?;
    let rules = rules_cache::read(&rules)?;
    let fields = fields(tx, &scene.competition, &rules)?;
    let source = source(tx, &scene, &round, from)?;
    let candidates = match &source {
        Some(earlier) => intake::advanced(tx.conn, earlier.id)?,
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
    let mut places = Vec::new();
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
        if group.phase == Phase::Draft {
            places.extend(candidates.iter().map(|c| (c.id, group.id)));
        } else {
            refused.extend(candidates.iter().map(|c| (c.number, group.code.clone())));
        }
    }
    refused.sort();
    let earlier = source.as_ref().map(|round| round.id);
    intake::insert(tx.conn, round.id, earlier, &places, tx.now)?;
    let added = places.len();
    if added > 0 || !removed.is_empty() {
        let source = source.as_ref().map_or("accepted", |r| r.code.as_str());
        let event = NewEvent {
            competition: Some(scene.competition.id),
            actor: Some(scene.person()?.id),
            action: "intake",
            subject: format!("rounds/{code}"),
            version: None,
            details: serde_json::json!({ "from": source, "added": added, "removed": removed }),
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
        groups: sized(tx, &round)?,
    })
}

/// The fields that the rules group by.
fn fields(tx: &mut Tx<'_>, competition: &Competition, rules: &Rules) -> Result<Vec<Field>> {
    let known = groupable(tx, competition)?;
    let field = |code: &Code| {
        let found = known.iter().find(|f| f.code == *code).cloned();
        found.ok_or_else(|| Conflict::new("rules_do_not_fit").with("field", code).into())
    };
    rules.ranking.group_by.iter().map(field).collect()
}

/// The earlier round that the entries come from, if they come from one.
fn source(tx: &mut Tx<'_>, scene: &Scene, round: &Round, from: Option<&From>) -> Result<Option<Round>> {
    let all = rounds::of_competition(tx.conn, scene.competition.id)?;
    let mut earlier = all.into_iter().filter(|r| r.position < round.position);
    let source = match from {
        Some(From::Accepted) => None,
        None => earlier.next_back(),
        Some(From::Round(code)) => Some(earlier.find(|r| r.code == *code).ok_or_else(|| {
            Error::from(FieldError::new("/from", "not_an_earlier_round").with("round", code))
        })?),
    };
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

/// Codes of regions and tracks by row.
struct Names {
    regions: BTreeMap<RegionId, Code>,
    tracks: BTreeMap<TrackId, Code>,
}

impl Names {
    fn of(tx: &mut Tx<'_>, competition: &Competition) -> Result<Self> {
        let regions = divisions::region_codes(tx.conn, competition.id)?;
        let tracks = divisions::track_codes(tx.conn, competition.id)?;
        Ok(Self {
            regions: regions.into_iter().map(|(code, id)| (id, code)).collect(),
            tracks: tracks.into_iter().map(|(code, id)| (id, code)).collect(),
        })
    }

    /// What an entry can be grouped by, by the field's code.
    fn values<'a>(&'a self, entry: &'a Candidate) -> BTreeMap<&'a str, &'a str> {
        let answers = entry.answers.iter();
        let mut values: BTreeMap<_, _> = answers
            .filter_map(|(field, answer)| Some((field.as_str(), answer.as_str()?)))
            .collect();
        // A custom field can't stand in for the region or the track of an entry that has none.
        values.remove("region");
        values.remove("track");
        if let Some(code) = entry.region_id.and_then(|id| self.regions.get(&id)) {
            values.insert("region", code.as_str());
        }
        if let Some(code) = entry.track_id.and_then(|id| self.tracks.get(&id)) {
            values.insert("track", code.as_str());
        }
        values
    }
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
