//! Migrations on both databases: there and back, with data in the tables, to what `store/schema.rs` says.
//!
//! Each migration runs with two rows in every table that was there before it, one with all optional values and one
//! with none. A new table is filled by itself; only a column under a CHECK needs a line in [`CHECKED`].
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on has failed"
)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use palmares::store::conn::Conn;
use palmares::store::migrate;
use support::Db;

/// Values for columns that take only some words.
const CHECKED: &[(&str, &str, &str)] = &[("outbox", "state", "'waiting'")];

/// Columns in order, as `schema.rs` spells them: `("id", "BigInt")`, `("last_error", "Nullable<Text>")`.
type Columns = Vec<(String, String)>;
type Tables = BTreeMap<String, Columns>;

#[test]
fn both_databases_have_the_same_migrations() {
    let names = names("sqlite");
    assert_eq!(names, self::names("postgres"));
    for (i, name) in names.iter().enumerate() {
        assert!(
            name.starts_with(&format!("{:04}_", i + 1)),
            "{name} is out of line"
        );
    }
}

#[test]
fn sqlite_goes_there_and_back_with_data() {
    there_and_back(&support::empty_sqlite(), "sqlite");
}

#[test]
fn postgres_goes_there_and_back_with_data() {
    if let Some(db) = support::empty_postgres() {
        there_and_back(&db, "postgres");
    }
}

fn there_and_back(db: &Db, kind: &str) {
    let conn = &mut db.connect();
    let mut filled: Vec<String> = Vec::new();
    for name in names(kind) {
        let version = name.split('_').next().unwrap();
        if name == "0020_appearances" {
            let taken_back = "UPDATE publications SET taken_back_at = created_at WHERE id = 1";
            conn.batch_execute(taken_back).unwrap();
        }
        assert_eq!(migrate::run_next(conn).unwrap(), version);
        let tables = tables(conn);
        // A migration may rename or drop a table that has rows; no other table loses its own.
        filled.retain(|table| tables.contains_key(table));
        for table in &filled {
            assert_eq!(count(conn, table), 2, "{name} lost rows of {table}");
        }
        if name == "0020_appearances" {
            // Row 1 was taken back; row 2 was to be seen at once.
            let seen = "publications WHERE appeared_at = created_at AND id = 2";
            assert_eq!(count(conn, seen), 1);
            assert_eq!(count(conn, "publications WHERE appeared_at IS NULL"), 1);
        }
        for table in new_tables(kind, &name) {
            fill(conn, &table, &tables[&table]);
            filled.push(table);
        }
    }
    assert!(migrate::pending(conn).unwrap().is_empty());
    let whole = tables(conn);
    assert_eq!(
        whole,
        tables_of_schema_rs(),
        "{kind} and src/store/schema.rs differ"
    );

    for name in names(kind).iter().rev() {
        assert_eq!(
            migrate::revert_last(conn).unwrap(),
            name.split('_').next().unwrap()
        );
    }
    assert_eq!(tables(conn), Tables::new(), "something stayed behind");

    let done = migrate::run(conn).unwrap();
    assert_eq!(done, names(kind));
    assert_eq!(tables(conn), whole);
}

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(kind)
}

fn names(kind: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder(kind))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The tables that a migration makes, in its order, so that a row finds those that it points to.
fn new_tables(kind: &str, migration: &str) -> Vec<String> {
    let sql = std::fs::read_to_string(folder(kind).join(migration).join("up.sql")).unwrap();
    sql.lines()
        .filter_map(|line| line.strip_prefix("CREATE TABLE "))
        .map(|rest| rest.split([' ', '(']).next().unwrap().to_owned())
        .collect()
}

/// Row 1 has every value, row 2 only what it must; each number is the row's own, so each points to its like.
fn fill(conn: &mut Conn, table: &str, columns: &Columns) {
    let is_pg = matches!(conn, Conn::Pg(_));
    for row in 1..=2 {
        let value = |(name, kind): &(String, String)| {
            if let Some((_, _, word)) = CHECKED.iter().find(|(t, c, _)| t == &table && c == name) {
                return (*word).to_owned();
            }
            match kind.trim_start_matches("Nullable<").trim_end_matches('>') {
                _ if row == 2 && kind.starts_with("Nullable") => "NULL".to_owned(),
                "BigInt" => row.to_string(),
                "Text" => format!("'x{row}'"),
                "Bool" => "TRUE".to_owned(),
                "Double" => "0.5".to_owned(),
                "Timestamp" => "'2026-07-08 01:00:00'".to_owned(),
                "Binary" if is_pg => r"'\x00'".to_owned(),
                "Binary" => "X'00'".to_owned(),
                other => panic!("{table}.{name}: what is a {other}?"),
            }
        };
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let values: Vec<String> = columns.iter().map(value).collect();
        let insert = format!(
            "INSERT INTO {table} ({}) VALUES ({})",
            names.join(", "),
            values.join(", ")
        );
        conn.batch_execute(&insert)
            .unwrap_or_else(|error| panic!("{insert}: {error}"));
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn count(conn: &mut Conn, table: &str) -> i64 {
    sql_query(format!("SELECT count(*) AS n FROM {table}"))
        .get_result::<Count>(conn)
        .unwrap()
        .n
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    optional: bool,
}

/// What the database has.
fn tables(conn: &mut Conn) -> Tables {
    let query = match conn {
        Conn::Pg(_) => {
            "SELECT table_name::text, column_name::text AS name, data_type::text AS kind, is_nullable = 'YES' AS optional
             FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
        }
        Conn::Sqlite(_) => {
            "SELECT t.name AS table_name, c.name AS name, c.type AS kind, c.\"notnull\" = 0 AS optional
             FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid"
        }
    };
    let mut tables = Tables::new();
    for column in sql_query(query).load::<Column>(conn).unwrap() {
        if column.table_name == "__diesel_schema_migrations" {
            continue;
        }
        let kind = match column.kind.to_lowercase().as_str() {
            "integer" | "bigint" => "BigInt",
            "text" => "Text",
            "boolean" => "Bool",
            "timestamp" | "timestamp without time zone" => "Timestamp",
            "blob" | "bytea" => "Binary",
            "double" | "double precision" => "Double",
            other => panic!(
                "{}.{}: no column of ours is a {other}",
                column.table_name, column.name
            ),
        };
        let kind = if column.optional {
            format!("Nullable<{kind}>")
        } else {
            kind.to_owned()
        };
        tables
            .entry(column.table_name)
            .or_default()
            .push((column.name, kind));
    }
    tables
}

/// What the queries believe, read from the source: `table! { name (id) { column -> Type, … } }`.
fn tables_of_schema_rs() -> Tables {
    let source = include_str!("../src/store/schema.rs");
    let mut tables = Tables::new();
    for table in source.split("table! {").skip(1) {
        let (head, body) = table.split_once(") {").unwrap();
        let name = head.split('(').next().unwrap().trim();
        let columns = body.split('}').next().unwrap();
        let columns = columns
            .lines()
            .filter_map(|line| line.trim().trim_end_matches(',').split_once(" -> "))
            .map(|(column, kind)| (column.to_owned(), kind.to_owned()))
            .collect();
        tables.insert(name.to_owned(), columns);
    }
    tables
}
