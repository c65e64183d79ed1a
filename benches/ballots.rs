//! Ballots on SQLite by 64 callers at once, each submission durable before it is answered: the writer that commits in
//! groups, against the same use case in a transaction of its own.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement may fail"
)]

mod measure;
mod stage;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use measure::{median, ratio};
use palmares::domain::points::Points;
use palmares::domain::rules::Rules;
use stage::Stage;

const CALLERS: usize = 64;
const ENTRIES: i64 = 100;
const JUDGES: i64 = 7;
/// How often each judge hands in each ballot: the first time anew, then with other marks.
const TURNS: i64 = 11;

/// How much faster the groups should be.
const GOAL: f64 = 3.0;

const RULES: &str = r#"{ "schema": 1, "rubric": { "criteria": [
    { "code": "technology", "max": "30", "step": "0.5" }, { "code": "business", "max": "25", "step": "0.5" },
    { "code": "market", "max": "20", "step": "0.5" }, { "code": "team", "max": "25", "step": "0.5" } ] } }"#;

/// A sheet that differs from turn to turn.
fn marks(entry: i64, judge: i64, turn: i64) -> BTreeMap<String, Points> {
    let mark = |(nth, code): (i64, &str)| {
        let halves = (entry + judge * 7 + turn * 3 + nth) % 40;
        (code.to_owned(), Points::from_thousandths(halves * 500))
    };
    (0..)
        .zip(["technology", "business", "market", "team"])
        .map(mark)
        .collect()
}

/// Every judge hands in every ballot once; the callers share the work.
async fn turn(stage: &Arc<Stage>, turn: i64) -> Duration {
    let next = Arc::new(AtomicI64::new(0));
    let begun = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (stage, next) = (stage.clone(), next.clone());
            tokio::spawn(async move {
                loop {
                    let seat = next.fetch_add(1, Ordering::Relaxed);
                    if seat >= ENTRIES * JUDGES {
                        return;
                    }
                    let (entry, judge) = (seat / JUDGES + 1, seat % JUDGES + 1);
                    let version = stage.submit(judge, entry, turn, marks(entry, judge, turn)).await;
                    assert_eq!(version, turn + 1);
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    begun.elapsed()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let rules = Rules::parse(RULES).unwrap_or_else(|e| panic!("{e}"));
    println!(
        "{} ballots a turn, {CALLERS} callers, SQLite, synchronous=FULL",
        ENTRIES * JUDGES
    );
    let mut ways = Vec::new();
    for (name, group) in [("committed in groups", 256), ("each in a transaction", 1)] {
        let stage = Arc::new(Stage::open(group, &rules, ENTRIES, JUDGES).await);
        ways.push((name, stage, Vec::new()));
    }
    for nth in 0..TURNS {
        for (_, stage, times) in &mut ways {
            times.push(turn(stage, nth).await);
        }
    }
    let mut medians = Vec::new();
    for (name, stage, times) in ways {
        let median = median(times);
        let each = median.as_secs_f64() / f64::from(u32::try_from(ENTRIES * JUDGES).unwrap());
        println!(
            "{name:<30} {:>8.1} µs a ballot {:>8.0} ballots/s",
            each * 1e6,
            1.0 / each
        );
        medians.push(median);
        stage.app.close().await;
    }
    println!(
        "in groups: {:.1} × as fast (goal ≥ {GOAL})",
        ratio(medians[1], medians[0])
    );
}
