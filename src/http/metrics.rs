//! `/metrics` for Prometheus, on an address of its own: nothing of it is public.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::http::header;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use sha2::{Digest, Sha256};

use super::State;
use crate::app::meters;
use crate::error::{Error, Result};

/// What the text is (OpenMetrics 1.0).
const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Who may read.
struct Gate {
    state: State,
    /// The hash of the token that readers bring, if they have to.
    token: Option<[u8; 32]>,
}

/// Serves `/metrics` on a listener, to whoever brings the token, where one is set. It runs until its handle stops it.
///
/// # Errors
/// When the listener can't be used.
pub fn start(state: State, listener: TcpListener, token: Option<&str>) -> Result<Server> {
    let token = token.map(|token| Sha256::digest(token.as_bytes()).into());
    let gate = web::Data::new(Gate { state, token });
    let server = HttpServer::new(move || {
        App::new()
            .app_data(gate.clone())
            .route("/metrics", web::get().to(read))
            .route("/metrics", web::head().to(read))
    });
    let server = server
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener);
    Ok(server.map_err(Error::internal)?.run())
}

async fn read(request: HttpRequest, gate: web::Data<Gate>) -> HttpResponse {
    if gate.token.is_some_and(|wanted| given(&request) != Some(wanted)) {
        return HttpResponse::Unauthorized()
            .insert_header((header::WWW_AUTHENTICATE, "Bearer"))
            .finish();
    }
    match meters::read(&gate.state.app, gate.state.passwords.line()).await {
        Ok(text) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, KIND))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(text),
        Err(error) => {
            tracing::warn!("the meters can't be read: {error}");
            HttpResponse::ServiceUnavailable().finish()
        }
    }
}

/// The hash of the token that came; hashes are compared, so that the time tells nothing of the token.
fn given(request: &HttpRequest) -> Option<[u8; 32]> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let bearer = scheme.eq_ignore_ascii_case("bearer");
    bearer.then(|| Sha256::digest(token.trim().as_bytes()).into())
}
