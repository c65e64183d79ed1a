//! How a committee corrects what was decided or published: step by step, each with its reason, while the public keeps
//! seeing what was published.

use serde_json::{Value, json};

use crate::contest::{Contest, FINAL, SEMI, numbers, six_before_three, ties};
use crate::hall::{Got, at};

const FINALISTS: &str = "/competitions/cup/finalists";

impl Contest {
    async fn penalty(&self, entry: i64, points: &str) -> Got {
        let body = json!({ "entry": entry, "points": points, "reason": "A minute over time." });
        self.organizer.post(&format!("{SEMI}/adjustments"), body).await
    }

    /// Reopens a group, takes points off an entry, and closes it again.
    async fn correct(&self, group: &str, entry: i64, points: &str) {
        let reason = json!({ "reason": "A minute over time was overlooked." });
        self.group(group, "reopening", reason).await.ok();
        self.penalty(entry, points).await.created();
        self.close_group(group).await.ok();
    }

    async fn phases(&self, who: &crate::hall::Persona) -> Vec<Value> {
        let round = who.get(SEMI).await;
        let groups = round.ok()["groups"].as_array().unwrap();
        groups.iter().map(|g| g["phase"].clone()).collect()
    }

    async fn disqualify_in_the_final(&self, entry: i64) {
        let path = format!("{FINAL}/entries/{entry}/disqualification");
        self.organizer
            .post(&path, json!({ "reason": "A false declaration." }))
            .await
            .ok();
    }
}

fn going_on(decision: &Got) -> Vec<i64> {
    let mut advances = numbers(&decision.created()["advances"]);
    advances.sort_unstable();
    advances
}

both_databases! {
    async fn what_is_published_is_corrected_step_by_step_and_stays_seen_meanwhile(db) {
        let contest = Contest::published(db).await;
        let guest = contest.hall.guest();
        let results = format!("{SEMI}/results");
        let before = guest.get(&results).await;
        before.ok();
        contest.penalty(2, "-15").await.problem(409, "group_decided");
        contest.group("north", "reopening", json!({ "reason": " " })).await.wrong(&[("/reason", "reason_required")]);
        let open = contest.group("north", "reopening", json!({ "reason": "A minute over time was overlooked." })).await;
        assert_eq!((&open.ok()["phase"], &open.body["taken_back"]), (&json!("open"), &json!([])));
        assert_eq!(contest.phases(&contest.organizer).await, ["open", "closed"]);
        assert_eq!(contest.phases(&guest).await, ["published", "published"]);
        contest.penalty(2, "-15").await.created();
        assert_eq!(guest.get(&results).await.text, before.text);
        let status = contest.organizer.get("/competitions/cup/entries/2/status").await;
        assert_eq!(status.ok()["status"]["code"], "advanced");
        contest.close_group("north").await.ok();
        contest.publish(json!({ "note": "x" })).await.problem(409, "group_not_decided");
        let decided = contest.advance(ties()).await;
        assert_eq!(going_on(&decided), [1, 3, 5, 6]);
        assert_eq!(decided.body["changed"], json!({ "entered": [3], "left": [2] }));
        assert_eq!(contest.organizer.get(&format!("{SEMI}/advancement")).await.ok()["items"][0], decided.body);
        contest.publish(json!({})).await.wrong(&[("/note", "note_required")]);
        let made = contest.publish(json!({ "note": "Entry 2 was a minute over time." })).await;
        let made = made.created()["publications"].as_array().unwrap();
        assert_eq!(made.len(), 1, "the south says the same as before");
        assert_eq!((&made[0]["group"], &made[0]["number"], &made[0]["state"]), (&json!("north"), &json!(2), &json!("visible")));
        assert_eq!(contest.phases(&contest.organizer).await, ["published", "published"]);
        let after = guest.get(&results).await;
        let north = &after.ok()["groups"][0];
        assert_eq!(north["replaces"], 1);
        assert_eq!(numbers(&north["changes"]), [2, 3]);
        assert_eq!(after.body["groups"][1], before.body["groups"][1]);
        let first = guest.get(&format!("{SEMI}/groups/north/publications/1")).await;
        assert_eq!(first.tag(), format!("\"{}\"", before.body["groups"][0]["sha256"].as_str().unwrap()));
        contest.publish(json!({ "note": "Again." })).await.problem(409, "nothing_changed");
        let log = contest.organizer.get("/competitions/cup/changes").await;
        log.ok();
        assert!(log.text.contains("A minute over time was overlooked."), "{}", log.text);
        contest.end().await;
    }

    async fn a_correction_that_moves_nobody_leaves_all_who_hold_a_place(db) {
        let contest = Contest::published(db).await;
        contest.correct("south", 8, "-1").await;
        let decided = contest.advance(ties()).await;
        assert_eq!(going_on(&decided), [1, 2, 5, 6]);
        assert_eq!(decided.body["changed"], json!({ "entered": [], "left": [] }));
        contest.publish(json!({ "note": "Entry 8 was a minute over time." })).await.created();
        contest.end().await;
    }

    async fn what_nobody_could_see_yet_never_appears_once_a_group_is_reopened(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        contest.advance(ties()).await.created();
        contest.publish(json!({ "visible_at": "2026-07-01T01:05:00Z" })).await.created();
        let guest = contest.hall.guest();
        assert_eq!(contest.phases(&guest).await, ["decided", "decided"], "nothing is published to be seen");
        assert_eq!(contest.phases(&contest.organizer).await, ["published", "published"]);
        let open = contest.group("north", "reopening", json!({ "reason": "A protest." })).await;
        let taken = json!([{ "group": "north", "number": 1 }, { "group": "south", "number": 1 }]);
        assert_eq!(open.ok()["taken_back"], taken);
        contest.hall.clock.set(at("2026-07-01T01:06:00Z"));
        let list = format!("{SEMI}/groups/south/publications");
        assert_eq!(guest.get(&format!("{SEMI}/results")).await.ok()["groups"], json!([]));
        assert_eq!(guest.get(&list).await.ok()["items"], json!([]));
        guest.get(&format!("{list}/1")).await.problem(404, "not_found");
        let kept = contest.organizer.get(&list).await;
        assert_eq!((&kept.ok()["items"][0]["state"], &kept.body["items"][0]["reason"]), (&json!("withdrawn"), &json!("A protest.")));
        contest.close_group("north").await.ok();
        contest.advance(ties()).await.created();
        contest.publish(json!({})).await.created();
        let seen = guest.get(&format!("{SEMI}/results")).await;
        let north = &seen.ok()["groups"][0];
        assert_eq!((&north["number"], north.get("replaces"), &north["changes"]), (&json!(2), None, &json!([])));
        contest.end().await;
    }

    async fn a_newer_publication_takes_the_place_of_one_that_nobody_saw(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        contest.advance(ties()).await.created();
        contest.publish(json!({ "visible_at": "2026-07-01T01:05:00Z" })).await.created();
        let excluded = json!({ "ties": six_before_three(), "exclusions": [{ "entry": 2, "reason": "Found ineligible." }] });
        contest.advance(excluded.clone()).await.created();
        contest.publish(json!({})).await.created();
        let guest = contest.hall.guest();
        let results = format!("{SEMI}/results");
        let seen = guest.get(&results).await;
        assert_eq!(seen.ok()["groups"][0]["changes"], json!([]), "nobody is told what never was seen");
        contest.hall.clock.set(at("2026-07-01T01:06:00Z"));
        assert_eq!(guest.get(&results).await.text, seen.text);
        let list = format!("{SEMI}/groups/north/publications");
        guest.get(&format!("{list}/1")).await.problem(404, "not_found");
        let states = |got: &Got| got.ok()["items"].as_array().unwrap().iter().map(|p| p["state"].clone()).collect::<Vec<_>>();
        assert_eq!(states(&guest.get(&list).await), ["visible"]);
        assert_eq!(states(&contest.organizer.get(&list).await), ["superseded", "visible"]);
        // A correction says what changed since what was seen, not since what was to be seen.
        contest.advance(ties()).await.created();
        contest.publish(json!({ "note": "It may go on.", "visible_at": "2026-07-01T01:10:00Z" })).await.created();
        let mut both = excluded.clone();
        both["exclusions"].as_array_mut().unwrap().push(json!({ "entry": 1, "reason": "Found ineligible." }));
        contest.advance(both).await.created();
        contest.publish(json!({ "note": "Entry 1, too.", "visible_at": "2026-07-01T01:08:00Z" })).await.created();
        contest.hall.clock.set(at("2026-07-01T01:11:00Z"));
        let seen = guest.get(&results).await;
        let north = &seen.ok()["groups"][0];
        assert_eq!((&north["number"], &north["replaces"], &north["note"]), (&json!(4), &json!(2), &json!("Entry 1, too.")));
        assert_eq!(numbers(&north["changes"]), [1, 4]);
        contest.end().await;
    }

    async fn a_scheduled_publication_is_taken_back_until_it_is_seen(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        contest.advance(ties()).await.created();
        contest.publish(json!({ "visible_at": "2026-07-01T01:05:00Z" })).await.created();
        let withdraw = |number: i64, reason: &'static str| {
            let organizer = &contest.organizer;
            async move {
                let path = format!("{SEMI}/groups/north/publications/{number}/withdrawal");
                organizer.post(&path, json!({ "reason": reason })).await
            }
        };
        withdraw(1, " ").await.wrong(&[("/reason", "reason_required")]);
        withdraw(7, "A protest.").await.problem(404, "not_found");
        let path = format!("{SEMI}/groups/north/publications/1/withdrawal");
        for who in [&contest.observer, &contest.clerk, &contest.chair, &contest.zhou] {
            who.post(&path, json!({ "reason": "x" })).await.problem(403, "forbidden");
        }
        let taken = withdraw(1, "A protest.").await;
        assert_eq!((&taken.ok()["state"], &taken.body["reason"]), (&json!("withdrawn"), &json!("A protest.")));
        withdraw(1, "Once more.").await.problem(409, "publication_withdrawn");
        assert_eq!(contest.phases(&contest.organizer).await, ["decided", "published"]);
        contest.hall.clock.set(at("2026-07-01T01:06:00Z"));
        let seen = contest.hall.guest().get(&format!("{SEMI}/results")).await;
        assert_eq!(seen.ok()["groups"].as_array().unwrap().len(), 1, "only the south");
        let body = json!({ "revision": contest.revision("north").await });
        contest.group("north", "publication", body).await.created();
        withdraw(2, "Too late.").await.problem(409, "publication_visible");
        contest.end().await;
    }

    async fn a_finalist_who_withdraws_makes_room_for_a_reserve(db) {
        let contest = Contest::published(db).await;
        contest.zhou.post("/competitions/cup/entries/1/withdrawal", json!({ "reason": "Sold." })).await.ok();
        let current = contest.observer.get(&format!("{SEMI}/advancement")).await;
        let warnings = current.ok()["items"][0]["warnings"].as_array().unwrap();
        let warning = warnings.iter().find(|w| w["code"] == "places_given_up").unwrap();
        assert_eq!((&warning["entries"], &warning["instead"]), (&json!([1]), &json!([3])));
        assert_eq!(warning["text"], "1 left since it was decided who goes on; decide again, and 3 comes in.");
        let stale = contest.publish(json!({ "note": "x" })).await;
        stale.problem(409, "decision_stale");
        assert_eq!(stale.body["params"]["entries"], "1");
        let decided = contest.advance(ties()).await;
        assert_eq!(going_on(&decided), [2, 3, 5, 6]);
        assert_eq!(numbers(&decided.body["reserves"]), [4, 7]);
        assert_eq!((numbers(&decided.body["declined"]), &decided.body["declined"][0]["reason"]), (vec![1], &json!("Sold.")));
        contest.publish(json!({ "note": "Entry 1 withdrew; entry 3 moves up." })).await.created();
        let finalists = contest.hall.guest().get(FINALISTS).await;
        let mut advances = numbers(&finalists.ok()["rounds"][0]["advances"]);
        advances.sort_unstable();
        assert_eq!(advances, [2, 3, 5, 6]);
        contest.end().await;
    }

    async fn a_reserve_fills_a_place_in_a_final_that_is_open(db) {
        let contest = Contest::published(db).await;
        contest.open_final(&contest.chair).await;
        contest.zhou.post("/competitions/cup/entries/1/withdrawal", json!({ "reason": "Sold." })).await.ok();
        contest.disqualify_in_the_final(6).await;
        let decided = contest.advance(ties()).await;
        assert_eq!(going_on(&decided), [2, 3, 4, 5]);
        assert_eq!(decided.body["changed"], json!({ "entered": [3, 4], "left": [1, 6] }));
        let taken = contest.organizer.post(&format!("{FINAL}/intake"), json!({})).await;
        assert_eq!((&taken.ok()["added"], &taken.body["without_judges"]), (&json!(2), &json!([])));
        assert_eq!(taken.body["removed"], json!([]));
        let ballot = format!("{FINAL}/entries/3/ballot/submission");
        let sheet = json!({ "marks": { "idea": "9", "team": "9" } }).to_string();
        let marked = contest.chair.send(reqwest::Method::POST, &ballot, Some(sheet), &[("If-None-Match", "*")]).await;
        assert!(marked.status < 300, "{marked:?}");
        contest.publish(json!({ "note": "Entries 3 and 4 move up." })).await.created();
        contest.end().await;
    }

    async fn who_is_judged_in_a_later_round_keeps_the_place_there(db) {
        let contest = Contest::published(db).await;
        contest.open_final(&contest.chair).await;
        contest.correct("north", 4, "-1").await;
        let same = contest.advance(ties()).await;
        assert_eq!(same.created()["changed"], json!({ "entered": [], "left": [] }));
        contest.correct("north", 2, "-15").await;
        let refused = contest.advance(ties()).await;
        refused.problem(409, "later_group_open");
        assert_eq!((&refused.body["params"]["round"], &refused.body["params"]["entries"]), (&json!("final"), &json!("2")));
        let mut nominated = ties();
        nominated["nominations"] = json!([{ "entry": 8, "reason": "The committee." }, { "entry": 2, "reason": "It stays." }]);
        contest.advance(nominated).await.problem(409, "later_group_filled");
        contest.disqualify_in_the_final(2).await;
        let decided = contest.advance(ties()).await;
        assert_eq!(decided.created()["changed"], json!({ "entered": [3], "left": [2] }));
        contest.publish(json!({ "note": "Entry 2 was over time; entry 3 moves up." })).await.created();
        let taken = contest.organizer.post(&format!("{FINAL}/intake"), json!({})).await;
        assert_eq!(taken.ok()["added"], 1);
        contest.end().await;
    }

    async fn once_a_final_is_closed_nobody_comes_in_any_more(db) {
        let contest = Contest::published(db).await;
        contest.open_final(&contest.chair).await;
        contest.disqualify_in_the_final(6).await;
        let groups = contest.organizer.get(&format!("{FINAL}/groups")).await;
        let revision = groups.ok()["items"][0]["revision"].clone();
        contest.organizer.post(&format!("{FINAL}/groups/all/closure"), json!({ "revision": revision })).await.ok();
        let current = contest.organizer.get(&format!("{SEMI}/advancement")).await;
        let warnings = current.ok()["items"][0]["warnings"].to_string();
        assert!(!warnings.contains("places_given_up"), "{warnings}");
        let same = contest.advance(ties()).await;
        assert_eq!(same.created()["changed"], json!({ "entered": [], "left": [] }));
        contest.end().await;
    }
}
