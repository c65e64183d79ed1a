//! Failures as RFC 9457 documents: the only place that knows which error is which status.

use std::collections::BTreeMap;

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::invalid::FieldError;
use crate::domain::text::Lang;
use crate::error::{Error, Restriction, Unauthenticated};
use crate::words;

use super::extract::language;

/// An error on its way out. [`localise`] writes the document once the request's language is known.
#[derive(Debug)]
pub struct Problem(pub Error);

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status(&self.0)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}

/// What went wrong, for programs and for people (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "https://palmares.example/problems/invalid", "code": "invalid", "title": "Something in the request is wrong",
    "status": 422,
    "errors": [{ "pointer": "/marks/technology", "code": "mark_above_maximum",
                 "params": { "maximum": "30", "given": "33" }, "detail": "Expected at most 30; 33 was given." }]
}))]
pub struct Document {
    /// An address that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same name, short and stable.
    pub code: String,
    /// The kind of problem, in the language asked for.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// This occurrence, in the language asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Numbers and names that belong to it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<&'static str, String>,
    /// Each wrong place of the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Place>,
    /// After a 412: the current version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// After a 412: the current state, so that both can be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub current: Option<serde_json::Value>,
}

/// One wrong place of an input.
#[derive(Debug, Serialize, ToSchema)]
pub struct Place {
    /// A JSON pointer into the body, or `?name` for a part of the query, or `name:` for a header.
    pub pointer: String,
    /// What is wrong, stable.
    pub code: &'static str,
    /// Limits and what was given.
    pub params: BTreeMap<&'static str, String>,
    /// What is wrong and what was expected, in the language asked for.
    pub detail: String,
}

/// The status of an error.
fn status(error: &Error) -> StatusCode {
    match error {
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Malformed(_) => StatusCode::BAD_REQUEST,
        Error::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Error::AddressTooLong { .. } => StatusCode::URI_TOO_LONG,
        Error::HeadersTooLarge { .. } => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        Error::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Error::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
        Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) | Error::Restricted(_) => StatusCode::FORBIDDEN,
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::Stale { .. } => StatusCode::PRECONDITION_FAILED,
        Error::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        Error::Busy { .. } | Error::NotReady | Error::OutcomeUnknown | Error::ProviderAway => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The stable name of an error.
fn code(error: &Error) -> &'static str {
    match error {
        Error::Invalid(_) => "invalid",
        Error::Malformed(_) => "malformed",
        Error::TooSlow => "too_slow",
        Error::TooLarge { .. } => "too_large",
        Error::AddressTooLong { .. } => "address_too_long",
        Error::HeadersTooLarge { .. } => "headers_too_large",
        Error::NotJson => "not_json",
        Error::Method { .. } => "method_not_allowed",
        Error::Unauthenticated(why) => match why {
            Unauthenticated::Missing => "sign_in_required",
            Unauthenticated::Token => "token_invalid",
            Unauthenticated::Session => "session_ended",
            Unauthenticated::Credentials => "wrong_credentials",
            Unauthenticated::Code => "wrong_code",
            Unauthenticated::Handle => "sign_in_over",
            Unauthenticated::Link => "judge_link_unknown",
        },
        Error::Forbidden(_) => "forbidden",
        Error::Restricted(why) => match why {
            Restriction::SecondFactor => "second_factor_demanded",
            Restriction::Proof => "proof_demanded",
            Restriction::Scope => "out_of_scope",
            Restriction::Judging => "judges_only",
        },
        Error::NotFound(_) => "not_found",
        Error::Conflict(conflict) => conflict.code,
        Error::Stale { .. } => "stale",
        Error::PreconditionRequired => "precondition_required",
        Error::Busy { .. } => "busy",
        Error::NotReady => "database_down",
        Error::ProviderAway => "provider_away",
        Error::OutcomeUnknown => "outcome_unknown",
        Error::TooMany { .. } => "too_many",
        Error::Internal(_) => "internal",
    }
}

/// The document of an error in a language.
#[must_use]
pub fn document(error: &Error, lang: Lang) -> Document {
    let code = code(error);
    let (params, detail, places, version, current) = match error {
        Error::Invalid(invalid) => (BTreeMap::new(), None, invalid.0.as_slice(), None, None),
        Error::Malformed(why) => {
            let detail = words::field_error(why, lang);
            (why.params.clone(), Some(detail), [].as_slice(), None, None)
        }
        Error::TooLarge { maximum }
        | Error::AddressTooLong { maximum }
        | Error::HeadersTooLarge { maximum } => (
            BTreeMap::from([("maximum", maximum.to_string())]),
            None,
            [].as_slice(),
            None,
            None,
        ),
        Error::Method { allow } => (
            BTreeMap::from([("allow", allow.clone())]),
            None,
            [].as_slice(),
            None,
            None,
        ),
        Error::Conflict(c) => {
            let detail = words::conflict(c.code, &c.params, lang);
            (c.params.clone(), Some(detail), c.places.as_slice(), None, None)
        }
        Error::Stale { version, current } => (
            BTreeMap::new(),
            None,
            [].as_slice(),
            Some(*version),
            current.as_deref().cloned(),
        ),
        Error::NotFound(what) => (
            BTreeMap::from([("what", (*what).to_owned())]),
            None,
            [].as_slice(),
            None,
            None,
        ),
        // Which right was missing is not said: it would tell how far the server had come, and so what there is.
        _ => (BTreeMap::new(), None, [].as_slice(), None, None),
    };
    let title = match error {
        Error::Conflict(_) => words::problem("conflict", &params, lang),
        Error::NotFound(what) => {
            let named = BTreeMap::from([("what", words::thing(what, lang))]);
            words::problem(code, &named, lang)
        }
        _ => words::problem(code, &params, lang),
    };
    Document {
        kind: format!("https://palmares.example/problems/{}", code.replace('_', "-")),
        code: code.to_owned(),
        title,
        status: status(error).as_u16(),
        detail,
        params,
        errors: places.iter().map(|p| place(p, lang)).collect(),
        version,
        current,
    }
}

fn place(error: &FieldError, lang: Lang) -> Place {
    Place {
        pointer: error.pointer.clone(),
        code: error.code,
        params: error.params.clone(),
        detail: words::field_error(error, lang),
    }
}

/// The response to an error, in the language of the request.
#[must_use]
pub fn respond(error: &Error, request: &HttpRequest) -> HttpResponse {
    let mut response = HttpResponse::build(status(error));
    response.insert_header((header::VARY, "Accept-Language"));
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    match error {
        Error::Unauthenticated(_) => {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        Error::Method { allow } => {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        Error::Busy { retry_after } | Error::TooMany { retry_after } => {
            response.insert_header((header::RETRY_AFTER, retry_after.to_string()));
        }
        Error::NotReady | Error::OutcomeUnknown | Error::ProviderAway => {
            response.insert_header((header::RETRY_AFTER, "5"));
        }
        // What is left of the request is nobody's.
        Error::TooSlow => {
            response.force_close();
        }
        Error::Stale { version, .. } => {
            response.insert_header((header::ETAG, format!("\"v{version}\"")));
        }
        _ => {}
    }
    let mut response = response.json(document(error, language(request)));
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// Gives a failed response its document: our own errors, and what the framework itself refuses (no such address,
/// a method that is not there).
#[must_use]
pub fn localise(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let is_document =
        response.response().error().is_none() && response.headers().contains_key(header::CONTENT_TYPE);
    if is_document {
        return response;
    }
    let (request, inner) = response.into_parts();
    let mut answer = match inner.error().and_then(|e| e.as_error::<Problem>()) {
        Some(Problem(error)) => respond(error, &request),
        None => {
            let error = match status {
                StatusCode::NOT_FOUND => Error::NotFound("address"),
                StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge {
                    maximum: super::extract::BODY_MAX,
                },
                s if s.is_server_error() => Error::internal(format!("{:?}", inner.error())),
                StatusCode::REQUEST_TIMEOUT => Error::TooSlow,
                _ => Error::Malformed(FieldError::new("", "request_malformed")),
            };
            let mut answer = respond(&error, &request);
            *answer.status_mut() = status;
            answer
        }
    };
    // What was told beside stays: the methods of the address, and what another site's browser needs before it lets a
    // page read the failure.
    for (name, value) in inner.headers() {
        if *name == header::ALLOW || *name == header::VARY || name.as_str().starts_with("access-control-") {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(request, answer)
}
