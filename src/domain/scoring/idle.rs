//! Criteria that decided nothing: everybody has the same value there.

use super::warning::Warning;
use super::{Bench, Scored, tie_break};
use crate::domain::exact::Exact;
use crate::domain::rules::{Criterion, Kind};

/// Among fewer entries an equal value is no wonder.
const FEWEST: usize = 3;

/// The criteria by which all ranked entries of a group are alike, beside others that tell them apart or may.
pub(super) fn warnings(bench: &Bench<'_>, group: &str, scored: &[Scored<'_>]) -> Vec<Warning> {
    let points = |c: &&Criterion| c.kind != Kind::PassFail;
    let criteria = bench.rules.rubric.criteria.iter().filter(points);
    if scored.len() < FEWEST || criteria.clone().count() < 2 {
        return Vec::new();
    }
    // Sheets are kept where all entries are explained; they are not combined again for a warning.
    let value = |one: &Scored<'_>, c: &Criterion| {
        let panel = one.panel.as_deref()?;
        tie_break::criterion(bench, one.entry, one.combined(panel), c)
    };
    let alike = |c: &Criterion| -> Option<Exact> {
        let (first, others) = scored.split_first()?;
        let common = value(first, c)?;
        // Two that differ are soon found.
        let same = others.iter().all(|one| value(one, c).as_ref() == Some(&common));
        same.then_some(common)
    };
    let warning = |c: &Criterion| {
        Some(Warning::CriterionDecidedNothing {
            group: group.to_owned(),
            criterion: c.code.to_string(),
            value: alike(c)?.to_string(),
        })
    };
    criteria.filter_map(warning).collect()
}
