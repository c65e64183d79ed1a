//! What a start is told, by flags and by `PALMARES_*` variables: parsed once, then handed on.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// The settings that every command shares.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// Where the data is: sqlite:FILE or postgres://…; without it, a file in the data folder.
    #[arg(long, global = true, env = "PALMARES_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Folder of the embedded database, of files and of secrets.
    #[arg(long, global = true, env = "PALMARES_DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,
    /// Address to listen on.
    #[arg(long, global = true, env = "PALMARES_BIND", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, global = true, env = "PALMARES_PORT", default_value_t = 8080)]
    pub port: u16,
    /// What people type to get here, such as https://contest.example.org, where a proxy stands before this server.
    #[arg(long, global = true, env = "PALMARES_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// How to write the log.
    #[arg(long, global = true, env = "PALMARES_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// Connections that read at once; on PostgreSQL, connections at all.
    #[arg(long, global = true, env = "PALMARES_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub connections: u32,
    /// Writes that may wait on the embedded database before callers are told to come back later.
    #[arg(long, global = true, env = "PALMARES_WRITE_QUEUE", default_value_t = 4096)]
    pub write_queue: usize,
    /// Seconds that a caller waits for a connection before being told to come back later.
    #[arg(long, global = true, env = "PALMARES_PATIENCE_SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=300))]
    pub patience_seconds: u64,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON document a line, for machines.
    Json,
}

impl Config {
    /// The database's URL, `palmares.db` in the data folder unless told otherwise.
    #[must_use]
    pub fn database_url(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", self.data_dir.join("palmares.db").display()))
    }

    /// Where to listen.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.bind, self.port)
    }
}
