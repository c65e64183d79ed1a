//! Earlier rounds: the best of several count.

use palmares::domain::exact::Exact;
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{EarlierRound, EntryInput, Reason, Standings};
use palmares::domain::text::Lang;
use palmares::words;

use crate::contest::{ONE, entry, rank, rules, standing, standings, total};

fn after(own: &str, earlier: &[(&str, &str)], number: i64) -> EntryInput {
    let round = |(code, total): &(&str, &str)| {
        let total: Exact = total.parse().unwrap();
        let earlier = EarlierRound {
            exact: total.clone(),
            total,
            rank: None,
        };
        ((*code).to_owned(), earlier)
    };
    EntryInput {
        earlier: earlier.iter().map(round).collect(),
        ..entry(number, "", &[own])
    }
}

fn season(more: &str) -> Rules {
    rules(&format!(
        r#"{ONE}, "rounding": {{ "entry": {{ "decimals": 2 }} }}, "best_of": 2,
           "carry": [ {{ "round": "spring", "missing": "leave_out" }}, {{ "round": "summer", "missing": "leave_out" }} ] {more}"#
    ))
}

fn result(rules: &Rules) -> Standings {
    standings(
        rules,
        vec![
            after("80", &[("spring", "70"), ("summer", "75.5")], 1),
            after("60", &[("spring", "78"), ("summer", "77.25")], 2),
            after("80", &[("summer", "75.25")], 3),
            after("99", &[], 4),
        ],
    )
}

/// A season: the better two of three rounds count, whoever missed one has two left, and one alone is not enough.
#[test]
fn the_best_rounds_count() {
    let rules = season("");
    let result = result(&rules);
    assert_eq!(
        [1, 2, 3].map(|n| total(&result, n)),
        ["155.50", "155.25", "155.25"]
    );
    assert_eq!([1, 2, 3].map(|n| rank(&result, n)), ["1", "2", "2"]);
    assert_eq!(
        standing(&result, 4).reason,
        Some(Reason::EarlierMissing {
            round: "spring".into()
        })
    );
    let said = |n| words::derivation(standing(&result, n), &rules, Lang::En);
    assert_eq!(
        said(1),
        "80.00; with earlier rounds 1 × 80.00 + 1 × 75.50 from summer = 155.50 (not among the best: 1 × 70.00 from spring). First."
    );
    assert_eq!(
        said(2),
        "60.00; with earlier rounds 1 × 78.00 from spring + 1 × 77.25 from summer = 155.25 \
         (not among the best: 1 × 60.00). Second (shared)."
    );
    assert_eq!(
        words::derivation(standing(&result, 1), &rules, Lang::Zh),
        "80.00；计入以往轮次 1 × 80.00 + 1 × 75.50（summer） = 155.50（未取：1 × 70.00（spring））。第 1 名。"
    );
    let steps = serde_json::to_value(&standing(&result, 2).derivation.as_ref().unwrap().steps).unwrap();
    assert_eq!(
        steps[1],
        serde_json::json!({ "step": "own_part", "weight": "1", "value": "60.00", "added": "60", "dropped": true })
    );
}

/// Where the lowest total wins the lowest contributions are the best.
#[test]
fn the_lowest_rounds_are_the_best_where_the_lowest_wins() {
    let result = result(&season(r#", "ranking": { "wins": "lowest" }"#));
    assert_eq!(
        [1, 2, 3].map(|n| total(&result, n)),
        ["145.50", "137.25", "155.25"]
    );
}

#[test]
fn contradictions_of_the_best_rounds_are_named() {
    for (settings, at, code) in [
        (
            r#""best_of": 3, "carry": [ { "round": "a" }, { "round": "b" } ]"#,
            "/best_of",
            "best_of_out_of_range",
        ),
        (
            r#""best_of": 0, "carry": [ { "round": "a" } ]"#,
            "/best_of",
            "best_of_out_of_range",
        ),
        (r#""best_of": 1"#, "/best_of", "best_of_out_of_range"),
        (
            r#""carry": [ { "round": "a", "missing": "leave_out" } ]"#,
            "/carry/0/missing",
            "leave_out_needs_best_of",
        ),
        (
            r#""best_of": 1, "carry": [ { "round": "a", "missing": "renormalise" } ]"#,
            "/carry/0/missing",
            "renormalise_with_best_of",
        ),
        (
            r#""best_of": 1, "own_weight": 0, "carry": [ { "round": "a" } ]"#,
            "/own_weight",
            "own_weight_zero_with_best_of",
        ),
    ] {
        let invalid = Rules::parse(&format!(r#"{{ "schema": 1, {ONE}, {settings} }}"#)).unwrap_err();
        let found: Vec<_> = invalid.0.iter().map(|e| (e.pointer.as_str(), e.code)).collect();
        assert_eq!(found, [(at, code)], "{settings}");
    }
}
