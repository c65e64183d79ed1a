//! The rules of a round: given, changed, fixed.

use serde_json::{Value, json};

use crate::cup::{CUP, SHANGHAI, Stage, rules};
use crate::hall::{Hall, Persona};

const RULES: &str = "/competitions/cup/rounds/final/rules";

/// The rules with other limits.
fn limits(idea: &str, team: &str) -> Value {
    let mut rules = rules(json!({}));
    rules["rubric"]["criteria"][0]["max"] = idea.into();
    rules["rubric"]["criteria"][1]["max"] = team.into();
    rules
}

async fn submit(judge: &Persona, entry: i64, idea: &str) {
    let path = format!("{CUP}/rounds/final/entries/{entry}/ballot/submission");
    let body = json!({ "marks": { "idea": idea, "team": "30" } });
    judge.post_on(&path, None, Some(body)).await.ok();
}

both_databases! {
    async fn a_document_is_kept_in_its_canonical_form_and_read_by_everybody(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let organizer = &stage.organizer;
        organizer.post(&format!("{CUP}/rounds"), json!({ "code": "final", "title": { "en": "F" } })).await.created();
        organizer.get(RULES).await.problem(404, "not_found");
        let mut wordy = rules(json!({ "panel": { "common": false } }));
        wordy["rubric"]["criteria"][0]["max"] = json!(60);
        let made = organizer.put_new(RULES, wordy.clone()).await;
        assert_eq!((made.created(), made.tag()), (&rules(json!({})), "\"v1\"".into()));
        assert_eq!(stage.hall.guest().get(RULES).await.ok(), &rules(json!({})));
        let again = organizer.put(RULES, "\"v1\"", wordy).await;
        assert_eq!((again.ok(), again.tag()), (&rules(json!({})), "\"v1\"".into()));
        let stale = organizer.put_new(RULES, limits("50", "50")).await;
        stale.problem(412, "stale");
        assert_eq!((&stale.body["version"], &stale.body["current"]), (&json!(1), &rules(json!({}))));
        let second = organizer.put(RULES, "\"v1\"", limits("50", "50")).await;
        assert_eq!((second.ok(), second.tag()), (&limits("50", "50"), "\"v2\"".into()));
        let send = |headers: &'static [(&str, &str)]| organizer.send(reqwest::Method::PUT, RULES,
            Some(rules(json!({})).to_string()), headers);
        send(&[]).await.problem(428, "precondition_required");
        stage.close().await;
    }

    async fn a_document_that_contradicts_itself_or_the_competition_names_each_place(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let organizer = &stage.organizer;
        organizer.post(&format!("{CUP}/rounds"), json!({ "code": "final", "title": { "en": "F" } })).await.created();
        let put = |settings: Value| organizer.put_new(RULES, rules(settings));
        put(json!({ "ranking": { "group_by": ["country"] }, "carry": [{ "round": "semi", "weight": "0.3" }], "own_weight": "0.7",
            "rounding": { "entry": { "decimals": 2 }, "round": { "decimals": 2 } } })).await
            .wrong(&[("/carry/0/round", "unknown_round"), ("/ranking/group_by/0", "unknown_grouping")]);
        put(json!({ "ranking": { "ties": [{ "by": "criterion", "code": "charm" }] } })).await
            .wrong(&[("/ranking/ties/0/code", "unknown_criterion")]);
        put(json!({ "colour": "blue" })).await.wrong(&[("/colour", "unknown_key")]);
        let send = |body: &str| organizer.send(reqwest::Method::PUT, RULES, Some(body.to_owned()), &[("If-None-Match", "*")]);
        send("{").await.problem(400, "malformed");
        send("[]").await.wrong(&[("", "wrong_type")]);
        stage.judge("judge").await.put_new(RULES, rules(json!({}))).await.problem(403, "forbidden");
        organizer.get(RULES).await.problem(404, "not_found");
        stage.close().await;
    }

    async fn once_fixed_a_change_needs_a_reason_and_keeps_every_sheet_valid(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        let judge = stage.judge("judge").await;
        stage.final_of_four(&[&judge]).await;
        stage.open("final", "all").await;
        submit(&judge, 1, "55.5").await;
        let organizer = &stage.organizer;
        organizer.put(RULES, "\"v1\"", limits("80", "40")).await.wrong(&[("?reason", "reason_required")]);
        let reasoned = format!("{RULES}?reason=The%20jury%20asked%20for%20it.");
        let refused = organizer.put(&reasoned, "\"v1\"", limits("50", "40")).await;
        refused.problem(409, "sheets_invalid");
        assert_eq!(refused.body["errors"][0]["pointer"], "/entries/1/marks/idea");
        assert_eq!(refused.body["errors"][0]["code"], "mark_above_maximum");
        let changed = organizer.put(&reasoned, "\"v1\"", limits("56", "40")).await;
        assert_eq!((changed.ok(), changed.tag()), (&limits("56", "40"), "\"v2\"".into()));
        let log = stage.log("rules").await;
        assert_eq!(log.last().unwrap(), &("rounds/final/rules".into(), (Some(1), Some(2)),
            json!({ "fixed": true, "reason": "The jury asked for it." })));
        organizer.put(&format!("{RULES}?why=x"), "\"v2\"", limits("80", "40")).await.wrong(&[("?why", "unknown_field")]);
        stage.close().await;
    }

    async fn what_groups_were_made_by_can_not_change(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        stage.entry(1, SHANGHAI).await;
        stage.round("final", json!({})).await;
        let by_region = || rules(json!({ "ranking": { "group_by": ["region"] } }));
        let organizer = &stage.organizer;
        organizer.put(RULES, "\"v1\"", by_region()).await.ok();
        organizer.post(&format!("{CUP}/rounds/final/intake"), json!({})).await.ok();
        organizer.put(RULES, "\"v2\"", rules(json!({}))).await.problem(409, "groups_made");
        organizer.put(RULES, "\"v2\"", rules(json!({ "ranking": { "group_by": ["region"], "ranks": "dense" } }))).await.ok();
        stage.close().await;
    }

    async fn recorded_values_must_stay_valid_too(database) {
        let stage = Stage::set(Hall::open(database).await).await;
        stage.entry(1, SHANGHAI).await;
        let votes = |max: &str| json!({ "schema": 1, "rubric": { "criteria": [
            { "code": "votes", "kind": "recorded", "max": max, "step": "0.01" } ] } });
        let organizer = &stage.organizer;
        organizer.post(&format!("{CUP}/rounds"), json!({ "code": "final", "title": { "en": "F" } })).await.created();
        organizer.put_new(RULES, votes("100")).await.created();
        organizer.post(&format!("{CUP}/rounds/final/intake"), json!({})).await.ok();
        organizer.put_new(&format!("{CUP}/rounds/final/entries/1/recorded"), json!({ "values": { "votes": "42.5" } })).await;
        let listed = organizer.get(&format!("{CUP}/rounds/final/entries")).await;
        assert_eq!(listed.ok()["items"][0]["recorded"], json!({ "votes": "42.50" }));
        let refused = organizer.put(RULES, "\"v1\"", votes("40")).await;
        refused.problem(409, "recorded_invalid");
        assert_eq!(refused.body["errors"][0]["pointer"], "/entries/1/recorded/votes");
        organizer.put(RULES, "\"v1\"", votes("50")).await.ok();
        // Nobody marks anything, so nobody needs to be assigned.
        stage.open("final", "all").await;
        stage.close().await;
    }
}
