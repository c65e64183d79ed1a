//! What making panels comparable refuses, leaves out and warns of, and what never matters to it.

use palmares::domain::exact::Exact;
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{
    Adjustment, ConnectedSet, Dropped, EntryInput, Reason, Sheet, Standings, Status, Warning,
};
use palmares::domain::text::Lang;
use palmares::words;
use proptest::prelude::*;

use super::{by, equalised, exact, totals, two_judges, two_panels};
use crate::contest::{ONE, points, rank, rules, standing, standings, total};

#[test]
fn a_factor_that_cannot_be_computed_ranks_nobody() {
    let rules = equalised(r#"{ "by": "panel_means" }"#);
    let mut entries = two_panels();
    for one in &mut entries[4..] {
        one.sheets[0].marks = vec![Some(points("0"))];
    }
    let result = standings(&rules, entries);
    let reason = Reason::PanelMeanZero { panel: "west".into() };
    assert!(
        result
            .entries
            .iter()
            .all(|s| s.status == Status::Unranked && s.reason == Some(reason.clone()))
    );
    assert!(matches!(&result.warnings[..], [Warning::PanelMeanZero { panel, .. }] if panel == "west"));
    let one = standings(&rules, two_panels()[..4].to_vec());
    assert_eq!(totals(&one, &[1, 4]), ["80.00", "86.00"]);
    assert_eq!(one.warnings, [Warning::OnePanel { group: String::new() }]);
}

/// Unconnected panels would make A = D: refused, with the sets and what would connect them.
#[test]
fn unconnected_panels_are_refused() {
    let marks = [
        ("J1", "70"),
        ("J1", "75"),
        ("J1", "80"),
        ("J2", "88"),
        ("J2", "91"),
        ("J2", "94"),
    ];
    let entries = || {
        (1..)
            .zip(marks)
            .map(|(n, mark)| by(n, &[mark]))
            .collect::<Vec<_>>()
    };
    let set = |judge: &str, entries: &[i64]| ConnectedSet {
        judges: vec![judge.into()],
        entries: entries.to_vec(),
    };
    let sets = vec![set("J1", &[1, 2, 3]), set("J2", &[4, 5, 6])];
    for method in [
        r#""z_score""#,
        r#""severity""#,
        r#""z_score", "to": "observed_range""#,
    ] {
        let result = standings(&equalised(&format!(r#"{{ "by": {method} }}"#)), entries());
        let reason = Some(Reason::Unconnected { sets: 2, shared: 1 });
        assert!(
            result
                .entries
                .iter()
                .all(|s| s.rank.is_none() && s.reason == reason)
        );
        let warning = Warning::Unconnected {
            group: String::new(),
            sets: sets.clone(),
            shared: 1,
        };
        assert_eq!(result.warnings, [warning]);
        assert_eq!(
            words::warning(&result.warnings[0], Lang::En),
            "Nobody is ranked: judges and entries fall into sets that share nothing (J1 with entries 1, 2, 3; J2 with \
             entries 4, 5, 6). One entry marked by judges of two sets would connect them."
        );
        assert_eq!(
            words::warning(&result.warnings[0], Lang::Zh),
            "项目均无名次：评委和项目分成互不相连的几组（评委 J1 与项目 1, 2, 3；评委 J2 与项目 4, 5, 6）。\
             再有 1 个由两组评委共同评分的项目即可连通。"
        );
        // One shared entry connects them; the rules may also assume that nobody needs to.
        let mut shared = entries();
        shared[2].sheets.push(Sheet {
            judge: "J2".into(),
            marks: vec![Some(points("85"))],
        });
        assert!(
            standings(&equalised(&format!(r#"{{ "by": {method} }}"#)), shared)
                .entries
                .iter()
                .all(|s| s.rank.is_some())
        );
        let assumed = equalised(&format!(r#"{{ "by": {method}, "assume_panels_equal": true }}"#));
        let result = standings(&assumed, entries());
        assert_eq!(
            result.warnings,
            [Warning::AssumedEqual {
                group: String::new(),
                sets: sets.clone()
            }]
        );
        if method.contains("z_score") {
            assert_eq!(total(&result, 1), total(&result, 4));
            assert_eq!(rank(&result, 1), "5");
        } else {
            assert_eq!(totals(&result, &[1, 4]), ["70.00", "88.00"]);
        }
    }
}

/// J3 gives 75 to everybody and J4 gave one sheet: raw in the mean-and-deviation variant, left out of the others.
#[test]
fn judges_without_a_scale() {
    let mut entries = two_judges();
    for one in &mut entries {
        one.sheets.push(Sheet {
            judge: "J3".into(),
            marks: vec![Some(points("75"))],
        });
    }
    entries[0].sheets.push(Sheet {
        judge: "J4".into(),
        marks: vec![Some(points("99"))],
    });
    let warnings = |kept| {
        let (group, criterion) = (String::new, None);
        [
            Warning::JudgeWithoutSpread {
                group: group(),
                judge: "J3".into(),
                criterion: criterion.clone(),
                sheets: 4,
                kept,
            },
            Warning::JudgeTooFewSheets {
                group: group(),
                judge: "J4".into(),
                criterion,
                sheets: 1,
                minimum: 2,
                kept,
            },
        ]
    };
    let range = standings(
        &equalised(r#"{ "by": "z_score", "to": "observed_range" }"#),
        entries.clone(),
    );
    assert_eq!(
        totals(&range, &[1, 2, 3, 4]),
        ["60.00", "70.00", "90.00", "100.00"]
    );
    assert_eq!(range.warnings, warnings(false));
    let lines = &standing(&range, 1).derivation.as_ref().unwrap().sheets;
    assert!(
        lines
            .iter()
            .all(|l| (l.dropped == Some(Dropped::NoScale)) == (l.judge.as_str() > "J2"))
    );

    let kept = standings(&equalised(r#"{ "by": "z_score" }"#), entries);
    assert_eq!(kept.warnings, warnings(true));
    let line = &standing(&kept, 4).derivation.as_ref().unwrap().sheets;
    let raw = line.iter().find(|l| l.judge == "J3").unwrap();
    assert_eq!(
        (raw.adjusted.clone(), raw.dropped),
        (Some(Box::new(exact("75"))), None)
    );
}

/// An entry that only a judge without a scale saw has no value on the scale.
#[test]
fn an_entry_without_a_usable_sheet_is_unranked() {
    let mut entries = two_judges();
    entries.push(by(5, &[("J3", "75")]));
    entries[0].sheets.push(Sheet {
        judge: "J3".into(),
        marks: vec![Some(points("75"))],
    });
    let result = standings(
        &equalised(r#"{ "by": "z_score", "to": "observed_range" }"#),
        entries,
    );
    assert_eq!(
        standing(&result, 5).reason,
        Some(Reason::TooFewSheets {
            present: 0,
            minimum: 1
        })
    );
    assert_eq!(totals(&result, &[1, 4]), ["60.00", "100.00"]);
}

/// Two judges who turn each other's order around leave nothing to map.
#[test]
fn scores_that_cancel_out_get_the_middle() {
    let entries = vec![
        by(1, &[("J1", "60"), ("J2", "100")]),
        by(2, &[("J1", "80"), ("J2", "60")]),
    ];
    let result = standings(
        &equalised(r#"{ "by": "z_score", "to": "observed_range" }"#),
        entries,
    );
    assert_eq!(totals(&result, &[1, 2]), ["75.00", "75.00"]);
    assert_eq!(
        result.warnings,
        [Warning::StandardisedAlike {
            group: String::new(),
            criterion: None
        }]
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (settings, at, code) in [
        (r#""equalise": { "by": "rasch" }"#, "/equalise/by", "unknown_word"),
        (
            r#""equalise": { "by": "panel_means", "assume_panels_equal": true }"#,
            "/equalise/assume_panels_equal",
            "unknown_key",
        ),
        (
            r#""equalise": { "by": "z_score", "minimum_sheets": 1 }"#,
            "/equalise/minimum_sheets",
            "deviation_needs_two",
        ),
        (
            r#""equalise": { "by": "z_score", "to": "range" }"#,
            "/equalise/to",
            "unknown_word",
        ),
        (
            r#""equalise": { "by": "z_score", "to": 1 }"#,
            "/equalise/to",
            "wrong_type",
        ),
        (
            r#""equalise": { "by": "z_score", "to": { "mean": 1 } }"#,
            "/equalise/to/deviation",
            "missing_key",
        ),
        (
            r#""equalise": { "by": "z_score", "to": { "mean": 1, "deviation": 0 } }"#,
            "/equalise/to/deviation",
            "deviation_not_positive",
        ),
        (
            r#""equalise": { "by": "z_score", "over": "criteria", "to": "observed_range" }"#,
            "/equalise/over",
            "equalise_criteria_not_combined",
        ),
        (
            r#""aggregate": { "over": "criteria" }, "equalise": { "by": "z_score", "over": "sheets" }"#,
            "/equalise/over",
            "equalise_sheets_not_combined",
        ),
        (
            r#""equalise": { "by": "z_score" }, "rounding": { "factor": { "decimals": 4 } }"#,
            "/rounding/factor",
            "rounding_never_reached",
        ),
    ] {
        let wrong = Rules::parse(&format!(r#"{{ "schema": 1, {ONE}, {settings} }}"#)).unwrap_err();
        let wrong: Vec<_> = wrong.0.iter().map(|e| (e.pointer.as_str(), e.code)).collect();
        assert_eq!(wrong, [(at, code)], "{settings}");
    }
    let negative = r#"{ "schema": 1, "rubric": { "criteria": [ { "code": "a", "min": -5, "max": 5 } ] },
                        "equalise": { "by": "grand_mean" } }"#;
    assert_eq!(
        Rules::parse(negative).unwrap_err().0[0].code,
        "factor_of_negative_marks"
    );
    let recorded = r#"{ "schema": 1, "rubric": { "criteria": [ { "code": "a", "kind": "recorded", "max": 5 } ] },
                        "equalise": { "by": "grand_mean" } }"#;
    assert_eq!(Rules::parse(recorded).unwrap_err().0[0].code, "nothing_is_judged");
    let document = r#""equalise": { "by": "z_score", "over": "sheets", "deviation": "sample", "to": { "mean": "70", "deviation": "10" }, "assume_panels_equal": true }"#;
    let read = rules(&format!("{ONE}, {document}"));
    assert_eq!(
        Rules::parse(&serde_json::to_string(&read).unwrap()).unwrap(),
        read
    );
}

fn marked() -> impl Strategy<Value = Vec<EntryInput>> {
    let marks = proptest::collection::vec(proptest::option::of(0..=100_i64), 4);
    proptest::collection::vec(marks, 3..8).prop_map(|entries| {
        let one = |(number, marks): (i64, Vec<Option<i64>>)| EntryInput {
            number,
            panel: format!("p{}", number % 2),
            sheets: (0..)
                .zip(marks)
                .filter_map(|(j, mark)| Some((j, mark?)))
                .map(|(j, mark): (i32, i64)| Sheet {
                    judge: format!("j{j}"),
                    marks: vec![Some(points(&mark.to_string()))],
                })
                .collect(),
            ..EntryInput::default()
        };
        (1..).zip(entries).map(one).collect()
    })
}

const METHODS: &[&str] = &[
    r#"{ "by": "panel_means" }"#,
    r#"{ "by": "grand_mean" }"#,
    r#"{ "by": "z_score" }"#,
    r#"{ "by": "z_score", "deviation": "sample", "to": "observed_range" }"#,
    r#"{ "by": "z_score", "minimum_sheets": 3, "to": { "mean": "70", "deviation": "10" } }"#,
    r#"{ "by": "severity" }"#,
    r#"{ "by": "severity", "assume_panels_equal": true }"#,
];

fn exact_billionths(n: i128) -> Exact {
    Exact::over(n, 1_000_000_000).unwrap()
}

proptest! {
    /// Whatever the method, the order of the input changes nothing and another entry's penalty changes no number.
    #[test]
    fn neither_order_nor_penalties_matter(entries in marked(), turn in 0..5_usize) {
        for method in METHODS {
            let rules = equalised(method);
            let before = standings(&rules, entries.clone());
            let mut turned = entries.clone();
            let n = turned.len();
            turned.rotate_left(turn % n);
            for one in &mut turned {
                one.sheets.reverse();
            }
            prop_assert_eq!(&standings(&rules, turned), &before, "{}", method);
            let mut penalised = entries.clone();
            penalised[0].adjustments.push(Adjustment { points: points("-7"), reason: "late".into(), ..Adjustment::default() });
            let after = standings(&rules, penalised);
            for one in &entries[1..] {
                prop_assert_eq!(&standing(&after, one.number).total, &standing(&before, one.number).total);
            }
        }
    }

    /// A judge who gives everybody five points more: a stated scale takes no notice, severity only moves all alike.
    #[test]
    fn a_mild_judge_does_not_matter(entries in marked()) {
        let mut milder = entries.clone();
        for mark in milder.iter_mut().flat_map(|e| &mut e.sheets).filter(|s| s.judge == "j1").flat_map(|s| &mut s.marks) {
            *mark = mark.map(|m| palmares::domain::points::Points::from_thousandths(m.thousandths() + 5000));
        }
        let exact = |result: &Standings| -> Vec<Option<Exact>> {
            entries.iter().map(|e| standing(result, e.number).exact.clone()).collect()
        };
        let near = |a: &Exact, b: &Exact| { let d = a - b; d.clone() < exact_billionths(5) && d > exact_billionths(-5) };
        for method in [METHODS[4], METHODS[5]] {
            let rules = equalised(method);
            let (before, after) = (exact(&standings(&rules, entries.clone())), exact(&standings(&rules, milder.clone())));
            let mut moved: Option<Exact> = None;
            for (before, after) in before.iter().zip(&after) {
                prop_assert_eq!(before.is_some(), after.is_some());
                let (Some(before), Some(after)) = (before, after) else { continue };
                let by = after - before;
                let usual = moved.get_or_insert_with(|| if method.contains("severity") { by.clone() } else { Exact::ZERO });
                prop_assert!(near(&by, usual), "{} {} {}", method, by, usual);
            }
        }
    }
}
