//! A round that is being judged over HTTP, by clients that know what they were answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::rt::task::JoinHandle;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::clients::{Desk, Judge, Outcome};
use crate::support::program::{Program, Server};

pub const PASSWORD: &str = "a phrase that only I know";
pub const JUDGES: usize = 6;
pub const ENTRIES: i64 = 8;
/// How long access tokens are used before everybody signs in again; they end after ten minutes.
const SIGNED_IN: Duration = Duration::from_secs(240);

/// A round that is being judged, on a server that can be ended and started again.
pub struct Contest {
    client: Client,
    server: Option<Server>,
    pub base: String,
    organizer: String,
    judges: Vec<String>,
    sent: Arc<AtomicU64>,
    /// Everything that was ever answered.
    answered: BTreeSet<Sheet>,
    /// What may be there though nobody was told: it was under way when the server or the database went.
    unknown: BTreeSet<Sheet>,
    /// Keys of entries that a desk sent, and whether it was told of them.
    desk: Desk,
    signed_in: Instant,
}

/// A ballot as it was sent: the comment names it, and the marks belong to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sheet {
    pub judge: usize,
    pub entry: i64,
    pub number: u64,
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

    pub fn body(&self) -> Value {
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
    pub async fn begin(program: &Program) -> Self {
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
            unknown: BTreeSet::new(),
            desk: Desk::default(),
            signed_in: Instant::now(),
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

    /// Everybody works without a pause until `told` is set: each judge submits, and a desk takes entries in.
    fn work(
        &self,
        told: &Arc<AtomicBool>,
        heard: &Arc<AtomicU64>,
    ) -> (Vec<JoinHandle<Outcome>>, JoinHandle<Desk>) {
        let judges = (0..JUDGES).map(|judge| {
            let judge = Judge {
                client: self.client.clone(),
                base: self.base.clone(),
                token: self.judges[judge].clone(),
                judge,
                sent: Arc::clone(&self.sent),
                heard: Arc::clone(heard),
            };
            actix_web::rt::spawn(judge.submit_until(Arc::clone(told)))
        });
        let desk = self.desk.clone();
        let (client, base, token) = (self.client.clone(), self.base.clone(), self.organizer.clone());
        let desk = actix_web::rt::spawn(desk.take_in_until(client, base, token, Arc::clone(told)));
        (judges.collect(), desk)
    }

    /// Everybody works; after so many answers `fault` happens beside them, and when it is over they stop.
    pub async fn work_through<F>(&mut self, answers: u64, fault: impl FnOnce(Arc<AtomicU64>) -> F) -> Outcome
    where
        F: Future<Output = ()>,
    {
        let (told, heard) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
        let (judges, desk) = self.work(&told, &heard);
        wait_for(&heard, answers).await;
        fault(Arc::clone(&heard)).await;
        told.store(true, Ordering::Relaxed);
        let mut all = Outcome::default();
        for judge in judges {
            all.add(judge.await.unwrap());
        }
        self.desk = desk.await.unwrap();
        self.answered.extend(all.answered.iter().cloned());
        self.unknown.extend(all.unknown.iter().cloned());
        all
    }

    /// Everybody works until the server ends, which it does after so many answers.
    pub async fn work_until(&mut self, answers: u64, end: impl FnOnce(Server) + Send + 'static) -> Outcome {
        let server = self.server.take().unwrap();
        self.work_through(answers, |_| async move {
            actix_web::rt::task::spawn_blocking(move || end(server))
                .await
                .unwrap();
        })
        .await
    }

    pub async fn restart(&mut self, program: &Program) {
        let server = program.serve();
        self.base = server.base.clone();
        self.server = Some(server);
        if self.signed_in.elapsed() > SIGNED_IN {
            self.organizer = self.sign_in("chen@example.org").await;
            for judge in 0..JUDGES {
                self.judges[judge] = self.sign_in(&format!("judge.{judge}@example.org")).await;
            }
            self.signed_in = Instant::now();
        }
    }

    /// The organizer watches how far the round is.
    pub async fn watch(&self) -> reqwest::Response {
        let path = "/competitions/cup/rounds/final/progress/live";
        self.request(Method::GET, path, &self.organizer)
            .send()
            .await
            .unwrap()
    }

    /// All that was ever answered is there, whole; beside it only what was under way. Every entry that the desk was
    /// told of is there once, and none is there twice.
    pub async fn check(&mut self) {
        let mut stored = BTreeSet::new();
        for entry in 1..=ENTRIES {
            let path = format!("/competitions/cup/rounds/final/entries/{entry}/ballots");
            let ballots = self.read(&path).await;
            for ballot in ballots["items"].as_array().unwrap() {
                let judge = ballot["code"].as_str().unwrap()[1..].parse().unwrap();
                let versions = ballot["versions"].as_array().unwrap();
                let numbers: Vec<_> = versions.iter().map(|v| v["number"].as_i64().unwrap()).collect();
                assert!(
                    numbers.iter().copied().eq(1..=numbers.len() as i64),
                    "{numbers:?}"
                );
                stored.extend(versions.iter().map(|version| Sheet::of(judge, entry, version)));
            }
        }
        let lost: Vec<_> = self.answered.difference(&stored).collect();
        assert!(
            lost.is_empty(),
            "{} answered ballots are gone: {lost:?}",
            lost.len()
        );
        let known = self.answered.union(&self.unknown).cloned().collect();
        let refused: Vec<_> = stored.difference(&known).collect();
        assert!(
            refused.is_empty(),
            "ballots are there that were refused: {refused:?}"
        );
        let mut titles: BTreeMap<String, usize> = BTreeMap::new();
        let mut cursor = String::new();
        loop {
            let list = self
                .read(&format!("/competitions/cup/entries?limit=100{cursor}"))
                .await;
            for entry in list["items"].as_array().unwrap() {
                *titles
                    .entry(entry["title"]["en"].as_str().unwrap().to_owned())
                    .or_default() += 1;
            }
            match list["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let twice: Vec<_> = titles.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "counted twice: {twice:?}");
        for key in 0..self.desk.told {
            assert!(
                titles.contains_key(&Desk::title(key)),
                "the desk's entry {key} is gone"
            );
        }
    }

    /// How many ballots and entries were answered so far.
    pub fn answered(&self) -> (usize, u64) {
        (self.answered.len(), self.desk.told)
    }

    async fn read(&self, path: &str) -> Value {
        let answer = self
            .request(Method::GET, path, &self.organizer)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let body = answer.json().await.unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}

/// Waits until so many were answered, for a minute and a half at most.
pub async fn wait_for(heard: &Arc<AtomicU64>, answers: u64) {
    let until = Instant::now() + Duration::from_secs(90);
    while heard.load(Ordering::Relaxed) < answers {
        assert!(
            Instant::now() < until,
            "{} answers of {answers} in a minute and a half",
            heard.load(Ordering::Relaxed)
        );
        actix_web::rt::time::sleep(Duration::from_millis(1)).await;
    }
}
