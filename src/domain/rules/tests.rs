use proptest::prelude::*;

use super::*;

const TALENTS: &str = include_str!("templates/talents-cup.json");
const SHORT: &str = include_str!("templates/skating-short.json");

/// The document with one JSON pointer set to a value.
fn with(document: &str, pointer: &str, value: &str) -> String {
    let mut json: serde_json::Value = serde_json::from_str(document).unwrap();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let hole = serde_json::Value::from("@");
    match json.pointer_mut(parent).unwrap() {
        serde_json::Value::Object(map) => drop(map.insert(key.to_owned(), hole)),
        serde_json::Value::Array(list) if key == "-" => list.push(hole),
        serde_json::Value::Array(list) => list[key.parse::<usize>().unwrap()] = hole,
        _ => panic!("no place {pointer}"),
    }
    json.to_string().replace("\"@\"", value)
}

fn wrong(document: &str) -> Vec<(String, &'static str)> {
    Rules::parse(document).map_or_else(
        |e| e.0.into_iter().map(|e| (e.pointer, e.code)).collect(),
        |_| Vec::new(),
    )
}

#[test]
fn a_document_and_its_canonical_form_say_the_same() {
    for document in [TALENTS, SHORT] {
        let rules = Rules::parse(document).unwrap();
        let canonical = serde_json::to_string(&rules).unwrap();
        assert_eq!(Rules::parse(&canonical).unwrap(), rules);
        let given: serde_json::Value = serde_json::from_str(document).unwrap();
        assert!(canonical.len() <= given.to_string().len(), "{canonical}");
    }
    let rules = Rules::parse(TALENTS).unwrap();
    assert_eq!((rules.minimum_sheets(), rules.decimals()), (5, 2));
    assert_eq!(rules.sheet_maximum().to_string(), "100");
    assert!(rules.spans_groups());
    assert!(!Rules::parse(SHORT).unwrap().spans_groups());
}

#[test]
fn what_is_misspelt_is_named_with_its_place() {
    for (pointer, value, at, code) in [
        ("/typo", "1", "/typo", "unknown_key"),
        (
            "/rubric/criteria/0/maximum",
            "1",
            "/rubric/criteria/0/maximum",
            "unknown_key",
        ),
        (
            "/rubric/criteria/0/max",
            r#""1,25""#,
            "/rubric/criteria/0/max",
            "not_points",
        ),
        (
            "/rubric/criteria/0/max",
            "1e3",
            "/rubric/criteria/0/max",
            "not_points",
        ),
        (
            "/rubric/criteria/0/max",
            "null",
            "/rubric/criteria/0/max",
            "missing_key",
        ),
        (
            "/rubric/criteria/0/code",
            r#""Tech nology""#,
            "/rubric/criteria/0/code",
            "not_a_code",
        ),
        ("/rubric/criteria", "{}", "/rubric/criteria", "wrong_type"),
        (
            "/panel/minimum_sheets",
            "2.5",
            "/panel/minimum_sheets",
            "wrong_type",
        ),
        (
            "/panel/minimum_sheets",
            "-1",
            "/panel/minimum_sheets",
            "wrong_type",
        ),
        ("/panel/common", r#""yes""#, "/panel/common", "wrong_type"),
        ("/aggregate/by", r#""z_score""#, "/aggregate/by", "unknown_word"),
        (
            "/ranking/ties/0/by",
            r#""sealed_sheet""#,
            "/ranking/ties/0/by",
            "unknown_word",
        ),
        (
            "/ranking/ties/1/code",
            r#""team""#,
            "/ranking/ties/1/code",
            "unknown_key",
        ),
        ("/title", "{}", "/title", "text_empty"),
    ] {
        assert_eq!(
            wrong(&with(TALENTS, pointer, value)),
            [(at.to_owned(), code)],
            "{pointer} {value}"
        );
    }
    assert_eq!(wrong("{"), [(String::new(), "not_json")]);
    assert_eq!(wrong("[]"), [(String::new(), "wrong_type")]);
    assert_eq!(wrong(&"[".repeat(100_000)), [(String::new(), "not_json")]);
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    assert_eq!(wrong(&deep), [(String::new(), "nested_too_deeply")]);
    let twice = SHORT.replacen("\"schema\": 1,", "\"schema\": 1, \"schema\": 1,", 1);
    assert_eq!(wrong(&twice), [("/schema".to_owned(), "duplicate_key")]);
    let all = wrong(r#"{ "rubric": { "criteria": [ { "kode": "a" } ] }, "advance": { "places": "x" } }"#);
    assert_eq!(all.len(), 5, "{all:?}");
}

#[test]
fn a_document_that_asks_for_endless_work_is_refused_at_once() {
    let attempts = wrong(&with(
        SHORT,
        "/rubric/attempts",
        r#"{ "count": 4000000000, "take": "best" }"#,
    ));
    assert_eq!(
        attempts,
        [("/rubric/attempts/count".to_owned(), "attempts_out_of_range")]
    );
    let keys = (0..100_000).map(|i| format!(r#""k{i}":1,"#)).collect::<String>();
    let keys = format!(r#"{{ {keys} "schema": 1, "schema": 1 }}"#);
    assert_eq!(wrong(&keys), [(String::new(), "too_many_items")]);
    let ties = vec![r#"{ "by": "lot" }"#; 50_000].join(",");
    assert_eq!(
        wrong(&with(SHORT, "/ranking/ties", &format!("[{ties}]"))),
        [("/ranking/ties".to_owned(), "too_many_items")]
    );
    let wrongs = format!("[{}]", vec![r#"{ "a": 1, "b": 2 }"#; 900].join(","));
    let many = wrong(&with(SHORT, "/rubric/criteria", &wrongs));
    assert_eq!(many.len(), 1_000, "the answer stays short");
}

#[test]
fn a_document_that_contradicts_itself_is_refused_with_the_place() {
    for (pointer, value, at, code) in [
        ("/schema", "2", "/schema", "unknown_schema"),
        ("/rubric/criteria", "[]", "/rubric/criteria", "rubric_empty"),
        (
            "/rubric/criteria/1/code",
            r#""technology""#,
            "/rubric/criteria/1/code",
            "duplicate_code",
        ),
        (
            "/rubric/criteria/0/step",
            r#""0""#,
            "/rubric/criteria/0/step",
            "step_not_positive",
        ),
        (
            "/rubric/criteria/0/step",
            r#""0.7""#,
            "/rubric/criteria/0/max",
            "max_off_step",
        ),
        (
            "/rubric/criteria/1/min",
            r#""25""#,
            "/rubric/criteria/1/max",
            "max_not_above_min",
        ),
        (
            "/rubric/criteria/1/factor",
            "0",
            "/rubric/criteria/1/factor",
            "factor_out_of_range",
        ),
        (
            "/rubric/criteria/1/weight",
            "2",
            "/rubric/criteria/1/weight",
            "weight_needs_mean",
        ),
        (
            "/rubric/criteria/1/as",
            r#""multiplier""#,
            "/rubric/criteria/1/as",
            "multiplier_is_judged",
        ),
        (
            "/rubric/criteria/0/levels/0/from",
            "31",
            "/rubric/criteria/0/levels/0/from",
            "level_out_of_range",
        ),
        (
            "/rubric/criteria/0/levels/1/from",
            "26",
            "/rubric/criteria/0/levels/1/from",
            "levels_not_descending",
        ),
        (
            "/rubric/maximum",
            "110",
            "/rubric/maximum",
            "maximum_does_not_fit",
        ),
        (
            "/rubric/missing",
            r#""left_out""#,
            "/rubric/missing",
            "left_out_needs_criteria",
        ),
        (
            "/panel/minimum_sheets",
            "0",
            "/panel/minimum_sheets",
            "minimum_sheets_zero",
        ),
        (
            "/aggregate/trim/0/high",
            "4",
            "/aggregate/trim/0",
            "trim_leaves_nothing",
        ),
        (
            "/aggregate/trim/-",
            r#"{ "from": 5, "high": 0 }"#,
            "/aggregate/trim/1/from",
            "duplicate_trim",
        ),
        (
            "/rounding/criterion",
            r#"{ "decimals": 2 }"#,
            "/rounding/criterion",
            "rounding_never_reached",
        ),
        (
            "/rounding/round",
            r#"{ "decimals": 2 }"#,
            "/rounding/round",
            "rounding_never_reached",
        ),
        (
            "/rounding/entry/decimals",
            "7",
            "/rounding/entry/decimals",
            "too_many_decimals",
        ),
        ("/own_weight", "1", "/own_weight", "own_weight_without_carry"),
        (
            "/carry",
            r#"[{ "round": "review", "weight": "0.3" }]"#,
            "/own_weight",
            "own_weight_missing",
        ),
        (
            "/ranking/ties/0/code",
            r#""looks""#,
            "/ranking/ties/0/code",
            "unknown_criterion",
        ),
        (
            "/ranking/ties/0",
            r#"{ "by": "shared" }"#,
            "/ranking/ties/1",
            "tie_break_never_reached",
        ),
        (
            "/ranking/ties/0",
            r#"{ "by": "own_total" }"#,
            "/ranking/ties/0",
            "tie_break_decides_nothing",
        ),
        (
            "/ranking/ties/0",
            r#"{ "by": "chair" }"#,
            "/ranking/ties/2",
            "duplicate_tie_break",
        ),
        (
            "/advance/per_group",
            "10",
            "/advance/per_group",
            "places_and_per_group",
        ),
        ("/advance/places", "null", "/advance/places", "places_missing"),
        (
            "/advance/places",
            "3",
            "/advance/minimum_per_group",
            "minimum_above_places",
        ),
        (
            "/ranking/group_by",
            "[]",
            "/advance/minimum_per_group",
            "needs_groups",
        ),
        (
            "/advance/maximum_per_institution",
            "0",
            "/advance/maximum_per_institution",
            "number_zero",
        ),
        (
            "/awards",
            r#"[{ "code": "first", "places": 0 }]"#,
            "/awards/0/places",
            "number_zero",
        ),
    ] {
        let found = wrong(&with(TALENTS, pointer, value));
        assert!(
            found.contains(&(at.to_owned(), code)),
            "{pointer} {value}: {found:?}"
        );
    }
}

#[test]
fn weights_are_shares_of_a_whole() {
    let rubric = |a: &str, b: &str| {
        format!(
            r#"{{ "schema": 1, "rubric": {{ "total": "mean", "criteria": [
                {{ "code": "a", "max": 100, "weight": "{a}" }}, {{ "code": "b", "max": 50, "weight": "{b}" }} ] }} }}"#
        )
    };
    assert_eq!(
        wrong(&rubric("0.6", "0.3")),
        [("/rubric/criteria".to_owned(), "weights_do_not_add_up")]
    );
    for (a, b, maximum) in [("0.6", "0.4", "80"), ("60", "40", "80"), ("2", "1", "250/3")] {
        assert_eq!(
            Rules::parse(&rubric(a, b)).unwrap().sheet_maximum().to_string(),
            maximum
        );
    }
    let document = with(
        &with(SHORT, "/carry", r#"[{ "round": "a", "weight": "0.3" }]"#),
        "/own_weight",
        r#""0.6""#,
    );
    assert_eq!(
        wrong(&document),
        [("/own_weight".to_owned(), "carry_weights_do_not_add_up")]
    );
}

#[test]
fn a_document_has_to_fit_its_competition() {
    let code = |c: &str| c.parse::<Code>().unwrap();
    let document = with(TALENTS, "/carry", r#"[{ "round": "review" }]"#);
    let document = with(
        &document,
        "/ranking/ties/1",
        r#"{ "by": "earlier_rank", "round": "heats" }"#,
    );
    let rules = Rules::parse(&document).unwrap();
    let misfits = |around: &Surroundings| {
        rules
            .fits(around)
            .map_or_else(|e| e.0.into_iter().map(|e| e.pointer).collect(), |()| Vec::new())
    };
    let around = Surroundings {
        earlier_rounds: vec![code("review"), code("heats")],
        groupable: vec![code("region")],
        groups: Some(6),
    };
    assert_eq!(misfits(&around), Vec::<String>::new());
    let around = Surroundings {
        groups: Some(7),
        ..Surroundings::default()
    };
    assert_eq!(
        misfits(&around),
        [
            "/carry/0/round",
            "/ranking/ties/1/round",
            "/ranking/group_by/0",
            "/advance/minimum_per_group"
        ]
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in r#"[\{\}\[\]":,a-z0-9. -]{0,60}"#) {
        prop_assert!(Rules::parse(&text).is_err());
    }

    /// Any value at any place of a good document is read, or refused below that place or in a named contradiction.
    #[test]
    fn no_value_at_any_place_makes_the_reader_panic(
        place in proptest::sample::select(vec![
            "/schema", "/rubric", "/rubric/criteria", "/rubric/criteria/0", "/rubric/criteria/0/max",
            "/rubric/criteria/0/min", "/rubric/criteria/0/step", "/rubric/criteria/0/factor", "/rubric/maximum",
            "/panel", "/panel/minimum_sheets", "/aggregate/trim", "/aggregate/trim/0/high", "/rounding/entry/decimals",
            "/own_weight", "/carry", "/ranking/ties", "/ranking/ties/0", "/advance", "/advance/places",
            "/advance/per_group", "/advance/reserves", "/advance/streams", "/advance/tie_at_cut", "/advance/share",
            "/advance/maximum_per_group", "/awards", "/best_of", "/one_award_per_entry",
        ]),
        value in proptest::sample::select(vec![
            "0", "-1", "1", "4294967295", "4294967296", "999999999", "\"-999999999.999\"", "\"999999999.999\"", "1e400",
            "\"\"", "[]", "{}", "[[]]", "[{}]", "null", "true", "{\"value\": 1}", "[{\"from\": 4294967295, \"high\": 4294967295}]",
        ]),
    ) {
        if let Err(invalid) = Rules::parse(&with(TALENTS, place, value)) {
            prop_assert!(!invalid.0.is_empty());
        }
    }
}

/// Titles are lines; what is wrong with one hides nothing else.
#[test]
fn a_title_that_is_no_line_is_named_beside_everything_else() {
    let long = "x".repeat(301);
    let document = serde_json::json!({ "schema": 1, "title": { "en": "Two\nlines", "zh": "决赛" },
        "rubric": { "criteria": [ { "code": "a", "title": { "en": long }, "max": "10", "step": "3" },
            { "code": "b", "title": { "zh": "标题\u{202e}" }, "max": "10", "levels": [ { "from": "5", "title": { "en": " " } } ] },
            { "code": "fit", "kind": "pass_fail", "rejects": { "judge": "" } } ] },
        "ranking": { "group_by": ["region"] }, "advance": { "per_group": { "a\tb": 1 } } });
    let wrong = Rules::parse(&document.to_string()).unwrap_err();
    let found: Vec<(&str, &str)> = wrong.0.iter().map(|e| (e.pointer.as_str(), e.code)).collect();
    for expected in [
        ("/title/en", "character_not_in_line"),
        ("/rubric/criteria/0/title/en", "text_too_long"),
        ("/rubric/criteria/1/title/zh", "character_not_in_line"),
        ("/rubric/criteria/1/levels/0/title", "text_empty"),
        ("/rubric/criteria/2/rejects/judge", "text_length"),
        ("/advance/per_group/a\tb", "character_not_in_line"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    let two = r#"{ "schema": 1, "title": { "en": "Two\nlines" }, "rubric": { "criteria": [ { "code": "a", "max": "10", "step": "3" } ] } }"#;
    let found: Vec<&str> = Rules::parse(two).unwrap_err().0.iter().map(|e| e.code).collect();
    assert_eq!(found, ["character_not_in_line", "max_off_step"]);
}
