//! Clients that go on whatever happens, as phones do, and remember what they were told.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::contest::{ENTRIES, Sheet};

/// A judge's device.
pub struct Judge {
    pub client: Client,
    pub base: String,
    pub token: String,
    pub judge: usize,
    pub sent: Arc<AtomicU64>,
    pub heard: Arc<AtomicU64>,
}

/// What judges heard.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was answered as kept.
    pub answered: Vec<Sheet>,
    /// What was under way when the connection broke, or whose fate the server does not know.
    pub unknown: Vec<Sheet>,
    /// How often a submission was refused with 503, which says that nothing of it was kept.
    pub refused: u64,
    /// How often the server said that it does not know.
    pub said_unknown: u64,
}

impl Outcome {
    pub fn add(&mut self, other: Self) {
        self.answered.extend(other.answered);
        self.unknown.extend(other.unknown);
        self.refused += other.refused;
        self.said_unknown += other.said_unknown;
    }
}

/// What a server said.
enum Said {
    /// Status, version tag and body.
    Answer(u16, Option<String>, Value),
    /// Nothing, or not all of it.
    Nothing,
}

async fn said(sent: Result<Response, reqwest::Error>) -> Said {
    let Ok(answer) = sent else { return Said::Nothing };
    let status = answer.status().as_u16();
    let tag = answer
        .headers()
        .get("etag")
        .map(|tag| tag.to_str().unwrap().to_owned());
    let again = answer.headers().contains_key("retry-after");
    let Ok(text) = answer.text().await else {
        return Said::Nothing;
    };
    assert!(status != 503 || again, "503 says when to come back: {text}");
    Said::Answer(status, tag, serde_json::from_str(&text).unwrap_or_default())
}

impl Judge {
    /// One entry after the other, over and over, each submission based on the version before.
    pub async fn submit_until(self, told: Arc<AtomicBool>) -> Outcome {
        let mut tags: BTreeMap<i64, Option<String>> = BTreeMap::new();
        let mut outcome = Outcome::default();
        for entry in (1..=ENTRIES).cycle() {
            if told.load(Ordering::Relaxed) {
                break;
            }
            let address = format!(
                "{}/api/v1/competitions/cup/rounds/final/entries/{entry}/ballot",
                self.base
            );
            // What is there is asked for once, and again after anything went wrong: it may have been kept.
            if let Entry::Vacant(unknown) = tags.entry(entry) {
                let asked = self.client.get(&address).bearer_auth(&self.token).send().await;
                match said(asked).await {
                    Said::Answer(200, tag, _) => {
                        unknown.insert(tag);
                    }
                    Said::Answer(404, ..) => {
                        unknown.insert(None);
                    }
                    Said::Answer(503, ..) | Said::Nothing => {
                        pause().await;
                        continue;
                    }
                    Said::Answer(status, _, body) => panic!("{status} {body}"),
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
            let request = match tags.remove(&entry).flatten() {
                Some(tag) => request.header("If-Match", tag),
                None => request.header("If-None-Match", "*"),
            };
            match said(request.json(&sheet.body()).send().await).await {
                Said::Answer(200, tag, _) => {
                    tags.insert(entry, tag);
                    outcome.answered.push(sheet);
                    self.heard.fetch_add(1, Ordering::Relaxed);
                }
                Said::Answer(503, _, body) if body["code"] == "outcome_unknown" => {
                    outcome.said_unknown += 1;
                    outcome.unknown.push(sheet);
                    pause().await;
                }
                Said::Answer(503, ..) => {
                    outcome.refused += 1;
                    pause().await;
                }
                Said::Nothing => {
                    outcome.unknown.push(sheet);
                    pause().await;
                }
                Said::Answer(status, _, body) => panic!("{status} {body}"),
            }
        }
        outcome
    }
}

async fn pause() {
    actix_web::rt::time::sleep(Duration::from_millis(20)).await;
}

/// A desk that takes entries in, each under a key of its own, which it repeats until it is told.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    /// How many it was told of; the next one may have been sent already.
    pub told: u64,
}

impl Desk {
    pub fn title(key: u64) -> String {
        format!("Taken in under key {key}")
    }

    pub async fn take_in_until(
        mut self,
        client: Client,
        base: String,
        token: String,
        told: Arc<AtomicBool>,
    ) -> Self {
        while !told.load(Ordering::Relaxed) {
            let entry = json!({ "title": { "en": Self::title(self.told) }, "status": "accepted",
                "team": [{ "name": "Li" }] });
            let sent = client
                .post(format!("{base}/api/v1/competitions/cup/entries/batch"))
                .bearer_auth(&token)
                .header("Idempotency-Key", format!("desk-{}", self.told))
                .json(&json!({ "items": [entry] }))
                .send()
                .await;
            match said(sent).await {
                Said::Answer(201, ..) => self.told += 1,
                // It was taken in by the request whose answer was lost, which is still under way.
                Said::Answer(409, _, body) if body["code"] == "idempotency_key_in_use" => {}
                Said::Answer(503, ..) | Said::Nothing => {}
                Said::Answer(status, _, body) => panic!("{status} {body}"),
            }
            actix_web::rt::time::sleep(Duration::from_millis(10)).await;
        }
        self
    }
}
