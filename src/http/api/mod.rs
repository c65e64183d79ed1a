//! One file for each resource: requests, views, thin handlers.

pub mod health;
pub mod sessions;
pub mod users;
pub mod advancement;
pub mod closure;
pub mod publication;
pub mod results;
pub mod standings;
pub mod status;
