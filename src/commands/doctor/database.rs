//! The database and its settings.

use std::path::Path;

use super::{Finding, disk};
use crate::config::Config;
use crate::domain::time::Stamp;
use crate::error::Error;
use crate::store::conn::Database;
use crate::store::diagnosis::{self, File, Server, Tables};
use crate::store::keys::{self, SigningKey};

const CHECK: &str = "database";

/// What the database told that others rest on.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The signing keys, where there are any.
    pub(super) keys: Vec<SigningKey>,
    /// What time it is on a database server.
    pub(super) server_time: Option<Stamp>,
}

pub(super) fn look(config: &Config) -> (Vec<Finding>, Seen) {
    match Database::parse(&config.data.database_url()) {
        Err(unknown) => {
            let advice = "Give --database-url as sqlite:FILE or postgres://….";
            (
                vec![Finding::error(CHECK, unknown.to_string(), advice)],
                Seen::default(),
            )
        }
        Ok(database) => match &database {
            Database::Sqlite(path) => look_at_file(path, &database),
            Database::Postgres(url) => look_at_server(url, &database, config.connections),
        },
    }
}

fn look_at_file(path: &Path, database: &Database) -> (Vec<Finding>, Seen) {
    let mut findings = Vec::new();
    if let Some(kind) = disk::network_filesystem(path) {
        findings.push(Finding::error(
            CHECK,
            format!("{} is on a network filesystem ({kind})", path.display()),
            "Locks and flushes can't be trusted there: put the data folder on a disk of this machine, or use PostgreSQL.",
        ));
    }
    if !path.exists() {
        findings.push(Finding::ok(
            CHECK,
            format!("{database} is not there yet: the first start makes it"),
        ));
        return (findings, Seen::default());
    }
    match diagnosis::file(path) {
        Err(error) => {
            let advice = "Give the file back to the user who serves, or put a backup in its place.";
            findings.push(Finding::error(
                CHECK,
                format!("{database}: {}", cause(&error)),
                advice,
            ));
            (findings, Seen::default())
        }
        Ok(file) => {
            findings.extend(judge_file(path, &file, database));
            findings.extend(disk::open_to_others(CHECK, path));
            let seen = Seen {
                keys: if file.tables.begun {
                    keys(database)
                } else {
                    Vec::new()
                },
                server_time: None,
            };
            (findings, seen)
        }
    }
}

fn judge_file(path: &Path, file: &File, database: &Database) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !file.flaws.is_empty() {
        findings.push(Finding::error(
            CHECK,
            format!("{database} is damaged: {}", file.flaws.join("; ")),
            "Stop the server, keep this file aside, put the last backup in its place, and look at the disk.",
        ));
    }
    if file.synchronous < 2 || !file.foreign_keys {
        let found = format!(
            "synchronous is {}, foreign keys are {}",
            file.synchronous, file.foreign_keys
        );
        let advice = "This program sets both at each connection: it was built with another SQLite.";
        findings.push(Finding::error(CHECK, found, advice));
    }
    findings.extend(judge_tables(&file.tables));
    if findings.is_empty() {
        let size = std::fs::metadata(path).map_or(0, |m| m.len()) / 1024;
        let journal = if file.journal == "wal" {
            "wal"
        } else {
            "wal from the next start on"
        };
        findings.push(Finding::ok(
            CHECK,
            format!("{database}: {size} KiB, whole; journal {journal}, synchronous full, foreign keys on"),
        ));
    }
    findings
}

fn look_at_server(url: &str, database: &Database, pool: u32) -> (Vec<Finding>, Seen) {
    match diagnosis::server(url) {
        Err(error) => {
            let advice = "Start PostgreSQL, and check host, name, password and pg_hba.conf; a server that demands TLS \
                          needs a build with --features postgres-tls.";
            let found = format!("{database} can't be reached: {}", cause(&error));
            (vec![Finding::error(CHECK, found, advice)], Seen::default())
        }
        Ok(server) => {
            let seen = Seen {
                keys: if server.tables.begun {
                    keys(database)
                } else {
                    Vec::new()
                },
                server_time: Some(server.now),
            };
            (judge_server(&server, database, pool), seen)
        }
    }
}

fn judge_server(server: &Server, database: &Database, pool: u32) -> Vec<Finding> {
    let mut findings = Vec::new();
    let setting = |name: &str| server.settings.get(name).map_or("", String::as_str);
    let number = |name: &str| setting(name).parse::<i64>().unwrap_or(0);
    let mut wrong = |found: String, advice: &str| findings.push(Finding::error(CHECK, found, advice));
    if number("server_version_num") < 130_000 {
        wrong(
            format!("PostgreSQL {} is too old", setting("server_version")),
            "Version 13 or newer is needed.",
        );
    }
    if server.encoding != "UTF8" {
        wrong(
            format!("the database is encoded in {}", server.encoding),
            "Make it anew: CREATE DATABASE palmares ENCODING 'UTF8' TEMPLATE template0.",
        );
    }
    if server.follows || setting("default_transaction_read_only") == "on" {
        wrong(
            "the server only reads".to_owned(),
            "Name the primary server in --database-url, or switch default_transaction_read_only off.",
        );
    }
    if !server.tables.begun && !server.may_create {
        wrong(
            "this role may not make tables".to_owned(),
            "GRANT CREATE ON SCHEMA public TO this role, or make it the owner of the database.",
        );
    }
    for name in ["fsync", "full_page_writes"] {
        if setting(name) == "off" {
            wrong(
                format!("{name} is off"),
                "A power cut can destroy the database: switch it on in postgresql.conf.",
            );
        }
    }
    if setting("synchronous_commit") == "off" {
        findings.push(Finding::warning(
            CHECK,
            "synchronous_commit is off",
            "The last ballots before a crash can be lost although they were answered: switch it on for this database.",
        ));
    }
    let free = number("max_connections") - number("superuser_reserved_connections") - server.connections;
    // A node keeps one more to hear from the others.
    if free < i64::from(pool) + 1 {
        findings.push(Finding::warning(
            CHECK,
            format!(
                "{free} of {} connections are free, and a node takes up to {}",
                number("max_connections"),
                i64::from(pool) + 1
            ),
            "Raise max_connections, or lower --connections; each node takes its own (a node that runs is counted).",
        ));
    }
    findings.extend(judge_tables(&server.tables));
    if findings.is_empty() {
        findings.push(Finding::ok(
            CHECK,
            format!(
                "{database}: PostgreSQL {}, {}, synchronous_commit {}, {free} connections free, time zone {} (moments are kept in UTC)",
                setting("server_version"),
                server.encoding,
                setting("synchronous_commit"),
                setting("TimeZone"),
            ),
        ));
    }
    findings
}

fn judge_tables(tables: &Tables) -> Option<Finding> {
    if !tables.strange.is_empty() {
        return Some(Finding::error(
            CHECK,
            format!(
                "it is newer than this program: migrations {}",
                tables.strange.join(", ")
            ),
            "Run the newer version.",
        ));
    }
    if tables.begun && !tables.pending.is_empty() {
        return Some(Finding::warning(
            CHECK,
            format!("it needs the migrations {}", tables.pending.join(", ")),
            "Make a backup; then the next start runs them, or `palmares migrate` does.",
        ));
    }
    None
}

/// None where they can't be read: older tables, or a file that is in use by something else.
fn keys(database: &Database) -> Vec<SigningKey> {
    let kept = database
        .connect_to_read()
        .ok()
        .map(|mut conn| keys::all(&mut conn));
    kept.and_then(Result::ok).unwrap_or_default()
}

/// The words of a failure, in one line and without what was typed.
pub(super) fn cause(error: &Error) -> String {
    let told = match error {
        Error::Internal(cause) => cause.to_string(),
        other => other.to_string(),
    };
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    fn server() -> Server {
        let settings = [
            ("server_version", "16.4"),
            ("server_version_num", "160004"),
            ("synchronous_commit", "on"),
            ("fsync", "on"),
            ("full_page_writes", "on"),
            ("max_connections", "100"),
            ("superuser_reserved_connections", "3"),
            ("TimeZone", "Asia/Shanghai"),
            ("default_transaction_read_only", "off"),
        ];
        Server {
            settings: settings
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            encoding: "UTF8".into(),
            follows: false,
            connections: 20,
            now: serde_json::from_str("\"2026-07-08T01:00:00Z\"").unwrap(),
            may_create: true,
            tables: Tables {
                pending: Vec::new(),
                strange: Vec::new(),
                begun: true,
            },
        }
    }

    #[test]
    fn a_server_is_judged_by_its_settings() {
        let database = Database::parse("postgres://me:secret@db/palmares").unwrap();
        let judge = |change: &dyn Fn(&mut Server)| {
            let mut server = server();
            change(&mut server);
            let findings = judge_server(&server, &database, 16);
            assert_eq!(findings.len(), 1, "{findings:?}");
            findings[0].clone()
        };
        let set = |name: &'static str, value: &'static str| {
            move |server: &mut Server| {
                server.settings.insert(name.into(), value.into());
            }
        };
        let fine = judge(&|_| {});
        assert_eq!(fine.state, State::Ok);
        assert!(
            fine.found.contains("77 connections free") && !fine.found.contains("secret"),
            "{fine:?}"
        );
        for (finding, state, told) in [
            (
                judge(&set("server_version_num", "120019")),
                State::Error,
                "too old",
            ),
            (judge(&set("fsync", "off")), State::Error, "fsync is off"),
            (
                judge(&set("full_page_writes", "off")),
                State::Error,
                "full_page_writes",
            ),
            (
                judge(&set("default_transaction_read_only", "on")),
                State::Error,
                "only reads",
            ),
            (
                judge(&set("synchronous_commit", "off")),
                State::Warning,
                "synchronous_commit is off",
            ),
            (
                judge(&set("max_connections", "39")),
                State::Warning,
                "16 of 39 connections are free",
            ),
            (
                judge(&|s| s.encoding = "SQL_ASCII".into()),
                State::Error,
                "SQL_ASCII",
            ),
            (judge(&|s| s.follows = true), State::Error, "only reads"),
            (
                judge(&|s| (s.may_create, s.tables.begun) = (false, false)),
                State::Error,
                "may not make tables",
            ),
            (
                judge(&|s| s.tables.pending = vec!["0011".into()]),
                State::Warning,
                "0011",
            ),
            (
                judge(&|s| s.tables.strange = vec!["9999".into()]),
                State::Error,
                "newer than this program",
            ),
        ] {
            assert_eq!(finding.state, state, "{finding:?}");
            assert!(
                finding.found.contains(told) && finding.advice.is_some(),
                "{finding:?}"
            );
        }
    }
}
