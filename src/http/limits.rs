//! How often one session and one address may ask.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::error::{Error, Result};

/// How many seconds' worth may come at once.
const BURST_SECONDS: u32 = 10;
/// After so many requests those who have long been quiet are forgotten, if there are many.
const TIDY_EVERY: u32 = 1_024;
/// How many are remembered without a look who has been quiet.
const MANY: usize = 4_096;

/// Requests a second that are answered for long; `None` for as many as come.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rates {
    /// To one session.
    pub session: Option<NonZeroU32>,
    /// To one address without a session.
    pub address: Option<NonZeroU32>,
}

/// The limits of a node, each for itself: they protect its processors, which no other node shares.
#[derive(Debug)]
pub(super) struct Limits {
    sessions: Option<Limit<String>>,
    addresses: Option<Limit<IpAddr>>,
}

impl Limits {
    pub(super) fn new(rates: Rates) -> Self {
        Self {
            sessions: rates.session.map(Limit::new),
            addresses: rates.address.map(Limit::new),
        }
    }

    /// Counts a request of a session.
    pub(super) fn session(&self, session: String) -> Result<()> {
        self.sessions
            .as_ref()
            .map_or(Ok(()), |limit| limit.count(&session))
    }

    /// Counts a request of an address.
    pub(super) fn address(&self, network: IpAddr) -> Result<()> {
        self.addresses
            .as_ref()
            .map_or(Ok(()), |limit| limit.count(&network))
    }
}

#[derive(Debug)]
struct Limit<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
    counted: AtomicU32,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(rate: NonZeroU32) -> Self {
        let burst = rate.saturating_mul(NonZeroU32::MIN.saturating_add(BURST_SECONDS - 1));
        Self {
            limiter: RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst)),
            clock: DefaultClock::default(),
            counted: AtomicU32::new(0),
        }
    }

    fn count(&self, key: &K) -> Result<()> {
        let counted = self.counted.fetch_add(1, Ordering::Relaxed);
        if counted.is_multiple_of(TIDY_EVERY) && self.limiter.len() > MANY {
            // Whoever used nothing of their measure is like somebody who never came.
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now()).as_millis().div_ceil(1000);
            Error::TooMany {
                retry_after: u32::try_from(wait).unwrap_or(u32::MAX).max(1),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_seconds_worth_come_at_once_and_then_a_wait_is_told() {
        let limit = Limit::new(NonZeroU32::new(3).unwrap());
        let passed = (0..100).filter(|_| limit.count(&"a").is_ok()).count();
        assert!((30..33).contains(&passed), "{passed}");
        assert!(matches!(
            limit.count(&"a"),
            Err(Error::TooMany { retry_after: 1 })
        ));
        assert!(limit.count(&"b").is_ok());
    }

    #[test]
    fn addresses_that_came_once_are_forgotten() {
        let limit = Limit::new(NonZeroU32::new(10_000).unwrap());
        for n in 0..100_000u32 {
            limit.count(&IpAddr::from(n.to_be_bytes())).unwrap();
        }
        assert!(limit.limiter.len() < 50_000, "{}", limit.limiter.len());
    }
}
