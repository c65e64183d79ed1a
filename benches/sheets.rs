//! What standings are computed from, on SQLite: after each new ballot of 330 entries × 7 judges × 6 criteria with the sheets
//! that the node keeps in memory, against reading all rows again; and the first load of 100,000 entries, against a pass that
//! only reads the rows that hold marks. `SHEETS_ENTRIES` sets another size for the large one, 0 leaves it out.
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

use diesel::prelude::*;
use marks::{CRITERIA, JUDGES, mark, rules};
use measure::{median, milliseconds, ratio};
use palmares::app::{Tx, tabulation as kept};
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{Explain, Input, tabulate};
use palmares::error::Result;
use palmares::store::rounds::{Group, Round};
use palmares::store::schema::{ballot_versions, ballots};
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
    after_a_ballot(&rules);
    let entries = std::env::var("SHEETS_ENTRIES").map_or(100_000, |entries| entries.parse().unwrap());
    if entries > 0 {
        first_load(&rules, entries);
    }
}

fn after_a_ballot(rules: &Rules) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sheet = |entry, judge, turn| -> BTreeMap<_, _> {
        (1..=CRITERIA)
            .map(|c| (format!("criterion{c}"), mark(entry + turn, judge, c)))
            .collect()
    };
    let stage = runtime.block_on(async {
        let stage = Stage::open(256, rules, ENTRIES, JUDGES).await;
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
            inputs.push(black_box(get(&stage, rules, *way)));
            times.push(begun.elapsed());
        }
        assert_eq!(inputs[0], inputs[1], "both give the same");
        let begun = Instant::now();
        black_box(tabulate(rules, &inputs[1], Explain::All));
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

/// Rows as the database gives them: a ballot, a version, the text of its marks.
type Row = (i64, i64, String);

fn rows(stage: &Stage) -> usize {
    let read = stage.app.read_blocking(|tx| {
        Ok(ballots::table
            .inner_join(ballot_versions::table.on(ballot_versions::ballot_id.eq(ballots::id)))
            .filter(ballots::counted.eq(ballot_versions::number.nullable()))
            .select((ballots::id, ballot_versions::number, ballot_versions::marks))
            .load::<Row>(tx.conn)?)
    });
    black_box(read.unwrap()).len()
}

fn first_load(rules: &Rules, entries: i64) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut stage = runtime.block_on(Stage::open(256, rules, entries, JUDGES));
    let filled = stage.app.write_blocking(|tx| {
        let marks: Vec<String> = (1..=CRITERIA)
            .map(|c| format!("'\"criterion{c}\":' || (50000 + 500 * ((b.id * 49 + {c}) * 7919 % 96))"))
            .collect();
        diesel::sql_query(
            "INSERT INTO ballots (assignment_id, group_id, status, source, marks, counted, updated_at, version)
             SELECT id, group_id, 'submitted', 'judge', '{}', 1, changed_at, 1 FROM assignments",
        )
        .execute(tx.conn)?;
        diesel::sql_query(format!(
            "INSERT INTO ballot_versions (ballot_id, group_id, number, rules_version, source, marks, submitted_by,
                                          submitted_at, late)
             SELECT b.id, b.group_id, 1, 1, 'judge', '{{' || {} || '}}', (SELECT min(id) FROM users), b.updated_at, FALSE
             FROM ballots b",
            marks.join(" || ',' || ")
        ))
        .execute(tx.conn)?;
        Ok(())
    });
    filled.unwrap();
    let mut times = [const { Vec::new() }; 4];
    let mut time = |nth: usize, work: &dyn Fn()| {
        let begun = Instant::now();
        work();
        times[nth].push(begun.elapsed());
    };
    for _ in 0..3 {
        time(0, &|| {
            let sheets = entries * JUDGES;
            assert_eq!(i64::try_from(rows(&stage)).unwrap(), sheets);
        });
        time(1, &|| drop(black_box(get(&stage, rules, WAYS[0].1))));
        time(2, &|| drop(black_box(get(&stage, rules, kept::input))));
        time(3, &|| drop(black_box(get(&stage, rules, kept::input))));
        runtime.block_on(stage.reopen());
    }
    let medians: Vec<Duration> = times.into_iter().map(median).collect();
    let names = [
        "reading the rows that hold marks",
        "reading everything, no memory",
        "the first load",
        "from memory",
    ];
    println!("{entries} entries:");
    for (name, median) in names.iter().zip(&medians) {
        println!("{name:<40} {:>8.0} ms", milliseconds(*median));
    }
    println!(
        "the first load: {:.2} of reading the rows (goal ≤ 2); from memory {:.2}",
        ratio(medians[2], medians[0]),
        ratio(medians[3], medians[0])
    );
    runtime.block_on(stage.app.close());
}
