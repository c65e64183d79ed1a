//! Sessions: listed, ended, kept up; keys that change under them.

use palmares::app::Instance;
use palmares::app::keys::Keys;
use palmares::domain::session::{DAY, Limits};
use serde_json::{Value, json};

use crate::hall::{Got, Hall, PASSWORD, Persona};

/// Signs in and gives the whole answer.
async fn sign_in(hall: &Hall, person: &Persona) -> Value {
    let proof = json!({ "email": person.email, "password": PASSWORD });
    hall.guest().post("/sessions", proof).await.created().clone()
}

async fn refresh(hall: &Hall, token: &Value) -> Got {
    hall.guest()
        .post("/sessions/refresh", json!({ "refresh_token": token }))
        .await
}

fn with(hall: &Hall, session: &Value) -> Persona {
    hall.guest().with_token(session["access_token"].as_str().unwrap())
}

both_databases! {
    async fn a_person_sees_their_sessions_and_ends_one(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        hall.clock.advance(60);
        let agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36";
        let proof = json!({ "email": wang.email, "password": PASSWORD }).to_string();
        let phone = hall.guest()
            .send(reqwest::Method::POST, "/sessions", Some(proof), &[("User-Agent", agent)]).await;
        assert_eq!(phone.header("cache-control").as_deref(), Some("no-store"));
        let phone = with(&hall, phone.created());
        let listed = wang.get("/me/sessions").await.ok()["items"].clone();
        assert_eq!(listed.as_array().unwrap().len(), 2);
        assert_eq!(listed[0]["device"], "Chrome, Android");
        assert_eq!((&listed[0]["kind"], &listed[0]["current"]), (&json!("password"), &json!(false)));
        assert_eq!((&listed[1]["current"], listed[1].get("device")), (&json!(true), None));
        assert_eq!(listed[0]["began_at"], "2026-07-01T01:01:00Z");
        assert_eq!(listed[0]["ends_at"], "2026-07-15T01:01:00Z");
        let id = listed[0]["id"].as_str().unwrap();
        let zhao = hall.person("zhao").await;
        zhao.delete(&format!("/me/sessions/{id}")).await.problem(404, "not_found");
        phone.get("/me").await.ok();
        wang.delete(&format!("/me/sessions/{id}")).await.expect(204);
        phone.get("/me").await.problem(401, "session_ended");
        wang.delete(&format!("/me/sessions/{id}")).await.problem(404, "not_found");
        assert_eq!(wang.get("/me/sessions").await.ok()["items"].as_array().unwrap().len(), 1);
        hall.close().await;
    }

    async fn a_person_ends_all_their_sessions_or_all_but_this_one(db) {
        let hall = Hall::open(db).await;
        let (wang, zhao) = (hall.person("wang").await, hall.person("zhao").await);
        let other = sign_in(&hall, &wang).await;
        wang.delete("/me/sessions?keep_current=yes").await.wrong(&[("?keep_current", "true_or_false")]);
        wang.delete("/me/sessions?keep_current=true").await.expect(204);
        with(&hall, &other).get("/me").await.problem(401, "session_ended");
        refresh(&hall, &other["refresh_token"]).await.problem(401, "session_ended");
        wang.get("/me").await.ok();
        wang.delete("/me/sessions").await.expect(204);
        wang.get("/me").await.problem(401, "session_ended");
        zhao.get("/me").await.ok();
        hall.close().await;
    }

    async fn a_lost_answer_is_given_again_for_a_moment(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let first = sign_in(&hall, &wang).await;
        let lost = refresh(&hall, &first["refresh_token"]).await.ok().clone();
        hall.clock.advance(19);
        let again = refresh(&hall, &first["refresh_token"]).await.ok().clone();
        assert_ne!(lost["refresh_token"], again["refresh_token"]);
        let next = refresh(&hall, &again["refresh_token"]).await.ok().clone();
        with(&hall, &next).get("/me").await.ok();
        // Whoever held the other answer gives the theft away: nobody keeps anything.
        refresh(&hall, &lost["refresh_token"]).await.problem(401, "session_ended");
        refresh(&hall, &next["refresh_token"]).await.problem(401, "session_ended");
        with(&hall, &next).get("/me").await.problem(401, "session_ended");
        hall.close().await;
    }

    async fn nobody_comes_again_with_a_token_once_its_answer_was_used(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let first = sign_in(&hall, &wang).await;
        let second = refresh(&hall, &first["refresh_token"]).await.ok().clone();
        let third = refresh(&hall, &second["refresh_token"]).await.ok().clone();
        // Within the grace, but its answer was used.
        refresh(&hall, &first["refresh_token"]).await.problem(401, "session_ended");
        refresh(&hall, &third["refresh_token"]).await.problem(401, "session_ended");
        hall.close().await;
    }

    async fn a_token_comes_again_only_a_few_times(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let first = sign_in(&hall, &wang).await;
        for _ in 0..4 {
            refresh(&hall, &first["refresh_token"]).await.ok();
        }
        refresh(&hall, &first["refresh_token"]).await.problem(401, "session_ended");
        hall.close().await;
    }

    async fn two_requests_at_once_with_one_token_both_get_an_answer(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let first = sign_in(&hall, &wang).await;
        let token = &first["refresh_token"];
        let (a, b) = tokio::join!(refresh(&hall, token), refresh(&hall, token));
        let (a, b) = (a.ok().clone(), b.ok().clone());
        let (c, d) = tokio::join!(refresh(&hall, &a["refresh_token"]), refresh(&hall, &b["refresh_token"]));
        assert!(c.status == 200 || d.status == 200 || (c.status, d.status) == (401, 401), "{c:?} {d:?}");
        assert!(!(c.status == 200 && d.status == 200), "both branches live");
        hall.close().await;
    }

    async fn a_session_ends_in_any_case_however_often_it_is_used(db) {
        let limits = Limits { idle: 2 * DAY, whole: 5 * DAY };
        let hall = Hall::open_as(db, Instance { sessions: limits, ..Instance::default() }).await;
        let wang = hall.person("wang").await;
        let mut session = sign_in(&hall, &wang).await;
        for _ in 0..4 {
            hall.clock.advance(DAY);
            session = refresh(&hall, &session["refresh_token"]).await.ok().clone();
        }
        hall.clock.advance(DAY - 1);
        session = refresh(&hall, &session["refresh_token"]).await.ok().clone();
        let access = with(&hall, &session);
        let listed = access.get("/me/sessions").await;
        assert_eq!(listed.ok()["items"][0]["ends_at"], "2026-07-06T01:00:00Z");
        hall.clock.advance(1);
        access.get("/me").await.problem(401, "session_ended");
        refresh(&hall, &session["refresh_token"]).await.problem(401, "session_ended");
        hall.close().await;
    }

    async fn a_session_that_nobody_uses_is_not_listed(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        hall.clock.advance(14 * DAY);
        let now = sign_in(&hall, &wang).await;
        let listed = with(&hall, &now).get("/me/sessions").await;
        assert_eq!(listed.ok()["items"].as_array().unwrap().len(), 1);
        hall.close().await;
    }

    async fn a_suspended_account_and_a_removed_member_are_out_with_the_next_request(db) {
        let hall = Hall::open(db).await;
        let (admin, liu, wang) = (hall.admin().await, hall.person("liu").await, hall.person("wang").await);
        let body = json!({ "slug": "cup", "name": { "en": "Cup" }, "time_zone": "Asia/Shanghai", "organizers": [liu.email] });
        admin.post("/competitions", body).await.created();
        let observer = json!({ "email": wang.email, "role": "observer" });
        let member = liu.post("/competitions/cup/members", observer).await.created()["id"].clone();
        wang.get("/competitions/cup").await.ok();
        liu.delete(&format!("/competitions/cup/members/{}", member.as_str().unwrap())).await.expect(204);
        wang.get("/competitions/cup").await.problem(404, "not_found");

        let found = admin.get("/users?q=WANG").await.ok()["items"].clone();
        assert_eq!(found.as_array().unwrap().len(), 1);
        assert_eq!(found[0]["email"], "wang@example.org");
        let id = found[0]["id"].as_str().unwrap();
        let token = wang.post("/me/tokens", json!({ "name": "Board", "scopes": ["read"] })).await.created()["secret"].clone();
        let program = wang.with_token(token.as_str().unwrap());
        program.get("/me").await.ok();
        let suspension = format!("/users/{id}/suspension");
        admin.post(&suspension, json!({ "reason": " " })).await.wrong(&[("/reason", "reason_required")]);
        admin.post(&suspension, json!({ "reason": "Shared the password." })).await.expect(204);
        wang.get("/me").await.problem(401, "session_ended");
        program.get("/me").await.problem(401, "token_invalid");
        let proof = json!({ "email": wang.email, "password": PASSWORD });
        hall.guest().post("/sessions", proof.clone()).await.problem(401, "wrong_credentials");
        admin.post(&suspension, json!({ "reason": "Again." })).await.problem(409, "account_suspended");
        assert!(admin.get("/users?q=wang@").await.ok()["items"][0]["suspended_at"].is_string());
        admin.post(&format!("/users/{id}/reinstatement"), json!({})).await.expect(204);
        admin.post(&format!("/users/{id}/reinstatement"), json!({})).await.problem(409, "account_not_suspended");
        wang.get("/me").await.problem(401, "session_ended");
        program.get("/me").await.problem(401, "token_invalid");
        let back = with(&hall, hall.guest().post("/sessions", proof).await.created());
        back.get("/me").await.ok();
        admin.delete(&format!("/users/{id}/sessions")).await.expect(204);
        back.get("/me").await.problem(401, "session_ended");
        let own = admin.id.clone();
        admin.post(&format!("/users/{own}/suspension"), json!({ "reason": "Oops." })).await.problem(409, "own_account");
        admin.delete("/users/nobody/sessions").await.problem(404, "not_found");
        hall.close().await;
    }

    async fn accounts_are_listed_in_pages_and_found_letter_for_letter(db) {
        let hall = Hall::open(db).await;
        let admin = hall.admin().await;
        for name in ["ann", "bob", "cai_1"] {
            hall.person(name).await;
        }
        let first = admin.get("/users?limit=3").await.ok().clone();
        let emails = |page: &Value| -> Vec<String> {
            page["items"].as_array().unwrap().iter().map(|a| a["email"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(emails(&first), ["admin@example.org", "ann@example.org", "bob@example.org"]);
        let next = first["next"].as_str().unwrap();
        let second = admin.get(&format!("/users?limit=3&cursor={next}")).await.ok().clone();
        assert_eq!(emails(&second), ["cai_1@example.org"]);
        assert_eq!(second.get("next"), None);
        assert_eq!(emails(admin.get("/users?q=_").await.ok()), ["cai_1@example.org"]);
        assert!(emails(admin.get("/users?q=%25").await.ok()).is_empty());
        assert_eq!(emails(admin.get("/users?q=Bob").await.ok()), ["bob@example.org"]);
        hall.close().await;
    }

    async fn what_opens_the_account_asks_for_a_fresh_proof(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let session = sign_in(&hall, &wang).await;
        hall.clock.advance(15 * 60);
        let wang = with(&hall, refresh(&hall, &session["refresh_token"]).await.ok());
        let wanted = json!({ "name": "Board", "scopes": ["read"] });
        wang.post("/me/tokens", wanted.clone()).await.problem(403, "proof_demanded");
        wang.post("/me/second-factor", json!({})).await.problem(403, "proof_demanded");
        wang.get("/me/tokens").await.ok();
        wang.post("/sessions/current/proof", json!({ "password": "not my phrase" })).await
            .wrong(&[("/password", "password_wrong")]);
        wang.post("/me/tokens", wanted.clone()).await.problem(403, "proof_demanded");
        wang.post("/sessions/current/proof", json!({ "password": PASSWORD })).await.expect(204);
        wang.post("/me/tokens", wanted).await.created();
        hall.close().await;
    }

    async fn keys_rotate_while_the_server_runs_and_nobody_is_logged_out(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
        let rotate = |revoke| {
            let (app, keys) = (hall.app.clone(), hall.keys.clone());
            async move { tokio::task::spawn_blocking(move || keys.rotate(&app, revoke).unwrap()).await.unwrap() }
        };
        let old = sign_in(&hall, &wang).await;
        let new = rotate(false).await;
        // Other nodes have to know it first.
        let text = |session: &Value| session["access_token"].as_str().unwrap().to_owned();
        assert_eq!(kid(&text(&sign_in(&hall, &wang).await)), kid(&text(&old)));
        hall.clock.advance(10);
        let later = sign_in(&hall, &wang).await;
        assert_eq!(kid(&text(&later)), new);
        hall.clock.advance(589);
        with(&hall, &old).get("/me").await.ok();
        with(&hall, &later).get("/me").await.ok();
        hall.clock.advance(60);
        let kept = refresh(&hall, &old["refresh_token"]).await.ok().clone();
        with(&hall, &kept).get("/me").await.ok();

        let newest = rotate(true).await;
        hall.clock.advance(5);
        with(&hall, &kept).get("/me").await.problem(401, "token_invalid");
        let kept = refresh(&hall, &kept["refresh_token"]).await.ok().clone();
        assert_eq!(kid(&text(&kept)), newest);
        with(&hall, &kept).get("/me").await.ok();
        let listed = { let app = hall.app.clone(); tokio::task::spawn_blocking(move || palmares::app::keys::list(&app).unwrap()).await.unwrap() };
        let standings: Vec<_> = listed.iter().map(|k| format!("{:?}", k.standing)).collect();
        assert_eq!(standings, ["Signs", "Retired", "Retired"]);
        hall.close().await;
    }

    async fn a_node_looks_for_a_key_that_another_one_signs_with(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let (app, keys) = (hall.app.clone(), hall.keys.clone());
        let other = tokio::task::spawn_blocking(move || {
            keys.rotate(&app, true).unwrap();
            Keys::open(&app, &[7; 32]).unwrap()
        }).await.unwrap();
        hall.clock.advance(1);
        let hall_actor = hall.actor(&wang);
        let palmares::app::actor::Actor::Session(session) = hall_actor else { panic!() };
        let user = palmares::domain::ids::PublicId(wang.id.clone());
        let token = other.sign(&user, &session, Vec::new(), hall.clock.now()).unwrap();
        hall.guest().with_token(token).get("/me").await.ok();
        hall.close().await;
    }
}
