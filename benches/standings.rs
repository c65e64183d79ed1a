//! Standings of 330 entries × 7 judges × 6 criteria with derivations: what loading the rows and computing cost, and
//! what computing costs beside one pass that only adds the marks up; then 100,000 entries, places only.
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
use std::time::Duration;

use marks::{CRITERIA, JUDGES, add_up, mark, rules};
use measure::{medians, ratio};
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{Explain, Input, Standings, tabulate};
use palmares::store::{competitions, rounds, tabulation};
use stage::Stage;

const ENTRIES: i64 = 330;

/// What computing may cost, in passes that add up: with derivations, places only, and places only of a great contest.
const GOAL: f64 = 50.0;
const PLACES_GOAL: f64 = 25.0;
const GREAT_GOAL: f64 = 15.0;
/// What ten times the entries may cost.
const GROWTH_GOAL: f64 = 12.0;

/// A round on SQLite in which every judge has handed in every ballot.
async fn judged(rules: &Rules) -> Stage {
    let stage = Stage::open(256, rules, ENTRIES, JUDGES).await;
    for entry in 1..=ENTRIES {
        let sheets = (1..=JUDGES).map(|judge| {
            let marks = (1..=CRITERIA).map(|c| (format!("criterion{c}"), mark(entry, judge, c)));
            stage.submit(judge, entry, 0, marks.collect::<BTreeMap<_, _>>())
        });
        futures_util::future::join_all(sheets).await;
    }
    stage
}

/// The rows of the round, as the engine takes them.
fn load(stage: &Stage, rules: &Rules) -> Input {
    let loaded = stage.app.read_blocking(|tx| {
        let competition = competitions::by_slug(tx.conn, &stage.slug)?.unwrap();
        let round = rounds::by_code(tx.conn, competition.id, &stage.round)?.unwrap();
        let groups = rounds::groups(tx.conn, round.id)?;
        tabulation::input(tx.conn, &round, &groups[0], rules)
    });
    loaded.unwrap_or_else(|e| panic!("{e}"))
}

/// A great contest in memory, places only, against the pass over the same marks; gives how long the places took.
fn great(entries: i64, rules: &Rules) -> Duration {
    let input = marks::input(entries);
    let medians = medians(&mut [
        (
            "one pass that only adds the marks up",
            Box::new(|| drop(black_box(add_up(black_box(&input))))),
        ),
        (
            "computing places only",
            Box::new(|| drop(black_box(tabulate(rules, black_box(&input), Explain::Nobody)))),
        ),
    ]);
    let [pass, places] = medians[..] else {
        unreachable!()
    };
    println!(
        "{entries} entries: {:.1} × the pass that adds up (goal ≤ {GREAT_GOAL})",
        ratio(places, pass)
    );
    places
}

fn main() {
    println!("standings of {ENTRIES} entries × {JUDGES} judges × {CRITERIA} criteria");
    let (sheets, criteria) = (rules("sheets"), rules("criteria"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let stage = runtime.block_on(judged(&sheets));
    // Laid out anew, one entry after the other, so that the pass to compare with is as fast as it can be.
    let input = load(&stage, &sheets).clone();
    assert_eq!(
        input.entries.iter().map(|e| e.sheets.len()).sum::<usize>(),
        330 * 7
    );
    let standings = tabulate(&sheets, &input, Explain::All);

    let compute = |rules, explain| -> Box<dyn FnMut() + '_> {
        let input = &input;
        Box::new(move || drop(black_box(tabulate(rules, black_box(input), explain))))
    };
    let write = |standings: &Standings| serde_json::to_string(standings).unwrap();
    let medians = medians(&mut [
        (
            "one pass that only adds the marks up",
            Box::new(|| drop(black_box(add_up(black_box(&input))))),
        ),
        (
            "loading the rows (SQLite)",
            Box::new(|| drop(black_box(load(&stage, &sheets)))),
        ),
        ("computing with derivations", compute(&sheets, Explain::All)),
        (
            "writing them as JSON",
            Box::new(|| drop(black_box(write(black_box(&standings))))),
        ),
        ("computing places only", compute(&sheets, Explain::Nobody)),
        (
            "computing by criterion, every mark in the derivation",
            compute(&criteria, Explain::All),
        ),
    ]);
    let [pass, load, computing, writing, ..] = medians[..] else {
        unreachable!()
    };
    let whole = load + computing + writing;
    let share = |part| 100.0 * ratio(part, whole);
    println!(
        "shares: loading {:.0} %, computing {:.0} %, writing {:.0} %",
        share(load),
        share(computing),
        share(writing)
    );
    println!(
        "computing: {:.0} × the pass that adds up (goal < {GOAL})",
        ratio(computing, pass)
    );
    println!(
        "places only: {:.0} × (goal ≤ {PLACES_GOAL})",
        ratio(medians[4], pass)
    );
    println!(
        "by criterion, with 42 marks an entry in the derivation: {:.0} ×",
        ratio(medians[5], pass)
    );
    runtime.block_on(stage.app.close());
    let (small, great) = (great(10_000, &sheets), great(100_000, &sheets));
    println!(
        "ten times the entries cost {:.1} × the time (goal ≤ {GROWTH_GOAL})",
        ratio(great, small)
    );
}
