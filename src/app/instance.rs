//! A whole instance as one file: the way from one database to another, of either kind.
//!
//! The file is a document of lines, each a JSON value. The first says what it is and which tables' shape it has; each
//! table begins with its columns, goes on with a line for each row, and ends with their number and their SHA-256; the
//! last line has the SHA-256 of everything before it:
//!
//! ```text
//! {"palmares_instance":1,"schema":"0010","program":"0.1.0","made_at":"2026-07-08T01:00:00Z"}
//! {"table":"users","columns":[["id","bigint"],["public_id","text"],…]}
//! [1,"k3V…",…]
//! {"end":"users","rows":1,"sha256":"…"}
//! …
//! {"end":"instance","rows":4711,"sha256":"…"}
//! ```
//!
//! Moments are RFC 3339, bytes are hexadecimal, numbers with a binary fraction are texts. Nothing holds more than some
//! rows at once, in either direction.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::Tx;
use crate::config::Mistake;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::instance::{self as store, Column, KEPT, Kept, Value};
use crate::store::migrate;

/// The format that is written, and the only one that is read.
const FORMAT: u32 = 1;
/// About how many bytes of rows are held at once.
const HELD_BYTES: usize = 4 << 20;
/// The most rows that are held at once: as many as fit into one statement.
const HELD_ROWS: usize = 500;

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The rows of each table.
    pub tables: Vec<(String, u64)>,
    /// The SHA-256 of all lines but the last: the same number on both sides is the same instance.
    pub sha256: String,
}

impl Summary {
    /// The rows of all tables.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|(_, rows)| rows).sum()
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    palmares_instance: u32,
    schema: String,
    program: String,
    made_at: Stamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    table: String,
    columns: Vec<(String, String)>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    end: String,
    rows: u64,
    sha256: String,
}

impl Begin {
    fn of(table: &str, columns: &[Column]) -> Self {
        Self {
            table: table.to_owned(),
            columns: columns
                .iter()
                .map(|column| (column.name.clone(), column.kind.as_str().to_owned()))
                .collect(),
        }
    }
}

/// Writes everything that goes along, as it is in this transaction.
///
/// # Errors
/// When the database fails, or what is written to.
pub fn write(tx: &mut Tx<'_>, out: &mut dyn Write) -> Result<Summary> {
    let mut out = Summed {
        out,
        sum: Sha256::new(),
    };
    out.line(&Head {
        palmares_instance: FORMAT,
        schema: migrate::newest()?,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: tx.now,
    })?;
    let mut tables = Vec::new();
    for table in KEPT {
        let columns = store::columns(tx.conn, table.name)?;
        out.line(&Begin::of(table.name, &columns))?;
        let end = each_row(tx, table, &columns, &mut |line| {
            out.sum.update(line);
            out.out.write_all(line).map_err(Error::internal)
        })?;
        out.line(&end)?;
        tables.push((end.end, end.rows));
    }
    let summary = Summary {
        tables,
        sha256: hex(out.sum.clone()),
    };
    out.line(&End {
        end: "instance".to_owned(),
        rows: summary.rows(),
        sha256: summary.sha256.clone(),
    })?;
    Ok(summary)
}

/// Reads a file to its end without a database: whether it is whole and of this program's shape.
///
/// # Errors
/// [`Mistake`] inside [`Error::Internal`] with what is wrong, and in which line.
pub fn check(file: &mut dyn BufRead) -> Result<Summary> {
    walk(file, &mut |_| Ok(()))
}

/// Fills the empty database of this transaction from a file, then compares: every table's rows, as they are read back,
/// have the number and the SHA-256 that the file says.
///
/// # Errors
/// [`Mistake`] inside [`Error::Internal`] when the file is wrong or the database is in use.
pub fn read(tx: &mut Tx<'_>, file: &mut dyn BufRead) -> Result<Summary> {
    store::lock(tx.conn)?;
    if let Some(table) = store::in_use(tx.conn)? {
        return Err(Mistake::because(format!(
            "the database is in use (it has {}): an instance goes into an empty one",
            table.replace('_', " ")
        )));
    }
    let mut filling: Option<(&Kept, Vec<Column>)> = None;
    let mut held: Vec<Vec<Value>> = Vec::new();
    let mut bytes = 0;
    let mut ends = Vec::new();
    let summary = walk(file, &mut |part| {
        match part {
            Part::Begin(table, begin) => {
                let columns = store::columns(tx.conn, table.name)?;
                if Begin::of(table.name, &columns).columns != begin.columns {
                    let told = format!("the columns of {} are others than in this database", table.name);
                    return Err(Mistake::because(told));
                }
                filling = Some((table, columns));
            }
            Part::Row(row, length) => {
                let Some((table, columns)) = &filling else {
                    return Ok(());
                };
                held.push(row);
                bytes += length;
                if held.len() == HELD_ROWS || bytes > HELD_BYTES {
                    put(tx, table, columns, &mut held)?;
                    bytes = 0;
                }
            }
            Part::End(end) => {
                if let Some((table, columns)) = filling.take() {
                    put(tx, table, &columns, &mut held)?;
                    bytes = 0;
                    ends.push((table, columns, end));
                }
            }
        }
        Ok(())
    })?;
    for (table, columns, end) in ends {
        let stored = each_row(tx, table, &columns, &mut |_| Ok(()))?;
        if stored != end {
            let told = format!(
                "{} came out otherwise than it went in: {stored:?}, {end:?}",
                table.name
            );
            return Err(Error::internal(told));
        }
    }
    let dangling = store::dangling(tx.conn)?;
    if !dangling.is_empty() {
        let told = format!(
            "rows point to others that are not in the file: {}",
            dangling.join(", ")
        );
        return Err(Mistake::because(told));
    }
    store::count_on(tx.conn)?;
    store::forget_setup(tx.conn)?;
    Ok(summary)
}

fn put(tx: &mut Tx<'_>, table: &Kept, columns: &[Column], held: &mut Vec<Vec<Value>>) -> Result<()> {
    let refused = |error| match error {
        Error::Internal(cause) => Mistake::because(format!("{} can't be filled: {cause}", table.name)),
        other => other,
    };
    store::insert(tx.conn, table.name, columns, held).map_err(refused)?;
    held.clear();
    Ok(())
}

/// Gives every row of a table as its line, and at last how many there were and their sum.
fn each_row(
    tx: &mut Tx<'_>,
    table: &Kept,
    columns: &[Column],
    give: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<End> {
    let (mut after, mut rows, mut sum) = (i64::MIN, 0, Sha256::new());
    // Begins small, and follows the size of the rows that came.
    let mut limit = 16;
    loop {
        let page = store::page(tx.conn, table, columns, after, limit)?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        let (mut bytes, mut count) = (0, 0);
        for (_, values) in &page {
            let mut line =
                serde_json::to_vec(&values.iter().map(json).collect::<Vec<_>>()).map_err(Error::internal)?;
            line.push(b'\n');
            sum.update(&line);
            give(&line)?;
            bytes += line.len();
            count += 1;
        }
        rows += count;
        let fit = HELD_BYTES / (bytes / page.len()).max(1);
        limit = i64::try_from(fit.clamp(1, HELD_ROWS)).map_err(Error::internal)?;
    }
    Ok(End {
        end: table.name.to_owned(),
        rows,
        sha256: hex(sum),
    })
}

/// A value as it stands in a file.
fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Int(n) => Json::from(*n),
        Value::Text(text) => Json::from(text.as_str()),
        Value::Bool(yes) => Json::from(*yes),
        Value::Double(n) => Json::from(n.to_string()),
        Value::Moment(at) => Json::from(at.to_string()),
        Value::Bytes(bytes) => Json::from(hex_of(bytes)),
    }
}

/// The value of a column that stands in a file; none for what can't stand there.
fn value(kind: &str, json: Json) -> Option<Value> {
    Some(match (kind, json) {
        (_, Json::Null) => Value::Null,
        ("bigint", Json::Number(n)) => Value::Int(n.as_i64()?),
        ("text", Json::String(text)) => Value::Text(text),
        ("bool", Json::Bool(yes)) => Value::Bool(yes),
        ("double", Json::String(text)) => Value::Double(text.parse().ok()?),
        ("timestamp", at @ Json::String(_)) => Value::Moment(serde_json::from_value(at).ok()?),
        ("binary", Json::String(text)) => Value::Bytes(store::bytes_of_hex(&text)?),
        _ => return None,
    })
}

/// A part of a file, in the order of the file.
enum Part {
    Begin(&'static Kept, Begin),
    /// A row and how long its line is.
    Row(Vec<Value>, usize),
    End(End),
}

/// Reads a file to its end, gives its parts on the way, and refuses whatever is no such file.
fn walk(file: &mut dyn BufRead, give: &mut dyn FnMut(Part) -> Result<()>) -> Result<Summary> {
    let mut lines = Lines {
        file,
        number: 0,
        sum: Sha256::new(),
        line: Vec::new(),
    };
    lines.next()?;
    let head: Head = lines.parse("is no instance that palmares exported")?;
    fits(&head)?;
    let mut tables = Vec::new();
    for table in KEPT {
        lines.next()?;
        let begin: Begin = lines.parse("begins no table")?;
        if begin.table != table.name {
            return Err(lines.wrong(&format!("expected the table {}", table.name)));
        }
        let kinds: Vec<String> = begin.columns.iter().map(|(_, kind)| kind.clone()).collect();
        give(Part::Begin(table, begin))?;
        let (mut rows, mut sum) = (0, Sha256::new());
        let end: End = loop {
            lines.next()?;
            if lines.line.first() != Some(&b'[') {
                break lines.parse("is neither a row nor the end of a table")?;
            }
            let row: Vec<Json> = lines.parse("is no row")?;
            let values: Option<Vec<Value>> = (row.len() == kinds.len())
                .then(|| {
                    kinds
                        .iter()
                        .zip(row)
                        .map(|(kind, json)| value(kind, json))
                        .collect()
                })
                .flatten();
            let values = values.ok_or_else(|| lines.wrong(&format!("is no row of {}", table.name)))?;
            sum.update(&lines.line);
            rows += 1;
            give(Part::Row(values, lines.line.len()))?;
        };
        let read = End {
            end: table.name.to_owned(),
            rows,
            sha256: hex(sum),
        };
        if end != read {
            return Err(lines.wrong(&format!(
                "the rows of {} are not those that were exported",
                table.name
            )));
        }
        tables.push((table.name.to_owned(), rows));
        give(Part::End(end))?;
    }
    let sha256 = hex(lines.sum.clone());
    lines.next()?;
    let end: End = lines.parse("is not the end of an instance")?;
    let summary = Summary { tables, sha256 };
    if end.end != "instance" || end.rows != summary.rows() || end.sha256 != summary.sha256 {
        return Err(lines.wrong("the file was changed after it was exported"));
    }
    if !lines.file.fill_buf().map_err(Error::internal)?.is_empty() {
        return Err(lines.wrong("there is more after the end"));
    }
    Ok(summary)
}

/// Whether this program reads files of this shape.
fn fits(head: &Head) -> Result<()> {
    let newest = migrate::newest()?;
    let told = if head.palmares_instance != FORMAT {
        format!(
            "the file has the format {}, and this program reads {FORMAT}: import it with palmares {}",
            head.palmares_instance, head.program
        )
    } else if head.schema > newest {
        format!(
            "the file was made by a newer palmares ({}, tables {}), and this one has tables {newest}: \
             import it with that version",
            head.program, head.schema
        )
    } else if head.schema < newest {
        format!(
            "the file was made by an older palmares ({}, tables {}), and this one has tables {newest}: \
             bring the old instance up to date with `palmares migrate` and export it again, or import it with that version",
            head.program, head.schema
        )
    } else {
        return Ok(());
    };
    Err(Mistake::because(told))
}

/// The lines of a file.
struct Lines<'a> {
    file: &'a mut dyn BufRead,
    number: u64,
    sum: Sha256,
    /// The line at hand, with its end.
    line: Vec<u8>,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<()> {
        self.line.clear();
        self.file
            .read_until(b'\n', &mut self.line)
            .map_err(|e| Mistake::because(format!("the file can't be read: {e}")))?;
        self.number += 1;
        if self.line.last() != Some(&b'\n') {
            return Err(self.wrong("the file ends here, before its end: it is not whole"));
        }
        self.sum.update(&self.line);
        Ok(())
    }

    fn parse<T: serde::de::DeserializeOwned>(&self, otherwise: &str) -> Result<T> {
        serde_json::from_slice(&self.line).map_err(|_| self.wrong(otherwise))
    }

    fn wrong(&self, what: &str) -> Error {
        Mistake::because(format!("line {}: {what}; nothing was imported", self.number))
    }
}

/// Writes lines and adds them up.
struct Summed<'a> {
    out: &'a mut dyn Write,
    sum: Sha256,
}

impl Summed<'_> {
    fn line(&mut self, value: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_vec(value).map_err(Error::internal)?;
        line.push(b'\n');
        self.sum.update(&line);
        self.out.write_all(&line).map_err(Error::internal)
    }
}

fn hex(sum: Sha256) -> String {
    hex_of(&sum.finalize())
}

fn hex_of(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
