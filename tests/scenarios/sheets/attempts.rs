//! Several attempts of an entry: dives, robot runs.

use std::collections::BTreeMap;

use palmares::domain::points::Given;
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{EntryInput, Reason, Standings, Warning, ballot};

use crate::contest::{marked, points, rank, refused, rules, standing, standings, told, total};

/// Three dives in which seven judges give one mark each, and the difficulty is recorded.
fn dives(take: &str, rest: &str) -> Rules {
    rules(&format!(
        r#""rubric": {{ "attempts": {{ "count": 3, "take": {take} }}, "criteria": [
             {{ "code": "execution", "max": "10", "step": "0.5" }},
             {{ "code": "difficulty", "kind": "recorded", "as": "multiplier", "max": "5", "step": "0.1" }} ] }},
           "aggregate": {{ "by": "sum", "trim": [ {{ "from": 7, "high": 2, "low": 2 }} ] }},
           "rounding": {{ "entry": {{ "decimals": 1 }} }} {rest}"#
    ))
}

/// The first dive is the one of RULES: 7 + 7.5 + 7.5 = 22, × 3.0 = 66. The second: 5 + 5 + 5.5 = 15.5, × 2.0 = 31. The
/// third: 6 × 3 = 18, × 2.5 = 45.
fn diver(number: i64) -> EntryInput {
    let first = ["7.5", "7", "7.5", "7", "7.5", "8", "6.5"];
    let second = ["5", "5", "5.5", "4", "6", "6", "4.5"];
    let judges = ["j1", "j2", "j3", "j4", "j5", "j6", "j7"];
    let rows: Vec<[&str; 3]> = (0..7).map(|j| [first[j], second[j], "6"]).collect();
    let sheets: Vec<(&str, &[&str])> = judges.iter().zip(&rows).map(|(j, row)| (*j, &row[..])).collect();
    let difficulty = [
        ("difficulty.1", "3.0"),
        ("difficulty.2", "2.0"),
        ("difficulty.3", "2.5"),
    ];
    EntryInput {
        recorded: difficulty
            .map(|(code, value)| (code.to_owned(), points(value)))
            .into(),
        ..marked(number, &sheets)
    }
}

/// The diver without a dive.
fn without(number: i64, dive: usize) -> EntryInput {
    let mut one = diver(number);
    for sheet in &mut one.sheets {
        sheet.marks[dive - 1] = None;
    }
    one.recorded.remove(&format!("difficulty.{dive}"));
    one
}

fn of(rules: &Rules, entry: EntryInput) -> Standings {
    standings(rules, vec![entry])
}

#[test]
fn dives_are_taken_as_the_rules_say() {
    for (take, expected) in [
        (r#""best""#, "66.0"),
        (r#""sum""#, "142.0"),
        (r#"{ "best": 2 }"#, "111.0"),
        (r#"{ "best": 2, "by": "mean" }"#, "55.5"),
        // 142 ÷ 3 = 47.33…
        (r#""mean""#, "47.3"),
    ] {
        let result = of(&dives(take, ""), diver(1));
        assert_eq!(total(&result, 1), expected, "{take}");
        assert_eq!(result.warnings, []);
    }
    // Rounded to whole points before they are added, with other difficulties: 68.2 → 68, 35.65 → 36, 45.
    let mut rounding = dives(r#""sum""#, "");
    rounding.rounding.attempt = Some(palmares::domain::rules::RoundTo {
        decimals: 0,
        mode: Default::default(),
    });
    let mut harder = diver(1);
    harder.recorded.insert("difficulty.1".into(), points("3.1"));
    harder.recorded.insert("difficulty.2".into(), points("2.3"));
    assert_eq!(total(&of(&rounding, harder), 1), "149.0");
}

#[test]
fn the_derivation_tells_each_attempt() {
    let rules = dives(r#"{ "best": 2 }"#, "");
    let result = of(&rules, diver(1));
    let derivation = standing(&result, 1).derivation.as_ref().unwrap();
    let attempts: Vec<(u32, String, bool)> = derivation
        .attempts
        .iter()
        .map(|a| (a.attempt, a.value.to_string(), a.counts))
        .collect();
    assert_eq!(
        attempts,
        [
            (1, "66.0".into(), true),
            (2, "31.0".into(), false),
            (3, "45.0".into(), true)
        ]
    );
    let said = told(&result, &rules, 1);
    assert!(
        said.starts_with("attempt 1: 7.0 + 7.5 + 7.5 = 22.0; dropped 8.0 (highest)"),
        "{said}"
    );
    assert!(
        said.ends_with("attempts 1 and 3 added up: 111.0; total 111.0. First."),
        "{said}"
    );
}

/// A dive that nobody began is no 0: the best of the others count, and where all are needed the entry is unranked.
#[test]
fn a_missing_attempt_is_left_out_or_leaves_unranked() {
    let best = of(&dives(r#""best""#, ""), without(1, 1));
    assert_eq!((total(&best, 1).as_str(), &best.warnings[..]), ("45.0", &[][..]));
    let two = of(&dives(r#"{ "best": 2 }"#, ""), without(1, 1));
    assert_eq!(total(&two, 1), "76.0");
    let needed = |present, needed| Some(Reason::TooFewAttempts { present, needed });
    let all = of(&dives(r#""sum""#, ""), without(1, 1));
    assert_eq!(standing(&all, 1).reason, needed(2, 3));
    let mut none = without(1, 1);
    none.sheets.clear();
    none.recorded.clear();
    assert_eq!(
        standing(&of(&dives(r#""best""#, ""), none), 1).reason,
        needed(0, 1)
    );
    // Begun, but the difficulty was forgotten: the others count, and somebody is told.
    let mut forgotten = diver(1);
    forgotten.recorded.remove("difficulty.1");
    let result = of(&dives(r#""best""#, ""), forgotten.clone());
    assert_eq!(total(&result, 1), "45.0");
    assert_eq!(
        result.warnings,
        [Warning::AttemptLeftOut { entry: 1, attempt: 1 }]
    );
    let reason = Reason::RecordedMissing {
        criterion: "difficulty.1".into(),
    };
    assert_eq!(
        standing(&of(&dives(r#""mean""#, ""), forgotten), 1).reason,
        Some(reason)
    );
}

/// Where the lowest wins, the best attempt is the lowest; the criterion that breaks the tie is that of the best attempt.
#[test]
fn the_best_run_is_the_fastest() {
    let rules = rules(
        r#""rubric": { "attempts": { "count": 2, "take": "best" }, "criteria": [
             { "code": "seconds", "kind": "recorded", "max": "600", "step": "0.01" },
             { "code": "design", "max": "10", "per_attempt": false, "factor": "0.5" } ] },
           "ranking": { "wins": "lowest", "ties": [ { "by": "criterion", "code": "seconds" } ] }"#,
    );
    let robot = |number, runs: [&str; 2], faults: &str| {
        let mut one = marked(number, &[("j1", &[faults])]);
        for (run, seconds) in (1..).zip(runs) {
            one.recorded.insert(format!("seconds.{run}"), points(seconds));
        }
        one
    };
    let result = standings(
        &rules,
        vec![robot(1, ["60.5", "58.25"], "3"), robot(2, ["59.25", "90"], "1")],
    );
    // 58.25 + 1.5 and 59.25 + 0.5.
    assert_eq!([total(&result, 1), total(&result, 2)], ["59.75", "59.75"]);
    assert_eq!([rank(&result, 1), rank(&result, 2)], ["1", "2"]);
    let derivation = standing(&result, 1).derivation.as_ref().unwrap();
    assert_eq!(derivation.sheets.len(), 1);
    assert!(derivation.attempts.iter().all(|a| a.sheets.is_empty()));
}

/// A judge's sheet has a place for each attempt; an attempt that was begun must be complete.
#[test]
fn a_sheet_has_a_place_for_each_attempt() {
    let rubric = |take: &str| {
        rules(&format!(
            r#""rubric": {{ "attempts": {{ "count": 2, "take": "{take}" }}, "criteria": [
                 {{ "code": "start", "max": "10" }},
                 {{ "code": "looks", "title": {{ "en": "Looks" }}, "max": "10", "per_attempt": false }},
                 {{ "code": "finish", "title": {{ "en": "Finish", "zh": "收尾" }}, "max": "10" }} ] }}"#
        ))
    };
    let given = |marks: &[(&str, &str)]| -> BTreeMap<String, Given> {
        marks
            .iter()
            .map(|(code, mark)| ((*code).to_owned(), Given::from(*mark)))
            .collect()
    };
    let wrong = |take: &str, marks: &[(&str, &str)]| -> Vec<(String, &'static str)> {
        ballot::submission(&rubric(take).rubric, &given(marks), None).map_or_else(
            |e| e.0.into_iter().map(|e| (e.pointer, e.code)).collect(),
            |_| Vec::new(),
        )
    };
    let first = [("start.1", "5"), ("finish.1", "6"), ("looks", "7")];
    assert_eq!(wrong("best", &first), []);
    let missing = |code: &str| (format!("/marks/{code}"), "mark_missing");
    assert_eq!(wrong("sum", &first), [missing("start.2"), missing("finish.2")]);
    assert_eq!(
        wrong("best", &first[..1]),
        [missing("finish.1"), missing("looks")]
    );
    for code in ["start", "start.0", "start.3", "start.01", "looks.1", "finish.x"] {
        let unknown = (format!("/marks/{code}"), "mark_unknown_criterion");
        assert!(
            wrong("best", &[("looks", "7"), (code, "5")]).contains(&unknown),
            "{code}"
        );
    }
    let marks = ballot::submission(&rubric("best").rubric, &given(&first), None).unwrap();
    assert_eq!(marks.missing, ["start.2", "finish.2"]);
    assert_eq!(marks.in_order.len(), 5);
    assert_eq!(ballot::total(&rubric("best"), &marks), None);
    let above = ballot::draft(&rubric("best").rubric, &given(&[("finish.2", "11")])).unwrap_err();
    let text = |lang| palmares::words::field_error(&above.0[0], lang);
    assert_eq!(
        text(palmares::domain::text::Lang::En),
        "Finish 2 takes 0 to 10; 11 was given."
    );
    assert_eq!(
        text(palmares::domain::text::Lang::Zh),
        "收尾 2的分值为 0 至 10，给出的是 11。"
    );
}

/// On a common panel a judge who left before the second dive counts for neither dive.
#[test]
fn a_judge_who_left_between_attempts_is_set_aside() {
    let rules = rules(
        r#""rubric": { "attempts": { "count": 2, "take": "sum" }, "criteria": [ { "code": "execution", "max": "10" } ] },
           "panel": { "common": true }"#,
    );
    let one = marked(
        1,
        &[("j1", &["5", "6"]), ("j2", &["7", "8"]), ("j3", &["10", ""])],
    );
    let result = standings(&rules, vec![one]);
    assert_eq!(total(&result, 1), "13");
    let aside = Warning::JudgeSetAside {
        group: String::new(),
        judge: "j3".into(),
        missing: vec![1],
    };
    assert!(result.warnings.contains(&aside), "{:?}", result.warnings);
}

#[test]
fn contradictions_about_attempts_are_named() {
    let settings = |attempts: &str, criteria: &str, rest: &str| {
        format!(r#""rubric": {{ {attempts} "criteria": [ {criteria} ] }} {rest}"#)
    };
    let (one, best) = (
        r#"{ "code": "a", "max": "10" }"#,
        r#""attempts": { "count": 3, "take": "best" },"#,
    );
    for (settings, at, code) in [
        (
            settings("", r#"{ "code": "a", "max": "10", "per_attempt": false }"#, ""),
            "/rubric/criteria/0/per_attempt",
            "per_attempt_without_attempts",
        ),
        (
            settings(&best.replace('3', "1"), one, ""),
            "/rubric/attempts/count",
            "attempts_out_of_range",
        ),
        (
            settings(&best.replace('3', "4000000000"), one, ""),
            "/rubric/attempts/count",
            "attempts_out_of_range",
        ),
        (
            settings(&best.replace(r#""best""#, r#"{ "best": 4 }"#), one, ""),
            "/rubric/attempts/take/best",
            "best_out_of_range",
        ),
        (
            settings(best, r#"{ "code": "a", "max": "10", "per_attempt": false }"#, ""),
            "/rubric/attempts",
            "attempts_of_nothing",
        ),
        (
            settings(
                &format!(r#"{best} "total": "mean","#),
                &format!(r#"{one}, {{ "code": "b", "max": "10", "per_attempt": false }}"#),
                "",
            ),
            "/rubric/total",
            "mean_across_attempts",
        ),
        (
            settings(
                best,
                one,
                r#", "ranking": { "ties": [ { "by": "highest_sheet" } ] }"#,
            ),
            "/ranking/ties/0",
            "tie_break_of_one_attempt",
        ),
        (
            settings("", one, r#", "rounding": { "attempt": { "decimals": 1 } }"#),
            "/rounding/attempt",
            "rounding_never_reached",
        ),
        (
            settings(r#""attempts": { "count": 3, "take": 2 },"#, one, ""),
            "/rubric/attempts/take",
            "wrong_type",
        ),
    ] {
        assert!(
            refused(&settings).contains(&(at.to_owned(), code)),
            "{settings}: {:?}",
            refused(&settings)
        );
    }
}
