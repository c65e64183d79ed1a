//! What leaves the house, and what becomes of it when it can't.

use std::time::Duration;

use aws_lc_rs::hmac;
use palmares::config::Messages;
use palmares::domain::user::Demands;
use serde_json::{Value, json};

use crate::competitions::published_cup;
use crate::hall::{Hall, Persona, Sending};
use crate::support::post::{GatewayServer, Instead};

/// Has a mail sent to somebody, and gives what the admin sees of it.
async fn ask(hall: &Hall, email: &str) {
    hall.guest()
        .post("/password-resets", json!({ "email": email }))
        .await
        .expect(204);
}

async fn newest(admin: &Persona) -> Value {
    admin.get("/messages").await.ok()["items"][0].clone()
}

both_databases! {
    async fn an_invitation_goes_out_in_the_language_of_its_reader(db) {
        let hall = Hall::with_mail(db).await;
        let organizer = published_cup(&hall, json!({ "name": { "en": "Cup", "zh": "英才杯" } })).await;
        let account = json!({ "email": "zhao@example.org", "password": "walnut ferry copper dusk", "name": "赵敏" });
        hall.guest().speaking("zh-CN").post("/users", account).await.created();
        hall.deliver().await;
        for email in ["zhao@example.org", "new@example.org"] {
            organizer.post("/competitions/cup/invitations", json!({ "email": email, "role": "judge" })).await.created();
        }
        hall.deliver().await;
        let (chinese, english) = (hall.mail.last_to("zhao@example.org"), hall.mail.last_to("new@example.org"));
        assert_eq!(chinese.subject, "organizer邀请您加入“英才杯”");
        assert!(chinese.text.contains("评委") && chinese.text.contains("2026-07-15 09:00 (Asia/Shanghai)"), "{}", chinese.text);
        assert_eq!(english.subject, "organizer invites you to Cup");
        assert_eq!(english.from, "contest@palmares.example");
        for line in ["Auto-Submitted: auto-generated", "text/plain; charset=utf-8"] {
            assert!(english.head.contains(line), "{}", english.head);
        }
        hall.close().await;
    }

    async fn an_invitation_that_was_taken_back_or_accepted_is_not_sent(db) {
        let hall = Hall::with_mail(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let invitation = json!({ "email": "zhao@example.org", "role": "judge" });
        let sent = organizer.post("/competitions/cup/invitations", invitation).await;
        let id = sent.created()["id"].as_str().unwrap();
        organizer.delete(&format!("/competitions/cup/invitations/{id}")).await.expect(204);
        hall.deliver().await;
        assert!(hall.mail.mails().is_empty());
        hall.close().await;
    }

    async fn what_was_not_taken_is_sent_again_under_the_same_name(db) {
        let hall = Hall::with_mail(db).await;
        let admin = hall.admin().await;
        hall.person("wang").await;
        hall.mail.instead(Instead::Recipient("451 come back later"));
        hall.mail.instead(Instead::HangUp);
        ask(&hall, "wang@example.org").await;
        hall.deliver().await;
        let seen = newest(&admin).await;
        assert_eq!((&seen["state"], &seen["attempts"]), (&json!("waiting"), &json!(1)), "{seen}");
        assert!(seen["last_error"].as_str().unwrap().contains("come back later"), "{seen}");
        assert_eq!(seen["due_at"], "2026-07-01T01:00:30Z");
        hall.deliver().await;
        assert!(hall.mail.mails().is_empty(), "not before its pause is over");
        hall.clock.advance(30);
        hall.deliver().await;
        assert_eq!(newest(&admin).await["attempts"], 2, "it came in, but nobody said so");
        hall.clock.advance(60);
        hall.deliver().await;
        let mails = hall.mail.mails();
        assert_eq!(mails.len(), 2);
        assert_eq!((&mails[0].id, &mails[0].text), (&mails[1].id, &mails[1].text), "whoever gets it twice can tell");
        assert!(mails[0].id.starts_with('<') && mails[0].id.ends_with("@palmares.example>"), "{}", mails[0].id);
        let seen = newest(&admin).await;
        assert_eq!((&seen["state"], &seen["last_error"], &seen["due_at"]), (&json!("delivered"), &Value::Null, &Value::Null));
        hall.close().await;
    }

    async fn what_is_refused_for_good_waits_for_an_admin(db) {
        let hall = Hall::with_mail(db).await;
        let (admin, wang) = (hall.admin().await, hall.person("wang").await);
        hall.mail.instead(Instead::Recipient("550 no such mailbox"));
        ask(&hall, "wang@example.org").await;
        hall.deliver().await;
        let seen = newest(&admin).await;
        assert_eq!((&seen["state"], &seen["kind"], &seen["recipient"]), (&json!("dead"), &json!("password_reset"), &json!("wang@example.org")));
        let dead = admin.get("/messages?state=dead&limit=1").await;
        assert_eq!(dead.ok()["items"][0]["id"], seen["id"]);
        assert!(admin.get("/messages?state=delivered").await.ok()["items"].as_array().unwrap().is_empty());
        admin.get("/messages?state=lost").await.wrong(&[("?state", "unknown_word")]);
        wang.get("/messages").await.problem(403, "forbidden");
        let again = format!("/messages/{}/redelivery", seen["id"].as_str().unwrap());
        admin.post("/messages/unknown/redelivery", json!({})).await.problem(404, "not_found");
        admin.post(&again, json!({})).await.expect(204);
        admin.post(&again, json!({})).await.problem(409, "message_not_dead");
        hall.deliver().await;
        assert_eq!(hall.mail.last_to("wang@example.org").subject, "A new password");
        hall.close().await;
    }

    async fn what_is_too_old_is_not_sent_and_what_is_done_is_forgotten(db) {
        let hall = Hall::with_mail(db).await;
        let mut admin = hall.admin().await;
        hall.person("wang").await;
        ask(&hall, "wang@example.org").await;
        hall.clock.advance(3600);
        hall.office().sweep().await.unwrap();
        hall.deliver().await;
        assert!(hall.mail.mails().is_empty());
        hall.refresh(&mut admin).await;
        assert_eq!(newest(&admin).await["state"], "dead");
        hall.clock.advance(31 * 86_400);
        hall.office().sweep().await.unwrap();
        hall.refresh(&mut admin).await;
        assert!(admin.get("/messages").await.ok()["items"].as_array().unwrap().is_empty());
        hall.close().await;
    }

    async fn a_message_on_its_way_when_its_node_dies_is_sent_by_another(db) {
        let hall = Hall::with_mail(db).await;
        hall.person("wang").await;
        hall.mail.instead(Instead::Slowly(60_000));
        ask(&hall, "wang@example.org").await;
        // The future is dropped in the middle, as a node that is killed leaves it.
        assert!(tokio::time::timeout(Duration::from_millis(500), hall.office().round()).await.is_err());
        hall.deliver().await;
        assert!(hall.mail.mails().is_empty(), "it is still the dead node's");
        hall.clock.advance(121);
        hall.deliver().await;
        assert_eq!(hall.mail.mails().len(), 1);
        hall.close().await;
    }

    async fn nodes_that_deliver_at_the_same_time_send_each_message_once(db) {
        let hall = Hall::with_mail(db).await;
        for n in 0..40 {
            let name = format!("person{n}");
            hall.person(&name).await;
            ask(&hall, &format!("{name}@example.org")).await;
        }
        let node = || async { while hall.office().round().await.unwrap() > 0 {} };
        tokio::join!(node(), node(), node());
        let mut to: Vec<_> = hall.mail.mails().into_iter().map(|mail| mail.to).collect();
        to.sort();
        assert_eq!(to.len(), 40);
        to.dedup();
        assert_eq!(to.len(), 40, "nobody got two");
        hall.close().await;
    }

    async fn an_open_office_sends_by_itself_and_finishes_what_is_on_its_way(db) {
        let hall = Hall::with_mail(db).await;
        hall.person("wang").await;
        let delivery = hall.office().clone().open();
        hall.mail.instead(Instead::Slowly(300));
        ask(&hall, "wang@example.org").await;
        tokio::time::sleep(Duration::from_millis(150)).await;
        delivery.stop().await;
        assert_eq!(hall.mail.mails().len(), 1);
        hall.close().await;
    }

    async fn a_gateway_gets_each_message_signed_and_is_asked_again(db) {
        let elsewhere = GatewayServer::open(&[]).await;
        let away: &'static str = Box::leak(format!("307 Away\r\nLocation: {}", elsewhere.url()).into_boxed_str());
        let gateway = GatewayServer::open(&["503 Busy", away, "202 Accepted", "422 No"]).await;
        let settings = Messages {
            message_url: Some(gateway.url()),
            message_token: Some("open sesame".into()),
            message_secret: Some("shared".into()),
            ..Messages::none()
        };
        let hall = Hall::open_with(db, Sending::By(settings), Demands::default()).await;
        let admin = hall.admin().await;
        hall.person("wang").await;
        ask(&hall, "wang@example.org").await;
        for pause in [0, 30, 60] {
            hall.clock.advance(pause);
            hall.deliver().await;
        }
        let posted = gateway.posted();
        assert_eq!(posted.len(), 3);
        assert!(elsewhere.posted().is_empty(), "a link with a secret goes nowhere else");
        assert!(posted.iter().all(|p| p.body == posted[0].body));
        let body: Value = serde_json::from_str(&posted[2].body).unwrap();
        assert_eq!((&body["to"], &body["channel"], &body["kind"]), (&json!("wang@example.org"), &json!("email"), &json!("password_reset")));
        assert!(body["text"].as_str().unwrap().contains("https://palmares.example/password/"));
        assert_eq!(body["id"], newest(&admin).await["id"]);
        let head = posted[2].head.to_lowercase();
        assert!(head.contains("authorization: bearer open sesame\r\n"), "{head}");
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"shared"), posted[2].body.as_bytes());
        let hex: String = tag.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        assert!(head.contains(&format!("palmares-signature: sha256={hex}\r\n")), "{head}");
        assert_eq!(newest(&admin).await["state"], "delivered");
        hall.clock.advance(60);
        ask(&hall, "wang@example.org").await;
        hall.deliver().await;
        assert_eq!(newest(&admin).await["state"], "dead", "the gateway does not want it");
        hall.close().await;
    }

    async fn no_secret_waits_in_the_database(db) {
        let hall = Hall::with_mail(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        hall.person("wang").await;
        let sent = organizer.post("/competitions/cup/invitations", json!({ "email": "zhao@example.org", "role": "judge" })).await;
        let token = sent.created()["token"].as_str().unwrap().to_owned();
        ask(&hall, "wang@example.org").await;
        let bodies = |hall: &Hall| {
            let app = hall.app.clone();
            async move {
                app.read(|tx| {
                    use diesel::{QueryDsl, RunQueryDsl};
                    Ok(palmares::store::schema::outbox::table.select(palmares::store::schema::outbox::body).load::<String>(tx.conn)?)
                }).await.unwrap()
            }
        };
        let waiting = bodies(&hall).await;
        assert_eq!(waiting.len(), 2);
        assert!(!waiting.concat().contains(&token));
        hall.deliver().await;
        assert_eq!(hall.mail.mails().len(), 2);
        assert_eq!(bodies(&hall).await.concat(), "", "what was delivered is forgotten");
        hall.close().await;
    }
}

#[test]
fn settings_that_cannot_be_used_are_said_at_the_start() {
    use palmares::app::delivery::Channels;
    let mail = |url: &str, from: &str| Messages {
        smtp_url: Some(url.into()),
        mail_from: Some(from.into()),
        ..Messages::none()
    };
    let gateway = |url: &str| Messages {
        message_url: Some(url.into()),
        ..Messages::none()
    };
    for (settings, told) in [
        (mail("smtp://127.0.0.1", "nobody"), "PALMARES_MAIL_FROM"),
        (mail("mail.example.org", "a@example.org"), "PALMARES_SMTP_URL"),
        (
            mail("smtp://u:secret@mail.example.org?tls=none", "a@example.org"),
            "a password goes out only with TLS",
        ),
        (gateway("ftp://example.org"), "PALMARES_MESSAGE_URL"),
    ] {
        let error = Channels::open(&settings).unwrap_err().to_string();
        assert!(error.contains(told) && !error.contains("secret"), "{error}");
    }
    assert!(!Channels::open(&Messages::none()).unwrap().any());
}
