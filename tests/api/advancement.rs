//! Who goes on: places, minimum, wildcards, reserves, ties that wait for somebody, exclusions.

use serde_json::json;

use crate::contest::{Contest, SEMI, four_places, numbers, six_before_three};

both_databases! {
    async fn who_goes_on_is_decided_once_every_tie_is(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        let tied = contest.advance(json!({})).await;
        tied.problem(409, "tie_undecided");
        assert_eq!(tied.body["params"]["entries"], "3, 6");
        let none = contest.organizer.get(&format!("{SEMI}/advancement")).await;
        assert_eq!(none.ok()["items"], json!([]), "what waits is not kept");
        let decided = contest.advance(json!({ "ties": six_before_three() })).await;
        assert_eq!(numbers(&decided.created()["advances"]), [5, 1, 2, 6]);
        let by: Vec<_> = decided.body["advances"].as_array().unwrap().iter().map(|a| a["by"].clone()).collect();
        assert_eq!(by, ["minimum_per_group", "minimum_per_group", "wildcard", "wildcard"]);
        assert_eq!(numbers(&decided.body["reserves"]), [3, 4]);
        assert_eq!(decided.body["reserves"][1]["reserve"], 2);
        assert_eq!(numbers(&decided.body["not_advanced"]), [7, 8]);
        let kept = contest.observer.get(&format!("{SEMI}/advancement")).await;
        assert_eq!(kept.ok()["items"], json!([decided.body]));
        contest.group("north", "closure", json!({ "revision": 1 })).await.problem(409, "group_closed_already");
        contest.end().await;
    }

    async fn an_excluded_entry_makes_room_for_the_first_reserve_and_all_others_keep_their_places(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        let excluded = json!([{ "entry": 2, "reason": "Found ineligible." }]);
        let again = contest.advance(json!({ "ties": six_before_three(), "exclusions": excluded })).await;
        let mut advances = numbers(&again.created()["advances"]);
        advances.sort_unstable();
        assert_eq!(advances, [1, 3, 5, 6]);
        assert_eq!(numbers(&again.body["reserves"]), [4, 7]);
        assert_eq!(again.body["excluded"][0]["reason"], "Found ineligible.");
        assert_eq!(again.body["number"], 2);
        let current = contest.organizer.get(&format!("{SEMI}/advancement")).await;
        assert_eq!(current.ok()["items"].as_array().unwrap().len(), 1);
        let nominated = json!([{ "entry": 8, "reason": "The division's committee." }]);
        let third = contest.advance(json!({ "ties": six_before_three(), "nominations": nominated })).await;
        let advances = third.created()["advances"].as_array().unwrap();
        let eight = advances.iter().find(|a| a["entry"] == 8).unwrap();
        assert_eq!((&eight["by"], &eight["reason"]), (&json!("nomination"), &json!("The division's committee.")));
        contest.end().await;
    }

    async fn a_decision_with_wrong_places_names_each_and_changes_nothing(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        let wrong = json!({
            "exclusions": [{ "entry": 99, "reason": "x" }, { "entry": 1, "reason": " " }],
            "nominations": [{ "entry": 1, "reason": "x" }],
            "ties": [{ "order": [3], "reason": "x" }, { "order": [3, 3, 99], "reason": "x" }],
        });
        contest.advance(wrong).await.wrong(&[
            ("/exclusions/0/entry", "entry_not_in_groups"),
            ("/exclusions/1/reason", "reason_required"),
            ("/nominations/0/entry", "entry_named_twice"),
            ("/ties/0/order", "tie_of_one"),
            ("/ties/1/order/1", "entry_named_twice"),
            ("/ties/1/order/2", "entry_not_in_groups"),
        ]);
        let path = format!("{SEMI}/advancement");
        contest.organizer.post(&path, json!({ "revisions": { "north": 1, "east": 2 } })).await
            .wrong(&[("/revisions/east", "unknown_group"), ("/revisions", "revision_missing")]);
        contest.organizer.post(&path, json!({ "revisions": {}, "excluded": [] })).await
            .wrong(&[("/excluded", "unknown_field")]);
        for who in [&contest.observer, &contest.clerk, &contest.chair, &contest.zhou] {
            who.post(&path, json!({ "revisions": contest.revisions().await })).await.problem(403, "forbidden");
        }
        contest.hall.guest().post(&path, json!({ "revisions": {} })).await.problem(401, "sign_in_required");
        assert_eq!(contest.organizer.get(&path).await.ok()["items"], json!([]));
        contest.end().await;
    }

    async fn nothing_is_decided_at_the_wrong_moment(db) {
        let contest = Contest::begin(db).await;
        contest.score_all().await;
        contest.advance(json!({})).await.problem(409, "group_not_closed");
        contest.close_group("north").await.ok();
        let before = contest.revisions().await;
        contest.advance(json!({})).await.problem(409, "group_not_closed");
        contest.close_group("south").await.ok();
        let one = contest.group("north", "advancement", json!({ "revision": before["north"] })).await;
        one.problem(409, "groups_compared");
        let mut stale = before.clone();
        stale["south"] = json!(before["south"].as_i64().unwrap() - 1);
        let moved = contest.organizer.post(&format!("{SEMI}/advancement"), json!({ "revisions": stale })).await;
        moved.problem(409, "standings_moved");
        assert_eq!(moved.body["params"]["current"], before["south"].to_string());
        contest.end().await;
    }

    async fn groups_that_are_never_compared_are_decided_one_by_one(db) {
        let mut rules = four_places();
        rules["advance"] = json!({ "per_group": 2, "reserves": 1 });
        let contest = Contest::with(db, rules, json!({})).await;
        contest.score_all().await;
        contest.close_group("north").await.ok();
        let revision = contest.revision("north").await;
        let decided = contest.group("north", "advancement", json!({ "revision": revision })).await;
        assert_eq!(numbers(&decided.created()["advances"]), [1, 2]);
        assert_eq!(numbers(&decided.body["reserves"]), [3]);
        let groups = contest.organizer.get(&format!("{SEMI}/groups")).await;
        let phases: Vec<_> = groups.ok()["items"].as_array().unwrap().iter().map(|g| g["phase"].clone()).collect();
        assert_eq!(phases, ["decided", "open"]);
        contest.close_group("south").await.ok();
        contest.advance(json!({})).await.problem(409, "groups_apart");
        contest.group("west", "advancement", json!({ "revision": 1 })).await.problem(404, "not_found");
        contest.end().await;
    }

    async fn the_same_request_under_one_key_is_decided_once(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        let body = json!({ "revisions": contest.revisions().await, "ties": six_before_three() });
        let path = format!("{SEMI}/advancement");
        let send = async |body: &serde_json::Value| {
            let key = [("Idempotency-Key", "k1")];
            contest.organizer.send(reqwest::Method::POST, &path, Some(body.to_string()), &key).await
        };
        let first = send(&body).await;
        let again = send(&body).await;
        assert_eq!(again.created(), first.created());
        assert_eq!(again.body["number"], 1);
        send(&json!({ "revisions": {} })).await.wrong(&[("", "idempotency_key_reused")]);
        contest.end().await;
    }

    async fn the_next_of_the_same_order_are_invited_to_a_stream_and_everyone_reads_so(db) {
        let mut rules = four_places();
        rules["advance"] = json!({ "places": 1, "reserves": 1, "streams": [
            { "code": "roadshow", "title": { "en": "the roadshow", "zh": "路演" }, "places": 3, "reserves": 1,
              "tie_at_cut": "all_advance" } ] });
        let contest = Contest::with(db, rules, json!({})).await;
        contest.score_and_close().await;
        let decided = contest.advance(json!({})).await;
        assert_eq!(numbers(&decided.created()["advances"]), [5]);
        assert_eq!(numbers(&decided.body["reserves"]), [1], "the first of the roadshow comes up when somebody leaves");
        let stream = &decided.body["streams"][0];
        assert_eq!((&stream["code"], &stream["title"]["en"]), (&json!("roadshow"), &json!("the roadshow")));
        // Entries 3 and 6 share the third place.
        assert_eq!(numbers(&stream["invited"]), [1, 2, 3, 6]);
        assert_eq!(numbers(&stream["reserves"]), [4]);
        let standings = contest.organizer.get(&format!("{SEMI}/standings")).await;
        let first = &standings.ok()["groups"][0]["standings"][0];
        let told = &first["derivation"]["advance"];
        assert_eq!((&first["entry"], &told["outcome"], &told["overall"]), (&json!(1), &json!("invited"), &json!(2)));
        assert!(first["words"].as_str().unwrap().contains("Invited to the roadshow by its place."));
        contest.publish(json!({})).await.created();
        let status = contest.zhou.get("/competitions/cup/entries/1/status").await;
        let word = &status.ok()["status"];
        assert_eq!((&word["code"], &word["text"]), (&json!("invited"), &json!("invited to the roadshow")));
        let seen = contest.hall.guest().get(&format!("{SEMI}/results")).await;
        let entry = &seen.ok()["groups"][0]["entries"][0];
        assert_eq!((&entry["outcome"], &entry["stream"]), (&json!("invited"), &json!("roadshow")));
        contest.end().await;
    }

    async fn an_award_that_is_lost_goes_down_and_one_may_be_withheld(db) {
        let mut rules = four_places();
        rules["advance"] = json!(null);
        rules["awards"] = json!([{ "code": "first", "places": 1 }, { "code": "second", "places": 1 }]);
        let contest = Contest::with(db, rules, json!({})).await;
        contest.score_and_close().await;
        let excluded = json!([{ "entry": 1, "reason": "Its owner sits on the jury." }]);
        let withheld = json!([{ "award": "first", "group": "south", "reason": "None is outstanding." }]);
        for group in ["north", "south"] {
            let mut body = json!({ "revision": contest.revision(group).await });
            if group == "north" {
                body["exclusions"] = excluded.clone();
                body["withheld"] = json!([{ "award": "third", "group": "west", "reason": " " }]);
                contest.group(group, "advancement", body.clone()).await.wrong(&[
                    ("/withheld/0/award", "unknown_award"),
                    ("/withheld/0/group", "unknown_group"),
                    ("/withheld/0/reason", "reason_required"),
                ]);
                body["withheld"] = json!([]);
            } else {
                body["withheld"] = withheld.clone();
            }
            let decided = contest.group(group, "advancement", body).await;
            let awards = &decided.created()["awards"];
            let winners = [awards[0]["entries"].clone(), awards[1]["entries"].clone()];
            let expected = if group == "north" { [json!([2]), json!([3])] } else { [json!([]), json!([5])] };
            assert_eq!(winners, expected);
            let moved = decided.body["warnings"].as_array().unwrap().iter().any(|w| w["code"] == "award_moved");
            assert_eq!(moved, group == "north");
        }
        contest.end().await;
    }
}
