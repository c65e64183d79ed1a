//! Ballots: a judge reads, saves and submits their own; those who run or watch the round read all of an entry.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::ballot::{self, Progress};
use crate::domain::ids::BallotId;
use crate::domain::policy::{Action, Relation};
use crate::domain::round::{AssignmentStatus, BallotSource, BallotStatus, LateDecision};
use crate::domain::rules::{Rules, TieBreak};
use crate::domain::scoring::ballot::stored_marks;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::ballots::{self, Version};
use crate::store::places::{self, Seat};
use crate::store::{revisions, rounds, standings};

use super::actor::Actor;
use super::desk::{BallotView, Changed, Content, Desk, Written, rules_of, total_of};
use super::place::{self, EntryAt, Spot};
use super::{Tx, rules_cache};

/// The caller's own ballot.
///
/// # Errors
/// 404 when there is none yet, or the caller does not judge the entry, or no longer; 403 when they may see who does.
pub fn mine(tx: &mut Tx<'_>, actor: &Actor, at: &EntryAt) -> Result<BallotView> {
    let spot = place::find_to_judge(tx, actor, at)?;
    let seat = own_seat(tx, &spot)?;
    let ballot = ballots::of_seat(tx.conn, seat.assignment)?.ok_or(Error::NotFound("ballot"))?;
    let footing = places::footing(tx.conn, spot.place.group)?;
    Ok(BallotView::of(&*rules_of(&footing)?, &ballot))
}

/// Saves a draft, on top of version `from` (0: of nothing). What was submitted before still counts.
///
/// # Errors
/// 422 with each wrong mark; 409 `group_not_open`, `group_closed`, `judge_recused`, `judge_absent`; 412 with the current
/// ballot.
pub fn save(tx: &mut Tx<'_>, actor: &Actor, at: &EntryAt, from: i64, written: &Written) -> Result<Changed> {
    let desk = own_desk(tx, actor, at)?;
    let next = ballot::save(desk.before(), desk.footing.phase).map_err(|r| desk.refused(r))?;
    let rules = rules_of(&desk.footing)?;
    let content = Content::draft(&rules, &desk.seat, written)?;
    if let Some(same) = desk.ballot.as_ref().filter(|b| content.is_in(b)) {
        return Ok(Changed::not(&rules, same));
    }
    desk.expect(from, &rules)?;
    desk.save(tx, &rules, content.row(next, BallotSource::Judge, None, tx.now)?)
}

/// Submits the ballot on top of version `from`: what is written now, or what was saved. After closure it is kept as
/// late, and does not count.
///
/// # Errors
/// As [`save`], but for `group_closed`; 422 with each missing mark and comment, and `total_not_distinct`; 404 when nothing was saved or written.
pub fn submit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    at: &EntryAt,
    from: i64,
    written: Option<&Written>,
) -> Result<Changed> {
    let desk = own_desk(tx, actor, at)?;
    let next = ballot::submit(desk.before(), desk.footing.phase).map_err(|r| desk.refused(r))?;
    let rules = rules_of(&desk.footing)?;
    let content = match (written, &desk.ballot) {
        (Some(written), _) => Content::complete(&rules, &desk.seat, written)?,
        (None, Some(ballot)) => Content::complete(&rules, &desk.seat, &Written::on(&rules, ballot))?,
        (None, None) => return Err(Error::NotFound("ballot")),
    };
    if let Some(same) = desk.ballot.as_ref().filter(|b| content.is_in(b))
        && ballot::is_submitted(same.state(), desk.footing.phase)
    {
        return Ok(Changed::not(&rules, same));
    }
    desk.expect(from, &rules)?;
    if next.status == BallotStatus::Submitted {
        desk.require_distinct(tx, &rules, content.marks())?;
    }
    let row = content.row(next, BallotSource::Judge, None, tx.now)?;
    desk.submit(tx, &rules, row, desk.seat.user)
}

/// What a judge of an entry handed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JudgeBallots {
    /// The judge's id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    pub judge: String,
    /// What they are called.
    #[schema(example = "Wang Li")]
    pub name: String,
    /// Their code in the round.
    #[schema(example = "J1")]
    pub code: String,
    /// Their sheet is opened only to break a tie: until the group is closed and a tie asked for it, its versions are
    /// left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
    /// Whether they are to mark the entry.
    pub assignment: AssignmentStatus,
    /// How far their ballot is.
    pub status: Progress,
    /// Where their ballot comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<BallotSource>,
    /// The version that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<i64>,
    /// Every version that was submitted, oldest first.
    pub versions: Vec<VersionView>,
}

/// A submission that was kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VersionView {
    /// The version of the ballot that it is.
    pub number: i64,
    /// Where it comes from.
    pub source: BallotSource,
    /// The marks by criterion, decimal strings.
    pub marks: BTreeMap<String, String>,
    /// The sheet's total.
    pub total: Option<String>,
    /// What the judge says.
    pub comment: Option<String>,
    /// When.
    pub submitted_at: Stamp,
    /// Whether it came after the group was closed.
    pub late: bool,
    /// What was decided about it, if it came late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<LateDecision>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// All ballots of an entry with all their versions, by the judges' codes. Drafts stay with their judges.
///
/// # Errors
/// 403 and 404 as the policy says.
pub fn of_entry(tx: &mut Tx<'_>, actor: &Actor, at: &EntryAt) -> Result<Vec<JudgeBallots>> {
    let spot = place::find(tx, actor, at)?;
    let relation = spot.relation_as_judge(tx)?;
    spot.scene.require(Action::ReadBallots, &relation, "entry")?;
    let seats = places::seats(tx.conn, spot.place.id)?;
    let of_entry = ballots::of_place(tx.conn, spot.place.id)?;
    let mut versions: BTreeMap<BallotId, Vec<VersionView>> = BTreeMap::new();
    let mut rules: BTreeMap<i64, Arc<Rules>> = BTreeMap::new();
    for version in ballots::versions(tx.conn, spot.place.id)? {
        let rules = match rules.entry(version.rules_version) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(unread) => {
                let document = rounds::rules_text(tx.conn, spot.round.id, version.rules_version)?;
                let document = document.ok_or_else(|| Error::internal("a ballot's rules are not there"))?;
                unread.insert(rules_cache::read(&document)?)
            }
        };
        let of_ballot = versions.entry(version.ballot_id).or_default();
        of_ballot.push(version_view(rules, version));
    }
    let opened = seats.iter().any(|seat| seat.sealed) && broke_a_tie(tx, &spot)?;
    let of_seat = |seat: Seat| {
        let ballot = of_entry.iter().find(|b| b.assignment_id == seat.assignment);
        JudgeBallots {
            judge: seat.judge.0,
            name: seat.name,
            code: seat.code,
            sealed: seat.sealed,
            assignment: seat.status,
            status: ballot.map(|b| b.status).into(),
            source: ballot.map(|b| b.source),
            counted: ballot.and_then(|b| b.counted),
            versions: ballot
                .filter(|_| opened || !seat.sealed)
                .and_then(|b| versions.remove(&b.id))
                .unwrap_or_default(),
        }
    };
    Ok(seats.into_iter().map(of_seat).collect())
}

/// Whether the sealed sheets of an entry were opened: the standings that closure fixed asked them about a tie.
fn broke_a_tie(tx: &mut Tx<'_>, spot: &Spot) -> Result<bool> {
    let group = spot.place.group;
    if !spot.place.phase.is_closed() {
        return Ok(false);
    }
    let revision = revisions::of_group(tx.conn, group)?;
    let Some(stored) = standings::of_revision(tx.conn, group, revision)? else {
        return Ok(false);
    };
    let mut entries = stored.document.entries.iter();
    let notes = entries
        .find(|standing| standing.entry == spot.place.number)
        .and_then(|standing| standing.derivation.as_ref())
        .map(|derivation| derivation.ties.as_slice());
    let sealed = TieBreak::Sealed;
    Ok(notes.is_some_and(|ties| ties.iter().any(|tie| tie.by == sealed.as_str())))
}

fn version_view(rules: &Rules, version: Version) -> VersionView {
    let marks = stored_marks(&rules.rubric, &version.marks.points());
    VersionView {
        number: version.number,
        source: version.source,
        marks: marks.shown(&rules.rubric),
        total: total_of(rules, &marks),
        comment: version.comment,
        submitted_at: version.submitted_at,
        late: version.late,
        decision: version.decision,
        reason: version.decision_reason,
    }
}

/// The caller's assignment to the entry.
fn own_seat(tx: &mut Tx<'_>, spot: &Spot) -> Result<Seat> {
    let seat = match &spot.scene.person {
        Some(person) => places::seat(tx.conn, spot.place.id, person.id)?,
        None => None,
    };
    let relation = Relation {
        assigned: seat.is_some(),
        ..spot.relation()
    };
    spot.scene.require(Action::Judge, &relation, "entry")?;
    seat.ok_or(Error::NotFound("entry"))
}

fn own_desk(tx: &mut Tx<'_>, actor: &Actor, at: &EntryAt) -> Result<Desk> {
    let spot = place::find_to_judge(tx, actor, at)?;
    let seat = own_seat(tx, &spot)?;
    Desk::open(tx, spot, seat)
}
