//! The log of a server says what happened and nothing of whom: no password, token, address or name, whatever is sent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on has failed"
)]

#[macro_use]
mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::program::{Program, Server};

const PASSWORD: &str = "a phrase that only Zhao knows";
const NAME: &str = "Zhao Min 赵敏";
const EMAIL: &str = "zhao.min@example.org";

both_databases! {
    async fn the_log_holds_no_secret_and_nobodys_data(db) {
        let server = Program::on(&db).serve();
        let mut secrets: Vec<String> = [PASSWORD, NAME, "赵敏", EMAIL, "zhao.min", "wrong phrase", "secret-in-a"]
            .map(str::to_owned)
            .to_vec();
        let client = Client { server: &server, http: reqwest::Client::new() };

        let set_up = server.set_up_token.clone().unwrap();
        let account = json!({ "email": EMAIL, "password": PASSWORD, "name": NAME });
        let mut admin = account.clone();
        admin["token"] = json!(set_up);
        admin["email"] = json!("admin.zhao.min@example.org");
        client.post("/setup", "", admin).await;
        client.post("/users", "", account.clone()).await;
        client.post("/users", "", account).await;
        client.post("/users", "", json!({ "email": "zhao.min", "password": "short", "name": "" })).await;
        client.post("/users", "", json!({ "email": EMAIL, "password": 7, "zhao.min": PASSWORD })).await;
        client.send(Method::POST, "/users", "", &[], Some(format!("{{\"password\": \"{PASSWORD}"))).await;

        let wrong = json!({ "email": EMAIL, "password": "wrong phrase, but long" });
        for _ in 0..7 {
            client.post("/sessions", "", wrong.clone()).await;
        }
        let proof = json!({ "email": "admin.zhao.min@example.org", "password": PASSWORD });
        let session = client.post("/sessions", "", proof).await;
        let access = session["access_token"].as_str().unwrap().to_owned();
        let refresh = session["refresh_token"].as_str().unwrap().to_owned();
        client.get("/me", &access).await;
        client.get("/me", &format!("{access}x")).await;

        let cup = json!({ "slug": "cup", "name": { "en": "Cup" }, "time_zone": "Asia/Shanghai" });
        client.post("/competitions", &access, cup).await;
        let invitation = json!({ "email": EMAIL, "role": "judge" });
        let invited = client.post("/competitions/cup/invitations", &access, invitation).await;
        let link = invited["link"].as_str().or_else(|| invited["url"].as_str()).map(str::to_owned);
        let link = link.unwrap_or_else(|| panic!("{invited}"));
        let token = link.rsplit('/').next().unwrap().to_owned();
        client.http.get(format!("{}/invitations/{token}", server.base)).send().await.unwrap();
        client.post("/invitations/acceptance", &access, json!({ "token": token })).await;
        client.post("/invitations/acceptance", &access, json!({ "token": "guessed-secret-in-a-body" })).await;
        client.get(&format!("/competitions?cursor={EMAIL}&{access}"), "").await;
        client.get("/competitions/cup?q=secret-in-a-query", &access).await;
        let number = json!({ "phone": "+86 138 0013 8000" });
        client.post("/sign-in-codes", "", number.clone()).await;
        client.send(Method::PUT, "/me/phone", &access, &[], Some(number.to_string())).await;
        secrets.extend(["138 0013".to_owned(), "13800138000".to_owned()]);
        let back = format!("{}/sign-in/campus/callback?state=secret-in-a-query&code=secret-in-a-code", server.base);
        client.http.get(back).header("Cookie", "palmares-sign-in=secret-in-a-cookie").send().await.unwrap();
        client.send(Method::GET, "/me", "", &[("Cookie", "__Host-palmares-access=secret-in-a-cookie")], None).await;

        client.post("/competitions/cup/members", &access, json!({ "email": EMAIL, "role": "judge" })).await;
        let links = client.post("/competitions/cup/judge-links", &access, json!({ "devices": 3 })).await;
        let url = links["items"][0]["url"].as_str().unwrap_or_else(|| panic!("{links}"));
        let code = url.split_once('#').unwrap().1.to_owned();
        for path in ["judge/look", "judge/session"] {
            let form = client.http.post(format!("{}/{path}", server.base));
            let form = form.header("Content-Type", "application/x-www-form-urlencoded").header("Sec-Fetch-Site", "same-origin");
            form.body(format!("code={code}")).send().await.unwrap();
        }
        let entered = client.post("/sessions/judge-link", "", json!({ "code": code })).await;
        let tablet = client.post("/competitions/cup/tablets", &access, json!({ "name": NAME })).await;
        for secret in [&entered["refresh_token"], &links["items"][0]["code"], &tablet["code"]] {
            secrets.push(secret.as_str().unwrap().to_owned());
        }
        secrets.push(code);

        let renewed = client.post("/sessions/refresh", "", json!({ "refresh_token": refresh })).await;
        client.post("/sessions/refresh", "", json!({ "refresh_token": refresh })).await;
        for text in [&renewed["access_token"], &renewed["refresh_token"]] {
            secrets.push(text.as_str().unwrap().to_owned());
        }
        secrets.extend([access, refresh, token]);

        // What would write a line of its own does not.
        client.get("/%0a%0dforged-line%1b[31m", "").await;
        client.send(Method::GET, "/me", "", &[("X-Request-Id", "forged\" line={}")], None).await;
        client.send(Method::POST, "/users", "", &[], Some(json!({ "\nforged-line": 1, "email": "\nforged-line" }).to_string())).await;

        server.terminate();
        let log = wait_for_the_end(server);
        let log = log.replace(&format!("with the token {set_up}"), "");
        secrets.push(set_up);
        assert!(log.lines().count() > 20, "{log}");
        for secret in &secrets {
            for line in log.lines() {
                assert!(!line.contains(secret.as_str()), "{secret:?} is in the log:\n{line}");
            }
        }
        for line in log.lines().filter(|line| !line.starts_with("nobody administers")) {
            let said: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
            assert!(said["timestamp"].is_string(), "{line}");
        }
        assert!(!log.chars().any(|c| c.is_control() && c != '\n'), "control characters");
    }
}

struct Client<'a> {
    server: &'a Server,
    http: reqwest::Client,
}

impl Client<'_> {
    async fn get(&self, path: &str, token: &str) -> Value {
        self.send(Method::GET, path, token, &[], None).await
    }

    async fn post(&self, path: &str, token: &str, body: Value) -> Value {
        self.send(Method::POST, path, token, &[], Some(body.to_string()))
            .await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Value {
        let url = format!("{}/api/v1{path}", self.server.base);
        let mut request = self
            .http
            .request(method, url)
            .header("Content-Type", "application/json");
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        request.send().await.unwrap().json().await.unwrap_or_default()
    }
}

/// What the server wrote until it ended.
fn wait_for_the_end(server: Server) -> String {
    let log = server.log_handle();
    assert!(server.wait().success());
    let log = log.lock().unwrap();
    log.clone()
}
