//! Bodies that no form would send: fields that are not asked for, texts that mean something elsewhere, documents that are
//! too deep, too long or too often the same.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::range::{body_schema, held, places, schemas_at, with};
use crate::authorisation::matrix::Row;
use crate::authorisation::table;
use crate::authorisation::world::{People, World, build};
use crate::hall::{Got, Hall};
use crate::support::Db;

/// What attackers would like to set along the way.
const WANTED: &[&str] = &[
    "role",
    "roles",
    "id",
    "public_id",
    "owner",
    "owner_id",
    "admin",
    "is_admin",
    "version",
    "status",
    "state",
    "user",
    "user_id",
    "competition",
    "competition_id",
    "email_verified",
    "password_hash",
    "created_at",
    "published",
    "published_at",
    "phase",
    "rank",
    "total",
    "excepted",
    "disabled",
    "scopes",
    "$where",
    "__proto__",
    "constructor",
    "",
];

/// Texts that are something else to whoever does not take care: a database, a log, a mail, a page, a spreadsheet, a terminal.
const TEXTS: &[&str] = &[
    "'",
    "\"",
    "\\",
    "';",
    "--",
    "/*",
    "' OR '1'='1",
    "') OR 1=1 --",
    "1; DROP TABLE users; --",
    "'; DELETE FROM events; --",
    "x' UNION SELECT password_hash FROM users --",
    "$1",
    "?1",
    ":id",
    "%",
    "_",
    "%' ESCAPE '",
    "E'\\x27'",
    "||pg_sleep(5)||",
    "\u{0}",
    "a\u{0}b",
    "a\r\nBcc: all@example.org",
    "a\r\n\r\nHTTP/1.1 200 OK",
    "\u{1b}[2J\u{1b}[31m",
    "\u{202e}gnp.exe",
    "\u{feff}x",
    "\u{2028}",
    "\u{ffff}",
    "\u{10ffff}",
    "\u{200b}",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "+1",
    "-1",
    "\t=1",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${jndi:ldap://x}",
    "%s%n%x",
    "../../../../etc/passwd",
    "file:///etc/passwd",
    "http://169.254.169.254/",
    "null",
    "true",
    "NaN",
    "[]",
    "1e400",
    "",
    " ",
    "\u{3000}",
    "a@b",
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:60Z",
    "-0",
    "00000000000000000000001",
];

/// A hall on a copy of a database, made anew after requests that changed it.
struct Range<'a> {
    db: &'a Db,
    hall: Option<Hall>,
}

impl Range<'_> {
    async fn hall(&mut self) -> &Hall {
        if self.hall.is_none() {
            self.hall = Some(Hall::open(self.db.copy()).await);
        }
        self.hall.as_ref().unwrap()
    }

    async fn leave(&mut self) {
        if let Some(hall) = self.hall.take() {
            hall.close().await;
        }
    }
}

/// Each row that has a body, with the body and its schema.
fn with_bodies(world: &World) -> Vec<(Row, Value, &'static Value)> {
    let rows = table(world).into_iter().filter(|row| row.may().next().is_some());
    rows.filter_map(|row| {
        let (body, schema) = (row.body.clone()?, body_schema(&row)?);
        Some((row, body, schema))
    })
    .collect()
}

/// Sends a row with another body as the first of those who may.
async fn send(hall: &Hall, people: &People, row: &Row, body: String) -> Got {
    let who = row.may().next().unwrap();
    row.send_as(hall, people.get(who), &row.path, Some(body)).await
}

/// A body in which a text stands where `value` is a mark, letter for letter.
fn raw(body: &Value, pointer: &str, text: &str) -> String {
    with(body, pointer, json!("@here@"))
        .to_string()
        .replacen("\"@here@\"", text, 1)
}

both_databases! {
    async fn a_body_sets_nothing_that_is_not_asked_for(db) {
        let (world, people) = build(&db).await;
        let hall = Hall::open(db.same()).await;
        let before = held(&hall).await;
        let mut tried = 0;
        for (row, body, schema) in with_bodies(&world) {
            for (pointer, value) in places(&body).into_iter().filter(|(_, v)| v.is_object()) {
                let known: Vec<_> = schemas_at(schema, &pointer).into_iter().filter_map(|s| s["properties"].as_object()).flat_map(|p| p.keys()).collect();
                for name in WANTED.iter().filter(|name| !known.iter().any(|k| k == *name)) {
                    let mut more = value.clone();
                    more[*name] = json!("admin");
                    let got = send(&hall, &people, &row, with(&body, &pointer, more).to_string()).await;
                    tried += 1;
                    got.problem(422, "invalid");
                    let place = format!("{pointer}/{name}");
                    let named = got.body["errors"].as_array().unwrap().iter().any(|e| e["pointer"].as_str().unwrap().starts_with(&place));
                    assert!(named, "{}: {place} is not named: {}", row.operation, got.text);
                }
            }
            assert_eq!(held(&hall).await, before, "{} changed something", row.operation);
        }
        assert!(tried > 2000, "{tried}");
        hall.close().await;
    }

    async fn a_text_is_only_a_text(db) {
        let (world, people) = build(&db).await;
        let mut range = Range { db: &db, hall: None };
        let mut tried = 0;
        for (row, body, _) in with_bodies(&world) {
            let before = held(range.hall().await).await;
            let mut kept = 0;
            for (pointer, _) in places(&body).into_iter().filter(|(_, v)| v.is_string()) {
                for text in TEXTS {
                    let hall = range.hall().await;
                    let got = send(hall, &people, &row, with(&body, &pointer, json!(text)).to_string()).await;
                    tried += 1;
                    assert!(got.status < 500, "{} {pointer} {text:?}: {} {}", row.operation, got.status, got.text);
                    kept += usize::from(got.status < 300);
                    assert!(!got.text.contains("SQLITE") && !got.text.to_lowercase().contains("syntax error"), "{}", got.text);
                }
            }
            if kept > 0 {
                range.leave().await;
            } else if row.operation != "give_code" {
                // A wrong code of a second factor is an event.
                assert_eq!(held(range.hall().await).await, before, "{} changed something", row.operation);
            }
        }
        range.leave().await;
        assert!(tried > 3000, "{tried}");
    }

    async fn numbers_and_shapes_that_do_not_fit_are_refused(db) {
        let (world, people) = build(&db).await;
        let mut range = Range { db: &db, hall: None };
        let deep = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
        let never = [deep("[", "]"), deep("{\"a\":", "}").replace(":}", ":1}"), "\"\\ud800\"".into(), "\"\\udc00\\ud800x\"".into(), "NaN".into(), "-".into(), "01".into()];
        let perhaps = ["1e400", "-1e400", "-0", "0.0", "1e-400", "99999999999999999999999999", "-9223372036854775809", "9223372036854775807", "-1", "null", "[]", "{}", "true", "\"\""];
        for (row, body, _) in with_bodies(&world) {
            let mut kept = 0;
            for (pointer, _) in places(&body) {
                for text in &never {
                    let hall = range.hall().await;
                    let began = Instant::now();
                    let got = send(hall, &people, &row, raw(&body, &pointer, text)).await;
                    let what = || format!("{} {pointer} {}: {} {}", row.operation, &text[..text.len().min(30)], got.status, got.text);
                    assert!((400..500).contains(&got.status), "{}", what());
                    assert!(began.elapsed() < Duration::from_secs(5), "{}", what());
                }
                for text in perhaps {
                    let hall = range.hall().await;
                    let got = send(hall, &people, &row, raw(&body, &pointer, text)).await;
                    assert!(got.status < 500, "{} {pointer} {text}: {} {}", row.operation, got.status, got.text);
                    kept += usize::from(got.status < 300);
                }
            }
            if kept > 0 {
                range.leave().await;
            }
        }
        range.leave().await;
    }

    async fn a_key_that_stands_twice_is_refused(db) {
        let (world, people) = build(&db).await;
        let hall = Hall::open(db.same()).await;
        let before = held(&hall).await;
        for (row, body, _) in with_bodies(&world) {
            for (pointer, value) in places(&body) {
                let Some((key, inner)) = value.as_object().and_then(|map| map.iter().next()) else { continue };
                let (key, whole) = (json!(key), value.to_string());
                let twice = format!("{},{key}:{inner}}}", &whole[..whole.len() - 1]);
                let got = send(&hall, &people, &row, raw(&body, &pointer, &twice)).await;
                assert!(matches!(got.status, 400 | 422), "{} {pointer}: {} {}", row.operation, got.status, got.text);
            }
        }
        assert_eq!(held(&hall).await, before);
        hall.close().await;
    }

    async fn a_long_text_costs_what_its_length_costs(db) {
        let (world, people) = build(&db).await;
        let mut range = Range { db: &db, hall: None };
        let long: Vec<String> = ["a", "a@a.", "0", " ", "((", "\u{301}", "9.", "\u{202e}", "中", "%_"].iter()
            .map(|part| format!("{}!", part.repeat(30_000 / part.len()))).collect();
        let (mut short_time, mut long_time, mut slowest) = (Duration::ZERO, Duration::ZERO, (Duration::ZERO, String::new()));
        for (row, body, _) in with_bodies(&world) {
            let mut kept = 0;
            for (pointer, _) in places(&body).into_iter().filter(|(_, v)| v.is_string()) {
                for text in &long {
                    let hall = range.hall().await;
                    let began = Instant::now();
                    let got = send(hall, &people, &row, with(&body, &pointer, json!("!")).to_string()).await;
                    short_time += began.elapsed();
                    kept += usize::from(got.status < 300);
                    let began = Instant::now();
                    let got = send(hall, &people, &row, with(&body, &pointer, json!(text)).to_string()).await;
                    let took = began.elapsed();
                    long_time += took;
                    slowest = slowest.max((took, format!("{} {pointer}", row.operation)));
                    assert!((200..500).contains(&got.status), "{} {pointer}: {}", row.operation, got.text);
                    kept += usize::from(got.status < 300);
                }
            }
            // Keys, too: as many as fit.
            let keys: Vec<_> = (0..4000).map(|n| format!("\"k{n}\":1")).collect();
            let began = Instant::now();
            let got = send(range.hall().await, &people, &row, format!("{{{}}}", keys.join(","))).await;
            got.problem(422, "invalid");
            slowest = slowest.max((began.elapsed(), format!("{} keys", row.operation)));
            if kept > 0 {
                range.leave().await;
            }
        }
        range.leave().await;
        // Ten thousand times as long: a pattern that goes back and forth would take hours.
        assert!(long_time < 20 * short_time + Duration::from_secs(5), "{short_time:?} and {long_time:?}; the slowest: {slowest:?}");
        assert!(slowest.0 < Duration::from_secs(10), "{slowest:?}");
    }
}
