//! What changing a ballot takes, whoever does it: the judge on their own device, or a clerk who types paper.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::domain::ballot::{Refusal, State};
use crate::domain::ids::UserId;
use crate::domain::invalid::Invalid;
use crate::domain::points::Given;
use crate::domain::round::{AssignmentStatus, BallotSource, BallotStatus, Participation, Phase};
use crate::domain::rules::Rules;
use crate::domain::scoring;
use crate::domain::scoring::ballot::{self as sheet, Marks};
use crate::domain::text::{Code, PROSE_MAX, check_length};
use crate::domain::time::Stamp;
use crate::error::{Conflict, Error, Result};
use crate::store::ballots::{self, Ballot, NewContent, NewVersion};
use crate::store::dialect;
use crate::store::events::{self, NewEvent};
use crate::store::marks::Marks as StoredMarks;
use crate::store::places::{self, Footing, Seat};

use super::place::Spot;
use super::{Effect, Tx, rules_cache};

/// What somebody wrote on a sheet.
#[derive(Debug, Clone)]
pub struct Written {
    /// Marks by criterion, as they were written.
    pub marks: BTreeMap<String, Given>,
    /// What the judge says.
    pub comment: Option<String>,
}

impl Written {
    /// What a ballot holds, as if it was written again.
    pub(super) fn on(rules: &Rules, ballot: &Ballot) -> Self {
        let marks = sheet::stored_marks(&rules.rubric, &ballot.marks.points());
        Self {
            marks: sheet::as_given(&rules.rubric, &marks.by_code(&rules.rubric)),
            comment: ballot.comment.clone(),
        }
    }
}

/// A ballot as its judge sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Ballot, example = json!({
    "version": 3, "status": "draft", "marks": { "technology": "27.5", "business": "21.0", "market": "16.5" },
    "total": null, "missing": ["team"], "comment": "Strong pilot customers."
}))]
pub struct BallotView {
    /// Counts every change; the tag is `"v3"`.
    pub version: i64,
    /// How far it is.
    pub status: BallotStatus,
    /// `paper`, when it was typed from paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<BallotSource>,
    /// The submitted version that counts, also while a newer draft lies on top of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<i64>,
    /// The marks by criterion, decimal strings.
    pub marks: BTreeMap<String, String>,
    /// The sheet's total, once no mark is missing.
    pub total: Option<String>,
    /// The marks that a submission still needs, in the order of the form. What the rules can do without is not among
    /// them: an attempt that was not begun where the best count, a verdict that only some judges give.
    pub missing: Vec<String>,
    /// What the judge says.
    pub comment: Option<String>,
}

impl BallotView {
    /// A ballot under the rules of its round.
    pub(super) fn of(rules: &Rules, ballot: &Ballot) -> Self {
        let marks = sheet::stored_marks(&rules.rubric, &ballot.marks.points());
        Self {
            version: ballot.version,
            status: ballot.status,
            source: (ballot.source == BallotSource::Paper).then_some(ballot.source),
            counted: ballot.counted,
            total: total_of(rules, &marks),
            marks: marks.shown(&rules.rubric),
            missing: sheet::needed(&rules.rubric, &marks),
            comment: ballot.comment.clone(),
        }
    }
}

/// The total of a sheet for people; none while marks are missing.
pub(super) fn total_of(rules: &Rules, marks: &Marks) -> Option<String> {
    sheet::total(rules, marks).map(|total| total.show(rules.decimals()))
}

/// A ballot after a change.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The ballot as it is now.
    pub ballot: BallotView,
    /// Whether there was none before.
    pub is_new: bool,
}

impl Changed {
    /// No change, since the ballot holds the same already.
    pub(super) fn not(rules: &Rules, ballot: &Ballot) -> Self {
        let ballot = BallotView::of(rules, ballot);
        let is_new = false;
        Self { ballot, is_new }
    }
}

/// Marks and a comment that fit the rubric.
#[derive(Debug, Clone)]
pub(super) struct Content {
    marks: StoredMarks,
    comment: Option<String>,
}

impl Content {
    /// What was written, perhaps not all of it yet.
    pub(super) fn draft(rules: &Rules, seat: &Seat, written: &Written) -> Result<Self, Invalid> {
        let marks = sheet::draft(&rules.rubric, &written.marks);
        Self::new(rules, seat, written, marks)
    }

    /// What was written, with everything that a submission needs.
    pub(super) fn complete(rules: &Rules, seat: &Seat, written: &Written) -> Result<Self, Invalid> {
        let comment = written.comment.as_deref();
        let marks = sheet::submission(&rules.rubric, &written.marks, comment);
        Self::new(rules, seat, written, marks)
    }

    fn new(
        rules: &Rules,
        seat: &Seat,
        written: &Written,
        marks: Result<Marks, Invalid>,
    ) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let marks = marks.map_or_else(
            |wrong| {
                invalid = wrong;
                StoredMarks::default()
            },
            |marks| StoredMarks::of(&marks.by_code(&rules.rubric)),
        );
        let judge = (seat.code.as_str(), seat.class.as_deref());
        invalid
            .0
            .append(&mut scoring::unasked(rules, judge, written.marks.keys()).0);
        let comment = written.comment.as_deref().filter(|c| !c.trim().is_empty());
        check_length(comment.unwrap_or_default(), "/comment", PROSE_MAX, &mut invalid);
        let comment = comment.map(str::to_owned);
        invalid.into_result().map(|()| Self { marks, comment })
    }

    /// The marks.
    pub(super) const fn marks(&self) -> &StoredMarks {
        &self.marks
    }

    /// Whether a ballot holds exactly this.
    pub(super) fn is_in(&self, ballot: &Ballot) -> bool {
        self.marks == *ballot.marks && self.comment == ballot.comment
    }

    /// The row that it becomes.
    pub(super) fn row(
        self,
        next: State,
        source: BallotSource,
        typed_by: Option<UserId>,
        now: Stamp,
    ) -> Result<NewContent> {
        Ok(NewContent {
            status: next.status,
            source,
            marks: self.marks.json()?,
            comment: self.comment,
            typed_by,
            counted: next.counted,
            updated_at: now,
            version: next.version,
        })
    }
}

/// The rules that a group is judged by.
///
/// # Errors
/// 409 `rules_missing` while the round has none.
pub(super) fn rules_of(footing: &Footing) -> Result<Arc<Rules>> {
    let document = footing.rules.as_deref();
    rules_cache::read(document.ok_or_else(|| Error::conflict("rules_missing"))?)
}

/// A judge's ballot of an entry, about to be changed; the group's phase stays as it is meanwhile.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    /// The entry and the caller.
    pub(super) spot: Spot,
    /// The judge.
    pub(super) seat: Seat,
    /// The phase and the rules.
    pub(super) footing: Footing,
    /// The ballot as it is; nothing before it was first saved.
    pub(super) ballot: Option<Ballot>,
}

impl Desk {
    /// The ballot of a judge who is to mark the entry.
    ///
    /// # Errors
    /// 409 `entry_not_judged` for one that was withdrawn or disqualified, `judge_recused`, `judge_absent`.
    pub(super) fn open(tx: &mut Tx<'_>, spot: Spot, seat: Seat) -> Result<Self> {
        let footing = places::locked_footing(tx.conn, spot.place.group)?;
        if spot.place.status != Participation::TakingPart {
            let conflict = Conflict::new("entry_not_judged").with("entry", spot.place.number);
            return Err(conflict.with("status", spot.place.status).into());
        }
        let away = match seat.status {
            AssignmentStatus::Assigned => None,
            AssignmentStatus::Recused => Some("judge_recused"),
            AssignmentStatus::Absent => Some("judge_absent"),
        };
        if let Some(code) = away {
            let conflict = Conflict::new(code).with("entry", spot.place.number);
            return Err(conflict.with("judge", &seat.code).into());
        }
        Self::at(tx, spot, seat, footing)
    }

    /// The ballot of a judge, only to be looked at.
    pub(super) fn look(tx: &mut Tx<'_>, spot: Spot, seat: Seat) -> Result<Self> {
        let footing = places::footing(tx.conn, spot.place.group)?;
        Self::at(tx, spot, seat, footing)
    }

    fn at(tx: &mut Tx<'_>, spot: Spot, seat: Seat, footing: Footing) -> Result<Self> {
        let ballot = ballots::of_seat(tx.conn, seat.assignment)?;
        Ok(Self {
            spot,
            seat,
            footing,
            ballot,
        })
    }

    /// The ballot without its marks.
    pub(super) fn before(&self) -> Option<State> {
        self.ballot.as_ref().map(Ballot::state)
    }

    /// Why nothing is changed now.
    pub(super) fn refused(&self, refusal: Refusal) -> Error {
        let conflict = Conflict::new(refusal.code()).with("group", &self.spot.place.group_code);
        match refusal {
            Refusal::Closed => conflict.with("kept", "late").into(),
            Refusal::NotOpen | Refusal::Decided => conflict.into(),
        }
    }

    /// Goes on only if the caller knows the ballot as it is.
    ///
    /// # Errors
    /// 412 with the current ballot.
    pub(super) fn expect(&self, from: i64, rules: &Rules) -> Result<()> {
        let current = self.ballot.as_ref();
        if current.map_or(0, |b| b.version) == from {
            return Ok(());
        }
        stale(current, rules)
    }

    /// Goes on only if the judge gave the total to no other entry of the group, where the rules ask that totals differ.
    ///
    /// # Errors
    /// 422 `total_not_distinct` with the entries that have it.
    pub(super) fn require_distinct(&self, tx: &mut Tx<'_>, rules: &Rules, marks: &StoredMarks) -> Result<()> {
        if !rules.rubric.distinct_totals {
            return Ok(());
        }
        dialect::lock_judge(tx.conn, self.seat.user)?;
        let group = self.spot.place.group;
        let others = ballots::counted_beside(tx.conn, group, self.seat.user, self.seat.assignment)?;
        let in_order = |marks: &StoredMarks| sheet::stored_marks(&rules.rubric, &marks.points());
        let others: Vec<(i64, Marks)> = others
            .iter()
            .map(|(entry, marks)| (*entry, in_order(marks)))
            .collect();
        Ok(sheet::distinct(rules, &in_order(marks), &others)?)
    }

    /// Writes what the ballot holds from now on.
    ///
    /// # Errors
    /// 412 when another request was faster.
    pub(super) fn save(&self, tx: &mut Tx<'_>, rules: &Rules, row: NewContent) -> Result<Changed> {
        let ballot = BallotView::of(rules, &self.write(tx, rules, row)?);
        let is_new = self.ballot.is_none();
        Ok(Changed { ballot, is_new })
    }

    fn write(&self, tx: &mut Tx<'_>, rules: &Rules, row: NewContent) -> Result<Ballot> {
        let id = match &self.ballot {
            None => ballots::insert(tx.conn, self.seat.assignment, self.spot.place.group, &row)?,
            Some(b) => ballots::update(tx.conn, b.id, b.version, &row)?.then_some(b.id),
        };
        let Some(id) = id else {
            let current = ballots::of_seat(tx.conn, self.seat.assignment)?;
            stale(current.as_ref(), rules)?;
            return Err(Error::internal("a ballot that is not stale was not written"));
        };
        Ok(Ballot {
            id,
            assignment_id: self.seat.assignment,
            status: row.status,
            source: row.source,
            marks: row.marks,
            comment: row.comment,
            typed_by: row.typed_by,
            counted: row.counted,
            version: row.version,
        })
    }

    /// Writes what the ballot holds from now on, and keeps it for ever as what `by` submitted.
    ///
    /// # Errors
    /// 412 when another request was faster.
    pub(super) fn submit(
        &self,
        tx: &mut Tx<'_>,
        rules: &Rules,
        row: NewContent,
        by: UserId,
    ) -> Result<Changed> {
        let ballot = self.write(tx, rules, row)?;
        let (late, group) = (ballot.status == BallotStatus::Late, self.spot.place.group);
        let version = NewVersion {
            ballot_id: ballot.id,
            group_id: group,
            number: ballot.version,
            rules_version: self.footing.rules_version,
            source: ballot.source,
            marks: ballot.marks.clone(),
            comment: ballot.comment.clone(),
            submitted_by: by,
            submitted_at: tx.now,
            late,
        };
        ballots::keep(tx.conn, &version)?;
        let mut details = json!({ "source": ballot.source });
        if late && let Some(details) = details.as_object_mut() {
            details.insert("late".into(), true.into());
        }
        self.record(tx, by, "submission", ballot.version, details)?;
        tx.after(Effect::GroupChanged(group));
        Ok(Changed {
            ballot: BallotView::of(rules, &ballot),
            is_new: self.ballot.is_none(),
        })
    }

    /// Writes a line of the log about the ballot, which has version `to` now.
    pub(super) fn record(
        &self,
        tx: &mut Tx<'_>,
        by: UserId,
        action: &'static str,
        to: i64,
        details: serde_json::Value,
    ) -> Result<()> {
        let event = NewEvent {
            competition: Some(self.spot.scene.competition.id),
            actor: Some(by),
            action,
            subject: format!("{}/ballots/{}", self.spot.subject(), self.seat.code),
            version: Some((self.ballot.as_ref().map_or(0, |b| b.version), to)),
            details,
        };
        events::record(tx.conn, tx.now, &event)
    }
}

/// Why nothing is changed now, in the words of the group.
pub(super) fn refused(refusal: Refusal, spot: &Spot) -> Error {
    Conflict::new(refusal.code())
        .with("group", &spot.place.group_code)
        .into()
}

/// Goes on only while penalties, late ballots and decisions about ties can change the result.
///
/// # Errors
/// 409 `group_not_open`, `group_decided`.
pub(super) fn must_take_decisions(phase: Phase, group: &Code) -> Result<()> {
    let refusal = match phase {
        Phase::Open | Phase::Closed => return Ok(()),
        Phase::Draft => Refusal::NotOpen,
        Phase::Decided | Phase::Published => Refusal::Decided,
    };
    Err(Conflict::new(refusal.code()).with("group", group).into())
}

/// 412 with the current ballot.
fn stale(current: Option<&Ballot>, rules: &Rules) -> Result<()> {
    let view = |b| serde_json::to_value(BallotView::of(rules, b)).map_err(Error::internal);
    Err(Error::Stale {
        version: current.map_or(0, |b| b.version),
        current: current.map(view).transpose()?.map(Box::new),
    })
}
