//! The writer of the embedded database: one thread that commits in groups.
//!
//! It takes every job that waits, runs each in a savepoint of one transaction, commits once, and then answers all:
//! one flush of the disk serves them all, and nothing is answered before it is on disk. A job that fails or panics
//! rolls back alone. A failed commit, a failed rollback, a full disk or an I/O error fails the whole group, and the
//! connection is opened anew.

use std::any::Any;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Instant;

use diesel::QueryResult;
use diesel::connection::TransactionManager;
use tokio::sync::oneshot;

use crate::app::bus::{Bus, Effect};
use crate::app::clock::Clock;
use crate::app::meters::Meters;
use crate::app::pool::BUSY;
use crate::app::spent::{self, Part, Spent};
use crate::app::tx::{Instance, Tx};
use crate::error::{Error, Result};
use crate::store::conflict;
use crate::store::conn::{Conn, Database};
use crate::store::dialect::{self, Manager};

/// The most jobs that share a commit: enough to make the flush cheap, few enough that nobody waits long.
pub(super) const GROUP: usize = 256;

/// How much may wait, and how much of it shares a commit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Jobs that may wait.
    pub(super) queue: usize,
    /// Jobs that share a commit.
    pub(super) group: usize,
}

/// The way to the writer thread.
pub(super) struct Writer {
    queue: SyncSender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Whether the last group was not kept.
    failing: Arc<AtomicBool>,
    meters: Arc<Meters>,
}

enum Message {
    Job(Box<dyn Job>),
    Stop,
}

impl Writer {
    /// Starts the thread. It keeps `lock`, which shows that the file has its server, until it has ended.
    pub(super) fn start(
        database: Database,
        lock: Option<File>,
        limits: Limits,
        clock: Clock,
        instance: Instance,
        bus: Bus,
        meters: Arc<Meters>,
    ) -> Result<Self> {
        let conn = database.connect().map_err(Error::internal)?;
        let (sender, receiver) = sync_channel(limits.queue);
        let failing = Arc::<AtomicBool>::default();
        let mut thread = WriterThread {
            conn: Some(conn),
            failing: Arc::clone(&failing),
            group: limits.group,
            database,
            clock,
            instance,
            bus,
            meters: Arc::clone(&meters),
        };
        let handle = Builder::new()
            .name("palmares-writer".into())
            .spawn(move || {
                thread.serve(&receiver);
                drop(thread);
                drop(lock);
            })
            .map_err(Error::internal)?;
        Ok(Self {
            queue: sender,
            thread: Mutex::new(Some(handle)),
            failing,
            meters,
        })
    }

    /// Whether the last writes could not be kept: the next one tells whether that is over.
    pub(super) fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }

    /// Runs a use case and waits for its commit.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.send(Task::boxed(work, Reply::Async(answer)))?;
        answered.await.map_err(|_writer_ended| BUSY)?
    }

    /// Runs a use case and blocks this thread until its commit.
    pub(super) fn run_blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = sync_channel(1);
        self.send(Task::boxed(work, Reply::Blocking(answer)))?;
        answered.recv().map_err(|_writer_ended| BUSY)?
    }

    fn send(&self, job: Box<dyn Job>) -> Result<()> {
        self.meters.write_queue.inc();
        match self.queue.try_send(Message::Job(job)) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.meters.write_queue.dec();
                Err(BUSY)
            }
        }
    }

    /// Lets the thread finish every job that waits, then ends it. Blocks; later jobs are refused.
    pub(super) fn stop(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // When either fails the thread has ended already.
            let _ = self.queue.send(Message::Stop);
            let _ = thread.join();
        }
    }
}

/// A use case in the queue, whatever it gives.
trait Job: Send {
    /// Whether nobody waits for the answer any more.
    fn abandoned(&self) -> bool;
    /// When it was put into the queue, and for whom.
    fn origin(&self) -> (Instant, Option<Arc<Spent>>);
    /// Runs the use case and keeps what it gave.
    fn run(&mut self, tx: &mut Tx<'_>) -> Ran;
    /// Answers with what was kept, or with `instead`.
    fn answer(self: Box<Self>, instead: Option<Error>);
}

/// How a use case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ran {
    Well,
    Failed,
}

struct Task<F, T> {
    work: F,
    given: Option<Result<T>>,
    reply: Reply<T>,
    queued: Instant,
    account: Option<Arc<Spent>>,
    span: tracing::Span,
}

enum Reply<T> {
    Async(oneshot::Sender<Result<T>>),
    Blocking(SyncSender<Result<T>>),
}

impl<T, F> Task<F, T>
where
    T: Send + 'static,
    F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    fn boxed(work: F, reply: Reply<T>) -> Box<dyn Job> {
        Box::new(Self {
            work,
            given: None,
            reply,
            queued: Instant::now(),
            account: spent::current(),
            span: tracing::debug_span!("transaction", case = spent::case::<F>(), door = "Write"),
        })
    }
}

impl<T, F> Job for Task<F, T>
where
    T: Send + 'static,
    F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    fn abandoned(&self) -> bool {
        matches!(&self.reply, Reply::Async(reply) if reply.is_closed())
    }

    fn origin(&self) -> (Instant, Option<Arc<Spent>>) {
        (self.queued, self.account.clone())
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Ran {
        let given = self.span.in_scope(|| {
            let _working = tracing::debug_span!("working").entered();
            spent::on(self.account.clone(), || {
                spent::time(Part::Working, || (self.work)(tx))
            })
        });
        let ran = if given.is_ok() { Ran::Well } else { Ran::Failed };
        self.given = Some(given);
        ran
    }

    fn answer(self: Box<Self>, instead: Option<Error>) {
        let answer = match (instead, self.given) {
            (Some(error), _) => Err(error),
            (None, Some(given)) => given,
            (None, None) => Err(Error::internal("a use case panicked")),
        };
        // That the caller has left is no failure: the job is done all the same.
        match self.reply {
            Reply::Async(reply) => drop(reply.send(answer)),
            Reply::Blocking(reply) => drop(reply.send(answer)),
        }
    }
}

struct WriterThread {
    failing: Arc<AtomicBool>,
    /// None after a group failed, until the next one opens it anew.
    conn: Option<Conn>,
    /// The most jobs that share a commit.
    group: usize,
    database: Database,
    clock: Clock,
    instance: Instance,
    bus: Bus,
    meters: Arc<Meters>,
}

impl WriterThread {
    /// Serves group after group until it is told to stop, or until nobody can send any more.
    fn serve(&mut self, queue: &Receiver<Message>) {
        let mut stopping = false;
        while !stopping {
            let Ok(first) = queue.recv() else { return };
            let mut waiting = Some(first);
            // After a stop, what waits already is still served.
            while let Some(message) = waiting.take() {
                let mut group = Vec::new();
                let mut next = Some(message);
                while let Some(message) = next.take() {
                    match message {
                        Message::Job(job) => {
                            self.meters.write_queue.dec();
                            group.push(job);
                        }
                        Message::Stop => stopping = true,
                    }
                    if group.len() < self.group {
                        next = queue.try_recv().ok();
                    }
                }
                self.serve_group(group);
                if stopping {
                    waiting = queue.try_recv().ok();
                }
            }
        }
    }

    fn serve_group(&mut self, mut group: Vec<Box<dyn Job>>) {
        group.retain(|job| !job.abandoned());
        if group.is_empty() {
            return;
        }
        let size = u32::try_from(group.len()).unwrap_or(u32::MAX);
        self.meters.write_groups.observe(f64::from(size));
        let _together = tracing::debug_span!("group", size).entered();
        for (queued, account) in group.iter().map(|job| job.origin()) {
            self.meters.write_waits.observe(queued.elapsed().as_secs_f64());
            if let Some(account) = account {
                account.add(Part::Waiting, queued.elapsed());
            }
        }
        match self.commit_group(&mut group) {
            Ok(effects) => {
                self.failing.store(false, Ordering::Relaxed);
                self.bus.publish(effects);
                for job in group {
                    job.answer(None);
                }
            }
            Err(failure) => {
                // Jobs that failed by themselves are told the same: they may have seen rows that now never were.
                tracing::error!(jobs = group.len(), "a group of writes failed: {failure}");
                self.conn = None;
                self.failing.store(true, Ordering::Relaxed);
                // The file may hold it all the same.
                self.bus.publish([Effect::Missed]);
                for job in group {
                    job.answer(Some(failure.for_one()));
                }
            }
        }
    }

    fn commit_group(&mut self, group: &mut [Box<dyn Job>]) -> Result<Vec<Effect>, GroupFailure> {
        let (clock, instance) = (self.clock.clone(), self.instance);
        let conn = self.open()?;
        dialect::begin_write(conn).map_err(GroupFailure::begin)?;
        let mut effects = Vec::new();
        for job in &mut *group {
            effects
                .extend(run_in_savepoint(conn, &clock, instance, job.as_mut()).map_err(GroupFailure::write)?);
        }
        let begun = Instant::now();
        let _commit = tracing::debug_span!("commit", jobs = group.len()).entered();
        let done = Manager::commit_transaction(conn).map_err(GroupFailure::commit);
        self.meters.commits.observe(begun.elapsed().as_secs_f64());
        for (_, account) in group.iter().map(|job| job.origin()) {
            if let Some(account) = account {
                account.add(Part::Committing, begun.elapsed());
            }
        }
        done?;
        Ok(effects)
    }

    fn open(&mut self) -> Result<&mut Conn, GroupFailure> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.database.connect().map_err(GroupFailure::open)?,
        };
        Ok(self.conn.insert(conn))
    }
}

/// Runs a job at depth 2 and comes back to depth 1, with the job's effects if its rows stay.
///
/// A job that lost the transaction (SQLite rolls back by itself when the disk is full) fails here, since its savepoint
/// is gone.
fn run_in_savepoint(
    conn: &mut Conn,
    clock: &Clock,
    instance: Instance,
    job: &mut dyn Job,
) -> QueryResult<Vec<Effect>> {
    Manager::begin_transaction(conn)?;
    let mut tx = Tx::new(conn, clock.now(), instance);
    let ran: std::result::Result<Ran, Box<dyn Any + Send>> =
        catch_unwind(AssertUnwindSafe(|| job.run(&mut tx)));
    let effects = tx.into_effects();
    if matches!(ran, Ok(Ran::Well)) && dialect::depth(conn)? == 2 {
        Manager::commit_transaction(conn)?;
        return Ok(effects);
    }
    // A panic inside a nested transaction leaves the depth higher than it was begun: a single rollback would keep
    // the job's rows, and the group's commit would only release a savepoint.
    dialect::roll_back_to(conn, 1)?;
    Ok(Vec::new())
}

/// Why no job of a group was kept.
#[derive(Debug, Clone, thiserror::Error)]
enum GroupFailure {
    /// The file could not be had; trying again helps.
    #[error("the database could not be written to: {0}")]
    Busy(String),
    /// The disk is full or broken, and nothing was kept.
    #[error("the database could not keep a write: {0}")]
    Broken(String),
    /// The disk broke in the commit: after it heals, the file may hold the group.
    #[error("the database could not tell whether it kept a write: {0}")]
    Unknown(String),
}

impl GroupFailure {
    fn open(failure: diesel::ConnectionError) -> Self {
        Self::Busy(failure.to_string())
    }

    fn begin(failure: diesel::result::Error) -> Self {
        Self::Busy(failure.to_string())
    }

    fn write(failure: diesel::result::Error) -> Self {
        Self::Broken(failure.to_string())
    }

    fn commit(failure: diesel::result::Error) -> Self {
        if conflict::is_full(&failure) {
            Self::Broken(failure.to_string())
        } else {
            Self::Unknown(failure.to_string())
        }
    }

    fn for_one(&self) -> Error {
        match self {
            Self::Busy(_) => BUSY,
            Self::Broken(_) => Error::NotReady,
            Self::Unknown(_) => Error::OutcomeUnknown,
        }
    }
}
