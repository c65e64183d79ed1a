//! A tie-breaking judge, whose sheets stay sealed unless a tie asks for them.

use serde_json::{Value, json};

use super::{Game, of, one, ranked};
use crate::cup::CUP;

fn bench() -> Vec<(&'static str, Value)> {
    vec![
        ("J1", json!({})),
        ("J2", json!({})),
        ("TB", json!({ "sealed": true })),
    ]
}

/// Entries 1 and 2 have 85 each, entry 3 has 70; the sealed sheets say 60, 70 and 99.
async fn judged(db: crate::support::Db, ties: Value) -> Game {
    let rules = one(json!({ "panel": { "minimum_sheets": 2, "common": true }, "ranking": { "ties": ties } }));
    let game = Game::open(db, rules, 3, &bench()).await;
    game.marks("final", 1, &["80", "90", "60"]).await;
    game.marks("final", 2, &["85", "85", "70"]).await;
    game.marks("final", 3, &["70", "70", "99"]).await;
    game
}

async fn sealed_ballot(game: &Game, entry: i64) -> Value {
    let got = game
        .organizer()
        .get(&format!("{CUP}/rounds/final/entries/{entry}/ballots"))
        .await;
    let items = got.ok()["items"].as_array().unwrap();
    items.iter().find(|b| b["code"] == "TB").unwrap().clone()
}

both_databases! {
    async fn a_sealed_sheet_is_opened_only_where_a_tie_asks_for_it(db) {
        let game = judged(db, json!([{ "by": "sealed" }, { "by": "shared" }])).await;
        let panel = game.get("final", "panels").await;
        assert_eq!(panel.ok()["items"][0]["judges"][2]["sealed"], true);
        let mine = game.judge("TB").get("/me/assignments").await;
        let first = &mine.ok()["items"][0];
        assert_eq!((&first["judge"], &first["sealed"]), (&json!("TB"), &json!(true)));
        for entry in 1..=3 {
            let sheet = sealed_ballot(&game, entry).await;
            assert_eq!((&sheet["sealed"], &sheet["status"], &sheet["versions"]), (&json!(true), &json!("submitted"), &json!([])));
        }
        let own = game.judge("TB").get(&format!("{CUP}/rounds/final/entries/3/ballot")).await;
        assert_eq!(own.ok()["marks"], json!({ "mark": "99.00" }));
        let closed = game.close("final").await;
        assert_eq!((&closed["missing"], &closed["warnings"]), (&json!([]), &json!([])));
        let standings = game.standings("final").await;
        ranked(&standings, &[(2, "1", "85.00"), (1, "2", "85.00"), (3, "3", "70.00")]);
        let ties = &of(&standings, 1)["derivation"]["ties"];
        assert_eq!(ties, &json!([{ "with": 2, "ahead": false, "by": "sealed", "ours": "60.00", "theirs": "70.00" }]));
        assert!(!of(&standings, 3).to_string().contains("99"), "nobody learns what was not asked");
        for (entry, mark) in [(1, "60.00"), (2, "70.00")] {
            assert_eq!(sealed_ballot(&game, entry).await["versions"][0]["marks"]["mark"], mark);
        }
        assert_eq!(sealed_ballot(&game, 3).await["versions"], json!([]));
        game.end().await;
    }

    async fn a_sealed_sheet_that_is_missing_is_said_and_counts_nowhere(db) {
        let rules = one(json!({ "panel": { "minimum_sheets": 2, "common": true },
            "ranking": { "ties": [{ "by": "sealed" }, { "by": "shared" }] } }));
        let game = Game::open(db, rules, 2, &bench()).await;
        game.marks("final", 1, &["80", "90", "60"]).await;
        game.marks("final", 2, &["85", "85"]).await;
        let progress = game.get("final", "progress").await;
        let group = &progress.ok()["groups"][0];
        assert_eq!((&group["assigned"], &group["submitted"]), (&json!(6), &json!(5)));
        assert_eq!(group["missing"], json!([{ "entry": 2, "judge": "TB" }]));
        let judges = progress.body["judges"].as_array().unwrap();
        let sealed: Vec<_> = judges.iter().map(|j| j["sealed"].clone()).collect();
        assert_eq!(sealed, [json!(null), json!(null), json!(true)]);
        let closed = game.close("final").await;
        assert_eq!(closed["missing"], json!([{ "entry": 2, "judge": "TB" }]));
        // The common panel is J1 and J2: nobody is set aside for the sake of a sheet that counts nowhere.
        ranked(&game.standings("final").await, &[(1, "1", "85.00"), (2, "1", "85.00")]);
        let warnings = game.warnings("final").await;
        assert!(warnings.contains(&"sheet_missing".to_owned()), "{warnings:?}");
        assert!(!warnings.contains(&"judge_set_aside".to_owned()), "{warnings:?}");
        game.end().await;
    }

    async fn a_sealed_judge_whom_the_rules_never_ask_is_warned_of(db) {
        let game = judged(db, json!([{ "by": "shared" }])).await;
        game.close("final").await;
        ranked(&game.standings("final").await, &[(1, "1", "85.00"), (2, "1", "85.00"), (3, "3", "70.00")]);
        assert_eq!(game.warnings("final").await, ["sealed_never_opened"]);
        assert_eq!(sealed_ballot(&game, 1).await["versions"], json!([]));
        let path = format!("{CUP}/rounds/final/panels/all");
        let judges = [("J1", false), ("J2", true)].map(|(j, sealed)| json!({ "judge": game.judge(j).id, "sealed": sealed }));
        let body = json!({ "group": "all", "judges": judges });
        game.organizer().put(&path, "\"v1\"", body).await.problem(409, "group_closed");
        game.end().await;
    }
}
