//! Ballots on paper: typed by one person, confirmed by another.

use palmares::domain::round::Phase;
use serde_json::json;

use crate::hall::Persona;
use crate::stage::{Stage, entry};

fn sheet(judge: &Persona) -> String {
    entry(1, &format!("ballots/{}", judge.id))
}

fn confirmation(judge: &Persona) -> String {
    entry(1, &format!("ballots/{}/confirmation", judge.id))
}

both_databases! {
    async fn paper_counts_once_a_second_person_has_confirmed_it(db) {
        let stage = Stage::open(db).await;
        let (paper, confirm) = (sheet(&stage.li), confirmation(&stage.li));
        stage.clerk.get(&paper).await.problem(404, "not_found");
        let written = json!({ "marks": { "technology": 20, "team": "10.5" } });
        let typed = stage.clerk.put_new(&paper, written.clone()).await;
        assert_eq!((&typed.created()["status"], &typed.body["source"]), (&json!("draft"), &json!("paper")));
        let again = stage.clerk.put_new(&paper, written).await;
        assert_eq!(again.ok()["version"], 1);
        stage.clerk.post(&confirm, json!({ "version": 1 })).await.problem(409, "second_person_needed");
        stage.second_clerk.post(&confirm, json!({ "version": 2 })).await.problem(412, "stale");
        assert_eq!(stage.second_clerk.get(&paper).await.ok()["total"], "30.50");
        let confirmed = stage.second_clerk.post(&confirm, json!({ "version": 1 })).await;
        assert_eq!((&confirmed.ok()["status"], &confirmed.body["counted"]), (&json!("submitted"), &json!(2)));
        assert_eq!(stage.second_clerk.post(&confirm, json!({ "version": 1 })).await.ok()["version"], 2);
        let all = stage.organizer.get(&entry(1, "ballots")).await;
        assert_eq!(all.ok()["items"][1]["versions"][0]["source"], "paper");
        assert_eq!(stage.li.get(&entry(1, "ballot")).await.ok()["source"], "paper");
        // A correction counts only when somebody else has seen it, too.
        let corrected = json!({ "marks": { "technology": 21, "team": "10.5" } });
        let typed = stage.second_clerk.put(&paper, "\"v2\"", corrected).await;
        assert_eq!((&typed.ok()["status"], &typed.body["counted"]), (&json!("draft"), &json!(2)));
        stage.second_clerk.post(&confirm, json!({ "version": 3 })).await.problem(409, "second_person_needed");
        assert_eq!(stage.organizer.post(&confirm, json!({ "version": 3 })).await.ok()["counted"], 4);
        stage.close().await;
    }

    async fn a_clerk_who_judges_sees_no_colleagues_sheet_before_the_group_is_closed(db) {
        let stage = Stage::open(db).await;
        let paper = sheet(&stage.li);
        stage.clerk.put_new(&paper, json!({ "marks": { "technology": 20, "team": 10 } })).await.created();
        stage.organizer.post("/competitions/talents-cup/members", json!({ "email": stage.wang.email, "role": "clerk" }))
            .await.created();
        stage.wang.get(&paper).await.problem(403, "forbidden");
        stage.wang.put(&paper, "\"v1\"", json!({ "marks": {} })).await.problem(403, "forbidden");
        stage.wang.post(&confirmation(&stage.li), json!({ "version": 1 })).await.problem(403, "forbidden");
        assert_eq!(stage.clerk.get(&paper).await.ok()["version"], 1);
        stage.close().await;
    }

    async fn paper_is_checked_like_any_ballot(db) {
        let stage = Stage::open(db).await;
        let (paper, confirm) = (sheet(&stage.li), confirmation(&stage.li));
        let bad = json!({ "marks": { "technology": "1,25", "team": 99 } });
        stage.clerk.put_new(&paper, bad).await
            .wrong(&[("/marks/team", "mark_above_maximum"), ("/marks/technology", "mark_not_a_number")]);
        stage.clerk.put_new(&paper, json!({ "marks": { "team": 9 } })).await.created();
        stage.organizer.post(&confirm, json!({ "version": 1 })).await.wrong(&[("/marks/technology", "mark_missing")]);
        stage.organizer.post(&confirm, json!({ "version": 1, "ok": true })).await.wrong(&[("/ok", "unknown_field")]);
        let stale = stage.organizer.put(&paper, "\"v9\"", json!({ "marks": {} })).await;
        stale.problem(412, "stale");
        assert_eq!(stale.body["current"]["marks"]["team"], "9.0");
        stage.clerk.put_new(&entry(1, "ballots/nobody"), json!({ "marks": {} })).await.problem(404, "not_found");
        let recused = entry(2, &format!("ballots/{}", stage.li.id));
        stage.clerk.put_new(&recused, json!({ "marks": {} })).await.problem(409, "judge_recused");
        stage.phase(Phase::Draft).await;
        stage.clerk.put_new(&sheet(&stage.wang), json!({ "marks": {} })).await.problem(409, "group_not_open");
        stage.close().await;
    }

    async fn what_a_judge_wrote_is_neither_shown_nor_overwritten_and_a_judge_may_take_over(db) {
        let stage = Stage::open(db).await;
        let marks = json!({ "marks": { "technology": 20, "team": 10 } });
        stage.wang.put_new(&entry(1, "ballot"), marks.clone()).await.created();
        let paper = sheet(&stage.wang);
        stage.clerk.get(&paper).await.problem(409, "ballot_by_judge");
        let refused = stage.clerk.put_new(&paper, json!({ "marks": {} })).await;
        refused.problem(409, "ballot_by_judge");
        assert!(refused.body.get("current").is_none(), "a clerk learns no marks");
        stage.second_clerk.post(&confirmation(&stage.wang), json!({ "version": 1 })).await
            .problem(409, "ballot_by_judge");
        stage.clerk.put_new(&sheet(&stage.li), marks).await.created();
        let own = stage.li.post_on(&entry(1, "ballot/submission"), Some("\"v1\""), None).await;
        assert_eq!((own.ok()["counted"].clone(), own.body.get("source")), (json!(2), None));
        stage.clerk.get(&sheet(&stage.li)).await.problem(409, "ballot_by_judge");
        for other in [&stage.wang, &stage.zhou, &stage.observer] {
            other.put_new(&sheet(&stage.li), json!({ "marks": {} })).await.problem(403, "forbidden");
        }
        stage.close().await;
    }

    async fn paper_that_is_confirmed_after_closure_is_late(db) {
        let stage = Stage::open(db).await;
        stage.phase(Phase::Closed).await;
        let marks = json!({ "marks": { "technology": 20, "team": 10 } });
        stage.clerk.put_new(&sheet(&stage.li), marks).await.created();
        let late = stage.second_clerk.post(&confirmation(&stage.li), json!({ "version": 1 })).await;
        assert_eq!((&late.expect(202)["status"], late.body.get("counted")), (&json!("late"), None));
        stage.close().await;
    }
}
