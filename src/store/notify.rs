//! Notifications between the nodes that share a PostgreSQL database. The embedded database has one node.

use diesel::sql_types::{Array, Text};
use diesel::{QueryResult, RunQueryDsl, select, sql_query};

use crate::store::conn::Conn;

diesel::define_sql_function! {
    /// The number of the server process behind a connection.
    fn pg_backend_pid() -> Integer;
}

/// Listens on a connection from now on, and gives its number, which its own notifications carry.
///
/// # Errors
/// Fails when the connection is lost.
pub fn listen(conn: &mut Conn) -> QueryResult<i32> {
    match conn {
        Conn::Pg(c) => {
            sql_query("LISTEN palmares").execute(c)?;
            select(pg_backend_pid()).get_result(c)
        }
        Conn::Sqlite(_) => Ok(0),
    }
}

/// Tells every other listener of topics that changed.
///
/// # Errors
/// Fails when the connection is lost.
pub fn send<'a>(conn: &mut Conn, topics: impl Iterator<Item = &'a str>) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => sql_query("SELECT pg_notify('palmares', topic) FROM unnest($1) AS topic")
            .bind::<Array<Text>, _>(topics.collect::<Vec<_>>())
            .execute(c)
            .map(drop),
        Conn::Sqlite(_) => Ok(()),
    }
}

/// The topics that came in since the last time, without this connection's own. It waits for nothing.
///
/// # Errors
/// Fails when the connection is lost.
pub fn heard(conn: &mut Conn, own: i32) -> QueryResult<Vec<String>> {
    match conn {
        Conn::Pg(c) => c
            .notifications_iter()
            .filter(|n| n.as_ref().map_or(true, |n| n.process_id != own))
            .map(|n| n.map(|n| n.payload))
            .collect(),
        Conn::Sqlite(_) => Ok(Vec::new()),
    }
}
