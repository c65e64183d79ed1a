//! One test per real contest, with the numbers that its committee got.

use palmares::domain::advancement::{By, Decisions, Outcome, Reasoned, decide, kept, replacement};
use palmares::domain::exact::Exact;
use palmares::domain::scoring::{
    DecidedBy, Decision, EarlierRound, EntryInput, Explain, Input, Rank, Warning, tabulate,
};

use crate::contest::{ONE, advancing, entry, points, rank, rules, standing, standings, total};

fn earlier(total: &str, rank: u32) -> EarlierRound {
    let total: Exact = total.parse().unwrap();
    EarlierRound {
        exact: total.clone(),
        total,
        rank: Some(Rank::whole(rank)),
    }
}

/// Hainan science and technology start-up contest: five judges, mean without the highest and lowest, two decimals.
#[test]
fn hainan_team_final() {
    let rules = rules(&format!(
        r#"{ONE}, "aggregate": {{ "trim": [ {{ "from": 5, "high": 1, "low": 1 }} ] }},
           "rounding": {{ "entry": {{ "decimals": 2 }} }}"#
    ));
    let result = standings(&rules, vec![entry(1, "", &["88.5", "90", "91.2", "85", "93"])]);
    assert_eq!(total(&result, 1), "89.90");
    let json = serde_json::to_value(standing(&result, 1).derivation.as_ref().unwrap()).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "sheets": [ { "judge": "c5", "total": "93.00", "dropped": "highest" }, { "judge": "c3", "total": "91.20" },
                        { "judge": "c2", "total": "90.00" }, { "judge": "c1", "total": "88.50" },
                        { "judge": "c4", "total": "85.00", "dropped": "lowest" } ],
            "criteria": [ { "code": "mark", "exact": "89.9", "value": "89.90" } ],
            "steps": [ { "step": "mean", "of": 3, "sum": "269.70", "exact": "89.9", "rounded": "89.90" } ]
        })
    );
}

/// Zhongshan city final: seven judges; start-up and growth companies are ranked apart.
#[test]
fn zhongshan_city_final() {
    let rules = rules(&format!(
        r#"{ONE}, "aggregate": {{ "trim": [ {{ "from": 7, "high": 1, "low": 1 }} ] }},
           "rounding": {{ "entry": {{ "decimals": 2 }} }}, "ranking": {{ "group_by": [ "stage" ] }}"#
    ));
    let marks = ["86", "91", "88.5", "79", "94", "90", "87"];
    let result = standings(
        &rules,
        vec![
            entry(1, "growth", &["99"; 7]),
            entry(2, "start-up", &marks),
            entry(3, "start-up", &["80"; 7]),
        ],
    );
    assert_eq!(total(&result, 2), "88.50");
    assert_eq!(
        [rank(&result, 1), rank(&result, 2), rank(&result, 3)],
        ["1", "1", "2"]
    );
}

/// Shenzhen biomedical semi-final: ten of each of two groups; a tie for the last place goes to the higher preliminary
/// score; still tied, both advance.
#[test]
fn shenzhen_biomedical_semi_final() {
    let rules = rules(&format!(
        r#"{ONE}, "ranking": {{ "group_by": [ "group" ], "ties": [ {{ "by": "earlier_total", "round": "preliminary" }} ] }},
           "advance": {{ "per_group": 10, "tie_at_cut": "all_advance" }}"#
    ));
    assert!(!rules.spans_groups());
    let group = |first: i64, name: &str, preliminary: [&str; 2]| {
        let one = move |i: i64| {
            // Places 10 and 11 have the same mark.
            let mark = (95 - i.min(9)).to_string();
            let previous = if i == 9 {
                preliminary[0]
            } else if i == 10 {
                preliminary[1]
            } else {
                "60"
            };
            let mut one = entry(first + i, name, &[&mark]);
            if i == 11 {
                one.sheets[0].marks = vec![Some(points("50"))];
            }
            one.earlier.insert("preliminary".into(), earlier(previous, 1));
            one
        };
        (0..12).map(one).collect::<Vec<EntryInput>>()
    };
    let entries = [group(1, "a", ["70", "71"]), group(21, "b", ["70", "70"])].concat();
    let result = standings(&rules, entries);
    let decided = decide(&rules, &[&result], &Decisions::default());
    let expected: Vec<i64> = (1..=9).chain([11]).chain(21..=31).collect();
    assert_eq!(advancing(&decided), expected);
    let tie = Warning::TieAtCut {
        group: Some("b".into()),
        entries: vec![30, 31],
        policy: "all_advance".into(),
    };
    assert!(decided.warnings.contains(&tie));
}

/// National innovation and entrepreneurship contest: the first three of each group, plus one that is nominated.
#[test]
fn national_contest_nominates_one_beside_the_quota() {
    let rules = rules(&format!(
        r#"{ONE}, "panel": {{ "minimum_sheets": 3 }}, "ranking": {{ "group_by": [ "region" ] }},
           "advance": {{ "per_group": 3, "nominations": "beside" }}"#
    ));
    let one = |n: i64| {
        let mark = (90 - n).to_string();
        entry(n, "Sichuan", &[&mark, &mark, &mark])
    };
    let result = standings(&rules, (1..=6).map(one).collect());
    let nominated = vec![Reasoned {
        entry: 6,
        reason: "named by the division's committee".into(),
    }];
    let decided = decide(
        &rules,
        &[&result],
        &Decisions {
            nominated,
            ..Decisions::default()
        },
    );
    assert_eq!(advancing(&decided), [1, 2, 3, 6]);
    let outcome = &decided.entries.iter().find(|d| d.entry == 6).unwrap().outcome;
    assert!(matches!(
        outcome,
        Outcome::Advances {
            by: By::Nomination,
            place: Some(6),
            reason: Some(_)
        }
    ));
}

/// Shaanxi division: on a tie the chair's recorded decision names the entry; until then the place is shared.
#[test]
fn shaanxi_chair_decides() {
    let rules = rules(&format!(
        r#"{ONE}, "ranking": {{ "ties": [ {{ "by": "chair" }} ] }}"#
    ));
    let entries = || vec![entry(1, "", &["80", "82"]), entry(2, "", &["81", "81"])];
    let result = standings(&rules, entries());
    assert_eq!([rank(&result, 1), rank(&result, 2)], ["1", "1"]);
    assert_eq!(
        result.warnings,
        [Warning::DecisionAwaited {
            by: DecidedBy::Chair,
            entries: vec![1, 2]
        }]
    );
    let decisions = vec![Decision {
        by: DecidedBy::Chair,
        order: vec![2, 1],
    }];
    let result = tabulate(
        &rules,
        &Input {
            entries: entries(),
            decisions,
            ..Input::default()
        },
        Explain::All,
    );
    assert_eq!([rank(&result, 1), rank(&result, 2)], ["2", "1"]);
    assert_eq!(result.warnings, []);
}

/// Guizhou preliminary: 25 places shared out in proportion to 330 entrants in four cities.
#[test]
fn guizhou_places_in_proportion_to_entrants() {
    let rules = rules(&format!(
        r#"{ONE}, "ranking": {{ "group_by": [ "region" ] }},
           "advance": {{ "places": 25, "share": {{ "by": "largest_remainder" }} }}"#
    ));
    let cities = [("Anshun", 120), ("Bijie", 90), ("Guiyang", 70), ("Zunyi", 50)];
    let one = |(city, (name, size)): (i64, (&'static str, i64))| {
        (0..size).map(move |n| {
            entry(
                city * 1000 + n,
                name,
                &[&format!("{}.{:02}", 90 - n / 10, 50 - n % 10)],
            )
        })
    };
    let result = standings(&rules, (0..).zip(cities).flat_map(one).collect());
    assert_eq!(result.entries.len(), 330);
    let decided = decide(&rules, &[&result], &Decisions::default());
    let of_city = |city: i64| {
        advancing(&decided)
            .into_iter()
            .filter(|n| n / 1000 == city)
            .count()
    };
    assert_eq!([0, 1, 2, 3].map(of_city), [9, 7, 5, 4]);
}

/// Talents Cup: rules as an organizer writes them; the minimum of each city, the rest overall.
#[test]
fn talents_cup_semi_final() {
    let document = include_str!("../../src/domain/rules/templates/talents-cup.json");
    let rules = palmares::domain::rules::Rules::parse(document).unwrap();
    assert!(rules.spans_groups());
    let cities = ["Beijing", "Chengdu", "Shanghai", "Shenzhen"];
    let one = |n: i64| {
        let city = usize::try_from((n - 1) / 25).unwrap();
        // Beijing's entries are the weakest: only the minimum gets them in.
        let technology = points(&(24 + i64::try_from(city).unwrap() - (n - 1) % 25 / 2).to_string());
        let sheet = |judge: usize| palmares::domain::scoring::Sheet {
            judge: format!("{}{judge}", cities[city]),
            marks: vec![
                Some(technology),
                Some(points("20")),
                Some(points("15.5")),
                Some(points("20")),
            ],
        };
        EntryInput {
            number: n,
            group: cities[city].into(),
            sheets: (1..=7).map(sheet).collect(),
            ..EntryInput::default()
        }
    };
    let result = standings(&rules, (1..=100).map(one).collect());
    let decided = decide(&rules, &[&result], &Decisions::default());
    let of_city = |city: usize| {
        let range = i64::try_from(city * 25).unwrap();
        advancing(&decided)
            .into_iter()
            .filter(|n| (range + 1..=range + 25).contains(n))
            .count()
    };
    assert_eq!(of_city(0), 4);
    assert!((0..4).all(|city| of_city(city) >= 4));
    assert!(
        decided
            .warnings
            .iter()
            .any(|w| matches!(w, Warning::GroupsCompared { groups } if groups.len() == 4))
    );
}

/// A speech contest: two decimals; on a tie three, "and so on".
#[test]
fn speech_contest_with_more_digits() {
    let rules = rules(&format!(
        r#"{ONE}, "rounding": {{ "entry": {{ "decimals": 2 }} }}, "ranking": {{ "ties": [ {{ "by": "more_digits" }} ] }}"#
    ));
    let result = standings(
        &rules,
        vec![
            entry(1, "", &["90", "90", "90.01"]),
            entry(2, "", &["90", "90", "90"]),
            entry(3, "", &["90", "90", "90"]),
        ],
    );
    assert_eq!([total(&result, 1), total(&result, 2)], ["90.00", "90.00"]);
    assert_eq!(
        [rank(&result, 1), rank(&result, 2), rank(&result, 3)],
        ["1", "2", "2"]
    );
    let note = &standing(&result, 1).derivation.as_ref().unwrap().ties[0];
    assert_eq!(
        [note.ours.to_string(), note.theirs.to_string()],
        ["90.003", "90.000"]
    );
}

/// Diving: seven judges, two highest and two lowest dropped, the sum of three times the difficulty; shared places.
#[test]
fn diving() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "execution", "max": "10", "step": "0.5" },
             { "code": "difficulty", "kind": "recorded", "as": "multiplier", "max": "5", "step": "0.1" } ] },
           "aggregate": { "by": "sum", "trim": [ { "from": 7, "high": 2, "low": 2 } ] },
           "rounding": { "entry": { "decimals": 1 } }, "ranking": { "ties": [ { "by": "shared" } ] }"#,
    );
    let dive = |n| EntryInput {
        recorded: [("difficulty".to_owned(), points("3.0"))].into(),
        ..entry(n, "", &["7.5", "7", "7.5", "7", "7.5", "8", "6.5"])
    };
    let result = standings(&rules, vec![dive(1), dive(2)]);
    assert_eq!(total(&result, 1), "66.0");
    assert_eq!([rank(&result, 1), rank(&result, 2)], ["1", "1"]);
    assert!(result.warnings.is_empty());
    let forgotten = EntryInput {
        recorded: [].into(),
        ..dive(3)
    };
    let result = standings(&rules, vec![forgotten]);
    assert_eq!(
        result.warnings,
        [Warning::RecordedMissing {
            entry: 3,
            criterion: "difficulty".into()
        }]
    );
}

/// World Cube Association: a tie at the cut that would exceed the places lets none of the tied advance.
#[test]
fn cubing_none_of_the_tied_block_advances() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "seconds", "max": "600", "step": "0.01" } ] },
           "rounding": { "entry": { "decimals": 2 } }, "ranking": { "wins": "lowest" },
           "advance": { "places": 15, "tie_at_cut": "none_advance", "reserves": 3 }"#,
    );
    let one = |n: i64| {
        let seconds = if (15..=17).contains(&n) { 15 } else { n };
        entry(n, "", &[&seconds.to_string()])
    };
    let result = standings(&rules, (1..=20).map(one).collect());
    let decided = decide(&rules, &[&result], &Decisions::default());
    assert_eq!(advancing(&decided), (1..=14).collect::<Vec<i64>>());
    // Without the tie, whoever withdraws lets the best one not qualified move up.
    let untied = standings(
        &rules,
        (1..=20).map(|n| entry(n, "", &[&n.to_string()])).collect(),
    );
    let decided = decide(&rules, &[&untied], &Decisions::default());
    let left = Reasoned {
        entry: 4,
        reason: "withdrew".into(),
    };
    let came = replacement(&rules, &[&untied], &Decisions::default(), &decided, &left);
    assert_eq!(came.iter().map(|k| k.entry).collect::<Vec<_>>(), [16]);
}

/// Bengbu local round: 13 growth and 11 start-up companies; one found ineligible lets the next of its list move up.
#[test]
fn bengbu_moves_up_within_the_list() {
    let rules = rules(&format!(
        r#"{ONE}, "ranking": {{ "group_by": [ "stage" ] }},
           "advance": {{ "per_group": {{ "growth": 13, "start-up": 11 }}, "reserves": 2 }}"#
    ));
    let one =
        |group: &'static str, first: i64| move |n: i64| entry(first + n, group, &[&(100 - n).to_string()]);
    let entries = (1..=20)
        .map(one("growth", 0))
        .chain((1..=20).map(one("start-up", 100)))
        .collect();
    let result = standings(&rules, entries);
    let decided = decide(&rules, &[&result], &Decisions::default());
    assert_eq!(
        advancing(&decided),
        (1..=13).chain(101..=111).collect::<Vec<i64>>()
    );
    let excluded = vec![Reasoned {
        entry: 5,
        reason: "not eligible".into(),
    }];
    let again = Decisions {
        excluded,
        kept: kept(&decided),
        ..Decisions::default()
    };
    let corrected = decide(&rules, &[&result], &again);
    assert_eq!(
        advancing(&corrected),
        (1..=4).chain(6..=14).chain(101..=111).collect::<Vec<i64>>()
    );
}
