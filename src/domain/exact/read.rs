//! Values as JSON and files write them.

use std::str::FromStr;

use num_bigint::BigInt;
use num_rational::Ratio;
use num_traits::Zero;

use super::Exact;

/// A text that is neither a decimal number nor a fraction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither a decimal number nor a fraction")]
pub struct NotExact(String);

impl FromStr for Exact {
    type Err = NotExact;

    fn from_str(given: &str) -> Result<Self, NotExact> {
        let wrong = || NotExact(given.chars().take(80).collect());
        let whole = |s: &str| {
            let digits = s.strip_prefix('-').unwrap_or(s);
            let fine = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            fine.then(|| s.parse::<BigInt>().ok()).flatten().ok_or_else(wrong)
        };
        let (n, d) = if let Some((n, d)) = given.split_once('/') {
            (whole(n)?, whole(d)?)
        } else if let Some((units, fraction)) = given.split_once('.') {
            whole(units)?;
            whole(fraction)?;
            let decimals = u32::try_from(fraction.len()).map_err(|_| wrong())?;
            (
                whole(&format!("{units}{fraction}"))?,
                BigInt::from(10).pow(decimals),
            )
        } else {
            (whole(given)?, BigInt::from(1))
        };
        if d.is_zero() {
            Err(wrong())
        } else {
            Ok(Self::big(Ratio::new(n, d)))
        }
    }
}
