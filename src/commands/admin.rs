//! Admins, made and helped by whoever has the machine.

use std::io::{BufRead, IsTerminal, Write};

use clap::Subcommand;

use crate::app::enrolment::Registration;
use crate::app::{App, Options, password_resets, passwords, random, users};
use crate::config::Data;
use crate::domain::invalid::Invalid;
use crate::domain::password;
use crate::domain::text::{Email, check_name};
use crate::error::{Error, Result};

/// What can be done about admins.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Makes an admin.
    Create(Person),
    /// Sets a new password for anybody, and ends their sessions.
    ResetPassword(Account),
    /// Prints a link that sets a new password once, to pass on to whom it is for.
    ResetLink(Link),
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

/// Whose password the link sets.
#[derive(Debug, clap::Args)]
pub(super) struct Link {
    /// The address they sign in with.
    #[arg(long)]
    email: String,
    /// What people type to get to the server.
    #[arg(long, env = "PALMARES_PUBLIC_URL", default_value = "http://127.0.0.1:8080")]
    public_url: String,
    #[command(flatten)]
    data: Data,
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
            examine(Some(&name), &email, &password)?;
            let registration = Registration {
                email,
                name,
                password_hash: passwords::hash(&password)?,
                language: None,
            };
            let app = App::open(Options::new(&account.data.database_url())?.for_command())?;
            app.write_blocking(move |tx| users::create_admin(tx, &registration))?;
            println!("made the admin {}", account.email);
            account.show(&password);
        }
        Command::ResetPassword(account) => {
            let (email, password) = account.read()?;
            examine(None, &email, &password)?;
            let hash = passwords::hash(&password)?;
            let app = App::open(Options::new(&account.data.database_url())?.for_command())?;
            app.write_blocking(move |tx| users::reset_password(tx, &email, &hash))?;
            println!("set a new password for {} and ended all sessions", account.email);
            account.show(&password);
        }
        Command::ResetLink(link) => {
            let email = parse(&link.email)?;
            let app = App::open(Options::new(&link.data.database_url())?.for_command())?;
            let made = app.write_blocking(move |tx| password_resets::open_as_machine(tx, &email))?;
            let address = link.public_url.trim_end_matches('/');
            println!("{address}/password/{}", made.token);
            eprintln!("The link can be used once, until {}.", made.expires_at);
        }
    }
    Ok(())
}

fn examine(name: Option<&str>, email: &Email, password: &str) -> Result<()> {
    let mut invalid = Invalid::default();
    if let Some(name) = name {
        check_name(name, "/name", &mut invalid);
    }
    let about = [email.as_str(), name.unwrap_or_default()];
    if let Some(wrong) = password::wrong(&password::normal(password), &about, "/password") {
        invalid.push(wrong);
    }
    Ok(invalid.into_result()?)
}

fn parse(email: &str) -> Result<Email> {
    email.parse().map_err(|_| Error::invalid("/email", "email"))
}

impl Account {
    fn read(&self) -> Result<(Email, String)> {
        let email = parse(&self.email)?;
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
