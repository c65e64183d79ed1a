//! Whose sheets count: on a common panel, only those of judges who marked every entry.

use std::collections::{BTreeMap, BTreeSet};

use super::Bench;
use super::input::{EntryInput, Input, Participation};
use super::penalties;
use super::sheets::Sheets;
use super::veto;
use super::warning::Warning;
use crate::domain::points::Points;
use crate::domain::rules::{MissingMarks, Rules};

/// The entries that the same judges mark: those of a group and panel.
type Panel<'a> = (&'a str, &'a str);

/// The judges whose sheets count for no entry of a panel, with the entries that they did not mark.
#[derive(Debug, Default)]
pub(super) struct SetAside<'a> {
    judges: BTreeMap<Panel<'a>, Vec<&'a str>>,
    missing: BTreeMap<(Panel<'a>, &'a str), Vec<i64>>,
}

impl<'a> SetAside<'a> {
    /// The judges set aside for an entry's panel.
    pub(super) fn of(&self, entry: &'a EntryInput) -> &[&'a str] {
        self.judges.get(&panel(entry)).map_or(&[], Vec::as_slice)
    }
}

fn panel(entry: &EntryInput) -> Panel<'_> {
    (&entry.group, &entry.panel)
}

/// The parts of a sheet on which judges mark something.
pub(super) fn parts<'s>(once: &'s Sheets, attempts: &'s [Sheets]) -> Vec<&'s Sheets> {
    let parts = attempts.iter().chain([once]);
    parts.filter(|part| !part.criteria().is_empty()).collect()
}

/// Finds the judges to set aside: on a common panel, whoever marked some entries and not all, an attempt counting like an
/// entry. Entries that nobody marked did not appear and do not count; a judge who marked none was never there.
pub(super) fn set_aside<'a>(rules: &Rules, parts: &[&Sheets], input: &'a Input) -> SetAside<'a> {
    let mut found = SetAside::default();
    if !rules.panel.common {
        return found;
    }
    let mut panels: BTreeMap<Panel<'a>, Vec<(i64, BTreeSet<&'a str>)>> = BTreeMap::new();
    for entry in input.entries.iter().filter(|e| takes_part(rules, e)) {
        for part in parts {
            // A sheet without any mark is the sheet of somebody who was not there.
            let counts = |marks: &[Option<Points>]| match rules.rubric.missing {
                MissingMarks::LeftOut if parts.len() == 1 => marks.iter().any(Option::is_some),
                MissingMarks::LeftOut => part.begun(marks),
                MissingMarks::Refused => part.total(marks).is_some(),
            };
            let judges: BTreeSet<&str> = entry
                .sheets
                .iter()
                .filter(|s| counts(&s.marks))
                .map(|s| s.judge.as_str())
                .collect();
            if !judges.is_empty() {
                panels
                    .entry(panel(entry))
                    .or_default()
                    .push((entry.number, judges));
            }
        }
    }
    for (panel, mut entries) in panels {
        entries.sort_unstable_by_key(|(number, _)| *number);
        let everyone: BTreeSet<&str> = entries.iter().flat_map(|(_, judges)| judges).copied().collect();
        for judge in everyone {
            let missed = entries.iter().filter(|(_, judges)| !judges.contains(judge));
            let mut missing: Vec<i64> = missed.map(|(number, _)| *number).collect();
            missing.dedup();
            if !missing.is_empty() {
                found.judges.entry(panel).or_default().push(judge);
                found.missing.insert((panel, judge), missing);
            }
        }
    }
    found
}

/// Whether an entry was neither withdrawn nor disqualified, by people or by a penalty of the rules.
fn takes_part(rules: &Rules, entry: &EntryInput) -> bool {
    entry.participation == Participation::TakingPart && penalties::disqualification(rules, entry).is_none()
}

/// What somebody should know about whole panels: judges set aside.
pub(super) fn warnings(bench: &Bench<'_>, input: &Input) -> BTreeSet<Warning> {
    let missing = bench.set_aside.missing.iter();
    let warning = |(((group, _), judge), missing): (&(Panel<'_>, &str), &Vec<i64>)| Warning::JudgeSetAside {
        group: (*group).to_owned(),
        judge: (*judge).to_owned(),
        missing: missing.clone(),
    };
    missing.map(warning).chain(equal_totals(bench, input)).collect()
}

/// Who should have marked whom, to notice sheets that lack marks or never came.
#[derive(Debug)]
pub(super) struct Present<'a> {
    parts: Vec<&'a Sheets>,
    /// The judges of each panel.
    panels: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Present<'a> {
    pub(super) fn of(bench: &Bench<'a>, input: &'a Input) -> Self {
        let mut panels: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for judge in &input.judges {
            panels.entry(&judge.panel).or_default().push(&judge.code);
        }
        Self {
            parts: parts(bench.sheets, bench.attempts),
            panels,
        }
    }

    /// What somebody should know about an entry's sheets.
    pub(super) fn warnings(&self, bench: &Bench<'_>, entry: &EntryInput) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if entry.participation != Participation::TakingPart {
            return warnings;
        }
        let rules = bench.rules;
        if !bench.vetoes.is_empty() {
            warnings.extend(veto::unsaid(bench, entry));
        }
        warnings.extend(penalties::uncounted(rules, entry));
        if !rules.panel.classes.is_empty() {
            warnings.extend(without_class(bench, entry));
        }
        let incomplete =
            |marks: &[_]| rules.rubric.missing == MissingMarks::Refused && lacks(bench, &self.parts, marks);
        for sheet in entry.sheets.iter().filter(|s| incomplete(&s.marks)) {
            warnings.push(Warning::SheetIncomplete {
                entry: entry.number,
                judge: sheet.judge.clone(),
            });
        }
        for judge in self.panels.get(entry.panel.as_str()).into_iter().flatten() {
            let known =
                entry.sheets.iter().any(|s| s.judge == *judge) || entry.excused.iter().any(|e| e == judge);
            if !known {
                warnings.push(Warning::SheetMissing {
                    entry: entry.number,
                    judge: (*judge).to_owned(),
                });
            }
        }
        warnings
    }
}

/// The entries of a group to which a judge gave equal totals, where totals must all differ.
fn equal_totals(bench: &Bench<'_>, input: &Input) -> Vec<Warning> {
    if !bench.rules.rubric.distinct_totals {
        return Vec::new();
    }
    let mut totals: BTreeMap<(&str, &str, i128), Vec<i64>> = BTreeMap::new();
    for entry in input
        .entries
        .iter()
        .filter(|e| e.participation == Participation::TakingPart)
    {
        for sheet in &entry.sheets {
            if let Some(total) = bench.sheets.total(&sheet.marks) {
                let equal = totals.entry((&entry.group, &sheet.judge, total)).or_default();
                equal.push(entry.number);
            }
        }
    }
    let warning = |((group, judge, _), mut entries): ((&str, &str, i128), Vec<i64>)| {
        entries.sort_unstable();
        (entries.len() > 1).then(|| Warning::TotalsEqual {
            group: group.to_owned(),
            judge: judge.to_owned(),
            entries,
        })
    };
    totals.into_iter().filter_map(warning).collect()
}

/// Whether a sheet lacks marks of what is marked once, or of an attempt that was begun; or has none at all.
fn lacks(bench: &Bench<'_>, parts: &[&Sheets], marks: &[Option<Points>]) -> bool {
    if bench.attempts.is_empty() {
        return !bench.sheets.criteria().is_empty() && bench.sheets.lacks_marks(marks);
    }
    let once = !bench.sheets.criteria().is_empty() && bench.sheets.lacks_marks(marks);
    let halfway = |part: &&Sheets| part.begun(marks) && part.lacks_marks(marks);
    once || parts.iter().any(halfway) || !(parts.is_empty() || parts.iter().any(|part| part.begun(marks)))
}

/// The judges of an entry's sheets who belong to no class of the rules.
fn without_class<'a>(bench: &'a Bench<'_>, entry: &'a EntryInput) -> impl Iterator<Item = Warning> + 'a {
    let known = |judge: &str| {
        let class = bench.classes.class(entry, judge);
        class.is_some_and(|class| bench.rules.panel.classes.iter().any(|c| c.code.as_str() == class))
    };
    let strangers = entry.sheets.iter().filter(move |s| !known(&s.judge));
    strangers.map(|s| Warning::JudgeWithoutClass {
        judge: s.judge.clone(),
    })
}
