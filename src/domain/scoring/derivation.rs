//! Every number that led to a total.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::exact::{Exact, Shown};

/// Every number that led to a total, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Derivation {
    /// The judges' sheets, the highest first.
    pub sheets: Vec<SheetLine>,
    /// The judged criteria: the panel's score, or the mean of the marks on the sheets that counted.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub criteria: Vec<CriterionLine>,
    /// What was computed, in order.
    pub steps: Vec<Step>,
    /// What broke ties with the neighbours.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub ties: Vec<TieNote>,
}

/// One judge's sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetLine {
    /// The judge.
    #[schema(example = "J1")]
    pub judge: String,
    /// Its total; none when it is incomplete.
    pub total: Option<Shown>,
    /// What was combined in its place, where panels are made comparable: the total on the common scale, or its z-score.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub adjusted: Option<Exact>,
    /// Why it did not count, if it didn't.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dropped: Option<Dropped>,
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
    }
}

/// A judged criterion across judges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CriterionLine {
    /// The criterion.
    #[schema(example = "technology")]
    pub code: String,
    /// The marks, the highest first, where judges are combined by criterion.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub marks: Vec<MarkLine>,
    /// The value before rounding.
    pub exact: Exact,
    /// The value.
    pub value: Shown,
    /// The value times the criterion's factor, as rounded, where judges are combined by criterion.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub weighted: Option<Shown>,
}

/// One judge's mark of a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarkLine {
    /// The judge.
    #[schema(example = "J1")]
    pub judge: String,
    /// The mark.
    pub mark: Shown,
    /// What was combined in its place, where panels are made comparable: the mark on the common scale, or its z-score.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub adjusted: Option<Exact>,
    /// Why it did not count, if it didn't.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dropped: Option<Dropped>,
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
    /// Panels made comparable by a factor: the value times the mean of reference over the panel's mean.
    Factor {
        /// The entry's panel.
        panel: String,
        /// The mean of the panel's values.
        mean: Exact,
        /// The mean that panels are brought to.
        reference: Exact,
        /// The factor before rounding.
        exact: Exact,
        /// The factor as rounded.
        factor: Exact,
        /// What comes out.
        value: Exact,
    },
    /// Each judge's marks were brought to a mean and a deviation before they were combined.
    Standardised {
        /// The mean, where it is the same for all that was standardised.
        mean: Option<Exact>,
        /// The deviation.
        deviation: Option<Exact>,
    },
    /// The combined z-score was mapped onto the range of the raw values; where judges are combined by criterion, that
    /// was done criterion by criterion and the lines of the criteria tell it.
    Mapped {
        /// The combined z-score.
        z: Exact,
        /// The lowest one of the group.
        z_lowest: Exact,
        /// The highest one.
        z_highest: Exact,
        /// The lowest raw value of the group.
        lowest: Exact,
        /// The highest one.
        highest: Exact,
        /// What comes out.
        exact: Exact,
        /// As rounded.
        rounded: Shown,
    },
    /// Each judge's severity was taken off before the sheets were combined.
    Severity {
        /// The standard error of what least squares makes of the entry; none where nothing is left to estimate it from.
        standard_error: Option<Exact>,
    },
    /// The sum of the weighted criteria: what the judges' marks give.
    ComponentScore {
        /// Before rounding.
        exact: Exact,
        /// As rounded.
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
        /// What was added: the value times its factor, as rounded.
        added: Shown,
    },
    /// A penalty or bonus.
    Adjusted {
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
    /// The criterion or the earlier round that the link names.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    /// This entry's value; for a decision its place in it.
    pub ours: Shown,
    /// The neighbour's.
    pub theirs: Shown,
}
