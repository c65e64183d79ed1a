//! Entries: drafted, changed and read.

use serde_json::{Value, json};

use crate::competitions::published_cup;
use crate::hall::Hall;

const ENTRIES: &str = "/competitions/cup/entries";

fn wind() -> Value {
    json!({ "title": { "en": "Wind at sea" }, "track": "energy", "region": "north",
        "institution": "Harbour School", "team": [{ "name": "Li", "email": "li@example.org", "role": "lead" }] })
}

both_databases! {
    async fn a_contestant_drafts_and_changes_an_entry(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let (wang, other) = (hall.person("wang").await, hall.person("other").await);
        let made = wang.post(ENTRIES, json!({ "title": { "zh": "海上风电" } })).await;
        assert_eq!(made.created()["number"], 1);
        assert_eq!(made.body["status"], "draft");
        assert_eq!(made.body["owner"]["name"], "wang");
        assert_eq!(made.header("location").as_deref(), Some("/api/v1/competitions/cup/entries/1"));
        let changed = wang.put("/competitions/cup/entries/1", &made.tag(), wind()).await;
        assert_eq!(changed.ok()["team"][0]["email"], "li@example.org");
        assert_eq!(changed.tag(), "\"v2\"");
        let again = wang.put("/competitions/cup/entries/1", &made.tag(), wind()).await;
        again.ok();
        assert_eq!(again.tag(), "\"v2\"");
        let stale = wang.put("/competitions/cup/entries/1", &made.tag(), json!({ "title": { "en": "W" } })).await;
        stale.problem(412, "stale");
        assert_eq!(stale.body["current"]["title"]["en"], "Wind at sea");
        other.get("/competitions/cup/entries/1").await.problem(404, "not_found");
        other.put("/competitions/cup/entries/1", "\"v2\"", wind()).await.problem(404, "not_found");
        hall.guest().get("/competitions/cup/entries/1").await.problem(401, "sign_in_required");
        hall.guest().get("/competitions/cup/entries/9").await.problem(401, "sign_in_required");
        assert_eq!(organizer.get("/competitions/cup/entries/1").await.ok()["owner"]["name"], "wang");
        hall.close().await;
    }

    async fn an_entry_with_wrong_places_names_each(db) {
        let hall = Hall::open(db).await;
        let number = json!({ "code": "patents", "title": { "en": "Patents" }, "kind": "number" });
        published_cup(&hall, json!({ "fields": [number] })).await;
        let wang = hall.person("wang").await;
        let mut body = wind();
        body["track"] = json!("coal");
        body["answers"] = json!({ "patents": "1,25", "colour": "red" });
        body["team"][0]["email"] = json!("li");
        wang.post(ENTRIES, body).await.wrong(&[("/track", "unknown_code"), ("/team/0/email", "email"),
            ("/answers/colour", "unknown_field"), ("/answers/patents", "answer_number")]);
        wang.post(ENTRIES, json!({ "title": { "en": "x".repeat(301) } })).await.wrong(&[("/title/en", "text_too_long")]);
        wang.post(ENTRIES, json!({ "title": { "en": "x" }, "number": 7 })).await.wrong(&[("/number", "unknown_field")]);
        let mut body = wind();
        body["answers"] = json!({ "patents": 12.50 });
        let text = body.to_string().replace("12.5", "12.50");
        let made = wang.send(reqwest::Method::POST, ENTRIES, Some(text), &[]).await;
        assert_eq!(made.created()["answers"]["patents"], "12.50");
        assert_eq!(made.body["number"], 1, "what was refused took no number");
        hall.close().await;
    }

    async fn organizers_enter_many_at_once_or_none(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let line = |title: &str, region: Value| json!({ "status": "accepted", "title": { "en": title }, "track": "energy",
            "region": region, "team": [{ "name": "A" }, { "name": "B" }] });
        let batch = "/competitions/cup/entries/batch";
        let wrong = json!({ "items": [line("A", json!("north")), line(" ", json!("west")), line("C", Value::Null)] });
        organizer.post(batch, wrong).await.wrong(&[("/items/1/title", "text_blank"), ("/items/1/region", "unknown_code"),
            ("/items/2/region", "needed_to_submit")]);
        organizer.post(batch, json!({ "items": [] })).await.wrong(&[("/items", "number_of_items")]);
        organizer.post(batch, json!({ "items": [{ "title": { "en": "A" } }] })).await
            .wrong(&[("/items/0/status", "missing_field")]);
        hall.person("wang").await.post(batch, json!({ "items": [line("A", json!("north"))] })).await
            .problem(403, "forbidden");
        let lines: Vec<_> = (0..600).map(|i| line(&format!("Project {i}"), json!("south"))).collect();
        hall.clock.set(crate::hall::at("2027-01-01T00:00:00Z"));
        let mut organizer = organizer;
        hall.refresh(&mut organizer).await;
        let made = organizer.post(batch, json!({ "items": lines })).await;
        assert_eq!(made.created()["items"].as_array().unwrap().len(), 600);
        assert_eq!(made.body["items"][599]["number"], 600);
        let last = organizer.get("/competitions/cup/entries/600").await;
        assert_eq!(last.ok()["title"]["en"], "Project 599");
        assert_eq!(last.body["team"][1]["name"], "B");
        assert_eq!(last.body["status"], "accepted");
        assert_eq!(last.body["owner"], Value::Null);
        hall.close().await;
    }
}
