//! The phone of an account: confirmed by a code that is sent to it, and signing in by codes.

use palmares::config::Messages;
use palmares::domain::user::Demands;
use serde_json::{Value, json};

use crate::hall::{Got, Hall, Persona, Sending};
use crate::support::Db;
use crate::support::post::GatewayServer;

const NUMBER: &str = "+8613800138000";

/// A hall whose gateway reaches phones.
async fn hall_with_phones(db: Db) -> (Hall, GatewayServer) {
    let gateway = GatewayServer::open(&[]).await;
    let settings = Messages {
        message_url: Some(gateway.url()),
        phone_codes: true,
        ..Messages::none()
    };
    (
        Hall::open_with(db, Sending::By(settings), Demands::default()).await,
        gateway,
    )
}

/// What was sent last, to whom.
async fn last(hall: &Hall, gateway: &GatewayServer) -> Value {
    hall.deliver().await;
    serde_json::from_str(&gateway.posted().last().unwrap().body).unwrap()
}

fn code(sent: &Value) -> String {
    sent["text"].as_str().unwrap().chars().take(9).collect()
}

async fn ask(persona: &Persona, phone: &str) -> Got {
    let body = json!({ "phone": phone }).to_string();
    persona
        .send(reqwest::Method::PUT, "/me/phone", Some(body), &[])
        .await
}

async fn confirm(persona: &Persona, code: &str) -> Got {
    persona
        .post("/me/phone/confirmation", json!({ "code": code }))
        .await
}

/// Gives somebody a phone.
async fn give(hall: &Hall, gateway: &GatewayServer, persona: &Persona, phone: &str) {
    ask(persona, phone).await.expect(202);
    let sent = last(hall, gateway).await;
    confirm(persona, &code(&sent)).await.expect(204);
}

both_databases! {
    async fn a_phone_is_confirmed_by_a_code_and_signs_in_by_others(db) {
        let (hall, gateway) = hall_with_phones(db).await;
        let wang = hall.person("wang").await;
        let asked = ask(&wang.speaking("zh"), " +86 138-0013-8000").await;
        assert_eq!((&asked.expect(202)["digits"], &asked.body["expires_at"]), (&json!(8), &json!("2026-07-01T01:10:00Z")));
        assert!(wang.get("/me").await.ok().get("phone").is_none());
        let sent = last(&hall, &gateway).await;
        assert_eq!((&sent["channel"], &sent["to"], &sent["kind"]), (&json!("phone"), &json!(NUMBER), &json!("phone_confirmation")));
        assert!(sent["text"].as_str().unwrap().contains("验证码"), "{sent}");
        confirm(&wang, &code(&sent)).await.expect(204);
        assert_eq!(wang.get("/me").await.ok()["phone"], NUMBER);
        let told = last(&hall, &gateway).await;
        assert_eq!((&told["channel"], &told["to"]), (&json!("email"), &json!("wang@example.org")));
        assert!(told["text"].as_str().unwrap().contains("+86…00") && !told["text"].as_str().unwrap().contains(NUMBER), "{told}");

        let requested = hall.guest().post("/sign-in-codes", json!({ "phone": "+86 138 0013 8000" })).await;
        let handle = requested.created()["handle"].clone();
        let sent = last(&hall, &gateway).await;
        assert_eq!((&sent["channel"], &sent["kind"]), (&json!("phone"), &json!("sign_in_code")));
        let text = sent["text"].as_str().unwrap();
        assert!(!text.contains('\n') && text.len() < 140, "{text}");
        let session = hall.guest().post("/sessions/code", json!({ "handle": handle, "code": code(&sent) })).await;
        let phone = hall.guest().with_token(session.created()["access_token"].as_str().unwrap());
        let me = phone.get("/me").await;
        assert_eq!((&me.ok()["email"], &me.body["email_verified"]), (&json!("wang@example.org"), &json!(false)),
            "a phone says nothing of an address");

        phone.delete("/me/phone").await.expect(204);
        phone.delete("/me/phone").await.problem(404, "not_found");
        let posted = gateway.posted().len();
        hall.guest().post("/sign-in-codes", json!({ "phone": NUMBER })).await.problem(429, "too_many");
        hall.clock.advance(3600);
        hall.guest().post("/sign-in-codes", json!({ "phone": NUMBER })).await.created();
        hall.deliver().await;
        assert_eq!(gateway.posted().len(), posted, "nobody has it any more");
        hall.close().await;
    }

    async fn a_code_is_good_for_five_tries_and_ten_minutes_and_for_whoever_asked(db) {
        let (hall, gateway) = hall_with_phones(db).await;
        let (wang, li, mut zhao) = (hall.person("wang").await, hall.person("li").await, hall.person("zhao").await);
        ask(&wang, NUMBER).await.expect(202);
        let right = code(&last(&hall, &gateway).await);
        confirm(&li, &right).await.wrong(&[("/code", "wrong_code")]);
        for wrong in ["00000000", "", "1", "not digits", "٠٠٠٠٠٠٠٠"] {
            confirm(&wang, wrong).await.wrong(&[("/code", "wrong_code")]);
        }
        confirm(&wang, &right).await.wrong(&[("/code", "wrong_code")]);
        ask(&zhao, "+14155552671").await.expect(202);
        let late = code(&last(&hall, &gateway).await);
        hall.clock.advance(600);
        hall.refresh(&mut zhao).await;
        confirm(&zhao, &late).await.wrong(&[("/code", "wrong_code")]);
        hall.close().await;
    }

    async fn a_phone_has_one_account_and_only_its_reader_learns_that(db) {
        let (hall, gateway) = hall_with_phones(db).await;
        let (wang, li) = (hall.person("wang").await, hall.person("li").await);
        give(&hall, &gateway, &wang, NUMBER).await;
        hall.clock.advance(60);
        let (taken, free) = (ask(&li, NUMBER).await, ask(&hall.person("zhao").await, "+14155552671").await);
        assert_eq!(taken.expect(202), free.expect(202));
        hall.deliver().await;
        let sent: Vec<Value> = gateway.posted().iter().map(|p| serde_json::from_str(&p.body).unwrap()).collect();
        let to_wang = sent.iter().rfind(|sent| sent["to"] == NUMBER).unwrap();
        confirm(&li, &code(to_wang)).await.problem(409, "phone_taken");
        assert_eq!(wang.get("/me").await.ok()["phone"], NUMBER);
        ask(&wang, NUMBER).await.wrong(&[("/phone", "phone_same")]);
        hall.close().await;
    }

    async fn nobody_learns_from_a_code_whose_phone_it_is_and_nothing_is_sent_for_nothing(db) {
        let (hall, gateway) = hall_with_phones(db).await;
        let wang = hall.person("wang").await;
        give(&hall, &gateway, &wang, NUMBER).await;
        hall.deliver().await;
        let before = gateway.posted().len();
        let guest = hall.guest();
        let request = |phone: &str| guest.post("/sign-in-codes", json!({ "phone": phone }));
        let (known, unknown) = (request(NUMBER).await, request("+14155552671").await);
        let shape = |got: &Got| {
            let fields = got.created().as_object().unwrap();
            fields.iter().map(|(k, v)| (k.clone(), v.to_string().len())).collect::<Vec<_>>()
        };
        assert_eq!(shape(&known), shape(&unknown));
        hall.deliver().await;
        assert_eq!(gateway.posted().len(), before + 1);
        let give = |got: &Got| guest.post("/sessions/code", json!({ "handle": got.body["handle"], "code": "00000000" }));
        let (a, b) = (give(&known).await, give(&unknown).await);
        assert_eq!((a.status, &a.text), (401, &b.text));
        let (a, b) = (request(NUMBER).await, request("+14155552671").await);
        assert_eq!((a.status, &a.text), (429, &b.text));
        hall.close().await;
    }

    async fn messages_to_phones_are_braked_by_person_and_by_number(db) {
        let (hall, _gateway) = hall_with_phones(db).await;
        let (wang, li) = (hall.person("wang").await, hall.person("li").await);
        ask(&wang, NUMBER).await.expect(202);
        ask(&wang, "+14155552671").await.problem(429, "too_many");
        ask(&li, NUMBER).await.problem(429, "too_many");
        ask(&li, "+14155552671").await.expect(202);
        hall.close().await;
    }

    async fn what_is_no_phone_is_refused_and_so_is_an_old_session_and_a_guest(db) {
        let (hall, _gateway) = hall_with_phones(db).await;
        let wang = hall.person("wang").await;
        for bad in ["", "13800138000", "+0123456789", "+86138001380001234", "call me"] {
            ask(&wang, bad).await.wrong(&[("/phone", "phone")]);
            hall.guest().post("/sign-in-codes", json!({ "phone": bad })).await.wrong(&[("/phone", "phone")]);
        }
        let both = json!({ "email": "wang@example.org", "phone": NUMBER });
        hall.guest().post("/sign-in-codes", both).await.wrong(&[("/phone", "phone_or_email")]);
        hall.guest().post("/sign-in-codes", json!({})).await.wrong(&[("/email", "missing_field")]);
        ask(&hall.guest(), NUMBER).await.problem(401, "sign_in_required");
        let mut home = crate::identities::at_home(&hall, &wang).await;
        for _ in 0..2 {
            hall.clock.advance(540);
            home.ask(reqwest::Method::POST, "/sessions/refresh", json!({})).await.ok();
        }
        home.ask(reqwest::Method::PUT, "/me/phone", json!({ "phone": NUMBER })).await.problem(403, "proof_demanded");
        hall.close().await;
    }

    async fn without_a_way_to_phones_there_are_none(db) {
        let hall = Hall::with_mail(db).await;
        let wang = hall.person("wang").await;
        ask(&wang, NUMBER).await.problem(409, "no_phone_channel");
        hall.guest().post("/sign-in-codes", json!({ "phone": NUMBER })).await.problem(409, "no_phone_channel");
        let settings = Messages { phone_codes: true, ..Messages::none() };
        let error = palmares::app::delivery::Channels::open(&settings).unwrap_err().to_string();
        assert!(error.contains("PALMARES_MESSAGE_URL"), "{error}");
        hall.close().await;
    }
}
