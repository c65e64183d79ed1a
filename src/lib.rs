//! Palmares takes a project competition or a roadshow from registration to published finalists.
//!
//! # The house
//! Layers outside, features inside, the same file name in each layer. Imports run one way; `tests/architecture.rs`
//! proves it:
//!
//! ```text
//! domain ← nothing · words ← domain · files ← domain, words · error ← domain · store ← domain, error
//! config ← domain, error · app ← store, domain, words, error, config · http ← app, domain, words, error, store's row types
//! commands ← everything
//! ```
//!
//! - [`domain`]: pure values and rules: entries, rounds, permissions, scoring, advancement.
//! - [`error`]: one enum by meaning.
//! - [`store`]: rows and queries, for both databases.
//! - [`app`]: use cases; the only doors to the data are [`app::App::read`] and [`app::App::write`].
//! - [`http`]: the API: requests, views, thin handlers.
//! - [`words`]: problems, statuses and results as sentences, in English and Chinese.
//! - [`files`]: a contest in files: reading, writing, its result as a table, CSV, JSON and sentences.
//! - [`config`]: what a start is told, parsed once; [`commands`]: what the binary does with it.

pub mod app;
pub mod commands;
pub mod config;
pub mod domain;
pub mod error;
pub mod files;
pub mod http;
pub mod store;
pub mod words;
