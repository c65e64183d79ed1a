//! Migrations: both folders are inside the program, which brings its database up to date when it starts.

use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::error::{Error, Result};
use crate::store::conn::Conn;
use crate::store::dialect;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The database was made by a newer program, which may keep things there that this one would break.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the database is newer than this program: it has the migration {migration}, which this program does not know"
)]
pub struct NewerDatabase {
    /// The last migration that this program does not know.
    pub migration: String,
}

/// The migrations that a database still needs, in order.
///
/// # Errors
/// [`NewerDatabase`] inside [`Error::Internal`] when it has one that this program does not know.
pub fn pending(conn: &mut Conn) -> Result<Vec<String>> {
    match conn {
        Conn::Pg(c) => pending_of(c, POSTGRES).map(|p| names(&p)),
        Conn::Sqlite(c) => pending_of(c, SQLITE).map(|p| names(&p)),
    }
}

/// The versions of the migrations that this program knows, in order.
///
/// # Errors
/// When the migrations inside the program can't be read.
pub fn known() -> Result<Vec<String>> {
    let known: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> =
        SQLITE.migrations().map_err(Error::Internal)?;
    let mut versions: Vec<String> = known.iter().map(|m| m.name().version().to_string()).collect();
    versions.sort();
    Ok(versions)
}

/// The version of the last migration that this program knows: of the tables as it expects them.
///
/// # Errors
/// When the migrations inside the program can't be read.
pub fn newest() -> Result<String> {
    Ok(known()?.pop().unwrap_or_default())
}

/// Brings a database up to date and tells what it took; nodes that start at once take turns.
///
/// # Errors
/// [`NewerDatabase`] inside [`Error::Internal`], or the failure of a migration, which leaves those before it in place.
pub fn run(conn: &mut Conn) -> Result<Vec<String>> {
    dialect::check_version(conn)?;
    dialect::lock_migrations(conn)?;
    let done = match conn {
        Conn::Pg(c) => run_on(c, POSTGRES),
        Conn::Sqlite(c) => run_on(c, SQLITE),
    };
    dialect::unlock_migrations(conn)?;
    done
}

/// Takes the last migration back. Nothing but tests calls it: what a migration took from the data does not come back.
///
/// # Errors
/// Fails when there is none, or when it can't be taken back.
pub fn revert_last(conn: &mut Conn) -> Result<String> {
    let version = match conn {
        Conn::Pg(c) => c.revert_last_migration(POSTGRES),
        Conn::Sqlite(c) => c.revert_last_migration(SQLITE),
    };
    version.map(|v| v.to_string()).map_err(Error::Internal)
}

/// Runs the next migration alone. Nothing but tests calls it, with data in the tables before it.
///
/// # Errors
/// Fails when there is none left, or as the migration does.
pub fn run_next(conn: &mut Conn) -> Result<String> {
    let version = match conn {
        Conn::Pg(c) => c.run_next_migration(POSTGRES).map(|v| v.as_owned()),
        Conn::Sqlite(c) => c.run_next_migration(SQLITE).map(|v| v.as_owned()),
    };
    version.map(|v| v.to_string()).map_err(Error::Internal)
}

fn run_on<DB, C>(conn: &mut C, known: EmbeddedMigrations) -> Result<Vec<String>>
where
    DB: Backend,
    C: MigrationHarness<DB>,
{
    let mut done = Vec::new();
    for migration in pending_of(conn, known)? {
        conn.run_migration(migration.as_ref()).map_err(Error::Internal)?;
        tracing::info!(migration = %migration.name(), "migrated");
        done.push(migration.name().to_string());
    }
    Ok(done)
}

fn pending_of<DB, C>(conn: &mut C, known: EmbeddedMigrations) -> Result<Vec<Box<dyn Migration<DB>>>>
where
    DB: Backend,
    C: MigrationHarness<DB>,
{
    let mut migrations: Vec<Box<dyn Migration<DB>>> = known.migrations().map_err(Error::Internal)?;
    let applied = conn.applied_migrations().map_err(Error::Internal)?;
    let is_known = |version: &MigrationVersion<'_>| migrations.iter().any(|m| m.name().version() == *version);
    if let Some(stranger) = applied.iter().find(|version| !is_known(version)) {
        let migration = stranger.to_string();
        return Err(Error::internal(NewerDatabase { migration }));
    }
    migrations.retain(|m| !applied.contains(&m.name().version()));
    migrations.sort_unstable_by(|a, b| a.name().version().cmp(&b.name().version()));
    Ok(migrations)
}

fn names<DB: Backend>(migrations: &[Box<dyn Migration<DB>>]) -> Vec<String> {
    migrations.iter().map(|m| m.name().to_string()).collect()
}
