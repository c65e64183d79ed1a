//! What the public sees, from when, and how it is corrected; what contestants learn, and never before.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::contest::{Contest, SEMI, four_places, numbers, six_before_three};

const FINALISTS: &str = "/competitions/cup/finalists";
const STATUS: &str = "/competitions/cup/entries/1/status";

both_databases! {
    async fn nothing_can_be_seen_before_it_is_published_and_then_everyone_sees_the_same(db) {
        let contest = Contest::begin(db).await;
        let guest = contest.hall.guest();
        let results = format!("{SEMI}/results");
        contest.publish(json!({})).await.problem(409, "group_not_decided");
        contest.score_and_close().await;
        contest.publish(json!({})).await.problem(409, "group_not_decided");
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        for who in [&guest, &contest.zhou, &contest.organizer] {
            assert_eq!(who.get(&results).await.ok()["groups"], json!([]));
            assert_eq!(who.get(FINALISTS).await.ok()["rounds"], json!([]));
        }
        let status = contest.zhou.get(STATUS).await;
        let in_round = json!({ "code": "in_round", "round": "semi-final", "text": "in semi-final" });
        assert_eq!(status.ok(), &json!({ "entry": 1, "status": in_round, "results": [] }));
        let made = contest.publish(json!({})).await;
        let publications = made.created()["publications"].as_array().unwrap();
        assert_eq!(publications.len(), 2);
        assert_eq!(publications[0]["number"], 1);
        let seen = guest.get(&results).await;
        let north = &seen.ok()["groups"][0];
        assert_eq!(numbers(&north["entries"]), [1, 2, 3, 4]);
        assert_eq!((&north["entries"][0]["rank"], &north["entries"][0]["total"]), (&json!(1), &json!("80.00")));
        let outcomes: Vec<_> = north["entries"].as_array().unwrap().iter().map(|e| e["outcome"].clone()).collect();
        assert_eq!(outcomes, ["advances", "advances", "reserve", "reserve"]);
        assert_eq!(north["entries"][2]["reserve"], 1);
        let finalists = guest.get(FINALISTS).await;
        let round = &finalists.ok()["rounds"][0];
        let mut advancing = numbers(&round["advances"]);
        advancing.sort_unstable();
        assert_eq!(advancing, [1, 2, 5, 6]);
        let bytes = guest.get(&format!("{SEMI}/groups/north/publications/1")).await;
        bytes.ok();
        let hash: String = Sha256::digest(bytes.text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(json!(hash), publications[0]["sha256"]);
        assert_eq!(bytes.tag(), format!("\"{hash}\""));
        assert_eq!(north["sha256"], publications[0]["sha256"]);
        contest.end().await;
    }

    async fn a_contestant_reads_their_status_in_words_and_what_was_released(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        contest.publish(json!({})).await.created();
        let status = contest.zhou.get(STATUS).await;
        let word = &status.ok()["status"];
        assert_eq!(word, &json!({ "code": "advanced", "round": "final", "text": "advanced to final" }));
        let result = json!({ "round": "semi-final", "title": { "en": "Semi-final", "zh": "半决赛" },
            "outcome": "advances", "rank": 1, "tied": false, "total": "80.00" });
        assert_eq!(status.body["results"], json!([result]));
        let chinese = contest.zhou.speaking("zh").get(STATUS).await;
        assert_eq!(chinese.ok()["status"]["text"], "晋级决赛");
        let mine = contest.zhou.get("/me/entries").await;
        assert_eq!(mine.ok()["items"][0]["status"], word.clone());
        assert_eq!(mine.body["items"][0]["competition"], "cup");
        let reserve = contest.organizer.get("/competitions/cup/entries/4/status").await;
        assert_eq!(reserve.ok()["status"]["text"], "reserve 2");
        let out = contest.observer.get("/competitions/cup/entries/8/status").await;
        assert_eq!(out.ok()["status"]["text"], "not advanced");
        contest.zhou.get("/competitions/cup/entries/8/status").await.problem(404, "not_found");
        contest.hall.guest().get(STATUS).await.problem(401, "sign_in_required");
        contest.end().await;
    }

    async fn what_is_released_is_what_the_round_says(db) {
        let contest = Contest::with(db, four_places(), json!({ "release": "nothing", "public_list": "advancing" })).await;
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        contest.publish(json!({})).await.created();
        let status = contest.zhou.get(STATUS).await;
        let nothing = json!({ "round": "semi-final", "title": { "en": "Semi-final", "zh": "半决赛" }, "outcome": "advances" });
        assert_eq!(status.ok()["results"], json!([nothing]));
        let seen = contest.hall.guest().get(&format!("{SEMI}/results")).await;
        let listed = &seen.ok()["groups"][0]["entries"];
        assert_eq!(numbers(listed), [1, 2], "only those who go on are listed");
        for hidden in ["rank", "total"] {
            assert_eq!(listed[0][hidden], Value::Null, "{hidden}");
        }
        let finalists = contest.hall.guest().get(FINALISTS).await;
        assert_eq!(finalists.ok()["rounds"][0]["advances"][0]["total"], Value::Null);
        let out = contest.organizer.get("/competitions/cup/entries/8/status").await;
        assert_eq!(out.ok()["status"]["code"], "not_advanced", "the others learn it all the same");
        contest.end().await;
    }

    async fn a_publication_can_be_seen_from_its_time_on_and_not_a_second_before(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        contest.publish(json!({ "visible_at": "2026-07-01T00:59:59Z" })).await.wrong(&[("/visible_at", "time_past")]);
        contest.publish(json!({ "visible_at": "2026-07-01T01:05:00Z" })).await.created();
        let guest = contest.hall.guest();
        let (results, list) = (format!("{SEMI}/results"), format!("{SEMI}/groups/north/publications"));
        contest.hall.clock.set(crate::hall::at("2026-07-01T01:04:59Z"));
        assert_eq!(guest.get(&results).await.ok()["groups"], json!([]));
        assert_eq!(guest.get(&list).await.ok()["items"], json!([]));
        guest.get(&format!("{list}/1")).await.problem(404, "not_found");
        assert_eq!(contest.zhou.get(STATUS).await.ok()["status"]["code"], "in_round");
        assert_eq!(contest.organizer.get(&list).await.ok()["items"].as_array().unwrap().len(), 1);
        contest.organizer.get(&format!("{list}/1")).await.ok();
        contest.hall.clock.set(crate::hall::at("2026-07-01T01:05:00Z"));
        let seen = guest.get(&results).await;
        assert_eq!(seen.ok()["groups"][0]["published_at"], "2026-07-01T01:05:00Z");
        assert_eq!(guest.get(&list).await.ok()["items"].as_array().unwrap().len(), 1);
        assert_eq!(contest.zhou.get(STATUS).await.ok()["status"]["code"], "advanced");
        contest.end().await;
    }

    async fn a_correction_says_what_it_corrects_and_what_changed(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        let ties = six_before_three();
        contest.advance(json!({ "ties": ties })).await.created();
        contest.publish(json!({})).await.created();
        let first = contest.hall.guest().get(&format!("{SEMI}/groups/north/publications/1")).await.text;
        let excluded = json!([{ "entry": 2, "reason": "The team had signed a false declaration." }]);
        contest.advance(json!({ "ties": ties, "exclusions": excluded })).await.created();
        contest.publish(json!({})).await.wrong(&[("/note", "note_required")]);
        contest.publish(json!({ "note": " " })).await.wrong(&[("/note", "note_required")]);
        let made = contest.publish(json!({ "note": "Entry 2 was found ineligible; entry 3 moves up." })).await;
        assert_eq!(made.created()["publications"][0]["number"], 2);
        let seen = contest.hall.guest().get(&format!("{SEMI}/results")).await;
        let north = &seen.ok()["groups"][0];
        assert_eq!(north["note"], "Entry 2 was found ineligible; entry 3 moves up.");
        let change = |c: &Value| {
            let of = |side: &str| c[side]["outcome"].as_str().unwrap().to_owned();
            (c["entry"].as_i64().unwrap(), of("before"), of("after"))
        };
        let changes: Vec<_> = north["changes"].as_array().unwrap().iter().map(change).collect();
        let expected = [(2, "advances", "excluded"), (3, "reserve", "advances"), (4, "reserve", "reserve")];
        assert_eq!(changes, expected.map(|(e, b, a)| (e, b.to_owned(), a.to_owned())));
        assert!(!seen.text.contains("false declaration"), "the reason is for the organizers");
        let still = contest.hall.guest().get(&format!("{SEMI}/groups/north/publications/1")).await;
        assert_eq!(still.text, first, "what was published never changes");
        let moved_up = contest.organizer.get("/competitions/cup/entries/3/status").await;
        assert_eq!(moved_up.ok()["status"]["code"], "advanced");
        contest.end().await;
    }

    async fn a_publication_with_wrong_places_changes_nothing(db) {
        let contest = Contest::begin(db).await;
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        let path = format!("{SEMI}/publication");
        contest.organizer.post(&path, json!({ "revisions": {} })).await.wrong(&[("/revisions", "groups_missing")]);
        contest.organizer.post(&path, json!({ "revisions": { "west": 1 } })).await
            .wrong(&[("/revisions/west", "unknown_group")]);
        contest.publish(json!({ "visible_at": "tomorrow" })).await.wrong(&[("/visible_at", "not_a_time")]);
        contest.group("west", "publication", json!({ "revision": 1 })).await.problem(404, "not_found");
        contest.group("north", "publication", json!({ "revision": 1 })).await.problem(409, "standings_moved");
        for who in [&contest.observer, &contest.clerk, &contest.chair, &contest.zhou] {
            who.post(&path, json!({ "revisions": contest.revisions().await })).await.problem(403, "forbidden");
        }
        assert_eq!(contest.hall.guest().get(&format!("{SEMI}/results")).await.ok()["groups"], json!([]));
        contest.end().await;
    }

    async fn prizes_are_given_by_place_and_told_to_the_winners(db) {
        let mut rules = four_places();
        rules.as_object_mut().unwrap().remove("advance");
        rules["awards"] = json!([{ "code": "first", "title": { "en": "First prize", "zh": "一等奖" }, "places": 1 }]);
        let contest = Contest::with(db, rules, json!({})).await;
        contest.score_and_close().await;
        for group in ["north", "south"] {
            let body = json!({ "revision": contest.revision(group).await });
            let decided = contest.group(group, "advancement", body.clone()).await;
            assert_eq!(decided.created()["awards"][0]["entries"].as_array().unwrap().len(), 1);
            contest.group(group, "publication", body).await.created();
        }
        let status = contest.zhou.get(STATUS).await;
        assert_eq!(status.ok()["status"]["text"], "awarded: First prize");
        assert!(status.body["results"][0].get("outcome").is_none(), "nobody goes on from here");
        let took_part = contest.organizer.get("/competitions/cup/entries/2/status").await;
        assert_eq!(took_part.ok()["status"]["text"], "took part in semi-final");
        let finalists = contest.hall.guest().get(FINALISTS).await;
        assert_eq!(numbers(&finalists.ok()["rounds"][0]["awards"][0]["entries"]), [1, 5]);
        contest.end().await;
    }
}
