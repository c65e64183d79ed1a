//! Invitations: a link that one person accepts once.

use serde_json::json;

use crate::competitions::published_cup;
use crate::hall::Hall;

const INVITATIONS: &str = "/competitions/cup/invitations";
const ACCEPTANCE: &str = "/invitations/acceptance";

both_databases! {
    async fn an_invitation_is_accepted_once_by_whom_it_is_for(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let (zhao, other) = (hall.person("zhao").await, hall.person("other").await);
        let body = json!({ "email": "Zhao@Example.org", "role": "judge", "region": "south" });
        other.post(INVITATIONS, body.clone()).await.problem(403, "forbidden");
        let sent = organizer.post(INVITATIONS, body).await;
        let token = sent.created()["token"].as_str().unwrap().to_owned();
        assert_eq!(sent.body["link"], format!("https://palmares.example/invitations/{token}"));
        assert_eq!(sent.body["expires_at"], "2026-07-15T01:00:00Z");
        let listed = organizer.get(INVITATIONS).await;
        assert_eq!(listed.ok()["items"][0]["email"], "zhao@example.org");
        assert!(!listed.text.contains(&token), "a token is shown once");
        let accept = json!({ "token": token });
        hall.guest().post(ACCEPTANCE, accept.clone()).await.problem(401, "sign_in_required");
        other.post(ACCEPTANCE, accept.clone()).await.wrong(&[("/token", "invitation_for_another")]);
        zhao.post(ACCEPTANCE, json!({ "token": "guessed" })).await.wrong(&[("/token", "invitation_unknown")]);
        let accepted = zhao.post(ACCEPTANCE, accept.clone()).await;
        assert_eq!(accepted.ok(), &json!({ "competition": "cup", "role": "judge", "region": "south" }));
        assert_eq!(zhao.get("/me").await.ok()["roles"][0]["role"], "judge");
        zhao.post(ACCEPTANCE, accept).await.problem(409, "invitation_used");
        let id = sent.body["id"].as_str().unwrap();
        organizer.delete(&format!("{INVITATIONS}/{id}")).await.problem(409, "invitation_used");
        hall.close().await;
    }

    async fn an_invitation_ends_after_two_weeks_or_when_it_is_taken_back(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let mut zhao = hall.person("zhao").await;
        let invite = || organizer.post(INVITATIONS, json!({ "email": "zhao@example.org", "role": "clerk" }));
        let (kept, taken) = (invite().await, invite().await);
        let id = taken.created()["id"].as_str().unwrap().to_owned();
        organizer.delete(&format!("{INVITATIONS}/{id}")).await.expect(204);
        organizer.delete(&format!("{INVITATIONS}/{id}")).await.problem(404, "not_found");
        zhao.post(ACCEPTANCE, json!({ "token": taken.body["token"] })).await.wrong(&[("/token", "invitation_unknown")]);
        assert_eq!(organizer.get(INVITATIONS).await.ok()["items"].as_array().unwrap().len(), 1);
        hall.clock.advance(14 * 24 * 3600);
        hall.refresh(&mut zhao).await;
        zhao.post(ACCEPTANCE, json!({ "token": kept.created()["token"] })).await.problem(409, "invitation_expired");
        hall.close().await;
    }

    async fn the_link_shows_who_invites_to_what_and_spends_nothing(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({ "name": { "en": "Cup <1>", "zh": "英才杯" } })).await;
        let zhao = hall.person("zhao").await;
        let sent = organizer.post(INVITATIONS, json!({ "email": "zhao@example.org", "role": "judge", "region": "south" })).await;
        let token = sent.created()["token"].as_str().unwrap().to_owned();
        let open = |token: &str, language: &'static str| {
            let (guest, url) = (hall.guest().speaking(language), format!("{}/invitations/{token}", hall.base));
            async move { guest.send_to(reqwest::Method::GET, &url, None, &[]).await }
        };
        let page = open(&token, "en").await;
        page.expect(200);
        for told in ["organizer invites you to Cup &#60;1&#62;", "judge: marks", "south", "z…@example.org",
            "2026-07-15 09:00 (Asia/Shanghai)", "<form method=\"post\">", "viewport"] {
            assert!(page.text.contains(told), "{told} is missing:\n{}", page.text);
        }
        assert!(!page.text.contains("zhao@") && !page.text.contains("<script"));
        assert_eq!(page.header("content-type").as_deref(), Some("text/html; charset=utf-8"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("referrer-policy").as_deref(), Some("no-referrer"));
        assert_eq!(page.header("cache-control").as_deref(), Some("no-store"));
        let chinese = open(&token, "zh").await;
        assert!(chinese.text.contains("邀请您加入“英才杯”") && chinese.text.contains("lang=\"zh-Hans\""));
        zhao.post(ACCEPTANCE, json!({ "token": token })).await.ok();
        let used = open(&token, "en").await;
        used.expect(410);
        assert!(used.text.contains("accepted already") && !used.text.contains("<form"));
        let late = organizer.post(INVITATIONS, json!({ "email": "li@example.org", "role": "clerk" })).await;
        let late = late.created()["token"].as_str().unwrap().to_owned();
        hall.clock.advance(14 * 24 * 3600);
        let ended = open(&late, "en").await;
        ended.expect(410);
        assert!(ended.text.contains("This invitation ended at 2026-07-15 09:00 (Asia/Shanghai)"));
        let unknown = open("guessed", "en").await;
        unknown.expect(404);
        assert!(unknown.text.contains("There is no such invitation"));
        hall.close().await;
    }

    async fn the_page_admits_whoever_has_an_account_or_makes_one(db) {
        let hall = Hall::with_mail(db).await;
        let organizer = published_cup(&hall, json!({ "name": { "en": "Cup", "zh": "英才杯" } })).await;
        let zhao = hall.person("zhao").await;
        let mut paths = Vec::new();
        for email in ["zhao@example.org", "li@example.org", "eve@example.org"] {
            let sent = organizer.post(INVITATIONS, json!({ "email": email, "role": "judge" })).await;
            hall.deliver().await;
            let mail = hall.mail.last_to(email);
            assert_eq!(mail.subject, "organizer invites you to Cup");
            let link = sent.created()["link"].as_str().unwrap();
            assert!(mail.text.contains(&format!("\n{link}\n")), "{}", mail.text);
            paths.push(link.strip_prefix("https://palmares.example").unwrap().to_owned());
        }
        let proof = |password: &'static str| [("email", "Zhao@example.org"), ("password", password)];
        let wrong = hall.send_form(&paths[0], &proof("not the right phrase")).await;
        wrong.expect(422);
        assert!(wrong.text.contains("do not belong together") && wrong.text.contains("Zhao@example.org"));
        assert!(!wrong.text.contains("not the right phrase"), "a password is never shown again");
        let welcome = hall.send_form(&paths[0], &proof(crate::hall::PASSWORD)).await;
        welcome.expect(200);
        assert!(welcome.text.contains("Welcome to Cup"), "{}", welcome.text);
        assert_eq!(zhao.get("/me").await.ok()["roles"][0]["role"], "judge");
        hall.send_form(&paths[0], &proof(crate::hall::PASSWORD)).await.expect(410);

        let new = |email: &'static str, password: &'static str| [("email", email), ("name", "Li <b>"), ("password", password)];
        let weak = hall.send_form(&paths[1], &new("li@example.org", "password1234")).await;
        weak.expect(422);
        assert!(weak.text.contains("Many people use this password") && weak.text.contains("Li &#60;b&#62;"), "{}", weak.text);
        let other = hall.send_form(&paths[1], &new("mallory@example.org", "walnut ferry copper dusk")).await;
        other.expect(422);
        assert!(other.text.contains("for another e-mail address"));
        hall.send_form(&paths[1], &new("li@example.org", "walnut ferry copper dusk")).await.expect(200);
        let session = json!({ "email": "li@example.org", "password": "walnut ferry copper dusk" });
        let session = hall.guest().post("/sessions", session).await;
        let li = hall.guest().with_token(session.created()["access_token"].as_str().unwrap());
        assert_eq!(li.get("/me").await.ok()["roles"][0]["role"], "judge");
        hall.send_form("/invitations/guessed", &new("li@example.org", "walnut ferry copper dusk")).await.expect(404);
        hall.send_form(&paths[2], &[("email", "x")]).await.expect(400);
        hall.close().await;
    }
}
