//! Reading JSON: what does not fit is named by its place, with a code that has a sentence in every language.
//!
//! serde stops at the first problem. What it says is read here, the place that it names is taken out, and the rest is
//! tried again, so that one answer names as much as can be known.

mod nul;

use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, de};
use serde_json::Value;
use serde_json::value::RawValue;

use self::nul::no_nul;
use crate::domain::invalid::{FieldError, Invalid, pointer_step};
use crate::error::{Error, Result};

/// The most problems that one document's answer names.
const NAMED: usize = 50;
/// The longest document that is tried again after its first problem, in bytes.
const TRIED_AGAIN: usize = 64 << 10;
/// The most that is tried again of one body, in bytes, all tries of all its lines together: some hundredths of a second.
const TRIED_IN_ALL: usize = 4 << 20;

/// Parses a body, which is an object.
///
/// # Errors
/// [`Error::Malformed`] when it is no JSON, [`Error::Invalid`] with the places when it is other JSON than expected.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::Malformed(FieldError::new("", "body_empty")));
    }
    // Whether it is JSON at all is asked first, so that half a document is never called a wrong value.
    let text = std::str::from_utf8(bytes).map_err(|_| Error::Malformed(FieldError::new("", "not_utf8")))?;
    serde_json::from_str::<de::IgnoredAny>(text).map_err(|e| Error::Malformed(not_json(&e)))?;
    if !text.trim_start().starts_with('{') {
        return Err(FieldError::new("", "wrong_type")
            .with("expected", "object")
            .into());
    }
    no_nul(text)?;
    let mut left = TRIED_IN_ALL;
    Ok(read(text, &mut left)?)
}

fn not_json(error: &serde_json::Error) -> FieldError {
    FieldError::new("", "not_json")
        .with("line", error.line())
        .with("column", error.column())
}

/// A list whose items are read each by itself, so that the problems of all of them are named.
#[derive(Debug)]
pub struct Lines<T>(Vec<Result<T, Invalid>>);

impl<T> Lines<T> {
    /// The items, if each could be read.
    ///
    /// # Errors
    /// The problems of every item, below the pointer of the list.
    pub fn all(self, pointer: &str) -> Result<Vec<T>, Invalid> {
        let mut invalid = Invalid::default();
        let mut items = Vec::with_capacity(self.0.len());
        for (i, item) in self.0.into_iter().enumerate() {
            match item {
                Ok(item) => items.push(item),
                Err(wrong) => invalid.append(wrong.under(&format!("{pointer}/{i}"))),
            }
        }
        invalid.into_result().map(|()| items)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Lines<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let items = Vec::<Box<RawValue>>::deserialize(d)?;
        let mut left = TRIED_IN_ALL;
        let read = items.iter().map(|raw| read(raw.get(), &mut left));
        Ok(Self(read.collect()))
    }
}

/// Reads a value, naming every problem that can be told while there are bytes left to try.
fn read<T: DeserializeOwned>(text: &str, left: &mut usize) -> Result<T, Invalid> {
    let first = match attempt(text) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let mut invalid = Invalid::one(first);
    if text.len() > TRIED_AGAIN.min(*left) {
        return Err(invalid);
    }
    let Ok(mut rest) = serde_json::from_str::<Value>(text) else {
        return Err(invalid);
    };
    while invalid.0.len() < NAMED {
        let Some(last) = invalid.0.last().filter(|e| e.code != "missing_field") else {
            break;
        };
        if !take_out(&mut rest, &last.pointer) {
            break;
        }
        let again = rest.to_string();
        let Some(rest_of_it) = left.checked_sub(again.len()) else {
            break;
        };
        *left = rest_of_it;
        match attempt::<T>(&again) {
            Err(next) if invalid.0.iter().all(|e| e.pointer != next.pointer) => invalid.push(next),
            // What was taken out is missing now, or nothing else is wrong.
            _ => break,
        }
    }
    Err(invalid)
}

/// Takes a key out of its object; `false` when the pointer is no key of an object.
fn take_out(document: &mut Value, pointer: &str) -> bool {
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        return false;
    };
    let key = key.replace("~1", "/").replace("~0", "~");
    let object = document.pointer_mut(parent).and_then(Value::as_object_mut);
    object.is_some_and(|object| object.remove(&key).is_some())
}

fn attempt<T: DeserializeOwned>(text: &str) -> Result<T, FieldError> {
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json)
        .map_err(|e| misfit(pointer(e.path()), &e.into_inner().to_string()))
}

/// A path of `serde_path_to_error` as a JSON pointer.
#[must_use]
pub fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", pointer_step(key)),
        Segment::Enum { variant } => format!("/{}", pointer_step(variant)),
        Segment::Unknown => String::new(),
    };
    path.iter().map(step).collect()
}

/// What serde says, as a code with parameters. It says it in English, which goes no further than here.
pub(super) fn misfit(pointer: String, said: &str) -> FieldError {
    let said = said.rsplit_once(" at line ").map_or(said, |(said, _)| said);
    let quoted = || said.split('`').nth(1).unwrap_or_default();
    let below = |name: &str| {
        let step = format!("/{}", pointer_step(name));
        if pointer.ends_with(&step) {
            pointer.clone()
        } else {
            format!("{pointer}{step}")
        }
    };
    let known = || {
        let list = said.split_once(", expected ").map_or("", |(_, list)| list);
        let words: Vec<_> = list.split('`').skip(1).step_by(2).collect();
        words.join(", ")
    };
    if said.starts_with("unknown field") {
        let field = quoted();
        FieldError::new(below(field), "unknown_field").with("field", field)
    } else if said.starts_with("missing field") {
        let field = quoted();
        FieldError::new(format!("{pointer}/{}", pointer_step(field)), "missing_field").with("field", field)
    } else if said.starts_with("duplicate field") {
        let key = quoted();
        FieldError::new(below(key), "duplicate_key").with("key", key)
    } else if said.starts_with("unknown variant") {
        FieldError::new(pointer, "unknown_word")
            .with("given", quoted())
            .with("known", known())
    } else if said == "expected value" {
        // It is JSON: what can't begin here is a value of another kind where one of a set of words is expected.
        FieldError::new(pointer, "wrong_type").with("expected", "text")
    } else if let Some((given, expected)) = said.rsplit_once(", expected ") {
        let given = given
            .split_once("string \"")
            .map_or("", |(_, rest)| rest.trim_end_matches('"'));
        misspelt(pointer, given, expected)
    } else {
        FieldError::new(pointer, "unexpected_value")
    }
}

/// The error for a value where something else was expected, by serde's name for it or by ours.
fn misspelt(pointer: String, given: &str, expected: &str) -> FieldError {
    match expected {
        "slug" if !given.is_empty() => FieldError::new(pointer, "not_a_slug").with("given", given),
        "code" if !given.is_empty() => FieldError::new(pointer, "not_a_code").with("given", given),
        "time" if !given.is_empty() => FieldError::new(pointer, "not_a_time").with("given", given),
        "points" => FieldError::new(pointer, "not_points").with("given", given),
        "email" => FieldError::new(pointer, "email"),
        _ => FieldError::new(pointer, "wrong_type").with("expected", kind_of(expected)),
    }
}

fn kind_of(expected: &str) -> &'static str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "whole_number",
        "i8" | "i16" | "i32" | "i64" | "isize" => "integer",
        "f32" | "f64" => "number",
        "a boolean" => "boolean",
        "a sequence" => "list",
        "a map" | "unit" => "object",
        "a string" | "a borrowed string" | "string or map" | "variant identifier" => "text",
        "slug" | "code" | "time" | "option" => "text",
        _ if expected.starts_with("struct ") => "object",
        _ if expected.starts_with("enum ") => "text",
        _ if expected.starts_with("a tuple") || expected.starts_with("an array") => "list",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;
    use crate::domain::text::{Code, Email, Lang, Slug, Text};
    use crate::domain::time::Stamp;
    use crate::words;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its shape matters")]
    struct Inner {
        name: String,
        size: Option<u8>,
        lang: Option<Lang>,
        at: Option<Stamp>,
        code: Option<Code>,
        slug: Option<Slug>,
        email: Option<Email>,
        entry: Option<i64>,
        done: Option<bool>,
        title: Option<Text>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its shape matters")]
    struct Outer {
        items: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Batch {
        items: Lines<Inner>,
    }

    fn places(invalid: &Invalid) -> Vec<(&str, &str)> {
        invalid.0.iter().map(|e| (e.pointer.as_str(), e.code)).collect()
    }

    fn wrong<T: DeserializeOwned + fmt::Debug>(body: &str) -> Invalid {
        match parse::<T>(body.as_bytes()) {
            Err(Error::Invalid(invalid)) => invalid,
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn a_body_that_does_not_fit_names_the_place_and_the_kind() {
        for (item, pointer, code, told) in [
            (r#"{"nam":"b","name":"a"}"#, "/nam", "unknown_field", "nam"),
            (r#"{"size":1}"#, "/name", "missing_field", "name"),
            (r#"{"name":"a","name":"b"}"#, "/name", "duplicate_key", "name"),
            (r#"{"name":7}"#, "/name", "wrong_type", "text"),
            (r#"{"name":null}"#, "/name", "wrong_type", "text"),
            (
                r#"{"name":"a","size":300}"#,
                "/size",
                "wrong_type",
                "whole_number",
            ),
            (r#"{"name":"a","size":-1}"#, "/size", "wrong_type", "whole_number"),
            (r#"{"name":"a","entry":"25"}"#, "/entry", "wrong_type", "integer"),
            (r#"{"name":"a","entry":1.5}"#, "/entry", "wrong_type", "integer"),
            (r#"{"name":"a","done":"yes"}"#, "/done", "wrong_type", "boolean"),
            (r#"{"name":"a","title":"T"}"#, "/title", "wrong_type", "object"),
            (
                r#"{"name":"a","title":{"fr":"T"}}"#,
                "/title/fr",
                "unknown_field",
                "fr",
            ),
            (r#"{"name":"a","lang":"fr"}"#, "/lang", "unknown_word", "en, zh"),
            (r#"{"name":"a","lang":7}"#, "/lang", "wrong_type", "text"),
            (r#"{"name":"a","at":"tomorrow"}"#, "/at", "not_a_time", "tomorrow"),
            (r#"{"name":"a","at":7}"#, "/at", "wrong_type", "text"),
            (r#"{"name":"a","code":"A b"}"#, "/code", "not_a_code", "A b"),
            (
                r#"{"name":"a","slug":"半决赛 at line 3"}"#,
                "/slug",
                "not_a_slug",
                "半决赛 at line 3",
            ),
            (r#"{"name":"a","email":"li"}"#, "/email", "email", ""),
            ("7", "", "wrong_type", "object"),
        ] {
            let invalid = wrong::<Outer>(&format!("{{\"items\":[{item}]}}"));
            let error = &invalid.0[0];
            assert_eq!(
                (error.pointer.as_str(), error.code),
                (&*format!("/items/0{pointer}"), code),
                "{item}"
            );
            assert!(
                told.is_empty() || error.params.values().any(|v| v == told),
                "{item}: {error:?}"
            );
            for lang in [Lang::En, Lang::Zh] {
                let sentence = words::field_error(error, lang);
                assert!(
                    !sentence.contains("struct") && !sentence.contains("i64"),
                    "{sentence}"
                );
                assert!(
                    !sentence.contains("field-") && !sentence.contains('{'),
                    "{sentence}"
                );
            }
        }
        assert_eq!(
            places(&wrong::<Outer>(r#"{"items":7}"#)),
            [("/items", "wrong_type")]
        );
        let half = r#"{"items":"\ud800"}"#;
        assert_eq!(places(&wrong::<Outer>(half)), [("/items", "unexpected_value")]);
        assert_eq!(places(&wrong::<Outer>("[[]]")), [("", "wrong_type")]);
    }

    #[test]
    fn every_wrong_place_that_can_be_told_is_named_at_once() {
        let body = r#"{"colour":1,"items":[{"name":7,"size":"x","tone":2,"lang":"fr"}]}"#;
        let invalid = wrong::<Outer>(body);
        let mut found = places(&invalid);
        found.sort_unstable();
        assert_eq!(
            found,
            [
                ("/colour", "unknown_field"),
                ("/items/0/lang", "unknown_word"),
                ("/items/0/name", "wrong_type"),
                ("/items/0/size", "wrong_type"),
                ("/items/0/tone", "unknown_field"),
            ]
        );
    }

    #[test]
    fn each_line_of_a_batch_is_read_by_itself() {
        let body = r#"{"items":[{"nam":"b"},{"name":"fine"},{"name":7},[],{"name":"a","at":"x","size":-1}]}"#;
        let batch: Batch = parse(body.as_bytes()).unwrap();
        assert_eq!(
            places(&batch.items.all("/items").unwrap_err()),
            [
                ("/items/0/nam", "unknown_field"),
                ("/items/0/name", "missing_field"),
                ("/items/2/name", "wrong_type"),
                ("/items/3", "wrong_type"),
                ("/items/4/at", "not_a_time"),
                ("/items/4/size", "wrong_type"),
            ]
        );
        let fine: Batch = parse(br#"{"items":[{"name":"a"},{"name":"b"}]}"#).unwrap();
        assert_eq!(fine.items.all("/items").unwrap().len(), 2);
        assert_eq!(
            places(&wrong::<Batch>(r#"{"items":{}}"#)),
            [("/items", "wrong_type")]
        );
    }

    #[test]
    fn a_body_of_wrong_lines_costs_no_more_than_its_length() {
        let fields: Vec<_> = (0..1500)
            .map(|n| format!("\"unknown field number {n}\":1"))
            .collect();
        let line = format!("{{{}}}", fields.join(","));
        let body = format!("{{\"items\":[{}]}}", vec![line; 200].join(","));
        assert!(body.len() > 6 << 20);
        let begun = std::time::Instant::now();
        let batch: Batch = parse(body.as_bytes()).unwrap();
        let wrong = batch.items.all("/items").unwrap_err();
        assert!((200..2000).contains(&wrong.0.len()), "{}", wrong.0.len());
        // Without a measure it took fifty times as long.
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(20),
            "{:?}",
            begun.elapsed()
        );
        let deep = format!("{{\"items\":[{}1{}]}}", "[".repeat(1 << 20), "]".repeat(1 << 20));
        assert!(
            parse::<Batch>(deep.as_bytes())
                .unwrap()
                .items
                .all("/items")
                .is_err()
        );
        assert!(parse::<Outer>(deep.as_bytes()).is_err());
    }

    #[test]
    fn what_is_no_json_names_the_line() {
        for (broken, code, line) in [
            ("", "body_empty", ""),
            (" \n ", "body_empty", ""),
            ("{", "not_json", "1"),
            ("{\"items\":[]}x", "not_json", "1"),
            ("{\n\"items\":[1,}", "not_json", "2"),
            ("nonsense", "not_json", "1"),
        ] {
            match parse::<Outer>(broken.as_bytes()) {
                Err(Error::Malformed(e)) => {
                    assert_eq!(e.code, code, "{broken}");
                    assert_eq!(e.params.get("line").map_or("", String::as_str), line, "{broken}");
                }
                other => panic!("{broken}: {other:?}"),
            }
        }
        assert!(matches!(parse::<Outer>(b"{\"\xff\":1}"), Err(Error::Malformed(e)) if e.code == "not_utf8"));
    }

    #[test]
    fn u_0000_is_refused_wherever_it_stands() {
        let body = r#"{"a":"x\u0000","b":[1,null,true,-2.5,"\\u0000 is no escape",{"c/d":"\u0000"}],"e\u0000":"f","g":1e400}"#;
        let found = no_nul(body).unwrap_err();
        assert_eq!(
            places(&found),
            [
                ("/a", "nul_character"),
                ("/b/5/c~1d", "nul_character"),
                ("/e\0", "nul_character")
            ]
        );
        assert_eq!(no_nul(r#"{"a":"\\u0000"}"#), Ok(()));
    }
}
