//! The commands of the binary: each takes its arguments and the configuration, and does one thing.

mod admin;
mod demo;
mod doctor;
pub mod export;
mod instance;
mod keys;
mod rules;
mod serve;
mod tabulate;
mod traces;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::{App, Options};
use crate::config::{Config, Data, Log, Mistake};
use crate::domain::text::Lang;
use crate::error::{Error, Result};
use crate::http::openapi;
use crate::store::conn::UnknownDatabase;
use crate::words;

/// Takes a project competition or a roadshow from registration to published finalists.
#[derive(Debug, Parser)]
#[command(name = "palmares", version, about, propagate_version = true)]
pub struct Palmares {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the API until SIGTERM or Ctrl-C.
    Serve(Config),
    /// Plays two contests at real size on a fresh embedded database, and serves them.
    Demo(demo::Arguments),
    /// Brings the database up to date, and stops.
    Migrate {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        log: Log,
    },
    /// Looks after the people who administer the instance.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Looks after the keys that sign access tokens.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Computes a contest from its files, without server or database.
    Tabulate(tabulate::Arguments),
    /// Writes a round of the database as the files that tabulate reads.
    Export(export::Arguments),
    /// Copies the embedded database into a file, beside a running server, and reads the copy through.
    Backup(instance::Arguments),
    /// Writes everything into one file that goes into an empty database of either kind.
    ExportInstance(instance::Arguments),
    /// Fills an empty database from a file that export-instance wrote, all of it or nothing.
    ImportInstance(instance::Arguments),
    /// Checks an installation, before its first start or beside a running server, and says what to do.
    Doctor(doctor::Arguments),
    /// Checks rules documents, reads them out, starts new ones.
    #[command(subcommand)]
    Rules(rules::Command),
    /// Prints the API document.
    Openapi {
        /// How.
        #[arg(long, value_enum, default_value_t = Format::Yaml)]
        format: Format,
    },
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Yaml,
    Json,
}

/// Runs a command; gives 2 where files that it was given are wrong, which it said.
///
/// # Errors
/// What the command could not do, in words for whoever typed it.
pub fn run(arguments: Palmares) -> Result<ExitCode> {
    match arguments.command {
        Command::Tabulate(arguments) => return tabulate::run(&arguments),
        Command::Rules(command) => return rules::run(&command),
        Command::Doctor(arguments) => return doctor::run(&arguments),
        Command::Serve(config) => {
            serve::run(&config)?;
        }
        Command::Demo(arguments) => demo::run(&arguments)?,
        Command::Migrate { data, log } => {
            log.start();
            // Opening brings the database up to date.
            App::open(Options::new(&data.database_url())?)?;
            println!("the database is up to date");
        }
        Command::Export(arguments) => export::run(&arguments)?,
        Command::Backup(arguments) => instance::back_up(&arguments)?,
        Command::ExportInstance(arguments) => instance::export(&arguments)?,
        Command::ImportInstance(arguments) => instance::import(&arguments)?,
        Command::Admin(command) => admin::run(command)?,
        Command::Keys(command) => keys::run(command)?,
        Command::Openapi { format } => {
            let text = match format {
                Format::Yaml => openapi::yaml()?,
                Format::Json => openapi::document().to_pretty_json().map_err(Error::internal)?,
            };
            println!("{}", text.trim_end());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What to tell whoever typed a command that failed, and the status to end with: 2 when something that they typed can't
/// be used, 1 when it was not their fault.
#[must_use]
pub fn explain(error: &Error) -> (String, u8) {
    match error {
        Error::Invalid(invalid) => {
            let told = invalid.0.iter().map(|wrong| {
                let place = wrong.pointer.trim_start_matches('/');
                let place = if place == "password" {
                    String::new()
                } else {
                    format!("--{place}: ")
                };
                place + &words::field_error(wrong, Lang::En)
            });
            (told.collect::<Vec<_>>().join("\n"), 2)
        }
        Error::NotFound(what) => {
            let named = words::Params::from([("what", words::thing(what, Lang::En))]);
            (words::problem("not_found", &named, Lang::En), 2)
        }
        Error::Conflict(conflict) => (words::conflict(conflict.code, &conflict.params, Lang::En), 2),
        Error::Internal(cause) => {
            let typed = cause.is::<Mistake>() || cause.is::<UnknownDatabase>();
            (cause.to_string(), if typed { 2 } else { 1 })
        }
        other => (other.to_string(), 1),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::internal)
}
