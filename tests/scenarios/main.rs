//! Golden competitions: rules that real contests use, with their numbers; no database, no server.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    reason = "a test may fail; the cases are read by other tests too"
)]

#[path = "../support/cases.rs"]
mod cases;
mod contest;
mod equalise;
mod failures;
mod real_rules;
mod skating;
