//! Every setting of the rules as an organizer uses it: put as rules, judged, closed and decided over HTTP, with numbers
//! computed by hand.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::cup::{CHENGDU, CUP, SHANGHAI, Stage};
use crate::hall::{Got, Hall, Persona};
use crate::support::Db;

mod awards;
mod carried;
mod comparable;
mod compared;
mod cuts;
mod distinct;
mod dropped;
mod exported;
mod penalties;
mod ranks;
mod sealed;
mod sheets;
mod streams;

/// A contest with the judges by their codes. Entries 1, 2 … come from Shanghai, then from Chengdu.
pub struct Game {
    pub stage: Stage,
    judges: BTreeMap<&'static str, Persona>,
    /// What is said of each judge on a panel, in order.
    bench: Vec<(&'static str, Value)>,
}

impl Game {
    /// So many entries of both regions, and judges with what a panel says of them.
    pub async fn set(db: Db, [shanghai, chengdu]: [i64; 2], bench: &[(&'static str, Value)]) -> Self {
        let stage = Stage::set(Hall::open(db).await).await;
        for number in 1..=shanghai + chengdu {
            let region = if number <= shanghai { SHANGHAI } else { CHENGDU };
            stage.entry(number, region).await;
        }
        let mut judges = BTreeMap::new();
        for (code, _) in bench {
            judges.insert(*code, stage.judge(&code.to_lowercase()).await);
        }
        let bench = bench.to_vec();
        Self { stage, judges, bench }
    }

    /// Judges of whom a panel says nothing.
    pub fn plain(codes: &[&'static str]) -> Vec<(&'static str, Value)> {
        codes.iter().map(|code| (*code, json!({}))).collect()
    }

    /// One round `final` of one region, open, with all judges on one panel.
    pub async fn open(db: Db, rules: Value, entries: i64, bench: &[(&'static str, Value)]) -> Self {
        let game = Self::set(db, [entries, 0], bench).await;
        game.round("final", rules, json!({})).await;
        game
    }

    pub fn organizer(&self) -> &Persona {
        &self.stage.organizer
    }

    pub fn judge(&self, code: &str) -> &Persona {
        &self.judges[code]
    }

    /// A round with rules, entries from where `intake` says, a panel of all judges for each group; open.
    pub async fn round(&self, code: &str, rules: Value, intake: Value) {
        self.draft(code, rules, intake).await;
        for group in self.groups(code).await {
            self.stage.open(code, &group).await;
        }
    }

    /// The same before it is open.
    pub async fn draft(&self, code: &str, rules: Value, intake: Value) {
        self.stage.round(code, rules).await;
        self.post(code, "intake", intake).await.ok();
        for group in self.groups(code).await {
            let judge = |(code, said): &(&str, Value)| {
                let mut judge = said.clone();
                judge["judge"] = json!(self.judges[code].id);
                judge["code"] = json!(code);
                judge
            };
            let judges: Vec<Value> = self.bench.iter().map(judge).collect();
            let path = format!("{CUP}/rounds/{code}/panels/{group}");
            let panel = json!({ "group": group, "judges": judges });
            self.organizer().put_new(&path, panel).await.created();
        }
    }

    pub async fn groups(&self, round: &str) -> Vec<String> {
        let groups = self.get(round, "groups").await;
        let items = groups.ok()["items"].as_array().unwrap();
        items
            .iter()
            .map(|g| g["code"].as_str().unwrap().to_owned())
            .collect()
    }

    pub async fn get(&self, round: &str, what: &str) -> Got {
        self.organizer()
            .get(&format!("{CUP}/rounds/{round}/{what}"))
            .await
    }

    pub async fn post(&self, round: &str, what: &str, body: Value) -> Got {
        self.organizer()
            .post(&format!("{CUP}/rounds/{round}/{what}"), body)
            .await
    }

    /// A judge hands in a first sheet of the final.
    pub async fn sheet(&self, judge: &str, entry: i64, marks: Value) -> Got {
        self.sheet_of("final", judge, entry, marks).await
    }

    /// A judge hands in a first sheet.
    pub async fn sheet_of(&self, round: &str, judge: &str, entry: i64, marks: Value) -> Got {
        let path = format!("{CUP}/rounds/{round}/entries/{entry}/ballot/submission");
        let body = json!({ "marks": marks }).to_string();
        let first = [("If-None-Match", "*")];
        self.judge(judge)
            .send(Method::POST, &path, Some(body), &first)
            .await
    }

    /// Each judge, in order, gives an entry one mark for the criterion `mark`; an empty text is no sheet.
    pub async fn marks(&self, round: &str, entry: i64, marks: &[&str]) {
        for ((judge, _), mark) in self.bench.iter().zip(marks).filter(|(_, mark)| !mark.is_empty()) {
            self.sheet_of(round, judge, entry, json!({ "mark": mark }))
                .await
                .ok();
        }
    }

    /// An organizer records values of an entry of the final.
    pub async fn record(&self, entry: i64, values: Value) -> Got {
        let path = format!("{CUP}/rounds/final/entries/{entry}/recorded");
        self.organizer().put_new(&path, json!({ "values": values })).await
    }

    pub async fn revisions(&self, round: &str) -> BTreeMap<String, i64> {
        let groups = self.get(round, "groups").await;
        let revision = |g: &Value| {
            (
                g["code"].as_str().unwrap().to_owned(),
                g["revision"].as_i64().unwrap(),
            )
        };
        groups.ok()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(revision)
            .collect()
    }

    /// Closes every group, and gives what the last closure said.
    pub async fn close(&self, round: &str) -> Value {
        let mut said = json!(null);
        for (group, revision) in self.revisions(round).await {
            let what = format!("groups/{group}/closure");
            let got = self.post(round, &what, json!({ "revision": revision })).await;
            said = got.ok().clone();
        }
        said
    }

    /// Who goes on from a round of one group, with more to say.
    pub async fn advance(&self, round: &str, more: Value) -> Got {
        let revisions = self.revisions(round).await;
        let mut body = json!({ "revisions": revisions });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.post(round, "advancement", body).await
    }

    /// The standings of all groups, one list.
    pub async fn standings(&self, round: &str) -> Vec<Value> {
        let got = self.get(round, "standings").await;
        let groups = got.ok()["groups"].as_array().unwrap().clone();
        groups
            .iter()
            .flat_map(|g| g["standings"].as_array().unwrap().clone())
            .collect()
    }

    /// The warnings of the first group, by their codes.
    pub async fn warnings(&self, round: &str) -> Vec<String> {
        let got = self.get(round, "standings").await;
        let warnings = got.ok()["groups"][0]["warnings"].as_array().unwrap();
        warnings
            .iter()
            .map(|w| w["code"].as_str().unwrap().to_owned())
            .collect()
    }

    pub async fn end(self) {
        self.stage.close().await;
    }
}

/// One criterion of 0 to 100 in hundredths, totals of two decimals, and some settings more.
pub fn one(settings: Value) -> Value {
    let criteria = json!({ "criteria": [{ "code": "mark", "max": "100", "step": "0.01" }] });
    let mut rules = json!({ "rubric": criteria, "rounding": { "entry": { "decimals": 2 } } });
    for (key, value) in settings.as_object().unwrap() {
        rules[key] = value.clone();
    }
    rules
}

/// Entry, rank and total of those who have a place, in order.
pub fn table(standings: &[Value]) -> Vec<(i64, String, String)> {
    let ranked = standings.iter().filter(|s| s["status"] == "ranked");
    ranked
        .map(|s| {
            let (entry, rank, total) = (
                s["entry"].as_i64().unwrap(),
                s["rank"].to_string(),
                s["total"].as_str(),
            );
            (entry, rank, total.unwrap().to_owned())
        })
        .collect()
}

/// That these have a place, in this order: entry, rank, total.
#[track_caller]
pub fn ranked(standings: &[Value], expected: &[(i64, &str, &str)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(entry, rank, total)| (*entry, (*rank).to_owned(), (*total).to_owned()))
        .collect();
    assert_eq!(table(standings), expected, "{standings:#?}");
}

/// The standing of an entry.
#[track_caller]
pub fn of(standings: &[Value], entry: i64) -> &Value {
    standings.iter().find(|s| s["entry"] == entry).unwrap()
}
