//! Sentences, in English and Chinese. The domain gives codes and numbers; only here do they become text.
//!
//! The sentences stand in fluent files, one folder per language, one file per concept; tests prove that both languages
//! have the same keys and (`tests/words.rs`) that every code used in the sources has its sentence. A new code needs two
//! lines.

mod derivation;

pub mod letters;
pub mod reading;
pub mod status;
pub mod views;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource, FluentValue};
use serde::Serialize;
use serde_json::Value;
use unic_langid::LanguageIdentifier;

use crate::domain::advancement::Outcome;
use crate::domain::invalid::FieldError;
use crate::domain::scoring::{ConnectedSet, Reason, Status, Warning};
pub use crate::domain::text::Lang;
pub use derivation::{derivation, derivation_among};

/// The files of each language: the same concepts in both. A new concept needs one line.
macro_rules! files {
    ($lang:literal) => {
        &[
            include_str!(concat!($lang, "/common.ftl")),
            include_str!(concat!($lang, "/problems.ftl")),
            include_str!(concat!($lang, "/things.ftl")),
            include_str!(concat!($lang, "/pages.ftl")),
            include_str!(concat!($lang, "/accounts.ftl")),
            include_str!(concat!($lang, "/letters.ftl")),
            include_str!(concat!($lang, "/judge_links.ftl")),
            include_str!(concat!($lang, "/rules.ftl")),
            include_str!(concat!($lang, "/scoring.ftl")),
            include_str!(concat!($lang, "/results.ftl")),
            include_str!(concat!($lang, "/files.ftl")),
            include_str!(concat!($lang, "/reading.ftl")),
            include_str!(concat!($lang, "/rounds.ftl")),
            include_str!(concat!($lang, "/panels.ftl")),
            include_str!(concat!($lang, "/assignments.ftl")),
            include_str!(concat!($lang, "/competitions.ftl")),
            include_str!(concat!($lang, "/entries.ftl")),
            include_str!(concat!($lang, "/ballots.ftl")),
        ]
    };
}

const ENGLISH: &[&str] = files!("en");
const CHINESE: &[&str] = files!("zh");

type Bundle = FluentBundle<FluentResource>;

static ENGLISH_BUNDLE: LazyLock<Bundle> = LazyLock::new(|| bundle("en", ENGLISH));
static CHINESE_BUNDLE: LazyLock<Bundle> = LazyLock::new(|| bundle("zh-Hans", CHINESE));

fn bundle(language: &str, files: &[&str]) -> Bundle {
    let language: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    for file in files {
        // A test proves that every file is read whole and no key stands twice; what can be read is used anyway.
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(partial, _)| partial);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

/// What a sentence needs, by name.
pub type Params<'a> = BTreeMap<&'a str, String>;

/// The sentence of a key. A key without one gives the key itself, so that nothing is ever silently empty.
///
/// A parameter `x_en` or `x_zh` takes the place of `x` in its language; a whole number counts as one, so that a sentence
/// can choose its plural.
#[must_use]
pub fn message(key: &str, params: &Params<'_>, lang: Lang) -> String {
    let (bundle, suffix) = match lang {
        Lang::En => (&*ENGLISH_BUNDLE, "_en"),
        Lang::Zh => (&*CHINESE_BUNDLE, "_zh"),
    };
    let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) else {
        return key.to_owned();
    };
    let mut args = FluentArgs::new();
    for (name, value) in params {
        args.set(*name, argument(value));
    }
    for (name, value) in params {
        if let Some(name) = name.strip_suffix(suffix) {
            args.set(name.to_owned(), argument(value));
        }
    }
    let mut errors = Vec::new();
    bundle
        .format_pattern(pattern, Some(&args), &mut errors)
        .into_owned()
}

/// A small whole number as such, anything else digit for digit as it is.
fn argument(text: &str) -> FluentValue<'_> {
    match text.parse::<i32>() {
        Ok(number) if number.to_string() == text => FluentValue::from(number),
        _ => FluentValue::from(text),
    }
}

/// What is wrong at a place of an input.
#[must_use]
pub fn field_error(error: &FieldError, lang: Lang) -> String {
    message(&format!("field-{}", error.code), &error.params, lang)
}

/// Why a request came at the wrong moment.
#[must_use]
pub fn conflict(code: &str, params: &Params<'_>, lang: Lang) -> String {
    message(&format!("conflict-{code}"), params, lang)
}

/// The title of a kind of problem.
#[must_use]
pub fn problem(code: &str, params: &Params<'_>, lang: Lang) -> String {
    message(&format!("problem-{code}"), params, lang)
}

/// What a kind of thing is called: `entry`, `recorded values`.
#[must_use]
pub fn thing(kind: &str, lang: Lang) -> String {
    message(&format!("thing-{}", kind.replace(' ', "_")), &Params::new(), lang)
}

/// What somebody should look at before a result is used.
#[must_use]
pub fn warning(warning: &Warning, lang: Lang) -> String {
    if let Warning::InStream {
        stream,
        warning: about,
    } = warning
    {
        let params = Params::from([
            ("stream", stream.clone()),
            ("warning", self::warning(about, lang)),
        ]);
        return message("warning-in_stream", &params, lang);
    }
    let mut fields = Fields::of(warning);
    if matches!(warning, Warning::TieValueMissing { .. })
        && let Some(by) = fields.params.get_mut("by")
    {
        *by = message(
            &format!("tie-{by}"),
            &Params::from([("round", "none".to_owned())]),
            lang,
        );
    }
    if let Warning::Unconnected { sets, .. } | Warning::AssumedEqual { sets, .. } = warning {
        fields
            .params
            .insert("sets".to_owned(), connected_sets(sets, lang));
    }
    fields.sentence("warning", "code", lang)
}

/// Who is connected with whom: `J1, J2 with entries 1, 2; J3 with entries 3, 4`.
fn connected_sets(sets: &[ConnectedSet], lang: Lang) -> String {
    let set = |set: &ConnectedSet| Fields::of(set).sentence("connected", "set", lang);
    let joined =
        |first: String, next: String| message("list-parts", &[("first", first), ("next", next)].into(), lang);
    sets.iter().map(set).reduce(joined).unwrap_or_default()
}

/// Why an entry has no place.
#[must_use]
pub fn reason(reason: &Reason, lang: Lang) -> String {
    Fields::of(reason).sentence("reason", "code", lang)
}

/// Whether an entry goes on.
#[must_use]
pub fn outcome(outcome: &Outcome, lang: Lang) -> String {
    let mut fields = Fields::of(outcome);
    for absent in ["stream", "reason"] {
        let value = fields.params.entry(absent.to_owned());
        value.or_insert_with(|| "none".to_owned());
    }
    fields.sentence("outcome", "outcome", lang)
}

/// Whether an entry has a place.
#[must_use]
pub fn status(status: Status, lang: Lang) -> String {
    message(&format!("status-{status}"), &Params::new(), lang)
}

/// The fields of a tagged value as parameters: what is absent or empty is `none`, a list is separated by commas.
struct Fields {
    params: BTreeMap<String, String>,
}

impl Fields {
    fn of(value: &impl Serialize) -> Self {
        let mut params = BTreeMap::new();
        if let Ok(Value::Object(fields)) = serde_json::to_value(value) {
            params.extend(fields.into_iter().map(|(name, value)| (name, plain(&value))));
        }
        Self { params }
    }

    fn sentence(&self, kind: &str, tag: &str, lang: Lang) -> String {
        let code = self.params.get(tag).map_or(tag, String::as_str);
        let params = self
            .params
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        message(&format!("{kind}-{code}"), &params, lang)
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) if text.is_empty() => "none".to_owned(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests;
