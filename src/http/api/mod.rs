//! One file for each resource: requests, views, thin handlers.

pub mod adjustments;
pub mod assignments;
pub mod ballots;
pub mod competitions;
pub mod divisions;
pub mod entries;
pub mod groups;
pub mod health;
pub mod imports;
pub mod late;
pub mod members;
pub mod panels;
pub mod paper;
pub mod progress;
pub mod recorded;
pub mod round_entries;
pub mod rounds;
pub mod rules;
pub mod sessions;
pub mod tie_decisions;
pub mod users;
