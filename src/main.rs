//! The command `palmares`: arguments, configuration, one command.

use std::process::ExitCode;

use clap::Parser;
use palmares::commands::{self, Palmares};

fn main() -> ExitCode {
    let arguments = Palmares::parse();
    match commands::run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("palmares: {error}");
            ExitCode::FAILURE
        }
    }
}
