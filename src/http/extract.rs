//! What a request brings: who asks, in which language, a body, the version it is based on, a key to repeat it by.

use std::collections::BTreeMap;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::{Stream, StreamExt};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use crate::app::actor::Actor;
use crate::app::{App, api_tokens};
use crate::domain::invalid::FieldError;
use crate::domain::text::Lang;
use crate::error::{Error, Result, Unauthenticated};
use crate::store::idempotency::Once;

use super::edge::Proven;
use super::parse::{misfit, parse, pointer};
use super::problem::Problem;
use super::{State, client, cookies};

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

/// Who asks, as their access token proves it.
#[derive(Debug, Clone)]
pub struct Caller(pub Actor);

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let actor = proven(&request).await.map_err(Problem)?;
            if let (Actor::Program(hash), Some(state)) = (&actor, request.app_data::<web::Data<State>>()) {
                note_use(&state.app, hash.clone()).await.map_err(Problem)?;
            }
            Ok(Self(actor))
        })
    }
}

/// Who asks, as it was found at the edge.
async fn proven(request: &HttpRequest) -> Result<Actor> {
    let proven = request.extensions().get::<Proven>().cloned();
    match proven {
        Some(Proven(actor)) => actor.ok_or(Error::Unauthenticated(Unauthenticated::Token)),
        None => caller(request).await,
    }
}

/// Who asks, by an access token, an API token or the cookie of a page of ours.
///
/// # Errors
/// [`Unauthenticated::Token`] when what came proves nothing.
pub(super) async fn caller(request: &HttpRequest) -> Result<Actor> {
    let state = request
        .app_data::<web::Data<State>>()
        .ok_or_else(|| Error::internal("no state"))?;
    match bearer(request)? {
        Some(token) => state.keys.prove(&state.app, token).await,
        None => match cookies::access(request, &state.edge) {
            Some(token) => state.keys.prove(&state.app, &token).await,
            None => Ok(Actor::Guest),
        },
    }
}

/// Notes once in a while that an API token is used, and refuses one that is not good before anything else is done.
async fn note_use(app: &App, hash: String) -> Result<()> {
    if let Some(id) = app.read(move |tx| api_tokens::unnoted(tx, &hash)).await?
        && let Err(error) = app.write(move |tx| api_tokens::note_use(tx, id)).await
    {
        // The request itself may well succeed.
        tracing::warn!("the use of an API token was not noted: {error}");
    }
    Ok(())
}

fn bearer(request: &HttpRequest) -> Result<Option<&str>> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let refused = || Error::Unauthenticated(Unauthenticated::Token);
    // The scheme's name is told in any case (RFC 9110, 11.1).
    let token = value
        .to_str()
        .ok()
        .and_then(|v| v.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(refused)?;
    Ok(Some(token))
}

/// What the client says that it is.
#[derive(Debug, Clone)]
pub struct UserAgent(pub Option<String>);

impl FromRequest for UserAgent {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let given = request.headers().get(header::USER_AGENT);
        let text = given.and_then(|v| v.to_str().ok()).map(str::to_owned);
        ready(Ok(Self(text)))
    }
}

/// The language that the client prefers among those we speak.
#[must_use]
pub fn language(request: &HttpRequest) -> Lang {
    let given = request
        .headers()
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    preferred(given)
}

fn preferred(accept_language: &str) -> Lang {
    let mut best: Option<(f32, Lang)> = None;
    for range in accept_language.split(',') {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let lang = match tag.split('-').next() {
            Some("zh") => Lang::Zh,
            Some("en" | "*") => Lang::En,
            _ => continue,
        };
        let weight = parts
            .find_map(|p| p.trim().strip_prefix("q="))
            .map_or(1.0, |q| q.parse().unwrap_or(0.0));
        if weight > 0.0 && best.is_none_or(|(b, _)| weight > b) {
            best = Some((weight, lang));
        }
    }
    best.map_or(Lang::En, |(_, lang)| lang)
}

/// The language of the answer, as an argument of a handler.
#[derive(Debug, Clone, Copy)]
pub struct Language(pub Lang);

impl FromRequest for Language {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(language(request))))
    }
}

/// The network that a request came from; see [`client::address`].
#[derive(Debug, Clone)]
pub struct Origin(pub String);

impl FromRequest for Origin {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visitor = client::Visitor::from_request(request, payload).into_inner();
        ready(visitor.map(|visitor| Self(visitor.0.network.to_string())))
    }
}

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

/// The part of an address after `?`, with unknown names refused by the type.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(params(request.query_string()).map(Self).map_err(Problem))
    }
}

fn params<T: DeserializeOwned>(query: &str) -> Result<T> {
    let pairs = web::Query::<BTreeMap<String, String>>::from_query(query)
        .map_err(|_| Error::Malformed(FieldError::new("?", "query_malformed")))?
        .into_inner();
    if let Some((name, _)) = pairs.iter().find(|(k, v)| k.contains('\0') || v.contains('\0')) {
        return Err(FieldError::new(format!("?{name}"), "nul_character").into());
    }
    let pairs = pairs.into_iter().map(|(k, v)| (k, v.into())).collect();
    serde_path_to_error::deserialize(serde_json::Value::Object(pairs)).map_err(|e| {
        let place = pointer(e.path());
        let mut error = misfit(place, &e.into_inner().to_string());
        error.pointer = format!("?{}", error.pointer.trim_start_matches('/'));
        error.into()
    })
}

/// A whole number of a query, where everything is text: `#[serde(default, deserialize_with = "number")]`.
///
/// # Errors
/// When it is no whole number.
pub fn number<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<usize>, D::Error> {
    use serde::Deserialize;
    let text = String::deserialize(d)?;
    let refused = |_| serde::de::Error::invalid_value(serde::de::Unexpected::Str(&text), &"usize");
    text.parse().map(Some).map_err(refused)
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

/// What a change is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precondition {
    /// `If-None-Match: *`: there is nothing yet.
    Absent,
    /// `If-Match: "v7"`: this version is the current one.
    Version(i64),
}

impl Precondition {
    /// The version that the change is based on; 0 stands for nothing.
    #[must_use]
    pub const fn version(self) -> i64 {
        match self {
            Self::Absent => 0,
            Self::Version(version) => version,
        }
    }
}

impl FromRequest for Precondition {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(precondition(request).map_err(Problem))
    }
}

fn precondition(request: &HttpRequest) -> Result<Precondition> {
    // A header may come in several lines, which are one list (RFC 9110, 5.3).
    let text = |name| {
        let lines: Vec<_> = request.headers().get_all(name).collect();
        let lines = lines.iter().map(|v| v.to_str().unwrap_or_default().trim());
        Some(lines.collect::<Vec<_>>().join(", ")).filter(|t| !t.is_empty())
    };
    if let Some(given) = text(header::IF_MATCH) {
        return version_tag(&given)
            .map(Precondition::Version)
            .map_err(Error::from);
    }
    match text(header::IF_NONE_MATCH).as_deref() {
        Some("*") => Ok(Precondition::Absent),
        _ => Err(Error::PreconditionRequired),
    }
}

/// The version of `"v7"`. `*` and lists would let a change through whatever the client saw: they are refused.
fn version_tag(given: &str) -> Result<i64, FieldError> {
    if given == "*" || given.contains(',') {
        return Err(FieldError::new("If-Match:", "one_version_tag").with("given", given));
    }
    let tag = given.strip_prefix("W/").unwrap_or(given);
    let version = tag.strip_prefix("\"v").and_then(|v| v.strip_suffix('"'));
    let version = version.and_then(|v| v.parse().ok()).filter(|v| *v > 0);
    version.ok_or_else(|| FieldError::new("If-Match:", "version_tag").with("given", given))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_heaviest_that_we_speak() {
        assert_eq!(preferred("zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(preferred("fr, en;q=0.3, zh;q=0.7"), Lang::Zh);
        assert_eq!(preferred("fr"), Lang::En);
        assert_eq!(preferred(""), Lang::En);
        assert_eq!(preferred("zh;q=0, en;q=0.1"), Lang::En);
    }

    #[test]
    fn a_change_is_based_on_one_version() {
        assert_eq!(version_tag("\"v7\""), Ok(7));
        assert_eq!(
            version_tag("W/\"v7\""),
            Ok(7),
            "a proxy that packs bodies weakens their tags"
        );
        for (given, code) in [
            ("*", "one_version_tag"),
            ("\"v7\", \"v8\"", "one_version_tag"),
            ("v7", "version_tag"),
            ("\"7\"", "version_tag"),
            ("\"v0\"", "version_tag"),
            ("\"v-1\"", "version_tag"),
        ] {
            assert_eq!(version_tag(given).map_err(|e| e.code), Err(code), "{given}");
        }
    }

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
