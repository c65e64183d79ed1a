//! Criteria that are dropped, stand apart or ask for something, votes in proportion, an award over all groups.

use serde_json::{Value, json};

use super::exported::computed_again;
use super::{Game, of, table};

/// The better two of three criteria, 20 points for the most votes of the group; nobody goes on with less than 10 for safety.
fn rules() -> Value {
    json!({
        "rubric": { "drop": { "low": 1 }, "criteria": [
            { "code": "idea", "max": 40 }, { "code": "build", "max": 40 }, { "code": "safety", "max": 40, "qualify_from": 10 },
            { "code": "fun", "max": 10, "as": "apart" },
            { "code": "votes", "kind": "recorded", "max": 999, "scaled": { "to": 20, "by": "best" } } ] },
        "ranking": { "group_by": ["region"], "ties": [{ "by": "criterion", "code": "fun" }] },
        "advance": { "places": 2, "minimum_per_group": 1, "reserves": 1 },
        "awards": [{ "code": "grand", "places": 1, "across_groups": true }, { "code": "first", "places": 1 }],
        "one_award_per_entry": true,
    })
}

both_databases! {
    async fn what_is_dropped_scaled_and_not_reached_is_told_and_computed_again_from_files(db) {
        let game = Game::set(db, [3, 2], &Game::plain(&["J1"])).await;
        game.round("final", rules(), json!({ "from": "accepted" })).await;
        // Entries 1 to 3 are of one region, 4 and 5 of the other.
        for (entry, [idea, build, safety, fun], votes) in [
            (1, [40, 40, 5, 1], 50),
            (2, [30, 20, 10, 2], 100),
            (3, [20, 30, 15, 9], 100),
            (4, [30, 38, 39, 5], 10),
            (5, [20, 30, 20, 5], 5),
        ] {
            let marks = json!({ "idea": idea, "build": build, "safety": safety, "fun": fun });
            game.sheet("J1", entry, marks).await.ok();
            game.record(entry, json!({ "votes": votes })).await.created();
        }
        game.close("final").await;
        let decided = game.advance("final", json!({})).await;
        let awards = &decided.created()["awards"];
        assert_eq!((&awards[0]["entries"], &awards[1]["entries"]), (&json!([4]), &json!([3, 5])));
        let seen = game.standings("final").await;
        let totals: Vec<(i64, String, String)> = table(&seen);
        for (entry, rank, total) in [(1, "1", "90"), (3, "2", "70"), (2, "3", "70"), (4, "1", "97"), (5, "2", "60")] {
            let found = totals.iter().find(|(n, _, _)| *n == entry).unwrap();
            assert_eq!((found.1.as_str(), found.2.as_str()), (rank, total), "{entry}");
        }
        assert_eq!(of(&seen, 1)["derivation"]["below"][0]["code"], "safety");
        assert_eq!(of(&seen, 1)["derivation"]["advance"]["outcome"], "not_advanced");
        assert_eq!(of(&seen, 3)["derivation"]["advance"]["outcome"], "advances");
        let words = of(&seen, 1)["words"].as_str().unwrap().to_owned();
        assert!(words.contains("votes 50, scaled to 10") && words.contains("safety 5 does not suffice"), "{words}");
        computed_again(&game, "final").await;
        game.end().await;
    }
}
