//! How many requests of one client are answered at once: each holds memory until its answer is taken.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;

use crate::error::{Error, Result};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Asker {
    /// A session or program.
    Session(String),
    /// An address without one.
    Address(IpAddr),
}

/// What is under way at a node.
#[derive(Debug)]
pub(super) struct Underway {
    /// Of one session.
    session: Option<NonZeroU32>,
    /// Of one address without a session.
    address: Option<NonZeroU32>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts(Mutex<HashMap<Asker, u32>>);

impl Counts {
    fn open(&self) -> MutexGuard<'_, HashMap<Asker, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Underway {
    pub(super) fn new(session: Option<NonZeroU32>, address: Option<NonZeroU32>) -> Self {
        Self {
            session,
            address,
            counts: Arc::default(),
        }
    }

    /// Counts a request from here on; nothing where they are not counted.
    ///
    /// # Errors
    /// [`Error::TooMany`] when as many are under way as may be.
    pub(super) fn begin(&self, asker: Asker) -> Result<Option<Begun>> {
        let most = match asker {
            Asker::Session(_) => self.session,
            Asker::Address(_) => self.address,
        };
        let Some(most) = most else { return Ok(None) };
        let mut counts = self.counts.open();
        let count = counts.entry(asker.clone()).or_default();
        if *count >= most.get() {
            return Err(Error::TooMany { retry_after: 1 });
        }
        *count = count.saturating_add(1);
        drop(counts);
        Ok(Some(Begun {
            asker,
            counts: Arc::clone(&self.counts),
        }))
    }
}

/// A request that is under way until this is dropped.
#[derive(Debug)]
pub(super) struct Begun {
    asker: Asker,
    counts: Arc<Counts>,
}

impl Begun {
    /// The answer, which keeps the request under way until it is taken.
    pub(super) fn until_taken<B: MessageBody + 'static>(self, body: B) -> BoxBody {
        if matches!(body.size(), BodySize::None | BodySize::Sized(0)) {
            return body.boxed();
        }
        BoxBody::new(Kept {
            body: body.boxed(),
            _begun: self,
        })
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if let Entry::Occupied(mut count) = self.counts.open().entry(self.asker.clone()) {
            *count.get_mut() = count.get().saturating_sub(1);
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

struct Kept {
    body: BoxBody,
    _begun: Begun,
}

impl MessageBody for Kept {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_under_way_at_once_and_each_makes_room_when_it_is_taken() {
        let underway = Underway::new(NonZeroU32::new(2), None);
        let wang = || underway.begin(Asker::Session("wang".into()));
        let first = wang().unwrap().unwrap();
        let second = wang().unwrap().unwrap();
        assert!(matches!(wang(), Err(Error::TooMany { retry_after: 1 })));
        assert!(underway.begin(Asker::Session("li".into())).is_ok());
        drop(first);
        let answer = second.until_taken("a long answer");
        let third = wang().unwrap().unwrap();
        assert!(wang().is_err(), "an answer that is not taken counts");
        drop(answer);
        drop(third.until_taken(""));
        assert!(underway.counts.open().is_empty());
    }

    #[test]
    fn where_nothing_is_limited_nothing_is_counted() {
        let underway = Underway::new(None, NonZeroU32::new(1));
        assert!(underway.begin(Asker::Session("wang".into())).unwrap().is_none());
        assert!(
            underway
                .begin(Asker::Address("203.0.113.7".parse().unwrap()))
                .unwrap()
                .is_some()
        );
    }
}
