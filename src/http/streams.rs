//! Server-sent events: how many streams are open, and what goes through one.
//!
//! A stream shows pictures of one thing, each with its mark as the event's id. It begins with the picture of now, so that
//! a client that comes back needs no other request; it goes on with the newest one at each change, and ends with an event
//! `end` when the client may not look any more or the server stops. An event that is not taken waits with its client: it
//! gets the newest one next, and none between.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use serde::Serialize;
use utoipa::ToSchema;

use super::{methods, problem};
use crate::app::live::{News, Watcher};
use crate::error::{Error, Result};

/// The most of a picture that is handed to a connection at once, in bytes: what a connection buffers stays small, however
/// large the picture is.
const PIECE: usize = 4 << 10;
/// After how many milliseconds a client comes back to a stream that broke.
const RETRY: u32 = 2_000;
/// What keeps connections of silent streams open.
const HEARTBEAT: Bytes = Bytes::from_static(b":\n\n");

/// How many streams may be open at once.
#[derive(Debug, Clone, Copy)]
pub struct Most {
    /// On the node.
    pub all: u32,
    /// By one address, without a session.
    pub address: u32,
    /// By one account.
    pub account: u32,
}

impl Default for Most {
    fn default() -> Self {
        Self {
            all: u32::MAX,
            address: u32::MAX,
            account: u32::MAX,
        }
    }
}

/// Whose a stream is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A guest's, by the network that they come from.
    Address(IpAddr),
    /// Somebody's who is signed in, by their public id.
    Account(String),
}

/// The streams of a node.
#[derive(Debug)]
pub struct Streams {
    most: Most,
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    all: u32,
    by: HashMap<Owner, u32>,
}

impl Streams {
    pub(super) fn new(most: Most) -> Self {
        let open = Arc::default();
        Self { most, open }
    }

    /// How many are open.
    #[must_use]
    pub fn open(&self) -> u32 {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).all
    }

    /// A place for a stream.
    ///
    /// # Errors
    /// [`Error::Busy`] when the node has no place left, [`Error::TooMany`] when its owner has none.
    pub fn take(&self, owner: Owner) -> Result<Slot> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let most = match owner {
            Owner::Address(_) => self.most.address,
            Owner::Account(_) => self.most.account,
        };
        if open.by.get(&owner).is_some_and(|own| *own >= most) || most == 0 {
            return Err(Error::TooMany { retry_after: 10 });
        }
        if open.all >= self.most.all {
            return Err(Error::Busy { retry_after: 10 });
        }
        *open.by.entry(owner.clone()).or_default() += 1;
        open.all += 1;
        let open = Arc::clone(&self.open);
        Ok(Slot { open, owner })
    }
}

/// A place that a stream holds until it ends.
#[derive(Debug)]
pub struct Slot {
    open: Arc<Mutex<Open>>,
    owner: Owner,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        if let Some(own) = open.by.get_mut(&self.owner) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                open.by.remove(&self.owner);
            }
        }
    }
}

/// A server-sent event.
#[derive(Debug, Serialize, ToSchema)]
pub struct StreamEvent {
    /// Two events with one id tell the same; none for the last event.
    #[schema(example = "02cad52e416f")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What it tells of.
    #[schema(example = "results")]
    pub event: String,
    /// What it tells, as JSON in one line.
    #[schema(example = "{\"competition\":\"cup\",\"round\":\"final\",\"groups\":[]}")]
    pub data: String,
}

impl StreamEvent {
    /// As it goes over the line: JSON has no line breaks.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        let id = self
            .id
            .as_ref()
            .map_or_else(String::new, |id| format!("id: {id}\n"));
        format!("{id}event: {}\ndata: {}\n\n", self.event, self.data).into()
    }
}

/// Answers with a stream.
#[must_use]
pub fn respond(request: &HttpRequest, watcher: Watcher, slot: Slot) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // nginx would gather events before it passes them on.
        .insert_header(("X-Accel-Buffering", "no"));
    if methods::is_head(request) {
        return response.finish();
    }
    response.streaming(events(watcher, slot))
}

/// What is still to be sent.
struct Sender {
    watcher: Watcher,
    rest: Bytes,
    over: bool,
    _slot: Slot,
}

fn events(watcher: Watcher, slot: Slot) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let sender = Sender {
        watcher,
        rest: format!("retry: {RETRY}\n\n").into(),
        over: false,
        _slot: slot,
    };
    stream::unfold(sender, |mut sender| async move {
        if sender.rest.is_empty() {
            if sender.over {
                return None;
            }
            sender.rest = match sender.watcher.next().await {
                News::Picture(bytes) => bytes,
                News::Beat => HEARTBEAT,
                News::Over(why) => {
                    sender.over = true;
                    end(&why)
                }
            };
        }
        let piece = sender.rest.split_to(sender.rest.len().min(PIECE));
        Some((Ok(piece), sender))
    })
}

/// The last event of a stream: why it ends.
fn end(why: &Error) -> Bytes {
    let event = StreamEvent {
        id: None,
        event: "end".to_owned(),
        data: format!("{{\"code\":\"{}\"}}", problem::code(why)),
    };
    event.bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_given_back() {
        let streams = Streams::new(Most {
            all: 3,
            address: 2,
            account: 1,
        });
        let guest = || Owner::Address([127, 0, 0, 1].into());
        let account = |name: &str| Owner::Account(name.into());
        let one = streams.take(guest()).unwrap();
        let two = streams.take(guest()).unwrap();
        assert!(matches!(streams.take(guest()), Err(Error::TooMany { .. })));
        let three = streams.take(account("a")).unwrap();
        assert!(matches!(streams.take(account("b")), Err(Error::Busy { .. })));
        drop(one);
        assert!(matches!(streams.take(account("a")), Err(Error::TooMany { .. })));
        let four = streams.take(guest()).unwrap();
        assert_eq!(streams.open(), 3);
        drop((two, three, four));
        assert_eq!(streams.open(), 0);
        assert!(streams.open.lock().unwrap().by.is_empty(), "nobody is remembered");
    }

    #[test]
    fn an_event_is_one_line_of_each_kind() {
        let event = StreamEvent {
            id: Some("a1".to_owned()),
            event: "results".to_owned(),
            data: "{}".to_owned(),
        };
        assert_eq!(event.bytes(), "id: a1\nevent: results\ndata: {}\n\n");
        assert_eq!(
            end(&Error::Forbidden("read_progress")),
            "event: end\ndata: {\"code\":\"forbidden\"}\n\n"
        );
    }
}
