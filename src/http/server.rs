//! The server: listens, answers, and at the end answers what is in flight before it stops.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Request, Response};
use actix_server::GracefulShutdownSignal;
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, apply_fn_factory, fn_service, map_config,
};
use actix_tls::accept::TlsError;
use actix_tls::accept::rustls_0_23::{Acceptor, TlsStream};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server, ServiceResponse};
use actix_web::middleware::{Condition, from_fn};
use actix_web::rt::net::TcpStream;
use actix_web::{App, guard, web};
use futures_util::TryFutureExt;
use futures_util::future::{Either, ready};
use tokio::io::{AsyncRead, AsyncWrite};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::connections::Measured;
use super::edge::Edge;
use super::methods;
use super::mount::Mount;
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
    let shared = Arc::clone(&state.edge);
    let local = listener.local_addr().map_err(Error::internal)?;
    edge::drop_stuck_readers(&listener, STUCK);
    let tls = shared.tls.clone();
    let data = web::Data::new(state);
    let (edge, known) = (Arc::clone(&shared), data.clone());
    let app = move || {
        let docs = SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json"));
        App::new()
            .app_data(data.clone())
            .configure(|config| routes::mount(&mut Mount::Server(config)))
            .service(
                web::resource("/openapi.json")
                    .guard(guard::Get())
                    .to(openapi::serve),
            )
            .configure(pages::mount)
            .service(web::redirect("/docs", "/docs/"))
            .service(docs)
            .default_service(web::to(methods::other))
            .wrap(from_fn(edge::guard))
            .wrap(Condition::new(shared.has_cors(), shared.cors()))
            .wrap(from_fn(trace::request))
    };
    let server = Server::build().workers(workers).shutdown_timeout(GRACE);
    let stopping = server.graceful_shutdown_signal();
    let server = match tls {
        Some(mut tls) => {
            tls.alpn_protocols = vec![b"http/1.1".to_vec()];
            server.listen("palmares", listener, move || {
                let mut acceptor = Acceptor::new(tls.clone());
                acceptor.set_handshake_timeout(HANDSHAKE);
                let peer = |io: TlsStream<Measured>| {
                    let peer = io.get_ref().0.peer();
                    (io, peer)
                };
                measured(Arc::clone(&edge))
                    .map_err(TlsError::Service)
                    .and_then(
                        acceptor
                            .map_init_err(|()| ())
                            .map_err(TlsError::into_service_error)
                            .map(peer),
                    )
                    .and_then(http(app(), known.clone(), local, stopping.clone()).map_err(TlsError::Service))
            })
        }
        None => server.listen("palmares", listener, move || {
            let peer = |io: Measured| {
                let peer = io.peer();
                (io, peer)
            };
            measured(Arc::clone(&edge)).map(peer).and_then(http(
                app(),
                known.clone(),
                local,
                stopping.clone(),
            ))
        }),
    };
    Ok(server.map_err(Error::internal)?.run())
}

/// Lets a connection in that has a place here.
fn measured(
    edge: Arc<Edge>,
) -> impl ServiceFactory<TcpStream, Config = (), Response = Measured, Error = DispatchError, InitError = ()> {
    fn_service(move |io: TcpStream| std::future::ready(edge.let_in(io).map_err(DispatchError::Io)))
}

/// Speaks HTTP/1.1 on a connection. What everyone reads is answered before the framework looks for a handler.
fn http<T, S, B>(
    app: impl IntoServiceFactory<S, Request>,
    state: web::Data<State>,
    local: SocketAddr,
    stopping: GracefulShutdownSignal,
) -> impl ServiceFactory<(T, Option<SocketAddr>), Config = (), Response = (), Error = DispatchError, InitError = ()>
where
    T: AsyncRead + AsyncWrite + Unpin + 'static,
    S: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let app = app
        .into_factory()
        .map_err(|error| Response::from(error.error_response()));
    let app = apply_fn_factory(
        map_config(app, |()| AppConfig::default()),
        move |request: Request, app| match showcase::find(&state, request.head()) {
            Some(response) => Either::Left(ready(Ok(response))),
            None => {
                let answered = app.call(request);
                Either::Right(answered.map_ok(|answer| Response::from(answer).map_into_boxed_body()))
            }
        },
    );
    HttpService::build()
        .graceful_shutdown_signal(move || {
            let stopping = stopping.clone();
            async move { stopping.notified().await }
        })
        .keep_alive(edge::KEEP_ALIVE)
        .client_request_timeout(HEAD)
        .client_disconnect_timeout(FAREWELL)
        .local_addr(local)
        .h1(app)
}

/// A listener on an address.
///
/// # Errors
/// When the address is taken or not ours.
pub fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).map_err(|e| Error::internal(format!("can't listen on {address}: {e}")))
}
