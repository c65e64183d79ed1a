//! What made the panels of a group comparable.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::exact::Exact;

/// What made the panels of a group comparable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Equalised {
    /// The factors, by panel.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub panels: Vec<PanelFactor>,
    /// The judges' scales or severities, by criterion (where judges are compared by criterion) and judge.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub judges: Vec<JudgeScale>,
}

/// The factor of a panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PanelFactor {
    /// The panel.
    #[schema(example = "stage-a")]
    pub panel: String,
    /// How many entries its mean is of.
    pub entries: usize,
    /// The mean of its values.
    pub mean: Exact,
    /// The mean that panels are brought to.
    pub reference: Exact,
    /// The factor before rounding.
    pub exact: Exact,
    /// The factor as rounded.
    pub factor: Exact,
}

/// How a judge marks. Numbers of a statistical model have nine decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JudgeScale {
    /// The judge.
    #[schema(example = "J1")]
    pub judge: String,
    /// The criterion, where judges are compared by criterion.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub criterion: Option<String>,
    /// How many sheets this is of.
    pub sheets: usize,
    /// The mean of the judge's marks.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mean: Option<Exact>,
    /// Their standard deviation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deviation: Option<Exact>,
    /// How many points the judge gives above the mean of all judges: below 0 for a strict one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub severity: Option<Exact>,
    /// The standard error of that; none where nothing is left to estimate it from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub standard_error: Option<Exact>,
}

/// Judges and entries that hang together: from each to each other one there is a way along sheets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct ConnectedSet {
    /// The judges, in order of their codes.
    pub judges: Vec<String>,
    /// The entries, in order of their numbers.
    pub entries: Vec<i64>,
}
