//! Marks that are missing, and totals that must differ.

use palmares::domain::scoring::{Warning, ballot};

use crate::contest::{entry, marked, points, rank, refused, rules, standing, standings, total};

fn weighted(settings: &str) -> String {
    format!(
        r#""rubric": {{ "total": "mean", "missing": "left_out", "criteria": [
             {{ "code": "a", "max": "100", "weight": "30" }}, {{ "code": "b", "max": "100", "weight": "25" }},
             {{ "code": "c", "max": "100", "weight": "20" }}, {{ "code": "d", "max": "100", "weight": "25" }} ] }} {settings}"#
    )
}

/// Not applicable is not 0: the weights of the marks that are there count in proportion.
#[test]
fn a_sheet_without_a_mark_is_the_mean_of_the_others() {
    let rules = rules(&weighted(""));
    let full = ("j1", &["80", "60", "90", "70"][..]);
    // 0.3 × 80 + 0.25 × 60 + 0.2 × 90 + 0.25 × 70 = 74.5.
    let result = standings(&rules, vec![marked(1, &[full])]);
    assert_eq!(total(&result, 1), "74.5");
    // Without c: (24 + 15 + 17.5) ÷ 0.8 = 70.625. Without a and d: (15 + 18) ÷ 0.45 = 73 1/3. c alone: 90.
    for (marks, exact) in [
        (["80", "60", "", "70"], "70.625"),
        (["", "60", "90", ""], "220/3"),
        (["", "", "90", ""], "90"),
    ] {
        let result = standings(&rules, vec![marked(1, &[("j1", &marks)])]);
        assert_eq!(standing(&result, 1).exact.as_ref().unwrap().to_string(), exact);
        assert_eq!(result.warnings, []);
    }
    // Three thirds are a whole: 73 1/3 + 73 1/3 + 73 1/3 = 220 exactly, a tie with 220 ÷ 3 by other marks.
    let thirds = ["", "60", "90", ""];
    let result = standings(
        &rules,
        vec![
            marked(1, &[("j1", &thirds), ("j2", &thirds), ("j3", &thirds)]),
            marked(
                2,
                &[
                    ("j1", &["", "", "60", ""]),
                    ("j2", &["", "", "70", ""]),
                    ("j3", &["", "90", "", ""]),
                ],
            ),
        ],
    );
    assert_eq!([rank(&result, 1), rank(&result, 2)], ["1", "1"]);
    // A criterion's value is the mean of the marks that are there.
    let result = standings(&rules, vec![marked(1, &[full, ("j2", &["90", "", "", ""])])]);
    let criteria = &standing(&result, 1).derivation.as_ref().unwrap().criteria;
    let values: Vec<String> = criteria.iter().map(|c| c.value.to_string()).collect();
    assert_eq!(values, ["85", "60", "90", "70"]);
    // An empty sheet is no sheet.
    let nothing = standings(&rules, vec![marked(1, &[("j1", &["", "", "", ""])])]);
    assert!(standing(&nothing, 1).total.is_none());
}

/// Sheets may be rounded before they are combined, with any weights.
#[test]
fn partial_sheets_are_rounded_with_any_weights() {
    let odd = |rounding: &str| {
        weighted(rounding)
            .replace(r#""weight": "30""#, r#""weight": "29.987""#)
            .replace(r#""weight": "20""#, r#""weight": "20.013""#)
    };
    assert_eq!(
        refused(&odd("")),
        [("/rounding/sheet".to_owned(), "left_out_needs_rounding")]
    );
    let rules = rules(&odd(r#", "rounding": { "sheet": { "decimals": 2 } }"#));
    // (60 × 25 + 90 × 20.013) ÷ 45.013 = 73.338 → 73.34; (80 × 29.987 + 70 × 25) ÷ 54.987 = 75.453 → 75.45.
    let one = marked(1, &[("j1", &["", "60", "90", ""]), ("j2", &["80", "", "", "70"])]);
    assert_eq!(total(&standings(&rules, vec![one]), 1), "74.395");
}

#[test]
fn contradictions_about_missing_marks_are_named() {
    for (settings, at, code) in [
        (
            r#""rubric": { "missing": "left_out", "criteria": [ { "code": "a", "max": "10" } ] }"#.to_owned(),
            "/rubric/missing",
            "left_out_needs_criteria",
        ),
        (
            weighted(r#", "rounding": { "weighted_criterion": { "decimals": 2 } }"#),
            "/rounding/weighted_criterion",
            "left_out_rounds_sheets",
        ),
        (
            r#""rubric": { "distinct_totals": true, "attempts": { "count": 2, "take": "best" },
               "criteria": [ { "code": "a", "max": "10" } ] }"#
                .to_owned(),
            "/rubric/distinct_totals",
            "distinct_of_one_attempt",
        ),
        (
            r#""rubric": { "distinct_totals": true, "criteria": [ { "code": "a", "kind": "recorded", "max": "10" } ] }"#
                .to_owned(),
            "/rubric/distinct_totals",
            "nothing_is_judged",
        ),
    ] {
        assert_eq!(refused(&settings), [(at.to_owned(), code)], "{settings}");
    }
}

/// A judge who gives two entries of a group the same total is told when handing in, and named with the result.
#[test]
fn the_totals_of_a_judge_must_differ() {
    let rules =
        rules(r#""rubric": { "distinct_totals": true, "criteria": [ { "code": "mark", "max": "100" } ] }"#);
    let entries = vec![
        entry(1, "a", &["90", "80"]),
        entry(2, "a", &["90", "81"]),
        entry(3, "b", &["90", "82"]),
    ];
    let result = standings(&rules, entries);
    let equal = Warning::TotalsEqual {
        group: "a".into(),
        judge: "c1".into(),
        entries: vec![1, 2],
    };
    assert_eq!(result.warnings, [equal]);
    let sheet = |mark: &str| ballot::stored_marks(&rules.rubric, &[("mark".to_owned(), points(mark))].into());
    let others = [(7, sheet("80")), (3, sheet("90")), (2, sheet("90"))];
    assert_eq!(ballot::distinct(&rules, &sheet("85"), &others), Ok(()));
    let error = ballot::distinct(&rules, &sheet("90"), &others).unwrap_err();
    assert_eq!(
        (error.pointer.as_str(), error.code),
        ("/marks", "total_not_distinct")
    );
    assert_eq!(error.params["entries"], "2, 3");
}
