//! Who rejects an entry by failing it.

use serde::Serialize;
use utoipa::ToSchema;

use super::read::{Fields, Node, Read, expected, unknown_word};
use super::rubric::{Criterion, Kind, is_default};
use super::{Counts, Rules, TieBreak};
use crate::domain::codes::UnknownCode;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;
use crate::domain::text::{Code, check_name};

/// Whose fail of a pass/fail criterion rejects an entry: `"majority"`, `"any"`, `{ "class": "sponsor" }` or
/// `{ "judge": "J3" }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rejects {
    /// More than half of the sheets present fail it; half of them don't suffice.
    #[default]
    Majority,
    /// One sheet fails it.
    Any,
    /// A judge of this class fails it.
    Class(Code),
    /// This judge fails it.
    Judge(String),
}

impl Rejects {
    /// Whether every judge has to say pass or fail; otherwise only those who can reject.
    #[must_use]
    pub const fn asks_everybody(&self) -> bool {
        matches!(self, Self::Majority | Self::Any)
    }

    /// Whether what a judge of a class says counts.
    #[must_use]
    pub fn asks(&self, judge: &str, class: Option<&str>) -> bool {
        match self {
            Self::Majority | Self::Any => true,
            Self::Class(asked) => class == Some(asked.as_str()),
            Self::Judge(asked) => judge == asked,
        }
    }
}

impl Read for Rejects {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        match node {
            Node::Text(word) => match word.as_str() {
                "majority" => Some(Self::Majority),
                "any" => Some(Self::Any),
                _ => {
                    let given = word.clone();
                    let known = &["majority", "any", "{\"class\": …}", "{\"judge\": …}"];
                    errors.push(unknown_word(at, &UnknownCode { given, known }));
                    None
                }
            },
            Node::Map(_) => {
                let mut f = Fields::of(node, at, errors)?;
                let (class, judge): (Option<Code>, Option<String>) =
                    (f.optional("class", errors), f.optional("judge", errors));
                f.finish(errors);
                match (class, judge) {
                    (Some(class), None) => Some(Self::Class(class)),
                    (None, Some(judge)) => {
                        check_name(&judge, &format!("{at}/judge"), errors);
                        Some(Self::Judge(judge))
                    }
                    _ => expected("word_class_or_judge", at, errors),
                }
            }
            _ => expected("word_class_or_judge", at, errors),
        }
    }
}

/// Notes what a pass/fail criterion can't have.
pub(super) fn limits(c: &Criterion, at: &str, errors: &mut Invalid) {
    for (asked, key) in [
        (c.max.is_some(), "max"),
        (c.min != Points::ZERO, "min"),
        (c.step != Points::ONE, "step"),
        (c.factor.is_some(), "factor"),
        (c.weight.is_some(), "weight"),
        (c.counts != Counts::Added, "as"),
        (!c.per_attempt, "per_attempt"),
        (c.qualify_from.is_some(), "qualify_from"),
        (!c.levels.is_empty(), "levels"),
    ] {
        if asked {
            errors.push(FieldError::new(format!("{at}/{key}"), "not_of_pass_fail"));
        }
    }
}

/// Notes what contradicts itself about vetoes.
pub(super) fn check(rules: &Rules, errors: &mut Invalid) {
    for (i, c) in rules.rubric.criteria.iter().enumerate() {
        let at = format!("/rubric/criteria/{i}/rejects");
        if c.kind != Kind::PassFail {
            if !is_default(&c.rejects) {
                errors.push(FieldError::new(at, "rejects_without_pass_fail"));
            }
            continue;
        }
        if let Rejects::Class(class) = &c.rejects
            && !rules.panel.classes.is_empty()
            && !rules.panel.classes.iter().any(|known| known.code == *class)
        {
            errors.push(FieldError::new(format!("{at}/class"), "unknown_class").with("class", class));
        }
    }
    for (i, tie) in rules.ranking.ties.iter().enumerate() {
        if let TieBreak::Criterion { code } = tie
            && rules
                .rubric
                .criterion(code.as_str())
                .is_some_and(|c| c.kind == Kind::PassFail)
        {
            let error = FieldError::new(format!("/ranking/ties/{i}"), "tie_break_decides_nothing");
            errors.push(error.with("by", tie.as_str()));
        }
    }
}
