//! Late ballots: never counted silently, never dropped.

use palmares::domain::ids::GroupId;
use palmares::domain::round::Phase;
use palmares::store::{ballots, revisions};
use serde_json::{Value, json};

use crate::hall::Persona;
use crate::stage::{Stage, entry};

fn acceptance(judge: &Persona) -> String {
    entry(1, &format!("ballots/{}/acceptance", judge.id))
}

fn decision(version: i64, decision: &str) -> Value {
    json!({ "version": version, "decision": decision, "reason": "The network in the hall was down." })
}

/// The counted marks for technology and the group's revision, as the results are computed from them.
async fn counted(stage: &Stage) -> (Vec<String>, i64) {
    let group = GroupId(stage.group);
    let read = stage.hall.app.read(move |tx| {
        let sheets = ballots::counted_of_group(tx.conn, group)?;
        let marks = sheets
            .iter()
            .map(|s| format!("{} {} {}", s.entry, s.judge, s.marks["technology"]));
        Ok((marks.collect(), revisions::of_group(tx.conn, group)?))
    });
    read.await.unwrap()
}

both_databases! {
    async fn a_late_ballot_is_kept_and_counts_once_it_is_accepted(db) {
        let stage = Stage::open(db).await;
        let submission = entry(1, "ballot/submission");
        let sheet = |mark: i64| Some(json!({ "marks": { "technology": mark, "team": 1 } }));
        stage.wang.post_on(&submission, None, sheet(10)).await.ok();
        stage.phase(Phase::Closed).await;
        let (_, revision) = counted(&stage).await;
        let late = stage.wang.post_on(&submission, Some("\"v1\""), sheet(11)).await;
        assert_eq!((&late.expect(202)["status"], &late.body["counted"]), (&json!("late"), &json!(1)));
        let again = stage.wang.post_on(&submission, Some("\"v1\""), sheet(11)).await;
        assert_eq!(again.expect(202)["version"], 2, "the same late ballot again is kept once");
        stage.li.post_on(&submission, None, sheet(12)).await.expect(202);
        assert_eq!(counted(&stage).await, (vec!["1 J1 10".into()], revision), "nothing counts silently");
        let accepted = stage.organizer.post(&acceptance(&stage.wang), decision(2, "accepted")).await;
        assert_eq!((&accepted.ok()["counted"], &accepted.body["status"]), (&json!(2), &json!("submitted")));
        stage.organizer.post(&acceptance(&stage.wang), decision(2, "accepted")).await.ok();
        assert_eq!(counted(&stage).await, (vec!["1 J1 11".into()], revision + 1));
        // The chair decides about others.
        let left = stage.wang.post(&acceptance(&stage.li), decision(1, "left")).await;
        assert_eq!((&left.ok()["status"], left.body.get("counted")), (&json!("late"), None));
        stage.organizer.post(&acceptance(&stage.li), decision(1, "accepted")).await.problem(409, "late_decided");
        assert_eq!(counted(&stage).await, (vec!["1 J1 11".into()], revision + 1));
        let all = stage.organizer.get(&entry(1, "ballots")).await;
        let versions = all.ok()["items"][0]["versions"].as_array().unwrap();
        assert_eq!(versions.len(), 2, "the one that counted before is kept, too");
        assert_eq!((&versions[1]["late"], &versions[1]["decision"]), (&json!(true), &json!("accepted")));
        assert_eq!(all.body["items"][1]["versions"][0]["decision"], "left");
        let log = stage.log().await;
        assert_eq!(log.iter().filter(|(action, _)| action == "acceptance").count(), 2);
        stage.close().await;
    }

    async fn nobody_decides_about_their_own_ballot_and_not_everybody_about_others(db) {
        let stage = Stage::open(db).await;
        stage.phase(Phase::Closed).await;
        let sheet = json!({ "marks": { "technology": 1, "team": 1 } });
        stage.wang.post_on(&entry(1, "ballot/submission"), None, Some(sheet.clone())).await.expect(202);
        stage.li.post_on(&entry(1, "ballot/submission"), None, Some(sheet)).await.expect(202);
        stage.wang.post(&acceptance(&stage.wang), decision(1, "accepted")).await.problem(409, "own_ballot");
        for other in [&stage.li, &stage.clerk, &stage.observer, &stage.zhou] {
            other.post(&acceptance(&stage.wang), decision(1, "accepted")).await.problem(403, "forbidden");
        }
        assert_eq!(counted(&stage).await.0, Vec::<String>::new());
        stage.close().await;
    }

    async fn a_decision_names_a_late_version_and_a_reason_while_the_result_is_open(db) {
        let stage = Stage::open(db).await;
        let (path, sheet) = (acceptance(&stage.wang), json!({ "marks": { "technology": 1, "team": 1 } }));
        stage.organizer.post(&path, decision(1, "accepted")).await.problem(404, "not_found");
        stage.wang.post_on(&entry(1, "ballot/submission"), None, Some(sheet.clone())).await.ok();
        let bare = json!({ "version": 1, "decision": "accepted", "reason": " " });
        stage.organizer.post(&path, bare).await.wrong(&[("/version", "version_not_late"), ("/reason", "reason_required")]);
        stage.organizer.post(&path, decision(1, "perhaps")).await.wrong(&[("/decision", "unknown_word")]);
        stage.phase(Phase::Decided).await;
        let late = json!({ "marks": { "technology": 2, "team": 1 } });
        stage.wang.post_on(&entry(1, "ballot/submission"), Some("\"v1\""), Some(late)).await.expect(202);
        stage.organizer.post(&path, decision(2, "accepted")).await.problem(409, "group_decided");
        stage.organizer.post(&path, decision(2, "left")).await.ok();
        assert_eq!(counted(&stage).await.0, ["1 J1 1"]);
        stage.close().await;
    }

    async fn a_judge_who_stepped_down_counts_no_more(db) {
        use diesel::prelude::*;
        use palmares::store::schema::assignments;
        let stage = Stage::open(db).await;
        let sheet = json!({ "marks": { "technology": 1, "team": 1 } });
        for judge in [&stage.wang, &stage.li] {
            judge.post_on(&entry(1, "ballot/submission"), None, Some(sheet.clone())).await.ok();
        }
        stage.wang.post_on(&entry(2, "ballot/submission"), None, Some(sheet)).await.ok();
        assert_eq!(counted(&stage).await.0, ["1 J1 1", "1 J2 1", "2 J1 1"]);
        stage.change(|conn| {
            let first = assignments::table.select(assignments::id).order(assignments::id).first::<i64>(conn)?;
            diesel::update(assignments::table.find(first)).set(assignments::status.eq("recused")).execute(conn)
        }).await;
        assert_eq!(counted(&stage).await.0, ["1 J2 1", "2 J1 1"]);
        stage.close().await;
    }
}
