//! Judges who pass or fail an entry.

use std::collections::BTreeMap;

use palmares::domain::points::Given;
use palmares::domain::scoring::{EntryInput, Input, Reason, Standings, Status, Warning, ballot};
use palmares::domain::text::Lang;

use crate::contest::{
    judges, marked, points, rank, refused, rules, standing, standings, tabulated, told, total,
};

fn settings(rejects: &str) -> String {
    format!(
        r#""rubric": {{ "criteria": [ {{ "code": "viable", "kind": "pass_fail" {rejects} }},
           {{ "code": "mark", "max": "100" }} ] }}"#
    )
}

/// An entry that judges give the mark, then 1 (pass), 0 (fail) or nothing.
fn entry(number: i64, mark: &str, votes: &[&str]) -> EntryInput {
    let judges = ["j1", "j2", "j3", "j4", "j5"];
    let rows: Vec<[&str; 2]> = votes.iter().map(|vote| [mark, vote]).collect();
    let sheets: Vec<(&str, &[&str])> = judges.into_iter().zip(rows.iter().map(|r| &r[..])).collect();
    marked(number, &sheets)
}

fn rejected(standings: &Standings, entry: i64) -> Option<(usize, usize)> {
    match &standing(standings, entry).reason {
        Some(Reason::Rejected { criterion, fails, of }) => {
            assert_eq!(criterion, "viable");
            assert_eq!(standing(standings, entry).status, Status::Unranked);
            Some((*fails, *of))
        }
        other => {
            assert_eq!(*other, None);
            None
        }
    }
}

/// The majority of the sheets present rejects; a tie does not.
#[test]
fn the_majority_rejects_and_a_tie_does_not() {
    let rules = rules(&settings(""));
    for (votes, expected) in [
        (&["0", "0", "0", "1", "1"][..], Some((3, 5))),
        (&["0", "0", "1", "1", "1"], None),
        (&["0", "0", "1", "1"], None),
        (&["0", "0", "1"], Some((2, 3))),
        (&["0"], Some((1, 1))),
        (&["0", "0", "1", ""], Some((2, 3))),
    ] {
        let result = standings(&rules, vec![entry(1, "90", votes), entry(2, "80", &["1"])]);
        assert_eq!(rejected(&result, 1), expected, "{votes:?}");
        assert_eq!(rank(&result, 2), if expected.is_some() { "1" } else { "2" });
        assert_eq!(result.warnings, []);
    }
}

/// Health contest, preliminary: the fail of one sponsor's judge rejects the entry, whatever the others say.
#[test]
fn a_sponsors_fail_rejects() {
    let sponsor = r#", "rejects": { "class": "sponsor" }"#;
    let classes = r#", "panel": { "classes": [ { "code": "experts", "weight": "100" }, { "code": "sponsor", "weight": "0" } ] }"#;
    let bench = judges(&[
        ("j1", "sponsor"),
        ("j2", "sponsor"),
        ("j3", "experts"),
        ("j4", "experts"),
    ]);
    for panel in ["", classes] {
        let rules = rules(&format!("{}{panel}", settings(sponsor)));
        let result = |votes: &[&str]| {
            let mut one = entry(1, "90", votes);
            // The sponsors' marks are lower: a class of weight 0 counts nowhere.
            for sheet in &mut one.sheets[..2] {
                sheet.marks[0] = Some(points("50"));
            }
            tabulated(
                &rules,
                Input {
                    entries: vec![one],
                    judges: bench.clone(),
                    ..Input::default()
                },
            )
        };
        assert_eq!(rejected(&result(&["1", "0", "1", "1"]), 1), Some((1, 2)));
        let passed = result(&["1", "", "0", "0"]);
        assert_eq!(rejected(&passed, 1), None);
        assert_eq!(total(&passed, 1), if panel.is_empty() { "70" } else { "90" });
        // Nobody who could have rejected the entry said anything: somebody should know.
        let unsaid = result(&["", "", "0", "0"]);
        let warning = Warning::VetoUnsaid {
            entry: 1,
            criterion: "viable".into(),
        };
        assert_eq!(
            (rejected(&unsaid, 1), &unsaid.warnings[..]),
            (None, &[warning][..])
        );
    }
    let judge = rules(&settings(r#", "rejects": { "judge": "j3" }"#));
    let result = |votes: &[&str]| rejected(&standings(&judge, vec![entry(1, "90", votes)]), 1);
    assert_eq!(result(&["0", "0", "1"]), None);
    assert_eq!(result(&["1", "1", "0"]), Some((1, 1)));
    let any = rules(&settings(r#", "rejects": "any""#));
    let result = standings(&any, vec![entry(1, "90", &["1", "1", "0"])]);
    assert_eq!(rejected(&result, 1), Some((1, 3)));
}

/// Who passed with votes against is told; the verdict adds nothing to the total.
#[test]
fn a_pass_adds_nothing_to_the_total() {
    let rules = rules(&settings(""));
    let result = standings(&rules, vec![entry(1, "90", &["1", "0", "1"])]);
    assert_eq!(
        told(&result, &rules, 1),
        "90 + 90 + 90 = 270, ÷ 3 = 90; passed viable, 1 of 3 against. First."
    );
    assert_eq!(rules.sheet_maximum().to_string(), "100");
}

/// A screening in which nothing is marked: who passes shares the first place, who has no sheet is unranked.
#[test]
fn a_screening_of_nothing_but_verdicts() {
    let rules = rules(r#""rubric": { "criteria": [ { "code": "viable", "kind": "pass_fail" } ] }"#);
    let one = |number, votes: &[&str]| {
        let judges = ["j1", "j2", "j3"];
        let rows: Vec<[&str; 1]> = votes.iter().map(|vote| [*vote]).collect();
        let sheets: Vec<(&str, &[&str])> = judges.into_iter().zip(rows.iter().map(|r| &r[..])).collect();
        marked(number, &sheets)
    };
    let entries = vec![
        one(1, &["1", "1"]),
        one(2, &["0", "0"]),
        one(3, &["1"]),
        one(4, &[]),
    ];
    let result = standings(&rules, entries);
    assert_eq!([rank(&result, 1), rank(&result, 3)], ["1", "1"]);
    assert_eq!(rejected(&result, 2), Some((2, 2)));
    let few = Reason::TooFewSheets {
        present: 0,
        minimum: 1,
    };
    assert_eq!(standing(&result, 4).reason, Some(few));
}

/// Ballots say "pass" and "fail"; whoever has a veto of their own is not obliged to use it.
#[test]
fn a_ballot_says_pass_or_fail() {
    let given = |marks: &[(&str, &str)]| -> BTreeMap<String, Given> {
        marks
            .iter()
            .map(|(code, mark)| ((*code).to_owned(), Given::from(*mark)))
            .collect()
    };
    let rubric = |rejects: &str| rules(&settings(rejects)).rubric;
    let everybody = rubric("");
    for (verdict, kept) in [("pass", "1"), ("fail", "0")] {
        let marks = given(&[("viable", verdict), ("mark", "70")]);
        let marks = ballot::submission(&everybody, &marks, None).unwrap();
        assert_eq!(marks.by_code(&everybody)["viable"], points(kept));
        assert_eq!(marks.shown(&everybody)["viable"], verdict);
        let again = ballot::as_given(&everybody, &marks.by_code(&everybody));
        assert_eq!(ballot::submission(&everybody, &again, None).unwrap(), marks);
    }
    for wrong in ["1", "0", "true", "PASS", "", "yes"] {
        let error = ballot::draft(&everybody, &given(&[("viable", wrong)]))
            .unwrap_err()
            .0;
        assert_eq!(
            (error[0].pointer.as_str(), error[0].code),
            ("/marks/viable", "mark_not_pass_or_fail")
        );
    }
    let error = ballot::draft(&everybody, &given(&[("viable", "1")]))
        .unwrap_err()
        .0;
    assert_eq!(
        [Lang::En, Lang::Zh].map(|lang| palmares::words::field_error(&error[0], lang)),
        [
            "viable takes \"pass\" or \"fail\"; “1” was given.",
            "viable只能填 \"pass\"（通过）或 \"fail\"（不通过），给出的是“1”。"
        ]
    );
    let silent = given(&[("mark", "70")]);
    let missing = ballot::submission(&everybody, &silent, None).unwrap_err().0;
    assert_eq!(missing[0].pointer, "/marks/viable");
    let named = rubric(r#", "rejects": { "judge": "j3" }"#);
    assert!(ballot::submission(&named, &silent, None).is_ok());
}

#[test]
fn contradictions_about_vetoes_are_named() {
    let one = |criterion: &str, rest: &str| format!(r#""rubric": {{ "criteria": [ {criterion} ] }} {rest}"#);
    for (settings, at, code) in [
        (
            one(r#"{ "code": "a", "kind": "pass_fail", "max": "1" }"#, ""),
            "/rubric/criteria/0/max",
            "not_of_pass_fail",
        ),
        (
            one(r#"{ "code": "a", "kind": "pass_fail", "factor": "2" }"#, ""),
            "/rubric/criteria/0/factor",
            "not_of_pass_fail",
        ),
        (
            one(r#"{ "code": "a", "max": "1", "rejects": "any" }"#, ""),
            "/rubric/criteria/0/rejects",
            "rejects_without_pass_fail",
        ),
        (
            one(r#"{ "code": "a", "kind": "judged" }"#, ""),
            "/rubric/criteria/0/max",
            "missing_key",
        ),
        (
            one(r#"{ "code": "a", "kind": "pass_fail", "rejects": "some" }"#, ""),
            "/rubric/criteria/0/rejects",
            "unknown_word",
        ),
        (
            one(r#"{ "code": "a", "kind": "pass_fail", "rejects": {} }"#, ""),
            "/rubric/criteria/0/rejects",
            "wrong_type",
        ),
        (
            one(
                r#"{ "code": "a", "kind": "pass_fail", "rejects": { "class": "sponsors" } }, { "code": "b", "max": "5" }"#,
                r#", "panel": { "classes": [ { "code": "sponsor", "weight": "1" } ] }"#,
            ),
            "/rubric/criteria/0/rejects/class",
            "unknown_class",
        ),
        (
            one(
                r#"{ "code": "a", "kind": "pass_fail" }"#,
                r#", "ranking": { "ties": [ { "by": "criterion", "code": "a" } ] }"#,
            ),
            "/ranking/ties/0",
            "tie_break_decides_nothing",
        ),
        (
            one(
                r#"{ "code": "a", "kind": "pass_fail" }"#,
                r#", "panel": { "common": true }"#,
            ),
            "/panel/common",
            "nothing_is_judged",
        ),
    ] {
        assert_eq!(refused(&settings), [(at.to_owned(), code)], "{settings}");
    }
}
