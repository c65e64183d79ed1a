//! The edge of the server: what every request meets before its handler, and every answer before it leaves.

use std::sync::Arc;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{RequestHead, ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, Method, Version, header};
use actix_web::middleware::Next;
use actix_web::rt::net::TcpStream;
use actix_web::{HttpMessage, web};
use ipnet::IpNet;

use super::connections::{Connections, Held, Measured, Measures};
use super::limits::{Limits, Rates};
use super::streams::{self, Streams};
use super::underway::{Asker, Begun, Underway};
use super::{State, client, extract, problem};
use crate::app::actor::Actor;
use crate::app::guessing::network;
use crate::domain::invalid::FieldError;
use crate::error::Error;

/// The longest address with its query, in bytes.
const ADDRESS_MAX: usize = 8 << 10;
/// The most that the header fields of a request hold, in bytes.
const HEADERS_MAX: usize = 32 << 10;

/// In which header trusted proxies name the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// `X-Forwarded-For`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// What the edge is made from.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the public finds this server.
    pub public_url: String,
    /// Proxies that are believed.
    pub proxies: Vec<IpNet>,
    /// The header in which they name the client.
    pub named: Named,
    /// Origins of other sites that may call the API with a token.
    pub origins: Vec<String>,
    /// How many requests are answered.
    pub rates: Rates,
    /// How many streams are open at once.
    pub streams: streams::Most,
    /// What a client may hold.
    pub measures: Measures,
    /// The certificate of a server that speaks TLS itself.
    pub tls: Option<rustls::ServerConfig>,
    /// Requests that take longer are told in the log, with where the time went.
    pub slow: Option<Duration>,
}

impl Settings {
    /// An edge without proxies, other sites, limits of requests, or TLS.
    #[must_use]
    pub fn of(public_url: &str) -> Self {
        Self {
            public_url: public_url.to_owned(),
            proxies: Vec::new(),
            named: Named::XForwardedFor,
            origins: Vec::new(),
            rates: Rates::default(),
            streams: streams::Most::default(),
            measures: Measures::default(),
            tls: None,
            slow: None,
        }
    }
}

/// How browsers may keep a session here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookies {
    /// The public comes by https: `__Host-` cookies.
    Secure,
    /// Only this machine comes, by plain http: to try things out.
    Local,
    /// Plain http over a network: none, since everybody on the way could take them.
    None,
}

/// The edge of a node.
#[derive(Debug)]
pub struct Edge {
    pub(super) proxies: Vec<IpNet>,
    pub(super) named: Named,
    pub(super) tls: Option<rustls::ServerConfig>,
    pub(super) cookies: Cookies,
    pub(super) slow: Option<Duration>,
    /// Scheme, host and port of the pages.
    pub(super) origin: String,
    origins: Vec<String>,
    limits: Limits,
    pub(super) streams: Streams,
    measures: Measures,
    connections: Arc<Connections>,
    underway: Underway,
}

impl Edge {
    /// The edge that was asked for.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let origin = origin(&settings.public_url);
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        let local = ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
            host.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        });
        let cookies = if origin.starts_with("https://") {
            Cookies::Secure
        } else if local {
            Cookies::Local
        } else {
            Cookies::None
        };
        Self {
            proxies: settings.proxies,
            named: settings.named,
            tls: settings.tls,
            cookies,
            slow: settings.slow,
            origin,
            origins: settings.origins,
            limits: Limits::new(settings.rates),
            streams: Streams::new(settings.streams),
            measures: settings.measures,
            connections: Connections::new(settings.measures.connections),
            underway: Underway::new(settings.measures.at_once, settings.measures.connections),
        }
    }

    /// The live streams of this node.
    #[must_use]
    pub const fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Whether the public comes by https.
    pub(super) fn is_https(&self) -> bool {
        self.cookies == Cookies::Secure
    }

    /// Lets a connection in that has a place here. What proxies hold is their own to limit.
    ///
    /// # Errors
    /// When its address holds so many that there is none.
    pub(super) fn let_in(&self, io: TcpStream) -> std::io::Result<Measured> {
        let peer = io.peer_addr()?.ip().to_canonical();
        let held = if client::is_trusted(peer, &self.proxies) {
            Held::uncounted()
        } else {
            let full = || std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
            self.connections.admit(network(peer)).ok_or_else(full)?
        };
        Ok(Measured::new(io, held, self.measures))
    }

    /// What browsers hear of other sites: nothing, unless their origins are configured. Cookies are never among it.
    pub(super) fn cors(&self) -> Cors {
        let cors = Cors::default()
            .allowed_methods(["GET", "HEAD", "POST", "PUT", "DELETE"])
            .allowed_headers([
                header::ACCEPT,
                header::ACCEPT_LANGUAGE,
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::IF_MATCH,
                header::IF_NONE_MATCH,
                header::HeaderName::from_static("idempotency-key"),
            ])
            .expose_headers(["ETag", "Location", "Retry-After", "X-Request-Id"])
            .max_age(3600);
        self.origins
            .iter()
            .fold(cors, |cors, origin| cors.allowed_origin(origin))
    }

    /// Whether any other site is allowed.
    pub(super) fn has_cors(&self) -> bool {
        !self.origins.is_empty()
    }
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let host = rest.split('/').next().unwrap_or_default();
    format!("{scheme}://{host}").to_ascii_lowercase()
}

/// What the request proved, found once: `None` when its token or cookie proves nothing.
#[derive(Debug, Clone)]
pub(super) struct Proven(pub(super) Option<Actor>);

/// Turns away what is too large or comes too often, before anything reads it.
///
/// # Errors
/// What the framework itself could not answer.
pub async fn guard<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !has_one_length(request.head()) {
        let error = Error::Malformed(FieldError::new("", "length_unclear"));
        let mut answer = problem::respond(&error, request.request());
        // Where this request ends is what is not clear: nothing behind it is read.
        answer.head_mut().set_connection_type(ConnectionType::Close);
        return Ok(request.into_response(answer));
    }
    match admit(&request).await {
        Err(error) => {
            let answer = problem::respond(&error, request.request());
            Ok(request.into_response(answer))
        }
        Ok(None) => Ok(next.call(request).await?.map_into_boxed_body()),
        Ok(Some(begun)) => {
            let answer = next.call(request).await?;
            Ok(answer.map_body(|_, body| begun.until_taken(body)))
        }
    }
}

/// Whether a request is turned away unread: its address or fields are longer than is taken, or its length is unclear.
pub(super) fn is_odd(request: &RequestHead) -> bool {
    !has_one_length(request) || check_size(request).is_err()
}

/// Whether a request says in one way how long its body is. A proxy before this server might read two ways differently, and take
/// a part of the body for another request (RFC 9112, 6.3 and 11.2).
fn has_one_length(request: &RequestHead) -> bool {
    let headers = request.headers();
    headers.get(header::TRANSFER_ENCODING).is_none_or(|encoding| {
        encoding.as_bytes().eq_ignore_ascii_case(b"chunked")
            && !headers.contains_key(header::CONTENT_LENGTH)
            && request.version == Version::HTTP_11
    })
}

fn check_size(request: &RequestHead) -> Result<(), Error> {
    let address = request.uri.path_and_query().map_or(0, |p| p.as_str().len());
    if address > ADDRESS_MAX {
        return Err(Error::AddressTooLong { maximum: ADDRESS_MAX });
    }
    let fields = request.headers().iter();
    let size: usize = fields
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if size > HEADERS_MAX {
        return Err(Error::HeadersTooLarge { maximum: HEADERS_MAX });
    }
    Ok(())
}

async fn admit(request: &ServiceRequest) -> Result<Option<Begun>, Error> {
    check_size(request.head())?;
    let state = request
        .app_data::<web::Data<State>>()
        .ok_or_else(|| Error::internal("no state"))?;
    let proven = extract::caller(request.request()).await.ok();
    let session = match &proven {
        Some(Actor::Session(session)) => Some(session.0.clone()),
        Some(Actor::Program(token)) => Some(token.clone()),
        _ => None,
    };
    request.extensions_mut().insert(Proven(proven));
    let edge = &state.edge;
    let asker = match session {
        Some(session) => Asker::Session(session),
        None => Asker::Address(network(client::address(request.request(), edge))),
    };
    if is_free(request.method(), request.path()) {
        return Ok(None);
    }
    match &asker {
        Asker::Session(session) => edge.limits.session(session.clone())?,
        Asker::Address(network) => edge.limits.address(*network)?,
    }
    // Who comes by an own connection is counted by it; behind a proxy, all come by the proxy's.
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    let by_proxy = peer.is_some_and(|peer| client::is_trusted(peer, &edge.proxies));
    match asker {
        Asker::Address(_) if !by_proxy => Ok(None),
        asker => edge.underway.begin(asker),
    }
}

/// What is answered however often it is asked: health, and what was published for everybody.
fn is_free(method: &Method, path: &str) -> bool {
    if matches!(path, "/healthz" | "/readyz") {
        return true;
    }
    let steps: Vec<_> = path.trim_start_matches('/').split('/').collect();
    method == Method::GET
        && matches!(
            steps.as_slice(),
            ["api", "v1", "competitions", _, "finalists"]
                | ["api", "v1", "competitions", _, "rounds", _, "results"]
        )
}

/// [`is_free`] of an operation of the API document.
pub(super) fn is_free_operation(method: &utoipa::openapi::HttpMethod, path: &str) -> bool {
    *method == utoipa::openapi::HttpMethod::Get && is_free(&Method::GET, path)
}

/// How long an idle connection is kept.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Lets the system end a connection whose client takes nothing of an answer for so long. What is accepted from the
/// listener inherits it. Systems that can't are left as they are.
pub(super) fn drop_stuck_readers(listener: &std::net::TcpListener, after: Duration) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Err(error) = socket2::SockRef::from(listener).set_tcp_user_timeout(Some(after)) {
        tracing::warn!("connections whose clients stop to read are kept: {error}");
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = (listener, after);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_need_https_or_this_machine() {
        for (url, cookies, origin) in [
            (
                "https://contest.example.org/cup",
                Cookies::Secure,
                "https://contest.example.org",
            ),
            ("http://127.0.0.1:8080", Cookies::Local, "http://127.0.0.1:8080"),
            ("http://localhost", Cookies::Local, "http://localhost"),
            ("http://[::1]:80", Cookies::Local, "http://[::1]:80"),
            (
                "http://localhost.example.org",
                Cookies::None,
                "http://localhost.example.org",
            ),
            ("http://10.0.0.7:8080", Cookies::None, "http://10.0.0.7:8080"),
        ] {
            let edge = Edge::new(Settings::of(url));
            assert_eq!((edge.cookies, edge.origin.as_str()), (cookies, origin), "{url}");
        }
    }

    #[test]
    fn what_was_published_is_free() {
        let free = |path| is_free(&Method::GET, path);
        assert!(free("/healthz") && free("/api/v1/competitions/cup/rounds/final/results"));
        assert!(free("/api/v1/competitions/cup/finalists"));
        assert!(!free("/api/v1/me") && !free("/api/v1/competitions/cup/rounds/final/standings"));
        assert!(!is_free(&Method::POST, "/api/v1/competitions/cup/finalists"));
    }
}
