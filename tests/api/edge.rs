//! What every request meets before its handler: measures, limits, other sites; and what answers tell browsers.

use std::num::NonZeroU32;

use palmares::http::edge::Settings;
use palmares::http::limits::Rates;
use reqwest::Method;

use crate::hall::{Got, Hall, Persona};

both_databases! {
    async fn whoever_asks_too_often_hears_when_to_come_back(database) {
        let rates = Rates { session: NonZeroU32::new(2), address: NonZeroU32::new(3) };
        let settings = Settings {
            rates,
            proxies: vec!["127.0.0.1/32".parse().unwrap()],
            ..Settings::of("https://palmares.example")
        };
        let hall = Hall::behind(database, settings).await;
        let (wang, li) = (hall.person("wang").await, hall.person("li").await);
        let (passed, refused) = until_refused(&wang).await;
        assert!(passed >= 20, "{passed}");
        refused.problem(429, "too_many");
        assert_eq!(refused.header("retry-after").as_deref(), Some("1"));
        assert_eq!(refused.header("cache-control").as_deref(), Some("no-store"));
        assert!(refused.header("x-request-id").is_some());
        let (_, refused) = until_refused(&wang.speaking("zh")).await;
        assert_eq!(refused.body["title"], "尝试次数过多，请稍后再试");
        // Others behind the same address go on; so do health and what was published.
        li.get("/me").await.ok();
        wang.send_to(Method::GET, &format!("{}/healthz", hall.base), None, &[]).await.ok();
        wang.get("/competitions/cup/finalists").await.problem(404, "not_found");
        // Without a session the address counts, and a made-up token is none.
        let guest = hall.guest().with_token("a.b.c");
        let from = |address: &'static str| {
            let guest = guest.clone();
            async move { guest.send(Method::GET, "/me", None, &[("X-Forwarded-For", address)]).await.status }
        };
        let mut passed = 0;
        while passed < 300 && from("2001:db8::1").await == 401 {
            passed += 1;
        }
        assert!((30..300).contains(&passed), "{passed}");
        let mut neighbour = Vec::new();
        for _ in 0..25 {
            neighbour.push(from("2001:db8::ffff").await);
        }
        assert!(neighbour.contains(&429), "the same network: {neighbour:?}");
        assert_eq!(from("2001:db8:0:1::1").await, 401);
        hall.close().await;
    }

    async fn an_address_and_headers_have_their_measure(database) {
        let hall = Hall::open(database).await;
        let guest = hall.guest();
        let long = format!("/competitions?cursor={}", "x".repeat(9 << 10));
        guest.get(&long).await.problem(414, "address_too_long");
        let large = "x".repeat(33 << 10);
        guest.send(Method::GET, "/competitions", None, &[("X-Large", &large)]).await.problem(431, "headers_too_large");
        guest.get(&format!("/competitions?cursor={}", "x".repeat(7 << 10))).await.problem(422, "invalid");
        hall.close().await;
    }

    async fn other_sites_are_let_in_by_name_only(database) {
        let app = "https://app.example.org";
        let ask = |hall: &Hall, origin: &'static str| {
            let guest = hall.guest();
            let headers = [
                ("Origin", origin),
                ("Access-Control-Request-Method", "PUT"),
                ("Access-Control-Request-Headers", "authorization,if-match,content-type"),
            ];
            async move { guest.send(Method::OPTIONS, "/me", None, &headers).await }
        };
        let allowed = |got: &Got| got.header("access-control-allow-origin");
        let closed = Hall::open(database.copy()).await;
        assert_eq!(allowed(&ask(&closed, app).await), None);
        let got = closed.guest().send(Method::GET, "/competitions", None, &[("Origin", app)]).await;
        assert_eq!(allowed(&got), None);
        closed.close().await;
        let settings = Settings { origins: vec![app.into()], ..Settings::of("https://palmares.example") };
        let hall = Hall::behind(database, settings).await;
        let preflight = ask(&hall, app).await;
        assert_eq!(allowed(&preflight).as_deref(), Some(app));
        assert_eq!(preflight.header("access-control-allow-credentials"), None, "cookies stay at home");
        for origin in ["https://evil.example", "https://app.example.org.evil.example", "null", "http://app.example.org"] {
            assert_eq!(allowed(&ask(&hall, origin).await), None, "{origin}");
        }
        let got = hall.guest().send(Method::GET, "/me", None, &[("Origin", app)]).await;
        got.problem(401, "sign_in_required");
        assert_eq!(allowed(&got).as_deref(), Some(app), "a script reads failures, too");
        assert!(got.headers.get_all("vary").iter().any(|v| v.to_str().unwrap().contains("Origin")));
        hall.close().await;
    }

    async fn browsers_hear_what_a_page_may_do(database) {
        let hall = Hall::open(database).await;
        let guest = hall.guest();
        for path in ["/", "/docs/", "/docs/swagger-ui-bundle.js", "/openapi.json", "/healthz", "/nowhere", "/api/v1/me"] {
            let got = guest.send_to(Method::GET, &format!("{}{path}", hall.base), None, &[]).await;
            assert_eq!(got.header("strict-transport-security").as_deref(), Some("max-age=63072000; includeSubDomains"), "{path}");
            let policy = got.header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
            let scripts = policy.contains("script-src");
            assert_eq!(scripts, path.starts_with("/docs") || path == "/openapi.json", "{path}: {policy}");
            assert!(!policy.contains("script-src 'unsafe-inline'"));
        }
        hall.close().await;
    }
}

/// Asks until it is too often: how often it was not, and the refusal.
async fn until_refused(persona: &Persona) -> (usize, Got) {
    for passed in 0..500 {
        let got = persona.get("/me").await;
        if got.status == 429 {
            return (passed, got);
        }
        got.ok();
    }
    panic!("no limit");
}
