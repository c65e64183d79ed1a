//! Signing in and out.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Responder, delete, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::second_factor::verified;
use super::users::{UserView, parse_email};
use crate::app::entrance::{Entered, Session};
use crate::app::keys::ACCESS_SECONDS;
use crate::app::sessions::{self, ByCode, Finished, Refreshed};
use crate::domain::invalid::FieldError;
use crate::domain::second_factor::HANDLE_SECONDS;
use crate::domain::text::Email;
use crate::error::{Error, Result, Unauthenticated};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::client::Visitor;
use crate::http::cookies;
use crate::http::extract::{Body, Caller, UserAgent};
use crate::http::mount::Mount;
use crate::http::problem::Problem;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(sign_in)
        .service(sign_in_by_code)
        .service(give_code)
        .service(refresh)
        .service(sign_out)
        .service(prove_again);
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

/// The code of a second factor, for a sign-in whose password or sent code was right.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeRequest {
    /// The handle that the password or the sent code brought.
    #[schema(example = "kq0Zw…")]
    handle: String,
    /// The six digits of your app, or a recovery code.
    #[schema(example = "050 471")]
    code: String,
    /// Whether the session is kept in cookies, for pages of this server.
    #[serde(default)]
    #[schema(example = false)]
    cookie: bool,
}

/// A proof of who you are, beside the session.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProofRequest {
    /// Your password.
    #[schema(example = "a phrase that only I know")]
    password: String,
    /// The six digits of your app, or a recovery code, where you have a second factor.
    #[serde(default)]
    #[schema(example = "050471")]
    code: Option<String>,
}

/// A code that was sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CodeSignIn)]
struct SentCodeRequest {
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
pub(in crate::http) struct SessionView {
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

/// A sign-in that waits for a second factor.
#[derive(Debug, Serialize, ToSchema)]
struct HalfwayView {
    /// What is asked for: always `second_factor`.
    #[schema(example = "second_factor")]
    next: &'static str,
    /// Goes to `POST /sessions/second-factor` with the code.
    #[schema(example = "kq0Zw…")]
    handle: String,
    /// Seconds until the handle ends.
    #[schema(example = 300)]
    expires_in: i64,
}

/// What a right password or a right code brings.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum SignedIn {
    In(Box<SessionView>),
    Halfway(HalfwayView),
}

/// Signs in. Whoever has a second factor gets a handle, and gives its code at `POST /sessions/second-factor`.
///
/// Wrong passwords make the next try wait, longer each time (429); a device that signed in before, which the answer's
/// `palmares-device` cookie marks, does not wait for the failures of others. With `cookie` a page of this server gets the
/// session as cookies and no tokens: it sends `X-Palmares: 1` with every request.
#[utoipa::path(tag = "accounts", request_body = SignInRequest,
    responses((status = 201, description = "The session", body = SessionView),
              (status = 202, description = "The password is right; the code of the second factor is awaited", body = HalfwayView),
              (status = 401, description = "The address and the password do not belong together"),
              (status = 429, description = "Too many tries, or too many passwords are being checked; try again after `Retry-After`")))]
#[post("/sessions")]
async fn sign_in(
    state: web::Data<State>,
    request: HttpRequest,
    agent: UserAgent,
    visitor: Visitor,
    body: Body<SignInRequest>,
) -> Reply<SignedIn> {
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
    let entered = prove(&state, &email, password, agent.0).await;
    attempt.settle(&entered);
    answer(&state, entered?, cookie).await
}

/// Begins a session for whoever knows the password.
async fn prove(state: &State, email: &Email, password: String, agent: Option<String>) -> Result<Entered> {
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
        .write(move |tx| sessions::begin(tx, &email, &hash, agent.as_deref()))
        .await
}

/// Signs in by a code that was sent. After five wrong tries it is void. Whoever has a second factor gives its code after
/// that, as with a password.
#[utoipa::path(tag = "accounts", request_body = SentCodeRequest,
    responses((status = 201, description = "The session", body = SessionView),
              (status = 202, description = "The code is right; the code of the second factor is awaited", body = HalfwayView),
              (status = 401, description = "The code is not the one, has ended, was used or tried too often")))]
#[post("/sessions/code")]
async fn sign_in_by_code(
    state: web::Data<State>,
    request: HttpRequest,
    agent: UserAgent,
    body: Body<SentCodeRequest>,
) -> Reply<SignedIn> {
    let SentCodeRequest { handle, code, cookie } = body.value;
    if cookie {
        cookies::may_set(&request, &state.edge)?;
    }
    let post = Arc::clone(&state.post);
    let tried = state
        .app
        .write(move |tx| sessions::begin_by_code(tx, &post, &handle, &code, agent.0.as_deref()))
        .await?;
    match tried {
        ByCode::Right(entered) => answer(&state, entered, cookie).await,
        ByCode::Refused => Err(Error::Unauthenticated(Unauthenticated::Code).into()),
    }
}

/// Finishes a sign-in with the code of the second factor. Five wrong codes end it.
#[utoipa::path(tag = "accounts", request_body = CodeRequest,
    responses((status = 201, description = "The session", body = SessionView),
              (status = 401, description = "The code is wrong or was used; or nothing waits for a code with this handle"),
              (status = 429, description = "Too many wrong codes came for this account")))]
#[post("/sessions/second-factor")]
async fn give_code(
    state: web::Data<State>,
    request: HttpRequest,
    body: Body<CodeRequest>,
) -> Reply<SessionView> {
    let CodeRequest { handle, code, cookie } = body.value;
    if cookie {
        cookies::may_set(&request, &state.edge)?;
    }
    let keys = state.keys.clone();
    let finished = state
        .app
        .write(move |tx| sessions::finish(tx, keys.vault(), &handle, &code))
        .await?;
    match finished {
        Finished::In(session) => {
            let mark = mark(&state, &session);
            let (view, cookies) = given(&state, *session, cookie).await?;
            Ok(Answer::made(view)
                .secret()
                .cookies(cookies.into_iter().chain([mark])))
        }
        Finished::Wrong => Err(Error::Unauthenticated(Unauthenticated::Code).into()),
        Finished::TooMany(retry_after) => Err(Error::TooMany { retry_after }.into()),
    }
}

/// Keeps a session up: a new access token and the next refresh token for the last one. When the answer was lost, the same
/// token may come again within 20 seconds, as long as nothing of the answer was used.
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
        Refreshed::Kept(session) => {
            let (view, cookies) = given(&state, *session, cookie).await?;
            Ok(Answer::ok(view).secret().cookies(cookies))
        }
        Refreshed::Reused => Err(ended().into()),
    }
}

/// Signs out: ends the session of the access token. A tablet of a hall forgets what its judge left behind.
#[utoipa::path(tag = "accounts", responses((status = 204, description = "The session has ended")),
    extensions(("x-action" = json!("sign_out"))))]
#[delete("/sessions/current")]
async fn sign_out(
    state: web::Data<State>,
    request: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, Problem> {
    state.app.write(move |tx| sessions::end(tx, &caller.0)).await?;
    let by_cookie = cookies::access(&request, &state.edge).is_some();
    let gone = by_cookie.then(|| cookies::clear(&state.edge));
    let mut answer = Answer::empty()
        .cookies(gone.into_iter().flatten())
        .respond_to(&request);
    if by_cookie && cookies::seat(&request, &state.edge).is_some() {
        cookies::wipe(&mut answer);
    }
    Ok(answer)
}

/// Proves again who you are: for 15 minutes the session may change what opens the account.
#[utoipa::path(tag = "accounts", request_body = ProofRequest,
    responses((status = 204, description = "It may"),
              (status = 429, description = "Too many passwords are being checked, or too many wrong codes came")),
    extensions(("x-action" = json!("manage_sessions"))))]
#[post("/sessions/current/proof")]
async fn prove_again(state: web::Data<State>, caller: Caller, body: Body<ProofRequest>) -> Reply<()> {
    let ProofRequest { password, code } = body.value;
    let hash = verified(&state, &caller, password).await?;
    let keys = state.keys.clone();
    let checked = state
        .app
        .write(move |tx| sessions::prove(tx, &caller.0, keys.vault(), &hash, code.as_deref()))
        .await?;
    checked.into_result()?;
    Ok(Answer::empty())
}

async fn answer(state: &State, entered: Entered, cookie: bool) -> Reply<SignedIn> {
    Ok(match entered {
        Entered::In(session) => {
            let mark = mark(state, &session);
            let (view, cookies) = given(state, *session, cookie).await?;
            Answer::made(SignedIn::In(Box::new(view)))
                .secret()
                .cookies(cookies.into_iter().chain([mark]))
        }
        Entered::Halfway(handle) => Answer::accepted(SignedIn::Halfway(HalfwayView {
            next: "second_factor",
            handle,
            expires_in: HANDLE_SECONDS,
        }))
        .secret(),
    })
}

/// The cookie that marks a device on which somebody signed in.
fn mark(state: &State, session: &Session) -> String {
    cookies::mark(&state.edge, &state.brake.mark(session.user.email.as_str()))
}

/// The cookies of a session that a page of this server begins.
pub(in crate::http) async fn cookies_of(state: &State, session: Session) -> Result<Vec<String>> {
    let mark = mark(state, &session);
    let (_, mut cookies) = given(state, session, true).await?;
    cookies.push(mark);
    Ok(cookies)
}

/// A session on its way out: in the body for programs, in cookies for pages.
pub(in crate::http) async fn given(
    state: &State,
    session: Session,
    cookie: bool,
) -> Result<(SessionView, Vec<String>)> {
    let seconds = session.refresh_seconds;
    let mut view = view(state, session).await?;
    let mut cookies = Vec::new();
    if cookie {
        if let (Some(access), Some(next)) = (view.access_token.take(), view.refresh_token.take()) {
            cookies.extend(cookies::set(&state.edge, &access, ACCESS_SECONDS, &next, seconds));
        }
        view.token_type = "Cookie";
    }
    Ok((view, cookies))
}

async fn view(state: &State, session: Session) -> Result<SessionView> {
    let Session {
        id,
        user,
        refresh_token,
        refresh_seconds: _,
        roles,
        now,
    } = session;
    state.keys.renew(&state.app).await;
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
