//! Admins, made and helped by whoever has the machine.

use std::io::{BufRead, IsTerminal, Write};

use clap::Subcommand;

use crate::app::users::{self, Registration};
use crate::app::{App, Options, accounts, passwords, random};
use crate::config::Data;
use crate::domain::text::Email;
use crate::error::{Error, Result};

/// What can be done about admins.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Makes an admin.
    Create(Person),
    /// Sets a new password for anybody, and ends their sessions.
    ResetPassword(Account),
    /// Removes the second factor of anybody who lost it, and ends their sessions.
    ResetSecondFactor {
        /// The address they sign in with.
        #[arg(long)]
        email: String,
        #[command(flatten)]
        data: Data,
    },
}

/// A new admin.
#[derive(Debug, clap::Args)]
pub(super) struct Person {
    /// What they are called.
    #[arg(long)]
    name: String,
    #[command(flatten)]
    account: Account,
}

/// An account and how its password comes in.
#[derive(Debug, clap::Args)]
pub(super) struct Account {
    /// The address they sign in with.
    #[arg(long)]
    email: String,
    #[command(flatten)]
    data: Data,
    /// Read the password from the first line of standard input; otherwise one is made up and printed.
    #[arg(long)]
    password_stdin: bool,
}

pub(super) fn run(command: Command) -> Result<()> {
    match command {
        Command::Create(Person { name, account }) => {
            let (email, password) = account.read()?;
            users::check(&name, &password)?;
            let registration = Registration {
                email,
                name,
                password_hash: passwords::hash(&password)?,
            };
            let app = App::open(Options::new(&account.data.database_url())?.for_command())?;
            app.write_blocking(move |tx| users::create_admin(tx, &registration))?;
            println!("made the admin {}", account.email);
            account.show(&password);
        }
        Command::ResetPassword(account) => {
            let (email, password) = account.read()?;
            users::check("-", &password)?;
            let hash = passwords::hash(&password)?;
            let app = App::open(Options::new(&account.data.database_url())?.for_command())?;
            app.write_blocking(move |tx| users::reset_password(tx, &email, &hash))?;
            println!("set a new password for {} and ended all sessions", account.email);
            account.show(&password);
        }
        Command::ResetSecondFactor { email, data } => {
            let address: Email = email.parse().map_err(|_| Error::invalid("/email", "email"))?;
            let app = App::open(Options::new(&data.database_url())?.for_command())?;
            app.write_blocking(move |tx| accounts::reset_second_factor(tx, &address))?;
            println!("removed the second factor of {email} and ended all sessions");
        }
    }
    Ok(())
}

impl Account {
    fn read(&self) -> Result<(Email, String)> {
        let email = self
            .email
            .parse()
            .map_err(|_| Error::invalid("/email", "email"))?;
        if !self.password_stdin {
            return Ok((email, random::secret()));
        }
        if std::io::stdin().is_terminal() {
            eprint!("Password: ");
            std::io::stderr().flush().map_err(Error::internal)?;
        }
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(Error::internal)?;
        Ok((email, line.trim_end_matches(['\r', '\n']).to_owned()))
    }

    fn show(&self, password: &str) {
        if !self.password_stdin {
            println!("password: {password}");
        }
    }
}
