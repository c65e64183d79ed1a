//! What was answered is there, whatever happens to the server: kill -9 and SIGTERM in the middle of scoring, on both
//! databases, with the real program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on has failed"
)]

#[macro_use]
mod support;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use support::program::{Program, Server};

const PASSWORD: &str = "a phrase that only I know";
const JUDGES: usize = 6;
const ENTRIES: i64 = 8;
/// How often the server is killed.
const KILLS: u64 = 5;

both_databases! {
    async fn every_ballot_that_was_answered_survives_kill_9_and_none_is_half_there(db) {
        let program = Program::on(&db);
        let mut contest = Contest::begin(&program).await;
        for kill in 0..KILLS {
            // In the middle of scoring, at another moment each time.
            let work = contest.judge_until(40 + 23 * kill, Server::kill).await;
            contest.restart(&program).await;
            contest.check(&work, JUDGES).await;
        }
    }

    async fn sigterm_answers_what_is_in_flight_and_loses_nothing(db) {
        let program = Program::on(&db);
        let mut contest = Contest::begin(&program).await;
        let stop = |server: Server| {
            server.terminate();
            let log = server.log();
            assert_eq!(server.wait().code(), Some(0), "{log}");
        };
        let work = contest.judge_until(60, stop).await;
        contest.restart(&program).await;
        // Nothing was kept whose judge was not told.
        contest.check(&work, 0).await;
    }
}

/// A round that is being judged, on a server that can be ended and started again.
struct Contest {
    client: Client,
    server: Option<Server>,
    base: String,
    organizer: String,
    judges: Vec<String>,
    sent: Arc<AtomicU64>,
    /// Everything that was ever answered.
    answered: BTreeSet<Sheet>,
    /// How many may be there though nobody was told: those that were under way when the server ended.
    untold: usize,
}

/// A ballot as it was sent: the comment names it, and the marks belong to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Sheet {
    judge: usize,
    entry: i64,
    number: u64,
}

/// What the judges did until the server ended.
struct Work {
    answered: Vec<Sheet>,
}

impl Sheet {
    /// Marks in half points: they add up to the number, so that a mixture of two sheets is seen.
    fn marks(&self) -> (String, String) {
        let idea = self.number % 120;
        let team = (self.number / 7) % 80;
        let half = |n: u64| format!("{}.{}", n / 2, 5 * (n % 2));
        (half(idea), half(team))
    }

    fn comment(&self) -> String {
        format!("judge {} entry {} number {}", self.judge, self.entry, self.number)
    }

    fn body(&self) -> Value {
        let (idea, team) = self.marks();
        json!({ "marks": { "idea": idea, "team": team }, "comment": self.comment() })
    }

    /// The sheet that a stored version is, if all of it is there.
    fn of(judge: usize, entry: i64, version: &Value) -> Self {
        let comment = version["comment"].as_str().unwrap();
        let number = comment.rsplit(' ').next().unwrap().parse().unwrap();
        let sheet = Self { judge, entry, number };
        assert_eq!(comment, sheet.comment(), "{version}");
        let (idea, team) = sheet.marks();
        let value = |text: &str| -> f64 { text.parse().unwrap() };
        let mark = |code: &str| {
            value(
                version["marks"][code]
                    .as_str()
                    .unwrap_or_else(|| panic!("{code}: {version}")),
            )
        };
        assert_eq!(
            (mark("idea"), mark("team")),
            (value(&idea), value(&team)),
            "{version}"
        );
        assert_eq!(
            value(version["total"].as_str().unwrap()),
            value(&idea) + value(&team),
            "{version}"
        );
        sheet
    }
}

impl Contest {
    async fn begin(program: &Program) -> Self {
        let create = [
            "admin",
            "create",
            "--name",
            "Chen",
            "--email",
            "chen@example.org",
            "--password-stdin",
        ];
        assert!(program.run(&create, PASSWORD).status.success());
        let server = program.serve();
        let base = server.base.clone();
        let mut contest = Self {
            client: Client::new(),
            server: Some(server),
            base,
            organizer: String::new(),
            judges: Vec::new(),
            sent: Arc::default(),
            answered: BTreeSet::new(),
            untold: 0,
        };
        contest.organizer = contest.sign_in("chen@example.org").await;
        let cup = json!({ "slug": "cup", "name": { "en": "Cup" }, "time_zone": "Asia/Shanghai", "organizers": ["chen@example.org"] });
        contest.organize(Method::POST, "/competitions", cup).await;
        let mut panel = Vec::new();
        for judge in 0..JUDGES {
            let email = format!("judge.{judge}@example.org");
            let account = json!({ "email": email, "password": PASSWORD, "name": "Judge" });
            let made = contest.organize(Method::POST, "/users", account).await;
            contest
                .organize(
                    Method::POST,
                    "/competitions/cup/members",
                    json!({ "email": email, "role": "judge" }),
                )
                .await;
            panel.push(json!({ "judge": made["id"], "code": format!("J{judge}") }));
            let token = contest.sign_in(&email).await;
            contest.judges.push(token);
        }
        let entries: Vec<_> = (0..ENTRIES)
            .map(|n| {
                json!({ "title": { "en": format!("Project {n}") }, "status": "accepted",
            "team": [{ "name": "Li" }] })
            })
            .collect();
        contest
            .organize(
                Method::POST,
                "/competitions/cup/entries/batch",
                json!({ "items": entries }),
            )
            .await;
        let round = json!({ "code": "final", "title": { "en": "Final" } });
        contest
            .organize(Method::POST, "/competitions/cup/rounds", round)
            .await;
        let rules = json!({ "schema": 1, "rubric": { "comment": "optional", "criteria": [
            { "code": "idea", "max": "60", "step": "0.5" }, { "code": "team", "max": "40", "step": "0.5" } ] } });
        contest
            .organize(Method::PUT, "/competitions/cup/rounds/final/rules", rules)
            .await;
        contest
            .organize(Method::POST, "/competitions/cup/rounds/final/intake", json!({}))
            .await;
        let panel = json!({ "group": "all", "judges": panel });
        contest
            .organize(Method::PUT, "/competitions/cup/rounds/final/panels/a", panel)
            .await;
        contest
            .organize(
                Method::POST,
                "/competitions/cup/rounds/final/groups/all/opening",
                json!({}),
            )
            .await;
        contest
    }

    fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}/api/v1{path}", self.base))
            .bearer_auth(token)
    }

    async fn sign_in(&self, email: &str) -> String {
        let proof = json!({ "email": email, "password": PASSWORD });
        let answer = self
            .client
            .post(format!("{}/api/v1/sessions", self.base))
            .json(&proof)
            .send()
            .await
            .unwrap();
        let session: Value = answer.json().await.unwrap();
        session["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{session}"))
            .to_owned()
    }

    /// Something that the organizer does and that works.
    async fn organize(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.request(method.clone(), path, &self.organizer).json(&body);
        let request = if method == Method::PUT {
            request.header("If-None-Match", "*")
        } else {
            request
        };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body = answer.json().await.unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {body}");
        body
    }

    /// Every judge submits without a pause until the server ends, which it does after so many answers.
    async fn judge_until(&mut self, answers: u64, end: impl FnOnce(Server) + Send + 'static) -> Work {
        let heard = Arc::new(AtomicU64::new(0));
        let clients: Vec<_> = (0..JUDGES)
            .map(|judge| {
                let judge = Judge {
                    client: self.client.clone(),
                    base: self.base.clone(),
                    token: self.judges[judge].clone(),
                    judge,
                    sent: Arc::clone(&self.sent),
                    heard: Arc::clone(&heard),
                };
                actix_web::rt::spawn(judge.submit_until_it_breaks())
            })
            .collect();
        let until = Instant::now() + Duration::from_secs(60);
        while heard.load(Ordering::Relaxed) < answers {
            assert!(
                Instant::now() < until,
                "{} answers in a minute",
                heard.load(Ordering::Relaxed)
            );
            actix_web::rt::time::sleep(Duration::from_millis(1)).await;
        }
        let server = self.server.take().unwrap();
        actix_web::rt::task::spawn_blocking(move || end(server))
            .await
            .unwrap();
        let mut answered = Vec::new();
        for client in clients {
            answered.extend(client.await.unwrap());
        }
        Work { answered }
    }

    async fn restart(&mut self, program: &Program) {
        let server = program.serve();
        self.base = server.base.clone();
        self.server = Some(server);
    }

    /// All that was ever answered is there, whole; beside it at most so many more that were under way.
    async fn check(&mut self, work: &Work, under_way: usize) {
        self.answered.extend(work.answered.iter().cloned());
        self.untold += under_way;
        let mut stored = BTreeSet::new();
        for entry in 1..=ENTRIES {
            let path = format!("/competitions/cup/rounds/final/entries/{entry}/ballots");
            let answer = self
                .request(Method::GET, &path, &self.organizer)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 200);
            let ballots: Value = answer.json().await.unwrap();
            for ballot in ballots["items"].as_array().unwrap() {
                let judge = ballot["code"].as_str().unwrap()[1..].parse().unwrap();
                let versions = ballot["versions"].as_array().unwrap();
                stored.extend(versions.iter().map(|version| Sheet::of(judge, entry, version)));
            }
        }
        let lost: Vec<_> = self.answered.difference(&stored).collect();
        assert!(
            lost.is_empty(),
            "{} answered ballots are gone: {lost:?}",
            lost.len()
        );
        let untold: Vec<_> = stored.difference(&self.answered).collect();
        assert!(
            untold.len() <= self.untold,
            "{} ballots are there that nobody was told of: {untold:?}",
            untold.len()
        );
    }
}

/// A judge's device.
struct Judge {
    client: Client,
    base: String,
    token: String,
    judge: usize,
    sent: Arc<AtomicU64>,
    heard: Arc<AtomicU64>,
}

impl Judge {
    /// One entry after the other, over and over, each submission based on the version before.
    async fn submit_until_it_breaks(self) -> Vec<Sheet> {
        let mut tags: BTreeMap<i64, String> = BTreeMap::new();
        let mut answered = Vec::new();
        for entry in (1..=ENTRIES).cycle() {
            let address = format!(
                "{}/api/v1/competitions/cup/rounds/final/entries/{entry}/ballot",
                self.base
            );
            // After a restart the version is asked for once: one that was under way may have been kept.
            if let Entry::Vacant(unknown) = tags.entry(entry) {
                let Ok(answer) = self.client.get(&address).bearer_auth(&self.token).send().await else {
                    break;
                };
                if let Some(tag) = answer.headers().get("etag") {
                    unknown.insert(tag.to_str().unwrap().to_owned());
                }
            }
            let sheet = Sheet {
                judge: self.judge,
                entry,
                number: self.sent.fetch_add(1, Ordering::Relaxed),
            };
            let request = self
                .client
                .post(format!("{address}/submission"))
                .bearer_auth(&self.token);
            let request = match tags.get(&entry) {
                Some(tag) => request.header("If-Match", tag),
                None => request.header("If-None-Match", "*"),
            };
            let Ok(answer) = request.json(&sheet.body()).send().await else {
                break;
            };
            let (status, headers) = (answer.status(), answer.headers().clone());
            let Ok(text) = answer.text().await else { break };
            if status == 503 {
                // A server that is about to end takes nothing more.
                break;
            }
            assert_eq!(status, 200, "{text}");
            tags.insert(entry, headers["etag"].to_str().unwrap().to_owned());
            answered.push(sheet);
            self.heard.fetch_add(1, Ordering::Relaxed);
        }
        answered
    }
}
