//! Paper: a clerk types what a judge wrote, and a second person confirms it.

use crate::domain::ballot;
use crate::domain::ids::PublicId;
use crate::domain::policy::Action;
use crate::domain::round::{BallotSource, BallotStatus};
use crate::error::{Conflict, Error, Result};
use crate::store::ballots::Ballot;
use crate::store::places::{self, Seat};

use super::Tx;
use super::actor::Actor;
use super::desk::{BallotView, Changed, Content, Desk, Written, rules_of};
use super::place::{self, EntryAt, Spot};

/// What was typed for a judge, for whoever confirms or corrects it.
///
/// # Errors
/// 404 when nothing was; 409 `ballot_by_judge` when the judge wrote it on their own device.
pub fn read(tx: &mut Tx<'_>, actor: &Actor, at: &EntryAt, judge: &PublicId) -> Result<BallotView> {
    let (spot, seat) = sheet(tx, actor, at, judge)?;
    let desk = Desk::look(tx, spot, seat)?;
    let ballot = typed(&desk)?.ok_or(Error::NotFound("ballot"))?;
    Ok(BallotView::of(&*rules_of(&desk.footing)?, ballot))
}

/// Saves what a judge wrote on paper, on top of version `from` (0: of nothing). It counts once it is confirmed.
///
/// # Errors
/// 422 with each wrong mark; 409 `group_not_open`, `ballot_by_judge`, `judge_recused`, `judge_absent`; 412 with what was
/// typed meanwhile.
pub fn type_in(
    tx: &mut Tx<'_>,
    actor: &Actor,
    at: &EntryAt,
    judge: &PublicId,
    from: i64,
    written: &Written,
) -> Result<Changed> {
    let (spot, seat) = sheet(tx, actor, at, judge)?;
    let desk = Desk::open(tx, spot, seat)?;
    let before = typed(&desk)?;
    let next =
        ballot::type_paper(before.map(Ballot::state), desk.footing.phase).map_err(|r| desk.refused(r))?;
    let rules = rules_of(&desk.footing)?;
    let content = Content::draft(&rules, &desk.seat, written)?;
    if let Some(same) = before.filter(|b| content.is_in(b)) {
        return Ok(Changed::not(&rules, same));
    }
    desk.expect(from, &rules)?;
    let by = desk.spot.scene.person()?.id;
    let row = content.row(next, BallotSource::Paper, Some(by), tx.now)?;
    desk.save(tx, &rules, row)
}

/// Confirms version `version` of what somebody else typed: it is submitted, and counts unless it is late.
///
/// # Errors
/// 409 `second_person_needed` for whoever typed it; 412 when it was changed; 422 with each missing mark.
pub fn confirm(
    tx: &mut Tx<'_>,
    actor: &Actor,
    at: &EntryAt,
    judge: &PublicId,
    version: i64,
) -> Result<Changed> {
    let (spot, seat) = sheet(tx, actor, at, judge)?;
    let desk = Desk::open(tx, spot, seat)?;
    let ballot = typed(&desk)?.ok_or(Error::NotFound("ballot"))?;
    let rules = rules_of(&desk.footing)?;
    let by = desk.spot.scene.person()?.id;
    let is_confirmed = ballot::is_submitted(ballot.state(), desk.footing.phase);
    if is_confirmed && (version == ballot.version || version + 1 == ballot.version) {
        return Ok(Changed::not(&rules, ballot));
    }
    desk.expect(version, &rules)?;
    if ballot.typed_by == Some(by) {
        return Err(Error::conflict("second_person_needed"));
    }
    let next = ballot::submit(Some(ballot.state()), desk.footing.phase).map_err(|r| desk.refused(r))?;
    let content = Content::complete(&rules, &desk.seat, &Written::on(&rules, ballot))?;
    if next.status == BallotStatus::Submitted {
        desk.require_distinct(tx, &rules, content.marks())?;
    }
    let row = content.row(next, BallotSource::Paper, ballot.typed_by, tx.now)?;
    desk.submit(tx, &rules, row, by)
}

/// The sheet of a judge, for those who type paper and judge nothing in the group themselves before it is closed.
fn sheet(tx: &mut Tx<'_>, actor: &Actor, at: &EntryAt, judge: &PublicId) -> Result<(Spot, Seat)> {
    let spot = place::find(tx, actor, at)?;
    let relation = spot.relation_as_judge(tx)?;
    spot.scene.require(Action::TypePaper, &relation, "entry")?;
    let seat = places::seat_of(tx.conn, spot.place.id, judge)?.ok_or(Error::NotFound("judge"))?;
    Ok((spot, seat))
}

/// The ballot as it was typed. What a judge wrote themselves is shown to nobody who types.
fn typed(desk: &Desk) -> Result<Option<&Ballot>> {
    match &desk.ballot {
        Some(ballot) if ballot.source == BallotSource::Judge => Err(Conflict::new("ballot_by_judge")
            .with("judge", &desk.seat.code)
            .into()),
        ballot => Ok(ballot.as_ref()),
    }
}
