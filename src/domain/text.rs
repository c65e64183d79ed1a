//! Words that people write: bilingual texts, slugs and codes, e-mail addresses.

use std::fmt;
use std::str::FromStr;

use serde::de::Unexpected;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::invalid::{FieldError, Invalid};
use crate::code_enum;

code_enum! {
    /// The languages that Palmares speaks.
    #[derive(Default)]
    pub enum Lang {
        /// English, the language of whoever does not ask for another.
        #[default]
        En = "en",
        /// Simplified Chinese.
        Zh = "zh",
    }
}

/// A text in English, in Chinese, or in both.
///
/// Built by [`Text::new`] it holds at least one of them; deserialised, it may be empty until it was checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "en": "Semi-final on stage", "zh": "半决赛路演" }))]
pub struct Text {
    /// The English text.
    #[serde(
        default,
        deserialize_with = "if_visible",
        skip_serializing_if = "Option::is_none"
    )]
    pub en: Option<String>,
    /// The Chinese text.
    #[serde(
        default,
        deserialize_with = "if_visible",
        skip_serializing_if = "Option::is_none"
    )]
    pub zh: Option<String>,
}

/// A language in which nothing is said is left out, so that readers get the other one.
fn if_visible<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(d)?.filter(|t| is_visible(t)))
}

impl Text {
    /// An English text.
    #[must_use]
    pub fn english(text: impl Into<String>) -> Self {
        Self {
            en: Some(text.into()),
            zh: None,
        }
    }

    /// The text in the language asked for, else in the other one; empty when there is none.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> &str {
        let (first, second) = match lang {
            Lang::En => (&self.en, &self.zh),
            Lang::Zh => (&self.zh, &self.en),
        };
        first.as_deref().or(second.as_deref()).unwrap_or_default()
    }

    /// Whether neither language shows anything.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let blank = |t: &Option<String>| t.as_deref().is_none_or(|t| !is_visible(t));
        blank(&self.en) && blank(&self.zh)
    }

    /// Notes what is wrong with a text of a body: too long, blank though it is needed, or with characters that a line
    /// can't have; a text of at most [`TITLE_MAX`] characters is a line.
    pub fn check(&self, pointer: &str, maximum: usize, required: bool, invalid: &mut Invalid) {
        if required && self.is_blank() {
            invalid.push(FieldError::new(pointer, "text_blank"));
        }
        for (lang, text) in [("en", &self.en), ("zh", &self.zh)] {
            if let Some(text) = text {
                check_length(text, &format!("{pointer}/{lang}"), maximum, invalid);
            }
        }
    }
}

/// Whether a text shows anything: neither white space nor control characters nor what has no shape of its own.
#[must_use]
pub fn is_visible(text: &str) -> bool {
    text.chars()
        .any(|c| !c.is_whitespace() && !c.is_control() && !is_shapeless(c))
}

/// Characters that are drawn as nothing: joiners, direction marks, fillers, selectors, tags.
const fn is_shapeless(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Characters that a line can't have: they break it, hide in it, or turn the order of what is around them.
fn breaks_lines(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The longest title, in characters.
pub const TITLE_MAX: usize = 300;
/// The longest name of a person, track, region or criterion, in characters.
pub const NAME_MAX: usize = 200;
/// The longest summary, description or comment, in characters.
pub const PROSE_MAX: usize = 10_000;
/// The longest reason, in characters.
pub const REASON_MAX: usize = 2_000;

/// Notes what is wrong with a reason that is needed: blank, or too long.
pub fn check_reason(reason: &str, pointer: &str, invalid: &mut Invalid) {
    if !is_visible(reason) {
        invalid.push(FieldError::new(pointer, "reason_required"));
    }
    check_length(reason, pointer, REASON_MAX, invalid);
}

/// Notes a text that is too long; one of at most [`TITLE_MAX`] characters is a line, and has nothing that breaks it.
pub fn check_length(text: &str, pointer: &str, maximum: usize, invalid: &mut Invalid) {
    if text.chars().count() > maximum {
        invalid.push(FieldError::new(pointer, "text_too_long").with("maximum", maximum));
    } else if maximum <= TITLE_MAX {
        check_line(text, pointer, invalid);
    }
}

/// Notes the name of a person that shows nothing, is too long, or is no line.
pub fn check_name(name: &str, pointer: &str, invalid: &mut Invalid) {
    if !is_visible(name) || name.trim().chars().count() > NAME_MAX {
        let limits = FieldError::new(pointer, "text_length");
        invalid.push(limits.with("minimum", 1).with("maximum", NAME_MAX));
    } else {
        check_line(name.trim(), pointer, invalid);
    }
}

fn check_line(text: &str, pointer: &str, invalid: &mut Invalid) {
    if let Some(c) = text.chars().find(|c| breaks_lines(*c)) {
        let found = format!("U+{:04X}", u32::from(c));
        invalid.push(FieldError::new(pointer, "character_not_in_line").with("character", found));
    }
}

/// Why a text is no slug, code or e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{expected}")]
pub struct Misspelt {
    /// What it should have been: `slug`, `code`, `email`.
    pub kind: &'static str,
    /// What was expected, in English.
    pub expected: &'static str,
}

macro_rules! spelt {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $example:tt, $expected:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
        #[serde(transparent)]
        #[schema(example = $example)]
        pub struct $name(String);

        impl $name {
            /// The characters.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Misspelt;

            fn from_str(given: &str) -> Result<Self, Misspelt> {
                let check: fn(&str) -> Option<String> = $check;
                check(given).map(Self).ok_or(Misspelt { kind: $kind, expected: $expected })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let given = String::deserialize(d)?;
                let misspelt = |m: Misspelt| serde::de::Error::invalid_value(Unexpected::Str(&given), &m.kind);
                given.parse().map_err(misspelt)
            }
        }
    };
}

spelt! {
    /// A competition's name in addresses: `talents-cup-2026`.
    Slug,
    "slug",
    "talents-cup-2026",
    "expected 2 to 60 lower-case letters, digits and single hyphens, such as talents-cup-2026",
    |s| (2..=60).contains(&s.len()).then_some(s).filter(|s| is_kebab(s, b"-")).map(str::to_owned)
}

spelt! {
    /// The short name of a round, track, region, panel or criterion: `semi-final`, `skating_skills`.
    Code,
    "code",
    "semi-final",
    "expected 1 to 60 lower-case letters, digits, hyphens and underscores, beginning with a letter or digit",
    |s| (1..=60).contains(&s.len()).then_some(s).filter(|s| is_kebab(s, b"-_")).map(str::to_owned)
}

spelt! {
    /// An e-mail address, in lower case: two addresses that differ in case are one person.
    Email,
    "email",
    "wang.li@example.org",
    "expected an e-mail address such as name@example.org",
    |s| {
        let s = s.trim();
        let (local, domain) = s.rsplit_once('@')?;
        let fine = (1..=64).contains(&local.len())
            && (3..=190).contains(&domain.len())
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !domain.contains("..")
            && s.chars().all(|c| !c.is_whitespace() && !c.is_control() && !is_shapeless(c) && !matches!(c, '<' | '>' | ',' | ';' | '"'))
            && !local.contains('@');
        fine.then(|| s.to_lowercase())
    }
}

impl Email {
    /// Enough of the address to know one's own, and too little to learn somebody else's: `z…@example.org`.
    #[must_use]
    pub fn hint(&self) -> String {
        let (local, domain) = self.as_str().rsplit_once('@').unwrap_or_default();
        let first: String = local.chars().take(1).collect();
        format!("{first}…@{domain}")
    }
}

/// Lower-case letters and digits, with single separators between them.
fn is_kebab(s: &str, separators: &[u8]) -> bool {
    let separator = |b: Option<&u8>| b.is_none_or(|b| separators.contains(b));
    let bytes = s.as_bytes();
    !separator(bytes.first())
        && !separator(bytes.last())
        && bytes
            .iter()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || separators.contains(b))
        && bytes
            .iter()
            .zip(bytes.iter().skip(1))
            .all(|(a, b)| !(separators.contains(a) && separators.contains(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_only_hinted_at() {
        assert_eq!(
            "zhao.min@example.org".parse::<Email>().unwrap().hint(),
            "z…@example.org"
        );
    }

    #[test]
    fn slugs_codes_and_addresses_are_spelt_right() {
        for good in ["talents-cup", "a1", "2026-euros"] {
            assert_eq!(good.parse::<Slug>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "a",
            "Talents",
            "a--b",
            "-a",
            "a-",
            "a_b",
            "a b",
            "半决赛",
            "a/b",
            "..",
            &"x".repeat(61),
        ] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
        assert!("skating_skills".parse::<Code>().is_ok());
        assert!("c".parse::<Code>().is_ok());
        assert!("_c".parse::<Code>().is_err());
        assert_eq!(
            "Wang.Li@Example.ORG".parse::<Email>().unwrap().as_str(),
            "wang.li@example.org"
        );
        for bad in [
            "",
            "a",
            "a@b",
            "@b.c",
            "a@.bc",
            "a b@c.de",
            "a@b..c",
            "a@b.c,d@e.f",
            "a@b@c.de\n",
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_shows_nothing_is_no_text() {
        for nothing in [
            "",
            " ",
            "\u{3000}",
            "\u{200b}",
            "\u{202e}\u{202c}",
            "\0\u{7}",
            "\u{feff}\n",
            "\u{2800}",
            "\u{3164}",
        ] {
            assert!(!is_visible(nothing), "{nothing:?}");
            let text: Text =
                serde_json::from_value(serde_json::json!({ "en": nothing, "zh": "半决赛" })).unwrap();
            assert_eq!(text.en, None, "{nothing:?}");
            assert_eq!(text.in_lang(Lang::En), "半决赛");
            let mut invalid = Invalid::default();
            check_reason(nothing, "/reason", &mut invalid);
            check_name(nothing, "/name", &mut invalid);
            let codes: Vec<_> = invalid.0.iter().map(|e| e.code).collect();
            assert_eq!(codes, ["reason_required", "text_length"], "{nothing:?}");
        }
        for something in ["a", "半", "👩\u{200d}🔬", "\u{200f}שלום"] {
            assert!(is_visible(something), "{something:?}");
        }
        assert!("a\u{200b}b@example.org".parse::<Email>().is_err());
    }

    #[test]
    fn a_line_has_nothing_that_breaks_it() {
        let wrong = |text: &str, maximum| {
            let mut invalid = Invalid::default();
            check_length(text, "/x", maximum, &mut invalid);
            invalid
                .0
                .first()
                .map(|e| e.params.get("character").cloned().unwrap_or_default())
        };
        for (text, named) in [
            ("a\nb", "U+000A"),
            ("a\tb", "U+0009"),
            ("a\u{1b}[31m", "U+001B"),
            ("Wang \u{202e}iL", "U+202E"),
            ("a\u{2028}b", "U+2028"),
            ("a\u{2067}b", "U+2067"),
        ] {
            assert_eq!(wrong(text, NAME_MAX).as_deref(), Some(named), "{text:?}");
            assert_eq!(
                wrong(text, PROSE_MAX),
                None,
                "{text:?}: prose has paragraphs and quotes"
            );
        }
        for fine in ["Wang Li", "王丽", "👩\u{200d}🔬", "O’Neil—Smith", "\u{200f}שלום"] {
            assert_eq!(wrong(fine, TITLE_MAX), None, "{fine:?}");
        }
    }

    #[test]
    fn a_text_falls_back_to_the_other_language() {
        let text = Text {
            en: None,
            zh: Some("半决赛".into()),
        };
        assert_eq!(text.in_lang(Lang::En), "半决赛");
        assert_eq!(Text::default().in_lang(Lang::Zh), "");
        assert!(
            Text {
                en: Some(" ".into()),
                zh: None
            }
            .is_blank()
        );
        let mut invalid = Invalid::default();
        text.check("/title", 3, true, &mut invalid);
        assert_eq!(invalid, Invalid::default());
        text.check("/title", 2, true, &mut invalid);
        Text::default().check("/summary", 2, true, &mut invalid);
        let places: Vec<_> = invalid.0.iter().map(|e| (e.pointer.as_str(), e.code)).collect();
        assert_eq!(
            places,
            [("/title/zh", "text_too_long"), ("/summary", "text_blank")]
        );
    }
}
