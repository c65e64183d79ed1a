//! The files that may stand beside entries and marks.

use std::collections::BTreeSet;

use super::table::{Row, Table};
use super::{Draft, TitleColumns, word};
use crate::domain::advancement::{By, GivenUp, Kept, Reasoned, Withheld};
use crate::domain::exact::Exact;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;
use crate::domain::scoring::{
    Adjustment, DecidedBy, Decision, EarlierRound, JudgeInput, Participation, Rank,
};
use crate::domain::text::{Code, check_reason};
use crate::files::Problems;

/// The longest number that is read as an exact one.
const LONGEST_NUMBER: usize = 60;

/// `panels.csv`: the judges, each on a panel or on several.
pub(super) fn panels(draft: &mut Draft<'_>, table: &Table<'_>, problems: &mut Problems) {
    let [judge, panel, class, sealed] = ["judge", "panel", "class", "sealed"].map(|name| table.column(name));
    let classes: Vec<&str> = draft
        .rules
        .iter()
        .flat_map(|r| &r.panel.classes)
        .map(|class| class.code.as_str())
        .collect();
    table.rows(problems, |row, problems| {
        let Some(code) = word(row, judge, problems) else {
            return;
        };
        let class_name = row.get(class);
        if !class_name.is_empty() && !classes.is_empty() && !classes.contains(&class_name) {
            let error = FieldError::new("", "unknown_word").with("given", class_name);
            row.wrong(class, error.with("known", classes.join(", ")), problems);
        }
        let sealed_word = row.get(sealed);
        if !["", "yes", "no"].contains(&sealed_word) {
            let error = FieldError::new("", "unknown_word").with("given", sealed_word);
            row.wrong(sealed, error.with("known", "yes, no"), problems);
        }
        let one = JudgeInput {
            code: code.to_owned(),
            panel: row.get(panel).to_owned(),
            sealed: sealed_word == "yes",
            class: Some(class_name.to_owned()).filter(|name| !name.is_empty()),
        };
        let mut others = draft.input.judges.iter().filter(|other| other.code == code);
        if others.any(|other| (&other.class, other.sealed) != (&one.class, one.sealed)) {
            return row.wrong(
                judge,
                FieldError::new("", "judge_differs").with("judge", code),
                problems,
            );
        }
        let panels = draft.judges.entry(code.to_owned()).or_default();
        if !panels.insert(one.panel.clone()) {
            return row.wrong(
                judge,
                FieldError::new("", "judge_repeated").with("judge", code),
                problems,
            );
        }
        draft.input.judges.push(one);
    });
}

/// `excused.csv`: whose sheets nobody waits for.
pub(super) fn excused(draft: &mut Draft<'_>, table: &Table<'_>, problems: &mut Problems) {
    let [entry, judge] = ["entry", "judge"].map(|name| table.column(name));
    table.rows(problems, |row, problems| {
        let place = draft.entry(row, entry, problems);
        let Some(code) = word(row, judge, problems) else {
            return;
        };
        if !draft.judges.is_empty() && !draft.judges.contains_key(code) {
            return row.wrong(
                judge,
                FieldError::new("", "judge_unknown").with("judge", code),
                problems,
            );
        }
        if let Some(one) = place.and_then(|place| draft.input.entries.get_mut(place))
            && !one.excused.iter().any(|known| known == code)
        {
            one.excused.push(code.to_owned());
        }
    });
}

/// `adjustments.csv`: penalties and bonuses, by points or by a rule that counts them.
pub(super) fn adjustments(draft: &mut Draft<'_>, table: &Table<'_>, problems: &mut Problems) {
    let [entry, points, reason] = ["entry", "points", "reason"].map(|name| table.column(name));
    let [rule, quantity] = ["rule", "quantity"].map(|name| table.column(name));
    table.rows(problems, |row, problems| {
        let place = draft.entry(row, entry, problems);
        let before = problems.0.len();
        let number = |column, problems: &mut Problems| {
            let given = row.get(column);
            let value: Option<Points> = given.parse().ok();
            if value.is_none() {
                row.wrong(
                    column,
                    FieldError::new("", "not_points").with("given", given),
                    problems,
                );
            }
            value.unwrap_or_default()
        };
        let mut one = Adjustment::default();
        let code = row.get(rule);
        if code.is_empty() {
            one.points = number(points, problems);
            one.reason = reasoned(row, reason, problems).unwrap_or_default();
            if !row.get(quantity).is_empty() {
                row.wrong(quantity, FieldError::new("", "quantity_without_rule"), problems);
            }
        } else {
            one.rule = Some(code.to_owned());
            row.raw(reason).clone_into(&mut one.reason);
            if !row.get(points).is_empty() {
                row.wrong(points, FieldError::new("", "points_beside_rule"), problems);
            }
            if !row.get(quantity).is_empty() {
                one.quantity = Some(number(quantity, problems));
            }
            let known = draft.rules.iter().flat_map(|r| &r.penalties);
            let penalty = known.clone().find(|p| p.code.as_str() == code);
            match penalty {
                Some(penalty) if penalty.is_measured() && row.get(quantity).is_empty() => {
                    row.wrong(quantity, FieldError::new("", "field_empty"), problems);
                }
                None if draft.rules.is_some() => {
                    let codes: Vec<&str> = known.map(|p| p.code.as_str()).collect();
                    let error = FieldError::new("", "unknown_word").with("given", code);
                    row.wrong(rule, error.with("known", codes.join(", ")), problems);
                }
                _ => {}
            }
        }
        if let Some(entry) = place.and_then(|place| draft.input.entries.get_mut(place))
            && problems.0.len() == before
        {
            entry.adjustments.push(one);
        }
    });
}

/// A reason, which must be there.
fn reasoned(row: &Row<'_>, column: Option<usize>, problems: &mut Problems) -> Option<String> {
    let mut invalid = Invalid::default();
    check_reason(row.raw(column), "", &mut invalid);
    let fine = invalid.0.is_empty();
    for error in invalid.0 {
        row.wrong(column, error, problems);
    }
    fine.then(|| row.raw(column).to_owned())
}

/// `previous.csv`: results of earlier rounds.
pub(super) fn previous(draft: &mut Draft<'_>, table: &Table<'_>, problems: &mut Problems) {
    let [entry, round, total, exact, rank] =
        ["entry", "round", "total", "exact", "rank"].map(|name| table.column(name));
    table.rows(problems, |row, problems| {
        let place = draft.entry(row, entry, problems);
        let given = row.get(round);
        let code: Option<Code> = given.parse().ok();
        if code.is_none() {
            row.wrong(
                round,
                FieldError::new("", "not_a_code").with("given", given),
                problems,
            );
        }
        let value = number_in(row, total, problems);
        let before = match row.get(exact) {
            "" => value.clone(),
            _ => number_in(row, exact, problems),
        };
        let given = row.get(rank);
        let parsed: Option<Rank> = given.parse().ok();
        if !given.is_empty() && parsed.is_none() {
            row.wrong(
                rank,
                FieldError::new("", "not_a_rank").with("given", given),
                problems,
            );
        }
        let (Some(code), Some(total), Some(exact)) = (code, value, before) else {
            return;
        };
        let Some(one) = place.and_then(|place| draft.input.entries.get_mut(place)) else {
            return;
        };
        let result = EarlierRound {
            total,
            exact,
            rank: parsed,
        };
        if one.earlier.insert(code.to_string(), result).is_some() {
            row.wrong(
                round,
                FieldError::new("", "round_twice").with("round", code),
                problems,
            );
        }
    });
}

/// A decimal number or a fraction.
fn number_in(row: &Row<'_>, column: Option<usize>, problems: &mut Problems) -> Option<Exact> {
    let given = row.get(column);
    let value = Some(given)
        .filter(|g| g.len() <= LONGEST_NUMBER)
        .and_then(|g| g.parse().ok());
    if value.is_none() {
        row.wrong(
            column,
            FieldError::new("", "not_a_number").with("given", given),
            problems,
        );
    }
    value
}

/// `decisions.csv`: what people decided about ties and about who goes on.
pub(super) fn decisions(draft: &mut Draft<'_>, table: &Table<'_>, problems: &mut Problems) {
    let [decision, entries, reason] = ["decision", "entries", "reason"].map(|name| table.column(name));
    let [award, group, stream, by] = ["award", "group", "stream", "by"].map(|name| table.column(name));
    let mut named = BTreeSet::new();
    table.rows(problems, |row, problems| {
        let kind = row.get(decision);
        if kind == "withheld" {
            let (award, reason) = (word(row, award, problems), reasoned(row, reason, problems));
            if let (Some(award), Some(reason)) = (award, reason) {
                draft.decisions.withheld.push(Withheld {
                    award: award.to_owned(),
                    group: Some(row.get(group).to_owned()).filter(|group| !group.is_empty()),
                    reason,
                });
            }
            return;
        }
        let Some(numbers) = numbers(draft, row, entries, problems) else {
            return;
        };
        match (kind.parse::<DecidedBy>(), kind) {
            (Ok(_), _) if numbers.len() < 2 => {
                row.wrong(entries, FieldError::new("", "tie_of_one"), problems);
            }
            (Ok(DecidedBy::Organizers), _) => draft.decisions.ties.push(Decision {
                by: DecidedBy::Organizers,
                order: numbers,
            }),
            (Ok(by), _) => draft.input.decisions.push(Decision { by, order: numbers }),
            (Err(_), "excluded" | "nominated") => {
                let Some(reason) = reasoned(row, reason, problems) else {
                    return;
                };
                for entry in &numbers {
                    let wrong = if !named.insert(*entry) {
                        "entry_named_twice"
                    } else if kind == "nominated" && !draft.takes_part(*entry) {
                        "entry_not_taking_part"
                    } else {
                        continue;
                    };
                    row.wrong(entries, FieldError::new("", wrong).with("entry", entry), problems);
                }
                let list = match kind {
                    "excluded" => &mut draft.decisions.excluded,
                    _ => &mut draft.decisions.nominated,
                };
                list.extend(numbers.into_iter().map(|entry| Reasoned {
                    entry,
                    reason: reason.clone(),
                }));
            }
            (Err(_), "given_up") => {
                let stream = Some(row.get(stream).to_owned()).filter(|stream| !stream.is_empty());
                let reason = Some(row.raw(reason).to_owned()).filter(|reason| !reason.is_empty());
                let given_up = |entry| GivenUp {
                    entry,
                    stream: stream.clone(),
                    reason: reason.clone(),
                };
                draft.decisions.given_up.extend(numbers.into_iter().map(given_up));
            }
            (Err(_), "left") => draft.decisions.left.extend(numbers),
            (Err(_), "kept") => {
                let stream = Some(row.get(stream).to_owned()).filter(|stream| !stream.is_empty());
                let Ok(by) = row.get(by).parse::<By>() else {
                    let known: Vec<&str> = By::ALL.iter().map(|by| by.as_str()).collect();
                    let error = FieldError::new("", "unknown_word").with("given", row.get(by));
                    row.wrong(by, error.with("known", known.join(", ")), problems);
                    return;
                };
                let kept = |entry| Kept {
                    entry,
                    by,
                    stream: stream.clone(),
                };
                draft.decisions.kept.extend(numbers.into_iter().map(kept));
            }
            (Err(_), given) => {
                let error = FieldError::new("", "unknown_word").with("given", given);
                let known = "chair, lot, organizers, excluded, nominated, withheld, given_up, left, kept";
                row.wrong(decision, error.with("known", known), problems);
            }
        }
    });
}

impl Draft<'_> {
    fn takes_part(&self, entry: i64) -> bool {
        let mut entries = self.input.entries.iter();
        entries.any(|e| e.number == entry && e.participation == Participation::TakingPart)
    }
}

/// Numbers of entries, separated by white space.
fn numbers(
    draft: &Draft<'_>,
    row: &Row<'_>,
    column: Option<usize>,
    problems: &mut Problems,
) -> Option<Vec<i64>> {
    let mut numbers = Vec::new();
    for given in word(row, column, problems)?.split_whitespace() {
        let Some(number) = given.parse::<i64>().ok().filter(|n| *n > 0) else {
            row.wrong(
                column,
                FieldError::new("", "entry_not_a_number").with("given", given),
                problems,
            );
            return None;
        };
        draft.check_entry(number, row, column, problems);
        if numbers.contains(&number) {
            row.wrong(
                column,
                FieldError::new("", "entry_named_twice").with("entry", number),
                problems,
            );
            return None;
        }
        numbers.push(number);
    }
    Some(numbers)
}

/// `groups.csv`: what groups are called, how many entered there, and their turn in a lot.
pub(super) fn groups(draft: &mut Draft<'_>, table: &Table<'_>, problems: &mut Problems) {
    let [group, entrants, lot] = ["group", "entrants", "lot"].map(|name| table.column(name));
    let title = TitleColumns::of(table);
    let mut turns: Vec<(u32, String)> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    table.rows(problems, |row, problems| {
        let Some(name) = word(row, group, problems) else {
            return;
        };
        if seen.iter().any(|known| known == name) {
            return row.wrong(
                group,
                FieldError::new("", "group_twice").with("group", name),
                problems,
            );
        }
        let grouped = draft.rules.is_none_or(|rules| !rules.ranking.group_by.is_empty());
        if seen.is_empty() && !grouped {
            // Where all entries are ranked together this is what their only group is called.
            for entry in &mut draft.input.entries {
                name.clone_into(&mut entry.group);
            }
        }
        seen.push(name.to_owned());
        let known = draft.input.entries.iter().any(|e| e.group == name);
        if !known && draft.rules.is_some() {
            row.wrong(
                group,
                FieldError::new("", "group_of_nobody").with("group", name),
                problems,
            );
        }
        if let Some(text) = title.read(row) {
            draft.group_titles.insert(name.to_owned(), text);
        }
        let mut whole = |column| match row.get(column) {
            "" => None,
            given => given.parse::<u32>().ok().or_else(|| {
                row.wrong(
                    column,
                    FieldError::new("", "not_a_whole_number").with("given", given),
                    problems,
                );
                None
            }),
        };
        if let Some(entrants) = whole(entrants) {
            draft.decisions.sizes.insert(name.to_owned(), entrants.into());
        }
        if let Some(turn) = whole(lot) {
            turns.push((turn, name.to_owned()));
        }
    });
    turns.sort();
    draft.decisions.share_lot = turns.into_iter().map(|(_, name)| name).collect();
}
