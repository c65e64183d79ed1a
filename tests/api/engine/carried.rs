//! Earlier rounds: the best of several count.

use serde_json::json;

use super::{Game, of, one, ranked};
use crate::hall::at;

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

    async fn a_closed_round_is_told_that_what_it_carried_over_was_corrected(db) {
        let game = Game::set(db, [3, 0], &Game::plain(&["J1"])).await;
        let accepted = json!({ "from": "accepted" });
        game.round("spring", one(json!({})), accepted.clone()).await;
        let rules = one(json!({ "carry": [{ "round": "spring" }] }));
        game.round("final", rules, accepted).await;
        for (entry, mark) in [(1, "70"), (2, "60"), (3, "50")] {
            game.marks("spring", entry, &[mark]).await;
            game.marks("final", entry, &["80"]).await;
        }
        let used = game.close("spring").await["revision"].clone();
        game.close("final").await;
        let warning = || async {
            let seen = game.get("final", "standings").await;
            let warnings = seen.ok()["groups"][0]["warnings"].as_array().unwrap().clone();
            warnings.into_iter().find(|w| w["code"] == "carried_moved")
        };
        assert_eq!(warning().await, None);
        game.stage.hall.clock.set(at("2026-07-01T01:01:00Z"));
        let reason = json!({ "reason": "A minute over time was overlooked." });
        let group = game.groups("spring").await[0].clone();
        game.post("spring", &format!("groups/{group}/reopening"), reason.clone()).await.ok();
        assert_eq!(warning().await, None, "nothing is corrected yet");
        let penalty = json!({ "entry": 2, "points": "-5", "reason": "A minute over time." });
        game.post("spring", "adjustments", penalty).await.created();
        let now = game.close("spring").await["revision"].clone();
        let told = warning().await.unwrap();
        assert_eq!((&told["round"], &told["entries"]), (&json!("spring"), &json!([2])));
        assert_eq!((&told["used"], &told["now"]), (&used, &now));
        assert_ne!(used, now);
        let text = told["text"].as_str().unwrap();
        assert!(text.contains("Reopen and close this group"), "{text}");
        ranked(&game.standings("final").await, &[(1, "1", "150.00"), (2, "2", "140.00"), (3, "3", "130.00")]);
        game.stage.hall.clock.set(at("2026-07-01T01:02:00Z"));
        let group = game.groups("final").await[0].clone();
        game.post("final", &format!("groups/{group}/reopening"), reason).await.ok();
        game.close("final").await;
        assert_eq!(warning().await, None);
        ranked(&game.standings("final").await, &[(1, "1", "150.00"), (2, "2", "135.00"), (3, "3", "130.00")]);
        game.end().await;
    }
}
