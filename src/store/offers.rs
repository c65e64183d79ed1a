//! Offers of places, and what was answered.

use diesel::prelude::*;

use super::conflict::Broken;
use super::conn::Conn;
use super::schema::{entries, offers, round_entries, round_groups};
use super::sql_types::Json;
use crate::domain::ids::{EntryId, GroupId, RegionId, RoundEntryId, RoundId, UserId};
use crate::domain::offer::{Answer, Offer, Party};
use crate::domain::text::{Code, Text};
use crate::domain::time::Stamp;
use crate::error::{Conflict, Error, Result};

/// Rows of one INSERT: SQLite bounds the values of a statement.
const BATCH: usize = 500;

/// An offer about to be made.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = offers, treat_none_as_default_value = false)]
pub struct NewOffer {
    /// The round whose result gives the place.
    pub round_id: RoundId,
    /// The entry there.
    pub round_entry_id: RoundEntryId,
    /// The stream; none to go on.
    pub stream: Option<String>,
    /// The number of the place among those that are given.
    pub place: Option<i64>,
    /// The turn of a reserve that comes in.
    pub reserve: Option<i64>,
    /// Who offers it.
    pub offered_by: UserId,
    /// When.
    pub offered_at: Stamp,
    /// The first moment at which its owner can't answer any more.
    pub deadline: Stamp,
    /// 1.
    pub version: i64,
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = offers)]
struct Terms {
    id: i64,
    round_id: RoundId,
    stream: Option<String>,
    place: Option<i64>,
    reserve: Option<i64>,
    offered_at: Stamp,
    deadline: Stamp,
    comes: Option<bool>,
    answered_as: Option<String>,
    answered_at: Option<Stamp>,
    answer_reason: Option<String>,
    withdrawn_at: Option<Stamp>,
    withdrawal_reason: Option<String>,
    settled_at: Option<Stamp>,
    version: i64,
}

/// An offer with its entry.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The row.
    pub id: i64,
    /// The round whose result gives the place.
    pub round: RoundId,
    /// The entry.
    pub entry: EntryId,
    /// Its title.
    pub title: Text,
    /// Its group in the round.
    pub group: GroupId,
    /// The group's code.
    pub group_code: Code,
    /// The group's region.
    pub region: Option<RegionId>,
    /// The number of the place among those that are given.
    pub place: Option<i64>,
    /// The turn of a reserve that came in.
    pub reserve: Option<i64>,
    /// The offer itself.
    pub offer: Offer,
    /// Why it was taken back.
    pub withdrawal_reason: Option<String>,
    /// Counts changes.
    pub version: i64,
}

type Row = (
    Terms,
    (EntryId, i64, Json<Text>),
    (GroupId, Code, Option<RegionId>),
);

impl Stored {
    fn of((terms, entry, group): Row) -> Result<Self> {
        let answer = match (terms.comes, terms.answered_as, terms.answered_at) {
            (Some(comes), Some(by), Some(at)) => Some(Answer {
                comes,
                by: by.parse::<Party>().map_err(Error::internal)?,
                at,
                reason: terms.answer_reason,
            }),
            _ => None,
        };
        Ok(Self {
            id: terms.id,
            round: terms.round_id,
            entry: entry.0,
            title: entry.2.into_inner(),
            group: group.0,
            group_code: group.1,
            region: group.2,
            place: terms.place,
            reserve: terms.reserve,
            offer: Offer {
                entry: entry.1,
                stream: terms.stream,
                offered_at: terms.offered_at,
                deadline: terms.deadline,
                answer,
                withdrawn_at: terms.withdrawn_at,
                settled_at: terms.settled_at,
            },
            withdrawal_reason: terms.withdrawal_reason,
            version: terms.version,
        })
    }
}

macro_rules! with_entries {
    () => {
        offers::table
            .inner_join(
                round_entries::table
                    .inner_join(entries::table)
                    .inner_join(round_groups::table),
            )
            .order(offers::id)
            .select((
                Terms::as_select(),
                (entries::id, entries::number, entries::title),
                (round_groups::id, round_groups::code, round_groups::region_id),
            ))
    };
}

/// The offers of a round, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub fn of_round(conn: &mut Conn, round: RoundId) -> Result<Vec<Stored>> {
    let rows: Vec<Row> = with_entries!().filter(offers::round_id.eq(round)).load(conn)?;
    rows.into_iter().map(Stored::of).collect()
}

/// The offers to entries of these groups by the results there, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub fn of_groups(conn: &mut Conn, groups: &[GroupId]) -> Result<Vec<Stored>> {
    let rows: Vec<Row> = with_entries!()
        .filter(round_entries::group_id.eq_any(groups))
        .load(conn)?;
    rows.into_iter().map(Stored::of).collect()
}

/// The offers to an entry by the result of a round, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub fn of_entry(conn: &mut Conn, round: RoundId, entry: EntryId) -> Result<Vec<Stored>> {
    let rows: Vec<Row> = with_entries!()
        .filter(offers::round_id.eq(round))
        .filter(entries::id.eq(entry))
        .load(conn)?;
    rows.into_iter().map(Stored::of).collect()
}

/// The offers to these entries, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub fn of_entries(conn: &mut Conn, ids: &[EntryId]) -> Result<Vec<Stored>> {
    let mut found = Vec::new();
    for some in ids.chunks(BATCH) {
        let rows: Vec<Row> = with_entries!().filter(entries::id.eq_any(some)).load(conn)?;
        for row in rows {
            found.push(Stored::of(row)?);
        }
    }
    Ok(found)
}

/// The offers of earlier rounds to entries that were taken from there into this group.
///
/// # Errors
/// When the database fails.
pub fn behind(conn: &mut Conn, group: GroupId) -> Result<Vec<Stored>> {
    let taken: Vec<(EntryId, Option<RoundId>)> = round_entries::table
        .filter(round_entries::group_id.eq(group))
        .select((round_entries::entry_id, round_entries::taken_from))
        .load(conn)?;
    let ids: Vec<EntryId> = taken.iter().map(|(entry, _)| *entry).collect();
    let mut found = of_entries(conn, &ids)?;
    found.retain(|offer| taken.contains(&(offer.entry, Some(offer.round))));
    Ok(found)
}

/// Makes offers.
///
/// # Errors
/// 409 `offer_exists` when a place is offered to its entry already.
pub fn insert(conn: &mut Conn, new: &[NewOffer]) -> Result<()> {
    for batch in new.chunks(BATCH) {
        let made = each!(conn, c => diesel::insert_into(offers::table).values(batch).execute(c));
        made.map_err(|failure| match Broken::of(&failure) {
            Some(broken) if broken.rule == super::conflict::Rule::Unique => {
                Error::Conflict(Conflict::new("offer_exists").with("entries", "none"))
            }
            _ => failure.into(),
        })?;
    }
    Ok(())
}

/// Writes an answer down, if the offer still has this version and is live; says whether it was so.
///
/// # Errors
/// When the database fails.
pub fn answer(conn: &mut Conn, id: i64, version: i64, answer: &Answer, by: UserId) -> Result<bool> {
    let changed = diesel::update(live(id, version))
        .set((
            offers::comes.eq(answer.comes),
            offers::answered_as.eq(answer.by.as_str()),
            offers::answered_by.eq(by),
            offers::answered_at.eq(answer.at),
            offers::answer_reason.eq(answer.reason.as_deref()),
            offers::version.eq(version + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Moves the deadline, if the offer still has this version and is live; says whether it was so.
///
/// # Errors
/// When the database fails.
pub fn extend(conn: &mut Conn, id: i64, version: i64, deadline: Stamp) -> Result<bool> {
    let changed = diesel::update(live(id, version))
        .set((offers::deadline.eq(deadline), offers::version.eq(version + 1)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Takes an offer back, if it still has this version and is live; says whether it was so.
///
/// # Errors
/// When the database fails.
pub fn withdraw(
    conn: &mut Conn,
    (id, version): (i64, i64),
    by: UserId,
    reason: &str,
    now: Stamp,
) -> Result<bool> {
    let changed = diesel::update(live(id, version))
        .set((
            offers::withdrawn_by.eq(by),
            offers::withdrawn_at.eq(now),
            offers::withdrawal_reason.eq(reason),
            offers::version.eq(version + 1),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Ends an offer since it was decided without the entry, if it still has this version; says whether it was so.
///
/// # Errors
/// When the database fails.
pub fn settle(conn: &mut Conn, id: i64, version: i64, now: Stamp) -> Result<bool> {
    let changed = diesel::update(live(id, version))
        .set((offers::settled_at.eq(now), offers::version.eq(version + 1)))
        .execute(conn)?;
    Ok(changed == 1)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn live(id: i64, version: i64) -> _ {
    offers::table
        .filter(offers::id.eq(id))
        .filter(offers::version.eq(version))
        .filter(offers::withdrawn_at.is_null())
        .filter(offers::settled_at.is_null())
}
