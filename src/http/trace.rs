//! What every request gets: an id, a line in the log, a document when it fails, headers that browsers need.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use tracing::Instrument;

use super::{State, headers, methods, pages, problem};
use crate::app::meters::RequestLabels;
use crate::app::spent::{Part, Spent};
use crate::error::Error as Failure;

/// The header that carries the id, in and out.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps every request.
///
/// # Errors
/// What the framework itself could not answer.
pub async fn request<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = given_id(&request).unwrap_or_else(|| new_id(&mut uuid::Uuid::encode_buffer()).to_owned());
    let span =
        tracing::info_span!("request", id, method = %request.method(), path = loggable(request.path()));
    methods::head_as_get(&mut request);
    let edge = request
        .app_data::<web::Data<State>>()
        .map(|state| std::sync::Arc::clone(&state.edge));
    let begun = std::time::Instant::now();
    let account = Arc::new(Spent::default());
    let spent = Arc::clone(&account);
    let answering = async move {
        let response = if holds_nul(request.path()) {
            // No name has it, and PostgreSQL can't even be asked for one.
            let answer = problem::respond(&crate::error::Error::NotFound("address"), request.request());
            request.into_response(answer)
        } else {
            next.call(request).await?.map_into_boxed_body()
        };
        let cause = response.response().error().map(loggable_cause);
        let mut response = problem::localise(response);
        let status = response.status().as_u16();
        let took = begun.elapsed();
        let milliseconds = took.as_secs_f64() * 1000.0;
        let route = response.request().match_pattern();
        if let Some(state) = response.request().app_data::<web::Data<State>>() {
            let labels = RequestLabels {
                method: known_method(response.request().method()),
                route: route.clone().map_or("none".into(), Into::into),
                status,
            };
            let requests = &state.app.meters().requests;
            requests.get_or_create(&labels).observe(took.as_secs_f64());
            if state.edge.slow.is_some_and(|slow| took >= slow) {
                tell_slow(route.as_deref().unwrap_or("none"), status, milliseconds, &spent);
            }
        }
        match cause {
            Some(cause) if status >= 500 => tracing::error!(status, milliseconds, cause, "failed"),
            Some(cause) => tracing::info!(status, milliseconds, cause, "refused"),
            None => tracing::info!(status, milliseconds, "answered"),
        }
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        if let Some(edge) = edge {
            let path = response.request().path().to_owned();
            headers::add(response.headers_mut(), &path, &edge);
        }
        Ok(response)
    };
    account.account(answering).instrument(span).await
}

/// Where the time of a slow request went, in milliseconds. Tabulating is a part of working.
fn tell_slow(route: &str, status: u16, milliseconds: f64, spent: &Spent) {
    let of = |part| spent.milliseconds(part);
    tracing::warn!(
        route,
        status,
        milliseconds,
        waiting = of(Part::Waiting),
        working = of(Part::Working),
        tabulating = of(Part::Tabulating),
        committing = of(Part::Committing),
        hashing = of(Part::Hashing),
        rendering = of(Part::Rendering),
        "slow"
    );
}

/// A method as a label: one of a few, whatever somebody sends.
fn known_method(method: &Method) -> &'static str {
    ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"]
        .into_iter()
        .find(|known| method.as_str() == *known)
        .unwrap_or("OTHER")
}

/// Gives an answer the id of its request, or a new one.
pub(super) fn name(headers: &mut HeaderMap, asked: &HeaderMap) {
    let given = asked.get(REQUEST_ID).filter(|id| is_fine(id)).cloned();
    let mut text = uuid::Uuid::encode_buffer();
    if let Some(id) = given.or_else(|| HeaderValue::from_str(new_id(&mut text)).ok()) {
        headers.insert(REQUEST_ID, id);
    }
}

fn new_id(text: &mut [u8]) -> &str {
    let id = uuid::Builder::from_random_bytes(rand::random()).into_uuid();
    id.hyphenated().encode_lower(text)
}

/// An address without the secret that a link of a letter holds.
fn loggable(path: &str) -> &str {
    let secret = pages::SECRET.iter().find(|page| path.starts_with(**page));
    secret.copied().unwrap_or(path)
}

/// Why a request failed, without what it brought: names, addresses, secrets.
fn loggable_cause(error: &Error) -> String {
    match error.as_error::<problem::Problem>() {
        Some(problem::Problem(Failure::Invalid(invalid))) => {
            let mut codes: Vec<_> = invalid.0.iter().map(|wrong| wrong.code).collect();
            codes.dedup();
            codes.truncate(20);
            format!("invalid: {}", codes.join(", "))
        }
        _ => error.to_string(),
    }
}

fn holds_nul(path: &str) -> bool {
    path.contains('\0') || path.contains("%00")
}

/// The id that a proxy gave, if it is one that may stand in a log.
fn given_id(request: &ServiceRequest) -> Option<String> {
    let given = request.headers().get(REQUEST_ID).filter(|id| is_fine(id))?;
    Some(given.to_str().ok()?.to_owned())
}

fn is_fine(id: &HeaderValue) -> bool {
    (8..=64).contains(&id.len())
        && id
            .as_bytes()
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(b))
}
