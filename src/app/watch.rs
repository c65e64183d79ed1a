//! What nodes tell each other: news goes out by NOTIFY after the commit, and comes in by LISTEN and by polling the
//! `versions` table.
//!
//! NOTIFY inside a transaction would make all commits wait for each other, so a thread sends it on a connection of its
//! own: everything that waits becomes one statement. A lost notification costs latency: topics with a counter are
//! found by the next poll.

use std::collections::{BTreeSet, HashMap};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use crate::app::bus::{Bus, Effect};
use crate::error::{Error, Result};
use crate::store::conn::{Conn, Database};
use crate::store::{notify, versions};

/// How often notifications that came in are fetched; nothing is sent for that.
const GLANCE: Duration = Duration::from_millis(40);

/// How late news from another node may be when a notification was lost.
const POLL: Duration = Duration::from_millis(500);

/// The way to the watching thread, which ends when this is dropped.
pub(super) struct Watch(Mutex<Option<Running>>);

/// What is to be told, and the thread that tells it.
type Running = (Sender<Vec<Effect>>, JoinHandle<()>);

impl Watch {
    /// Starts the thread, with a connection of its own.
    pub(super) fn start(database: Database, bus: Bus) -> Result<Self> {
        let (tell, told) = channel();
        let handle = Builder::new()
            .name("palmares-watch".into())
            .spawn(move || watch(&database, &bus, &told))
            .map_err(Error::internal)?;
        Ok(Self(Mutex::new(Some((tell, handle)))))
    }

    /// Tells the other nodes what was committed here.
    pub(super) fn tell(&self, effects: &[Effect]) {
        if effects.is_empty() {
            return;
        }
        if let Some((tell, _)) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            // It fails when the thread panicked; the others then find the topics by polling.
            let _ = tell.send(effects.to_vec());
        }
    }

    /// Ends the thread and waits for it.
    pub(super) fn stop(&self) {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((tell, handle)) = running {
            drop(tell);
            // It fails when the thread panicked, which ended it too.
            let _ = handle.join();
        }
    }
}

fn watch(database: &Database, bus: &Bus, told: &Receiver<Vec<Effect>>) {
    let mut line = None;
    let mut seen = None;
    let mut polled = None;
    loop {
        let (effects, ended) = next(told);
        let mut turn = || {
            let line = match &mut line {
                Some(line) => line,
                None => {
                    let opened = line.insert(Line::open(database)?);
                    // What others told while nobody listened is lost, unless it has a counter.
                    bus.publish([Effect::Missed]);
                    opened
                }
            };
            line.send(&effects)?;
            bus.publish(line.heard()?);
            if polled.is_none_or(|at: Instant| at.elapsed() >= POLL) {
                let now = line.versions()?;
                if let Some(seen) = &seen {
                    bus.publish(news(seen, &now));
                }
                seen = Some(now);
                polled = Some(Instant::now());
            }
            Ok::<(), Error>(())
        };
        if let Err(error) = turn() {
            tracing::warn!("other nodes can't be reached: {error}");
            line = None;
            if !ended {
                std::thread::sleep(POLL);
            }
        }
        if ended {
            return;
        }
    }
}

/// What is to be told, all that waits at once, after a glance's time at the latest; and whether the node ends.
fn next(told: &Receiver<Vec<Effect>>) -> (BTreeSet<String>, bool) {
    let first = match told.recv_timeout(GLANCE) {
        Ok(effects) => effects,
        Err(RecvTimeoutError::Timeout) => Vec::new(),
        Err(RecvTimeoutError::Disconnected) => return (BTreeSet::new(), true),
    };
    let all = first.into_iter().chain(told.try_iter().flatten());
    (all.map(|effect| effect.to_string()).collect(), false)
}

/// The connection on which nodes talk.
struct Line {
    conn: Conn,
    /// This node's own name on it, so that it does not hear itself.
    own: i32,
}

impl Line {
    fn open(database: &Database) -> Result<Self> {
        let mut conn = database.connect().map_err(Error::internal)?;
        let own = notify::listen(&mut conn)?;
        Ok(Self { conn, own })
    }

    fn send(&mut self, topics: &BTreeSet<String>) -> Result<()> {
        if topics.is_empty() {
            return Ok(());
        }
        Ok(notify::send(&mut self.conn, topics.iter().map(String::as_str))?)
    }

    /// The effects that other nodes told of since the last time.
    fn heard(&mut self) -> Result<Vec<Effect>> {
        let topics = notify::heard(&mut self.conn, self.own)?;
        Ok(topics
            .iter()
            .filter_map(|topic| Effect::of_topic(topic))
            .collect())
    }

    fn versions(&mut self) -> Result<HashMap<String, i64>> {
        Ok(versions::all(&mut self.conn)?.into_iter().collect())
    }
}

/// The effects of every topic that was counted up.
fn news(seen: &HashMap<String, i64>, now: &HashMap<String, i64>) -> Vec<Effect> {
    now.iter()
        .filter(|(topic, version)| seen.get(*topic) != Some(version))
        .filter_map(|(topic, _)| Effect::of_topic(topic))
        .collect()
}
