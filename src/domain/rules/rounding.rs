//! Where values are rounded.

use serde::Serialize;
use utoipa::ToSchema;

use super::read::{Fields, Node, Read, read_words};
use super::rubric::is_default;
use crate::domain::exact::{Exact, Mode};
use crate::domain::invalid::{FieldError, Invalid};

/// Where values are rounded. Between these places everything is exact; ties are decided on the value as rounded at
/// the last one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rounding {
    /// A criterion's value across judges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criterion: Option<RoundTo>,
    /// A criterion's value times its factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weighted_criterion: Option<RoundTo>,
    /// The total of one sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<RoundTo>,
    /// What the judges of one class give together, before its weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<RoundTo>,
    /// What the judges' marks give together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub panel: Option<RoundTo>,
    /// What a panel's values are multiplied by, where panels are made comparable by a factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<RoundTo>,
    /// An attempt's value, where entries have several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<RoundTo>,
    /// The entry's total of this round, after recorded criteria and adjustments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<RoundTo>,
    /// The total with earlier rounds carried over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<RoundTo>,
}

/// To how many decimals, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoundTo {
    /// Decimals kept, 0 to 6.
    pub decimals: u32,
    /// What happens to the rest; without a word half goes up.
    #[serde(skip_serializing_if = "is_default")]
    pub mode: Mode,
}

read_words!(Mode);

impl RoundTo {
    /// The value as rounded here.
    #[must_use]
    pub fn apply(self, value: &Exact) -> Exact {
        value.rounded(self.decimals, self.mode)
    }
}

impl Rounding {
    /// The value as rounded at a place; as it is where nothing is said about that place.
    #[must_use]
    pub fn at(place: Option<RoundTo>, value: &Exact) -> Exact {
        place.map_or_else(|| value.clone(), |to| to.apply(value))
    }
}

impl Read for Rounding {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let rounding = Self {
            criterion: f.optional("criterion", errors),
            weighted_criterion: f.optional("weighted_criterion", errors),
            sheet: f.optional("sheet", errors),
            class: f.optional("class", errors),
            panel: f.optional("panel", errors),
            factor: f.optional("factor", errors),
            attempt: f.optional("attempt", errors),
            entry: f.optional("entry", errors),
            round: f.optional("round", errors),
        };
        f.finish(errors);
        Some(rounding)
    }
}

impl Read for RoundTo {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let decimals = f.required("decimals", errors);
        let mode = f.or_default("mode", errors);
        f.finish(errors);
        Some(Self {
            decimals: decimals?,
            mode,
        })
    }
}

/// Notes a number of decimals that nothing can be rounded to.
pub(super) fn check_decimals(to: Option<RoundTo>, at: &str, errors: &mut Invalid) {
    let most = crate::domain::exact::MOST_DECIMALS;
    if to.is_some_and(|to| to.decimals > most) {
        errors.push(FieldError::new(format!("{at}/decimals"), "too_many_decimals").with("maximum", most));
    }
}
