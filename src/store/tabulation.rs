//! Everything that a group's standings are computed from, gathered by one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use diesel::prelude::*;

use super::ballots;
use super::conn::Conn;
use super::marks::Marks;
use super::round_judges::still_judges;
use super::rounds::{Group, Round};
use super::schema::{
    adjustments, assignments, ballots as sheets, entries, panels, round_entries, round_groups, round_judges,
    rounds, tie_decisions,
};
use super::sql_types::Json;
use super::standings;
use crate::domain::ids::{GroupId, JudgeId, PanelId, RoundEntryId};
use crate::domain::points::Points;
use crate::domain::round::{AssignmentStatus, Participation, Phase, TieDecisionKind};
use crate::domain::rules::{Rules, TieBreak};
use crate::domain::scoring::ballot::stored_marks;
use crate::domain::scoring::{self, DecidedBy, Decision, EarlierRound, EntryInput, Input, JudgeInput, Sheet};
use crate::error::Result;

/// A judge's standing to an entry of the round. Many rows, few judges and panels: these are read by themselves.
#[derive(Debug, Clone, Copy, Queryable)]
struct Assigned {
    entry: RoundEntryId,
    judge: JudgeId,
    status: AssignmentStatus,
    panel: Option<PanelId>,
}

/// A judge of a round.
#[derive(Debug, Clone, Queryable)]
struct Seat {
    id: JudgeId,
    code: String,
    class: Option<String>,
    sealed: bool,
}

/// The input of the engine for one group, in the order of the rows.
///
/// Judges of no panel make one panel together, so that a common panel is the whole group then.
///
/// # Errors
/// When the database fails.
pub fn input(conn: &mut Conn, round: &Round, group: &Group, rules: &Rules) -> Result<Input> {
    let sheets = sheets(conn, group.id, rules)?;
    input_of(conn, round, group, rules, sheets)
}

/// The same with sheets that were read already: those that count, by entry, in the order of the judges' codes.
///
/// # Errors
/// When the database fails.
pub fn input_of(
    conn: &mut Conn,
    round: &Round,
    group: &Group,
    rules: &Rules,
    mut sheets: BTreeMap<RoundEntryId, Vec<Sheet>>,
) -> Result<Input> {
    let assigned = assigned(conn, group.id)?;
    let (seats, panels) = (seats(conn, group.id)?, panels(conn, group.id)?);
    let mut adjusted = adjusted(conn, group.id)?;
    let mut earlier = earlier(conn, round, rules)?;
    let panel_of = panels_of(&assigned, &panels);
    let panel = |entry| panel_of.get(&entry).copied().unwrap_or_default();
    let sitting: HashSet<(JudgeId, &str)> = assigned.iter().map(|a| (a.judge, panel(a.entry))).collect();
    let mut present: Vec<(RoundEntryId, JudgeId)> = assigned
        .iter()
        .filter(|a| a.status == AssignmentStatus::Assigned)
        .map(|a| (a.entry, a.judge))
        .collect();
    present.sort_unstable();
    let present_at = |entry| {
        let from = present.partition_point(|(before, _)| *before < entry);
        let theirs = present.get(from..).unwrap_or_default().iter();
        theirs
            .take_while(move |(of, _)| *of == entry)
            .map(|(_, judge)| *judge)
    };
    let judge = |(id, panel): (JudgeId, &str)| {
        let seat = seats.get(&id)?;
        let judge = JudgeInput {
            code: seat.code.clone(),
            panel: panel.to_owned(),
            sealed: seat.sealed,
            class: seat.class.clone(),
        };
        Some((judge, id))
    };
    let mut judges: Vec<(JudgeInput, JudgeId)> = sitting.into_iter().filter_map(judge).collect();
    judges.sort_unstable_by(|(a, _), (b, _)| (&a.code, &a.panel).cmp(&(&b.code, &b.panel)));
    let mut input = Input {
        decisions: decisions(conn, group.id)?,
        ..Input::default()
    };
    for (id, number, institution, status, reason, recorded) in taking_part(conn, group.id)? {
        let panel = panel(id);
        let excused = judges
            .iter()
            .filter(|(judge, sits)| judge.panel == panel && !present_at(id).any(|there| there == *sits));
        input.entries.push(EntryInput {
            number,
            group: group.code.to_string(),
            excused: excused.map(|(judge, _)| judge.code.clone()).collect(),
            panel: panel.to_owned(),
            institution,
            participation: participation(status, reason),
            sheets: sheets.remove(&id).unwrap_or_default(),
            recorded: recorded.points(),
            adjustments: adjusted.remove(&id).unwrap_or_default(),
            earlier: earlier.remove(&number).unwrap_or_default(),
        });
    }
    input.judges = judges.into_iter().map(|(judge, _)| judge).collect();
    Ok(input)
}

/// An entry and a judge who is to mark it and whose sheet does not count yet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Missing {
    /// The entry's number.
    pub entry: i64,
    /// The judge's code.
    pub judge: String,
    /// Whether the judge is a judge of the competition still, there where the entry is.
    pub awaited: bool,
}

/// The ballots that a group waits for, or did not get.
///
/// # Errors
/// When the database fails.
pub fn missing(conn: &mut Conn, group: GroupId) -> Result<Vec<Missing>> {
    Ok(assignments::table
        .inner_join(round_judges::table)
        .inner_join(round_entries::table.inner_join(entries::table))
        .left_join(sheets::table.on(sheets::assignment_id.eq(assignments::id)))
        .filter(assignments::group_id.eq(group))
        .filter(assignments::status.eq(AssignmentStatus::Assigned))
        .filter(round_entries::status.eq(Participation::TakingPart))
        .filter(sheets::counted.is_null())
        .order((entries::number, round_judges::id))
        .select((entries::number, round_judges::code, still_judges!()))
        .load(conn)?)
}

type Row = (
    RoundEntryId,
    i64,
    Option<String>,
    Participation,
    Option<String>,
    Json<Marks>,
);

fn taking_part(conn: &mut Conn, group: GroupId) -> Result<Vec<Row>> {
    Ok(round_entries::table
        .inner_join(entries::table)
        .filter(round_entries::group_id.eq(group))
        .order(entries::number)
        .select((
            round_entries::id,
            entries::number,
            entries::institution,
            round_entries::status,
            round_entries::status_reason,
            round_entries::recorded,
        ))
        .load(conn)?)
}

fn participation(status: Participation, reason: Option<String>) -> scoring::Participation {
    let reason = reason.unwrap_or_default();
    match status {
        Participation::TakingPart => scoring::Participation::TakingPart,
        Participation::Withdrawn => scoring::Participation::Withdrawn { reason },
        Participation::Disqualified => scoring::Participation::Disqualified { reason },
    }
}

fn assigned(conn: &mut Conn, group: GroupId) -> Result<Vec<Assigned>> {
    Ok(assignments::table
        .filter(assignments::group_id.eq(group))
        .order(assignments::id)
        .select((
            assignments::round_entry_id,
            assignments::judge_id,
            assignments::status,
            assignments::panel_id,
        ))
        .load(conn)?)
}

/// The judges to whom entries of a group are assigned.
fn seats(conn: &mut Conn, group: GroupId) -> Result<HashMap<JudgeId, Seat>> {
    let theirs = assignments::table
        .filter(assignments::group_id.eq(group))
        .select(assignments::judge_id);
    let seats: Vec<Seat> = round_judges::table
        .filter(round_judges::id.eq_any(theirs))
        .select((
            round_judges::id,
            round_judges::code,
            round_judges::class,
            round_judges::is_sealed,
        ))
        .load(conn)?;
    Ok(seats.into_iter().map(|seat| (seat.id, seat)).collect())
}

/// The codes of the panels to which entries of a group are assigned.
fn panels(conn: &mut Conn, group: GroupId) -> Result<HashMap<PanelId, String>> {
    let theirs = assignments::table
        .filter(assignments::group_id.eq(group))
        .filter(assignments::panel_id.is_not_null())
        .select(assignments::panel_id.assume_not_null());
    let panels: Vec<(PanelId, String)> = panels::table
        .filter(panels::id.eq_any(theirs))
        .select((panels::id, panels::code))
        .load(conn)?;
    Ok(panels.into_iter().collect())
}

/// The panel of each entry: the first by name, where several have it.
fn panels_of<'p>(
    assigned: &[Assigned],
    codes: &'p HashMap<PanelId, String>,
) -> HashMap<RoundEntryId, &'p str> {
    let mut panels: HashMap<RoundEntryId, &str> = HashMap::new();
    for a in assigned {
        if let Some(panel) = a.panel.and_then(|panel| codes.get(&panel)) {
            let known = panels.entry(a.entry).or_insert(panel);
            *known = (*known).min(panel);
        }
    }
    panels
}

fn sheets(conn: &mut Conn, group: GroupId, rules: &Rules) -> Result<BTreeMap<RoundEntryId, Vec<Sheet>>> {
    let mut sheets: BTreeMap<RoundEntryId, Vec<Sheet>> = BTreeMap::new();
    for counted in ballots::counted_of_group(conn, group)? {
        let marks = stored_marks(&rules.rubric, &counted.marks).in_order;
        let judge = counted.judge;
        sheets
            .entry(counted.place)
            .or_default()
            .push(Sheet { judge, marks });
    }
    Ok(sheets)
}

fn adjusted(conn: &mut Conn, group: GroupId) -> Result<BTreeMap<RoundEntryId, Vec<scoring::Adjustment>>> {
    type Row = (RoundEntryId, i64, String, Option<String>, Option<i64>);
    let rows: Vec<Row> = adjustments::table
        .filter(adjustments::group_id.eq(group))
        .filter(adjustments::revoked_at.is_null())
        .order(adjustments::id)
        .select((
            adjustments::round_entry_id,
            adjustments::points,
            adjustments::reason,
            adjustments::rule,
            adjustments::quantity,
        ))
        .load(conn)?;
    let mut adjusted: BTreeMap<RoundEntryId, Vec<scoring::Adjustment>> = BTreeMap::new();
    for (entry, points, reason, rule, quantity) in rows {
        adjusted.entry(entry).or_default().push(scoring::Adjustment {
            points: Points::from_thousandths(points),
            reason,
            rule,
            quantity: quantity.map(Points::from_thousandths),
        });
    }
    Ok(adjusted)
}

fn decisions(conn: &mut Conn, group: GroupId) -> Result<Vec<Decision>> {
    let rows: Vec<(TieDecisionKind, Json<Vec<i64>>)> = tie_decisions::table
        .filter(tie_decisions::group_id.eq(group))
        .order(tie_decisions::id)
        .select((tie_decisions::kind, tie_decisions::entry_order))
        .load(conn)?;
    let decision = |(kind, order): (TieDecisionKind, Json<Vec<i64>>)| Decision {
        by: match kind {
            TieDecisionKind::Chair => DecidedBy::Chair,
            TieDecisionKind::Lot => DecidedBy::Lot,
        },
        order: order.into_inner(),
    };
    Ok(rows.into_iter().map(decision).collect())
}

/// The codes of the earlier rounds whose results the rules use.
#[must_use]
pub fn carried_from(rules: &Rules) -> BTreeSet<&str> {
    let mut named: BTreeSet<&str> = rules.carry.iter().map(|c| c.round.as_str()).collect();
    for tie in &rules.ranking.ties {
        if let TieBreak::EarlierTotal { round } | TieBreak::EarlierRank { round } = tie {
            named.insert(round.as_str());
        }
    }
    named
}

/// What entries reached in the earlier rounds that the rules name, by entry number and round code. A group that was
/// not closed yet gives nothing.
fn earlier(
    conn: &mut Conn,
    round: &Round,
    rules: &Rules,
) -> Result<BTreeMap<i64, BTreeMap<String, EarlierRound>>> {
    let mut results: BTreeMap<i64, BTreeMap<String, EarlierRound>> = BTreeMap::new();
    for code in carried_from(rules) {
        let groups: Vec<GroupId> = round_groups::table
            .inner_join(rounds::table)
            .filter(rounds::competition_id.eq(round.competition_id))
            .filter(rounds::position.lt(round.position))
            .filter(rounds::code.eq(code))
            .filter(round_groups::phase.eq_any([Phase::Closed, Phase::Decided, Phase::Published]))
            .order(round_groups::id)
            .select(round_groups::id)
            .load(conn)?;
        for group in groups {
            let Some(stored) = standings::latest(conn, group)? else {
                continue;
            };
            for standing in stored.document.into_inner().entries {
                if let (Some(total), Some(exact)) = (standing.total, standing.exact) {
                    let result = EarlierRound {
                        total: total.value().clone(),
                        exact,
                        rank: standing.rank,
                    };
                    results
                        .entry(standing.entry)
                        .or_default()
                        .insert(code.to_owned(), result);
                }
            }
        }
    }
    Ok(results)
}
