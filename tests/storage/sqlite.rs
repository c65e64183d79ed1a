//! The grouped writer of the embedded database.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::rt::task::JoinHandle;
use diesel::connection::SimpleConnection;
use palmares::app::{App, Effect, Tx};
use palmares::domain::ids::RoundId;
use palmares::error::{Error, Result};

use super::{add, rows};
use crate::support;

/// A job that stays in the writer until it is let go, so that all that is sent meanwhile becomes one group.
struct Gate {
    entered: Receiver<()>,
    release: Sender<()>,
    answer: JoinHandle<Result<()>>,
}

impl Gate {
    fn send(app: &App, name: &'static str) -> Self {
        let (enter, entered) = channel();
        let (release, released) = channel::<()>();
        let released = Mutex::new(released);
        let answer = send(app, move |tx| {
            add(tx, name)?;
            enter.send(()).unwrap();
            // The other end may go without a word when a test fails.
            let _ = released.lock().unwrap().recv();
            Ok(())
        });
        Self {
            entered,
            release,
            answer,
        }
    }

    /// Waits until the writer is inside.
    async fn entered(&self) {
        while self.entered.try_recv().is_err() {
            actix_web::rt::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

fn send<T: Send + 'static>(
    app: &App,
    f: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> JoinHandle<Result<T>> {
    let app = app.clone();
    actix_web::rt::spawn(async move { app.write(f).await })
}

/// Lets what was spawned reach the queue.
async fn settle() {
    for _ in 0..20 {
        actix_web::rt::task::yield_now().await;
    }
}

#[actix_web::test]
async fn in_a_group_each_fails_alone_and_all_hear_the_truth() {
    let db = support::sqlite();
    let app = db.open();
    let mut heard = app.effects();
    let gate = Gate::send(&app, "0 gate");
    gate.entered().await;
    let first = send(&app, |tx| add(tx, "1 well"));
    let failing = send(&app, |tx| {
        add(tx, "2 failing")?;
        tx.after(Effect::RoundChanged(RoundId(2)));
        Err::<(), _>(Error::conflict("not_now"))
    });
    let panicking = send(&app, |tx| -> Result<()> {
        add(tx, "3 panicking")?;
        panic!("on purpose");
    });
    let panicking_deep = send(&app, |tx| {
        add(tx, "4 panicking")?;
        tx.nested(|tx| {
            add(tx, "4 panicking deep")?;
            tx.nested(|tx| -> Result<()> {
                add(tx, "4 panicking deeper")?;
                panic!("on purpose");
            })
        })
    });
    let last = send(&app, |tx| {
        tx.after(Effect::RoundChanged(RoundId(5)));
        add(tx, "5 well")
    });
    settle().await;
    gate.release.send(()).unwrap();
    gate.answer.await.unwrap().unwrap();
    first.await.unwrap().unwrap();
    assert!(matches!(failing.await.unwrap(), Err(Error::Conflict(_))));
    assert!(matches!(panicking.await.unwrap(), Err(Error::Internal(_))));
    assert!(matches!(panicking_deep.await.unwrap(), Err(Error::Internal(_))));
    last.await.unwrap().unwrap();
    // Another connection sees it: the commit was real, no mere release of a savepoint.
    assert_eq!(rows(&mut db.connect()), ["0 gate", "1 well", "5 well"]);
    assert_eq!(heard.try_recv(), Ok(Effect::RoundChanged(RoundId(5))));
    assert!(heard.try_recv().is_err());
}

#[actix_web::test]
async fn nothing_is_answered_before_the_commit() {
    let db = support::sqlite();
    let app = db.open();
    let blocker = Gate::send(&app, "0");
    blocker.entered().await;
    // One group of two: the first is done while the second still holds the transaction open.
    let done = send(&app, |tx| add(tx, "1"));
    settle().await;
    let holder = Gate::send(&app, "2");
    settle().await;
    blocker.release.send(()).unwrap();
    blocker.answer.await.unwrap().unwrap();
    holder.entered().await;
    actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    assert!(!done.is_finished(), "answered before its commit");
    assert_eq!(rows(&mut db.connect()), ["0"]);
    holder.release.send(()).unwrap();
    done.await.unwrap().unwrap();
    holder.answer.await.unwrap().unwrap();
    assert_eq!(rows(&mut db.connect()), ["0", "1", "2"]);
}

#[actix_web::test]
async fn a_full_queue_is_busy() {
    let db = support::sqlite();
    let mut options = db.options();
    options.write_queue = 2;
    let app = App::open(options).unwrap();
    let gate = Gate::send(&app, "gate");
    gate.entered().await;
    let waiting = [send(&app, |tx| add(tx, "a")), send(&app, |tx| add(tx, "b"))];
    settle().await;
    let refused = app.write(|tx| add(tx, "refused")).await;
    assert!(matches!(refused, Err(Error::Busy { retry_after: 1.. })));
    gate.release.send(()).unwrap();
    for job in waiting {
        job.await.unwrap().unwrap();
    }
    assert_eq!(rows(&mut db.connect()), ["a", "b", "gate"]);
}

#[actix_web::test]
async fn who_left_before_their_turn_is_not_served() {
    let db = support::sqlite();
    let app = db.open();
    let gate = Gate::send(&app, "gate");
    gate.entered().await;
    let leaving = send(&app, |tx| add(tx, "left"));
    settle().await;
    leaving.abort();
    assert!(leaving.await.is_err());
    gate.release.send(()).unwrap();
    gate.answer.await.unwrap().unwrap();
    app.write(|tx| add(tx, "next")).await.unwrap();
    assert_eq!(rows(&mut db.connect()), ["gate", "next"]);
}

#[actix_web::test]
async fn a_full_disk_loses_nothing_that_was_answered() {
    let db = support::sqlite();
    let app = db.open();
    app.write(|tx| Ok(tx.conn.batch_execute("PRAGMA max_page_count = 1")?))
        .await
        .unwrap();
    let names = Arc::new(["a", "b", "c"]);
    let gate = Gate::send(&app, "gate");
    gate.entered().await;
    let jobs: Vec<_> = (0..3)
        .map(|i| {
            let names = Arc::clone(&names);
            let big = "x".repeat(if i == 1 { 1 << 20 } else { 1 });
            send(&app, move |tx| {
                Ok(palmares::store::outbox::enqueue(
                    tx.conn,
                    &crate::message(names[i], &big, tx.now),
                )?)
            })
        })
        .collect();
    settle().await;
    gate.release.send(()).unwrap();
    let mut kept = Vec::new();
    if gate.answer.await.unwrap().is_ok() {
        kept.push("gate");
    }
    for (job, name) in jobs.into_iter().zip(*names) {
        match job.await.unwrap() {
            Ok(()) => kept.push(name),
            Err(error) => assert!(matches!(error, Error::NotReady), "{error}"),
        }
    }
    kept.sort_unstable();
    assert!(!kept.contains(&"b"), "there was no room for it");
    assert_eq!(rows(&mut db.connect()), kept);
}

#[actix_web::test]
async fn a_lost_transaction_fails_its_group_and_the_next_one_works() {
    let db = support::sqlite();
    let app = db.open();
    let gate = Gate::send(&app, "0");
    gate.entered().await;
    let innocent = send(&app, |tx| add(tx, "1"));
    // What SQLite does by itself when the disk fails: the whole transaction is gone.
    let broken = send(&app, |tx| {
        add(tx, "2")?;
        tx.conn.batch_execute("ROLLBACK")?;
        Ok(())
    });
    let after = send(&app, |tx| add(tx, "3"));
    settle().await;
    gate.release.send(()).unwrap();
    gate.answer.await.unwrap().unwrap();
    for job in [innocent, broken, after] {
        assert!(matches!(job.await.unwrap(), Err(Error::NotReady)));
    }
    app.write(|tx| add(tx, "4")).await.unwrap();
    assert_eq!(rows(&mut db.connect()), ["0", "4"]);
}

#[actix_web::test]
async fn another_process_that_writes_makes_it_wait_and_not_fail() {
    let db = support::sqlite();
    let app = db.open();
    let mut other = db.connect();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let waiting = send(&app, |tx| add(tx, "kept"));
    actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    other.batch_execute("COMMIT").unwrap();
    waiting.await.unwrap().unwrap();
}
