//! One file for each resource: requests, views, thin handlers.

pub mod adjustments;
pub mod advancement;
pub mod ballots;
pub mod closure;
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
pub mod publication;
pub mod recorded;
pub mod results;
pub mod rounds;
pub mod rules;
pub mod sessions;
pub mod standings;
pub mod status;
pub mod tie_decisions;
pub mod users;
