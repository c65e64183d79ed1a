//! Standings before publication: live, fixed, hidden on stage, each number told.

use serde_json::{Value, json};

use crate::contest::{Contest, MARKS, SEMI, four_places, numbers};

both_databases! {
    async fn standings_are_live_while_a_group_is_open_and_say_how_they_came(db) {
        let contest = Contest::begin(db).await;
        let path = format!("{SEMI}/standings");
        let empty = contest.organizer.get(&path).await;
        assert_eq!(empty.ok()["groups"][0]["standings"][0]["status"], "unranked");
        contest.score_all().await;
        let live = contest.observer.get(&path).await;
        let north = &live.ok()["groups"][0];
        assert_eq!(numbers(&north["standings"]), [1, 2, 3, 4]);
        assert_eq!(north["fixed"], false);
        let first = &north["standings"][0];
        assert_eq!((&first["rank"], &first["total"], &first["tied"]), (&json!(1), &json!("80.00"), &json!(false)));
        assert_eq!(first["title"]["en"], "Project 1");
        assert_eq!(first["derivation"]["ties"][0]["with"], 2);
        assert_eq!(first["derivation"]["sheets"].as_array().unwrap().len(), 2);
        let words = first["words"].as_str().unwrap();
        assert!(words.contains("80.00") && words.contains("entry 2"), "{words}");
        let chinese = contest.observer.speaking("zh").get(&path).await;
        let words = chinese.ok()["groups"][0]["standings"][0]["words"].as_str().unwrap().to_owned();
        assert!(words.contains("80.00") && words.chars().any(|c| c > '\u{4e00}'), "{words}");
        let same = contest.observer.send(reqwest::Method::GET, &path, None, &[("If-None-Match", &live.tag())]).await;
        assert_eq!(same.status, 304);
        let before = live.tag();
        contest.close_group("north").await.ok();
        let fixed = contest.organizer.get(&format!("{path}?group=north")).await;
        assert_eq!(fixed.ok()["groups"].as_array().unwrap().len(), 1);
        assert_eq!(fixed.body["groups"][0]["fixed"], true);
        assert_eq!(fixed.body["groups"][0]["standings"], north["standings"]);
        assert_ne!(fixed.tag(), before);
        contest.organizer.get(&format!("{path}?group=west")).await.problem(404, "not_found");
        contest.end().await;
    }

    async fn standings_are_for_organizers_observers_and_the_chair_of_a_closed_group(db) {
        let contest = Contest::begin(db).await;
        contest.score_all().await;
        let path = format!("{SEMI}/standings");
        for who in [&contest.clerk, &contest.judge, &contest.chair, &contest.zhou] {
            who.get(&path).await.problem(403, "forbidden");
        }
        contest.hall.guest().get(&path).await.problem(401, "sign_in_required");
        contest.close_group("south").await.ok();
        let seen = contest.chair.get(&path).await;
        let groups: Vec<_> = seen.ok()["groups"].as_array().unwrap().iter().map(|g| g["group"].clone()).collect();
        assert_eq!(groups, ["south"]);
        contest.judge.get(&path).await.problem(403, "forbidden");
        contest.end().await;
    }

    async fn on_stage_nobody_previews_and_who_looks_after_closure_is_in_the_log(db) {
        let contest = Contest::with(db, four_places(), json!({ "on_stage": true })).await;
        contest.score_all().await;
        let path = format!("{SEMI}/standings?group=north");
        for who in [&contest.organizer, &contest.observer] {
            let hidden = who.get(&path).await;
            let group = &hidden.ok()["groups"][0];
            assert_eq!((&group["hidden"], &group["standings"]), (&json!(true), &json!([])));
            assert!(!hidden.text.contains("80.00"), "{}", hidden.text);
        }
        contest.close_group("north").await.ok();
        for _ in 0..2 {
            let seen = contest.observer.get(&path).await;
            assert_eq!(numbers(&seen.ok()["groups"][0]["standings"]), [1, 2, 3, 4]);
        }
        let log = contest.organizer.get("/competitions/cup/changes?limit=200").await;
        let looked = |e: &&Value| e["action"] == "standings_preview";
        let looks: Vec<_> = log.ok()["items"].as_array().unwrap().iter().filter(looked).collect();
        assert_eq!(looks.len(), 1, "{looks:?}");
        assert_eq!(looks[0]["actor"]["name"], "observer");
        contest.end().await;
    }

    async fn a_change_after_closure_makes_a_new_revision_with_new_standings(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        let path = format!("{SEMI}/standings?group=north");
        let before = contest.organizer.get(&path).await;
        assert_eq!(before.ok()["groups"][0]["standings"][0]["entry"], 1);
        let penalty = json!({ "entry": 1, "points": "-1.00", "reason": "Ran over time." });
        contest.organizer.post(&format!("{SEMI}/adjustments"), penalty).await.created();
        let after = contest.organizer.get(&path).await;
        let group = &after.ok()["groups"][0];
        assert_eq!(numbers(&group["standings"]), [2, 1, 3, 4]);
        assert_eq!(group["standings"][1]["total"], "79.00");
        let revision = |got: &Value| got["groups"][0]["revision"].as_i64().unwrap();
        assert!(revision(&after.body) > revision(&before.body));
        assert_eq!(contest.organizer.get(&path).await.tag(), after.tag());
        contest.end().await;
    }

    async fn the_chairs_decision_changes_the_order_of_tied_entries(db) {
        let contest = Contest::begin(db).await;
        for judge in [&contest.chair, &contest.judge] {
            contest.score(judge, MARKS[0]).await;
            contest.score(judge, (2, "50", "30")).await;
            contest.score(judge, MARKS[2]).await;
            contest.score(judge, MARKS[3]).await;
        }
        contest.close_group("north").await.ok();
        let path = format!("{SEMI}/standings?group=north");
        let tied = contest.chair.get(&path).await;
        let standings = &tied.ok()["groups"][0]["standings"];
        assert_eq!((&standings[0]["tied"], &standings[1]["rank"]), (&json!(true), &json!(1)));
        let decision = json!({ "kind": "chair", "order": [2, 1], "reason": "The stronger team." });
        contest.chair.post(&format!("{SEMI}/groups/north/tie-decisions"), decision).await.created();
        let decided = contest.chair.get(&path).await;
        let standings = &decided.ok()["groups"][0]["standings"];
        assert_eq!(numbers(standings), [2, 1, 3, 4]);
        assert_eq!((&standings[0]["tied"], &standings[1]["rank"]), (&json!(false), &json!(2)));
        contest.end().await;
    }
}
