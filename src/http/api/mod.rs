//! One file for each resource: requests, views, thin handlers.

pub mod changes;
pub mod competitions;
pub mod divisions;
pub mod entries;
pub mod health;
pub mod imports;
pub mod invitations;
pub mod members;
pub mod screening;
pub mod sessions;
pub mod users;
