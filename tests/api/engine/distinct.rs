//! A judge's totals must all differ, where the rules say so.

use palmares::domain::user::Role;
use serde_json::{Value, json};

use super::{Game, one};
use crate::cup::CUP;

fn rules() -> Value {
    let mut rules = one(json!({}));
    rules["rubric"] = json!({ "distinct_totals": true, "criteria": [
        { "code": "idea", "max": "50" }, { "code": "team", "max": "50" } ] });
    rules
}

fn sheet(idea: i64, team: i64) -> Value {
    json!({ "idea": idea, "team": team })
}

fn ballot(entry: i64, rest: &str) -> String {
    format!("{CUP}/rounds/final/entries/{entry}/ballot{rest}")
}

both_databases! {
    async fn a_total_that_the_judge_gave_already_is_refused_at_submission(db) {
        let game = Game::open(db, rules(), 3, &Game::plain(&["J1", "J2"])).await;
        game.sheet("J1", 1, sheet(40, 40)).await.ok();
        let same = game.sheet("J1", 2, sheet(45, 35)).await;
        same.wrong(&[("/marks", "total_not_distinct")]);
        assert_eq!((&same.body["errors"][0]["params"]["total"], &same.body["errors"][0]["params"]["entries"]), (&json!("80.00"), &json!("1")));
        assert!(same.body["errors"][0]["detail"].as_str().unwrap().contains("80.00"));
        game.sheet("J2", 2, sheet(45, 35)).await.ok();
        let judge = game.judge("J1");
        // A draft may say anything; it is handed in once it differs.
        judge.put_new(&ballot(2, ""), json!({ "marks": sheet(45, 35) })).await.created();
        judge.post_on(&ballot(2, "/submission"), Some("\"v1\""), None).await.wrong(&[("/marks", "total_not_distinct")]);
        let marks = json!({ "marks": sheet(45, 36) });
        judge.post_on(&ballot(2, "/submission"), Some("\"v1\""), Some(marks.clone())).await.ok();
        // The same sheet again, and an amended one that keeps its own total, are no repetition.
        judge.post_on(&ballot(2, "/submission"), Some("\"v1\""), Some(marks)).await.ok();
        judge.post_on(&ballot(2, "/submission"), Some("\"v2\""), Some(json!({ "marks": sheet(46, 35) }))).await.ok();
        judge.post_on(&ballot(1, "/submission"), Some("\"v1\""), Some(json!({ "marks": sheet(41, 40) }))).await
            .wrong(&[("/marks", "total_not_distinct")]);
        // What was given to an entry that left is free again.
        game.organizer().post(&format!("{CUP}/entries/2/withdrawal"), json!({})).await.ok();
        judge.post_on(&ballot(1, "/submission"), Some("\"v1\""), Some(json!({ "marks": sheet(41, 40) }))).await.ok();
        game.end().await;
    }

    async fn of_two_sheets_with_one_total_at_the_same_time_one_is_kept(db) {
        let game = Game::open(db, rules(), 2, &Game::plain(&["J1"])).await;
        let (first, second) = tokio::join!(game.sheet("J1", 1, sheet(40, 40)), game.sheet("J1", 2, sheet(40, 40)));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "{first:?} {second:?}");
        game.end().await;
    }

    async fn paper_and_late_sheets_are_held_to_it(db) {
        let game = Game::open(db, rules(), 3, &Game::plain(&["J1"])).await;
        let (typist, second) = (game.stage.hall.person("typist").await, game.stage.hall.person("second").await);
        for clerk in [&typist, &second] {
            game.stage.member(clerk, Role::Clerk, None).await;
        }
        game.sheet("J1", 1, sheet(40, 40)).await.ok();
        let paper = format!("{}s/{}", ballot(2, ""), game.judge("J1").id);
        typist.put_new(&paper, json!({ "marks": sheet(35, 45) })).await.created();
        let confirmation = format!("{paper}/confirmation");
        second.post(&confirmation, json!({ "version": 1 })).await.wrong(&[("/marks", "total_not_distinct")]);
        typist.put(&paper, "\"v1\"", json!({ "marks": sheet(35, 44) })).await.ok();
        second.post(&confirmation, json!({ "version": 2 })).await.ok();
        game.close("final").await;
        game.sheet("J1", 3, sheet(50, 30)).await.expect(202);
        let decision = format!("{}s/{}/acceptance", ballot(3, ""), game.judge("J1").id);
        let accept = json!({ "version": 1, "decision": "accepted", "reason": "The network was down." });
        let refused = game.organizer().post(&decision, accept).await;
        refused.problem(409, "late_total_taken");
        let leave = json!({ "version": 1, "decision": "left", "reason": "The total was given already." });
        game.organizer().post(&decision, leave).await.ok();
        game.end().await;
    }

    async fn the_rules_ask_for_it_later_only_if_the_sheets_differ(db) {
        let mut free = rules();
        free["rubric"]["distinct_totals"] = json!(false);
        let game = Game::open(db, free.clone(), 2, &Game::plain(&["J1"])).await;
        game.sheet("J1", 1, sheet(40, 40)).await.ok();
        game.sheet("J1", 2, sheet(45, 35)).await.ok();
        let mut document = rules();
        document["schema"] = json!(1);
        let path = format!("{CUP}/rounds/final/rules?reason=The+jury+asked");
        let refused = game.organizer().put(&path, "\"v1\"", document).await;
        refused.problem(409, "sheets_invalid");
        assert_eq!(refused.body["errors"][0]["pointer"], "/entries/2/marks");
        game.end().await;
    }
}
