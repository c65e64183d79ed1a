//! Palmares takes a project competition or a roadshow from registration to published finalists.
//!
//! # The house
//! Layers outside, features inside, the same file name in each layer. Imports run one way; `tests/architecture.rs`
//! proves it:
//!
//! ```text
//! domain ← nothing · words ← domain · error ← domain · store ← domain, error
//! app ← store, domain, words, error, config · http ← app, domain, words, error, store's row types
//! ```
//!
//! - [`domain`]: pure values and rules: entries, rounds, permissions, scoring, advancement.
//! - [`error`]: one enum by meaning.
//! - [`words`]: sentences in English and Chinese.

pub mod domain;
pub mod error;
pub mod words;
