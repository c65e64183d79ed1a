//! One file for each resource: requests, views, thin handlers.

pub mod ballots;
pub mod health;
pub mod recorded;
pub mod sessions;
pub mod users;
