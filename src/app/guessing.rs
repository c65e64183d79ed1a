//! What guessing costs: failures are counted and the next try waits, longer each time, while whoever was here before
//! notices nothing.
//!
//! - A stranger is the pair of an address and what is tried (an account). Their own failures slow them, and so do those of
//!   everybody else at the same account and of everybody at the same address, once they are many.
//! - **Nobody can be locked out.** Whoever comes while others try gets a waiting time of their own, which nobody but they
//!   can lengthen; after it their try counts. A device that signed in before brings a mark of it (OWASP's device cookies)
//!   and is slowed by its own failures only.
//! - An account that does not exist is slowed like any other: what is tried is only ever seen as a hash.
//! - A try counts as failed from its beginning, so that a thousand at once are not all the first.
//!
//! It is kept in memory, by each node for itself: a database that an attacker can make write is worse than what is
//! gained. With n nodes somebody who reaches all of them has n times the tries; a restart forgets, which only whoever
//! runs the server can cause.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::domain::time::Stamp;
use crate::error::{Error, Result};

/// Seconds after which one failure of a stranger or a device is forgiven.
const OWN_LEAK: i64 = 600;
/// The same for an account.
const ACCOUNT_LEAK: i64 = 180;
/// The same for an address.
const ADDRESS_LEAK: i64 = 10;
/// How many tries of one address may wait for their password's hash: three quarters of the line.
const AT_ONCE: u32 = 384;
/// The most that is remembered; beyond it the oldest half goes.
const REMEMBERED: usize = 100_000;
/// After so many tries what has no meaning any more is thrown away.
const TIDY_EVERY: u32 = 1_024;

/// How much guessing is let through.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Failures of one address at one account before it waits.
    pub own: u32,
    /// Failures of all strangers at one account before strangers wait.
    pub account: u32,
    /// Failures at one address, whatever is tried, before strangers there wait.
    pub address: u32,
    /// The longest wait, in seconds.
    pub longest: i64,
    /// New accounts of one address in an hour.
    pub registrations: u32,
}

impl Default for Limits {
    /// For a hall of some hundred people behind one address.
    fn default() -> Self {
        Self {
            own: 5,
            account: 20,
            address: 200,
            longest: 60,
            registrations: 1_000,
        }
    }
}

/// Where a try comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The client's network, as [`network`] has it.
    pub network: IpAddr,
    /// The mark that its device brought, if any; see [`Brake::mark`].
    pub device: Option<String>,
}

/// The part of an address that one person can't change at will: all of IPv4, the first 64 bits of IPv6.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(long) => Ipv6Addr::from_bits(long.to_bits() & (u128::MAX << 64)).into(),
        short => short,
    }
}

/// The brake of a node.
#[derive(Debug)]
pub struct Brake {
    limits: Limits,
    marks: hmac::Key,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    cells: HashMap<Key, Cell>,
    tries: u32,
}

type Hash = [u8; 16];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Stranger(Hash, IpAddr),
    Device(Hash),
    Account(Hash),
    Address(IpAddr),
    Registrations(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    failures: u32,
    /// Up to when failures have been forgiven.
    since: Stamp,
    /// When the next try counts, for somebody who has to wait.
    ready: Option<Stamp>,
    /// Tries that are under way.
    inside: u32,
}

impl Cell {
    fn new(now: Stamp) -> Self {
        Self {
            failures: 0,
            since: now,
            ready: None,
            inside: 0,
        }
    }

    /// Forgives what time has forgiven.
    fn age(&mut self, leak: i64, now: Stamp) {
        let passed = (now.unix() - self.since.unix()).max(0) / leak;
        let forgiven = u32::try_from(passed).unwrap_or(u32::MAX);
        if forgiven >= self.failures {
            self.failures = 0;
            self.since = now;
        } else {
            self.failures -= forgiven;
            self.since = self.since.plus_seconds(passed * leak);
        }
        // After a clock was set back.
        self.since = self.since.min(now);
    }

    fn is_idle(&self, longest: i64, now: Stamp) -> bool {
        let waits = self.ready.is_some_and(|ready| ready.plus_seconds(longest) > now);
        self.failures == 0 && self.inside == 0 && !waits
    }
}

impl Key {
    fn leak(&self, limits: &Limits) -> i64 {
        match self {
            Self::Stranger(..) | Self::Device(_) => OWN_LEAK,
            Self::Account(_) => ACCOUNT_LEAK,
            Self::Address(_) => ADDRESS_LEAK,
            Self::Registrations(_) => (3600 / i64::from(limits.registrations.max(1))).max(1),
        }
    }
}

impl Memory {
    fn cell(&mut self, key: Key, limits: &Limits, now: Stamp) -> &mut Cell {
        let cell = self.cells.entry(key).or_insert_with(|| Cell::new(now));
        cell.age(key.leak(limits), now);
        cell
    }

    /// What is known of a key without noting that it was asked for.
    fn failures(&mut self, key: Key, limits: &Limits, now: Stamp) -> u32 {
        self.cells.get_mut(&key).map_or(0, |cell| {
            cell.age(key.leak(limits), now);
            cell.failures
        })
    }

    fn tidy(&mut self, limits: &Limits, now: Stamp) {
        self.tries = self.tries.wrapping_add(1);
        if !self.tries.is_multiple_of(TIDY_EVERY) && self.cells.len() < REMEMBERED {
            return;
        }
        self.cells.retain(|key, cell| {
            cell.age(key.leak(limits), now);
            !cell.is_idle(limits.longest, now)
        });
        if self.cells.len() >= REMEMBERED {
            let mut ages: Vec<_> = self.cells.values().map(|cell| cell.since).collect();
            let (_, middle, _) = ages.select_nth_unstable(REMEMBERED / 2);
            let middle = *middle;
            let mut room = REMEMBERED / 2;
            self.cells.retain(|_, cell| {
                let stays = cell.inside > 0 || (cell.since >= middle && room > 0);
                room = room.saturating_sub(usize::from(stays));
                stays
            });
        }
    }
}

impl Brake {
    /// A brake. The secret makes the marks of devices: nodes with the same one know each other's.
    #[must_use]
    pub fn new(limits: Limits, secret: &[u8; 32]) -> Self {
        let mut derived = Sha256::new();
        derived.update(b"palmares device marks");
        derived.update(secret);
        Self {
            limits,
            marks: hmac::Key::new(hmac::HMAC_SHA256, &derived.finalize()),
            memory: Mutex::default(),
        }
    }

    /// Lets a try begin: of a password, a code, an address's existence. `purpose` keeps apart what is counted apart, and
    /// `subject` is the account. Whoever lets something happen that costs by itself, such as a message, tells no verdict:
    /// then each try counts.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the caller has to wait, with the seconds after which a try of theirs counts.
    pub fn attempt(
        self: &Arc<Self>,
        purpose: &'static str,
        subject: &str,
        from: &Origin,
        now: Stamp,
    ) -> Result<Attempt> {
        let limits = &self.limits;
        let account = hash(&[purpose, subject]);
        let address = Key::Address(from.network);
        let device = from.device.as_deref().and_then(|mark| self.known(mark, subject));
        let (own, account) = match device {
            Some(nonce) => (Key::Device(hash(&[purpose, &nonce])), None),
            None => (Key::Stranger(account, from.network), Some(Key::Account(account))),
        };

        let mut memory = self.memory();
        memory.tidy(limits, now);
        if memory
            .cells
            .get(&address)
            .is_some_and(|cell| cell.inside >= AT_ONCE)
        {
            return Err(Error::TooMany { retry_after: 2 });
        }
        let of_others = account.map_or(0, |account| {
            let at_account = memory.failures(account, limits, now);
            let at_address = memory.failures(address, limits, now);
            let longest = limits.longest;
            wait(at_account, limits.account, longest).max(wait(at_address, limits.address, longest))
        });
        let mine = memory.failures(own, limits, now);
        let waits = wait(mine, limits.own, limits.longest).max(of_others);
        if waits > 0 {
            let cell = memory.cell(own, limits, now);
            // A clock that was set back makes nobody wait for longer than the longest time.
            let ready = cell.ready.get_or_insert(now.plus_seconds(waits));
            *ready = (*ready).min(now.plus_seconds(limits.longest));
            if now < *ready {
                let left = (ready.utc() - now.utc()).num_milliseconds().max(1);
                let retry_after = u32::try_from((left + 999) / 1000).unwrap_or(u32::MAX);
                return Err(Error::TooMany { retry_after });
            }
        }
        if let Some(account) = account {
            let cell = memory.cell(account, limits, now);
            cell.failures = cell.failures.saturating_add(1);
        }
        let cell = memory.cell(own, limits, now);
        cell.failures = cell.failures.saturating_add(1);
        let next = wait(cell.failures, limits.own, limits.longest).max(of_others);
        cell.ready = (next > 0).then(|| now.plus_seconds(next));
        memory.cell(address, limits, now).inside += 1;
        drop(memory);
        Ok(Attempt {
            brake: Arc::clone(self),
            own,
            account,
            address,
            now,
            verdict: Verdict::Failed,
        })
    }

    /// Counts a new account of an address.
    ///
    /// # Errors
    /// [`Error::TooMany`] when it has made as many as an hour allows.
    pub fn registration(&self, from: &Origin, now: Stamp) -> Result<()> {
        let limits = &self.limits;
        let key = Key::Registrations(from.network);
        let mut memory = self.memory();
        memory.tidy(limits, now);
        let cell = memory.cell(key, limits, now);
        if cell.failures >= limits.registrations {
            let retry_after = u32::try_from(key.leak(limits)).unwrap_or(u32::MAX);
            return Err(Error::TooMany { retry_after });
        }
        cell.failures += 1;
        Ok(())
    }

    /// A mark for a device on which somebody signed in. It opens nothing: with it, others' failures at the account don't
    /// slow this device.
    #[must_use]
    pub fn mark(&self, subject: &str) -> String {
        let nonce = super::random::public_id().0;
        let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&self.marks, &marked(&nonce, subject)));
        format!("{nonce}.{tag}")
    }

    /// The nonce of a mark that is one of ours, for this subject.
    fn known(&self, mark: &str, subject: &str) -> Option<String> {
        let (nonce, tag) = mark.split_once('.').filter(|(nonce, _)| nonce.len() <= 32)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        let known = hmac::verify(&self.marks, &marked(nonce, subject), &tag).is_ok();
        known.then(|| nonce.to_owned())
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Clone, Copy)]
enum Verdict {
    Succeeded,
    Failed,
    Withdrawn,
}

/// A try that is under way. Dropped without a verdict, it has failed: whoever hangs up gains nothing.
#[derive(Debug)]
#[must_use = "a dropped try has failed"]
pub struct Attempt {
    brake: Arc<Brake>,
    own: Key,
    account: Option<Key>,
    address: Key,
    now: Stamp,
    verdict: Verdict,
}

impl Attempt {
    /// Ends it as what it came to: a success, a wrong secret or name, or our own trouble.
    pub fn settle<T>(self, outcome: &Result<T>) {
        match outcome {
            Ok(_) => self.succeeded(),
            Err(Error::Invalid(_) | Error::Unauthenticated(_) | Error::NotFound(_)) => drop(self),
            Err(_) => self.withdraw(),
        }
    }

    /// It was right: the caller's own failures are forgotten.
    pub fn succeeded(mut self) {
        self.verdict = Verdict::Succeeded;
    }

    /// It came to no end for reasons of ours, and does not count.
    pub fn withdraw(mut self) {
        self.verdict = Verdict::Withdrawn;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let (limits, now) = (&self.brake.limits, self.now);
        let mut memory = self.brake.memory();
        let address = memory.cell(self.address, limits, now);
        address.inside = address.inside.saturating_sub(1);
        if matches!(self.verdict, Verdict::Failed) {
            address.failures = address.failures.saturating_add(1);
            return;
        }
        if let Some(cell) = self.account.and_then(|key| memory.cells.get_mut(&key)) {
            cell.failures = cell.failures.saturating_sub(1);
        }
        match self.verdict {
            Verdict::Succeeded => drop(memory.cells.remove(&self.own)),
            _ => {
                if let Some(cell) = memory.cells.get_mut(&self.own) {
                    cell.failures = cell.failures.saturating_sub(1);
                    cell.ready = None;
                }
            }
        }
    }
}

/// Seconds to wait after some failures: nothing while they are free, then 1, 2, 4 …
fn wait(failures: u32, free: u32, longest: i64) -> i64 {
    match failures.checked_sub(free) {
        None => 0,
        Some(beyond) => 1i64.checked_shl(beyond.min(30)).unwrap_or(longest).min(longest),
    }
}

fn marked(nonce: &str, subject: &str) -> Vec<u8> {
    [nonce.as_bytes(), b"\0", subject.as_bytes()].concat()
}

fn hash(parts: &[&str]) -> Hash {
    let digest = Sha256::digest(parts.join("\0").as_bytes());
    digest.first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
