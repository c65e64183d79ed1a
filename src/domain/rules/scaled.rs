//! Recorded values that the other entries' values put in proportion: votes, prices, times.

use serde::Serialize;
use utoipa::ToSchema;

use super::read::{Fields, Node, Read, read_words};
use super::{Counts, Rules, Wins};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;

/// What a recorded value is brought to by those of the other entries of its group that take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Scaled {
    /// The points that the best value gets; with `"by": "sum"` what all values get together.
    pub to: Points,
    /// In proportion to what.
    pub by: ScaleBy,
}

crate::code_enum! {
    /// What a recorded value is put in proportion to.
    pub enum ScaleBy {
        /// The best value: an entry with half of it gets half of the points. Where the lowest value is the best, an entry
        /// with twice as much gets half: the formula for prices.
        Best = "best",
        /// The range of the values: the best gets all points, the worst none.
        Range = "range",
        /// The sum of all values: a share of the votes.
        Sum = "sum",
    }
}

read_words!(ScaleBy);

impl Read for Scaled {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let (to, by) = (f.required("to", errors), f.required("by", errors));
        f.finish(errors);
        Some(Self { to: to?, by: by? })
    }
}

/// Notes what contradicts itself about scaled values.
pub(super) fn check(rules: &Rules, errors: &mut Invalid) {
    for (i, c) in rules.rubric.criteria.iter().enumerate() {
        let Some(scaled) = c.scaled else { continue };
        let at = format!("/rubric/criteria/{i}/scaled");
        let mut wrong = |asked: bool, key: &str, code: &'static str| {
            if asked {
                errors.push(FieldError::new(format!("{at}{key}"), code));
            }
        };
        wrong(
            !c.is_recorded() || c.counts != Counts::Added,
            "",
            "scaled_needs_recorded",
        );
        wrong(rules.rubric.is_per_attempt(c), "", "scaled_of_attempts");
        wrong(rules.aggregate.by.ranks_by_criterion(), "", "scaled_beside_ranks");
        wrong(scaled.to <= Points::ZERO, "/to", "scaled_to_nothing");
        let (lowest, by_range) = (
            rules.criterion_wins(c) == Wins::Lowest,
            scaled.by == ScaleBy::Range,
        );
        wrong(lowest && scaled.by == ScaleBy::Sum, "/by", "scaled_sum_of_lowest");
        wrong(
            !by_range && (c.min < Points::ZERO || lowest && c.min == Points::ZERO),
            "/by",
            "scaled_needs_positive",
        );
    }
}
