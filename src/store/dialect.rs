//! What the two databases spell differently: beginning transactions, and locks that hold until they end.

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::sql_types::BigInt;
use diesel::{Connection, PgConnection, QueryResult, RunQueryDsl, sql_query};

use crate::domain::ids::{GroupId, UserId};
use crate::store::conn::Conn;
use crate::store::stmt;

/// Commits, rolls back and nests transactions of a [`Conn`].
pub type Manager = <Conn as Connection>::TransactionManager;

/// Begins a transaction that may write: READ COMMITTED on PostgreSQL, holding the only write lock on SQLite.
///
/// # Errors
/// Fails when the connection is lost, or when another process writes to the SQLite file for longer than the time-out.
pub fn begin_write(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL READ COMMITTED")
        }
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
    }
}

/// Begins a transaction that reads one state of the data, whatever others write meanwhile.
///
/// # Errors
/// Fails when the connection is lost.
pub fn begin_read(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => AnsiTransactionManager::begin_transaction_sql(
            c,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ),
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN DEFERRED"),
    }
}

/// How many transactions and savepoints are open.
///
/// # Errors
/// Fails when the connection is beyond use.
pub fn depth(conn: &mut Conn) -> QueryResult<u32> {
    let depth = Manager::transaction_manager_status_mut(conn).transaction_depth()?;
    Ok(depth.map_or(0, std::num::NonZero::get))
}

/// Rolls back until `depth` transactions are open: a panic inside a nested one leaves more of them than were begun.
///
/// # Errors
/// Fails when the connection is beyond use.
pub fn roll_back_to(conn: &mut Conn, wanted: u32) -> QueryResult<()> {
    while depth(conn)? > wanted {
        Manager::rollback_transaction(conn)?;
    }
    Ok(())
}

/// Marks a connection so that its pool drops it.
pub fn give_up(conn: &mut Conn) {
    Manager::transaction_manager_status_mut(conn).set_in_error();
}

/// Keeps the phase of a group as it is until this transaction ends; others may hold it too.
///
/// The first statement of a use case that depends on the phase, before it reads the phase: at READ COMMITTED a
/// statement sees what was committed before it began. On SQLite writers are alone anyway.
///
/// # Errors
/// Fails when the connection is lost.
pub fn lock_phase_shared(conn: &mut Conn, group: GroupId) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => advisory_lock(c, "SELECT pg_advisory_xact_lock_shared(?)", group.0),
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Waits until nobody depends on the phase of a group, and keeps others away until this transaction ends.
///
/// The first statement of a use case that changes the phase, the rules or what advanced.
///
/// # Errors
/// Fails when the connection is lost.
pub fn lock_phase_exclusive(conn: &mut Conn, group: GroupId) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => advisory_lock(c, "SELECT pg_advisory_xact_lock(?)", group.0),
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Lets one sheet of a judge be handed in at a time, until this transaction ends: where a judge's totals must differ, each
/// has to see the one before. On SQLite writers are alone anyway.
///
/// # Errors
/// Fails when the connection is lost.
pub fn lock_judge(conn: &mut Conn, judge: UserId) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => advisory_lock(c, "SELECT pg_advisory_xact_lock(?)", JUDGE_KEYS - judge.0),
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Keys of judges lie below this one: groups have the positive ones, the others have names here.
const JUDGE_KEYS: i64 = -1000;

/// The key under which nodes take turns to migrate. Group ids are positive, so it is none of them.
const MIGRATION_KEY: i64 = -1;

/// Waits until no other node migrates, until [`unlock_migrations`] or the end of the connection.
///
/// # Errors
/// Fails when the connection is lost.
pub fn lock_migrations(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => advisory_lock(c, "SELECT pg_advisory_lock(?)", MIGRATION_KEY),
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Lets other nodes migrate.
///
/// # Errors
/// Fails when the connection is lost.
pub fn unlock_migrations(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => advisory_lock(c, "SELECT pg_advisory_unlock(?)", MIGRATION_KEY),
        Conn::Sqlite(_) => Ok(()),
    }
}

/// The key under which nodes take turns to make the first signing key.
const KEY_RING_KEY: i64 = -2;

/// Waits until no other node makes signing keys, until this transaction ends.
///
/// # Errors
/// Fails when the connection is lost.
pub fn lock_key_ring(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => advisory_lock(c, "SELECT pg_advisory_xact_lock(?)", KEY_RING_KEY),
        Conn::Sqlite(_) => Ok(()),
    }
}

/// The oldest PostgreSQL that is served.
const OLDEST_POSTGRES: i64 = 13;

/// Whether the database's own version is one that is served; the embedded one always is.
///
/// # Errors
/// [`Error::Internal`](crate::error::Error::Internal) for an older PostgreSQL.
pub fn check_version(conn: &mut Conn) -> crate::error::Result<()> {
    #[derive(diesel::QueryableByName)]
    struct Version {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let Conn::Pg(c) = conn else { return Ok(()) };
    let sql = "SELECT current_setting('server_version_num')::bigint / 10000 AS number";
    let Version { number } = sql_query(sql).get_result(c)?;
    if number < OLDEST_POSTGRES {
        let told = format!("PostgreSQL {number} is too old: {OLDEST_POSTGRES} or newer is needed");
        return Err(crate::error::Error::internal(told));
    }
    Ok(())
}

fn advisory_lock(conn: &mut PgConnection, sql: &'static str, key: i64) -> QueryResult<()> {
    stmt::run(sql, &[key.into()]).execute(conn).map(drop)
}
