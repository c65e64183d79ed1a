//! Successes: a status, a body, the tag of its version.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

use super::problem::Problem;
use super::showcase;
use crate::app::showcase::Exhibit;
use crate::app::spent::{self, Part};

/// What every handler gives.
pub type Reply<T> = Result<Answer<T>, Problem>;

/// A success on its way out.
#[derive(Debug)]
pub struct Answer<T> {
    status: StatusCode,
    body: Option<T>,
    shown: Option<Arc<Exhibit>>,
    etag: Option<String>,
    location: Option<String>,
    always_whole: bool,
    secret: bool,
    cookies: Vec<String>,
}

impl<T> Answer<T> {
    const fn new(status: StatusCode, body: Option<T>) -> Self {
        Self {
            status,
            body,
            shown: None,
            etag: None,
            location: None,
            always_whole: false,
            secret: false,
            cookies: Vec::new(),
        }
    }

    /// 200 with a body.
    pub const fn ok(body: T) -> Self {
        Self::new(StatusCode::OK, Some(body))
    }

    /// 200 with what everyone is shown, which is a body already.
    pub fn shown(exhibit: Arc<Exhibit>) -> Self {
        let mut answer = Self::new(StatusCode::OK, None);
        answer.shown = Some(exhibit);
        answer
    }

    /// 201 with a body and where the new thing is.
    pub fn created(location: String, body: T) -> Self {
        Self {
            location: Some(location),
            ..Self::new(StatusCode::CREATED, Some(body))
        }
    }

    /// 202 with a body: kept, and not yet what the client hoped for.
    pub const fn accepted(body: T) -> Self {
        Self::new(StatusCode::ACCEPTED, Some(body))
    }

    /// 201 with a body, for new things that have no address of their own.
    pub const fn made(body: T) -> Self {
        Self::new(StatusCode::CREATED, Some(body))
    }

    /// The same with the tag of its version, `"v7"`.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.etag = Some(format!("\"v{version}\""));
        self
    }

    /// The same with the tag that a change is based on, for a body that also shows what changes without a new version:
    /// a client that holds an older body always gets the new one.
    #[must_use]
    pub fn version_of_part(mut self, version: i64) -> Self {
        self.always_whole = true;
        self.version(version)
    }

    /// The same with another body.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        Answer {
            status: self.status,
            body: self.body.map(change),
            shown: self.shown,
            etag: self.etag,
            location: self.location,
            always_whole: self.always_whole,
            secret: self.secret,
            cookies: self.cookies,
        }
    }

    /// The same, for a body that holds a secret: nobody keeps it on the way (RFC 6749, 5.1).
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The same with cookies, as `Set-Cookie` has them.
    #[must_use]
    pub fn cookies(mut self, cookies: impl IntoIterator<Item = String>) -> Self {
        self.cookies.extend(cookies);
        self
    }

    /// The same with a tag that says everything about the bytes.
    #[must_use]
    pub fn tag(mut self, hash: &str) -> Self {
        self.etag = Some(format!("\"{hash}\""));
        self
    }
}

impl Answer<()> {
    /// 204.
    #[must_use]
    pub const fn empty() -> Self {
        Self::new(StatusCode::NO_CONTENT, None)
    }
}

impl<T: Serialize> Responder for Answer<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        if let Some(shown) = &self.shown {
            return showcase::respond(shown, request.headers());
        }
        let mut response = HttpResponse::build(self.status);
        let cache = if self.secret {
            "no-store"
        } else {
            "private, no-cache"
        };
        response.insert_header((header::CACHE_CONTROL, cache));
        response.insert_header((header::VARY, "Accept-Language, Authorization, Cookie"));
        for cookie in self.cookies {
            response.append_header((header::SET_COOKIE, cookie));
        }
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(etag) = self.etag {
            let asks_again = request.method() == actix_web::http::Method::GET && !self.always_whole;
            if asks_again && matches_none(request, &etag) {
                response.status(StatusCode::NOT_MODIFIED);
                return response.insert_header((header::ETAG, etag)).finish();
            }
            response.insert_header((header::ETAG, etag));
        }
        match self.body {
            Some(body) => spent::time(Part::Rendering, || response.json(body)),
            None => response.finish(),
        }
    }
}

/// Whether the client holds these bytes already.
fn matches_none(request: &HttpRequest, etag: &str) -> bool {
    let given = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|v| v.to_str().ok());
    given.is_some_and(|given| {
        given
            .split(',')
            .any(|t| t.trim().trim_start_matches("W/") == etag)
    })
}
