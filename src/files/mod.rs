//! A contest in files: `rules.json`, `entries.csv`, `marks.csv` and what may stand beside them, so that anybody can
//! compute a committee's result again without server or database.
//!
//! Nothing here touches a disk: a folder is its files' bytes by name. [`read`] names every wrong place of all files at
//! once, [`write`] gives the files of a contest (reading and writing them again gives the same bytes), [`Tabulated`]
//! is the result as a table, as CSV, as JSON and as sentences.

mod encoding;
mod formula;
mod place;
mod read;
mod report;
#[cfg(test)]
mod tests;
mod width;
mod write;

use std::collections::BTreeMap;

use crate::domain::advancement::Decisions;
use crate::domain::invalid::FieldError;
use crate::domain::rules::Rules;
use crate::domain::scoring::Input;
use crate::domain::text::{Lang, Text};
use crate::words;

pub use read::{check_rules, read};
pub use report::Tabulated;
pub use write::write;

/// The files of a folder: their bytes by name, in UTF-8, in UTF-16 with a byte order mark or in GB18030. Files of other names are nobody's business.
pub type Folder = BTreeMap<String, Vec<u8>>;

/// The rules of the round; required.
pub const RULES: &str = "rules.json";
/// `entry`, the columns that the rules group by, `title` or `title_en` and `title_zh`, `group`, `panel`, `institution`,
/// `status` (`withdrawn`, `disqualified`), `reason`; required.
pub const ENTRIES: &str = "entries.csv";
/// `entry`, `judge` (empty: recorded), `criterion`, `mark` (empty: none given); required.
pub const MARKS: &str = "marks.csv";
/// `judge`, `panel`, `class`, `sealed` (`yes`): who should have marked, so that a missing sheet is noticed.
pub const PANELS: &str = "panels.csv";
/// `entry`, `judge`: who stepped down or was absent, so that nobody waits for their sheets.
pub const EXCUSED: &str = "excused.csv";
/// `entry`, `points`, `reason`: penalties and bonuses; or `rule` and `quantity`, where the rules count them.
pub const ADJUSTMENTS: &str = "adjustments.csv";
/// `entry`, `round`, `total`, `rank`, `exact` (the total before its last rounding, where that is carried over).
pub const PREVIOUS: &str = "previous.csv";
/// `decision` (`chair`, `lot`, `organizers`, `excluded`, `nominated`, `withheld`), `entries` (numbers, the best first), `reason`;
/// `award` and `group` of what is withheld; `given_up` with the `stream`, `kept` with `stream` and `by`, for places that
/// were declined or left, and those that their holders keep; `left`: who left altogether and gets no place.
pub const DECISIONS: &str = "decisions.csv";
/// What made panels comparable when the results were closed, by group: as the export writes it.
pub const SCALES: &str = "scales.json";
/// `group`, `title` or `title_en` and `title_zh`, `entrants` and `lot` (its turn), where places are shared out. Where the
/// rules rank all entries together, the name of their only group.
pub const GROUPS: &str = "groups.csv";

/// Every file that is read, in the order in which wrong places are listed.
pub const NAMES: &[&str] = &[
    RULES,
    ENTRIES,
    PANELS,
    MARKS,
    EXCUSED,
    ADJUSTMENTS,
    PREVIOUS,
    DECISIONS,
    GROUPS,
    SCALES,
];

/// A contest as its files hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    /// The rules of the round.
    pub rules: Rules,
    /// What happened.
    pub input: Input,
    /// What people decided about advancement.
    pub decisions: Decisions,
    /// What entries are called, by number.
    pub titles: BTreeMap<i64, Text>,
    /// What groups are called; without a word as in [`Input`].
    pub group_titles: BTreeMap<String, Text>,
    /// Columns of `entries.csv` that mean nothing here or only make the groups.
    pub further: Further,
}

/// Further columns of `entries.csv`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Further {
    /// Their names.
    pub columns: Vec<String>,
    /// Their values by entry, one for each column.
    pub values: BTreeMap<i64, Vec<String>>,
}

impl Further {
    /// The value of an entry in a column.
    #[must_use]
    pub fn value(&self, entry: i64, column: &str) -> Option<&str> {
        let at = self.columns.iter().position(|c| c == column)?;
        Some(self.values.get(&entry)?.get(at)?.as_str())
    }
}

/// One wrong place of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file's name.
    pub file: String,
    /// Its line, from 1; none when the file itself is what is wrong.
    pub line: Option<u64>,
    /// Where in the line: a column's name in CSV, the number of a character in JSON.
    pub column: Option<String>,
    /// What is wrong; in `rules.json` with its JSON pointer.
    pub error: FieldError,
}

impl Problem {
    /// File, line, column and what is wrong, as a sentence.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let text = words::field_error(&self.error, lang);
        let mut params = words::Params::from([("file", self.file.clone()), ("text", text)]);
        let or_none = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
        params.insert("line", or_none(self.line.map(|n| n.to_string())));
        params.insert("column", or_none(self.column.clone()));
        let pointer = Some(self.error.pointer.clone()).filter(|p| !p.is_empty());
        params.insert("pointer", or_none(pointer));
        words::message("files-problem", &params, lang)
    }
}

/// Everything that is wrong with a folder; never empty inside an `Err`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    fn file(&mut self, file: &'static str, error: FieldError) {
        self.0.push(Problem {
            file: file.to_owned(),
            line: None,
            column: None,
            error,
        });
    }

    /// A sentence for each, in order of files and lines.
    #[must_use]
    pub fn sentences(&self, lang: Lang) -> Vec<String> {
        self.0.iter().map(|problem| problem.sentence(lang)).collect()
    }
}
