//! One file for each resource: requests, views, thin handlers.

pub mod assignments;
pub mod groups;
pub mod health;
pub mod panels;
pub mod progress;
pub mod round_entries;
pub mod rounds;
pub mod rules;
pub mod sessions;
pub mod users;
