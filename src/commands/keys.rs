//! The keys that sign access tokens, listed and rotated by whoever has the machine, while servers run.

use clap::Subcommand;

use crate::app::keys::{self, Keys, Standing};
use crate::app::{App, Options};
use crate::config::{Data, Secret};
use crate::error::Result;

/// What can be done about signing keys.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Lists the keys and what each does.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Makes a new key, which signs within seconds; nobody is logged out.
    Rotate {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        secret: Secret,
        /// Take no token of the old keys any more: after a leak. Clients fetch a new one with their refresh tokens.
        #[arg(long)]
        revoke_old: bool,
    },
}

pub(super) fn run(command: Command) -> Result<()> {
    match command {
        Command::List { data } => {
            let app = App::open(Options::new(&data.database_url())?.for_command())?;
            for key in keys::list(&app)? {
                let standing = match (key.standing, key.retired_at) {
                    (Standing::Signs, None) => "signs".to_owned(),
                    (Standing::Signs, Some(at)) => {
                        format!("signs until the next one is known; taken until {at}")
                    }
                    (Standing::Checks, None) => "signs in a moment".to_owned(),
                    (Standing::Checks, Some(at)) => format!("taken until {at}"),
                    (Standing::Retired, _) => "retired".to_owned(),
                };
                println!("{}  made {}  {standing}", key.kid, key.made_at);
            }
        }
        Command::Rotate {
            data,
            secret,
            revoke_old,
        } => {
            let secret = secret.read(&data)?;
            let app = App::open(Options::new(&data.database_url())?.for_command())?;
            // Opening shows that the secret is the servers' own: they could not read the new key otherwise.
            let kid = Keys::open(&app, &secret)?.rotate(&app, revoke_old)?;
            println!("made the key {kid}; running servers take it up within seconds");
            if revoke_old {
                println!("tokens of the other keys are refused from now on; clients refresh theirs");
            }
        }
    }
    Ok(())
}
