//! More contests that nobody asked for, each with what its own committee would say.

use palmares::domain::advancement::{Decided, Decisions, decide};
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{EntryInput, Reason, Standings};

use crate::contest::{advancing, marked, points, rank, rules, standing, standings, total};

fn awarded(rules: &Rules, standings: &Standings) -> Vec<String> {
    let decided = decide(rules, &[standings], &Decisions::default());
    let mut entries: Vec<&Decided> = decided.entries.iter().collect();
    entries.sort_by_key(|d| d.entry);
    entries.iter().map(|d| d.awards.join(" ")).collect()
}

fn with(mut entry: EntryInput, recorded: &[(&str, &str)]) -> EntryInput {
    for (code, value) in recorded {
        entry.recorded.insert((*code).to_owned(), points(value));
    }
    entry
}

/// Choirs: diplomas by points in each category, none for who is short in intonation, and a grand prix for the best of all
/// categories from 95 points.
#[test]
fn choirs() {
    let rules = rules(
        r#""rubric": { "total": "mean", "criteria": [ { "code": "intonation", "max": 100, "qualify_from": 70 }, { "code": "sound", "max": 100 }, { "code": "programme", "max": 100 } ] },
           "aggregate": { "trim": [ { "from": 5, "high": 1, "low": 1 } ] }, "rounding": { "entry": { "decimals": 1 } },
           "ranking": { "group_by": [ "category" ] },
           "awards": [ { "code": "grand-prix", "places": 1, "from": 95, "across_groups": true }, { "code": "gold", "from": 90 }, { "code": "silver", "from": 80 } ]"#,
    );
    let choir = |number, group: &str, marks: [&str; 3]| EntryInput {
        group: group.into(),
        ..marked(number, &[("a", &marks), ("b", &marks), ("c", &marks)])
    };
    let result = standings(
        &rules,
        vec![
            choir(1, "children", ["96", "97", "95"]),
            choir(2, "children", ["65", "99", "99"]),
            choir(3, "mixed", ["97", "97", "97"]),
            choir(4, "mixed", ["80", "85", "84"]),
        ],
    );
    assert_eq!(total(&result, 2), "87.7");
    assert_eq!(
        awarded(&rules, &result),
        ["gold", "", "grand-prix gold", "silver"]
    );
}

/// A cooking contest: one half of the jury tastes the fish, the other the meat; the kitchen is recorded; the best and worst
/// mark of each dish are dropped, ties go to the meat.
#[test]
fn a_jury_in_two_halves() {
    let rules = rules(
        r#""rubric": { "missing": "left_out", "criteria": [ { "code": "fish", "max": 60 }, { "code": "meat", "max": 60 },
               { "code": "kitchen", "kind": "recorded", "max": 20 } ] },
           "panel": { "minimum_sheets": 6 }, "aggregate": { "over": "criteria", "trim": [ { "from": 3, "high": 1, "low": 1 } ] },
           "ranking": { "ties": [ { "by": "criterion", "code": "meat" } ] }"#,
    );
    let team = |number, fish: [&str; 3], meat: [&str; 3], kitchen: &str| {
        let entry = marked(
            number,
            &[
                ("f1", &[fish[0], ""]),
                ("f2", &[fish[1], ""]),
                ("f3", &[fish[2], ""]),
                ("m1", &["", meat[0]]),
                ("m2", &["", meat[1]]),
                ("m3", &["", meat[2]]),
            ],
        );
        with(entry, &[("kitchen", kitchen)])
    };
    let result = standings(
        &rules,
        vec![
            team(1, ["50", "55", "20"], ["48", "50", "60"], "18"),
            team(2, ["48", "60", "50"], ["50", "30", "60"], "18"),
            team(3, ["51", "51", "51"], ["49", "49", "49"], "18"),
        ],
    );
    assert_eq!([1, 2, 3].map(|n| total(&result, n)), ["118", "118", "118"]);
    assert_eq!([1, 2, 3].map(|n| rank(&result, n)), ["1", "1", "3"]);
}

/// A piano competition: yes, maybe, no; teachers don't vote on their students; the mean vote decides, and a majority of
/// points is needed.
#[test]
fn votes_of_a_jury() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "vote", "max": 2, "levels": [ { "from": 2, "title": { "en": "yes" } }, { "from": 1, "title": { "en": "maybe" } } ] } ] },
           "panel": { "minimum_sheets": 3 }, "rounding": { "entry": { "decimals": 3 } },
           "advance": { "places": 2, "minimum_score": "1.001", "tie_at_cut": "wait", "reserves": 1 }"#,
    );
    let result = standings(
        &rules,
        vec![
            marked(1, &[("a", &["2"]), ("b", &["2"]), ("c", &["1"]), ("d", &["0"])]),
            marked(2, &[("a", &["2"]), ("b", &["1"]), ("c", &["1"])]),
            marked(3, &[("a", &["1"]), ("b", &["1"]), ("c", &["1"]), ("d", &["1"])]),
        ],
    );
    assert_eq!(total(&result, 2), "1.333");
    let decided = decide(&rules, &[&result], &Decisions::default());
    assert_eq!(advancing(&decided), [1, 2]);
}

/// Beers: the judges' score opens the door to the last table, where places are agreed on.
#[test]
fn a_last_table() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "score", "max": 50, "as": "apart", "wins": "highest", "qualify_from": 30 },
               { "code": "table", "kind": "recorded", "min": 1, "max": 99 } ] },
           "panel": { "minimum_sheets": 2 },
           "ranking": { "wins": "lowest", "unqualified": "unranked", "ties": [ { "by": "criterion", "code": "score" } ] },
           "awards": [ { "code": "gold", "places": 1 }, { "code": "silver", "places": 1 } ]"#,
    );
    let beer = |number, scores: [&str; 2], table: &str| {
        let entry = marked(number, &[("a", &[scores[0]]), ("b", &[scores[1]])]);
        with(entry, &[("table", table)])
    };
    let result = standings(
        &rules,
        vec![
            beer(1, ["40", "42"], "2"),
            beer(2, ["29", "30"], "1"),
            beer(3, ["35", "36"], "2"),
        ],
    );
    assert!(matches!(
        standing(&result, 2).reason,
        Some(Reason::NotQualified { .. })
    ));
    assert_eq!([1, 3].map(|n| rank(&result, n)), ["1", "2"]);
    assert_eq!(awarded(&rules, &result), ["gold", "", "silver"]);
}

/// Debates: each judge's ballot names a winner; of equal ballots fewer minutes over time, then speakers' points.
#[test]
fn ballots_of_a_debate() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "case", "max": 100 }, { "code": "minutes", "kind": "recorded", "as": "apart", "wins": "lowest", "max": 99 },
               { "code": "speakers", "kind": "recorded", "as": "apart", "max": 300, "wins": "highest" } ] },
           "panel": { "common": true }, "aggregate": { "by": "rank_sum" },
           "ranking": { "ties": [ { "by": "criterion", "code": "minutes" }, { "by": "criterion", "code": "speakers" } ] }"#,
    );
    let side = |number, ballots: [&str; 2], minutes: &str, speakers: &str| {
        let entry = marked(number, &[("a", &[ballots[0]]), ("b", &[ballots[1]])]);
        with(entry, &[("minutes", minutes), ("speakers", speakers)])
    };
    let result = standings(
        &rules,
        vec![
            side(1, ["80", "70"], "1", "210"),
            side(2, ["75", "78"], "1", "215"),
        ],
    );
    assert_eq!([1, 2].map(|n| rank(&result, n)), ["2", "1"]);
    let result = standings(
        &rules,
        vec![
            side(1, ["80", "70"], "0", "210"),
            side(2, ["75", "78"], "1", "215"),
        ],
    );
    assert_eq!([1, 2].map(|n| rank(&result, n)), ["1", "2"]);
}

/// Weights: the best of three in the snatch, and with it the best of three in the clean and jerk.
#[test]
fn two_lifts_of_three_attempts_each() {
    let rules = rules(
        r#""rubric": { "attempts": { "count": 3, "take": "best" }, "criteria": [ { "code": "kilos", "kind": "recorded", "max": 300 } ] },
           "carry": [ { "round": "snatch" } ], "awards": [ { "code": "gold", "places": 1 } ]"#,
    );
    let lifter = |number, tries: [&str; 3], snatch: i128| {
        let codes = ["kilos.1", "kilos.2", "kilos.3"];
        let made: Vec<(&str, &str)> = codes
            .into_iter()
            .zip(tries)
            .filter(|(_, kilos)| !kilos.is_empty())
            .collect();
        let mut entry = with(
            EntryInput {
                number,
                ..EntryInput::default()
            },
            &made,
        );
        let total = palmares::domain::exact::Exact::whole(snatch);
        let earlier = palmares::domain::scoring::EarlierRound {
            exact: total.clone(),
            total,
            rank: None,
        };
        entry.earlier.insert("snatch".into(), earlier);
        entry
    };
    let result = standings(
        &rules,
        vec![
            lifter(1, ["180", "", "186"], 150),
            lifter(2, ["182", "185", ""], 152),
            lifter(3, ["", "", ""], 160),
        ],
    );
    assert_eq!([1, 2].map(|n| total(&result, n)), ["336", "337"]);
    assert!(matches!(
        standing(&result, 3).reason,
        Some(Reason::TooFewAttempts { .. })
    ));
}
