//! The last minute before closure: everybody hands in at once, the server is full, the organizer closes meanwhile.

use std::time::Duration;

use futures_util::future::{join, join_all};
use palmares::app::Options;
use palmares::domain::user::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::contest::{Contest, MARKS, SEMI, four_places};
use crate::cup::{CUP, SHANGHAI, Stage, panel};
use crate::hall::{Got, Hall, Persona};
use crate::race::Hold;

const JUDGES: i64 = 8;
const ENTRIES: i64 = 20;
const ROUND: &str = "/competitions/cup/rounds/final";

both_databases! {
    async fn what_a_full_server_refuses_is_not_done_and_counts_once_when_it_is_sent_again(db) {
        let options = Options {
            write_queue: 2,
            connections: if db.is_postgres() { 1 } else { 16 },
            patience: Duration::from_millis(300),
            ..db.options()
        };
        let hall = Hall::over(db, options).await;
        let contest = Contest::over(hall, four_places(), json!({})).await;
        let sheets: Vec<_> = [&contest.judge, &contest.chair].into_iter()
            .flat_map(|judge| MARKS.into_iter().map(move |marks| (judge, marks))).collect();
        let (hold, app) = (Hold::new(), contest.hall.app.clone());
        let held = hold.clone();
        let holder = actix_web::rt::spawn(async move { app.write(move |_| { held.stop(); Ok(()) }).await });
        hold.until_reached().await;
        let entry = json!({ "title": { "en": "At the desk" }, "track": "energy", "region": "north", "team": [{ "name": "Li" }] });
        let desk = || contest.zhou.send(Method::POST, "/competitions/cup/entries", Some(entry.to_string()), &[("Idempotency-Key", "desk-1")]);
        let given = join(join_all(sheets.iter().map(|(judge, marks)| contest.score(judge, *marks))), desk());
        let ((answers, first), ()) = join(given, async {
            actix_web::rt::time::sleep(Duration::from_secs(1)).await;
            hold.release().await;
        }).await;
        holder.await.unwrap().unwrap();
        let refused: Vec<_> = answers.iter().filter(|got| got.status == 503).collect();
        assert!(refused.len() > 8, "{} were refused", refused.len());
        for got in refused.into_iter().chain([&first].into_iter().filter(|got| got.status != 201)) {
            got.problem(503, "busy");
            assert_eq!(got.header("retry-after").as_deref(), Some("1"));
        }
        for ((judge, marks), got) in sheets.iter().zip(&answers) {
            let there = judge.get(&format!("{SEMI}/entries/{}/ballot", marks.0)).await;
            if got.status == 503 {
                there.problem(404, "not_found");
                contest.score(judge, *marks).await.ok();
            }
            // A client that did not hear the answer sends the same again.
            assert_eq!(contest.score(judge, *marks).await.ok()["version"], 1);
        }
        let numbers = [desk().await.created()["number"].clone(), desk().await.created()["number"].clone()];
        assert_eq!(numbers, [json!(9), json!(9)], "the key makes one entry");
        let progress = contest.organizer.get(&format!("{SEMI}/progress")).await;
        for group in progress.ok()["groups"].as_array().unwrap() {
            assert_eq!((&group["submitted"], &group["missing_total"]), (&json!(8), &json!(0)));
        }
        for (_, marks) in &sheets {
            let ballots = contest.observer.get(&format!("{SEMI}/entries/{}/ballots", marks.0)).await;
            for ballot in ballots.ok()["items"].as_array().unwrap() {
                assert_eq!(ballot["versions"].as_array().unwrap().len(), 1, "{ballot}");
            }
        }
        contest.end().await;
    }

    async fn of_the_ballots_of_the_last_minute_none_is_lost_and_none_is_late(db) {
        let (stage, judges) = full_final(db).await;
        let work = join_all(judges.iter().map(|judge| async move {
            let sheets = (1..=ENTRIES).map(|entry| submit(judge, entry, 0, "30"));
            join_all(sheets).await
        }));
        for got in work.await.concat() {
            assert_eq!(got.ok()["status"], "submitted");
        }
        let closed = close(&stage, &["revision"]).await;
        assert_eq!(closed.ok()["missing"], json!([]));
        assert_eq!(counted(&stage).await, usize::try_from(ENTRIES * JUDGES).unwrap());
        stage.close().await;
    }

    async fn a_group_is_closed_while_judges_hand_in_without_a_pause(db) {
        let (stage, judges) = full_final(db).await;
        // Each judge goes on until they hear that they are late; every answer says what became of the sheet.
        let work = join_all(judges.iter().map(|judge| async move {
            let (mut in_time, mut late) = (0, 0);
            for entry in (1..=ENTRIES).cycle().take(2_000) {
                let version = i64::try_from(in_time + late).unwrap() / ENTRIES;
                let idea = format!("{}", version % 60);
                let got = submit(judge, entry, version, &idea).await;
                match (got.status, got.body["status"].as_str()) {
                    (200, Some("submitted")) => in_time += 1,
                    (202, Some("late")) => late += 1,
                    _ => panic!("{got:?}"),
                }
                if late == 2 {
                    return (in_time, late);
                }
            }
            panic!("the group was never closed");
        }));
        let closing = async {
            actix_web::rt::time::sleep(Duration::from_millis(500)).await;
            let before = revision(&stage, "revision").await;
            let closed = close(&stage, &["basis"]).await;
            assert!(closed.ok()["revision"].as_i64().unwrap() > before, "ballots came meanwhile");
        };
        let (answered, ()) = join(work, closing).await;
        let in_time: usize = answered.iter().map(|(in_time, _)| in_time).sum();
        let late: usize = answered.iter().map(|(_, late)| late).sum();
        let (mut kept, mut kept_late) = (0, 0);
        for version in versions(&stage).await {
            if version["late"] == true { kept_late += 1 } else { kept += 1 }
        }
        assert_eq!((kept, kept_late), (in_time, late));
        stage.close().await;
    }

    async fn closure_names_the_revision_or_the_basis_and_sees_what_else_changed(db) {
        let (stage, judges) = full_final(db).await;
        let path = format!("{ROUND}/groups/all/closure");
        stage.organizer.post(&path, json!({})).await.wrong(&[("/revision", "missing_field")]);
        let (revision_, basis) = (revision(&stage, "revision").await, revision(&stage, "basis").await);
        submit(&judges[0], 1, 0, "30").await.ok();
        assert_eq!(revision(&stage, "basis").await, basis, "a ballot leaves the basis as it is");
        stage.organizer.post(&path, json!({ "revision": revision_, "basis": basis })).await.problem(409, "standings_moved");
        stage.organizer.post(&format!("{CUP}/rounds/final/entries/4/disqualification"), json!({ "reason": "Copied." })).await.ok();
        let moved = stage.organizer.post(&path, json!({ "basis": basis })).await;
        moved.problem(409, "basis_moved");
        assert_eq!(moved.body["params"]["current"], revision(&stage, "basis").await.to_string());
        assert!(moved.body["detail"].as_str().unwrap().contains("besides the ballots"), "{}", moved.text);
        judges[0].post(&path, json!({ "basis": basis })).await.problem(403, "forbidden");
        close(&stage, &["revision", "basis"]).await.ok();
        stage.close().await;
    }

    async fn two_persons_close_a_group_while_judges_hand_in(db) {
        let (stage, judges) = full_final(db).await;
        let second = stage.hall.person("second organizer").await;
        stage.member(&second, Role::Organizer, None).await;
        stage.sql("UPDATE competitions SET two_persons = TRUE").await;
        let proposal = close(&stage, &["basis"]).await.expect(202).clone();
        assert_eq!(proposal["request"]["body"], json!({ "basis": revision(&stage, "basis").await }));
        submit(&judges[0], 1, 0, "30").await.ok();
        let path = format!("{ROUND}/groups/all/closure");
        let closed = second.post(&path, proposal["request"]["body"].clone()).await;
        assert_eq!(closed.ok()["phase"], "closed");
        assert_eq!(submit(&judges[1], 1, 0, "30").await.expect(202)["status"], "late");
        stage.close().await;
    }
}

/// An open final that all these judges mark.
async fn full_final(db: crate::support::Db) -> (Stage, Vec<Persona>) {
    let stage = Stage::set(Hall::open(db).await).await;
    let mut judges = Vec::new();
    for number in 1..=JUDGES {
        judges.push(stage.judge(&format!("judge {number}")).await);
    }
    for number in 1..=ENTRIES {
        stage.entry(number, SHANGHAI).await;
    }
    stage.round("final", json!({})).await;
    stage
        .organizer
        .post(&format!("{ROUND}/intake"), json!({}))
        .await
        .ok();
    let all: Vec<_> = judges.iter().collect();
    let path = format!("{ROUND}/panels/a");
    stage.organizer.put_new(&path, panel("all", &all)).await.created();
    stage.open("final", "all").await;
    (stage, judges)
}

async fn submit(judge: &Persona, entry: i64, version: i64, idea: &str) -> Got {
    let path = format!("{ROUND}/entries/{entry}/ballot/submission");
    let tag = (version > 0).then(|| format!("\"v{version}\""));
    let body = json!({ "marks": { "idea": idea, "team": "20" } });
    loop {
        let got = judge.post_on(&path, tag.as_deref(), Some(body.clone())).await;
        // A machine that does much else may have nobody free in time; the client asks again.
        if got.status != 503 {
            return got;
        }
    }
}

async fn revision(stage: &Stage, what: &str) -> i64 {
    let groups = stage.organizer.get(&format!("{ROUND}/groups")).await;
    groups.ok()["items"][0][what].as_i64().unwrap()
}

/// Closes the group over what is there now.
async fn close(stage: &Stage, names: &[&'static str]) -> Got {
    let mut seen = json!({});
    for name in names {
        seen[*name] = json!(revision(stage, name).await);
    }
    stage
        .organizer
        .post(&format!("{ROUND}/groups/all/closure"), seen)
        .await
}

/// Every version of every ballot.
async fn versions(stage: &Stage) -> Vec<Value> {
    let mut all = Vec::new();
    for entry in 1..=ENTRIES {
        let ballots = stage
            .organizer
            .get(&format!("{ROUND}/entries/{entry}/ballots"))
            .await;
        for ballot in ballots.ok()["items"].as_array().unwrap() {
            all.extend(ballot["versions"].as_array().unwrap().iter().cloned());
        }
    }
    all
}

async fn counted(stage: &Stage) -> usize {
    let versions = versions(stage).await;
    versions.iter().filter(|version| version["late"] == false).count()
}
