//! Panels made comparable: every method over HTTP, with its numbers in the answer, and what closure fixes of it.

use serde_json::{Value, json};

use super::exported::{computed_again, told};
use super::{Game, of, one, ranked};
use crate::cup::CUP;
use crate::support::Db;

/// Entries 1 to 4 are marked by J1 on panel east, 5 to 8 by J2 on panel west.
async fn two_panels(db: Db, method: Value) -> Game {
    let game = Game::set(db, [8, 0], &Game::plain(&["J1", "J2"])).await;
    game.stage
        .round("final", one(json!({ "equalise": method })))
        .await;
    game.post("final", "intake", json!({})).await.ok();
    for (panel, judge, entries) in [("east", "J1", [1, 2, 3, 4]), ("west", "J2", [5, 6, 7, 8])] {
        let judges = json!([{ "judge": game.judge(judge).id, "code": judge }]);
        let body = json!({ "group": "all", "judges": judges, "entries": entries });
        let path = format!("{CUP}/rounds/final/panels/{panel}");
        game.organizer().put_new(&path, body).await.created();
    }
    game.stage.open("final", "all").await;
    for (entry, mark) in (1..).zip(["80", "82", "84", "86", "80", "82", "84", "22"]) {
        let judge = if entry <= 4 { "J1" } else { "J2" };
        game.sheet(judge, entry, json!({ "mark": mark })).await.ok();
    }
    game
}

/// J1 marks entries 1, 2, 3 and J2 marks 2, 3, 4.
const OVERLAP: [[&str; 2]; 4] = [["60", ""], ["70", "90"], ["80", "95"], ["", "100"]];

async fn judged(db: Db, rules: Value, marks: &[[&str; 2]]) -> Game {
    let entries = i64::try_from(marks.len()).unwrap();
    let game = Game::open(db, rules, entries, &Game::plain(&["J1", "J2"])).await;
    for (entry, marks) in (1..).zip(marks) {
        game.marks("final", entry, marks).await;
    }
    game
}

async fn group(game: &Game) -> Value {
    game.get("final", "standings").await.ok()["groups"][0].clone()
}

async fn disqualify(game: &Game, entry: i64) {
    let path = format!("entries/{entry}/disqualification");
    game.post("final", &path, json!({ "reason": "Copied." }))
        .await
        .ok();
}

/// Entry, total and exact value of everybody who has one.
fn exactly(standings: &[Value]) -> Vec<(i64, String)> {
    let total = |s: &Value| {
        let mut steps = s["derivation"]["steps"].as_array()?.iter().rev();
        let exact = steps.find_map(|step| step["exact"].as_str())?;
        let told = format!("{} {exact}", s["total"].as_str()?);
        Some((s["entry"].as_i64()?, told))
    };
    let mut totals: Vec<_> = standings.iter().filter_map(total).collect();
    totals.sort();
    totals
}

#[track_caller]
fn warned<'w>(group: &'w Value, code: &str) -> &'w Value {
    let warnings = group["warnings"].as_array().unwrap();
    let found = warnings.iter().find(|w| w["code"] == code);
    found.unwrap_or_else(|| panic!("no {code} among {warnings:#?}"))
}

both_databases! {
    async fn panels_are_brought_to_the_mean_of_their_means(db) {
        let game = two_panels(db, json!({ "by": "panel_means" })).await;
        let standings = game.standings("final").await;
        // Means 83 and 67, 75 together: × 75/83 and × 75/67.
        ranked(&standings, &[(7, "1", "94.03"), (6, "2", "91.79"), (5, "3", "89.55"), (4, "4", "77.71"), (3, "5", "75.90"), (2, "6", "74.10"), (1, "7", "72.29"), (8, "8", "24.63")]);
        let all = group(&game).await;
        assert_eq!(all["equalised"], json!({ "panels": [
            { "panel": "east", "entries": 4, "mean": "83", "reference": "75", "exact": "75/83", "factor": "75/83" },
            { "panel": "west", "entries": 4, "mean": "67", "reference": "75", "exact": "75/67", "factor": "75/67" } ] }));
        let outlier = warned(&all, "panel_outlier");
        assert_eq!((&outlier["panel"], &outlier["entries"], &outlier["factor"], &outlier["without"]), (&json!("west"), &json!([8]), &json!("1.1194"), &json!("1.0061")));
        let steps = of(&standings, 7)["derivation"]["steps"].as_array().unwrap();
        assert!(steps.iter().any(|s| s["step"] == "factor" && s["reference"] == "75" && s["mean"] == "67"), "{steps:#?}");
        let zh = game.organizer().speaking("zh").get(&format!("{CUP}/rounds/final/standings")).await;
        let sentence = of(zh.ok()["groups"][0]["standings"].as_array().unwrap(), 7)["words"].as_str().unwrap().to_owned();
        assert!(sentence.contains("校平 × 75.0000 ÷ 67.0000（系数 1.1194）= 94.0299"), "{sentence}");
        game.end().await;
    }

    async fn panels_are_brought_to_the_mean_of_all(db) {
        let game = two_panels(db, json!({ "by": "grand_mean" })).await;
        disqualify(&game, 8).await;
        // Means 83 and 82, all seven together 578 ÷ 7.
        let all = group(&game).await;
        assert_eq!(all["equalised"]["panels"][1]["reference"], "578/7");
        assert_eq!(all["equalised"]["panels"][1]["mean"], "82");
        assert!(all["warnings"].as_array().unwrap().is_empty(), "{:#?}", all["warnings"]);
        let standings = game.standings("final").await;
        assert_eq!(of(&standings, 7)["total"], "84.59");
        assert_eq!(of(&standings, 1)["total"], "79.59");
        game.end().await;
    }

    async fn z_scores_in_each_variant(db) {
        let z = |more: Value| {
            let mut method = json!({ "by": "z_score" });
            method.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            one(json!({ "equalise": method }))
        };
        let game = judged(db, z(json!({})), &OVERLAP).await;
        let variants = [
            (json!({}), ["65.27", "73.88", "91.12", "99.73"]),
            (json!({ "deviation": "sample" }), ["67.09", "74.79", "90.21", "97.91"]),
            (json!({ "to": "observed_range" }), ["60.00", "70.00", "90.00", "100.00"]),
            (json!({ "to": { "mean": "70", "deviation": "10" } }), ["57.75", "63.88", "76.12", "82.25"]),
        ];
        for (more, expected) in variants {
            let path = format!("{CUP}/rounds/final/rules");
            let held = game.organizer().get(&path).await;
            let mut rules = z(more);
            rules["schema"] = json!(1);
            let change = format!("{path}?reason=Another%20variant");
            game.organizer().put(&change, &held.tag(), rules).await.ok();
            let standings = game.standings("final").await;
            let totals: Vec<_> = (1..=4).map(|entry| of(&standings, entry)["total"].clone()).collect();
            assert_eq!(totals, expected, "{standings:#?}");
        }
        let scales = &group(&game).await["equalised"]["judges"];
        assert_eq!((&scales[0]["judge"], &scales[0]["mean"], &scales[0]["deviation"], &scales[0]["sheets"]), (&json!("J1"), &json!("70"), &json!("8.164965809"), &json!(3)));
        game.end().await;
    }

    async fn severity_with_its_standard_errors(db) {
        let rules = one(json!({ "equalise": { "by": "severity" } }));
        let game = judged(db, rules, &[["70", "60"], ["80", "72"], ["90", ""], ["", "75"]]).await;
        let standings = game.standings("final").await;
        ranked(&standings, &[(3, "1", "85.50"), (4, "2", "79.50"), (2, "3", "76.00"), (1, "4", "65.00")]);
        assert_eq!(group(&game).await["equalised"], json!({ "judges": [
            { "judge": "J1", "sheets": 3, "severity": "-4.5", "standard_error": "0.5" },
            { "judge": "J2", "sheets": 3, "severity": "4.5", "standard_error": "0.5" } ] }));
        let error = |entry: i64| of(&standings, entry)["derivation"]["steps"][0]["standard_error"].clone();
        assert_eq!([error(1), error(3)], ["0.707106781", "1.118033989"]);
        let sentence = of(&standings, 1)["words"].as_str().unwrap();
        assert!(sentence.starts_with("each judge's severity taken off (standard error 0.7071); 64.50 + 65.50 = 130.00, ÷ 2 = 65.00."), "{sentence}");
        game.end().await;
    }

    async fn what_shares_nothing_is_not_compared(db) {
        let apart = [["70", ""], ["75", ""], ["80", ""], ["", "88"], ["", "91"], ["", "94"]];
        let rules = one(json!({ "equalise": { "by": "z_score" } }));
        let game = judged(db, rules, &apart).await;
        let all = group(&game).await;
        let refusal = warned(&all, "unconnected");
        assert_eq!(refusal["sets"], json!([{ "judges": ["J1"], "entries": [1, 2, 3] }, { "judges": ["J2"], "entries": [4, 5, 6] }]));
        assert_eq!(refusal["shared"], 1);
        assert!(refusal["text"].as_str().unwrap().contains("J1 with entries 1, 2, 3; J2 with entries 4, 5, 6"), "{refusal}");
        let standings = all["standings"].as_array().unwrap();
        assert!(standings.iter().all(|s| s["status"] == "unranked" && s["reason"]["code"] == "unconnected"), "{standings:#?}");
        // One entry that both marked connects them.
        game.sheet("J2", 3, json!({ "mark": "85" })).await.ok();
        assert!(game.standings("final").await.iter().all(|s| s["status"] == "ranked"));
        game.end().await;
    }

    async fn panels_may_be_taken_to_be_equal(db) {
        let apart = [["70", ""], ["75", ""], ["80", ""], ["", "88"], ["", "91"], ["", "94"]];
        let rules = one(json!({ "equalise": { "by": "z_score", "assume_panels_equal": true } }));
        let game = judged(db, rules, &apart).await;
        let standings = game.standings("final").await;
        // Each panel's best, middle and worst are alike.
        assert_eq!(of(&standings, 1)["total"], of(&standings, 4)["total"]);
        assert_eq!(of(&standings, 3)["rank"], 1);
        assert_eq!(of(&standings, 6)["rank"], 1);
        let all = group(&game).await;
        assert_eq!(warned(&all, "assumed_equal")["sets"].as_array().unwrap().len(), 2);
        game.end().await;
    }

    async fn a_judge_without_a_scale_is_named(db) {
        let rules = one(json!({ "equalise": { "by": "z_score", "minimum_sheets": 3 } }));
        let game = judged(db, rules, &[["80", "60"], ["80", "70"], ["80", ""]]).await;
        let all = group(&game).await;
        let spread = warned(&all, "judge_without_spread");
        assert_eq!((&spread["judge"], &spread["kept"]), (&json!("J1"), &json!(true)));
        let few = warned(&all, "judge_too_few_sheets");
        assert_eq!((&few["judge"], &few["sheets"], &few["minimum"]), (&json!("J2"), &json!(2), &json!(3)));
        game.end().await;
    }

    async fn a_disqualification_after_closure_moves_nobody_else(db) {
            let game = two_panels(db, json!({ "by": "panel_means" })).await;
            game.close("final").await;
            let before = game.standings("final").await;
            computed_again(&game, "final").await;
            disqualify(&game, 8).await;
            let after = game.standings("final").await;
            let mut expected = exactly(&before);
            expected.retain(|(entry, _)| *entry != 8);
            assert_eq!(exactly(&after), expected);
            let all = group(&game).await;
            let fixed = warned(&all, "factor_fixed");
            assert_eq!((&fixed["panel"], &fixed["factor"], &fixed["now"]), (&json!("east"), &json!("0.9036"), &json!("0.994")));
            // The files carry what was fixed: whoever computes them again gets the same bytes.
            let folder = computed_again(&game, "final").await;
            assert!(folder.contains_key("scales.json"));
            // A penalty is taken off after the factors, and a reinstatement brings all back.
            game.post("final", "adjustments", json!({ "entry": 7, "points": "-1", "reason": "Late." })).await.created();
            assert_eq!(of(&game.standings("final").await, 7)["total"], "93.03");
            game.post("final", "entries/8/reinstatement", json!({ "reason": "It was not." })).await.ok();
            assert_eq!(exactly(&game.standings("final").await).len(), 8);
            assert!(!game.warnings("final").await.contains(&"factor_fixed".to_owned()));
            // Opened and closed again, everything is computed anew: 82.5 ÷ 82.
            disqualify(&game, 8).await;
            game.post("final", "groups/all/reopening", json!({ "reason": "A correction." })).await.ok();
            game.close("final").await;
            assert!(!game.warnings("final").await.contains(&"factor_fixed".to_owned()));
            assert_eq!(of(&game.standings("final").await, 6)["total"], "82.50");
            computed_again(&game, "final").await;
            game.end().await;
    }

    async fn the_scales_of_judges_are_fixed_to_the_last_digit(db) {
        let mut rules = one(json!({ "equalise": { "by": "z_score" }, "rounding": {} }));
        rules["rounding"] = json!({ "entry": { "decimals": 6 } });
        let marks = [["61.37", "70.1"], ["70", "90.03"], ["80.9", "95"], ["", "99.99"], ["55", ""], ["71.11", "60.6"]];
        let game = judged(db, rules, &marks).await;
        game.close("final").await;
        let before = game.standings("final").await;
        game.organizer().post(&format!("{CUP}/entries/5/withdrawal"), json!({ "reason": "Sold." })).await.ok();
        let mut expected = exactly(&before);
        expected.retain(|(entry, _)| *entry != 5);
        let after = game.get("final", "standings").await;
        assert_eq!(exactly(after.ok()["groups"][0]["standings"].as_array().unwrap()), expected);
        assert!(game.warnings("final").await.contains(&"scale_fixed".to_owned()));
        let folder = computed_again(&game, "final").await;
        // Without what was fixed the files give other numbers.
        let mut bare = folder.clone();
        bare.remove("scales.json");
        let contest = palmares::files::read(&bare).unwrap();
        assert_ne!(told(&contest.tabulate().json(palmares::domain::text::Lang::En)), told(&after.text));
        // A late sheet counts once it is accepted, on the scale that its judge had; nobody else's number moves.
        let path = format!("{CUP}/rounds/final/entries/4/ballot/submission");
        let first = [("If-None-Match", "*")];
        let late = game.judge("J1").send(reqwest::Method::POST, &path, Some(json!({ "marks": { "mark": "77" } }).to_string()), &first).await;
        let version = late.expect(202)["version"].clone();
        let accept = format!("entries/4/ballots/{}/acceptance", game.judge("J1").id);
        game.post("final", &accept, json!({ "version": version, "decision": "accepted", "reason": "The net was down." })).await.ok();
        let now = exactly(&game.standings("final").await);
        let others = |totals: &[(i64, String)]| totals.iter().filter(|(entry, _)| *entry != 4).cloned().collect::<Vec<_>>();
        assert_eq!(others(&now), others(&expected));
        assert_ne!(now, expected);
        computed_again(&game, "final").await;
        game.end().await;
    }
}
