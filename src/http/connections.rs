//! Connections: how many one address holds, how slowly a client may take an answer, and how long one may take to ask.
//!
//! The framework times the head of a connection's first request, pauses in a body, and silence between requests. What
//! is measured here is what it does not: a client that takes an answer in crumbs, a later request whose head never ends,
//! and an address that holds connections by the thousand.

use std::collections::HashMap;
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use actix_web::rt::net::{ActixStream, Ready, TcpStream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// How much of an answer the system takes before the client does, where it can be told: so that what a client takes is
/// seen soon.
const UNSENT: u32 = 128 << 10;

/// What a client may hold of this server.
#[derive(Debug, Clone, Copy)]
pub struct Measures {
    /// Connections of one address, or requests under way of one that a trusted proxy names; `None` for as many as come.
    pub connections: Option<NonZeroU32>,
    /// Bytes a second of a waiting answer that a client has to take; `None` for as slowly as it likes.
    pub slowest: Option<NonZeroU32>,
    /// Over which time that is measured.
    pub over: Duration,
    /// Requests of one session that are under way at once.
    pub at_once: Option<NonZeroU32>,
    /// How long a request may go without any answer: the longest body and the longest work.
    pub unanswered: Duration,
}

impl Default for Measures {
    /// No limits; 30 seconds to be measured over, 150 without an answer.
    fn default() -> Self {
        Self {
            connections: None,
            slowest: None,
            over: Duration::from_secs(30),
            at_once: None,
            unanswered: Duration::from_secs(150),
        }
    }
}

/// The open connections of a node, by the network that they come from.
#[derive(Debug)]
pub(super) struct Connections {
    most: Option<NonZeroU32>,
    open: Mutex<HashMap<IpAddr, Vec<Arc<Line>>>>,
    begun: Instant,
}

impl Connections {
    pub(super) fn new(most: Option<NonZeroU32>) -> Arc<Self> {
        Arc::new(Self {
            most,
            open: Mutex::default(),
            begun: Instant::now(),
        })
    }

    /// A place for a connection of a network. Where there is none, the one that has been idle longest makes room, so that
    /// whoever holds connections for nothing keeps nobody out; `None` when all of them are asking for something.
    pub(super) fn admit(self: &Arc<Self>, network: IpAddr) -> Option<Held> {
        let Some(most) = self.most else {
            return Some(Held(None));
        };
        let line = Arc::new(Line {
            idle_since: AtomicU64::new(self.now()),
            ended: AtomicBool::new(false),
            waker: Mutex::default(),
        });
        let mut open = self.open();
        let lines = open.entry(network).or_default();
        let most = usize::try_from(most.get()).unwrap_or(usize::MAX);
        if lines.len() >= most {
            let idle = |(_, line): &(usize, &Arc<Line>)| line.idle_since.load(Ordering::Relaxed) != BUSY;
            let oldest = lines
                .iter()
                .enumerate()
                .filter(idle)
                .min_by_key(|(_, line)| line.idle_since.load(Ordering::Relaxed));
            let (n, _) = oldest?;
            lines.swap_remove(n).end();
        }
        lines.push(Arc::clone(&line));
        drop(open);
        Some(Held(Some(Place {
            line,
            network,
            connections: Arc::clone(self),
        })))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(BUSY - 1)
    }

    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, Vec<Arc<Line>>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stands for a connection that is asking for something.
const BUSY: u64 = u64::MAX;

/// What others see of a connection.
#[derive(Debug)]
struct Line {
    /// Milliseconds since the node began, or [`BUSY`].
    idle_since: AtomicU64,
    ended: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Line {
    fn end(&self) {
        self.ended.store(true, Ordering::Release);
        if let Some(waker) = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take() {
            waker.wake();
        }
    }

    /// Whether it made room for another one; whoever asks hears of it when it does later.
    fn has_ended(&self, cx: &Context<'_>) -> bool {
        let mut waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *waker {
            Some(known) => known.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        drop(waker);
        self.ended.load(Ordering::Acquire)
    }
}

/// The place of a connection; given back when this is dropped. Nothing where connections are not counted.
#[derive(Debug)]
pub(super) struct Held(Option<Place>);

#[derive(Debug)]
struct Place {
    line: Arc<Line>,
    network: IpAddr,
    connections: Arc<Connections>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        if let Some(lines) = open.get_mut(&self.network) {
            lines.retain(|line| !Arc::ptr_eq(line, &self.line));
            if lines.is_empty() {
                open.remove(&self.network);
            }
        }
    }
}

impl Held {
    /// That of a connection which nobody counts.
    pub(super) const fn uncounted() -> Self {
        Self(None)
    }

    fn asks(&self) {
        if let Some(place) = &self.0 {
            place.line.idle_since.store(BUSY, Ordering::Relaxed);
        }
    }

    fn is_answered(&self) {
        if let Some(place) = &self.0 {
            let now = place.connections.now();
            place.line.idle_since.store(now, Ordering::Relaxed);
        }
    }

    fn has_ended(&self, cx: &Context<'_>) -> bool {
        self.0.as_ref().is_some_and(|place| place.line.has_ended(cx))
    }
}

/// A connection that is measured.
#[derive(Debug)]
pub(super) struct Measured {
    io: TcpStream,
    held: Held,
    /// When the request began that has no answer yet.
    asked: Option<Instant>,
    unanswered: Duration,
    deadline: Option<Pin<Box<Sleep>>>,
    pace: Pace,
}

impl Measured {
    pub(super) fn new(io: TcpStream, held: Held, measures: Measures) -> Self {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if measures.slowest.is_some()
            && let Err(error) = socket2::SockRef::from(&io).set_tcp_notsent_lowat(UNSENT)
        {
            tracing::debug!("the system holds as much of an answer as it likes: {error}");
        }
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        let _ = UNSENT;
        Self {
            io,
            held,
            asked: None,
            unanswered: measures.unanswered,
            deadline: None,
            pace: Pace {
                least: measures.slowest.map(|rate| least(rate, measures.over)),
                over: measures.over,
                taken: 0,
                timer: None,
            },
        }
    }

    /// Who is at the other end.
    pub(super) fn peer(&self) -> Option<SocketAddr> {
        self.io.peer_addr().ok()
    }

    /// Whether a request has waited for an answer for too long; who asks is woken then.
    fn is_overdue(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(asked) = self.asked else {
            self.deadline = None;
            return false;
        };
        let due = asked + self.unanswered;
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(due)));
        if deadline.as_mut().poll(cx).is_pending() {
            return false;
        }
        if due <= Instant::now() {
            return true;
        }
        // It was set for an earlier request.
        deadline.as_mut().reset(due);
        deadline.as_mut().poll(cx).is_ready()
    }

    /// What became of writing: bytes that went, or a client that takes too little.
    fn wrote(&mut self, cx: &mut Context<'_>, polled: Poll<Result<usize>>) -> Poll<Result<usize>> {
        match polled {
            Poll::Ready(Ok(bytes)) => {
                self.asked = None;
                self.held.is_answered();
                self.pace.took(bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Pending if self.pace.is_too_slow(cx) => {
                // What the system still holds for this client goes, too.
                let _ = socket2::SockRef::from(&self.io).set_linger(Some(Duration::ZERO));
                Poll::Ready(Err(Error::new(
                    ErrorKind::TimedOut,
                    "the client takes too little",
                )))
            }
            other => other,
        }
    }
}

/// What has to be taken in a time, in bytes.
fn least(rate: NonZeroU32, over: Duration) -> u64 {
    let millis = u64::try_from(over.as_millis()).unwrap_or(u64::MAX);
    u64::from(rate.get()).saturating_mul(millis) / 1000
}

/// How fast a client takes what waits for it.
#[derive(Debug)]
struct Pace {
    least: Option<u64>,
    over: Duration,
    taken: u64,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    fn took(&mut self, bytes: usize) {
        self.taken = self
            .taken
            .saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    /// Something waits: whether too little was taken since it does.
    fn is_too_slow(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(least) = self.least else { return false };
        let taken = &mut self.taken;
        let timer = self.timer.get_or_insert_with(|| {
            *taken = 0;
            Box::pin(tokio::time::sleep(self.over))
        });
        while timer.as_mut().poll(cx).is_ready() {
            if *taken < least {
                return true;
            }
            *taken = 0;
            timer.as_mut().reset(Instant::now() + self.over);
        }
        false
    }

    /// Nothing waits any more.
    fn rests(&mut self) {
        self.timer = None;
    }
}

impl AsyncRead for Measured {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        if this.held.has_ended(cx) {
            return Poll::Ready(Err(ErrorKind::ConnectionAborted.into()));
        }
        let before = buf.filled().len();
        match Pin::new(&mut this.io).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                if buf.filled().len() > before && this.asked.is_none() {
                    this.asked = Some(Instant::now());
                    this.held.asks();
                }
                Poll::Ready(Ok(()))
            }
            Poll::Pending if this.is_overdue(cx) => Poll::Ready(Err(ErrorKind::TimedOut.into())),
            other => other,
        }
    }
}

impl AsyncWrite for Measured {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.io).poll_write(cx, buf);
        this.wrote(cx, polled)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.io).poll_write_vectored(cx, bufs);
        this.wrote(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.io).poll_flush(cx);
        if flushed.is_ready() {
            this.pace.rests();
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}

impl ActixStream for Measured {
    fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<Result<Ready>> {
        ActixStream::poll_read_ready(&self.io, cx)
    }

    fn poll_write_ready(&self, cx: &mut Context<'_>) -> Poll<Result<Ready>> {
        ActixStream::poll_write_ready(&self.io, cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hall() -> IpAddr {
        "203.0.113.7".parse().unwrap()
    }

    fn ended(held: &Held) -> bool {
        held.has_ended(&Context::from_waker(Waker::noop()))
    }

    #[test]
    fn who_is_idle_longest_makes_room_and_who_asks_never() {
        let connections = Connections::new(NonZeroU32::new(3));
        let [first, second, third] = [(); 3].map(|()| connections.admit(hall()).unwrap());
        first
            .0
            .as_ref()
            .unwrap()
            .line
            .idle_since
            .store(5, Ordering::Relaxed);
        second
            .0
            .as_ref()
            .unwrap()
            .line
            .idle_since
            .store(3, Ordering::Relaxed);
        third.asks();
        let fourth = connections.admit(hall()).unwrap();
        assert_eq!([&first, &second, &third].map(ended), [false, true, false]);
        first.asks();
        fourth.asks();
        assert!(connections.admit(hall()).is_none(), "all of them ask");
        third.is_answered();
        assert!(connections.admit(hall()).is_some());
        assert!(ended(&third));
        // Another address has places of its own.
        assert!(connections.admit("203.0.113.8".parse().unwrap()).is_some());
    }

    #[test]
    fn a_place_is_given_back() {
        let connections = Connections::new(NonZeroU32::new(1));
        for _ in 0..3 {
            let held = connections.admit(hall()).unwrap();
            held.asks();
            assert!(connections.admit(hall()).is_none());
        }
        assert!(connections.open().is_empty());
        let uncounted = Connections::new(None);
        let many: Vec<_> = (0..100).map(|_| uncounted.admit(hall()).unwrap()).collect();
        assert!(uncounted.open().is_empty() && many.len() == 100);
    }

    #[tokio::test]
    async fn a_client_that_takes_crumbs_is_too_slow_and_one_that_takes_enough_is_not() {
        let over = Duration::from_millis(40);
        let later = || tokio::time::sleep(over * 2);
        let mut pace = Pace {
            least: Some(100),
            over,
            taken: 0,
            timer: None,
        };
        let cx = &mut Context::from_waker(Waker::noop());
        assert!(!pace.is_too_slow(cx));
        pace.took(100);
        later().await;
        assert!(!pace.is_too_slow(cx));
        // While nothing waits no time runs, and what was taken then doesn't count.
        pace.rests();
        pace.took(1_000_000);
        later().await;
        assert!(!pace.is_too_slow(cx));
        pace.took(99);
        later().await;
        assert!(pace.is_too_slow(cx));
    }
}
