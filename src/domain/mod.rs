//! What a competition is and how it is judged: pure values and functions.
//!
//! Nothing here reads a clock, a database, a network or a source of randomness; time and seeds come in as values.
//! Imports run one way inside too: `comparison` → `advancement` → `scoring` → `rules` → `exact` → `points`, and all of them from
//! Imports run one way inside too: `offer` → `advancement` → `scoring` → `rules` → `exact` → `points`, and all of them from
//! `text`, `ids`, `invalid`, `time`.

pub mod advancement;
pub mod api_token;
pub mod assignment;
pub mod ballot;
pub mod codes;
pub mod comparison;
pub mod competition;
pub mod entry;
pub mod exact;
pub mod fields;
pub mod grouping;
pub mod ids;
pub mod invalid;
pub mod judge_link;
pub mod letter;
pub mod offer;
pub mod password;
pub mod phone;
pub mod points;
pub mod policy;
pub mod proposal;
pub mod provider;
pub mod publication;
pub mod round;
pub mod rules;
pub mod scoring;
pub mod second_factor;
pub mod session;
pub mod status;
pub mod text;
pub mod time;
pub mod user;
