//! Letters over a gateway for SMS, chat or mail: one POST of JSON each.

use std::time::Duration;

use aws_lc_rs::hmac;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, StatusCode, Url, redirect};
use serde::Serialize;

use super::{Failure, Sealed};
use crate::config::{Messages, Mistake};
use crate::error::{Error, Result};

/// How long the gateway may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway.
pub(super) struct Gateway {
    client: Client,
    url: Url,
    bearer: Option<HeaderValue>,
    secret: Option<hmac::Key>,
}

/// What the gateway gets.
#[derive(Serialize)]
struct Posted<'a> {
    id: &'a str,
    kind: &'a str,
    channel: &'a str,
    to: &'a str,
    subject: &'a str,
    text: &'a str,
}

impl Gateway {
    /// The gateway that is configured, if one is.
    pub(super) fn open(settings: &Messages) -> Result<Option<Self>> {
        let Some(given) = &settings.message_url else {
            return Ok(None);
        };
        let expected = || {
            Mistake::because(
                "PALMARES_MESSAGE_URL: expected an address such as https://gateway.example.org/send",
            )
        };
        let url = Url::parse(given).map_err(|_| expected())?;
        if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
            return Err(expected());
        }
        if url.scheme() == "http" && (settings.message_token.is_some() || !is_here(&url)) {
            tracing::warn!("messages go to the gateway without TLS");
        }
        let bearer = settings.message_token.as_ref().map(|token| {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
                Mistake::because("PALMARES_MESSAGE_TOKEN: expected letters, digits and signs")
            })?;
            value.set_sensitive(true);
            Ok::<_, Error>(value)
        });
        let client = Client::builder()
            .timeout(PATIENCE)
            .redirect(redirect::Policy::none())
            .build()
            .map_err(Error::internal)?;
        let secret = settings.message_secret.as_ref();
        Ok(Some(Self {
            client,
            url,
            bearer: bearer.transpose()?,
            secret: secret.map(|s| hmac::Key::new(hmac::HMAC_SHA256, s.as_bytes())),
        }))
    }

    /// Hands a letter to the gateway.
    pub(super) async fn send(&self, sealed: &Sealed) -> Result<(), Failure> {
        let body = serde_json::to_string(&Posted {
            id: &sealed.id,
            kind: &sealed.kind,
            channel: if sealed.phone { "phone" } else { "email" },
            to: &sealed.to,
            subject: &sealed.subject,
            text: &sealed.text,
        });
        let body = body.map_err(|e| Failure::never("no JSON", &e.to_string()))?;
        let mut request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", &sealed.id);
        if let Some(bearer) = &self.bearer {
            request = request.header(AUTHORIZATION, bearer.clone());
        }
        if let Some(secret) = &self.secret {
            request = request.header("Palmares-Signature", signature(secret, &body));
        }
        let answer = request.body(body).send().await.map_err(|error| {
            let short = if error.is_timeout() {
                "timeout"
            } else {
                "no gateway"
            };
            // Its address may hold a key.
            Failure::later(short, &error.without_url().to_string())
        })?;
        judge(answer.status())
    }
}

fn is_here(url: &Url) -> bool {
    url.host_str()
        .is_some_and(|host| matches!(host, "localhost" | "[::1]") || host.starts_with("127."))
}

fn signature(secret: &hmac::Key, body: &str) -> String {
    let tag = hmac::sign(secret, body.as_bytes());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// What a gateway's answer means. That it does not know us, or sends us elsewhere, can be mended, and the messages wait
/// for it; what it says of the message itself is for good.
fn judge(status: StatusCode) -> Result<(), Failure> {
    let told = status.to_string();
    match status.as_u16() {
        200..300 => Ok(()),
        400 | 410 | 413 | 422 => Err(Failure::never(status.as_str(), &told)),
        _ => Err(Failure::later(status.as_str(), &told)),
    }
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_the_message_is_for_good_and_the_rest_is_tried_again() {
        let judged = |status: u16| judge(StatusCode::from_u16(status).unwrap());
        assert!(judged(202).is_ok());
        for status in [301, 401, 404, 408, 429, 500, 503] {
            assert!(matches!(judged(status), Err(Failure::Later { .. })), "{status}");
        }
        for status in [400, 422] {
            assert!(matches!(judged(status), Err(Failure::Never { .. })), "{status}");
        }
    }

    #[test]
    fn a_body_is_signed_as_others_can_check() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"key");
        assert_eq!(
            signature(&key, "The quick brown fox jumps over the lazy dog"),
            "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
        );
    }
}
