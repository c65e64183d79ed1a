//! A PostgreSQL of the test's own: one throw-away cluster per test binary, one database per test.
//!
//! The cluster runs under a watchdog that waits for the end of a pipe. Only this process holds the other end, so the
//! cluster ends and its folder goes whenever the process does: well, by a panic, or by kill -9.

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use palmares::store::conn::Database;
use palmares::store::migrate;

struct Cluster {
    port: u16,
    /// Databases are made one at a time: a template that someone copies can't be copied by another.
    making: Mutex<()>,
    made: AtomicU32,
    /// Holds the pipe that the watchdog waits for.
    _watchdog: Child,
}

/// A new database with every migration applied.
pub fn migrated_database() -> Option<String> {
    static TEMPLATE: OnceLock<()> = OnceLock::new();
    let cluster = cluster()?;
    TEMPLATE.get_or_init(|| {
        cluster.create("palmares_template", "template0");
        let database = Database::parse(&cluster.url("palmares_template")).unwrap();
        migrate::run(&mut database.connect().unwrap()).unwrap();
    });
    Some(cluster.fresh("palmares_template"))
}

/// A new database without a table.
pub fn empty_database() -> Option<String> {
    cluster().map(|cluster| cluster.fresh("template0"))
}

/// A new database with all that another one holds; whoever is still connected to that one is sent away.
pub fn copy_of(url: &str) -> String {
    let cluster = cluster().unwrap();
    let (_, template) = url.rsplit_once('/').unwrap();
    let mut conn = PgConnection::establish(&cluster.url("postgres")).unwrap();
    conn.batch_execute(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}'"
    ))
    .unwrap();
    cluster.fresh(template)
}

/// Takes a copy away, whoever is still connected to it.
pub fn drop_copy(url: &str) {
    let cluster = cluster().unwrap();
    let (_, name) = url.rsplit_once('/').unwrap();
    let mut conn = PgConnection::establish(&cluster.url("postgres")).unwrap();
    conn.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"))
        .unwrap();
}

fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| match programs() {
            Some(programs) => Some(Cluster::start(&programs)),
            None => {
                let required = std::env::var("PALMARES_TEST_REQUIRE").is_ok_and(|r| r.contains("postgres"));
                assert!(
                    !required,
                    "PostgreSQL is required (PALMARES_TEST_REQUIRE) and was not found"
                );
                // Past the test harness, which would keep it to itself.
                let _ = writeln!(
                    std::io::stderr(),
                    "PostgreSQL was not found: its tests are SKIPPED"
                );
                None
            }
        })
        .as_ref()
}

/// The folder with initdb and postgres: on the PATH, or where Debian keeps them, newest first.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    debian.sort_by_key(|bin| std::cmp::Reverse(version_of(bin)));
    std::env::split_paths(&path)
        .chain(debian)
        .find(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
}

/// 15 of `/usr/lib/postgresql/15/bin`.
fn version_of(bin: &Path) -> Option<u32> {
    bin.parent()?.file_name()?.to_str()?.parse().ok()
}

impl Cluster {
    fn start(programs: &Path) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("palmares-pg-")
            .tempdir()
            .unwrap()
            .keep();
        let servant = Servant::for_folder(&folder);
        let data = folder.join("data");
        let made = servant
            .command(&programs.join("initdb"))
            .args([
                "--no-sync",
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--no-locale",
                "-D",
            ])
            .arg(&data)
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );

        let port = free_port();
        let watchdog = servant
            .command(Path::new("/bin/sh"))
            .args(["-c", WATCHDOG, "watchdog"])
            .arg(programs.join("postgres"))
            .arg(&folder)
            .arg(port.to_string())
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let cluster = Self {
            port,
            making: Mutex::default(),
            made: AtomicU32::new(0),
            _watchdog: watchdog,
        };
        cluster.wait_until_it_answers(&folder);
        cluster
    }

    fn wait_until_it_answers(&self, folder: &Path) {
        for _ in 0..300 {
            if PgConnection::establish(&self.url("postgres")).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("PostgreSQL did not start: {log}");
    }

    fn fresh(&self, template: &str) -> String {
        let name = format!("test_{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.create(&name, template);
        self.url(&name)
    }

    fn create(&self, name: &str, template: &str) {
        let _alone = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let mut conn = PgConnection::establish(&self.url("postgres")).unwrap();
        conn.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .unwrap();
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

/// Runs postgres until the pipe on its standard input ends. Nothing needs to survive a crash of the machine.
const WATCHDOG: &str = r#"
    "$1" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=400 \
        -c shared_buffers=64MB -c deadlock_timeout=50ms > "$2/log" 2>&1 < /dev/null &
    trap '' INT TERM HUP
    cat > /dev/null
    kill -INT $!
    wait $!
    cd / && rm -rf "$2"
"#;

/// How a PostgreSQL stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Ends every connection, rolls back, writes everything down.
    Fast,
    /// Ends at once, as in a crash; the next start recovers.
    Immediate,
}

/// A PostgreSQL of one test's own, which it stops and starts. Each commit is on disk before it is answered.
pub struct Own {
    programs: PathBuf,
    folder: tempfile::TempDir,
    servant: Servant,
    port: u16,
    /// `on` where a commit is on disk before it is answered.
    fsync: &'static str,
    /// Its watchdog, while it runs.
    watchdog: Option<Child>,
}

impl Own {
    /// One that runs, with an empty database; none where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        Self::set_up("off")
    }

    /// The same for measurements: a commit is on disk before it is answered.
    pub fn durable() -> Option<Self> {
        Self::set_up("on")
    }

    fn set_up(fsync: &'static str) -> Option<Self> {
        // Says so, or fails, where there is none.
        cluster()?;
        let programs = programs().unwrap();
        let folder = tempfile::Builder::new().prefix("palmares-pg-").tempdir().unwrap();
        let servant = Servant::for_folder(folder.path());
        let made = servant
            .command(&programs.join("initdb"))
            .args([
                "--no-sync",
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--no-locale",
                "-D",
            ])
            .arg(folder.path().join("data"))
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut own = Self {
            programs,
            folder,
            servant,
            port: free_port(),
            fsync,
            watchdog: None,
        };
        own.start_again();
        let mut conn = PgConnection::establish(&own.url_of("postgres")).unwrap();
        conn.batch_execute("CREATE DATABASE palmares").unwrap();
        Some(own)
    }

    /// Starts it and waits until it answers.
    pub fn start_again(&mut self) {
        let watchdog = self
            .servant
            .command(Path::new("/bin/sh"))
            .args(["-c", OWN_WATCHDOG, "watchdog"])
            .arg(self.programs.join("postgres"))
            .arg(self.folder.path())
            .arg(self.port.to_string())
            .arg(self.fsync)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.watchdog = Some(watchdog);
        for _ in 0..300 {
            if PgConnection::establish(&self.url_of("postgres")).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("PostgreSQL did not start: {log}");
    }

    /// Stops it and waits until it has stopped.
    pub fn stop(&mut self, how: Stop) {
        let Some(mut watchdog) = self.watchdog.take() else {
            return;
        };
        let signal = match how {
            Stop::Fast => "INT",
            Stop::Immediate => "QUIT",
        };
        let mut pipe = watchdog.stdin.take().unwrap();
        writeln!(pipe, "{signal}").unwrap();
        drop(pipe);
        watchdog.wait().unwrap();
    }

    /// Its empty database.
    pub fn url(&self) -> String {
        self.url_of("palmares")
    }

    /// What it has said.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// One of the programs that came with it.
    pub fn program(&self, name: &str) -> PathBuf {
        // The folder may hold links to a few of them only.
        let initdb = std::fs::canonicalize(self.programs.join("initdb")).unwrap();
        initdb.with_file_name(name)
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.stop(Stop::Immediate);
    }
}

/// Runs postgres until the pipe on its standard input names a signal, or ends.
const OWN_WATCHDOG: &str = r#"
    "$1" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
        -c fsync="$4" -c synchronous_commit=on -c shared_buffers=32MB -c max_connections=300 >> "$2/log" 2>&1 < /dev/null &
    trap '' INT TERM HUP
    read signal || signal=QUIT
    kill -$signal $!
    wait $!
"#;

/// Who runs postgres, which refuses to be root.
enum Servant {
    Myself,
    Other(String),
}

impl Servant {
    /// Root hands the folder to somebody else.
    fn for_folder(folder: &Path) -> Self {
        if std::fs::metadata(folder).unwrap().uid() != 0 {
            return Self::Myself;
        }
        let passwd = std::fs::read_to_string("/etc/passwd").unwrap();
        let (name, uid, gid) = ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| {
                let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
                let mut ids = line.split(':').skip(2).map(str::parse);
                Some((name, ids.next()?.ok()?, ids.next()?.ok()?))
            })
            .expect("root needs a user `postgres` or `nobody` to run PostgreSQL");
        chown(folder, Some(uid), Some(gid)).unwrap();
        Self::Other(name.to_owned())
    }

    fn command(&self, program: &Path) -> Command {
        match self {
            Self::Myself => Command::new(program),
            Self::Other(name) => {
                let mut command = Command::new("setpriv");
                command
                    .arg(format!("--reuid={name}"))
                    .args(["--clear-groups", "--"])
                    .arg(program);
                command
            }
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}
