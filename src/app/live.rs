//! What is watched live: rooms in which everybody sees the same picture, and is shown the newest one when it changes.
//!
//! A room belongs to an audience that may see the same: all guests share one. While somebody is in it, the room looks at
//! the data after every effect that concerns it, and once a second in any case: then it also sees what another node
//! wrote, what became visible with time, and whether its audience may still look. A picture is made once, whoever
//! watches, and only the newest is kept: who reads slowly misses those between and holds up nobody.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::Instant;

use crate::error::{Error, Result};

use super::actor::Actor;
use super::bus::{Bus, Effect};
use super::{App, Tx};

/// How often a room looks without being told to.
const GLANCE: Duration = Duration::from_secs(1);
/// How long effects are gathered before rooms look: a hall of judges is one look, not a hundred.
const GATHERED: Duration = Duration::from_millis(50);
/// How long a room rests after a look, in times of what the look took: it takes a fifth of one connection at most.
const REST: u32 = 4;
/// How long a room is silent before its watchers hear that it is there.
const SILENCE: Duration = Duration::from_secs(10);

/// What a room shows: a place, a language, an audience. Those who ask with the same key share the room.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// What is looked at.
    pub what: String,
    /// Who may look; all guests are one audience.
    pub audience: Audience,
}

/// Who looks into a room.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everybody.
    Everybody,
    /// One session.
    Session(String),
    /// One API token, by its hash.
    Program(String),
}

impl Audience {
    /// The audience that somebody is by themselves.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        match actor {
            Actor::Guest => Self::Everybody,
            Actor::Session(id) => Self::Session(id.0.clone()),
            Actor::Program(hash) => Self::Program(hash.clone()),
        }
    }
}

/// What a look gave.
#[derive(Debug)]
pub enum Look {
    /// The same as the mark says that was given.
    Same,
    /// A new picture.
    New(Picture),
}

/// A picture of the data.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Two pictures with one mark are the same.
    pub mark: String,
    /// What is sent.
    pub bytes: Bytes,
    /// The effects after which it may be out of date.
    pub rests_on: Vec<Effect>,
}

/// Looks at the data as the audience may see them; gets the mark of the picture that hangs already. It fails when they may
/// not look any more.
pub type Looker = dyn Fn(&mut Tx<'_>, Option<&str>) -> Result<Look> + Send + Sync;

/// What hangs in a room.
#[derive(Debug, Clone, Default)]
struct Wall {
    picture: Option<Arc<Picture>>,
    /// Counts the signs of life.
    beat: u64,
    /// Why there will be no other picture.
    over: Option<Arc<Error>>,
}

struct Room {
    wall: watch::Sender<Wall>,
    /// How many looks have begun.
    begun: AtomicU64,
    /// The number of the look that ended last: only who just came in waits for it.
    ended: watch::Sender<u64>,
    stir: Arc<Notify>,
    rests_on: Mutex<HashSet<Effect>>,
}

#[derive(Default)]
struct Rooms {
    open: HashMap<Key, Weak<Room>>,
    /// Carries effects to the rooms.
    messenger: Option<tokio::task::JoinHandle<()>>,
    closed: bool,
}

/// The rooms of a node.
#[derive(Clone)]
pub struct Live {
    rooms: Arc<Mutex<Rooms>>,
    bus: Bus,
}

impl Live {
    pub(super) fn new(bus: Bus) -> Self {
        let rooms = Arc::default();
        Self { rooms, bus }
    }

    /// Enters a room, and opens it for the first who comes. Whoever calls this has made sure that they may look.
    ///
    /// # Errors
    /// [`Error::Busy`] when the node is about to stop.
    pub fn enter(&self, app: &App, key: Key, look: impl FnOnce() -> Arc<Looker>) -> Result<Watcher> {
        let mut rooms = lock(&self.rooms);
        if rooms.closed {
            return Err(Error::Busy { retry_after: 1 });
        }
        if rooms
            .messenger
            .as_ref()
            .is_none_or(tokio::task::JoinHandle::is_finished)
        {
            let carry = carry(self.bus.listen(), Arc::downgrade(&self.rooms));
            rooms.messenger = Some(tokio::spawn(carry));
        }
        if let Some(room) = rooms.open.get(&key).and_then(Weak::upgrade)
            && room.wall.borrow().over.is_none()
        {
            return Ok(Watcher::new(room));
        }
        let room = Arc::new(Room {
            wall: watch::Sender::default(),
            begun: AtomicU64::default(),
            ended: watch::Sender::default(),
            stir: Arc::default(),
            rests_on: Mutex::default(),
        });
        rooms.open.insert(key.clone(), Arc::downgrade(&room));
        let first = Watcher::new(Arc::clone(&room));
        let keeper = Keeper {
            app: app.clone(),
            live: self.clone(),
            key,
            room: Arc::downgrade(&room),
            look: look(),
        };
        tokio::spawn(keeper.keep(Arc::clone(&room.stir)));
        Ok(first)
    }

    /// Ends every stream, so that their clients look for another node, and lets nobody in any more.
    pub fn close(&self) {
        let rooms = {
            let mut rooms = lock(&self.rooms);
            rooms.closed = true;
            if let Some(messenger) = rooms.messenger.take() {
                messenger.abort();
            }
            std::mem::take(&mut rooms.open)
        };
        for room in rooms.into_values().filter_map(|room| room.upgrade()) {
            room.end(Error::Busy { retry_after: 1 });
        }
    }

    /// How many rooms are open on this node.
    #[must_use]
    pub fn rooms(&self) -> usize {
        lock(&self.rooms).open.len()
    }

    /// How many watch on this node.
    #[must_use]
    pub fn watchers(&self) -> usize {
        let rooms = lock(&self.rooms);
        let watching = rooms.open.values().filter_map(Weak::upgrade);
        watching.map(|room| room.wall.receiver_count()).sum()
    }

    /// Forgets a room in which nobody is any more, or which is over.
    fn forget(&self, key: &Key) {
        let mut rooms = lock(&self.rooms);
        let is_used = |room: Arc<Room>| room.wall.borrow().over.is_none();
        if !rooms.open.get(key).and_then(Weak::upgrade).is_some_and(is_used) {
            rooms.open.remove(key);
        }
    }
}

impl Room {
    fn end(&self, why: Error) {
        self.wall.send_modify(|wall| wall.over = Some(Arc::new(why)));
        self.ended.send_replace(u64::MAX);
    }

    fn begin_look(&self) -> u64 {
        self.begun.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// A room that is over stays so.
    fn end_look(&self, number: u64) {
        self.ended.send_if_modified(|ended| {
            let is_newer = *ended < number;
            *ended = number.max(*ended);
            is_newer
        });
    }
}

/// Somebody in a room.
pub struct Watcher {
    wall: watch::Receiver<Wall>,
    seen: Option<Arc<Picture>>,
    /// The first look that began after they came in; none once it has ended.
    awaits: Option<u64>,
    room: Arc<Room>,
}

/// What a watcher gets to see.
#[derive(Debug)]
pub enum News {
    /// The newest picture.
    Picture(Bytes),
    /// Nothing new; the room is still there.
    Beat,
    /// There will be nothing more, and why.
    Over(Arc<Error>),
}

impl Watcher {
    fn new(room: Arc<Room>) -> Self {
        let mut wall = room.wall.subscribe();
        wall.mark_changed();
        let awaits = room.begun.load(Ordering::SeqCst) + 1;
        room.stir.notify_one();
        Self {
            wall,
            seen: None,
            awaits: Some(awaits),
            room,
        }
    }

    /// Waits for what this watcher has not seen. Whoever just came in sees nothing older than that: what they did a moment
    /// ago is in the first picture.
    pub async fn next(&mut self) -> News {
        if let Some(number) = self.awaits {
            let mut ended = self.room.ended.subscribe();
            // It fails only when the room is gone, which this watcher keeps open.
            drop(ended.wait_for(|ended| *ended >= number).await);
            self.awaits = None;
        }
        loop {
            let gone = self.wall.changed().await.is_err();
            let wall = self.wall.borrow_and_update().clone();
            if let Some(why) = wall.over {
                return News::Over(why);
            }
            match wall.picture {
                Some(picture) if self.seen.as_ref().is_none_or(|seen| !Arc::ptr_eq(seen, &picture)) => {
                    let bytes = picture.bytes.clone();
                    self.seen = Some(picture);
                    return News::Picture(bytes);
                }
                Some(_) => return News::Beat,
                None if gone => return News::Over(Arc::new(Error::NotReady)),
                None => {}
            }
        }
    }
}

/// Keeps the picture of a room new until nobody watches.
struct Keeper {
    app: App,
    live: Live,
    key: Key,
    room: Weak<Room>,
    look: Arc<Looker>,
}

impl Keeper {
    async fn keep(self, stir: Arc<Notify>) {
        let mut mark: Option<Arc<Picture>> = None;
        let mut spoken = Instant::now();
        let mut failing = false;
        while let Some(number) = self.room.upgrade().map(|room| room.begin_look()) {
            let begun = Instant::now();
            let (look, hangs) = (Arc::clone(&self.look), mark.clone());
            let looked = self
                .app
                .read(move |tx| look(tx, hangs.as_ref().map(|picture| picture.mark.as_str())))
                .await;
            let rest = begun.elapsed() * REST;
            let Some(room) = self.room.upgrade() else { break };
            if room.wall.borrow().over.is_some() {
                break;
            }
            let failed = failing;
            failing = looked.is_err();
            match looked {
                Ok(Look::New(picture)) => {
                    *lock(&room.rests_on) = picture.rests_on.iter().copied().collect();
                    let picture = Arc::new(picture);
                    mark = Some(Arc::clone(&picture));
                    room.wall.send_modify(|wall| wall.picture = Some(picture));
                    spoken = Instant::now();
                }
                Ok(Look::Same) => {}
                Err(error) if is_for_good(&error) => {
                    room.end(error);
                    break;
                }
                // A database that is away is told of once, not every second.
                Err(error) if !failed => tracing::warn!("a live picture is not renewed: {error}"),
                Err(_) => {}
            }
            room.end_look(number);
            if spoken.elapsed() >= SILENCE {
                room.wall.send_modify(|wall| wall.beat += 1);
                spoken = Instant::now();
            }
            drop(room);
            tokio::time::sleep(rest).await;
            // What stirred meanwhile is remembered.
            let _either = tokio::time::timeout(GLANCE, stir.notified()).await;
        }
        self.live.forget(&self.key);
    }
}

/// Whether an error is about the audience, and not about the node.
const fn is_for_good(error: &Error) -> bool {
    matches!(
        error,
        Error::Unauthenticated(_) | Error::Forbidden(_) | Error::Restricted(_) | Error::NotFound(_)
    )
}

/// Stirs the rooms that an effect concerns.
async fn carry(mut effects: broadcast::Receiver<Effect>, rooms: Weak<Mutex<Rooms>>) {
    loop {
        let mut told = HashSet::new();
        let mut missed = false;
        match effects.recv().await {
            Ok(effect) => drop(told.insert(effect)),
            Err(RecvError::Lagged(_)) => missed = true,
            Err(RecvError::Closed) => return,
        }
        tokio::time::sleep(GATHERED).await;
        loop {
            match effects.try_recv() {
                Ok(effect) => drop(told.insert(effect)),
                Err(TryRecvError::Lagged(_)) => missed = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        missed |= told.contains(&Effect::Missed);
        let Some(rooms) = rooms.upgrade() else { return };
        for room in lock(&rooms).open.values().filter_map(Weak::upgrade) {
            if missed || !lock(&room.rests_on).is_disjoint(&told) {
                room.stir.notify_one();
            }
        }
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live")
            .field("rooms", &self.rooms())
            .finish_non_exhaustive()
    }
}
