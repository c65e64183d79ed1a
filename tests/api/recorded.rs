//! Recorded values: what officials measured or counted.

use palmares::domain::round::Phase;
use serde_json::json;

use crate::stage::{Stage, entry};

both_databases! {
    async fn an_organizer_or_a_clerk_records_values_and_takes_them_back(db) {
        let stage = Stage::open(db).await;
        let recorded = entry(1, "recorded");
        stage.clerk.get(&recorded).await.problem(404, "not_found");
        let first = stage.clerk.put_new(&recorded, json!({ "values": { "votes": 42.5 } })).await;
        assert_eq!(first.created(), &json!({ "values": { "votes": "42.50" }, "version": 1 }));
        let second = stage.organizer.put(&recorded, &first.tag(), json!({ "values": { "votes": "43" } })).await;
        assert_eq!(second.ok()["version"], 2);
        let again = stage.organizer.put(&recorded, &first.tag(), json!({ "values": { "votes": "43.00" } })).await;
        assert_eq!(again.ok()["version"], 2, "the same values again change nothing");
        let stale = stage.clerk.put(&recorded, &first.tag(), json!({ "values": { "votes": "44" } })).await;
        stale.problem(412, "stale");
        assert_eq!(stale.body["current"], *stage.observer.get(&recorded).await.ok());
        let none = stage.clerk.put(&recorded, "\"v2\"", json!({ "values": { "votes": null } })).await;
        assert_eq!(none.ok(), &json!({ "values": {}, "version": 3 }));
        let log = stage.log().await;
        assert_eq!(log.len(), 3);
        assert_eq!(log[0], ("recording".into(), "rounds/final/entries/1/recorded".into()));
        stage.close().await;
    }

    async fn what_is_no_value_is_refused_with_its_place(db) {
        let stage = Stage::open(db).await;
        let recorded = entry(1, "recorded");
        for (value, code) in [
            (json!("1,25"), "mark_not_a_number"), (json!("NaN"), "mark_not_a_number"),
            (json!("1e3"), "mark_not_a_number"), (json!(100.5), "mark_above_maximum"),
            (json!(-1), "mark_below_minimum"), (json!("0.001"), "mark_off_step"),
        ] {
            let got = stage.clerk.put_new(&recorded, json!({ "values": { "votes": value } })).await;
            got.wrong(&[("/values/votes", code)]);
        }
        let others = json!({ "values": { "market": 1, "team": 2 } });
        stage.clerk.put_new(&recorded, others).await.wrong(&[
            ("/values/market", "mark_unknown_criterion"), ("/values/team", "value_of_judged_criterion"),
        ]);
        stage.clerk.put_text(&recorded, r#"{"values":{"votes":1,"votes":2}}"#).await.problem(422, "invalid");
        stage.clerk.put_new(&recorded, json!({ "value": {} })).await
            .wrong(&[("/value", "unknown_field"), ("/values", "missing_field")]);
        stage.clerk.send(reqwest::Method::PUT, &recorded, Some(r#"{"values":{}}"#.into()), &[]).await
            .problem(428, "precondition_required");
        stage.clerk.get(&recorded).await.problem(404, "not_found");
        stage.close().await;
    }

    async fn values_are_fixed_when_the_group_is_closed(db) {
        let stage = Stage::open(db).await;
        let recorded = entry(1, "recorded");
        stage.phase(Phase::Draft).await;
        stage.clerk.put_new(&recorded, json!({ "values": { "votes": 1 } })).await.created();
        stage.phase(Phase::Closed).await;
        stage.clerk.put(&recorded, "\"v1\"", json!({ "values": { "votes": 2 } })).await.problem(409, "group_closed");
        stage.phase(Phase::Published).await;
        stage.clerk.put(&recorded, "\"v1\"", json!({ "values": { "votes": 2 } })).await.problem(409, "group_decided");
        stage.close().await;
    }

    async fn judges_contestants_and_observers_record_nothing(db) {
        let stage = Stage::open(db).await;
        let values = json!({ "values": { "votes": 1 } });
        for other in [&stage.wang, &stage.zhou, &stage.observer, &stage.stranger] {
            other.put_new(&entry(1, "recorded"), values.clone()).await.problem(403, "forbidden");
        }
        stage.hall.guest().put_new(&entry(1, "recorded"), values.clone()).await.problem(401, "sign_in_required");
        stage.clerk.put_new(&entry(9, "recorded"), values).await.problem(404, "not_found");
        stage.close().await;
    }
}
