//! Whom judges reject. A rejected entry has no place; its marks stay in every statistic.

use super::ballot;
use super::input::{EntryInput, Sheet};
use super::panels::SetAside;
use super::standings::Reason;
use super::warning::Warning;
use super::{Bench, derivation::VetoLine};
use crate::domain::invalid::{FieldError, Invalid, pointer_step};
use crate::domain::points::Points;
use crate::domain::rules::{Criterion, Kind, Rejects, Rules};

/// A pass/fail criterion, and where sheets hold it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Veto<'a> {
    criterion: &'a Criterion,
    place: usize,
}

/// The pass/fail criteria of a rubric.
pub(super) fn vetoes(rules: &Rules) -> Vec<Veto<'_>> {
    let places = rules.rubric.marked().enumerate();
    let vetoes = places.filter(|(_, slot)| slot.criterion.kind == Kind::PassFail);
    vetoes
        .map(|(place, slot)| Veto {
            criterion: slot.criterion,
            place,
        })
        .collect()
}

impl Veto<'_> {
    fn mark(self, sheet: &Sheet) -> Option<Points> {
        sheet.marks.get(self.place).copied().flatten()
    }

    /// How many fail the entry, of how many who may.
    fn votes(self, bench: &Bench<'_>, entry: &EntryInput) -> (usize, usize) {
        let rejects = &self.criterion.rejects;
        let judges = present(bench.set_aside, entry)
            .filter(|sheet| rejects.asks(&sheet.judge, bench.classes.class(entry, &sheet.judge)));
        let votes: Vec<Points> = judges.filter_map(|sheet| self.mark(sheet)).collect();
        let fails = votes.iter().filter(|vote| **vote == Points::ZERO).count();
        (fails, votes.len())
    }

    fn rejects(self, (fails, of): (usize, usize)) -> bool {
        match self.criterion.rejects {
            Rejects::Majority => fails > of - fails,
            Rejects::Any | Rejects::Class(_) | Rejects::Judge(_) => fails > 0,
        }
    }
}

fn present<'a>(set_aside: &'a SetAside<'a>, entry: &'a EntryInput) -> impl Iterator<Item = &'a Sheet> {
    let aside = set_aside.of(entry);
    let sheets = entry.sheets.iter();
    sheets.filter(move |sheet| !aside.contains(&sheet.judge.as_str()))
}

/// Sheets on which something is passed or failed.
pub(super) fn sheets(bench: &Bench<'_>, entry: &EntryInput) -> usize {
    let voted = |sheet: &&Sheet| bench.vetoes.iter().any(|veto| veto.mark(sheet).is_some());
    present(bench.set_aside, entry).filter(voted).count()
}

/// The first criterion by which an entry is rejected.
pub(super) fn rejection(bench: &Bench<'_>, entry: &EntryInput) -> Option<Reason> {
    bench.vetoes.iter().find_map(|veto| {
        let (fails, of) = veto.votes(bench, entry);
        veto.rejects((fails, of)).then(|| Reason::Rejected {
            criterion: veto.criterion.code.to_string(),
            fails,
            of,
        })
    })
}

/// The verdicts of a judge that count nowhere, since the rules ask others: each at `/marks/<code>`.
#[must_use]
pub fn unasked<'g>(
    rules: &Rules,
    (judge, class): (&str, Option<&str>),
    given: impl Iterator<Item = &'g String>,
) -> Invalid {
    let wrong = |code: &String| {
        let slot = rules.rubric.slot(code)?;
        let verdict = slot.criterion.kind == Kind::PassFail;
        let at = format!("/marks/{}", pointer_step(code));
        (verdict && !slot.criterion.rejects.asks(judge, class))
            .then(|| ballot::named(FieldError::new(at, "verdict_not_asked"), slot))
    };
    Invalid(given.filter_map(wrong).collect())
}

/// The criteria that somebody could have failed an entry by, and nobody said whether it passes.
pub(super) fn unsaid(bench: &Bench<'_>, entry: &EntryInput) -> Vec<Warning> {
    let marked = present(bench.set_aside, entry).next().is_some();
    let unsaid = |veto: &&Veto<'_>| marked && veto.votes(bench, entry).1 == 0;
    let warning = |veto: &Veto<'_>| Warning::VetoUnsaid {
        entry: entry.number,
        criterion: veto.criterion.code.to_string(),
    };
    bench.vetoes.iter().filter(unsaid).map(warning).collect()
}

/// How an entry passed.
pub(super) fn lines(bench: &Bench<'_>, entry: &EntryInput) -> Vec<VetoLine> {
    let line = |veto: &Veto<'_>| {
        let (fails, of) = veto.votes(bench, entry);
        VetoLine {
            code: veto.criterion.code.to_string(),
            fails,
            of,
        }
    };
    bench.vetoes.iter().map(line).collect()
}
