//! Penalties and bonuses that the rules know: so many points for each step begun.

use serde::Serialize;
use utoipa::ToSchema;

use super::Rules;
use super::check::{at_most, unique};
use super::read::{Fields, Node, Read};
use super::rubric::is_default;
use crate::domain::exact::Exact;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;
use crate::domain::text::{Code, Text};

/// A penalty (or a bonus) for a quantity that somebody measures: −1 for each 30 seconds begun over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Penalty {
    /// Its short name, unique among the penalties.
    pub code: Code,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// What is added for each step that was begun; below 0 it is taken off. Without a word nothing, and the quantity can
    /// only disqualify.
    #[serde(skip_serializing_if = "is_default")]
    pub points: Points,
    /// How much of the quantity is one step; without a word the points count once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<Points>,
    /// So much is free, and steps are counted from there; without a word nothing is.
    #[serde(skip_serializing_if = "is_default")]
    pub grace: Points,
    /// From this quantity on the entry is disqualified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disqualify_from: Option<Points>,
    /// What the quantity is counted in, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Text>,
}

/// What a penalty does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// So many steps were begun, which add these points.
    Points {
        /// The steps.
        steps: i64,
        /// What they add together.
        points: Exact,
    },
    /// The entry is disqualified from this quantity on.
    Disqualifies {
        /// That quantity.
        from: Points,
    },
}

impl Penalty {
    /// What a quantity does.
    #[must_use]
    pub fn effect(&self, quantity: Points) -> Effect {
        if let Some(from) = self.disqualify_from.filter(|from| quantity >= *from) {
            return Effect::Disqualifies { from };
        }
        let over = quantity.thousandths().saturating_sub(self.grace.thousandths());
        let per = self.per.map_or(0, Points::thousandths);
        let steps = match (over > 0, per > 0) {
            (false, _) => 0,
            (true, false) => 1,
            // Begun steps count whole.
            (true, true) => (over - 1) / per + 1,
        };
        Effect::Points {
            steps,
            points: &Exact::from(self.points) * &Exact::whole(steps.into()),
        }
    }

    /// Whether its effect depends on a quantity.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        self.per.is_some() || self.disqualify_from.is_some() || self.grace > Points::ZERO
    }
}

impl Read for Penalty {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let code = f.required("code", errors);
        let title = f.optional("title", errors);
        let points = f.or_default("points", errors);
        let (per, grace) = (f.optional("per", errors), f.or_default("grace", errors));
        let disqualify_from = f.optional("disqualify_from", errors);
        let unit = f.optional("unit", errors);
        f.finish(errors);
        Some(Self {
            code: code?,
            title,
            points,
            per,
            grace,
            disqualify_from,
            unit,
        })
    }
}

/// Notes what contradicts itself about penalties.
pub(super) fn check(rules: &Rules, errors: &mut Invalid) {
    let at = |i: usize, key: &str| format!("/penalties/{i}/{key}");
    at_most(rules.penalties.len(), "/penalties", errors);
    unique(rules.penalties.iter().map(|p| &p.code), |i| at(i, "code"), errors);
    for (i, penalty) in rules.penalties.iter().enumerate() {
        if penalty.points == Points::ZERO && penalty.disqualify_from.is_none() {
            errors.push(FieldError::new(at(i, "points"), "penalty_of_nothing"));
        }
        if penalty.per.is_some_and(|per| per <= Points::ZERO) {
            errors.push(FieldError::new(at(i, "per"), "step_not_positive"));
        }
        if penalty.per.is_some() && penalty.points == Points::ZERO {
            errors.push(FieldError::new(at(i, "per"), "penalty_of_nothing"));
        }
        if penalty.grace < Points::ZERO {
            errors.push(FieldError::new(at(i, "grace"), "grace_negative"));
        }
        if penalty.disqualify_from.is_some_and(|from| from <= penalty.grace) {
            let error = FieldError::new(at(i, "disqualify_from"), "disqualified_within_grace");
            errors.push(error.with("grace", penalty.grace));
        }
    }
}
