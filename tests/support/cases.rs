//! Real contests with an official outcome. Their data stand outside the repository; `PALMARES_CASES` names the folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use palmares::domain::points::Points;

/// A line of a file, by column.
pub type Row = BTreeMap<String, String>;

/// European Figure Skating Championships 2017, ladies.
pub struct Skating {
    /// Everybody who skated.
    pub entries: Vec<Row>,
    pub short: Programme,
    pub free: Programme,
    /// The final order of those who reached the free programme.
    pub finals: Vec<Row>,
}

/// One of its two rounds.
pub struct Programme {
    /// The rules of the round.
    pub rules: &'static str,
    /// The official result, the best first.
    pub results: Vec<Row>,
    /// The nine judges' marks and the official panel score, one line for each entry and criterion.
    pub marks: Vec<Row>,
}

/// What the judges mark: the official name, and our code.
pub const CRITERIA: [(&str, &str); 5] = [
    ("Skating Skills", "skating_skills"),
    ("Transitions", "transitions"),
    ("Performance", "performance"),
    ("Composition", "composition"),
    ("Interpretation of the Music", "interpretation"),
];

/// How many judges.
pub const JUDGES: usize = 9;

/// The skating case; `None`, and a line that says so, where nobody says where the data are.
pub fn skating() -> Option<Skating> {
    let Some(cases) = std::env::var_os("PALMARES_CASES") else {
        println!("skipped: PALMARES_CASES names no folder of real cases");
        return None;
    };
    let folder = PathBuf::from(cases).join("euros-2017-ladies");
    let programme = |name: &str, rules| Programme {
        rules,
        results: rows(&folder, &format!("{name}.csv")),
        marks: rows(&folder, &format!("marks_{name}.csv")),
    };
    Some(Skating {
        entries: rows(&folder, "entries.csv"),
        short: programme(
            "short",
            include_str!("../../src/domain/rules/templates/skating-short.json"),
        ),
        free: programme(
            "free",
            include_str!("../../src/domain/rules/templates/skating-free.json"),
        ),
        finals: rows(&folder, "final.csv"),
    })
}

impl Programme {
    /// The line of an entry's criterion.
    pub fn line(&self, entry: i64, criterion: &str) -> &Row {
        let line = |row: &&Row| number(row) == entry && row["criterion"] == criterion;
        self.marks
            .iter()
            .find(line)
            .unwrap_or_else(|| panic!("no marks of entry {entry} for {criterion}"))
    }

    /// The mark that a judge gave; a blank one is none.
    pub fn mark(&self, entry: i64, criterion: &str, judge: usize) -> Option<&str> {
        let mark = self.line(entry, criterion)[&format!("J{judge}")].as_str();
        Some(mark).filter(|mark| !mark.is_empty())
    }
}

/// The entry of a line.
pub fn number(row: &Row) -> i64 {
    row["number"].parse().unwrap()
}

/// A figure as the protocols print it; the files spell some with fewer digits (`8.0`).
pub fn two_decimals(figure: &str) -> String {
    figure.parse::<Points>().unwrap().show(2)
}

fn rows(folder: &Path, file: &str) -> Vec<Row> {
    let path = folder.join(file);
    let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    reader.deserialize().map(Result::unwrap).collect()
}
