//! Ballots: what they hold, the versions that were submitted, and which of them count.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::conn::Conn;
use super::marks::Marks;
use super::schema::{assignments, ballot_versions, ballots, entries, panels, round_entries, round_judges};
use super::sql_types::Json;
use super::stmt::{self, Bind};
use crate::domain::ballot::State;
use crate::domain::ids::{AssignmentId, BallotId, GroupId, RoundEntryId, UserId};
use crate::domain::points::Points;
use crate::domain::round::{AssignmentStatus, BallotSource, BallotStatus, LateDecision, Participation};
use crate::domain::text::Code;
use crate::domain::time::Stamp;
use crate::error::Result;

/// A ballot as it stands.
#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = ballots)]
pub struct Ballot {
    /// The row.
    pub id: BallotId,
    /// Whose it is, for which entry.
    pub assignment_id: AssignmentId,
    /// How far it is.
    pub status: BallotStatus,
    /// Where it comes from.
    pub source: BallotSource,
    /// The marks, complete or not.
    pub marks: Json<Marks>,
    /// What the judge says.
    pub comment: Option<String>,
    /// Who typed it, if it comes from paper.
    pub typed_by: Option<UserId>,
    /// The submitted version that counts.
    pub counted: Option<i64>,
    /// Counts every change.
    pub version: i64,
}

impl Ballot {
    /// The ballot without its marks.
    #[must_use]
    pub const fn state(&self) -> State {
        State {
            status: self.status,
            version: self.version,
            counted: self.counted,
        }
    }
}

/// The ballot of an assignment.
///
/// # Errors
/// When the database fails.
pub fn of_seat(conn: &mut Conn, assignment: AssignmentId) -> Result<Option<Ballot>> {
    Ok(ballots::table
        .filter(ballots::assignment_id.eq(assignment))
        .select(Ballot::as_select())
        .get_result(conn)
        .optional()?)
}

/// The ballots of an entry.
///
/// # Errors
/// When the database fails.
pub fn of_place(conn: &mut Conn, place: RoundEntryId) -> Result<Vec<Ballot>> {
    Ok(ballots::table
        .inner_join(assignments::table)
        .filter(assignments::round_entry_id.eq(place))
        .order(ballots::id)
        .select(Ballot::as_select())
        .load(conn)?)
}

/// What a ballot is about to hold.
#[derive(Debug, Clone)]
pub struct NewContent {
    /// How far it is.
    pub status: BallotStatus,
    /// Where it comes from.
    pub source: BallotSource,
    /// The marks.
    pub marks: Json<Marks>,
    /// What the judge says.
    pub comment: Option<String>,
    /// Who typed it, if it comes from paper.
    pub typed_by: Option<UserId>,
    /// The submitted version that counts.
    pub counted: Option<i64>,
    /// When.
    pub updated_at: Stamp,
    /// The version that this makes.
    pub version: i64,
}

/// Writes a first ballot; `None` when another request was faster.
///
/// # Errors
/// When the database fails.
pub fn insert(
    conn: &mut Conn,
    assignment: AssignmentId,
    group: GroupId,
    content: &NewContent,
) -> Result<Option<BallotId>> {
    let binds: [Bind<'_>; 10] = [
        assignment.0.into(),
        group.0.into(),
        content.status.as_str().into(),
        content.source.as_str().into(),
        content.marks.as_text().into(),
        content.comment.as_deref().into(),
        content.typed_by.map(|user| user.0).into(),
        content.counted.into(),
        content.updated_at.into(),
        content.version.into(),
    ];
    Ok(stmt::query::<BigInt>(INSERT, &binds)
        .get_result::<i64>(conn)
        .optional()?
        .map(BallotId))
}

/// Ballots are written more often than anything else: these two stay prepared.
const INSERT: &str =
    "INSERT INTO ballots (assignment_id, group_id, status, source, marks, comment, typed_by, counted,
    updated_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id";
const UPDATE: &str =
    "UPDATE ballots SET status = ?, source = ?, marks = ?, comment = ?, typed_by = ?, counted = ?,
    updated_at = ?, version = ? WHERE id = ? AND version = ?";

/// Changes a ballot from a version; whether that was still the current one.
///
/// # Errors
/// When the database fails.
pub fn update(conn: &mut Conn, id: BallotId, from: i64, content: &NewContent) -> Result<bool> {
    let binds: [Bind<'_>; 10] = [
        content.status.as_str().into(),
        content.source.as_str().into(),
        content.marks.as_text().into(),
        content.comment.as_deref().into(),
        content.typed_by.map(|user| user.0).into(),
        content.counted.into(),
        content.updated_at.into(),
        content.version.into(),
        id.0.into(),
        from.into(),
    ];
    Ok(stmt::run(UPDATE, &binds).execute(conn)? == 1)
}

/// Changes what counts of a ballot, from a version; whether that was still the current one.
///
/// # Errors
/// When the database fails.
pub fn set_state(conn: &mut Conn, id: BallotId, from: i64, state: State, now: Stamp) -> Result<bool> {
    let changed = diesel::update(ballots::table)
        .filter(ballots::id.eq(id))
        .filter(ballots::version.eq(from))
        .set((
            ballots::status.eq(state.status),
            ballots::counted.eq(state.counted),
            ballots::version.eq(state.version),
            ballots::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// A submission about to be kept for ever.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = ballot_versions)]
pub struct NewVersion {
    /// The ballot.
    pub ballot_id: BallotId,
    /// Its group.
    pub group_id: GroupId,
    /// The ballot's version that this is.
    pub number: i64,
    /// The version of the rules that the marks fit.
    pub rules_version: i64,
    /// Where it comes from.
    pub source: BallotSource,
    /// The marks.
    pub marks: Json<Marks>,
    /// What the judge says.
    pub comment: Option<String>,
    /// Who submitted it; for paper, who confirmed it.
    pub submitted_by: UserId,
    /// When.
    pub submitted_at: Stamp,
    /// Whether it came after closure.
    pub late: bool,
}

/// Keeps a submission for ever.
///
/// # Errors
/// When the database fails.
pub fn keep(conn: &mut Conn, version: &NewVersion) -> Result<()> {
    diesel::insert_into(ballot_versions::table)
        .values(version)
        .execute(conn)?;
    Ok(())
}

/// A submission that was kept.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = ballot_versions)]
pub struct Version {
    /// The ballot.
    pub ballot_id: BallotId,
    /// The ballot's version that this is.
    pub number: i64,
    /// The version of the rules that the marks fit.
    pub rules_version: i64,
    /// Where it comes from.
    pub source: BallotSource,
    /// The marks.
    pub marks: Json<Marks>,
    /// What the judge says.
    pub comment: Option<String>,
    /// When.
    pub submitted_at: Stamp,
    /// Whether it came after closure.
    pub late: bool,
    /// What was decided about it, if it came late.
    pub decision: Option<LateDecision>,
    /// Why.
    pub decision_reason: Option<String>,
}

/// What was submitted of an entry's ballots, oldest first.
///
/// # Errors
/// When the database fails.
pub fn versions(conn: &mut Conn, place: RoundEntryId) -> Result<Vec<Version>> {
    Ok(ballot_versions::table
        .inner_join(ballots::table.inner_join(assignments::table))
        .filter(assignments::round_entry_id.eq(place))
        .order((ballot_versions::ballot_id, ballot_versions::number))
        .select(Version::as_select())
        .load(conn)?)
}

/// What was submitted of one ballot, oldest first.
///
/// # Errors
/// When the database fails.
pub fn versions_of(conn: &mut Conn, ballot: BallotId) -> Result<Vec<Version>> {
    Ok(ballot_versions::table
        .filter(ballot_versions::ballot_id.eq(ballot))
        .order(ballot_versions::number)
        .select(Version::as_select())
        .load(conn)?)
}

/// What is decided about a late ballot.
#[derive(Debug, Clone)]
pub struct NewDecision {
    /// What.
    pub decision: LateDecision,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: UserId,
    /// When.
    pub at: Stamp,
}

/// Writes down what is decided about a late version; whether nothing was decided before.
///
/// # Errors
/// When the database fails.
pub fn decide(conn: &mut Conn, ballot: BallotId, number: i64, decision: &NewDecision) -> Result<bool> {
    let changed = diesel::update(ballot_versions::table)
        .filter(ballot_versions::ballot_id.eq(ballot))
        .filter(ballot_versions::number.eq(number))
        .filter(ballot_versions::late.eq(true))
        .filter(ballot_versions::decision.is_null())
        .set((
            ballot_versions::decision.eq(decision.decision),
            ballot_versions::decision_reason.eq(&decision.reason),
            ballot_versions::decided_by.eq(decision.by),
            ballot_versions::decided_at.eq(decision.at),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// A sheet that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedSheet {
    /// The row of the entry in the round.
    pub place: RoundEntryId,
    /// The entry's number.
    pub entry: i64,
    /// The judge's code in the round.
    pub judge: String,
    /// The judge's class, if judges have classes.
    pub class: Option<String>,
    /// Whether it is opened only to break a tie.
    pub sealed: bool,
    /// The code of the panel that the judge sits in.
    pub panel: Option<Code>,
    /// The version of the ballot that counts.
    pub version: i64,
    /// The marks by criterion.
    pub marks: BTreeMap<String, Points>,
    /// What the judge says.
    pub comment: Option<String>,
}

/// A row of [`counted_of_group`].
type CountedRow = (
    RoundEntryId,
    i64,
    String,
    Option<String>,
    bool,
    Option<Code>,
    i64,
    Json<Marks>,
    Option<String>,
);

/// The sheets of a group that count, in the order of entries and judges' codes: of each ballot the counted version,
/// without those of judges who stepped down from the entry or are set aside as absent.
///
/// # Errors
/// When the database fails.
pub fn counted_of_group(conn: &mut Conn, group: GroupId) -> Result<Vec<CountedSheet>> {
    let counts = ballot_versions::ballot_id
        .eq(ballots::id)
        .and(ballots::counted.eq(ballot_versions::number.nullable()));
    let rows: Vec<CountedRow> = ballots::table
        .inner_join(ballot_versions::table.on(counts))
        .inner_join(
            assignments::table
                .inner_join(round_judges::table)
                .inner_join(round_entries::table.inner_join(entries::table))
                .left_join(panels::table),
        )
        .filter(ballots::group_id.eq(group))
        .filter(assignments::status.eq(AssignmentStatus::Assigned))
        .order((entries::number, round_judges::code))
        .select((
            round_entries::id,
            entries::number,
            round_judges::code,
            round_judges::class,
            round_judges::is_sealed,
            panels::code.nullable(),
            ballot_versions::number,
            ballot_versions::marks,
            ballot_versions::comment,
        ))
        .load(conn)?;
    let sheet =
        |(place, entry, judge, class, sealed, panel, version, marks, comment): CountedRow| CountedSheet {
            place,
            entry,
            judge,
            class,
            sealed,
            panel,
            version,
            marks: marks.points(),
            comment,
        };
    Ok(rows.into_iter().map(sheet).collect())
}

/// Which version of a ballot counts, without its marks.
#[derive(Debug, Clone, Queryable)]
pub struct Counted {
    /// The ballot.
    pub ballot: BallotId,
    /// The version that counts.
    pub number: i64,
    /// The row of the entry in the round.
    pub place: RoundEntryId,
    /// The row of the judge in the round.
    pub judge: i64,
}

/// Which versions of a group's ballots count: as [`counted_of_group`], in no order, without what they hold.
///
/// # Errors
/// When the database fails.
pub fn counted(conn: &mut Conn, group: GroupId) -> Result<Vec<Counted>> {
    Ok(ballots::table
        .inner_join(assignments::table)
        .filter(ballots::group_id.eq(group))
        .filter(ballots::counted.is_not_null())
        .filter(assignments::status.eq(AssignmentStatus::Assigned))
        .select((
            ballots::id,
            ballots::counted.assume_not_null(),
            assignments::round_entry_id,
            assignments::judge_id,
        ))
        .load(conn)?)
}

/// The judges to whom entries of a group are assigned: their rows and codes, in the order of the codes.
///
/// # Errors
/// When the database fails.
pub fn judges_of_group(conn: &mut Conn, group: GroupId) -> Result<Vec<(i64, String)>> {
    let theirs = assignments::table
        .filter(assignments::group_id.eq(group))
        .select(assignments::judge_id);
    Ok(round_judges::table
        .filter(round_judges::id.eq_any(theirs))
        .order(round_judges::code)
        .select((round_judges::id, round_judges::code))
        .load(conn)?)
}

/// The marks of a version: its ballot, its number, and they as they are stored, for [`marks::in_order`](super::marks::in_order).
pub type VersionMarks = (BallotId, i64, String);

/// The marks of the versions of a group's ballots that count.
///
/// # Errors
/// When the database fails.
pub fn marks_of_group(conn: &mut Conn, group: GroupId) -> Result<Vec<VersionMarks>> {
    let counts = ballot_versions::ballot_id
        .eq(ballots::id)
        .and(ballots::counted.eq(ballot_versions::number.nullable()));
    Ok(ballots::table
        .inner_join(ballot_versions::table.on(counts))
        .filter(ballots::group_id.eq(group))
        .select((ballots::id, ballot_versions::number, ballot_versions::marks))
        .load(conn)?)
}

/// The marks of the versions of some ballots that count.
///
/// # Errors
/// When the database fails.
pub fn marks_of(conn: &mut Conn, of: &[BallotId]) -> Result<Vec<VersionMarks>> {
    let counts = ballot_versions::ballot_id
        .eq(ballots::id)
        .and(ballots::counted.eq(ballot_versions::number.nullable()));
    let mut found = Vec::with_capacity(of.len());
    for some in of.chunks(500) {
        let read: Vec<VersionMarks> = ballots::table
            .inner_join(ballot_versions::table.on(counts))
            .filter(ballots::id.eq_any(some))
            .select((ballots::id, ballot_versions::number, ballot_versions::marks))
            .load(conn)?;
        found.extend(read);
    }
    Ok(found)
}

/// What a judge handed in for the other entries of a group that take part, as far as it counts: entry number and marks.
///
/// # Errors
/// When the database fails.
pub fn counted_beside(
    conn: &mut Conn,
    group: GroupId,
    judge: UserId,
    assignment: AssignmentId,
) -> Result<Vec<(i64, Json<Marks>)>> {
    let counts = ballot_versions::ballot_id
        .eq(ballots::id)
        .and(ballots::counted.eq(ballot_versions::number.nullable()));
    Ok(ballots::table
        .inner_join(ballot_versions::table.on(counts))
        .inner_join(
            assignments::table
                .inner_join(round_judges::table)
                .inner_join(round_entries::table.inner_join(entries::table)),
        )
        .filter(ballots::group_id.eq(group))
        .filter(ballots::assignment_id.ne(assignment))
        .filter(round_judges::user_id.eq(judge))
        .filter(assignments::status.eq(AssignmentStatus::Assigned))
        .filter(round_entries::status.eq(Participation::TakingPart))
        .order(entries::number)
        .select((entries::number, ballot_versions::marks))
        .load(conn)?)
}
