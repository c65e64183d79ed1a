//! Explanations, rules, statuses and problems as sentences, in English and Chinese.
//!
//! The domain returns structure; here it becomes text. One fluent file for each concept and language:
//! `words/en/problems.ftl` beside `words/zh/problems.ftl`. Both languages have the same keys, and every code that the
//! sources use has a sentence: `tests/words.rs` proves both.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource, FluentValue};
use unic_langid::{LanguageIdentifier, langid};

use crate::domain::invalid::FieldError;
use crate::domain::text::Lang;

/// The files of a language, by concept.
macro_rules! files {
    ($lang:literal) => {
        &[
            include_str!(concat!($lang, "/problems.ftl")),
            include_str!(concat!($lang, "/accounts.ftl")),
            include_str!(concat!($lang, "/rounds.ftl")),
            include_str!(concat!($lang, "/panels.ftl")),
            include_str!(concat!($lang, "/assignments.ftl")),
        ]
    };
}

/// What a wrong place of an input says.
#[must_use]
pub fn field_error(error: &FieldError, lang: Lang) -> String {
    message(&format!("field-{}", error.code), &error.params, lang)
}

/// What a conflict says.
#[must_use]
pub fn conflict(code: &str, params: &BTreeMap<&'static str, String>, lang: Lang) -> String {
    message(&format!("conflict-{code}"), params, lang)
}

/// The title of a kind of problem.
#[must_use]
pub fn problem(code: &str, params: &BTreeMap<&'static str, String>, lang: Lang) -> String {
    message(&format!("problem-{code}"), params, lang)
}

/// The sentence with a key; the key itself, when there is none.
#[must_use]
pub fn message(key: &str, params: &BTreeMap<&'static str, String>, lang: Lang) -> String {
    let bundle = bundle(lang);
    let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) else {
        return key.to_owned();
    };
    let args: FluentArgs<'_> = params
        .iter()
        .map(|(k, v)| (*k, FluentValue::from(v.as_str())))
        .collect();
    let mut errors = Vec::new();
    bundle
        .format_pattern(pattern, Some(&args), &mut errors)
        .into_owned()
}

/// Whether there is a sentence with this key in a language.
#[must_use]
pub fn has(key: &str, lang: Lang) -> bool {
    bundle(lang).has_message(key)
}

/// The keys of a language, in the order of the files.
#[must_use]
pub fn keys(lang: Lang) -> Vec<&'static str> {
    let is_key = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphabetic());
    sources(lang)
        .iter()
        .flat_map(|s| s.lines())
        .filter(is_key)
        .filter_map(|l| l.split(" =").next())
        .collect()
}

fn sources(lang: Lang) -> &'static [&'static str] {
    match lang {
        Lang::En => files!("en"),
        Lang::Zh => files!("zh"),
    }
}

fn bundle(lang: Lang) -> &'static FluentBundle<FluentResource> {
    static EN: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    static ZH: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    match lang {
        Lang::En => EN.get_or_init(|| build(langid!("en"), lang)),
        Lang::Zh => ZH.get_or_init(|| build(langid!("zh-CN"), lang)),
    }
}

/// A file with a mistake in it loses that sentence only; a test sees to it that there is none.
fn build(id: LanguageIdentifier, lang: Lang) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(false);
    for source in sources(lang) {
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_sound_and_both_languages_have_the_same_keys() {
        for lang in [Lang::En, Lang::Zh] {
            for source in sources(lang) {
                FluentResource::try_new((*source).to_owned()).unwrap();
            }
            let mut keys = keys(lang);
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), all, "a key stands twice");
            assert!(keys.iter().all(|k| has(k, lang)));
        }
        let sorted = |lang| {
            let mut keys = keys(lang);
            keys.sort_unstable();
            keys
        };
        assert_eq!(sorted(Lang::En), sorted(Lang::Zh));
    }

    #[test]
    fn a_sentence_carries_its_numbers() {
        let error = FieldError::new("/password", "password_length")
            .with("minimum", 12)
            .with("maximum", 128);
        assert_eq!(
            field_error(&error, Lang::En),
            "A password has 12 to 128 characters."
        );
        assert_eq!(field_error(&error, Lang::Zh), "密码须为 12 至 128 个字符。");
    }
}
