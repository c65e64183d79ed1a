//! `entries.csv`: who takes part, in which group, on which panel.

use std::collections::HashMap;

use super::table::{Row, Table};
use super::{Draft, TitleColumns, number};
use crate::domain::invalid::FieldError;
use crate::domain::scoring::{EntryInput, Participation};
use crate::files::Problems;

/// The group of a contest whose rules name no field, as the server calls it.
pub(super) const EVERYONE: &str = "all";

/// Where the columns are.
struct Columns {
    entry: Option<usize>,
    title: TitleColumns,
    /// The group's name, where it is more than the fields together.
    group: Option<usize>,
    /// The fields that the rules group by.
    fields: Vec<(String, Option<usize>)>,
    panel: Option<usize>,
    institution: Option<usize>,
    status: Option<usize>,
    reason: Option<usize>,
    /// What means nothing here, and what groups are made of.
    further: Vec<usize>,
}

impl Columns {
    fn of(draft: &Draft<'_>, table: &Table<'_>) -> Self {
        let group_by = draft
            .rules
            .map(|r| r.ranking.group_by.as_slice())
            .unwrap_or_default();
        let is_field = |name: &str| group_by.iter().any(|field| field.as_str() == name);
        // A field of the rules is that field, whatever else its name could mean.
        let own = |name: &str| table.column(name).filter(|_| !is_field(name));
        let mut columns = Self {
            entry: table.column("entry"),
            title: TitleColumns::of(table),
            group: if group_by.is_empty() { None } else { own("group") },
            fields: group_by
                .iter()
                .map(|field| (field.to_string(), table.column(field.as_str())))
                .collect(),
            panel: own("panel"),
            institution: table.column("institution"),
            status: own("status"),
            reason: own("reason"),
            further: Vec::new(),
        };
        let title = [columns.title.en, columns.title.zh];
        let known = [
            columns.entry,
            columns.group,
            columns.panel,
            columns.institution,
            columns.status,
        ];
        let known: Vec<usize> = known
            .into_iter()
            .chain([columns.reason])
            .chain(title)
            .flatten()
            .collect();
        columns.further = (0..table.columns().len())
            .filter(|i| !known.contains(i))
            .collect();
        columns
    }
}

pub(super) fn read(draft: &mut Draft<'_>, table: &Table<'_>, problems: &mut Problems) {
    let columns = Columns::of(draft, table);
    let name = |i: &usize| table.columns().get(*i).cloned().unwrap_or_default();
    draft.further.columns = columns.further.iter().map(name).collect();
    let mut known: HashMap<i64, Option<usize>> = HashMap::new();
    if columns.group.is_none() {
        for (field, _) in columns.fields.iter().filter(|(_, at)| at.is_none()) {
            let error = FieldError::new("", "group_column_missing").with("column", field);
            table.heading_wrong(field, error, problems);
        }
    }
    table.rows(problems, |row, problems| {
        let Some(number) = number(row, columns.entry, problems) else {
            return;
        };
        if known.contains_key(&number) {
            let error = FieldError::new("", "entry_repeated").with("entry", number);
            return row.wrong(columns.entry, error, problems);
        }
        let group = group(&columns, row, problems);
        let participation = participation(&columns, row, problems);
        let place = group.zip(participation).map(|(group, participation)| {
            let institution = Some(row.raw(columns.institution)).filter(|text| !text.trim().is_empty());
            draft.input.entries.push(EntryInput {
                number,
                group,
                panel: row.get(columns.panel).to_owned(),
                institution: institution.map(str::to_owned),
                participation,
                ..EntryInput::default()
            });
            let further = columns.further.iter().map(|i| row.raw(Some(*i)).to_owned());
            draft.further.values.insert(number, further.collect());
            if let Some(title) = columns.title.read(row) {
                draft.titles.insert(number, title);
            }
            draft.input.entries.len() - 1
        });
        known.insert(number, place);
    });
    draft.known = Some(known);
    draft.has_panels = columns.panel.is_some();
}

/// The group's name: what its column says, else the values of the fields that the rules group by.
fn group(columns: &Columns, row: &Row<'_>, problems: &mut Problems) -> Option<String> {
    if columns.group.is_some() {
        return super::word(row, columns.group, problems).map(str::to_owned);
    }
    let mut values = Vec::new();
    for (_, at) in columns.fields.iter().filter(|(_, at)| at.is_some()) {
        values.push(super::word(row, *at, problems)?);
    }
    Some(joined(&values))
}

/// A group's name from the values that its entries share.
pub(in crate::files) fn joined(values: &[&str]) -> String {
    match values {
        [] => EVERYONE.to_owned(),
        _ => values.join("-"),
    }
}

fn participation(columns: &Columns, row: &Row<'_>, problems: &mut Problems) -> Option<Participation> {
    let reason = || row.raw(columns.reason).to_owned();
    match row.get(columns.status) {
        "" | "taking_part" => Some(Participation::TakingPart),
        "withdrawn" => Some(Participation::Withdrawn { reason: reason() }),
        "disqualified" => Some(Participation::Disqualified { reason: reason() }),
        given => {
            let error = FieldError::new("", "unknown_word").with("given", given);
            let error = error.with("known", "taking_part, withdrawn, disqualified");
            row.wrong(columns.status, error, problems);
            None
        }
    }
}
