//! One file for each resource: requests, views, thin handlers.

pub mod adjustments;
pub mod ballots;
pub mod health;
pub mod late;
pub mod paper;
pub mod recorded;
pub mod sessions;
pub mod tie_decisions;
pub mod users;
