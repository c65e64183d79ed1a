//! A new password by a link.

use palmares::domain::user::Demands;
use serde_json::json;

use crate::competitions::published_cup;
use crate::hall::{Hall, PASSWORD, PUBLIC_URL, Sending};

const NEW: &str = "walnut ferry copper dusk";

/// The path of the newest link to a page that somebody was sent.
pub fn link(hall: &Hall, to: &str, page: &str) -> String {
    let mail = hall.mail.last_to(to);
    let start = format!("{PUBLIC_URL}/{page}/");
    let line = mail.text.lines().find(|line| line.starts_with(&start));
    let line = line.unwrap_or_else(|| panic!("no link to {page} in {}", mail.text));
    line.strip_prefix(PUBLIC_URL).unwrap().to_owned()
}

fn token(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

both_databases! {
    async fn who_forgot_their_password_sets_a_new_one_by_a_link(db) {
        let hall = Hall::with_mail(db).await;
        let wang = hall.person("wang").await;
        hall.guest().speaking("zh").post("/password-resets", json!({ "email": "Wang@Example.org" })).await.expect(204);
        hall.deliver().await;
        let mail = hall.mail.last_to("wang@example.org");
        assert_eq!(mail.subject, "设置新密码");
        assert!(mail.text.contains("45 分钟"), "{}", mail.text);
        let path = link(&hall, "wang@example.org", "password");
        for _ in 0..3 {
            let page = hall.page(&path).await;
            page.expect(200);
            assert!(page.text.contains("w…@example.org") && !page.text.contains("wang@"), "{}", page.text);
        }
        let differ = hall.send_form(&path, &[("password", NEW), ("again", "something else")]).await;
        differ.expect(422);
        assert!(differ.text.contains("not the same"));
        let weak = hall.send_form(&path, &[("password", "wang@example.org"), ("again", "wang@example.org")]).await;
        weak.expect(422);
        assert!(weak.text.contains("easy to guess"));
        wang.get("/me").await.ok();
        let set = hall.send_form(&path, &[("password", NEW), ("again", NEW)]).await;
        set.expect(200);
        assert!(set.text.contains("Your password is set"));
        wang.get("/me").await.problem(401, "session_ended");
        hall.page(&path).await.expect(410);
        hall.send_form(&path, &[("password", NEW), ("again", NEW)]).await.expect(410);
        let guest = hall.guest();
        let sign_in = |password: &str| guest.post("/sessions", json!({ "email": wang.email, "password": password }));
        sign_in(PASSWORD).await.problem(401, "wrong_credentials");
        let session = sign_in(NEW).await;
        let again = hall.guest().with_token(session.created()["access_token"].as_str().unwrap());
        assert_eq!(again.get("/me").await.ok()["email_verified"], true, "the link came by mail");
        hall.deliver().await;
        assert_eq!(hall.mail.last_to("wang@example.org").subject, "Your password was changed");
        hall.close().await;
    }

    async fn a_newer_link_takes_the_place_of_an_older_one_and_both_end(db) {
        let hall = Hall::with_mail(db).await;
        hall.person("wang").await;
        let guest = hall.guest();
        let ask = || guest.post("/password-resets", json!({ "email": "wang@example.org" }));
        let complete = |path: &str| guest.post("/password-resets/completion", json!({ "token": token(path), "password": NEW }));
        ask().await.expect(204);
        hall.deliver().await;
        let first = link(&hall, "wang@example.org", "password");
        hall.clock.advance(60);
        ask().await.expect(204);
        hall.deliver().await;
        let second = link(&hall, "wang@example.org", "password");
        complete(&first).await.wrong(&[("/token", "link_unknown")]);
        hall.page(&first).await.expect(404);
        hall.clock.advance(45 * 60);
        complete(&second).await.problem(409, "link_expired");
        ask().await.expect(204);
        hall.deliver().await;
        let third = link(&hall, "wang@example.org", "password");
        complete(&third).await.expect(204);
        complete(&third).await.problem(409, "link_used");
        hall.close().await;
    }

    async fn nobody_learns_from_a_request_who_has_an_account(db) {
        let hall = Hall::with_mail(db).await;
        hall.person("wang").await;
        let guest = hall.guest();
        let ask = |email: &str| guest.post("/password-resets", json!({ "email": email }));
        let (known, unknown) = (ask("wang@example.org").await, ask("nobody@example.org").await);
        assert_eq!((known.status, &known.text), (204, &unknown.text));
        assert_eq!(unknown.status, 204);
        assert_eq!(known.headers.len(), unknown.headers.len());
        let (known, unknown) = (ask("wang@example.org").await, ask("nobody@example.org").await);
        known.problem(429, "too_many");
        assert_eq!(known.text, unknown.text);
        assert_eq!((known.header("retry-after"), unknown.header("retry-after")), (Some("60".into()), Some("60".into())));
        hall.deliver().await;
        let to: Vec<_> = hall.mail.mails().into_iter().map(|mail| mail.to).collect();
        assert_eq!(to, ["wang@example.org"]);
        hall.close().await;
    }

    async fn whoever_asks_again_and_again_waits_longer_and_an_address_has_a_ceiling(db) {
        let demands = Demands { messages_per_address: 12, ..Demands::default() };
        let hall = Hall::open_with(db, Sending::Kept, demands).await;
        let guest = hall.guest();
        let ask = |email: &str| guest.post("/password-resets", json!({ "email": email }));
        for pause in [60, 120, 240] {
            ask("wang@example.org").await.expect(204);
            let refused = ask("wang@example.org").await;
            refused.problem(429, "too_many");
            assert_eq!(refused.header("retry-after"), Some(pause.to_string()));
            hall.clock.advance(pause);
        }
        for n in 0..9 {
            ask(&format!("person{n}@example.org")).await.expect(204);
        }
        ask("one.more@example.org").await.problem(429, "too_many");
        hall.clock.advance(3600);
        ask("one.more@example.org").await.expect(204);
        hall.close().await;
    }

    async fn an_admin_makes_a_link_for_somebody_and_no_organizer_does(db) {
        let hall = Hall::open_with(db, Sending::Not, Demands::default()).await;
        let organizer = published_cup(&hall, json!({})).await;
        let (admin, wang) = (hall.person("boss").await, hall.person("wang").await);
        let of = json!({ "email": wang.email });
        organizer.post("/password-resets/links", of.clone()).await.problem(403, "forbidden");
        admin.post("/password-resets/links", of.clone()).await.problem(403, "forbidden");
        hall.guest().post("/password-resets", of.clone()).await.problem(409, "no_channel");
        let promoted = wang.id.clone();
        let made = hall.app.write(move |tx| palmares::app::password_resets::open_as_machine(tx, &"boss@example.org".parse().unwrap())).await.unwrap();
        assert_ne!(made.token, promoted);
        let set = json!({ "token": made.token, "password": NEW });
        hall.guest().post("/password-resets/completion", set).await.expect(204);
        hall.guest().post("/sessions", json!({ "email": "boss@example.org", "password": NEW })).await.created();
        hall.close().await;
    }

    async fn a_link_of_an_admin_says_nothing_about_the_address(db) {
        let hall = Hall::with_mail(db).await;
        let (admin, wang) = (hall.admin().await, hall.person("wang").await);
        admin.post("/password-resets/links", json!({ "email": "nobody@example.org" })).await.wrong(&[("/email", "email_unknown")]);
        let made = admin.post("/password-resets/links", json!({ "email": wang.email })).await;
        let made = made.created();
        assert_eq!(made["link"], format!("{PUBLIC_URL}/password/{}", made["token"].as_str().unwrap()));
        assert_eq!(made["expires_at"], "2026-07-01T01:45:00Z");
        let set = json!({ "token": made["token"], "password": NEW });
        hall.guest().post("/password-resets/completion", set).await.expect(204);
        let session = hall.guest().post("/sessions", json!({ "email": wang.email, "password": NEW })).await;
        let wang = hall.guest().with_token(session.created()["access_token"].as_str().unwrap());
        assert_eq!(wang.get("/me").await.ok()["email_verified"], false);
        hall.deliver().await;
        assert_eq!(hall.mail.last_to("wang@example.org").subject, "Your password was changed", "its owner is told");
        hall.close().await;
    }

    async fn a_reset_ends_what_a_change_of_the_password_leaves(db) {
        let hall = Hall::open(db).await;
        let (admin, wang) = (hall.admin().await, hall.person("wang").await);
        crate::second_factor::enrol(&hall, &wang).await;
        let made = wang.post("/me/tokens", json!({ "name": "Board", "scopes": ["read"] })).await;
        let board = wang.with_token(made.created()["secret"].as_str().unwrap());
        let guest = hall.guest();
        let sign_in = |password: &'static str| guest.post("/sessions", json!({ "email": "wang@example.org", "password": password }));
        let give = |handle: serde_json::Value| guest.post("/sessions/second-factor", json!({ "handle": handle, "code": "000000" }));
        let before = sign_in(PASSWORD).await.expect(202)["handle"].clone();
        let change = json!({ "current_password": PASSWORD, "password": NEW });
        wang.send(reqwest::Method::PUT, "/me/password", Some(change.to_string()), &[]).await.expect(204);
        wang.get("/me").await.problem(401, "session_ended");
        give(before).await.problem(401, "sign_in_over");
        board.get("/me").await.ok();
        let after = sign_in(NEW).await.expect(202)["handle"].clone();
        let made = admin.post("/password-resets/links", json!({ "email": wang.email })).await;
        let set = json!({ "token": made.created()["token"], "password": "copper walnut dusk ferry" });
        hall.guest().post("/password-resets/completion", set).await.expect(204);
        give(after).await.problem(401, "sign_in_over");
        board.get("/me").await.problem(401, "token_invalid");
        // The second factor stays.
        sign_in("copper walnut dusk ferry").await.expect(202);
        hall.close().await;
    }

    async fn the_page_asks_for_an_address(db) {
        let hall = Hall::with_mail(db).await;
        hall.person("wang").await;
        let page = hall.page("/password").await;
        page.expect(200);
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("form-action 'self'") && policy.starts_with("default-src 'none'"), "{policy}");
        let wrong = hall.send_form("/password", &[("email", "\"><script>")]).await;
        wrong.expect(422);
        assert!(!wrong.text.contains("<script"), "{}", wrong.text);
        let sent = hall.send_form("/password", &[("email", "wang@example.org")]).await;
        sent.expect(200);
        let unknown = hall.send_form("/password", &[("email", "nobody@example.org")]).await;
        assert_eq!(sent.text, unknown.text);
        hall.deliver().await;
        link(&hall, "wang@example.org", "password");
        hall.send_form("/password", &[("email", "wang@example.org")]).await.expect(429);
        hall.close().await;
    }
}
