//! Registering, signing in and out, keeping a session up.

use serde_json::json;

use crate::hall::{Hall, PASSWORD};

both_databases! {
    async fn a_contestant_registers_signs_in_and_out(database) {
        let hall = Hall::open(database).await;
        let guest = hall.guest();
        let account = json!({ "email": "Wang.Li@Example.org", "password": "a phrase that only I know", "name": "Wang Li" });
        let registered = guest.post("/users", account).await;
        assert_eq!(registered.created()["email"], "wang.li@example.org");
        let proof = json!({ "email": "WANG.LI@example.org", "password": "a phrase that only I know" });
        let session = guest.post("/sessions", proof).await;
        let session = session.created();
        assert_eq!(session["user"]["id"], registered.body["id"]);
        assert_eq!(session["expires_in"], 600);
        let wang = guest.with_token(session["access_token"].as_str().unwrap());
        assert_eq!(wang.get("/me").await.ok()["name"], "Wang Li");
        wang.delete("/sessions/current").await.expect(204);
        wang.get("/me").await.problem(401, "session_ended");
        let refresh = json!({ "refresh_token": session["refresh_token"] });
        guest.post("/sessions/refresh", refresh).await.problem(401, "session_ended");
        hall.close().await;
    }

    async fn a_wrong_password_and_an_unknown_address_get_the_same_answer(database) {
        let hall = Hall::open(database).await;
        let wang = hall.person("wang").await;
        let guest = hall.guest();
        let wrong = guest.post("/sessions", json!({ "email": wang.email, "password": "not the right phrase" })).await;
        let unknown = guest.post("/sessions", json!({ "email": "no@example.org", "password": PASSWORD })).await;
        wrong.problem(401, "wrong_credentials");
        assert_eq!(wrong.text, unknown.text);
        hall.close().await;
    }

    async fn a_refresh_token_is_good_for_one_use_and_a_second_one_ends_the_session(database) {
        let hall = Hall::open(database).await;
        let wang = hall.person("wang").await;
        let guest = hall.guest();
        let first = guest.post("/sessions", json!({ "email": wang.email, "password": PASSWORD })).await.created().clone();
        let second = guest.post("/sessions/refresh", json!({ "refresh_token": first["refresh_token"] })).await;
        let second = second.ok().clone();
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        guest.post("/sessions/refresh", json!({ "refresh_token": first["refresh_token"] })).await
            .problem(401, "session_ended");
        guest.post("/sessions/refresh", json!({ "refresh_token": second["refresh_token"] })).await
            .problem(401, "session_ended");
        guest.with_token(second["access_token"].as_str().unwrap()).get("/me").await.problem(401, "session_ended");
        hall.close().await;
    }

    async fn an_access_token_ends_after_ten_minutes_and_a_refresh_token_after_two_weeks(database) {
        let hall = Hall::open(database).await;
        let wang = hall.person("wang").await;
        let guest = hall.guest();
        let session = guest.post("/sessions", json!({ "email": wang.email, "password": PASSWORD })).await.created().clone();
        let wang = guest.with_token(session["access_token"].as_str().unwrap());
        hall.clock.advance(599);
        wang.get("/me").await.ok();
        hall.clock.advance(1);
        wang.get("/me").await.problem(401, "token_invalid");
        hall.clock.advance(14 * 24 * 3600);
        guest.post("/sessions/refresh", json!({ "refresh_token": session["refresh_token"] })).await
            .problem(401, "session_ended");
        hall.close().await;
    }

    async fn a_registration_with_wrong_places_names_each(database) {
        let hall = Hall::open(database).await;
        let guest = hall.guest();
        let register = |body| guest.post("/users", body);
        register(json!({ "email": "wang", "password": "a phrase that only I know", "name": "W" })).await
            .wrong(&[("/email", "email")]);
        register(json!({ "email": "a@b", "password": "short", "name": " " })).await
            .wrong(&[("/email", "email"), ("/name", "text_length"), ("/password", "password_length")]);
        register(json!({ "email": "a@b.cd", "password": "a phrase that only I know", "name": "W", "admin": true })).await
            .wrong(&[("/admin", "unknown_field")]);
        register(json!({ "email": "a@b.cd", "name": "W" })).await.wrong(&[("/password", "missing_field")]);
        let taken = hall.person("wang").await.email;
        register(json!({ "email": taken, "password": "a phrase that only I know", "name": "W" })).await
            .wrong(&[("/email", "email_taken")]);
        hall.close().await;
    }

    async fn tokens_of_others_or_of_nobody_are_refused(database) {
        let hall = Hall::open(database).await;
        let guest = hall.guest();
        guest.get("/me").await.problem(401, "sign_in_required");
        for token in ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzaWQiOiJ4In0."] {
            guest.with_token(token).get("/me").await.problem(401, "token_invalid");
        }
        hall.close().await;
    }

    async fn the_first_admin_comes_in_with_the_token_that_the_server_printed(database) {
        let hall = Hall::open(database).await;
        let token = hall.app.write(palmares::app::users::offer_set_up).await.unwrap().unwrap();
        let guest = hall.guest();
        let setup = |token: &str| {
            json!({ "token": token, "email": "chen@example.org", "password": "a phrase that only I know", "name": "Chen" })
        };
        guest.post("/setup", setup("guessed")).await.wrong(&[("/token", "setup_token_unknown")]);
        assert_eq!(guest.post("/setup", setup(&token)).await.created()["admin"], true);
        guest.post("/setup", setup(&token)).await.wrong(&[("/token", "setup_token_unknown")]);
        assert!(hall.app.write(palmares::app::users::offer_set_up).await.unwrap().is_none());
        hall.close().await;
    }

    async fn an_answer_speaks_the_clients_language_and_what_is_no_json_is_said(database) {
        let hall = Hall::open(database).await;
        let guest = hall.guest();
        let got = guest.speaking("zh-CN,zh;q=0.9").get("/me").await;
        assert_eq!(got.body["title"], "请先登录");
        assert_eq!(got.header("vary").as_deref(), Some("Accept-Language"));
        let send = |body: &'static str| guest.send(reqwest::Method::POST, "/users", Some(body.into()), &[]);
        send("{").await.problem(400, "malformed");
        send("not json").await.problem(400, "malformed");
        let big = format!("{{\"name\":\"{}\"}}", "x".repeat(10 << 20));
        guest.send(reqwest::Method::POST, "/users", Some(big), &[]).await.problem(413, "too_large");
        guest.send(reqwest::Method::POST, "/users", None, &[]).await.problem(415, "not_json");
        guest.get("/nowhere").await.problem(404, "not_found");
        hall.close().await;
    }

    async fn a_new_password_is_hard_to_guess(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let guest = hall.guest();
        for (password, code) in [
            ("password1234", "password_common"),
            ("aaaaaaaaaaaaaaa", "password_repeats"),
            ("Wang Li 2026!", "password_about_you"),
            ("x".repeat(129).as_str(), "password_length"),
        ] {
            let account = json!({ "email": "wang.li@example.org", "password": password, "name": "Wang Li" });
            guest.post("/users", account).await.wrong(&[("/password", code)]);
        }
        let chinese = json!({ "email": "li@example.org", "password": "password1234", "name": "Li" });
        let refused = guest.speaking("zh").post("/users", chinese).await;
        assert!(refused.text.contains("很多人使用这个密码"), "{}", refused.text);
        let change = |current: &str, password: &str| {
            let body = json!({ "current_password": current, "password": password }).to_string();
            let wang = wang.clone();
            async move { wang.send(reqwest::Method::PUT, "/me/password", Some(body), &[]).await }
        };
        change(PASSWORD, "wang@example.org").await.wrong(&[("/password", "password_about_you")]);
        hall.close().await;
    }

    async fn who_changes_their_password_signs_in_again_everywhere(db) {
        let hall = Hall::with_mail(db).await;
        let wang = hall.person("wang").await;
        let mut other_device = wang.clone();
        hall.refresh(&mut other_device).await;
        let change = |current: &str, password: &str| {
            let body = json!({ "current_password": current, "password": password }).to_string();
            let wang = wang.clone();
            async move { wang.send(reqwest::Method::PUT, "/me/password", Some(body), &[]).await }
        };
        change("not the right phrase", "walnut ferry copper dusk").await.wrong(&[("/current_password", "password_wrong")]);
        change(PASSWORD, "walnut ferry copper dusk").await.expect(204);
        wang.get("/me").await.problem(401, "session_ended");
        other_device.get("/me").await.problem(401, "session_ended");
        let guest = hall.guest();
        let sign_in = |password: &str| guest.post("/sessions", json!({ "email": wang.email, "password": password }));
        sign_in(PASSWORD).await.problem(401, "wrong_credentials");
        sign_in("walnut ferry copper dusk").await.created();
        hall.deliver().await;
        let mail = hall.mail.last_to("wang@example.org");
        assert_eq!(mail.subject, "Your password was changed");
        hall.close().await;
    }

    async fn a_short_password_of_an_older_day_still_signs_in(db) {
        let hall = Hall::open(db).await;
        let old = palmares::app::enrolment::Registration {
            email: "old@example.org".parse().unwrap(),
            name: "Old".into(),
            password_hash: palmares::app::passwords::hash("kurz").unwrap(),
            language: None,
        };
        hall.app.write(move |tx| palmares::app::users::create_admin(tx, &old)).await.unwrap();
        hall.guest().post("/sessions", json!({ "email": "old@example.org", "password": "kurz" })).await.created();
        hall.close().await;
    }
}
