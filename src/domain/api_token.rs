//! API tokens for programs: what they may be good for, and how they are spelled.

use super::session::DAY;
use crate::code_enum;

code_enum! {
    /// What a program may do in the name of a person, never more than the person may.
    pub enum Scope {
        /// Read whatever the person may read.
        Read = "read",
        /// Enter projects, change and withdraw them, say whether they come.
        Enter = "enter",
        /// Mark entries, and step down from them.
        Judge = "judge",
        /// Type paper ballots and recorded values.
        Record = "record",
        /// Set competitions up and run them: entries, panels, groups, penalties, decisions.
        Manage = "manage",
        /// Name, invite and remove members.
        Members = "members",
        /// Decide who goes on, offer places, and publish.
        Publish = "publish",
    }
}

/// A set of scopes, in their order, each once; at least one where it is a token's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// These.
    #[must_use]
    pub fn new(scopes: &[Scope]) -> Self {
        let all = Scope::ALL.iter().filter(|scope| scopes.contains(scope));
        Self(all.copied().collect())
    }

    /// Whether it is among them.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// All of them, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Scope] {
        &self.0
    }
}

/// How long a token is good unless its maker says otherwise, in seconds.
pub const LIFE: i64 = 90 * DAY;
/// The longest that a token is good, in seconds.
pub const LIFE_MAX: i64 = 366 * DAY;
/// The most tokens that a person has at a time.
pub const TOKENS_MAX: i64 = 50;
/// How coarsely it is noted when a token was last used, in seconds.
pub const NOTED_EVERY: i64 = 300;

/// What every token begins with, so that programs that look for secrets know it.
pub const PREFIX: &str = "plm_";
/// How many random letters follow: 190 bits.
pub const RANDOM_LENGTH: usize = 32;
/// The letters of a token.
pub const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// How many letters the checksum has at the end.
const CHECK_LENGTH: usize = 6;

/// A token of random letters: prefix, letters, checksum.
#[must_use]
pub fn spelled(random: &str) -> String {
    format!("{PREFIX}{random}{}", checksum(random))
}

/// Whether a text is spelled like a token: what is not costs no look at the database.
#[must_use]
pub fn is_spelled(text: &str) -> bool {
    let body = text.strip_prefix(PREFIX).unwrap_or_default();
    body.len() == RANDOM_LENGTH + CHECK_LENGTH
        && body.bytes().all(|b| LETTERS.contains(&b))
        && body
            .split_at_checked(RANDOM_LENGTH)
            .is_some_and(|(random, check)| check == checksum(random))
}

/// CRC-32 of the letters in base 62, the most significant digit first.
fn checksum(random: &str) -> String {
    let mut rest = crc32(random.as_bytes());
    let mut digits = Vec::with_capacity(CHECK_LENGTH);
    for _ in 0..CHECK_LENGTH {
        let digit = usize::try_from(rest % 62).unwrap_or_default();
        digits.push(LETTERS.get(digit).copied().map_or('0', char::from));
        rest /= 62;
    }
    digits.iter().rev().collect()
}

/// CRC-32 as in ISO 3309, bit by bit: a token has few letters.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let odd = crc & 1 == 1;
            crc >>= 1;
            if odd {
                crc ^= 0xEDB8_8320;
            }
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_token_is_known_by_its_spelling() {
        let token = spelled(&"aB3".repeat(11)[..RANDOM_LENGTH]);
        assert!(is_spelled(&token), "{token}");
        assert_eq!(token.len(), 4 + 32 + 6);
        for place in 4..token.len() {
            let mut wrong = token.clone();
            let other = if &token[place..=place] == "x" { "y" } else { "x" };
            wrong.replace_range(place..=place, other);
            assert!(!is_spelled(&wrong), "{wrong}");
        }
        let long = format!("{token}0");
        let other = token.replace("plm_", "plx_");
        for wrong in ["", "plm_", "plm_半半半半半半半半半半半半", &long, &other] {
            assert!(!is_spelled(wrong), "{wrong}");
        }
    }

    #[test]
    fn scopes_are_a_set() {
        let scopes = Scopes::new(&[Scope::Publish, Scope::Read, Scope::Read]);
        assert_eq!(scopes.as_slice(), [Scope::Read, Scope::Publish]);
        assert!(scopes.has(Scope::Read) && !scopes.has(Scope::Judge));
    }
}
