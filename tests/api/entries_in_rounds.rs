//! Entries that take part in a round: what their judges see, and what can't be done any more.

use diesel::prelude::*;
use palmares::domain::round::Phase;
use palmares::store::schema::{competitions, round_entries};
use serde_json::{Value, json};

use crate::stage::Stage;

const FIRST: &str = "/competitions/talents-cup/entries/1";

/// Status, reason and version of an entry's place in the round.
async fn place(stage: &Stage) -> (String, Option<String>, i64) {
    stage
        .hall
        .app
        .read(|tx| {
            let columns = (
                round_entries::status,
                round_entries::status_reason,
                round_entries::version,
            );
            Ok(round_entries::table
                .order(round_entries::id)
                .select(columns)
                .first(tx.conn)?)
        })
        .await
        .unwrap()
}

async fn set_blind(stage: &Stage, blind: bool) {
    let set = move |tx: &mut palmares::app::Tx<'_>| {
        diesel::update(competitions::table)
            .set(competitions::blind.eq(blind))
            .execute(tx.conn)?;
        Ok(())
    };
    stage.hall.app.write(set).await.unwrap();
}

both_databases! {
    async fn a_judge_sees_the_entries_they_judge_and_nobody_behind_them_when_it_is_blind(db) {
        let stage = Stage::open(db).await;
        set_blind(&stage, true).await;
        let seen = stage.wang.get(FIRST).await;
        assert_eq!(seen.ok()["number"], 1);
        assert_eq!((&seen.body["owner"], &seen.body["institution"]), (&Value::Null, &Value::Null));
        assert!(seen.body.get("team").is_none(), "{}", seen.text);
        set_blind(&stage, false).await;
        let seen = stage.wang.get(FIRST).await;
        assert!(seen.ok()["team"].is_array(), "{}", seen.text);
        assert_eq!(seen.body["owner"], Value::Null);
        stage.li.get("/competitions/talents-cup/entries/2").await.problem(404, "not_found");
        stage.wang.get("/competitions/talents-cup/entries/3").await.problem(404, "not_found");
        stage.wang.put(FIRST, "\"v1\"", json!({ "title": { "en": "Mine" } })).await.problem(403, "forbidden");
        stage.wang.post(&format!("{FIRST}/withdrawal"), json!({})).await.problem(403, "forbidden");
        stage.hall.close().await;
    }

    async fn an_entry_of_an_opened_group_keeps_what_it_says_and_its_acceptance(db) {
        let stage = Stage::open(db).await;
        let tag = stage.organizer.get(FIRST).await.tag();
        let reject = json!({ "decision": "rejected", "reason": "Too late" });
        let change = json!({ "title": { "en": "Another" }, "region": "shanghai", "team": [{ "name": "Zhou" }] });
        stage.organizer.put(FIRST, &tag, change.clone()).await.problem(409, "entry_in_open_group");
        stage.organizer.post(&format!("{FIRST}/screening"), reject.clone()).await.problem(409, "entry_in_group");
        let many = json!({ "items": [{ "entry": 1, "decision": "rejected", "reason": "Too late" }] });
        let refused = stage.organizer.post("/competitions/talents-cup/entries/screenings", many).await;
        refused.problem(409, "entries_not_screenable");
        assert_eq!(refused.body["errors"][0]["code"], "entry_in_group");
        stage.phase(Phase::Draft).await;
        stage.organizer.put(FIRST, &tag, change).await.ok();
        stage.organizer.post(&format!("{FIRST}/screening"), reject).await.problem(409, "entry_in_group");
        stage.hall.close().await;
    }

    async fn a_withdrawal_takes_the_entry_out_of_a_round_that_is_not_decided(db) {
        let stage = Stage::open(db).await;
        let before = place(&stage).await;
        stage.phase(Phase::Closed).await;
        stage.zhou.post(&format!("{FIRST}/withdrawal"), json!({ "reason": "Moved abroad" })).await.ok();
        let after = place(&stage).await;
        assert_eq!(after, ("withdrawn".into(), Some("Moved abroad".into()), before.2 + 1));
        stage.hall.close().await;
    }

    async fn a_withdrawal_leaves_a_decided_round_as_it_is(db) {
        let stage = Stage::open(db).await;
        let before = place(&stage).await;
        stage.phase(Phase::Decided).await;
        stage.zhou.post(&format!("{FIRST}/withdrawal"), json!({})).await.ok();
        assert_eq!(place(&stage).await, before);
        stage.hall.close().await;
    }
}
