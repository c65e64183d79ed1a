//! Competitions, their tracks and regions.

use diesel::prelude::*;

use super::conn::Conn;
use super::schema::competitions;
use super::sql_types::Json;
use crate::domain::ids::CompetitionId;
use crate::domain::text::{Slug, Text};
use crate::domain::time::Stamp;
use crate::error::Result;

/// A competition as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = competitions)]
pub struct Competition {
    /// The row.
    pub id: CompetitionId,
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name.
    pub name: Json<Text>,
    /// What it is about.
    pub description: Json<Text>,
    /// The IANA time zone that its deadlines are spoken in.
    pub time_zone: String,
    /// From when contestants may register.
    pub registration_opens_at: Option<Stamp>,
    /// Until when; exclusive.
    pub registration_closes_at: Option<Stamp>,
    /// Whether judges see neither team nor owner nor institution.
    pub blind: bool,
    /// The smallest team.
    pub team_min: i64,
    /// The largest team.
    pub team_max: i64,
    /// The custom entry fields, a JSON document.
    pub fields: String,
    /// Since when the public sees it.
    pub published_at: Option<Stamp>,
    /// Counts changes.
    pub version: i64,
}

/// The competition with a slug.
///
/// # Errors
/// When the database fails.
pub fn by_slug(conn: &mut Conn, slug: &Slug) -> Result<Option<Competition>> {
    Ok(competitions::table
        .filter(competitions::slug.eq(slug))
        .select(Competition::as_select())
        .first(conn)
        .optional()?)
}
