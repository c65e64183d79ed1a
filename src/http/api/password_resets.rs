//! A new password by a link.

use std::sync::Arc;

use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::users::parse_email;
use crate::app::password_resets::{self, Forgotten};
use crate::domain::text::Lang;
use crate::domain::time::Stamp;
use crate::error::Result;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Language, Origin};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(request_password_reset)
        .service(complete_password_reset)
        .service(make_password_reset);
}

/// Who forgot their password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordResetRequest {
    /// The address that they registered with.
    #[schema(example = "wang.li@example.org", format = Email)]
    email: String,
}

/// A link and the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasswordResetCompletion)]
struct CompletionRequest {
    /// The last part of the link.
    #[schema(example = "mV3k…")]
    token: String,
    /// 12 to 128 characters that are hard to guess: a few words that have nothing to do with each other.
    #[schema(
        example = "another phrase that only I know",
        min_length = 12,
        max_length = 128
    )]
    password: String,
}

/// A link that sets a new password.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasswordResetLink)]
struct LinkView {
    /// The link to pass on.
    #[schema(example = "https://palmares.example/password/mV3k…")]
    link: String,
    /// Its last part.
    #[schema(example = "mV3k…")]
    token: String,
    /// Until when it can be used.
    expires_at: Stamp,
}

/// Has a link sent that sets a new password. The answer is the same whether there is such an account or not.
#[utoipa::path(tag = "accounts", request_body = PasswordResetRequest,
    responses((status = 204, description = "If there is such an account, a link is on its way"),
        (status = 409, description = "This server sends no messages"),
        (status = 429, description = "It was asked for too often")),
    extensions(("x-repeatable" = json!(false))))]
#[post("/password-resets")]
async fn request_password_reset(
    state: web::Data<State>,
    origin: Origin,
    language: Language,
    body: Body<PasswordResetRequest>,
) -> Reply<()> {
    let forgotten = Forgotten {
        email: parse_email(&body.value.email)?,
        lang: language.0,
        from: origin.0,
        per_address: state.demands.messages_per_address,
    };
    let post = Arc::clone(&state.post);
    state
        .app
        .write(move |tx| password_resets::request(tx, &post, &forgotten))
        .await?;
    Ok(Answer::empty())
}

/// Sets a new password by a link, which is spent with it. All sessions of the account end.
#[utoipa::path(tag = "accounts", request_body = CompletionRequest,
    responses((status = 204, description = "The password is changed, and every session has ended"),
        (status = 409, description = "The link was used or has ended"),
        (status = 429, description = "Too many passwords are being checked")),
    extensions(("x-repeatable" = json!(false))))]
#[post("/password-resets/completion")]
async fn complete_password_reset(
    state: web::Data<State>,
    language: Language,
    body: Body<CompletionRequest>,
) -> Reply<()> {
    let CompletionRequest { token, password } = body.value;
    complete(&state, token, password, language.0).await?;
    Ok(Answer::empty())
}

/// Makes a link that sets a new password, for you to pass on to somebody who gets no mail. It is shown only now.
#[utoipa::path(tag = "accounts", request_body = PasswordResetRequest,
    responses((status = 201, description = "The link", body = LinkView)),
    extensions(("x-action" = json!("open_accounts")), ("x-repeatable" = json!(false))))]
#[post("/password-resets/links")]
async fn make_password_reset(
    state: web::Data<State>,
    caller: Caller,
    body: Body<PasswordResetRequest>,
) -> Reply<LinkView> {
    let email = parse_email(&body.value.email)?;
    let made = state
        .app
        .write(move |tx| password_resets::open(tx, &caller.0, &email))
        .await?;
    Ok(Answer::made(LinkView {
        link: format!("{}/password/{}", state.public_url, made.token),
        token: made.token,
        expires_at: made.expires_at,
    })
    .secret())
}

/// Sets a new password by a link, for the API and the page alike.
pub(in crate::http) async fn complete(
    state: &State,
    token: String,
    password: String,
    lang: Lang,
) -> Result<()> {
    let shown = token.clone();
    let user = state
        .app
        .read(move |tx| password_resets::show(tx, &shown))
        .await?;
    let about = vec![user.email.to_string(), user.name];
    if let Some(wrong) = state
        .passwords
        .examine(password.clone(), about, "/password")
        .await?
    {
        return Err(wrong.into());
    }
    let hash = state.passwords.hash(password).await?;
    let post = Arc::clone(&state.post);
    state
        .app
        .write(move |tx| password_resets::complete(tx, &post, &token, &hash, lang))
        .await
}
