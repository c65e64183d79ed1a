//! Panels: who sits on them, what they mark.

use palmares::domain::user::Role;
use serde_json::{Value, json};

use crate::cup::{CHENGDU, CUP, SHANGHAI, Stage, panel};
use crate::hall::Hall;

const A: &str = "/competitions/cup/rounds/final/panels/a";

both_databases! {
    async fn a_panel_marks_all_entries_of_its_group(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (zhao, qian) = (stage.judge("zhao").await, stage.judge("qian").await);
        stage.final_of_four(&[&zhao, &qian]).await;
        let again = stage.organizer.put_new(A, panel("all", &[&zhao, &qian])).await;
        assert_eq!((&again.ok()["version"], again.tag()), (&json!(1), "\"v1\"".into()), "the same once more");
        let list = stage.organizer.get(&format!("{CUP}/rounds/final/panels")).await;
        assert_eq!(list.ok()["items"][0], json!({ "code": "a", "title": {}, "group": "all", "version": 1, "judges": [
            { "judge": zhao.id, "code": "J1", "name": "zhao", "class": null, "sealed": false, "chair": false },
            { "judge": qian.id, "code": "J2", "name": "qian", "class": null, "sealed": false, "chair": false } ],
            "entries": [1, 2, 3, 4] }));
        let assignments = stage.organizer.get(&format!("{CUP}/rounds/final/assignments")).await;
        assert_eq!(assignments.ok()["items"].as_array().unwrap().len(), 8);
        assert_eq!(assignments.body["items"][0], json!({ "entry": 1, "group": "all", "judge": zhao.id, "code": "J1",
            "status": "assigned", "reason": null, "panel": "a" }));
        stage.close().await;
    }

    async fn before_the_opening_a_panel_is_replaced_and_the_same_once_more_changes_nothing(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (zhao, qian) = (stage.judge("zhao").await, stage.judge("qian").await);
        stage.final_of_four(&[&zhao]).await;
        let organizer = &stage.organizer;
        let body = json!({ "title": { "en": "Panel A" }, "group": "all", "entries": [2, 4],
            "judges": [{ "judge": qian.id, "code": "Q", "class": "investor", "chair": true }] });
        let changed = organizer.put(A, "\"v1\"", body.clone()).await;
        assert_eq!(changed.ok(), &json!({ "code": "a", "title": { "en": "Panel A" }, "group": "all", "version": 2,
            "judges": [{ "judge": qian.id, "code": "Q", "name": "qian", "class": "investor", "sealed": false, "chair": true }],
            "entries": [2, 4] }));
        let again = organizer.put(A, "\"v1\"", body).await;
        assert_eq!((again.ok(), again.tag()), (&changed.body, "\"v2\"".into()));
        organizer.put(A, "\"v1\"", panel("all", &[&zhao])).await.problem(412, "stale");
        organizer.put_new(A, panel("all", &[&zhao])).await.problem(412, "stale");
        let back = organizer.put(A, "\"v2\"", panel("all", &[&zhao])).await;
        assert_eq!(back.ok()["judges"][0]["code"], "J1", "whoever left gave their code back");
        stage.close().await;
    }

    async fn once_open_judges_join_and_nobody_is_taken_off(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (zhao, qian) = (stage.judge("zhao").await, stage.judge("qian").await);
        stage.final_of_four(&[&zhao]).await;
        stage.open("final", "all").await;
        let organizer = &stage.organizer;
        let refused = organizer.put(A, "\"v1\"", panel("all", &[&qian])).await;
        refused.problem(409, "judges_fixed");
        assert_eq!(refused.body["params"]["judges"], "J1");
        let mut fewer = panel("all", &[&zhao]);
        fewer["entries"] = json!([1, 2, 3]);
        organizer.put(A, "\"v1\"", fewer).await.problem(409, "entries_fixed");
        let joined = organizer.put(A, "\"v1\"", panel("all", &[&zhao, &qian])).await;
        assert_eq!(joined.ok()["judges"][1]["code"], "J2");
        let mut renamed = panel("all", &[&zhao, &qian]);
        renamed["judges"][0]["code"] = "Z".into();
        organizer.put(A, "\"v2\"", renamed).await.wrong(&[("/judges/0/code", "judge_code_fixed")]);
        stage.sql("UPDATE round_groups SET phase = 'closed'").await;
        organizer.put(A, "\"v2\"", panel("all", &[&zhao])).await.problem(409, "group_closed");
        stage.close().await;
    }

    async fn who_cant_judge_is_named(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (owner, teammate) = (stage.judge("owner").await, stage.judge("teammate").await);
        let (scoped, stranger) = (stage.hall.person("scoped").await, stage.hall.person("stranger").await);
        stage.member(&scoped, Role::Judge, Some(CHENGDU)).await;
        stage.entry(1, SHANGHAI).await;
        stage.entry_with(2, Some(SHANGHAI), json!({}), Some(&owner)).await;
        let third = stage.entry(3, SHANGHAI).await;
        stage.team(third, "teammate@example.org").await;
        stage.entry(4, CHENGDU).await;
        stage.round("final", json!({})).await;
        stage.organizer.post(&format!("{CUP}/rounds/final/intake"), json!({})).await.ok();
        let put = |body: Value| stage.organizer.put_new(A, body);
        let got = put(panel("all", &[&owner, &teammate, &scoped, &stranger, &owner])).await;
        got.wrong(&[
            ("/judges/3/judge", "not_a_judge"), ("/judges/4/judge", "judge_twice"),
            ("/judges/0/judge", "judge_has_interest"), ("/judges/1/judge", "judge_has_interest"),
            ("/judges/2/judge", "judge_out_of_region"), ("/judges/4/judge", "judge_has_interest")]);
        let errors = &got.body["errors"];
        assert_eq!((&errors[2]["params"]["entries"], &errors[3]["params"]["entries"], &errors[4]["params"]["entries"]),
            (&json!("2"), &json!("3"), &json!("1, 2, 3")));
        let mut wrong = panel("all", &[]);
        wrong["judges"] = json!([]);
        wrong["entries"] = json!([1, 9]);
        put(wrong).await.wrong(&[("/judges", "judges_empty"), ("/entries/1", "entry_not_in_group")]);
        put(panel("none", &[&owner])).await.wrong(&[("/group", "no_such_group")]);
        let mut codes = panel("all", &[&owner, &teammate]);
        codes["entries"] = json!([1]);
        codes["judges"][0]["code"] = "评委".into();
        codes["judges"][1]["code"] = "评委".into();
        codes["judges"][0]["chair"] = true.into();
        codes["judges"][1]["chair"] = true.into();
        put(codes).await.wrong(&[("/judges/1/chair", "one_chair"), ("/judges/0/code", "judge_code"),
            ("/judges/1/code", "judge_code"), ("/judges/1/code", "judge_code_taken")]);
        let mut fine = panel("all", &[&scoped]);
        fine["entries"] = json!([4]);
        put(fine).await.created();
        owner.put_new(A, panel("all", &[&owner])).await.problem(403, "forbidden");
        stage.close().await;
    }

    async fn two_panels_share_a_group_and_not_an_entry_of_one_judge(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let (zhao, qian) = (stage.judge("zhao").await, stage.judge("qian").await);
        stage.final_of_four(&[&zhao]).await;
        let mut half = panel("all", &[&zhao]);
        half["entries"] = json!([1, 2]);
        stage.organizer.put(A, "\"v1\"", half).await.ok();
        let b = format!("{CUP}/rounds/final/panels/b");
        stage.organizer.put_new(&b, panel("all", &[&zhao, &qian])).await.wrong(&[("/judges/0/judge", "judge_in_other_panel")]);
        let mut other = panel("all", &[&zhao, &qian]);
        other["entries"] = json!([3, 4]);
        stage.organizer.put_new(&b, other).await.created();
        stage.open("final", "all").await;
        stage.close().await;
    }
}
