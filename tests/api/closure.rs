//! Closing a group and taking that back: nothing counts unseen, nothing gets lost.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::contest::{Contest, MARKS, SEMI, six_before_three};

both_databases! {
    async fn closing_says_what_is_missing_and_is_done_once(db) {
        let contest = Contest::begin(db).await;
        contest.score(&contest.chair, MARKS[0]).await;
        let seen = contest.revision("north").await;
        contest.score(&contest.judge, MARKS[0]).await;
        let moved = contest.group("north", "closure", json!({ "revision": seen })).await;
        moved.problem(409, "standings_moved");
        assert_eq!(moved.body["params"]["current"], (seen + 1).to_string());
        let closed = contest.close_group("north").await;
        let missing = closed.ok()["missing"].as_array().unwrap();
        assert_eq!(missing.len(), 6, "{missing:?}");
        assert_eq!(missing[0]["entry"], 2);
        assert_eq!(closed.body["phase"], "closed");
        let codes: Vec<_> = closed.body["warnings"].as_array().unwrap().iter().map(|w| w["code"].clone()).collect();
        assert!(codes.contains(&json!("too_few_sheets")) && codes.contains(&json!("sheet_missing")), "{codes:?}");
        assert!(closed.body["warnings"][0]["text"].as_str().unwrap().len() > 10);
        contest.close_group("north").await.problem(409, "group_closed_already");
        let late = contest.score(&contest.chair, MARKS[1]).await;
        assert_eq!(late.body["status"], "late", "{}", late.text);
        let revision = contest.revision("north").await;
        assert_eq!(json!(revision), closed.body["revision"], "a late ballot counts for nothing");
        contest.end().await;
    }

    async fn a_group_is_closed_by_organizers_who_name_what_they_saw(db) {
        let contest = Contest::begin(db).await;
        let path = format!("{SEMI}/groups/north/closure");
        let body = json!({ "revision": contest.revision("north").await });
        for who in [&contest.observer, &contest.clerk, &contest.chair, &contest.zhou] {
            who.post(&path, body.clone()).await.problem(403, "forbidden");
        }
        contest.hall.guest().post(&path, body).await.problem(401, "sign_in_required");
        contest.group("north", "closure", json!({})).await.wrong(&[("/revision", "missing_field")]);
        contest.group("north", "closure", json!({ "revision": 1, "force": true })).await
            .wrong(&[("/force", "unknown_field")]);
        contest.group("west", "closure", json!({ "revision": 1 })).await.problem(404, "not_found");
        contest.end().await;
    }

    async fn a_closed_group_is_opened_again_with_a_reason(db) {
        let contest = Contest::begin(db).await;
        contest.group("north", "reopening", json!({ "reason": "x" })).await.problem(409, "group_not_closed");
        contest.score_and_close().await;
        contest.group("north", "reopening", json!({ "reason": "" })).await.wrong(&[("/reason", "reason_required")]);
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        let open = contest.group("north", "reopening", json!({ "reason": "A sheet was found." })).await;
        assert_eq!(open.ok()["phase"], "open");
        let groups = contest.organizer.get(&format!("{SEMI}/groups")).await;
        let phases: Vec<_> = groups.ok()["items"].as_array().unwrap().iter().map(|g| g["phase"].clone()).collect();
        assert_eq!(phases, ["open", "closed"], "the decision spanned both groups and fell");
        let none = contest.organizer.get(&format!("{SEMI}/advancement")).await;
        assert_eq!(none.ok()["items"], json!([]));
        contest.close_group("north").await.ok();
        contest.advance(json!({ "ties": six_before_three() })).await.created();
        contest.end().await;
    }

    async fn no_ballot_counts_after_closure_has_read_the_marks(db) {
        let contest = Contest::begin(db).await;
        let sheets: Vec<_> = MARKS[..4].iter().flat_map(|m| [(&contest.chair, *m), (&contest.judge, *m)]).collect();
        let scoring = join_all(sheets.iter().map(|(judge, marks)| contest.score(judge, *marks)));
        let closing = async {
            loop {
                let closed = contest.close_group("north").await;
                if closed.status == 200 {
                    return closed;
                }
                closed.problem(409, "standings_moved");
            }
        };
        let (answers, closed) = tokio::join!(scoring, closing);
        let counted = answers.iter().filter(|a| a.body["status"] == "submitted").count();
        let late = answers.iter().filter(|a| a.body["status"] == "late").count();
        assert_eq!(counted + late, 8, "{answers:?}");
        let missing = closed.ok()["missing"].as_array().unwrap().len();
        assert_eq!(missing, late, "what was answered as counted counts, and nothing else");
        let standings = contest.organizer.get(&format!("{SEMI}/standings?group=north")).await;
        let group = &standings.ok()["groups"][0];
        let sheets = |s: &Value| s["derivation"]["sheets"].as_array().map_or(0, Vec::len);
        let in_standings: usize = group["standings"].as_array().unwrap().iter().map(sheets).sum();
        assert_eq!(in_standings, counted);
        assert_eq!(group["revision"], closed.body["revision"]);
        contest.end().await;
    }
}
