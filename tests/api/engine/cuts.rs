//! Who goes on: places shared out among groups, and what happens to a tie at each cut.

use serde_json::{Value, json};

use super::{Game, one};
use crate::contest::numbers;
use crate::cup::CUP;
use crate::support::Db;

fn shared(places: u32, by: &str, of: &str) -> Value {
    one(json!({ "ranking": { "group_by": ["region"] },
        "advance": { "places": places, "share": { "by": by, "of": of } } }))
}

/// Every entry has a total of its own: those of Chengdu more than those of Shanghai.
async fn judged(db: Db, entries: [i64; 2], rules: Value) -> Game {
    let game = Game::set(db, entries, &Game::plain(&["J1"])).await;
    judge(&game, entries, rules).await;
    game
}

async fn judge(game: &Game, [shanghai, chengdu]: [i64; 2], rules: Value) {
    game.round("final", rules, json!({})).await;
    for entry in 1..=shanghai + chengdu {
        let mark = if entry <= shanghai {
            60 - entry
        } else {
            100 - entry
        };
        game.marks("final", entry, &[&mark.to_string()]).await;
    }
}

fn advancing(decision: &Value) -> Vec<i64> {
    let mut advancing = numbers(&decision["advances"]);
    advancing.sort_unstable();
    advancing
}

both_databases! {
    async fn dhondt_gives_the_last_of_equal_claims_to_the_larger_group(db) {
        // Six and two entries: 6, 3 and 2 against 2.
        let game = judged(db, [6, 2], shared(3, "d_hondt", "scored")).await;
        game.close("final").await;
        assert_eq!(advancing(game.advance("final", json!({})).await.created()), [1, 2, 3]);
        game.end().await;
    }

    async fn sainte_lague_gives_the_smaller_group_a_place(db) {
        // 6, then 6 ÷ 3 = 2 and 2 ÷ 1 = 2 for the last two.
        let game = judged(db, [6, 2], shared(3, "sainte_lague", "scored")).await;
        game.close("final").await;
        assert_eq!(advancing(game.advance("final", json!({})).await.created()), [1, 2, 7]);
        game.end().await;
    }

    async fn equal_claims_wait_for_a_lot(db) {
        // Three and three entries, three places: 1.5 each.
        let game = judged(db, [3, 3], shared(3, "largest_remainder", "scored")).await;
        game.close("final").await;
        let open = game.advance("final", json!({})).await;
        open.problem(409, "shares_undecided");
        assert_eq!(open.body["params"]["groups"], "chengdu, shanghai");
        game.advance("final", json!({ "share_lot": ["chengdu", "west", "chengdu"] })).await.wrong(&[
            ("/share_lot/1", "unknown_group"), ("/share_lot/2", "group_named_twice")]);
        let decided = game.advance("final", json!({ "share_lot": ["chengdu", "shanghai"] })).await;
        assert_eq!(advancing(decided.created()), [1, 4, 5]);
        let again = game.advance("final", json!({ "share_lot": ["shanghai", "chengdu"] })).await;
        assert_eq!(advancing(again.created()), [1, 2, 4], "another lot is another decision");
        let log = game.stage.log("advancement").await;
        assert_eq!(log[1].2["share_lot"], json!(["shanghai", "chengdu"]));
        game.end().await;
    }

    async fn places_are_shared_by_what_was_submitted(db) {
        // Three of Shanghai and six of Chengdu, of which three were not accepted: 3 × 3 ÷ 9 = 1 and 2.
        let game = Game::set(db, [3, 6], &Game::plain(&["J1"])).await;
        game.stage.sql("UPDATE entries SET status = 'rejected' WHERE number > 6").await;
        judge(&game, [3, 3], shared(3, "largest_remainder", "submitted")).await;
        game.close("final").await;
        assert_eq!(advancing(game.advance("final", json!({})).await.created()), [1, 4, 5]);
        game.end().await;
    }

    async fn a_withdrawal_moves_no_place_to_another_group(db) {
        // Four and two accepted entries, three places: 2 and 1, also when two of the four leave.
        let game = judged(db, [4, 2], shared(3, "largest_remainder", "accepted")).await;
        for entry in [3, 4] {
            let path = format!("{CUP}/entries/{entry}/withdrawal");
            game.organizer().post(&path, json!({ "reason": "It was sold." })).await.ok();
        }
        game.close("final").await;
        assert_eq!(advancing(game.advance("final", json!({})).await.created()), [1, 2, 5]);
        game.end().await;
    }

    async fn each_cut_has_its_own_policy_for_a_tie(db) {
        let rules = one(json!({ "ranking": { "group_by": ["region"] }, "advance": { "places": 4,
            "minimum_per_group": 1, "tie_at_cut": { "group": "all_advance", "overall": "wait" } } }));
        let game = Game::set(db, [3, 2], &Game::plain(&["J1"])).await;
        game.round("final", rules, json!({})).await;
        for (entry, mark) in (1..).zip(["90", "90", "80", "85", "80"]) {
            game.marks("final", entry, &[mark]).await;
        }
        game.close("final").await;
        // Entries 1 and 2 share the first place of their group; 3 and 5 are tied for the last place of all.
        let open = game.advance("final", json!({})).await;
        open.problem(409, "tie_undecided");
        assert_eq!(open.body["params"]["entries"], "3, 5");
        game.advance("final", json!({ "share_lot": ["shanghai"] })).await.wrong(&[("/share_lot", "places_not_shared")]);
        let tie = json!({ "ties": [{ "order": [5, 3], "reason": "The jury prefers the younger team." }] });
        assert_eq!(advancing(game.advance("final", tie).await.created()), [1, 2, 4, 5]);
        game.end().await;
    }
}
