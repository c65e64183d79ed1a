//! Across judges: who marks the same entries, and how their sheets become one value.

use serde::Serialize;
use utoipa::ToSchema;

use super::classes::{EmptyClass, JudgeClass};
use super::ranks::Unequal;
use super::read::{Fields, Node, Read, read_words};
use super::rubric::is_default;
use crate::domain::invalid::Invalid;
use crate::domain::points::Points;

/// The judges that mark the same entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Panel {
    /// An entry with fewer sheets is unranked; without a word 1, or 0 where judges mark nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_sheets: Option<u32>,
    /// Whether every judge must have marked every entry; one who left early is set aside for all of them.
    #[serde(skip_serializing_if = "is_default")]
    pub common: bool,
    /// Classes whose sheets are combined apart and then weighed; without a word all judges are alike.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<JudgeClass>,
    /// What happens to an entry that has too few sheets of a class; without a word it is unranked.
    #[serde(skip_serializing_if = "is_default")]
    pub empty_class: EmptyClass,
}

/// How the judges' sheets become one value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Aggregate {
    /// What is combined: the totals of the sheets, or the marks of each criterion.
    #[serde(skip_serializing_if = "is_default")]
    pub over: Over,
    /// How it is combined.
    #[serde(skip_serializing_if = "is_default")]
    pub by: Combine,
    /// What holds where judges' ranks are combined and entries have unequal numbers of judges; without a word the group
    /// can't be ranked.
    #[serde(skip_serializing_if = "is_default")]
    pub unequal: Unequal,
    /// What the first, the second … rank gives, where ranks give points by a table; ranks behind the last one give nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Points>,
    /// What holds for an entry that lacks a value of a criterion by which entries are ranked; without a word it is unranked.
    #[serde(skip_serializing_if = "is_default")]
    pub absent: Absent,
    /// How many of the highest and lowest are dropped first, by the number present; without a word none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trim: Vec<Trim>,
}

/// How many values are dropped when at least so many are present; the step with the greatest `from` counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Trim {
    /// The least number of values present.
    pub from: u32,
    /// How many of the highest are dropped.
    #[serde(skip_serializing_if = "is_default")]
    pub high: u32,
    /// How many of the lowest are dropped.
    #[serde(skip_serializing_if = "is_default")]
    pub low: u32,
}

crate::code_enum! {
    /// What is combined across judges.
    #[derive(Default)]
    pub enum Over {
        /// The totals of their sheets.
        #[default]
        Sheets = "sheets",
        /// Their marks, criterion by criterion; the criteria are then added up.
        Criteria = "criteria",
    }
}

crate::code_enum! {
    /// How values are combined across judges.
    #[derive(Default)]
    pub enum Combine {
        /// Their mean.
        #[default]
        Mean = "mean",
        /// The middle one, or the mean of the two in the middle.
        Median = "median",
        /// Their sum.
        Sum = "sum",
        /// The sum of the ranks that each judge's totals give the entries of the group; the lowest wins.
        RankSum = "rank_sum",
        /// The sum of the points that each judge's order gives: as many as entries stand behind; the highest wins.
        Borda = "borda",
        /// The sum of the points that each judge's order gives by a table (12, 10, 8, 7 …); the highest wins.
        RankPoints = "rank_points",
        /// The product of the ranks that each judge's totals give; the lowest wins, as the lowest geometric mean would.
        RankProduct = "rank_product",
        /// The entries are ranked by each criterion, and the ranks times the factors added up; the lowest wins.
        /// A judged criterion has the mean of its marks.
        ComponentRanks = "component_ranks",
        /// The entries are ranked by each criterion, and the points for the ranks (by a table) times the factors added up;
        /// the highest wins.
        ComponentPoints = "component_points",
        /// The entries are ranked by each criterion, and the ranks multiplied; the lowest wins.
        ComponentProduct = "component_product",
    }
}

crate::code_enum! {
    /// What holds for an entry that lacks a value of a criterion by which entries are ranked.
    #[derive(Default)]
    pub enum Absent {
        /// It is unranked.
        #[default]
        Refuse = "refuse",
        /// Its rank there is one behind the last of all entries, and gives no points.
        AfterLast = "after_last",
    }
}

read_words!(Over, Combine, Absent);

impl Read for Panel {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let minimum_sheets = f.optional("minimum_sheets", errors);
        let common = f.or_default("common", errors);
        let classes = f.or_default("classes", errors);
        let empty_class = f.or_default("empty_class", errors);
        f.finish(errors);
        Some(Self {
            minimum_sheets,
            common,
            classes,
            empty_class,
        })
    }
}

impl Read for Aggregate {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let over = f.or_default("over", errors);
        let by = f.or_default("by", errors);
        let unequal = f.or_default("unequal", errors);
        let points = f.or_default("points", errors);
        let absent = f.or_default("absent", errors);
        let trim = f.or_default("trim", errors);
        f.finish(errors);
        Some(Self {
            over,
            by,
            unequal,
            points,
            absent,
            trim,
        })
    }
}

impl Read for Trim {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let from = f.required("from", errors);
        let (high, low) = (f.or_default("high", errors), f.or_default("low", errors));
        f.finish(errors);
        Some(Self {
            from: from?,
            high,
            low,
        })
    }
}
