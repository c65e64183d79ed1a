//! Penalties that the rules count: points for each step begun, a time of grace, disqualification.

use palmares::domain::rules::Rules;
use palmares::domain::scoring::{Adjustment, EntryInput, Reason, Status, Warning, penalties};

use crate::contest::{ONE, entry, points, refused, rules, standing, standings, told, total};

fn over_time(settings: &str) -> Rules {
    rules(&format!(
        r#"{ONE}, "penalties": [ {{ "code": "overtime", "title": {{ "en": "Over time", "zh": "超时" }},
           "unit": {{ "en": "s", "zh": "秒" }} {settings} }} ]"#
    ))
}

fn late(number: i64, seconds: &str) -> EntryInput {
    EntryInput {
        adjustments: vec![Adjustment {
            rule: Some("overtime".into()),
            quantity: Some(points(seconds)),
            ..Adjustment::default()
        }],
        ..entry(number, "", &["90"])
    }
}

/// −1 for each 30 seconds begun.
#[test]
fn each_step_begun_costs_a_point() {
    let rules = over_time(r#", "points": "-1", "per": "30""#);
    for (seconds, expected) in [
        ("0", "90"),
        ("0.001", "89"),
        ("1", "89"),
        ("30", "89"),
        ("30.001", "88"),
        ("31", "88"),
        ("60", "88"),
        ("61", "87"),
        ("999999999.999", "-33333244"),
    ] {
        let result = standings(&rules, vec![late(1, seconds), entry(2, "", &["80"])]);
        assert_eq!(total(&result, 1), expected, "{seconds}");
        assert_eq!(total(&result, 2), "80");
    }
    let result = standings(&rules, vec![late(1, "42")]);
    assert_eq!(
        told(&result, &rules, 1),
        "90; -2 (Over time 42 s); total 88. First."
    );
}

/// The time of grace is free, and steps are counted from its end.
#[test]
fn grace_is_free() {
    let rules = over_time(r#", "points": "-0.5", "per": "10", "grace": "30""#);
    for (seconds, expected) in [("30", "90"), ("30.5", "89.5"), ("40", "89.5"), ("41", "89")] {
        let result = standings(&rules, vec![late(1, seconds)]);
        assert_eq!(total(&result, 1), expected, "{seconds}");
    }
    // Without steps the points count once.
    let once = over_time(r#", "points": "-5", "grace": "30""#);
    for (seconds, expected) in [("30", "90"), ("31", "85"), ("300", "85")] {
        assert_eq!(
            total(&standings(&once, vec![late(1, seconds)]), 1),
            expected,
            "{seconds}"
        );
    }
}

/// Toastmasters: a window with 30 s of grace, outside it the entry is disqualified.
#[test]
fn too_long_is_disqualified() {
    let rules = over_time(r#", "grace": "30", "disqualify_from": "30.001""#);
    let result = standings(&rules, vec![late(1, "30"), late(2, "31"), entry(3, "", &["95"])]);
    assert_eq!([1, 3].map(|n| total(&result, n)), ["90", "95"]);
    let out = standing(&result, 2);
    assert_eq!(out.status, Status::Disqualified);
    assert!(matches!(&out.reason, Some(Reason::Penalised { rule, .. }) if rule == "overtime"));
    assert_eq!(
        told(&result, &rules, 2),
        "Disqualified by the rules: overtime 31; entries are disqualified from 30.001 on."
    );
}

/// What the rules can't count adds the points that were entered, and somebody is told; at input it is refused.
#[test]
fn what_cannot_be_counted_is_said() {
    let rules = over_time(r#", "points": "-1", "per": "30""#);
    let mut one = late(1, "40");
    one.adjustments[0].points = points("-7");
    one.adjustments[0].rule = Some("overtyme".into());
    let result = standings(&rules, vec![one.clone()]);
    assert_eq!(total(&result, 1), "83");
    let warning = Warning::PenaltyUncounted {
        entry: 1,
        rule: "overtyme".into(),
    };
    assert_eq!(result.warnings, [warning]);
    let wrong = |rule: &str, quantity: Option<&str>| {
        let error = penalties::effect(&rules, rule, quantity.map(points)).unwrap_err();
        (error.pointer, error.code)
    };
    assert_eq!(wrong("overtyme", Some("1")), ("/rule".into(), "unknown_penalty"));
    assert_eq!(wrong("overtime", None), ("/quantity".into(), "quantity_missing"));
    assert_eq!(
        wrong("overtime", Some("-1")),
        ("/quantity".into(), "quantity_negative")
    );
    let plain = over_time(r#", "points": "-3""#);
    let mut fixed = late(1, "0");
    fixed.adjustments[0].quantity = None;
    assert_eq!(total(&standings(&plain, vec![fixed]), 1), "87");
}

#[test]
fn contradictions_about_penalties_are_named() {
    for (penalty, at, code) in [
        (r#"{ "code": "a" }"#, "/penalties/0/points", "penalty_of_nothing"),
        (
            r#"{ "code": "a", "points": "-1", "per": "0" }"#,
            "/penalties/0/per",
            "step_not_positive",
        ),
        (
            r#"{ "code": "a", "points": "-1", "grace": "-1" }"#,
            "/penalties/0/grace",
            "grace_negative",
        ),
        (
            r#"{ "code": "a", "grace": "30", "disqualify_from": "30" }"#,
            "/penalties/0/disqualify_from",
            "disqualified_within_grace",
        ),
        (
            r#"{ "code": "a", "per": "30", "disqualify_from": "60" }"#,
            "/penalties/0/per",
            "penalty_of_nothing",
        ),
        (
            r#"{ "code": "a", "points": "-1" }, { "code": "a", "points": "-2" }"#,
            "/penalties/1/code",
            "duplicate_code",
        ),
    ] {
        let settings = format!(r#"{ONE}, "penalties": [ {penalty} ]"#);
        assert_eq!(refused(&settings), [(at.to_owned(), code)], "{settings}");
    }
}
