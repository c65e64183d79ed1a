//! Brakes on what sends messages: whoever asks again and again waits longer each time, and nobody is shut out for long.
//!
//! They are kept in the database, so that they hold over all nodes, under a hash of what they are about.

use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::brakes::{self, Brake};

use super::{Tx, random};

/// The pause after the first request, in seconds; it doubles with each.
const FIRST_PAUSE: i64 = 60;
/// The longest pause, in seconds.
const LONGEST_PAUSE: i64 = 3600;
/// After so long a quiet time, in seconds, the pauses begin anew.
const QUIET: i64 = 24 * 3600;
/// The window of the ceilings, in seconds.
const WINDOW: i64 = 3600;

/// How often a request looks again when others with the same key are faster.
const TURNS: usize = 32;

/// What somebody asks to be sent, and from where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    /// What: `password_reset`.
    pub(super) what: &'a str,
    /// About which account, whether there is one or not.
    pub(super) account: &'a str,
    /// The network address that the request came from.
    pub(super) from: &'a str,
}

/// How often one account may be written to in an hour, whoever asks.
const PER_ACCOUNT: i64 = 20;

/// Lets a request of a guest through: with growing pauses for the same account from the same address, with ceilings for
/// the account from everywhere and for the address about everybody.
///
/// # Errors
/// [`Error::TooMany`] with the seconds to wait.
pub(super) fn guest(tx: &mut Tx<'_>, request: Request<'_>, per_address: i64) -> Result<()> {
    let Request { what, account, from } = request;
    ceiling(tx, &format!("address {from}"), per_address)?;
    ceiling(tx, &format!("{what} {account}"), PER_ACCOUNT)?;
    pause(tx, &format!("{what} {account} {from}"))
}

/// Lets a request through, unless the last one with the same key was too short a time ago.
///
/// # Errors
/// [`Error::TooMany`] with the seconds to wait.
pub(super) fn pause(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    take(tx, key, |seen, now| match seen {
        Some(seen) if now < seen.free_at => None,
        seen => {
            let goes_on = seen.filter(|seen| now < seen.free_at.plus_seconds(QUIET));
            let count = goes_on.map_or(1, |seen| seen.count + 1);
            Some(Brake {
                count,
                free_at: now.plus_seconds(pause_after(count)),
            })
        }
    })
}

/// Lets so many requests with the same key through in an hour.
fn ceiling(tx: &mut Tx<'_>, key: &str, most: i64) -> Result<()> {
    take(tx, key, |seen, now| match seen {
        Some(seen) if now < seen.free_at => (seen.count < most).then_some(Brake {
            count: seen.count + 1,
            ..seen
        }),
        _ => Some(Brake {
            count: 1,
            free_at: now.plus_seconds(WINDOW),
        }),
    })
}

/// Replaces a brake by the next one, if there is one. Who finds that another request was faster looks again: by then that
/// one is committed.
fn take(tx: &mut Tx<'_>, key: &str, next: impl Fn(Option<Brake>, Stamp) -> Option<Brake>) -> Result<()> {
    let key = random::hash(key);
    for _ in 0..TURNS {
        let seen = brakes::find(tx.conn, &key)?;
        let Some(next) = next(seen, tx.now) else {
            return Err(wait(seen, tx.now));
        };
        if brakes::replace(tx.conn, &key, seen, next)? {
            return Ok(());
        }
    }
    Err(Error::TooMany { retry_after: 1 })
}

fn wait(brake: Option<Brake>, now: Stamp) -> Error {
    let seconds = brake.map_or(1, |brake| brake.free_at.unix() - now.unix());
    Error::TooMany {
        retry_after: u32::try_from(seconds.clamp(1, WINDOW)).unwrap_or(1),
    }
}

/// 1 min, 2 min, 4 min … 1 h.
fn pause_after(count: i64) -> i64 {
    let doublings = u32::try_from(count.clamp(1, 20) - 1).unwrap_or(0);
    LONGEST_PAUSE.min(FIRST_PAUSE << doublings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let pauses: Vec<_> = [1, 2, 3, 6, 7, 1000].into_iter().map(pause_after).collect();
        assert_eq!(pauses, [60, 120, 240, 1920, 3600, 3600]);
    }
}
