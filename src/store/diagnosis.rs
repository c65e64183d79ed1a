//! What a database tells about itself, for whoever looks after an installation. Nothing here writes.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDateTime;
use diesel::sql_types::{BigInt, Integer, Text, Timestamp};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::conn::{Conn, Database};
use crate::store::{backup, migrate};

/// How far the tables of a database are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// Migrations that the next start runs.
    pub pending: Vec<String>,
    /// Migrations that this program does not know.
    pub strange: Vec<String>,
    /// Whether any was ever run.
    pub begun: bool,
}

/// An SQLite file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// `wal` once a server had it; `delete` for a copy that was put back.
    pub journal: String,
    /// What is wrong with its pages, indexes and references.
    pub flaws: Vec<String>,
    /// How far its tables are.
    pub tables: Tables,
    /// `PRAGMA synchronous` as the server sets it: 2 is FULL.
    pub synchronous: i64,
    /// Whether references are enforced, as the server sets it.
    pub foreign_keys: bool,
}

/// A PostgreSQL database.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// Its settings by name, as it spells them.
    pub settings: BTreeMap<String, String>,
    /// The encoding of the database.
    pub encoding: String,
    /// Whether it only follows another server.
    pub follows: bool,
    /// Connections that are open, of all databases.
    pub connections: i64,
    /// What time it is there.
    pub now: Stamp,
    /// Whether this role may make tables here.
    pub may_create: bool,
    /// How far its tables are.
    pub tables: Tables,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Looks at an SQLite file that exists.
///
/// # Errors
/// When it can't be opened, or is no database.
pub fn file(path: &Path) -> Result<File> {
    let name = path.to_string_lossy();
    let mut conn = SqliteConnection::establish(&name).map_err(Error::internal)?;
    let journal: Word =
        sql_query("SELECT journal_mode AS word FROM pragma_journal_mode").get_result(&mut conn)?;
    let flaws = backup::flaws(path)?;
    let mut conn = Conn::Sqlite(conn);
    let tables = tables(&mut conn)?;
    drop(conn);
    let mut ours = Database::Sqlite(path.to_owned())
        .connect_to_read()
        .map_err(Error::internal)?;
    let number = |conn: &mut Conn, pragma: &str| -> Result<i64> {
        #[derive(QueryableByName)]
        struct Setting {
            #[diesel(sql_type = Integer)]
            number: i32,
        }
        let sql = format!("SELECT {pragma} AS number FROM pragma_{pragma}");
        Ok(i64::from(sql_query(sql).get_result::<Setting>(conn)?.number))
    };
    Ok(File {
        journal: journal.word,
        flaws,
        tables,
        synchronous: number(&mut ours, "synchronous")?,
        foreign_keys: number(&mut ours, "foreign_keys")? == 1,
    })
}

/// Looks at a PostgreSQL database.
///
/// # Errors
/// When it can't be reached.
pub fn server(url: &str) -> Result<Server> {
    #[derive(QueryableByName)]
    struct Setting {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        setting: String,
    }
    #[derive(QueryableByName)]
    struct Now {
        #[diesel(sql_type = Timestamp)]
        now: NaiveDateTime,
    }
    let mut c = PgConnection::establish(url).map_err(Error::internal)?;
    let settings: Vec<Setting> = sql_query(
        "SELECT name::text, setting::text FROM pg_settings WHERE name IN ('server_version', 'server_version_num',
         'synchronous_commit', 'fsync', 'full_page_writes', 'max_connections', 'superuser_reserved_connections',
         'TimeZone', 'default_transaction_read_only')",
    )
    .load(&mut c)?;
    let encoding: Word = sql_query(
        "SELECT pg_encoding_to_char(encoding)::text AS word FROM pg_database WHERE datname = current_database()",
    )
    .get_result(&mut c)?;
    let mut number = |sql: &str| -> Result<i64> { Ok(sql_query(sql).get_result::<Number>(&mut c)?.number) };
    let follows = number("SELECT pg_is_in_recovery()::int::bigint AS number")? == 1;
    let connections =
        number("SELECT count(*) AS number FROM pg_stat_activity WHERE backend_type = 'client backend'")?;
    let may_create = number("SELECT has_schema_privilege(current_schema(), 'CREATE')::int::bigint AS number")
        .unwrap_or(0)
        == 1;
    let now: Now = sql_query("SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now").get_result(&mut c)?;
    let mut conn = Conn::Pg(c);
    Ok(Server {
        settings: settings.into_iter().map(|row| (row.name, row.setting)).collect(),
        encoding: encoding.word,
        follows,
        connections,
        now: Stamp::from_naive(now.now),
        may_create,
        tables: tables(&mut conn)?,
    })
}

/// How far the tables are, without making the one that says so.
fn tables(conn: &mut Conn) -> Result<Tables> {
    let sql = match conn {
        Conn::Pg(_) => {
            "SELECT count(*) AS number FROM pg_tables
             WHERE schemaname = current_schema() AND tablename = '__diesel_schema_migrations'"
        }
        Conn::Sqlite(_) => {
            "SELECT count(*) AS number FROM sqlite_schema
             WHERE type = 'table' AND name = '__diesel_schema_migrations'"
        }
    };
    let begun = sql_query(sql).get_result::<Number>(conn)?.number > 0;
    let done: Vec<Word> = if begun {
        sql_query("SELECT version AS word FROM __diesel_schema_migrations ORDER BY version").load(conn)?
    } else {
        Vec::new()
    };
    let done: Vec<String> = done.into_iter().map(|row| row.word).collect();
    let known = migrate::known()?;
    Ok(Tables {
        pending: known
            .iter()
            .filter(|version| !done.contains(version))
            .cloned()
            .collect(),
        strange: done
            .iter()
            .filter(|version| !known.contains(version))
            .cloned()
            .collect(),
        begun,
    })
}
