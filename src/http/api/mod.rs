//! One file for each resource: requests, views, thin handlers.

pub mod ballots;
pub mod changes;
pub mod competitions;
pub mod divisions;
pub mod entries;
pub mod groups;
pub mod health;
pub mod imports;
pub mod invitations;
pub mod members;
pub mod panels;
pub mod recorded;
pub mod rounds;
pub mod rules;
pub mod screening;
pub mod sessions;
pub mod users;
