//! Who is awarded: ladders of places and thresholds, awards by a criterion, one award per entry, awards that stay empty.

use palmares::domain::advancement::{Advancement, Decisions, Reasoned, Withheld, decide};
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{EntryInput, Sheet, Warning};
use palmares::domain::text::Lang;
use palmares::words;

use crate::contest::{ONE, entry, points, rank, rules, standing, standings, total};

/// What each entry is awarded, in order of their numbers.
fn awards(decided: &Advancement) -> Vec<String> {
    let mut entries: Vec<_> = decided
        .entries
        .iter()
        .map(|d| (d.entry, d.awards.join("+")))
        .collect();
    entries.sort();
    entries.into_iter().map(|(_, awards)| awards).collect()
}

fn ladder(awards: &str) -> Rules {
    rules(&format!(r#"{ONE}, "awards": [ {awards} ]"#))
}

fn given(rules: &Rules, marks: &[&str], decisions: &Decisions) -> (Vec<String>, Vec<Warning>) {
    let entries = (1..).zip(marks).map(|(n, mark)| entry(n, "", &[mark])).collect();
    let decided = decide(rules, &[&standings(rules, entries)], decisions);
    (awards(&decided), decided.warnings)
}

fn out(entry: i64) -> Decisions {
    let reason = "Its owner sits on the jury.".into();
    Decisions {
        excluded: vec![Reasoned { entry, reason }],
        ..Decisions::default()
    }
}

#[test]
fn places_are_one_ladder_and_shared_places_leave_fewer_of_the_next() {
    let rules = ladder(
        r#"{ "code": "first", "places": 1 }, { "code": "second", "places": 2 }, { "code": "third", "places": 3 }"#,
    );
    let nothing = Decisions::default();
    let marks = ["90", "85", "80", "75", "70", "65", "60"];
    let (awards, warnings) = given(&rules, &marks, &nothing);
    assert_eq!(
        awards,
        ["first", "second", "second", "third", "third", "third", ""]
    );
    assert_eq!(warnings, []);
    let (awards, warnings) = given(&rules, &["90", "90", "85", "85", "80", "80", "70"], &nothing);
    assert_eq!(
        awards,
        ["first", "first", "second", "second", "third", "third", ""]
    );
    let tied = |award: &str, entries: [i64; 2]| Warning::AwardTied {
        award: award.into(),
        entries: entries.to_vec(),
    };
    assert_eq!(warnings, [tied("first", [1, 2]), tied("second", [3, 4])]);
    // Four first prizes leave no second and two third ones.
    let (awards, warnings) = given(&rules, &["90", "90", "90", "90", "80", "70", "60"], &nothing);
    assert_eq!(awards, ["first", "first", "first", "first", "third", "third", ""]);
    assert!(warnings.contains(&Warning::AwardEmpty {
        award: "second".into(),
        group: None
    }));
}

#[test]
fn thresholds_give_as_many_as_reach_them_and_may_give_none() {
    let nothing = Decisions::default();
    let medals = ladder(
        r#"{ "code": "gold", "from": "90" }, { "code": "silver", "from": "80" }, { "code": "bronze", "from": "70" }"#,
    );
    let marks = ["95", "90", "89.99", "85", "69.99"];
    let (awards, warnings) = given(&medals, &marks, &nothing);
    assert_eq!(
        (awards, warnings),
        (
            ["gold", "gold", "silver", "silver", ""]
                .map(str::to_owned)
                .to_vec(),
            vec![]
        )
    );
    // Three gold medals from 90: one is given, two stay empty, and there are two silver ones all the same.
    let limited =
        ladder(r#"{ "code": "gold", "places": 3, "from": "90" }, { "code": "silver", "places": 2 }"#);
    assert_eq!(
        given(&limited, &marks, &nothing).0,
        ["gold", "gold", "silver", "silver", ""]
    );
    assert_eq!(
        given(&limited, &["91", "89", "88", "87", "86"], &nothing).0,
        ["gold", "silver", "silver", "", ""]
    );
    let (awards, warnings) = given(&limited, &["89", "88", "87"], &nothing);
    assert_eq!(awards, ["silver", "silver", ""]);
    assert_eq!(
        warnings,
        [Warning::AwardEmpty {
            award: "gold".into(),
            group: None
        }]
    );
    // The lowest total wins: gold up to 60 seconds.
    let time = rules(&format!(
        r#"{ONE}, "ranking": {{ "wins": "lowest" }}, "awards": [ {{ "code": "gold", "from": "60" }}, {{ "code": "silver", "from": "65" }} ]"#
    ));
    assert_eq!(
        given(&time, &["60", "60.01", "65.01"], &nothing).0,
        ["gold", "silver", ""]
    );
}

#[test]
fn what_an_excluded_entry_would_have_got_goes_down_and_is_said() {
    let rules = ladder(r#"{ "code": "first", "places": 1 }, { "code": "second", "places": 2 }"#);
    let (awards, warnings) = given(&rules, &["90", "85", "80", "75", "70"], &out(1));
    assert_eq!(awards, ["", "first", "second", "second", ""]);
    let moved = |award: &str, lost: &[i64], gained: &[i64]| Warning::AwardMoved {
        award: award.into(),
        lost: lost.to_vec(),
        gained: gained.to_vec(),
    };
    assert_eq!(warnings, [moved("first", &[1], &[2]), moved("second", &[], &[4])]);
    // Who had nothing to lose moves nothing.
    assert_eq!(given(&rules, &["90", "85", "80", "75", "70"], &out(4)).1, []);
}

#[test]
fn the_jury_may_withhold_an_award_and_the_next_one_begins_at_the_top() {
    let rules = ladder(r#"{ "code": "first", "places": 1 }, { "code": "second", "places": 2 }"#);
    let decisions = Decisions {
        withheld: vec![Withheld {
            award: "first".into(),
            group: None,
            reason: "None is outstanding.".into(),
        }],
        ..Decisions::default()
    };
    assert_eq!(
        given(&rules, &["90", "85", "80"], &decisions).0,
        ["second", "second", ""]
    );
}

/// FIRST LEGO League: one judged award per team, awards in a fixed order; the robot's award stands beside them.
#[test]
fn one_judged_award_per_team_in_a_fixed_order() {
    let document = |one: bool| {
        rules(&format!(
            r#""rubric": {{ "criteria": [ {{ "code": "innovation", "max": 10 }}, {{ "code": "design", "max": 10 }},
                 {{ "code": "values", "max": 10 }}, {{ "code": "run", "kind": "recorded", "max": 10 }} ] }},
               "one_award_per_entry": {one},
               "awards": [ {{ "code": "champions", "places": 1 }},
                 {{ "code": "innovation", "places": 1, "by": {{ "criterion": "innovation" }} }},
                 {{ "code": "design", "places": 1, "by": {{ "criterion": "design" }} }},
                 {{ "code": "values", "places": 1, "by": {{ "criterion": "values" }}, "from": "9" }},
                 {{ "code": "robot", "places": 1, "by": {{ "criterion": "run" }} {} }} ]"#,
            if one { r#", "beside_others": true"# } else { "" }
        ))
    };
    // Team 1 is the best at almost everything, team 2 the second best, and nobody else has 9 for its values.
    let team = |n: i64, marks: [&str; 3], run: &str| EntryInput {
        sheets: vec![Sheet {
            judge: "j".into(),
            marks: marks.map(|m| Some(points(m))).to_vec(),
        }],
        recorded: [("run".to_owned(), points(run))].into(),
        ..entry(n, "", &[])
    };
    let teams = vec![
        team(1, ["10", "9", "10"], "10"),
        team(2, ["9", "10", "9"], "8"),
        team(3, ["7", "8", "8"], "7"),
        team(4, ["6", "6", "7"], "6"),
    ];
    let give = |one: bool| {
        let rules = document(one);
        let decided = decide(
            &rules,
            &[&standings(&rules, teams.clone())],
            &Decisions::default(),
        );
        (awards(&decided), decided.warnings)
    };
    let empty = vec![Warning::AwardEmpty {
        award: "values".into(),
        group: None,
    }];
    assert_eq!(
        give(true),
        (
            ["champions+robot", "innovation", "design", ""]
                .map(str::to_owned)
                .to_vec(),
            empty
        )
    );
    assert_eq!(
        give(false).0,
        ["champions+innovation+values+robot", "design", "", ""]
    );
}

#[test]
fn each_group_has_its_awards_and_a_shared_value_shares_them() {
    let rules = rules(&format!(
        r#"{ONE}, "ranking": {{ "group_by": [ "track" ] }},
           "awards": [ {{ "code": "best", "places": 1 }}, {{ "code": "audience", "places": 1, "by": {{ "criterion": "mark" }} }} ]"#
    ));
    let entries = vec![
        entry(1, "a", &["80"]),
        entry(2, "a", &["80"]),
        entry(3, "b", &["60"]),
        entry(4, "b", &["50"]),
    ];
    let decided = decide(&rules, &[&standings(&rules, entries)], &out(3));
    assert_eq!(
        awards(&decided),
        ["best+audience", "best+audience", "", "best+audience"]
    );
    assert_eq!(decided.warnings.len(), 4);
}

/// Decisions that were kept before an entry could have several awards are read as they were.
#[test]
fn a_kept_decision_with_one_award_is_read() {
    let kept = r#"{ "entries": [ { "entry": 1, "group": "", "outcome": "not_advanced", "award": "first" } ], "warnings": [] }"#;
    let read: Advancement = serde_json::from_str(kept).unwrap();
    assert_eq!(read.entries[0].awards, ["first"]);
    let again = serde_json::to_string(&read).unwrap();
    assert_eq!(serde_json::from_str::<Advancement>(&again).unwrap(), read);
}

/// FIRST LEGO League's robot game: the best of three runs counts, a tie goes to the second best run, then the third.
#[test]
fn a_tie_goes_to_the_second_then_the_third_best_run() {
    let rules = rules(
        r#""rubric": { "attempts": { "count": 3, "take": "best" },
             "criteria": [ { "code": "run", "kind": "recorded", "max": "1000" } ] },
           "ranking": { "ties": [ { "by": "attempt", "nth": 2 }, { "by": "attempt", "nth": 3 }, { "by": "shared" } ] }"#,
    );
    let team = |n: i64, runs: &[&str]| EntryInput {
        recorded: (1..)
            .zip(runs)
            .map(|(i, run): (u32, _)| (format!("run.{i}"), points(run)))
            .collect(),
        ..entry(n, "", &[])
    };
    let teams = vec![
        team(1, &["300", "410", "350"]),
        team(2, &["410", "200", "355"]),
        team(3, &["290", "350", "410"]),
        team(4, &["300", "350", "410"]),
        team(5, &["100", "420"]),
    ];
    let result = standings(&rules, teams.clone());
    let ranks = [1, 2, 3, 4, 5].map(|n| rank(&result, n));
    assert_eq!(ranks, ["3", "2", "5", "3", "1"]);
    assert_eq!(result.warnings, []);
    let said = |n, lang| words::derivation(standing(&result, n), &rules, lang);
    assert!(
        said(2, Lang::En).ends_with("Second, ahead of entry 1 by the second best attempt 355 : 350."),
        "{}",
        said(2, Lang::En)
    );
    assert!(
        said(3, Lang::Zh).ends_with("，以第三好的一次 290 : 300 落后项目 4。"),
        "{}",
        said(3, Lang::Zh)
    );
    // A run that somebody lacks decides nothing, and is not 0.
    let mut two_runs = teams;
    two_runs.truncate(2);
    two_runs[1].recorded = [("run.1".to_owned(), points("410"))].into();
    let result = standings(&rules, two_runs);
    assert_eq!([1, 2].map(|n| rank(&result, n)), ["1", "1"]);
    let lacking = Warning::TieValueMissing {
        by: "attempt".into(),
        entries: vec![1, 2],
    };
    assert_eq!(result.warnings, [lacking]);
    for (tie, at, code) in [
        (
            r#"{ "by": "attempt", "nth": 4 }"#,
            "/ranking/ties/0/nth",
            "attempt_out_of_range",
        ),
        (
            r#"{ "by": "attempt", "nth": 0 }"#,
            "/ranking/ties/0/nth",
            "attempt_out_of_range",
        ),
        (r#"{ "by": "attempt" }"#, "/ranking/ties/0/nth", "missing_key"),
        (
            r#"{ "by": "sealed" }"#,
            "/ranking/ties/0",
            "tie_break_of_one_attempt",
        ),
    ] {
        let document = format!(
            r#"{{ "schema": 1, "rubric": {{ "attempts": {{ "count": 3, "take": "best" }}, "criteria": [ {{ "code": "run", "max": 10 }} ] }},
                 "ranking": {{ "ties": [ {tie} ] }} }}"#
        );
        let invalid = Rules::parse(&document).unwrap_err();
        let found: Vec<_> = invalid.0.iter().map(|e| (e.pointer.as_str(), e.code)).collect();
        assert_eq!(found, [(at, code)], "{tie}");
    }
}

/// Where ranks are summed the lowest total wins, but the most points for a criterion still win its award.
#[test]
fn an_award_for_a_criterion_goes_by_its_marks_and_not_by_the_direction_of_the_ranks() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "innovation", "max": 10 },
             { "code": "seconds", "kind": "recorded", "max": 600, "wins": "lowest" } ] },
           "aggregate": { "by": "component_ranks" },
           "awards": [ { "code": "innovation", "places": 1, "by": { "criterion": "innovation" }, "from": "8" },
             { "code": "fastest", "places": 1, "by": { "criterion": "seconds" }, "from": "60" } ]"#,
    );
    let team = |number, mark: &str, seconds: &str| EntryInput {
        recorded: [("seconds".to_owned(), points(seconds))].into(),
        ..entry(number, "", &[mark])
    };
    let teams = vec![team(1, "5", "59"), team(2, "9", "70"), team(3, "7", "65")];
    let decided = decide(&rules, &[&standings(&rules, teams)], &Decisions::default());
    let mut given: Vec<(i64, Vec<String>)> = decided
        .entries
        .iter()
        .map(|d| (d.entry, d.awards.clone()))
        .collect();
    given.sort();
    let of = |award: &str| vec![award.to_owned()];
    assert_eq!(
        given,
        [(1, of("fastest")), (2, of("innovation")), (3, Vec::new())]
    );
}

/// The whole of it: the lowest sum of ranks in four areas wins, a tie goes to the second best run, awards in a fixed order.
#[test]
fn ranks_of_areas_runs_and_awards_together() {
    let rules = rules(
        r#""rubric": { "attempts": { "count": 3, "take": "best" }, "criteria": [
             { "code": "innovation", "max": "40", "per_attempt": false },
             { "code": "design", "max": "40", "per_attempt": false },
             { "code": "values", "max": "40", "per_attempt": false },
             { "code": "robot", "kind": "recorded", "max": "500" } ] },
           "aggregate": { "by": "component_ranks" },
           "ranking": { "ties": [ { "by": "attempt", "nth": 2 }, { "by": "attempt", "nth": 3 } ] },
           "one_award_per_entry": true,
           "awards": [ { "code": "champions", "places": 1 },
             { "code": "innovation", "places": 1, "by": { "criterion": "innovation" } },
             { "code": "values", "places": 1, "by": { "criterion": "values" } },
             { "code": "robot", "places": 1, "by": { "criterion": "robot" }, "beside_others": true } ]"#,
    );
    let team = |n: i64, areas: [&str; 3], runs: [&str; 3]| EntryInput {
        sheets: vec![Sheet {
            judge: "j".into(),
            marks: areas.map(|m| Some(points(m))).to_vec(),
        }],
        recorded: (1..)
            .zip(runs)
            .map(|(i, run): (u32, _)| (format!("robot.{i}"), points(run)))
            .collect(),
        ..entry(n, "", &[])
    };
    // Ranks: innovation 1 2 3, design 2 1 3, values 2 2 2, robot 1.5 1.5 3.
    let teams = vec![
        team(1, ["40", "30", "35"], ["300", "200", "100"]),
        team(2, ["35", "40", "35"], ["150", "250", "300"]),
        team(3, ["30", "20", "35"], ["290", "290", "290"]),
    ];
    let result = standings(&rules, teams);
    assert_eq!([1, 2, 3].map(|n| total(&result, n)), ["6.5", "6.5", "11"]);
    assert_eq!([1, 2, 3].map(|n| rank(&result, n)), ["2", "1", "3"]);
    let decided = decide(&rules, &[&result], &Decisions::default());
    assert_eq!(
        awards(&decided),
        ["innovation+robot", "champions+robot", "values"]
    );
    assert_eq!(
        decided.warnings,
        [Warning::AwardTied {
            award: "robot".into(),
            entries: vec![1, 2]
        }]
    );
}
