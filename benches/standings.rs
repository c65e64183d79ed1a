//! Standings of 330 entries × 7 judges × 6 criteria with derivations: what loading the rows and computing cost, and
//! what computing costs beside one pass that only adds the marks up.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement may fail"
)]

mod measure;
mod stage;

use std::hint::black_box;

use std::collections::BTreeMap;

use measure::{medians, ratio};
use palmares::domain::points::Points;
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{EntryInput, Explain, Input, Standings, tabulate};
use palmares::store::{competitions, rounds, tabulation};
use stage::Stage;

const ENTRIES: i64 = 330;
const JUDGES: i64 = 7;
const CRITERIA: i64 = 6;

/// What computing may cost, in passes that add up.
const GOAL: f64 = 50.0;

/// Rules of a round on stage with six criteria; judges are combined over `sheets` or over `criteria`.
fn rules(over: &str) -> Rules {
    let criteria: Vec<String> = (1..=CRITERIA)
        .map(|c| format!(r#"{{ "code": "criterion{c}", "max": "100", "step": "0.5" }}"#))
        .collect();
    Rules::parse(&format!(
        r#"{{ "schema": 1,
             "rubric": {{ "criteria": [ {} ] }},
             "aggregate": {{ "over": "{over}", "by": "mean", "trim": [ {{ "from": 5, "high": 1, "low": 1 }} ] }},
             "rounding": {{ "entry": {{ "decimals": 2 }} }},
             "ranking": {{ "ties": [ {{ "by": "criterion", "code": "criterion1" }}, {{ "by": "untrimmed_sum" }},
                                     {{ "by": "shared" }} ] }} }}"#,
        criteria.join(", ")
    ))
    .unwrap_or_else(|e| panic!("{e}"))
}

/// A mark between 50 and 97.5, always the same one for the same place.
fn mark(entry: i64, judge: i64, criterion: i64) -> Points {
    let mixed = (entry * 7919 + judge * 104_729 + criterion * 1_299_709) % 96;
    Points::from_thousandths(50_000 + mixed * 500)
}

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

/// The pass that everything is compared with: the sum of all marks of each entry, and nothing else.
fn add_up(input: &Input) -> Vec<i64> {
    let sum = |entry: &EntryInput| {
        let marks = entry.sheets.iter().flat_map(|sheet| &sheet.marks);
        marks.flatten().map(|mark| mark.thousandths()).sum()
    };
    input.entries.iter().map(sum).collect()
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
        "by criterion, with 42 marks an entry in the derivation: {:.0} ×",
        ratio(medians[5], pass)
    );
    runtime.block_on(stage.app.close());
}
