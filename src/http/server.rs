//! The server: listens, answers, and at the end answers what is in flight before it stops.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App, HttpServer, web};
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::methods::{self, Methods};
use super::{State, edge, openapi, pages, routes, showcase, trace};
use crate::error::{Error, Result};

/// How long requests in flight may take after a signal to stop, in seconds. A body that is still awaited then is given
/// up before.
const GRACE: u64 = 10;
/// How long a client may take to send the head of a request, before it is answered 408.
const HEAD: Duration = Duration::from_secs(5);
/// How long a client may take to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long a client may take nothing of an answer before its connection ends.
const STUCK: Duration = Duration::from_secs(30);
/// How long a client may take to hear that its connection ends.
const FAREWELL: Duration = Duration::from_secs(2);

/// Starts to serve on a listener. The server runs until its handle or a signal stops it.
///
/// # Errors
/// When the listener can't be used.
pub fn start(state: State, listener: TcpListener, workers: usize) -> Result<Server> {
    let shared = std::sync::Arc::clone(&state.edge);
    edge::drop_stuck_readers(&listener, STUCK);
    let tls = shared.tls.clone();
    let data = web::Data::new(state);
    let document = openapi::document();
    let known = web::Data::new(Methods::of(&document));
    let server = HttpServer::new(move || {
        let docs = SwaggerUi::new("/docs/{_:.*}")
            .config(Config::from("/openapi.json"))
            .url("/openapi.json", document.clone());
        App::new()
            .into_utoipa_app()
            .app_data(data.clone())
            .app_data(known.clone())
            .configure(routes::mount)
            .into_app()
            .configure(pages::mount)
            .service(web::redirect("/docs", "/docs/"))
            .service(docs)
            .default_service(web::to(methods::other))
            .wrap(from_fn(edge::guard))
            .wrap(Condition::new(shared.has_cors(), shared.cors()))
            .wrap(from_fn(trace::request))
            .wrap(from_fn(showcase::serve))
    })
    .workers(workers)
    .keep_alive(edge::KEEP_ALIVE)
    .tls_handshake_timeout(HANDSHAKE)
    .client_request_timeout(HEAD)
    .client_disconnect_timeout(FAREWELL)
    .shutdown_timeout(GRACE);
    let server = match tls {
        Some(tls) => server.listen_rustls_0_23(listener, tls),
        None => server.listen(listener),
    };
    Ok(server.map_err(Error::internal)?.run())
}

/// A listener on an address.
///
/// # Errors
/// When the address is taken or not ours.
pub fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).map_err(|e| Error::internal(format!("can't listen on {address}: {e}")))
}
