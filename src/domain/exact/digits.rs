//! Decimal text.

use num_bigint::BigInt;
use num_traits::Signed;

/// What a 64-bit number needs: a sign, 19 digits, and a point with a zero before it.
const ROOM: usize = 22;

/// A decimal number as text that asks for no memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digits {
    bytes: [u8; ROOM],
    first: usize,
}

impl Digits {
    /// A whole number of the `decimals`-th power of a tenth; at most 18 of them.
    pub(super) fn decimal(scaled: i64, decimals: u32) -> Self {
        let mut digits = Self {
            bytes: [0; ROOM],
            first: ROOM,
        };
        let mut rest = scaled.unsigned_abs();
        for _ in 0..decimals {
            digits.put_digit(&mut rest);
        }
        if decimals > 0 {
            digits.put(b'.');
        }
        digits.put_digit(&mut rest);
        while rest > 0 {
            digits.put_digit(&mut rest);
        }
        if scaled < 0 {
            digits.put(b'-');
        }
        digits
    }

    fn put_digit(&mut self, rest: &mut u64) {
        self.put(b'0' + u8::try_from(*rest % 10).unwrap_or(0));
        *rest /= 10;
    }

    /// Puts a character before those that are there.
    fn put(&mut self, character: u8) {
        self.first = self.first.saturating_sub(1);
        if let Some(byte) = self.bytes.get_mut(self.first) {
            *byte = character;
        }
    }

    pub(super) fn as_str(&self) -> &str {
        let bytes = self.bytes.get(self.first..).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

/// The same of a number of any size.
pub(super) fn written(scaled: &BigInt, decimals: u32) -> String {
    let sign = if scaled.is_negative() { "-" } else { "" };
    let width = usize::try_from(decimals).unwrap_or(0);
    let digits = format!("{:0>1$}", scaled.abs().to_string(), width + 1);
    let (whole, fraction) = digits.split_at(digits.len() - width);
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}
