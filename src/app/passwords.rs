//! Password hashes: argon2id with OWASP's parameters, a bounded number at once, off the event loop.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// How many callers may wait for a place before others are turned away.
const WAITING: usize = 512;

/// A gate before the hashing: memory and processors stay free for the ballots.
#[derive(Debug)]
pub struct Passwords {
    at_once: Semaphore,
    line: Semaphore,
    /// A hash that no password fits, so that an unknown account takes as long as a wrong password.
    nobody: String,
}

impl Passwords {
    /// A gate that lets half the processors, at least one, work at the same time.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn new() -> Result<Self> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            at_once: Semaphore::new((processors / 2).max(1)),
            line: Semaphore::new(WAITING),
            nobody: hash(&super::random::secret())?,
        })
    }

    /// The hash of a password, a PHC string.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the line is full.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.run(move || hash(&password)).await
    }

    /// Whether the password fits the hash; without a hash it never fits, and takes as long.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the line is full.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let fits = self.run(move || verify(&password, &hash)).await?;
        Ok(known && fits)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let _place = self
            .line
            .try_acquire()
            .map_err(|_| Error::TooMany { retry_after: 5 })?;
        let _turn = self.at_once.acquire().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }
}

/// The hash of a password, at once: for commands.
///
/// # Errors
/// When the system gives no randomness.
pub fn hash(password: &str) -> Result<String> {
    Ok(Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|e| Error::internal(e.to_string()))?
        .to_string())
}

fn verify(password: &str, hash: &str) -> Result<bool> {
    let parsed = PasswordHash::new(hash).map_err(|e| Error::internal(e.to_string()))?;
    Ok(Argon2::default()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

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
