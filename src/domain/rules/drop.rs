//! The best or the middle ones of several criteria: how many are dropped before the rest are added up.

use std::ops::Range;

use serde::Serialize;
use utoipa::ToSchema;

use super::read::{Fields, Node, Read};
use super::rubric::is_default;
use super::{Counts, Rules, SheetTotal};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;

/// How many of the criteria that are added up are dropped first: of each sheet's marks where totals of sheets are
/// combined, of the criteria across judges where these are, of the ranks where entries are ranked by each criterion; of
/// what was recorded where judges mark nothing. What is compared is what each would add.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Drop {
    /// How many of the highest are dropped.
    #[serde(skip_serializing_if = "is_default")]
    pub high: u32,
    /// How many of the lowest are dropped: with 2 of 5 the best 3 count.
    #[serde(skip_serializing_if = "is_default")]
    pub low: u32,
}

impl Drop {
    /// Which of so many values count, from the lowest to the highest; none where nothing is left.
    #[must_use]
    pub fn kept(self, values: usize) -> Range<usize> {
        let count = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let end = values.saturating_sub(count(self.high));
        count(self.low).min(end)..end
    }
}

impl Rules {
    /// What is dropped of recorded criteria: they are all that there is.
    #[must_use]
    pub fn drops_recorded(&self) -> Option<Drop> {
        let judged = self.rubric.judged().next().is_some();
        self.rubric
            .drop
            .filter(|_| !judged && !self.aggregate.by.ranks_by_criterion())
    }
}

impl Read for Drop {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let (high, low) = (f.or_default("high", errors), f.or_default("low", errors));
        f.finish(errors);
        Some(Self { high, low })
    }
}

/// Notes what contradicts itself about dropped criteria, and about criteria that are no part of the total.
pub(super) fn check(rules: &Rules, errors: &mut Invalid) {
    let rubric = &rules.rubric;
    let counts = |c: &&super::Criterion| c.counts == Counts::Added && (c.is_judged() || c.is_recorded());
    if rubric.criteria.iter().any(|c| c.is_apart())
        && !rubric.criteria.iter().any(|c| counts(&c))
        && rules.carry.is_empty()
    {
        errors.push(FieldError::new("/rubric/criteria", "nothing_counts"));
    }
    if (rules.aggregate.by.ranks_by_judge() || rules.equalise.is_some())
        && rubric.judged().next().is_some()
        && rubric.counting().next().is_none()
    {
        errors.push(FieldError::new("/aggregate/by", "nothing_judged_counts"));
    }
    for (i, c) in rubric.criteria.iter().enumerate().filter(|(_, c)| c.is_apart()) {
        for (asked, key) in [(c.factor.is_some(), "factor"), (c.weight.is_some(), "weight")] {
            if asked {
                let at = format!("/rubric/criteria/{i}/{key}");
                errors.push(FieldError::new(at, "factor_of_apart"));
            }
        }
    }
    let Some(drop) = rubric.drop else { return };
    let mut wrong = |asked: bool, at: &str, code: &'static str| {
        if asked {
            errors.push(FieldError::new(at, code));
        }
    };
    let at = "/rubric/drop";
    wrong(drop == Drop::default(), at, "drop_nothing");
    let components = rules.aggregate.by.ranks_by_criterion();
    let judged = rubric.judged().next().is_some();
    let all = rubric
        .criteria
        .iter()
        .filter(|c| counts(c) && (components || c.is_judged() == judged));
    let all = all.count();
    wrong(drop.kept(all).is_empty(), at, "drop_leaves_nothing");
    let mut weights = rubric.counting().map(|c| c.weight.unwrap_or(Points::ONE));
    let first = weights.next();
    let unequal = weights.any(|weight| Some(weight) != first);
    wrong(
        rubric.total == SheetTotal::Mean && unequal,
        at,
        "drop_needs_equal_weights",
    );
    wrong(rules.takes_partial_sheets(), at, "drop_of_partial_sheets");
    let apart = |attempt| rubric.judged_in(attempt).next().is_some();
    wrong(
        rubric.attempts.is_some() && !components && (!apart(Some(1)) || apart(None)),
        at,
        "drop_across_attempts",
    );
    wrong(
        rules.standardises_single_marks(),
        at,
        "drop_of_standardised_marks",
    );
}
