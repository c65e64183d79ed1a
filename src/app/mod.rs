//! Use cases, and the only doors to the data: [`App::read`] and [`App::write`].
//!
//! A use case is a synchronous function over a [`Tx`]: its first act is the permission, then it works with `store` and
//! `domain`. It runs inside one transaction, gives owned values, and may run twice (PostgreSQL retries), so it is `Fn`.
//!
//! ```ignore
//! let entry = app.write(move |tx| entries::submit(tx, &actor, &slug, number)).await?;
//! ```

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;

pub mod access;
pub mod accounts;
pub mod actor;
pub mod adjustments;
pub mod advancement;
pub mod api_tokens;
mod appearances;
pub mod assignments;
pub mod ballots;
pub mod bench;
pub mod bookmarks;
mod brakes;
mod bus;
mod carried;
pub mod changes;
pub mod clock;
pub mod closure;
pub mod comparisons;
pub mod competitions;
pub mod delivery;
pub mod desk;
pub mod divisions;
mod documents;
pub mod dossier;
pub mod email_addresses;
pub mod enrolment;
pub mod entrance;
pub mod entries;
pub mod entry_lists;
pub mod export;
pub mod factor;
pub mod gathering;
mod grouping;
pub mod groups;
pub mod guessing;
pub mod idempotency;
pub mod identities;
pub mod imports;
pub mod instance;
pub mod intake;
pub mod invitations;
pub mod judge_links;
pub mod keys;
pub mod late;
mod leavers;
pub mod letters;
pub mod live;
pub mod members;
pub mod messages;
pub mod meters;
mod offering;
pub mod offers;
pub mod panels;
pub mod paper;
pub mod password_resets;
pub mod passwords;
pub mod phones;
pub mod place;
mod pool;
pub mod post;
pub mod progress;
pub mod proposals;
pub mod prospectus;
pub mod providers;
pub mod publication;
pub mod random;
pub mod recorded;
pub mod recusals;
pub mod reopening;
pub mod results;
pub mod round_entries;
pub mod rounds;
pub mod rules;
pub mod rules_cache;
pub mod screening;
pub mod second_factor;
pub mod sessions;
mod shares;
mod sheets;
pub mod showcase;
pub mod sign_in_codes;
pub mod spent;
pub mod standings;
pub mod status;
pub mod submissions;
mod surroundings;
pub mod tablets;
pub mod tabulation;
pub mod tie_decisions;
pub mod two_persons;
mod tx;
pub mod users;
pub mod vault;
mod watch;
mod writer;

pub use bus::Effect;
pub use clock::Clock;
pub use tx::{Instance, Tx};

use crate::config::Config;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::conn::{Access, Conn, Database};
use crate::store::{migrate, versions};
use bus::Bus;
use live::Live;
use meters::Meters;
use pool::{Door, Pool};
use showcase::Showcase;
use watch::Watch;
use writer::Writer;

/// What an [`App`] is opened with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the data is.
    pub database: Database,
    /// What time it is.
    pub clock: Clock,
    /// What the program is there for.
    pub purpose: Purpose,
    /// Connections that read at once; on PostgreSQL, connections at all.
    pub connections: u32,
    /// Writes that may wait on the embedded database; one more is refused as busy.
    pub write_queue: usize,
    /// Writes that share a commit on the embedded database; a measurement sets 1.
    pub write_group: usize,
    /// How long a caller waits for a connection before it is refused as busy.
    pub patience: Duration,
    /// What use cases go by.
    pub instance: Instance,
}

/// What a program opens the data for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To serve it: an SQLite file has one server at a time.
    Serve,
    /// For one command, which may work beside a server.
    Command,
}

impl Options {
    /// The usual ones for a database URL.
    ///
    /// # Errors
    /// Fails when the URL names no database.
    pub fn new(database_url: &str) -> Result<Self> {
        Ok(Self {
            database: Database::parse(database_url).map_err(Error::internal)?,
            clock: Clock::system(),
            purpose: Purpose::Serve,
            connections: 16,
            write_queue: 4096,
            write_group: writer::GROUP,
            patience: Duration::from_secs(5),
            instance: Instance::default(),
        })
    }

    /// What the configuration says.
    ///
    /// # Errors
    /// Fails when its URL names no database.
    pub fn from_config(config: &Config) -> Result<Self> {
        Ok(Self {
            connections: config.connections,
            write_queue: config.write_queue,
            patience: Duration::from_secs(config.patience_seconds),
            instance: Instance {
                sessions: config.session_limits(),
                second_factor: config.demand_second_factor,
            },
            ..Self::new(&config.data.database_url())?
        })
    }

    /// The same for one command.
    #[must_use]
    pub fn for_command(mut self) -> Self {
        self.purpose = Purpose::Command;
        self
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }
}

/// Why a database was not opened. Found inside [`Error::Internal`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// Another server has the SQLite file.
    #[error("another palmares serves {}", .0.display())]
    InUse(PathBuf),
    /// A server of another version has the file, so this command can't bring it up to date.
    #[error("{database} needs the migrations {}; stop its server and run `palmares migrate`", .pending.join(", "))]
    NotMigrated {
        /// Which database.
        database: String,
        /// What it needs.
        pending: Vec<String>,
    },
}

/// What is written to find out whether writes are kept again; it is nobody's news.
const PROBE: &str = "probe";

/// The application: one handle for all that a node shares. Clones are cheap and the same.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    clock: Clock,
    bus: Bus,
    live: Live,
    doors: Doors,
    meters: Arc<Meters>,
    showcase: Arc<Showcase>,
}

enum Doors {
    File { readers: Pool, writer: Writer },
    Server { pool: Pool, watch: Watch },
}

impl App {
    /// Opens the database and brings it up to date.
    ///
    /// # Errors
    /// [`Error::Internal`] with [`NotOpened`], with [`migrate::NewerDatabase`], or with what the database said.
    pub fn open(options: Options) -> Result<Self> {
        let Options { database, clock, .. } = &options;
        let meters = Arc::new(Meters::new());
        let showcase = Arc::new(Showcase::new(showcase::ROOM, Arc::clone(&meters)));
        let bus = Bus::new(Arc::clone(&showcase));
        let pool = |access| {
            Pool::new(
                database.clone(),
                access,
                options.connections,
                options.patience,
                clock.clone(),
                options.instance,
                Arc::clone(&meters),
            )
        };
        let doors = match database {
            Database::Sqlite(path) => {
                let lock = lock_file(path, options.purpose)?;
                prepare(database, lock.is_some())?;
                let limits = writer::Limits {
                    queue: options.write_queue,
                    group: options.write_group,
                };
                let writer = Writer::start(
                    database.clone(),
                    lock,
                    limits,
                    clock.clone(),
                    options.instance,
                    bus.clone(),
                    Arc::clone(&meters),
                )?;
                let readers = pool(Access::Read);
                Doors::File { readers, writer }
            }
            Database::Postgres(_) => {
                prepare(database, true)?;
                let watch = Watch::start(database.clone(), bus.clone())?;
                let pool = pool(Access::Write);
                Doors::Server { pool, watch }
            }
        };
        Ok(Self(Arc::new(Inner {
            clock: options.clock,
            live: Live::new(bus.clone()),
            bus,
            doors,
            meters,
            showcase,
        })))
    }

    /// Runs a use case that only reads, over one unchanging state of the data.
    ///
    /// # Errors
    /// As the use case does; [`Error::Busy`] when too many wait already.
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.let_appear().await;
        self.only_read(f).await
    }

    /// Runs a use case that writes, and gives its answer once the commit is on disk.
    ///
    /// # Errors
    /// As the use case does, and then nothing was changed; [`Error::Busy`] when too many wait already.
    pub async fn write<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.let_appear().await;
        self.only_write(f).await
    }

    async fn only_read<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (value, _) = self.readers().run(Door::Read, f).await?;
        Ok(value)
    }

    async fn only_write<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        match &self.0.doors {
            Doors::File { writer, .. } => writer.run(f).await,
            Doors::Server { pool, watch } => {
                let (value, effects) = pool.run(Door::Write, f).await?;
                watch.tell(&effects);
                self.0.bus.publish(effects);
                Ok(value)
            }
        }
    }

    /// [`App::read`] for commands, which have no event loop that they could block.
    ///
    /// # Errors
    /// As [`App::read`].
    pub fn read_blocking<T>(&self, f: impl Fn(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let (value, _) = self.readers().run_blocking(Door::Read, &f)?;
        Ok(value)
    }

    /// [`App::write`] for commands, which have no event loop that they could block.
    ///
    /// # Errors
    /// As [`App::write`].
    pub fn write_blocking<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        match &self.0.doors {
            Doors::File { writer, .. } => writer.run_blocking(f),
            Doors::Server { pool, watch } => {
                let (value, effects) = pool.run_blocking(Door::Write, &f)?;
                watch.tell(&effects);
                self.0.bus.publish(effects);
                Ok(value)
            }
        }
    }

    /// Whether the database answers, and keeps what is written again after it did not.
    ///
    /// # Errors
    /// [`Error::Busy`] or [`Error::NotReady`] when it does not, or too much waits.
    pub async fn ready(&self) -> Result<()> {
        self.read(|tx| versions::all(tx.conn).map(drop).map_err(Error::from))
            .await?;
        match &self.0.doors {
            Doors::File { writer, .. } if writer.is_failing() => {
                self.write(|tx| versions::bump(tx.conn, PROBE).map_err(Error::from))
                    .await
            }
            _ => Ok(()),
        }
    }

    /// What time it is, for what happens outside a transaction; inside, [`Tx::now`] is the time.
    #[must_use]
    pub fn now(&self) -> Stamp {
        self.0.clock.now()
    }

    /// The clock itself, which tests and the demo set.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// What everyone reads, in memory.
    #[must_use]
    pub fn showcase(&self) -> &Showcase {
        &self.0.showcase
    }

    /// What this node counts.
    #[must_use]
    pub fn meters(&self) -> &Meters {
        &self.0.meters
    }

    /// Hears every effect from now on. A listener that falls behind misses some and is told how many.
    #[must_use]
    pub fn effects(&self) -> broadcast::Receiver<Effect> {
        self.0.bus.listen()
    }

    /// What is watched live on this node.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.0.live
    }

    /// Lets what is under way finish, then refuses everything. Call it when the server has stopped to listen.
    pub async fn close(&self) {
        self.0.live.close();
        self.readers().close().await;
        let app = self.clone();
        let stopped = tokio::task::spawn_blocking(move || app.0.doors.stop()).await;
        if let Err(error) = stopped {
            tracing::error!("the writer did not stop well: {error}");
        }
    }

    fn readers(&self) -> &Pool {
        match &self.0.doors {
            Doors::File { readers, .. } => readers,
            Doors::Server { pool, .. } => pool,
        }
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

impl Doors {
    fn stop(&self) {
        match self {
            Self::File { writer, .. } => writer.stop(),
            Self::Server { watch, .. } => watch.stop(),
        }
    }
}

/// The lock that shows that a file has its server; `None` when a command works beside it.
fn lock_file(database: &Path, purpose: Purpose) -> Result<Option<File>> {
    if let Some(folder) = database.parent() {
        std::fs::create_dir_all(folder).map_err(Error::internal)?;
    }
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    let lock = File::create(PathBuf::from(name)).map_err(Error::internal)?;
    match (lock.try_lock(), purpose) {
        (Ok(()), _) => Ok(Some(lock)),
        (Err(std::fs::TryLockError::WouldBlock), Purpose::Command) => Ok(None),
        (Err(std::fs::TryLockError::WouldBlock), Purpose::Serve) => {
            Err(Error::internal(NotOpened::InUse(database.to_owned())))
        }
        (Err(std::fs::TryLockError::Error(error)), _) => Err(Error::internal(error)),
    }
}

/// Brings the database up to date, or, beside a server, only checks that it is.
fn prepare(database: &Database, ours: bool) -> Result<()> {
    let mut conn: Conn = database.connect().map_err(Error::internal)?;
    if ours {
        return migrate::run(&mut conn).map(drop);
    }
    let pending = migrate::pending(&mut conn)?;
    if pending.is_empty() {
        return Ok(());
    }
    let database = database.to_string();
    Err(Error::internal(NotOpened::NotMigrated { database, pending }))
}
