//! The API as its users meet it, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    unreachable_pub,
    dead_code,
    reason = "a test that can't go on has failed; personas can more than each test needs"
)]

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod adjustments;
mod assignments;
mod ballots;
mod competitions;
mod cup;
mod entries;
mod hall;
mod late;
mod panels;
mod paper;
mod progress;
mod recorded;
mod rounds;
mod rules;
mod stage;
