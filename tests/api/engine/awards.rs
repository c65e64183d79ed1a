//! Awards: thresholds, by a criterion, one for each entry, withheld.

use serde_json::{Value, json};

use super::Game;

/// Gold from 90, two silver medals from 80, the best team of those without a medal, the best idea of all.
fn rules() -> Value {
    json!({
        "rubric": { "criteria": [
            { "code": "idea", "max": "10" }, { "code": "team", "max": "10" }, { "code": "plan", "max": "80" } ] },
        "awards": [
            { "code": "gold", "title": { "en": "Gold", "zh": "金奖" }, "from": "90" },
            { "code": "silver", "places": 2, "from": "80" },
            { "code": "team", "places": 1, "by": { "criterion": "team" } },
            { "code": "idea", "places": 1, "by": { "criterion": "idea" }, "beside_others": true } ],
        "one_award_per_entry": true,
    })
}

/// Who gets each award, in the order of the rules.
fn given(decision: &Value) -> Vec<Value> {
    decision["awards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["entries"].clone())
        .collect()
}

both_databases! {
    async fn awards_go_by_thresholds_and_criteria_one_to_each_entry(db) {
        let game = Game::open(db, rules(), 4, &Game::plain(&["J1"])).await;
        // 95, 90, 85 and 70.
        for (entry, [idea, team, plan]) in (1..).zip([[10, 5, 80], [8, 9, 73], [7, 8, 70], [6, 4, 60]]) {
            game.sheet("J1", entry, json!({ "idea": idea, "team": team, "plan": plan })).await.ok();
        }
        game.close("final").await;
        let decided = game.advance("final", json!({})).await;
        assert_eq!(given(decided.created()), [json!([1, 2]), json!([3]), json!([4]), json!([1])]);
        assert_eq!(decided.body["awards"][0]["title"]["zh"], "金奖");
        let withheld = json!({ "withheld": [{ "award": "silver", "reason": "None is convincing." }] });
        let decided = game.advance("final", withheld).await;
        // Entry 3 has no medal now, and a better team than entry 4.
        assert_eq!(given(decided.created()), [json!([1, 2]), json!([]), json!([3]), json!([1])]);
        let seen = game.standings("final").await;
        assert_eq!(seen[0]["derivation"]["advance"]["awards"], json!(["gold", "idea"]));
        let published = game.post("final", "publication", json!({ "revisions": game.revisions("final").await })).await;
        published.created();
        let results = game.stage.hall.guest().get("/competitions/cup/rounds/final/results").await;
        assert_eq!(results.ok()["groups"][0]["entries"][0]["awards"], json!(["gold", "idea"]));
        game.end().await;
    }
}
