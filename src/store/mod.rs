//! Rows and queries: the only layer that knows diesel, tables and the two databases.
//!
//! - [`conn`] connects, [`dialect`] holds what the databases spell differently, [`migrate`] brings a database up to date;
//! - [`sql_types`] stores the domain's values, [`conflict`] names a broken constraint, [`page`] cuts lists into pages;
//! - [`stmt`] is for the few hot statements that diesel would parse anew each time;
//! - then one file per table family, with the rows and the queries. Queries are free functions over `&mut Conn`.
//!
//! What is found by a unique key is read with `get_result`, not with `first`: that binds `LIMIT`, and SQLite plans a
//! statement anew at each execution when a bound value decides its plan, which cost a third of a ballot.

#[macro_use]
pub mod conn;
#[macro_use]
pub mod sql_types;
pub mod adjustments;
pub mod advancements;
pub mod api_tokens;
pub mod appearances;
pub mod assignments;
pub mod backup;
pub mod ballots;
pub mod brakes;
pub mod comparisons;
pub mod competitions;
pub mod conflict;
pub mod diagnosis;
pub mod dialect;
pub mod divisions;
pub mod entries;
pub mod entry_lists;
pub mod events;
pub mod idempotency;
pub mod identities;
pub mod instance;
pub mod intake;
pub mod invitations;
pub mod judge_links;
pub mod keys;
pub mod links;
pub mod marks;
pub mod members;
pub mod migrate;
pub mod notify;
pub mod offers;
pub mod outbox;
pub mod page;
pub mod panels;
pub mod phones;
pub mod places;
pub mod progress;
pub mod proposals;
pub mod publications;
pub mod recorded;
pub mod revisions;
pub mod round_entries;
pub mod round_judges;
pub mod rounds;
pub mod rules;
pub mod scales;
pub mod schema;
pub mod second_factors;
pub mod sessions;
pub mod sign_in_codes;
pub mod standings;
pub mod stmt;
pub mod tablets;
pub mod tabulation;
pub mod tie_decisions;
pub mod users;
pub mod versions;
