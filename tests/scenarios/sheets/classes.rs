//! Judges of several classes: trimmed and combined within each, then weighed.

use palmares::domain::scoring::{Input, JudgeInput, Reason, Standings, Warning};

use crate::contest::{entry, judges, marked, points, refused, rules, standing, tabulated, told, total};

const EXPERTS: &str = r#""rubric": { "criteria": [ { "code": "mark", "max": "100", "step": "0.01" } ] },
    "aggregate": { "trim": [ { "from": 5, "high": 1, "low": 1 } ] }, "rounding": { "entry": { "decimals": 2 } }"#;

fn bench() -> Vec<JudgeInput> {
    let experts = ["c1", "c2", "c3", "c4", "c5"].map(|judge| (judge, "experts"));
    let public = ["p1", "p2", "p3"].map(|judge| (judge, "public"));
    judges(&[experts.as_slice(), public.as_slice()].concat())
}

/// Five experts and as many of the public as there are marks.
fn given(public: &[&str]) -> Input {
    let mut one = entry(1, "", &["88.5", "90", "91.2", "85", "93"]);
    for (judge, mark) in ["p1", "p2", "p3"].into_iter().zip(public) {
        one.sheets.push(palmares::domain::scoring::Sheet {
            judge: judge.into(),
            marks: vec![Some(points(mark))],
        });
    }
    Input {
        entries: vec![one],
        judges: Vec::new(),
        ..Input::default()
    }
}

fn counted(panel: &str, public: &[&str]) -> Standings {
    let rules = rules(&format!(r#"{EXPERTS}, "panel": {panel}"#));
    let mut input = given(public);
    input.judges = bench();
    for entry in &mut input.entries {
        entry.excused = vec!["p1".into(), "p2".into(), "p3".into()];
    }
    tabulated(&rules, input)
}

/// Experts weigh 80 and the public 20; the highest and the lowest are dropped within each class that has five sheets.
#[test]
fn experts_80_and_public_20() {
    let panel =
        r#"{ "classes": [ { "code": "experts", "weight": "80" }, { "code": "public", "weight": "20" } ] }"#;
    let result = counted(panel, &["80", "70", "75"]);
    // (88.5 + 90 + 91.2) ÷ 3 = 89.9 and (80 + 70 + 75) ÷ 3 = 75: 0.8 × 89.9 + 0.2 × 75.
    assert_eq!(total(&result, 1), "86.92");
    assert_eq!(result.warnings, []);
    let rules = rules(&format!(r#"{EXPERTS}, "panel": {panel}"#));
    assert_eq!(
        told(&result, &rules, 1),
        "experts: 88.50 + 90.00 + 91.20 = 269.70, ÷ 3 = 89.90, weight 80; \
         public: 70.00 + 75.00 + 80.00 = 225.00, ÷ 3 = 75.00, weight 20; classes weighed together 86.92; \
         dropped 93.00 (highest) and 85.00 (lowest). First."
    );
    // The same as shares of a whole; and classes alone would give another number.
    let shares = panel.replace("\"80\"", "\"0.8\"").replace("\"20\"", "\"0.2\"");
    assert_eq!(total(&counted(&shares, &["80", "70", "75"]), 1), "86.92");
    assert_ne!(total(&counted("{}", &["80", "70", "75"]), 1), "86.92");
}

/// An entry without sheets of a class is unranked, or ranked by the other classes, as the rules say.
#[test]
fn an_empty_class_is_refused_or_left_out() {
    let panel = |rest: &str| {
        format!(
            r#"{{ "classes": [ {{ "code": "experts", "weight": "80" }},
                 {{ "code": "public", "weight": "20", "minimum_sheets": 2 }} ] {rest} }}"#
        )
    };
    for public in [&[][..], &["80"]] {
        let refused = counted(&panel(""), public);
        let reason = Reason::ClassTooFew {
            class: "public".into(),
            present: public.len(),
            minimum: 2,
        };
        assert_eq!(standing(&refused, 1).reason, Some(reason));
        let left_out = counted(&panel(r#", "empty_class": "renormalise""#), public);
        assert_eq!(total(&left_out, 1), "89.90");
        let warning = Warning::ClassLeftOut {
            entry: 1,
            class: "public".into(),
        };
        assert_eq!(left_out.warnings, [warning]);
    }
}

/// A judge of a class that the rules don't know counts nowhere, visibly; so does one of weight 0, as the rules say.
#[test]
fn a_judge_of_no_class_does_not_count() {
    let panel =
        r#"{ "classes": [ { "code": "experts", "weight": "1" }, { "code": "sponsor", "weight": "0" } ] }"#;
    let result = counted(panel, &["80"]);
    assert_eq!(total(&result, 1), "89.90");
    assert_eq!(
        result.warnings,
        [Warning::JudgeWithoutClass { judge: "p1".into() }]
    );
    let lines = &standing(&result, 1).derivation.as_ref().unwrap().sheets;
    assert_eq!(lines.last().unwrap().dropped.unwrap().as_str(), "no_class");
}

/// By criterion each class gives a value, rounded where the rules say so, before the classes are weighed.
#[test]
fn classes_by_criterion() {
    let settings = |rounding: &str| {
        format!(
            r#""rubric": {{ "criteria": [ {{ "code": "a", "max": 10 }}, {{ "code": "b", "max": 10, "factor": 2 }} ] }},
               "panel": {{ "classes": [ {{ "code": "experts", "weight": "80" }}, {{ "code": "public", "weight": "20" }} ] }},
               "aggregate": {{ "over": "criteria" }}, "rounding": {{ {rounding} }}"#
        )
    };
    let sheets: [(&str, &[&str]); 4] = [
        ("c1", &["8", "7"]),
        ("c2", &["9", "8"]),
        ("p1", &["6", "10"]),
        ("p2", &["7", "10"]),
    ];
    let input = Input {
        entries: vec![marked(1, &sheets)],
        judges: bench()
            .into_iter()
            .filter(|j| sheets.iter().any(|(code, _)| *code == j.code))
            .collect(),
        ..Input::default()
    };
    let result = |rounding: &str| tabulated(&rules(&settings(rounding)), input.clone());
    // a: 0.8 × 8.5 + 0.2 × 6.5 = 8.1; b: 0.8 × 7.5 + 0.2 × 10 = 8, twice.
    assert_eq!(total(&result(""), 1), "24.1");
    // With whole points per class a: 0.8 × 9 + 0.2 × 7 = 8.6; b: 0.8 × 8 + 0.2 × 10 = 8.4, twice.
    let rounded = result(r#""class": { "decimals": 0 }"#);
    assert_eq!(total(&rounded, 1), "25.4");
    let criteria = &standing(&rounded, 1).derivation.as_ref().unwrap().criteria;
    let classes: Vec<String> = criteria[0].classes.iter().map(|c| c.value.to_string()).collect();
    assert_eq!(classes, ["9", "7"]);
}

#[test]
fn contradictions_about_classes_are_named() {
    let classes = |list: &str| format!(r#"{EXPERTS}, "panel": {{ "classes": [ {list} ] }}"#);
    let experts = r#"{ "code": "experts", "weight": "80" }"#;
    for (settings, at, code) in [
        (
            classes(&format!("{experts}, {experts}")),
            "/panel/classes/1/code",
            "duplicate_code",
        ),
        (
            classes(r#"{ "code": "experts", "weight": "-1" }"#),
            "/panel/classes/0/weight",
            "class_weight_out_of_range",
        ),
        (
            classes(r#"{ "code": "experts", "weight": "0" }"#),
            "/panel/classes",
            "classes_without_weight",
        ),
        (
            classes(&format!(
                r#"{experts}, {{ "code": "sponsor", "weight": "0", "minimum_sheets": 1 }}"#
            )),
            "/panel/classes/1/minimum_sheets",
            "class_without_weight",
        ),
        (
            format!(r#"{EXPERTS}, "panel": {{ "empty_class": "renormalise" }}"#),
            "/panel/empty_class",
            "empty_class_without_classes",
        ),
        (
            classes(experts).replace(r#""aggregate": {"#, r#""aggregate": { "by": "sum","#),
            "/aggregate/by",
            "classes_need_mean",
        ),
        (
            EXPERTS.replace(r#""rounding": {"#, r#""rounding": { "class": { "decimals": 1 },"#),
            "/rounding/class",
            "rounding_never_reached",
        ),
    ] {
        assert!(
            refused(&settings).contains(&(at.to_owned(), code)),
            "{settings}: {:?}",
            refused(&settings)
        );
    }
}
