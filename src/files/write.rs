//! From a contest to its files.

use std::collections::{BTreeMap, BTreeSet};

use csv::{Terminator, WriterBuilder};
use serde::Serialize;

use super::formula::guarded;
use super::read::joined;
use super::{
    ADJUSTMENTS, Contest, DECISIONS, ENTRIES, EXCUSED, Folder, GROUPS, MARKS, PANELS, PREVIOUS, RULES, SCALES,
};
use crate::domain::scoring::{EntryInput, Participation, ballot};
use crate::domain::text::Text;

/// The files of a contest, without those that would be empty. The same contest gives the same bytes, and reading them
/// gives the same contest.
#[must_use]
pub fn write(contest: &Contest) -> Folder {
    let mut folder = Folder::new();
    folder.insert(RULES.to_owned(), json(&contest.rules));
    if !contest.input.fixed.is_empty() {
        folder.insert(SCALES.to_owned(), json(&contest.input.fixed));
    }
    let needed = [(ENTRIES, entries(contest)), (MARKS, marks(contest))];
    let others = [
        (PANELS, panels(contest)),
        (EXCUSED, excused(contest)),
        (ADJUSTMENTS, adjustments(contest)),
        (PREVIOUS, previous(contest)),
        (DECISIONS, decisions(contest)),
        (GROUPS, groups(contest)),
    ];
    let others = others.into_iter().filter(|(_, table)| table.len() > 1);
    for (name, table) in needed.into_iter().chain(others) {
        folder.insert(name.to_owned(), bytes(&table));
    }
    folder
}

fn json(document: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(document).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// The heading and the lines.
type Table = Vec<Vec<String>>;

/// A table as CSV: UTF-8, lines end with LF, quoted where needed; nothing is a formula.
pub(super) fn bytes(table: &Table) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::Any(b'\n'))
        .from_writer(Vec::new());
    for line in table {
        // Writing to memory can't fail, and all lines of a table have as many fields.
        let _ = writer.write_record(line.iter().map(|field| guarded(field).into_owned()));
    }
    writer.into_inner().unwrap_or_default()
}

fn heading(names: &[&str]) -> Table {
    vec![names.iter().map(|name| (*name).to_owned()).collect()]
}

/// A column's name, and its value of an entry.
type Column<'c> = (&'static str, Box<dyn Fn(&EntryInput) -> String + 'c>);

fn entries(contest: &Contest) -> Table {
    let all = &contest.input.entries;
    let title = |e: &EntryInput| contest.titles.get(&e.number);
    let any = |is: &dyn Fn(&EntryInput) -> bool| all.iter().any(is);
    let mut columns: Vec<Column<'_>> = vec![("entry", Box::new(|e| e.number.to_string()))];
    for (name, part) in TITLES {
        if any(&|e| title(e).is_some_and(|t| part(t).is_some())) {
            columns.push((
                name,
                Box::new(move |e| title(e).and_then(part).cloned().unwrap_or_default()),
            ));
        }
    }
    let fields = &contest.rules.ranking.group_by;
    if any(&|e| group_of_fields(contest, e).as_ref() != Some(&e.group)) && !fields.is_empty() {
        columns.push(("group", Box::new(|e| e.group.clone())));
    }
    // Without the column an entry's panel is that of its judges.
    if any(&|e| !e.panel.is_empty()) || !contest.input.judges.is_empty() {
        columns.push(("panel", Box::new(|e| e.panel.clone())));
    }
    if any(&|e| e.institution.is_some()) {
        columns.push((
            "institution",
            Box::new(|e| e.institution.clone().unwrap_or_default()),
        ));
    }
    if any(&|e| e.participation != Participation::TakingPart) {
        columns.push(("status", Box::new(|e| participation(e).0.to_owned())));
        columns.push(("reason", Box::new(|e| participation(e).1.to_owned())));
    }
    let names = columns.iter().map(|(name, _)| (*name).to_owned());
    let mut table = vec![
        names
            .chain(contest.further.columns.iter().cloned())
            .collect::<Vec<_>>(),
    ];
    for entry in all {
        let values = columns.iter().map(|(_, value)| value(entry));
        let further = |i| contest.further.values.get(&entry.number)?.get(i).cloned();
        let further = (0..contest.further.columns.len()).map(|i| further(i).unwrap_or_default());
        table.push(values.chain(further).collect());
    }
    table
}

type Part = fn(&Text) -> Option<&String>;

/// The columns of titles, each with its language.
const TITLES: [(&str, Part); 2] = [("title_en", |t| t.en.as_ref()), ("title_zh", |t| t.zh.as_ref())];

/// The group that an entry's further columns make; none where one is missing.
fn group_of_fields(contest: &Contest, entry: &EntryInput) -> Option<String> {
    let fields = contest.rules.ranking.group_by.iter();
    let values: Option<Vec<&str>> = fields
        .map(|field| contest.further.value(entry.number, field.as_str()).map(str::trim))
        .map(|value| value.filter(|value| !value.is_empty()))
        .collect();
    Some(joined(&values?))
}

fn participation(entry: &EntryInput) -> (&str, &str) {
    match &entry.participation {
        Participation::TakingPart => ("", ""),
        Participation::Withdrawn { reason } => ("withdrawn", reason),
        Participation::Disqualified { reason } => ("disqualified", reason),
    }
}

fn marks(contest: &Contest) -> Table {
    let rubric = &contest.rules.rubric;
    let mut table = heading(&["entry", "judge", "criterion", "mark"]);
    for entry in &contest.input.entries {
        let mut line = |judge: &str, criterion: &str, mark: String| {
            table.push(vec![
                entry.number.to_string(),
                judge.to_owned(),
                criterion.to_owned(),
                mark,
            ]);
        };
        for slot in rubric.records() {
            if let Some(value) = entry.recorded.get(&*slot.code()) {
                line("", &slot.code(), ballot::shown(slot.criterion, *value));
            }
        }
        for sheet in &entry.sheets {
            for (slot, mark) in rubric.marked().zip(&sheet.marks) {
                if let Some(mark) = mark {
                    line(&sheet.judge, &slot.code(), ballot::shown(slot.criterion, *mark));
                }
            }
        }
    }
    table
}

fn panels(contest: &Contest) -> Table {
    let judges = &contest.input.judges;
    let class = judges.iter().any(|judge| judge.class.is_some());
    let sealed = judges.iter().any(|judge| judge.sealed);
    let line = |cells: [String; 2], of_class: String, of_seal: &str| {
        let mut line = cells.to_vec();
        line.extend(class.then_some(of_class));
        line.extend(sealed.then(|| of_seal.to_owned()));
        line
    };
    let mut table = vec![line(
        ["judge", "panel"].map(str::to_owned),
        "class".to_owned(),
        "sealed",
    )];
    table.extend(judges.iter().map(|judge| {
        let seal = if judge.sealed { "yes" } else { "" };
        line(
            [judge.code.clone(), judge.panel.clone()],
            judge.class.clone().unwrap_or_default(),
            seal,
        )
    }));
    table
}

fn excused(contest: &Contest) -> Table {
    let mut table = heading(&["entry", "judge"]);
    for entry in &contest.input.entries {
        let judges = entry.excused.iter();
        table.extend(judges.map(|judge| vec![entry.number.to_string(), judge.clone()]));
    }
    table
}

fn adjustments(contest: &Contest) -> Table {
    let all = || {
        contest
            .input
            .entries
            .iter()
            .flat_map(|e| e.adjustments.iter().map(|a| (e.number, a)))
    };
    let counted = all().any(|(_, adjustment)| adjustment.rule.is_some());
    let names: &[&str] = if counted { &["rule", "quantity"] } else { &[] };
    let mut table = heading(&[&["entry", "points", "reason"], names].concat());
    table.extend(all().map(|(number, adjustment)| {
        // A rule that counts takes the place of points.
        let points = if adjustment.rule.is_some() {
            String::new()
        } else {
            adjustment.points.to_string()
        };
        let mut line = vec![number.to_string(), points, adjustment.reason.clone()];
        if counted {
            line.push(adjustment.rule.clone().unwrap_or_default());
            line.push(
                adjustment
                    .quantity
                    .map(|quantity| quantity.to_string())
                    .unwrap_or_default(),
            );
        }
        line
    }));
    table
}

fn previous(contest: &Contest) -> Table {
    let earlier = || {
        let entries = contest.input.entries.iter();
        entries.flat_map(|e| e.earlier.iter().map(|(round, result)| (e.number, round, result)))
    };
    // Most rounds are carried over as they were published.
    let exact = earlier().any(|(_, _, result)| result.exact != result.total);
    let mut table = heading(&["entry", "round", "total", "rank"]);
    table
        .iter_mut()
        .filter(|_| exact)
        .for_each(|names| names.push("exact".to_owned()));
    for (number, round, result) in earlier() {
        let rank = result.rank.map(|rank| rank.to_string()).unwrap_or_default();
        let mut line = vec![number.to_string(), round.clone(), result.total.to_string(), rank];
        if exact {
            line.push(result.exact.to_string());
        }
        table.push(line);
    }
    table
}

fn decisions(contest: &Contest) -> Table {
    let made = &contest.decisions;
    let of_award = !made.withheld.is_empty();
    let of_stream = !made.given_up.is_empty() || !made.kept.is_empty();
    let further = [
        ("award", of_award),
        ("group", of_award),
        ("stream", of_stream),
        ("by", of_stream),
    ];
    let names = further.iter().filter(|(_, has)| *has).map(|(name, _)| *name);
    let mut table = heading(
        &["decision", "entries", "reason"]
            .into_iter()
            .chain(names)
            .collect::<Vec<_>>(),
    );
    // Award, group, stream and by, of which each line has what the table has.
    let mut line = |cells: [String; 3], more: [String; 4]| {
        let more = more.into_iter().zip(further).filter(|(_, (_, has))| *has);
        table.push(cells.into_iter().chain(more.map(|(cell, _)| cell)).collect());
    };
    for tie in contest.input.decisions.iter().chain(&made.ties) {
        let order: Vec<String> = tie.order.iter().map(ToString::to_string).collect();
        line(
            [tie.by.to_string(), order.join(" "), String::new()],
            Default::default(),
        );
    }
    for (kind, list) in [("excluded", &made.excluded), ("nominated", &made.nominated)] {
        for r in list {
            line(
                [kind.to_owned(), r.entry.to_string(), r.reason.clone()],
                Default::default(),
            );
        }
    }
    for w in &made.withheld {
        let group = w.group.clone().unwrap_or_default();
        line(
            ["withheld".to_owned(), String::new(), w.reason.clone()],
            [w.award.clone(), group, String::new(), String::new()],
        );
    }
    let place = |stream: &Option<String>, by: String| {
        let stream = stream.clone().unwrap_or_default();
        [String::new(), String::new(), stream, by]
    };
    for g in &made.given_up {
        let reason = g.reason.clone().unwrap_or_default();
        let cells = ["given_up".to_owned(), g.entry.to_string(), reason];
        line(cells, place(&g.stream, String::new()));
    }
    for entry in &made.left {
        let cells = ["left".to_owned(), entry.to_string(), String::new()];
        line(cells, Default::default());
    }
    for k in &made.kept {
        let cells = ["kept".to_owned(), k.entry.to_string(), String::new()];
        line(cells, place(&k.stream, k.by.to_string()));
    }
    table
}

fn groups(contest: &Contest) -> Table {
    let decisions = &contest.decisions;
    let turns: BTreeMap<&String, usize> = decisions.share_lot.iter().zip(1..).collect();
    let titles = &contest.group_titles;
    let mut table = heading(&["group", "title_en", "title_zh", "entrants", "lot"]);
    let names: BTreeSet<&String> = titles
        .keys()
        .chain(decisions.sizes.keys())
        .chain(turns.keys().copied())
        .collect();
    for name in names {
        let [en, zh] = TITLES.map(|(_, part)| titles.get(name).and_then(part).cloned().unwrap_or_default());
        let size = decisions
            .sizes
            .get(name)
            .map(ToString::to_string)
            .unwrap_or_default();
        let turn = turns.get(name).map(ToString::to_string).unwrap_or_default();
        table.push(vec![name.clone(), en, zh, size, turn]);
    }
    table
}
