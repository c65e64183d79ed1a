//! What a request brings: who asks, in which language, a body, the version it is based on, a key to repeat it by.

use std::collections::BTreeMap;
use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::app::actor::Actor;
use crate::domain::invalid::{FieldError, pointer_step};
use crate::domain::text::Lang;
use crate::error::{Error, Result, Unauthenticated};
use crate::store::idempotency::Once;

use super::State;
use super::problem::Problem;

/// The largest body that is read, in bytes.
pub const BODY_MAX: usize = 1 << 20;
/// The largest body of an import.
pub const IMPORT_MAX: usize = 8 << 20;

/// Who asks, as their access token proves it.
#[derive(Debug, Clone)]
pub struct Caller(pub Actor);

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(caller(request).map(Self).map_err(Problem))
    }
}

fn caller(request: &HttpRequest) -> Result<Actor> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(Actor::Guest);
    };
    let refused = || Error::Unauthenticated(Unauthenticated::Token);
    let token = value
        .to_str()
        .ok()
        .and_then(|v| v.strip_prefix("Bearer "))
        .ok_or_else(refused)?;
    let state = request
        .app_data::<web::Data<State>>()
        .ok_or_else(|| Error::internal("no state"))?;
    state.keys.check(token.trim(), state.app.now())
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

/// A JSON body, read up to `MAX` bytes, with its place named when it does not fit.
#[derive(Debug)]
pub struct Body<T, const MAX: usize = BODY_MAX> {
    /// The value.
    pub value: T,
    /// How to recognise a repetition of this request, when the client sent an `Idempotency-Key`.
    pub once: Option<Once>,
}

impl<T: DeserializeOwned + 'static, const MAX: usize> FromRequest for Body<T, MAX> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let bytes = read(&request, &mut payload, MAX).await?;
            let once = once(&request, &bytes)?;
            Ok(Self {
                value: parse(&bytes)?,
                once,
            })
        })
    }
}

/// A JSON body that may be left out.
#[derive(Debug)]
pub struct OptionalBody<T>(pub Option<T>);

impl<T: DeserializeOwned + 'static> FromRequest for OptionalBody<T> {
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
            Ok(Self(Some(parse(&bytes)?)))
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

async fn read(request: &HttpRequest, payload: &mut Payload, maximum: usize) -> Result<Vec<u8>> {
    require_json(request)?;
    read_any(request, payload, maximum).await
}

fn require_json(request: &HttpRequest) -> Result<()> {
    use actix_web::HttpMessage;
    let kind = request.content_type();
    let json = kind.eq_ignore_ascii_case("application/json") || kind.ends_with("+json");
    if json { Ok(()) } else { Err(Error::NotJson) }
}

async fn read_any(request: &HttpRequest, payload: &mut Payload, maximum: usize) -> Result<Vec<u8>> {
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|n| n > maximum) {
        return Err(Error::TooLarge { maximum });
    }
    let mut bytes = Vec::with_capacity(declared.unwrap_or_default());
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|e| Error::Malformed(e.to_string()))?;
        if bytes.len() + chunk.len() > maximum {
            return Err(Error::TooLarge { maximum });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Parses a body, which is an object.
///
/// # Errors
/// [`Error::Malformed`] when it is no JSON, [`Error::Invalid`] with the place when it is other JSON than expected.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    // Whether it is JSON at all is asked first, so that half a document is never called a wrong value.
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).map_err(|e| Error::Malformed(e.to_string()))?;
    if bytes.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
        return Err(FieldError::new("", "unexpected_value")
            .with("problem", "expected an object")
            .into());
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut json)
        .map_err(|e| misfit(pointer(e.path()), &e.into_inner().to_string()).into())
}

/// A path of `serde_path_to_error` as a JSON pointer.
#[must_use]
pub fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", pointer_step(key)),
        Segment::Enum { variant } => format!("/{}", pointer_step(variant)),
        Segment::Unknown => String::new(),
    };
    path.iter().map(step).collect()
}

/// What serde says, as a code with parameters.
fn misfit(pointer: String, said: &str) -> FieldError {
    let said = said.split(" at line ").next().unwrap_or(said);
    let quoted = || said.split('`').nth(1).unwrap_or_default().to_owned();
    if said.starts_with("unknown field") {
        let field = quoted();
        let step = format!("/{}", pointer_step(&field));
        let pointer = if pointer.ends_with(&step) {
            pointer
        } else {
            pointer + &step
        };
        FieldError::new(pointer, "unknown_field").with("field", field)
    } else if said.starts_with("missing field") {
        let field = quoted();
        FieldError::new(format!("{pointer}/{}", pointer_step(&field)), "missing_field").with("field", field)
    } else {
        FieldError::new(pointer, "unexpected_value").with("problem", said)
    }
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
        .map_err(|e| Error::Malformed(e.to_string()))?
        .into_inner();
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
    let refused = |_| serde::de::Error::custom(format!("expected a whole number, got {text:?}"));
    text.parse().map(Some).map_err(refused)
}

fn once(request: &HttpRequest, body: &[u8]) -> Result<Option<Once>> {
    let Some(key) = request.headers().get("Idempotency-Key") else {
        return Ok(None);
    };
    let key = key.to_str().ok().filter(|k| (1..=200).contains(&k.len()));
    let key = key
        .ok_or_else(|| FieldError::new("Idempotency-Key:", "idempotency_key_length").with("maximum", 200))?;
    Ok(Some(Once {
        method: request.method().to_string(),
        path: request.path().to_owned(),
        key: key.to_owned(),
        body_hash: hex(&Sha256::digest(body)),
    }))
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
    let text = |name| {
        request
            .headers()
            .get(name)
            .map(|v| v.to_str().unwrap_or_default().trim())
    };
    if let Some(given) = text(header::IF_MATCH) {
        let version = given
            .trim_start_matches("W/")
            .strip_prefix("\"v")
            .and_then(|v| v.strip_suffix('"'));
        let version = version.and_then(|v| v.parse().ok()).filter(|v| *v > 0);
        return version.map(Precondition::Version).ok_or_else(|| {
            FieldError::new("If-Match:", "version_tag")
                .with("given", given)
                .into()
        });
    }
    match text(header::IF_NONE_MATCH) {
        Some("*") => Ok(Precondition::Absent),
        _ => Err(Error::PreconditionRequired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its shape matters")]
    struct Inner {
        name: String,
        size: Option<u8>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its shape matters")]
    struct Outer {
        items: Vec<Inner>,
    }

    fn place(body: &str) -> (String, &'static str) {
        match parse::<Outer>(body.as_bytes()) {
            Err(Error::Invalid(invalid)) => (invalid.0[0].pointer.clone(), invalid.0[0].code),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_body_that_does_not_fit_names_the_place() {
        assert_eq!(
            place(r#"{"items":[{"name":"a"},{"nam":"b"}]}"#),
            ("/items/1/nam".into(), "unknown_field")
        );
        assert_eq!(
            place(r#"{"items":[{"size":1}]}"#),
            ("/items/0/name".into(), "missing_field")
        );
        assert_eq!(
            place(r#"{"items":[{"name":"a","size":300}]}"#),
            ("/items/0/size".into(), "unexpected_value")
        );
        assert_eq!(place(r#"{"items":7}"#), ("/items".into(), "unexpected_value"));
        assert_eq!(place("[[]]"), (String::new(), "unexpected_value"));
        for broken in ["", "{", "{\"items\":[]}x", "[1,", "nonsense"] {
            assert!(
                matches!(parse::<Outer>(broken.as_bytes()), Err(Error::Malformed(_))),
                "{broken}"
            );
        }
    }

    #[test]
    fn the_language_is_the_heaviest_that_we_speak() {
        assert_eq!(preferred("zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(preferred("fr, en;q=0.3, zh;q=0.7"), Lang::Zh);
        assert_eq!(preferred("fr"), Lang::En);
        assert_eq!(preferred(""), Lang::En);
        assert_eq!(preferred("zh;q=0, en;q=0.1"), Lang::En);
    }
}
