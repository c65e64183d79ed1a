//! Competitions, tracks, regions: made by an admin, set up and published by organizers.

use serde_json::{Value, json};

use crate::hall::{Hall, Persona};

/// A competition with a window around the tests' clock, organized by these people.
pub fn cup(organizers: &[&Persona]) -> Value {
    let emails: Vec<_> = organizers.iter().map(|o| &o.email).collect();
    json!({
        "slug": "cup", "name": { "en": "Cup", "zh": "英才杯" }, "time_zone": "Asia/Shanghai",
        "registration": { "opens_at": "2026-06-01T00:00:00Z", "closes_at": "2026-08-01T00:00:00Z" },
        "organizers": emails,
    })
}

/// The same without what only a new competition takes, with some things changed.
pub fn settings(changes: Value) -> Value {
    let mut body = cup(&[]);
    let map = body.as_object_mut().unwrap();
    map.remove("organizers");
    for (key, value) in changes.as_object().unwrap() {
        map.insert(key.clone(), value.clone());
    }
    body
}

/// A published cup with tracks `energy` and `health`, regions `north` and `south`, and its organizer.
pub async fn published_cup(hall: &Hall, changes: Value) -> Persona {
    let organizer = hall.person("organizer").await;
    let mut body = settings(changes);
    body["organizers"] = json!([organizer.email]);
    hall.admin().await.post("/competitions", body).await.created();
    let item = |code: &str| json!({ "code": code, "name": { "en": code } });
    let tracks = json!({ "items": [item("energy"), item("health")] });
    organizer
        .put("/competitions/cup/tracks", "\"v1\"", tracks)
        .await
        .ok();
    let regions = json!({ "items": [item("north"), item("south")] });
    organizer
        .put("/competitions/cup/regions", "\"v2\"", regions)
        .await
        .ok();
    organizer
        .post("/competitions/cup/publication", json!({}))
        .await
        .ok();
    organizer
}

/// The admin who made the cup.
pub async fn its_admin(hall: &Hall) -> Persona {
    let mut admin = hall.guest();
    admin.email = "admin@example.org".to_owned();
    hall.refresh(&mut admin).await;
    admin
}

both_databases! {
    async fn an_admin_makes_a_competition_and_its_organizer_publishes_it(db) {
        let hall = Hall::open(db).await;
        let (admin, chen, guest) = (hall.admin().await, hall.person("chen").await, hall.guest());
        chen.post("/competitions", cup(&[&chen])).await.problem(403, "forbidden");
        guest.post("/competitions", cup(&[&chen])).await.problem(401, "sign_in_required");
        let made = admin.post("/competitions", cup(&[&chen])).await;
        assert_eq!(made.created()["published_at"], Value::Null);
        assert_eq!(made.header("location").as_deref(), Some("/api/v1/competitions/cup"));
        assert_eq!(made.tag(), "\"v1\"");
        assert!(made.body.get("organizers").is_none());
        guest.get("/competitions/cup").await.problem(404, "not_found");
        let other = hall.person("other").await;
        other.get("/competitions/cup").await.problem(404, "not_found");
        assert_eq!(guest.get("/competitions").await.ok()["items"], json!([]));
        assert_eq!(other.get("/competitions").await.ok()["items"], json!([]));
        for member in [&chen, &admin] {
            assert_eq!(member.get("/competitions").await.ok()["items"][0]["slug"], "cup");
            member.get("/competitions/cup").await.ok();
        }
        other.post("/competitions/cup/publication", json!({})).await.problem(404, "not_found");
        let shown = chen.post("/competitions/cup/publication", json!({})).await;
        assert_eq!(shown.ok()["published_at"], "2026-07-01T01:00:00Z");
        chen.post("/competitions/cup/publication", json!({})).await.problem(409, "competition_published");
        assert_eq!(guest.get("/competitions").await.ok()["items"][0]["name"]["zh"], "英才杯");
        guest.get("/competitions/cup").await.ok();
        other.post("/competitions/cup/publication", json!({})).await.problem(403, "forbidden");
        hall.close().await;
    }

    async fn a_competition_with_wrong_places_names_each(db) {
        let hall = Hall::open(db).await;
        let admin = hall.admin().await;
        let wrong = |changes: Value| {
            let mut body = settings(changes);
            if body.get("organizers").is_none() {
                body["organizers"] = json!([]);
            }
            let admin = admin.clone();
            async move { admin.post("/competitions", body).await }
        };
        wrong(json!({ "time_zone": "Mars/Base", "team": { "min": 3, "max": 2 },
            "registration": { "opens_at": "2026-07-01T00:00:00Z", "closes_at": "2026-06-01T00:00:00Z" },
            "organizers": ["nobody@example.org", "x"] })).await.wrong(&[
            ("/time_zone", "time_zone"), ("/registration/closes_at", "closes_before_it_opens"),
            ("/team/min", "team_limits"), ("/organizers/0", "no_account"), ("/organizers/1", "email")]);
        wrong(json!({ "slug": "The Cup" })).await.wrong(&[("/slug", "not_a_slug")]);
        wrong(json!({ "name": {} })).await.wrong(&[("/name", "text_blank")]);
        wrong(json!({ "published_at": null })).await.wrong(&[("/published_at", "unknown_field")]);
        let twice = json!({ "code": "a", "title": { "en": "A" }, "kind": "text" });
        wrong(json!({ "fields": [twice, twice] })).await.wrong(&[("/fields/1/code", "code_twice")]);
        wrong(json!({})).await.created();
        wrong(json!({})).await.wrong(&[("/slug", "slug_taken")]);
        hall.close().await;
    }

    async fn a_change_names_its_version_and_a_repetition_is_no_second_change(db) {
        let hall = Hall::open(db).await;
        let (admin, chen) = (hall.admin().await, hall.person("chen").await);
        admin.post("/competitions", cup(&[&chen])).await.created();
        let body = settings(json!({ "slug": "cup-2026", "blind": true }));
        let put = reqwest::Method::PUT;
        chen.send(put, "/competitions/cup", Some(body.to_string()), &[]).await.problem(428, "precondition_required");
        let changed = chen.put("/competitions/cup", "\"v1\"", body.clone()).await;
        assert_eq!(changed.ok()["blind"], true);
        assert_eq!(changed.tag(), "\"v2\"");
        chen.get("/competitions/cup").await.problem(404, "not_found");
        let again = chen.put("/competitions/cup-2026", "\"v1\"", body.clone()).await;
        again.ok();
        assert_eq!(again.tag(), "\"v2\"");
        let stale = admin.put("/competitions/cup-2026", "\"v1\"", body.clone()).await;
        stale.problem(412, "stale");
        assert_eq!(stale.body["version"], 2);
        assert_eq!(stale.body["current"]["slug"], "cup-2026");
        chen.post("/competitions/cup-2026/publication", json!({})).await.ok();
        chen.put("/competitions/cup-2026", "\"v3\"", settings(json!({}))).await.problem(409, "slug_fixed");
        hall.close().await;
    }

    async fn tracks_in_use_stay(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let items = json!({ "items": [
            { "status": "accepted", "title": { "en": "Wind" }, "track": "energy", "region": "north" }] });
        organizer.post("/competitions/cup/entries/batch", items).await.created();
        let item = |code: &str| json!({ "code": code, "name": { "zh": code } });
        let tracks = organizer.get("/competitions/cup/tracks").await;
        assert_eq!(tracks.ok()["items"][1]["code"], "health");
        let put = |items: Value| {
            let (organizer, tag) = (organizer.clone(), tracks.tag());
            async move { organizer.put("/competitions/cup/tracks", &tag, json!({ "items": items })).await }
        };
        let refused = put(json!([item("health")])).await;
        refused.problem(409, "track_in_use");
        assert_eq!(refused.body["params"]["track"], "energy");
        put(json!([item("a"), item("a")])).await.wrong(&[("/items/1/code", "code_twice")]);
        let changed = put(json!([item("new"), item("energy")])).await;
        assert_eq!(changed.ok()["items"][0]["code"], "new");
        put(json!([item("energy")])).await.problem(412, "stale");
        assert_eq!(organizer.get("/competitions/cup/tracks").await.body, changed.body);
        let region = json!({ "items": [item("south")] });
        organizer.put("/competitions/cup/regions", &changed.tag(), region).await.problem(409, "region_in_use");
        hall.close().await;
    }

    async fn what_answers_need_stays(db) {
        let hall = Hall::open(db).await;
        let fields = json!({ "fields": [{ "code": "stage", "title": { "en": "Stage" }, "kind": "choice",
            "choices": [{ "code": "idea", "title": { "en": "Idea" } }, { "code": "product", "title": { "en": "P" } }] }] });
        let organizer = published_cup(&hall, fields.clone()).await;
        let items = json!({ "items": [{ "status": "accepted", "title": { "en": "Wind" }, "track": "energy",
            "region": "north", "answers": { "stage": "idea" } }] });
        organizer.post("/competitions/cup/entries/batch", items).await.created();
        let tag = organizer.get("/competitions/cup").await.tag();
        organizer.put("/competitions/cup", &tag, settings(json!({}))).await.problem(409, "field_in_use");
        let mut fewer = fields.clone();
        fewer["fields"][0]["choices"].as_array_mut().unwrap().remove(0);
        organizer.put("/competitions/cup", &tag, settings(fewer)).await.problem(409, "choice_in_use");
        let mut fewer = fields;
        fewer["fields"][0]["choices"].as_array_mut().unwrap().remove(1);
        organizer.put("/competitions/cup", &tag, settings(fewer)).await.ok();
        hall.close().await;
    }
}
