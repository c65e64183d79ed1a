//! Statements that are written as SQL and stay prepared, for the few hot ones (a ballot).
//!
//! diesel parses UPDATEs, upserts and `sql_query` anew each time; this is cached by its text, on both databases. The
//! text is spelt once with `?` for each value, so it must hold what both databases understand, and no `?` elsewhere.
//!
//! ```ignore
//! stmt::run("UPDATE ballots SET version = version + 1 WHERE id = ? AND version = ?", &[id.into(), seen.into()])
//!     .execute(conn)?;
//! let row: (i64, String) = stmt::query::<(BigInt, Text)>("SELECT id, marks FROM ballots WHERE id = ?", &[id.into()])
//!     .get_result(conn)?;
//! ```

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error as Failure;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, HasSqlType, Nullable, Text, Timestamp};
use diesel::{QueryResult, RunQueryDsl};

use crate::domain::time::Stamp;

/// A value of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bind<'a> {
    /// A number or a row id.
    Int(Option<i64>),
    /// A text.
    Text(Option<&'a str>),
    /// A moment.
    Stamp(Option<Stamp>),
    /// Yes or no.
    Bool(bool),
}

/// A statement that gives no rows; `execute` tells how many it changed.
#[must_use]
pub fn run<'a>(sql: &'static str, binds: &'a [Bind<'a>]) -> Stmt<'a, ()> {
    query(sql, binds)
}

/// A statement that gives rows of these SQL types, for `load` and `get_result`.
#[must_use]
pub fn query<'a, ST>(sql: &'static str, binds: &'a [Bind<'a>]) -> Stmt<'a, ST> {
    let row = PhantomData;
    Stmt { sql, binds, row }
}

/// A statement with its values.
#[derive(Debug, Clone, Copy)]
pub struct Stmt<'a, ST> {
    sql: &'static str,
    binds: &'a [Bind<'a>],
    row: PhantomData<ST>,
}

/// Without an id of its own it is cached by its text.
impl<ST> QueryId for Stmt<'_, ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for Stmt<'_, ST> {
    type SqlType = ST;
}

impl<ST, C> RunQueryDsl<C> for Stmt<'_, ST> {}

impl<ST, DB> QueryFragment<DB> for Stmt<'_, ST>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Text> + HasSqlType<Timestamp> + HasSqlType<Bool>,
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
    Stamp: ToSql<Timestamp, DB>,
    bool: ToSql<Bool, DB>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut parts = self.sql.split('?');
        pass.push_sql(parts.next().unwrap_or_default());
        let mut binds = self.binds.iter();
        for part in parts {
            match binds.next().ok_or_else(|| miscounted(self.sql))? {
                Bind::Int(value) => pass.push_bind_param::<Nullable<BigInt>, _>(value)?,
                Bind::Text(value) => pass.push_bind_param::<Nullable<Text>, _>(value)?,
                Bind::Stamp(value) => pass.push_bind_param::<Nullable<Timestamp>, _>(value)?,
                Bind::Bool(value) => pass.push_bind_param::<Bool, _>(value)?,
            }
            pass.push_sql(part);
        }
        match binds.next() {
            None => Ok(()),
            Some(_) => Err(miscounted(self.sql)),
        }
    }
}

fn miscounted(sql: &str) -> Failure {
    Failure::QueryBuilderError(format!("not one value for each ? in {sql}").into())
}

impl From<i64> for Bind<'_> {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl<'a> From<&'a str> for Bind<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Stamp> for Bind<'_> {
    fn from(value: Stamp) -> Self {
        Self::Stamp(Some(value))
    }
}

impl From<bool> for Bind<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Option<i64>> for Bind<'_> {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl<'a> From<Option<&'a str>> for Bind<'a> {
    fn from(value: Option<&'a str>) -> Self {
        Self::Text(value)
    }
}

impl From<Option<Stamp>> for Bind<'_> {
    fn from(value: Option<Stamp>) -> Self {
        Self::Stamp(value)
    }
}

#[cfg(test)]
mod tests {
    use diesel::{Connection, SqliteConnection};

    use super::*;
    use crate::store::conn::Conn;

    #[test]
    fn each_value_takes_the_place_of_its_mark() {
        let conn = &mut Conn::Sqlite(SqliteConnection::establish(":memory:").unwrap());
        let at: Stamp = serde_json::from_str("\"2026-07-08T01:00:00Z\"").unwrap();
        let binds = [7.into(), "seven".into(), Bind::Text(None), at.into(), true.into()];
        let row = query::<(BigInt, Text, Nullable<Text>, Timestamp, Bool)>("SELECT ?, ?, ?, ?, ?", &binds)
            .get_result::<(i64, String, Option<String>, Stamp, bool)>(conn);
        assert_eq!(row.unwrap(), (7, "seven".into(), None, at, true));
        run("CREATE TABLE t (a BIGINT)", &[]).execute(conn).unwrap();
        assert_eq!(
            run("INSERT INTO t VALUES (?), (?)", &[1.into(), 2.into()]).execute(conn),
            Ok(2)
        );
    }

    #[test]
    fn a_wrong_number_of_values_is_an_error() {
        let conn = &mut Conn::Sqlite(SqliteConnection::establish(":memory:").unwrap());
        assert!(run("SELECT ?", &[]).execute(conn).is_err());
        assert!(run("SELECT ?", &[1.into(), 2.into()]).execute(conn).is_err());
    }
}
