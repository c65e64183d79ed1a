//! What makes the panels of a group comparable, as it was fixed when the results were closed: a disqualification after
//! that takes one entry out and moves nobody else's number.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use super::equalised::PanelFactor;
use crate::domain::exact::Exact;

/// What makes the panels of a group comparable. Only what the rules' method needs is there; numbers of a statistical model
/// keep every digit, so that the same marks give the same totals to the last one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedScale {
    /// The factors, by panel.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub panels: Vec<PanelFactor>,
    /// How judges mark, by criterion (where judges are compared by criterion) and judge.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub judges: Vec<FixedJudge>,
    /// The mean and deviation that z-scores are brought to, where these are those of all marks.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub targets: Vec<FixedTarget>,
    /// The ranges that z-scores are mapped from and onto: by criterion, or one.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub ranges: Vec<FixedRange>,
    /// The standard errors of entries, where the method is severity.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub entries: Vec<FixedEntry>,
}

/// The scales of groups, by group.
pub type FixedScales = BTreeMap<String, FixedScale>;

/// How a judge marks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedJudge {
    /// The judge.
    pub judge: String,
    /// The criterion, where judges are compared by criterion.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub criterion: Option<String>,
    /// How many sheets this is of.
    pub sheets: usize,
    /// The mean of the judge's marks, for a z-score.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mean: Option<Exact>,
    /// Their standard deviation, for a z-score; 0 where the judge gave the same to all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deviation: Option<Real>,
    /// How many points the judge gives above the mean of all judges, where severity is taken off.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub effect: Option<Real>,
    /// The standard error of that.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub standard_error: Option<Exact>,
}

/// What the z-scores of all marks, or of those of a criterion, are brought to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedTarget {
    /// The criterion, where judges are compared by criterion.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub criterion: Option<String>,
    /// The mean.
    pub mean: Real,
    /// The deviation.
    pub deviation: Real,
}

/// What combined z-scores are mapped from and onto.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedRange {
    /// The lowest z-score.
    pub z_lowest: Exact,
    /// The highest one.
    pub z_highest: Exact,
    /// The lowest value as the judges gave it.
    pub lowest: Exact,
    /// The highest one.
    pub highest: Exact,
}

/// The standard error of what severity makes of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedEntry {
    /// The entry's number.
    pub entry: i64,
    /// The criterion, where judges are compared by criterion.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub criterion: Option<String>,
    /// How many sheets this is of.
    pub sheets: usize,
    /// The standard error; none where nothing was left to estimate it from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub standard_error: Option<Exact>,
}

impl FixedScale {
    /// How a judge marks.
    pub(super) fn judge(&self, judge: &str, criterion: Option<&str>) -> Option<&FixedJudge> {
        let mut judges = self.judges.iter();
        judges.find(|j| j.judge == judge && j.criterion.as_deref() == criterion)
    }

    /// What z-scores are brought to.
    pub(super) fn target(&self, criterion: Option<&str>) -> Option<&FixedTarget> {
        self.targets.iter().find(|t| t.criterion.as_deref() == criterion)
    }

    /// The standard error of an entry with so many sheets; none where it has others than it had.
    pub(super) fn error(&self, entry: i64, criterion: Option<&str>, sheets: usize) -> Option<&Exact> {
        let mut entries = self.entries.iter();
        let same =
            |e: &&FixedEntry| (e.entry, e.criterion.as_deref(), e.sheets) == (entry, criterion, sheets);
        entries.find(same)?.standard_error.as_ref()
    }
}

/// A finite number of a statistical model; as text with every digit that it takes to read the same number again.
#[derive(Debug, Clone, Copy, PartialEq, ToSchema)]
#[schema(value_type = String, example = "8.16496580927726")]
pub struct Real(f64);

/// It is never NaN.
impl Eq for Real {}

impl Real {
    /// The number; what is no number is 0.
    pub(super) const fn new(x: f64) -> Self {
        Self(if x.is_finite() { x } else { 0.0 })
    }

    pub(super) const fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Real {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A text that is no finite decimal number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no finite number")]
pub struct NotReal(String);

impl FromStr for Real {
    type Err = NotReal;

    fn from_str(given: &str) -> Result<Self, NotReal> {
        let known = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
        let number = given.parse::<f64>().ok().filter(|x| x.is_finite());
        let number = number.filter(|_| given.chars().all(known));
        number.map(Self).ok_or_else(|| NotReal(given.to_owned()))
    }
}

impl Serialize for Real {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Real {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_was_written() {
        for x in [0.1 + 0.2, 8.164_965_809_277_26, -1e-300, 5e300, 1.0 / 3.0, 0.0] {
            let real = Real::new(x);
            assert_eq!(real.to_string().parse(), Ok(real));
            let json = serde_json::to_string(&real).unwrap();
            assert_eq!(serde_json::from_str::<Real>(&json).unwrap(), real);
        }
        for wrong in ["", "NaN", "inf", "-infinity", "1e400", "1e3", "1,5", " 1"] {
            assert!(wrong.parse::<Real>().is_err(), "{wrong}");
        }
    }
}
