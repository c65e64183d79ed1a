//! No document that is taken, and no mark, makes the engine panic.

use palmares::domain::advancement::{Decisions, Outcome, decide};
use palmares::domain::points::Points;
use palmares::domain::rules::Rules;
use palmares::domain::rules::templates::TEMPLATES;
use palmares::domain::scoring::{Explain, tabulate};
use palmares::domain::text::Lang;
use palmares::words;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::choices;
use super::made::{Choices, contest};

/// Values that somebody might write anywhere.
fn values() -> impl Strategy<Value = Value> {
    proptest::sample::select(vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(2),
        json!(6),
        json!(7),
        json!(4_294_967_295_u32),
        json!(-1),
        json!("0"),
        json!("-0.001"),
        json!("0.001"),
        json!("1000"),
        json!("999999999.999"),
        json!("-999999999.999"),
        json!("mean"),
        json!("median"),
        json!("sum"),
        json!("criteria"),
        json!("sheets"),
        json!("half_even"),
        json!("left_out"),
        json!("recorded"),
        json!("multiplier"),
        json!("a"),
        json!("votes"),
        json!([]),
        json!({}),
        json!([{ "from": 2, "high": 1 }]),
        json!({ "decimals": 6 }),
        json!({ "value": "3" }),
        json!({ "places": 2, "tie_at_cut": "all_advance", "reserves": 2 }),
        json!({ "per_group": 1 }),
        json!("apart"),
        json!("lowest"),
        json!("rank"),
        json!("rank_points"),
        json!("rank_product"),
        json!("component_points"),
        json!("component_product"),
        json!("after_last"),
        json!("unranked"),
        json!({ "low": 1 }),
        json!({ "high": 1, "low": 1 }),
        json!({ "to": "5", "by": "best" }),
        json!({ "to": "999999999", "by": "range" }),
        json!(["999", "3", "0.001"]),
    ])
}

/// Ways to make panels comparable.
fn methods() -> impl Strategy<Value = Value> {
    proptest::sample::select(vec![
        json!({ "by": "panel_means" }),
        json!({ "by": "grand_mean" }),
        json!({ "by": "severity" }),
        json!({ "by": "severity", "assume_panels_equal": true }),
        json!({ "by": "z_score" }),
        json!({ "by": "z_score", "to": "observed_range", "assume_panels_equal": true }),
        json!({ "by": "z_score", "deviation": "sample", "to": { "mean": "999999999", "deviation": "0.001" }, "assume_panels_equal": true }),
    ])
}

/// Puts a value somewhere into a document.
fn put(document: &mut Value, way: &[u16], value: Value) {
    let Some((step, rest)) = way.split_first() else {
        *document = value;
        return;
    };
    let step = usize::from(*step);
    match document {
        Value::Object(map) if !map.is_empty() => {
            let nth = step % map.len();
            put(map.values_mut().nth(nth).unwrap(), rest, value);
        }
        Value::Array(list) if !list.is_empty() => {
            let nth = step % list.len();
            put(&mut list[nth], rest, value);
        }
        other => *other = value,
    }
}

proptest! {
    #[test]
    fn whatever_is_taken_is_computed(
        choices in choices(),
        equalise in proptest::option::of(methods()),
        advance in proptest::option::of(proptest::sample::select(vec![
            json!({ "places": 2, "tie_at_cut": "all_advance", "reserves": 2 }), json!({ "places": 3, "reserves": 9 }),
            json!({ "per_group": 1, "tie_at_cut": "none_advance" }),
        ])),
        awards in proptest::option::of(proptest::sample::select(vec![
            json!([{ "code": "x", "places": 1 }, { "code": "y", "portion": "1/2" }]),
            json!([{ "code": "x", "places": 2, "by": { "criterion": "a" } }, { "code": "y", "from": "3" }]),
        ])),
        places in proptest::collection::vec((proptest::collection::vec(any::<u16>(), 1..5), values()), 0..2),
        extreme in proptest::collection::vec((any::<u8>(), any::<i64>()), 0..6),
    ) {
        let (mut document, mut input) = contest(&mut Choices::new(choices));
        for (key, value) in [("equalise", equalise), ("advance", advance), ("awards", awards)] {
            if let Some(value) = value {
                document[key] = value;
            }
        }
        for (way, value) in places {
            put(&mut document, &way, value);
        }
        let Ok(rules) = Rules::parse(&document.to_string()) else { return Ok(()) };
        let canonical = serde_json::to_string(&rules).unwrap();
        prop_assert_eq!(Rules::parse(&canonical).unwrap(), rules.clone());
        let mut marks: Vec<_> = input.entries.iter_mut().flat_map(|e| &mut e.sheets).flat_map(|s| &mut s.marks).collect();
        for (at, thousandths) in extreme {
            let n = marks.len().max(1);
            if let Some(mark) = marks.get_mut(usize::from(at) % n) {
                **mark = Some(Points::from_thousandths(thousandths));
            }
        }
        let standings = tabulate(&rules, &input, Explain::All);
        prop_assert_eq!(standings.entries.len(), input.entries.len());
        let decided = decide(&rules, &[&standings], &Decisions::default());
        let ahead = |o: &Outcome| matches!(o, Outcome::Advances { .. } | Outcome::Reserve { .. });
        for one in decided.entries.iter().filter(|d| ahead(&d.outcome)) {
            prop_assert!(standings.entries.iter().any(|s| s.entry == one.entry && s.place.is_some()));
        }
        for lang in [Lang::En, Lang::Zh] {
            for standing in &standings.entries {
                prop_assert!(!words::derivation(standing, &rules, lang).is_empty());
            }
            for warning in standings.warnings.iter().chain(&decided.warnings) {
                prop_assert!(!words::warning(warning, lang).is_empty());
            }
        }
        for lang in [Lang::En, Lang::Zh] {
            let read = words::reading::as_text(&rules, lang);
            prop_assert!(!read.contains("reading-"), "{}", read);
        }
        let json = serde_json::to_string(&standings).unwrap();
        prop_assert_eq!(serde_json::from_str::<palmares::domain::scoring::Standings>(&json).unwrap(), standings);
    }

    /// A template in which characters were changed, lost, doubled or moved is read, or refused with its places in words.
    #[test]
    fn no_text_makes_the_reader_of_rules_panic(
        template in proptest::sample::select(TEMPLATES),
        changes in proptest::collection::vec((any::<u16>(), 0..6_u8, any::<u16>(), snippets()), 0..4),
    ) {
        let mut text: Vec<char> = template.document.chars().collect();
        for (at, kind, to, snippet) in changes {
            let (at, to) = (usize::from(at) % text.len().max(1), usize::from(to) % text.len().max(1));
            match kind {
                _ if text.is_empty() => {}
                0 => drop(text.remove(at)),
                1 => text.insert(at, text[to]),
                2 => text.truncate(at.max(1)),
                3 => text.swap(at, to),
                _ => drop(text.splice(at..(at + 3).min(text.len()), snippet.chars())),
            }
        }
        let text: String = text.into_iter().collect();
        match Rules::parse(&text) {
            Ok(rules) => {
                let canonical = serde_json::to_string(&rules).unwrap();
                prop_assert_eq!(Rules::parse(&canonical).unwrap(), rules);
            }
            Err(wrong) => {
                prop_assert!(!wrong.0.is_empty());
                for error in &wrong.0 {
                    for lang in [Lang::En, Lang::Zh] {
                        prop_assert!(!words::field_error(error, lang).starts_with("field-"), "{}", error.code);
                    }
                }
            }
        }
    }
}

/// Pieces of documents, some of which belong nowhere.
fn snippets() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "null",
        "1e400",
        "-0.0005",
        "NaN",
        "\"low\": 1",
        "\"as\": \"apart\",",
        "\"kind\":",
        "\\ud800",
        "4294967296",
        "{\"a\":",
        "\"评\"",
    ]);
    prop_oneof![known.prop_map(str::to_owned), "[ -~评\u{0}\u{feff}]{0,6}"]
}
