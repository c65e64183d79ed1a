//! Traces to an OpenTelemetry collector: OTLP over HTTP, in batches, beside the work.

use std::time::Duration;

use bytes::Bytes;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::config::Mistake;
use crate::error::{Error, Result};

/// How long a collector may take for a batch.
const PATIENCE: Duration = Duration::from_secs(10);

/// The way of traces out of the house.
#[derive(Debug)]
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// Traces that go to a collector; its address is the one that the path `/v1/traces` follows.
    pub(super) fn to(endpoint: &str, runtime: &Handle) -> Result<Self> {
        if !endpoint.starts_with("http://") && !endpoint.starts_with("https://") {
            return Err(Mistake::because(
                "the collector of traces is none: expected an address such as http://127.0.0.1:4318",
            ));
        }
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .map_err(Error::internal)?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client {
                client,
                runtime: runtime.clone(),
            })
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(PATIENCE)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .build()
            .map_err(Error::internal)?;
        let resource = Resource::builder()
            .with_service_name("palmares")
            .with_attribute(opentelemetry::KeyValue::new(
                "service.version",
                env!("CARGO_PKG_VERSION"),
            ))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_batch_exporter(exporter)
            .build();
        Ok(Self(provider))
    }

    /// What makes spans into traces.
    pub(super) fn layer<S>(&self) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: tracing::Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let layer = tracing_opentelemetry::layer().with_tracer(self.0.tracer("palmares"));
        let ours = tracing_subscriber::filter::Targets::new().with_target("palmares", tracing::Level::DEBUG);
        Box::new(layer.with_filter(ours))
    }

    /// Sends what is left. It blocks.
    pub(super) fn end(&self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!("the last traces were not taken: {error}");
        }
    }
}

/// The client that every other part of the program uses, too, for a thread that has no event loop.
#[derive(Debug, Clone)]
struct Client {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> std::result::Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sending = self.runtime.spawn(async move {
            let (head, body) = request.into_parts();
            let sent = client
                .request(head.method, head.uri.to_string())
                .headers(head.headers)
                .body(body)
                .send()
                .await?
                .error_for_status()?;
            let status = sent.status();
            Ok::<_, reqwest::Error>((status, sent.bytes().await?))
        });
        let (status, bytes) = sending.await??;
        let mut response = Response::new(bytes);
        *response.status_mut() = status;
        Ok(response)
    }
}
