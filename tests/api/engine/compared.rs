//! The rules of a round, read out and compared with others.

use serde_json::{Value, json};

use super::{Game, one};
use crate::cup::CUP;

/// Three judges, two of four go on.
fn rules() -> Value {
    one(json!({ "aggregate": { "trim": [{ "from": 3, "high": 1, "low": 1 }] }, "advance": { "places": 2 } }))
}

/// Trimmed 80, 78, 76, 60; without trimming the means are 70, 82, 84 and 60.
const MARKS: [[&str; 3]; 4] = [
    ["80", "80", "50"],
    ["78", "78", "90"],
    ["76", "76", "100"],
    ["60", "60", "60"],
];

async fn judged(db: crate::support::Db) -> Game {
    let game = Game::open(db, rules(), 4, &Game::plain(&["J1", "J2", "J3"])).await;
    for (entry, marks) in (1..).zip(MARKS) {
        game.marks("final", entry, &marks).await;
    }
    game
}

async fn compare(game: &Game, body: Value) -> crate::hall::Got {
    game.post("final", "comparisons", body).await
}

/// The round's rules with one more word.
fn other(key: &str, value: Value) -> Value {
    let mut other = rules();
    other["schema"] = json!(1);
    other[key] = value;
    other
}

both_databases! {
    async fn before_the_first_mark_the_marks_are_made_up(db) {
        let game = Game::open(db, rules(), 12, &Game::plain(&["J1", "J2", "J3"])).await;
        let asked = json!({ "others": [other("advance", json!({ "places": 3 }))], "variations": ["no_trimming", "median"], "seed": 7 });
        let first = compare(&game, asked.clone()).await;
        let view = first.ok();
        assert_eq!((&view["made_up"], &view["without_names"]), (&json!(true), &json!(false)));
        let others = view["others"].as_array().unwrap();
        assert_eq!((&others[0]["entering"], &others[0]["leaving"], &others[0]["moved"]), (&json!(1), &json!(0), &json!(0)));
        assert_eq!(others[0].get("variation"), None);
        assert_eq!((&others[1]["variation"], &others[2]["variation"]), (&json!("no_trimming"), &json!("median")));
        assert_eq!(others[1]["ranked"], 12);
        assert_eq!(compare(&game, asked).await.ok(), view, "the same seed makes the same marks");
        let draft = game.judge("J1").put_new(&format!("{CUP}/rounds/final/entries/1/ballot"), json!({ "marks": { "mark": 5 } })).await;
        draft.created();
        compare(&game, json!({ "variations": ["median"] })).await.problem(409, "comparison_too_early");
        game.end().await;
    }

    async fn with_real_marks_rules_are_compared_once_they_are_published(db) {
        let game = judged(db).await;
        let asked = json!({ "variations": ["no_trimming"] });
        compare(&game, asked.clone()).await.problem(409, "comparison_too_early");
        game.close("final").await;
        game.advance("final", json!({})).await.created();
        compare(&game, asked.clone()).await.problem(409, "comparison_too_early");
        game.post("final", "publication", json!({ "revisions": game.revisions("final").await })).await.created();
        let before = game.stage.log("comparison").await;
        let got = compare(&game, asked).await;
        let view = got.ok();
        assert_eq!((&view["made_up"], &view["without_names"]), (&json!(false), &json!(false)));
        assert_eq!(view["cuts"], json!([{ "group": null, "last": 2, "next": 3, "margin": "2.00" }]));
        let other = &view["others"][0];
        assert_eq!((&other["enters"], &other["leaves"]), (&json!([3]), &json!([1])));
        assert_eq!((&other["ranked"], &other["moved"]), (&json!(4), &json!(2)));
        // Of six pairs 1–3, 1–2 and 2–3 are turned round: (3 − 3) ÷ 6; places 1 2 3 4 against 3 2 1 4: 1 − 6 × 8 ÷ 60.
        assert_eq!((&other["kendall"], &other["spearman"]), (&json!("0.0000"), &json!("0.2000")));
        assert_eq!(other["cuts"][0]["margin"], "12.00");
        assert_eq!(game.stage.log("comparison").await, before, "what everybody may know is not logged");
        let seen = game.get("final", "standings").await;
        assert_eq!(seen.ok()["groups"][0]["standings"][0]["entry"], 1, "nothing was changed");
        game.end().await;
    }

    async fn a_competition_may_allow_it_earlier_without_names_and_logged(db) {
        let game = judged(db).await;
        let competition = game.organizer().get(CUP).await;
        assert_eq!(competition.ok()["early_comparisons"], false);
        let settings = json!({ "slug": "cup", "name": { "en": "Cup" }, "time_zone": "Asia/Shanghai",
            "early_comparisons": true, "fields": competition.body["fields"], "team": competition.body["team"] });
        let changed = game.organizer().put(CUP, &competition.tag(), settings).await;
        assert_eq!(changed.ok()["early_comparisons"], true);
        let got = compare(&game, json!({ "variations": ["no_trimming"] })).await;
        let view = got.ok();
        assert_eq!((&view["made_up"], &view["without_names"]), (&json!(false), &json!(true)));
        assert_eq!(view["cuts"], json!([{ "group": null, "margin": "2.00" }]));
        let other = &view["others"][0];
        assert_eq!((&other["entering"], &other["leaving"]), (&json!(1), &json!(1)));
        assert!(other.get("enters").is_none() && other.get("leaves").is_none(), "{other}");
        let log = game.stage.log("comparison").await;
        assert_eq!(log.len(), 1);
        assert_eq!((log[0].0.as_str(), &log[0].2), ("rounds/final", &json!({ "others": 0, "variations": ["no_trimming"] })));
        game.end().await;
    }

    async fn what_cant_be_compared_is_named(db) {
        let game = Game::open(db, rules(), 4, &Game::plain(&["J1"])).await;
        compare(&game, json!({})).await.wrong(&[("/others", "nothing_to_compare")]);
        let mut unknown = other("colour", json!("red"));
        unknown["rubric"]["criteria"][0]["max"] = json!("x");
        let got = compare(&game, json!({ "others": [rules(), unknown] })).await;
        got.problem(422, "invalid");
        let errors = got.body["errors"].as_array().unwrap();
        let at = |pointer: &str| errors.iter().any(|e| e["pointer"] == pointer);
        assert!(at("/others/0/schema") && at("/others/1/colour") && at("/others/1/rubric/criteria/0/max"), "{}", got.text);
        let mut marked = other("advance", json!({ "places": 1 }));
        marked["rubric"]["criteria"][0]["max"] = json!("10");
        compare(&game, json!({ "others": [marked] })).await.wrong(&[("/others/0/rubric/criteria/0", "criterion_marked_otherwise")]);
        compare(&game, json!({ "variations": ["trimmed"] })).await.wrong(&[("/variations/0", "variation_changes_nothing")]);
        compare(&game, json!({ "variations": ["upside_down"] })).await.expect(422);
        game.judge("J1").post(&format!("{CUP}/rounds/final/comparisons"), json!({ "variations": ["median"] })).await.problem(403, "forbidden");
        game.end().await;
    }

    async fn rules_are_read_out_in_the_callers_language_and_beside_the_results(db) {
        let game = judged(db).await;
        let path = format!("{CUP}/rounds/final/rules/reading");
        let guest = game.stage.hall.guest();
        let english = guest.get(&path).await;
        assert_eq!(english.ok()["rules_version"], 1);
        let about: Vec<_> = english.body["sections"].as_array().unwrap().iter().map(|s| s["about"].clone()).collect();
        assert!(about.contains(&json!("judges")) && about.contains(&json!("advance")), "{about:?}");
        let chinese = guest.speaking("zh").get(&path).await;
        assert!(chinese.ok()["sections"][0]["sentences"][0].as_str().unwrap().chars().any(|c| c > '\u{4e00}'));
        game.stage.hall.guest().get(&format!("{CUP}/rounds/gala/rules/reading")).await.problem(404, "not_found");
        let results = format!("{CUP}/rounds/final/results");
        assert_eq!(guest.get(&results).await.ok()["rules"], json!([]));
        game.close("final").await;
        game.advance("final", json!({})).await.created();
        game.post("final", "publication", json!({ "revisions": game.revisions("final").await })).await.created();
        assert_eq!(guest.get(&results).await.ok()["rules"], english.body["sections"]);
        game.end().await;
    }
}
