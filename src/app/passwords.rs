//! Password hashes: argon2id with OWASP's parameters, a bounded number at once, off the event loop.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;
use std::time::Instant;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::{Semaphore, oneshot};

use crate::app::spent::{self, Part};
use crate::domain::invalid::FieldError;
use crate::domain::password;
use crate::error::{Error, Result};

/// How many callers may wait for a place before others are turned away.
const WAITING: usize = 512;

type Job = Box<dyn FnOnce() + Send>;

/// A gate before the hashing: memory and processors stay free for the ballots.
///
/// The work is done by threads of its own. On the executor's many blocking threads each would keep the 19 MiB of its
/// last hash in its own part of the heap.
#[derive(Debug)]
pub struct Passwords {
    jobs: Sender<Job>,
    line: Semaphore,
    /// A hash that no password fits, so that an unknown account takes as long as a wrong password.
    nobody: String,
}

impl Passwords {
    /// A gate that lets half the processors, at least one, work at the same time.
    ///
    /// # Errors
    /// When the system gives no randomness or no thread.
    pub fn new() -> Result<Self> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let (jobs, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..(processors / 2).max(1) {
            let waiting = Arc::clone(&waiting);
            Builder::new()
                .name("palmares-hash".into())
                .spawn(move || work(&waiting))
                .map_err(Error::internal)?;
        }
        Ok(Self {
            jobs,
            line: Semaphore::new(WAITING),
            nobody: hash(&super::random::secret())?,
        })
    }

    /// What is wrong with a new password, at `pointer`; `about` is what is known of its owner.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the line is full.
    pub async fn examine(
        &self,
        password: String,
        about: Vec<String>,
        pointer: &'static str,
    ) -> Result<Option<FieldError>> {
        let judge = move || {
            let about: Vec<_> = about.iter().map(String::as_str).collect();
            Ok(password::wrong(&password::normal(&password), &about, pointer))
        };
        self.run(judge).await
    }

    /// The hash of a password, a PHC string.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the line is full.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.run(move || hash(&password)).await
    }

    /// Whether the password fits the hash; without a hash, or with the empty one of an account that has no password, it
    /// never fits, and takes as long.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the line is full.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        let hash = hash.filter(|hash| !hash.is_empty());
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let fits = self.run(move || verify(&password, &hash)).await?;
        Ok(known && fits)
    }

    /// How many callers wait, or have a password hashed.
    #[must_use]
    pub fn line(&self) -> usize {
        WAITING.saturating_sub(self.line.available_permits())
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let begun = Instant::now();
        let _place = self
            .line
            .try_acquire()
            .map_err(|_| Error::TooMany { retry_after: 5 })?;
        let (answer, answered) = oneshot::channel();
        let job = move || {
            // A caller who hung up while waiting costs no hash.
            if !answer.is_closed() {
                // It fails when the caller hangs up now.
                let _ = answer.send(work());
            }
        };
        self.jobs
            .send(Box::new(job))
            .map_err(|e| Error::internal(e.to_string()))?;
        let answer = answered.await;
        if let Some(account) = spent::current() {
            account.add(Part::Hashing, begun.elapsed());
        }
        answer.map_err(Error::internal)?
    }
}

/// Does one job after the other until the gate is gone.
fn work(waiting: &Mutex<Receiver<Job>>) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            // A job that panics is answered by its dropped channel; the thread goes on.
            Ok(job) => drop(catch_unwind(AssertUnwindSafe(job))),
            Err(_) => return,
        }
    }
}

/// The hash of a password, at once: for commands.
///
/// # Errors
/// When the system gives no randomness.
pub fn hash(password: &str) -> Result<String> {
    Ok(Argon2::default()
        .hash_password(password::normal(password).as_bytes())
        .map_err(|e| Error::internal(e.to_string()))?
        .to_string())
}

fn verify(password: &str, hash: &str) -> Result<bool> {
    let parsed = PasswordHash::new(hash).map_err(|e| Error::internal(e.to_string()))?;
    let fits = |typed: &str| {
        Argon2::default()
            .verify_password(typed.as_bytes(), &parsed)
            .is_ok()
    };
    let normal = password::normal(password);
    // Passwords were once hashed as they were typed: those stay good.
    Ok(fits(&normal) || (normal != password && fits(password)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn more_callers_than_the_line_holds_are_turned_away_and_those_in_it_are_served() {
        let passwords = Arc::new(Passwords::new().unwrap());
        // One caller hangs up while waiting; the threads live on.
        drop(tokio::time::timeout(std::time::Duration::ZERO, passwords.hash("gone".into())).await);
        let all = passwords.line.available_permits();
        let taken = passwords
            .line
            .acquire_many(u32::try_from(all).unwrap())
            .await
            .unwrap();
        let refused = passwords.hash("correct horse battery".into()).await;
        assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
        drop(taken);
        assert!(passwords.hash("correct horse battery".into()).await.is_ok());
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_nobody_fits_no_hash() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("correct horse battery".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(
            passwords
                .verify("correct horse battery".into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("wrong horse battery".into(), Some(hash))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("correct horse battery".into(), None)
                .await
                .unwrap()
        );
    }
}
