//! Two things out of one ranking: the first places go on, the next are invited to the roadshow.

use serde_json::{Value, json};

use super::{Game, one};
use crate::contest::numbers;
use crate::cup::{CUP, rules};

/// Two places in the final, two at the roadshow.
fn semi() -> Value {
    one(json!({ "advance": { "places": 2, "streams": [
        { "code": "roadshow", "title": { "en": "the roadshow", "zh": "路演" }, "places": 2 } ] } }))
}

/// Six entries of 90, 85, 80, 75, 70, 65; a final and a roadshow after the semi-final.
async fn semi_final(db: crate::support::Db) -> Game {
    let game = Game::set(db, [6, 0], &Game::plain(&["J1"])).await;
    game.round("semi", semi(), json!({})).await;
    for (entry, mark) in (1..).zip(["90", "85", "80", "75", "70", "65"]) {
        game.marks("semi", entry, &[mark]).await;
    }
    game.close("semi").await;
    for code in ["final", "roadshow"] {
        let round = json!({ "code": code, "title": { "en": code } });
        game.organizer()
            .post(&format!("{CUP}/rounds"), round)
            .await
            .created();
        game.organizer()
            .put_new(&format!("{CUP}/rounds/{code}/rules"), rules(json!({})))
            .await
            .created();
    }
    game
}

/// The entries of a round as its panel has them; the panel is made or changed.
async fn entries(game: &Game, round: &str, tag: Option<&str>) -> Value {
    let path = format!("{CUP}/rounds/{round}/panels/all");
    let body = json!({ "group": "all", "judges": [{ "judge": game.judge("J1").id }] });
    let panel = match tag {
        None => game.organizer().put_new(&path, body).await,
        Some(tag) => game.organizer().put(&path, tag, body).await,
    };
    assert!(panel.status < 300, "{panel:?}");
    panel.body["entries"].clone()
}

both_databases! {
    async fn a_round_takes_those_who_are_invited_to_a_stream(db) {
        let game = semi_final(db).await;
        let invited = json!({ "from": "semi", "stream": "roadshow" });
        game.post("roadshow", "intake", invited.clone()).await.problem(409, "not_decided");
        let decided = game.advance("semi", json!({})).await;
        assert_eq!(numbers(&decided.created()["advances"]), [1, 2]);
        assert_eq!(numbers(&decided.body["streams"][0]["invited"]), [3, 4]);
        for (body, places) in [
            (json!({ "from": "semi", "stream": "gala" }), [("/stream", "unknown_stream")]),
            (json!({ "from": "accepted", "stream": "roadshow" }), [("/stream", "stream_of_no_round")]),
            (json!({ "from": "final", "stream": "roadshow" }), [("/stream", "unknown_stream")]),
            (json!({ "from": "gala", "stream": "roadshow" }), [("/from", "not_an_earlier_round")]),
        ] {
            game.post("roadshow", "intake", body).await.wrong(&places);
        }
        let taken = game.post("final", "intake", json!({})).await;
        assert_eq!((&taken.ok()["added"], &taken.body["removed"]), (&json!(2), &json!([])));
        let taken = game.post("roadshow", "intake", invited.clone()).await;
        assert_eq!((&taken.ok()["added"], &taken.body["removed"]), (&json!(2), &json!([])));
        assert_eq!(entries(&game, "final", None).await, json!([1, 2]));
        assert_eq!(entries(&game, "roadshow", None).await, json!([3, 4]));
        let again = game.post("roadshow", "intake", invited).await;
        assert_eq!((&again.ok()["added"], &again.body["already"]), (&json!(0), &json!(2)));
        let log = game.stage.log("intake").await;
        assert_eq!(log.last().unwrap().2["stream"], "roadshow");
        game.end().await;
    }

    async fn who_goes_on_instead_leaves_the_roadshow_to_the_next(db) {
        let game = semi_final(db).await;
        game.advance("semi", json!({})).await.created();
        let invited = json!({ "from": "semi", "stream": "roadshow" });
        game.post("final", "intake", json!({})).await.ok();
        game.post("roadshow", "intake", invited.clone()).await.ok();
        let out = json!({ "exclusions": [{ "entry": 1, "reason": "Its owner sits on the jury." }] });
        let decided = game.advance("semi", out).await;
        assert_eq!(numbers(&decided.created()["advances"]), [2, 3]);
        assert_eq!(numbers(&decided.body["streams"][0]["invited"]), [4, 5]);
        let taken = game.post("final", "intake", json!({})).await;
        assert_eq!((&taken.ok()["added"], &taken.body["removed"]), (&json!(1), &json!([1])));
        let taken = game.post("roadshow", "intake", invited).await;
        assert_eq!((&taken.ok()["added"], &taken.body["removed"]), (&json!(1), &json!([3])));
        assert_eq!(entries(&game, "roadshow", None).await, json!([4, 5]));
        game.end().await;
    }
}
