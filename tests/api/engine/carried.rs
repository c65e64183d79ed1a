//! Earlier rounds: the best of several count.

use serde_json::json;

use super::{Game, of, one, ranked};

both_databases! {
    async fn the_better_two_of_three_rounds_count(db) {
        let game = Game::set(db, [4, 0], &Game::plain(&["J1"])).await;
        let accepted = json!({ "from": "accepted" });
        for (round, marks) in [("spring", ["70", "78", "", ""]), ("summer", ["75.5", "77.25", "75.25", ""])] {
            game.round(round, one(json!({})), accepted.clone()).await;
            for (entry, mark) in (1..).zip(marks) {
                game.marks(round, entry, &[mark]).await;
            }
        }
        let rules = one(json!({ "best_of": 2, "carry": [
            { "round": "spring", "missing": "leave_out" }, { "round": "summer", "missing": "leave_out" } ] }));
        game.round("final", rules, accepted).await;
        for (entry, mark) in (1..).zip(["80", "60", "80", "99"]) {
            game.marks("final", entry, &[mark]).await;
        }
        let early = game.standings("final").await;
        assert_eq!(of(&early, 1)["reason"], json!({ "code": "earlier_missing", "round": "spring" }), "nothing is closed yet");
        game.close("spring").await;
        game.close("summer").await;
        game.close("final").await;
        let standings = game.standings("final").await;
        // 80 + 75.5, 78 + 77.25, 80 + 75.25; one round is not enough.
        ranked(&standings, &[(1, "1", "155.50"), (2, "2", "155.25"), (3, "2", "155.25")]);
        assert_eq!(of(&standings, 1)["own"]["total"], "80.00");
        let left = of(&standings, 2)["derivation"]["steps"].as_array().unwrap().iter().find(|s| s["dropped"] == true).unwrap();
        assert_eq!((&left["step"], &left["value"]), (&json!("own_part"), &json!("60.00")));
        assert_eq!(of(&standings, 4)["reason"]["code"], "earlier_missing");
        game.end().await;
    }
}
