//! How entries that different judges marked are made comparable.

use serde::Serialize;
use utoipa::ToSchema;

use super::Rules;
use super::aggregate::{Combine, Over};
use super::read::{Fields, Node, Read, expected, read_words, unknown_word};
use super::rubric::is_default;
use crate::domain::codes::UnknownCode;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;

/// How entries that different judges marked are made comparable, within each group and before recorded criteria and
/// adjustments. Entries count that take part and have a value from the judges; marks of others move nothing.
///
/// The factors multiply a panel's values. The z-score and the severity work on the judges' sheets, before these are
/// trimmed and combined as `aggregate` says, and need judges and entries that hang together; tie-breaks go on reading
/// the sheets as they were given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Equalise {
    /// Value × R / A: A is the mean of the panel's values, R the mean of the panels' means.
    PanelMeans,
    /// Value × R / A: A is the mean of the panel's values, R the mean of all the group's values.
    GrandMean,
    /// Every judge's marks on one scale: how many of the judge's own deviations a mark is above the judge's own mean.
    ZScore(ZScore),
    /// What a judge is stricter or milder than the mean of all judges is taken off, as least squares over all judges
    /// and entries finds it.
    Severity {
        /// Whether sets of judges and entries that share nothing are compared anyway: the judges of each set are then
        /// taken to be equally strict on the whole.
        #[serde(skip_serializing_if = "is_default")]
        assume_panels_equal: bool,
    },
}

/// The scale of a z-score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ZScore {
    /// What is standardised: the totals of sheets or the marks of each criterion; without a word what is combined
    /// across judges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over: Option<Over>,
    /// Which standard deviation; without a word that of a population.
    #[serde(skip_serializing_if = "is_default")]
    pub deviation: Deviation,
    /// Back to points; without a word to the mean and deviation of all marks.
    #[serde(skip_serializing_if = "is_default")]
    pub to: Rescale,
    /// A judge with fewer sheets isn't standardised; without a word 2.
    #[serde(skip_serializing_if = "is_two")]
    pub minimum_sheets: u32,
    /// Whether sets of judges and entries that share nothing are compared anyway: the entries of each set are then
    /// taken to be equally good on the whole.
    #[serde(skip_serializing_if = "is_default")]
    pub assume_panels_equal: bool,
}

crate::code_enum! {
    /// A standard deviation.
    #[derive(Default)]
    pub enum Deviation {
        /// Squares divided by their number.
        #[default]
        Population = "population",
        /// Squares divided by one less than their number.
        Sample = "sample",
    }
}

/// How z-scores become points again: `"mean_and_deviation"`, `"observed_range"` or
/// `{ "mean": "70", "deviation": "10" }`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Rescale {
    /// From the marks themselves.
    Observed(Observed),
    /// To a mean and a deviation that the rules state. Judges who can't be standardised are left out.
    Stated(Scale),
}

crate::code_enum! {
    /// What of the marks a rescaled z-score keeps.
    pub enum Observed {
        /// μ + σ·z with the mean and deviation of all marks. Judges who can't be standardised keep theirs.
        MeanAndDeviation = "mean_and_deviation",
        /// The entries' mean z-scores, mapped linearly onto the range of their raw values. Judges who can't be
        /// standardised are left out.
        Range = "observed_range",
    }
}

/// A stated mean and deviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Scale {
    /// What a mark at the judge's mean becomes.
    pub mean: Points,
    /// What one deviation becomes.
    pub deviation: Points,
}

impl Default for Rescale {
    fn default() -> Self {
        Self::Observed(Observed::MeanAndDeviation)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_two(n: &u32) -> bool {
    *n == 2
}

impl Equalise {
    /// The words that are understood.
    pub const KNOWN: &'static [&'static str] = &["panel_means", "grand_mean", "z_score", "severity"];

    /// Whether a panel's values are multiplied by a factor.
    #[must_use]
    pub const fn is_factor(&self) -> bool {
        matches!(self, Self::PanelMeans | Self::GrandMean)
    }

    /// Whether sets that share nothing are compared anyway.
    #[must_use]
    pub const fn assumes_panels_equal(&self) -> bool {
        match self {
            Self::PanelMeans | Self::GrandMean => true,
            Self::ZScore(z) => z.assume_panels_equal,
            Self::Severity { assume_panels_equal } => *assume_panels_equal,
        }
    }
}

read_words!(Deviation);

impl Read for Equalise {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let by: Option<String> = f.required("by", errors);
        let method = match by?.as_str() {
            "panel_means" => Self::PanelMeans,
            "grand_mean" => Self::GrandMean,
            "z_score" => Self::ZScore(ZScore {
                over: f.optional("over", errors),
                deviation: f.or_default("deviation", errors),
                to: f.or_default("to", errors),
                minimum_sheets: f.optional("minimum_sheets", errors).unwrap_or(2),
                assume_panels_equal: f.or_default("assume_panels_equal", errors),
            }),
            "severity" => Self::Severity {
                assume_panels_equal: f.or_default("assume_panels_equal", errors),
            },
            other => {
                let unknown = UnknownCode {
                    given: other.to_owned(),
                    known: Self::KNOWN,
                };
                errors.push(unknown_word(&format!("{at}/by"), &unknown));
                return None;
            }
        };
        f.finish(errors);
        Some(method)
    }
}

impl Read for Rescale {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        match node {
            Node::Text(word) => match word.parse() {
                Ok(word) => Some(Self::Observed(word)),
                Err(_) => {
                    let known = &[
                        "mean_and_deviation",
                        "observed_range",
                        "{\"mean\": …, \"deviation\": …}",
                    ];
                    let given = word.clone();
                    errors.push(unknown_word(at, &UnknownCode { given, known }));
                    None
                }
            },
            Node::Map(_) => {
                let mut f = Fields::of(node, at, errors)?;
                let (mean, deviation) = (f.required("mean", errors), f.required("deviation", errors));
                f.finish(errors);
                Some(Self::Stated(Scale {
                    mean: mean?,
                    deviation: deviation?,
                }))
            }
            _ => expected("word_or_scale", at, errors),
        }
    }
}

impl Rules {
    /// Whether what the judges give an entry depends on what others get.
    #[must_use]
    pub fn compares_entries(&self) -> bool {
        self.equalise.is_some()
            || !matches!(self.aggregate.by, Combine::Mean | Combine::Median | Combine::Sum)
    }

    /// Whether single marks are put on a common scale before sheets add them up.
    pub(super) fn standardises_single_marks(&self) -> bool {
        let of_marks = |z: &ZScore| z.over == Some(Over::Criteria);
        matches!(&self.equalise, Some(Equalise::ZScore(z)) if of_marks(z))
            && self.aggregate.over == Over::Sheets
    }

    /// Whether the same marks make panels comparable in the same way by other rules, so that what was fixed by these
    /// holds for those.
    #[must_use]
    pub fn has_scale_of(&self, other: &Self) -> bool {
        let part = |rules: &Self| {
            let mut rounding = rules.rounding.clone();
            (rounding.entry, rounding.round) = (None, None);
            let mut rubric = rules.rubric.clone();
            for criterion in &mut rubric.criteria {
                (criterion.title, criterion.levels) = (None, Vec::new());
                criterion.qualify_from = None;
            }
            (rubric, rules.panel.clone(), rules.aggregate.clone(), rounding)
        };
        self.equalise == other.equalise && part(self) == part(other)
    }
}

/// Notes every place where making panels comparable contradicts the rest of the document.
pub(super) fn contradictions(rules: &Rules, errors: &mut Invalid) {
    let Some(equalise) = &rules.equalise else { return };
    if rules.rubric.judged().next().is_none() {
        errors.push(FieldError::new("/equalise", "nothing_is_judged"));
    }
    if !matches!(rules.aggregate.by, Combine::Mean | Combine::Median | Combine::Sum) {
        errors.push(FieldError::new("/equalise/by", "equalise_ranks"));
    }
    let negative = |c: &super::Criterion| c.min < Points::ZERO;
    if equalise.is_factor() && rules.rubric.judged().any(negative) {
        // A mean of 0 or less is no measure of how generous a panel is.
        errors.push(FieldError::new("/equalise/by", "factor_of_negative_marks"));
    }
    if !equalise.is_factor() && rules.rubric.attempts.is_some() {
        // A judge's attempts are marks of one entry, and of different sheets.
        errors.push(FieldError::new("/equalise/by", "equalise_several_attempts"));
    }
    if let Equalise::ZScore(z) = equalise {
        z_score(rules, z, errors);
    }
}

fn z_score(rules: &Rules, z: &ZScore, errors: &mut Invalid) {
    let combined = rules.aggregate.over;
    match z.over {
        Some(Over::Sheets) if combined == Over::Criteria => {
            errors.push(FieldError::new("/equalise/over", "equalise_sheets_not_combined"));
        }
        // A judge may differ in one criterion and not in another: only a criterion's own score can do without them.
        Some(Over::Criteria)
            if combined == Over::Sheets && (z.to != Rescale::default() || rules.takes_partial_sheets()) =>
        {
            errors.push(FieldError::new(
                "/equalise/over",
                "equalise_criteria_not_combined",
            ));
        }
        _ => {}
    }
    if z.minimum_sheets < 2 {
        errors.push(FieldError::new("/equalise/minimum_sheets", "deviation_needs_two"));
    }
    if let Rescale::Stated(scale) = z.to
        && scale.deviation <= Points::ZERO
    {
        errors.push(FieldError::new(
            "/equalise/to/deviation",
            "deviation_not_positive",
        ));
    }
}
