//! What earlier rounds contribute.

use serde::Serialize;
use utoipa::ToSchema;

use super::read::{Fields, Node, Read, expected, read_words, unknown_word};
use super::rubric::{is_default, is_one};
use crate::domain::codes::UnknownCode;
use crate::domain::invalid::Invalid;
use crate::domain::points::Points;
use crate::domain::text::Code;

/// What an earlier round contributes to the total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Carry {
    /// The earlier round.
    pub round: Code,
    /// What its total is multiplied by; without a word 1.
    #[serde(skip_serializing_if = "is_one")]
    pub weight: Points,
    /// Which of its totals; without a word the rounded one.
    #[serde(skip_serializing_if = "is_default")]
    pub of: CarryOf,
    /// What the first, the second … rank there gives, where ranks count (`"of": "rank"`); without a word the rank itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Points>,
    /// What holds for an entry that has no such total; without a word it can't be ranked.
    #[serde(skip_serializing_if = "is_default")]
    pub missing: MissingRound,
}

crate::code_enum! {
    /// Which total of the earlier round.
    #[derive(Default)]
    pub enum CarryOf {
        /// As it was published.
        #[default]
        Rounded = "rounded",
        /// As it was before its last rounding.
        Exact = "exact",
        /// None: the rank there counts, or what a table of points gives for it.
        Rank = "rank",
    }
}

/// What holds for an entry that has no total in an earlier round: `"refuse"`, `"renormalise"`, `"leave_out"` or
/// `{ "value": "60" }`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingRound {
    /// It can't be ranked.
    #[default]
    Refuse,
    /// The weights of the rounds that it has count in proportion.
    Renormalise,
    /// It has one contribution fewer of which the best count.
    LeaveOut,
    /// This value is taken.
    Value(Points),
}

read_words!(CarryOf);

impl Read for Carry {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let round = f.required("round", errors);
        let weight = f.optional("weight", errors).unwrap_or(Points::ONE);
        let of = f.or_default("of", errors);
        let points = f.or_default("points", errors);
        let missing = f.or_default("missing", errors);
        f.finish(errors);
        Some(Self {
            round: round?,
            weight,
            of,
            points,
            missing,
        })
    }
}

impl Read for MissingRound {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        match node {
            Node::Text(word) => match word.as_str() {
                "refuse" => Some(Self::Refuse),
                "renormalise" => Some(Self::Renormalise),
                "leave_out" => Some(Self::LeaveOut),
                _ => {
                    let known = &["refuse", "renormalise", "leave_out", "{\"value\": …}"];
                    errors.push(unknown_word(
                        at,
                        &UnknownCode {
                            given: word.clone(),
                            known,
                        },
                    ));
                    None
                }
            },
            Node::Map(_) => {
                let mut f = Fields::of(node, at, errors)?;
                let value = f.required("value", errors);
                f.finish(errors);
                value.map(Self::Value)
            }
            _ => expected("word_or_value", at, errors),
        }
    }
}
