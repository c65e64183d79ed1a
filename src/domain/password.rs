//! What makes a password good enough (NIST SP 800-63B, 3.1.1): its length and how hard it is to guess, never which kinds
//! of characters it is made of.

use icu_normalizer::ComposingNormalizerBorrowed;
use zxcvbn::feedback::Warning;
use zxcvbn::{Score, zxcvbn};

use super::invalid::FieldError;

/// The shortest password that is taken, in characters (NIST asks for at least 8, 15 without a second factor).
pub const MINIMUM: usize = 12;
/// The longest password that is taken, in characters.
pub const MAXIMUM: usize = 128;
/// How much of a password is looked at, in characters: what is hard to guess up to here takes no less for the rest. The
/// estimate multiplies beyond 64 bits for longer runs of digits, and a wrapped number would say nothing.
const LOOKED_AT: usize = 24;
/// How much of a name or an address is looked at, in characters.
const OF_OWNER: usize = 64;
/// What somebody tries first who knows what this server is for.
const OF_THE_HOUSE: &[&str] = &[
    "palmares",
    "competition",
    "contest",
    "roadshow",
    "finalist",
    "judge",
    "organizer",
    "talents",
];

/// The password as it is hashed: composed (NFC), so that one typed on another device, which spells `é` in two
/// characters, is the same. Everything else counts as it stands, spaces too.
#[must_use]
pub fn normal(password: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(password)
        .into_owned()
}

/// What is wrong with a new password, in its [`normal`] form, at `pointer`; `about` is what is known of its owner: a
/// name, an address. Takes some milliseconds.
#[must_use]
pub fn wrong(password: &str, about: &[&str], pointer: &str) -> Option<FieldError> {
    let length = password.chars().count();
    if !(MINIMUM..=MAXIMUM).contains(&length) {
        let limits = FieldError::new(pointer, "password_length");
        return Some(limits.with("minimum", MINIMUM).with("maximum", MAXIMUM));
    }
    let looked_at: String = password.chars().take(LOOKED_AT).collect();
    // What is known counts for nothing: what is left must be hard to guess by itself.
    if zxcvbn(&without(&looked_at, known(about)), &[]).score() >= Score::Three {
        return None;
    }
    let alone = zxcvbn(&looked_at, &[]);
    if alone.score() >= Score::Three {
        return Some(FieldError::new(pointer, "password_about_you"));
    }
    let wrong = match alone.feedback().and_then(|feedback| feedback.warning()) {
        Some(
            Warning::StraightRowsOfKeysAreEasyToGuess
            | Warning::ShortKeyboardPatternsAreEasyToGuess
            | Warning::SequencesLikeAbcAreEasyToGuess,
        ) => FieldError::new(pointer, "password_sequence"),
        Some(
            Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess,
        ) => FieldError::new(pointer, "password_repeats"),
        Some(
            Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword,
        ) => FieldError::new(pointer, "password_common"),
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => {
            FieldError::new(pointer, "password_dates")
        }
        Some(
            Warning::AWordByItselfIsEasyToGuess
            | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess,
        ) => FieldError::new(pointer, "password_words"),
        None => FieldError::new(pointer, "password_weak"),
    };
    Some(wrong)
}

/// What a guesser knows: each text whole and its words, a few of the first.
fn known(about: &[&str]) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    for text in about {
        let text: String = text.to_lowercase().chars().take(OF_OWNER).collect();
        let words = text.split(|c: char| !c.is_alphanumeric());
        known.extend(words.filter(|w| w.chars().count() > 2).take(8).map(str::to_owned));
        known.push(text);
    }
    known
}

/// The text with a blank in the place of each known one, the longest first, in whatever case.
fn without(text: &str, mut known: Vec<String>) -> String {
    known.extend(OF_THE_HOUSE.iter().map(|word| (*word).to_owned()));
    known.retain(|word| word.chars().count() > 2);
    known.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let blanked = |left: String, word: &String| left.replace(word.as_str(), " ");
    known.iter().fold(text.to_lowercase(), blanked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str, about: &[&str]) -> Option<&'static str> {
        wrong(password, about, "/password").map(|e| e.code)
    }

    #[test]
    fn whoever_uses_a_phrase_of_their_own_is_let_in() {
        for good in [
            "a phrase that only I know",
            "a phrase for the tests",
            "a phrase for the tour",
            "walnut ferry copper dusk",
            "我们明天去看长江大桥的日出",
            "кошка гуляет под дождём",
            "Tr0ub4dour&3xyz-qq",
            "J8#kfQ2!vMz0",
        ] {
            assert_eq!(code(good, &["Wang Li", "wang.li@example.org"]), None, "{good}");
        }
    }

    #[test]
    fn what_is_guessed_first_is_refused_with_its_reason() {
        for (bad, reason) in [
            ("short", "password_length"),
            ("", "password_length"),
            ("passwordpassword", "password_repeats"),
            ("aaaaaaaaaaaaaaaa", "password_repeats"),
            ("wang.li@example.org", "password_about_you"),
            ("palmarescompetition", "password_weak"),
            ("password12345", "password_common"),
        ] {
            assert_eq!(
                code(bad, &["Wang Li", "wang.li@example.org"]),
                Some(reason),
                "{bad}"
            );
        }
        assert_eq!(
            code(&"界".repeat(129), &[]),
            Some("password_length"),
            "characters count, not bytes"
        );
    }

    #[test]
    fn the_same_text_is_the_same_password_however_it_is_composed() {
        assert_eq!(normal("cafe\u{301} au lait "), "caf\u{e9} au lait ");
        assert_eq!(
            normal("評審　委員"),
            "評審　委員",
            "nothing is folded that looks different"
        );
    }

    #[test]
    fn no_password_takes_long_to_judge() {
        let long = [
            "1".repeat(128),
            "p@ssw0rd".repeat(16),
            "20262026".repeat(16),
            "qwertyui".repeat(16),
        ];
        let begun = std::time::Instant::now();
        for password in &long {
            let _ = wrong(password, &["Wang Li"; 4], "/password");
        }
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(4),
            "{:?}",
            begun.elapsed()
        );
    }
}
