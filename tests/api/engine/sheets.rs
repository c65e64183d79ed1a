//! What a sheet holds and how sheets are combined: classes of judges, several attempts, passes and fails, marks left out.

use serde_json::{Value, json};

use super::{Game, of, one, ranked};
use crate::cup::CUP;

/// Five experts, three of the public.
fn classes() -> Vec<(&'static str, Value)> {
    let of = |class: &str| json!({ "class": class });
    let experts = ["C1", "C2", "C3", "C4", "C5"].map(|code| (code, of("experts")));
    let public = ["P1", "P2", "P3"].map(|code| (code, of("public")));
    [experts.as_slice(), public.as_slice()].concat()
}

fn weighed(empty: &str) -> Value {
    one(json!({
        "panel": { "empty_class": empty, "classes": [
            { "code": "experts", "weight": "80" }, { "code": "public", "weight": "20" } ] },
        "aggregate": { "trim": [{ "from": 5, "high": 1, "low": 1 }] },
    }))
}

/// Dives of three judges whose marks are added and multiplied by the recorded difficulty; the best one counts.
fn dives() -> Value {
    json!({
        "rubric": { "attempts": { "count": 2, "take": "best" }, "criteria": [
            { "code": "execution", "max": "10", "step": "0.5" },
            { "code": "difficulty", "kind": "recorded", "as": "multiplier", "max": "5", "step": "0.1" },
            { "code": "looks", "max": "10", "per_attempt": false } ] },
        "aggregate": { "by": "sum" },
        "rounding": { "entry": { "decimals": 1 } },
    })
}

/// The sponsor's judge has a veto and no weight, everybody votes whether the entry is safe.
fn vetoes() -> Value {
    json!({
        "rubric": { "criteria": [
            { "code": "viable", "kind": "pass_fail", "rejects": { "class": "sponsor" } },
            { "code": "safe", "kind": "pass_fail" },
            { "code": "mark", "max": "100" } ] },
        "panel": { "classes": [ { "code": "experts", "weight": "100" }, { "code": "sponsor", "weight": "0" } ] },
    })
}

fn codes(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|place| place["code"].as_str().unwrap())
        .collect()
}

both_databases! {
    async fn experts_count_80_and_the_public_20(db) {
        let game = Game::open(db, weighed("refuse"), 3, &classes()).await;
        // (88.5 + 90 + 91.2) ÷ 3 = 89.9 and (80 + 70 + 75) ÷ 3 = 75: 0.8 × 89.9 + 0.2 × 75 = 86.92.
        game.marks("final", 1, &["88.5", "90", "91.2", "85", "93", "80", "70", "75"]).await;
        // (82 + 84 + 86) ÷ 3 = 84 and 90: 67.2 + 18.
        game.marks("final", 2, &["80", "82", "84", "86", "88", "", "90"]).await;
        game.marks("final", 3, &["95", "95", "95", "95", "95"]).await;
        let progress = game.get("final", "progress").await;
        let judges = progress.ok()["judges"].as_array().unwrap();
        let class = |code: &str| judges.iter().find(|j| j["code"] == code).unwrap()["class"].clone();
        assert_eq!((class("C1"), class("P3")), (json!("experts"), json!("public")));
        game.close("final").await;
        let standings = game.standings("final").await;
        ranked(&standings, &[(1, "1", "86.92"), (2, "2", "85.20")]);
        let third = of(&standings, 3);
        assert_eq!(third["reason"], json!({ "code": "class_too_few", "class": "public", "present": 0, "minimum": 1 }));
        assert!(of(&standings, 1)["words"].as_str().unwrap().contains("weight 80"));
        let chinese = game.organizer().speaking("zh").get(&format!("{CUP}/rounds/final/standings")).await;
        let told = of(chinese.ok()["groups"][0]["standings"].as_array().unwrap(), 1)["words"].to_string();
        assert!(told.contains("86.92") && told.contains("权重"), "{told}");
        game.end().await;
    }

    async fn an_empty_class_is_left_out_where_the_rules_say_so(db) {
        let game = Game::open(db, weighed("renormalise"), 1, &classes()).await;
        game.marks("final", 1, &["88.5", "90", "91.2", "85", "93"]).await;
        let standings = game.standings("final").await;
        ranked(&standings, &[(1, "1", "89.90")]);
        assert!(game.warnings("final").await.contains(&"class_left_out".to_owned()));
        game.end().await;
    }

    async fn a_class_stays_as_it_is_once_the_rules_are_fixed(db) {
        let game = Game::set(db, [1, 0], &classes()).await;
        game.draft("final", weighed("refuse"), json!({})).await;
        let path = format!("{CUP}/rounds/final/panels/all");
        let body = |class: &str| {
            let judges = [("C1", "experts"), ("P1", class)];
            let judge = |(code, class): (&str, &str)| json!({ "judge": game.judge(code).id, "class": class });
            json!({ "group": "all", "judges": judges.map(judge) })
        };
        let changed = game.organizer().put(&path, "\"v1\"", body("experts")).await;
        assert_eq!(changed.ok()["judges"][1]["class"], "experts");
        game.organizer().put(&path, "\"v2\"", body("public")).await.ok();
        game.stage.open("final", "all").await;
        game.organizer().put(&path, "\"v3\"", body("experts")).await.wrong(&[("/judges/1/class", "judge_class_fixed")]);
        game.end().await;
    }

    async fn each_attempt_has_its_places_on_the_form(db) {
        let game = Game::open(db, dives(), 3, &Game::plain(&["J1", "J2", "J3"])).await;
        let round = game.organizer().get(&format!("{CUP}/rounds/final")).await;
        let form = &round.ok()["form"];
        assert_eq!(codes(&form["marks"]), ["execution.1", "execution.2", "looks"]);
        assert_eq!(codes(&form["recorded"]), ["difficulty.1", "difficulty.2"]);
        assert_eq!(form["marks"][1], json!({ "code": "execution.2", "criterion": "execution", "attempt": 2,
            "kind": "judged", "min": "0", "max": "10", "step": "0.5", "required": false }));
        assert_eq!(form["marks"][2]["required"], json!(true));
        // 7 + 7.5 + 8 = 22.5, × 3.0 = 67.5; 5 + 5.5 + 6 = 16.5, × 2.0 = 33; 3 × 4 for the looks.
        for (judge, first, second) in [("J1", "7", "5"), ("J2", "7.5", "5.5"), ("J3", "8", "6")] {
            let marks = json!({ "execution.1": first, "execution.2": second, "looks": 4 });
            assert_eq!(game.sheet(judge, 1, marks.clone()).await.ok()["marks"]["execution.2"], format!("{:.1}", second.parse::<f64>().unwrap()));
            // The second entry leaves its first dive out: 22.5 × 4.0 = 90 in the second, 3 × 1.
            let marks = json!({ "execution.2": first, "looks": 1 });
            let ballot = game.sheet(judge, 2, marks).await;
            assert_eq!(ballot.ok()["missing"], json!([]), "the best one counts, so that nobody asks for another");
        }
        game.record(1, json!({ "difficulty.1": "3.0", "difficulty.2": "2.0" })).await.created();
        game.record(2, json!({ "difficulty.2": "4.0" })).await.created();
        for (marks, places) in [
            (json!({ "execution": 5, "looks": 1 }), vec![("/marks/execution", "mark_unknown_criterion")]),
            (json!({ "execution.3": 5, "looks": 1 }), vec![("/marks/execution.3", "mark_unknown_criterion")]),
            (json!({ "execution.1": 5.25, "looks": 1 }), vec![("/marks/execution.1", "mark_off_step")]),
            (json!({ "execution.1": 5 }), vec![("/marks/looks", "mark_missing")]),
            (json!({ "difficulty.1": 5, "looks": 1 }), vec![("/marks/difficulty.1", "mark_of_recorded_criterion")]),
        ] {
            game.sheet("J1", 3, marks).await.wrong(&places);
        }
        let drafted = game.judge("J1").put_new(&format!("{CUP}/rounds/final/entries/3/ballot"),
            json!({ "marks": { "execution.2": "9" } })).await;
        assert_eq!(drafted.created()["missing"], json!(["looks"]));
        game.record(3, json!({ "difficulty": 3 })).await.wrong(&[("/values/difficulty", "mark_unknown_criterion")]);
        game.close("final").await;
        let standings = game.standings("final").await;
        ranked(&standings, &[(2, "1", "93.0"), (1, "2", "79.5")]);
        assert_eq!(of(&standings, 3)["status"], "unranked");
        let attempts = of(&standings, 1)["derivation"]["attempts"].as_array().unwrap();
        let told: Vec<_> = attempts.iter().map(|a| (a["attempt"].clone(), a["value"].clone(), a["counts"].clone())).collect();
        assert_eq!(told, [(json!(1), json!("67.5"), json!(true)), (json!(2), json!("33.0"), json!(false))]);
        game.end().await;
    }

    async fn judges_pass_or_fail_and_a_rejected_entry_says_who_failed_it(db) {
        let bench = [("S1", json!({ "class": "sponsor" })), ("J1", json!({ "class": "experts" })),
            ("J2", json!({ "class": "experts" })), ("J3", json!({ "class": "experts" }))];
        let game = Game::open(db, vetoes(), 4, &bench).await;
        let round = game.organizer().get(&format!("{CUP}/rounds/final")).await;
        let marks = &round.ok()["form"]["marks"];
        assert_eq!(codes(marks), ["mark", "viable", "safe"]);
        assert_eq!(marks[1], json!({ "code": "viable", "criterion": "viable", "kind": "pass_fail",
            "words": ["pass", "fail"], "asked_of": { "class": "sponsor" }, "required": false }));
        assert_eq!((&marks[2]["required"], marks[2].get("asked_of")), (&json!(true), None));
        let ballot = game.sheet("S1", 1, json!({ "mark": 10, "viable": "fail", "safe": "pass" })).await;
        assert_eq!(ballot.ok()["marks"], json!({ "mark": "10", "viable": "fail", "safe": "pass" }));
        for entry in [2, 3] {
            game.sheet("S1", entry, json!({ "mark": 10, "viable": "pass", "safe": "pass" })).await.ok();
        }
        game.sheet("S1", 4, json!({ "mark": 10, "safe": "pass" })).await.ok();
        for (judge, mark) in [("J1", 80), ("J2", 90), ("J3", 85)] {
            // An expert's word about what only the sponsor may veto counts nowhere.
            game.sheet(judge, 1, json!({ "mark": mark, "safe": "pass" })).await.ok();
            // The sponsor is asked whether it is viable, and nobody else.
            let refused = game.sheet(judge, 2, json!({ "mark": mark, "viable": "fail", "safe": "pass" })).await;
            refused.wrong(&[("/marks/viable", "verdict_not_asked")]);
            assert_eq!(refused.body["errors"][0]["detail"], "viable: the rules ask others whether an entry passes; leave it empty.");
            game.sheet(judge, 2, json!({ "mark": mark, "safe": "pass" })).await.ok();
            game.sheet(judge, 3, json!({ "mark": mark, "safe": "fail" })).await.ok();
            let drafted = game.judge(judge).put_new(&format!("{CUP}/rounds/final/entries/4/ballot"),
                json!({ "marks": { "mark": mark } })).await;
            assert_eq!(drafted.created()["missing"], json!(["safe"]), "nobody asks an expert whether it is viable");
            let path = format!("{CUP}/rounds/final/entries/4/ballot/submission");
            for wrong in [json!("yes"), json!(1), json!(true), json!("PASS")] {
                let marks = json!({ "marks": { "mark": mark, "safe": wrong } });
                game.judge(judge).post_on(&path, Some("\"v1\""), Some(marks)).await.wrong(&[("/marks/safe", "mark_not_pass_or_fail")]);
            }
            // Two of four don't reject.
            let verdict = if judge == "J3" { "pass" } else { "fail" };
            let marks = json!({ "marks": { "mark": mark, "safe": verdict } });
            game.judge(judge).post_on(&path, Some("\"v1\""), Some(marks)).await.ok();
        }
        game.close("final").await;
        let standings = game.standings("final").await;
        // (80 + 90 + 85) ÷ 3: the sponsor's marks weigh nothing.
        ranked(&standings, &[(2, "1", "85"), (4, "1", "85")]);
        for (entry, criterion, fails, votes) in [(1, "viable", 1, 1), (3, "safe", 3, 4)] {
            let standing = of(&standings, entry);
            assert_eq!((&standing["status"], &standing["reason"]), (&json!("unranked"),
                &json!({ "code": "rejected", "criterion": criterion, "fails": fails, "of": votes })));
            assert!(!standing["words"].as_str().unwrap().is_empty());
        }
        assert_eq!(of(&standings, 4)["derivation"]["vetoes"][1], json!({ "code": "safe", "fails": 2, "of": 4 }));
        assert!(game.warnings("final").await.contains(&"veto_unsaid".to_owned()), "the sponsor said nothing of entry 4");
        game.end().await;
    }

    async fn a_weighted_mean_does_without_a_mark(db) {
        let rules = json!({
            "rubric": { "total": "mean", "missing": "left_out", "criteria": [
                { "code": "a", "max": "100", "weight": "50" }, { "code": "b", "max": "100", "weight": "30" },
                { "code": "c", "max": "100", "weight": "20" } ] },
            "rounding": { "entry": { "decimals": 2 } },
        });
        let game = Game::open(db, rules, 2, &Game::plain(&["J1", "J2"])).await;
        // 0.5 × 80 + 0.3 × 90 + 0.2 × 70 = 81; without c: (40 + 27) ÷ 0.8 = 83.75. The mean of both.
        let full = game.sheet("J1", 1, json!({ "a": 80, "b": 90, "c": 70 })).await;
        assert_eq!(full.ok()["total"], "81.00");
        let part = game.sheet("J2", 1, json!({ "a": 80, "b": 90 })).await;
        assert_eq!((&part.ok()["total"], &part.body["missing"]), (&json!("83.75"), &json!([])));
        game.sheet("J1", 2, json!({})).await.wrong(&[
            ("/marks/a", "mark_missing"), ("/marks/b", "mark_missing"), ("/marks/c", "mark_missing")]);
        game.sheet("J1", 2, json!({ "b": 60, "c": 90 })).await.ok();
        // (18 + 18) ÷ 0.5 = 72.
        game.close("final").await;
        ranked(&game.standings("final").await, &[(1, "1", "82.38"), (2, "2", "72.00")]);
        game.end().await;
    }
}
