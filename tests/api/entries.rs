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
    async fn nobody_fills_the_list_alone(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let (wang, other) = (hall.person("wang").await, hall.person("other").await);
        for number in 1..=200 {
            assert_eq!(wang.post(ENTRIES, json!({ "title": { "en": "Wind" } })).await.created()["number"], number);
        }
        wang.post(ENTRIES, json!({ "title": { "en": "Wind" } })).await.problem(409, "too_many_entries");
        other.post(ENTRIES, json!({ "title": { "en": "Wind" } })).await.created();
        let line = json!({ "title": { "en": "Wind" }, "track": "energy", "region": "north", "team": [{ "name": "Li" }], "status": "accepted" });
        organizer.post(&format!("{ENTRIES}/batch"), json!({ "items": [line] })).await.created();
        hall.close().await;
    }

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

    async fn an_entry_is_submitted_inside_the_window_when_it_is_complete(db) {
        let hall = Hall::open(db).await;
        let stage = json!({ "code": "stage", "title": { "en": "Stage" }, "kind": "text", "required": true });
        published_cup(&hall, json!({ "fields": [stage], "team": { "min": 1, "max": 3 } })).await;
        let mut wang = hall.person("wang").await;
        let submit = "/competitions/cup/entries/1/submission";
        hall.clock.set(crate::hall::at("2026-05-31T23:59:59Z"));
        let mut late = hall.person("late").await;
        hall.refresh(&mut late).await;
        let early = late.post(ENTRIES, wind()).await;
        early.problem(409, "registration_not_open");
        assert_eq!(early.body["params"]["opens_at"], "2026-06-01T00:00:00Z");
        hall.clock.set(crate::hall::at("2026-07-31T23:59:59Z"));
        hall.refresh(&mut wang).await;
        let made = wang.post(ENTRIES, json!({ "title": { "en": "Wind" } })).await;
        wang.post(submit, json!({})).await.wrong(&[("/track", "needed_to_submit"), ("/region", "needed_to_submit"),
            ("/team", "team_too_small"), ("/answers/stage", "answer_required")]);
        let mut whole = wind();
        whole["answers"] = json!({ "stage": "pilot" });
        wang.put("/competitions/cup/entries/1", &made.tag(), whole.clone()).await.ok();
        wang.post(submit, json!({ "now": true })).await.wrong(&[("/now", "unknown_field")]);
        let done = wang.post(submit, json!({})).await;
        assert_eq!(done.ok()["status"], "submitted");
        assert_eq!(done.body["submitted_at"], "2026-07-31T23:59:59Z");
        wang.post(submit, json!({})).await.problem(409, "entry_not_draft");
        let tag = done.tag();
        let path = "/competitions/cup/entries/1";
        wang.put(path, &tag, json!({ "title": { "en": "Wind" } })).await.wrong(&[("/track", "needed_to_submit"),
            ("/region", "needed_to_submit"), ("/team", "team_too_small"), ("/answers/stage", "answer_required")]);
        wang.post(ENTRIES, whole.clone()).await.created();
        hall.clock.set(crate::hall::at("2026-08-01T00:00:00Z"));
        hall.refresh(&mut wang).await;
        hall.refresh(&mut late).await;
        let closed = late.post(ENTRIES, wind()).await;
        closed.problem(409, "registration_closed");
        assert_eq!(closed.body["params"]["closes_at"], "2026-08-01T00:00:00Z");
        assert_eq!(closed.body["detail"], "Registration closed at 2026-08-01 08:00 (Asia/Shanghai).");
        wang.post("/competitions/cup/entries/2/submission", json!({})).await.problem(409, "registration_closed");
        whole["title"] = json!({ "en": "Later" });
        wang.put(path, &tag, whole).await.problem(409, "registration_closed");
        hall.close().await;
    }

    async fn organizers_screen_what_was_handed_in(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let wang = hall.person("wang").await;
        for _ in 0..3 {
            wang.post(ENTRIES, wind()).await.created();
        }
        for n in [1, 2] {
            wang.post(&format!("{ENTRIES}/{n}/submission"), json!({})).await.ok();
        }
        let one = "/competitions/cup/entries/1/screening";
        organizer.post(one, json!({ "decision": "rejected" })).await.wrong(&[("/reason", "reason_required")]);
        organizer.post(one, json!({ "decision": "perhaps" })).await.wrong(&[("/decision", "unknown_word")]);
        wang.post(one, json!({ "decision": "accepted" })).await.problem(403, "forbidden");
        let rejected = organizer.post(one, json!({ "decision": "rejected", "reason": "Too old" })).await;
        assert_eq!(rejected.ok()["status_reason"], "Too old");
        wang.post("/competitions/cup/entries/1/withdrawal", json!({})).await.problem(409, "entry_rejected");
        let many = "/competitions/cup/entries/screenings";
        let item = |n: i64| json!({ "entry": n, "decision": "accepted" });
        organizer.post(many, json!({ "items": [item(1), item(9), item(1)] })).await
            .wrong(&[("/items/1/entry", "unknown_entry"), ("/items/2/entry", "entry_twice")]);
        let draft = organizer.post(many, json!({ "items": [item(1), item(3)] })).await;
        draft.problem(409, "entries_not_screenable");
        assert_eq!(draft.body["errors"][0]["pointer"], "/items/1/entry");
        assert_eq!(organizer.get("/competitions/cup/entries/1").await.ok()["status"], "rejected");
        let done = organizer.post(many, json!({ "items": [item(2), item(1)] })).await;
        assert_eq!(done.ok()["items"], json!([{ "entry": 2, "status": "accepted" }, { "entry": 1, "status": "accepted" }]));
        wang.put("/competitions/cup/entries/1", "\"v4\"", json!({ "title": { "en": "W" }, "track": "energy",
            "region": "south" })).await.problem(409, "entry_not_open");
        organizer.put("/competitions/cup/entries/1", "\"v4\"", json!({ "title": { "en": "W" }, "track": "energy",
            "region": "south" })).await.ok();
        organizer.post("/competitions/cup/entries/3/screening", json!({ "decision": "accepted" })).await
            .problem(409, "entry_not_submitted");
        hall.close().await;
    }

    async fn an_owner_or_an_organizer_withdraws_an_entry(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let (wang, other) = (hall.person("wang").await, hall.person("other").await);
        for _ in 0..2 {
            wang.post(ENTRIES, wind()).await.created();
        }
        let path = "/competitions/cup/entries/1/withdrawal";
        other.post(path, json!({})).await.problem(404, "not_found");
        let gone = wang.post(path, json!({ "reason": "Moved abroad" })).await;
        assert_eq!(gone.ok()["status"], "withdrawn");
        assert_eq!(gone.body["status_reason"], "Moved abroad");
        wang.post(path, json!({})).await.problem(409, "entry_withdrawn");
        wang.put("/competitions/cup/entries/1", &gone.tag(), json!({ "title": { "en": "W" }, "track": "energy",
            "region": "south" })).await.problem(409, "entry_withdrawn");
        wang.post("/competitions/cup/entries/1/submission", json!({})).await.problem(409, "entry_withdrawn");
        let bare = organizer.send(reqwest::Method::POST, "/competitions/cup/entries/2/withdrawal", None, &[]).await;
        assert_eq!(bare.ok()["status"], "withdrawn");
        hall.close().await;
    }

    async fn a_list_is_searched_sorted_and_paged(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let line = |en: &str, zh: &str, track: &str, region: &str, status: &str| json!({ "status": status, "track": track,
            "region": region, "title": { "en": en, "zh": zh } });
        let items = json!({ "items": [
            line("Ökostrom", "乙", "energy", "north", "accepted"), line("beta%", "甲", "energy", "south", "submitted"),
            line("Alpha", "海上风电", "health", "south", "accepted"), line("gamma", "丙", "health", "north", "accepted")] });
        organizer.post("/competitions/cup/entries/batch", items).await.created();
        let wang = hall.person("wang").await;
        wang.post(ENTRIES, json!({ "title": { "en": "Mine" } })).await.created();
        let numbers = |persona: &crate::hall::Persona, query: &str| {
            let (persona, path) = (persona.clone(), format!("{ENTRIES}{query}"));
            async move {
                let got = persona.get(&path).await;
                let items = got.ok()["items"].as_array().unwrap();
                let numbers: Vec<_> = items.iter().map(|e| e["number"].as_i64().unwrap()).collect();
                (numbers, got.body["next"].as_str().map(str::to_owned))
            }
        };
        assert_eq!(numbers(&organizer, "").await.0, [1, 2, 3, 4, 5]);
        assert_eq!(numbers(&wang, "").await.0, [5]);
        assert_eq!(numbers(&organizer, "?status=accepted&track=health").await.0, [3, 4]);
        assert_eq!(numbers(&organizer, "?region=south").await.0, [2, 3]);
        assert_eq!(numbers(&organizer, "?q=%C3%96KOSTROM").await.0, [1]);
        assert_eq!(numbers(&organizer, "?q=%25").await.0, [2]);
        assert_eq!(numbers(&organizer, "?q=%E9%A3%8E%E7%94%B5").await.0, [3]);
        assert_eq!(numbers(&organizer, "?q=4").await.0, [4]);
        assert_eq!(numbers(&organizer, "?sort=title").await.0, [3, 2, 4, 5, 1]);
        assert_eq!(numbers(&organizer.speaking("zh"), "?sort=title").await.0, [5, 4, 1, 3, 2]);
        for sort in ["number", "title"] {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let (page, next) = numbers(&organizer, &format!("?sort={sort}&limit=2{cursor}")).await;
                seen.extend(page);
                let Some(next) = next else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(seen, numbers(&organizer, &format!("?sort={sort}")).await.0);
        }
        let next = numbers(&organizer, "?limit=2").await.1.unwrap();
        let get = |query: String| {
            let organizer = organizer.clone();
            async move { organizer.get(&format!("{ENTRIES}{query}")).await }
        };
        get(format!("?sort=title&cursor={next}")).await.wrong(&[("?cursor", "cursor")]);
        get("?limit=0".into()).await.wrong(&[("?limit", "limit")]);
        get("?limit=x".into()).await.wrong(&[("?limit", "wrong_type")]);
        get("?colour=red".into()).await.wrong(&[("?colour", "unknown_field")]);
        get("?track=coal".into()).await.wrong(&[("?track", "unknown_code")]);
        get("?status=lost".into()).await.wrong(&[("?status", "unknown_word")]);
        hall.guest().get(ENTRIES).await.problem(401, "sign_in_required");
        hall.close().await;
    }

    async fn a_text_that_shows_nothing_is_none_and_a_line_stays_one(db) {
        let hall = Hall::open(db).await;
        published_cup(&hall, json!({ "fields": [{ "code": "stage", "title": { "en": "Stage" }, "kind": "text" }] })).await;
        let wang = hall.person("wang").await;
        for nothing in ["", "\u{200b}", "\u{202e}", "\u{7}", "\u{3164}"] {
            wang.post(ENTRIES, json!({ "title": { "en": nothing } })).await.wrong(&[("/title", "text_blank")]);
            wang.post(ENTRIES, json!({ "title": { "en": "W" }, "team": [{ "name": nothing }] })).await
                .wrong(&[("/team/0/name", "text_length")]);
        }
        let turned = json!({ "title": { "en": "W\u{202e}dniw", "zh": "风\n电" }, "institution": "A\u{1b}[31mB",
            "team": [{ "name": "Li\r\nWu", "role": "\u{2067}lead" }] });
        wang.post(ENTRIES, turned).await.wrong(&[
            ("/title/en", "character_not_in_line"), ("/title/zh", "character_not_in_line"),
            ("/institution", "character_not_in_line"), ("/team/0/name", "character_not_in_line"),
            ("/team/0/role", "character_not_in_line"),
        ]);
        let body = json!({ "title": { "en": " ", "zh": "海上风电" }, "summary": { "en": "One\nTwo", "zh": "" },
            "answers": { "stage": "\u{200b}" } });
        let made = wang.post(ENTRIES, body).await;
        assert_eq!(made.created()["title"], json!({ "zh": "海上风电" }));
        assert_eq!(made.body["summary"], json!({ "en": "One\nTwo" }));
        assert_eq!(made.body["answers"], json!({}));
        hall.close().await;
    }

    async fn an_answer_that_stands_twice_is_refused(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let send = |path: &'static str, body: &str| {
            let (organizer, body) = (organizer.clone(), body.to_owned());
            async move { organizer.send(reqwest::Method::POST, path, Some(body), &[]).await }
        };
        let twice = r#""title":{"en":"W"},"answers":{"stage":"a","stage":"b"}"#;
        send(ENTRIES, &format!("{{{twice}}}")).await.wrong(&[("/answers/stage", "duplicate_key")]);
        send("/competitions/cup/entries/batch", &format!(r#"{{"items":[{{"status":"accepted",{twice}}}]}}"#)).await
            .wrong(&[("/items/0/answers/stage", "duplicate_key")]);
        hall.close().await;
    }

    async fn a_batch_names_the_problem_of_each_line(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let fine = json!({ "status": "accepted", "title": { "en": "Fine" }, "track": "energy", "region": "north",
            "team": [{ "name": "Li" }] });
        let items = json!({ "items": [fine, { "status": "perhaps", "title": { "en": "A" } }, { "status": "accepted" }, 7,
            { "status": "accepted", "title": "B", "colour": "red" }] });
        let batch = "/competitions/cup/entries/batch";
        let wrong = organizer.post(batch, items.clone()).await;
        wrong.wrong(&[("/items/1/status", "unknown_word"), ("/items/2/title", "missing_field"), ("/items/3", "wrong_type"),
            ("/items/4/colour", "unknown_field"), ("/items/4/title", "wrong_type")]);
        let chinese = organizer.speaking("zh").post(batch, items).await;
        for error in chinese.body["errors"].as_array().unwrap() {
            let detail = error["detail"].as_str().unwrap();
            assert!(!["expected", "struct", "invalid", "unknown"].iter().any(|w| detail.contains(w)), "{detail}");
        }
        let one = json!({ "entry": 1, "decision": "accepted" });
        organizer.post("/competitions/cup/entries/screenings", json!({ "items": [{ "entry": "1" }, one, { "decision": 1 }] }))
            .await.wrong(&[("/items/0/entry", "wrong_type"),
                ("/items/2/decision", "wrong_type"), ("/items/2/entry", "missing_field")]);
        assert_eq!(organizer.get(ENTRIES).await.ok()["items"], json!([]), "all or nothing");
        hall.close().await;
    }

    async fn a_number_is_never_given_twice_and_a_key_never_works_twice(db) {
        let hall = Hall::open(db).await;
        published_cup(&hall, json!({})).await;
        let wang = hall.person("wang").await;
        let post = |key: &'static str, body: Value| {
            let wang = wang.clone();
            async move {
                wang.send(reqwest::Method::POST, ENTRIES, Some(body.to_string()), &[("Idempotency-Key", key)]).await
            }
        };
        assert_eq!(post("a", wind()).await.created()["number"], 1);
        assert_eq!(post("a", wind()).await.created()["number"], 1);
        post("a", json!({ "title": { "en": "Other" } })).await.wrong(&[("", "idempotency_key_reused")]);
        wang.post("/competitions/cup/entries/1/withdrawal", json!({})).await.ok();
        assert_eq!(post("b", wind()).await.created()["number"], 2);
        hall.close().await;
    }
}
