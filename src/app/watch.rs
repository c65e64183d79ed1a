//! Hears what other nodes changed: polls the `versions` table and hands the news to this node's bus.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crate::app::bus::{Bus, Effect};
use crate::error::{Error, Result};
use crate::store::conn::{Conn, Database};
use crate::store::versions;

/// How late news from another node may be.
const PAUSE: Duration = Duration::from_millis(500);

/// The way to the watching thread, which ends when this is dropped.
pub(super) struct Watch(Mutex<Option<(Sender<()>, JoinHandle<()>)>>);

impl Watch {
    /// Starts the thread, with a connection of its own.
    pub(super) fn start(database: Database, bus: Bus) -> Result<Self> {
        let (stop, stopped) = channel();
        let handle = Builder::new()
            .name("palmares-watch".into())
            .spawn(move || watch(&database, &bus, &stopped))
            .map_err(Error::internal)?;
        Ok(Self(Mutex::new(Some((stop, handle)))))
    }

    /// Ends the thread and waits for it.
    pub(super) fn stop(&self) {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((stop, handle)) = running {
            drop(stop);
            // It fails when the thread panicked, which ended it too.
            let _ = handle.join();
        }
    }
}

fn watch(database: &Database, bus: &Bus, stopped: &Receiver<()>) {
    let mut conn = None;
    let mut seen = None;
    while stopped.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
        match poll(database, &mut conn) {
            Ok(now) => {
                if let Some(seen) = &seen {
                    bus.publish(news(seen, &now));
                }
                seen = Some(now);
            }
            Err(error) => {
                tracing::warn!("other nodes can't be heard: {error}");
                conn = None;
            }
        }
    }
}

fn poll(database: &Database, conn: &mut Option<Conn>) -> Result<HashMap<String, i64>> {
    let conn = match conn {
        Some(conn) => conn,
        None => conn.insert(database.connect().map_err(Error::internal)?),
    };
    Ok(versions::all(conn)?.into_iter().collect())
}

/// The effects of every topic that was counted up.
fn news(seen: &HashMap<String, i64>, now: &HashMap<String, i64>) -> Vec<Effect> {
    now.iter()
        .filter(|(topic, version)| seen.get(*topic) != Some(version))
        .filter_map(|(topic, _)| Effect::of_topic(topic))
        .collect()
}
