//! `palmares serve`.

use std::num::NonZeroU32;
use std::sync::Arc;

use crate::app::delivery::{Channels, Office};
use crate::app::guessing::{Brake, Limits};
use crate::app::keys::Keys;
use crate::app::passwords::Passwords;
use crate::app::post::Post;
use crate::app::providers::Providers;
use crate::app::{App, Options, users};
use crate::config::{self, Config};
use crate::domain::user::Demands;
use crate::error::{Error, Result};
use crate::http::connections::Measures;
use crate::http::edge::{Edge, Named, Settings};
use crate::http::limits::Rates;
use crate::http::metrics;
use crate::http::streams::Most;
use crate::http::{State, server, tls};

use super::traces::Traces;

pub(super) fn run(config: &Config) -> Result<()> {
    let runtime = super::runtime()?;
    let collector = config.watching.otlp_endpoint.as_deref();
    let traces = collector.map(|to| Traces::to(to, runtime.handle())).transpose()?;
    config.log.start_beside(traces.as_ref().map(Traces::layer));
    allow_many_connections();
    let listener = server::listen(config.address())?;
    let address = listener.local_addr().map_err(Error::internal)?;
    let public_url = config.public_url.clone().unwrap_or_else(|| {
        let scheme = if config.edge.tls_cert.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{address}")
    });
    let (state, office) = open(config, &public_url)?;
    if let Some(token) = state.app.write_blocking(users::offer_set_up)? {
        // For whoever started the server, once; not for the log.
        eprintln!(
            "nobody administers this instance yet: POST {public_url}/api/v1/setup with the token {token}"
        );
    }
    let app = state.app.clone();
    let meters = config.watching.metrics_bind.map(server::listen).transpose()?;
    let token = config.watching.metrics_token.clone();
    let served = runtime.block_on(async move {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let meters = match meters {
            Some(listener) => {
                let address = listener.local_addr().map_err(Error::internal)?;
                tracing::info!(%address, "telling what is counted");
                Some(metrics::start(state.clone(), listener, token.as_deref())?)
            }
            None => None,
        };
        let told = meters.as_ref().map(actix_web::dev::Server::handle);
        let meters = tokio::spawn(async move {
            match meters {
                Some(server) => server.await,
                None => Ok(()),
            }
        });
        let server = server::start(state, listener, workers)?;
        let delivery = office.open();
        tracing::info!(%address, "serving");
        // Streams never end by themselves: they are ended first, and so are no requests in flight.
        let live = app.live().clone();
        let streams = tokio::spawn(async move {
            told_to_stop().await;
            live.close();
        });
        // The server handles SIGTERM and Ctrl-C itself: it stops listening and answers what is in flight.
        server.await.map_err(Error::internal)?;
        streams.abort();
        delivery.stop().await;
        app.close().await;
        if let Some(told) = told {
            told.stop(false).await;
        }
        meters.await.map_err(Error::internal)?.map_err(Error::internal)?;
        tracing::info!("stopped");
        Ok(())
    });
    if let Some(traces) = traces {
        traces.end();
    }
    served
}

/// Waits for SIGTERM or Ctrl-C; for ever where signals can't be heard.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => return,
                _ = tokio::signal::ctrl_c() => return,
            }
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

/// Each connection is an open file, and many systems let a program begin with 1024 of them: fewer than a hall opens. As
/// many as the system lets it have are asked for.
fn allow_many_connections() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let wanted = Rlimit {
            current: maximum,
            maximum,
        };
        if current != maximum
            && let Err(error) = setrlimit(Resource::Nofile, wanted)
        {
            tracing::warn!(
                "no more than {} files can be open: {error}",
                current.unwrap_or(u64::MAX)
            );
        }
    }
}

/// Everything that a server needs, made from the configuration.
fn open(config: &Config, public_url: &str) -> Result<(State, Office)> {
    let options = Options::from_config(config)?;
    // Before the database is touched: without its secret nothing of it is of use.
    let secret = config.secret.read(&config.data)?;
    let channels = Channels::open(&config.messages)?;
    let providers = Providers::open(config.sign_on.read()?, public_url.trim_end_matches('/'))?;
    let app = App::open(options)?;
    let keys = Keys::open(&app, &secret)?;
    let post = Arc::new(Post::new(&secret, channels.any()).reaching_phones(channels.phones()));
    let public_url: Arc<str> = public_url.trim_end_matches('/').into();
    let office = Office::new(app.clone(), Arc::clone(&post), channels, Arc::clone(&public_url));
    let state = State {
        app,
        keys: Arc::new(keys),
        passwords: Arc::new(Passwords::new()?),
        post,
        providers: Arc::new(providers),
        demands: Demands {
            messages_per_address: config.messages.messages_per_address,
            confirmed_email: config.messages.demand_confirmed_email,
        },
        brake: Arc::new(Brake::new(limits(&config.edge), &secret)),
        edge: Arc::new(Edge::new(settings(config, &public_url)?)),
        public_url,
    };
    Ok((state, office))
}

fn limits(edge: &config::Edge) -> Limits {
    Limits {
        own: edge.free_failures,
        account: edge.free_failures_per_account,
        address: edge.free_failures_per_address,
        longest: edge.longest_delay_seconds,
        registrations: edge.registrations_per_address,
    }
}

fn settings(config: &Config, public_url: &str) -> Result<Settings> {
    let edge = &config.edge;
    let files = edge.tls_cert.as_deref().zip(edge.tls_key.as_deref());
    let tls = files.map(|(certificate, key)| tls::config(certificate, key));
    Ok(Settings {
        public_url: public_url.to_owned(),
        proxies: edge.trusted_proxies.clone(),
        named: match edge.forwarded_header {
            config::Forwarded::XForwardedFor => Named::XForwardedFor,
            config::Forwarded::Forwarded => Named::Forwarded,
        },
        origins: edge.cors_origins.clone(),
        rates: Rates {
            session: NonZeroU32::new(edge.requests_per_session),
            address: NonZeroU32::new(edge.requests_per_address),
        },
        streams: Most {
            all: edge.live_streams,
            address: edge.live_streams_per_address,
            account: edge.live_streams_per_account,
        },
        measures: Measures {
            connections: NonZeroU32::new(edge.connections_per_address),
            at_once: NonZeroU32::new(edge.requests_at_once),
            slowest: NonZeroU32::new(edge.slowest_reader),
            ..Measures::default()
        },
        tls: tls.transpose()?,
        slow: config.watching.slow(),
    })
}
