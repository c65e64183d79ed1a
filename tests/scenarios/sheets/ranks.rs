//! Ranks in the place of totals: by judge, by criterion.

use palmares::domain::advancement::{Decisions, decide};
use palmares::domain::rules::Wins;
use palmares::domain::scoring::{EntryInput, Reason, Standings, Status, Warning};

use crate::contest::{ONE, marked, points, rank, refused, rules, standing, standings, told, total};

/// Ranks by j1: 1, 2.5, 2.5, 4; by j2: 3, 1, 2, 4; by j3: 2, 3, 1, 4.
fn entries() -> Vec<EntryInput> {
    let marks = [
        ["90", "70", "88"],
        ["80", "90", "77"],
        ["80", "80", "99"],
        ["70", "60", "66"],
    ];
    let one =
        |(number, [a, b, c]): (i64, [&str; 3])| marked(number, &[("j1", &[a]), ("j2", &[b]), ("j3", &[c])]);
    (1..).zip(marks).map(one).collect()
}

fn totals(standings: &Standings) -> [String; 4] {
    [1, 2, 3, 4].map(|entry| total(standings, entry))
}

fn places(standings: &Standings) -> [String; 4] {
    [1, 2, 3, 4].map(|entry| rank(standings, entry))
}

#[test]
fn the_lowest_sum_of_ranks_wins_and_the_highest_sum_of_points() {
    let sum = rules(&format!(r#"{ONE}, "aggregate": {{ "by": "rank_sum" }}"#));
    assert_eq!(sum.ranking.wins, Wins::Lowest);
    let result = standings(&sum, entries());
    assert_eq!(totals(&result), ["6", "6.5", "5.5", "12"]);
    assert_eq!(places(&result), ["2", "3", "1", "4"]);
    assert_eq!(result.warnings, []);
    assert_eq!(told(&result, &sum, 2), "3 + 2.5 + 1 = 6.5. Third.");
    let line = &standing(&result, 3).derivation.as_ref().unwrap().sheets[0];
    assert_eq!(
        (
            line.judge.as_str(),
            line.total.as_ref().unwrap().to_string(),
            line.rank.unwrap().to_string()
        ),
        ("j3", "99".into(), "1".into())
    );
    // As many points as entries stand behind, shared by those that are tied.
    let borda = rules(&format!(r#"{ONE}, "aggregate": {{ "by": "borda" }}"#));
    let result = standings(&borda, entries());
    assert_eq!(totals(&result), ["6", "5.5", "6.5", "0"]);
    assert_eq!(places(&result), ["2", "3", "1", "4"]);
}

/// Of the ranks, not of the totals, the highest and lowest are dropped; more points still break a tie.
#[test]
fn ranks_are_trimmed_and_marks_keep_their_direction() {
    let settings = |ties: &str| {
        rules(&format!(
            r#"{ONE}, "aggregate": {{ "by": "rank_sum", "trim": [ {{ "from": 3, "high": 1, "low": 1 }} ] }},
               "ranking": {{ "ties": [ {ties} ] }}"#
        ))
    };
    let untied = standings(&settings(""), entries());
    assert_eq!(totals(&untied), ["2", "2.5", "2", "4"]);
    assert_eq!(places(&untied), ["1", "3", "1", "4"]);
    // Means of the marks 82.67 and 86.33, highest sheets 90 and 99, lowest 70 and 80, first places 1 and 1.
    for tie in [
        r#"{ "by": "criterion", "code": "mark" }"#,
        r#"{ "by": "highest_sheet" }"#,
        r#"{ "by": "lowest_sheet" }"#,
        r#"{ "by": "untrimmed_sum" }"#,
    ] {
        let result = standings(&settings(tie), entries());
        assert_eq!(places(&result), ["2", "3", "1", "4"], "{tie}");
    }
    assert_eq!(
        places(&standings(&settings(r#"{ "by": "first_places" }"#), entries())),
        ["1", "3", "1", "4"]
    );
}

/// Entries with unequal numbers of judges: the group is refused, or the mean rank counts for everybody.
#[test]
fn unequal_numbers_of_judges_are_refused_or_averaged() {
    let mut fewer = entries();
    fewer[3].sheets.remove(2);
    let refusing = rules(&format!(r#"{ONE}, "aggregate": {{ "by": "rank_sum" }}"#));
    let result = standings(&refusing, fewer.clone());
    for entry in 1..=4 {
        let reason = Reason::JudgesUnequal { fewest: 2, most: 3 };
        let one = standing(&result, entry);
        assert_eq!(
            (one.status, one.reason.as_ref()),
            (Status::Unranked, Some(&reason))
        );
    }
    let warning = Warning::JudgesUnequal {
        group: String::new(),
        entries: vec![4],
    };
    assert_eq!(result.warnings, [warning]);
    let mean = rules(&format!(
        r#"{ONE}, "aggregate": {{ "by": "rank_sum", "unequal": "mean" }}, "rounding": {{ "entry": {{ "decimals": 2 }} }}"#
    ));
    let result = standings(&mean, fewer.clone());
    // 6 ÷ 3, 6.5 ÷ 3, 5.5 ÷ 3, 8 ÷ 2.
    assert_eq!(totals(&result), ["2.00", "2.17", "1.83", "4.00"]);
    assert_eq!(result.warnings, [Warning::RankedApart { group: String::new() }]);
    assert_eq!(told(&result, &mean, 1), "3 + 2 + 1 = 6, ÷ 3 = 2.00. Second.");
    // Who has no sheet at all is unranked and refuses nobody else.
    fewer[3].sheets.clear();
    let result = standings(&refusing, fewer);
    let sums = [1, 2, 3].map(|entry| total(&result, entry));
    assert_eq!(sums, ["6", "6.5", "5.5"]);
}

/// FIRST LEGO League: a rank in each of four areas, the sum of the ranks; the robot's best of three runs.
const LEAGUE: &str = r#""rubric": { "attempts": { "count": 3, "take": "best" }, "criteria": [
    { "code": "innovation", "max": "40", "per_attempt": false },
    { "code": "design", "max": "40", "per_attempt": false },
    { "code": "values", "max": "40", "per_attempt": false },
    { "code": "robot", "kind": "recorded", "max": "500" } ] },
    "aggregate": { "by": "component_ranks" }"#;

fn team(number: i64, areas: [&str; 3], runs: [&str; 3]) -> EntryInput {
    // The runs have no marks: a sheet holds the three areas.
    let mut one = marked(number, &[("j1", &areas)]);
    for (run, score) in (1..).zip(runs) {
        one.recorded.insert(format!("robot.{run}"), points(score));
    }
    one
}

fn teams() -> Vec<EntryInput> {
    vec![
        team(1, ["40", "30", "35"], ["280", "300", "250"]),
        team(2, ["35", "40", "40"], ["250", "240", "200"]),
        team(3, ["30", "35", "30"], ["300", "290", "100"]),
        team(4, ["20", "20", "40"], ["100", "100", "400"]),
    ]
}

#[test]
fn first_lego_league() {
    let league = rules(LEAGUE);
    let result = standings(&league, teams());
    // Innovation 1 2 3 4, design 3 1 2 4, values 3 1.5 4 1.5, robot 2.5 4 2.5 1.
    assert_eq!(totals(&result), ["9.5", "8.5", "11.5", "10.5"]);
    assert_eq!(places(&result), ["2", "1", "4", "3"]);
    assert_eq!(result.warnings, []);
    assert_eq!(
        told(&result, &league, 1),
        "attempt 1: robot 280; attempt 2: robot 300; attempt 3: robot 250; attempt 2 counts: 300; \
         innovation 40, rank 1; design 30, rank 3; values 35, rank 3; robot 300, rank 2.5; ranks added up 9.5. Second."
    );
    // The robot counts twice: 12, 12.5, 14, 11.5.
    let twice = LEAGUE.replace(r#""max": "500""#, r#""max": "500", "factor": "2""#);
    let result = standings(&rules(&twice), teams());
    assert_eq!(totals(&result), ["12", "12.5", "14", "11.5"]);
    // A team without a run has no rank, and takes none from the others.
    let mut absent = teams();
    absent[3].recorded.clear();
    let result = standings(&league, absent);
    let needed = Reason::TooFewAttempts {
        present: 0,
        needed: 1,
    };
    assert_eq!(standing(&result, 4).reason, Some(needed));
    // Now values 2 1 3 and robot 1.5 3 1.5.
    assert_eq!([1, 2, 3].map(|n| total(&result, n)), ["7.5", "7", "9.5"]);
}

/// Ties go to the second, then the third best run; an award goes by the value of its area, not by the ranks.
#[test]
fn first_lego_league_ties_and_awards() {
    let league = rules(&format!(
        r#"{LEAGUE}, "ranking": {{ "ties": [ {{ "by": "attempt", "nth": 2 }}, {{ "by": "attempt", "nth": 3 }} ] }},
           "awards": [ {{ "code": "champion", "places": 1 }},
             {{ "code": "design", "places": 1, "by": {{ "criterion": "design" }} }} ]"#
    ));
    let pair = |runs: [&str; 3]| {
        let first = team(1, ["40", "30", "35"], ["280", "300", "250"]);
        standings(&league, vec![first, team(2, ["30", "40", "35"], runs)])
    };
    // Innovation 1 2, design 2 1, values 1.5 1.5, robot 1.5 1.5.
    for (runs, expected) in [
        (["300", "290", "100"], ["2", "1"]),
        (["100", "280", "300"], ["1", "2"]),
        (["250", "280", "300"], ["1", "1"]),
    ] {
        let result = pair(runs);
        assert_eq!([1, 2].map(|n| total(&result, n)), ["6", "6"]);
        assert_eq!([1, 2].map(|n| rank(&result, n)), expected, "{runs:?}");
    }
    let result = pair(["100", "280", "300"]);
    let decided = decide(&league, &[&result], &Decisions::default());
    let awards = |entry: i64| {
        let decided = decided.entries.iter().find(|d| d.entry == entry).unwrap();
        decided.awards.join("+")
    };
    assert_eq!([1, 2].map(awards), ["champion", "design"]);
}

/// A criterion may be better the lower it is: seconds.
#[test]
fn a_criterion_may_win_by_the_lowest_value() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "looks", "max": "10" },
             { "code": "seconds", "kind": "recorded", "max": "600", "step": "0.01", "wins": "lowest" } ] },
           "aggregate": { "by": "component_ranks" },
           "ranking": { "ties": [ { "by": "criterion", "code": "seconds" } ] }"#,
    );
    let robot = |number, looks: &str, seconds: &str| EntryInput {
        recorded: [("seconds".to_owned(), points(seconds))].into(),
        ..marked(number, &[("j1", &[looks])])
    };
    let entries = vec![
        robot(1, "9", "60"),
        robot(2, "8", "58.5"),
        robot(3, "7", "61"),
        robot(4, "6", "70"),
    ];
    let result = standings(&rules, entries);
    assert_eq!(totals(&result), ["3", "3", "6", "8"]);
    assert_eq!(places(&result), ["2", "1", "3", "4"]);
}

#[test]
fn contradictions_about_ranks_are_named() {
    let two = r#""rubric": { "criteria": [ { "code": "a", "max": "10" } ] }"#;
    let by = |by: &str, rest: &str| format!(r#"{two}, "aggregate": {{ "by": "{by}" {rest} }}"#);
    for (settings, at, code) in [
        (
            by("rank_sum", "") + r#", "ranking": { "wins": "highest" }"#,
            "/ranking/wins",
            "ranks_win_lowest",
        ),
        (
            by("component_ranks", "") + r#", "ranking": { "wins": "highest" }"#,
            "/ranking/wins",
            "ranks_win_lowest",
        ),
        (
            by("borda", "") + r#", "ranking": { "wins": "lowest" }"#,
            "/ranking/wins",
            "borda_wins_highest",
        ),
        (
            by("mean", r#", "unequal": "mean""#),
            "/aggregate/unequal",
            "unequal_without_ranks",
        ),
        (
            by("rank_sum", r#", "over": "criteria""#),
            "/aggregate/over",
            "ranks_of_sheets",
        ),
        (
            by("rank_sum", "").replace(
                r#""criteria""#,
                r#""attempts": { "count": 2, "take": "best" }, "criteria""#,
            ),
            "/rubric/attempts",
            "ranks_of_sheets",
        ),
        (
            by("borda", "").replace(
                "} ] }",
                r#"}, { "code": "b", "kind": "recorded", "max": "1" } ] }"#,
            ),
            "/rubric/criteria/1/kind",
            "recorded_beside_ranks",
        ),
        (
            by("component_ranks", "").replace(
                "} ] }",
                r#"}, { "code": "b", "kind": "recorded", "as": "multiplier", "max": "1" } ] }"#,
            ),
            "/rubric/criteria/1/as",
            "multiplier_beside_ranks",
        ),
        (
            by("component_ranks", "").replace(r#""criteria""#, r#""total": "mean", "criteria""#),
            "/rubric/total",
            "ranks_add_up",
        ),
        (
            by("component_ranks", "") + r#", "rounding": { "weighted_criterion": { "decimals": 1 } }"#,
            "/rounding/weighted_criterion",
            "rounding_never_reached",
        ),
        (
            by("mean", "").replace(r#""max": "10""#, r#""max": "10", "wins": "lowest""#),
            "/rubric/criteria/0/wins",
            "wins_of_component",
        ),
        (
            by("rank_sum", "") + r#", "panel": { "classes": [ { "code": "experts", "weight": "1" } ] }"#,
            "/aggregate/by",
            "classes_need_mean",
        ),
        (
            LEAGUE.replace(
                r#""max": "500" }"#,
                r#""max": "500" }, { "code": "time", "kind": "recorded", "max": "5", "wins": "lowest" }"#,
            ),
            "/rubric/attempts",
            "attempts_of_mixed_directions",
        ),
    ] {
        assert_eq!(refused(&settings), [(at.to_owned(), code)], "{settings}");
    }
}
