//! Who watches a live stream, event by event.

use std::time::Duration;

use serde_json::Value;

use super::Persona;

/// How long anything that is to come may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A stream that is open.
pub struct Stream {
    response: reqwest::Response,
    read: Vec<u8>,
}

/// An event of a stream.
#[derive(Debug)]
pub struct Event {
    pub name: String,
    pub id: Option<String>,
    pub data: Value,
}

impl Persona {
    /// Opens a stream below `/api/v1`.
    pub async fn watch(&self, path: &str) -> Stream {
        self.watch_from(path, "").await
    }

    /// The same after a connection that broke, as a browser opens it: it names the last event that it got.
    pub async fn watch_from(&self, path: &str, last: &str) -> Stream {
        let mut request = self.client.get(format!("{}/api/v1{path}", self.base));
        request = request.header("Accept-Language", self.language);
        if !last.is_empty() {
            request = request.header("Last-Event-ID", last);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/event-stream");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-accel-buffering"), "no");
        let read = Vec::new();
        Stream { response, read }
    }
}

impl Stream {
    /// The next event; comments and `retry` are passed over.
    pub async fn event(&mut self) -> Event {
        let next = actix_web::rt::time::timeout(PATIENCE, self.next()).await;
        next.expect("no event came").expect("the stream has ended")
    }

    /// That nothing comes for a while.
    pub async fn is_quiet(&mut self, a_while: Duration) {
        let next = actix_web::rt::time::timeout(a_while, self.next()).await;
        assert!(next.is_err(), "{next:?}");
    }

    /// The last event, after which the connection ends the stream; those before it are passed over.
    pub async fn end(mut self) -> Value {
        loop {
            let event = self.event().await;
            if event.name == "end" {
                let after = actix_web::rt::time::timeout(PATIENCE, self.next()).await;
                assert!(after.unwrap().is_none(), "something came after the end");
                return event.data;
            }
        }
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.read.windows(2).position(|two| two == b"\n\n") {
                let block: Vec<u8> = self.read.drain(..end + 2).collect();
                let block = String::from_utf8(block).unwrap();
                let field = |name: &str| {
                    block
                        .lines()
                        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                        .map(str::to_owned)
                };
                if let Some(name) = field("event") {
                    let data = serde_json::from_str(&field("data").unwrap()).unwrap();
                    let id = field("id");
                    return Some(Event { name, id, data });
                }
            }
            let piece = self.response.chunk().await.unwrap()?;
            self.read.extend_from_slice(&piece);
        }
    }
}

/// The data of a stream's first event.
pub async fn first_event(response: reqwest::Response) -> String {
    let read = Vec::new();
    let mut stream = Stream { response, read };
    stream.event().await.data.to_string()
}
