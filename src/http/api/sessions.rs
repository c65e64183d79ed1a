//! Signing in and out.

use std::sync::Arc;

use actix_web::{delete, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::users::{UserView, parse_email};
use crate::app::keys::ACCESS_SECONDS;
use crate::app::sessions::{self, ByCode, Refreshed, Session};
use crate::error::{Error, Result, Unauthenticated};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller};

/// Mounts the addresses of this file.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(sign_in)
        .service(sign_in_by_code)
        .service(refresh)
        .service(sign_out);
}

/// An e-mail address and its password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInRequest {
    /// The address you registered with.
    #[schema(example = "wang.li@example.org")]
    email: String,
    /// Your password.
    #[schema(example = "a phrase that only I know")]
    password: String,
}

/// A code that was sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CodeSignIn)]
struct CodeRequest {
    /// The handle that the request for the code gave.
    #[schema(example = "kq0Zw…")]
    handle: String,
    /// The digits, with or without spaces.
    #[schema(example = "1234 5678")]
    code: String,
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefreshRequest {
    /// The token that the last answer brought; good for one use.
    #[schema(example = "kq0Zw…")]
    refresh_token: String,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
struct SessionView {
    /// Goes into `Authorization: Bearer …`.
    #[schema(example = "eyJ0eXAi…")]
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token ends.
    #[schema(example = 600)]
    expires_in: i64,
    /// For the next access token; good for one use.
    #[schema(example = "kq0Zw…")]
    refresh_token: String,
    /// Who signed in.
    user: UserView,
}

/// Signs in.
#[utoipa::path(tag = "accounts", request_body = SignInRequest,
    responses((status = 201, description = "The session", body = SessionView),
              (status = 401, description = "The address and the password do not belong together"),
              (status = 429, description = "Too many passwords are being checked")))]
#[post("/sessions")]
async fn sign_in(state: web::Data<State>, body: Body<SignInRequest>) -> Reply<SessionView> {
    let SignInRequest { email, password } = body.value;
    let email = parse_email(&email)?;
    let asked = email.clone();
    let hash = state
        .app
        .read(move |tx| sessions::credentials(tx, &asked))
        .await?;
    let wrong = || Error::Unauthenticated(Unauthenticated::Credentials);
    if !state.passwords.verify(password, hash.clone()).await? {
        return Err(wrong().into());
    }
    let hash = hash.ok_or_else(wrong)?;
    let session = state
        .app
        .write(move |tx| sessions::begin(tx, &email, &hash))
        .await?;
    Ok(Answer::made(view(&state, session)?))
}

/// Signs in by a code that was sent. After five wrong tries it is void.
#[utoipa::path(tag = "accounts", request_body = CodeRequest,
    responses((status = 201, description = "The session", body = SessionView),
              (status = 401, description = "The code is not the one, has ended, was used or tried too often")))]
#[post("/sessions/code")]
async fn sign_in_by_code(state: web::Data<State>, body: Body<CodeRequest>) -> Reply<SessionView> {
    let CodeRequest { handle, code } = body.value;
    let post = Arc::clone(&state.post);
    let tried = state
        .app
        .write(move |tx| sessions::begin_by_code(tx, &post, &handle, &code))
        .await?;
    match tried {
        ByCode::Begun(session) => Ok(Answer::made(view(&state, *session)?)),
        ByCode::Refused => Err(Error::Unauthenticated(Unauthenticated::Code).into()),
    }
}

/// Keeps a session up: a new access token and the next refresh token for the last one.
#[utoipa::path(tag = "accounts", request_body = RefreshRequest,
    responses((status = 200, description = "The session", body = SessionView),
              (status = 401, description = "The token has ended or was used before; in the second case so has the session")))]
#[post("/sessions/refresh")]
async fn refresh(state: web::Data<State>, body: Body<RefreshRequest>) -> Reply<SessionView> {
    let token = body.value.refresh_token;
    match state.app.write(move |tx| sessions::refresh(tx, &token)).await? {
        Refreshed::Kept(session) => Ok(Answer::ok(view(&state, *session)?)),
        Refreshed::Reused => Err(Error::Unauthenticated(Unauthenticated::Session).into()),
    }
}

/// Signs out: ends the session of the access token.
#[utoipa::path(tag = "accounts", responses((status = 204, description = "The session has ended")),
    extensions(("x-action" = json!("signed_in"))))]
#[delete("/sessions/current")]
async fn sign_out(state: web::Data<State>, caller: Caller) -> Reply<()> {
    state.app.write(move |tx| sessions::end(tx, &caller.0)).await?;
    Ok(Answer::empty())
}

fn view(state: &State, session: Session) -> Result<SessionView> {
    let Session {
        id,
        user,
        refresh_token,
        roles,
        now,
    } = session;
    Ok(SessionView {
        access_token: state.keys.sign(&user.public_id, &id, roles, now)?,
        token_type: "Bearer",
        expires_in: ACCESS_SECONDS,
        refresh_token,
        user: UserView {
            id: user.public_id.0,
            email: user.email.to_string(),
            name: user.name,
            admin: user.is_admin,
        },
    })
}
