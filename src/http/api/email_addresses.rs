//! Confirming an e-mail address by a link.

use std::sync::Arc;

use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::email_addresses;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Language};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(confirm_email);
}

/// The token of a link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EmailConfirmation)]
struct ConfirmationRequest {
    /// The last part of the link.
    #[schema(example = "mV3k…")]
    token: String,
}

/// Confirms an e-mail address by a link that was sent to it: the account's own, or a new one, which it gets with this.
#[utoipa::path(tag = "accounts", request_body = ConfirmationRequest,
    responses((status = 204, description = "The address is confirmed"),
        (status = 409, description = "The link was used or has ended, or the address has another account by now")),
    extensions(("x-repeatable" = json!(false))))]
#[post("/email-confirmations")]
async fn confirm_email(
    state: web::Data<State>,
    language: Language,
    body: Body<ConfirmationRequest>,
) -> Reply<()> {
    let post = Arc::clone(&state.post);
    state
        .app
        .write(move |tx| email_addresses::confirm(tx, &post, &body.value.token, language.0))
        .await?;
    Ok(Answer::empty())
}
