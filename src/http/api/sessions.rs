//! Signing in and out.

use std::sync::Arc;

use actix_web::{HttpRequest, delete, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::users::{UserView, parse_email};
use crate::app::keys::ACCESS_SECONDS;
use crate::app::sessions::{self, ByCode, REFRESH_SECONDS, Refreshed, Session};
use crate::domain::invalid::FieldError;
use crate::domain::text::Email;
use crate::error::{Error, Result, Unauthenticated};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::client::Visitor;
use crate::http::cookies;
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
    /// Whether the session is kept in cookies, for pages of this server.
    #[serde(default)]
    #[schema(example = false)]
    cookie: bool,
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
    /// Whether the session is kept in cookies, for pages of this server.
    #[serde(default)]
    #[schema(example = false)]
    cookie: bool,
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefreshRequest {
    /// The token that the last answer brought; good for one use. Left out by a page that has it as a cookie.
    #[schema(example = "kq0Zw…")]
    refresh_token: Option<String>,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
struct SessionView {
    /// Goes into `Authorization: Bearer …`; a page that asked for cookies gets none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "eyJ0eXAi…")]
    access_token: Option<String>,
    /// `Bearer`, or `Cookie` where the tokens are in cookies.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token ends.
    #[schema(example = 600)]
    expires_in: i64,
    /// For the next access token; good for one use. A page that asked for cookies gets none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "kq0Zw…")]
    refresh_token: Option<String>,
    /// Who signed in.
    user: UserView,
}

/// Signs in.
///
/// Wrong passwords make the next try wait, longer each time (429); a device that signed in before, which the answer's
/// `palmares-device` cookie marks, does not wait for the failures of others. With `cookie` a page of this server gets the
/// session as cookies and no tokens: it sends `X-Palmares: 1` with every request.
#[utoipa::path(tag = "accounts", request_body = SignInRequest,
    responses((status = 201, description = "The session", body = SessionView),
              (status = 401, description = "The address and the password do not belong together"),
              (status = 429, description = "Too many tries, or too many passwords are being checked; try again after `Retry-After`")))]
#[post("/sessions")]
async fn sign_in(
    state: web::Data<State>,
    request: HttpRequest,
    visitor: Visitor,
    body: Body<SignInRequest>,
) -> Reply<SessionView> {
    let SignInRequest {
        email,
        password,
        cookie,
    } = body.value;
    let email = parse_email(&email)?;
    if cookie {
        cookies::may_set(&request, &state.edge)?;
    }
    let attempt = state
        .brake
        .attempt("sign_in", email.as_str(), &visitor.0, state.app.now())?;
    let session = prove(&state, &email, password).await;
    attempt.settle(&session);
    let answer = Answer::made(view(&state, session?)?);
    let mark = cookies::mark(&state.edge, &state.brake.mark(email.as_str()));
    Ok(answer_to(&state, answer, cookie).cookies([mark]))
}

/// Begins a session for whoever knows the password.
async fn prove(state: &State, email: &Email, password: String) -> Result<Session> {
    let asked = email.clone();
    let hash = state
        .app
        .read(move |tx| sessions::credentials(tx, &asked))
        .await?;
    let wrong = || Error::Unauthenticated(Unauthenticated::Credentials);
    if !state.passwords.verify(password, hash.clone()).await? {
        return Err(wrong());
    }
    let (email, hash) = (email.clone(), hash.ok_or_else(wrong)?);
    state
        .app
        .write(move |tx| sessions::begin(tx, &email, &hash))
        .await
}

/// Signs in by a code that was sent. After five wrong tries it is void.
#[utoipa::path(tag = "accounts", request_body = CodeRequest,
    responses((status = 201, description = "The session", body = SessionView),
              (status = 401, description = "The code is not the one, has ended, was used or tried too often")))]
#[post("/sessions/code")]
async fn sign_in_by_code(
    state: web::Data<State>,
    request: HttpRequest,
    body: Body<CodeRequest>,
) -> Reply<SessionView> {
    let CodeRequest { handle, code, cookie } = body.value;
    if cookie {
        cookies::may_set(&request, &state.edge)?;
    }
    let post = Arc::clone(&state.post);
    let tried = state
        .app
        .write(move |tx| sessions::begin_by_code(tx, &post, &handle, &code))
        .await?;
    match tried {
        ByCode::Begun(session) => {
            let answer = Answer::made(view(&state, *session)?);
            Ok(answer_to(&state, answer, cookie))
        }
        ByCode::Refused => Err(Error::Unauthenticated(Unauthenticated::Code).into()),
    }
}

/// Keeps a session up: a new access token and the next refresh token for the last one.
///
/// A page that has the session as cookies sends no token, and gets none.
#[utoipa::path(tag = "accounts", request_body = RefreshRequest,
    responses((status = 200, description = "The session", body = SessionView),
              (status = 401, description = "The token has ended or was used before; in the second case so has the session")))]
#[post("/sessions/refresh")]
async fn refresh(
    state: web::Data<State>,
    request: HttpRequest,
    body: Body<RefreshRequest>,
) -> Reply<SessionView> {
    let cookie = body.value.refresh_token.is_none();
    let ended = || Error::Unauthenticated(Unauthenticated::Session);
    let token = match body.value.refresh_token {
        Some(token) => token,
        None if request.headers().contains_key(cookies::HEADER) => {
            cookies::refresh(&request, &state.edge).ok_or_else(ended)?
        }
        None => {
            let missing = FieldError::new("/refresh_token", "missing_field");
            return Err(missing.with("field", "refresh_token").into());
        }
    };
    match state.app.write(move |tx| sessions::refresh(tx, &token)).await? {
        Refreshed::Kept(session) => Ok(answer_to(&state, Answer::ok(view(&state, *session)?), cookie)),
        Refreshed::Reused => Err(ended().into()),
    }
}

/// Signs out: ends the session of the access token.
#[utoipa::path(tag = "accounts", responses((status = 204, description = "The session has ended")),
    extensions(("x-action" = json!("signed_in"))))]
#[delete("/sessions/current")]
async fn sign_out(state: web::Data<State>, request: HttpRequest, caller: Caller) -> Reply<()> {
    state.app.write(move |tx| sessions::end(tx, &caller.0)).await?;
    let by_cookie = cookies::access(&request, &state.edge).is_some();
    let gone = by_cookie.then(|| cookies::clear(&state.edge));
    Ok(Answer::empty().cookies(gone.into_iter().flatten()))
}

/// A session on its way out: in the body for programs, in cookies for pages.
fn answer_to(state: &State, answer: Answer<SessionView>, cookie: bool) -> Answer<SessionView> {
    let answer = answer.secret();
    if !cookie {
        return answer;
    }
    let mut cookies = Vec::new();
    let answer = answer.map(|mut view| {
        if let (Some(access), Some(next)) = (view.access_token.take(), view.refresh_token.take()) {
            let set = cookies::set(&state.edge, &access, ACCESS_SECONDS, &next, REFRESH_SECONDS);
            cookies.extend(set);
        }
        view.token_type = "Cookie";
        view
    });
    answer.cookies(cookies)
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
        access_token: Some(state.keys.sign(&user.public_id, &id, roles, now)?),
        token_type: "Bearer",
        expires_in: ACCESS_SECONDS,
        refresh_token: Some(refresh_token),
        user: UserView {
            id: user.public_id.0,
            email: user.email.to_string(),
            name: user.name,
            admin: user.is_admin,
        },
    })
}
