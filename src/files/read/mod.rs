//! From files to a contest: every wrong place of every file at once.

mod beside;
mod entries;
mod marks;
mod table;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(super) use self::entries::joined;
use self::table::{Row, Table};
use super::encoding::decoded;
use super::{
    ADJUSTMENTS, Contest, DECISIONS, ENTRIES, EXCUSED, Folder, Further, GROUPS, MARKS, PANELS, PREVIOUS,
    Problem, Problems, RULES, SCALES, place,
};
use crate::domain::advancement::Decisions;
use crate::domain::invalid::{FieldError, Invalid, pointer_step};
use crate::domain::rules::{Rules, Surroundings};
use crate::domain::scoring::{FixedScales, Input};
use crate::domain::text::Text;

/// Reads a contest.
///
/// # Errors
/// Every wrong place: a file that is missing or in no known encoding, a column that is missing, a line with too few fields, a value
/// that is none, a mark that the rules don't take, an entry that is unknown, rules that contradict themselves.
pub fn read(folder: &Folder) -> Result<Contest, Problems> {
    let mut problems = Problems::default();
    let rules = file(folder, RULES, &mut problems).and_then(|bytes| rules(RULES, bytes, &mut problems));
    let mut draft = Draft {
        rules: rules.as_ref(),
        input: Input::default(),
        decisions: Decisions::default(),
        titles: BTreeMap::new(),
        group_titles: BTreeMap::new(),
        further: Further::default(),
        known: None,
        has_panels: false,
        judges: BTreeMap::new(),
    };
    if let Some(bytes) = file(folder, ENTRIES, &mut problems) {
        draft.read(ENTRIES, bytes, &["entry"], &mut problems, entries::read);
    }
    let mut optional = |name, needed: &[&str], reader: Reader| {
        if let Some(bytes) = folder.get(name) {
            draft.read(name, bytes, needed, &mut problems, reader);
        }
    };
    optional(PANELS, &["judge"], beside::panels);
    optional(MARKS, &["entry", "judge", "criterion", "mark"], marks::read);
    optional(EXCUSED, &["entry", "judge"], beside::excused);
    optional(ADJUSTMENTS, &["entry", "points", "reason"], beside::adjustments);
    optional(PREVIOUS, &["entry", "round", "total"], beside::previous);
    optional(DECISIONS, &["decision", "entries"], beside::decisions);
    optional(GROUPS, &["group"], beside::groups);
    if let Some(bytes) = folder.get(SCALES) {
        draft.scales(bytes, &mut problems);
    }
    if rules.as_ref().is_some_and(|r| !r.rubric.criteria.is_empty()) {
        // Without marks there is nothing to compute; where only earlier rounds count there are none.
        let _ = file(folder, MARKS, &mut problems);
    }
    if let (Some(rules), Some(bytes), true) = (&rules, folder.get(RULES), problems.0.is_empty())
        && let Err(misfits) = rules.fits(&draft.surroundings())
    {
        let text = decoded(bytes).unwrap_or_default();
        problems.rules(RULES, &text, misfits);
    }
    match &rules {
        Some(rules) if problems.0.is_empty() => {
            let rules = rules.clone();
            Ok(draft.contest(rules))
        }
        _ => Err(problems),
    }
}

/// Reads rules from the bytes of a file of any name.
///
/// # Errors
/// Every wrong place, with the line and column of each.
pub fn check_rules(file: &str, bytes: &[u8]) -> Result<Rules, Problems> {
    let mut problems = Problems::default();
    rules(file, bytes, &mut problems).ok_or(problems)
}

type Reader = fn(&mut Draft<'_>, &Table<'_>, &mut Problems);

fn file<'f>(folder: &'f Folder, name: &'static str, problems: &mut Problems) -> Option<&'f [u8]> {
    let bytes = folder.get(name);
    if bytes.is_none() {
        problems.file(name, FieldError::new("", "file_missing"));
    }
    bytes.map(Vec::as_slice)
}

fn rules(file: &str, bytes: &[u8], problems: &mut Problems) -> Option<Rules> {
    let text = table::text(file, bytes, problems)?;
    match Rules::parse(&text) {
        Ok(rules) => Some(rules),
        Err(invalid) => {
            problems.rules(file, &text, invalid);
            None
        }
    }
}

impl Problems {
    /// Notes what is wrong with rules, each with its place in the file.
    fn rules(&mut self, file: &str, text: &str, invalid: Invalid) {
        for error in invalid.0 {
            let stated = |name| error.params.get(name).and_then(|n| n.parse::<usize>().ok());
            let (line, column) = match (stated("line"), stated("column")) {
                (Some(line), Some(column)) if error.code == "not_json" => (line, column),
                _ => place::of(text, &error.pointer),
            };
            self.0.push(Problem {
                file: file.to_owned(),
                line: u64::try_from(line).ok(),
                column: Some(column.to_string()),
                error,
            });
        }
    }
}

/// A contest while its files are read.
struct Draft<'r> {
    /// None when they can't be read: everything else is checked all the same.
    rules: Option<&'r Rules>,
    input: Input,
    decisions: Decisions,
    titles: BTreeMap<i64, Text>,
    group_titles: BTreeMap<String, Text>,
    further: Further,
    /// The place of each entry in the input, once entries were read; none for an entry whose line is wrong.
    known: Option<HashMap<i64, Option<usize>>>,
    /// Whether entries name their panels themselves.
    has_panels: bool,
    /// The panels of each judge, in order.
    judges: BTreeMap<String, BTreeSet<String>>,
}

impl Draft<'_> {
    fn read(
        &mut self,
        file: &'static str,
        bytes: &[u8],
        needed: &[&str],
        problems: &mut Problems,
        reader: Reader,
    ) {
        if let Some(table) = Table::open(file, bytes, needed, problems) {
            reader(self, &table, problems);
        }
    }

    /// The place in the input of the entry that a row names; none where that can't be said.
    fn entry(&self, row: &Row<'_>, column: Option<usize>, problems: &mut Problems) -> Option<usize> {
        let number = number(row, column, problems)?;
        self.check_entry(number, row, column, problems);
        *self.known.as_ref()?.get(&number)?
    }

    /// Notes an entry that nobody knows. Without `entries.csv` nobody is known, and one problem is enough.
    fn check_entry(&self, number: i64, row: &Row<'_>, column: Option<usize>, problems: &mut Problems) {
        if self
            .known
            .as_ref()
            .is_some_and(|known| !known.contains_key(&number))
        {
            row.wrong(
                column,
                FieldError::new("", "entry_unknown").with("entry", number),
                problems,
            );
        }
    }

    /// What made panels comparable, as the export writes it.
    fn scales(&mut self, bytes: &[u8], problems: &mut Problems) {
        let Some(text) = table::text(SCALES, bytes, problems) else {
            return;
        };
        let mut wrong = |line: usize, column: usize, error| {
            problems.0.push(Problem {
                file: SCALES.to_owned(),
                line: u64::try_from(line).ok(),
                column: Some(column.to_string()),
                error,
            });
        };
        let scales: FixedScales = match serde_json::from_str(&text) {
            Ok(scales) => scales,
            Err(e) => {
                let error = FieldError::new("", "not_scales").with("why", &e);
                return wrong(e.line(), e.column(), error);
            }
        };
        for group in scales.keys() {
            if self.rules.is_some() && !self.input.entries.iter().any(|e| e.group == *group) {
                let pointer = format!("/{}", pointer_step(group));
                let (line, column) = place::of(&text, &pointer);
                wrong(
                    line,
                    column,
                    FieldError::new(pointer, "group_of_nobody").with("group", group),
                );
            }
        }
        self.input.fixed = scales;
    }

    fn surroundings(&self) -> Surroundings {
        let rounds: BTreeSet<&str> = self
            .input
            .entries
            .iter()
            .flat_map(|e| e.earlier.keys())
            .map(String::as_str)
            .collect();
        let groups: BTreeSet<&str> = self.input.entries.iter().map(|e| e.group.as_str()).collect();
        Surroundings {
            earlier_rounds: rounds
                .into_iter()
                .filter_map(|round| round.parse().ok())
                .collect(),
            // Missing columns were noted where the entries are.
            groupable: self.rules.map(|r| r.ranking.group_by.clone()).unwrap_or_default(),
            groups: u32::try_from(groups.len()).ok(),
        }
    }

    fn contest(self, rules: Rules) -> Contest {
        Contest {
            rules,
            input: self.input,
            decisions: self.decisions,
            titles: self.titles,
            group_titles: self.group_titles,
            further: self.further,
        }
    }
}

/// An entry's number: a whole number from 1; leading noughts mean nothing.
fn number(row: &Row<'_>, column: Option<usize>, problems: &mut Problems) -> Option<i64> {
    let given = row.get(column);
    let digits = !given.is_empty() && given.bytes().all(|b| b.is_ascii_digit());
    match given.parse::<i64>() {
        Ok(number) if digits && number > 0 => Some(number),
        _ => {
            let error = FieldError::new("", "entry_not_a_number").with("given", given);
            row.wrong(column, error, problems);
            None
        }
    }
}

/// A word that must be there.
fn word<'r>(row: &'r Row<'_>, column: Option<usize>, problems: &mut Problems) -> Option<&'r str> {
    let given = row.get(column);
    if given.is_empty() {
        row.wrong(column, FieldError::new("", "field_empty"), problems);
        return None;
    }
    Some(given)
}

/// A title in one or two languages; a column `title` is as good as `title_en`.
struct TitleColumns {
    en: Option<usize>,
    zh: Option<usize>,
}

impl TitleColumns {
    fn of(table: &Table<'_>) -> Self {
        Self {
            en: table.column("title_en").or_else(|| table.column("title")),
            zh: table.column("title_zh"),
        }
    }

    fn read(&self, row: &Row<'_>) -> Option<Text> {
        let given = |column| Some(row.raw(column).to_owned()).filter(|text| !text.trim().is_empty());
        let text = Text {
            en: given(self.en),
            zh: given(self.zh),
        };
        (!text.is_blank()).then_some(text)
    }
}
