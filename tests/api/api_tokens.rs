//! API tokens for programs.

use serde_json::{Value, json};

use crate::hall::{Hall, Persona};

async fn program(person: &Persona, wanted: Value) -> Persona {
    let made = person.post("/me/tokens", wanted).await;
    person.with_token(made.created()["secret"].as_str().unwrap())
}

async fn cup(hall: &Hall, slug: &str, organizer: &Persona) {
    let admin = hall.admin().await;
    let body = json!({ "slug": slug, "name": { "en": slug }, "time_zone": "Asia/Shanghai", "organizers": [organizer.email] });
    admin.post("/competitions", body).await.created();
}

both_databases! {
    async fn a_program_does_what_its_scopes_say(db) {
        let hall = Hall::open(db).await;
        let liu = hall.person("liu").await;
        cup(&hall, "cup", &liu).await;
        let made = liu.post("/me/tokens", json!({ "name": " Board ", "scopes": ["read", "read"] })).await;
        let body = made.created();
        let secret = body["secret"].as_str().unwrap();
        assert!(secret.starts_with("plm_") && secret.len() == 42, "{secret}");
        assert_eq!(body["token"]["name"], "Board");
        assert_eq!(body["token"]["scopes"], json!(["read"]));
        assert_eq!(body["token"]["expires_at"], "2026-09-29T01:00:00Z");
        assert_eq!(made.header("cache-control").as_deref(), Some("no-store"));
        let board = liu.with_token(secret);
        board.get("/competitions/cup/members").await.ok();
        board.get("/me").await.ok();
        let round = json!({ "code": "final", "title": { "en": "Final" } });
        board.post("/competitions/cup/rounds", round.clone()).await.problem(403, "out_of_scope");
        let manager = program(&liu, json!({ "name": "Manager", "scopes": ["manage"] })).await;
        manager.post("/competitions/cup/rounds", round).await.created();
        manager.get("/competitions/cup/members").await.problem(403, "out_of_scope");
        // The secret is nowhere: neither in the list nor in the log.
        let listed = liu.get("/me/tokens").await;
        assert!(!listed.text.contains("plm_"), "{}", listed.text);
        assert_eq!(listed.ok()["items"].as_array().unwrap().len(), 2);
        hall.close().await;
    }

    async fn no_program_opens_the_account(db) {
        let hall = Hall::open(db).await;
        let admin = hall.admin().await;
        let all = ["read", "enter", "judge", "record", "manage", "members", "publish"];
        let program = program(&admin, json!({ "name": "All", "scopes": all })).await;
        for path in ["/me/tokens", "/me/sessions", "/me/second-factor", "/users"] {
            program.get(path).await.problem(403, "out_of_scope");
        }
        program.post("/me/tokens", json!({ "name": "More", "scopes": ["read"] })).await.problem(403, "out_of_scope");
        program.post("/me/second-factor", json!({})).await.problem(403, "out_of_scope");
        program.delete("/sessions/current").await.problem(403, "out_of_scope");
        program.delete("/me/sessions").await.problem(403, "out_of_scope");
        let proof = json!({ "password": crate::hall::PASSWORD });
        program.post("/sessions/current/proof", proof).await.problem(403, "out_of_scope");
        hall.close().await;
    }

    async fn a_token_may_be_limited_to_a_competition(db) {
        let hall = Hall::open(db).await;
        let liu = hall.person("liu").await;
        cup(&hall, "cup", &liu).await;
        let admin = hall.person("chen").await;
        let second = json!({ "slug": "league", "name": { "en": "League" }, "time_zone": "Asia/Shanghai", "organizers": [liu.email] });
        admin.post("/competitions", second.clone()).await.problem(403, "forbidden");
        let wanted = json!({ "name": "Cup", "scopes": ["read", "manage"], "competition": "league" });
        liu.post("/me/tokens", wanted).await.wrong(&[("/competition", "unknown_code")]);
        let chen = program(&liu, json!({ "name": "Cup", "scopes": ["read", "manage"], "competition": "cup" })).await;
        chen.get("/competitions/cup/members").await.ok();
        let roles = chen.get("/me").await.ok()["roles"].clone();
        assert_eq!(roles.as_array().unwrap().len(), 1);
        hall.close().await;
    }

    async fn a_token_ends_is_revoked_and_tells_when_it_was_used(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let short = program(&wang, json!({ "name": "Day", "scopes": ["read"], "expires_at": "2026-07-01T03:00:00Z" })).await;
        let listed = |person: Persona| async move { person.get("/me/tokens").await.ok()["items"][0].clone() };
        assert_eq!(listed(wang.clone()).await.get("last_used_at"), None);
        short.get("/me").await.ok();
        assert_eq!(listed(wang.clone()).await["last_used_at"], "2026-07-01T01:00:00Z");
        hall.clock.advance(300);
        short.get("/me").await.ok();
        assert_eq!(listed(wang.clone()).await["last_used_at"], "2026-07-01T01:00:00Z", "noted coarsely");
        hall.clock.advance(1);
        short.get("/me").await.ok();
        let noted = listed(wang.clone()).await;
        assert_eq!(noted["last_used_at"], "2026-07-01T01:05:01Z");
        let zhao = hall.person("zhao").await;
        let path = format!("/me/tokens/{}", noted["id"].as_str().unwrap());
        zhao.delete(&path).await.problem(404, "not_found");
        hall.clock.advance(2 * 3600);
        short.get("/me").await.problem(401, "token_invalid");
        let mut wang = wang;
        hall.refresh(&mut wang).await;
        let long = program(&wang, json!({ "name": "Year", "scopes": ["read"] })).await;
        long.get("/me").await.ok();
        let id = listed(wang.clone()).await["id"].as_str().unwrap().to_owned();
        wang.delete(&format!("/me/tokens/{id}")).await.expect(204);
        long.get("/me").await.problem(401, "token_invalid");
        wang.delete(&format!("/me/tokens/{id}")).await.problem(404, "not_found");
        hall.close().await;
    }

    async fn a_token_that_makes_no_sense_is_refused_with_every_wrong_place(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let post = |body| wang.post("/me/tokens", body);
        post(json!({ "name": " ", "scopes": [], "expires_at": "2026-07-01T01:00:00Z", "competition": "nowhere" })).await
            .wrong(&[("/name", "text_length"), ("/scopes", "scope_needed"), ("/expires_at", "token_end"), ("/competition", "unknown_code")]);
        post(json!({ "name": "x", "scopes": ["read"], "expires_at": "2027-07-03T01:00:00Z" })).await
            .wrong(&[("/expires_at", "token_end")]);
        post(json!({ "name": "x", "scopes": ["everything"] })).await.problem(422, "invalid");
        post(json!({ "name": "x", "scopes": ["read"], "user": "somebody" })).await.wrong(&[("/user", "unknown_field")]);
        for _ in 0..50 {
            post(json!({ "name": "x", "scopes": ["read"] })).await.created();
        }
        post(json!({ "name": "x", "scopes": ["read"] })).await.problem(409, "too_many_tokens");
        hall.close().await;
    }

    async fn a_kept_answer_is_for_the_program_that_got_it(db) {
        let hall = Hall::open(db).await;
        let liu = hall.person("liu").await;
        cup(&hall, "cup", &liu).await;
        let manager = program(&liu, json!({ "name": "Manager", "scopes": ["manage"] })).await;
        let reader = program(&liu, json!({ "name": "Reader", "scopes": ["read"] })).await;
        let round = json!({ "code": "final", "title": { "en": "Final" } }).to_string();
        let post = |who: Persona| {
            let round = round.clone();
            async move {
                let key = [("Idempotency-Key", "one")];
                who.send(reqwest::Method::POST, "/competitions/cup/rounds", Some(round), &key).await
            }
        };
        post(manager.clone()).await.created();
        post(manager).await.created();
        post(reader).await.problem(403, "out_of_scope");
        hall.close().await;
    }
}
