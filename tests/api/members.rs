//! Members, invitations, interest, the log.

use serde_json::{Value, json};

use crate::competitions::{its_admin, published_cup};
use crate::hall::Hall;

const MEMBERS: &str = "/competitions/cup/members";

both_databases! {
    async fn an_organizer_names_and_removes_members(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let (zhao, other) = (hall.person("zhao").await, hall.person("other").await);
        let observer = json!({ "email": zhao.email.to_uppercase(), "role": "observer", "region": "north" });
        let made = organizer.post(MEMBERS, observer.clone()).await;
        assert_eq!(made.created()["user"]["name"], "zhao");
        organizer.post(MEMBERS, observer).await.problem(409, "already_member");
        let add = |body: Value| {
            let organizer = organizer.clone();
            async move { organizer.post(MEMBERS, body).await }
        };
        add(json!({ "email": "no@example.org", "role": "judge" })).await.wrong(&[("/email", "no_account")]);
        add(json!({ "email": zhao.email, "role": "king" })).await.wrong(&[("/role", "unknown_word")]);
        add(json!({ "email": zhao.email, "role": "judge", "region": "west" })).await.wrong(&[("/region", "unknown_code")]);
        add(json!({ "email": zhao.email, "role": "judge" })).await.created();
        other.get(MEMBERS).await.problem(403, "forbidden");
        let judge = json!({ "email": other.email, "role": "judge" });
        zhao.post(MEMBERS, judge.clone()).await.problem(403, "forbidden");
        other.post(MEMBERS, judge).await.problem(403, "forbidden");
        let list = organizer.get(MEMBERS).await;
        let roles: Vec<_> = list.ok()["items"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
        assert_eq!(roles, ["organizer", "observer", "judge"]);
        assert_eq!(list.body["items"][1]["region"], "north");
        let id = |n: usize| list.body["items"][n]["id"].as_str().unwrap().to_owned();
        organizer.delete(&format!("{MEMBERS}/{}", id(1))).await.expect(204);
        organizer.delete(&format!("{MEMBERS}/{}", id(1))).await.problem(404, "not_found");
        assert_eq!(zhao.get("/me").await.ok()["roles"].as_array().unwrap().len(), 1);
        let first = format!("{MEMBERS}/{}", id(0));
        organizer.delete(&first).await.problem(409, "last_organizer");
        let log = organizer.get("/competitions/cup/changes").await;
        let actions: Vec<_> = log.ok()["items"].as_array().unwrap().iter().map(|c| c["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["creation", "change_of_tracks", "change_of_regions", "publication", "appointment", "appointment",
            "removal"]);
        hall.close().await;
    }

    async fn a_region_limits_an_organizer(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let north = hall.person("north").await;
        let body = json!({ "email": north.email, "role": "organizer", "region": "north" });
        organizer.post(MEMBERS, body.clone()).await.created();
        let line = |region: &str| json!({ "status": "submitted", "title": { "en": region }, "track": "energy",
            "region": region });
        let batch = "/competitions/cup/entries/batch";
        organizer.post(batch, json!({ "items": [line("north"), line("south")] })).await.created();
        let seen = north.get("/competitions/cup/entries").await;
        assert_eq!(seen.ok()["items"].as_array().unwrap().len(), 1);
        north.get("/competitions/cup/entries/1").await.ok();
        north.get("/competitions/cup/entries/2").await.problem(404, "not_found");
        let accept = json!({ "decision": "accepted" });
        north.post("/competitions/cup/entries/1/screening", accept.clone()).await.ok();
        north.post("/competitions/cup/entries/2/screening", accept).await.problem(404, "not_found");
        north.post(batch, json!({ "items": [line("north")] })).await.created();
        north.post(batch, json!({ "items": [line("north"), line("south")] })).await.problem(403, "forbidden");
        let moved = json!({ "title": { "en": "north" }, "track": "energy", "region": "south" });
        north.put("/competitions/cup/entries/1", "\"v2\"", moved).await.problem(403, "forbidden");
        north.post(MEMBERS, body).await.problem(403, "forbidden");
        north.put("/competitions/cup/tracks", "\"v4\"", json!({ "items": [] })).await.problem(403, "forbidden");
        north.get("/competitions/cup/changes").await.problem(403, "forbidden");
        hall.close().await;
    }

    async fn an_organizer_with_an_entry_loses_their_rights_until_an_admin_grants_an_exception(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let (li, wang) = (hall.person("li").await, hall.person("wang").await);
        organizer.post(MEMBERS, json!({ "email": li.email, "role": "organizer" })).await.created();
        let team = json!({ "title": { "en": "Wind" }, "track": "energy", "region": "north", "team": [{ "name": "Li", "email": "LI@example.org" }] });
        li.get("/competitions/cup/changes").await.ok();
        wang.post("/competitions/cup/entries", team).await.created();
        // Whoever writes a name into a team takes nothing from anybody: the entry has to be one that takes part.
        li.get("/competitions/cup/changes").await.ok();
        wang.post("/competitions/cup/entries/1/submission", json!({})).await.ok();
        li.post("/competitions/cup/entries/1/screening", json!({ "decision": "accepted" })).await.problem(409, "entry_of_own_team");
        li.get("/competitions/cup/changes").await.ok();
        organizer.post("/competitions/cup/entries/1/screening", json!({ "decision": "accepted" })).await.ok();
        li.get("/competitions/cup/changes").await.problem(403, "forbidden");
        li.get("/competitions/cup/entries/1").await.problem(404, "not_found");
        li.get(MEMBERS).await.problem(403, "forbidden");
        li.put("/competitions/cup/tracks", "\"v4\"", json!({ "items": [] })).await.problem(403, "forbidden");
        assert_eq!(li.get("/competitions/cup/entries").await.ok()["items"], json!([]));
        let members = organizer.get(MEMBERS).await.ok()["items"].clone();
        let id = members[1]["id"].as_str().unwrap();
        let path = format!("{MEMBERS}/{id}/exception");
        organizer.put_new(&path, json!({ "reason": "Only helps" })).await.problem(403, "forbidden");
        let admin = its_admin(&hall).await;
        admin.put_new(&path, json!({ "reason": " " })).await.wrong(&[("/reason", "reason_required")]);
        admin.put(&path, "\"v7\"", json!({ "reason": "Only helps" })).await.problem(412, "stale");
        let granted = admin.put_new(&path, json!({ "reason": "Only helps" })).await;
        assert_eq!(granted.ok()["interest_exception"], "Only helps");
        assert_eq!(li.get("/competitions/cup/entries/1").await.ok()["number"], 1);
        li.get("/competitions/cup/changes").await.ok();
        organizer.delete(&path).await.problem(403, "forbidden");
        let ended = admin.delete(&path).await;
        assert_eq!((&ended.ok()["interest_exception"], &ended.body["version"]), (&Value::Null, &json!(3)));
        li.get("/competitions/cup/changes").await.problem(403, "forbidden");
        assert_eq!(admin.delete(&path).await.ok()["version"], 3);
        hall.close().await;
    }

    async fn who_is_behind_an_entry_is_for_few(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({ "blind": true })).await;
        let (wang, clerk, observer) = (hall.person("wang").await, hall.person("clerk").await, hall.person("observer").await);
        for (person, role) in [(&clerk, "clerk"), (&observer, "observer")] {
            organizer.post(MEMBERS, json!({ "email": person.email, "role": role })).await.created();
        }
        let entry = json!({ "title": { "en": "Wind" }, "institution": "Harbour School",
            "team": [{ "name": "Li", "email": "li@example.org" }] });
        wang.post("/competitions/cup/entries", entry).await.created();
        for person in [&wang, &organizer, &observer] {
            let seen = person.get("/competitions/cup/entries/1").await;
            assert_eq!(seen.ok()["team"][0]["email"], "li@example.org");
            assert_eq!(seen.body["owner"]["name"], "wang");
        }
        let seen = clerk.get("/competitions/cup/entries/1").await;
        assert_eq!(seen.ok()["team"], json!([{ "name": "Li" }]));
        assert_eq!((&seen.body["owner"], &seen.body["institution"]), (&Value::Null, &json!("Harbour School")));
        its_admin(&hall).await.get("/competitions/cup/entries/1").await.problem(404, "not_found");
        hall.close().await;
    }
}
