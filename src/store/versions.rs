//! One counter per topic. Every node polls them and so learns what another one changed.

use diesel::{QueryDsl, QueryResult, RunQueryDsl};

use crate::store::conn::Conn;
use crate::store::schema::versions;

/// Counts a topic up, in the transaction of the change that it tells of.
///
/// Writers of one topic wait for each other until they end, so this is for changes of phase and for publications,
/// never for ballots.
///
/// # Errors
/// Fails when the connection is lost.
pub fn bump(conn: &mut Conn, topic: &str) -> QueryResult<()> {
    use diesel::ExpressionMethods;
    let first = (versions::topic.eq(topic), versions::version.eq(1));
    each!(conn, c => diesel::insert_into(versions::table)
        .values(first)
        .on_conflict(versions::topic)
        .do_update()
        .set(versions::version.eq(versions::version + 1))
        .execute(c))
    .map(drop)
}

/// Every topic with its count.
///
/// # Errors
/// Fails when the connection is lost.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<(String, i64)>> {
    versions::table
        .select((versions::topic, versions::version))
        .load(conn)
}
