//! The one place that asks what time it is. Elsewhere time is a value: [`Tx::now`](super::Tx).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};

use crate::domain::time::Stamp;

/// Tells the time: the machine's, or one that tests and the demo set.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    /// Microseconds since 1970, shared by every clone.
    Manual(Arc<AtomicI64>),
    /// Microseconds that it is ahead of the machine's clock, shared by every clone.
    Shifted(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `start` until it is set; its clones stay with it.
    #[must_use]
    pub fn manual(start: Stamp) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(micros(start)))))
    }

    /// A clock that runs like the machine's and can be set to another day; its clones stay with it.
    #[must_use]
    pub fn shifted() -> Self {
        Self(Source::Shifted(Arc::default()))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Stamp {
        match &self.0 {
            Source::System => system_now(),
            // Any number of microseconds that came from a Stamp is one again.
            Source::Manual(at) => {
                DateTime::from_timestamp_micros(at.load(Ordering::SeqCst)).map_or_else(system_now, Stamp::new)
            }
            Source::Shifted(by) => {
                let now = micros(system_now()).saturating_add(by.load(Ordering::SeqCst));
                DateTime::from_timestamp_micros(now).map_or_else(system_now, Stamp::new)
            }
        }
    }

    /// Sets a manual or shifted clock, forward or back; the machine's clock stays as it is.
    pub fn set(&self, moment: Stamp) {
        match &self.0 {
            Source::System => {}
            Source::Manual(at) => at.store(micros(moment), Ordering::SeqCst),
            Source::Shifted(by) => by.store(micros(moment) - micros(system_now()), Ordering::SeqCst),
        }
    }

    /// Moves a manual or shifted clock by seconds, back when negative; the machine's clock stays as it is.
    pub fn advance(&self, seconds: i64) {
        if let Source::Manual(at) | Source::Shifted(at) = &self.0 {
            at.fetch_add(seconds.saturating_mul(1_000_000), Ordering::SeqCst);
        }
    }
}

fn micros(moment: Stamp) -> i64 {
    moment.utc().timestamp_micros()
}

#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn system_now() -> Stamp {
    Stamp::new(Utc::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_stands_still_until_it_is_moved() {
        let start: Stamp = serde_json::from_str("\"2026-07-08T01:00:00.000001Z\"").unwrap();
        let clock = Clock::manual(start);
        let shared = clock.clone();
        assert_eq!(clock.now(), start);
        shared.advance(-60);
        assert_eq!(clock.now(), start.plus_seconds(-60));
        shared.set(start);
        assert_eq!(clock.now(), start);
        let shifted = Clock::shifted();
        shifted.set(start);
        let first = shifted.now();
        assert!(first >= start && first < start.plus_seconds(60));
        while shifted.now() == first {}
        assert!(Clock::system().now() > start.plus_seconds(-10 * 365 * 86_400));
    }
}
