//! A tie-breaking judge's sealed sheets.

use palmares::domain::rules::Rules;
use palmares::domain::scoring::{
    EntryInput, Explain, Input, JudgeInput, Sheet, Standings, Warning, tabulate,
};

use crate::contest::{ONE, entry, points, rank, rules, standing, total};

/// A speech contest as Toastmasters hold it: the judges' marks are added, a tie goes to the tie-breaking judge's sheet.
fn speeches(more: &str) -> Rules {
    rules(&format!(
        r#"{ONE}, "panel": {{ "minimum_sheets": 3, "common": true }}, "aggregate": {{ "by": "sum" }},
           "ranking": {{ "ties": [ {{ "by": "sealed" }}, {{ "by": "shared" }} ] }} {more}"#
    ))
}

fn speech(number: i64, marks: &[&str], sealed: Option<&str>) -> EntryInput {
    let mut speech = entry(number, "", marks);
    speech.sheets.extend(sealed.map(|mark| Sheet {
        judge: "tb".into(),
        marks: vec![Some(points(mark))],
    }));
    speech
}

fn result(rules: &Rules, entries: Vec<EntryInput>) -> Standings {
    let judge = |code: &str| JudgeInput {
        code: code.into(),
        sealed: code == "tb",
        ..JudgeInput::default()
    };
    let judges = ["c1", "c2", "c3", "tb"].map(judge).to_vec();
    tabulate(
        rules,
        &Input {
            entries,
            judges,
            ..Input::default()
        },
        Explain::All,
    )
}

fn ranks(standings: &Standings, entries: i64) -> Vec<String> {
    (1..=entries).map(|n| rank(standings, n)).collect()
}

#[test]
fn a_sealed_sheet_is_opened_only_on_a_tie() {
    let entries = vec![
        speech(1, &["80", "85", "90"], Some("70")),
        speech(2, &["85", "85", "85"], Some("75")),
        speech(3, &["90", "85", "85"], Some("10")),
        speech(4, &["60", "60", "60"], Some("99")),
    ];
    let result = result(&speeches(""), entries);
    assert_eq!(
        [1, 2, 3, 4].map(|n| total(&result, n)),
        ["255", "255", "260", "180"]
    );
    assert_eq!(ranks(&result, 4), ["3", "2", "1", "4"]);
    assert_eq!(result.warnings, []);
    let derivation = serde_json::to_value(standing(&result, 1).derivation.as_ref().unwrap()).unwrap();
    assert_eq!(
        derivation["ties"],
        serde_json::json!([{ "with": 2, "ahead": false, "by": "sealed", "ours": "70", "theirs": "75" }])
    );
    // Of whoever is not tied nobody learns what the sealed sheet says.
    for (n, sealed) in [(3, "10"), (4, "99")] {
        let shown = serde_json::to_string(standing(&result, n).derivation.as_ref().unwrap()).unwrap();
        assert!(
            !shown.contains("tb") && !shown.contains(&format!("\"{sealed}\"")),
            "{shown}"
        );
    }
    assert_eq!(result.groups[0].judges, ["c1", "c2", "c3"]);
}

/// Nothing else hears of a sealed sheet: no mean, no minimum of sheets, no common panel.
#[test]
fn a_sealed_sheet_counts_nowhere_else() {
    let with = vec![
        speech(1, &["80", "80", "80"], Some("1")),
        speech(2, &["70", "70", "70"], Some("100")),
    ];
    let without = vec![
        speech(1, &["80", "80", "80"], None),
        speech(2, &["70", "70", "70"], None),
    ];
    let rules = speeches("");
    let (with, without) = (result(&rules, with), result(&rules, without));
    let numbers = |s: &Standings| {
        s.entries
            .iter()
            .map(|e| (e.total.clone(), e.rank, e.derivation.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(&with), numbers(&without));
    let missing = |entry| Warning::SheetMissing {
        entry,
        judge: "tb".into(),
    };
    assert_eq!(
        (with.warnings, without.warnings),
        (vec![], vec![missing(1), missing(2)])
    );
    // Two judges and a sealed sheet are two sheets; a tie-breaking judge who left early is no reason to set anybody aside.
    let few = result(
        &rules,
        vec![
            speech(1, &["80", "80"], Some("1")),
            speech(2, &["70", "70", "70"], None),
        ],
    );
    assert!(few.entries.iter().all(|e| e.rank.is_none()));
    assert!(
        few.warnings
            .iter()
            .all(|w| !matches!(w, Warning::JudgeSetAside { judge, .. } if judge == "tb"))
    );
}

#[test]
fn a_tie_that_the_sealed_sheets_cannot_break_says_so() {
    let entries =
        |sealed: [Option<&str>; 2]| vec![speech(1, &["80"; 3], sealed[0]), speech(2, &["80"; 3], sealed[1])];
    let same = result(&speeches(""), entries([Some("50"), Some("50")]));
    assert_eq!(
        (ranks(&same, 2), same.warnings),
        (vec!["1".into(), "1".into()], vec![])
    );
    let one = result(&speeches(""), entries([Some("50"), None]));
    assert_eq!(ranks(&one, 2), ["1", "1"]);
    let unasked = Warning::TieValueMissing {
        by: "sealed".into(),
        entries: vec![1, 2],
    };
    assert!(one.warnings.contains(&unasked));
    let never = rules(&format!(
        r#"{ONE}, "ranking": {{ "ties": [ {{ "by": "chair" }} ] }}"#
    ));
    let result = result(&never, entries([Some("50"), Some("60")]));
    assert!(
        result
            .warnings
            .contains(&Warning::SealedNeverOpened { judge: "tb".into() })
    );
}
