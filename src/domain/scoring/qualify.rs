//! What an entry has to reach in a criterion to go on or win an award.

use super::Bench;
use super::aggregate::PanelScore;
use super::derivation::BelowLine;
use super::input::EntryInput;
use super::ranking::better_first;
use super::standings::Reason;
use super::tie_break;
use crate::domain::exact::{Exact, Shown};
use crate::domain::rules::{Criterion, Rules, Unqualified};

/// The criteria that ask for something.
pub(super) fn gates(rules: &Rules) -> Vec<&Criterion> {
    let criteria = rules.rubric.criteria.iter();
    criteria.filter(|c| c.qualify_from.is_some()).collect()
}

/// Where an entry stays behind what is asked for; a value that it lacks reaches nothing.
pub(super) fn below<'a>(bench: &Bench<'a>, entry: &'a EntryInput, panel: &PanelScore<'a>) -> Vec<BelowLine> {
    let line = |criterion: &&Criterion| {
        let from = Exact::from(criterion.qualify_from?);
        let value = tie_break::criterion(bench, entry, panel, criterion);
        let wins = bench.rules.criterion_wins(criterion);
        let reached = value
            .as_ref()
            .is_some_and(|value| better_first(wins, value, &from).is_le());
        let shown = |value| Shown::new(value, criterion.decimals().max(bench.rules.decimals()));
        (!reached).then(|| BelowLine {
            code: criterion.code.to_string(),
            value: value.map(shown),
            needed: Shown::new(from, criterion.decimals()),
        })
    };
    bench.gates.iter().filter_map(line).collect()
}

/// Why an entry that stays behind is unranked, where the rules say so.
pub(super) fn refused(rules: &Rules, below: &[BelowLine]) -> Option<Reason> {
    let first = below
        .first()
        .filter(|_| rules.ranking.unqualified == Unqualified::Unranked)?;
    Some(Reason::NotQualified {
        criterion: first.code.clone(),
        value: first.value.clone().map(Box::new),
        needed: Box::new(first.needed.clone()),
    })
}
