//! Things that went wrong at real events, each of which must not happen here.

use std::collections::BTreeMap;

use palmares::domain::exact::Exact;
use palmares::domain::points::Given;
use palmares::domain::scoring::{Adjustment, EntryInput, ballot};

use crate::contest::{ONE, entry, points, rules, standing, standings, total};

/// Music festival: one time penalty made the drop-high-low step wrong for every entry after it.
#[test]
fn a_penalty_touches_nothing_but_its_entry() {
    let rules = rules(&format!(
        r#"{ONE}, "aggregate": {{ "trim": [ {{ "from": 3, "high": 1, "low": 1 }} ] }}"#
    ));
    let entries = || {
        vec![
            entry(1, "", &["80", "90", "70"]),
            entry(2, "", &["81", "91", "71"]),
            entry(3, "", &["60"; 3]),
        ]
    };
    let before = standings(&rules, entries());
    let mut penalised = entries();
    penalised[0].adjustments.push(Adjustment {
        points: points("-10"),
        reason: "40 s over time".into(),
        ..Adjustment::default()
    });
    let after = standings(&rules, penalised);
    assert_eq!(total(&after, 1), "70");
    for other in [2, 3] {
        assert_eq!(standing(&after, other).total, standing(&before, other).total);
        let sheets =
            |s: &palmares::domain::scoring::Standings| standing(s, other).derivation.clone().unwrap().sheets;
        assert_eq!(sheets(&after), sheets(&before));
    }
}

/// Cheerleading: a judge typed `1,25` for `1.25`, the decimals were lost, the wrong winner was announced.
#[test]
fn a_decimal_comma_is_refused() {
    let rules = rules(ONE);
    let given = BTreeMap::from([("mark".to_owned(), Given::from("1,25"))]);
    let error = ballot::draft(&rules.rubric, &given).unwrap_err().0.remove(0);
    assert_eq!(
        (error.pointer.as_str(), error.code),
        ("/marks/mark", "mark_not_a_number")
    );
}

/// Grants platform: not applicable counted as 0.
#[test]
fn a_missing_mark_is_never_nought() {
    let rules = rules(
        r#""rubric": { "missing": "left_out", "criteria": [ { "code": "a", "max": 10 }, { "code": "b", "max": 10 } ] },
           "aggregate": { "over": "criteria" }"#,
    );
    let mut one = EntryInput {
        number: 1,
        ..EntryInput::default()
    };
    for (judge, marks) in [("c1", [Some("8"), None]), ("c2", [Some("6"), Some("9")])] {
        let marks = marks.map(|mark| mark.map(points)).to_vec();
        one.sheets.push(palmares::domain::scoring::Sheet {
            judge: judge.into(),
            marks,
        });
    }
    let result = standings(&rules, vec![one]);
    assert_eq!(total(&result, 1), "16");
}

/// Contest site: displayed and stored order differed by a float's last bit.
#[test]
fn tenths_add_up_to_a_tie() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "a", "max": 1, "step": "0.1" }, { "code": "b", "max": 1, "step": "0.1" } ] }"#,
    );
    let one = |number, a: &str, b: &str| {
        let marks = [a, b].map(|mark| Some(points(mark))).to_vec();
        let sheets = vec![palmares::domain::scoring::Sheet {
            judge: "c1".into(),
            marks,
        }];
        EntryInput {
            number,
            sheets,
            ..EntryInput::default()
        }
    };
    let result = standings(&rules, vec![one(1, "0.1", "0.2"), one(2, "0.3", "0")]);
    assert!(
        result
            .entries
            .iter()
            .all(|s| s.tied && s.exact == Some("0.3".parse::<Exact>().unwrap()))
    );
}
