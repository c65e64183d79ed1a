//! What a node counts while it runs, for `/metrics`: how many, how long, how much. No names, no addresses, no ids: every
//! label is one of a few that stand in the code.

use std::borrow::Cow;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::app::App;
use crate::error::{Error, Result};
use crate::store::sessions;

/// What is told of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RequestLabels {
    /// Its method; `OTHER` for one that no address knows.
    pub method: &'static str,
    /// The pattern of its address, such as `/api/v1/competitions/{slug}`; `none` where there is no such address.
    pub route: Cow<'static, str>,
    /// The status of its answer.
    pub status: u16,
}

/// What became of something.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Outcome {
    /// In one word.
    pub outcome: &'static str,
}

/// The meters of a node.
#[derive(Debug)]
pub struct Meters {
    registry: Registry,
    /// Requests, and how long they took in seconds.
    pub requests: Family<RequestLabels, Histogram>,
    /// Those who hear live changes now; counted when somebody looks.
    pub(super) subscribers: Gauge,
    /// Sessions that are neither ended nor too old; counted when somebody looks.
    pub(super) sessions: Gauge,
    /// Callers that wait for a password to be hashed, or have it hashed; counted when somebody looks.
    pub(super) hashing: Gauge,
    pub(super) write_queue: Gauge,
    pub(super) write_waits: Histogram,
    pub(super) write_groups: Histogram,
    pub(super) commits: Histogram,
    pub(super) pool_size: Gauge,
    pub(super) pool_busy: Gauge,
    pub(super) pool_waits: Histogram,
    /// What everyone reads, found in memory.
    pub showcase_hits: Counter,
    pub(super) showcase_builds: Histogram,
    pub(super) showcase_bytes: Gauge,
    pub(super) sheets: Family<Outcome, Counter>,
    pub(super) sheets_bytes: Gauge,
    pub(super) messages: Family<Outcome, Counter>,
}

/// From 0.1 ms to 13 s.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.0001, 3.25, 11))
}

impl Meters {
    /// All at nought.
    #[must_use]
    pub fn new() -> Self {
        let mut meters = Self {
            registry: Registry::with_prefix("palmares"),
            requests: Family::new_with_constructor(seconds),
            subscribers: Gauge::default(),
            sessions: Gauge::default(),
            hashing: Gauge::default(),
            write_queue: Gauge::default(),
            write_waits: seconds(),
            write_groups: Histogram::new(exponential_buckets(1.0, 2.0, 9)),
            commits: seconds(),
            pool_size: Gauge::default(),
            pool_busy: Gauge::default(),
            pool_waits: seconds(),
            showcase_hits: Counter::default(),
            showcase_builds: seconds(),
            showcase_bytes: Gauge::default(),
            sheets: Family::default(),
            sheets_bytes: Gauge::default(),
            messages: Family::default(),
        };
        meters.register();
        meters
    }

    fn register(&mut self) {
        let all = &mut self.registry;
        all.register(
            "http_request_seconds",
            "Requests by address and status",
            self.requests.clone(),
        );
        all.register(
            "live_subscribers",
            "Those who hear live changes",
            self.subscribers.clone(),
        );
        all.register("sessions_live", "Sessions that are good", self.sessions.clone());
        all.register(
            "sign_in_line",
            "Callers at the hashing of passwords",
            self.hashing.clone(),
        );
        all.register(
            "writer_queue",
            "Writes that wait for the writer",
            self.write_queue.clone(),
        );
        all.register(
            "writer_wait_seconds",
            "How long a write waits for the writer",
            self.write_waits.clone(),
        );
        all.register(
            "writer_group_size",
            "Writes that share a commit",
            self.write_groups.clone(),
        );
        all.register("commit_seconds", "How long a commit takes", self.commits.clone());
        all.register("pool_size", "Connections of the pool", self.pool_size.clone());
        all.register(
            "pool_busy",
            "Connections of the pool in use",
            self.pool_busy.clone(),
        );
        all.register(
            "pool_wait_seconds",
            "How long a caller waits for a connection",
            self.pool_waits.clone(),
        );
        all.register(
            "published_hits",
            "Published answers found in memory",
            self.showcase_hits.clone(),
        );
        all.register(
            "published_build_seconds",
            "Published answers built",
            self.showcase_builds.clone(),
        );
        all.register(
            "published_bytes",
            "Memory of published answers",
            self.showcase_bytes.clone(),
        );
        all.register(
            "sheets",
            "Sheets of judges for standings, kept in memory or read",
            self.sheets.clone(),
        );
        all.register(
            "sheets_bytes",
            "Memory of sheets for standings, about",
            self.sheets_bytes.clone(),
        );
        all.register(
            "messages",
            "Messages by what became of them",
            self.messages.clone(),
        );
    }

    /// Everything in the text format of OpenMetrics, which Prometheus reads.
    ///
    /// # Errors
    /// Never in practice: a text takes everything.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }

    pub(super) fn message(&self, outcome: &'static str) {
        self.messages.get_or_create(&Outcome { outcome }).inc();
    }
}

impl Default for Meters {
    fn default() -> Self {
        Self::new()
    }
}

/// Everything that a node counts, as text; what is not counted as it happens is counted now.
///
/// # Errors
/// When the text can't be written. A database that is away leaves what it told last.
pub async fn read(app: &App, hashing: usize) -> Result<String> {
    let meters = app.meters();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    meters.hashing.set(number(hashing));
    meters.subscribers.set(number(app.live().watchers()));
    let live = app.read(|tx| {
        let limits = tx.instance.sessions;
        let (whole, idle) = (
            tx.now.plus_seconds(-limits.whole),
            tx.now.plus_seconds(-limits.idle),
        );
        sessions::live_count(tx.conn, whole, idle)
    });
    match live.await {
        Ok(live) => {
            meters.sessions.set(live);
        }
        Err(error) => tracing::warn!("sessions can't be counted: {error}"),
    }
    meters.text().map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_told_as_prometheus_reads_it() {
        let meters = Meters::new();
        let labels = RequestLabels {
            method: "GET",
            route: "/api/v1/me".into(),
            status: 200,
        };
        meters.requests.get_or_create(&labels).observe(0.002);
        meters.message("sent");
        let text = meters.text().unwrap();
        for line in [
            "palmares_http_request_seconds_count{method=\"GET\",route=\"/api/v1/me\",status=\"200\"} 1",
            "palmares_messages_total{outcome=\"sent\"} 1",
            "palmares_writer_queue 0",
            "# EOF",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
    }
}
