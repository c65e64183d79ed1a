//! What every request and answer has in common: ids, languages, methods, keys to repeat a request by.

use reqwest::Method;
use serde_json::{Value, json};

use crate::hall::{Got, Hall, Persona};

both_databases! {
    async fn the_servers_own_addresses_answer(database) {
        let hall = Hall::open(database).await;
        let guest = hall.guest();
        for address in ["/healthz", "/readyz"] {
            assert_eq!(at_root(&hall, &guest, Method::GET, address).await.ok()["status"], "ok", "{address}");
        }
        let document = at_root(&hall, &guest, Method::GET, "/openapi.json").await;
        assert!(document.ok()["openapi"].as_str().unwrap().starts_with("3.1"));
        assert_eq!(document.body["info"]["title"], "Palmares");
        assert!(document.body["paths"]["/api/v1/users"]["post"].is_object());
        for address in ["/docs", "/docs/"] {
            let page = at_root(&hall, &guest, Method::GET, address).await;
            page.ok();
            assert!(page.header("content-type").unwrap().starts_with("text/html"), "{page:?}");
            assert!(page.text.contains("swagger"));
            assert!(page.text.contains("name=\"viewport\" content=\"width=device-width"));
        }
        let home = at_root(&hall, &guest, Method::GET, "/").await;
        home.expect(200);
        assert!(home.text.contains("href=\"/docs/\"") && home.text.contains("None is published yet."), "{}", home.text);
        let chinese = at_root(&hall, &guest.speaking("zh"), Method::GET, "/").await;
        assert!(chinese.text.contains("目前还没有公开的赛事"));
        let chen = first_cup(&hall).await;
        assert!(!at_root(&hall, &guest, Method::GET, "/").await.text.contains("first-cup"), "it is no draft's door");
        chen.post("/competitions/first-cup/publication", json!({})).await.ok();
        let home = at_root(&hall, &guest, Method::GET, "/").await;
        assert!(home.text.contains("<a href=\"/api/v1/competitions/first-cup\">A cup</a>"), "{}", home.text);
        hall.close().await;
    }

    async fn an_answer_carries_the_id_of_its_request(database) {
        let hall = Hall::open(database).await;
        let wang = hall.person("wang").await;
        let id = |got: &Got| got.header("x-request-id").unwrap();
        let with_id = |id: &'static str| {
            let wang = wang.clone();
            async move { wang.send(Method::GET, "/me", None, &[("X-Request-Id", id)]).await }
        };
        assert_eq!(id(&with_id("proxy-12_AB34").await), "proxy-12_AB34");
        for foreign in ["short", "line breaks \" and quotes", "x-234567890x-234567890x-234567890x-234567890x-234567890x-234567890"] {
            assert_ne!(id(&with_id(foreign).await), foreign);
        }
        let guest = hall.guest();
        let (one, other) = (guest.get("/me").await, guest.get("/nowhere").await);
        one.problem(401, "sign_in_required");
        other.problem(404, "not_found");
        assert_ne!(id(&one), id(&other));
        assert_eq!(one.header("x-content-type-options").as_deref(), Some("nosniff"));
        hall.close().await;
    }

    async fn caches_hear_what_an_answer_depends_on(database) {
        let hall = Hall::open(database).await;
        let wang = hall.person("wang").await;
        let varies = |got: &Got, by: &str| {
            let vary = got.header("vary").unwrap_or_default();
            assert!(vary.split(", ").any(|name| name == by), "{vary:?} of {}", got.request);
        };
        for language in ["en", "zh"] {
            let mine = wang.speaking(language).get("/me").await;
            mine.ok();
            varies(&mine, "Accept-Language");
            varies(&mine, "Authorization");
            assert!(mine.header("cache-control").unwrap().contains("private"));
            let refused = hall.guest().speaking(language).get("/me").await;
            varies(&refused, "Accept-Language");
            assert_eq!(refused.header("cache-control").as_deref(), Some("no-store"));
        }
        for (accepted, title) in [
            ("zh-Hant-TW, en;q=0.5", "请先登录"),
            ("en;q=0.2, zh;q=0.9", "请先登录"),
            ("zh;q=0, en;q=0.1", "Sign in first"),
            ("fr, de;q=0.9", "Sign in first"),
            ("", "Sign in first"),
            (";;;q=x,,", "Sign in first"),
        ] {
            assert_eq!(hall.guest().speaking(accepted).get("/me").await.body["title"], title, "{accepted:?}");
        }
        hall.close().await;
    }

    async fn an_address_says_which_methods_it_understands(database) {
        let hall = Hall::open(database).await;
        let guest = hall.guest();
        for (method, path, allow) in [
            (Method::GET, "/setup", "POST"),
            (Method::PATCH, "/me", "GET, HEAD"),
            (Method::POST, "/sessions/current", "DELETE"),
            (Method::HEAD, "/sessions", "POST"),
        ] {
            let got = guest.send(method.clone(), path, None, &[]).await;
            assert_eq!((got.status, got.header("allow").as_deref()), (405, Some(allow)), "{}", got.request);
            if method != Method::HEAD {
                got.problem(405, "method_not_allowed");
                assert_eq!(got.body["params"]["allow"], allow);
                assert!(got.body["title"].as_str().unwrap().contains(allow));
            }
        }
        assert!(guest.speaking("zh").get("/setup").await.body["title"].as_str().unwrap().starts_with("此地址仅支持"));
        let options = guest.send(Method::OPTIONS, "/me", None, &[]).await;
        assert_eq!((options.status, options.text.as_str()), (204, ""));
        assert_eq!(options.header("allow").as_deref(), Some("GET, HEAD"));
        guest.send(Method::OPTIONS, "/nowhere", None, &[]).await.problem(404, "not_found");
        guest.send(Method::DELETE, "/nowhere", None, &[]).await.problem(404, "not_found");
        hall.close().await;
    }

    async fn head_is_get_without_the_body(database) {
        let hall = Hall::open(database).await;
        let wang = hall.person("wang").await;
        for (persona, path, status) in [(&wang, "/me", 200), (&hall.guest(), "/me", 401), (&wang, "/nowhere", 404)] {
            let get = persona.get(path).await;
            let head = persona.send(Method::HEAD, path, None, &[]).await;
            assert_eq!((head.status, head.text.as_str()), (status, ""), "{path}");
            for header in ["content-type", "content-length", "vary", "cache-control", "etag"] {
                assert_eq!(head.header(header), get.header(header), "{header} of {path}");
            }
        }
        assert_eq!(at_root(&hall, &wang, Method::HEAD, "/healthz").await.status, 200);
        hall.close().await;
    }

    async fn a_repeated_request_gets_the_first_answer(database) {
        let hall = Hall::open(database).await;
        let mut admin = hall.admin().await;
        let first = create(&admin, "k1", cup("first-cup")).await;
        first.created();
        let again = create(&admin, "k1", cup("first-cup")).await;
        assert_eq!(again.created(), &first.body);
        assert_eq!((again.header("location"), again.header("etag")), (first.header("location"), first.header("etag")));
        assert_eq!(competitions(&admin).await, ["first-cup"]);
        create(&admin, "k1", cup("second-cup")).await.wrong(&[("", "idempotency_key_reused")]);
        create(&admin, "k2", cup("first-cup")).await.wrong(&[("/slug", "slug_taken")]);

        // A failure is not kept: the same key may be used for the corrected request.
        create(&admin, "k3", json!({ "slug": "third-cup" })).await.wrong(&[("/name", "missing_field")]);
        create(&admin, "k3", cup("third-cup")).await.created();

        // A day later the key is free again, also for another body; a second before it is not.
        hall.clock.advance(24 * 3600 - 1);
        hall.refresh(&mut admin).await;
        create(&admin, "k1", cup("fourth-cup")).await.wrong(&[("", "idempotency_key_reused")]);
        hall.clock.advance(1);
        create(&admin, "k1", cup("fourth-cup")).await.created();
        create(&admin, "k1", cup("first-cup")).await.wrong(&[("", "idempotency_key_reused")]);
        let mut slugs = competitions(&admin).await;
        slugs.sort();
        assert_eq!(slugs, ["first-cup", "fourth-cup", "third-cup"]);
        hall.close().await;
    }

    async fn a_key_belongs_to_a_person_and_an_address(database) {
        let hall = Hall::open(database).await;
        let chen = first_cup(&hall).await;
        let wang = hall.person("wang").await;
        let member = json!({ "email": wang.email, "role": "organizer" });
        once(&chen, "/competitions/first-cup/members", "k1", member).await.created();
        let entries = "/competitions/first-cup/entries/batch";
        let batch = |title: &str| json!({ "items": [{ "title": { "en": title }, "status": "accepted" }] });
        let number = |got: Got| got.created()["items"][0]["number"].as_i64().unwrap();
        assert_eq!(number(once(&chen, entries, "k1", batch("A lamp")).await), 1, "another address");
        assert_eq!(number(once(&wang, entries, "k1", batch("A lamp")).await), 2, "another person");
        assert_eq!(number(once(&chen, entries, "k1", batch("A lamp")).await), 1, "the same once more");
        for key in [String::new(), "k".repeat(201)] {
            once(&chen, entries, &key, batch("A lamp")).await
                .wrong(&[("Idempotency-Key:", "idempotency_key_length")]);
        }
        hall.close().await;
    }

    async fn of_many_at_once_under_one_key_one_is_done(database) {
        let hall = Hall::open(database).await;
        let chen = first_cup(&hall).await;
        let batch = json!({ "items": [{ "title": { "en": "A lamp" }, "status": "accepted" }] });
        let path = "/competitions/first-cup/entries/batch";
        let sent = (0..8).map(|_| once(&chen, path, "k2", batch.clone()));
        for got in futures_util::future::join_all(sent).await {
            match got.status {
                201 => assert_eq!(got.body["items"], json!([{ "number": 1 }])),
                _ => got.problem(409, "idempotency_key_in_use"),
            }
        }
        let next = once(&chen, path, "k3", batch).await;
        assert_eq!(next.created()["items"], json!([{ "number": 2 }]), "only one lamp was entered before");
        hall.close().await;
    }

    async fn u_0000_is_refused_wherever_it_comes_in(database) {
        let hall = Hall::open(database).await;
        let chen = first_cup(&hall).await;
        let post = |path: &'static str, body: Value| {
            let chen = chen.clone();
            async move { chen.post(path, body).await }
        };
        post("/users", json!({ "email": "a\0@example.org", "password": "a\0 phrase for the tests", "name": "\0" })).await
            .wrong(&[("/email", "nul_character"), ("/name", "nul_character"), ("/password", "nul_character")]);
        post("/sessions", json!({ "email": "chen@example.org", "password": "\0" })).await
            .wrong(&[("/password", "nul_character")]);
        post("/sessions/refresh", json!({ "refresh_token": "\0" })).await.wrong(&[("/refresh_token", "nul_character")]);
        let deep = json!({ "title": { "en": "Lamp", "zh": "灯\0" }, "team": [{ "name": "Li" }, { "name": "W\0u" }],
            "answers": { "stage": ["\0"] } });
        post("/competitions/first-cup/entries", deep).await.wrong(&[
            ("/answers/stage/0", "nul_character"), ("/team/1/name", "nul_character"), ("/title/zh", "nul_character"),
        ]);
        let line = json!({ "title": { "en": "La\0mp" }, "status": "accepted" });
        post("/competitions/first-cup/entries/batch", json!({ "items": [line] })).await
            .wrong(&[("/items/0/title/en", "nul_character")]);
        chen.get("/competitions/first-cup/entries?q=%00").await.wrong(&[("?q", "nul_character")]);
        chen.get("/competitions/first-cup/entries?cursor=a%00").await.wrong(&[("?cursor", "nul_character")]);
        for path in ["/competitions/first%00cup", "/competitions/first-cup/invitations/%00"] {
            chen.get(path).await.problem(404, "not_found");
            chen.delete(path).await.problem(404, "not_found");
        }
        at_root(&hall, &chen, Method::GET, "/invitations/%00").await.expect(404);
        hall.close().await;
    }

    async fn what_is_no_json_names_the_line_in_the_language_asked_for(database) {
        let hall = Hall::open(database).await;
        let guest = hall.guest();
        let send = |guest: &Persona, body: &str| {
            let (guest, body) = (guest.clone(), body.to_owned());
            async move { guest.send(Method::POST, "/sessions", Some(body), &[]).await }
        };
        let broken = send(&guest, "{\n\"email\": oops}").await;
        broken.problem(400, "malformed");
        assert_eq!(broken.body["detail"], "This is not JSON: line 2, column 10.");
        let chinese = send(&guest.speaking("zh"), "{\n\"email\": oops}").await;
        assert_eq!(chinese.body["detail"], "这不是有效的 JSON：第 2 行第 10 列。");
        assert!(send(&guest, "").await.body["detail"].as_str().unwrap().starts_with("The body is empty"));
        send(&guest, "[]").await.wrong(&[("", "wrong_type")]);
        send(&guest, r#"{"mail":"x","pass":"y"}"#).await.wrong(&[("/mail", "unknown_field"), ("/pass", "unknown_field"),
            ("/email", "missing_field")]);
        hall.close().await;
    }

    async fn a_scheme_is_known_in_any_case(database) {
        let hall = Hall::open(database).await;
        let wang = hall.person("wang").await;
        let token = wang.token();
        for (scheme, status) in [("Bearer", 200), ("bearer", 200), ("BEARER", 200), ("Basic", 401), ("Bearer:", 401)] {
            let header = format!("{scheme} {token}");
            let got = hall.guest().send(Method::GET, "/me", None, &[("Authorization", &header)]).await;
            got.expect(status);
        }
        hall.close().await;
    }

    async fn a_change_names_one_version(database) {
        let hall = Hall::open(database).await;
        let chen = first_cup(&hall).await;
        let items = json!({ "items": [] }).to_string();
        for given in ["*", "\"v1\", \"v2\""] {
            let got = chen.send(Method::PUT, "/competitions/first-cup/tracks", Some(items.clone()), &[("If-Match", given)]).await;
            got.wrong(&[("If-Match:", "one_version_tag")]);
        }
        let two = [("If-Match", "\"v1\""), ("If-Match", "\"v2\"")];
        let got = chen.send(Method::PUT, "/competitions/first-cup/tracks", Some(items), &two).await;
        got.wrong(&[("If-Match:", "one_version_tag")]);
        hall.close().await;
    }

    async fn a_body_that_never_comes_is_answered_and_holds_nobody_up(database) {
        use std::io::{Read, Write};
        let hall = Hall::open(database).await;
        let address = hall.base.trim_start_matches("http://").to_owned();
        let waiting = tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
            stream.write_all(b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Content-Length: 100\r\n\r\n{").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        });
        let begun = std::time::Instant::now();
        let answer = waiting.await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("\"code\":\"too_slow\""), "{answer}");
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
        hall.close().await;
    }

    async fn what_an_address_does_not_know_of_a_query_is_refused(database) {
        let hall = Hall::open(database).await;
        let guest = hall.guest();
        for (query, pointer) in [
            ("colour=red", "?colour"),
            ("limit=0", "?limit"),
            ("limit=201", "?limit"),
            ("limit=many", "?limit"),
            ("cursor=made-up", "?cursor"),
        ] {
            let got = guest.get(&format!("/competitions?{query}")).await;
            got.problem(422, "invalid");
            assert_eq!(got.body["errors"][0]["pointer"], pointer, "{}", got.text);
        }
        guest.get("/competitions?limit=1").await.ok();
        hall.close().await;
    }
}

async fn at_root(hall: &Hall, persona: &Persona, method: Method, address: &str) -> Got {
    persona
        .send_to(method, &format!("{}{address}", hall.base), None, &[])
        .await
}

/// POST under a key.
async fn once(persona: &Persona, path: &str, key: &str, body: Value) -> Got {
    persona
        .send(
            Method::POST,
            path,
            Some(body.to_string()),
            &[("Idempotency-Key", key)],
        )
        .await
}

async fn create(admin: &Persona, key: &str, body: Value) -> Got {
    once(admin, "/competitions", key, body).await
}

fn cup(slug: &str) -> Value {
    json!({ "slug": slug, "name": { "en": "A cup" }, "time_zone": "Asia/Shanghai" })
}

/// A competition with its organizer, Chen.
async fn first_cup(hall: &Hall) -> Persona {
    let (admin, chen) = (hall.admin().await, hall.person("chen").await);
    create(&admin, "k0", cup("first-cup")).await.created();
    let member = json!({ "email": chen.email, "role": "organizer" });
    admin
        .post("/competitions/first-cup/members", member)
        .await
        .created();
    chen
}

/// The slugs that somebody sees.
async fn competitions(persona: &Persona) -> Vec<String> {
    let list = persona.get("/competitions").await;
    let slug = |c: &Value| c["slug"].as_str().unwrap().to_owned();
    list.ok()["items"].as_array().unwrap().iter().map(slug).collect()
}
