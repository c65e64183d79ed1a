//! Golden competitions: rules that real contests use, with their numbers; no database, no server.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a test may fail"
)]

mod contest;
mod failures;
mod real_rules;
mod skating;
