//! Marks, weights and penalties: decimal numbers with at most three decimals, kept as whole thousandths.
//!
//! Nothing here is clipped, rounded or taken as 0: a text that is no such number is refused. Values that come out of
//! a division are [`Exact`](super::exact::Exact).

use std::fmt;
use std::str::FromStr;

use serde::de::Unexpected;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Decimals that a number of points can have.
pub const DECIMALS: u32 = 3;

/// A number of points: a mark, a limit, a weight, a penalty. In JSON a decimal string such as `"27.5"`; on input a
/// plain JSON number is taken too, digit for digit.
///
/// ```
/// use palmares::domain::points::Points;
/// let mark: Points = "27.50".parse().unwrap();
/// assert_eq!(mark.thousandths(), 27_500);
/// assert_eq!(mark.to_string(), "27.5");
/// assert_eq!(mark.show(2), "27.50");
/// assert!("27,5".parse::<Points>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, ToSchema)]
#[schema(value_type = String, pattern = r"^-?\d{1,9}(\.\d{1,3})?$", example = "27.5")]
pub struct Points(i64);

/// Why a text is no number of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PointsError {
    /// No plain decimal number: `1,25`, `NaN`, `1e3`, an empty text.
    #[error("not a plain decimal number")]
    NotANumber,
    /// More than three decimals.
    #[error("more than three decimals")]
    TooManyDecimals,
    /// More than nine digits before the point, above zero.
    #[error("too large")]
    TooLarge,
    /// More than nine digits before the point, below zero.
    #[error("too small")]
    TooSmall,
}

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);
    /// One point.
    pub const ONE: Self = Self(1000);

    /// So many thousandths of a point: the form that a database keeps.
    #[must_use]
    pub const fn from_thousandths(thousandths: i64) -> Self {
        Self(thousandths)
    }

    /// The number in thousandths of a point.
    #[must_use]
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    /// Decimals that the number needs, 0 to 3.
    #[must_use]
    pub const fn decimals(self) -> u32 {
        match self.0 {
            n if n % 1000 == 0 => 0,
            n if n % 100 == 0 => 1,
            n if n % 10 == 0 => 2,
            _ => DECIMALS,
        }
    }

    /// The number with at least so many decimals, more only where it needs them: `27.50`.
    #[must_use]
    pub fn show(self, decimals: u32) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let whole = self.0.unsigned_abs() / 1000;
        let digits = format!("{:03}", self.0.unsigned_abs() % 1000);
        let decimals = usize::try_from(decimals.max(self.decimals())).unwrap_or(0);
        if decimals == 0 {
            return format!("{sign}{whole}");
        }
        let fraction: String = digits
            .chars()
            .chain(std::iter::repeat('0'))
            .take(decimals)
            .collect();
        format!("{sign}{whole}.{fraction}")
    }

    /// Whether the number is a whole multiple of `step`; with a step of 0 only 0 is.
    #[must_use]
    pub const fn is_multiple_of(self, step: Self) -> bool {
        match self.0.checked_rem(step.0) {
            Some(rest) => rest == 0,
            None => self.0 == 0,
        }
    }
}

impl FromStr for Points {
    type Err = PointsError;

    fn from_str(given: &str) -> Result<Self, PointsError> {
        let (negative, digits) = match given.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, given),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(PointsError::NotANumber),
            Some((whole, fraction)) => (whole, fraction),
            None => (digits, ""),
        };
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) {
            return Err(PointsError::NotANumber);
        }
        if whole.trim_start_matches('0').len() > 9 {
            return Err(if negative {
                PointsError::TooSmall
            } else {
                PointsError::TooLarge
            });
        }
        if fraction.len() > 3 {
            return Err(PointsError::TooManyDecimals);
        }
        let number = |s: &str| s.parse::<i64>().map_err(|_| PointsError::NotANumber);
        let thousandths =
            number(whole.trim_start_matches('0')).unwrap_or(0) * 1000 + number(&format!("{fraction:0<3}"))?;
        Ok(Self(if negative { -thousandths } else { thousandths }))
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show(0))
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let given = Given::deserialize(d)?;
        let refused = |_| serde::de::Error::invalid_value(Unexpected::Str(given.as_str()), &"points");
        given.as_str().parse().map_err(refused)
    }
}

/// A number as somebody wrote it, not yet judged: the text of a JSON string, or a plain JSON number digit for digit.
///
/// A request body holds its marks as `BTreeMap<String, Given>`, so that each wrong one can be named with its place.
/// Only for plain structs: serde's flattened, untagged and internally tagged forms lose digits. Whatever is neither
/// text nor number is kept as its JSON text, which no check takes for a number.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, example = "27.5")]
pub struct Given(String);

impl Given {
    /// The number as somebody wrote it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Serialize for Given {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(d)?;
        if raw.get().starts_with('"') {
            return serde_json::from_str(raw.get())
                .map(Self)
                .map_err(serde::de::Error::custom);
        }
        Ok(Self(raw.get().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_taken_digit_for_digit_or_refused() {
        for (given, thousandths) in [
            ("0", 0),
            ("-0", 0),
            ("27.5", 27_500),
            ("27.50", 27_500),
            ("0.001", 1),
            ("-1.25", -1_250),
            ("007", 7_000),
            ("999999999.999", 999_999_999_999),
        ] {
            assert_eq!(
                given.parse::<Points>().unwrap().thousandths(),
                thousandths,
                "{given}"
            );
        }
        for given in [
            "", "-", ".", "1.", ".5", "1,25", "NaN", "inf", "1e3", "1e400", "+1", " 1", "1 ", "１", "0x1",
            "1.2.3",
        ] {
            assert_eq!(given.parse::<Points>(), Err(PointsError::NotANumber), "{given}");
        }
        assert_eq!("1.0000".parse::<Points>(), Err(PointsError::TooManyDecimals));
        assert_eq!("1000000000".parse::<Points>(), Err(PointsError::TooLarge));
        assert_eq!("-1000000000".parse::<Points>(), Err(PointsError::TooSmall));
    }

    #[test]
    fn a_number_is_shown_with_the_decimals_asked_for_and_never_fewer_than_it_needs() {
        let shown = |thousandths, decimals| Points::from_thousandths(thousandths).show(decimals);
        assert_eq!(shown(89_900, 2), "89.90");
        assert_eq!(shown(89_900, 0), "89.9");
        assert_eq!(shown(-5, 1), "-0.005");
        assert_eq!(shown(7_000, 0), "7");
        assert_eq!(shown(7_000, 5), "7.00000");
        assert_eq!(
            Points::from_thousandths(i64::MIN).show(0),
            "-9223372036854775.808"
        );
    }

    #[test]
    fn json_takes_text_and_numbers_and_gives_text() {
        #[derive(Deserialize)]
        struct Body {
            marks: Vec<Given>,
        }
        let body: Body =
            serde_json::from_str(r#"{"marks": ["1,25", 1.10, 1e400, null, "27.5", {"a": 1}]}"#).unwrap();
        let texts: Vec<_> = body.marks.iter().map(Given::as_str).collect();
        assert_eq!(texts, ["1,25", "1.10", "1e400", "null", "27.5", r#"{"a": 1}"#]);
        assert_eq!(
            serde_json::from_str::<Points>("1.10").unwrap(),
            Points::from_thousandths(1_100)
        );
        assert!(serde_json::from_str::<Points>("1e3").is_err());
        assert_eq!(
            serde_json::to_string(&Points::from_thousandths(1_100)).unwrap(),
            r#""1.1""#
        );
    }
}
