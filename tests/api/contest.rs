//! A small contest that is told from its beginning over HTTP: entries 1 to 4 in the north, 5 to 8 in the south, two
//! judges of whom one chairs, a semi-final by region and a final.

use diesel::RunQueryDsl;
use serde_json::{Value, json};

use crate::competitions::published_cup;
use crate::hall::{Got, Hall, Persona};
use crate::support::Db;

/// The final of the cup.
pub const FINAL: &str = "/competitions/cup/rounds/final";

/// The semi-final of the cup.
pub const SEMI: &str = "/competitions/cup/rounds/semi-final";

/// What the judges give each entry: idea and team. Entries 1 and 2 tie on the total, and so do 3 and 6 on everything.
pub const MARKS: [(i64, &str, &str); 8] = [
    (1, "50", "30"),
    (2, "45", "35"),
    (3, "40", "30"),
    (4, "30", "30"),
    (5, "55", "35"),
    (6, "40", "30"),
    (7, "30", "25"),
    (8, "20", "20"),
];

pub struct Contest {
    pub hall: Hall,
    pub organizer: Persona,
    pub observer: Persona,
    pub clerk: Persona,
    /// Chairs both panels.
    pub chair: Persona,
    pub judge: Persona,
    /// Owns entry 1.
    pub zhou: Persona,
}

impl Contest {
    /// Four places, at least one for each region, two reserves; the total is released.
    pub async fn begin(db: Db) -> Self {
        Self::with(db, four_places(), json!({})).await
    }

    /// The semi-final is open in both regions; `round` changes what it is.
    pub async fn with(db: Db, rules: Value, round: Value) -> Self {
        Self::over(Hall::open(db).await, rules, round).await
    }

    /// The same in a hall that is open.
    pub async fn over(hall: Hall, rules: Value, round: Value) -> Self {
        let organizer = published_cup(&hall, json!({})).await;
        let contest = Self {
            observer: hall.person("observer").await,
            clerk: hall.person("clerk").await,
            chair: hall.person("chair").await,
            judge: hall.person("judge").await,
            zhou: hall.person("zhou").await,
            hall,
            organizer,
        };
        contest.people_and_entries().await;
        let mut semi = json!({ "code": "semi-final", "title": { "en": "Semi-final", "zh": "半决赛" }, "release": "total" });
        for (key, value) in round.as_object().unwrap() {
            semi[key] = value.clone();
        }
        let done = contest.organizer.post("/competitions/cup/rounds", semi).await;
        done.created();
        let last = json!({ "code": "final", "title": { "en": "Final", "zh": "决赛" } });
        contest
            .organizer
            .post("/competitions/cup/rounds", last)
            .await
            .created();
        contest
            .organizer
            .put_new(&format!("{SEMI}/rules"), rules)
            .await
            .created();
        contest
            .organizer
            .post(&format!("{SEMI}/intake"), json!({}))
            .await
            .ok();
        for group in ["north", "south"] {
            let judges = json!([{ "judge": contest.chair.id, "chair": true }, { "judge": contest.judge.id }]);
            let panel = json!({ "group": group, "judges": judges });
            let path = format!("{SEMI}/panels/{group}");
            contest.organizer.put_new(&path, panel).await.created();
            contest.group(group, "opening", json!({})).await.ok();
        }
        contest
    }

    async fn people_and_entries(&self) {
        for (persona, role) in [
            (&self.observer, "observer"),
            (&self.clerk, "clerk"),
            (&self.chair, "judge"),
            (&self.judge, "judge"),
        ] {
            let member = json!({ "email": persona.email, "role": role });
            self.organizer
                .post("/competitions/cup/members", member)
                .await
                .created();
        }
        let body = |number: i64| {
            let region = if number <= 4 { "north" } else { "south" };
            json!({ "title": { "en": format!("Project {number}") }, "track": "energy", "region": region,
                "team": [{ "name": "Somebody" }] })
        };
        let entries = "/competitions/cup/entries";
        self.zhou.post(entries, body(1)).await.created();
        self.zhou
            .post(&format!("{entries}/1/submission"), json!({}))
            .await
            .ok();
        let accepted = json!({ "decision": "accepted" });
        self.organizer
            .post(&format!("{entries}/1/screening"), accepted)
            .await
            .ok();
        let items: Vec<_> = (2..=8)
            .map(|number| {
                let mut item = body(number);
                item["status"] = json!("accepted");
                item
            })
            .collect();
        self.organizer
            .post(&format!("{entries}/batch"), json!({ "items": items }))
            .await
            .created();
    }

    /// A request about a group of the semi-final by the organizer.
    pub async fn group(&self, group: &str, what: &str, body: Value) -> Got {
        self.organizer
            .post(&format!("{SEMI}/groups/{group}/{what}"), body)
            .await
    }

    /// A judge hands a sheet in.
    pub async fn score(&self, judge: &Persona, (entry, idea, team): (i64, &str, &str)) -> Got {
        let path = format!("{SEMI}/entries/{entry}/ballot/submission");
        let body = json!({ "marks": { "idea": idea, "team": team } });
        judge
            .send(
                reqwest::Method::POST,
                &path,
                Some(body.to_string()),
                &[("If-None-Match", "*")],
            )
            .await
    }

    /// Both judges give every entry its [`MARKS`].
    pub async fn score_all(&self) {
        for marks in MARKS {
            for judge in [&self.chair, &self.judge] {
                let got = self.score(judge, marks).await;
                assert!(got.status < 300, "{got:?}");
            }
        }
    }

    /// The revision of a group of the semi-final, as the list of groups shows it.
    pub async fn revision(&self, group: &str) -> i64 {
        let groups = self.organizer.get(&format!("{SEMI}/groups")).await;
        let items = groups.ok()["items"].as_array().unwrap();
        let found = items.iter().find(|g| g["code"] == group).unwrap();
        found["revision"].as_i64().unwrap()
    }

    /// The revisions of both groups.
    pub async fn revisions(&self) -> Value {
        json!({ "north": self.revision("north").await, "south": self.revision("south").await })
    }

    /// Closes a group at its revision.
    pub async fn close_group(&self, group: &str) -> Got {
        let revision = self.revision(group).await;
        self.group(group, "closure", json!({ "revision": revision }))
            .await
    }

    /// Decides who goes on from the standings as they are, with more to say.
    pub async fn advance(&self, more: Value) -> Got {
        let mut body = json!({ "revisions": self.revisions().await });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.organizer.post(&format!("{SEMI}/advancement"), body).await
    }

    /// Publishes both groups, with more to say.
    pub async fn publish(&self, more: Value) -> Got {
        let mut body = json!({ "revisions": self.revisions().await });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.organizer.post(&format!("{SEMI}/publication"), body).await
    }

    /// Everything is scored and closed.
    pub async fn score_and_close(&self) {
        self.score_all().await;
        for group in ["north", "south"] {
            self.close_group(group).await.ok();
        }
    }

    /// The semi-final is decided and published: 1, 2, 5 and 6 go on, 3 and 4 are reserves.
    pub async fn published(db: Db) -> Self {
        let contest = Self::begin(db).await;
        contest.score_and_close().await;
        contest.advance(ties()).await.created();
        contest.publish(json!({})).await.created();
        contest
    }

    /// The final takes in those who go on, and somebody is to judge them.
    pub async fn fill_final(&self, judge: &Persona) {
        let rules = json!({ "schema": 1, "rubric": four_places()["rubric"],
            "awards": [{ "code": "first", "title": { "en": "First prize" }, "places": 1 }] });
        self.organizer
            .put_new(&format!("{FINAL}/rules"), rules)
            .await
            .created();
        self.take_in().await;
        let panel = json!({ "group": "all", "judges": [{ "judge": judge.id }] });
        self.organizer
            .put_new(&format!("{FINAL}/panels/a"), panel)
            .await
            .created();
    }

    /// The final takes in those who go on as it is decided now.
    pub async fn take_in(&self) -> Value {
        let taken = self.organizer.post(&format!("{FINAL}/intake"), json!({})).await;
        taken.ok().clone()
    }

    /// The final has taken its entries in and is open.
    pub async fn open_final(&self, judge: &Persona) {
        self.fill_final(judge).await;
        self.organizer
            .post(&format!("{FINAL}/groups/all/opening"), json!({}))
            .await
            .ok();
    }

    /// Any change of the tables.
    pub async fn sql(&self, sql: &'static str) {
        let change = move |tx: &mut palmares::app::Tx<'_>| Ok(diesel::sql_query(sql).execute(tx.conn)?);
        self.hall.app.write(change).await.unwrap();
    }

    pub async fn end(self) {
        self.hall.close().await;
    }
}

/// Four places, at least one for each region, two reserves; ties by the idea, then by the chair.
pub fn four_places() -> Value {
    json!({
        "schema": 1,
        "rubric": { "criteria": [ { "code": "idea", "max": "60", "step": "0.5" }, { "code": "team", "max": "40", "step": "0.5" } ] },
        "rounding": { "entry": { "decimals": 2 } },
        "ranking": { "group_by": ["region"], "ties": [ { "by": "criterion", "code": "idea" }, { "by": "chair" } ] },
        "advance": { "places": 4, "minimum_per_group": 1, "reserves": 2 },
    })
}

/// The tie between entries 3 and 6, decided for 6.
pub fn six_before_three() -> Value {
    json!([{ "order": [6, 3], "reason": "The jury prefers the younger team." }])
}

/// The decision with that tie.
pub fn ties() -> Value {
    json!({ "ties": six_before_three() })
}

/// The numbers of entries in a list of an answer.
pub fn numbers(list: &Value) -> Vec<i64> {
    let entries = list.as_array().unwrap();
    entries.iter().map(|e| e["entry"].as_i64().unwrap()).collect()
}
