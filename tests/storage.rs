//! The storage keeps its word: what was answered is on disk, what failed left nothing, and neither meets the other.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on has failed"
)]

#[macro_use]
mod support;

#[path = "storage/both.rs"]
mod both;
#[path = "storage/postgres.rs"]
mod postgres;
#[path = "storage/sqlite.rs"]
mod sqlite;

use std::time::Duration;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use palmares::app::{Effect, Tx};
use palmares::domain::time::Stamp;
use palmares::error::Result;
use palmares::store::conn::Conn;
use palmares::store::outbox::{NewMessage, enqueue};
use palmares::store::schema::outbox;
use tokio::sync::broadcast::Receiver;

/// Writes a row that [`rows`] can see.
fn add(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    Ok(enqueue(tx.conn, &message(name, "{}", tx.now))?)
}

/// The same on a connection without a use case.
fn add_to(conn: &mut Conn, name: &str) {
    let now = serde_json::from_str("\"2026-07-08T01:00:00Z\"").unwrap();
    enqueue(conn, &message(name, "{}", now)).unwrap();
}

/// A message of that kind, good for a day.
fn message(name: &str, body: &str, now: Stamp) -> NewMessage {
    NewMessage {
        public_id: palmares::app::random::public_id(),
        kind: name.to_owned().into(),
        recipient: "wang@example.org".to_owned(),
        body: body.to_owned(),
        created_at: now,
        due_at: now,
        expires_at: now.plus_seconds(86_400),
    }
}

/// What was heard so far. That a node which begins to listen may have missed something is no news.
fn told(heard: &mut Receiver<Effect>) -> Vec<Effect> {
    let all = std::iter::from_fn(|| heard.try_recv().ok());
    all.filter(|effect| *effect != Effect::Missed).collect()
}

/// The next thing that is heard.
async fn news(heard: &mut Receiver<Effect>) -> Effect {
    let next = async {
        loop {
            match heard.recv().await.unwrap() {
                Effect::Missed => {}
                effect => return effect,
            }
        }
    };
    actix_web::rt::time::timeout(Duration::from_secs(10), next)
        .await
        .unwrap()
}

/// The names of the rows that are on disk.
fn rows(conn: &mut Conn) -> Vec<String> {
    outbox::table
        .select(outbox::kind)
        .order(outbox::kind.asc())
        .load(conn)
        .unwrap()
}
