//! A contest that was played over HTTP, exported and computed again from its files: the same standings, byte for byte.

use palmares::app::export;
use palmares::commands::export::folder;
use palmares::domain::text::Lang;
use palmares::files;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Game, one};
use crate::cup::CUP;

/// The groups of an answer, letter for letter.
#[derive(Deserialize)]
struct Told<'a> {
    #[serde(borrow)]
    groups: Vec<Group<'a>>,
}

#[derive(Deserialize)]
struct Group<'a> {
    group: String,
    #[serde(borrow)]
    standings: &'a RawValue,
    #[serde(borrow)]
    warnings: &'a RawValue,
}

/// Each group with its standings and warnings, without the white space between them.
pub(super) fn told(document: &str) -> Vec<(String, String, String)> {
    let told: Told<'_> = serde_json::from_str(document).unwrap();
    let mut groups: Vec<_> = told
        .groups
        .iter()
        .map(|g| {
            (
                g.group.clone(),
                compact(g.standings.get()),
                compact(g.warnings.get()),
            )
        })
        .collect();
    groups.sort();
    groups
}

fn compact(json: &str) -> String {
    let (mut text, mut quoted, mut escaped) = (String::new(), false, false);
    for c in json.chars() {
        if quoted || !c.is_ascii_whitespace() {
            text.push(c);
        }
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
    }
    text
}

/// That the files of a round give what the server says, in both languages. Files tell who would go on before anybody
/// decided; the server does not.
pub(super) async fn computed_again(game: &Game, round: &'static str) -> files::Folder {
    let (slug, code) = ("cup".parse().unwrap(), round.parse().unwrap());
    let exported = game
        .stage
        .hall
        .app
        .read(move |tx| export::round(tx, &slug, &code, None))
        .await;
    let folder = folder(exported.unwrap());
    let contest = files::read(&folder).unwrap_or_else(|p| panic!("{:?}", p.sentences(Lang::En)));
    assert_eq!(files::write(&contest), folder);
    for (lang, word) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let got = game
            .organizer()
            .speaking(word)
            .get(&format!("{CUP}/rounds/{round}/standings"))
            .await;
        got.ok();
        let again = contest.tabulate().json(lang);
        assert_eq!(told(&again), told(&got.text));
    }
    folder
}

fn rules() -> Value {
    one(json!({
        "own_weight": "0.7",
        "rounding": { "entry": { "decimals": 2 }, "round": { "decimals": 2 } },
        "carry": [{ "round": "spring", "weight": "0.3", "of": "exact" }],
        "penalties": [{ "code": "overtime", "points": "-1", "per": "30", "grace": "5" }],
        "ranking": { "group_by": ["region"], "ties": [{ "by": "chair" }, { "by": "shared" }] },
        "advance": { "places": 3, "minimum_per_group": 1, "reserves": 1 },
        "awards": [{ "code": "first", "places": 1 }, { "code": "second", "places": 1 }],
    }))
}

both_databases! {
    async fn a_contest_is_computed_again_from_its_files(db) {
        let url = db.url().to_owned();
        let game = Game::set(db, [4, 3], &Game::plain(&["J1", "J2"])).await;
        let mut spring = one(json!({}));
        spring["rounding"] = json!({ "entry": { "decimals": 0 } });
        game.round("spring", spring, json!({ "from": "accepted" })).await;
        for (entry, marks) in (1..).zip([["80", "81"], ["80", "81"], ["70", "75"], ["60", "61"], ["88", "85"], ["90", "91"], ["55", "50"]]) {
            game.marks("spring", entry, &marks).await;
        }
        game.close("spring").await;
        computed_again(&game, "spring").await;
        game.round("final", rules(), json!({ "from": "accepted" })).await;
        for (entry, marks) in (1..).zip([["85", "86.5"], ["85", "86.5"], ["77", "78"], ["90", "90"], ["81", "82.25"], ["79", ""], ["99", "99"]]) {
            game.marks("final", entry, &marks).await;
        }
        let give = |body: Value| game.post("final", "adjustments", body);
        give(json!({ "entry": 3, "points": "-1.5", "reason": "Left the stage, \"twice\"" })).await.created();
        give(json!({ "entry": 5, "rule": "overtime", "quantity": "95" })).await.created();
        let taken = give(json!({ "entry": 5, "points": "-9", "reason": "A mistake" })).await;
        let revocation = format!("adjustments/{}/revocation", taken.created()["id"].as_str().unwrap());
        game.post("final", &revocation, json!({ "reason": "It was another team." })).await.ok();
        game.organizer().post(&format!("{CUP}/entries/4/withdrawal"), json!({ "reason": "It was sold." })).await.ok();
        game.post("final", "entries/7/disqualification", json!({ "reason": "Copied." })).await.ok();
        game.close("final").await;
        let tie = json!({ "kind": "chair", "order": [2, 1], "reason": "The stronger team." });
        game.post("final", "groups/shanghai/tie-decisions", tie).await.created();
        let decided = game.advance("final", json!({ "nominations": [{ "entry": 3, "reason": "The public's choice." }] })).await;
        decided.created();
        let written = computed_again(&game, "final").await;
        let names: Vec<&str> = written.keys().map(String::as_str).collect();
        assert_eq!(names, ["adjustments.csv", "decisions.csv", "entries.csv", "groups.csv", "marks.csv", "panels.csv", "previous.csv", "rules.json"]);
        // The command writes the same files, beside the server that runs.
        let folder = tempfile::tempdir().unwrap();
        let run = |round: &str, to: &std::path::Path| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_palmares"));
            command.args(["export", "--competition", "cup", "--round", round]).arg(to);
            command.env("PALMARES_DATABASE_URL", &url).output().unwrap()
        };
        let to = folder.path().join("final");
        let done = run("final", &to);
        assert!(done.status.success(), "{done:?}");
        for (name, bytes) in &written {
            assert_eq!(&std::fs::read(to.join(name)).unwrap(), bytes, "{name}");
        }
        assert!(!run("final", &to).status.success(), "what is there is not written over");
        assert!(!run("gala", &folder.path().join("gala")).status.success());
        assert!(!folder.path().join("gala").exists());
        game.end().await;
    }

    async fn a_place_that_was_given_up_is_given_up_in_the_files_too(db) {
        let game = Game::set(db, [4, 3], &Game::plain(&["J1"])).await;
        let settings = json!({ "ranking": { "group_by": ["region"] },
            "advance": { "places": 2, "minimum_per_group": 1, "reserves": 2, "streams": [{ "code": "roadshow", "places": 2 }] } });
        game.round("final", one(settings), json!({ "from": "accepted" })).await;
        for (entry, mark) in (1..).zip(["90", "80", "70", "60", "85", "75", "65"]) {
            game.marks("final", entry, &[mark]).await;
        }
        game.close("final").await;
        game.advance("final", json!({})).await.created();
        let publication = json!({ "revisions": game.revisions("final").await });
        game.post("final", "publication", publication).await.created();
        game.post("final", "offers", json!({ "deadline": "2026-07-01T01:05:00Z" })).await.created();
        for entry in [1, 2] {
            let path = format!("{CUP}/rounds/final/entries/{entry}/offer/answer");
            let no = json!({ "comes": false, "reason": "By phone." });
            game.organizer().put(&path, "\"v1\"", no).await.ok();
        }
        let shown = game.get("final", "refilling").await;
        let numbers = crate::contest::numbers(&shown.ok()["items"][0]["instead"]);
        let refilling = json!({ "decision": 1, "entries": numbers, "deadline": "2026-07-01T01:08:00Z" });
        game.post("final", "refilling", refilling).await.created();
        let written = computed_again(&game, "final").await;
        let decisions = String::from_utf8(written["decisions.csv"].clone()).unwrap();
        assert!(decisions.contains("given_up,1,,") && decisions.contains("roadshow"), "{decisions}");
        assert!(!decisions.contains("phone"), "{decisions}");
        game.end().await;
    }

    async fn whoever_left_altogether_gets_no_place_from_the_files_either(db) {
        let game = Game::set(db, [4, 3], &Game::plain(&["J1"])).await;
        let settings = json!({ "ranking": { "group_by": ["region"] },
            "advance": { "places": 2, "minimum_per_group": 1, "reserves": 2, "streams": [{ "code": "roadshow", "places": 2 }] } });
        game.round("final", one(settings), json!({ "from": "accepted" })).await;
        for (entry, mark) in (1..).zip(["90", "80", "70", "60", "85", "75", "65"]) {
            game.marks("final", entry, &[mark]).await;
        }
        game.close("final").await;
        game.advance("final", json!({})).await.created();
        let publication = json!({ "revisions": game.revisions("final").await });
        game.post("final", "publication", publication).await.created();
        game.post("final", "offers", json!({ "deadline": "2026-07-01T01:05:00Z" })).await.created();
        // Entry 2 holds a place of the roadshow and is the first reserve of the final; entry 3 holds none.
        for entry in [2, 3] {
            let path = format!("{CUP}/entries/{entry}/withdrawal");
            game.organizer().post(&path, json!({ "reason": "Moved away." })).await.ok();
        }
        let path = format!("{CUP}/rounds/final/entries/1/offer/answer");
        game.organizer().put(&path, "\"v1\"", json!({ "comes": false, "reason": "By phone." })).await.ok();
        let shown = game.get("final", "refilling").await;
        let numbers = crate::contest::numbers(&shown.ok()["items"][0]["instead"]);
        let refilling = json!({ "decision": 1, "entries": numbers, "deadline": "2026-07-01T01:08:00Z" });
        game.post("final", "refilling", refilling).await.created();
        let written = computed_again(&game, "final").await;
        let decisions = String::from_utf8(written["decisions.csv"].clone()).unwrap();
        assert!(decisions.contains("left,2,") && decisions.contains("left,3,"), "{decisions}");
        game.end().await;
    }
}
