//! Confirming an address, and another one.

use palmares::domain::user::Demands;
use reqwest::Method;
use serde_json::json;

use crate::competitions::published_cup;
use crate::hall::{Got, Hall, PASSWORD, Persona, Sending};
use crate::password_resets::link;

async fn change(person: &Persona, email: &str, password: &str) -> Got {
    let body = json!({ "email": email, "password": password }).to_string();
    person.send(Method::PUT, "/me/email", Some(body), &[]).await
}

both_databases! {
    async fn who_registers_confirms_their_address_by_a_button(db) {
        let hall = Hall::with_mail(db).await;
        let account = json!({ "email": "wang@example.org", "password": "walnut ferry copper dusk", "name": "Wang http://evil.example" });
        hall.guest().speaking("zh").post("/users", account).await.created();
        hall.deliver().await;
        let mail = hall.mail.last_to("wang@example.org");
        assert_eq!(mail.subject, "请确认您的邮箱");
        assert!(!mail.text.contains("evil"), "nobody sends their own text to an address that may be a stranger's");
        let proof = json!({ "email": "wang@example.org", "password": "walnut ferry copper dusk" });
        let session = hall.guest().post("/sessions", proof).await;
        let wang = hall.guest().with_token(session.created()["access_token"].as_str().unwrap());
        let path = link(&hall, "wang@example.org", "verification");
        hall.page(&path).await.expect(200);
        assert_eq!(wang.get("/me").await.ok()["email_verified"], false, "opening the link spends nothing");
        let done = hall.send_form(&path, &[]).await;
        done.expect(200);
        assert!(done.text.contains("is confirmed"));
        assert_eq!(wang.get("/me").await.ok()["email_verified"], true);
        hall.page(&path).await.expect(410);
        hall.page("/verification/guessed").await.expect(404);
        wang.post("/me/email-verification", json!({})).await.problem(409, "email_verified_already");
        hall.close().await;
    }

    async fn the_letter_comes_again_with_a_brake(db) {
        let hall = Hall::with_mail(db).await;
        let wang = hall.person("wang").await;
        let again = || wang.post("/me/email-verification", json!({}));
        again().await.expect(204);
        again().await.problem(429, "too_many");
        hall.deliver().await;
        let path = link(&hall, "wang@example.org", "verification");
        hall.clock.advance(60);
        again().await.expect(204);
        hall.deliver().await;
        hall.page(&path).await.expect(404);
        let newer = link(&hall, "wang@example.org", "verification");
        let token = newer.rsplit('/').next().unwrap();
        hall.guest().post("/email-confirmations", json!({ "token": token })).await.expect(204);
        hall.guest().post("/email-confirmations", json!({ "token": token })).await.problem(409, "link_used");
        hall.guest().post("/email-confirmations", json!({ "token": "guessed" })).await.wrong(&[("/token", "link_unknown")]);
        hall.close().await;
    }

    async fn a_new_address_is_confirmed_there_and_told_to_the_old_one(db) {
        let hall = Hall::with_mail(db).await;
        let wang = hall.person("wang").await;
        hall.guest().post("/password-resets", json!({ "email": wang.email })).await.expect(204);
        hall.deliver().await;
        let reset = link(&hall, "wang@example.org", "password");
        change(&wang, "new@example.org", "not the right phrase").await.wrong(&[("/password", "password_wrong")]);
        change(&wang, "new", PASSWORD).await.wrong(&[("/email", "email")]);
        change(&wang, "Wang@example.org", PASSWORD).await.wrong(&[("/email", "email_same")]);
        change(&wang, "new@example.org", PASSWORD).await.expect(204);
        hall.deliver().await;
        assert_eq!(wang.get("/me").await.ok()["email"], "wang@example.org", "not before the button is pressed");
        let path = link(&hall, "new@example.org", "verification");
        hall.send_form(&path, &[]).await.expect(200);
        let me = wang.get("/me").await;
        assert_eq!((&me.ok()["email"], &me.body["email_verified"]), (&json!("new@example.org"), &json!(true)));
        hall.deliver().await;
        let told = hall.mail.last_to("wang@example.org");
        assert!(told.text.contains("n…@example.org"), "{}", told.text);
        hall.page(&reset).await.expect(404);
        let guest = hall.guest();
        let sign_in = |email: &str| guest.post("/sessions", json!({ "email": email, "password": PASSWORD }));
        sign_in("wang@example.org").await.problem(401, "wrong_credentials");
        sign_in("new@example.org").await.created();
        hall.close().await;
    }

    async fn an_address_with_an_account_is_not_given_away(db) {
        let hall = Hall::with_mail(db).await;
        let (wang, _) = (hall.person("wang").await, hall.person("li").await);
        change(&wang, "li@example.org", PASSWORD).await.expect(204);
        hall.deliver().await;
        assert!(hall.mail.mails().is_empty());
        hall.clock.advance(60);
        change(&wang, "late@example.org", PASSWORD).await.expect(204);
        hall.deliver().await;
        let path = link(&hall, "late@example.org", "verification");
        hall.person("late").await;
        let token = path.rsplit('/').next().unwrap();
        hall.guest().post("/email-confirmations", json!({ "token": token })).await.problem(409, "email_taken");
        assert_eq!(wang.get("/me").await.ok()["email"], "wang@example.org");
        hall.close().await;
    }

    async fn an_instance_may_demand_a_confirmed_address_before_submission(db) {
        let demands = Demands { confirmed_email: true, ..Demands::default() };
        let hall = Hall::open_with(db, Sending::Mail, demands).await;
        published_cup(&hall, json!({})).await;
        let wang = hall.person("wang").await;
        let entry = json!({ "title": { "en": "Wind at sea" }, "track": "energy", "region": "south", "team": [{ "name": "Li" }] });
        wang.post("/competitions/cup/entries", entry).await.created();
        let submit = || wang.post("/competitions/cup/entries/1/submission", json!({}));
        submit().await.problem(409, "email_not_verified");
        wang.post("/me/email-verification", json!({})).await.expect(204);
        hall.deliver().await;
        hall.send_form(&link(&hall, "wang@example.org", "verification"), &[]).await.expect(200);
        submit().await.ok();
        hall.close().await;
    }
}
