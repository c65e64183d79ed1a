//! A PostgreSQL that stops in the middle of scoring, well or at once, and comes back: the server says 503 meanwhile and
//! goes on by itself.

use std::time::{Duration, Instant};

use crate::contest::{Contest, wait_for};
use crate::rounds;
use crate::support::postgres::{Own, Stop};
use crate::support::program::Program;
use std::sync::atomic::Ordering;

#[actix_web::test]
async fn postgres_may_stop_and_start_under_load() {
    let Some(mut own) = Own::start() else { return };
    let program = Program::at(&own.url()).with("PALMARES_PATIENCE_SECONDS", "1");
    let mut contest = Contest::begin(&program).await;
    let begun = Instant::now();
    let times = rounds(2);
    let (mut refused, mut unknown, mut slowest) = (0, 0, Duration::ZERO);
    for round in 0..times {
        let stop = if round % 2 == 0 {
            Stop::Immediate
        } else {
            Stop::Fast
        };
        let (own, base, back) = (&mut own, contest.base.clone(), &mut slowest);
        let outcome = contest
            .work_through(40, |heard| async move {
                own.stop(stop);
                let until = Instant::now() + Duration::from_secs(30);
                loop {
                    let ready = reqwest::get(format!("{base}/readyz")).await.unwrap();
                    if ready.status() == 503 {
                        assert!(ready.headers().contains_key("retry-after"));
                        break;
                    }
                    assert!(
                        Instant::now() < until,
                        "it says that it is ready without a database"
                    );
                }
                assert_eq!(
                    reqwest::get(format!("{base}/healthz")).await.unwrap().status(),
                    200
                );
                // Long enough that clients meet the gap.
                actix_web::rt::time::sleep(Duration::from_millis(1500)).await;
                own.start_again();
                let started = Instant::now();
                let before = heard.load(Ordering::Relaxed);
                wait_for(&heard, before + 1).await;
                *back = (*back).max(started.elapsed());
                wait_for(&heard, before + 30).await;
                assert_eq!(
                    reqwest::get(format!("{base}/readyz")).await.unwrap().status(),
                    200
                );
            })
            .await;
        refused += outcome.refused;
        unknown += outcome.unknown.len();
        assert!(outcome.refused > 0, "nobody was refused");
        contest.check().await;
    }
    let (ballots, entries) = contest.answered();
    println!(
        "PostgreSQL stopped and started: {times} times in {:.0} s; {ballots} ballots and {entries} entries answered, none \
         lost, none twice; {refused} refused with 503, none of them kept; {unknown} of unknown outcome; first answer at \
         most {:.1} s after PostgreSQL was back; no restart",
        begun.elapsed().as_secs_f64(),
        slowest.as_secs_f64()
    );
}
