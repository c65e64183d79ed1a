//! A clock that jumps, forward or back: who was told something is still told it, orders are those of what happened, and
//! everybody is back to work after signing in again at most.

use serde_json::{Value, json};

use crate::contest::{Contest, SEMI, six_before_three};
use crate::hall::{Hall, Persona};

const HOUR: i64 = 3600;

/// A judge changes their sheet of entry 1, based on the version that they have.
async fn amend(judge: &Persona, idea: &str) -> i64 {
    let path = format!("{SEMI}/entries/1/ballot");
    let tag = judge.get(&path).await.tag();
    let body = json!({ "marks": { "idea": idea, "team": "30" } }).to_string();
    let got = judge
        .send(
            reqwest::Method::POST,
            &format!("{path}/submission"),
            Some(body),
            &[("If-Match", &tag)],
        )
        .await;
    got.expect(200);
    got.body["version"].as_i64().unwrap()
}

both_databases! {
    async fn an_access_token_outlives_small_steps_and_no_jumps(db) {
        let hall = Hall::open(db).await;
        let mut wang = hall.person("wang").await;
        let proof = json!({ "email": wang.email, "password": crate::hall::PASSWORD });
        let session = hall.guest().post("/sessions", proof).await.created().clone();
        for step in [-4, 8, -4] {
            hall.clock.advance(step);
            wang.get("/me").await.ok();
        }
        for jump in [-HOUR, 2 * HOUR, -24 * HOUR] {
            hall.clock.advance(jump);
            wang.get("/me").await.problem(401, "token_invalid");
            hall.refresh(&mut wang).await;
            wang.get("/me").await.ok();
        }
        // Nobody has to type a password for it: the refresh token of before the jumps still keeps the session up.
        let next = json!({ "refresh_token": session["refresh_token"] });
        let next = hall.guest().post("/sessions/refresh", next).await;
        wang.with_token(next.ok()["access_token"].as_str().unwrap()).get("/me").await.ok();
        // Two weeks ahead it has ended.
        hall.clock.advance(15 * 24 * HOUR);
        let next = json!({ "refresh_token": next.body["refresh_token"] });
        hall.guest().post("/sessions/refresh", next).await.problem(401, "session_ended");
        hall.close().await;
    }

    async fn the_order_of_things_is_the_order_in_which_they_happened(db) {
        let mut contest = Contest::begin(db).await;
        contest.score_all().await;
        let marks = ["49", "48.5", "47", "12.5"];
        for (number, idea) in marks.iter().enumerate() {
            contest.hall.clock.advance(-2 * HOUR);
            contest.hall.refresh(&mut contest.judge).await;
            amend(&contest.judge, idea).await;
            assert!(number < 4);
        }
        contest.hall.refresh(&mut contest.organizer).await;
        let ballots = contest.organizer.get(&format!("{SEMI}/entries/1/ballots")).await;
        let items = ballots.ok()["items"].as_array().unwrap();
        let judged = items.iter().find(|b| b["versions"].as_array().unwrap().len() == 5).unwrap();
        let versions = judged["versions"].as_array().unwrap();
        let numbers: Vec<_> = versions.iter().map(|v| v["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
        let last = &versions[4];
        assert_eq!(last["marks"]["idea"], "12.5");
        assert!(last["submitted_at"].as_str() < versions[0]["submitted_at"].as_str(), "the clock went back");
        let own = contest.judge.get(&format!("{SEMI}/entries/1/ballot")).await;
        let own = own.ok();
        assert_eq!((&own["marks"]["idea"], &own["counted"]), (&json!("12.5"), &json!(5)), "the last one counts");
        // The log too.
        let mut seen = Vec::new();
        let mut after = String::new();
        loop {
            let page = contest.organizer.get(&format!("/competitions/cup/changes?limit=200{after}")).await;
            seen.extend(page.ok()["items"].as_array().unwrap().iter().cloned());
            match page.body["next"].as_str() {
                Some(next) if !page.body["items"].as_array().unwrap().is_empty() => after = format!("&after={next}"),
                _ => break,
            }
        }
        let amended: Vec<&Value> = seen.iter().filter(|e| e["subject"].as_str().unwrap().contains("entries/1/ballot")).collect();
        let last: Vec<_> = amended.iter().rev().take(3).map(|e| e["version_to"].as_i64()).collect();
        assert!(last.is_sorted_by(|later, earlier| later > earlier), "{last:?}");
        contest.end().await;
    }

    async fn what_was_published_stays_visible_when_the_clock_goes_back(db) {
        let mut contest = Contest::begin(db).await;
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        contest.publish(json!({})).await.created();
        let guest = contest.hall.guest();
        let paths = ["/competitions", "/competitions/cup", "/competitions/cup/finalists", &format!("{SEMI}/results"),
            &format!("{SEMI}/groups/north/publications/1")];
        let mut before = Vec::new();
        for path in paths {
            before.push(guest.get(path).await.ok().clone());
        }
        contest.hall.clock.advance(-3 * HOUR);
        contest.hall.refresh(&mut contest.organizer).await;
        for (path, before) in paths.iter().zip(&before) {
            assert_eq!(guest.get(path).await.ok(), before, "{path}");
        }
        // It was seen, so it can't be taken back as if it had not been.
        let back = json!({ "reason": "Nobody saw it." });
        let refused = contest.organizer.post(&format!("{SEMI}/groups/north/publications/1/withdrawal"), back).await;
        assert_eq!(refused.status, 409, "{refused:?}");
        // Corrections go on from there.
        contest.group("north", "reopening", json!({ "reason": "A sheet was wrong." })).await.ok();
        contest.end().await;
    }

    async fn what_appeared_at_its_time_stays_when_the_clock_goes_back(db) {
        let mut contest = Contest::begin(db.same()).await;
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        contest.publish(json!({ "visible_at": "2026-07-01T02:00:00Z" })).await.created();
        let guest = contest.hall.guest();
        let (results, one) = (format!("{SEMI}/results"), format!("{SEMI}/groups/north/publications/1"));
        let paths = ["/competitions/cup/finalists", &results, &one];
        assert_eq!(guest.get(&results).await.ok()["groups"], json!([]));
        guest.get(&one).await.problem(404, "not_found");
        contest.hall.clock.advance(HOUR);
        let mut before = Vec::new();
        for path in paths {
            before.push(guest.get(path).await.ok().clone());
        }
        assert_ne!(before[1]["groups"], json!([]));
        // Two hours back: it was not due yet then, but it was seen.
        contest.hall.clock.advance(-2 * HOUR);
        contest.hall.refresh(&mut contest.organizer).await;
        for (path, before) in paths.iter().zip(&before) {
            assert_eq!(guest.get(path).await.ok(), before, "{path}");
        }
        let listed = contest.organizer.get(&format!("{SEMI}/groups/north/publications")).await;
        assert_eq!(listed.ok()["items"][0]["state"], "visible");
        let back = json!({ "reason": "Nobody saw it." });
        contest.organizer.post(&format!("{one}/withdrawal"), back).await.problem(409, "publication_visible");
        // It is written down, once.
        let log = contest.organizer.get("/competitions/cup/changes?limit=200").await;
        let log: Vec<_> = log.ok()["items"].as_array().unwrap().iter().filter(|e| e["action"] == "appearance").cloned().collect();
        assert_eq!(log.len(), before[1]["groups"].as_array().unwrap().len(), "{log:?}");
        assert!(log.iter().all(|e| e["actor"].is_null() && e["details"]["visible_at"] == "2026-07-01T02:00:00Z"), "{log:?}");
        contest.end().await;
        // And so after a start in the morning, when it is not due.
        let hall = Hall::open(db.same()).await;
        for (path, before) in paths.iter().zip(&before) {
            assert_eq!(hall.guest().get(path).await.ok(), before, "{path}");
        }
        hall.close().await;
    }

    async fn who_looks_when_it_is_due_all_see_it_and_it_appears_once(db) {
        let mut contest = Contest::begin(db).await;
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        contest.publish(json!({ "visible_at": "2026-07-01T02:00:00Z" })).await.created();
        contest.hall.clock.advance(HOUR);
        let results = format!("{SEMI}/results");
        let looking: Vec<_> = (0..20).map(|_| {
            let (guest, results) = (contest.hall.guest(), results.clone());
            tokio::spawn(async move { guest.get(&results).await.ok()["groups"].as_array().unwrap().len() })
        }).collect();
        for seen in looking {
            assert!(seen.await.unwrap() > 0);
        }
        contest.hall.refresh(&mut contest.organizer).await;
        let log = contest.organizer.get("/competitions/cup/changes?limit=200").await;
        let appeared = log.ok()["items"].as_array().unwrap().iter().filter(|e| e["action"] == "appearance").count();
        let groups = contest.hall.guest().get(&results).await.ok()["groups"].as_array().unwrap().len();
        assert_eq!(appeared, groups, "each group's once");
        contest.end().await;
    }

    async fn deadlines_follow_the_clock_both_ways(db) {
        let hall = Hall::open(db).await;
        let registration = json!({ "registration": { "opens_at": "2026-06-01T00:00:00Z", "closes_at": "2026-07-01T02:00:00Z" } });
        crate::competitions::published_cup(&hall, registration).await;
        let mut wang = hall.person("wang").await;
        let entry = |n: u32| json!({ "title": { "en": format!("Project {n}") }, "track": "energy", "region": "north", "team": [{ "name": "Wang" }] });
        let make = async |wang: &Persona, n: u32| wang.post("/competitions/cup/entries", entry(n)).await;
        make(&wang, 1).await.created();
        hall.clock.advance(2 * HOUR);
        hall.refresh(&mut wang).await;
        make(&wang, 2).await.problem(409, "registration_closed");
        hall.clock.advance(-2 * HOUR);
        hall.refresh(&mut wang).await;
        make(&wang, 3).await.created();
        hall.close().await;
    }

    async fn a_repeated_key_counts_once_across_a_jump(db) {
        let hall = Hall::open(db).await;
        crate::competitions::published_cup(&hall, json!({})).await;
        let mut wang = hall.person("wang").await;
        let entry = json!({ "title": { "en": "Project" }, "track": "energy", "region": "north", "team": [{ "name": "Wang" }] }).to_string();
        let mut numbers = Vec::new();
        for jump in [0, -30 * 24 * HOUR, 20 * HOUR, 10 * 24 * HOUR] {
            hall.clock.advance(jump);
            hall.refresh(&mut wang).await;
            let got = wang
                .send(reqwest::Method::POST, "/competitions/cup/entries", Some(entry.clone()), &[("Idempotency-Key", "k-1")])
                .await;
            numbers.push(got.created()["number"].as_i64().unwrap());
        }
        assert_eq!(numbers, [1, 1, 1, 1], "thirty days back and some forward again");
        hall.close().await;
    }

    async fn a_jump_of_days_ahead_makes_nobody_do_it_twice_and_old_keys_are_forgotten(db) {
        let hall = Hall::open(db).await;
        crate::competitions::published_cup(&hall, json!({})).await;
        let mut wang = hall.person("wang").await;
        let entry = json!({ "title": { "en": "Project" }, "track": "energy", "region": "north", "team": [{ "name": "Wang" }] }).to_string();
        let make = async |wang: &Persona, key: &str| {
            let key = [("Idempotency-Key", key)];
            let got = wang.send(reqwest::Method::POST, "/competitions/cup/entries", Some(entry.clone()), &key).await;
            got.created()["number"].as_i64().unwrap()
        };
        assert_eq!(make(&wang, "k-1").await, 1);
        hall.clock.advance(7 * 24 * HOUR);
        hall.refresh(&mut wang).await;
        assert_eq!((make(&wang, "k-2").await, make(&wang, "k-1").await), (2, 1));
        for n in 3..=102 {
            make(&wang, &format!("k-{n}")).await;
        }
        assert_eq!(make(&wang, "k-2").await, 2, "of today");
        assert_eq!(make(&wang, "k-1").await, 103, "of last week, and a hundred came after it");
        hall.close().await;
    }
}
