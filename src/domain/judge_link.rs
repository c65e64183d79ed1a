//! Judge links: how long they are good, how their codes are spelled, how far one is.

use super::second_factor::RECOVERY_LETTERS;
use super::session::DAY;
use super::time::Stamp;
use crate::code_enum;

code_enum! {
    /// How far a judge's link is.
    pub enum Standing {
        /// Its time has not begun.
        Early = "early",
        /// It signs in.
        Open = "open",
        /// Its time is over.
        Ended = "ended",
    }
}

/// How long a link is good unless its maker says otherwise, in seconds.
pub const LIFE: i64 = 14 * DAY;
/// The longest that a link is good, and the longest ahead that it begins, in seconds.
pub const LIFE_MAX: i64 = 92 * DAY;
/// On how many devices a link signs in unless its maker says otherwise.
pub const DEVICES: i64 = 1;
/// The most devices of a link.
pub const DEVICES_MAX: i64 = 10;
/// The most links that are made at once.
pub const AT_ONCE: usize = 500;
/// How long a tablet belongs to a competition unless its owner says otherwise, in seconds.
pub const TABLET_LIFE: i64 = 14 * DAY;
/// The most tablets that a competition has.
pub const TABLETS_MAX: i64 = 200;
/// How many digits a judge types on a tablet of the hall, where nothing else is asked.
pub const PIN_DIGITS: usize = 8;
/// How long a code is, in letters of 5 bits: 130 bits.
const LENGTH: usize = 26;

/// From when until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From then.
    pub opens_at: Stamp,
    /// Until then; exclusive.
    pub expires_at: Stamp,
}

impl Window {
    /// How far a link with this window is.
    #[must_use]
    pub fn standing(self, now: Stamp) -> Standing {
        if now < self.opens_at {
            Standing::Early
        } else if now < self.expires_at {
            Standing::Open
        } else {
            Standing::Ended
        }
    }
}

/// A code of random bytes, of which it takes the first 17; none of fewer.
#[must_use]
pub fn spelled(random: &[u8]) -> String {
    let bit = |at: usize| {
        let byte = random.get(at / 8).copied().unwrap_or_default();
        usize::from(byte >> (7 - at % 8) & 1)
    };
    (0..LENGTH)
        .filter_map(|letter| {
            let value = (0..5).fold(0, |value, n| value << 1 | bit(letter * 5 + n));
            RECOVERY_LETTERS.get(value).copied().map(char::from)
        })
        .collect()
}

/// Reads a code as it comes from an address or as people type it: with spaces or hyphens, in any case. `None` when it can
/// be none: that costs no look at the database.
#[must_use]
pub fn read(typed: &str) -> Option<String> {
    let plain: String = plain(typed).map(|c| c.to_ascii_lowercase()).collect();
    let is_code = plain.len() == LENGTH && plain.bytes().all(|b| RECOVERY_LETTERS.contains(&b));
    is_code.then_some(plain)
}

/// Reads the digits of a judge as people type them.
#[must_use]
pub fn read_pin(typed: &str) -> Option<String> {
    let plain: String = plain(typed).collect();
    (plain.len() == PIN_DIGITS && plain.bytes().all(|b| b.is_ascii_digit())).then_some(plain)
}

fn plain(typed: &str) -> impl Iterator<Item = char> {
    let kept = |c: &char| !c.is_whitespace() && *c != '-';
    // Longer than any of ours; nobody's text is read to its end.
    typed.chars().take(4 * LENGTH).filter(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_spelled_by_its_bits_and_read_however_it_is_typed() {
        let code = spelled(&[0xFF; 32]);
        assert_eq!(code, "9".repeat(26));
        assert_eq!(spelled(&[0; 17]), "a".repeat(26));
        // Every bit of the first 130 counts.
        let mut seen = std::collections::BTreeSet::new();
        for bit in 0..130 {
            let mut bytes = [0u8; 17];
            bytes[bit / 8] |= 1 << (7 - bit % 8);
            assert!(seen.insert(spelled(&bytes)), "bit {bit}");
        }
        let typed = " AAAA-bbbb cccc-dddd-eeee-ffff-gg ";
        assert_eq!(read(typed).as_deref(), Some("aaaabbbbccccddddeeeeffffgg"));
        for wrong in [
            "",
            "a",
            &"a".repeat(25),
            &"a".repeat(27),
            &"o".repeat(26),
            &"半".repeat(26),
            &"0".repeat(9000),
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn digits_are_read_with_spaces() {
        assert_eq!(read_pin(" 1234 5678").as_deref(), Some("12345678"));
        for wrong in ["1234567", "123456789", "1234567a", "１２３４５６７８", ""] {
            assert_eq!(read_pin(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_link_is_open_from_its_beginning_to_just_before_its_end() {
        let at = |seconds| Stamp::from_naive(chrono::NaiveDateTime::default()).plus_seconds(seconds);
        let window = Window {
            opens_at: at(10),
            expires_at: at(20),
        };
        for (now, standing) in [
            (9, Standing::Early),
            (10, Standing::Open),
            (19, Standing::Open),
            (20, Standing::Ended),
        ] {
            assert_eq!(window.standing(at(now)), standing);
        }
    }
}
