//! What a competition is and how it is judged: pure values and functions.
//!
//! Nothing here reads a clock, a database, a network or a source of randomness; time and seeds come in as values.
//! Imports run one way inside too: `advancement` → `scoring` → `rules` → `points`, `text`, `ids`, `invalid`, `time`.

pub mod codes;
pub mod competition;
pub mod entry;
pub mod fields;
pub mod ids;
pub mod invalid;
pub mod policy;
pub mod round;
pub mod text;
pub mod time;
pub mod user;
