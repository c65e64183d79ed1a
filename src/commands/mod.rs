//! The commands of the binary: each takes its arguments and the configuration, and does one thing.

mod admin;
mod demo;
pub mod export;
mod rules;
mod serve;
mod tabulate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::{App, Options};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::openapi;

/// Takes a project competition or a roadshow from registration to published finalists.
#[derive(Debug, Parser)]
#[command(name = "palmares", version, about, propagate_version = true)]
pub struct Palmares {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the API until SIGTERM or Ctrl-C.
    Serve,
    /// Plays two contests at real size on a fresh embedded database, and serves them.
    Demo(demo::Arguments),
    /// Brings the database up to date, and stops.
    Migrate,
    /// Looks after the people who administer the instance.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Computes a contest from its files, without server or database.
    Tabulate(tabulate::Arguments),
    /// Writes a round of the database as the files that tabulate reads.
    Export(export::Arguments),
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
    let Palmares { config, command } = arguments;
    match command {
        Command::Tabulate(arguments) => return tabulate::run(&arguments),
        Command::Rules(command) => return rules::run(&command),
        Command::Serve => {
            config.start_log();
            serve::run(&config)?;
        }
        Command::Demo(arguments) => demo::run(&arguments)?,
        Command::Migrate => {
            config.start_log();
            // Opening brings the database up to date.
            App::open(Options::from_config(&config)?)?;
            println!("the database is up to date");
        }
        Command::Export(arguments) => export::run(&config, &arguments)?,
        Command::Admin(command) => admin::run(&config, command)?,
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

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::internal)
}
