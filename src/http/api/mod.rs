//! One file for each resource: requests, views, thin handlers.

pub mod advancement;
pub mod closure;
pub mod competitions;
pub mod divisions;
pub mod entries;
pub mod groups;
pub mod health;
pub mod imports;
pub mod members;
pub mod panels;
pub mod publication;
pub mod results;
pub mod rounds;
pub mod rules;
pub mod sessions;
pub mod standings;
pub mod status;
pub mod users;
