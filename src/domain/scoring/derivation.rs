//! Every number that led to a total.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::outcome::AdvanceNote;
use super::standings::Rank;
use crate::domain::exact::{Exact, Shown};
use crate::domain::rules::Together;
use smol_str::SmolStr;

/// Every number that led to a total, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Derivation {
    /// The judges' sheets, the highest first; where entries have several attempts, what judges mark once.
    pub sheets: Vec<SheetLine>,
    /// The attempts that have a value, in order, where entries have several.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub attempts: Vec<AttemptLine>,
    /// The judged criteria: the panel's score, or the mean of the marks on the sheets that counted.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub criteria: Vec<CriterionLine>,
    /// What was passed or failed.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub vetoes: Vec<VetoLine>,
    /// What was computed, in order.
    pub steps: Vec<Step>,
    /// What was asked for to go on or win an award, and was not reached.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub below: Vec<BelowLine>,
    /// What broke ties with the neighbours.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub ties: Vec<TieNote>,
    /// What became of it, once that is decided.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub advance: Option<Box<AdvanceNote>>,
}

/// What was asked for and not reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BelowLine {
    /// The criterion.
    #[schema(example = "technology")]
    pub code: String,
    /// The entry's value; none where it has none.
    pub value: Option<Shown>,
    /// What is asked for.
    pub needed: Shown,
}

/// One of several attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttemptLine {
    /// Which one, from 1.
    pub attempt: u32,
    /// The judges' sheets, the highest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub sheets: Vec<SheetLine>,
    /// The judged criteria.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub criteria: Vec<CriterionLine>,
    /// What was computed, in order.
    pub steps: Vec<Step>,
    /// The value before rounding.
    pub exact: Exact,
    /// The value.
    pub value: Shown,
    /// Whether it is one of those that count.
    pub counts: bool,
}

/// One judge's sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetLine {
    /// The judge.
    #[schema(value_type = String, example = "J1")]
    pub judge: SmolStr,
    /// The judge's class, where the rules weigh classes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub class: Option<String>,
    /// Its total; none when it is incomplete.
    pub total: Option<Shown>,
    /// What was combined in its place, where panels are made comparable: the total on the common scale, or its z-score.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub adjusted: Option<Box<Exact>>,
    /// The rank that its judge gives the entry, where these are combined.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rank: Option<Rank>,
    /// What counts for that rank: the rank itself, or the entries behind it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub counted: Option<Box<Shown>>,
    /// Its marks that were dropped before the others were added up, the lowest first.
    #[serde(skip_serializing_if = "<[_]>::is_empty", default)]
    #[schema(value_type = Vec<DroppedMark>)]
    pub marks_dropped: Box<[DroppedMark]>,
    /// Why it did not count, if it didn't.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dropped: Option<Dropped>,
}

/// A mark that its own sheet does without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DroppedMark {
    /// The criterion.
    #[schema(value_type = String, example = "technology")]
    pub code: SmolStr,
    /// The mark, times the criterion's factor.
    pub weighted: Shown,
    /// Whether it was among the highest or the lowest.
    pub dropped: Dropped,
}

crate::code_enum! {
    /// Why a sheet or a mark did not count.
    pub enum Dropped {
        /// It was among the highest.
        Highest = "highest",
        /// It was among the lowest.
        Lowest = "lowest",
        /// Its judge did not mark every entry of the panel.
        SetAside = "set_aside",
        /// It lacks marks.
        Incomplete = "incomplete",
        /// Its judge has no scale to standardise by.
        NoScale = "no_scale",
        /// Its judge belongs to no class that counts for the entry.
        NoClass = "no_class",
    }
}

/// A judged criterion across judges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CriterionLine {
    /// The criterion.
    #[schema(value_type = String, example = "technology")]
    pub code: SmolStr,
    /// The marks, the highest first, where judges are combined by criterion.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub marks: Vec<MarkLine>,
    /// What each class of judges gives, where the rules weigh classes.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub classes: Vec<ClassLine>,
    /// The value before rounding.
    pub exact: Exact,
    /// The value.
    pub value: Shown,
    /// The value times the criterion's factor, as rounded, where judges are combined by criterion.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub weighted: Option<Shown>,
    /// Why it is not added, where it is not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dropped: Option<Dropped>,
    /// Whether it is no part of the total.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub apart: bool,
}

/// What a class of judges gives for a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClassLine {
    /// The class.
    #[schema(example = "experts")]
    pub class: String,
    /// Its weight.
    pub weight: Shown,
    /// The value before rounding.
    pub exact: Exact,
    /// The value.
    pub value: Shown,
}

/// One judge's mark of a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarkLine {
    /// The judge.
    #[schema(value_type = String, example = "J1")]
    pub judge: SmolStr,
    /// The mark.
    pub mark: Shown,
    /// What was combined in its place, where panels are made comparable: the mark on the common scale, or its z-score.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub adjusted: Option<Box<Exact>>,
    /// Why it did not count, if it didn't.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dropped: Option<Dropped>,
}

/// A pass/fail criterion by which the entry was not rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VetoLine {
    /// The criterion.
    #[schema(example = "viability")]
    pub code: String,
    /// How many failed it.
    pub fails: usize,
    /// Of how many who could.
    pub of: usize,
}

/// One step of the computation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// The mean of the sheets that counted.
    Mean(Across),
    /// The median of the sheets that counted.
    Median(Across),
    /// The sum of the sheets that counted.
    Sum(Across),
    /// What the sheets of one class of judges give.
    Class {
        /// The class.
        class: String,
        /// Its weight.
        weight: Shown,
        /// How many of its sheets counted.
        of: usize,
        /// Their sum.
        sum: Shown,
        /// Before rounding.
        exact: Exact,
        /// As rounded.
        rounded: Shown,
    },
    /// The classes of judges, each with its weight.
    Classes {
        /// The classes that were left out, since they had too few sheets; the others share their weight.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        without: Vec<String>,
        /// Before rounding.
        exact: Exact,
        /// As rounded.
        rounded: Shown,
    },
    /// Panels made comparable by a factor: the value times the mean of reference over the panel's mean.
    Factor(Box<FactorLine>),
    /// Each judge's marks were brought to a mean and a deviation before they were combined; both are named where they
    /// are the same for all marks.
    Standardised {
        /// The mean.
        mean: Option<Box<Exact>>,
        /// The deviation.
        deviation: Option<Box<Exact>>,
    },
    /// The combined z-score was mapped onto the range of the raw values; where judges are combined by criterion, that
    /// was done criterion by criterion and the lines of the criteria tell it.
    Mapped(Box<MappedLine>),
    /// Each judge's severity was taken off before the sheets were combined.
    Severity {
        /// The standard error of what least squares makes of the entry; none where nothing is left to estimate it from.
        standard_error: Option<Box<Exact>>,
    },
    /// What makes panels comparable is what it was when the results were closed, and not what counts now would give.
    ScaleFixed,
    /// The sum of the weighted criteria: what the judges' marks give.
    ComponentScore {
        /// Before rounding.
        exact: Exact,
        /// As rounded.
        rounded: Shown,
    },
    /// The sum of the ranks that judges gave.
    RankSum(Across),
    /// The mean of the ranks that judges gave.
    MeanRank(Across),
    /// The sum, or the mean, of the points for the ranks that judges gave.
    Borda(Across),
    /// The sum, or the mean, of the points that a table gives for the ranks that judges gave.
    RankPoints(Across),
    /// The product of the ranks that judges gave.
    RankProduct(Across),
    /// The rank by one criterion.
    ComponentRank {
        /// The criterion.
        code: String,
        /// Its value; none where the entry has none and its rank is one behind the last.
        value: Option<Shown>,
        /// The rank that the value has in the group.
        rank: Rank,
        /// The points for that rank, where a table gives them.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        points: Option<Shown>,
        /// What the rank is multiplied by.
        factor: Shown,
        /// The product.
        weighted: Exact,
        /// Why it does not count, if it doesn't.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        dropped: Option<Dropped>,
    },
    /// The sum of the points for the ranks by criteria.
    ComponentPoints {
        /// Before rounding.
        exact: Exact,
        /// As rounded.
        rounded: Shown,
    },
    /// The product of the ranks by criteria.
    ComponentProduct {
        /// Before rounding.
        exact: Exact,
        /// As rounded.
        rounded: Shown,
    },
    /// The sum of the ranks by criteria.
    ComponentRanks {
        /// Before rounding.
        exact: Exact,
        /// As rounded.
        rounded: Shown,
    },
    /// The attempts that count.
    Attempts {
        /// Which ones, in order.
        attempts: Vec<u32>,
        /// How they are combined.
        by: Together,
        /// What they give.
        exact: Exact,
        /// The same for people.
        rounded: Shown,
    },
    /// Multiplied by a recorded criterion.
    Multiplied {
        /// The criterion.
        code: String,
        /// Its value.
        by: Shown,
        /// What comes out.
        exact: Exact,
    },
    /// A recorded criterion was added.
    Recorded {
        /// The criterion.
        code: String,
        /// Its value.
        value: Shown,
        /// What the other entries' values make of it, where the rules say so.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        scaled: Option<Exact>,
        /// What was added: the value times its factor, as rounded.
        added: Shown,
        /// Why it is not added, if it isn't.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        dropped: Option<Dropped>,
    },
    /// A recorded criterion that is no part of the total.
    Apart {
        /// The criterion.
        code: String,
        /// Its value.
        value: Shown,
    },
    /// A penalty or bonus.
    Adjusted {
        /// What was added.
        points: Shown,
        /// Why.
        reason: String,
    },
    /// A penalty or bonus that the rules count.
    Penalised {
        /// The penalty.
        rule: String,
        /// The quantity that was measured.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        quantity: Option<Shown>,
        /// How many steps were begun.
        steps: i64,
        /// What was added.
        points: Shown,
        /// Why.
        reason: String,
    },
    /// This round's total.
    Entry {
        /// Before rounding.
        exact: Exact,
        /// As rounded.
        rounded: Shown,
    },
    /// What this round contributes to the total.
    OwnPart {
        /// Its weight.
        weight: Shown,
        /// Its value.
        value: Shown,
        /// The product.
        added: Exact,
        /// Whether it is not among the best contributions, which alone count.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        dropped: bool,
    },
    /// What an earlier round contributes to the total.
    Carried {
        /// The round.
        round: String,
        /// Its weight.
        weight: Shown,
        /// Its value.
        value: Shown,
        /// The product.
        added: Exact,
        /// Whether the entry has no result there and the rules' value was taken.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        assumed: bool,
        /// Whether it is not among the best contributions, which alone count.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        dropped: bool,
    },
    /// Rounds that the entry has no result in were left out, and the weights of the others count in proportion.
    Renormalised {
        /// The rounds left out.
        without: Vec<String>,
        /// What the sum was multiplied by.
        by: Exact,
    },
    /// The total with earlier rounds.
    Round {
        /// Before rounding.
        exact: Exact,
        /// As rounded.
        rounded: Shown,
    },
}

/// A value across judges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Across {
    /// How many sheets counted.
    pub of: usize,
    /// Their sum.
    pub sum: Shown,
    /// The value before rounding.
    pub exact: Exact,
    /// The value as rounded.
    pub rounded: Shown,
}

/// A panel's factor at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FactorLine {
    /// The entry's panel.
    pub panel: String,
    /// The mean of the panel's values.
    pub mean: Exact,
    /// The mean that panels are brought to.
    pub reference: Exact,
    /// The factor before rounding.
    pub exact: Exact,
    /// The factor as rounded.
    pub factor: Exact,
    /// What comes out.
    pub value: Exact,
}

/// A z-score mapped onto a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MappedLine {
    /// The combined z-score.
    pub z: Exact,
    /// The lowest one of the group.
    pub z_lowest: Exact,
    /// The highest one.
    pub z_highest: Exact,
    /// The lowest raw value of the group.
    pub lowest: Exact,
    /// The highest one.
    pub highest: Exact,
    /// What comes out.
    pub exact: Exact,
    /// As rounded.
    pub rounded: Shown,
}

/// What broke a tie with a neighbour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TieNote {
    /// The neighbour.
    pub with: i64,
    /// Whether this entry is ahead of it.
    pub ahead: bool,
    /// The link of the chain: `criterion`, `untrimmed_sum`, `chair` …
    #[schema(example = "criterion")]
    pub by: String,
    /// The criterion or the earlier round that the link names; the attempt: 2 for the second best.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    /// This entry's value; for a decision its place in it.
    pub ours: Shown,
    /// The neighbour's.
    pub theirs: Shown,
}
