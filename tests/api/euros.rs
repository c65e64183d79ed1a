//! A real contest over HTTP: the European Figure Skating Championships 2017, ladies. 34 skaters, nine judges, two
//! programmes; every official figure, compared as text.

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::cases::{self, CRITERIA, JUDGES, Programme, Row, Skating, number, two_decimals};
use crate::hall::{Hall, Persona};

/// Requests under way at the same time: the judges' and the secretary's.
const AT_ONCE: usize = 9;

const PATH: &str = "/competitions/euros-2017-ladies";

both_databases! {
    async fn the_european_championships_end_as_they_did(database) {
        let Some(case) = cases::skating() else { return };
        let hall = Hall::open(database).await;
        let contest = Contest::prepare(&hall, &case).await;

        let short = contest.round("short", "Short programme", &case.short).await;
        assert_eq!(short.taken_in, 34);
        let standings = contest.play(&short).await;
        let mut figures = compare(&standings, &case.short, |s| s);
        let advancing = contest.advance(&short).await;
        contest.publish(&short).await;
        contest.nobody_else_sees_the_marks(&hall, &short).await;
        let seen = public(&hall, "short").await;
        assert_eq!(pairs(&seen), official(&case.short.results));
        assert_eq!(ranks(&seen), ranks_of(&case.short.results));

        assert_eq!(advancing.len(), 24);
        assert_eq!(advancing, numbers(&case.free.results));
        let outcomes = seen.as_array().unwrap().iter().filter(|e| e["outcome"] == "advances");
        assert_eq!(sorted(outcomes.map(|e| e["entry"].as_i64().unwrap())), advancing);

        let free = contest.round("free", "Free skating", &case.free).await;
        assert_eq!(free.taken_in, 24);
        let standings = contest.play(&free).await;
        figures += compare(&standings, &case.free, |s| &s["own"]);
        assert_eq!(figures, Figures { panel_scores: 290, component_scores: 58, totals: 58, ranks: 58 });
        contest.publish(&free).await;

        let seen = public(&hall, "free").await;
        assert_eq!(pairs(&standings["standings"]), official(&case.finals));
        assert_eq!(pairs(&seen), official(&case.finals));
        hall.close().await;
    }
}

/// The competition and the people who run it.
struct Contest {
    organizer: Persona,
    judges: Vec<Persona>,
}

/// A round that is ready to be judged.
struct Round<'a> {
    code: &'static str,
    programme: &'a Programme,
    taken_in: u64,
}

impl Round<'_> {
    fn path(&self, rest: &str) -> String {
        format!("{PATH}/rounds/{}{rest}", self.code)
    }
}

impl Contest {
    /// The admin makes the competition and names its people; the organizer enters the skaters.
    async fn prepare(hall: &Hall, case: &Skating) -> Self {
        let admin = hall.admin().await;
        let competition = json!({
            "slug": "euros-2017-ladies",
            "name": { "en": "European Figure Skating Championships 2017, ladies" },
            "time_zone": "Europe/Prague",
        });
        admin.post("/competitions", competition).await.created();
        let organizer = hall.person("organizer").await;
        let join = |person: &Persona, role: &str| json!({ "email": person.email, "role": role });
        let members = format!("{PATH}/members");
        admin
            .post(&members, join(&organizer, "organizer"))
            .await
            .created();
        let mut judges = Vec::new();
        for judge in 1..=JUDGES {
            let mut judge = hall.person(&format!("judge {judge}")).await;
            organizer.post(&members, join(&judge, "judge")).await.created();
            hall.refresh(&mut judge).await;
            judges.push(judge);
        }
        organizer
            .post(&format!("{PATH}/publication"), json!({}))
            .await
            .ok();

        let skater = |row: &Row| {
            let title = format!("Skater {} ({})", row["number"], row["nation"]);
            json!({ "title": { "en": title }, "country": row["nation"], "status": "accepted" })
        };
        let items: Vec<_> = case.entries.iter().map(skater).collect();
        let entered = organizer
            .post(&format!("{PATH}/entries/batch"), json!({ "items": items }))
            .await;
        let given: Vec<_> = entered.created()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["number"].as_i64())
            .collect();
        let expected: Vec<_> = case.entries.iter().map(|row| Some(number(row))).collect();
        assert_eq!(given, expected, "the skaters' numbers are those of the protocols");
        Self { organizer, judges }
    }

    /// A round with its rules, its skaters, its panel and what the technical panel recorded; open.
    async fn round<'a>(&self, code: &'static str, title: &str, programme: &'a Programme) -> Round<'a> {
        let organizer = &self.organizer;
        let body = json!({ "code": code, "title": { "en": title }, "release": "total" });
        organizer.post(&format!("{PATH}/rounds"), body).await.created();
        let mut round = Round {
            code,
            programme,
            taken_in: 0,
        };
        let rules: Value = serde_json::from_str(programme.rules).unwrap();
        organizer.put_new(&round.path("/rules"), rules).await.created();
        let intake = organizer.post(&round.path("/intake"), json!({})).await;
        round.taken_in = intake.ok()["added"].as_u64().unwrap();

        let seat =
            |(nth, judge): (usize, &Persona)| json!({ "judge": judge.id, "code": format!("J{}", nth + 1) });
        let seats: Vec<_> = self.judges.iter().enumerate().map(seat).collect();
        let panel = json!({ "group": "all", "judges": seats });
        organizer
            .put_new(&round.path("/panels/main"), panel)
            .await
            .created();
        organizer
            .post(&round.path("/groups/all/opening"), json!({}))
            .await
            .ok();
        round
    }

    /// The judges judge, the organizer records; then the group is closed. Gives its standings.
    async fn play(&self, round: &Round<'_>) -> Value {
        let judging = stream::iter(self.judges.iter().enumerate())
            .map(|(nth, judge)| judge_all(judge, nth + 1, round))
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<()>>();
        futures_util::future::join(judging, self.record(round)).await;

        let standings = self.organizer.get(&round.path("/standings")).await.ok()["groups"][0].clone();
        let revision = standings["revision"].clone();
        let closed = self
            .organizer
            .post(
                &round.path("/groups/all/closure"),
                json!({ "revision": revision }),
            )
            .await;
        assert_eq!(closed.ok()["phase"], "closed");
        assert_eq!(closed.body["missing"], json!([]));
        let fixed = self.organizer.get(&round.path("/standings")).await.ok()["groups"][0].clone();
        assert_eq!(
            fixed["standings"], standings["standings"],
            "closure changes no figure"
        );
        fixed
    }

    /// Element scores, and deductions as adjustments with a reason.
    async fn record(&self, round: &Round<'_>) {
        let record = |row: &Row| {
            let entry = number(row);
            let elements = json!({ "values": { "elements": row["element_score"] } });
            let deductions = two_decimals(&row["deductions"]);
            async move {
                let path = round.path(&format!("/entries/{entry}/recorded"));
                self.organizer.put_new(&path, elements).await.created();
                if deductions != "0.00" {
                    let points = format!("-{deductions}");
                    let body = json!({ "entry": entry, "points": points, "reason": "Falls" });
                    self.organizer
                        .post(&round.path("/adjustments"), body)
                        .await
                        .created();
                }
            }
        };
        let recorded = stream::iter(&round.programme.results).map(record);
        recorded.buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    }

    /// Who goes on, by number.
    async fn advance(&self, round: &Round<'_>) -> Vec<i64> {
        let revision = self.revision(round).await;
        let path = round.path("/groups/all/advancement");
        let decided = self.organizer.post(&path, json!({ "revision": revision })).await;
        let advances = decided.created()["advances"].as_array().unwrap();
        sorted(advances.iter().map(|a| a["entry"].as_i64().unwrap()))
    }

    async fn publish(&self, round: &Round<'_>) {
        let revision = self.revision(round).await;
        let path = round.path("/groups/all/publication");
        self.organizer
            .post(&path, json!({ "revision": revision }))
            .await
            .created();
    }

    async fn revision(&self, round: &Round<'_>) -> Value {
        let groups = self.organizer.get(&round.path("/groups")).await;
        groups.ok()["items"][0]["revision"].clone()
    }

    /// What is public is places and totals; marks and how they led there are not.
    async fn nobody_else_sees_the_marks(&self, hall: &Hall, round: &Round<'_>) {
        let guest = hall.guest();
        guest
            .get(&round.path("/standings"))
            .await
            .problem(401, "sign_in_required");
        let results = guest.get(&round.path("/results")).await;
        results.ok();
        for secret in ["\"skating_skills\"", "\"derivation\"", "\"judge\""] {
            assert!(!results.text.contains(secret), "{secret} is public");
        }
        let path = round.path(&format!(
            "/entries/{}/ballots",
            number(&round.programme.results[0])
        ));
        self.judges[0].get(&path).await.problem(403, "forbidden");
    }
}

/// A judge signs in, sees what is theirs to mark, and hands in a sheet for each, one after the other.
async fn judge_all(judge: &Persona, nth: usize, round: &Round<'_>) {
    let mine = judge.get("/me/assignments").await;
    let here = |a: &&Value| a["round"] == round.code;
    let items = mine.ok()["items"].as_array().unwrap().iter().filter(here);
    let entries = sorted(items.map(|a| a["entry"].as_i64().unwrap()));
    let expected = numbers(&round.programme.results);
    assert_eq!(entries, expected, "judge {nth} marks everybody");
    for entry in entries {
        let mark = |(label, code): &(&str, &str)| {
            Some((code.to_string(), round.programme.mark(entry, label, nth)?.into()))
        };
        let marks: serde_json::Map<String, Value> = CRITERIA.iter().filter_map(mark).collect();
        let path = round.path(&format!("/entries/{entry}/ballot/submission"));
        let body = json!({ "marks": marks }).to_string();
        let got = judge
            .send(
                reqwest::Method::POST,
                &path,
                Some(body),
                &[("If-None-Match", "*")],
            )
            .await;
        assert!(matches!(got.status, 200 | 201), "{}\n→ {}", got.request, got.text);
        assert_eq!(
            (&got.body["status"], &got.body["missing"]),
            (&json!("submitted"), &json!([]))
        );
    }
}

/// How many official figures were compared.
#[derive(Debug, Default, PartialEq, Eq)]
struct Figures {
    panel_scores: usize,
    component_scores: usize,
    totals: usize,
    ranks: usize,
}

impl std::ops::AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.panel_scores += other.panel_scores;
        self.component_scores += other.component_scores;
        self.totals += other.totals;
        self.ranks += other.ranks;
    }
}

/// Compares every figure of a round; `own` is where a standing has the total and rank of this round alone.
fn compare(group: &Value, programme: &Programme, own: impl Fn(&Value) -> &Value) -> Figures {
    let standings = group["standings"].as_array().unwrap();
    assert_eq!(standings.len(), programme.results.len());
    let mut figures = Figures::default();
    for row in &programme.results {
        let entry = number(row);
        let standing = standings.iter().find(|s| s["entry"] == entry).unwrap();
        for (label, code) in CRITERIA {
            let criteria = standing["derivation"]["criteria"].as_array().unwrap();
            let criterion = criteria.iter().find(|c| c["code"] == code).unwrap();
            let official = two_decimals(&programme.line(entry, label)["panel_score"]);
            assert_eq!(criterion["value"], official, "{label} of {entry}");
            figures.panel_scores += 1;
        }
        let steps = standing["derivation"]["steps"].as_array().unwrap();
        let component = steps.iter().find(|s| s["step"] == "component_score").unwrap();
        assert_eq!(
            component["rounded"],
            two_decimals(&row["component_score"]),
            "component score of {entry}"
        );
        figures.component_scores += 1;
        assert_eq!(
            own(standing)["total"],
            two_decimals(&row["total"]),
            "total of {entry}"
        );
        figures.totals += 1;
        assert_eq!(own(standing)["rank"].to_string(), row["rank"], "rank of {entry}");
        figures.ranks += 1;
    }
    figures
}

/// What anybody sees of a round's result.
async fn public(hall: &Hall, round: &str) -> Value {
    let results = hall.guest().get(&format!("{PATH}/rounds/{round}/results")).await;
    results.ok()["groups"][0]["entries"].clone()
}

/// Entries and totals in the order in which they are listed.
fn pairs(list: &Value) -> Vec<(i64, String)> {
    let pair = |s: &Value| {
        (
            s["entry"].as_i64().unwrap(),
            s["total"].as_str().unwrap().to_owned(),
        )
    };
    list.as_array().unwrap().iter().map(pair).collect()
}

/// The same as the protocols have it.
fn official(rows: &[Row]) -> Vec<(i64, String)> {
    rows.iter()
        .map(|row| (number(row), two_decimals(&row["total"])))
        .collect()
}

fn ranks(list: &Value) -> Vec<String> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|s| s["rank"].to_string())
        .collect()
}

fn ranks_of(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row["rank"].clone()).collect()
}

fn numbers(rows: &[Row]) -> Vec<i64> {
    sorted(rows.iter().map(number))
}

fn sorted(numbers: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_unstable();
    numbers
}
