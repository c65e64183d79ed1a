//! How a server is watched while it runs: what it counts, which requests it calls slow, where its traces go.

use std::net::SocketAddr;
use std::time::Duration;

/// Settings for whoever runs a server and wants to see how it does.
#[derive(Clone, clap::Args)]
#[command(next_help_heading = "Seeing it run")]
pub struct Watching {
    /// Address and port of /metrics for Prometheus, such as 127.0.0.1:9464; without it nothing is told.
    #[arg(long, env = "PALMARES_METRICS_BIND")]
    pub metrics_bind: Option<SocketAddr>,
    /// What readers of /metrics bring as `Authorization: Bearer …`; without it the address alone decides who reads.
    #[arg(
        long,
        env = "PALMARES_METRICS_TOKEN",
        hide_env_values = true,
        requires = "metrics_bind"
    )]
    pub metrics_token: Option<String>,
    /// Requests that take longer are told in the log, with where the time went, in milliseconds; 0 tells none.
    #[arg(long, env = "PALMARES_SLOW_MILLISECONDS", default_value_t = 1000)]
    pub slow_milliseconds: u64,
    /// Where traces go, an OpenTelemetry collector that takes OTLP over HTTP, such as http://127.0.0.1:4318; without it
    /// none are made.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    pub otlp_endpoint: Option<String>,
}

impl Watching {
    /// From when on a request is slow.
    #[must_use]
    pub fn slow(&self) -> Option<Duration> {
        (self.slow_milliseconds > 0).then(|| Duration::from_millis(self.slow_milliseconds))
    }
}

/// Without what is secret.
impl std::fmt::Debug for Watching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watching").finish_non_exhaustive()
    }
}
