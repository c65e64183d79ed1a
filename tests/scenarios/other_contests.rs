//! Rules of contests that nobody asked for: whoever writes down their own finds the settings.

use palmares::domain::advancement::{Decided, Decisions, decide};
use palmares::domain::points::Points;
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{Adjustment, DecidedBy, Decision, EntryInput, Input, Standings};

use crate::contest::{judges, marked, points, rank, refused, rules, standings, tabulated, total};

fn totals(standings: &Standings, entries: i64) -> Vec<String> {
    (1..=entries).map(|n| total(standings, n)).collect()
}

fn ranks(standings: &Standings, entries: i64) -> Vec<String> {
    (1..=entries).map(|n| rank(standings, n)).collect()
}

/// An entry of which everything is recorded.
fn recorded(number: i64, values: &[(&str, &str)]) -> EntryInput {
    let value = |(code, value): &(&str, &str)| ((*code).to_owned(), points(value));
    EntryInput {
        number,
        recorded: values.iter().map(value).collect(),
        ..EntryInput::default()
    }
}

fn awarded(rules: &Rules, standings: &Standings) -> Vec<String> {
    let decided = decide(rules, &[standings], &Decisions::default());
    let mut entries: Vec<&Decided> = decided.entries.iter().collect();
    entries.sort_by_key(|d| d.entry);
    entries.iter().map(|d| d.awards.join(" ")).collect()
}

/// Artistic gymnastics (FIG, five execution judges): difficulty + mean execution without the highest and lowest − penalty.
#[test]
fn gymnastics() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "execution", "max": "10", "step": "0.1" },
               { "code": "difficulty", "kind": "recorded", "max": "10", "step": "0.1" } ] },
           "aggregate": { "trim": [ { "from": 5, "high": 1, "low": 1 } ] }, "rounding": { "entry": { "decimals": 3, "mode": "truncate" } },
           "ranking": { "ties": [ { "by": "criterion", "code": "execution" }, { "by": "shared" } ] }"#,
    );
    let routine = |number: i64, e: [&str; 5], d: &str, penalty: Option<&str>| {
        let names = ["e1", "e2", "e3", "e4", "e5"];
        let rows: Vec<[&str; 1]> = e.iter().map(|mark| [*mark]).collect();
        let sheets: Vec<(&str, &[&str])> = names.iter().zip(&rows).map(|(n, row)| (*n, &row[..])).collect();
        let mut one = marked(number, &sheets);
        one.recorded.insert("difficulty".into(), points(d));
        one.adjustments.extend(penalty.map(|p| Adjustment {
            points: points(p),
            reason: "line".into(),
            ..Adjustment::default()
        }));
        one
    };
    let result = standings(
        &rules,
        vec![
            routine(1, ["8.3", "8.5", "8.4", "8.6", "8.2"], "6.2", Some("-0.3")),
            routine(2, ["8.4", "8.5", "8.4", "8.9", "8.2"], "5.9", None),
            routine(3, ["8.9", "8.7", "8.8", "9.0", "8.1"], "5.5", None),
        ],
    );
    // 8.4 + 6.2 − 0.3; 25.3 / 3 + 5.9, cut and not rounded; 8.8 + 5.5, which execution puts ahead.
    assert_eq!(totals(&result, 3), ["14.300", "14.333", "14.300"]);
    assert_eq!(ranks(&result, 3), ["3", "1", "2"]);
}

/// Ski jumping: two jumps; five style judges without the highest and lowest, distance, wind, gate.
#[test]
fn ski_jumping() {
    let rules = rules(
        r#""rubric": { "attempts": { "count": 2, "take": "sum" }, "criteria": [
               { "code": "style", "max": "20", "step": "0.5" },
               { "code": "distance", "kind": "recorded", "min": "-100", "max": "200", "step": "0.1" },
               { "code": "wind", "kind": "recorded", "min": "-50", "max": "50", "step": "0.1" },
               { "code": "gate", "kind": "recorded", "min": "-50", "max": "50", "step": "0.1" } ] },
           "aggregate": { "by": "sum", "trim": [ { "from": 5, "high": 1, "low": 1 } ] }, "rounding": { "entry": { "decimals": 1 } }"#,
    );
    let mut jumper = marked(
        1,
        &[
            ("a", &["17.5", "18"]),
            ("b", &["18", "18"]),
            ("c", &["18", "18"]),
            ("d", &["18.5", "18.5"]),
            ("e", &["17", "18"]),
        ],
    );
    for (code, value) in [
        ("distance.1", "66.3"),
        ("wind.1", "-3.2"),
        ("gate.1", "4.5"),
        ("distance.2", "70"),
        ("wind.2", "1.1"),
        ("gate.2", "0"),
    ] {
        jumper.recorded.insert(code.into(), points(value));
    }
    // 53.5 + 66.3 − 3.2 + 4.5 = 121.1 and 54 + 70 + 1.1 = 125.1.
    assert_eq!(totals(&standings(&rules, vec![jumper]), 1), ["246.2"]);
}

/// A mathematical olympiad: six problems of 7 points, medals for at most half, gold : silver : bronze as 1 : 2 : 3, and
/// nobody parted from somebody with the same points.
#[test]
fn olympiad_medals_in_proportion() {
    let problems: Vec<String> = (1..=6)
        .map(|n| format!(r#"{{ "code": "p{n}", "kind": "recorded", "max": "7" }}"#))
        .collect();
    let rules = rules(&format!(
        r#""rubric": {{ "criteria": [ {} ] }}, "awards": [ {{ "code": "gold", "portion": "1/12" }},
           {{ "code": "silver", "portion": "1/6" }}, {{ "code": "bronze", "portion": "0.25" }} ]"#,
        problems.join(", ")
    ));
    let contestant = |(number, sum): (i64, i64)| {
        let left = |n: i64| (sum - 7 * n).clamp(0, 7).to_string();
        let values: Vec<(String, String)> = (0..6).map(|n| (format!("p{}", n + 1), left(n))).collect();
        let pairs: Vec<(&str, &str)> = values.iter().map(|(c, v)| (c.as_str(), v.as_str())).collect();
        recorded(number, &pairs)
    };
    let given = |sums: &[i64]| {
        let result = standings(&rules, (1..).zip(sums.iter().copied()).map(contestant).collect());
        awarded(&rules, &result).join(",")
    };
    assert_eq!(
        given(&[42, 40, 39, 35, 34, 33, 20, 19, 18, 17, 16, 15]),
        "gold,silver,silver,bronze,bronze,bronze,,,,,,"
    );
    // A shared last place of one medal leaves fewer of the next.
    assert_eq!(
        given(&[42, 40, 39, 39, 34, 33, 20, 19, 18, 17, 16, 15]),
        "gold,silver,silver,silver,bronze,bronze,,,,,,"
    );
    assert_eq!(given(&[42, 40, 39]), ",,", "a twelfth of three is none");
    let text = palmares::words::reading::as_text(&rules, palmares::domain::text::Lang::En);
    assert!(
        text.contains("gold: at most the best 1/12 of the entries."),
        "{text}"
    );
    assert!(
        text.contains("silver: at most the next 1/6 of the entries."),
        "{text}"
    );
    for (award, expected) in [
        (r#""portion": "2""#, ("/awards/0/portion", "not_a_portion")),
        (r#""portion": "0""#, ("/awards/0/portion", "not_a_portion")),
        (r#""portion": "1/0""#, ("/awards/0/portion", "not_a_portion")),
        (r#""portion": true"#, ("/awards/0/portion", "wrong_type")),
        (
            r#""portion": "0.1", "places": 3"#,
            ("/awards/0/portion", "places_and_portion"),
        ),
    ] {
        let found = refused(&format!(
            r#""rubric": {{ "criteria": [ {{ "code": "a", "max": 10 }} ] }}, "awards": [ {{ "code": "x", {award} }} ]"#
        ));
        assert_eq!(found, [(expected.0.to_owned(), expected.1)], "{award}");
    }
}

/// A programming contest: problems solved, then fewer penalty minutes.
#[test]
fn programming_contest() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "solved", "kind": "recorded", "max": "15", "factor": "1000" } ] },
           "penalties": [ { "code": "minutes", "points": "-1", "per": "1" } ]"#,
    );
    let team = |number: i64, solved: &str, minutes: &str| {
        let mut team = recorded(number, &[("solved", solved)]);
        team.adjustments.push(Adjustment {
            reason: "time".into(),
            rule: Some("minutes".into()),
            quantity: Some(points(minutes)),
            ..Adjustment::default()
        });
        team
    };
    let result = standings(
        &rules,
        vec![team(1, "7", "800"), team(2, "8", "999"), team(3, "7", "650")],
    );
    assert_eq!(ranks(&result, 3), ["3", "1", "2"]);
}

/// A data contest: one error on hidden data, the lowest wins; gold for the best tenth.
#[test]
fn data_contest() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "error", "kind": "recorded", "max": "100", "step": "0.001" } ] },
           "ranking": { "wins": "lowest" }, "awards": [ { "code": "gold", "portion": "0.1" } ]"#,
    );
    let result = standings(
        &rules,
        (1..=20)
            .map(|n| recorded(n, &[("error", &format!("0.{:03}", 500 - n))]))
            .collect(),
    );
    let gold: Vec<usize> = (1..)
        .zip(awarded(&rules, &result))
        .filter(|(_, a)| a == "gold")
        .map(|(n, _)| n)
        .collect();
    assert_eq!(gold, [19, 20]);
}

/// Barbecue (KCBS): six judges, three weighted criteria, the lowest of the six totals is dropped; ties by taste.
#[test]
fn barbecue() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "appearance", "min": "2", "max": "9", "factor": "5.6" },
               { "code": "taste", "min": "2", "max": "9", "factor": "22.972" }, { "code": "tenderness", "min": "2", "max": "9", "factor": "11.428" } ] },
           "aggregate": { "by": "sum", "trim": [ { "from": 6, "low": 1 } ] },
           "ranking": { "ties": [ { "by": "criterion", "code": "taste" }, { "by": "criterion", "code": "tenderness" }, { "by": "lot" } ] }"#,
    );
    let nine: &[&str] = &["9", "9", "9"];
    let box_of = |number, sixth| {
        marked(
            number,
            &[
                ("a", nine),
                ("b", nine),
                ("c", nine),
                ("d", nine),
                ("e", nine),
                ("f", sixth),
            ],
        )
    };
    let result = standings(&rules, vec![box_of(1, &["2", "2", "2"]), box_of(2, nine)]);
    // Five perfect sheets are 180, ten times over; who had six of them is level.
    assert_eq!(totals(&result, 2), ["1800", "1800"]);
}

/// Boxing under the ten-point must system: the bout goes to whom the majority of three judges has ahead.
#[test]
fn boxing() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "r1", "max": "10" }, { "code": "r2", "max": "10" }, { "code": "r3", "max": "10" } ] },
           "panel": { "common": true }, "aggregate": { "by": "rank_sum" }"#,
    );
    let red = marked(
        1,
        &[
            ("a", &["10", "10", "9"]),
            ("b", &["10", "9", "10"]),
            ("c", &["8", "8", "8"]),
        ],
    );
    let blue = marked(
        2,
        &[
            ("a", &["9", "9", "10"]),
            ("b", &["9", "10", "9"]),
            ("c", &["10", "10", "10"]),
        ],
    );
    let result = standings(&rules, vec![red, blue]);
    assert_eq!(
        (totals(&result, 2), ranks(&result, 2)),
        (vec!["4".into(), "5".into()], vec!["1".into(), "2".into()])
    );
}

/// A science slam: half jury, half the measured applause on the same scale; a wine show: the median of five, medals from
/// 95, 90 and 85 points.
#[test]
fn science_slam_and_wine_show() {
    let slam = rules(
        r#""rubric": { "criteria": [ { "code": "talk", "max": "10", "factor": "0.5" },
               { "code": "applause", "kind": "recorded", "max": "10", "step": "0.1", "factor": "0.5" } ] },
           "rounding": { "entry": { "decimals": 2 } }"#,
    );
    let mut talk = marked(1, &[("a", &["8"]), ("b", &["9"]), ("c", &["9"])]);
    talk.recorded.insert("applause".into(), points("7.4"));
    assert_eq!(totals(&standings(&slam, vec![talk]), 1), ["8.03"]);
    let wine = rules(
        r#""rubric": { "criteria": [ { "code": "wine", "min": "50", "max": "100" } ] }, "aggregate": { "by": "median" },
           "awards": [ { "code": "gold", "from": "95" }, { "code": "silver", "from": "90" }, { "code": "bronze", "from": "85" } ]"#,
    );
    let tasted = |number, marks: [&str; 5]| {
        let rows = marks.map(|m| [m]);
        let names = ["a", "b", "c", "d", "e"];
        marked(
            number,
            &names
                .iter()
                .zip(&rows)
                .map(|(n, r)| (*n, &r[..]))
                .collect::<Vec<_>>(),
        )
    };
    let result = standings(
        &wine,
        vec![
            tasted(1, ["99", "95", "90", "95", "60"]),
            tasted(2, ["94", "91", "90", "89", "88"]),
            tasted(3, ["84", "84", "84", "99", "99"]),
        ],
    );
    assert_eq!(awarded(&wine, &result), ["gold", "silver", ""]);
}

/// A student innovation contest: review on paper 40 %, defence on stage 60 %, special prize first, then prizes for the best
/// tenth, the next fifth and the next third.
#[test]
fn review_and_defence_with_prizes_in_proportion() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "defence", "max": "100" } ] }, "own_weight": "0.6",
           "carry": [ { "round": "review", "weight": "0.4" } ], "rounding": { "round": { "decimals": 2 } },
           "awards": [ { "code": "special", "places": 1 }, { "code": "first", "portion": "0.1" }, { "code": "second", "portion": "1/5" },
                       { "code": "third", "portion": "1/3" } ]"#,
    );
    let project = |number: i64| {
        let mut one = marked(number, &[("a", &[&(100 - number).to_string()])]);
        let total = palmares::domain::exact::Exact::whole(90 - i128::from(number));
        one.earlier.insert(
            "review".into(),
            palmares::domain::scoring::EarlierRound {
                exact: total.clone(),
                total,
                rank: None,
            },
        );
        one
    };
    let result = standings(&rules, (1..=10).map(project).collect());
    assert_eq!(total(&result, 1), "95.00");
    assert_eq!(
        awarded(&rules, &result).join(","),
        "special,first,second,second,third,third,third,,,"
    );
}

/// A debating tab: wins before speakers' points; X Games: the best of three runs; a talent show: experts 70, audience 30.
#[test]
fn debates_runs_and_talent_shows() {
    let tab = rules(
        r#""rubric": { "criteria": [ { "code": "wins", "kind": "recorded", "max": "9", "factor": "1000" },
               { "code": "speakers", "kind": "recorded", "max": "900", "step": "0.5" } ] },
           "advance": { "places": 2, "tie_at_cut": "wait" }"#,
    );
    let team = |n, wins, speakers| recorded(n, &[("wins", wins), ("speakers", speakers)]);
    let result = standings(
        &tab,
        vec![team(1, "3", "420"), team(2, "4", "400.5"), team(3, "3", "431")],
    );
    assert_eq!(ranks(&result, 3), ["3", "1", "2"]);
    let runs = rules(
        r#""rubric": { "attempts": { "count": 3, "take": "best" }, "criteria": [ { "code": "run", "max": "100", "step": "0.01" } ] },
           "ranking": { "ties": [ { "by": "attempt", "nth": 2 }, { "by": "attempt", "nth": 3 } ] }"#,
    );
    let result = standings(
        &runs,
        vec![
            marked(1, &[("a", &["90", "85", "20"]), ("b", &["92", "85", "20"])]),
            marked(2, &[("a", &["91", "86", ""]), ("b", &["91", "86", ""])]),
        ],
    );
    assert_eq!(
        (totals(&result, 2), ranks(&result, 2)),
        (vec!["91".into(), "91".into()], vec!["2".into(), "1".into()])
    );
    let show = rules(
        r#""rubric": { "criteria": [ { "code": "act", "max": "10" } ] }, "rounding": { "entry": { "decimals": 2 } },
           "panel": { "classes": [ { "code": "experts", "weight": "70" }, { "code": "audience", "weight": "30" } ] }"#,
    );
    let input = Input {
        fixed: std::collections::BTreeMap::new(),
        entries: vec![marked(
            1,
            &[
                ("a", &["9"]),
                ("b", &["8"]),
                ("x", &["10"]),
                ("y", &["4"]),
                ("z", &["10"]),
            ],
        )],
        judges: judges(&[
            ("a", "experts"),
            ("b", "experts"),
            ("x", "audience"),
            ("y", "audience"),
            ("z", "audience"),
        ]),
        decisions: vec![Decision {
            by: DecidedBy::Lot,
            order: vec![1],
        }],
    };
    assert_eq!(total(&tabulated(&show, input), 1), "8.35");
    assert_eq!(points("8.35"), Points::from_thousandths(8350));
}
