//! A page of the server keeps its session in cookies that no script and no other site gets at.

use palmares::http::edge::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::hall::{Got, Hall, PASSWORD, Persona};

const OURS: [(&str, &str); 2] = [("X-Palmares", "1"), ("Sec-Fetch-Site", "same-origin")];

both_databases! {
    async fn a_page_signs_in_keeps_its_session_up_and_signs_out(database) {
        let hall = Hall::open(database).await;
        let wang = hall.person("wang").await;
        let guest = hall.guest();
        let proof = json!({ "email": wang.email, "password": PASSWORD, "cookie": true });
        let begun = page(&guest, Method::POST, "/sessions", Some(&proof), "").await;
        let session = begun.created();
        assert_eq!(session["token_type"], "Cookie");
        assert!(session.get("access_token").is_none() && session.get("refresh_token").is_none());
        assert_eq!(begun.header("cache-control").as_deref(), Some("no-store"));
        let cookies = jar(&begun);
        for name in ["access", "refresh", "device"] {
            assert!(cookies.contains(&format!("__Host-palmares-{name}=")), "{cookies}");
        }
        assert_eq!(page(&guest, Method::GET, "/me", None, &cookies).await.ok()["name"], "wang");

        hall.clock.advance(600);
        page(&guest, Method::GET, "/me", None, &cookies).await.problem(401, "token_invalid");
        let kept = page(&guest, Method::POST, "/sessions/refresh", Some(&json!({})), &cookies).await;
        assert!(kept.ok().get("access_token").is_none());
        let cookies = jar(&kept);
        page(&guest, Method::GET, "/me", None, &cookies).await.ok();

        let gone = page(&guest, Method::DELETE, "/sessions/current", None, &cookies).await;
        gone.expect(204);
        assert!(jar(&gone).contains("__Host-palmares-access=;") && jar(&gone).contains("__Host-palmares-refresh="));
        page(&guest, Method::GET, "/me", None, &cookies).await.problem(401, "session_ended");
        page(&guest, Method::POST, "/sessions/refresh", Some(&json!({})), "").await.problem(401, "session_ended");
        guest.post("/sessions/refresh", json!({})).await.wrong(&[("/refresh_token", "missing_field")]);
        hall.close().await;
    }

    async fn another_site_gains_nothing_by_the_cookies(database) {
        let hall = Hall::open(database).await;
        let admin = hall.admin().await;
        let guest = hall.guest();
        let proof = json!({ "email": admin.email, "password": PASSWORD, "cookie": true });
        let cookies = jar(&page(&guest, Method::POST, "/sessions", Some(&proof), "").await);
        let cup = json!({ "slug": "cup", "name": { "en": "C" }, "time_zone": "UTC" }).to_string();
        for headers in [
            vec![],
            vec![("Sec-Fetch-Site", "same-origin")],
            vec![("Sec-Fetch-Site", "cross-site"), ("X-Palmares", "1")],
            vec![("Sec-Fetch-Site", "same-site"), ("X-Palmares", "1"), ("Origin", "https://palmares.example")],
            vec![("Origin", "https://evil.example"), ("X-Palmares", "1")],
            vec![("X-Palmares", "1")],
        ] {
            let mut all = vec![("Cookie", cookies.as_str())];
            all.extend(headers);
            let got = guest.send(Method::POST, "/competitions", Some(cup.clone()), &all).await;
            got.problem(401, "sign_in_required");
            let session = guest.send(Method::POST, "/sessions", Some(proof.to_string()), &all).await;
            session.wrong(&[("/cookie", "cookie_needs_own_page")]);
        }
        page(&guest, Method::POST, "/competitions", Some(&serde_json::from_str(&cup).unwrap()), &cookies).await.created();
        // A token in the header counts before any cookie.
        guest.with_token("x").send(Method::GET, "/me", None, &[("Cookie", &cookies), OURS[0], OURS[1]]).await
            .problem(401, "token_invalid");
        hall.close().await;
    }

    async fn over_plain_http_a_network_gets_no_cookies(database) {
        let hall = Hall::behind(database, Settings::of("http://10.0.0.7:8080")).await;
        let wang = hall.person("wang").await;
        let proof = json!({ "email": wang.email, "password": PASSWORD, "cookie": true });
        page(&hall.guest(), Method::POST, "/sessions", Some(&proof), "").await.wrong(&[("/cookie", "cookie_needs_https")]);
        hall.close().await;
    }
}

/// A request as a page of the server sends it.
async fn page(guest: &Persona, method: Method, path: &str, body: Option<&Value>, cookies: &str) -> Got {
    let mut headers = OURS.to_vec();
    if !cookies.is_empty() {
        headers.push(("Cookie", cookies));
    }
    guest
        .send(method, path, body.map(Value::to_string), &headers)
        .await
}

/// The cookies that an answer sets, as the next request brings them.
fn jar(got: &Got) -> String {
    let set = got.headers.get_all("set-cookie").iter();
    let pairs = set.map(|cookie| cookie.to_str().unwrap().split("; ").next().unwrap().to_owned());
    pairs.collect::<Vec<_>>().join("; ")
}
