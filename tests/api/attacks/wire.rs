//! Requests as no client sends them, straight over TCP: what two servers in a row might read in two ways is refused by this one,
//! and nothing that follows it on the connection is answered.

use serde_json::json;

use super::range::{held, statuses, wire};
use crate::hall::{Hall, PASSWORD};

/// A second request, which must never be answered as if it came by itself.
const HIDDEN: &str = "GET /api/v1/smuggled HTTP/1.1\r\nHost: palmares.example\r\n\r\n";

/// A request to sign in with a head of its own and a body.
fn post(head: &str, body: &str) -> String {
    format!(
        "POST /api/v1/sessions HTTP/1.1\r\nHost: palmares.example\r\nContent-Type: application/json\r\n{head}\r\n{body}"
    )
}

both_databases! {
    async fn a_body_has_one_length(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        let before = held(&hall).await;
        let body = json!({ "email": wang.email, "password": PASSWORD }).to_string();
        let n = body.len();
        let chunked = format!("{n:x}\r\n{body}\r\n0\r\n\r\n");
        for (head, body) in [
            // Two lengths, or a length and chunks, in either order.
            (format!("Content-Length: {n}\r\nTransfer-Encoding: chunked\r\n"), chunked.clone()),
            (format!("Transfer-Encoding: chunked\r\nContent-Length: {n}\r\n"), chunked.clone()),
            ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n".into(), format!("0\r\n\r\n{HIDDEN}")),
            (format!("Content-Length: {n}\r\nContent-Length: 0\r\n"), body.clone()),
            (format!("Content-Length: 0\r\nContent-Length: {n}\r\n"), body.clone()),
            (format!("Content-Length: {n}, {n}\r\n"), body.clone()),
            // Lengths that are no lengths.
            (format!("Content-Length: +{n}\r\n"), body.clone()),
            ("Content-Length: -1\r\n".into(), body.clone()),
            ("Content-Length: 0x10\r\n".into(), body.clone()),
            ("Content-Length: 99999999999999999999999\r\n".into(), body.clone()),
            ("Content-Length: \r\n".into(), body.clone()),
            ("Content-Length: 1 0\r\n".into(), body.clone()),
            (format!("Content-Length : {n}\r\n"), body.clone()),
            (format!(" Content-Length: {n}\r\n"), body.clone()),
            // A header that goes on in the next line.
            (format!("X-A: b\r\n c\r\nContent-Length: {n}\r\n"), body.clone()),
            (format!("Transfer-Encoding:\r\n chunked\r\nContent-Length: {n}\r\n"), chunked.clone()),
            // Encodings that some server may take for chunks.
            ("Transfer-Encoding: identity\r\n".into(), chunked.clone()),
            ("Transfer-Encoding: xchunked\r\n".into(), chunked.clone()),
            ("Transfer-Encoding: chunked, identity\r\n".into(), chunked.clone()),
            ("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n".into(), chunked.clone()),
            ("Transfer-Encoding : chunked\r\n".into(), chunked.clone()),
            ("Transfer-Encoding: \u{b}chunked\r\n".into(), chunked.clone()),
            // Chunks whose sizes are none.
            ("Transfer-Encoding: chunked\r\n".into(), format!("-{n:x}\r\n{body}\r\n0\r\n\r\n")),
            ("Transfer-Encoding: chunked\r\n".into(), format!("0x{n:x}\r\n{body}\r\n0\r\n\r\n")),
            ("Transfer-Encoding: chunked\r\n".into(), format!("fffffffffffffffff\r\n{body}\r\n0\r\n\r\n")),
            ("Transfer-Encoding: chunked\r\n".into(), format!("{n:x}\n{body}\n0\n\n")),
            ("Transfer-Encoding: chunked\r\n".into(), format!("{:x}\r\n{body}\r\n0\r\n\r\n", n + 1)),
            ("Transfer-Encoding: chunked\r\n".into(), format!("zz\r\n{body}\r\n0\r\n\r\n")),
            ("X-A: \0\r\n".into(), String::new()),
            ("X-\0A: b\r\n".into(), String::new()),
            ("no colon\r\n".into(), String::new()),
        ] {
            let came = wire(&hall, (post(&head, &body) + HIDDEN).as_bytes()).await;
            let got = statuses(&came);
            assert!(got.first().is_none_or(|s| (400..500).contains(s)), "{head:?}: {came}");
            assert!(got.len() < 2, "{head:?}: something was answered after a refusal: {came}");
            assert_eq!(held(&hall).await, before, "{head:?}");
        }
        hall.close().await;
    }

    async fn requests_in_a_row_are_answered_in_their_order(db) {
        let hall = Hall::open(db).await;
        let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: palmares.example\r\n\r\n");
        let refused = "PUT /api/v1/me/password HTTP/1.1\r\nHost: palmares.example\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        let all = [get("/healthz"), refused.into(), get("/nowhere"), get("/healthz")].concat();
        let came = wire(&hall, all.as_bytes()).await;
        assert_eq!(statuses(&came), [200, 422, 404, 200], "{came}");
        // A body that is refused before it was read is not taken for the next request.
        let inside = format!("{}{HIDDEN}", "x".repeat(70_000 - HIDDEN.len()));
        let large = post("Content-Length: 70000\r\n", &inside);
        let came = wire(&hall, (large + &get("/healthz")).as_bytes()).await;
        assert_eq!(statuses(&came).first(), Some(&413), "{came}");
        assert!(!came.contains("smuggled") && statuses(&came).iter().skip(1).all(|s| *s == 200), "{came}");
        hall.close().await;
    }

    async fn other_forms_of_http_gain_nothing(db) {
        let hall = Hall::open(db).await;
        let me = |line: &str, head: &str| format!("{line}\r\n{head}Connection: close\r\n\r\n");
        for (request, allowed) in [
            // What some servers take for a request of themselves to themselves.
            (me("GET http://evil.example/api/v1/me HTTP/1.1", "Host: palmares.example\r\n"), &[400, 401, 404][..]),
            (me("GET //evil.example/api/v1/me HTTP/1.1", "Host: palmares.example\r\n"), &[400, 404]),
            (me("GET /api/v1/me HTTP/1.0", ""), &[401]),
            (me("GET /api/v1/me HTTP/1.1", "Host: palmares.example\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"), &[400, 401]),
            (me("GET /api/v1/me HTTP/1.1", "Host: palmares.example\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n"), &[400, 401]),
            (me("CONNECT 169.254.169.254:80 HTTP/1.1", "Host: palmares.example\r\n"), &[400, 404, 405]),
            (me("TRACE /api/v1/me HTTP/1.1", "Host: palmares.example\r\nX-Secret: 1\r\n"), &[400, 404, 405]),
            (me("GET /api/v1/me HTTP/3.7", "Host: palmares.example\r\n"), &[400, 505]),
            (me("GET /api/v1/me", ""), &[400]),
            (me("GET\t/api/v1/me\tHTTP/1.1", "Host: palmares.example\r\n"), &[400]),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), &[400, 404, 505]),
            ("\u{16}\u{3}\u{1}\0\0".into(), &[400]),
        ] {
            let came = wire(&hall, request.as_bytes()).await;
            let got = statuses(&came);
            assert!(got.len() <= 1 && got.iter().all(|s| allowed.contains(s)), "{request:?}: {came}");
            assert!(!came.contains("101 Switching") && !came.contains("X-Secret"), "{request:?}: {came}");
        }
        // Bytes that are no UTF-8, where there should be a body.
        let mut request = post("Content-Length: 3\r\nConnection: close\r\n", "").into_bytes();
        request.extend([b'{', 0xff, b'}']);
        let came = wire(&hall, &request).await;
        assert!(came.starts_with("HTTP/1.1 400") && came.contains("not UTF-8"), "{came}");
        hall.close().await;
    }

    async fn more_than_the_measure_is_refused_before_it_is_sent(db) {
        let hall = Hall::open(db).await;
        let wang = hall.person("wang").await;
        for (head, size) in [(String::new(), 65 << 10), (format!("Authorization: Bearer {}\r\n", wang.token()), 10 << 20)] {
            let request = format!("PUT /api/v1/me/password HTTP/1.1\r\nHost: palmares.example\r\n{head}Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n{{");
            let came = wire(&hall, request.as_bytes()).await;
            assert_eq!(statuses(&came), [413], "{came}");
        }
        hall.close().await;
    }
}
