//! What a request brings: who asks, in which language, a body, the version it is based on, a key to repeat it by.
mod body;
mod caller;
mod precondition;

use std::collections::BTreeMap;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;

pub use body::{BODY_MAX, Body, Empty, GUEST_MAX, IMPORT_MAX, OptionalBody, blocking};
pub use caller::Caller;
pub(super) use caller::caller;
pub use precondition::Precondition;

use crate::domain::invalid::FieldError;
use crate::domain::text::Lang;
use crate::error::{Error, Result};

use super::client;
use super::parse::{misfit, pointer};
use super::problem::Problem;

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
    language_of(request.headers())
}

/// The same of a request's headers.
pub(super) fn language_of(headers: &HeaderMap) -> Lang {
    let given = headers
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
}
