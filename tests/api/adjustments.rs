//! Penalties, bonuses, and ties that people decide.

use palmares::domain::ids::GroupId;
use palmares::domain::round::Phase;
use palmares::store::revisions;
use reqwest::Method;
use serde_json::json;

use crate::stage::{Stage, round};

async fn revision(stage: &Stage) -> i64 {
    let group = GroupId(stage.group);
    stage
        .hall
        .app
        .read(move |tx| revisions::of_group(tx.conn, group))
        .await
        .unwrap()
}

both_databases! {
    async fn a_penalty_is_given_and_revoked_with_reasons_and_stays_in_the_list(db) {
        let stage = Stage::open(db).await;
        let list = round("adjustments");
        let before = revision(&stage).await;
        let asked = json!({ "entry": 1, "points": "-1", "reason": "30 seconds over time" });
        let given = stage.organizer.post(&list, asked).await;
        assert_eq!((&given.created()["points"], &given.body["entry"]), (&json!("-1.00"), &json!(1)));
        stage.organizer.post(&list, json!({ "entry": 2, "points": 0.5, "reason": "Bonus" })).await.created();
        stage.phase(Phase::Closed).await;
        assert_eq!(revision(&stage).await, before + 2);
        let revocation = round(&format!("adjustments/{}/revocation", given.body["id"].as_str().unwrap()));
        stage.organizer.post(&revocation, json!({ "reason": "" })).await.wrong(&[("/reason", "reason_required")]);
        let revoked = stage.organizer.post(&revocation, json!({ "reason": "The clock was wrong" })).await;
        assert_eq!(revoked.ok()["revoke_reason"], "The clock was wrong");
        assert_eq!(revision(&stage).await, before + 3);
        stage.organizer.post(&revocation, json!({ "reason": "Again" })).await.problem(409, "adjustment_revoked");
        let all = stage.observer.get(&list).await;
        assert_eq!(all.ok()["items"].as_array().unwrap().len(), 2);
        assert_eq!(all.body["items"][0], *revoked.ok());
        assert_eq!(all.body["items"][1]["points"], "0.50");
        let actions: Vec<_> = stage.log().await.into_iter().map(|(action, _)| action).collect();
        assert_eq!(actions, ["adjustment", "adjustment", "revocation"]);
        stage.close().await;
    }

    async fn a_repeated_request_gives_one_penalty(db) {
        let stage = Stage::open(db).await;
        let list = round("adjustments");
        let body = json!({ "entry": 1, "points": "-1", "reason": "Late" }).to_string();
        let key = [("Idempotency-Key", "k1")];
        let first = stage.organizer.send(Method::POST, &list, Some(body.clone()), &key).await;
        let second = stage.organizer.send(Method::POST, &list, Some(body), &key).await;
        assert_eq!(first.created(), second.created());
        assert_eq!(stage.organizer.get(&list).await.ok()["items"].as_array().unwrap().len(), 1);
        stage.close().await;
    }

    async fn what_is_no_adjustment_is_refused(db) {
        let stage = Stage::open(db).await;
        let list = round("adjustments");
        let nothing = json!({ "entry": 9, "points": "1,5", "reason": " " });
        stage.organizer.post(&list, nothing).await.wrong(&[
            ("/entry", "entry_not_in_round"), ("/points", "points_not_a_number"), ("/reason", "reason_required"),
        ]);
        let zero = json!({ "entry": 1, "points": 0, "reason": "x" });
        stage.organizer.post(&list, zero).await.wrong(&[("/points", "points_zero")]);
        let asked = json!({ "entry": 1, "points": -1, "reason": "x" });
        for other in [&stage.clerk, &stage.observer, &stage.wang, &stage.zhou] {
            other.post(&list, asked.clone()).await.problem(403, "forbidden");
        }
        for other in [&stage.clerk, &stage.wang, &stage.zhou] {
            other.get(&list).await.problem(403, "forbidden");
        }
        stage.organizer.post(&round("adjustments/none/revocation"), json!({ "reason": "x" })).await
            .problem(404, "not_found");
        stage.phase(Phase::Draft).await;
        stage.organizer.post(&list, asked.clone()).await.problem(409, "group_not_open");
        stage.phase(Phase::Decided).await;
        stage.organizer.post(&list, asked).await.problem(409, "group_decided");
        assert!(stage.log().await.is_empty());
        stage.close().await;
    }

    async fn a_tie_is_decided_by_nothing_that_the_rules_do_not_ask(db) {
        const BY_CHAIR: &str = r#"{ "schema": 1, "rubric": { "criteria": [ { "code": "team", "max": "30" } ] },
            "ranking": { "ties": [ { "by": "chair" } ] } }"#;
        let stage = Stage::with_rules(db, BY_CHAIR).await;
        let path = round("groups/all/tie-decisions");
        let decided = |kind: &str| json!({ "kind": kind, "order": [2, 1], "reason": "Drawn on stage" });
        let wrong = stage.organizer.post(&path, decided("lot")).await;
        wrong.wrong(&[("/kind", "tie_kind_not_asked")]);
        assert_eq!(wrong.body["errors"][0]["detail"], "The rules of this round break no tie by a lot.");
        stage.organizer.post(&path, decided("chair")).await.created();
        stage.close().await;
    }

    async fn a_tie_is_decided_by_the_chair_or_by_a_lot(db) {
        let stage = Stage::open(db).await;
        let path = round("groups/all/tie-decisions");
        let before = revision(&stage).await;
        let chair = json!({ "kind": "chair", "order": [2, 1], "reason": "The stronger technology" });
        assert_eq!(stage.wang.post(&path, chair.clone()).await.created()["order"], json!([2, 1]));
        stage.organizer.post(&path, chair.clone()).await.created();
        let lot = json!({ "kind": "lot", "order": [1, 2], "reason": "Drawn on stage" });
        stage.wang.post(&path, lot.clone()).await.problem(403, "forbidden");
        stage.organizer.post(&path, lot).await.created();
        for other in [&stage.li, &stage.clerk, &stage.observer, &stage.zhou] {
            other.post(&path, chair.clone()).await.problem(403, "forbidden");
        }
        assert_eq!(revision(&stage).await, before + 3);
        let all = stage.observer.get(&path).await;
        let kinds: Vec<_> = all.ok()["items"].as_array().unwrap().iter().map(|d| d["kind"].clone()).collect();
        assert_eq!(kinds, ["chair", "chair", "lot"]);
        let bad = json!({ "kind": "chair", "order": [1, 9, 1], "reason": "" });
        stage.organizer.post(&path, bad).await.wrong(&[
            ("/order/1", "entry_not_in_group"), ("/order/2", "entry_twice"), ("/reason", "reason_required"),
        ]);
        let one = json!({ "kind": "chair", "order": [1], "reason": "x" });
        stage.organizer.post(&path, one).await.wrong(&[("/order", "tie_order_length")]);
        stage.phase(Phase::Published).await;
        stage.organizer.post(&path, chair).await.problem(409, "group_decided");
        stage.close().await;
    }
}
