//! Headers that others write: nothing of them gets into a link, a redirect, another's answer, or around a rule.

use palmares::http::edge::Settings;
use reqwest::Method;
use serde_json::json;

use super::range::{held, statuses, wire};
use crate::competitions::published_cup;
use crate::hall::{Hall, PASSWORD, PUBLIC_URL};

const FORGED: &[(&str, &str)] = &[
    ("Host", "evil.example"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Proto", "http"),
    ("X-Forwarded-Prefix", "/evil"),
    ("X-Forwarded-Server", "evil.example"),
    ("X-Host", "evil.example"),
    ("X-Original-URL", "/api/v1/me"),
    ("X-Rewrite-URL", "/api/v1/me"),
    ("Forwarded", "host=evil.example;proto=http;for=10.0.0.1"),
    ("Origin", "https://evil.example"),
    ("Referer", "https://evil.example/"),
];

both_databases! {
    async fn links_are_those_of_the_public_address(db) {
        let hall = Hall::with_mail(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let mut admin = organizer.clone();
        admin.email = "admin@example.org".into();
        hall.refresh(&mut admin).await;
        let wang = hall.person("wang").await;
        let forged = |persona: &crate::hall::Persona, path: &'static str, body: serde_json::Value| {
            let persona = persona.clone();
            async move { persona.send(Method::POST, path, Some(body.to_string()), FORGED).await }
        };
        let of_wang = json!({ "email": wang.email });
        let account = json!({ "email": "new@example.org", "password": PASSWORD, "name": "New" });
        let mut answers = vec![
            forged(&hall.guest(), "/password-resets", of_wang.clone()).await,
            forged(&hall.guest(), "/sign-in-codes", of_wang.clone()).await,
            forged(&hall.guest(), "/users", account).await,
            forged(&admin, "/password-resets/links", of_wang).await,
            forged(&organizer, "/competitions/cup/invitations", json!({ "email": "zhao@example.org", "role": "judge" })).await,
        ];
        answers.push(hall.guest().send(Method::GET, "/competitions", None, FORGED).await);
        for got in answers {
            assert!(got.status < 300, "{got:?}");
            assert!(!format!("{:?}{}", got.headers, got.text).contains("evil"), "{got:?}");
        }
        hall.deliver().await;
        assert!(hall.mail.mails().len() >= 3, "{:?}", hall.mail.mails());
        for mail in hall.mail.mails() {
            assert!(!format!("{mail:?}").contains("evil"), "{mail:?}");
            if mail.text.contains("://") {
                assert!(mail.text.contains(PUBLIC_URL), "{mail:?}");
            }
        }
        hall.close().await;
    }

    async fn a_name_adds_nothing_to_a_mail(db) {
        let hall = Hall::with_mail(db).await;
        let account = |name: &str| json!({ "email": "new@example.org", "password": PASSWORD, "name": name });
        for name in ["New\r\nBcc: all@example.org", "New\nX: y", "New\rX", "New\u{2028}X", "New\u{202e}X", "New\u{0}"] {
            let got = hall.guest().post("/users", account(name)).await;
            assert_eq!(got.status, 422, "{name:?}: {}", got.text);
        }
        for email in ["new@example.org\r\nBcc: all@example.org", "new@example.org, all@example.org", "<new@example.org> all@example.org", "new@example.org?bcc=all@example.org", "\"a\nb\"@example.org"] {
            let body = json!({ "email": email });
            for path in ["/password-resets", "/sign-in-codes"] {
                let got = hall.guest().post(path, body.clone()).await;
                assert_eq!(got.status, 422, "{email:?}: {}", got.text);
            }
        }
        let odd = "=?utf-8?q?Bcc=3A_all=40example=2Eorg?= <b>\"';";
        hall.guest().post("/users", account(odd)).await.created();
        hall.deliver().await;
        let mails = hall.mail.mails();
        assert!(!mails.is_empty());
        for mail in mails {
            assert_eq!(mail.to, "new@example.org");
            assert!(!mail.head.to_lowercase().contains("bcc:"), "{}", mail.head);
        }
        hall.close().await;
    }

    async fn no_header_changes_the_method_or_the_address(db) {
        let hall = Hall::open(db).await;
        let organizer = published_cup(&hall, json!({})).await;
        let before = held(&hall).await;
        for name in ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"] {
            for method in ["DELETE", "PUT", "POST"] {
                organizer.send(Method::GET, "/competitions/cup", None, &[(name, method)]).await.ok();
                organizer.send(Method::GET, "/me/sessions", None, &[(name, method)]).await.ok();
            }
        }
        organizer.get("/competitions/cup/members?_method=DELETE").await.ok();
        for (name, value) in FORGED.iter().skip(1) {
            hall.guest().send(Method::GET, "/me", None, &[(name, value)]).await.problem(401, "sign_in_required");
            hall.guest().send(Method::GET, "/healthz", None, &[(name, value)]).await.problem(404, "not_found");
        }
        assert_eq!(held(&hall).await, before);
        hall.close().await;
    }

    async fn a_path_stays_where_it_is(db) {
        let hall = Hall::open(db).await;
        for path in [
            "/../../../../etc/passwd", "/docs/../../../etc/passwd", "/docs/%2e%2e/%2e%2e/etc/passwd", "/docs/..%2f..%2fetc%2fpasswd", "/docs/..\\..\\etc\\passwd",
            "/docs//etc/passwd", "/docs/%00", "/docs/swagger-ui.css%00.html", "/.git/config", "/.env", "/palmares.db", "/data/secret", "/secret", "/api/v1/../../secret",
            "/api/v1/competitions/../me", "/api/v1/competitions/%2e%2e/me", "/api/v1/./me", "/api/v1//me", "/API/V1/ME", "/api/v1/me/", "/api/v1/me;a=b", "/api/v1/me%00", "/api/v1/me%20",
            "/invitations/..%2f..%2fsecret", "/invitations/%2e%2e",
        ] {
            let came = wire(&hall, format!("GET {path} HTTP/1.1\r\nHost: palmares.example\r\nConnection: close\r\n\r\n").as_bytes()).await;
            let got = statuses(&came);
            assert!(matches!(got[..], [400 | 401 | 404]), "{path}: {came}");
            assert!(!came.contains("root:") && !came.contains("CREATE TABLE"), "{path}");
        }
        hall.close().await;
    }

    async fn nobody_is_sent_to_another_site(db) {
        let hall = Hall::open(db).await;
        for path in ["/docs", "//evil.example/docs", "/docs?next=https://evil.example", "/docs/..//evil.example", "/\\evil.example", "/?next=//evil.example", "/invitations/x?return=//evil.example"] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n");
            let came = wire(&hall, request.as_bytes()).await.to_lowercase();
            let head = came.split("\r\n\r\n").next().unwrap();
            let location = head.lines().find_map(|line| line.strip_prefix("location: "));
            assert!(location.is_none_or(|to| to == "/docs/"), "{path}: {head}");
            assert!(!head.contains("evil"), "{path}: {head}");
        }
        hall.close().await;
    }

    async fn what_one_asks_with_forged_headers_is_not_what_others_get(db) {
        let settings = Settings { origins: vec!["https://app.example.org".into()], ..Settings::of(PUBLIC_URL) };
        let hall = Hall::behind(db, settings).await;
        published_cup(&hall, json!({ "name": { "en": "Cup", "zh": "英才杯" } })).await;
        for path in ["/competitions", "/competitions/cup", "/competitions/cup/finalists", "/competitions/cup/rounds"] {
            let clean = hall.guest().get(path).await;
            for (name, value) in FORGED {
                let got = hall.guest().send(Method::GET, path, None, &[(name, value)]).await;
                assert_eq!((got.status, &got.text), (clean.status, &clean.text), "{path} with {name}");
                assert!(!format!("{:?}", got.headers).contains("evil"), "{path} with {name}: {:?}", got.headers);
            }
            // Whatever an answer depends on stands in Vary, and a shared cache keeps none of it.
            let vary: String = clean.headers.get_all("vary").iter().map(|v| v.to_str().unwrap().to_lowercase() + ",").collect();
            assert!(vary.contains("accept-language") && vary.contains("origin"), "{vary}");
        }
        hall.close().await;
    }

    async fn a_cookie_that_was_planted_is_nobodys_session(db) {
        let hall = Hall::open(db).await;
        let (wang, mallory) = (hall.person("wang").await, hall.person("mallory").await);
        let ours = [("X-Palmares", "1"), ("Sec-Fetch-Site", "same-origin")];
        // Mallory's own session, and made-up values, planted in Wang's browser before she signs in.
        for planted in [mallory.token().to_owned(), "x".repeat(43), "fixed".into()] {
            let cookies = format!("__Host-palmares-access={planted}; __Host-palmares-refresh={planted}; palmares-access={planted}; __Host-palmares-device={planted}");
            let mut headers = ours.to_vec();
            headers.push(("Cookie", &cookies));
            let proof = json!({ "email": wang.email, "password": PASSWORD, "cookie": true }).to_string();
            let begun = hall.guest().send(Method::POST, "/sessions", Some(proof), &headers).await;
            begun.created();
            let set: Vec<_> = begun.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap().to_owned()).collect();
            for name in ["access", "refresh", "device"] {
                let cookie = set.iter().find(|c| c.starts_with(&format!("__Host-palmares-{name}="))).unwrap();
                assert!(!cookie.contains(&planted), "{cookie}");
            }
        }
        // What was planted is still what it was: Mallory's, or nothing.
        assert_eq!(mallory.get("/me").await.ok()["name"], "mallory");
        hall.guest().with_token("fixed").get("/me").await.problem(401, "token_invalid");
        hall.close().await;
    }
}
