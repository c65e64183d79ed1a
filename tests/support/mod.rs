//! What the tests share: a fresh database for each test, on both kinds.
#![allow(
    dead_code,
    unused_macros,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "each test binary uses its part of it, and a test that can't be set up has failed"
)]

pub mod post;
pub mod postgres;
pub mod program;

use palmares::app::{App, Clock, Options};
use palmares::domain::time::Stamp;
use palmares::store::conn::{Conn, Database};
use palmares::store::migrate;
use tempfile::TempDir;

/// Makes of each test one for SQLite and one for PostgreSQL: `name::sqlite` and `name::postgres`.
///
/// ```ignore
/// both_databases! {
///     async fn a_title_is_kept(db) {
///         let app = db.open();
///         app.write(|tx| …).await.unwrap();
///     }
/// }
/// ```
macro_rules! both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident) $body:block)+) => { $(
        mod $name {
            #[allow(unused_imports, reason = "a test may need nothing from around it")]
            use super::*;

            $(#[$meta])*
            async fn body($db: $crate::support::Db) $body

            #[actix_web::test]
            async fn sqlite() {
                body($crate::support::sqlite()).await;
            }

            #[actix_web::test]
            async fn postgres() {
                if let Some(db) = $crate::support::postgres() {
                    body(db).await;
                }
            }
        }
    )+ };
}

/// A database of one test's own, and the time there.
pub struct Db {
    /// Its URL.
    pub url: String,
    /// Stands at 2026-07-08 01:00 UTC until the test moves it.
    pub clock: Clock,
    folder: Option<TempDir>,
    /// A copy on PostgreSQL, which goes when it is dropped: tests make many.
    copied: bool,
}

impl Drop for Db {
    fn drop(&mut self) {
        if self.copied {
            postgres::drop_copy(&self.url);
        }
    }
}

/// A fresh SQLite file, up to date.
pub fn sqlite() -> Db {
    let db = empty_sqlite();
    migrate::run(&mut db.connect()).unwrap();
    db
}

/// A fresh PostgreSQL database, up to date; `None` where PostgreSQL is not installed.
pub fn postgres() -> Option<Db> {
    postgres::migrated_database().map(|url| Db::new(url, None))
}

/// A fresh SQLite file without a table.
pub fn empty_sqlite() -> Db {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    Db::new(url, Some(folder))
}

/// A fresh PostgreSQL database without a table; `None` where PostgreSQL is not installed.
pub fn empty_postgres() -> Option<Db> {
    postgres::empty_database().map(|url| Db::new(url, None))
}

impl Db {
    fn new(url: String, folder: Option<TempDir>) -> Self {
        let start: Stamp = serde_json::from_str("\"2026-07-08T01:00:00Z\"").unwrap();
        let clock = Clock::manual(start);
        Self {
            url,
            clock,
            folder,
            copied: false,
        }
    }

    /// The same database under another hand; it goes with the first one.
    pub fn same(&self) -> Self {
        Self {
            url: self.url.clone(),
            clock: self.clock.clone(),
            folder: None,
            copied: false,
        }
    }

    /// Another database with all that this one holds. Nobody may be at work in this one.
    pub fn copy(&self) -> Self {
        let Some(_) = &self.folder else {
            let mut copy = Self::new(postgres::copy_of(&self.url), None);
            copy.copied = true;
            return copy;
        };
        let copy = empty_sqlite();
        let file = copy.url.trim_start_matches("sqlite:");
        let into = format!("VACUUM INTO '{file}'");
        diesel::connection::SimpleConnection::batch_execute(&mut self.connect(), &into).unwrap();
        copy
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The usual options, with this test's clock.
    pub fn options(&self) -> Options {
        Options::new(&self.url).unwrap().with_clock(self.clock.clone())
    }

    /// The application over this database.
    pub fn open(&self) -> App {
        App::open(self.options()).unwrap()
    }

    /// A connection beside the application's.
    pub fn connect(&self) -> Conn {
        Database::parse(&self.url).unwrap().connect().unwrap()
    }

    /// Whether it is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.folder.is_none()
    }
}
