//! One file for each resource: requests, views, thin handlers.

pub mod advancement;
pub mod closure;
pub mod health;
pub mod publication;
pub mod results;
pub mod sessions;
pub mod standings;
pub mod status;
pub mod users;
