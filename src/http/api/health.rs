//! Whether the server lives, and whether it can do its work.

use std::time::Duration;

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Error;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(live).service(ready);
}

/// How long the database may take to answer: whoever asks decides about traffic.
const PATIENCE: Duration = Duration::from_secs(1);

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
    /// The version that runs.
    #[schema(example = "0.1.0")]
    version: &'static str,
}

const OK: Health = Health {
    status: "ok",
    version: env!("CARGO_PKG_VERSION"),
};

/// Whether the process answers at all.
#[utoipa::path(tag = "health", responses((status = 200, description = "It does", body = Health)))]
#[get("/healthz")]
async fn live() -> Reply<Health> {
    Ok(Answer::ok(OK))
}

/// Whether the database answers, too, within a second.
#[utoipa::path(tag = "health", responses((status = 200, description = "It does", body = Health),
    (status = 503, description = "It does not")))]
#[get("/readyz")]
async fn ready(state: web::Data<State>) -> Reply<Health> {
    let ready = tokio::time::timeout(PATIENCE, state.app.ready()).await;
    if let Err(error) = ready.unwrap_or(Err(Error::NotReady)) {
        tracing::warn!("the database does not answer: {error}");
        return Err(Error::NotReady.into());
    }
    Ok(Answer::ok(OK))
}
