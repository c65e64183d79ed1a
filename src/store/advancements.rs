//! Decisions who goes on: the whole decision as the engine gave it, and a row for what becomes of each entry.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::{advancement_outcomes, advancements};
use super::sql_types::Json;
use crate::domain::advancement::{Advancement, Request};
use crate::domain::ids::{GroupId, RoundEntryId, RoundId, UserId};
use crate::domain::time::Stamp;
use crate::error::Result;

/// A decision that holds.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = advancements)]
pub struct Current {
    /// The row.
    pub id: i64,
    /// The group that it is about; all groups of the round when there is none.
    pub group_id: Option<GroupId>,
    /// Counts the decisions of the round.
    pub number: i64,
    /// The revision of each group's standings, by the group's code.
    pub revisions: Json<BTreeMap<String, i64>>,
    /// What the organizers asked for.
    pub request: Json<Request>,
    /// What the engine gave.
    pub document: Json<Advancement>,
    /// When.
    pub decided_at: Stamp,
}

/// A decision about to be kept.
#[derive(Debug)]
pub struct New<'a> {
    /// The round.
    pub round: RoundId,
    /// The group that it is about; none for all groups of the round.
    pub group: Option<GroupId>,
    /// The revision of each group's standings, by the group's code.
    pub revisions: &'a Json<BTreeMap<String, i64>>,
    /// The rules that it was made by.
    pub rules_version: i64,
    /// What the organizers asked for.
    pub request: &'a Json<Request>,
    /// What the engine gave.
    pub document: &'a Json<Advancement>,
    /// Who decided.
    pub decided_by: UserId,
}

/// What becomes of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutcome {
    /// The entry in the round.
    pub round_entry: RoundEntryId,
    /// `advances`, `invited` (to a stream beside the next round), `reserve`, `not_advanced`, `declined`,
    /// `excluded`.
    pub outcome: &'static str,
    /// The place of one that goes on, the turn of a reserve.
    pub place: Option<i64>,
    /// The codes of its awards.
    pub awards: Vec<String>,
    /// Why it was excluded or nominated.
    pub reason: Option<String>,
    /// The stream that it is invited to.
    pub stream: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = advancement_outcomes, treat_none_as_default_value = false)]
struct OutcomeRow<'a> {
    advancement_id: i64,
    round_entry_id: RoundEntryId,
    outcome: &'a str,
    place: Option<i64>,
    awards: Json<&'a Vec<String>>,
    reason: Option<&'a str>,
    stream: Option<&'a str>,
}

/// The decisions of a round that hold, in order.
///
/// # Errors
/// When the database fails.
pub fn current(conn: &mut Conn, round: RoundId) -> Result<Vec<Current>> {
    Ok(advancements::table
        .filter(advancements::round_id.eq(round))
        .filter(advancements::superseded_at.is_null())
        .order(advancements::id)
        .select(Current::as_select())
        .load(conn)?)
}

/// The newest decisions about these groups, whether they hold or were ended by a reopening: each group is in at most one
/// of them.
///
/// # Errors
/// When the database fails.
pub fn newest(conn: &mut Conn, round: RoundId, groups: &BTreeSet<String>) -> Result<Vec<Current>> {
    let all: Vec<(i64, Json<BTreeMap<String, i64>>)> = advancements::table
        .filter(advancements::round_id.eq(round))
        .order(advancements::id.desc())
        .select((advancements::id, advancements::revisions))
        .load(conn)?;
    let (mut wanted, mut seen) = (Vec::new(), BTreeSet::new());
    for (id, revisions) in all {
        let about: BTreeSet<String> = revisions.keys().cloned().collect();
        if !about.is_disjoint(groups) && about.is_disjoint(&seen) {
            seen.extend(about);
            wanted.push(id);
        }
    }
    Ok(advancements::table
        .filter(advancements::id.eq_any(wanted))
        .order(advancements::id)
        .select(Current::as_select())
        .load(conn)?)
}

/// Ends decisions, since others or none take their place.
///
/// # Errors
/// When the database fails.
pub fn supersede(conn: &mut Conn, ids: &[i64], now: Stamp) -> Result<()> {
    diesel::update(advancements::table.filter(advancements::id.eq_any(ids)))
        .set(advancements::superseded_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Keeps a decision with what becomes of each entry, and gives its number in the round.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, new: &New<'_>, outcomes: &[NewOutcome], now: Stamp) -> Result<i64> {
    let last: Option<i64> = advancements::table
        .filter(advancements::round_id.eq(new.round))
        .select(diesel::dsl::max(advancements::number))
        .first(conn)?;
    let number = last.unwrap_or(0) + 1;
    let id: i64 = diesel::insert_into(advancements::table)
        .values((
            advancements::round_id.eq(new.round),
            advancements::group_id.eq(new.group),
            advancements::number.eq(number),
            advancements::revisions.eq(new.revisions),
            advancements::rules_version.eq(new.rules_version),
            advancements::request.eq(new.request),
            advancements::document.eq(new.document),
            advancements::decided_by.eq(new.decided_by),
            advancements::decided_at.eq(now),
        ))
        .returning(advancements::id)
        .get_result(conn)?;
    let mut rows = Vec::with_capacity(outcomes.len());
    for o in outcomes {
        rows.push(OutcomeRow {
            advancement_id: id,
            round_entry_id: o.round_entry,
            outcome: o.outcome,
            place: o.place,
            awards: Json::new(&o.awards)?,
            reason: o.reason.as_deref(),
            stream: o.stream.as_deref(),
        });
    }
    for some in rows.chunks(500) {
        each!(conn, c => diesel::insert_into(advancement_outcomes::table).values(some).execute(c))?;
    }
    Ok(number)
}
