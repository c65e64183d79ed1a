//! Connections: one type for both databases, chosen by the URL's scheme, set up the same way wherever one is opened.

use std::fmt;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::{Connection, ConnectionError, ConnectionResult, PgConnection, SqliteConnection};

pub use multi::{Conn, MultiBackend};

#[expect(missing_docs, reason = "diesel's derive makes public items that nobody reads")]
mod multi {
    use diesel::{PgConnection, SqliteConnection};

    /// A connection to either database; queries of `store` are written against it.
    #[derive(diesel::MultiConnection)]
    pub enum Conn {
        /// PostgreSQL 13 or newer.
        Pg(PgConnection),
        /// The embedded database.
        Sqlite(SqliteConnection),
    }
}

/// Compiles the same query once per database, for what diesel does not offer on [`Conn`] itself:
/// `on_conflict`, batch inserts, `as_returning()`.
///
/// ```ignore
/// each!(conn, c => diesel::insert_into(users::table).values(&new).returning(User::as_returning()).get_result(c))
/// ```
macro_rules! each {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::store::conn::Conn::Pg($c) => $body,
            $crate::store::conn::Conn::Sqlite($c) => $body,
        }
    };
}

/// Where the data is.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// An SQLite file.
    Sqlite(PathBuf),
    /// The URL of a PostgreSQL database, perhaps with a password in it.
    Postgres(String),
}

/// Why a text names no database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownDatabase {
    /// Neither `sqlite:` nor `postgres:`. Holds the scheme, never the rest, which may hold a password.
    #[error("database URLs begin with sqlite: or postgres://, not with {0:?}")]
    Scheme(String),
    /// An SQLite URL without a file; a database in memory would be another one for each connection.
    #[error("sqlite: needs a file, as in sqlite:data/palmares.db")]
    NoFile,
}

impl Database {
    /// Reads `sqlite:PATH`, `sqlite://PATH`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    /// Any other scheme is refused; it never becomes a file of that name.
    pub fn parse(url: &str) -> Result<Self, UnknownDatabase> {
        match url.split_once(':') {
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                Ok(Self::Postgres(url.to_owned()))
            }
            Some(("sqlite", rest)) => match rest.strip_prefix("//").unwrap_or(rest) {
                "" | ":memory:" => Err(UnknownDatabase::NoFile),
                path => Ok(Self::Sqlite(path.into())),
            },
            scheme => Err(UnknownDatabase::Scheme(
                scheme.map_or("", |(scheme, _)| scheme).to_owned(),
            )),
        }
    }

    /// Opens a connection that may write.
    ///
    /// # Errors
    /// Fails when the database can't be reached.
    pub fn connect(&self) -> ConnectionResult<Conn> {
        self.connect_with(Access::Write)
    }

    /// Opens a connection that only reads, where the database can tell the difference.
    ///
    /// # Errors
    /// Fails when the database can't be reached.
    pub fn connect_to_read(&self) -> ConnectionResult<Conn> {
        self.connect_with(Access::Read)
    }

    fn connect_with(&self, access: Access) -> ConnectionResult<Conn> {
        match self {
            Self::Sqlite(path) => open_file(path, access).map(Conn::Sqlite),
            Self::Postgres(url) => PgConnection::establish(url).map(Conn::Pg),
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => match (url.split_once("//"), url.rsplit_once('@')) {
                (_, Some((_, place))) | (Some((_, place)), None) => {
                    write!(f, "postgres://{}", place.split('?').next().unwrap_or_default())
                }
                (None, None) => f.write_str("postgres:"),
            },
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn open_file(path: &Path, access: Access) -> ConnectionResult<SqliteConnection> {
    let path = path.to_str().ok_or_else(|| {
        ConnectionError::BadConnection(format!("the path {} is not valid UTF-8", path.display()))
    })?;
    // With a folder before it no file name is mistaken for a `file:` URI of SQLite's own.
    let path = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("./{path}")
    };
    if access == Access::Write {
        keep_private(&path)?;
    }
    let mut conn = SqliteConnection::establish(&path)?;
    // The time-out comes first: setting the journal mode already needs a lock.
    let setup = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                 PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;";
    conn.batch_execute(setup)
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    if access == Access::Read {
        conn.batch_execute("PRAGMA query_only = ON")
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
    }
    Ok(conn)
}

/// Makes the file of a new database, which only its owner can read. SQLite gives the files beside it the same mode.
fn keep_private(path: &str) -> ConnectionResult<()> {
    let mut open = std::fs::OpenOptions::new();
    open.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    open.open(path)
        .map(drop)
        .map_err(|e| ConnectionError::BadConnection(format!("{path}: {e}")))
}

/// What a pool's connections are for. PostgreSQL decides by transaction, SQLite by connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading; SQLite refuses everything else.
    Read,
    /// Reading and writing.
    Write,
}

/// Opens connections for a pool.
#[derive(Debug)]
pub struct Manager {
    database: Database,
    access: Access,
}

impl Manager {
    /// A manager of connections for one purpose.
    #[must_use]
    pub fn new(database: Database, access: Access) -> Self {
        Self { database, access }
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        self.database
            .connect_with(self.access)
            .map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Self::Error> {
        conn.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    /// A connection with a transaction left open, or dropped by a panic, never serves another request.
    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_picks_the_database_and_nothing_else_does() {
        let sqlite = |path: &str| Ok(Database::Sqlite(path.into()));
        assert_eq!(Database::parse("sqlite:data/x.db"), sqlite("data/x.db"));
        assert_eq!(Database::parse("sqlite://x.db"), sqlite("x.db"));
        assert_eq!(Database::parse("sqlite:///var/x.db"), sqlite("/var/x.db"));
        assert!(matches!(
            Database::parse("postgres://h/d"),
            Ok(Database::Postgres(_))
        ));
        assert!(matches!(
            Database::parse("postgresql:///d?host=/tmp"),
            Ok(Database::Postgres(_))
        ));
        for bad in [
            "",
            "x.db",
            "mysql://h/d",
            "postgres:h",
            "SQLITE:x",
            "/var/x.db",
            "file:x.db",
        ] {
            assert!(
                matches!(Database::parse(bad), Err(UnknownDatabase::Scheme(_))),
                "{bad}"
            );
        }
        for bad in ["sqlite:", "sqlite://", "sqlite::memory:"] {
            assert_eq!(Database::parse(bad), Err(UnknownDatabase::NoFile), "{bad}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let shown = |url: &str| format!("{:?}", Database::parse(url).unwrap());
        assert_eq!(
            shown("postgres://me:s%40cret@db.example/palmares?password=x"),
            "postgres://db.example/palmares"
        );
        assert_eq!(shown("postgresql:///d?host=/tmp"), "postgres:///d");
    }
}
