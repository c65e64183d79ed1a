//! Signing in by a code that is sent.

use palmares::domain::user::Demands;
use serde_json::{Value, json};

use crate::hall::{Got, Hall, Sending};

/// The digits that somebody was sent.
fn code(hall: &Hall, to: &str) -> String {
    let mail = hall.mail.last_to(to);
    let line = mail
        .text
        .lines()
        .find(|line| !line.is_empty() && line.chars().all(|c| c.is_ascii_digit() || c == ' '));
    line.unwrap_or_else(|| panic!("no code in {}", mail.text))
        .to_owned()
}

async fn ask(hall: &Hall, email: &str) -> Value {
    hall.guest()
        .post("/sign-in-codes", json!({ "email": email }))
        .await
        .created()
        .clone()
}

async fn sign_in(hall: &Hall, asked: &Value, code: &str) -> Got {
    hall.guest()
        .post(
            "/sessions/code",
            json!({ "handle": asked["handle"], "code": code }),
        )
        .await
}

both_databases! {
    async fn who_reads_the_mail_signs_in_without_a_password(db) {
        let hall = Hall::with_mail(db).await;
        hall.person("wang").await;
        let asked = ask(&hall, "Wang@example.org").await;
        assert_eq!((&asked["digits"], &asked["expires_at"]), (&json!(8), &json!("2026-07-01T01:10:00Z")));
        hall.deliver().await;
        let code = code(&hall, "wang@example.org");
        assert_eq!(code.len(), 9, "two groups: {code}");
        let session = sign_in(&hall, &asked, &code).await;
        let wang = hall.guest().with_token(session.created()["access_token"].as_str().unwrap());
        let me = wang.get("/me").await;
        assert_eq!((&me.ok()["email"], &me.body["email_verified"]), (&json!("wang@example.org"), &json!(true)));
        sign_in(&hall, &asked, &code).await.problem(401, "wrong_code");
        hall.close().await;
    }

    async fn a_code_is_good_for_five_tries_ten_minutes_and_its_own_handle(db) {
        let hall = Hall::with_mail(db).await;
        for name in ["wang", "li", "zhao"] {
            hall.person(name).await;
        }
        let (wang, li, zhao) = (ask(&hall, "wang@example.org").await, ask(&hall, "li@example.org").await, ask(&hall, "zhao@example.org").await);
        hall.deliver().await;
        let (right, other, late) = (code(&hall, "wang@example.org"), code(&hall, "li@example.org"), code(&hall, "zhao@example.org"));
        sign_in(&hall, &li, &right).await.problem(401, "wrong_code");
        sign_in(&hall, &json!({ "handle": "guessed" }), &right).await.problem(401, "wrong_code");
        for wrong in [other.as_str(), "", "1", "00000000", "not digits"] {
            sign_in(&hall, &wang, wrong).await.problem(401, "wrong_code");
        }
        sign_in(&hall, &wang, &right).await.problem(401, "wrong_code");
        for _ in 0..3 {
            sign_in(&hall, &li, "00000000").await.problem(401, "wrong_code");
        }
        sign_in(&hall, &li, &other).await.created();
        hall.clock.advance(600);
        sign_in(&hall, &zhao, &late).await.problem(401, "wrong_code");
        hall.close().await;
    }

    async fn nobody_learns_from_a_code_who_has_an_account(db) {
        let hall = Hall::with_mail(db).await;
        hall.person("wang").await;
        let guest = hall.guest();
        let request = |email: &str| guest.post("/sign-in-codes", json!({ "email": email }));
        let (known, unknown) = (request("wang@example.org").await, request("nobody@example.org").await);
        let shape = |got: &Got| {
            let fields = got.created().as_object().unwrap();
            fields.iter().map(|(k, v)| (k.clone(), v.to_string().len())).collect::<Vec<_>>()
        };
        assert_eq!(shape(&known), shape(&unknown));
        assert_eq!(known.body["expires_at"], unknown.body["expires_at"]);
        hall.deliver().await;
        assert_eq!(hall.mail.mails().len(), 1);
        let (a, b) = (sign_in(&hall, &known.body, "00000000").await, sign_in(&hall, &unknown.body, "00000000").await);
        assert_eq!((a.status, &a.text), (401, &b.text));
        let (a, b) = (request("wang@example.org").await, request("nobody@example.org").await);
        assert_eq!((a.status, &a.text), (429, &b.text));
        hall.close().await;
    }

    async fn nobody_is_sent_a_code_where_nothing_is_sent(db) {
        let hall = Hall::open_with(db, Sending::Not, Demands::default()).await;
        let wang = hall.person("wang").await;
        let guest = hall.guest();
        let request = |email: &str| guest.post("/sign-in-codes", json!({ "email": email }));
        request(&wang.email).await.problem(409, "no_channel");
        request("nobody@example.org").await.problem(409, "no_channel");
        wang.post("/me/email-verification", json!({})).await.problem(409, "no_channel");
        hall.close().await;
    }
}
