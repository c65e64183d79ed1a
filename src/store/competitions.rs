//! Competitions.

use diesel::prelude::*;

use super::conflict;
use super::conn::Conn;
use super::page::{self, Limit, Page};
use super::schema::{competitions, entries, members};
use super::sql_types::Json;
use crate::domain::competition::{Settings, TeamLimits, Window};
use crate::domain::fields::Field;
use crate::domain::ids::{CompetitionId, UserId};
use crate::domain::text::{Slug, Text};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};

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
    /// Whether judges see neither team nor owner, institution, country or answers that identify.
    pub blind: bool,
    /// The smallest team.
    pub team_min: i64,
    /// The largest team.
    pub team_max: i64,
    /// The custom entry fields.
    pub fields: Json<Vec<Field>>,
    /// Since when the public sees it.
    pub published_at: Option<Stamp>,
    /// Counts changes.
    pub version: i64,
    /// Whether rules may be compared over real marks before they are published.
    pub early_comparisons: bool,
    /// Whether what counts takes two persons.
    pub two_persons: bool,
}

/// The competition with a slug.
///
/// # Errors
/// When the database fails.
pub fn by_slug(conn: &mut Conn, slug: &Slug) -> Result<Option<Competition>> {
    Ok(competitions::table
        .filter(competitions::slug.eq(slug))
        .select(Competition::as_select())
        .get_result(conn)
        .optional()?)
}

/// The competition of a row.
///
/// # Errors
/// When the database fails.
pub fn by_id(conn: &mut Conn, id: CompetitionId) -> Result<Competition> {
    Ok(competitions::table
        .find(id)
        .select(Competition::as_select())
        .get_result(conn)?)
}

/// A competition's settings as they are stored.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = competitions, treat_none_as_null = true)]
struct Stored {
    slug: Slug,
    name: Json<Text>,
    description: Json<Text>,
    time_zone: String,
    registration_opens_at: Option<Stamp>,
    registration_closes_at: Option<Stamp>,
    blind: bool,
    team_min: i64,
    team_max: i64,
    fields: Json<Vec<Field>>,
    early_comparisons: bool,
    two_persons: bool,
}

impl Stored {
    fn of(settings: &Settings) -> Result<Self> {
        Ok(Self {
            slug: settings.slug.clone(),
            name: Json::new(settings.name.clone())?,
            description: Json::new(settings.description.clone())?,
            time_zone: settings.time_zone.clone(),
            registration_opens_at: settings.registration.map(|w| w.opens_at),
            registration_closes_at: settings.registration.map(|w| w.closes_at),
            blind: settings.blind,
            team_min: settings.team.min.into(),
            team_max: settings.team.max.into(),
            fields: Json::new(settings.fields.clone())?,
            early_comparisons: settings.early_comparisons,
            two_persons: settings.two_persons,
        })
    }
}

impl Competition {
    /// When contestants register.
    #[must_use]
    pub fn window(&self) -> Option<Window> {
        Some(Window {
            opens_at: self.registration_opens_at?,
            closes_at: self.registration_closes_at?,
        })
    }

    /// How many people a team has.
    #[must_use]
    pub fn team(&self) -> TeamLimits {
        let bound = |n| u32::try_from(n).unwrap_or(u32::MAX);
        TeamLimits {
            min: bound(self.team_min),
            max: bound(self.team_max),
        }
    }

    /// What its organizers set.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings {
            slug: self.slug.clone(),
            name: self.name.clone().into_inner(),
            description: self.description.clone().into_inner(),
            time_zone: self.time_zone.clone(),
            registration: self.window(),
            blind: self.blind,
            team: self.team(),
            fields: self.fields.clone().into_inner(),
            early_comparisons: self.early_comparisons,
            two_persons: self.two_persons,
        }
    }
}

/// Adds a competition.
///
/// # Errors
/// [`Error::Invalid`] at `/slug` when another one has it.
pub fn insert(conn: &mut Conn, settings: &Settings, now: Stamp) -> Result<CompetitionId> {
    diesel::insert_into(competitions::table)
        .values((
            Stored::of(settings)?,
            competitions::last_entry_number.eq(0),
            competitions::created_at.eq(now),
            competitions::version.eq(1),
        ))
        .returning(competitions::id)
        .get_result(conn)
        .map_err(slug_taken)
}

/// Sets everything that organizers set, if the competition still has this version. Gives whether it had.
///
/// # Errors
/// [`Error::Invalid`] at `/slug` when another one has it.
pub fn update(conn: &mut Conn, id: CompetitionId, version: i64, settings: &Settings) -> Result<bool> {
    let changed = diesel::update(competitions::table.find(id))
        .filter(competitions::version.eq(version))
        .set((Stored::of(settings)?, competitions::version.eq(version + 1)))
        .execute(conn)
        .map_err(slug_taken)?;
    Ok(changed == 1)
}

/// Counts the version up, if it is still this one: for changes of what stands in other tables. Gives whether it was.
///
/// # Errors
/// When the database fails.
pub fn bump(conn: &mut Conn, id: CompetitionId, version: i64) -> Result<bool> {
    let changed = diesel::update(competitions::table.find(id))
        .filter(competitions::version.eq(version))
        .set(competitions::version.eq(version + 1))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Shows it to the public from now on, if it was not shown yet. Gives its new version, if so.
///
/// # Errors
/// When the database fails.
pub fn publish(conn: &mut Conn, id: CompetitionId, now: Stamp) -> Result<Option<i64>> {
    Ok(diesel::update(competitions::table.find(id))
        .filter(competitions::published_at.is_null())
        .set((
            competitions::published_at.eq(now),
            competitions::version.eq(competitions::version + 1),
        ))
        .returning(competitions::version)
        .get_result(conn)
        .optional()?)
}

/// Takes the next numbers for entries, which are never given twice. Gives the first one.
///
/// # Errors
/// When the database fails.
pub fn take_numbers(conn: &mut Conn, id: CompetitionId, count: i64) -> Result<i64> {
    let last: i64 = diesel::update(competitions::table.find(id))
        .set(competitions::last_entry_number.eq(competitions::last_entry_number + count))
        .returning(competitions::last_entry_number)
        .get_result(conn)?;
    Ok(last - count + 1)
}

/// Whose competitions a list shows beside those that are published.
#[derive(Debug, Clone, Copy)]
pub enum Audience {
    /// Nobody's.
    Public,
    /// Those that a person is a member of or has an entry in.
    Person(UserId),
    /// All of them.
    Admin,
}

/// Competitions, the newest first.
///
/// # Errors
/// [`Error::Invalid`] when the cursor is none of this list.
pub fn list(
    conn: &mut Conn,
    audience: Audience,
    cursor: Option<&str>,
    limit: Limit,
) -> Result<Page<Competition>> {
    let filter = "competitions";
    let below = match page::after::<Slug>(cursor, &filter)? {
        None => None,
        // Looked for among those that are shown, so that a made-up cursor finds out nothing.
        Some(slug) => {
            let last = shown(conn, audience, &Sought::Named(slug), 1)?;
            Some(last.first().ok_or_else(page::refused)?.id)
        }
    };
    let sought = below.map_or(Sought::All, Sought::Before);
    let rows = shown(conn, audience, &sought, limit.with_one_more())?;
    Page::cut(rows, limit, &filter, |row| row.slug.clone())
}

/// Which of the competitions that somebody is shown.
enum Sought {
    All,
    Before(CompetitionId),
    Named(Slug),
}

fn shown(conn: &mut Conn, audience: Audience, sought: &Sought, most: i64) -> Result<Vec<Competition>> {
    let mut query = competitions::table
        .order(competitions::id.desc())
        .limit(most)
        .select(Competition::as_select())
        .into_boxed();
    query = match sought {
        Sought::All => query,
        Sought::Before(id) => query.filter(competitions::id.lt(*id)),
        Sought::Named(slug) => query.filter(competitions::slug.eq(slug)),
    };
    let published = competitions::published_at.is_not_null();
    query = match audience {
        Audience::Admin => query,
        Audience::Public => query.filter(published),
        Audience::Person(user) => {
            let member = members::table
                .filter(members::user_id.eq(user))
                .filter(members::ended_at.is_null())
                .select(members::competition_id);
            let owner = entries::table
                .filter(entries::owner_id.eq(user))
                .select(entries::competition_id);
            query.filter(
                published
                    .or(competitions::id.eq_any(member))
                    .or(competitions::id.eq_any(owner)),
            )
        }
    };
    Ok(query.load(conn)?)
}

fn slug_taken(failure: diesel::result::Error) -> Error {
    conflict::on_unique(failure, "competitions", &["slug"], || {
        Error::invalid("/slug", "slug_taken")
    })
}

/// The name of a competition in addresses.
///
/// # Errors
/// When the database fails.
pub fn slug_of(conn: &mut Conn, id: CompetitionId) -> Result<Slug> {
    Ok(competitions::table
        .find(id)
        .select(competitions::slug)
        .get_result(conn)?)
}
