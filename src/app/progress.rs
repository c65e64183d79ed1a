//! How far a round is, and what a judge has to do.

use std::collections::BTreeMap;

use crate::domain::ids::{GroupId, JudgeId};
use crate::domain::policy::{Action, Verdict};
use crate::domain::round::{AssignmentStatus, BallotStatus, Phase};
use crate::domain::text::{Code, Slug};
use crate::error::Result;
use crate::store::competitions;
use crate::store::progress::{self, Count, Mine, Missing};
use crate::store::revisions;
use crate::store::round_judges::{self, RoundJudge};
use crate::store::rounds::{self, Group};

use super::Tx;
use super::access;
use super::actor::Actor;

/// The most missing ballots that are named; their number is always said.
pub const NAMED: i64 = 500;

/// How far a group is.
#[derive(Debug, Clone)]
pub struct GroupProgress {
    /// The group.
    pub group: Group,
    /// Grows with every change that its standings rest on.
    pub revision: i64,
    /// Ballots.
    pub ballots: Ballots,
    /// Assignments whose judges stepped down.
    pub recused: i64,
    /// Assignments whose judges were absent and handed nothing in.
    pub absent: i64,
    /// Missing ballots that nobody will hand in: their judges are judges of the competition no longer.
    pub vacant: i64,
    /// The missing ballots that are named.
    pub missing: Vec<Missing>,
}

/// Ballots by how far they are. Whoever stepped down is left out, and whoever was absent and handed nothing in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ballots {
    /// How many there are to be.
    pub assigned: i64,
    /// How many count.
    pub submitted: i64,
    /// How many are begun, and count in no version yet.
    pub drafts: i64,
    /// How many came late and count in no version.
    pub late: i64,
}

impl Ballots {
    /// How many do not count yet.
    #[must_use]
    pub const fn missing(&self) -> i64 {
        self.assigned - self.submitted
    }

    fn add(&mut self, count: &Count) {
        self.assigned += count.number;
        match (count.counted, count.ballot) {
            (true, _) => self.submitted += count.number,
            (false, Some(BallotStatus::Late)) => self.late += count.number,
            (false, Some(_)) => self.drafts += count.number,
            (false, None) => {}
        }
    }
}

/// How far a round is.
#[derive(Debug, Clone)]
pub struct RoundProgress {
    /// Its groups, in the order they were made.
    pub groups: Vec<GroupProgress>,
    /// Its judges with their ballots.
    pub judges: Vec<(RoundJudge, Ballots)>,
}

/// How far a round is, in the groups that the caller may see.
///
/// # Errors
/// [`crate::error::Error::Forbidden`] for who sees no progress.
pub fn read(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, code: &Code) -> Result<RoundProgress> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ReadProgress, "round")?;
    let round = scene.round(tx, code)?;
    let mut groups = rounds::groups(tx.conn, round.id)?;
    groups.retain(|g| scene.may(Action::ReadProgress, &scene.in_region(g.region_id)) == Verdict::Allow);
    let revisions: BTreeMap<_, _> = revisions::of_round(tx.conn, round.id)?.into_iter().collect();
    let counts = progress::counts(tx.conn, round.id)?;
    let under_way = groups.iter().filter(|g| g.phase != Phase::Draft);
    let under_way: Vec<GroupId> = under_way.map(|g| g.id).collect();
    let mut missing = BTreeMap::<GroupId, Vec<_>>::new();
    for ballot in progress::missing(tx.conn, &under_way, NAMED)? {
        missing.entry(ballot.group).or_default().push(ballot);
    }
    let mut by_judge = BTreeMap::<JudgeId, Ballots>::new();
    let mut of_group = |group: Group| {
        let mut state = GroupProgress {
            revision: revisions.get(&group.id).copied().unwrap_or(0),
            missing: missing.remove(&group.id).unwrap_or_default(),
            ballots: Ballots::default(),
            recused: 0,
            absent: 0,
            vacant: 0,
            group,
        };
        for count in counts.iter().filter(|c| c.group_id == state.group.id) {
            match (count.status, count.counted) {
                (AssignmentStatus::Recused, _) => state.recused += count.number,
                (AssignmentStatus::Absent, false) => state.absent += count.number,
                (AssignmentStatus::Assigned, _) | (AssignmentStatus::Absent, true) => {
                    if count.gone && !count.counted {
                        state.vacant += count.number;
                    }
                    state.ballots.add(count);
                    by_judge.entry(count.judge_id).or_default().add(count);
                }
            }
        }
        state
    };
    let groups = groups.into_iter().map(&mut of_group).collect();
    let judges = round_judges::of_round(tx.conn, round.id)?.into_iter();
    let judges = judges.filter_map(|judge| {
        let ballots = *by_judge.get(&judge.id)?;
        Some((judge, ballots))
    });
    Ok(RoundProgress {
        groups,
        judges: judges.collect(),
    })
}

/// What the caller is to mark as a judge, in every competition.
///
/// # Errors
/// [`crate::error::Error::Unauthenticated`] for a guest.
pub fn mine(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Mine>> {
    let person = access::within_limit(tx, actor, Action::ReadAssignments)?;
    let mut mine = progress::of_judge(tx.conn, person.id)?;
    if let Some(limit) = person.limit() {
        let slug = competitions::slug_of(tx.conn, limit)?;
        mine.retain(|m| m.competition == slug);
    }
    Ok(mine)
}
