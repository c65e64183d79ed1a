//! The second factor: set up, asked for, lost, demanded.

use palmares::app::Instance;
use palmares::domain::second_factor::Demand;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::hall::{Got, Hall, PASSWORD, Persona};

/// The code that an app shows now, or `seconds` later.
pub fn code(hall: &Hall, secret: &str, seconds: i64) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    let moment = u64::try_from(hall.clock.now().unix() + seconds).unwrap();
    totp.generate(moment).to_string()
}

/// Sets up a second factor; gives the secret and the recovery codes.
pub async fn enrol(hall: &Hall, person: &Persona) -> (String, Vec<String>) {
    let begun = person.post("/me/second-factor", json!({})).await;
    let secret = begun.created()["secret"].as_str().unwrap().to_owned();
    let body = json!({ "code": code(hall, &secret, -30) });
    let confirmed = person.post("/me/second-factor/confirmation", body).await;
    let codes = confirmed.created()["recovery_codes"].as_array().unwrap();
    (
        secret,
        codes.iter().map(|c| c.as_str().unwrap().to_owned()).collect(),
    )
}

async fn sign_in(hall: &Hall, person: &Persona) -> Got {
    let proof = json!({ "email": person.email, "password": PASSWORD });
    hall.guest().post("/sessions", proof).await
}

/// The second step of a sign-in.
async fn give(hall: &Hall, handle: &Value, code: &str) -> Got {
    let body = json!({ "handle": handle, "code": code });
    hall.guest().post("/sessions/second-factor", body).await
}

async fn handle(hall: &Hall, person: &Persona) -> Value {
    let halfway = sign_in(hall, person).await;
    let body = halfway.expect(202);
    assert_eq!(body["next"], "second_factor");
    assert!(
        body.get("access_token").is_none() && body.get("user").is_none(),
        "{body}"
    );
    body["handle"].clone()
}

both_databases! {
    async fn who_has_a_second_factor_gives_its_code_to_sign_in(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let other = sign_in(&hall, &wang).await.created()["access_token"].as_str().unwrap().to_owned();
        let begun = wang.post("/me/second-factor", json!({})).await;
        let body = begun.created();
        assert!(body["uri"].as_str().unwrap().starts_with("otpauth://totp/Palmares:wang"));
        assert!(body["qr_svg"].as_str().unwrap().contains("<svg"));
        assert_eq!(begun.header("cache-control").as_deref(), Some("no-store"));
        // It does not count before a code was given.
        sign_in(&hall, &wang).await.created();
        wang.post("/me/second-factor/confirmation", json!({ "code": "12" })).await.wrong(&[("/code", "wrong_code")]);
        let (secret, codes) = enrol(&hall, &wang).await;
        assert_eq!(codes.len(), 10);
        assert_eq!(wang.get("/me/second-factor").await.ok()["recovery_codes_left"], 10);
        wang.post("/me/second-factor", json!({})).await.problem(409, "second_factor_active");
        // Sessions that came without it are out.
        wang.with_token(other).get("/me").await.problem(401, "session_ended");
        wang.get("/me").await.ok();

        let waiting = handle(&hall, &wang).await;
        give(&hall, &waiting, "000000").await.problem(401, "wrong_code");
        let session = give(&hall, &waiting, &code(&hall, &secret, 0)).await;
        let session = session.created();
        wang.with_token(session["access_token"].as_str().unwrap()).get("/me").await.ok();
        give(&hall, &waiting, &code(&hall, &secret, 30)).await.problem(401, "sign_in_over");
        hall.close().await;
    }

    async fn a_code_is_taken_once_and_only_within_its_minute(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let (secret, _) = enrol(&hall, &wang).await;
        let now = code(&hall, &secret, 0);
        give(&hall, &handle(&hall, &wang).await, &now).await.created();
        give(&hall, &handle(&hall, &wang).await, &now).await.problem(401, "wrong_code");
        // Nor one of an earlier step, though it would still fit.
        give(&hall, &handle(&hall, &wang).await, &code(&hall, &secret, -30)).await.problem(401, "wrong_code");
        give(&hall, &handle(&hall, &wang).await, &code(&hall, &secret, 60)).await.problem(401, "wrong_code");
        give(&hall, &handle(&hall, &wang).await, &code(&hall, &secret, 30)).await.created();
        hall.close().await;
    }

    async fn a_sign_in_waits_five_minutes_and_takes_five_codes(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let (secret, _) = enrol(&hall, &wang).await;
        let late = handle(&hall, &wang).await;
        hall.clock.advance(300);
        give(&hall, &late, &code(&hall, &secret, 0)).await.problem(401, "sign_in_over");
        give(&hall, &json!("guessed"), &code(&hall, &secret, 0)).await.problem(401, "sign_in_over");
        let waiting = handle(&hall, &wang).await;
        for _ in 0..5 {
            give(&hall, &waiting, "000000").await.problem(401, "wrong_code");
        }
        give(&hall, &waiting, &code(&hall, &secret, 0)).await.problem(401, "sign_in_over");
        // Ten wrong codes in an hour are too many, by whatever handle, and then even a right one waits.
        let waiting = handle(&hall, &wang).await;
        for _ in 0..5 {
            give(&hall, &waiting, "000000").await.problem(401, "wrong_code");
        }
        let waiting = handle(&hall, &wang).await;
        let slowed = give(&hall, &waiting, &code(&hall, &secret, 0)).await;
        slowed.problem(429, "too_many");
        assert!(slowed.header("retry-after").unwrap().parse::<i64>().unwrap() > 3000);
        hall.clock.advance(3600);
        give(&hall, &handle(&hall, &wang).await, &code(&hall, &secret, 0)).await.created();
        hall.close().await;
    }

    async fn a_recovery_code_is_good_once_and_new_ones_void_the_old(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let (secret, codes) = enrol(&hall, &wang).await;
        let spelled = codes[0].to_uppercase().replace('-', " ");
        let session = give(&hall, &handle(&hall, &wang).await, &spelled).await.created().clone();
        give(&hall, &handle(&hall, &wang).await, &codes[0]).await.problem(401, "wrong_code");
        let wang = wang.with_token(session["access_token"].as_str().unwrap());
        assert_eq!(wang.get("/me/second-factor").await.ok()["recovery_codes_left"], 9);
        let renew = |password: &str, code: &str| {
            let body = json!({ "password": password, "code": code });
            let wang = wang.clone();
            async move { wang.post("/me/second-factor/recovery-codes", body).await }
        };
        renew("not my phrase", &codes[1]).await.wrong(&[("/password", "password_wrong")]);
        renew(PASSWORD, &codes[0]).await.wrong(&[("/code", "wrong_code")]);
        let fresh = renew(PASSWORD, &code(&hall, &secret, 0)).await;
        assert_eq!(fresh.created()["recovery_codes"].as_array().unwrap().len(), 10);
        give(&hall, &handle(&hall, &wang).await, &codes[2]).await.problem(401, "wrong_code");
        hall.close().await;
    }

    async fn it_is_removed_with_password_and_code_and_proves_again_with_both(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let (secret, codes) = enrol(&hall, &wang).await;
        let proof = |body| wang.post("/sessions/current/proof", body);
        proof(json!({ "password": PASSWORD })).await.wrong(&[("/code", "code_needed")]);
        proof(json!({ "password": PASSWORD, "code": "000000" })).await.wrong(&[("/code", "wrong_code")]);
        proof(json!({ "password": PASSWORD, "code": code(&hall, &secret, 0) })).await.expect(204);
        let remove = |code: &str| wang.post("/me/second-factor/removal", json!({ "password": PASSWORD, "code": code }));
        remove("000000").await.wrong(&[("/code", "wrong_code")]);
        remove(&codes[3]).await.expect(204);
        remove(&codes[4]).await.problem(409, "second_factor_missing");
        sign_in(&hall, &wang).await.created();
        assert_eq!(wang.get("/me/second-factor").await.ok()["active"], false);
        hall.close().await;
    }

    async fn an_admin_helps_whoever_lost_it_and_never_themselves(db) {
        let hall = Hall::with_mail(db).await;
        let (admin, wang) = (hall.admin().await, hall.person("wang").await);
        enrol(&hall, &wang).await;
        enrol(&hall, &admin).await;
        let path = |person: &Persona| format!("/users/{}/second-factor/removal", person.id);
        let why = json!({ "reason": "The phone fell into the lake." });
        admin.post(&path(&admin), why.clone()).await.problem(409, "own_account");
        wang.post(&path(&admin), why.clone()).await.problem(403, "forbidden");
        admin.post(&path(&wang), json!({ "reason": "" })).await.wrong(&[("/reason", "reason_required")]);
        admin.post(&path(&wang), why.clone()).await.expect(204);
        hall.deliver().await;
        assert_eq!(hall.mail.last_to(&wang.email).subject, "Your second factor was removed");
        wang.get("/me").await.problem(401, "session_ended");
        sign_in(&hall, &wang).await.created();
        admin.post(&path(&wang), why).await.problem(409, "second_factor_missing");
        hall.close().await;
    }

    async fn who_must_have_one_may_only_set_it_up(db) {
        let demand = Instance { second_factor: Demand::Organizers, ..Instance::default() };
        let hall = Hall::open_as(db, demand).await;
        let (admin, liu, wang) = (hall.admin().await, hall.person("liu").await, hall.person("wang").await);
        let body = json!({ "slug": "cup", "name": { "en": "Cup" }, "time_zone": "Asia/Shanghai", "organizers": [liu.email] });
        admin.post("/competitions", body.clone()).await.problem(403, "second_factor_demanded");
        admin.get("/users").await.problem(403, "second_factor_demanded");
        admin.post("/me/tokens", json!({ "name": "Board", "scopes": ["read"] })).await.problem(403, "second_factor_demanded");
        admin.get("/me").await.ok();
        assert_eq!(admin.get("/me/second-factor").await.ok()["demanded"], true);
        enrol(&hall, &admin).await;
        admin.post("/competitions", body).await.created();
        // Organizing makes the demand, at once.
        liu.get("/competitions/cup").await.problem(404, "not_found");
        liu.get("/me/entries").await.problem(403, "second_factor_demanded");
        liu.get("/competitions/cup/members").await.problem(403, "second_factor_demanded");
        enrol(&hall, &liu).await;
        liu.get("/competitions/cup/members").await.ok();
        // Nobody else is asked.
        wang.get("/me/entries").await.ok();
        hall.close().await;
    }

    async fn an_instance_may_demand_it_of_admins_alone(db) {
        let demand = Instance { second_factor: Demand::Admins, ..Instance::default() };
        let hall = Hall::open_as(db, demand).await;
        let admin = hall.admin().await;
        admin.get("/users").await.problem(403, "second_factor_demanded");
        admin.delete("/sessions/current").await.expect(204);
        let wang = hall.person("wang").await;
        wang.get("/me/entries").await.ok();
        hall.close().await;
    }
}
