//! Panels made comparable: every method by its numbers.

mod fixed;
mod limits;

use palmares::domain::exact::Exact;
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{
    Adjustment, Dropped, EntryInput, FactorLine, JudgeScale, Participation, Sheet, Standings, Status, Step,
    Warning,
};
use palmares::domain::text::Lang;
use palmares::words;

use crate::contest::{ONE, entry, points, rules, standing, standings, total};

const R2: &str = r#""rounding": { "entry": { "decimals": 2 } }"#;

/// An entry with sheets of one mark each, by judge.
fn by(number: i64, marks: &[(&str, &str)]) -> EntryInput {
    let sheet = |(judge, mark): &(&str, &str)| Sheet {
        judge: (*judge).to_owned(),
        marks: vec![Some(points(mark))],
    };
    EntryInput {
        number,
        sheets: marks.iter().map(sheet).collect(),
        ..EntryInput::default()
    }
}

fn equalised(method: &str) -> Rules {
    rules(&format!(r#"{ONE}, {R2}, "equalise": {method}"#))
}

fn totals(result: &Standings, entries: &[i64]) -> Vec<String> {
    entries.iter().map(|e| total(result, *e)).collect()
}

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

/// Two panels of four entries each, marked by one judge each.
fn two_panels() -> Vec<EntryInput> {
    let panels = [
        ("east", ["80", "82", "84", "86"]),
        ("west", ["80", "82", "84", "22"]),
    ];
    let entries = panels.iter().enumerate().flat_map(|(p, (panel, marks))| {
        (1..).zip(marks).map(move |(n, mark)| EntryInput {
            panel: (*panel).to_owned(),
            ..by(10 * i64::try_from(p).unwrap() + n, &[(panel, mark)])
        })
    });
    entries.collect()
}

/// J1 marks A, B, C; J2 marks B, C, D.
fn two_judges() -> Vec<EntryInput> {
    vec![
        by(1, &[("J1", "60")]),
        by(2, &[("J1", "70"), ("J2", "90")]),
        by(3, &[("J1", "80"), ("J2", "95")]),
        by(4, &[("J2", "100")]),
    ]
}

/// A = 83 and 67, R = 75: the two 84s become 75.90 and 94.03, and entry 14's 22 is what does it.
#[test]
fn mean_of_panel_means() {
    let rules = equalised(r#"{ "by": "panel_means" }"#);
    let result = standings(&rules, two_panels());
    assert_eq!(totals(&result, &[3, 13]), ["75.90", "94.03"]);
    // Without the 22 the means are 83 and 82, R is 82.5: 82.5 / 82 = 1.0061; with it 75 / 67 = 1.1194.
    let outlier = Warning::PanelOutlier {
        group: String::new(),
        panel: "west".into(),
        entries: vec![14],
        factor: exact("1.1194"),
        without: exact("1.0061"),
    };
    assert_eq!(result.warnings, [outlier]);
    assert_eq!(
        words::warning(&result.warnings[0], Lang::En),
        "Entries 14 are far from the rest of panel west and drive its factor: 1.1194 with them, 1.0061 without them."
    );
    let derivation = standing(&result, 13).derivation.clone().unwrap();
    let factor = Step::Factor(Box::new(FactorLine {
        panel: "west".into(),
        mean: exact("67"),
        reference: exact("75"),
        exact: exact("75/67"),
        factor: exact("75/67"),
        value: exact("6300/67"),
    }));
    assert_eq!(derivation.steps[1], factor);
    assert_eq!(
        words::derivation(standing(&result, 13), &rules, Lang::En),
        "84.00; made comparable × 75.0000 ÷ 67.0000 (factor 1.1194) = 94.0299; total 94.029851, rounded 94.03. First."
    );
    let panels = &result.groups[0].equalised.as_ref().unwrap().panels;
    assert_eq!(
        panels.iter().map(|p| p.mean.to_string()).collect::<Vec<_>>(),
        ["83", "67"]
    );
}

/// R is the mean of all values: (3 × 80 + 60) / 4 = 75, not the mean of the panels' 80 and 60. A factor of two decimals
/// is 0.94 and 1.25. Penalties come after the factors, which nobody without a rank takes part in.
#[test]
fn grand_mean_over_ranked_entries_before_adjustments() {
    let rules = rules(&format!(
        r#"{ONE}, "equalise": {{ "by": "grand_mean" }},
           "rounding": {{ "factor": {{ "decimals": 2 }}, "entry": {{ "decimals": 2 }} }},
           "panel": {{ "minimum_sheets": 2 }}"#
    ));
    let of = |number, panel: &str, marks: &[&str]| EntryInput {
        panel: panel.into(),
        ..entry(number, "", marks)
    };
    let mut entries = vec![
        of(1, "a", &["70", "72"]),
        of(2, "a", &["80", "80"]),
        of(3, "a", &["90", "88"]),
        of(4, "b", &["60", "60"]),
        of(5, "b", &["99"]),
        of(6, "b", &["10", "10"]),
        of(7, "a", &["0", "0"]),
    ];
    entries[0].adjustments.push(Adjustment {
        points: points("-5"),
        reason: "late".into(),
        ..Adjustment::default()
    });
    entries[5].participation = Participation::Disqualified {
        reason: "copied".into(),
    };
    entries[6].participation = Participation::Withdrawn { reason: "ill".into() };
    let result = standings(&rules, entries);
    // 75 / 80 = 0.9375 → 0.94; 71 × 0.94 − 5 = 61.74. 75 / 60 = 1.25; 60 × 1.25 = 75.
    assert_eq!(
        totals(&result, &[1, 2, 3, 4]),
        ["61.74", "75.20", "83.66", "75.00"]
    );
    assert_eq!(standing(&result, 5).status, Status::Unranked);
}

/// Mean z-scores −1.22, −0.61, 0.61, 1.22 mapped linearly onto 60 … 100.
#[test]
fn z_scores_mapped_onto_the_observed_range() {
    for deviation in ["population", "sample"] {
        let rules = equalised(&format!(
            r#"{{ "by": "z_score", "over": "sheets", "deviation": "{deviation}", "to": "observed_range" }}"#
        ));
        let result = standings(&rules, two_judges());
        assert_eq!(
            totals(&result, &[1, 2, 3, 4]),
            ["60.00", "70.00", "90.00", "100.00"]
        );
        assert_eq!(result.warnings, []);
    }
    let plain = standings(&rules(&format!("{ONE}, {R2}")), two_judges());
    assert_eq!(
        totals(&plain, &[1, 2, 3, 4]),
        ["60.00", "80.00", "87.50", "100.00"]
    );
}

#[test]
fn z_scores_to_the_mean_and_deviation_of_all_marks() {
    for (deviation, expected) in [
        ("population", ["65.27", "73.88", "91.12", "99.73"]),
        ("sample", ["67.09", "74.79", "90.21", "97.91"]),
    ] {
        let rules = equalised(&format!(
            r#"{{ "by": "z_score", "over": "sheets", "deviation": "{deviation}", "to": "mean_and_deviation" }}"#
        ));
        let result = standings(&rules, two_judges());
        assert_eq!(totals(&result, &[1, 2, 3, 4]), expected);
    }
    let result = standings(&equalised(r#"{ "by": "z_score" }"#), two_judges());
    let derivation = standing(&result, 2).derivation.clone().unwrap();
    // J1's 70 is J1's mean and becomes the mean of all marks; J2's 90 is √1.5 deviations of J2 below: 82.5 − 14.068 × 1.2247.
    let lines: Vec<_> = derivation
        .sheets
        .iter()
        .map(|l| (l.judge.as_str(), l.total.as_ref().unwrap().to_string()))
        .collect();
    assert_eq!(lines, [("J1", "70.00".to_owned()), ("J2", "90.00".to_owned())]);
    assert_eq!(derivation.sheets[0].adjusted, Some(Box::new(exact("82.5"))));
    assert_eq!(
        derivation.sheets[1].adjusted.as_ref().unwrap().digits(4),
        "65.2699"
    );
    let scales = &result.groups[0].equalised.as_ref().unwrap().judges;
    let scale = |s: &JudgeScale| {
        [
            s.mean.as_ref().unwrap().digits(4),
            s.deviation.as_ref().unwrap().digits(4),
        ]
    };
    assert_eq!(
        scales.iter().map(scale).collect::<Vec<_>>(),
        [["70.0000", "8.1650"], ["95.0000", "4.0825"]]
    );
}

#[test]
fn z_scores_to_a_stated_scale() {
    let rules = equalised(r#"{ "by": "z_score", "to": { "mean": "70", "deviation": "10" } }"#);
    let result = standings(&rules, two_judges());
    // 70 ± 10 × √1.5 for one sheet, half of it where another sheet is at its judge's mean.
    assert_eq!(
        totals(&result, &[1, 2, 3, 4]),
        ["57.75", "63.88", "76.12", "82.25"]
    );
}

/// The shared entries say that J1 gives (10 + 8) / 2 = 9 more than J2. The four marks of these leave residuals of ½; one
/// degree of freedom is left, so a mark's variance is 1, a judge's ¼, that of an entry seen twice ½, once 1 + ¼.
#[test]
fn additive_severity() {
    let rules = equalised(r#"{ "by": "severity" }"#);
    let entries = vec![
        by(1, &[("J1", "70"), ("J2", "60")]),
        by(2, &[("J1", "80"), ("J2", "72")]),
        by(3, &[("J1", "90")]),
        by(4, &[("J2", "75")]),
    ];
    let result = standings(&rules, entries);
    assert_eq!(
        totals(&result, &[1, 2, 3, 4]),
        ["65.00", "76.00", "85.50", "79.50"]
    );
    let error = |entry: i64| {
        let steps = &standing(&result, entry).derivation.as_ref().unwrap().steps;
        match &steps[0] {
            Step::Severity { standard_error } => standard_error.as_ref().unwrap().to_string(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        [error(1), error(3), error(4)],
        ["0.707106781", "1.118033989", "1.118033989"]
    );
    let judges = &result.groups[0].equalised.as_ref().unwrap().judges;
    let said = |j: &JudgeScale| [&j.severity, &j.standard_error].map(|x| x.as_ref().unwrap().to_string());
    assert_eq!(
        judges.iter().map(said).collect::<Vec<_>>(),
        [["-4.5", "0.5"], ["4.5", "0.5"]]
    );
    assert_eq!(
        words::derivation(standing(&result, 1), &rules, Lang::En),
        "each judge's severity taken off (standard error 0.7071); 64.50 + 65.50 = 130.00, ÷ 2 = 65.00. Fourth."
    );
    let without_a_rest = standings(
        &rules,
        vec![by(1, &[("J1", "70"), ("J2", "60")]), by(2, &[("J1", "80")])],
    );
    let judges = &without_a_rest.groups[0].equalised.as_ref().unwrap().judges;
    assert!(
        judges
            .iter()
            .all(|j| j.standard_error.is_none() && j.severity.is_some())
    );
}

/// By criterion: J1's 4 and 8 in `a` and J2's 2 and 10 in `b` decide alike, though the raw sums do not.
#[test]
fn z_scores_by_criterion() {
    let document = |over: &str, to: &str| {
        rules(&format!(
            r#""rubric": {{ "criteria": [ {{ "code": "a", "max": 10, "factor": "2" }}, {{ "code": "b", "max": 10 }} ] }},
               "aggregate": {{ "over": "{over}" }}, {R2},
               "equalise": {{ "by": "z_score", "over": "criteria", "to": {to} }}"#
        ))
    };
    let sheet = |judge: &str, a: &str, b: &str| Sheet {
        judge: judge.into(),
        marks: vec![Some(points(a)), Some(points(b))],
    };
    let one = |number, sheets: Vec<Sheet>| EntryInput {
        number,
        sheets,
        ..EntryInput::default()
    };
    let entries = || {
        vec![
            one(1, vec![sheet("J1", "4", "5"), sheet("J2", "6", "2")]),
            one(2, vec![sheet("J1", "8", "5"), sheet("J2", "8", "10")]),
        ]
    };
    // a: z = ∓1 for both; b: J1 has no spread, J2's z = ∓1. To 5 ± 1: 2 × 4 + 4 and 2 × 6 + 6.
    let stated = standings(
        &document("criteria", r#"{ "mean": "5", "deviation": "1" }"#),
        entries(),
    );
    assert_eq!(totals(&stated, &[1, 2]), ["12.00", "18.00"]);
    let spread = Warning::JudgeWithoutSpread {
        group: String::new(),
        judge: "J1".into(),
        criterion: Some("b".into()),
        sheets: 2,
        kept: false,
    };
    assert_eq!(stated.warnings, [spread]);
    let marks = &standing(&stated, 1).derivation.as_ref().unwrap().criteria[1].marks;
    let told: Vec<_> = marks.iter().map(|m| (m.judge.as_str(), m.dropped)).collect();
    assert_eq!(told, [("J2", None), ("J1", Some(Dropped::NoScale))]);
    // Onto the raw ranges: a 5 … 8, b (J2 alone) 2 … 10.
    let range = standings(&document("criteria", r#""observed_range""#), entries());
    assert_eq!(totals(&range, &[1, 2]), ["12.00", "26.00"]);
    // μ and σ of a: 6.5 and √2.75; of b: 5.5 and √8.25, J1's 5 kept raw. The mean of sheets is that of criteria here.
    for over in ["criteria", "sheets"] {
        let result = standings(&document(over, r#""mean_and_deviation""#), entries());
        // 2 (6.5 − 1.6583) + (5 + 5.5 − 2.8723) / 2 = 9.6834 + 3.8139; 2 (6.5 + 1.6583) + (5 + 5.5 + 2.8723) / 2.
        assert_eq!(totals(&result, &[1, 2]), ["13.50", "23.00"], "{over}");
    }
}

/// Trimming and the median work on the common scale, where another judge's number may be the highest.
#[test]
fn numbers_are_trimmed_on_the_common_scale() {
    let rules = rules(&format!(
        r#"{ONE}, {R2}, "aggregate": {{ "trim": [ {{ "from": 3, "high": 1, "low": 1 }} ] }},
           "equalise": {{ "by": "z_score", "to": {{ "mean": "0", "deviation": "1" }} }}"#
    ));
    let entries = vec![
        by(1, &[("J1", "90"), ("J2", "50"), ("J3", "10")]),
        by(2, &[("J1", "91"), ("J2", "40"), ("J3", "30")]),
    ];
    let result = standings(&rules, entries);
    // z: J1 −1, J2 1, J3 −1 for entry 1: left is −1. Entry 2 gets the opposite.
    assert_eq!(totals(&result, &[1, 2]), ["-1.00", "1.00"]);
    let lines = &standing(&result, 1).derivation.as_ref().unwrap().sheets;
    assert_eq!(
        (lines[0].judge.as_str(), lines[0].dropped),
        ("J2", Some(Dropped::Highest))
    );
}
