//! Codes that sign in without a password.

use std::sync::Arc;

use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::phones::parse_phone;
use super::users::parse_email;
use crate::app::post::CODE_DIGITS;
use crate::app::sign_in_codes::{self, Wanted};
use crate::domain::invalid::FieldError;
use crate::domain::phone::Recipient;
use crate::domain::time::Stamp;
use crate::error::Error;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Language, Origin};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config.service(request_sign_in_code);
}

/// Who wants a code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInCodeRequest {
    /// The address that they registered with.
    #[serde(default)]
    #[schema(example = "wang.li@example.org", format = Email)]
    email: Option<String>,
    /// Instead of the address: the phone of their account.
    #[serde(default)]
    phone: Option<String>,
}

/// A code that is on its way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignInCode)]
struct SignInCodeView {
    /// To be sent back together with the code, which is good for nothing without it.
    #[schema(example = "kq0Zw…")]
    handle: String,
    /// How many digits the code has.
    #[schema(example = 8)]
    digits: usize,
    /// Until when it can be used.
    expires_at: Stamp,
}

/// Has a code sent that signs in. The answer is the same whether there is such an account or not.
#[utoipa::path(tag = "accounts", request_body = SignInCodeRequest,
    responses((status = 201, description = "If there is such an account, a code is on its way", body = SignInCodeView),
        (status = 409, description = "This server sends no messages"),
        (status = 429, description = "It was asked for too often")),
    extensions(("x-repeatable" = json!(false))))]
#[post("/sign-in-codes")]
async fn request_sign_in_code(
    state: web::Data<State>,
    origin: Origin,
    language: Language,
    body: Body<SignInCodeRequest>,
) -> Reply<SignInCodeView> {
    let to = match (body.value.email, body.value.phone) {
        (Some(email), None) => Recipient::Email(parse_email(&email)?),
        (None, Some(phone)) => Recipient::Phone(parse_phone(&phone)?),
        (None, None) => {
            let missing = FieldError::new("/email", "missing_field");
            return Err(missing.with("field", "email").into());
        }
        (Some(_), Some(_)) => return Err(Error::invalid("/phone", "phone_or_email").into()),
    };
    let wanted = Wanted {
        to,
        lang: language.0,
        from: origin.0,
        per_address: state.demands.messages_per_address,
    };
    let post = Arc::clone(&state.post);
    let requested = state
        .app
        .write(move |tx| sign_in_codes::request(tx, &post, &wanted))
        .await?;
    Ok(Answer::made(SignInCodeView {
        handle: requested.handle,
        digits: CODE_DIGITS,
        expires_at: requested.expires_at,
    })
    .secret())
}
