//! The command `palmares`: arguments, configuration, one command.

use std::process::ExitCode;

use clap::Parser;
use palmares::commands::{self, Palmares};

fn main() -> ExitCode {
    let arguments = Palmares::parse();
    match commands::run(arguments) {
        Ok(code) => code,
        Err(error) => {
            let (told, status) = commands::explain(&error);
            eprintln!("palmares: {told}");
            ExitCode::from(status)
        }
    }
}
