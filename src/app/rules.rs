//! The rules of a round: read by whoever sees the competition, changed freely until the first group is opened.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::Action;
use crate::domain::rules::{Rubric, Rules};
use crate::domain::scoring::ballot;
use crate::domain::text::{Code, Slug, check_reason};
use crate::error::{Conflict, Error, Result};
use crate::store::ballots;
use crate::store::events::{self, NewEvent};
use crate::store::rounds::{self, Round};
use crate::store::rules::{self, NewVersion};

use super::access;
use super::actor::Actor;
use super::surroundings::surroundings;
use super::{Effect, Tx, rules_cache};

/// A version of a round's rules.
#[derive(Debug, Clone)]
pub struct RulesState {
    /// The version.
    pub version: i64,
    /// The document in its canonical form.
    pub document: String,
    /// Whether this change made the version.
    pub changed: bool,
}

/// The current rules of a round.
///
/// # Errors
/// [`Error::NotFound`] while it has none.
pub fn read(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, code: &Code) -> Result<RulesState> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ReadCompetition, &scene.relation(), "competition")?;
    let round = scene.round(tx, code)?;
    current(tx, &round)?.ok_or(Error::NotFound("rules"))
}

/// The current rules of a round, read, with their version.
///
/// # Errors
/// As [`read`].
pub fn parsed(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, code: &Code) -> Result<(i64, Arc<Rules>)> {
    let current = read(tx, actor, slug, code)?;
    Ok((current.version, rules_cache::read(&current.document)?))
}

/// Gives a round its rules, or changes them.
///
/// Once a group was opened they are fixed: a change needs a reason, and every sheet that was handed in must be as
/// valid by the new rules as it was by the old ones.
///
/// # Errors
/// [`Error::Stale`]; [`Error::Invalid`] for rules that do not fit the competition, or without the reason;
/// [`Error::Conflict`] `groups_made`, `sheets_invalid`, `recorded_invalid`.
pub fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (slug, code): (&Slug, &Code),
    seen: i64,
    new: &Rules,
    reason: Option<&str>,
) -> Result<RulesState> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::EditCompetition, &scene.whole(), "competition")?;
    let round = scene.round(tx, code)?;
    let round = rounds::take_phases(tx.conn, round.id)?;
    let old = current(tx, &round)?;
    let document = serde_json::to_string(new).map_err(Error::internal)?;
    if let Some(old) = &old
        && old.document == document
    {
        return Ok(old.clone());
    }
    if round.rules_version != seen {
        return Err(stale(old));
    }
    new.fits(&surroundings(tx, &scene, &round)?)?;
    if round.fixed_at.is_some() {
        let mut invalid = Default::default();
        check_reason(reason.unwrap_or_default(), "?reason", &mut invalid);
        invalid.into_result()?;
    }
    if let Some(old) = &old {
        keeps_groups(tx, &round, &*rules_cache::read(&old.document)?, new)?;
    }
    keeps_sheets(tx, &round, &new.rubric)?;
    keeps_distinct(tx, &round, new)?;
    keeps_recorded(tx, &round, &new.rubric)?;
    let by = scene.person()?.id;
    let version = NewVersion {
        round: round.id,
        after: seen,
        document: document.clone(),
        reason: reason.map(str::to_owned),
        by,
    };
    let number = rules::insert(tx.conn, &version, tx.now)?;
    let mut details = serde_json::json!({ "fixed": round.fixed_at.is_some() });
    if let (Some(reason), Some(details)) = (reason, details.as_object_mut()) {
        details.insert("reason".into(), reason.into());
    }
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(by),
        action: "rules",
        subject: format!("rounds/{code}/rules"),
        version: Some((seen, number)),
        details,
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.announce(Effect::RoundChanged(round.id))?;
    Ok(RulesState {
        version: number,
        document,
        changed: true,
    })
}

fn current(tx: &mut Tx<'_>, round: &Round) -> Result<Option<RulesState>> {
    let document = rounds::rules_text(tx.conn, round.id, round.rules_version)?;
    Ok(document.map(|document| RulesState {
        version: round.rules_version,
        document,
        changed: false,
    }))
}

fn stale(current: Option<RulesState>) -> Error {
    Error::Stale {
        version: current.as_ref().map_or(0, |c| c.version),
        current: current
            .and_then(|c| serde_json::from_str(&c.document).ok())
            .map(Box::new),
    }
}

/// The groups were made by the old rules: entries would be ranked together that belong to different groups.
fn keeps_groups(tx: &mut Tx<'_>, round: &Round, old: &Rules, new: &Rules) -> Result<()> {
    if old.ranking.group_by == new.ranking.group_by || rounds::groups(tx.conn, round.id)?.is_empty() {
        return Ok(());
    }
    Err(Error::conflict("groups_made"))
}

/// Every sheet that counts, and every late one that may be accepted yet, must fit the new rubric.
fn keeps_sheets(tx: &mut Tx<'_>, round: &Round, rubric: &Rubric) -> Result<()> {
    let mut places = Vec::new();
    for (entry, marks, comment) in rules::sheets(tx.conn, round.id)? {
        let given = ballot::as_given(rubric, &marks.points());
        if let Err(invalid) = ballot::submission(rubric, &given, comment.as_deref()) {
            places.extend(invalid.under(&format!("/entries/{entry}")).0);
        }
    }
    refuse("sheets_invalid", places)
}

/// Where a judge's totals must differ from now on, those that count must.
fn keeps_distinct(tx: &mut Tx<'_>, round: &Round, new: &Rules) -> Result<()> {
    let mut places = Vec::new();
    let groups = if new.rubric.distinct_totals {
        rounds::groups(tx.conn, round.id)?
    } else {
        Vec::new()
    };
    for group in groups {
        let mut given: BTreeMap<String, Vec<(i64, ballot::Marks)>> = BTreeMap::new();
        for sheet in ballots::counted_of_group(tx.conn, group.id)? {
            let marks = ballot::stored_marks(&new.rubric, &sheet.marks);
            let before = given.entry(sheet.judge).or_default();
            if let Err(error) = ballot::distinct(new, &marks, before) {
                places.extend(Invalid::one(error).under(&format!("/entries/{}", sheet.entry)).0);
            }
            before.push((sheet.entry, marks));
        }
    }
    refuse("sheets_invalid", places)
}

/// Every recorded value must fit the new rubric.
fn keeps_recorded(tx: &mut Tx<'_>, round: &Round, rubric: &Rubric) -> Result<()> {
    let mut places = Vec::new();
    for (entry, values) in rules::recorded(tx.conn, round.id)? {
        for (code, given) in ballot::as_given(rubric, &values.points()) {
            let at = format!("/entries/{entry}/recorded/{code}");
            match rubric.slot(&code).filter(|slot| slot.criterion.is_recorded()) {
                Some(slot) => places.extend(ballot::value(slot, &given, &at).err()),
                None => places.push(FieldError::new(at, "mark_unknown_criterion").with("criterion", code)),
            }
        }
    }
    refuse("recorded_invalid", places)
}

/// The most places that an answer names.
const NAMED: usize = 50;

fn refuse(code: &'static str, mut places: Vec<FieldError>) -> Result<()> {
    if places.is_empty() {
        return Ok(());
    }
    let mut conflict = Conflict::new(code).with("count", places.len());
    places.truncate(NAMED);
    conflict.places = places;
    Err(conflict.into())
}
