//! One file for each resource: requests, views, thin handlers.

pub mod health;
pub mod sessions;
pub mod users;
