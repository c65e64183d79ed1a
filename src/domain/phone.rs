//! Phone numbers, and whatever else a message can be sent to.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::text::Email;

/// A phone number as E.164 has it: a plus, the code of the country, the number; 8 to 15 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(String);

/// Why a text is no phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a phone number such as +86 138 0013 8000")]
pub struct NoPhone;

/// The digits of a number, without its plus.
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

impl Phone {
    /// The number, without spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough of the number to know one's own, and too little to learn somebody else's: `+86…00`.
    #[must_use]
    pub fn hint(&self) -> String {
        let (first, last) = (self.0.get(..3), self.0.get(self.0.len().saturating_sub(2)..));
        format!("{}…{}", first.unwrap_or_default(), last.unwrap_or_default())
    }
}

impl FromStr for Phone {
    type Err = NoPhone;

    /// Reads a number as people write it, with spaces, hyphens, dots and brackets; the plus is needed, since without it
    /// nobody knows the country.
    fn from_str(given: &str) -> Result<Self, NoPhone> {
        let plain: String = given
            .trim()
            .chars()
            .filter(|c| !matches!(c, ' ' | '\u{a0}' | '-' | '.' | '(' | ')'))
            .collect();
        let digits = plain.strip_prefix('+').ok_or(NoPhone)?;
        let fine = DIGITS.contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if fine { Ok(Self(plain)) } else { Err(NoPhone) }
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Phone {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

/// To whom a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// An e-mail address.
    Email(Email),
    /// A phone.
    Phone(Phone),
}

/// Why a text is neither an address nor a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an e-mail address or a phone number")]
pub struct NoRecipient;

impl Recipient {
    /// The address or the number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Phone(phone) => phone.as_str(),
        }
    }
}

impl From<Email> for Recipient {
    fn from(email: Email) -> Self {
        Self::Email(email)
    }
}

impl FromStr for Recipient {
    type Err = NoRecipient;

    fn from_str(given: &str) -> Result<Self, NoRecipient> {
        let email = || given.parse().ok().map(Self::Email);
        let phone = || given.parse().ok().map(Self::Phone);
        email().or_else(phone).ok_or(NoRecipient)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it_and_kept_as_machines_do() {
        for (given, kept) in [
            ("+8613800138000", "+8613800138000"),
            (" +86 138-0013-8000 ", "+8613800138000"),
            ("+1 (415) 555.2671", "+14155552671"),
            ("+49\u{a0}30 901820", "+4930901820"),
        ] {
            assert_eq!(given.parse::<Phone>().unwrap().as_str(), kept, "{given}");
        }
        for bad in [
            "",
            "+",
            "13800138000",
            "0086 13800138000",
            "+0138001380",
            "+1234567",
            "+1234567890123456",
            "+86 138 0013 800x",
            "+86+13800138000",
            "＋8613800138000",
            "+٨٦١٣٨٠٠١٣٨٠٠٠",
            "+8613800138000\n+14155552671",
        ] {
            assert!(bad.parse::<Phone>().is_err(), "{bad}");
        }
        assert_eq!("+8613800138000".parse::<Phone>().unwrap().hint(), "+86…00");
    }

    #[test]
    fn a_recipient_is_an_address_or_a_number() {
        let read = |given: &str| given.parse::<Recipient>();
        assert!(matches!(read("wang@example.org"), Ok(Recipient::Email(_))));
        assert!(matches!(read("+8613800138000"), Ok(Recipient::Phone(_))));
        for bad in ["", "wang", "13800138000"] {
            assert_eq!(read(bad), Err(NoRecipient), "{bad}");
        }
    }
}
