//! The API over HTTP: extract, call one use case, present. No rule and no SQL lives here.
//!
//! - [`routes`] lists every resource; `api::*` has one file for each, with requests, views and thin handlers;
//! - [`extract`] reads callers, bodies, preconditions, and [`parse`] what is in a body; [`answer`] writes success, [`problem`] failure;
//! - [`edge`] turns away what is too large, comes too often ([`limits`]) or is too much at once ([`connections`]), with [`client`], [`cookies`] and [`headers`]
//!   for browsers; [`tls`] encrypts;
//! - [`streams`] sends what is watched live;
//! - [`methods`] answers HEAD, OPTIONS and what an address does not understand;
//! - [`showcase`] answers guests with what everyone reads, from memory; [`metrics`] tells what a node counts;
//! - [`openapi`] is the API document, made from the code by those who ask for it: [`mount`] puts the same handlers on a server and into
//!   the document.

pub mod answer;
pub mod api;
pub mod client;
pub mod connections;
pub mod cookies;
pub mod edge;
pub mod extract;
mod headers;
pub mod limits;
pub mod methods;
pub mod metrics;
pub mod mount;
pub mod openapi;
pub mod pages;
pub mod parse;
pub mod problem;
mod qr;
pub mod routes;
pub mod server;
pub mod showcase;
pub mod streams;
pub mod tls;
pub mod trace;
mod underway;

use std::sync::Arc;

use crate::app::App;
use crate::app::guessing::Brake;
use crate::app::keys::Keys;
use crate::app::passwords::Passwords;
use crate::app::post::Post;
use crate::app::providers::Providers;
use crate::domain::user::Demands;
use edge::Edge;

/// What every handler can reach.
#[derive(Debug, Clone)]
pub struct State {
    /// The use cases' doors.
    pub app: App,
    /// Signs and checks access tokens.
    pub keys: Arc<Keys>,
    /// Hashes passwords.
    pub passwords: Arc<Passwords>,
    /// Writes to people.
    pub post: Arc<Post>,
    /// Who else signs people in.
    pub providers: Arc<Providers>,
    /// What the instance asks of accounts.
    pub demands: Demands,
    /// Where the public finds this server, without a slash at the end: for links in invitations.
    pub public_url: Arc<str>,
    /// Slows those down who guess.
    pub brake: Arc<Brake>,
    /// How the server meets the network.
    pub edge: Arc<Edge>,
}
