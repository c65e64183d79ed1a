//! Pools of connections: a bounded number of callers at once, and transactions that are tried again where that helps.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::QueryResult;
use diesel::connection::TransactionManager;
use diesel::r2d2;
use tokio::sync::Semaphore;

use crate::app::bus::Effect;
use crate::app::clock::Clock;
use crate::app::meters::Meters;
use crate::app::sheets::Sheets;
use crate::app::spent::{self, Part, Spent};
use crate::app::tx::{Instance, Tx};
use crate::error::{Error, Result};
use crate::store::conflict;
use crate::store::conn::{Access, Conn, Database, Manager};
use crate::store::dialect;

/// How often a transaction that lost against another one is tried.
const ATTEMPTS: u32 = 8;

/// What a transaction of a pool may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// Read one unchanging state of the data.
    Read,
    /// Write.
    Write,
}

impl Door {
    fn begin(self, conn: &mut Conn) -> QueryResult<()> {
        match self {
            Self::Read => dialect::begin_read(conn),
            Self::Write => dialect::begin_write(conn),
        }
    }
}

/// A pool of connections with a place for as many callers as it has connections.
#[derive(Clone)]
pub(super) struct Pool {
    connections: r2d2::Pool<Manager>,
    places: Arc<Semaphore>,
    size: u32,
    patience: Duration,
    clock: Clock,
    instance: Instance,
    meters: Arc<Meters>,
    sheets: Arc<Sheets>,
}

impl Pool {
    /// A pool that connects when it is used: a database that is away now may be back by then.
    pub(super) fn new(
        database: Database,
        access: Access,
        size: u32,
        patience: Duration,
        clock: Clock,
        instance: Instance,
        meters: Arc<Meters>,
    ) -> Self {
        meters.pool_size.set(i64::from(size));
        let connections = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .connection_timeout(patience)
            .test_on_check_out(false)
            .build_unchecked(Manager::new(database, access));
        Self {
            sheets: Arc::new(Sheets::new(Arc::clone(&meters))),
            connections,
            places: Arc::new(Semaphore::new(usize::try_from(size).unwrap_or(1))),
            size,
            patience,
            clock,
            instance,
            meters,
        }
    }

    /// Runs a transaction on a thread that may block, when there is a place within the time-out.
    pub(super) async fn run<T, F>(&self, door: Door, work: F) -> Result<(T, Vec<Effect>)>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let begun = Instant::now();
        let account = spent::current();
        let place = tokio::time::timeout(self.patience, Arc::clone(&self.places).acquire_owned())
            .await
            .map_err(|_too_long| BUSY)?
            .map_err(|_closed| BUSY)?;
        let pool = self.clone();
        let span = tracing::debug_span!("transaction", case = spent::case::<F>(), ?door);
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            pool.waited(begun, account.as_deref());
            let _busy = Busy::on(&pool.meters);
            span.in_scope(|| spent::on(account, || pool.run_blocking(door, &work)))
        });
        done.await.map_err(Error::internal)?
    }

    /// Notes how long somebody waited for a connection and a thread.
    fn waited(&self, begun: Instant, account: Option<&Spent>) {
        self.meters.pool_waits.observe(begun.elapsed().as_secs_f64());
        if let Some(account) = account {
            account.add(Part::Waiting, begun.elapsed());
        }
    }

    /// Runs a transaction on this thread, again where another one was in its way.
    pub(super) fn run_blocking<T>(
        &self,
        door: Door,
        work: &impl Fn(&mut Tx<'_>) -> Result<T>,
    ) -> Result<(T, Vec<Effect>)> {
        let mut attempt = 1;
        loop {
            // A panic drops the connection on its way out, and the database rolls back what it held.
            let outcome = catch_unwind(AssertUnwindSafe(|| self.attempt(door, work)))
                .unwrap_or_else(|_| Err(Error::internal("a use case panicked")));
            match outcome {
                Err(error) if attempt < ATTEMPTS && is_collision(&error) => {
                    tracing::debug!(attempt, "transaction is tried again: {error}");
                    std::thread::sleep(jitter(attempt));
                    attempt += 1;
                }
                Err(error) if is_collision(&error) => return Err(BUSY),
                outcome => return outcome,
            }
        }
    }

    fn attempt<T>(&self, door: Door, work: &impl Fn(&mut Tx<'_>) -> Result<T>) -> Result<(T, Vec<Effect>)> {
        let mut conn = self.begun(door)?;
        let mut tx = Tx::new(&mut conn, self.clock.now(), self.instance);
        if door == Door::Read {
            tx = tx.reading(Arc::clone(&self.sheets));
        }
        match spent::time(Part::Working, || work(&mut tx)) {
            Ok(value) => {
                let effects = tx.into_effects();
                let begun = Instant::now();
                let done = spent::time(Part::Committing, || commit(&mut conn));
                if door == Door::Write {
                    self.meters.commits.observe(begun.elapsed().as_secs_f64());
                }
                done.map(|()| (value, effects))
            }
            Err(error) => Err(roll_back(&mut conn, error)),
        }
    }

    /// A connection with a transaction begun. Connections that went stale in the pool fail here and are dropped; the
    /// pool has at most [`size`](Self::size) of them, so the next one is fresh.
    fn begun(&self, door: Door) -> Result<r2d2::PooledConnection<Manager>> {
        for _ in 0..=self.size {
            let mut conn = self.connections.get().map_err(|error| {
                tracing::warn!("no database connection: {error}");
                BUSY
            })?;
            match door.begin(&mut conn) {
                Ok(()) => return Ok(conn),
                Err(error) => {
                    tracing::warn!("a database connection is dropped: {error}");
                    dialect::give_up(&mut conn);
                }
            }
        }
        Err(BUSY)
    }

    /// Waits until everyone inside has left, then lets nobody in.
    pub(super) async fn close(&self) {
        // It fails only when another call has closed the pool already.
        let _everyone_left = self.places.acquire_many(self.size).await;
        self.places.close();
    }
}

/// Counts a connection as busy until it is dropped.
struct Busy<'a>(&'a Meters);

impl<'a> Busy<'a> {
    fn on(meters: &'a Meters) -> Self {
        meters.pool_busy.inc();
        Self(meters)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.pool_busy.dec();
    }
}

/// What a caller hears who did not get through; nothing of theirs was kept.
pub(super) const BUSY: Error = Error::Busy { retry_after: 1 };

fn commit(conn: &mut Conn) -> Result<()> {
    if dialect::depth(conn)? != 1 {
        dialect::give_up(conn);
        return Err(Error::internal("a use case left a transaction open"));
    }
    dialect::Manager::commit_transaction(conn).map_err(|failure| {
        if conflict::is_lost(&failure) {
            // The database may have committed before the connection went: this is never tried again.
            tracing::warn!("the connection was lost in a commit, whose fate is unknown: {failure}");
            return Error::OutcomeUnknown;
        }
        failure.into()
    })
}

/// Ends a failed transaction. Its error stands, unless the connection is gone: that is not the caller's fault, and
/// nothing was kept.
fn roll_back(conn: &mut Conn, error: Error) -> Error {
    match dialect::roll_back_to(conn, 0) {
        Ok(()) => error,
        Err(failure) => {
            tracing::warn!("a connection was lost in a transaction: {error}; {failure}");
            dialect::give_up(conn);
            BUSY
        }
    }
}

fn is_collision(error: &Error) -> bool {
    match error {
        Error::Internal(cause) => cause.downcast_ref().is_some_and(conflict::is_collision),
        _ => false,
    }
}

/// A random pause, longer for each attempt, so that transactions that collided once do not meet again.
fn jitter(attempt: u32) -> Duration {
    let most = 2_000u64.saturating_mul(1 << attempt.min(8));
    Duration::from_micros(rand::random_range(most / 4..most))
}
