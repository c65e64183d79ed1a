//! What was answered is there, whatever happens: kill -9 and SIGTERM in the middle of scoring, a full disk, a PostgreSQL
//! that stops and comes back, with the real program and clients that never give up. What a server refused with 503 is
//! not there, and what a client repeats under its key is there once.
//!
//! `PALMARES_ROUNDS=100 cargo test --test durability -- --nocapture` is the long form, which prints the figures of
//! `docs/reliability.md`: so many rounds in place of a few.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    unreachable_pub,
    reason = "a test that can't go on has failed"
)]

#[macro_use]
mod support;

#[path = "durability/clients.rs"]
mod clients;
#[path = "durability/contest.rs"]
mod contest;
#[path = "durability/full_disk.rs"]
mod full_disk;
#[path = "durability/postgres_away.rs"]
mod postgres_away;

use std::time::Instant;

use contest::Contest;
use support::program::{Program, Server};

/// How often the server is killed in the normal run.
const KILLS: u64 = 5;

/// How many rounds: as many as whoever runs the tests asks for, else a few.
fn rounds(few: u64) -> u64 {
    std::env::var("PALMARES_ROUNDS").map_or(few, |rounds| rounds.parse().unwrap())
}

both_databases! {
    async fn every_ballot_that_was_answered_survives_kill_9_and_none_is_half_there(db) {
        kill_again_and_again(&db, rounds(KILLS)).await;
    }

    async fn sigterm_answers_what_is_in_flight_and_loses_nothing(db) {
        let program = Program::on(&db);
        let mut contest = Contest::begin(&program).await;
        let stop = |server: Server| {
            server.terminate();
            let log = server.log();
            assert_eq!(server.wait().code(), Some(0), "{log}");
        };
        let mut stream = contest.watch().await;
        let watching = actix_web::rt::spawn(async move {
            let mut shown = Vec::new();
            while let Some(piece) = stream.chunk().await.unwrap() {
                shown.extend_from_slice(&piece);
            }
            String::from_utf8(shown).unwrap()
        });
        let begun = Instant::now();
        contest.work_until(60, stop).await;
        // A stream never ends by itself: it is told that the server stops, and holds up nobody.
        let shown = watching.await.unwrap();
        assert!(shown.ends_with("event: end\ndata: {\"code\":\"busy\"}\n\n"), "{shown}");
        assert!(shown.matches("event: progress\n").count() > 1, "{shown}");
        println!("stopped after {:?}", begun.elapsed());
        contest.restart(&program).await;
        contest.check().await;
    }
}

async fn kill_again_and_again(db: &support::Db, times: u64) {
    let program = Program::on(db);
    let mut contest = Contest::begin(&program).await;
    let begun = Instant::now();
    let mut unknown = 0;
    for kill in 0..times {
        // In the middle of scoring, at another moment each time.
        unknown += contest
            .work_until(40 + 23 * (kill % 5), Server::kill)
            .await
            .unknown
            .len();
        contest.restart(&program).await;
        // All of it is read each time at first, then now and then: it grows.
        if kill < KILLS || kill % 10 == 9 {
            contest.check().await;
        }
    }
    contest.check().await;
    let (ballots, entries) = contest.answered();
    println!(
        "kill -9: {times} rounds in {:.0} s; {ballots} ballots and {entries} entries answered, none lost, none twice; \
         {unknown} under way without an answer",
        begun.elapsed().as_secs_f64()
    );
}
