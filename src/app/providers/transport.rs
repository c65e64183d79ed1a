//! Requests to providers: to where they are configured only, without following anybody elsewhere, with an end in time and
//! in size.

use std::time::Duration;

use openidconnect::http::Response;
use openidconnect::{HttpRequest, HttpResponse};
use reqwest::{Client, Url, redirect};

use crate::error::{Error, Result};

/// How long a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may take to be reached.
const REACH: Duration = Duration::from_secs(5);
/// The most that an answer holds, in bytes.
const ANSWER_MAX: usize = 1 << 20;

/// Why a provider did not answer, for the log.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Trouble(String);

impl Trouble {
    pub(super) fn new(why: &str) -> Self {
        Self(why.to_owned())
    }
}

impl From<reqwest::Error> for Trouble {
    fn from(error: reqwest::Error) -> Self {
        // Its address may hold what is nobody's business.
        let kind = if error.is_timeout() {
            "it took too long"
        } else if error.is_connect() {
            "it can't be reached"
        } else {
            "the connection broke"
        };
        Self::new(kind)
    }
}

/// The way to all providers.
#[derive(Debug)]
pub(super) struct Transport(Client);

impl Transport {
    pub(super) fn new() -> Result<Self> {
        Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(REACH)
            .redirect(redirect::Policy::none())
            .user_agent("palmares")
            .build()
            .map(Self)
            .map_err(Error::internal)
    }

    /// Sends a request; one without TLS only on this machine, to a provider that is there itself.
    pub(super) async fn call(&self, local: bool, request: HttpRequest) -> Result<HttpResponse, Trouble> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| Trouble::new("an address is none"))?;
        let here = matches!(url.host_str(), Some("localhost" | "[::1]" | "127.0.0.1"));
        if url.scheme() != "https" && !(local && here && url.scheme() == "http") {
            return Err(Trouble::new("an address is without TLS"));
        }
        let request = reqwest::Request::try_from(request)?;
        let mut answer = self.0.execute(request).await?;
        let status = answer.status();
        if status.is_server_error() {
            return Err(Trouble(format!("it answered {}", status.as_u16())));
        }
        let headers = answer.headers().clone();
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await? {
            if body.len() + part.len() > ANSWER_MAX {
                return Err(Trouble::new("its answer is too large"));
            }
            body.extend_from_slice(&part);
        }
        let mut read = Response::new(body);
        *read.status_mut() = status;
        *read.headers_mut() = headers;
        Ok(read)
    }
}
