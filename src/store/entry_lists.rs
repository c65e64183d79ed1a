//! Lists of entries: which numbers they hold, in which order. What a page shows is read by `entries`.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::entries;
use super::sql_types::Json;
use crate::domain::entry::EntryStatus;
use crate::domain::ids::{CompetitionId, RegionId, TrackId, UserId};
use crate::domain::text::Text;
use crate::error::Result;

/// Which entries a list holds.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Of which competition.
    pub competition: CompetitionId,
    /// The regions that the reader sees; `None` for all.
    pub reach: Option<Vec<RegionId>>,
    /// Whose own entries are seen beside those.
    pub owner: Option<UserId>,
    /// Those that are this far.
    pub status: Option<EntryStatus>,
    /// Those of this track.
    pub track: Option<TrackId>,
    /// Those of this region.
    pub region: Option<RegionId>,
}

macro_rules! narrowed {
    ($query:expr, $filter:expr) => {{
        let mut query = $query.filter(entries::competition_id.eq($filter.competition));
        if let Some(regions) = &$filter.reach {
            let own = entries::owner_id.eq($filter.owner);
            let near = entries::region_id.eq_any(regions);
            query = query.filter(own.or(near));
        }
        if let Some(status) = $filter.status {
            query = query.filter(entries::status.eq(status));
        }
        if let Some(track) = $filter.track {
            query = query.filter(entries::track_id.eq(track));
        }
        if let Some(region) = $filter.region {
            query = query.filter(entries::region_id.eq(region));
        }
        query
    }};
}

/// The numbers after one, in order, at most so many.
///
/// # Errors
/// When the database fails.
pub fn numbers(conn: &mut Conn, filter: &Filter, after: i64, limit: i64) -> Result<Vec<i64>> {
    let query = entries::table.select(entries::number).into_boxed();
    Ok(narrowed!(query, filter)
        .filter(entries::number.gt(after))
        .order(entries::number)
        .limit(limit)
        .load(conn)?)
}

/// Every number with its title: for orders and searches that the two databases would not do alike.
///
/// # Errors
/// When the database fails.
pub fn titles(conn: &mut Conn, filter: &Filter) -> Result<Vec<(i64, Json<Text>)>> {
    let query = entries::table
        .select((entries::number, entries::title))
        .into_boxed();
    Ok(narrowed!(query, filter).order(entries::number).load(conn)?)
}
