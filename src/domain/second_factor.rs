//! The second factor: time-based one-time passwords (RFC 6238: SHA-1, 6 digits, 30 seconds) and recovery codes.

use totp_rs::{Builder, Totp};

use super::text::Email;
use super::time::Stamp;
use crate::code_enum;

code_enum! {
    /// Of whom an instance demands a second factor.
    pub enum Demand {
        /// Of whoever administers it.
        Admins = "admins",
        /// Of whoever administers it or organizes a competition.
        Organizers = "organizers",
        /// Of nobody.
        None = "none",
    }
}

/// How long one code is good, in seconds.
const STEP: i64 = 30;
/// How many codes before and after the current one are taken, for clocks that differ.
const SKEW: i64 = 1;
/// How long the second step of a sign-in may take, in seconds.
pub const HANDLE_SECONDS: i64 = 300;
/// How many wrong codes one sign-in may bring.
pub const HANDLE_TRIES: i64 = 5;
/// How many wrong codes an account takes in [`FAILURES_SECONDS`]. Only whoever has the password gets as far, so nobody
/// else can keep the owner out.
pub const FAILURES_MAX: i64 = 10;
/// In what time, in seconds.
pub const FAILURES_SECONDS: i64 = 3600;
/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;
/// The letters of recovery codes: none that is easily taken for another.
pub const RECOVERY_LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";
/// How long a recovery code is, in letters of 5 bits: 120 bits need no slow hash (ASVS 5.0, 6.5.2).
pub const RECOVERY_LENGTH: usize = 24;

/// What somebody types as a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// Six digits, of an app.
    Digits(String),
    /// A recovery code, without its hyphens.
    Recovery(String),
}

/// Reads a code as people type it: with spaces or hyphens, in any case. `None` when it can be none.
#[must_use]
pub fn read(typed: &str) -> Option<Given> {
    let plain: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if plain.len() == 6 && plain.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Given::Digits(plain));
    }
    let is_recovery = plain.len() == RECOVERY_LENGTH && plain.bytes().all(|b| RECOVERY_LETTERS.contains(&b));
    is_recovery.then_some(Given::Recovery(plain))
}

/// A recovery code as it is shown: `abcd-efgh-jkmn-pqrs-tuvw-xyz1`.
#[must_use]
pub fn grouped(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let groups = letters.chunks(4).map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join("-")
}

/// The time step to which a code belongs, if it fits now and is newer than the last that was taken: none is taken twice
/// (RFC 6238, 5.2).
#[must_use]
pub fn step(secret: &[u8], digits: &str, now: Stamp, last: Option<i64>) -> Option<i64> {
    let totp = totp(secret);
    let current = now.unix() / STEP;
    (current - SKEW..=current + SKEW)
        .filter(|step| last.is_none_or(|last| *step > last))
        .find(|step| {
            let moment = u64::try_from(step * STEP).unwrap_or_default();
            totp.check(digits, moment).is_some()
        })
}

/// What an app needs to make codes.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// The secret in base32, to type it in.
    pub secret: String,
    /// The address that a QR code holds: `otpauth://totp/…`.
    pub uri: String,
}

/// What an app needs to make codes of a secret.
#[must_use]
pub fn enrolment(secret: &[u8], account: &Email) -> Enrolment {
    let account = account.to_string().replace(':', ".");
    let totp = Builder::new()
        .with_secret(secret)
        .with_issuer(Some("Palmares"))
        .with_account_name(account)
        .build_noncompliant();
    let text = totp.secret().to_base32();
    // It fails only for an account's name that is empty or has a colon.
    let uri = totp
        .to_url()
        .unwrap_or_else(|_| format!("otpauth://totp/Palmares?secret={text}&issuer=Palmares"));
    Enrolment { secret: text, uri }
}

fn totp(secret: &[u8]) -> Totp {
    Builder::new()
        .with_skew(0)
        .with_secret(secret)
        .build_noncompliant()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(unix: i64) -> Stamp {
        Stamp::from_naive(chrono::NaiveDateTime::default()).plus_seconds(unix)
    }

    /// The vectors of RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (unix, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step(secret, code, at(unix), None), Some(unix / 30), "{unix}");
        }
    }

    #[test]
    fn a_code_fits_one_step_before_and_after_and_only_once() {
        let secret = b"12345678901234567890";
        let code = "050471";
        let its_own = 1_111_111_111 / 30;
        let start = its_own * 30;
        for (moment, fits) in [
            (start - 31, false),
            (start - 30, true),
            (start, true),
            (start + 59, true),
            (start + 60, false),
        ] {
            assert_eq!(step(secret, code, at(moment), None).is_some(), fits, "{moment}");
        }
        assert_eq!(step(secret, code, at(start), Some(its_own - 1)), Some(its_own));
        assert_eq!(step(secret, code, at(start), Some(its_own)), None);
        assert_eq!(step(secret, "050472", at(start), None), None);
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        assert_eq!(read("050 471"), Some(Given::Digits("050471".into())));
        let recovery = Some(Given::Recovery("abcdefghjkmnpqrstuvwxyz1".into()));
        assert_eq!(read("ABCD-efgh-jkmn-pqrs tuvw xyz1 "), recovery);
        assert_eq!(
            grouped("abcdefghjkmnpqrstuvwxyz1"),
            "abcd-efgh-jkmn-pqrs-tuvw-xyz1"
        );
        for none in [
            "",
            "05047",
            "0504711",
            "abcd",
            "abcd-efgh-jkmn-pqrs-tuvw-xyz0",
            "半半",
            "٠٥٠٤٧١",
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn an_app_is_told_secret_account_and_issuer() {
        let email: Email = "wang.li@example.org".parse().unwrap();
        let told = enrolment(b"12345678901234567890", &email);
        assert_eq!(told.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(
            told.uri.starts_with("otpauth://totp/Palmares:wang.li"),
            "{}",
            told.uri
        );
        assert!(told.uri.contains(&told.secret) && told.uri.contains("issuer=Palmares"));
    }
}
