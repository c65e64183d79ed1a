//! `marks.csv`: the judges' marks, and what was recorded.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Draft;
use super::table::Table;
use crate::domain::invalid::FieldError;
use crate::domain::points::{Given, Points};
use crate::domain::rules::Slot;
use crate::domain::scoring::{EntryInput, Sheet, ballot};
use crate::files::Problems;

/// Where the values of a place on the form go.
#[derive(Clone, Copy)]
struct Target<'r> {
    slot: Slot<'r>,
    /// Its place on a sheet; none where it is recorded.
    on_sheet: Option<usize>,
}

pub(super) fn read(draft: &mut Draft<'_>, table: &Table<'_>, problems: &mut Problems) {
    let [entry, judge, criterion, mark] =
        ["entry", "judge", "criterion", "mark"].map(|name| table.column(name));
    let mut targets: HashMap<Cow<'_, str>, Target<'_>> = HashMap::new();
    for slot in draft.rules.iter().flat_map(|r| r.rubric.records()) {
        targets.insert(slot.code(), Target { slot, on_sheet: None });
    }
    let mut length = 0;
    for (i, slot) in draft.rules.iter().flat_map(|r| r.rubric.marked()).enumerate() {
        targets.insert(
            slot.code(),
            Target {
                slot,
                on_sheet: Some(i),
            },
        );
        length = i + 1;
    }
    let by_panels = !draft.judges.is_empty();
    table.rows(problems, |row, problems| {
        let place = draft.entry(row, entry, problems);
        let code = row.get(criterion);
        let judge_code = row.get(judge);
        if by_panels && !judge_code.is_empty() && !draft.judges.contains_key(judge_code) {
            row.wrong(
                judge,
                FieldError::new("", "judge_unknown").with("judge", judge_code),
                problems,
            );
        }
        if draft.rules.is_none() {
            return;
        }
        let Some(target) = targets.get(code) else {
            let error = FieldError::new("", "mark_unknown_criterion").with("criterion", code);
            return row.wrong(criterion, error, problems);
        };
        let wrong = match (target.on_sheet, judge_code.is_empty()) {
            (Some(_), true) => Some((judge, "mark_without_judge")),
            (None, false) => Some((judge, "mark_of_recorded_criterion")),
            _ => None,
        };
        if let Some((column, code)) = wrong {
            return row.wrong(
                column,
                ballot::named(FieldError::new("", code), target.slot),
                problems,
            );
        }
        let given = row.get(mark);
        let value = match ballot::value(target.slot, &Given::from(given), "") {
            _ if given.is_empty() => None,
            Ok(value) => Some(value),
            Err(error) => return row.wrong(mark, error, problems),
        };
        let Some(one) = place.and_then(|place| draft.input.entries.get_mut(place)) else {
            return;
        };
        let held = match target.on_sheet {
            None => value.and_then(|value| one.recorded.insert(code.to_owned(), value)),
            Some(i) => sheet_mark(one, judge_code, i, length)
                .and_then(|mark| value.and_then(|value| mark.replace(value))),
        };
        if held.is_some() {
            let error = ballot::named(FieldError::new("", "mark_twice"), target.slot);
            row.wrong(criterion, error, problems);
        }
    });
    for entry in &mut draft.input.entries {
        // A judge who gave no mark at all gave no sheet.
        entry
            .sheets
            .retain(|sheet| sheet.marks.iter().any(Option::is_some));
        if !draft.has_panels {
            let panels = entry
                .sheets
                .iter()
                .filter_map(|sheet| draft.judges.get(&sheet.judge))
                .flatten();
            entry.panel = panels.min().cloned().unwrap_or_default();
        }
    }
}

/// The place of a mark on a judge's sheet. The last sheet is looked at first, since files go sheet by sheet.
fn sheet_mark<'e>(
    entry: &'e mut EntryInput,
    judge: &str,
    criterion: usize,
    length: usize,
) -> Option<&'e mut Option<Points>> {
    let known = entry.sheets.iter().rposition(|sheet| sheet.judge == judge);
    let at = known.unwrap_or_else(|| {
        entry.sheets.push(Sheet {
            judge: judge.to_owned(),
            marks: vec![None; length],
        });
        entry.sheets.len() - 1
    });
    entry.sheets.get_mut(at)?.marks.get_mut(criterion)
}
