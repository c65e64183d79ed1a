//! The body of a request: read within bounds of size and time, parsed with its places named.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::{Stream, StreamExt};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use super::caller::proven;
use crate::app::actor::Actor;
use crate::domain::invalid::FieldError;
use crate::error::{Error, Result};
use crate::http::parse::parse;
use crate::http::problem::Problem;
use crate::store::idempotency::Once;

/// The largest body that is read, in bytes.
pub const BODY_MAX: usize = 1 << 20;
/// The largest body of somebody who is not signed in.
pub const GUEST_MAX: usize = 64 << 10;
/// The largest body of an import.
pub const IMPORT_MAX: usize = 8 << 20;
/// The longest body that is parsed on the thread that serves other requests, in bytes: about a millisecond's work.
const AT_ONCE: usize = 16 << 10;
/// The longest pause in a body: after it the client is answered 408.
const PAUSE: Duration = Duration::from_secs(8);
/// The longest time in which a body comes in whole.
const WHOLE: Duration = Duration::from_secs(60);

/// A JSON body, read up to `MAX` bytes, with its place named when it does not fit.
#[derive(Debug)]
pub struct Body<T, const MAX: usize = BODY_MAX> {
    /// The value.
    pub value: T,
    /// How to recognise a repetition of this request, when the client sent an `Idempotency-Key`.
    pub once: Option<Once>,
}

impl<T: DeserializeOwned + Send + 'static, const MAX: usize> FromRequest for Body<T, MAX> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let bytes = read(&request, &mut payload, MAX).await?;
            let given = key(&request)?;
            let (value, body_hash) = apart(bytes.len(), move || {
                let body_hash = given.is_some().then(|| hex(&Sha256::digest(&bytes)));
                Ok((parse(&bytes)?, given.zip(body_hash)))
            })
            .await?;
            let once = body_hash.map(|(key, body_hash)| Once {
                method: request.method().to_string(),
                path: request.path().to_owned(),
                key,
                body_hash,
            });
            Ok(Self { value, once })
        })
    }
}

/// A JSON body that may be left out.
#[derive(Debug)]
pub struct OptionalBody<T>(pub Option<T>);

impl<T: DeserializeOwned + Send + 'static> FromRequest for OptionalBody<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let bytes = read_any(&request, &mut payload, BODY_MAX).await?;
            if bytes.iter().all(u8::is_ascii_whitespace) {
                return Ok(Self(None));
            }
            require_json(&request)?;
            Ok(Self(Some(apart(bytes.len(), move || parse(&bytes)).await?)))
        })
    }
}

/// No body, or an empty object: for state changes that need no more than their address.
#[derive(Debug)]
pub struct Empty;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl FromRequest for Empty {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = OptionalBody::<Nothing>::from_request(request, payload);
        Box::pin(async move {
            body.await?;
            Ok(Self)
        })
    }
}

/// Does the work of so many bytes: where others wait for the thread, unless it is soon done.
async fn apart<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    if bytes <= AT_ONCE {
        work()
    } else {
        blocking(work).await
    }
}

/// Does work that takes long on a thread for which no other request waits.
///
/// # Errors
/// As the work does.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    web::block(work).await.map_err(Error::internal)?
}

async fn read(request: &HttpRequest, payload: &mut Payload, maximum: usize) -> Result<Vec<u8>> {
    require_json(request)?;
    read_any(request, payload, maximum).await
}

fn require_json(request: &HttpRequest) -> Result<()> {
    let kind = request.content_type();
    let json = kind.eq_ignore_ascii_case("application/json") || kind.ends_with("+json");
    if json { Ok(()) } else { Err(Error::NotJson) }
}

async fn read_any(request: &HttpRequest, payload: &mut Payload, maximum: usize) -> Result<Vec<u8>> {
    let maximum = match proven(request).await {
        Ok(Actor::Guest) | Err(_) => maximum.min(GUEST_MAX),
        Ok(_) => maximum,
    };
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|n| n > maximum) {
        return Err(Error::TooLarge { maximum });
    }
    collect(payload, maximum, PAUSE, WHOLE).await
}

/// The bytes of a body, if they come without a longer pause than `pause` and all of them within `whole`.
async fn collect<S, B, E>(body: &mut S, maximum: usize, pause: Duration, whole: Duration) -> Result<Vec<u8>>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: AsRef<[u8]>,
{
    let reading = async {
        let mut bytes = Vec::new();
        loop {
            let next = timeout(pause, body.next()).await;
            let Some(chunk) = next.map_err(|_| Error::TooSlow)? else {
                return Ok(bytes);
            };
            let chunk = chunk.map_err(|_| Error::Malformed(FieldError::new("", "body_cut_off")))?;
            let chunk = chunk.as_ref();
            if bytes.len() + chunk.len() > maximum {
                return Err(Error::TooLarge { maximum });
            }
            bytes.extend_from_slice(chunk);
        }
    };
    timeout(whole, reading).await.map_err(|_| Error::TooSlow)?
}

/// The key by which a client may repeat the request.
fn key(request: &HttpRequest) -> Result<Option<String>> {
    let Some(key) = request.headers().get("Idempotency-Key") else {
        return Ok(None);
    };
    let key = key.to_str().ok().filter(|k| (1..=200).contains(&k.len()));
    let key = key
        .ok_or_else(|| FieldError::new("Idempotency-Key:", "idempotency_key_length").with("maximum", 200))?;
    Ok(Some(key.to_owned()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        use futures_util::stream::{self, once, pending, unfold};
        let (short, long) = (Duration::from_millis(20), Duration::from_secs(60));
        let chunk = |text: &'static str| Ok::<_, std::io::Error>(text.as_bytes());
        let mut never = Box::pin(once(async move { chunk("{") }).chain(pending()));
        assert!(matches!(
            collect(&mut never, 9, short, long).await,
            Err(Error::TooSlow)
        ));
        let mut slow = Box::pin(unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Some((Ok::<_, std::io::Error>(b" "), ()))
        }));
        assert!(matches!(
            collect(&mut slow, 1 << 20, long, short).await,
            Err(Error::TooSlow)
        ));
        let mut whole = stream::iter([chunk("{"), chunk("}")]);
        assert_eq!(collect(&mut whole, 2, long, long).await.unwrap(), b"{}");
        let mut large = stream::iter([chunk("{"), chunk("}")]);
        assert!(matches!(
            collect(&mut large, 1, long, long).await,
            Err(Error::TooLarge { maximum: 1 })
        ));
    }
}
