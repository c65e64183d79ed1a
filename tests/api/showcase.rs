//! What everyone reads comes from memory: always what a fresh look would give, in the coding that was asked for.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::contest::{Contest, SEMI, numbers, six_before_three};
use crate::hall::{Hall, Persona, at};

const FINALISTS: &str = "/competitions/cup/finalists";
const CUP: &str = "/competitions/cup";

fn results() -> String {
    format!("{SEMI}/results")
}

/// Bytes as they came over the wire, with the headers.
async fn raw(hall: &Hall, method: Method, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, Vec<u8>) {
    let mut request = hall.client.request(method, format!("{}/api/v1{path}", hall.base));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.bytes().await.unwrap().to_vec())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

fn unpacked(coding: &str, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match coding {
        "br" => drop(
            brotli::Decompressor::new(bytes, 4096)
                .read_to_end(&mut plain)
                .unwrap(),
        ),
        "gzip" => drop(
            flate2::read::GzDecoder::new(bytes)
                .read_to_end(&mut plain)
                .unwrap(),
        ),
        "zstd" => plain = zstd::decode_all(bytes).unwrap(),
        _ => plain = bytes.to_vec(),
    }
    plain
}

/// How many things this node has built for everyone.
async fn built(hall: &Hall) -> u64 {
    let text = hall.app.meters().text().unwrap();
    let count = text
        .lines()
        .find_map(|l| l.strip_prefix("palmares_published_build_seconds_count "));
    count.unwrap().parse().unwrap()
}

/// Lets a node that polls hear of everything, its own changes too.
async fn settle(on_postgres: bool) {
    if on_postgres {
        tokio::time::sleep(Duration::from_millis(900)).await;
    }
}

both_databases! {
    async fn the_same_bytes_come_in_every_coding_each_with_a_tag_of_its_own(db) {
        let on_postgres = !db.url.starts_with("sqlite:");
        let contest = Contest::published(db).await;
        let hall = &contest.hall;
        let mut tags = Vec::new();
        settle(on_postgres).await;
        let (_, _, plain) = raw(hall, Method::GET, &results(), &[]).await;
        let before = built(hall).await;
        for (accepted, coding) in [("", ""), ("gzip", "gzip"), ("br;q=0.9, gzip;q=0.5", "br"), ("zstd", "zstd"), ("identity", "")] {
            let asked = [("Accept-Encoding", accepted)];
            let (status, headers, bytes) = raw(hall, Method::GET, &results(), &asked).await;
            assert_eq!((status, header(&headers, "content-encoding")), (200, coding), "{accepted}");
            assert_eq!(unpacked(coding, &bytes), plain, "{accepted}");
            assert!(coding.is_empty() || bytes.len() < plain.len(), "{accepted}");
            assert_eq!(header(&headers, "content-length"), bytes.len().to_string());
            assert_eq!(header(&headers, "cache-control"), "public, no-cache");
            assert!(header(&headers, "vary").contains("Accept-Encoding") && header(&headers, "vary").contains("Cookie"));
            assert!(!header(&headers, "x-request-id").is_empty() && !header(&headers, "content-security-policy").is_empty());
            let tag = header(&headers, "etag").to_owned();
            assert!(tag.starts_with('"'), "a strong one: {tag}");
            let (status, headers, none) = raw(hall, Method::HEAD, &results(), &asked).await;
            assert_eq!((status, none.len(), header(&headers, "etag")), (200, 0, tag.as_str()));
            assert_eq!(header(&headers, "content-length"), bytes.len().to_string());
            for held in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
                let asked = [("Accept-Encoding", accepted), ("If-None-Match", held.as_str())];
                let (status, headers, none) = raw(hall, Method::GET, &results(), &asked).await;
                assert_eq!((status, none.len(), header(&headers, "etag")), (304, 0, tag.as_str()), "{held}");
                assert!(header(&headers, "vary").contains("Accept-Encoding"));
            }
            tags.push(tag);
        }
        assert_eq!(built(hall).await, before, "nothing was built again");
        assert_eq!(tags.remove(4), tags[0]);
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), 4);
        // Another spelling of the address is the same thing.
        let (_, _, same) = raw(hall, Method::GET, &results().replace("cup", "%63up"), &[]).await;
        let (_, _, with_query) = raw(hall, Method::GET, &(results() + "?x=1"), &[]).await;
        assert_eq!((&same, &with_query), (&plain, &plain));
        assert_eq!(built(hall).await, before);
        contest.end().await;
    }

    async fn who_is_signed_in_gets_an_answer_of_their_own_and_nothing_hidden_is_ever_shown(db) {
        let contest = Contest::published(db).await;
        let hall = &contest.hall;
        for path in [results(), FINALISTS.into(), CUP.into()] {
            let shown = hall.guest().get(&path).await;
            let own = contest.organizer.get(&path).await;
            assert_eq!(shown.ok(), own.ok(), "{path}");
            assert_eq!(shown.header("cache-control").unwrap(), "public, no-cache");
            assert_eq!(own.header("cache-control").unwrap(), "private, no-cache", "{path}");
            hall.guest().with_token("no.token.atall").get(&path).await.problem(401, "token_invalid");
        }
        contest.end().await;
    }

    async fn what_is_not_public_is_never_shown(db) {
        let hall = Hall::open(db).await;
        let (admin, organizer) = (hall.admin().await, hall.person("organizer").await);
        let hidden = json!({ "slug": "hidden", "name": { "en": "Hidden" }, "time_zone": "Asia/Shanghai",
            "organizers": [organizer.email] });
        admin.post("/competitions", hidden).await.created();
        for path in ["/competitions/hidden", "/competitions/hidden/finalists"] {
            organizer.get(path).await.ok();
            hall.guest().get(path).await.problem(404, "not_found");
            hall.guest().get(path).await.problem(404, "not_found");
        }
        organizer.post("/competitions/hidden/publication", json!({})).await.ok();
        assert_eq!(hall.guest().get("/competitions/hidden").await.ok()["name"]["en"], "Hidden");
        hall.close().await;
    }

    async fn what_was_changed_is_seen_with_the_next_request(db) {
        let contest = Contest::begin(db).await;
        let guest = contest.hall.guest();
        guest.get(CUP).await.ok();
        guest.get(&results()).await.ok();
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        assert_eq!(guest.get(&results()).await.ok()["groups"], json!([]));
        assert_eq!(guest.get(FINALISTS).await.ok()["rounds"], json!([]));
        contest.publish(json!({})).await.created();
        assert_eq!(guest.get(&results()).await.ok()["groups"].as_array().unwrap().len(), 2);
        assert_eq!(guest.get(FINALISTS).await.ok()["rounds"].as_array().unwrap().len(), 1);
        let semi = contest.organizer.get(SEMI).await;
        let mut round = json!({ "code": "semi-final", "title": { "en": "The semi-final" }, "release": "total" });
        contest.organizer.put(SEMI, &semi.tag(), round.clone()).await.ok();
        assert_eq!(guest.get(&results()).await.ok()["title"]["en"], "The semi-final");
        assert_eq!(guest.get(FINALISTS).await.ok()["rounds"][0]["title"]["en"], "The semi-final");
        assert_eq!(guest.get(CUP).await.ok()["rounds"][0]["title"]["en"], "The semi-final");
        round["code"] = json!("gala");
        contest.organizer.post("/competitions/cup/rounds", round).await.created();
        assert_eq!(guest.get(CUP).await.ok()["rounds"].as_array().unwrap().len(), 3);
        let chinese = guest.speaking("zh").get(&results()).await;
        assert_ne!(chinese.ok()["rules"], guest.get(&results()).await.ok()["rules"]);
        contest.end().await;
    }

    async fn what_comes_later_appears_at_its_moment_and_what_is_withdrawn_never_does(db) {
        let contest = Contest::begin(db).await;
        let guest = contest.hall.guest();
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        contest.publish(json!({ "visible_at": "2026-07-01T01:05:00Z" })).await.created();
        let seen = |groups: usize| {
            let (guest, contest) = (guest.clone(), &contest);
            async move {
                let got = guest.get(&results()).await;
                assert_eq!(got.ok()["groups"].as_array().unwrap().len(), groups, "{:?}", contest.hall.app.now());
                let finalists = guest.get(FINALISTS).await;
                assert_eq!(finalists.ok()["rounds"].as_array().unwrap().is_empty(), groups == 0);
            }
        };
        for (moment, groups) in [
            ("2026-07-01T01:04:59Z", 0),
            ("2026-07-01T01:05:00Z", 2),
            // A clock that is set back hides nothing again.
            ("2026-07-01T01:04:59Z", 2),
            ("2026-07-01T01:06:00Z", 2),
        ] {
            contest.hall.clock.set(at(moment));
            seen(groups).await;
            seen(groups).await;
        }
        let note = json!({ "note": "Entry 2 was found ineligible.", "visible_at": "2026-07-01T02:00:00Z" });
        let excluded = json!([{ "entry": 2, "reason": "A false declaration." }]);
        contest.advance(json!({ "ties": six_before_three(), "exclusions": excluded })).await.created();
        contest.publish(note).await.created();
        seen(2).await;
        let withdrawn = contest.group("north", "publications/2/withdrawal", json!({ "reason": "A protest." })).await;
        withdrawn.ok();
        contest.hall.clock.set(at("2026-07-01T02:00:01Z"));
        let groups = guest.get(&results()).await.ok()["groups"].clone();
        let number = |code: &str| groups.as_array().unwrap().iter().find(|g| g["group"] == code).unwrap()["number"].clone();
        assert_eq!(number("north"), 1, "nobody ever sees what was withdrawn");
        contest.end().await;
    }

    async fn what_a_reopening_takes_back_is_never_shown(db) {
        let contest = Contest::begin(db).await;
        let guest = contest.hall.guest();
        contest.score_and_close().await;
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        contest.publish(json!({ "visible_at": "2026-07-01T01:05:00Z" })).await.created();
        for path in [results(), FINALISTS.to_owned()] {
            guest.get(&path).await.ok();
        }
        let reason = json!({ "reason": "A sheet was wrong." });
        contest.group("north", "reopening", reason).await.ok();
        contest.hall.clock.set(at("2026-07-01T01:05:00Z"));
        for path in [results(), FINALISTS.to_owned()] {
            let shown = guest.get(&path).await;
            assert_eq!(shown.ok(), contest.organizer.get(&path).await.ok(), "{path}");
            assert!(!shown.text.contains("\"north\""), "{path}: {}", shown.text);
        }
        contest.end().await;
    }

    async fn a_request_of_two_lengths_is_refused_though_its_answer_stands_in_memory(db) {
        let contest = Contest::published(db).await;
        contest.hall.guest().get(&results()).await.ok();
        let address = contest.hall.base.strip_prefix("http://").unwrap().to_owned();
        let request = format!("GET /api/v1{} HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", results());
        let answer = tokio::task::spawn_blocking(move || {
            let mut line = std::net::TcpStream::connect(address).unwrap();
            line.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            line.read_to_string(&mut answer).unwrap();
            answer
        });
        let answer = answer.await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        contest.end().await;
    }

    async fn many_guests_at_once_have_it_built_once(db) {
        let on_postgres = !db.url.starts_with("sqlite:");
        let contest = Contest::published(db).await;
        settle(on_postgres).await;
        let before = built(&contest.hall).await;
        let guests: Vec<Persona> = (0..40).map(|_| contest.hall.guest()).collect();
        let path = results();
        let all = futures_util::future::join_all(guests.iter().map(|guest| guest.get(&path))).await;
        assert!(all.iter().all(|got| got.text == all[0].text && got.status == 200));
        assert_eq!(built(&contest.hall).await, before + 1);
        contest.end().await;
    }
}

/// On another node the results are there within a second, and so is a changed name.
#[actix_web::test]
async fn another_node_shows_it_within_a_second() {
    let Some(db) = crate::support::postgres() else {
        return;
    };
    let other = db.same();
    let contest = Contest::begin(db).await;
    let other = Hall::open(other).await;
    let guest = other.guest();
    contest.score_and_close().await;
    contest
        .advance(json!({ "ties": six_before_three() }))
        .await
        .created();
    assert_eq!(guest.get(&results()).await.ok()["groups"], json!([]));
    assert_eq!(guest.get(FINALISTS).await.ok()["rounds"], json!([]));
    contest.publish(json!({})).await.created();
    let published = Instant::now();
    let shown = until(&guest, &results(), |body| {
        body["groups"].as_array().unwrap().len() == 2
    })
    .await;
    until(&guest, FINALISTS, |body| {
        body["rounds"].as_array().unwrap().len() == 1
    })
    .await;
    assert!(
        published.elapsed() < Duration::from_secs(1),
        "{:?}",
        published.elapsed()
    );
    let north = shown["groups"]
        .as_array()
        .unwrap()
        .iter()
        .find(|g| g["group"] == "north")
        .unwrap();
    assert_eq!(numbers(&north["entries"]), [1, 2, 3, 4]);
    let semi = contest.organizer.get(SEMI).await;
    let round = json!({ "code": "semi-final", "title": { "en": "The semi-final" }, "release": "total" });
    contest.organizer.put(SEMI, &semi.tag(), round).await.ok();
    until(&guest, &results(), |body| body["title"]["en"] == "The semi-final").await;
    other.close().await;
    contest.end().await;
}

/// Asks until the answer is as it should be, for two seconds.
async fn until(guest: &Persona, path: &str, good: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let got = guest.get(path).await;
        if good(got.ok()) {
            return got.body;
        }
        assert!(begun.elapsed() < Duration::from_secs(2), "{path}: {}", got.text);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
