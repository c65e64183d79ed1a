//! Penalties that the rules count from what was measured.

use serde_json::{Value, json};

use super::{Game, of, one, ranked};

/// −1 for each 30 seconds begun over time, of which 5 are free, and out from 300; −2 for a rehearsal missed.
fn rules() -> Value {
    one(json!({ "penalties": [
        { "code": "overtime", "title": { "en": "Over time", "zh": "超时" }, "points": "-1", "per": "30", "grace": "5",
          "disqualify_from": "300", "unit": { "en": "seconds", "zh": "秒" } },
        { "code": "rehearsal", "points": "-2" } ] }))
}

both_databases! {
    async fn a_penalty_is_counted_from_its_quantity(db) {
        let game = Game::open(db, rules(), 4, &Game::plain(&["J1", "J2"])).await;
        for entry in 1..=4 {
            game.marks("final", entry, &["80", "90"]).await;
        }
        let give = |body: Value| game.post("final", "adjustments", body);
        // 90 over the free 5 are three steps, a thousandth more begins the fourth.
        let three = give(json!({ "entry": 1, "rule": "overtime", "quantity": "95" })).await;
        let view = three.created();
        assert_eq!((&view["points"], &view["rule"], &view["quantity"], &view["reason"]),
            (&json!("-3.00"), &json!("overtime"), &json!("95"), &json!("")));
        let four = give(json!({ "entry": 2, "rule": "overtime", "quantity": 95.001, "reason": "The clock of the hall" })).await;
        assert_eq!((&four.created()["points"], &four.body["reason"]), (&json!("-4.00"), &json!("The clock of the hall")));
        give(json!({ "entry": 2, "rule": "rehearsal" })).await.created();
        let free = give(json!({ "entry": 3, "rule": "overtime", "quantity": 5 })).await;
        assert_eq!(free.created()["points"], "0.00");
        let out = give(json!({ "entry": 4, "rule": "overtime", "quantity": 300 })).await;
        assert_eq!(out.created()["points"], "0.00");
        let standings = game.standings("final").await;
        ranked(&standings, &[(3, "1", "85.00"), (1, "2", "82.00"), (2, "3", "79.00")]);
        let fourth = of(&standings, 4);
        assert_eq!((&fourth["status"], &fourth["reason"]["code"], &fourth["reason"]["rule"]),
            (&json!("disqualified"), &json!("penalised"), &json!("overtime")));
        assert!(of(&standings, 1)["words"].as_str().unwrap().contains("95"), "{}", of(&standings, 1)["words"]);
        // Taken back, the entry is ranked again.
        let path = format!("adjustments/{}/revocation", out.body["id"].as_str().unwrap());
        game.post("final", &path, json!({ "reason": "The clock had not been started." })).await.ok();
        ranked(&game.standings("final").await,
            &[(3, "1", "85.00"), (4, "1", "85.00"), (1, "3", "82.00"), (2, "4", "79.00")]);
        let listed = game.get("final", "adjustments").await;
        let rules: Vec<_> = listed.ok()["items"].as_array().unwrap().iter().map(|a| a["rule"].clone()).collect();
        assert_eq!(rules, ["overtime", "overtime", "rehearsal", "overtime", "overtime"]);
        game.end().await;
    }

    async fn a_penalty_that_no_rule_counts_is_refused_with_its_place(db) {
        let game = Game::open(db, rules(), 1, &Game::plain(&["J1"])).await;
        for (body, at, code) in [
            (json!({ "entry": 1, "rule": "late" }), "/rule", "unknown_penalty"),
            (json!({ "entry": 1, "rule": "overtime" }), "/quantity", "quantity_missing"),
            (json!({ "entry": 1, "rule": "overtime", "quantity": -1 }), "/quantity", "quantity_negative"),
            (json!({ "entry": 1, "rule": "overtime", "quantity": "1,5" }), "/quantity", "points_not_a_number"),
            (json!({ "entry": 1, "rule": "overtime", "quantity": 40, "points": -1 }), "/points", "not_beside_rule"),
            (json!({ "entry": 1, "points": -1, "quantity": 40, "reason": "x" }), "/quantity", "quantity_without_rule"),
            (json!({ "entry": 1, "reason": "x" }), "/points", "points_or_rule"),
            (json!({ "entry": 1, "points": -1 }), "/reason", "reason_required"),
            (json!({ "entry": 1, "rule": "rehearsal", "reason": " " }), "/reason", "reason_required"),
            (json!({ "entry": 2, "rule": "rehearsal" }), "/entry", "entry_not_in_round"),
        ] {
            game.post("final", "adjustments", body).await.wrong(&[(at, code)]);
        }
        assert_eq!(game.get("final", "adjustments").await.ok()["items"], json!([]));
        // The rules count nothing beside points any more once a penalty is taken out of them: the points stay.
        game.marks("final", 1, &["80"]).await;
        game.post("final", "adjustments", json!({ "entry": 1, "rule": "overtime", "quantity": 40 })).await.created();
        ranked(&game.standings("final").await, &[(1, "1", "78.00")]);
        game.end().await;
    }
}
