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

#[path = "../support/cases.rs"]
mod cases;

mod accounts;
mod adjustments;
mod advancement;
mod api_tokens;
mod assignments;
mod attacks;
mod authorisation;
mod ballots;
mod clocks;
mod closure;
mod competitions;
mod contest;
mod cookies;
mod corrections;
mod cup;
mod disclosure;
mod edge;
mod email_addresses;
mod engine;
mod entries;
mod entries_in_rounds;
mod euros;
mod guessing;
mod hall;
mod http;
mod identities;
mod instance;
mod invitations;
mod judge_links;
mod late;
mod live;
mod members;
mod messages;
mod offers;
mod panels;
mod paper;
mod password_resets;
mod phones;
mod progress;
mod publication;
mod race;
mod recorded;
mod rounds;
mod rules;
mod rush;
mod second_factor;
mod sessions;
mod sheets;
mod showcase;
mod sign_in_codes;
mod stage;
mod standings;
mod tablets;
mod two_persons;
