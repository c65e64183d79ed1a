//! Ranks in the place of totals: each judge's order, each criterion's.

use serde_json::{Value, json};

use super::{Game, of, one, ranked};

/// Ranks by J1: 1, 2.5, 2.5, 4; by J2: 3, 1, 2, 4; by J3: 2, 3, 1, 4.
const MARKS: [[&str; 3]; 4] = [
    ["90", "70", "88"],
    ["80", "90", "77"],
    ["80", "80", "99"],
    ["70", "60", "66"],
];

async fn judged(db: crate::support::Db, by: Value) -> Game {
    let mut rules = one(json!({ "aggregate": by }));
    rules["rounding"] = json!({ "entry": { "decimals": 1 } });
    let game = Game::open(db, rules, 4, &Game::plain(&["J1", "J2", "J3"])).await;
    for (entry, marks) in (1..).zip(MARKS) {
        game.marks("final", entry, &marks).await;
    }
    game
}

/// Entry 3 has a sheet of J1 only.
async fn unequal(db: crate::support::Db, unequal: &str) -> Game {
    let mut rules = one(json!({ "aggregate": { "by": "rank_sum", "unequal": unequal } }));
    rules["rounding"] = json!({ "entry": { "decimals": 1 } });
    let game = Game::open(db, rules, 3, &Game::plain(&["J1", "J2"])).await;
    game.marks("final", 1, &["90", "80"]).await;
    game.marks("final", 2, &["80", "90"]).await;
    game.marks("final", 3, &["70"]).await;
    game
}

both_databases! {
    async fn the_lowest_sum_of_the_judges_ranks_wins(db) {
        let game = judged(db, json!({ "by": "rank_sum" })).await;
        let standings = game.standings("final").await;
        ranked(&standings, &[(3, "1", "5.5"), (1, "2", "6.0"), (2, "3", "6.5"), (4, "4", "12.0")]);
        let sheets = of(&standings, 2)["derivation"]["sheets"].as_array().unwrap();
        let ranks: Vec<_> = sheets.iter().map(|s| (s["judge"].clone(), s["rank"].to_string())).collect();
        assert_eq!(ranks, [(json!("J2"), "1".into()), (json!("J1"), "2.5".into()), (json!("J3"), "3".into())]);
        game.end().await;
    }

    async fn the_most_points_of_borda_win(db) {
        let game = judged(db, json!({ "by": "borda" })).await;
        // As many points as entries stand behind: 3 + 1 + 2, 1.5 + 3 + 1, 1.5 + 2 + 3, 0.
        ranked(&game.standings("final").await, &[(3, "1", "6.5"), (1, "2", "6.0"), (2, "3", "5.5"), (4, "4", "0.0")]);
        game.end().await;
    }

    async fn unequal_numbers_of_judges_are_refused(db) {
        let game = unequal(db, "refuse").await;
        for standing in &game.standings("final").await {
            assert_eq!(standing["reason"], json!({ "code": "judges_unequal", "fewest": 1, "most": 2 }));
        }
        assert!(game.warnings("final").await.contains(&"judges_unequal".to_owned()));
        game.end().await;
    }

    async fn unequal_numbers_of_judges_are_averaged_where_the_rules_say_so(db) {
        let game = unequal(db, "mean").await;
        ranked(&game.standings("final").await, &[(1, "1", "1.5"), (2, "1", "1.5"), (3, "3", "3.0")]);
        game.end().await;
    }

    async fn a_league_adds_the_ranks_of_its_areas_and_the_best_run(db) {
        let rules = json!({
            "rubric": { "attempts": { "count": 3, "take": "best" }, "criteria": [
                { "code": "innovation", "max": "40", "per_attempt": false },
                { "code": "values", "max": "40", "per_attempt": false },
                { "code": "robot", "kind": "recorded", "max": "500" } ] },
            "aggregate": { "by": "component_ranks" },
            "ranking": { "ties": [{ "by": "attempt", "nth": 2 }] },
        });
        let game = Game::open(db, rules, 3, &Game::plain(&["J1"])).await;
        // Ranks: innovation 1, 2, 3; values 2, 1, 3; robot 2, 2, 1 of 300, 300, 400 shared as 2.5, 2.5, 1.
        for (entry, innovation, values, runs) in
            [(1, 40, 30, [300, 100, 200]), (2, 35, 35, [250, 300, 10]), (3, 10, 10, [400, 0, 0])] {
            game.sheet("J1", entry, json!({ "innovation": innovation, "values": values })).await.ok();
            let runs = json!({ "robot.1": runs[0], "robot.2": runs[1], "robot.3": runs[2] });
            game.record(entry, runs).await.created();
        }
        let standings = game.standings("final").await;
        // 1 + 2 + 2.5 = 5.5 and 2 + 1 + 2.5 = 5.5; the second best runs are 200 and 250. 3 + 3 + 1 = 7.
        ranked(&standings, &[(2, "1", "5.5"), (1, "2", "5.5"), (3, "3", "7")]);
        let tie = &of(&standings, 2)["derivation"]["ties"][0];
        assert_eq!((&tie["by"], &tie["ours"], &tie["theirs"]), (&json!("attempt"), &json!("250"), &json!("200")));
        game.end().await;
    }
}
