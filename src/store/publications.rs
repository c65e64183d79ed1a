//! What was published: immutable bytes for the public, and what each entry's owner may learn beside them.

use std::collections::BTreeSet;

use diesel::dsl::not;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Timestamp};

use super::conn::Conn;
use super::schema::{
    competitions, entries, publication_entries, publications, round_entries, round_groups, rounds,
};
use super::sql_types::Json;
use crate::domain::entry::EntryStatus;
use crate::domain::ids::{CompetitionId, EntryId, GroupId, RoundId, UserId};
use crate::domain::publication::{PrivateResult, PublicationState};
use crate::domain::round::{Phase, Release};
use crate::domain::text::{Code, Slug, Text};
use crate::domain::time::Stamp;
use crate::error::Result;

/// A publication.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = publications)]
pub struct Publication {
    /// The row.
    pub id: i64,
    /// The group.
    pub group_id: GroupId,
    /// Counts the publications of the group.
    pub number: i64,
    /// From when the public sees it.
    pub visible_at: Stamp,
    /// The canonical bytes, JSON.
    pub document: String,
    /// Their SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// What a correction corrects.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: Stamp,
    /// Since when it is taken back; nobody ever saw it then.
    pub taken_back_at: Option<Stamp>,
    /// Why organizers took it back; none where a newer one took its place.
    pub taken_back_reason: Option<String>,
    /// Since when the public sees it, as it was written down.
    pub appeared_at: Option<Stamp>,
}

impl Publication {
    /// What has become of it at a moment.
    #[must_use]
    pub fn state(&self, now: Stamp) -> PublicationState {
        match (self.taken_back_at, &self.taken_back_reason) {
            (Some(_), Some(_)) => PublicationState::Withdrawn,
            (Some(_), None) => PublicationState::Superseded,
            // What was seen stays so, wherever the clock went since.
            (None, _) if self.visible_at <= now || self.appeared_at.is_some() => PublicationState::Visible,
            (None, _) => PublicationState::Scheduled,
        }
    }
}

/// A publication about to be kept.
#[derive(Debug)]
pub struct New<'a> {
    /// The group.
    pub group: GroupId,
    /// Its number in the group.
    pub number: i64,
    /// The revision of the standings in it.
    pub revision: i64,
    /// From when the public sees it.
    pub visible_at: Stamp,
    /// The canonical bytes, JSON.
    pub document: &'a str,
    /// Their SHA-256 in hexadecimal digits.
    pub sha256: &'a str,
    /// The rules that it was computed by.
    pub rules_version: i64,
    /// What computed it.
    pub engine: &'a str,
    /// What a correction corrects.
    pub note: Option<&'a str>,
    /// Who published.
    pub created_by: UserId,
}

#[derive(Insertable)]
#[diesel(table_name = publication_entries)]
struct EntryRow {
    publication_id: i64,
    entry_id: EntryId,
    document: Json<PrivateResult>,
}

/// Keeps a publication with what each entry's owner may learn.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, new: &New<'_>, owners: &[(EntryId, PrivateResult)], now: Stamp) -> Result<()> {
    let id: i64 = diesel::insert_into(publications::table)
        .values((
            publications::group_id.eq(new.group),
            publications::number.eq(new.number),
            publications::standings_revision.eq(new.revision),
            publications::visible_at.eq(new.visible_at),
            publications::document.eq(new.document),
            publications::sha256.eq(new.sha256),
            publications::rules_version.eq(new.rules_version),
            publications::engine.eq(new.engine),
            publications::note.eq(new.note),
            publications::created_by.eq(new.created_by),
            publications::created_at.eq(now),
            publications::appeared_at.eq((new.visible_at <= now).then_some(now)),
        ))
        .returning(publications::id)
        .get_result(conn)?;
    let mut rows = Vec::with_capacity(owners.len());
    for (entry, result) in owners {
        rows.push(EntryRow {
            publication_id: id,
            entry_id: *entry,
            document: Json::new(result.clone())?,
        });
    }
    for some in rows.chunks(500) {
        each!(conn, c => diesel::insert_into(publication_entries::table).values(some).execute(c))?;
    }
    Ok(())
}

/// The publications of a group, oldest first.
///
/// # Errors
/// When the database fails.
pub fn of_group(conn: &mut Conn, group: GroupId) -> Result<Vec<Publication>> {
    Ok(publications::table
        .filter(publications::group_id.eq(group))
        .order(publications::number)
        .select(Publication::as_select())
        .load(conn)?)
}

/// One publication of a group.
///
/// # Errors
/// When the database fails.
pub fn by_number(conn: &mut Conn, group: GroupId, number: i64) -> Result<Option<Publication>> {
    Ok(publications::table
        .filter(publications::group_id.eq(group))
        .filter(publications::number.eq(number))
        .select(Publication::as_select())
        .first(conn)
        .optional()?)
}

/// The number of the newest publication of a group, whatever became of it; 0 without any.
///
/// # Errors
/// When the database fails.
pub fn last_number(conn: &mut Conn, group: GroupId) -> Result<i64> {
    let last: Option<i64> = publications::table
        .filter(publications::group_id.eq(group))
        .select(diesel::dsl::max(publications::number))
        .first(conn)?;
    Ok(last.unwrap_or(0))
}

/// What a publication says to the owner of each entry.
///
/// # Errors
/// When the database fails.
pub fn owners(conn: &mut Conn, publication: i64) -> Result<Vec<(EntryId, PrivateResult)>> {
    let rows: Vec<(EntryId, Json<PrivateResult>)> = publication_entries::table
        .filter(publication_entries::publication_id.eq(publication))
        .order(publication_entries::id)
        .select((publication_entries::entry_id, publication_entries::document))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(entry, document)| (entry, document.into_inner()))
        .collect())
}

/// What can be seen at a moment. What was seen stays visible when the clock is set back.
#[diesel::dsl::auto_type]
fn visible_by(now: Stamp) -> _ {
    publications::visible_at
        .le(now)
        .or(publications::appeared_at.is_not_null())
}

/// Takes back the publications of a group that nobody can see yet, so that nobody ever does; gives their numbers.
///
/// # Errors
/// When the database fails.
pub fn take_back(conn: &mut Conn, group: GroupId, reason: Option<&str>, now: Stamp) -> Result<Vec<i64>> {
    let unseen: Vec<i64> = publications::table
        .filter(publications::group_id.eq(group))
        .filter(not(visible_by(now)))
        .filter(publications::taken_back_at.is_null())
        .order(publications::number)
        .select(publications::number)
        .load(conn)?;
    for number in &unseen {
        take_one_back(conn, group, *number, reason, now)?;
    }
    Ok(unseen)
}

/// Takes one publication back, if nobody can see it yet; says whether that was so.
///
/// # Errors
/// When the database fails.
pub fn take_one_back(
    conn: &mut Conn,
    group: GroupId,
    number: i64,
    reason: Option<&str>,
    now: Stamp,
) -> Result<bool> {
    let unseen = publications::table
        .filter(publications::group_id.eq(group))
        .filter(publications::number.eq(number))
        .filter(not(visible_by(now)))
        .filter(publications::taken_back_at.is_null());
    let changed = diesel::update(unseen)
        .set((
            publications::taken_back_at.eq(now),
            publications::taken_back_reason.eq(reason),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Which of these groups have a publication that the public sees at a moment.
///
/// # Errors
/// When the database fails.
pub fn seen(conn: &mut Conn, groups: &[GroupId], now: Stamp) -> Result<BTreeSet<GroupId>> {
    let mut seen = BTreeSet::new();
    for some in groups.chunks(500) {
        let found: Vec<GroupId> = publications::table
            .filter(publications::group_id.eq_any(some))
            .filter(visible_by(now))
            .filter(publications::taken_back_at.is_null())
            .select(publications::group_id)
            .load(conn)?;
        seen.extend(found);
    }
    Ok(seen)
}

/// The newest publication of a group that the public sees at a moment.
///
/// # Errors
/// When the database fails.
pub fn visible(conn: &mut Conn, group: GroupId, now: Stamp) -> Result<Option<Publication>> {
    Ok(publications::table
        .filter(publications::group_id.eq(group))
        .filter(visible_by(now))
        .filter(publications::taken_back_at.is_null())
        .order(publications::number.desc())
        .select(Publication::as_select())
        .first(conn)
        .optional()?)
}

/// The numbers of the publications of a round's groups that the public sees at a moment, newest last.
///
/// # Errors
/// When the database fails.
pub fn shown_of_round(conn: &mut Conn, round: RoundId, now: Stamp) -> Result<Vec<(GroupId, i64)>> {
    Ok(publications::table
        .inner_join(round_groups::table)
        .filter(round_groups::round_id.eq(round))
        .filter(visible_by(now))
        .filter(publications::taken_back_at.is_null())
        .order((publications::group_id, publications::number))
        .select((publications::group_id, publications::number))
        .load(conn)?)
}

/// When the next publication of a competition can be seen that can't be seen at a moment.
///
/// # Errors
/// When the database fails.
pub fn next_visible(conn: &mut Conn, competition: CompetitionId, now: Stamp) -> Result<Option<Stamp>> {
    Ok(publications::table
        .inner_join(round_groups::table.inner_join(rounds::table))
        .filter(rounds::competition_id.eq(competition))
        .filter(not(visible_by(now)))
        .filter(publications::taken_back_at.is_null())
        .select(diesel::dsl::min(publications::visible_at))
        .first(conn)?)
}

/// An entry's part in a round: how far its group is, and what the newest visible publication says of it.
#[derive(Debug, Clone)]
pub struct Part {
    /// The entry.
    pub entry: EntryId,
    /// The round.
    pub round_id: RoundId,
    /// The round's code.
    pub round: Code,
    /// What the round is called.
    pub title: Json<Text>,
    /// Its place among the rounds.
    pub position: i64,
    /// What contestants and the public learn of results.
    pub release: Release,
    /// How far the group is.
    pub phase: Phase,
    /// The earlier round from which the entry was taken in; none when it was taken from the accepted ones.
    pub taken_from: Option<RoundId>,
    /// What was published of the entry and can be seen.
    pub result: Option<PrivateResult>,
    /// When that was made.
    pub published_at: Option<Stamp>,
}

type PartRow = (
    (EntryId, Option<RoundId>),
    (RoundId, Code, Json<Text>, i64, Release),
    (GroupId, Phase),
);

/// The rounds that entries take part in, in order of entry and round.
///
/// # Errors
/// When the database fails.
pub fn parts(conn: &mut Conn, entries: &[EntryId], now: Stamp) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    for some in entries.chunks(500) {
        let rows: Vec<PartRow> = round_entries::table
            .inner_join(rounds::table)
            .inner_join(round_groups::table)
            .filter(round_entries::entry_id.eq_any(some))
            .order((round_entries::entry_id, rounds::position))
            .select((
                (round_entries::entry_id, round_entries::taken_from),
                (
                    rounds::id,
                    rounds::code,
                    rounds::title,
                    rounds::position,
                    rounds::release,
                ),
                (round_groups::id, round_groups::phase),
            ))
            .load(conn)?;
        // A later publication of the same group stands for those before it, also where it says nothing of the entry.
        let published: Vec<(EntryId, GroupId, Json<PrivateResult>, Stamp)> = publication_entries::table
            .inner_join(publications::table)
            .filter(publication_entries::entry_id.eq_any(some))
            .filter(visible_by(now))
            .filter(publications::taken_back_at.is_null())
            .order(publications::number)
            .select((
                publication_entries::entry_id,
                publications::group_id,
                publication_entries::document,
                publications::created_at,
            ))
            .load(conn)?;
        for ((entry, taken_from), (round_id, round, title, position, release), (group, phase)) in rows {
            let newest = published.iter().rfind(|(e, g, ..)| *e == entry && *g == group);
            parts.push(Part {
                entry,
                round_id,
                round,
                title,
                position,
                release,
                phase,
                taken_from,
                result: newest.map(|(_, _, result, _)| (**result).clone()),
                published_at: newest.map(|(.., made)| *made),
            });
        }
    }
    Ok(parts)
}

#[derive(QueryableByName)]
struct Unrevealed {
    #[diesel(sql_type = BigInt)]
    id: GroupId,
}

/// The groups of a competition that tell who went on from an earlier round before that can be seen: they hold an entry
/// that was taken from a group of which nothing is published, and nothing of their own is.
///
/// # Errors
/// When the database fails.
pub fn unrevealed(conn: &mut Conn, competition: CompetitionId, now: Stamp) -> Result<BTreeSet<GroupId>> {
    let groups: Vec<Unrevealed> = sql_query(
        "SELECT DISTINCT e.group_id AS id
           FROM round_entries e
           INNER JOIN rounds r ON r.id = e.round_id
          WHERE r.competition_id = $1
            AND e.taken_from IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM publications p WHERE p.group_id = e.group_id AND (p.visible_at <= $2 OR p.appeared_at IS NOT NULL)
                              AND p.taken_back_at IS NULL)
            AND NOT EXISTS (SELECT 1 FROM round_entries s
                              INNER JOIN publications p ON p.group_id = s.group_id
                             WHERE s.round_id = e.taken_from AND s.entry_id = e.entry_id AND (p.visible_at <= $2 OR p.appeared_at IS NOT NULL)
                               AND p.taken_back_at IS NULL)",
    )
    .bind::<BigInt, _>(competition.0)
    .bind::<Timestamp, _>(now)
    .load(conn)?;
    Ok(groups.into_iter().map(|group| group.id).collect())
}

/// An entry of somebody, as far as its own life goes.
#[derive(Debug, Clone, Queryable)]
pub struct Subject {
    /// The row.
    pub id: EntryId,
    /// The competition's row.
    pub competition: CompetitionId,
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: Json<Text>,
    /// How far it is.
    pub status: EntryStatus,
    /// Whose it is.
    pub owner: Option<UserId>,
    /// Its region.
    pub region: Option<crate::domain::ids::RegionId>,
}

/// The entry with a number.
///
/// # Errors
/// When the database fails.
pub fn subject(conn: &mut Conn, competition: CompetitionId, number: i64) -> Result<Option<Subject>> {
    Ok(entries::table
        .filter(entries::competition_id.eq(competition))
        .filter(entries::number.eq(number))
        .select((
            entries::id,
            entries::competition_id,
            entries::number,
            entries::title,
            entries::status,
            entries::owner_id,
            entries::region_id,
        ))
        .first(conn)
        .optional()?)
}

/// The entries that somebody owns, with the slugs of their competitions, in the order they were made.
///
/// # Errors
/// When the database fails.
pub fn owned_by(conn: &mut Conn, owner: UserId) -> Result<Vec<(Slug, Subject)>> {
    Ok(entries::table
        .inner_join(competitions::table)
        .filter(entries::owner_id.eq(owner))
        .order(entries::id)
        .select((
            competitions::slug,
            (
                entries::id,
                entries::competition_id,
                entries::number,
                entries::title,
                entries::status,
                entries::owner_id,
                entries::region_id,
            ),
        ))
        .load(conn)?)
}
