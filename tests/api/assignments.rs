//! Assigning entries to judges, stepping down, absence, disqualification.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cup::{CUP, SHANGHAI, Stage};
use crate::hall::{Hall, Persona};

const ASSIGNMENTS: &str = "/competitions/cup/rounds/final/assignments";

fn judges(judges: &[&Persona]) -> Vec<Value> {
    judges.iter().map(|j| json!({ "judge": j.id })).collect()
}

async fn review(stage: &Stage, entries: i64) {
    for number in 1..=entries {
        stage.entry(number, SHANGHAI).await;
    }
    stage.round("final", json!({})).await;
    stage
        .organizer
        .post(&format!("{CUP}/rounds/final/intake"), json!({}))
        .await
        .ok();
}

both_databases! {
    async fn entries_are_dealt_out_evenly_and_never_to_their_own(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (a, b, c, d) = (stage.judge("a").await, stage.judge("b").await, stage.judge("c").await, stage.judge("d").await);
        let own = stage.entry_with(20, Some(SHANGHAI), json!({}), Some(&a)).await;
        stage.team(own, "b@example.org").await;
        review(&stage, 9).await;
        let organizer = &stage.organizer;
        let body = json!({ "group": "all", "judges": judges(&[&a, &b, &c, &d]), "per_entry": 2, "seed": 7 });
        let dealt = organizer.post(ASSIGNMENTS, body.clone()).await;
        assert_eq!(dealt.created()["added"], 20);
        let mut per_entry = BTreeMap::<i64, Vec<String>>::new();
        for judge in dealt.body["judges"].as_array().unwrap() {
            let entries = judge["entries"].as_array().unwrap();
            assert_eq!(entries.len(), 5, "{judge}");
            for entry in entries {
                per_entry.entry(entry.as_i64().unwrap()).or_default().push(judge["code"].as_str().unwrap().into());
            }
        }
        assert!(per_entry.values().all(|judges| judges.len() == 2));
        assert_eq!(per_entry[&20], ["J3", "J4"]);
        assert_eq!(organizer.post(ASSIGNMENTS, body).await.created()["added"], 0, "nothing is left to deal out");
        let of_a = organizer.get(&format!("{ASSIGNMENTS}?judge={}&group=all", a.id)).await;
        assert_eq!(of_a.ok()["items"].as_array().unwrap().len(), 5);
        let of_20 = organizer.get(&format!("{ASSIGNMENTS}?entry=20")).await;
        assert_eq!(of_20.ok()["items"].as_array().unwrap().len(), 2);
        organizer.get(&format!("{ASSIGNMENTS}?entry=x")).await.wrong(&[("?entry", "wrong_type")]);
        a.get(ASSIGNMENTS).await.problem(403, "forbidden");
        stage.close().await;
    }

    async fn a_deal_that_cant_be_made_names_the_entries(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (a, b) = (stage.judge("a").await, stage.judge("b").await);
        stage.entry_with(20, Some(SHANGHAI), json!({}), Some(&a)).await;
        review(&stage, 1).await;
        let post = |body: Value| stage.organizer.post(ASSIGNMENTS, body);
        let got = post(json!({ "judges": judges(&[&a, &b]), "per_entry": 2 })).await;
        got.wrong(&[("/per_entry", "too_few_judges")]);
        assert_eq!(got.body["errors"][0]["params"], json!({ "entry": "20", "possible": "1", "wanted": "2" }));
        post(json!({ "judges": [], "per_entry": 0 })).await.wrong(&[("/judges", "judges_empty"), ("/per_entry", "per_entry")]);
        post(json!({})).await.wrong(&[("/judges", "missing_field"), ("/per_entry", "missing_field")]);
        post(json!({ "items": [], "seed": 1 })).await.wrong(&[("/seed", "not_beside_items")]);
        post(json!({ "items": [] })).await.wrong(&[("/items", "judges_empty")]);
        stage.close().await;
    }

    async fn judges_are_named_for_entries(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (a, b) = (stage.judge("a").await, stage.judge("b").await);
        stage.entry_with(20, Some(SHANGHAI), json!({}), Some(&a)).await;
        review(&stage, 2).await;
        let post = |body: Value| stage.organizer.post(ASSIGNMENTS, body);
        post(json!({ "items": [{ "judge": a.id, "entries": [1, 20, 99] }] })).await
            .wrong(&[("/items/0/entries/2", "entry_not_in_round"), ("/items/0/judge", "judge_has_interest")]);
        let named = post(json!({ "items": [{ "judge": a.id, "entries": [1, 2] }, { "judge": b.id, "code": "B", "entries": [20] }] })).await;
        assert_eq!(named.created(), &json!({ "added": 3, "judges": [
            { "judge": a.id, "code": "J1", "entries": [1, 2] }, { "judge": b.id, "code": "B", "entries": [20] }] }));
        a.post(ASSIGNMENTS, json!({ "items": [] })).await.problem(403, "forbidden");
        stage.open("final", "all").await;
        stage.sql("UPDATE round_groups SET phase = 'closed'").await;
        post(json!({ "items": [{ "judge": b.id, "entries": [1] }] })).await.problem(409, "group_closed");
        post(json!({ "group": "all", "judges": judges(&[&b]), "per_entry": 2 })).await.problem(409, "group_closed");
        stage.close().await;
    }

    async fn a_judge_steps_down_and_an_organizer_has_one_step_down(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (a, b) = (stage.judge("a").await, stage.judge("b").await);
        stage.final_of_four(&[&a, &b]).await;
        stage.open("final", "all").await;
        let recusal = |n: i64| format!("{CUP}/rounds/final/entries/{n}/recusal");
        let organizer = &stage.organizer;
        assert_eq!(a.post(&recusal(1), json!({ "reason": "My former student." })).await.ok(), &json!({ "entry": 1, "status": "recused" }));
        a.post(&recusal(1), json!({ "reason": "Again." })).await.problem(409, "already_recused");
        a.post(&recusal(2), json!({ "reason": " " })).await.wrong(&[("/reason", "reason_required")]);
        a.post(&recusal(2), json!({ "reason": "Not mine.", "judge": b.id })).await.problem(403, "forbidden");
        organizer.post(&recusal(2), json!({ "reason": "A relative.", "judge": b.id })).await.ok();
        organizer.post(&recusal(3), json!({ "reason": "Me." })).await.wrong(&[("/judge", "judge_not_assigned")]);
        stage.hall.person("stranger").await.post(&recusal(3), json!({ "reason": "Me." })).await.problem(404, "not_found");
        let owner = stage.hall.person("owner").await;
        stage.entry_with(50, Some(SHANGHAI), json!({}), Some(&owner)).await;
        owner.post(&recusal(50), json!({ "reason": "My own." })).await.problem(404, "not_found");
        organizer.post(&recusal(99), json!({ "reason": "None.", "judge": b.id })).await.problem(404, "not_found");
        organizer.post(ASSIGNMENTS, json!({ "items": [{ "judge": b.id, "entries": [2] }] })).await
            .wrong(&[("/items/0/entries/0", "judge_recused")]);
        let entries = organizer.get(&format!("{CUP}/rounds/final/entries?group=all")).await;
        let judges: Vec<_> = entries.ok()["items"].as_array().unwrap().iter().map(|e| e["judges"].clone()).collect();
        assert_eq!(judges, [json!(["J2"]), json!(["J1"]), json!(["J1", "J2"]), json!(["J1", "J2"])]);
        stage.sql("UPDATE round_groups SET phase = 'closed'").await;
        a.post(&recusal(4), json!({ "reason": "Late." })).await.problem(409, "group_closed");
        stage.close().await;
    }

    async fn an_absent_judge_is_not_waited_for_and_may_come_back(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (a, b) = (stage.judge("a").await, stage.judge("b").await);
        stage.final_of_four(&[&a, &b]).await;
        stage.open("final", "all").await;
        let absences = format!("{CUP}/rounds/final/groups/all/absences");
        let organizer = &stage.organizer;
        assert_eq!(organizer.post(&absences, json!({ "judge": b.id, "reason": "A cancelled flight." })).await.ok(),
            &json!({ "assignments": 4 }));
        let progress = organizer.get(&format!("{CUP}/rounds/final/progress")).await;
        assert_eq!((&progress.ok()["groups"][0]["assigned"], &progress.body["groups"][0]["absent"]), (&json!(4), &json!(4)));
        organizer.post(&absences, json!({ "judge": "nobody", "reason": "" })).await
            .wrong(&[("/reason", "reason_required"), ("/judge", "judge_not_in_group")]);
        a.post(&absences, json!({ "judge": b.id, "reason": "Gone." })).await.problem(403, "forbidden");
        let back = organizer.post(ASSIGNMENTS, json!({ "items": [{ "judge": b.id, "entries": [3, 4] }] })).await;
        assert_eq!((&back.created()["added"], &back.body["judges"][0]["entries"]), (&json!(2), &json!([3, 4])));
        stage.close().await;
    }

    async fn an_entry_is_disqualified_until_it_is_decided_who_goes_on(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let a = stage.judge("a").await;
        stage.final_of_four(&[&a]).await;
        stage.open("final", "all").await;
        let path = |n: i64| format!("{CUP}/rounds/final/entries/{n}/disqualification");
        let organizer = &stage.organizer;
        organizer.post(&path(1), json!({ "reason": "" })).await.wrong(&[("/reason", "reason_required")]);
        a.post(&path(1), json!({ "reason": "Bad." })).await.problem(403, "forbidden");
        let got = organizer.post(&path(1), json!({ "reason": "The prototype was bought." })).await;
        assert_eq!((&got.ok()["status"], &got.body["status_reason"]), (&json!("disqualified"), &json!("The prototype was bought.")));
        organizer.post(&path(1), json!({ "reason": "Again." })).await.problem(409, "entry_not_taking_part");
        organizer.post(&path(99), json!({ "reason": "None." })).await.problem(404, "not_found");
        let back = |n: i64| format!("{CUP}/rounds/final/entries/{n}/reinstatement");
        organizer.post(&back(2), json!({ "reason": "Never was." })).await.problem(409, "entry_not_disqualified");
        organizer.post(&back(1), json!({})).await.wrong(&[("/reason", "missing_field")]);
        let got = organizer.post(&back(1), json!({ "reason": "The jury heard the team." })).await;
        assert_eq!((&got.ok()["status"], &got.body["status_reason"]), (&json!("taking_part"), &json!(null)));
        organizer.post(&back(1), json!({ "reason": "Again." })).await.problem(409, "entry_not_disqualified");
        stage.sql("UPDATE round_groups SET phase = 'closed'").await;
        organizer.post(&path(2), json!({ "reason": "Found later." })).await.ok();
        stage.sql("UPDATE round_groups SET phase = 'decided'").await;
        organizer.post(&path(3), json!({ "reason": "Too late." })).await.problem(409, "group_decided");
        organizer.post(&back(2), json!({ "reason": "Too late." })).await.problem(409, "group_decided");
        stage.close().await;
    }
}
