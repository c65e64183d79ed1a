//! Rounds, taking entries in, opening groups.

use palmares::domain::user::Role;
use serde_json::{Value, json};

use crate::cup::{CHENGDU, CUP, SHANGHAI, Stage, panel, rules};
use crate::hall::Hall;

fn round(code: &str) -> Value {
    json!({ "code": code, "title": { "en": "Round", "zh": "轮次" } })
}

both_databases! {
    async fn an_organizer_adds_rounds_in_order_and_everybody_reads_them(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let organizer = &stage.organizer;
        let rounds = format!("{CUP}/rounds");
        let first = organizer.post(&rounds, round("paper-review")).await;
        assert_eq!(first.created()["position"], 1);
        assert_eq!(first.header("location").unwrap(), "/api/v1/competitions/cup/rounds/paper-review");
        let second = organizer.post(&rounds, json!({ "code": "final", "title": { "zh": "决赛" }, "on_stage": true,
            "release": "total", "public_list": "advancing" })).await;
        assert_eq!(second.created(), &json!({ "code": "final", "title": { "zh": "决赛" }, "position": 2,
            "on_stage": true, "release": "total", "public_list": "advancing", "rules_version": 0, "fixed_at": null,
            "phase": "draft", "groups": [], "version": 1 }));
        organizer.post(&rounds, round("final")).await.wrong(&[("/code", "code_taken")]);
        organizer.post(&rounds, json!({ "code": "accepted", "title": {} })).await
            .wrong(&[("/title", "text_blank"), ("/code", "code_reserved")]);
        organizer.post(&rounds, json!({ "code": "Final!", "title": { "en": "F" } })).await
            .wrong(&[("/code", "not_a_code")]);
        let list = stage.hall.guest().get(&rounds).await;
        let codes: Vec<_> = list.ok()["items"].as_array().unwrap().iter().map(|r| r["code"].clone()).collect();
        assert_eq!(codes, ["paper-review", "final"]);
        organizer.get(&format!("{rounds}/nowhere")).await.problem(404, "not_found");
        stage.close().await;
    }

    async fn a_repeated_post_adds_one_round(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let send = || stage.organizer.send(reqwest::Method::POST, "/competitions/cup/rounds",
            Some(round("final").to_string()), &[("Idempotency-Key", "k1")]);
        let (first, second) = (send().await, send().await);
        assert_eq!(first.created(), second.created());
        stage.close().await;
    }

    async fn a_round_changes_only_from_the_version_that_was_seen(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let organizer = &stage.organizer;
        organizer.post(&format!("{CUP}/rounds"), round("final")).await.created();
        let path = format!("{CUP}/rounds/final");
        let tag = organizer.get(&path).await.tag();
        let changed = json!({ "code": "final", "title": { "en": "Grand final" } });
        let second = organizer.put(&path, &tag, changed.clone()).await;
        assert_eq!((second.ok()["version"].clone(), second.tag()), (json!(2), "\"v2\"".into()));
        assert_eq!(organizer.put(&path, &tag, changed).await.ok()["version"], 2, "the same once more");
        organizer.put(&path, &tag, round("final")).await.problem(412, "stale");
        let send = |headers: &'static [(&str, &str)]| organizer.send(reqwest::Method::PUT, "/competitions/cup/rounds/final",
            Some(round("final").to_string()), headers);
        send(&[]).await.problem(428, "precondition_required");
        organizer.put(&path, "\"v2\"", round("finale")).await.problem(409, "code_fixed");
        stage.close().await;
    }

    async fn only_organizers_of_the_whole_competition_make_rounds(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let rounds = format!("{CUP}/rounds");
        let (scoped, judge) = (stage.hall.person("scoped").await, stage.judge("judge").await);
        stage.member(&scoped, Role::Organizer, Some(SHANGHAI)).await;
        let stranger = stage.hall.person("stranger").await;
        for who in [&scoped, &judge, &stranger] {
            who.post(&rounds, round("final")).await.problem(403, "forbidden");
        }
        stage.hall.guest().post(&rounds, round("final")).await.problem(401, "sign_in_required");
        stage.sql("UPDATE competitions SET published_at = NULL").await;
        stranger.post(&rounds, round("final")).await.problem(404, "not_found");
        stage.hall.guest().get(&rounds).await.problem(404, "not_found");
        stage.close().await;
    }

    async fn an_intake_sorts_the_accepted_entries_into_groups_and_names_those_it_cant(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let organizer = &stage.organizer;
        stage.entry(1, CHENGDU).await;
        stage.entry(2, SHANGHAI).await;
        stage.entry(3, SHANGHAI).await;
        stage.entry_with(4, None, json!({ "stage": "growth" }), None).await;
        stage.entry_with(5, Some(SHANGHAI), json!({}), None).await;
        stage.entry(6, SHANGHAI).await;
        stage.sql("UPDATE entries SET status = 'submitted' WHERE number = 6").await;
        organizer.post(&format!("{CUP}/rounds"), round("final")).await.created();
        let intake = format!("{CUP}/rounds/final/intake");
        organizer.post(&intake, json!({})).await.problem(409, "rules_missing");
        let by_both = rules(json!({ "ranking": { "group_by": ["region", "stage"] } }));
        organizer.put_new(&format!("{CUP}/rounds/final/rules"), by_both).await.created();
        let taken = organizer.post(&intake, json!({})).await;
        assert_eq!(taken.ok(), &json!({ "added": 3, "already": 0, "removed": [],
            "unplaced": [{ "entry": 4, "lacks": ["region"] }, { "entry": 5, "lacks": ["stage"] }], "refused": [], "without_judges": [],
            "groups": [
                { "code": "shanghai-start-up", "title": { "en": "Shanghai · Start-up", "zh": "上海 · Start-up" },
                  "phase": "draft", "entries": 2 },
                { "code": "chengdu-start-up", "title": { "en": "Chengdu · Start-up", "zh": "成都 · Start-up" },
                  "phase": "draft", "entries": 1 }] }));
        stage.entry(7, CHENGDU).await;
        let again = organizer.post(&intake, json!({ "from": "accepted" })).await;
        assert_eq!((&again.ok()["added"], &again.body["already"]), (&json!(1), &json!(3)));
        organizer.post(&intake, json!({ "from": "semi-final" })).await.wrong(&[("/from", "not_an_earlier_round")]);
        organizer.post(&intake, json!({ "form": "accepted" })).await.wrong(&[("/form", "unknown_field")]);
        stage.judge("judge").await.post(&intake, json!({})).await.problem(403, "forbidden");
        stage.close().await;
    }

    async fn a_later_round_takes_those_who_go_on_and_lets_go_of_those_who_no_longer_do(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        for number in 1..=4 {
            stage.entry(number, SHANGHAI).await;
        }
        stage.round("semi", json!({})).await;
        stage.round("final", json!({})).await;
        let intake = |round: &'static str| stage.organizer.post(
            if round == "semi" { "/competitions/cup/rounds/semi/intake" } else { "/competitions/cup/rounds/final/intake" }, json!({}));
        assert_eq!(intake("semi").await.ok()["added"], 4);
        intake("final").await.problem(409, "not_decided");
        decide(&stage, 1, &[1, 2]).await;
        assert_eq!(intake("final").await.ok()["added"], 2);
        stage.sql("UPDATE advancements SET superseded_at = decided_at").await;
        decide(&stage, 2, &[2, 3]).await;
        let again = intake("final").await;
        assert_eq!((&again.ok()["added"], &again.body["already"], &again.body["removed"]),
            (&json!(1), &json!(1), &json!([1])));
        stage.close().await;
    }

    async fn a_group_opens_once_it_can_be_judged_and_then_its_rules_are_fixed(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let judge = stage.judge("judge").await;
        let organizer = &stage.organizer;
        stage.final_of_four(&[&judge]).await;
        let open = format!("{CUP}/rounds/final/groups/all/opening");
        stage.entry(5, SHANGHAI).await;
        organizer.post(&format!("{CUP}/rounds/final/intake"), json!({})).await.ok();
        let refused = organizer.post(&open, json!({})).await;
        refused.problem(409, "entries_without_judges");
        assert_eq!(refused.body["params"], json!({ "count": "1", "entries": "5" }));
        organizer.put(&format!("{CUP}/rounds/final/panels/a"), "\"v1\"", panel("all", &[&judge])).await.ok();
        judge.post(&open, json!({})).await.problem(403, "forbidden");
        let opened = organizer.post(&open, json!({})).await;
        assert_eq!((&opened.ok()["phase"], &opened.body["entries"], &opened.body["judges"]),
            (&json!("open"), &json!(5), &json!(1)));
        organizer.post(&open, json!({})).await.problem(409, "group_not_draft");
        let round = organizer.get(&format!("{CUP}/rounds/final")).await;
        assert_eq!(round.ok()["phase"], "open");
        assert!(round.body["fixed_at"].is_string());
        stage.entry(6, SHANGHAI).await;
        let late = organizer.post(&format!("{CUP}/rounds/final/intake"), json!({})).await;
        assert_eq!((&late.ok()["added"], &late.body["refused"]), (&json!(0), &json!([{ "entry": 6, "group": "all" }])));
        organizer.post(&format!("{CUP}/rounds/final/groups/none/opening"), json!({})).await.problem(404, "not_found");
        stage.close().await;
    }

    async fn an_organizer_of_a_region_opens_and_sees_its_group_only(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (judge, scoped) = (stage.judge("judge").await, stage.hall.person("scoped").await);
        stage.member(&scoped, Role::Organizer, Some(SHANGHAI)).await;
        stage.entry(1, SHANGHAI).await;
        stage.entry(2, CHENGDU).await;
        stage.round("semi", json!({ "ranking": { "group_by": ["region"] } })).await;
        stage.organizer.post(&format!("{CUP}/rounds/semi/intake"), json!({})).await.ok();
        let panels = format!("{CUP}/rounds/semi/panels");
        scoped.put_new(&format!("{panels}/s"), panel("shanghai", &[&judge])).await.created();
        scoped.put_new(&format!("{panels}/c"), panel("chengdu", &[&judge])).await.problem(403, "forbidden");
        stage.organizer.put_new(&format!("{panels}/c"), panel("chengdu", &[&judge])).await.created();
        let groups = scoped.get(&format!("{CUP}/rounds/semi/groups")).await;
        assert_eq!(groups.ok()["items"].as_array().unwrap().len(), 1);
        assert_eq!(scoped.get(&panels).await.ok()["items"].as_array().unwrap().len(), 1);
        scoped.post(&format!("{CUP}/rounds/semi/groups/chengdu/opening"), json!({})).await.problem(403, "forbidden");
        scoped.post(&format!("{CUP}/rounds/semi/groups/shanghai/opening"), json!({})).await.ok();
        judge.get(&format!("{CUP}/rounds/semi/groups")).await.problem(403, "forbidden");
        stage.close().await;
    }
}

/// Writes down that of the round `semi` these entries go on.
async fn decide(stage: &Stage, number: i64, entries: &[i64]) {
    stage
        .sql(format!(
            "INSERT INTO advancements (round_id, number, revisions, rules_version, request, document, decided_by, decided_at)
             SELECT r.id, {number}, '{{}}', 1, '{{}}', '{{}}', u.id, r.created_at FROM rounds r, users u
              WHERE r.code = 'semi' AND u.email = 'organizer@example.org'"
        ))
        .await;
    for entry in 1..=4 {
        let outcome = if entries.contains(&entry) {
            "advances"
        } else {
            "not_advanced"
        };
        stage
            .sql(format!(
                "INSERT INTO advancement_outcomes (advancement_id, round_entry_id, outcome, awards)
                 SELECT a.id, e.id, '{outcome}', '[]' FROM advancements a
                   JOIN round_entries e ON e.round_id = a.round_id JOIN entries n ON n.id = e.entry_id
                  WHERE a.number = {number} AND n.number = {entry}"
            ))
            .await;
    }
}
