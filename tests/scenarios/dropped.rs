//! Criteria that are dropped, criteria that stand apart, and what an entry has to reach in one.

use palmares::domain::advancement::{Decisions, decide};
use palmares::domain::scoring::{EntryInput, Reason, Status};

use crate::contest::{
    advancing, judges, marked, points, rank, refused, rules, standing, standings, tabulated, told, total,
};

const FIVE: &str = r#"{ "code": "a", "max": 10 }, { "code": "b", "max": 10 }, { "code": "c", "max": 10 }, { "code": "d", "max": 10 }, { "code": "e", "max": 10 }"#;

/// An entry of which everything is recorded.
pub(crate) fn recorded(number: i64, values: &[(&str, &str)]) -> EntryInput {
    let value = |(code, value): &(&str, &str)| ((*code).to_owned(), points(value));
    EntryInput {
        number,
        recorded: values.iter().map(value).collect(),
        ..EntryInput::default()
    }
}

/// The best four of five criteria count, on each sheet or across judges: not the same.
#[test]
fn the_lowest_criterion_is_dropped() {
    let of = |settings: &str| {
        rules(&format!(
            r#""rubric": {{ "criteria": [ {FIVE} ], "drop": {{ "low": 1 }} }} {settings}"#
        ))
    };
    let entry = || {
        marked(
            1,
            &[
                ("x", &["8", "7", "2", "9", "6"]),
                ("y", &["3", "7", "9", "8", "6"]),
            ],
        )
    };
    // 30 and 30; across judges 5.5, 7, 5.5, 8.5, 6.
    let sheets = of("");
    assert_eq!(total(&standings(&sheets, vec![entry()]), 1), "30");
    assert_eq!(sheets.sheet_maximum().to_string(), "40");
    let result = standings(&sheets, vec![entry()]);
    let text = told(&result, &sheets, 1);
    assert!(
        text.contains("dropped off the sheets: x’s c 2 (lowest) and y’s a 3 (lowest)"),
        "{text}"
    );
    let criteria = of(r#", "aggregate": { "over": "criteria" }"#);
    let result = standings(&criteria, vec![entry()]);
    assert_eq!(total(&result, 1), "27");
    let text = told(&result, &criteria, 1);
    assert!(text.contains("= 5.5 (dropped, lowest);"), "{text}");
    // As a mean of those that count, and the middle three of five.
    let mean = rules(&format!(
        r#""rubric": {{ "criteria": [ {FIVE} ], "total": "mean", "drop": {{ "low": 1 }} }}"#
    ));
    assert_eq!(total(&standings(&mean, vec![entry()]), 1), "7.5");
    let over = rules(&format!(
        r#""rubric": {{ "criteria": [ {FIVE} ], "total": "mean", "drop": {{ "low": 1 }} }}, "aggregate": {{ "over": "criteria" }}"#
    ));
    assert_eq!(total(&standings(&over, vec![entry()]), 1), "6.75");
    let middle = rules(&format!(
        r#""rubric": {{ "criteria": [ {FIVE} ], "drop": {{ "low": 1, "high": 1 }} }}"#
    ));
    // 8 + 7 + 6 and 8 + 7 + 6.
    assert_eq!(total(&standings(&middle, vec![entry()]), 1), "21");
}

/// What would be added is compared: a factor can make a low mark the one that stays.
#[test]
fn factors_come_before_dropping_and_recorded_values_are_dropped_alone() {
    let weighted = rules(
        r#""rubric": { "criteria": [ { "code": "a", "max": 10, "factor": "3" }, { "code": "b", "max": 10 } ], "drop": { "low": 1 } }"#,
    );
    assert_eq!(
        total(&standings(&weighted, vec![marked(1, &[("x", &["4", "9"])])]), 1),
        "12"
    );
    let events = rules(
        r#""rubric": { "criteria": [ { "code": "run", "kind": "recorded", "max": 100 }, { "code": "jump", "kind": "recorded", "max": 100 },
             { "code": "throw", "kind": "recorded", "max": 100 } ], "drop": { "low": 1 } }"#,
    );
    let result = standings(
        &events,
        vec![recorded(1, &[("run", "70"), ("jump", "40"), ("throw", "60")])],
    );
    assert_eq!(total(&result, 1), "130");
    assert!(told(&result, &events, 1).contains("jump 40 (dropped, lowest)"));
}

/// Sailing: places of each race added up, the worst discarded, whoever did not start one behind the last of all.
#[test]
fn a_regatta_with_a_discard() {
    let rules = rules(
        r#""rubric": { "drop": { "high": 1 }, "criteria": [ { "code": "race1", "kind": "recorded", "max": 9000, "wins": "lowest" },
             { "code": "race2", "kind": "recorded", "max": 9000, "wins": "lowest" }, { "code": "race3", "kind": "recorded", "max": 9000, "wins": "lowest" } ] },
           "aggregate": { "by": "component_ranks", "absent": "after_last" }"#,
    );
    let result = standings(
        &rules,
        vec![
            recorded(1, &[("race1", "3000"), ("race2", "3100"), ("race3", "2900")]),
            recorded(2, &[("race1", "3010"), ("race2", "3000")]),
            recorded(3, &[("race1", "3020"), ("race2", "3200"), ("race3", "3000")]),
            recorded(4, &[]),
        ],
    );
    // 1 2 1, 2 1 (4), 3 3 2.
    assert_eq!([1, 2, 3].map(|n| total(&result, n)), ["2", "3", "5"]);
    assert_eq!(standing(&result, 4).status, Status::Unranked);
    let text = told(&result, &rules, 2);
    assert!(
        text.contains("race3 without a value, rank 4 (dropped, highest)"),
        "{text}"
    );
}

/// The jury's impression is marked, and only breaks ties and gives a prize; a weight of it is a contradiction.
#[test]
fn a_criterion_stands_apart_from_the_total() {
    for over in ["sheets", "criteria"] {
        let rules = rules(&format!(
            r#""rubric": {{ "total": "mean", "criteria": [ {{ "code": "craft", "max": 10, "weight": 2 }}, {{ "code": "idea", "max": 10, "weight": 1 }},
                 {{ "code": "impression", "max": 10, "as": "apart" }}, {{ "code": "votes", "kind": "recorded", "as": "apart", "max": 999 }} ] }},
               "aggregate": {{ "over": "{over}" }},
               "ranking": {{ "ties": [ {{ "by": "criterion", "code": "impression" }}, {{ "by": "criterion", "code": "votes" }} ] }},
               "awards": [ {{ "code": "public", "places": 1, "by": {{ "criterion": "votes" }} }} ]"#
        ));
        assert_eq!(rules.sheet_maximum().to_string(), "10");
        let with = |mut entry: EntryInput, votes: &str| {
            entry.recorded.insert("votes".into(), points(votes));
            entry
        };
        let result = standings(
            &rules,
            vec![
                with(marked(1, &[("x", &["6", "9", "1"])]), "12"),
                with(marked(2, &[("x", &["7", "7", "5"])]), "80"),
                with(marked(3, &[("x", &["7", "7", "5"])]), "90"),
                marked(4, &[("x", &["7", "7", "6"])]),
            ],
        );
        assert_eq!([1, 2, 3, 4].map(|n| total(&result, n)), ["7", "7", "7", "7"]);
        assert_eq!([1, 2, 3, 4].map(|n| rank(&result, n)), ["4", "3", "2", "1"]);
        let text = told(&result, &rules, 3);
        assert!(text.contains("votes 90 (not in the total)"), "{text}");
        let decided = decide(&rules, &[&result], &Decisions::default());
        let public = decided.entries.iter().find(|d| !d.awards.is_empty()).unwrap();
        assert_eq!(public.entry, 3);
    }
}

/// Who is short of what a criterion asks for keeps the place, and neither goes on nor is awarded; or has no place.
#[test]
fn a_minimum_of_a_criterion() {
    let of = |settings: &str| {
        rules(&format!(
            r#""rubric": {{ "criteria": [ {{ "code": "safety", "max": 10, "qualify_from": "5" }}, {{ "code": "speed", "max": 90 }} ] }},
               {settings} "advance": {{ "places": 2, "reserves": 1 }}, "awards": [ {{ "code": "gold", "places": 1 }}, {{ "code": "half", "portion": "1/2" }} ]"#
        ))
    };
    let entries = || {
        vec![
            marked(1, &[("x", &["4", "90"]), ("y", &["5", "90"])]),
            marked(2, &[("x", &["5", "80"]), ("y", &["5", "80"])]),
            marked(3, &[("x", &["9", "70"]), ("y", &["9", "70"])]),
            marked(4, &[("x", &["9", "20"]), ("y", &["9", "20"])]),
        ]
    };
    let rules = of("");
    let result = standings(&rules, entries());
    assert_eq!([1, 2].map(|n| rank(&result, n)), ["1", "2"]);
    let decided = decide(&rules, &[&result], &Decisions::default());
    assert_eq!(advancing(&decided), [2, 3]);
    let awards = |n: i64| {
        decided
            .entries
            .iter()
            .find(|d| d.entry == n)
            .unwrap()
            .awards
            .join(" ")
    };
    // Half of four ranked entries.
    assert_eq!([1, 2, 3, 4].map(awards), ["", "gold", "half", "half"]);
    let text = told(&result, &rules, 1);
    assert!(
        text.contains("safety 4.5 does not suffice to go on or win an award (5 is asked for)"),
        "{text}"
    );
    let strict = of(r#""ranking": { "unqualified": "unranked" },"#);
    let result = standings(&strict, entries());
    assert!(matches!(
        &standing(&result, 1).reason,
        Some(Reason::NotQualified { criterion, .. }) if criterion == "safety"
    ));
    assert_eq!(rank(&result, 2), "1");
    assert_eq!(
        told(&result, &strict, 1),
        "With 4.5 in safety an entry has no place: 5 is needed."
    );
}

/// Where the lowest value wins, less suffices; classes of judges weigh as they do for a tie.
#[test]
fn a_minimum_in_every_direction() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "errors", "max": 100, "qualify_from": "10" } ] }, "ranking": { "wins": "lowest" },
           "panel": { "classes": [ { "code": "a", "weight": 3 }, { "code": "b", "weight": 1 } ] }, "advance": { "places": 5 }"#,
    );
    let entries = vec![
        marked(1, &[("x", &["9"]), ("y", &["13"])]),
        marked(2, &[("x", &["10"]), ("y", &["11"])]),
    ];
    let input = palmares::domain::scoring::Input {
        entries,
        judges: judges(&[("x", "a"), ("y", "b")]),
        ..Default::default()
    };
    let result = tabulated(&rules, input);
    let decided = decide(&rules, &[&result], &Decisions::default());
    assert_eq!(advancing(&decided), [1]);
}

#[test]
fn contradictions_are_named() {
    let one = r#"{ "code": "a", "max": 10 }"#;
    let two = r#"{ "code": "a", "max": 10 }, { "code": "b", "max": 10 }"#;
    for (settings, at, code) in [
        (format!(r#""rubric": {{ "criteria": [ {one} ], "drop": {{ "low": 1 }} }}"#), "/rubric/drop", "drop_leaves_nothing"),
        (format!(r#""rubric": {{ "criteria": [ {two} ], "drop": {{}} }}"#), "/rubric/drop", "drop_nothing"),
        (
            format!(r#""rubric": {{ "criteria": [ {two} ], "total": "mean", "missing": "left_out", "drop": {{ "low": 1 }} }}"#),
            "/rubric/drop",
            "drop_of_partial_sheets",
        ),
        (
            r#""rubric": { "criteria": [ { "code": "a", "max": 10, "weight": 1 }, { "code": "b", "max": 10, "weight": 2 } ], "total": "mean", "drop": { "low": 1 } }"#.into(),
            "/rubric/drop",
            "drop_needs_equal_weights",
        ),
        (
            r#""rubric": { "attempts": { "count": 2, "take": "best" }, "criteria": [ { "code": "a", "max": 10 }, { "code": "c", "max": 10 }, { "code": "b", "max": 10, "per_attempt": false } ], "drop": { "low": 1 } }"#.into(),
            "/rubric/drop",
            "drop_across_attempts",
        ),
        (
            format!(r#""rubric": {{ "criteria": [ {two} ], "drop": {{ "low": 1 }} }}, "equalise": {{ "by": "z_score", "over": "criteria" }}"#),
            "/rubric/drop",
            "drop_of_standardised_marks",
        ),
        (r#""rubric": { "criteria": [ { "code": "a", "max": 10, "as": "apart" } ] }"#.into(), "/rubric/criteria", "nothing_counts"),
        (
            r#""rubric": { "criteria": [ { "code": "a", "max": 10, "as": "apart", "factor": 2 }, { "code": "b", "max": 10 } ] }"#.into(),
            "/rubric/criteria/0/factor",
            "factor_of_apart",
        ),
        (
            r#""rubric": { "criteria": [ { "code": "a", "max": 10, "as": "apart" }, { "code": "b", "kind": "recorded", "max": 10 } ] }, "equalise": { "by": "severity" }"#.into(),
            "/aggregate/by",
            "nothing_judged_counts",
        ),
        (
            r#""rubric": { "criteria": [ { "code": "a", "max": 10, "qualify_from": 11 } ] }"#.into(),
            "/rubric/criteria/0/qualify_from",
            "level_out_of_range",
        ),
        (
            format!(r#""rubric": {{ "criteria": [ {one} ] }}, "ranking": {{ "unqualified": "unranked" }}"#),
            "/ranking/unqualified",
            "unqualified_without_minimum",
        ),
        (
            r#""rubric": { "criteria": [ { "code": "a", "max": 10 }, { "code": "p", "kind": "pass_fail", "qualify_from": 1 } ] }"#.into(),
            "/rubric/criteria/1/qualify_from",
            "not_of_pass_fail",
        ),
    ] {
        assert_eq!(refused(&settings), [(at.to_owned(), code)], "{settings}");
    }
}
