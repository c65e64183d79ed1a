//! Golden competitions: rules that real contests use, with their numbers; no database, no server.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    reason = "a test may fail; the cases are read by other tests too"
)]

mod advancing;
mod awards;
#[path = "../support/cases.rs"]
mod cases;
mod contest;
mod contest_files;
mod cuts;
mod dropped;
mod earlier_rounds;
mod equalise;
mod failures;
mod fuzz_files;
mod more_contests;
mod offers;
mod other_contests;
mod ranked;
mod real_rules;
mod reference;
mod sealed;
mod sheets;
mod skating;
mod templates;
