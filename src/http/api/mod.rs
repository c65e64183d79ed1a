//! One file for each resource: requests, views, thin handlers.

pub mod groups;
pub mod health;
pub mod panels;
pub mod rounds;
pub mod rules;
pub mod sessions;
pub mod users;
