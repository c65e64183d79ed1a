//! How a competition is divided: its tracks and its regions, two tables of one shape.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::conflict;
use super::conn::Conn;
use super::schema::{regions, tracks};
use super::sql_types::Json;
use crate::domain::ids::{CompetitionId, RegionId, TrackId};
use crate::domain::text::{Code, Text};
use crate::error::{Conflict, Error, Result};

/// A track or region as it is stored.
#[derive(Debug, Clone, Queryable)]
pub struct Division<Id> {
    /// The row.
    pub id: Id,
    /// Its name in addresses.
    pub code: Code,
    /// What it is called.
    pub name: Json<Text>,
}

macro_rules! division {
    ($table:ident, $id:ident, $list:ident, $replace:ident, $codes:ident, $one:literal, $in_use:literal) => {
        #[doc = concat!("The ", stringify!($table), " of a competition, in order.")]
        ///
        /// # Errors
        /// When the database fails.
        pub fn $list(conn: &mut Conn, competition: CompetitionId) -> Result<Vec<Division<$id>>> {
            Ok($table::table
                .filter($table::competition_id.eq(competition))
                .order($table::position)
                .select(($table::id, $table::code, $table::name))
                .load(conn)?)
        }

        #[doc = concat!("The rows of the ", stringify!($table), " of a competition, by code.")]
        ///
        /// # Errors
        /// When the database fails.
        pub fn $codes(conn: &mut Conn, competition: CompetitionId) -> Result<BTreeMap<Code, $id>> {
            let rows = $list(conn, competition)?;
            Ok(rows.into_iter().map(|row| (row.code, row.id)).collect())
        }

        #[doc = concat!("Makes these the ", stringify!($table), " of a competition, in this order.")]
        ///
        /// # Errors
        #[doc = concat!("[`Error::Conflict`] `", $in_use, "` when one that is not among them is in use.")]
        pub fn $replace(conn: &mut Conn, competition: CompetitionId, wanted: &[(Code, Text)]) -> Result<()> {
            let old = $codes(conn, competition)?;
            for (code, id) in &old {
                if !wanted.iter().any(|(c, _)| c == code) {
                    diesel::delete($table::table.find(id))
                        .execute(conn)
                        .map_err(|e| {
                            conflict::on_foreign_key(e, || {
                                Error::Conflict(Conflict::new($in_use).with($one, code))
                            })
                        })?;
                }
            }
            for (position, (code, name)) in (1_i64..).zip(wanted) {
                let name = Json::new(name.clone())?;
                match old.get(code) {
                    Some(id) => diesel::update($table::table.find(id))
                        .set(($table::name.eq(name), $table::position.eq(position)))
                        .execute(conn)?,
                    None => diesel::insert_into($table::table)
                        .values((
                            $table::competition_id.eq(competition),
                            $table::code.eq(code),
                            $table::name.eq(name),
                            $table::position.eq(position),
                        ))
                        .execute(conn)?,
                };
            }
            Ok(())
        }
    };
}

division!(
    tracks,
    TrackId,
    tracks_of,
    replace_tracks,
    track_codes,
    "track",
    "track_in_use"
);
division!(
    regions,
    RegionId,
    regions_of,
    replace_regions,
    region_codes,
    "region",
    "region_in_use"
);
