//! A whole instance, table by table and row by row, whatever the tables are: what [`KEPT`] names goes along, what
//! [`LEFT_OUT`] names stays behind. `tests/instance.rs` fails for a table that is in neither.
//!
//! Columns are read from the database's own catalogue, so a new column needs nothing here.

use chrono::NaiveDateTime;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::row::NamedRow;
use diesel::sql_types::{BigInt, Binary, Bool, Double, Nullable, Text, Timestamp};
use diesel::{RunQueryDsl, sql_query};

use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::conn::Conn;

/// A table that goes along. Its rows are told apart by `id`, a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub name: &'static str,
    /// Which of its rows: a condition; all of them without one.
    pub only: Option<&'static str>,
    /// Columns that stay behind: they are empty in the copy.
    pub blank: &'static [&'static str],
}

/// A table that stays behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub name: &'static str,
    /// Why, in words for whoever moves an instance.
    pub why: &'static str,
    /// Whether the first start of a server puts rows there: they do not make an instance that is in use.
    pub begins_filled: bool,
}

const fn all(name: &'static str) -> Kept {
    Kept {
        name,
        only: None,
        blank: &[],
    }
}

const fn left(name: &'static str, why: &'static str) -> LeftOut {
    LeftOut {
        name,
        why,
        begins_filled: false,
    }
}

const fn filled(name: &'static str, why: &'static str) -> LeftOut {
    LeftOut {
        name,
        why,
        begins_filled: true,
    }
}

/// What goes along, each table after those that it points to.
pub const KEPT: &[Kept] = &[
    all("users"),
    all("identities"),
    all("competitions"),
    all("tracks"),
    all("regions"),
    all("members"),
    Kept {
        name: "invitations",
        // An open one is a link that lets somebody in.
        only: Some("accepted_at IS NOT NULL OR revoked_at IS NOT NULL"),
        blank: &[],
    },
    all("entries"),
    all("team_members"),
    all("events"),
    all("rounds"),
    all("rules_versions"),
    all("round_groups"),
    all("round_entries"),
    all("round_judges"),
    all("panels"),
    all("panel_judges"),
    all("assignments"),
    all("ballots"),
    all("ballot_versions"),
    all("adjustments"),
    all("tie_decisions"),
    all("standings"),
    all("scales"),
    all("advancements"),
    all("advancement_outcomes"),
    all("offers"),
    all("proposals"),
    all("publications"),
    all("publication_entries"),
];

/// What stays behind.
pub const LEFT_OUT: &[LeftOut] = &[
    left("sessions", "everybody signs in again"),
    left("judge_links", "organizers print new ones"),
    left("tablets", "organizers bind them again"),
    left("refresh_tokens", "they belong to sessions"),
    left("idempotency_keys", "answers kept for a day, with secrets in them"),
    left(
        "outbox",
        "messages under way hold links; the old instance delivers them",
    ),
    left("links", "one-time ways to a password"),
    left(
        "second_factors",
        "encrypted by the instance's secret; people set theirs up again",
    ),
    left("recovery_codes", "they belong to second factors"),
    left("sign_in_steps", "sign-ins under way"),
    left("api_tokens", "programs get new ones"),
    left("sign_in_codes", "one-time codes"),
    left("phone_codes", "one-time codes"),
    left("spent_sign_ins", "sign-ins at providers under way"),
    filled("brakes", "who tried too often just now"),
    filled("signing_keys", "each instance makes its own"),
    filled("setup_tokens", "a way to become admin"),
    filled("versions", "counters of news between running nodes"),
];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number.
    BigInt,
    /// A text.
    Text,
    /// Yes or no.
    Bool,
    /// A number with a binary fraction.
    Double,
    /// A moment, UTC.
    Timestamp,
    /// Bytes.
    Binary,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// None.
    Null,
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A number with a binary fraction.
    Double(f64),
    /// A moment.
    Moment(Stamp),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Kind {
    /// What a database calls the type of a column.
    fn of(declared: &str) -> Option<Self> {
        Some(match declared.to_ascii_lowercase().as_str() {
            "integer" | "bigint" => Self::BigInt,
            "text" => Self::Text,
            "boolean" => Self::Bool,
            "double" | "double precision" => Self::Double,
            "timestamp" | "timestamp without time zone" => Self::Timestamp,
            "blob" | "bytea" => Self::Binary,
            _ => return None,
        })
    }

    /// The name of a kind in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BigInt => "bigint",
            Self::Text => "text",
            Self::Bool => "bool",
            Self::Double => "double",
            Self::Timestamp => "timestamp",
            Self::Binary => "binary",
        }
    }
}

#[derive(diesel::QueryableByName)]
struct Declared {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

/// The columns of a table in their order; none for a table that does not exist.
///
/// # Errors
/// When the database fails, or holds a type that no column of ours has.
pub fn columns(conn: &mut Conn, table: &str) -> Result<Vec<Column>> {
    let sql = match conn {
        Conn::Pg(_) => {
            "SELECT column_name::text AS name, data_type::text AS kind FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
        }
        Conn::Sqlite(_) => "SELECT name, type AS kind FROM pragma_table_info($1) ORDER BY cid",
    };
    let declared: Vec<Declared> = sql_query(sql).bind::<Text, _>(table).load(conn)?;
    let column = |Declared { name, kind }: Declared| match Kind::of(&kind) {
        Some(kind) => Ok(Column { name, kind }),
        None => Err(Error::internal(format!("{table}.{name} is a {kind}"))),
    };
    declared.into_iter().map(column).collect()
}

/// The tables of the database, without those that migrations and the database itself keep.
///
/// # Errors
/// When the database fails.
pub fn tables(conn: &mut Conn) -> Result<Vec<String>> {
    #[derive(diesel::QueryableByName)]
    struct Named {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let sql = match conn {
        Conn::Pg(_) => {
            "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()
             AND tablename <> '__diesel_schema_migrations' ORDER BY tablename"
        }
        Conn::Sqlite(_) => {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
             AND name <> '__diesel_schema_migrations' ORDER BY name"
        }
    };
    let named: Vec<Named> = sql_query(sql).load(conn)?;
    Ok(named.into_iter().map(|table| table.name).collect())
}

/// The first table that has rows, of those that show that an instance is in use.
///
/// # Errors
/// When the database fails.
pub fn in_use(conn: &mut Conn) -> Result<Option<&'static str>> {
    let left = LEFT_OUT.iter().filter(|table| !table.begins_filled);
    for table in KEPT.iter().map(|table| table.name).chain(left.map(|t| t.name)) {
        let some: Vec<Texts> = sql_query(format!("SELECT 'x' AS c0 FROM {table} LIMIT 1")).load(conn)?;
        if !some.is_empty() {
            return Ok(Some(table));
        }
    }
    Ok(None)
}

/// Keeps everybody else from writing until this transaction ends. On SQLite writers are alone anyway.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut Conn) -> Result<()> {
    if let Conn::Pg(c) = conn {
        let names: Vec<&str> = KEPT.iter().map(|table| table.name).collect();
        sql_query(format!("LOCK TABLE {} IN EXCLUSIVE MODE", names.join(", "))).execute(c)?;
    }
    Ok(())
}

/// A row as texts, which both databases write the same way.
struct Texts(Vec<Option<String>>);

impl<DB: Backend> QueryableByName<DB> for Texts
where
    String: FromSql<Text, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        let count = row.field_count();
        let text = |at| NamedRow::get::<Nullable<Text>, Option<String>>(row, &format!("c{at}"));
        (0..count).map(text).collect::<deserialize::Result<_>>().map(Self)
    }
}

/// At most `limit` rows of a table after the row `after`, in the order of their ids, each with its id.
///
/// # Errors
/// When the database fails, or holds what is no value of the column.
pub fn page(
    conn: &mut Conn,
    table: &Kept,
    columns: &[Column],
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Vec<Value>)>> {
    let is_pg = matches!(conn, Conn::Pg(_));
    let shown: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let shown = if table.blank.contains(&column.name.as_str()) {
                "CAST(NULL AS TEXT)".to_owned()
            } else {
                as_text(is_pg, column)
            };
            format!("{shown} AS c{at}")
        })
        .collect();
    let id = columns
        .iter()
        .position(|column| column.name == "id")
        .ok_or_else(|| Error::internal(format!("{} has no id", table.name)))?;
    let only = table
        .only
        .map(|only| format!(" AND ({only})"))
        .unwrap_or_default();
    let sql = format!(
        "SELECT {} FROM {} WHERE id > $1{only} ORDER BY id LIMIT $2",
        shown.join(", "),
        table.name
    );
    let texts: Vec<Texts> = sql_query(sql)
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(limit)
        .load(conn)?;
    texts
        .into_iter()
        .map(|Texts(texts)| {
            let values: Vec<Value> = columns
                .iter()
                .zip(texts)
                .map(|(column, text)| {
                    value(column.kind, text)
                        .ok_or_else(|| Error::internal(format!("{}.{}", table.name, column.name)))
                })
                .collect::<Result<_>>()?;
            match values.get(id) {
                Some(Value::Int(id)) => Ok((*id, values)),
                _ => Err(Error::internal(format!("a row of {} has no id", table.name))),
            }
        })
        .collect()
}

/// The expression that gives a column as text, so that nothing of it is lost.
fn as_text(is_pg: bool, column: &Column) -> String {
    let name = format!("\"{}\"", column.name);
    match (column.kind, is_pg) {
        (Kind::Text, _) => name,
        (Kind::BigInt, _) => format!("CAST({name} AS TEXT)"),
        (Kind::Bool, _) => format!("CAST(CAST({name} AS INTEGER) AS TEXT)"),
        (Kind::Double, true) => format!("CAST({name} AS TEXT)"),
        (Kind::Double, false) => {
            format!("CASE WHEN {name} IS NULL THEN NULL ELSE printf('%!.17g', {name}) END")
        }
        (Kind::Timestamp, true) => format!("to_char({name}, 'YYYY-MM-DD HH24:MI:SS.US')"),
        (Kind::Timestamp, false) => format!("CAST({name} AS TEXT)"),
        (Kind::Binary, true) => format!("encode({name}, 'hex')"),
        (Kind::Binary, false) => {
            format!("CASE WHEN {name} IS NULL THEN NULL ELSE lower(hex({name})) END")
        }
    }
}

/// The value that a text stands for; none for what can't stand in such a column.
fn value(kind: Kind, text: Option<String>) -> Option<Value> {
    let Some(text) = text else {
        return Some(Value::Null);
    };
    Some(match kind {
        Kind::Text => Value::Text(text),
        Kind::BigInt => Value::Int(text.parse().ok()?),
        Kind::Bool => Value::Bool(match text.as_str() {
            "0" => false,
            "1" => true,
            _ => return None,
        }),
        Kind::Double => Value::Double(text.parse().ok()?),
        Kind::Timestamp => {
            let moment = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f").ok()?;
            Value::Moment(Stamp::from_naive(moment))
        }
        Kind::Binary => Value::Bytes(bytes_of_hex(&text)?),
    })
}

/// The bytes that pairs of hexadecimal digits stand for.
#[must_use]
pub fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let pair = |at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(pair).collect()
}

/// Puts rows into a table, with the ids that they have.
///
/// # Errors
/// When the database refuses one: then none of them is there.
pub fn insert(conn: &mut Conn, table: &str, columns: &[Column], rows: &[Vec<Value>]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = columns.iter().map(|c| format!("\"{}\"", c.name)).collect();
    let places: Vec<String> = (0..rows.len())
        .map(|row| {
            let first = row * columns.len();
            let places = (1..=columns.len()).map(|at| format!("${}", first + at));
            format!("({})", places.collect::<Vec<_>>().join(", "))
        })
        .collect();
    let sql = format!(
        "INSERT INTO {table} ({}) VALUES {}",
        names.join(", "),
        places.join(", ")
    );
    each!(conn, c => {
        let mut query = sql_query(sql).into_boxed();
        for (column, value) in rows.iter().flat_map(|row| columns.iter().zip(row)) {
            query = match (column.kind, value) {
                (Kind::BigInt, Value::Int(n)) => query.bind::<BigInt, _>(*n),
                (Kind::Text, Value::Text(text)) => query.bind::<Text, _>(text.as_str()),
                (Kind::Bool, Value::Bool(yes)) => query.bind::<Bool, _>(*yes),
                (Kind::Double, Value::Double(n)) => query.bind::<Double, _>(*n),
                (Kind::Timestamp, Value::Moment(at)) => query.bind::<Timestamp, _>(at.naive()),
                (Kind::Binary, Value::Bytes(bytes)) => query.bind::<Binary, _>(bytes.as_slice()),
                (Kind::BigInt, _) => query.bind::<Nullable<BigInt>, _>(None::<i64>),
                (Kind::Text, _) => query.bind::<Nullable<Text>, _>(None::<&str>),
                (Kind::Bool, _) => query.bind::<Nullable<Bool>, _>(None::<bool>),
                (Kind::Double, _) => query.bind::<Nullable<Double>, _>(None::<f64>),
                (Kind::Timestamp, _) => query.bind::<Nullable<Timestamp>, _>(None::<NaiveDateTime>),
                (Kind::Binary, _) => query.bind::<Nullable<Binary>, _>(None::<&[u8]>),
            };
        }
        query.execute(c)
    })?;
    Ok(())
}

/// After rows came with their ids: the next row of each table gets an id of its own. SQLite counts on by itself.
///
/// # Errors
/// When the database fails.
pub fn count_on(conn: &mut Conn) -> Result<()> {
    if let Conn::Pg(c) = conn {
        for table in KEPT {
            let name = table.name;
            sql_query(format!(
                "SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))
                 WHERE EXISTS (SELECT 1 FROM {name})"
            ))
            .execute(c)?;
        }
    }
    Ok(())
}

/// The tables with rows that point to nothing. PostgreSQL never has any.
///
/// # Errors
/// When the database fails.
pub fn dangling(conn: &mut Conn) -> Result<Vec<String>> {
    #[derive(diesel::QueryableByName)]
    struct Dangling {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let Conn::Sqlite(c) = conn else {
        return Ok(Vec::new());
    };
    let sql = "SELECT DISTINCT \"table\" AS name FROM pragma_foreign_key_check";
    let found: Vec<Dangling> = sql_query(sql).load(c)?;
    Ok(found.into_iter().map(|row| row.name).collect())
}

/// Voids what lets anybody become the first admin: an instance that came whole has its own.
///
/// # Errors
/// When the database fails.
pub fn forget_setup(conn: &mut Conn) -> Result<()> {
    sql_query("DELETE FROM setup_tokens").execute(conn)?;
    Ok(())
}
