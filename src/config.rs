//! What a start is told, by flags and by `PALMARES_*` variables: parsed once, then handed on.

mod edge;
mod messages;
mod providers;
mod watching;

use std::io::{IsTerminal, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use crate::domain::second_factor::Demand;
use crate::domain::session::{DAY, Limits};
use crate::error::{Error, Result};

pub use edge::{Edge, Forwarded};
pub use messages::Messages;
pub use providers::{Configured, SignOn};
pub use watching::Watching;

/// Something in what a start is told that can't be used, in words for whoever typed it. Found inside
/// [`Error::Internal`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Mistake(pub String);

impl Mistake {
    /// The error that carries it.
    #[must_use]
    pub fn because(why: impl Into<String>) -> Error {
        Error::internal(Self(why.into()))
    }
}

/// Where the data is: for every command that touches it.
#[derive(Debug, Clone, clap::Args)]
pub struct Data {
    /// Where the data is: sqlite:FILE or postgres://…; without it, a file in the data folder.
    #[arg(long, env = "PALMARES_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Folder of the embedded database, of files and of secrets.
    #[arg(long, env = "PALMARES_DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,
}

/// How the log is written: for every command that writes one.
#[derive(Debug, Clone, clap::Args)]
pub struct Log {
    /// How to write the log.
    #[arg(long, env = "PALMARES_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// The instance's secret: for every command that opens what it encrypts.
#[derive(Debug, Clone, clap::Args)]
pub struct Secret {
    /// The instance's secret, 32 bytes as base64: encrypts the keys that sign access tokens. Every node of a PostgreSQL
    /// installation has the same one; the embedded database keeps its own in a file of the data folder.
    #[arg(long, env = "PALMARES_SECRET", hide_env_values = true)]
    pub secret: Option<String>,
}

/// The settings of a server.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// Where the data is.
    #[command(flatten)]
    pub data: Data,
    /// How the log is written.
    #[command(flatten)]
    pub log: Log,
    /// Address to listen on.
    #[arg(long, env = "PALMARES_BIND", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, env = "PALMARES_PORT", default_value_t = 8080)]
    pub port: u16,
    /// What people type to get here, such as https://contest.example.org, where a proxy stands before this server.
    #[arg(long, env = "PALMARES_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// The instance's secret.
    #[command(flatten)]
    pub secret: Secret,
    /// Days after which a session ends that nobody used.
    #[arg(long, env = "PALMARES_SESSION_IDLE_DAYS", default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=365))]
    pub session_idle_days: u16,
    /// Days after which a session ends in any case.
    #[arg(long, env = "PALMARES_SESSION_DAYS", default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=365))]
    pub session_days: u16,
    /// Of whom a second factor is demanded: admins; organizers and admins; none.
    #[arg(long, env = "PALMARES_DEMAND_SECOND_FACTOR", value_name = "admins|organizers|none", default_value_t = Demand::None)]
    pub demand_second_factor: Demand,
    /// Connections that read at once; on PostgreSQL, connections at all.
    #[arg(long, env = "PALMARES_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub connections: u32,
    /// Writes that may wait on the embedded database before callers are told to come back later.
    #[arg(long, env = "PALMARES_WRITE_QUEUE", default_value_t = 4096)]
    pub write_queue: usize,
    /// Seconds that a caller waits for a connection before being told to come back later.
    #[arg(long, env = "PALMARES_PATIENCE_SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=300))]
    pub patience_seconds: u64,
    /// How messages leave the house.
    #[command(flatten)]
    pub messages: Messages,
    /// Who else signs people in.
    #[command(flatten)]
    pub sign_on: SignOn,
    /// How it meets the network.
    #[command(flatten)]
    pub edge: Edge,
    /// How it is watched.
    #[command(flatten)]
    pub watching: Watching,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON document a line, for machines.
    Json,
}

impl Data {
    /// The database's URL, `palmares.db` in the data folder unless told otherwise.
    #[must_use]
    pub fn database_url(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", self.data_dir.join("palmares.db").display()))
    }
}

impl Config {
    /// Where to listen.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.bind, self.port)
    }

    /// How long sessions last.
    #[must_use]
    pub fn session_limits(&self) -> Limits {
        Limits {
            idle: i64::from(self.session_idle_days) * DAY,
            whole: i64::from(self.session_days) * DAY,
        }
    }
}

impl Secret {
    /// The instance's secret: the one that was given, else that of the file `secret` in the data folder, which only its
    /// owner can read and which is made at the first start on the embedded database.
    ///
    /// # Errors
    /// When it is no 32 bytes of base64, can't be read or written, or was not given for PostgreSQL.
    pub fn read(&self, data: &Data) -> Result<[u8; 32]> {
        if let Some(given) = &self.secret {
            return decode(given).ok_or_else(|| {
                Mistake::because(
                    "the secret is no 32 bytes of base64, such as `openssl rand -base64 32` makes",
                )
            });
        }
        let file = data.data_dir.join("secret");
        let failed = |e: std::io::Error| Error::internal(format!("{}: {e}", file.display()));
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                decode(&text).ok_or_else(|| Error::internal(format!("{} holds no secret", file.display())))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                if !data.database_url().starts_with("sqlite:") {
                    return Err(Mistake::because(
                        "PostgreSQL needs PALMARES_SECRET, the same for every node: 32 random bytes as base64, such as \
                         `openssl rand -base64 32` makes",
                    ));
                }
                let made: [u8; 32] = rand::random();
                std::fs::create_dir_all(&data.data_dir).map_err(failed)?;
                let mut open = std::fs::OpenOptions::new();
                open.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
                let text = STANDARD.encode(made);
                open.open(&file)
                    .and_then(|mut f| f.write_all(text.as_bytes()))
                    .map_err(failed)?;
                Ok(made)
            }
            Err(e) => Err(failed(e)),
        }
    }
}

impl Log {
    /// Starts to write the log, to standard error, with colours where a person reads it; `RUST_LOG` filters it.
    pub fn start(&self) {
        self.start_beside(None);
    }

    /// The same, with something else that hears what the log hears.
    pub fn start_beside(&self, other: Option<Box<dyn Layer<Registry> + Send + Sync>>) {
        let filter = tracing_subscriber::EnvFilter::try_from_default_env()
            .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let log = tracing_subscriber::fmt::layer()
            .with_ansi(!plain && std::io::stderr().is_terminal())
            .with_writer(std::io::stderr);
        let log = match self.log_format {
            LogFormat::Text => log.with_filter(filter).boxed(),
            LogFormat::Json => log.json().with_filter(filter).boxed(),
        };
        // It fails only when a log was started already.
        let _started = tracing_subscriber::registry().with(other).with(log).try_init();
    }
}

/// An address that links can begin with, without a slash at the end.
fn public_url(given: &str) -> Result<String, &'static str> {
    const EXPECTED: &str = "expected an address such as https://contest.example.org";
    let url = given.trim_end_matches('/');
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let (host, _path) = rest
        .map(|r| r.split_once('/').unwrap_or((r, "")))
        .ok_or(EXPECTED)?;
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host, None),
    };
    let fine = !name.is_empty()
        && port.is_none_or(|p| p.parse::<u16>().is_ok_and(|p| p > 0))
        && url
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~:/[]%".contains(&b));
    if fine { Ok(url.to_owned()) } else { Err(EXPECTED) }
}

fn decode(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_begin_with_an_address() {
        for (given, kept) in [
            ("https://contest.example.org", "https://contest.example.org"),
            ("http://10.0.0.7:8080/", "http://10.0.0.7:8080"),
            ("https://example.org/cup/", "https://example.org/cup"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(public_url(given).as_deref(), Ok(kept), "{given}");
        }
        for bad in [
            "",
            "contest.example.org",
            "ftp://example.org",
            "https://",
            "https:///x",
            "https://a b",
            "https://me@example.org",
            "https://example.org/?x=1",
            "https://example.org/#x",
            "https://example.org:http",
            "https://example.org:0",
            "https://example.org/\"><script>",
        ] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }
}
