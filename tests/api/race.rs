//! Ballots and the closure of their group, at the same time on two connections: PostgreSQL's phase locks. On SQLite one
//! writer takes one after the other, so nothing can meet.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use diesel::prelude::*;
use palmares::app::Tx;
use palmares::app::ballots;
use palmares::app::desk::Written;
use palmares::app::place::EntryAt;
use palmares::domain::ids::GroupId;
use palmares::domain::points::Given;
use palmares::domain::round::Phase;
use palmares::store::dialect;
use palmares::store::schema::round_groups;
use serde_json::json;

use crate::contest::{Contest, MARKS, SEMI};
use crate::support;

/// Long enough for a request that waits for nothing to be answered many times over.
pub const A_WHILE: Duration = Duration::from_millis(500);

/// Holds a transaction open between its work and its commit.
#[derive(Clone)]
pub struct Hold {
    reached: Arc<Barrier>,
    released: Arc<Barrier>,
}

impl Hold {
    pub fn new() -> Self {
        Self {
            reached: Arc::new(Barrier::new(2)),
            released: Arc::new(Barrier::new(2)),
        }
    }

    /// In the transaction.
    pub fn stop(&self) {
        self.reached.wait();
        self.released.wait();
    }

    pub async fn until_reached(&self) {
        let reached = Arc::clone(&self.reached);
        actix_web::rt::task::spawn_blocking(move || reached.wait())
            .await
            .unwrap();
    }

    pub async fn release(&self) {
        let released = Arc::clone(&self.released);
        actix_web::rt::task::spawn_blocking(move || released.wait())
            .await
            .unwrap();
    }
}

#[actix_web::test]
async fn closure_waits_for_a_ballot_under_way_and_then_sees_it() {
    let Some(db) = support::postgres() else { return };
    let contest = Arc::new(Contest::begin(db).await);
    let seen = contest.revision("north").await;
    let hold = Hold::new();
    let ballot = {
        let (actor, hold) = (contest.hall.actor(&contest.judge), hold.clone());
        let work = move |tx: &mut Tx<'_>| {
            let at = EntryAt {
                slug: "cup".parse().unwrap(),
                round: "semi-final".parse().unwrap(),
                entry: 1,
            };
            let mark = |code: &str, mark: &str| (code.to_owned(), Given::new(mark));
            let written = Written {
                marks: [mark("idea", "50"), mark("team", "30")].into(),
                comment: None,
            };
            let submitted = ballots::submit(tx, &actor, &at, 0, Some(&written))?;
            hold.stop();
            Ok(submitted.ballot.status)
        };
        let app = contest.hall.app.clone();
        actix_web::rt::spawn(async move { app.write(work).await })
    };
    hold.until_reached().await;
    let closing = {
        let contest = Arc::clone(&contest);
        actix_web::rt::spawn(async move {
            contest
                .group("north", "closure", json!({ "revision": seen }))
                .await
        })
    };
    actix_web::rt::time::sleep(A_WHILE).await;
    assert!(
        !closing.is_finished(),
        "the group was closed over a ballot that was under way"
    );
    hold.release().await;
    assert_eq!(ballot.await.unwrap().unwrap().as_str(), "submitted");
    closing.await.unwrap().problem(409, "standings_moved");
    let closed = contest.close_group("north").await;
    let missing = closed.ok()["missing"].as_array().unwrap();
    assert_eq!(missing.len(), 7, "the ballot counts: {missing:?}");
}

#[actix_web::test]
async fn a_ballot_waits_for_a_closure_under_way_and_is_late() {
    let Some(db) = support::postgres() else { return };
    let contest = Arc::new(Contest::begin(db).await);
    let hold = Hold::new();
    let closure = {
        let hold = hold.clone();
        let work = move |tx: &mut Tx<'_>| {
            let north = round_groups::table.filter(round_groups::code.eq("north"));
            let id: GroupId = north.select(round_groups::id).first(tx.conn)?;
            dialect::lock_phase_exclusive(tx.conn, id)?;
            diesel::update(round_groups::table.find(id))
                .set(round_groups::phase.eq(Phase::Closed))
                .execute(tx.conn)?;
            hold.stop();
            Ok(())
        };
        let app = contest.hall.app.clone();
        actix_web::rt::spawn(async move { app.write(work).await })
    };
    hold.until_reached().await;
    let send = |entry: usize| {
        let contest = Arc::clone(&contest);
        actix_web::rt::spawn(async move { contest.score(&contest.judge, MARKS[entry]).await })
    };
    let (north, south) = (send(0), send(4));
    south.await.unwrap().ok();
    actix_web::rt::time::sleep(A_WHILE).await;
    assert!(
        !north.is_finished(),
        "a ballot was taken while its group was being closed"
    );
    hold.release().await;
    closure.await.unwrap().unwrap();
    let late = north.await.unwrap();
    assert_eq!(late.expect(202)["status"], "late");
    let ballots = contest.organizer.get(&format!("{SEMI}/entries/1/ballots")).await;
    let counted = ballots.ok()["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|b| !b["counted"].is_null());
    assert_eq!(counted.count(), 0, "{}", ballots.text);
}
