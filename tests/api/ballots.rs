//! A judge's own ballots: drafts, submissions, amendments, two tabs, and everything that is no mark.

use palmares::domain::round::Phase;
use reqwest::Method;
use serde_json::json;

use crate::stage::{Stage, entry};

both_databases! {
    async fn a_judge_drafts_submits_and_amends_a_ballot(db) {
        let stage = Stage::open(db).await;
        let (ballot, submission) = (entry(1, "ballot"), entry(1, "ballot/submission"));
        stage.wang.get(&ballot).await.problem(404, "not_found");
        let first = stage.wang.put_new(&ballot, json!({ "marks": { "technology": "27.5" }, "comment": "Fine." })).await;
        let expected = json!({ "version": 1, "status": "draft", "marks": { "technology": "27.5" }, "total": null,
            "missing": ["team"], "comment": "Fine." });
        assert_eq!(first.created(), &expected);
        assert_eq!(first.tag(), "\"v1\"");
        assert_eq!(first.header("location").unwrap(), format!("/api/v1{ballot}"));
        assert_eq!(stage.wang.get(&ballot).await.ok(), &expected);
        let written = json!({ "marks": { "technology": 27.5, "team": 20 }, "comment": "Fine." });
        stage.wang.put(&ballot, "\"v1\"", written.clone()).await.ok();
        let submitted = stage.wang.post_on(&submission, Some("\"v2\""), None).await;
        let expected = json!({ "version": 3, "status": "submitted", "counted": 3,
            "marks": { "technology": "27.5", "team": "20.0" }, "total": "47.50", "missing": [], "comment": "Fine." });
        assert_eq!(submitted.ok(), &expected);
        // What is edited on top does not count until it is submitted too.
        let edited = stage.wang.put(&ballot, "\"v3\"", json!({ "marks": { "technology": "1" } })).await;
        assert_eq!((&edited.ok()["status"], &edited.body["counted"]), (&json!("draft"), &json!(3)));
        let again = json!({ "marks": { "technology": "0", "team": "0" } });
        let amended = stage.wang.post_on(&submission, Some(&edited.tag()), Some(again)).await;
        assert_eq!((&amended.ok()["counted"], &amended.body["total"]), (&json!(5), &json!("0.00")));
        assert_eq!(amended.body["comment"], json!(null));
        let subject = "rounds/final/entries/1/ballots/J1".to_owned();
        assert_eq!(stage.log().await, [("submission".into(), subject.clone()), ("submission".into(), subject)]);
        stage.close().await;
    }

    async fn every_submitted_version_is_kept_for_ever(db) {
        let stage = Stage::open(db).await;
        let submission = entry(1, "ballot/submission");
        let sheet = |mark: &str| Some(json!({ "marks": { "technology": mark, "team": "1" } }));
        stage.wang.post_on(&submission, None, sheet("1")).await.ok();
        stage.wang.post_on(&submission, Some("\"v1\""), sheet("2")).await.ok();
        stage.wang.put(&entry(1, "ballot"), "\"v2\"", json!({ "marks": { "technology": "3" } })).await.ok();
        let all = stage.organizer.get(&entry(1, "ballots")).await;
        let wang = &all.ok()["items"][0];
        assert_eq!((&wang["code"], &wang["status"], &wang["counted"]), (&json!("J1"), &json!("draft"), &json!(2)));
        let versions = wang["versions"].as_array().unwrap();
        let marks: Vec<_> = versions.iter().map(|v| (&v["number"], &v["marks"]["technology"], &v["total"])).collect();
        assert_eq!(marks, [(&json!(1), &json!("1.0"), &json!("2.00")), (&json!(2), &json!("2.0"), &json!("3.00"))]);
        assert_eq!(all.body["items"][1]["versions"], json!([]), "Li has not begun");
        assert_eq!(all.body["items"][1]["status"], json!("none"));
        stage.close().await;
    }

    async fn two_tabs_never_overwrite_each_other_silently(db) {
        let stage = Stage::open(db).await;
        let ballot = entry(1, "ballot");
        let sheet = |mark: &str| json!({ "marks": { "technology": mark } });
        stage.wang.put_new(&ballot, sheet("1")).await.created();
        stage.wang.put(&ballot, "\"v1\"", sheet("2")).await.ok();
        let stale = stage.wang.put(&ballot, "\"v1\"", sheet("3")).await;
        stale.problem(412, "stale");
        assert_eq!((&stale.body["version"], stale.tag()), (&json!(2), "\"v2\"".to_owned()));
        assert_eq!(stale.body["current"]["marks"]["technology"], "2.0");
        assert_eq!(stale.body["current"], *stage.wang.get(&ballot).await.ok());
        stage.wang.put_new(&ballot, sheet("3")).await.problem(412, "stale");
        let whole = json!({ "marks": { "technology": "3", "team": "3" } });
        stage.wang.post_on(&entry(1, "ballot/submission"), Some("\"v1\""), Some(whole)).await.problem(412, "stale");
        // A proxy that compresses weakens the tag.
        stage.wang.put(&ballot, "W/\"v2\"", sheet("4")).await.ok();
        stage.close().await;
    }

    async fn the_same_request_again_changes_nothing(db) {
        let stage = Stage::open(db).await;
        let (ballot, submission) = (entry(1, "ballot"), entry(1, "ballot/submission"));
        let sheet = json!({ "marks": { "technology": "1", "team": "2" } });
        stage.wang.put_new(&ballot, sheet.clone()).await.created();
        let again = stage.wang.put_new(&ballot, sheet.clone()).await;
        assert_eq!((again.ok()["version"].clone(), again.tag()), (json!(1), "\"v1\"".into()));
        stage.wang.post_on(&submission, Some("\"v1\""), None).await.ok();
        let again = stage.wang.post_on(&submission, Some("\"v1\""), None).await;
        assert_eq!(again.ok()["version"], 2);
        let again = stage.wang.post_on(&submission, None, Some(sheet.clone())).await;
        assert_eq!(again.ok()["version"], 2);
        let delayed = stage.wang.put_new(&ballot, sheet.clone()).await;
        assert_eq!(delayed.ok()["status"], "submitted", "a draft that comes twice takes nothing back");
        stage.phase(Phase::Closed).await;
        let again = stage.wang.post_on(&submission, Some("\"v1\""), Some(sheet)).await;
        assert_eq!(again.ok()["status"], "submitted", "an answer that got lost before closure");
        assert_eq!(stage.log().await.len(), 1);
        stage.close().await;
    }

    async fn what_is_no_mark_is_refused_with_its_place_and_nothing_changes(db) {
        let stage = Stage::open(db).await;
        let ballot = entry(1, "ballot");
        for (mark, code) in [
            (r#""1,25""#, "mark_not_a_number"), (r#""NaN""#, "mark_not_a_number"), ("1e3", "mark_not_a_number"),
            (r#""1e3""#, "mark_not_a_number"), ("1e400", "mark_not_a_number"), ("null", "mark_not_a_number"),
            (r#""""#, "mark_not_a_number"), ("true", "mark_not_a_number"), ("[1]", "mark_not_a_number"),
            ("30.5", "mark_above_maximum"), (r#""99999999999""#, "mark_above_maximum"),
            ("-0.5", "mark_below_minimum"), ("27.25", "mark_off_step"), (r#""27.5001""#, "mark_off_step"),
        ] {
            let body = format!(r#"{{ "marks": {{ "technology": {mark} }} }}"#);
            stage.wang.put_text(&ballot, &body).await.wrong(&[("/marks/technology", code)]);
        }
        let above = stage.wang.put_new(&ballot, json!({ "marks": { "technology": "33" } })).await;
        let error = &above.body["errors"][0];
        assert_eq!((&error["params"]["maximum"], &error["params"]["given"]), (&json!("30"), &json!("33")));
        assert_eq!(error["detail"], "Technology takes 0 to 30; 33 was given.");
        let chinese = stage.wang.speaking("zh").put_new(&ballot, json!({ "marks": { "technology": "33" } })).await;
        assert_eq!(chinese.body["errors"][0]["detail"], "技术的分值为 0 至 30，给出的是 33。");
        let many = json!({ "marks": { "market": 1, "technology": "x", "votes": 5 } });
        stage.wang.put_new(&ballot, many).await.wrong(&[
            ("/marks/market", "mark_unknown_criterion"), ("/marks/technology", "mark_not_a_number"),
            ("/marks/votes", "mark_of_recorded_criterion"),
        ]);
        let long = json!({ "marks": {}, "comment": "评".repeat(10_001) });
        stage.wang.put_new(&ballot, long).await.wrong(&[("/comment", "text_too_long")]);
        for (body, code) in [("NaN", "malformed"), ("{", "malformed"), ("marks", "malformed"), ("", "malformed")] {
            stage.wang.put_text(&ballot, body).await.problem(400, code);
        }
        stage.wang.put_text(&ballot, r#"{"marks":{"technology":NaN}}"#).await.problem(400, "malformed");
        stage.wang.put_new(&ballot, json!({ "marks": {}, "total": 3 })).await.wrong(&[("/total", "unknown_field")]);
        stage.wang.put_new(&ballot, json!({ "comment": "x" })).await.wrong(&[("/marks", "missing_field")]);
        stage.wang.put_new(&ballot, json!({ "marks": [1] })).await.wrong(&[("/marks", "wrong_type")]);
        stage.wang.put_text(&ballot, r#"{"marks":{"team":1,"team":2}}"#).await
            .wrong(&[("/marks/team", "duplicate_key")]);
        let bare = stage.wang.send(Method::PUT, &ballot, Some(r#"{"marks":{}}"#.into()), &[]).await;
        bare.problem(428, "precondition_required");
        stage.wang.post(&entry(1, "ballot/submission"), json!({ "marks": {} })).await
            .problem(428, "precondition_required");
        stage.wang.put(&ballot, "\"x\"", json!({ "marks": {} })).await.wrong(&[("If-Match:", "version_tag")]);
        stage.wang.get(&ballot).await.problem(404, "not_found");
        assert!(stage.log().await.is_empty());
        stage.close().await;
    }

    async fn a_submission_needs_every_mark(db) {
        let stage = Stage::open(db).await;
        let submission = entry(1, "ballot/submission");
        stage.wang.post_on(&submission, None, None).await.problem(404, "not_found");
        let half = json!({ "marks": { "technology": "27.5" } });
        stage.wang.post_on(&submission, None, Some(half.clone())).await.wrong(&[("/marks/team", "mark_missing")]);
        stage.wang.put_new(&entry(1, "ballot"), half).await.created();
        stage.wang.post_on(&submission, Some("\"v1\""), None).await.wrong(&[("/marks/team", "mark_missing")]);
        stage.wang.post_on(&submission, Some("\"v9\""), Some(json!({ "marks": { "technology": 1, "team": 1 } }))).await
            .problem(412, "stale");
        stage.close().await;
    }

    async fn a_comment_can_be_asked_for_or_not_be_wanted(db) {
        let required = r#"{ "schema": 1, "rubric": { "comment": "required",
            "criteria": [ { "code": "technology", "max": "30" } ] } }"#;
        let stage = Stage::with_rules(db, required).await;
        let submission = entry(1, "ballot/submission");
        let with = |comment: &str| Some(json!({ "marks": { "technology": "27" }, "comment": comment }));
        stage.wang.post_on(&submission, None, with(" ")).await.wrong(&[("/comment", "comment_missing")]);
        stage.wang.put_new(&entry(1, "ballot"), json!({ "marks": {} })).await.created();
        stage.wang.post_on(&submission, Some("\"v1\""), with("清楚。")).await.ok();
        stage.close().await;
    }

    async fn only_whom_it_concerns_marks_an_entry(db) {
        let stage = Stage::open(db).await;
        let sheet = json!({ "marks": { "technology": "1" } });
        let put = |who: &crate::hall::Persona, number| {
            let (who, sheet) = (who.clone(), sheet.clone());
            async move { who.put_new(&entry(number, "ballot"), sheet).await }
        };
        put(&stage.wang, 3).await.problem(404, "not_found");
        put(&stage.stranger, 1).await.problem(404, "not_found");
        put(&stage.hall.guest(), 1).await.problem(401, "sign_in_required");
        put(&stage.zhou, 1).await.problem(404, "not_found");
        for member in [&stage.organizer, &stage.clerk, &stage.observer] {
            put(member, 1).await.problem(403, "forbidden");
        }
        put(&stage.li, 2).await.problem(409, "judge_recused");
        put(&stage.li, 3).await.problem(409, "judge_absent");
        put(&stage.wang, 99).await.problem(404, "not_found");
        put(&stage.wang, 1).await.created();
        stage.li.get(&entry(1, "ballot")).await.problem(404, "not_found");
        stage.organizer.get(&entry(1, "ballot")).await.problem(403, "forbidden");
        stage.close().await;
    }

    async fn marks_are_taken_while_the_group_is_open(db) {
        let stage = Stage::open(db).await;
        let sheet = json!({ "marks": { "technology": "1", "team": "1" } });
        stage.phase(Phase::Draft).await;
        stage.wang.put_new(&entry(1, "ballot"), sheet.clone()).await.problem(409, "group_not_open");
        stage.wang.post_on(&entry(1, "ballot/submission"), None, Some(sheet.clone())).await
            .problem(409, "group_not_open");
        for phase in [Phase::Closed, Phase::Decided, Phase::Published] {
            stage.phase(phase).await;
            let refused = stage.wang.put_new(&entry(1, "ballot"), sheet.clone()).await;
            refused.problem(409, "group_closed");
            assert!(refused.body["detail"].as_str().unwrap().contains("kept as late"), "{}", refused.text);
        }
        stage.close().await;
    }
}

both_databases! {
    async fn all_ballots_of_an_entry_are_for_those_who_run_and_watch_the_round(db) {
        let stage = Stage::open(db).await;
        let (path, sheet) = (entry(1, "ballots"), json!({ "marks": { "technology": "1", "team": "1" } }));
        stage.wang.post_on(&entry(1, "ballot/submission"), None, Some(sheet.clone())).await.ok();
        stage.li.put_new(&entry(1, "ballot"), sheet).await.created();
        for reader in [&stage.organizer, &stage.observer] {
            let list = reader.get(&path).await;
            let item = |i: usize| (list.ok()["items"][i]["code"].clone(), list.body["items"][i]["status"].clone());
            assert_eq!([item(0), item(1)], [(json!("J1"), json!("submitted")), (json!("J2"), json!("draft"))]);
            assert_eq!(list.body["items"][1]["versions"], json!([]), "a draft stays with its judge");
            assert_eq!(list.body["items"][0]["judge"], stage.wang.id.as_str());
        }
        for other in [&stage.wang, &stage.li, &stage.clerk, &stage.zhou] {
            other.get(&path).await.problem(403, "forbidden");
        }
        stage.phase(Phase::Closed).await;
        stage.wang.get(&path).await.ok();
        stage.li.get(&path).await.problem(403, "forbidden");
        let recused = stage.organizer.get(&entry(2, "ballots")).await;
        assert_eq!(recused.ok()["items"][1]["assignment"], "recused");
        stage.close().await;
    }
}
