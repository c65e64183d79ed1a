//! Whether the server lives, and whether it can do its work.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::State;
use crate::http::answer::{Answer, Reply};

/// Mounts the addresses of this file.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(live).service(ready);
}

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

/// Whether the database answers, too.
#[utoipa::path(tag = "health", responses((status = 200, description = "It does", body = Health)))]
#[get("/readyz")]
async fn ready(state: web::Data<State>) -> Reply<Health> {
    state.app.ready().await?;
    Ok(Answer::ok(OK))
}
