//! `palmares doctor`: looks at everything that an installation rests on, and says what to do.
//!
//! It writes nothing into the database and makes no file that stays, so it works before the first start and beside a
//! running server. It takes the flags of `serve`: it looks at what such a server would meet.

mod certificate;
mod clock;
mod database;
mod disk;
mod mail;
mod network;
mod providers;
mod secret;

use std::process::ExitCode;

use serde::Serialize;

use crate::app::clock::Clock;
use crate::config::Config;
use crate::error::{Error, Result};

/// What to look at, and how to tell.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    config: Config,
    /// How to tell what was found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Who is asked for the time (NTP); `none` asks nobody.
    #[arg(long, default_value = "pool.ntp.org", value_name = "HOST")]
    time_server: String,
}

/// How findings are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON document, for machines.
    Json,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// As it should be.
    Ok,
    /// Can't be told from here.
    Unknown,
    /// Works, and will hurt some day.
    Warning,
    /// Does not work, or loses data.
    Error,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    /// What was looked at: `database`, `disk` …
    check: &'static str,
    state: State,
    /// What is there.
    found: String,
    /// What to do about it; nothing where all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Finding {
    fn new(check: &'static str, state: State, found: impl Into<String>, advice: Option<String>) -> Self {
        Self {
            check,
            state,
            found: found.into(),
            advice,
        }
    }

    fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self::new(check, State::Ok, found, None)
    }

    fn unknown(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(check, State::Unknown, found, Some(advice.into()))
    }

    fn warning(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(check, State::Warning, found, Some(advice.into()))
    }

    fn error(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(check, State::Error, found, Some(advice.into()))
    }
}

/// Everything that was found.
#[derive(Debug, Serialize)]
struct Report {
    version: &'static str,
    state: State,
    findings: Vec<Finding>,
}

/// Looks at everything; ends with 0 when all is well or can't be told, 1 with a warning, 2 with an error.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let config = &arguments.config;
    let (mut findings, seen) = database::look(config);
    findings.extend(secret::look(config, &seen));
    findings.extend(disk::look(config));
    findings.extend(clock::look(seen.server_time, &arguments.time_server));
    findings.extend(network::look(config));
    findings.push(mail::look(config)?);
    findings.extend(providers::look(config, Clock::system().now())?);
    let state = findings.iter().map(|f| f.state).max().unwrap_or(State::Ok);
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        state,
        findings,
    };
    match arguments.format {
        Format::Json => println!(
            "{}",
            serde_json::to_string_pretty(&report).map_err(Error::internal)?
        ),
        Format::Text => print!("{}", report.as_text()),
    }
    Ok(ExitCode::from(match state {
        State::Ok | State::Unknown => 0,
        State::Warning => 1,
        State::Error => 2,
    }))
}

impl Report {
    fn as_text(&self) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            let state = match finding.state {
                State::Ok => "ok",
                State::Unknown => "unknown",
                State::Warning => "WARNING",
                State::Error => "ERROR",
            };
            text.push_str(&format!("{state:<8} {:<9} {}\n", finding.check, finding.found));
            if let Some(advice) = &finding.advice {
                text.push_str(&format!("{:<19}-> {advice}\n", ""));
            }
        }
        let count = |state| self.findings.iter().filter(|f| f.state == state).count();
        let (errors, warnings) = (count(State::Error), count(State::Warning));
        text.push_str(&match (errors, warnings) {
            (0, 0) => "\nNothing stands in the way.\n".to_owned(),
            _ => format!("\nErrors: {errors}. Warnings: {warnings}.\n"),
        });
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_decides() {
        let states = [State::Ok, State::Unknown, State::Warning, State::Error];
        assert!(states.is_sorted());
        let report = Report {
            version: "1",
            state: State::Warning,
            findings: vec![
                Finding::ok("disk", "large"),
                Finding::warning("clock", "late", "Set it."),
            ],
        };
        assert_eq!(
            report.as_text(),
            "ok       disk      large\nWARNING  clock     late\n                   -> Set it.\n\nErrors: 0. Warnings: 1.\n"
        );
    }
}
