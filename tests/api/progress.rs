//! How far a round is; what a judge has to do; the revision that grows with every change.

use palmares::domain::user::Role;
use serde_json::{Value, json};

use crate::cup::{CUP, Stage};
use crate::hall::{Got, Hall, Persona};

async fn submit(judge: &Persona, entry: i64, tag: Option<&str>, idea: &str) -> Got {
    let path = format!("{CUP}/rounds/final/entries/{entry}/ballot/submission");
    let body = json!({ "marks": { "idea": idea, "team": "30" } });
    let got = judge.post_on(&path, tag, Some(body)).await;
    got.ok();
    got
}

async fn group(stage: &Stage) -> Value {
    let progress = stage.organizer.get(&format!("{CUP}/rounds/final/progress")).await;
    progress.ok()["groups"][0].clone()
}

both_databases! {
    async fn progress_counts_ballots_by_group_and_judge_and_names_the_missing(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (a, b) = (stage.judge("a").await, stage.judge("b").await);
        stage.final_of_four(&[&a, &b]).await;
        assert_eq!(group(&stage).await["missing"], json!([]), "nothing is missing before the opening");
        stage.open("final", "all").await;
        submit(&a, 1, None, "50").await;
        a.put_new(&format!("{CUP}/rounds/final/entries/2/ballot"), json!({ "marks": { "idea": "20" } })).await;
        let amended = submit(&b, 1, None, "40").await.tag();
        b.put(&format!("{CUP}/rounds/final/entries/1/ballot"), &amended, json!({ "marks": { "idea": "41" } })).await;
        b.post(&format!("{CUP}/rounds/final/entries/2/recusal"), json!({ "reason": "A friend." })).await.ok();
        stage.organizer.post(&format!("{CUP}/rounds/final/entries/4/disqualification"), json!({ "reason": "Copied." })).await.ok();
        let progress = stage.organizer.get(&format!("{CUP}/rounds/final/progress")).await;
        let mut all = progress.ok()["groups"][0].clone();
        all.as_object_mut().unwrap().remove("revision");
        all.as_object_mut().unwrap().remove("basis");
        assert_eq!(all, json!({ "group": "all", "title": { "en": "All entries", "zh": "全部项目" }, "phase": "open",
            "assigned": 5, "submitted": 2, "drafts": 1, "late": 0, "recused": 1, "absent": 0, "vacant": 0, "missing_total": 3,
            "missing": [{ "entry": 2, "judge": "J1" }, { "entry": 3, "judge": "J1" }, { "entry": 3, "judge": "J2" }] }));
        assert_eq!(progress.body["judges"], json!([
            { "judge": a.id, "code": "J1", "name": "a", "assigned": 3, "submitted": 1 },
            { "judge": b.id, "code": "J2", "name": "b", "assigned": 2, "submitted": 1 }]));
        let clerk = stage.hall.person("clerk").await;
        stage.member(&clerk, Role::Clerk, None).await;
        clerk.get(&format!("{CUP}/rounds/final/progress")).await.ok();
        a.get(&format!("{CUP}/rounds/final/progress")).await.problem(403, "forbidden");
        stage.close().await;
    }

    async fn a_judge_lists_what_they_are_to_mark(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (a, b) = (stage.judge("a").await, stage.judge("b").await);
        stage.final_of_four(&[&a, &b]).await;
        stage.open("final", "all").await;
        submit(&a, 1, None, "50").await;
        a.put_new(&format!("{CUP}/rounds/final/entries/2/ballot"), json!({ "marks": { "idea": "20" } })).await;
        a.post(&format!("{CUP}/rounds/final/entries/3/recusal"), json!({ "reason": "A friend." })).await.ok();
        let mine = a.get("/me/assignments").await;
        assert_eq!(mine.ok()["items"][0], json!({ "competition": "cup", "round": "final", "group": "all", "phase": "open",
            "entry": 1, "title": { "en": "Project 1" }, "track": "bio", "status": "assigned", "ballot": "submitted", "judge": "J1" }));
        let states: Vec<_> = mine.body["items"].as_array().unwrap().iter()
            .map(|i| (i["status"].as_str().unwrap(), i["ballot"].as_str().unwrap())).collect();
        assert_eq!(states, [("assigned", "submitted"), ("assigned", "draft"), ("recused", "none"), ("assigned", "none")]);
        assert_eq!(mine.body["progress"], json!({ "assigned": 3, "submitted": 1, "drafts": 1 }));
        assert_eq!(stage.organizer.get("/me/assignments").await.ok()["items"], json!([]));
        stage.hall.guest().get("/me/assignments").await.problem(401, "sign_in_required");
        stage.sql("UPDATE members SET ended_at = created_at WHERE role = 'judge'").await;
        assert_eq!(a.get("/me/assignments").await.ok()["items"], json!([]), "no longer a judge");
        stage.close().await;
    }

    async fn every_change_that_standings_rest_on_raises_the_revision_and_a_draft_does_not(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (a, b, c) = (stage.judge("a").await, stage.judge("b").await, stage.judge("c").await);
        stage.final_of_four(&[&a, &b]).await;
        stage.open("final", "all").await;
        let organizer = &stage.organizer;
        let mut last = group(&stage).await["revision"].as_i64().unwrap();
        let groups = organizer.get(&format!("{CUP}/rounds/final/groups")).await;
        assert_eq!(groups.ok()["items"][0]["revision"], last);
        macro_rules! grows { ($what:literal) => {{
            let now = group(&stage).await["revision"].as_i64().unwrap();
            assert!(now > last, "{}: {last} → {now}", $what);
            last = now;
        }} }
        let path = |rest: &str| format!("{CUP}/rounds/final/{rest}");
        let tag = submit(&a, 1, None, "50").await.tag();
        grows!("a submission");
        let draft = a.put(&path("entries/1/ballot"), &tag, json!({ "marks": { "idea": "51" } })).await.tag();
        assert_eq!(group(&stage).await["revision"], last, "a draft");
        submit(&a, 1, Some(&draft), "52").await;
        grows!("an amendment");
        organizer.put(&path("panels/a"), "\"v1\"", crate::cup::panel("all", &[&a, &b, &c])).await.ok();
        grows!("a judge who joins");
        b.post(&path("entries/2/recusal"), json!({ "reason": "A friend." })).await.ok();
        grows!("a recusal");
        organizer.post(&path("groups/all/absences"), json!({ "judge": c.id, "reason": "Ill." })).await.ok();
        grows!("an absence");
        organizer.post(&path("entries/4/disqualification"), json!({ "reason": "Copied." })).await.ok();
        grows!("a disqualification");
        let penalty = organizer.post(&path("adjustments"), json!({ "entry": 1, "points": "-1", "reason": "Over time." })).await;
        let penalty = penalty.created()["id"].as_str().unwrap().to_owned();
        grows!("a penalty");
        organizer.post(&path(&format!("adjustments/{penalty}/revocation")), json!({ "reason": "A wrong clock." })).await.ok();
        grows!("its revocation");
        stage.sql("UPDATE round_entries SET recorded_version = recorded_version + 1 WHERE recorded_version = 0").await;
        grows!("a recorded value");
        stage.sql("INSERT INTO tie_decisions (group_id, kind, entry_order, reason, decided_by, decided_at)
            SELECT g.id, 'lot', '[1,2]', 'Drawn.', u.id, u.created_at FROM round_groups g, users u
             WHERE u.email = 'organizer@example.org'").await;
        grows!("a decision about a tie");
        let mut rules = crate::cup::rules(json!({}));
        rules["rubric"]["criteria"][0]["max"] = "70".into();
        organizer.put(&path("rules?reason=More%20room."), "\"v1\"", rules).await.ok();
        grows!("new rules");
        stage.sql("UPDATE ballot_versions SET late = TRUE").await;
        let without = group(&stage).await["revision"].as_i64().unwrap();
        assert!(without < last, "late ballots do not count by themselves");
        stage.sql("UPDATE ballot_versions SET decision = 'accepted'").await;
        assert_eq!(group(&stage).await["revision"], last);
        stage.close().await;
    }
}
