//! A CSV file as rows that know their line: lines ended by LF or CRLF, quoted fields.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};

use super::super::encoding::{Undecodable, decoded};
use super::super::formula::unguarded;
use super::super::{Problem, Problems};
use crate::domain::invalid::FieldError;

/// A file with its heading read.
pub(super) struct Table<'t> {
    file: &'static str,
    text: Cow<'t, str>,
    columns: Vec<String>,
    heading: u64,
}

/// One line of a table.
pub(super) struct Row<'r> {
    file: &'static str,
    line: u64,
    columns: &'r [String],
    record: &'r StringRecord,
}

/// The text of a file.
pub(super) fn text<'t>(file: &str, bytes: &'t [u8], problems: &mut Problems) -> Option<Cow<'t, str>> {
    let wrong = |at: Undecodable| Problem {
        file: file.to_owned(),
        line: Some(at.line),
        column: Some(at.column.to_string()),
        error: FieldError::new("", "file_not_utf8"),
    };
    decoded(bytes).map_err(|at| problems.0.push(wrong(at))).ok()
}

fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|b| u64::from(*b == b'\n')).sum()
}

impl<'t> Table<'t> {
    /// Reads the heading. `needed` names the columns that must be there.
    pub(super) fn open(
        file: &'static str,
        bytes: &'t [u8],
        needed: &[&str],
        problems: &mut Problems,
    ) -> Option<Self> {
        let text = text(file, bytes, problems)?;
        let mut table = Self {
            file,
            text,
            columns: Vec::new(),
            heading: 1,
        };
        let mut found = None;
        table.records(|line, record, _| {
            found = Some((
                line,
                record
                    .iter()
                    .map(|name| unguarded(name.trim()).to_owned())
                    .collect::<Vec<_>>(),
            ));
            false
        });
        let Some((line, columns)) = found else {
            problems.file(file, FieldError::new("", "file_empty"));
            return None;
        };
        (table.heading, table.columns) = (line, columns);
        let before = problems.0.len();
        for name in needed.iter().filter(|name| table.column(name).is_none()) {
            let error = FieldError::new("", "column_missing").with("column", name);
            table.heading_wrong(name, error.with("found", table.columns.join(", ")), problems);
        }
        for (i, name) in table.columns.iter().enumerate() {
            if !name.is_empty() && table.columns.iter().take(i).any(|other| other == name) {
                table.heading_wrong(
                    name,
                    FieldError::new("", "column_twice").with("column", name),
                    problems,
                );
            }
        }
        (problems.0.len() == before).then_some(table)
    }

    /// Notes what is wrong with the heading.
    pub(super) fn heading_wrong(&self, column: &str, error: FieldError, problems: &mut Problems) {
        problems.0.push(Problem {
            file: self.file.to_owned(),
            line: Some(self.heading),
            column: Some(column.to_owned()),
            error,
        });
    }

    /// The names of the columns.
    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The position of a column.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c == name)
    }

    /// Hands out each row below the heading that has something in it and as many fields as the heading.
    pub(super) fn rows(&self, problems: &mut Problems, mut each: impl FnMut(&Row<'_>, &mut Problems)) {
        let mut heading = true;
        self.records(|line, record, closed| {
            let row = Row {
                file: self.file,
                line,
                columns: &self.columns,
                record,
            };
            if std::mem::take(&mut heading) {
                return true;
            }
            if !closed {
                row.wrong(None, FieldError::new("", "quote_open"), problems);
            } else if record.len() != self.columns.len() {
                let error = FieldError::new("", "fields_number").with("given", record.len());
                row.wrong(None, error.with("expected", self.columns.len()), problems);
            } else {
                each(&row, problems);
            }
            true
        });
    }

    /// Goes through all records that are not blank, each with its line and whether its quotation marks are closed,
    /// until `each` gives false.
    fn records(&self, mut each: impl FnMut(u64, &StringRecord, bool) -> bool) {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(self.text.as_bytes());
        let mut record = StringRecord::new();
        let (mut line, mut counted) = (1, 0);
        while let Ok(true) = reader.read_record(&mut record) {
            // The reader's own position may stand before line ends and blank lines that were skipped.
            let from = place(record.position().map_or(0, csv::Position::byte));
            let to = place(reader.position().byte());
            let read = self.text.as_bytes().get(from..to).unwrap_or_default();
            let skipped = read.iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
            let start = from + skipped;
            line += lines(self.text.as_bytes().get(counted..start).unwrap_or_default());
            counted = start.max(counted);
            let closed = read.iter().filter(|b| **b == b'"').count() % 2 == 0;
            let blank = record.iter().all(|field| field.trim().is_empty());
            if !blank && !each(line, &record, closed) {
                return;
            }
        }
    }
}

fn place(byte: u64) -> usize {
    usize::try_from(byte).unwrap_or(usize::MAX)
}

impl Row<'_> {
    /// A field without the white space around it; nothing where there is no such column.
    pub(super) fn get(&self, column: Option<usize>) -> &str {
        self.raw(column).trim()
    }

    /// A field as it stands, but for what says that it is no formula.
    pub(super) fn raw(&self, column: Option<usize>) -> &str {
        unguarded(column.and_then(|i| self.record.get(i)).unwrap_or_default())
    }

    /// Notes what is wrong with a field, or with the whole line.
    pub(super) fn wrong(&self, column: Option<usize>, error: FieldError, problems: &mut Problems) {
        let column = column.and_then(|i| self.columns.get(i)).cloned();
        problems.0.push(Problem {
            file: self.file.to_owned(),
            line: Some(self.line),
            column,
            error,
        });
    }
}
