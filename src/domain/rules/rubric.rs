//! The rubric: what is marked, between which limits, and how the marks of one sheet add up.

use serde::Serialize;
use utoipa::ToSchema;

use super::Wins;
use super::attempts::Attempts;
use super::drop::Drop;
use super::read::{Fields, Node, Read, read_words};
use super::scaled::Scaled;
use super::veto::Rejects;
use crate::domain::invalid::Invalid;
use crate::domain::points::Points;
use crate::domain::text::{Code, Text};

/// What is marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rubric {
    /// The criteria in the order in which they are shown and marked.
    pub criteria: Vec<Criterion>,
    /// How the marks of a sheet become its total; without a word the sum.
    #[serde(skip_serializing_if = "is_default")]
    pub total: SheetTotal,
    /// How many of the criteria that are added up are dropped first, the highest and the lowest; without a word none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drop: Option<Drop>,
    /// What a sheet should total at most: a cross-check that the limits and factors must fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Points>,
    /// How often an entry is marked; without a word once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<Attempts>,
    /// What happens when a submitted sheet lacks a mark; without a word it is refused.
    #[serde(skip_serializing_if = "is_default")]
    pub missing: MissingMarks,
    /// Whether the totals that a judge gives to the entries of a group must all differ; without a word they need not.
    #[serde(skip_serializing_if = "is_default")]
    pub distinct_totals: bool,
    /// Whether a judge comments; without a word they may.
    #[serde(skip_serializing_if = "is_default")]
    pub comment: Comment,
}

/// One line of the rubric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Criterion {
    /// Its short name, unique in the rubric.
    pub code: Code,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Who gives its value; without a word each judge does.
    #[serde(skip_serializing_if = "is_default")]
    pub kind: Kind,
    /// How its value counts; without a word it is added.
    #[serde(rename = "as", skip_serializing_if = "is_default")]
    pub counts: Counts,
    /// The least that may be given; without a word 0.
    #[serde(skip_serializing_if = "is_default")]
    pub min: Points,
    /// The most that may be given; nothing is given where it is pass or fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Points>,
    /// Every value is the minimum and a whole number of steps; without a word 1.
    #[serde(skip_serializing_if = "is_one")]
    pub step: Points,
    /// What the value is multiplied by before it is added; without a word 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<Points>,
    /// What a recorded value is brought to by those of the other entries; without a word it counts as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaled: Option<Scaled>,
    /// Its share in a weighted mean (`"total": "mean"`); shares below 1 add up to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<Points>,
    /// Which value is the better one where entries are ranked by each criterion, or their values scaled, or where it stands
    /// apart; without a word the highest, and apart that which the total goes by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wins: Option<Wins>,
    /// Whose fail rejects an entry, where it is pass or fail; without a word the majority's.
    #[serde(skip_serializing_if = "is_default")]
    pub rejects: Rejects,
    /// Whether it is marked or recorded in each attempt, where entries have several; without a word it is.
    #[serde(skip_serializing_if = "is_true")]
    pub per_attempt: bool,
    /// The worst value of an entry that may go on or win an award; without a word every entry may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualify_from: Option<Points>,
    /// What the values mean, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<Level>,
}

/// What a value means, from a number of points upward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Level {
    /// The least value of this level.
    pub from: Points,
    /// What it is called.
    pub title: Text,
}

crate::code_enum! {
    /// Who gives a criterion's value.
    #[derive(Default)]
    pub enum Kind {
        /// Each judge marks it.
        #[default]
        Judged = "judged",
        /// An organizer enters one value per entry: element scores, public votes, a difficulty.
        Recorded = "recorded",
        /// Each judge lets the entry pass or fails it; whom enough of them fail is rejected.
        PassFail = "pass_fail",
    }
}

crate::code_enum! {
    /// How a criterion's value counts.
    #[derive(Default)]
    pub enum Counts {
        /// It is added: a mark to the sheet's total, a recorded value to what the judges' marks give.
        #[default]
        Added = "added",
        /// What the judges' marks give is multiplied by it: a dive's difficulty.
        Multiplier = "multiplier",
        /// It is no part of the total; ties, awards and what an entry must reach to go on may go by it.
        Apart = "apart",
    }
}

crate::code_enum! {
    /// How the marks of a sheet become its total.
    #[derive(Default)]
    pub enum SheetTotal {
        /// The sum of marks times factors.
        #[default]
        Sum = "sum",
        /// The sum of marks times weights, divided by the sum of the weights.
        Mean = "mean",
    }
}

crate::code_enum! {
    /// What happens when a submitted sheet lacks a mark. It is never 0.
    #[derive(Default)]
    pub enum MissingMarks {
        /// Only complete sheets are submitted and count.
        #[default]
        Refused = "refused",
        /// A missing mark is left out: of its criterion's panel score where judges are combined by criterion, of the
        /// sheet's weighted mean (`"total": "mean"`) where their sheets are.
        LeftOut = "left_out",
    }
}

crate::code_enum! {
    /// Whether a judge comments.
    #[derive(Default)]
    pub enum Comment {
        /// They may.
        #[default]
        Optional = "optional",
        /// A sheet without one can't be submitted.
        Required = "required",
        /// They can't.
        None = "none",
    }
}

read_words!(Kind, Counts, SheetTotal, MissingMarks, Comment);

impl Criterion {
    /// Whether each judge marks it.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.kind == Kind::Judged
    }

    /// Whether an organizer records it.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        self.kind == Kind::Recorded
    }

    /// Whether it is no part of the total.
    #[must_use]
    pub fn is_apart(&self) -> bool {
        self.counts == Counts::Apart
    }

    /// Its name for people, its code where it has none.
    #[must_use]
    pub fn name(&self, lang: crate::domain::text::Lang) -> &str {
        self.title
            .as_ref()
            .map_or(self.code.as_str(), |t| t.in_lang(lang))
    }

    /// The most that may be given; 1 (a pass) where it is pass or fail.
    #[must_use]
    pub fn maximum(&self) -> Points {
        self.max.unwrap_or(Points::ONE)
    }

    /// Decimals in which its values are shown: those of its step.
    #[must_use]
    pub fn decimals(&self) -> u32 {
        self.step.decimals().max(self.min.decimals())
    }
}

impl Rubric {
    /// The criteria that judges mark, in order.
    pub fn judged(&self) -> impl Iterator<Item = &Criterion> {
        self.criteria.iter().filter(|c| c.is_judged())
    }

    /// The criteria that organizers record, in order.
    pub fn recorded(&self) -> impl Iterator<Item = &Criterion> {
        self.criteria.iter().filter(|c| c.is_recorded())
    }

    /// The criteria that judges mark and that are part of a sheet's total, in order.
    pub fn counting(&self) -> impl Iterator<Item = &Criterion> {
        self.judged().filter(|c| !c.is_apart())
    }

    /// The criterion of a code.
    #[must_use]
    pub fn criterion(&self, code: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|c| c.code.as_str() == code)
    }
}

/// Whether a value is what it is when nobody says; such keys are not written.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
pub(super) fn is_true(value: &bool) -> bool {
    *value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
pub(super) fn is_one(points: &Points) -> bool {
    *points == Points::ONE
}

impl Read for Rubric {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let criteria = f.required("criteria", errors);
        let rest = (
            f.or_default("total", errors),
            f.optional("drop", errors),
            f.optional("maximum", errors),
            f.optional("attempts", errors),
            f.or_default("missing", errors),
            f.or_default("distinct_totals", errors),
            f.or_default("comment", errors),
        );
        f.finish(errors);
        let (total, drop, maximum, attempts, missing, distinct_totals, comment) = rest;
        Some(Self {
            criteria: criteria?,
            total,
            drop,
            maximum,
            attempts,
            missing,
            distinct_totals,
            comment,
        })
    }
}

impl Read for Criterion {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let code = f.required("code", errors);
        let title = f.optional("title", errors);
        let kind = f.or_default("kind", errors);
        let max = match kind {
            Kind::Judged | Kind::Recorded => f.required("max", errors),
            Kind::PassFail => f.optional("max", errors),
        };
        let counts = f.or_default("as", errors);
        let min = f.or_default("min", errors);
        let step = f.optional("step", errors).unwrap_or(Points::ONE);
        let (factor, weight) = (f.optional("factor", errors), f.optional("weight", errors));
        let scaled = f.optional("scaled", errors);
        // More is better without a word, but for what stands apart.
        let wins = f.optional("wins", errors);
        let wins = wins.filter(|wins| *wins != Wins::default() || counts == Counts::Apart);
        let rejects = f.or_default("rejects", errors);
        let per_attempt = f.optional("per_attempt", errors).unwrap_or(true);
        let qualify_from = f.optional("qualify_from", errors);
        let levels = f.or_default("levels", errors);
        f.finish(errors);
        Some(Self {
            code: code?,
            max,
            title,
            kind,
            counts,
            min,
            step,
            factor,
            scaled,
            weight,
            wins,
            rejects,
            per_attempt,
            qualify_from,
            levels,
        })
    }
}

impl Read for Level {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let (from, title) = (f.required("from", errors), f.required("title", errors));
        f.finish(errors);
        Some(Self {
            from: from?,
            title: title?,
        })
    }
}
