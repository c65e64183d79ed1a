//! What makes panels comparable is fixed when the results are closed.

use palmares::domain::rules::Rules;
use palmares::domain::scoring::{
    EntryInput, FixedScale, FixedScales, Input, Participation, Reason, Sheet, Standings, Status, Step,
    Warning,
};
use palmares::domain::text::Lang;
use palmares::words;

use super::{R2, by, equalised, exact, totals, two_panels};
use crate::contest::{ONE, points, rules, standing, tabulated, told};

fn input(entries: Vec<EntryInput>, fixed: Option<&FixedScale>) -> Input {
    Input {
        entries,
        fixed: fixed.map(|f| (String::new(), f.clone())).into_iter().collect(),
        ..Input::default()
    }
}

fn without(mut entries: Vec<EntryInput>, number: i64) -> Vec<EntryInput> {
    let gone = entries.iter_mut().find(|e| e.number == number).unwrap();
    gone.participation = Participation::Disqualified {
        reason: "Copied.".into(),
    };
    entries
}

/// What closure fixes, as files and the database hold it.
fn closed(rules: &Rules, entries: Vec<EntryInput>) -> (Standings, FixedScale) {
    let standings = tabulated(rules, input(entries, None));
    let scale = standings.groups[0].scale.clone().unwrap();
    let kept: FixedScales = [(String::new(), scale.clone())].into();
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(serde_json::from_str::<FixedScales>(&text).unwrap(), kept);
    (standings, scale)
}

/// Three judges who mark overlapping thirds of nine entries, on two criteria.
fn overlapping() -> Vec<EntryInput> {
    let sheet = |judge: i64, entry: i64| Sheet {
        judge: format!("J{judge}"),
        marks: vec![
            Some(points(&format!(
                "{}.{}",
                30 + (7 * entry * entry + 13 * judge * judge * entry) % 60,
                entry
            ))),
            Some(points(&((entry * entry + 5 * judge) % 37).to_string())),
        ],
    };
    let of = |entry: i64| EntryInput {
        number: entry,
        sheets: [entry % 3, (entry + 1) % 3]
            .map(|judge| sheet(judge, entry))
            .into(),
        ..EntryInput::default()
    };
    (1..=9).map(of).collect()
}

const TWO: &str = r#""rubric": { "criteria": [ { "code": "a", "max": "100", "step": "0.1" }, { "code": "b", "max": 40 } ] }"#;

#[test]
fn a_disqualification_after_closure_moves_nobody_elses_number() {
    for method in [
        r#"{ "by": "panel_means" }"#,
        r#"{ "by": "grand_mean" }"#,
        r#"{ "by": "z_score" }"#,
        r#"{ "by": "z_score", "deviation": "sample" }"#,
        r#"{ "by": "z_score", "over": "criteria" }"#,
        r#"{ "by": "z_score", "to": "observed_range" }"#,
        r#"{ "by": "z_score", "to": { "mean": "70", "deviation": "10" } }"#,
        r#"{ "by": "severity" }"#,
    ] {
        for over in ["sheets", "criteria"] {
            let rules = match (method.contains("over"), over) {
                (true, "sheets") => rules(&format!(
                    r#"{TWO}, "aggregate": {{ "over": "sheets" }}, "equalise": {method}"#
                )),
                (_, over) => rules(&format!(
                    r#"{TWO}, "aggregate": {{ "over": "{over}" }}, "equalise": {method}"#
                )),
            };
            let mut entries = overlapping();
            for entry in &mut entries {
                entry.panel = if entry.number < 5 {
                    "east".into()
                } else {
                    "west".into()
                };
            }
            let (before, scale) = closed(&rules, entries.clone());
            assert_eq!(before.warnings, [], "{method}");
            // Nothing happened since: the same to the last byte.
            assert_eq!(
                tabulated(&rules, input(entries.clone(), Some(&scale))),
                before,
                "{method}"
            );
            let after = tabulated(&rules, input(without(entries.clone(), 4), Some(&scale)));
            let anew = tabulated(&rules, input(without(entries, 4), None));
            let mut moved = 0;
            for entry in [1, 2, 3, 5, 6, 7, 8, 9] {
                let exactly = |of: &Standings| standing(of, entry).exact.clone();
                assert_eq!(exactly(&after), exactly(&before), "{method} {over} {entry}");
                moved += usize::from(exactly(&anew) != exactly(&before));
                let steps = &standing(&after, entry).derivation.as_ref().unwrap().steps;
                assert!(steps.contains(&Step::ScaleFixed), "{steps:?}");
            }
            assert!(moved > 0, "{method} {over}: computed anew, some total moves");
            assert_eq!(standing(&after, 4).status, Status::Disqualified);
            let says = |w: &Warning| matches!(w, Warning::FactorFixed { .. } | Warning::ScaleFixed { .. });
            assert!(
                after.warnings.iter().all(says) && !after.warnings.is_empty(),
                "{:?}",
                after.warnings
            );
            for lang in [Lang::En, Lang::Zh] {
                assert!(after.warnings.iter().all(|w| !words::warning(w, lang).is_empty()));
            }
        }
    }
}

/// A = 83 and 67, R = 75: entry 14's 22 is what drove them, and still does after it is out. Without it both factors are
/// 82.5 ÷ 83 and 82.5 ÷ 82.
#[test]
fn a_factor_says_that_it_is_fixed() {
    let rules = equalised(r#"{ "by": "panel_means" }"#);
    let (_, scale) = closed(&rules, two_panels());
    let after = tabulated(&rules, input(without(two_panels(), 14), Some(&scale)));
    assert_eq!(totals(&after, &[3, 13]), ["75.90", "94.03"]);
    assert_eq!(
        told(&after, &rules, 13),
        "84.00; made comparable as fixed when the results were closed; made comparable × 75.0000 ÷ 67.0000 (factor 1.1194) = 94.0299; total 94.029851, rounded 94.03. First."
    );
    let fixed = |panel: &str, factor: &str, now: &str| Warning::FactorFixed {
        group: String::new(),
        panel: panel.into(),
        factor: exact(factor),
        now: Some(exact(now)),
    };
    assert_eq!(
        after.warnings,
        [
            fixed("east", "0.9036", "0.994"),
            fixed("west", "1.1194", "1.0061")
        ]
    );
    assert_eq!(
        words::warning(&after.warnings[1], Lang::En),
        "The factor of the panel west stays what it was when the results were closed, 1.1194; by what counts now it would be 1.0061. To compute it anew, reopen the group and close it again."
    );
    assert_eq!(
        words::warning(&after.warnings[1], Lang::Zh),
        "评委组 west 的系数保持结束评分时确定的 1.1194 不变；按现在计入的成绩则为 1.0061。如需重新计算，请重新开放该组并再次结束评分。"
    );
}

/// A panel whose only entry was out when the results were closed has no factor: nobody guesses one.
#[test]
fn who_comes_back_into_a_panel_without_a_factor_has_no_place() {
    let rules = equalised(r#"{ "by": "panel_means" }"#);
    let mut entries = two_panels();
    entries.push(EntryInput {
        panel: "north".into(),
        ..by(20, &[("north", "70")])
    });
    let (_, scale) = closed(&rules, without(entries.clone(), 20));
    let after = tabulated(&rules, input(entries, Some(&scale)));
    assert_eq!(totals(&after, &[3, 13]), ["75.90", "94.03"]);
    assert_eq!(
        standing(&after, 20).reason,
        Some(Reason::PanelWithoutFactor {
            panel: "north".into()
        })
    );
    assert!(after.warnings.contains(&Warning::PanelWithoutFactor {
        entry: 20,
        panel: "north".into()
    }));
}

/// J2 gave nothing before closure. Their late sheet counts as it is where judges without a scale do, and is left out
/// where they are left out; J1's scale stays.
#[test]
fn a_late_judge_has_no_scale() {
    let entries = || {
        vec![
            by(1, &[("J1", "60")]),
            by(2, &[("J1", "70")]),
            by(3, &[("J1", "80")]),
        ]
    };
    let late = || {
        let mut entries = entries();
        entries[1] = by(2, &[("J1", "70"), ("J2", "90")]);
        entries
    };
    for (method, expected, kept) in [
        (r#"{ "by": "z_score" }"#, ["60.00", "80.00", "80.00"], true),
        (
            r#"{ "by": "z_score", "to": "observed_range" }"#,
            ["60.00", "70.00", "80.00"],
            false,
        ),
        (r#"{ "by": "severity" }"#, ["60.00", "70.00", "80.00"], false),
    ] {
        let rules = equalised(method);
        let (_, scale) = closed(&rules, entries());
        let after = tabulated(&rules, input(late(), Some(&scale)));
        assert_eq!(totals(&after, &[1, 2, 3]), expected, "{method}");
        let of = |w: &Warning| matches!(w, Warning::JudgeTooFewSheets { judge, sheets: 0, kept: k, .. } if judge == "J2" && *k == kept);
        assert!(after.warnings.iter().any(of), "{:?}", after.warnings);
    }
}

/// The entry that connected the judges is out: they were compared by what was known while it connected them.
#[test]
fn what_hung_together_at_closure_stays_comparable() {
    let entries = vec![
        by(1, &[("J1", "60")]),
        by(2, &[("J1", "80"), ("J2", "70")]),
        by(3, &[("J2", "90")]),
    ];
    for method in ["severity", "z_score"] {
        let rules = rules(&format!(r#"{ONE}, {R2}, "equalise": {{ "by": "{method}" }}"#));
        let (before, scale) = closed(&rules, entries.clone());
        let after = tabulated(&rules, input(without(entries.clone(), 2), Some(&scale)));
        assert_eq!(totals(&after, &[1, 3]), totals(&before, &[1, 3]));
        let anew = tabulated(&rules, input(without(entries.clone(), 2), None));
        assert_eq!(standing(&anew, 1).status, Status::Unranked);
    }
}

/// Files give the same bytes as the standings that they were written from.
#[test]
fn files_carry_what_was_fixed() {
    use palmares::domain::advancement::Decisions;
    use palmares::files::{self, Contest, Further};
    let rules = equalised(r#"{ "by": "panel_means" }"#);
    let (_, scale) = closed(&rules, two_panels());
    for out in [None, Some(14)] {
        let mut entries = out.map_or_else(two_panels, |out| without(two_panels(), out));
        for entry in &mut entries {
            entry.group = "all".into();
        }
        let contest = Contest {
            rules: rules.clone(),
            input: Input {
                fixed: [("all".to_owned(), scale.clone())].into(),
                entries,
                ..Input::default()
            },
            decisions: Decisions::default(),
            titles: [].into(),
            group_titles: [("all".to_owned(), palmares::domain::text::Text::english("All"))].into(),
            further: Further::default(),
        };
        let folder = files::write(&contest);
        let again = files::read(&folder).unwrap();
        assert_eq!(files::write(&again), folder);
        assert_eq!(again.tabulate().json(Lang::En), contest.tabulate().json(Lang::En));
    }
}
