//! Every table of the database either goes along when an instance moves, or stays behind for a reason that is written
//! down.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on has failed"
)]

mod support;

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use palmares::store::conn::Conn;
use palmares::store::instance::{self, KEPT, LEFT_OUT};

/// The tables that `store/schema.rs` has.
fn tables_of_schema_rs() -> BTreeSet<&'static str> {
    let source = include_str!("../src/store/schema.rs");
    let name = |table: &'static str| table.split('(').next().unwrap().trim();
    source.split("table! {").skip(1).map(name).collect()
}

#[test]
fn every_table_goes_along_or_stays_behind_for_a_reason() {
    let kept = KEPT.iter().map(|table| table.name);
    let left = LEFT_OUT.iter().map(|table| table.name);
    let placed: Vec<_> = kept.chain(left).collect();
    let known: BTreeSet<_> = placed.iter().copied().collect();
    assert_eq!(placed.len(), known.len(), "a table has two places");
    let tables = tables_of_schema_rs();
    let forgotten: Vec<_> = tables.difference(&known).collect();
    assert!(
        forgotten.is_empty(),
        "store/instance.rs has to say of {forgotten:?}: do they go along (KEPT), or stay behind, and why (LEFT_OUT)?"
    );
    let gone: Vec<_> = known.difference(&tables).collect();
    assert!(gone.is_empty(), "there are no such tables: {gone:?}");
    assert!(LEFT_OUT.iter().all(|table| table.why.len() > 10));
}

#[test]
fn the_databases_have_no_other_tables() {
    let databases = [Some(support::sqlite()), support::postgres()];
    for db in databases.iter().flatten() {
        let found = instance::tables(&mut db.connect()).unwrap();
        let found: BTreeSet<_> = found.iter().map(String::as_str).collect();
        assert_eq!(found, tables_of_schema_rs());
    }
}

#[derive(QueryableByName)]
struct Points {
    #[diesel(sql_type = Text)]
    from: String,
    #[diesel(sql_type = Text)]
    to: String,
}

/// Which table points to which, as SQLite has it.
fn points(conn: &mut Conn) -> Vec<(String, String)> {
    let sql = "SELECT t.name AS \"from\", f.\"table\" AS \"to\" FROM sqlite_schema t, pragma_foreign_key_list(t.name) f
               WHERE t.type = 'table'";
    let points: Vec<Points> = sql_query(sql).load(conn).unwrap();
    points.into_iter().map(|p| (p.from, p.to)).collect()
}

#[test]
fn a_table_comes_after_those_that_it_points_to() {
    let conn = &mut support::sqlite().connect();
    let place = |name: &str| KEPT.iter().position(|table| table.name == name);
    for (from, to) in points(conn) {
        if let Some(here) = place(&from) {
            let there = place(&to)
                .unwrap_or_else(|| panic!("{from} goes along and points to {to}, which stays behind"));
            assert!(there <= here, "{from} comes before {to}, to which it points");
        }
    }
}

/// Every kind of column, filled and empty, comes back as it went: `2^53 + 1`, a third, bytes, quotes, microseconds.
#[test]
fn every_kind_of_value_comes_back_as_it_went() {
    let databases = [Some(support::empty_sqlite()), support::empty_postgres()];
    for db in databases.iter().flatten() {
        let conn = &mut db.connect();
        let types = match conn {
            Conn::Pg(_) => ("DOUBLE PRECISION", "BYTEA"),
            Conn::Sqlite(_) => ("DOUBLE", "BLOB"),
        };
        conn.batch_execute(&format!(
            "CREATE TABLE things (id BIGINT PRIMARY KEY NOT NULL, a TEXT, b BOOLEAN, c {}, d TIMESTAMP, e {})",
            types.0, types.1
        ))
        .unwrap();
        let columns = instance::columns(conn, "things").unwrap();
        let at = |text: &str| serde_json::from_value(serde_json::json!(text)).unwrap();
        use instance::Value as V;
        let rows = vec![
            vec![
                V::Int(9_007_199_254_740_993),
                V::Text("it's \"quoted\" \\ 项目\n$1 ?".into()),
                V::Bool(true),
                V::Double(1.0 / 3.0),
                V::Moment(at("2026-07-08T01:00:00.000001Z")),
                V::Bytes(vec![0, 255, 39]),
            ],
            vec![
                V::Int(9_007_199_254_740_994),
                V::Text(String::new()),
                V::Bool(false),
                V::Double(-1e-300),
                V::Moment(at("1969-12-31T23:59:59Z")),
                V::Bytes(Vec::new()),
            ],
            vec![V::Int(i64::MAX), V::Null, V::Null, V::Null, V::Null, V::Null],
        ];
        instance::insert(conn, "things", &columns, &rows).unwrap();
        let things = instance::Kept {
            name: "things",
            only: None,
            blank: &[],
        };
        let first = instance::page(conn, &things, &columns, i64::MIN, 2).unwrap();
        let rest = instance::page(conn, &things, &columns, first[1].0, 2).unwrap();
        let read: Vec<_> = first.into_iter().chain(rest).map(|(_, values)| values).collect();
        assert_eq!(read, rows);
        let blank = instance::Kept {
            blank: &["a", "e"],
            ..things
        };
        let page = instance::page(conn, &blank, &columns, i64::MIN, 1).unwrap();
        assert_eq!(
            (&page[0].1[1], &page[0].1[2], &page[0].1[5]),
            (&V::Null, &V::Bool(true), &V::Null)
        );
    }
}

/// Columns that stay behind can be empty, and there are such columns.
#[test]
fn what_is_blank_may_be_blank() {
    let schema = include_str!("../src/store/schema.rs");
    for table in KEPT {
        for column in table.blank {
            let (_, rest) = schema.split_once(&format!("\n    {} (", table.name)).unwrap();
            let line = rest
                .lines()
                .find(|line| line.trim().starts_with(&format!("{column} ->")));
            assert!(
                line.is_some_and(|l| l.contains("Nullable")),
                "{}.{column}",
                table.name
            );
        }
    }
}
