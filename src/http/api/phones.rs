//! The phone of an account.

use std::sync::Arc;

use actix_web::{delete, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::phones::{self, Confirmed, Wanted};
use crate::app::post::CODE_DIGITS;
use crate::domain::phone::Phone;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Language, Origin};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(change_phone)
        .service(confirm_phone)
        .service(remove_phone);
}

/// A phone for your account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PhoneChange)]
struct PhoneRequest {
    /// The number with the code of its country; spaces, hyphens, dots and brackets don't matter.
    #[schema(example = "+86 138 0013 8000")]
    phone: String,
}

/// A code that is on its way to a phone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PhoneCode)]
struct PhoneCodeView {
    /// How many digits the code has.
    #[schema(example = 8)]
    digits: usize,
    /// Until when it can be used.
    expires_at: Stamp,
}

/// The code that came.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PhoneConfirmation)]
struct ConfirmationRequest {
    /// The digits, with or without spaces.
    #[schema(example = "1234 5678")]
    code: String,
}

/// Has a code sent to a phone. Your account has the phone once you give the code; then it can sign you in by codes.
#[utoipa::path(tag = "accounts", request_body = PhoneRequest,
    responses((status = 202, description = "A code is on its way", body = PhoneCodeView),
        (status = 409, description = "This server sends nothing to phones"),
        (status = 429, description = "It was asked for a short time ago, or too often")),
    extensions(("x-action" = json!("change_credentials")), ("x-precondition" = json!(false))))]
#[put("/me/phone")]
async fn change_phone(
    state: web::Data<State>,
    caller: Caller,
    origin: Origin,
    language: Language,
    body: Body<PhoneRequest>,
) -> Reply<PhoneCodeView> {
    let wanted = Wanted {
        phone: parse_phone(&body.value.phone)?,
        lang: language.0,
        from: origin.0,
        per_address: state.demands.messages_per_address,
    };
    let post = Arc::clone(&state.post);
    let expires_at = state
        .app
        .write(move |tx| phones::ask(tx, &post, &caller.0, &wanted))
        .await?;
    Ok(Answer::accepted(PhoneCodeView {
        digits: CODE_DIGITS,
        expires_at,
    }))
}

/// Gives your account the phone to which the code was sent. After five wrong tries the code is void.
#[utoipa::path(tag = "accounts", request_body = ConfirmationRequest,
    responses((status = 204, description = "Your account has the phone"),
        (status = 409, description = "Another account has it")),
    extensions(("x-action" = json!("change_credentials")), ("x-repeatable" = json!(false))))]
#[post("/me/phone/confirmation")]
async fn confirm_phone(
    state: web::Data<State>,
    caller: Caller,
    language: Language,
    body: Body<ConfirmationRequest>,
) -> Reply<()> {
    let post = Arc::clone(&state.post);
    let confirmed = state
        .app
        .write(move |tx| phones::confirm(tx, &post, &caller.0, &body.value.code, language.0))
        .await?;
    match confirmed {
        Confirmed::Yes => Ok(Answer::empty()),
        Confirmed::No => Err(Error::invalid("/code", "wrong_code").into()),
    }
}

/// Takes the phone from your account: codes to it sign you in no longer.
#[utoipa::path(tag = "accounts", responses((status = 204, description = "It is gone")),
    extensions(("x-action" = json!("change_credentials"))))]
#[delete("/me/phone")]
async fn remove_phone(state: web::Data<State>, caller: Caller) -> Reply<()> {
    state.app.write(move |tx| phones::remove(tx, &caller.0)).await?;
    Ok(Answer::empty())
}

/// A phone number of a body.
pub(super) fn parse_phone(given: &str) -> Result<Phone> {
    given.parse().map_err(|_| Error::invalid("/phone", "phone"))
}
