//! A server is watched while it runs: its meters for who may read them, its slow requests in the log, its traces at a
//! collector.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on has failed"
)]

#[macro_use]
mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::program::{Program, Server};

const TOKEN: &str = "only the collector of the house";

/// The lines of a server's log with a message.
fn lines(server: &Server, message: &str) -> Vec<Value> {
    let log = server.log();
    let said = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    said.filter(|line| line["fields"]["message"] == message).collect()
}

/// Where a server's meters are.
fn meters(server: &Server) -> String {
    let line = lines(server, "telling what is counted").remove(0);
    format!("http://{}/metrics", line["fields"]["address"].as_str().unwrap())
}

both_databases! {
    async fn meters_are_told_to_who_may_read_them(db) {
        let program = Program::on(&db)
            .with("PALMARES_METRICS_BIND", "127.0.0.1:0")
            .with("PALMARES_METRICS_TOKEN", TOKEN);
        let server = program.serve();
        let client = reqwest::Client::new();
        let api = format!("{}/api/v1", server.base);
        let admin = json!({ "token": server.set_up_token, "email": "chen@example.org", "name": "Chen Jing",
            "password": "a phrase that only Chen knows" });
        assert_eq!(client.post(format!("{api}/setup")).json(&admin).send().await.unwrap().status(), 201);
        let proof = json!({ "email": "chen@example.org", "password": "a phrase that only Chen knows" });
        assert_eq!(client.post(format!("{api}/sessions")).json(&proof).send().await.unwrap().status(), 201);
        for path in ["/competitions/no-such-cup", "/competitions/another-one", "/nowhere/at/all"] {
            assert_eq!(client.get(format!("{api}{path}")).send().await.unwrap().status(), 404);
        }
        let address = meters(&server);
        for refused in [client.get(&address), client.get(&address).bearer_auth("guessed"), client.get(&address).basic_auth(TOKEN, Some(TOKEN))] {
            assert_eq!(refused.send().await.unwrap().status(), 401);
        }
        assert_eq!(client.get(format!("{}/metrics", server.base)).send().await.unwrap().status(), 404, "not for the public");
        let told = client.get(&address).bearer_auth(TOKEN).send().await.unwrap();
        assert!(told.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
        let text = told.text().await.unwrap();
        for line in [
            "palmares_http_request_seconds_count{method=\"POST\",route=\"/api/v1/setup\",status=\"201\"} 1",
            "palmares_http_request_seconds_count{method=\"GET\",route=\"/api/v1/competitions/{slug}\",status=\"404\"} 2",
            "palmares_http_request_seconds_count{method=\"GET\",route=\"none\",status=\"404\"} 2",
            "palmares_sessions_live 1",
            "palmares_writer_queue 0",
            "palmares_sign_in_line 0",
            "palmares_live_subscribers 0",
            "palmares_pool_size 16",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        let commits = text.lines().find_map(|l| l.strip_prefix("palmares_commit_seconds_count ")).unwrap();
        assert!(commits.parse::<u32>().unwrap() >= 2, "{commits}");
        for somebodys in ["chen", "Chen", "no-such-cup", TOKEN] {
            assert!(!text.contains(somebodys), "{somebodys} is among the meters");
        }
        server.terminate();
        assert!(server.wait().success());
    }
}

#[actix_web::test]
async fn a_slow_request_tells_where_its_time_went() {
    let db = support::sqlite();
    let server = Program::on(&db).with("PALMARES_SLOW_MILLISECONDS", "5").serve();
    let proof = json!({ "email": "nobody@example.org", "password": "a phrase that nobody knows" });
    let client = reqwest::Client::new();
    let address = format!("{}/api/v1/sessions", server.base);
    assert_eq!(
        client.post(address).json(&proof).send().await.unwrap().status(),
        401
    );
    let line = lines(&server, "slow").remove(0);
    let of = |part: &str| line["fields"][part].as_f64().unwrap();
    assert_eq!(line["fields"]["route"], "/api/v1/sessions");
    assert!(
        of("hashing") > 5.0 && of("hashing") <= of("milliseconds"),
        "{line}"
    );
    assert!(
        of("working") > 0.0 && of("working") < of("milliseconds"),
        "{line}"
    );
    assert_eq!(of("tabulating"), 0.0);
    let quick = Program::on(&db).with("PALMARES_SLOW_MILLISECONDS", "0");
    drop(server);
    let server = quick.serve();
    let address = format!("{}/api/v1/sessions", server.base);
    client.post(address).json(&proof).send().await.unwrap();
    assert_eq!(lines(&server, "slow"), Vec::<Value>::new(), "0 tells none");
}

#[actix_web::test]
async fn traces_go_to_a_collector() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let collector = format!("http://{}", listener.local_addr().unwrap());
    let (came, coming) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut part = [0; 4096];
            stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
            while let Ok(read @ 1..) = stream.read(&mut part) {
                request.extend_from_slice(&part[..read]);
                if is_whole(&request) {
                    break;
                }
            }
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .unwrap();
            came.send(String::from_utf8_lossy(&request).into_owned()).unwrap();
        }
    });
    let db = support::sqlite();
    let server = Program::on(&db)
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", &collector)
        .serve();
    let url = format!("{}/api/v1/competitions/cup", server.base);
    assert_eq!(reqwest::get(&url).await.unwrap().status(), 404);
    let proof = json!({ "email": "nobody@example.org", "password": "a phrase that nobody knows" });
    let sessions = format!("{}/api/v1/sessions", server.base);
    reqwest::Client::new()
        .post(&sessions)
        .json(&proof)
        .send()
        .await
        .unwrap();
    // What is left goes out at the end.
    server.terminate();
    assert!(server.wait().success());
    let begun = Instant::now();
    let mut all = String::new();
    while let Ok(request) = coming.recv_timeout(Duration::from_secs(2)) {
        assert!(request.starts_with("POST /v1/traces "), "{request}");
        all += &request;
        assert!(begun.elapsed() < Duration::from_secs(30));
        if all.contains("read_competition") && all.contains("palmares-writer") {
            break;
        }
    }
    for told in [
        "application/x-protobuf",
        "service.name",
        "palmares",
        "request",
        "transaction",
        "read_competition",
    ] {
        assert!(all.contains(told), "{told}: {all:?}");
    }
    for secret in ["nobody@example.org", "a phrase that nobody knows"] {
        assert!(!all.contains(secret), "{secret} is in a trace");
    }
    // A collector that is none is said before anything else.
    let ended = Program::on(&db)
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", "collector")
        .run(&["serve", "--port", "0"], "");
    assert_eq!(ended.status.code(), Some(2), "{}", ended.err);
    assert!(ended.err.contains("http://127.0.0.1:4318"), "{}", ended.err);
}

/// Whether the head of a request is there and as much after it as it says.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some(end) = request.windows(4).position(|w| w == b"\r\n\r\n") else {
        return false;
    };
    let length = text
        .lines()
        .find_map(|l| l.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    request.len() >= end + 4 + length.unwrap_or(0)
}
