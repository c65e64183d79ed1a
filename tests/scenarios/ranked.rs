//! Ranks that give points by a table, or are multiplied; places of earlier rounds; values in proportion to others; awards
//! over all groups.

use std::collections::BTreeMap;

use palmares::domain::advancement::{Decisions, Reasoned, decide};
use palmares::domain::exact::Exact;
use palmares::domain::scoring::{EarlierRound, EntryInput, Participation, Rank};

use crate::contest::{marked, rank, refused, rules, standings, told, total};
use crate::dropped::recorded;

fn totals<const N: usize>(result: &palmares::domain::scoring::Standings) -> [String; N] {
    std::array::from_fn(|i| total(result, i64::try_from(i + 1).unwrap()))
}

/// A song contest: 12, 10, 8 … for each judge's order; equal ones share what their places give.
#[test]
fn each_judges_order_gives_points_by_a_table() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "song", "max": 100 } ] },
           "aggregate": { "by": "rank_points", "points": [ 12, 10, 8 ] }"#,
    );
    let result = standings(
        &rules,
        vec![
            marked(1, &[("x", &["90"]), ("y", &["70"])]),
            marked(2, &[("x", &["80"]), ("y", &["70"])]),
            marked(3, &[("x", &["70"]), ("y", &["70"])]),
            marked(4, &[("x", &["60"]), ("y", &["60"])]),
        ],
    );
    assert_eq!(totals::<4>(&result), ["22", "20", "18", "0"]);
    assert_eq!(told(&result, &rules, 1), "10 + 12 = 22. First.");
    // A tie that reaches behind the table: three share 10 and 8.
    let result = standings(
        &rules,
        vec![
            marked(1, &[("x", &["90"])]),
            marked(2, &[("x", &["80"])]),
            marked(3, &[("x", &["80"])]),
            marked(4, &[("x", &["80"])]),
        ],
    );
    assert_eq!(totals::<4>(&result), ["12", "6", "6", "6"]);
}

/// Climbing: places in three disciplines multiplied, the lowest product wins; the same by judges.
#[test]
fn ranks_are_multiplied() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "speed", "kind": "recorded", "max": 99, "step": "0.01", "wins": "lowest" },
             { "code": "boulder", "kind": "recorded", "max": 99 }, { "code": "lead", "kind": "recorded", "max": 99 } ] },
           "aggregate": { "by": "component_product" }, "ranking": { "ties": [ { "by": "criterion", "code": "lead" } ] }"#,
    );
    let climber =
        |n, speed, boulder, lead| recorded(n, &[("speed", speed), ("boulder", boulder), ("lead", lead)]);
    let result = standings(
        &rules,
        vec![
            climber(1, "5.9", "4", "35"),
            climber(2, "6.4", "3", "42"),
            climber(3, "7.1", "2", "40"),
        ],
    );
    // 1 × 1 × 3, 2 × 2 × 1, 3 × 3 × 2.
    assert_eq!(totals::<3>(&result), ["3", "4", "18"]);
    assert!(told(&result, &rules, 3).contains("ranks multiplied 18"));
    let jury = crate::contest::rules(
        r#""rubric": { "criteria": [ { "code": "act", "max": 10 } ] }, "aggregate": { "by": "rank_product" }"#,
    );
    let result = standings(
        &jury,
        vec![
            marked(1, &[("x", &["9"]), ("y", &["7"]), ("z", &["8"])]),
            marked(2, &[("x", &["8"]), ("y", &["9"]), ("z", &["8"])]),
            marked(3, &[("x", &["7"]), ("y", &["8"]), ("z", &["7"])]),
        ],
    );
    // 1 × 3 × 1.5, 2 × 1 × 1.5, 3 × 2 × 3.
    assert_eq!(totals::<3>(&result), ["4.5", "3", "18"]);
    assert_eq!(told(&result, &jury, 2), "2 × 1.5 × 1 = 3. First.");
}

/// A fitness contest: each event gives points by place, times its factor; who lacks an event gets none.
#[test]
fn each_criterion_gives_points_by_a_table() {
    let rules = rules(
        r#""rubric": { "criteria": [ { "code": "lift", "kind": "recorded", "max": 300 },
             { "code": "run", "kind": "recorded", "max": 3000, "wins": "lowest", "factor": "2" } ] },
           "aggregate": { "by": "component_points", "points": [ 100, 95, 90 ], "absent": "after_last" },
           "ranking": { "ties": [ { "by": "criterion", "code": "lift" } ] }"#,
    );
    let result = standings(
        &rules,
        vec![
            recorded(1, &[("lift", "200"), ("run", "900")]),
            recorded(2, &[("lift", "200"), ("run", "800")]),
            recorded(3, &[("lift", "150")]),
        ],
    );
    assert_eq!(totals::<3>(&result), ["287.5", "297.5", "90"]);
    let text = told(&result, &rules, 1);
    assert!(
        text.contains("lift 200, rank 1.5 (97.5 points); run 900, rank 2 (95 points) × 2; points for the ranks added up 287.5"),
        "{text}"
    );
}

/// A series: the places of its races give points, the best two of three count; or the places themselves are added up.
#[test]
fn places_of_earlier_rounds() {
    let earlier = |ranks: [Option<&str>; 3]| EntryInput {
        earlier: ranks
            .iter()
            .enumerate()
            .filter_map(|(i, rank)| {
                let rank: Rank = (*rank)?.parse().unwrap();
                let total = Exact::whole(50);
                let (exact, rank) = (total.clone(), Some(rank));
                Some((format!("race{}", i + 1), EarlierRound { total, exact, rank }))
            })
            .collect::<BTreeMap<_, _>>(),
        ..EntryInput::default()
    };
    let series = |extra: &str, missing: &str| {
        let races = (1..=3)
            .map(|n| format!(r#"{{ "round": "race{n}", "of": "rank" {extra}, "missing": {missing} }}"#));
        races.collect::<Vec<_>>().join(", ")
    };
    let entries = || {
        let mut all = vec![
            earlier([Some("1"), Some("3"), Some("2")]),
            earlier([Some("2.5"), Some("1"), Some("5")]),
            earlier([Some("2.5"), None, Some("1")]),
        ];
        for (i, entry) in (1..).zip(&mut all) {
            entry.number = i;
        }
        all
    };
    let by_points = rules(&format!(
        r#""rubric": {{ "criteria": [ {{ "code": "none", "kind": "recorded", "as": "apart", "max": 1 }} ] }},
           "own_weight": "0", "carry": [ {} ]"#,
        series(r#", "points": [ 25, 18, 15, 12 ]"#, r#"{ "value": "0" }"#)
    ));
    let result = standings(&by_points, entries());
    // 25 + 15 + 18, 16.5 + 25 + 0, 16.5 + 0 + 25.
    assert_eq!(totals::<3>(&result), ["58", "41.5", "41.5"]);
    let by_ranks = rules(&format!(
        r#""rubric": {{ "criteria": [] }}, "own_weight": "0", "carry": [ {} ], "ranking": {{ "wins": "lowest" }}"#,
        series("", r#"{ "value": "9" }"#)
    ));
    let result = standings(&by_ranks, entries());
    assert_eq!(totals::<3>(&result), ["6", "8.5", "12.5"]);
    assert_eq!(rank(&result, 1), "1");
    assert_eq!(
        refused(r#""rubric": { "criteria": [] }, "carry": [ { "round": "a", "of": "rank" } ]"#),
        [("/carry/0/of".to_owned(), "carried_ranks_win_lowest")]
    );
    assert_eq!(
        refused(r#""rubric": { "criteria": [] }, "carry": [ { "round": "a", "points": [ 3 ] } ]"#),
        [("/carry/0/points".to_owned(), "points_without_rank")]
    );
}

/// A tender: quality by judges, and the price by the usual formula; a hackathon: a share of the votes, or the most votes full.
#[test]
fn recorded_values_in_proportion_to_the_others() {
    let tender = rules(
        r#""rubric": { "criteria": [ { "code": "quality", "max": 70 },
             { "code": "price", "kind": "recorded", "min": 1, "max": 9999, "wins": "lowest", "scaled": { "to": 30, "by": "best" } } ] },
           "rounding": { "entry": { "decimals": 2 } }"#,
    );
    let bid = |number, quality: &str, price: &str| {
        let mut entry = marked(number, &[("x", &[quality])]);
        entry.recorded.insert("price".into(), price.parse().unwrap());
        entry
    };
    let mut gone = bid(4, "70", "10");
    gone.participation = Participation::Withdrawn {
        reason: "late".into(),
    };
    let result = standings(
        &tender,
        vec![
            bid(1, "60", "200"),
            bid(2, "65", "300"),
            bid(3, "50", "400"),
            gone,
        ],
    );
    // 30, 20 and 15; who is gone sets no price.
    assert_eq!(totals::<3>(&result), ["90.00", "85.00", "65.00"]);
    let text = told(&result, &tender, 2);
    assert!(text.contains("price 300, scaled to 20"), "{text}");
    let hackathon = |by: &str, factor: &str| {
        rules(&format!(
            r#""rubric": {{ "criteria": [ {{ "code": "jury", "max": 80 }},
                 {{ "code": "votes", "kind": "recorded", "max": 9999, "scaled": {{ "to": 20, "by": "{by}" }} {factor} }} ] }},
               "rounding": {{ "weighted_criterion": {{ "decimals": 1 }} }}"#
        ))
    };
    let team = |number, jury: &str, votes: &str| {
        let mut entry = marked(number, &[("x", &[jury])]);
        entry.recorded.insert("votes".into(), votes.parse().unwrap());
        entry
    };
    let teams = || vec![team(1, "60", "100"), team(2, "60", "50"), team(3, "60", "10")];
    assert_eq!(
        totals::<3>(&standings(&hackathon("best", ""), teams())),
        ["80", "70", "62"]
    );
    assert_eq!(
        totals::<3>(&standings(&hackathon("sum", ""), teams())),
        ["72.5", "66.3", "61.3"]
    );
    assert_eq!(
        totals::<3>(&standings(&hackathon("range", ""), teams())),
        ["80", "68.9", "60"]
    );
    assert_eq!(
        totals::<3>(&standings(&hackathon("best", r#", "factor": "0.5""#), teams())),
        ["70", "65", "61"]
    );
    let nobody = vec![team(1, "60", "0"), team(2, "50", "0")];
    assert_eq!(
        totals::<2>(&standings(&hackathon("best", ""), nobody)),
        ["60", "50"]
    );
}

/// The grand prize goes to the best of all groups, gold to the best of each; of equal totals the chain decides.
#[test]
fn awards_over_all_groups() {
    let of = |one: bool| {
        rules(&format!(
            r#""rubric": {{ "criteria": [ {{ "code": "a", "max": 60 }}, {{ "code": "b", "max": 40 }} ] }},
               "ranking": {{ "group_by": [ "track" ], "ties": [ {{ "by": "criterion", "code": "a" }} ] }},
               "one_award_per_entry": {one},
               "awards": [ {{ "code": "grand", "places": 1, "across_groups": true }}, {{ "code": "gold", "places": 1 }},
                           {{ "code": "runner-up", "places": 1, "across_groups": true }} ]"#
        ))
    };
    let entry = |number, group: &str, marks: [&str; 2]| EntryInput {
        group: group.into(),
        ..marked(number, &[("x", &marks)])
    };
    let entries = || {
        vec![
            entry(1, "north", ["50", "40"]),
            entry(2, "north", ["50", "30"]),
            entry(3, "south", ["55", "35"]),
            entry(4, "south", ["40", "38"]),
        ]
    };
    let given = |one: bool, out: &[i64]| {
        let rules = of(one);
        assert!(rules.spans_groups());
        let result = standings(&rules, entries());
        let excluded = out.iter().map(|entry| Reasoned {
            entry: *entry,
            reason: "x".into(),
        });
        let decisions = Decisions {
            excluded: excluded.collect(),
            ..Decisions::default()
        };
        let decided = decide(&rules, &[&result], &decisions);
        [1, 2, 3, 4].map(|n| {
            decided
                .entries
                .iter()
                .find(|d| d.entry == n)
                .unwrap()
                .awards
                .join(" ")
        })
    };
    // 90 = 90, and 3 has more of a.
    assert_eq!(given(false, &[]), ["gold runner-up", "", "grand gold", ""]);
    assert_eq!(given(true, &[]), ["gold", "runner-up", "grand", "gold"]);
    assert_eq!(given(false, &[3]), ["grand gold", "runner-up", "", "gold"]);
}

#[test]
fn contradictions_are_named() {
    let judged = r#""rubric": { "criteria": [ { "code": "a", "max": 10 } ] }"#;
    let votes = |more: &str| {
        format!(
            r#""rubric": {{ "criteria": [ {{ "code": "a", "max": 10 }}, {{ "code": "v", "kind": "recorded", "max": 10, {more} }} ] }}"#
        )
    };
    for (settings, at, code) in [
        (format!(r#"{judged}, "aggregate": {{ "by": "rank_points" }}"#), "/aggregate/points", "points_missing"),
        (format!(r#"{judged}, "aggregate": {{ "by": "borda", "points": [ 3, 2 ] }}"#), "/aggregate/points", "points_without_table"),
        (
            format!(r#"{judged}, "aggregate": {{ "by": "rank_points", "points": [ 3, 4 ] }}"#),
            "/aggregate/points/1",
            "points_not_descending",
        ),
        (
            format!(r#"{judged}, "aggregate": {{ "by": "rank_points", "points": [ 3 ] }}, "ranking": {{ "wins": "lowest" }}"#),
            "/ranking/wins",
            "borda_wins_highest",
        ),
        (
            format!(r#"{judged}, "aggregate": {{ "by": "rank_product", "unequal": "mean" }}"#),
            "/aggregate/unequal",
            "mean_of_product",
        ),
        (format!(r#"{judged}, "aggregate": {{ "absent": "after_last" }}"#), "/aggregate/absent", "absent_without_ranks"),
        (
            r#""rubric": { "criteria": [ { "code": "a", "max": 10, "factor": 2 } ] }, "aggregate": { "by": "component_product" }"#.into(),
            "/rubric/criteria/0/factor",
            "factor_of_product",
        ),
        (
            r#""rubric": { "criteria": [ { "code": "a", "max": 10, "scaled": { "to": 3, "by": "best" } } ] }"#.into(),
            "/rubric/criteria/0/scaled",
            "scaled_needs_recorded",
        ),
        (votes(r#""scaled": { "to": 0, "by": "best" }"#), "/rubric/criteria/1/scaled/to", "scaled_to_nothing"),
        (votes(r#""wins": "lowest", "scaled": { "to": 3, "by": "best" }"#), "/rubric/criteria/1/scaled/by", "scaled_needs_positive"),
        (votes(r#""min": 1, "wins": "lowest", "scaled": { "to": 3, "by": "sum" }"#), "/rubric/criteria/1/scaled/by", "scaled_sum_of_lowest"),
        (votes(r#""wins": "lowest""#), "/rubric/criteria/1/wins", "wins_of_component"),
        (format!(r#"{judged}, "awards": [ {{ "code": "x", "places": 1, "across_groups": true }} ]"#), "/awards/0/across_groups", "needs_groups"),
    ] {
        assert_eq!(refused(&settings), [(at.to_owned(), code)], "{settings}");
    }
}
