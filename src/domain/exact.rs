//! Exact numbers between the rounding points: a whole numerator over a whole denominator.
//!
//! Nearly every value of a contest is a 64-bit numerator over a 32-bit denominator, which is held in 16 bytes without
//! asking for memory, and is not reduced after every step, so that adding and comparing values of one stage, which share
//! their denominator, costs as much as adding and comparing integers. What does not fit is reduced, then goes on in 128
//! bits, then as big integers; nothing ever wraps.

mod digits;
mod read;
mod shown;

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Sub};

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::Ratio;
use num_traits::{Signed, ToPrimitive, Zero};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use self::digits::{Digits, written};
pub use self::read::NotExact;
pub use self::shown::Shown;
use super::points::Points;

/// An exact number. In JSON its shortest decimal text (`"89.9"`), or a fraction in lowest terms where no decimal
/// ends (`"269/3"`).
#[derive(Debug, Clone, ToSchema)]
#[schema(value_type = String, example = "89.9")]
pub struct Exact(Repr);

/// Every denominator is above 0.
#[derive(Debug, Clone)]
enum Repr {
    Small { n: i64, d: u32 },
    Wide(Box<Wide>),
    Big(Box<Ratio<BigInt>>),
}

/// What does not fit in [`Repr::Small`].
#[derive(Debug, Clone, Copy)]
struct Wide {
    n: i128,
    d: i128,
}

crate::code_enum! {
    /// What happens to the digits after the last one kept.
    #[derive(Default)]
    pub enum Mode {
        /// Half and more goes away from zero: 0.125 → 0.13, −0.125 → −0.13.
        #[default]
        HalfUp = "half_up",
        /// Half goes to the even digit: 0.125 → 0.12, 0.135 → 0.14.
        HalfEven = "half_even",
        /// Cut off: 0.129 → 0.12, −0.129 → −0.12.
        Truncate = "truncate",
    }
}

/// The most decimals that a value may be rounded to.
pub const MOST_DECIMALS: u32 = 6;

impl Exact {
    /// Nothing.
    pub const ZERO: Self = Self(Repr::Small { n: 0, d: 1 });

    /// A whole number.
    #[must_use]
    pub fn whole(n: i128) -> Self {
        Self::of(n, 1)
    }

    /// `n` over `d`; `None` when `d` is 0.
    #[must_use]
    pub fn over(n: i128, d: i128) -> Option<Self> {
        match d.cmp(&0) {
            Ordering::Greater => Some(Self::of(n, d)),
            Ordering::Equal => None,
            Ordering::Less => Some(Self::big(Ratio::new(BigInt::from(n), BigInt::from(d)))),
        }
    }

    /// `self` divided by `other`; `None` when that is 0.
    #[must_use]
    pub fn divided_by(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        if let (Some((n, d)), Some((on, od))) = (self.parts(), other.parts())
            && on > 0
            && let (Some(n), Some(d)) = (n.checked_mul(od), d.checked_mul(on))
        {
            return Some(Self::of(n, d));
        }
        Some(Self::big(self.ratio() / other.ratio()))
    }

    /// Whether this is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match &self.0 {
            Repr::Small { n, .. } => *n == 0,
            Repr::Wide(wide) => wide.n == 0,
            Repr::Big(r) => r.is_zero(),
        }
    }

    /// The value with so many decimals.
    #[must_use]
    pub fn rounded(&self, decimals: u32, mode: Mode) -> Self {
        let scale = 10_i128.pow(decimals.min(18));
        if let Repr::Small { n, d } = &self.0
            && let Ok(scale) = u32::try_from(scale)
            && let Some(scaled) = n.checked_mul(i64::from(scale)).filter(|n| *n > i64::MIN)
        {
            let n = quotient(scaled, &i64::from(*d), mode);
            return Self(Repr::Small { n, d: scale });
        }
        if let Some((n, d)) = self.parts()
            && let Some(scaled) = n.checked_mul(scale)
        {
            return Self::of(small_quotient(scaled, d, mode), scale);
        }
        let r = self.ratio();
        let n = quotient(r.numer() * BigInt::from(scale), r.denom(), mode);
        Self::big(Ratio::new(n, BigInt::from(scale)))
    }

    /// The value for people: at least so many decimals, more only where a short decimal needs them; a value that has
    /// no such decimal is shown with six, rounded half up.
    #[must_use]
    pub fn show(&self, decimals: u32) -> String {
        self.shown(decimals, str::to_owned)
    }

    /// Hands on what [`Self::show`] gives.
    fn shown<T>(&self, decimals: u32, to: impl FnOnce(&str) -> T) -> T {
        let needed = self.decimals().filter(|needed| *needed <= 9);
        let decimals = needed.unwrap_or(MOST_DECIMALS).max(decimals.min(18));
        match self.small_digits(decimals) {
            Some(digits) => to(digits.as_str()),
            None => to(&self.digits(decimals)),
        }
    }

    /// The value rounded half up to exactly so many decimals, as text.
    #[must_use]
    pub fn digits(&self, decimals: u32) -> String {
        let decimals = decimals.min(18);
        if let Some(digits) = self.small_digits(decimals) {
            return digits.as_str().to_owned();
        }
        let rounded = self.rounded(decimals, Mode::HalfUp);
        let scaled = rounded.ratio() * BigInt::from(10).pow(decimals);
        written(&scaled.to_integer(), decimals)
    }

    /// [`Self::digits`] of the usual case, without asking for memory.
    fn small_digits(&self, decimals: u32) -> Option<Digits> {
        let Repr::Small { n, d } = &self.0 else {
            return None;
        };
        let scaled = n.checked_mul(10_i64.checked_pow(decimals)?)?;
        let scaled = Some(scaled).filter(|n| *n > i64::MIN)?;
        let scaled = quotient(scaled, &i64::from(*d), Mode::HalfUp);
        Some(Digits::decimal(scaled, decimals))
    }

    /// Decimals that the value needs; `None` when its decimals never end (or are more than 18).
    #[must_use]
    pub fn decimals(&self) -> Option<u32> {
        match &self.0 {
            Repr::Small { n, d } => {
                // Division by hand: done when nothing is left.
                let (d, mut rest) = (u64::from(*d), n.unsigned_abs() % u64::from(*d));
                for k in 0..=18_u32 {
                    if rest == 0 {
                        return Some(k);
                    }
                    rest = rest * 10 % d;
                }
                None
            }
            Repr::Wide(wide) => {
                let lowest = wide.d / wide.n.gcd(&wide.d);
                (0..=18_u32).find(|k| 10_i128.pow(*k) % lowest == 0)
            }
            Repr::Big(ratio) => (0..=18_u32).find(|k| (BigInt::from(10).pow(*k) % ratio.denom()).is_zero()),
        }
    }

    /// The whole number of `denominator`-ths nearest to the value; none where it has no room.
    pub(crate) fn numerator(&self, denominator: i128, mode: Mode) -> Option<i128> {
        let r = self.ratio();
        quotient(r.numer() * BigInt::from(denominator), r.denom(), mode).to_i128()
    }

    /// The nearest float, for statistical models.
    pub(crate) fn real(&self) -> f64 {
        let real = match (self.parts(), &self.0) {
            (Some((n, d)), _) => n.to_f64().zip(d.to_f64()).map(|(n, d)| n / d),
            (None, Repr::Big(r)) => r.numer().to_f64().zip(r.denom().to_f64()).map(|(n, d)| n / d),
            (None, _) => None,
        };
        real.unwrap_or(0.0)
    }

    /// The same value in lowest terms, with which others are multiplied faster.
    pub(crate) fn reduced(self) -> Self {
        match self.0 {
            Repr::Small { n, d } => {
                let gcd = i128::from(n).gcd(&d.into()).max(1);
                Self::of(i128::from(n) / gcd, i128::from(d) / gcd)
            }
            Repr::Wide(_) | Repr::Big(_) => self,
        }
    }

    /// The numerator and the denominator of the usual case: two with one denominator compare as their numerators do.
    pub(crate) const fn small_parts(&self) -> Option<(i64, u32)> {
        match &self.0 {
            Repr::Small { n, d } => Some((*n, *d)),
            Repr::Wide(_) | Repr::Big(_) => None,
        }
    }

    /// The numerator and the denominator, where they fit.
    fn parts(&self) -> Option<(i128, i128)> {
        match &self.0 {
            Repr::Small { n, d } => Some(((*n).into(), (*d).into())),
            Repr::Wide(wide) => Some((wide.n, wide.d)),
            Repr::Big(_) => None,
        }
    }

    /// The value in lowest terms.
    fn ratio(&self) -> Ratio<BigInt> {
        match (self.parts(), &self.0) {
            (None, Repr::Big(r)) => (**r).clone(),
            (parts, _) => {
                let (n, d) = parts.unwrap_or((0, 1));
                Ratio::new(BigInt::from(n), BigInt::from(d))
            }
        }
    }

    /// `n` over `d`, which is above 0: as small as it gets.
    fn of(n: i128, d: i128) -> Self {
        if let Some(small) = Self::small(n, d) {
            return small;
        }
        let gcd = n.gcd(&d).max(1);
        let (n, d) = (n / gcd, d / gcd);
        Self::small(n, d).unwrap_or_else(|| Self(Repr::Wide(Box::new(Wide { n, d }))))
    }

    fn small(n: i128, d: i128) -> Option<Self> {
        let (n, d) = (i64::try_from(n).ok()?, u32::try_from(d).ok()?);
        Some(Self(Repr::Small { n, d }))
    }

    /// Small again where it fits.
    fn big(ratio: Ratio<BigInt>) -> Self {
        match (ratio.numer().to_i128(), ratio.denom().to_i128()) {
            (Some(n), Some(d)) if d > 0 => Self::of(n, d),
            _ => Self(Repr::Big(Box::new(ratio))),
        }
    }
}

/// [`quotient`] of numbers that nearly always fit 64 bits, where dividing is many times faster.
pub(crate) fn small_quotient(n: i128, d: i128, mode: Mode) -> i128 {
    match (i64::try_from(n), i64::try_from(d)) {
        (Ok(n), Ok(d)) if n > i64::MIN => quotient(n, &d, mode).into(),
        _ => quotient(n, &d, mode),
    }
}

/// `n / d` (`d` above 0) as a whole number.
fn quotient<T: Integer + Signed + Clone>(n: T, d: &T, mode: Mode) -> T {
    let (quotient, rest) = n.abs().div_rem(d);
    let upper = d.clone() - rest.clone();
    let away = match mode {
        Mode::HalfUp => rest >= upper,
        Mode::HalfEven => rest > upper || (rest == upper && quotient.is_odd()),
        Mode::Truncate => false,
    };
    let magnitude = if away { quotient + T::one() } else { quotient };
    if n.is_negative() { -magnitude } else { magnitude }
}

impl From<Points> for Exact {
    fn from(points: Points) -> Self {
        Self(Repr::Small {
            n: points.thousandths(),
            d: 1000,
        })
    }
}

impl Add for &Exact {
    type Output = Exact;

    fn add(self, other: Self) -> Exact {
        if let (Repr::Small { n, d }, Repr::Small { n: on, d: od }) = (&self.0, &other.0)
            && d == od
            && let Some(n) = n.checked_add(*on)
        {
            return Exact(Repr::Small { n, d: *d });
        }
        if let (Some((n, d)), Some((on, od))) = (self.parts(), other.parts()) {
            let (ours, theirs) = match (u64::try_from(d), u64::try_from(od)) {
                (Ok(d), Ok(od)) => {
                    let gcd = d.gcd(&od);
                    (i128::from(od / gcd), i128::from(d / gcd))
                }
                _ => {
                    let gcd = d.gcd(&od);
                    (od / gcd, d / gcd)
                }
            };
            let terms = n.checked_mul(ours).zip(on.checked_mul(theirs));
            if let Some((n, d)) = terms.and_then(|(a, b)| a.checked_add(b)).zip(d.checked_mul(ours)) {
                return Exact::of(n, d);
            }
        }
        Exact::big(self.ratio() + other.ratio())
    }
}

impl Sub for &Exact {
    type Output = Exact;

    fn sub(self, other: Self) -> Exact {
        self + &(other * &Exact::whole(-1))
    }
}

impl Mul for &Exact {
    type Output = Exact;

    fn mul(self, other: Self) -> Exact {
        if let (Some((n, d)), Some((on, od))) = (self.parts(), other.parts())
            && let (Some(n), Some(d)) = (n.checked_mul(on), d.checked_mul(od))
        {
            return Exact::of(n, d);
        }
        Exact::big(self.ratio() * other.ratio())
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Repr::Small { n, d }, Repr::Small { n: on, d: od }) = (&self.0, &other.0) {
            if d == od {
                return n.cmp(on);
            }
            let (ours, theirs) = (i128::from(*n) * i128::from(*od), i128::from(*on) * i128::from(*d));
            return ours.cmp(&theirs);
        }
        if let (Some((n, d)), Some((on, od))) = (self.parts(), other.parts()) {
            if d == od {
                return n.cmp(&on);
            }
            if let (Some(ours), Some(theirs)) = (n.checked_mul(od), on.checked_mul(d)) {
                return ours.cmp(&theirs);
            }
        }
        self.ratio().cmp(&other.ratio())
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Exact {}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.decimals(), &self.0) {
            (Some(decimals), _) => match self.small_digits(decimals) {
                Some(digits) => f.write_str(digits.as_str()),
                None => f.write_str(&self.digits(decimals)),
            },
            (None, Repr::Small { n, d }) => {
                let (d, gcd) = (u64::from(*d), n.unsigned_abs().gcd(&u64::from(*d)));
                let sign = if *n < 0 { "-" } else { "" };
                write!(f, "{sign}{}/{}", n.unsigned_abs() / gcd, d / gcd)
            }
            (None, _) => write!(f, "{}", self.ratio()),
        }
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(text: &str) -> Exact {
        text.parse().unwrap()
    }

    #[test]
    fn each_mode_rounds_as_its_name_says() {
        for (given, up, even, cut) in [
            ("0.125", "0.13", "0.12", "0.12"),
            ("0.135", "0.14", "0.14", "0.13"),
            ("-0.125", "-0.13", "-0.12", "-0.12"),
            ("269/3", "89.67", "89.67", "89.66"),
            ("-0.001", "0.00", "0.00", "0.00"),
            ("89.9", "89.90", "89.90", "89.90"),
        ] {
            let rounded = |mode| exact(given).rounded(2, mode).digits(2);
            assert_eq!(
                [
                    rounded(Mode::HalfUp),
                    rounded(Mode::HalfEven),
                    rounded(Mode::Truncate)
                ],
                [up, even, cut].map(String::from),
                "{given}"
            );
        }
    }

    #[test]
    fn a_value_is_shown_short_exact_and_padded() {
        assert_eq!(exact("89.900").to_string(), "89.9");
        assert_eq!(exact("269/3").to_string(), "269/3");
        assert_eq!(exact("538/6").to_string(), "269/3");
        assert_eq!(exact("269/3").show(2), "89.666667");
        assert_eq!(exact("89.9").show(2), "89.90");
        assert_eq!(exact("-0.5").show(0), "-0.5");
        for wrong in ["", "-", "1/0", "1/", "a", "1.", "1.-5", ".5", "1e3", "NaN"] {
            assert!(wrong.parse::<Exact>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn nothing_wraps() {
        let huge = Exact::whole(i128::MAX);
        let sum = &huge + &huge;
        assert_eq!(&sum - &huge, huge);
        assert!(sum > huge);
        assert_eq!((&huge * &huge).divided_by(&huge), Some(huge.clone()));
        assert_eq!(huge.rounded(2, Mode::HalfUp), huge);
        assert_eq!(Exact::over(i128::MIN, -1), Some(&huge + &Exact::whole(1)));
        assert_eq!(Exact::over(1, 0), None);
        assert_eq!(huge.divided_by(&Exact::ZERO), None);
    }

    proptest! {
        #[test]
        fn it_computes_as_big_rationals_do(an: i128, ad in 1..i128::MAX, bn: i64, bd in 1..i64::MAX) {
            let (a, b) = (Exact::over(an, ad).unwrap(), Exact::over(bn.into(), bd.into()).unwrap());
            let (ra, rb) = (
                Ratio::new(BigInt::from(an), BigInt::from(ad)),
                Ratio::new(BigInt::from(bn), BigInt::from(bd)),
            );
            prop_assert_eq!((&a + &b).ratio(), &ra + &rb);
            prop_assert_eq!((&a - &b).ratio(), &ra - &rb);
            prop_assert_eq!((&a * &b).ratio(), &ra * &rb);
            prop_assert_eq!(a.cmp(&b), ra.cmp(&rb));
            prop_assert_eq!(a.to_string().parse::<Exact>().unwrap(), a);
        }
    }
}
