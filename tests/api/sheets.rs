//! Standings from sheets that are kept in memory are those that a fresh look gives, whatever is written in between, on
//! whatever node.

use palmares::app::tabulation as kept;
use palmares::domain::scoring::Input;
use palmares::store::{competitions, rounds, tabulation};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::json;

use crate::contest::{Contest, SEMI};
use crate::hall::{Hall, Persona};

/// Something that changes what standings are made of.
#[derive(Debug, Clone)]
enum Change {
    /// A judge hands in other marks, or their first.
    Score { chair: bool, entry: i64, halves: i64 },
    /// A judge saves a draft on top: nothing that counts changes.
    Draft { chair: bool, entry: i64, halves: i64 },
    /// The judge steps down from an entry.
    Recuse { entry: i64 },
    /// A penalty.
    Penalty { entry: i64, points: i64 },
    /// An entry is disqualified.
    Leave { entry: i64 },
}

fn changes() -> impl Strategy<Value = Change> {
    let entry = 1..=8_i64;
    prop_oneof![
        8 => (any::<bool>(), entry.clone(), 0..=80_i64).prop_map(|(chair, entry, halves)| Change::Score { chair, entry, halves }),
        2 => (any::<bool>(), entry.clone(), 0..=80_i64).prop_map(|(chair, entry, halves)| Change::Draft { chair, entry, halves }),
        1 => entry.clone().prop_map(|entry| Change::Recuse { entry }),
        1 => (entry.clone(), 1..=9_i64).prop_map(|(entry, points)| Change::Penalty { entry, points }),
        1 => entry.prop_map(|entry| Change::Leave { entry }),
    ]
}

/// Tries a change at a node: some are refused at their moment, which changes nothing.
async fn make(hall: &Hall, contest: &Contest, change: &Change) -> u16 {
    let at = |persona: &Persona| hall.welcome(persona);
    let marks = |halves: i64| json!({ "marks": { "idea": format!("{}", halves / 2), "team": format!("{}.5", halves / 3) } });
    let judge = |chair: bool| at(if chair { &contest.chair } else { &contest.judge });
    match change {
        Change::Score { chair, entry, halves } | Change::Draft { chair, entry, halves } => {
            let judge = judge(*chair);
            let path = format!("{SEMI}/entries/{entry}/ballot");
            let held = judge.get(&path).await;
            let condition = match held.header("etag") {
                Some(tag) => ("If-Match", tag),
                None => ("If-None-Match", "*".to_owned()),
            };
            let condition = [(condition.0, condition.1.as_str())];
            let body = Some(marks(*halves).to_string());
            let got = match change {
                Change::Score { .. } => {
                    judge
                        .send(Method::POST, &format!("{path}/submission"), body, &condition)
                        .await
                }
                _ => judge.send(Method::PUT, &path, body, &condition).await,
            };
            got.status
        }
        Change::Recuse { entry } => {
            let body = json!({ "reason": "A colleague." });
            judge(false)
                .post(&format!("{SEMI}/entries/{entry}/recusal"), body)
                .await
                .status
        }
        Change::Penalty { entry, points } => {
            let body = json!({ "entry": entry, "points": format!("-{points}"), "reason": "Over time." });
            at(&contest.organizer)
                .post(&format!("{SEMI}/adjustments"), body)
                .await
                .status
        }
        Change::Leave { entry } => {
            let path = format!("{SEMI}/entries/{entry}/disqualification");
            at(&contest.organizer)
                .post(&path, json!({ "reason": "The project is not theirs." }))
                .await
                .status
        }
    }
}

/// What the standings of both groups are made of, with what a node keeps in memory and without.
async fn both_ways(hall: &Hall) -> (Vec<Input>, Vec<Input>) {
    let read = |tx: &mut palmares::app::Tx<'_>| {
        let cup = competitions::by_slug(tx.conn, &"cup".parse().unwrap())?.unwrap();
        let round = rounds::by_code(tx.conn, cup.id, &"semi-final".parse().unwrap())?.unwrap();
        let rules = kept::rules(tx, &round)?;
        let (mut warm, mut fresh) = (Vec::new(), Vec::new());
        for group in rounds::groups(tx.conn, round.id)? {
            warm.push(kept::input(tx, &round, &group, &rules)?);
            fresh.push(tabulation::input(tx.conn, &round, &group, &rules)?);
        }
        Ok((warm, fresh))
    };
    hall.app.read(read).await.unwrap()
}

/// How many sheets a node took from its memory.
fn taken(hall: &Hall) -> u64 {
    let text = hall.app.meters().text().unwrap();
    let kept = text
        .lines()
        .find_map(|l| l.strip_prefix("palmares_sheets_total{outcome=\"kept\"} "));
    kept.map_or(0, |count| count.parse().unwrap())
}

both_databases! {
    async fn kept_sheets_give_what_a_fresh_look_gives(db) {
        let second = (!db.url.starts_with("sqlite:")).then(|| db.same());
        let contest = Contest::begin(db).await;
        let other = match second {
            Some(db) => Some(Hall::open(db).await),
            None => None,
        };
        let mut runner = TestRunner::deterministic();
        let (mut made, mut refused) = (0, 0);
        for nth in 0..70 {
            let change = changes().new_tree(&mut runner).unwrap().current();
            // The nodes take turns, and each looks only now and then, so that it has to catch up with the other.
            let writer = other.as_ref().filter(|_| nth % 2 == 0).unwrap_or(&contest.hall);
            match make(writer, &contest, &change).await {
                200..300 => made += 1,
                409 | 422 | 403 | 404 => refused += 1,
                status => panic!("{change:?}: {status}"),
            }
            if nth % 3 != 1 {
                let (warm, fresh) = both_ways(&contest.hall).await;
                assert_eq!(warm, fresh, "after {change:?}");
            }
            if nth % 5 == 0 && let Some(other) = &other {
                let (warm, fresh) = both_ways(other).await;
                assert_eq!(warm, fresh, "after {change:?}, on the other node");
            }
        }
        assert!(made > 30 && refused < made, "{made} {refused}");
        assert!(taken(&contest.hall) > 100, "most came from memory");
        if let Some(other) = other {
            other.close().await;
        }
        contest.end().await;
    }
}
