//! A publication that waited for its time appears: that is written down before anybody reads it, so that it stays
//! visible wherever the clock goes then.
//!
//! Nothing has to run for it. Whoever asks for anything at or after that time writes it down first; at any other
//! time this is a look at a number in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::time::Stamp;
use crate::error::Result;
use crate::store::appearances;
use crate::store::events::{self, NewEvent};

use super::{App, Effect, Tx};

/// How long nobody tries again after it could not be written down. What is due is shown meanwhile, too.
const PAUSE: Duration = Duration::from_secs(1);

/// When something is to appear, as far as this node knows.
#[derive(Debug, Default)]
pub(super) struct Awaited {
    known: Mutex<Known>,
    /// One looks at a time; the others wait for what they find.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    /// Counts what was published: what was found before says nothing of what comes.
    news: u64,
    next: Next,
    not_before: Option<Instant>,
}

#[derive(Debug, Default, Clone, Copy)]
enum Next {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    Nothing,
    At(Stamp),
}

impl Awaited {
    /// Something was published: when the next one is due has to be looked up.
    pub(super) fn forget(&self) {
        let mut known = self.known();
        known.news = known.news.wrapping_add(1);
        known.next = Next::Unknown;
    }

    /// Whether somebody has to look; what this gives is what [`Awaited::learn`] takes.
    pub(super) fn asks(&self, now: Stamp) -> Option<u64> {
        let known = self.known();
        let asks = match known.next {
            Next::Unknown => true,
            Next::Nothing => false,
            Next::At(moment) => moment <= now,
        };
        let rests = known.not_before.is_some_and(|until| Instant::now() < until);
        (asks && !rests).then_some(known.news)
    }

    /// Keeps when the next one is due, unless there was news since somebody looked.
    pub(super) fn learn(&self, news: u64, next: Option<Stamp>) {
        let mut known = self.known();
        known.not_before = None;
        if known.news == news {
            known.next = next.map_or(Next::Nothing, Next::At);
        }
    }

    /// It could not be looked up, or not be written down.
    pub(super) fn rest(&self) {
        self.known().not_before = Some(Instant::now() + PAUSE);
    }

    /// Waits for one's turn to look.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// What waited for its time and is due is written down as seen before anybody sees it. That this fails keeps nobody
    /// from their own: what is due is visible without, too.
    pub(super) async fn let_appear(&self) {
        let awaited = self.0.bus.awaited();
        if awaited.asks(self.now()).is_none() {
            return;
        }
        let _turn = awaited.turn().await;
        // Whoever had the turn before may have done it.
        let Some(news) = awaited.asks(self.now()) else {
            return;
        };
        let found = match self.only_read(look).await {
            Ok((true, _)) => self.only_write(write_down).await,
            Ok((false, next)) => Ok(next),
            Err(error) => Err(error),
        };
        match found {
            Ok(next) => awaited.learn(news, next),
            Err(error) => {
                tracing::warn!("what appeared could not be written down: {error}");
                awaited.rest();
            }
        }
    }
}

/// Whether something is due, and when the next one is.
///
/// # Errors
/// When the database fails.
fn look(tx: &mut Tx<'_>) -> Result<(bool, Option<Stamp>)> {
    let next = appearances::next(tx.conn)?;
    Ok((next.is_some_and(|next| next <= tx.now), next))
}

/// Writes down what is due, and gives when the next one is.
///
/// # Errors
/// When the database fails.
fn write_down(tx: &mut Tx<'_>) -> Result<Option<Stamp>> {
    for due in appearances::due(tx.conn, tx.now)? {
        if !appearances::appear(tx.conn, due.id, tx.now)? {
            continue;
        }
        let event = NewEvent {
            competition: Some(due.competition),
            action: "appearance",
            subject: format!(
                "rounds/{}/groups/{}/publications/{}",
                due.round, due.group_code, due.number
            ),
            details: serde_json::json!({ "visible_at": due.visible_at }),
            ..NewEvent::default()
        };
        events::record(tx.conn, tx.now, &event)?;
        tx.announce(Effect::GroupChanged(due.group))?;
        tx.announce(Effect::Published(due.competition))?;
    }
    appearances::next(tx.conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Stamp {
        let start: Stamp = serde_json::from_str("\"2026-07-08T01:00:00Z\"").unwrap();
        start.plus_seconds(second)
    }

    #[test]
    fn one_looks_when_something_is_due_or_nobody_knows() {
        let awaited = Awaited::default();
        let news = awaited.asks(at(0)).unwrap();
        awaited.learn(news, None);
        assert_eq!(awaited.asks(at(1_000_000)), None, "nothing waits");
        awaited.forget();
        let news = awaited.asks(at(0)).unwrap();
        awaited.learn(news, Some(at(10)));
        assert_eq!(awaited.asks(at(9)), None);
        assert_eq!(awaited.asks(at(10)), Some(news));
        awaited.learn(news, None);
        assert_eq!(awaited.asks(at(11)), None);
    }

    #[test]
    fn what_is_published_while_one_looks_is_not_missed() {
        let awaited = Awaited::default();
        let news = awaited.asks(at(0)).unwrap();
        awaited.forget();
        awaited.learn(news, None);
        assert!(awaited.asks(at(0)).is_some());
    }

    #[test]
    fn after_a_failure_nobody_tries_for_a_moment() {
        let awaited = Awaited::default();
        awaited.rest();
        assert_eq!(awaited.asks(at(0)), None);
    }
}
