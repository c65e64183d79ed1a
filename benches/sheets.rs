//! An organizer's standings after each new ballot, 330 entries × 7 judges × 6 criteria on SQLite: with the sheets that the
//! node keeps in memory, against reading all rows again, and each of them with computing.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement may fail"
)]

mod marks;
mod measure;
mod stage;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use marks::{CRITERIA, JUDGES, mark, rules};
use measure::{median, milliseconds, ratio};
use palmares::app::{Tx, tabulation as kept};
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{Explain, Input, tabulate};
use palmares::error::Result;
use palmares::store::rounds::{Group, Round};
use palmares::store::{competitions, rounds, tabulation};
use stage::Stage;

const ENTRIES: i64 = 330;
const TURNS: i64 = 61;

/// How a node gets at what standings are computed from.
type Way = fn(&mut Tx<'_>, &Round, &Group, &Rules) -> Result<Input>;

const WAYS: [(&str, Way); 2] = [
    ("reading all rows", |tx, round, group, rules| {
        tabulation::input(tx.conn, round, group, rules)
    }),
    ("with the sheets in memory", kept::input),
];

fn get(stage: &Stage, rules: &Rules, way: Way) -> Input {
    let got = stage.app.read_blocking(|tx| {
        let competition = competitions::by_slug(tx.conn, &stage.slug)?.unwrap();
        let round = rounds::by_code(tx.conn, competition.id, &stage.round)?.unwrap();
        let groups = rounds::groups(tx.conn, round.id)?;
        way(tx, &round, &groups[0], rules)
    });
    got.unwrap_or_else(|e| panic!("{e}"))
}

fn main() {
    let rules = rules("sheets");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sheet = |entry, judge, turn| -> BTreeMap<_, _> {
        (1..=CRITERIA)
            .map(|c| (format!("criterion{c}"), mark(entry + turn, judge, c)))
            .collect()
    };
    let stage = runtime.block_on(async {
        let stage = Stage::open(256, &rules, ENTRIES, JUDGES).await;
        for entry in 1..=ENTRIES {
            let sheets = (1..=JUDGES).map(|judge| stage.submit(judge, entry, 0, sheet(entry, judge, 0)));
            futures_util::future::join_all(sheets).await;
        }
        stage
    });
    let mut times = [const { Vec::new() }; 3];
    for turn in 1..=TURNS {
        runtime.block_on(stage.submit(1 + turn % JUDGES, turn, 1, sheet(turn, 1, turn)));
        let mut inputs = Vec::new();
        for ((_, way), times) in WAYS.iter().zip(&mut times) {
            let begun = Instant::now();
            inputs.push(black_box(get(&stage, &rules, *way)));
            times.push(begun.elapsed());
        }
        assert_eq!(inputs[0], inputs[1], "both give the same");
        let begun = Instant::now();
        black_box(tabulate(&rules, &inputs[1], Explain::All));
        times[2].push(begun.elapsed());
    }
    let medians: Vec<Duration> = times.into_iter().map(median).collect();
    for (name, median) in WAYS
        .iter()
        .map(|(name, _)| *name)
        .chain(["computing with derivations"])
        .zip(&medians)
    {
        println!("{name:<40} {:>8.2} ms", milliseconds(*median));
    }
    println!(
        "after a ballot: {:.2} of reading all rows, {:.2} with computing",
        ratio(medians[1], medians[0]),
        ratio(medians[1] + medians[2], medians[0] + medians[2])
    );
    runtime.block_on(stage.app.close());
}
