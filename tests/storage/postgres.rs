//! What only PostgreSQL can do wrong: collisions, lost connections, writers beside each other, other nodes.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::sql_types::BigInt;
use diesel::{ExpressionMethods, QueryDsl, QueryableByName, RunQueryDsl, sql_query};
use palmares::app::{App, Effect, Tx};
use palmares::domain::ids::{CompetitionId, GroupId, RoundId};
use palmares::error::{Error, Result};
use palmares::store::conn::{Conn, Database};
use palmares::store::dialect::{self, Manager};
use palmares::store::schema::versions;

use super::{add, add_to, news, rows, told};
use crate::support::{self, Db};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn count(conn: &mut Conn, sql: &str) -> i64 {
    sql_query(sql).get_result::<Count>(conn).unwrap().n
}

fn add_one(tx: &mut Tx<'_>, topic: &str) -> Result<()> {
    diesel::update(versions::table.find(topic))
        .set(versions::version.eq(versions::version + 1))
        .execute(tx.conn)?;
    Ok(())
}

/// Two writers that meet in the middle of their first attempt, and only there.
async fn collide(
    db: &Db,
    app: &App,
    work: impl Fn(&mut Tx<'_>, usize, &dyn Fn()) -> Result<()> + Send + Sync + Clone + 'static,
) -> u32 {
    for topic in ["a", "b"] {
        palmares::store::versions::bump(&mut db.connect(), topic).unwrap();
    }
    let attempts = Arc::new(AtomicU32::new(0));
    let barrier = Arc::new(Barrier::new(2));
    let writers: Vec<_> = (0..2)
        .map(|i| {
            let (app, work, barrier, attempts) = (
                app.clone(),
                work.clone(),
                Arc::clone(&barrier),
                Arc::clone(&attempts),
            );
            actix_web::rt::spawn(async move {
                app.write(move |tx| {
                    let first = attempts.fetch_add(1, Ordering::SeqCst) < 2;
                    let meet = || {
                        if first {
                            barrier.wait();
                        }
                    };
                    tx.after(Effect::RoundChanged(RoundId(i64::try_from(i).unwrap())));
                    work(tx, i, &meet)
                })
                .await
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    attempts.load(Ordering::SeqCst)
}

fn heard_once(heard: &mut tokio::sync::broadcast::Receiver<Effect>) {
    let mut effects = told(heard);
    effects.sort_by_key(ToString::to_string);
    assert_eq!(
        effects,
        [Effect::RoundChanged(RoundId(0)), Effect::RoundChanged(RoundId(1))]
    );
}

#[actix_web::test]
async fn a_deadlock_is_tried_again() {
    let Some(db) = support::postgres() else { return };
    let app = db.open();
    let mut heard = app.effects();
    let attempts = collide(&db, &app, |tx, i, meet| {
        let order = if i == 0 { ["a", "b"] } else { ["b", "a"] };
        add_one(tx, order[0])?;
        meet();
        add_one(tx, order[1])
    })
    .await;
    assert_eq!(attempts, 3, "one of the two was the victim, once");
    let all = palmares::store::versions::all(&mut db.connect()).unwrap();
    assert!(all.iter().all(|(_, version)| *version == 3), "{all:?}");
    heard_once(&mut heard);
}

#[actix_web::test]
async fn a_serialisation_failure_is_tried_again() {
    let Some(db) = support::postgres() else { return };
    let app = db.open();
    let mut heard = app.effects();
    let attempts = collide(&db, &app, |tx, _, meet| {
        tx.conn
            .batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")?;
        let seen: i64 = versions::table
            .find("a")
            .select(versions::version)
            .first(tx.conn)?;
        meet();
        diesel::update(versions::table.find("a"))
            .set(versions::version.eq(seen + 1))
            .execute(tx.conn)?;
        Ok(())
    })
    .await;
    assert!(attempts >= 3, "{attempts}");
    let a: i64 = versions::table
        .find("a")
        .select(versions::version)
        .first(&mut db.connect())
        .unwrap();
    assert_eq!(a, 3, "no update was lost");
    heard_once(&mut heard);
}

#[actix_web::test]
async fn lost_connections_are_replaced() {
    let Some(db) = support::postgres() else { return };
    let app = db.open();
    app.write(|tx| add(tx, "before")).await.unwrap();
    app.read(|tx| Ok(rows(tx.conn))).await.unwrap();
    end_all_others(&mut db.connect());
    app.write(|tx| add(tx, "between")).await.unwrap();

    let other = Database::parse(&db.url).unwrap();
    let lost = app
        .write(move |tx| {
            add(tx, "lost")?;
            let me = count(tx.conn, "SELECT pg_backend_pid()::bigint AS n");
            let mut other = other.connect().unwrap();
            other
                .batch_execute(&format!("SELECT pg_terminate_backend({me})"))
                .unwrap();
            add(tx, "lost too")
        })
        .await;
    assert!(matches!(lost, Err(Error::Busy { .. })), "{lost:?}");
    app.write(|tx| add(tx, "later")).await.unwrap();
    assert_eq!(rows(&mut db.connect()), ["before", "between", "later"]);
}

fn end_all_others(conn: &mut Conn) {
    conn.batch_execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .unwrap();
}

#[actix_web::test]
async fn no_place_in_the_pool_is_busy() {
    let Some(db) = support::postgres() else { return };
    let mut options = db.options();
    options.connections = 1;
    options.patience = Duration::from_millis(100);
    let app = App::open(options).unwrap();
    let holder = app.clone();
    let (started, has_started) = std::sync::mpsc::channel();
    let holding = actix_web::rt::spawn(async move {
        holder
            .write(move |tx| {
                started.send(()).unwrap();
                std::thread::sleep(Duration::from_millis(500));
                add(tx, "held")
            })
            .await
    });
    actix_web::rt::task::spawn_blocking(move || has_started.recv().unwrap())
        .await
        .unwrap();
    assert!(matches!(
        app.write(|tx| add(tx, "refused")).await,
        Err(Error::Busy { .. })
    ));
    holding.await.unwrap().unwrap();
    assert_eq!(rows(&mut db.connect()), ["held"]);
}

#[actix_web::test]
async fn a_phase_can_be_shared_and_changes_alone() {
    let Some(db) = support::postgres() else { return };
    let group = GroupId(42);
    let (mut one, mut two) = (db.connect(), db.connect());
    for judge in [&mut one, &mut two] {
        dialect::begin_write(judge).unwrap();
        dialect::lock_phase_shared(judge, group).unwrap();
    }
    add_to(&mut one, "ballot 1");
    let (mut closer, mut other_group) = (db.connect(), db.connect());
    dialect::begin_write(&mut other_group).unwrap();
    dialect::lock_phase_exclusive(&mut other_group, GroupId(43)).unwrap();
    let closing = std::thread::spawn(move || {
        dialect::begin_write(&mut closer).unwrap();
        dialect::lock_phase_exclusive(&mut closer, group).unwrap();
        // The marks are read after the lock is there: every ballot that was let in is seen, none comes later.
        let counted = rows(&mut closer);
        add_to(&mut closer, "closed");
        Manager::commit_transaction(&mut closer).unwrap();
        counted
    });
    let waiting = "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let mut watcher = db.connect();
    while count(&mut watcher, waiting) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    Manager::commit_transaction(&mut one).unwrap();
    add_to(&mut two, "ballot 2");
    assert!(!closing.is_finished(), "the second judge still holds the phase");

    // A judge who comes while closure waits is queued behind it, and then sees the closed phase.
    let mut late = db.connect();
    let late = std::thread::spawn(move || {
        dialect::begin_write(&mut late).unwrap();
        dialect::lock_phase_shared(&mut late, group).unwrap();
        rows(&mut late)
    });
    while count(&mut watcher, waiting) < 2 {
        std::thread::sleep(Duration::from_millis(5));
    }
    Manager::commit_transaction(&mut two).unwrap();
    assert_eq!(closing.join().unwrap(), ["ballot 1", "ballot 2"]);
    assert_eq!(late.join().unwrap(), ["ballot 1", "ballot 2", "closed"]);
}

#[actix_web::test]
async fn another_node_hears_what_was_announced() {
    let Some(db) = support::postgres() else { return };
    let (here, there) = (db.open(), db.open());
    let mut heard = there.effects();
    // The other node learns the state of things first.
    actix_web::rt::time::sleep(Duration::from_millis(1200)).await;
    here.write(|tx| tx.announce(Effect::Published(CompetitionId(5))))
        .await
        .unwrap();
    assert_eq!(news(&mut heard).await, Effect::Published(CompetitionId(5)));
}

#[actix_web::test]
async fn a_change_without_a_counter_reaches_other_nodes_at_once_and_not_twice_its_own() {
    let Some(db) = support::postgres() else { return };
    let (here, there) = (db.open(), db.open());
    let (mut own, mut heard) = (here.effects(), there.effects());
    // Both nodes listen once their first poll is done.
    actix_web::rt::time::sleep(Duration::from_millis(1200)).await;
    for id in [7, 7, 8] {
        here.write(move |tx| {
            tx.after(Effect::GroupChanged(GroupId(id)));
            Ok(())
        })
        .await
        .unwrap();
    }
    let mut groups = BTreeSet::new();
    while groups.len() < 2 {
        groups.insert(news(&mut heard).await.to_string());
    }
    assert_eq!(groups, ["group:7", "group:8"].map(String::from).into());
    actix_web::rt::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(told(&mut own).len(), 3, "a node hears its own changes once each");
}
