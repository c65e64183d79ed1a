//! Who has an account, and what became of a secret: neither the words of an answer tell it, nor the time that it takes.

use std::time::{Duration, Instant};

use palmares::http::edge::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::hall::{Got, Hall, PASSWORD, PUBLIC_URL, Persona};
use crate::support::Db;

/// Tries of each kind in a measure.
const TRIES: usize = 40;

/// A hall that takes every request for one from the address that it names.
async fn hall(db: Db) -> Hall {
    let settings = Settings {
        proxies: vec!["127.0.0.1/32".parse().unwrap()],
        ..Settings::of(PUBLIC_URL)
    };
    Hall::behind(db, settings).await
}

/// A request from an address that nobody asked from before, when all that was counted is forgiven.
async fn ask(hall: &Hall, n: &mut u32, path: &str, body: &Value) -> (Got, Duration) {
    hall.clock.advance(7200);
    ask_now(hall, n, path, body).await
}

/// A request from an address that nobody asked from before.
async fn ask_now(hall: &Hall, n: &mut u32, path: &str, body: &Value) -> (Got, Duration) {
    *n += 1;
    let from = format!("10.{}.{}.{}", *n >> 16, (*n >> 8) & 255, *n & 255);
    let headers = [("X-Forwarded-For", from.as_str())];
    timed(&hall.guest(), Method::POST, path, Some(body), &headers).await
}

async fn timed(
    who: &Persona,
    method: Method,
    path: &str,
    body: Option<&Value>,
    headers: &[(&str, &str)],
) -> (Got, Duration) {
    let body = body.map(ToString::to_string);
    let began = Instant::now();
    let got = who.send(method, path, body, headers).await;
    (got, began.elapsed())
}

/// What an answer says, but for what differs each time.
fn says(got: &Got, changing: &[&str]) -> String {
    let mut headers: Vec<_> = got
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    let mut body = got.body.clone();
    for name in changing {
        assert!(body[*name].is_string(), "{body}");
        body[*name] = json!("…");
    }
    format!("{} {headers:?} {body}", got.status)
}

/// How far two samples are from one another: the z value of Mann and Whitney's U, and how much longer the median of one is.
fn distance(a: &[Duration], b: &[Duration]) -> (f64, f64) {
    let mut all: Vec<_> = a
        .iter()
        .map(|t| (*t, true))
        .chain(b.iter().map(|t| (*t, false)))
        .collect();
    all.sort();
    let ranks: f64 = (1u32..)
        .zip(&all)
        .filter(|(_, (_, first))| *first)
        .map(|(rank, _)| f64::from(rank))
        .sum();
    let (n, m) = (a.len() as f64, b.len() as f64);
    let u = ranks - n * (n + 1.0) / 2.0;
    let z = (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt();
    let median = |times: &[Duration]| {
        let mut times = times.to_vec();
        times.sort();
        times[times.len() / 2].as_secs_f64()
    };
    let (x, y) = (median(a), median(b));
    (z.abs(), x.max(y) / x.min(y))
}

/// Asks two things in turns, as [`same_times`] does.
async fn same_time(hall: &Hall, n: &mut u32, what: &str, path: &str, first: &Value, second: &Value) {
    same_times(what, async |is_first| {
        let body = if is_first { first } else { second };
        ask(hall, n, path, body).await.1
    })
    .await;
}

/// Tries two things in turns; panics when one of them takes longer in each of three measures, so that chance and a busy
/// machine are ruled out, and an attacker with some hundred tries would see it.
async fn same_times(what: &str, mut tried: impl AsyncFnMut(bool) -> Duration) {
    let mut seen = Vec::new();
    for _ in 0..3 {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for i in 0..TRIES {
            for first in [i % 2 == 0, i % 2 != 0] {
                let took = tried(first).await;
                if first { a.push(took) } else { b.push(took) }
            }
        }
        let (z, ratio) = distance(&a, &b);
        seen.push((z, ratio));
        if z < 4.0 || ratio < 1.2 {
            return;
        }
    }
    panic!("{what}: the time tells (z, ratio): {seen:?}");
}

#[test]
fn a_difference_is_seen_and_noise_is_none() {
    let times = |from: u64, step: u64| {
        (0..40)
            .map(|i| Duration::from_micros(from + i * step))
            .collect::<Vec<_>>()
    };
    let (z, ratio) = distance(&times(1000, 10), &times(2000, 10));
    assert!(z > 7.0 && ratio > 1.5, "{z} {ratio}");
    let (z, ratio) = distance(&times(1000, 10), &times(1005, 10));
    assert!(z < 1.0 && ratio < 1.1, "{z} {ratio}");
}

both_databases! {
    async fn neither_words_nor_time_tell_who_has_an_account(db) {
        let hall = hall(db).await;
        let (wang, gone, careful) = (hall.person("wang").await, hall.person("gone").await, hall.person("careful").await);
        crate::second_factor::enrol(&hall, &careful).await;
        hall.admin().await.post(&format!("/users/{}/suspension", gone.id), json!({ "reason": "Asked for it." })).await.expect(204);
        let mut n = 0;
        let proof = |email: &str| json!({ "email": email, "password": "not the phrase for the tests" });
        let nobody = proof("nobody.at.all@example.org");
        let (unknown, _) = ask(&hall, &mut n, "/sessions", &nobody).await;
        unknown.problem(401, "wrong_credentials");
        for (what, email) in [("an account", &wang.email), ("a suspended account", &gone.email), ("a second factor", &careful.email)] {
            let (got, _) = ask(&hall, &mut n, "/sessions", &proof(email)).await;
            assert_eq!(says(&got, &[]), says(&unknown, &[]), "{what}");
            same_time(&hall, &mut n, what, "/sessions", &nobody, &proof(email)).await;
        }
        let of = |email: &str| json!({ "email": email });
        for (path, changing) in [("/password-resets", &[][..]), ("/sign-in-codes", &["handle", "expires_at"][..])] {
            let (known, _) = ask(&hall, &mut n, path, &of(&wang.email)).await;
            for other in ["nobody.at.all@example.org", &gone.email] {
                let (got, _) = ask(&hall, &mut n, path, &of(other)).await;
                assert!(got.status < 300, "{}", got.text);
                assert_eq!(says(&got, changing), says(&known, changing), "{path} {other}");
                same_time(&hall, &mut n, path, path, &of(&wang.email), &of(other)).await;
            }
        }
        hall.close().await;
    }

    async fn a_wrong_code_or_link_says_nothing_of_what_there_is(db) {
        let hall = hall(db).await;
        let wang = hall.person("wang").await;
        let mut n = 0;
        // A code of somebody who has an account, and one of somebody who has none.
        let emails = [wang.email.as_str(), "nobody.at.all@example.org"];
        let mut answers = Vec::new();
        let asked = async |n: &mut u32, email: &str| {
            hall.clock.advance(7200);
            let (asked, _) = ask_now(&hall, n, "/sign-in-codes", &json!({ "email": email })).await;
            json!({ "handle": asked.body["handle"], "code": "00000000" })
        };
        for email in emails {
            let code = asked(&mut n, email).await;
            let (got, _) = ask_now(&hall, &mut n, "/sessions/code", &code).await;
            answers.push(says(&got, &[]));
        }
        let made_up = json!({ "handle": "x".repeat(43), "code": "00000000" });
        let (got, _) = ask(&hall, &mut n, "/sessions/code", &made_up).await;
        answers.push(says(&got, &[]));
        assert!(answers.iter().all(|a| *a == answers[0]), "{answers:#?}");
        same_times("a code of an account and of none", async |known| {
            let code = asked(&mut n, emails[usize::from(!known)]).await;
            ask_now(&hall, &mut n, "/sessions/code", &code).await.1
        }).await;
        hall.close().await;
    }

    async fn a_registration_tells_of_an_address_only_that_it_is_taken(db) {
        let hall = hall(db).await;
        let wang = hall.person("wang").await;
        let mut n = 0;
        // Whoever gives a password that is refused hears nothing of the address.
        let weak = |email: &str| json!({ "email": email, "password": "aaaaaaaaaaaa", "name": "Wang" });
        let mut answers = Vec::new();
        for email in [wang.email.as_str(), "nobody.at.all@example.org"] {
            let (got, _) = ask(&hall, &mut n, "/users", &weak(email)).await;
            got.problem(422, "invalid");
            answers.push(says(&got, &[]));
        }
        assert_eq!(answers[0], answers[1]);
        same_time(&hall, &mut n, "a weak password", "/users", &weak(&wang.email), &weak("nobody.at.all@example.org")).await;
        // The password is worked on as long for an address that is taken.
        let strong = |email: String| json!({ "email": email, "password": PASSWORD, "name": "Wang" });
        let mut new = 0;
        same_times("a registration", async |taken| {
            new += 1;
            let email = if taken { wang.email.clone() } else { format!("nobody.{new}@example.org") };
            let (got, took) = ask(&hall, &mut n, "/users", &strong(email)).await;
            assert_eq!(got.status, if taken { 422 } else { 201 }, "{}", got.text);
            took
        }).await;
        hall.close().await;
    }

    async fn a_secret_that_is_void_is_like_one_that_never_was(db) {
        let hall = hall(db).await;
        let careful = hall.person("careful").await;
        crate::second_factor::enrol(&hall, &careful).await;
        let mut n = 0;
        let proof = json!({ "email": careful.email, "password": PASSWORD });
        let (halfway, _) = ask(&hall, &mut n, "/sessions", &proof).await;
        let admin = hall.admin().await;
        let cup = json!({ "slug": "cup", "name": { "en": "Cup" }, "time_zone": "Asia/Shanghai", "organizers": [admin.email] });
        admin.post("/competitions", cup).await.created();
        let wang = hall.person("wang").await;
        let invitation = json!({ "email": wang.email, "role": "judge" });
        let invited = admin.post("/competitions/cup/invitations", invitation).await.created().clone();
        admin.send(Method::DELETE, &format!("/competitions/cup/invitations/{}", invited["id"].as_str().unwrap()), None, &[]).await.expect(204);
        let tablet = admin.post("/competitions/cup/tablets", json!({ "name": "Table 3" })).await.created().clone();
        let token = |void: bool| if void { invited["token"].clone() } else { json!("A".repeat(43)) };
        let handle = |void: bool| if void { halfway.body["handle"].clone() } else { json!("A".repeat(43)) };
        let code = |other: bool| if other { tablet["code"].clone() } else { json!("AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A") };
        // An invitation that was taken back, in the API and on its page.
        let tries = async |what: &str, void: bool| match what {
            "an invitation" => timed(&wang, Method::POST, "/invitations/acceptance", Some(&json!({ "token": token(void) })), &[]).await,
            "the page of an invitation" => {
                let began = Instant::now();
                let got = hall.page(&format!("/invitations/{}", token(void).as_str().unwrap())).await;
                (got, began.elapsed())
            }
            // A link for tablets is none for judges.
            "a judge's link" => timed(&hall.guest(), Method::POST, "/sessions/judge-link", Some(&json!({ "code": code(void) })), &[]).await,
            _ => panic!("{what}"),
        };
        for what in ["an invitation", "the page of an invitation", "a judge's link"] {
            let (void, _) = tries(what, true).await;
            let (none, _) = tries(what, false).await;
            assert!((400..500).contains(&none.status), "{what}: {}", none.text);
            assert_eq!(says(&void, &[]), says(&none, &[]), "{what}");
            if what != "a judge's link" {
                same_times(what, async |first| tries(what, first).await.1).await;
            }
        }
        // Who waits before the second door, too long.
        let second = |void: bool| json!({ "handle": handle(void), "code": "000000" });
        let (void, _) = ask(&hall, &mut n, "/sessions/second-factor", &second(true)).await;
        let (none, _) = ask(&hall, &mut n, "/sessions/second-factor", &second(false)).await;
        assert_eq!(says(&void, &[]), says(&none, &[]));
        void.problem(401, "sign_in_over");
        same_time(&hall, &mut n, "a handle", "/sessions/second-factor", &second(true), &second(false)).await;
        hall.close().await;
    }
}
