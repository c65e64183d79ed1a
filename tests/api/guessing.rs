//! Guessing is slow; whoever knows the password gets in.

use palmares::http::edge::Settings;
use reqwest::Method;
use serde_json::json;

use crate::hall::{Got, Hall, PASSWORD, Persona};

const WRONG: &str = "not the right phrase";

both_databases! {
    async fn a_guesser_waits_longer_and_longer_and_locks_nobody_out(database) {
        let hall = behind_a_proxy(database).await;
        let wang = hall.person("wang").await;
        let guest = hall.guest();
        let thief = |password| sign_in(&guest, &wang.email, password, "203.0.113.7", None);
        for _ in 0..5 {
            thief(WRONG).await.problem(401, "wrong_credentials");
        }
        for wait in [1, 2, 4, 8] {
            let refused = thief(WRONG).await;
            refused.problem(429, "too_many");
            assert_eq!(refused.header("retry-after"), Some(wait.to_string()));
            thief(PASSWORD).await.problem(429, "too_many");
            hall.clock.advance(wait);
            thief(WRONG).await.problem(401, "wrong_credentials");
        }
        // Wang comes from elsewhere, and from then on from a device that is known.
        let home = sign_in(&guest, &wang.email, PASSWORD, "198.51.100.1", None).await;
        home.created();
        let device = home.header("set-cookie").unwrap();
        assert!(device.starts_with("__Host-palmares-device=") && device.contains("; HttpOnly; SameSite=Strict; Secure"));
        let device = device.split(';').next().unwrap().to_owned();
        // Many strangers make every stranger wait, Wang on a new device too: but only for a while, and not on the old one.
        for _ in 0..3 {
            for host in 0..40 {
                sign_in(&guest, &wang.email, WRONG, &format!("192.0.2.{host}"), None).await;
            }
            hall.clock.advance(1);
        }
        sign_in(&guest, &wang.email, PASSWORD, "192.0.2.1", Some(&device)).await.created();
        let new = sign_in(&guest, &wang.email, PASSWORD, "198.51.100.2", None).await;
        new.problem(429, "too_many");
        let wait: i64 = new.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait));
        hall.clock.advance(wait);
        sign_in(&guest, &wang.email, PASSWORD, "198.51.100.2", None).await.created();
        // Whoever waited out their time gets in as well.
        hall.clock.advance(60);
        thief(PASSWORD).await.created();
        hall.close().await;
    }

    async fn an_account_that_is_not_there_is_slowed_in_the_same_way(database) {
        let hall = behind_a_proxy(database).await;
        let wang = hall.person("wang").await;
        let guest = hall.guest();
        let mut seen = Vec::new();
        for email in [wang.email.as_str(), "nobody@example.org"] {
            let mut answers = Vec::new();
            for _ in 0..7 {
                let got = sign_in(&guest, email, WRONG, "203.0.113.7", None).await;
                answers.push((got.status, got.text.clone(), got.header("retry-after")));
            }
            seen.push(answers);
        }
        assert_eq!(seen[0], seen[1]);
        hall.close().await;
    }

    async fn whoever_tries_which_addresses_have_accounts_is_slowed(database) {
        let hall = behind_a_proxy(database).await;
        let wang = hall.person("wang").await;
        let guest = hall.guest();
        let account = json!({ "email": wang.email, "password": PASSWORD, "name": "Wang" });
        for _ in 0..5 {
            guest.post("/users", account.clone()).await.wrong(&[("/email", "email_taken")]);
        }
        guest.post("/users", account).await.problem(429, "too_many");
        let token = json!({ "token": "guessed", "email": "a@example.org", "password": PASSWORD, "name": "A" });
        for _ in 0..5 {
            guest.post("/setup", token.clone()).await.wrong(&[("/token", "setup_token_unknown")]);
        }
        guest.post("/setup", token).await.problem(429, "too_many");
        hall.close().await;
    }
}

async fn behind_a_proxy(database: crate::support::Db) -> Hall {
    let settings = Settings {
        proxies: vec!["127.0.0.1/32".parse().unwrap()],
        ..Settings::of("https://palmares.example")
    };
    Hall::behind(database, settings).await
}

async fn sign_in(guest: &Persona, email: &str, password: &str, from: &str, device: Option<&str>) -> Got {
    let body = json!({ "email": email, "password": password }).to_string();
    let mut headers = vec![("X-Forwarded-For", from)];
    headers.extend(device.map(|device| ("Cookie", device)));
    guest.send(Method::POST, "/sessions", Some(body), &headers).await
}
