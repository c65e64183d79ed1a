//! Accounts.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::Tx;
use crate::app::users::{self, Profile, Registration};
use crate::domain::ids::PublicId;
use crate::domain::text::{Code, Email, Slug};
use crate::domain::user::Role;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::client::Visitor;
use crate::http::extract::{Body, Caller};

/// Mounts the addresses of this file.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(register).service(set_up).service(me);
}

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RegistrationRequest {
    /// The address to sign in with.
    #[schema(example = "wang.li@example.org", format = Email)]
    email: String,
    /// 12 to 128 characters.
    #[schema(example = "a phrase that only I know", min_length = 12, max_length = 128)]
    password: String,
    /// What you are called.
    #[schema(example = "Wang Li", min_length = 1, max_length = 200)]
    name: String,
}

/// The first admin's account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetupRequest {
    /// The token that the server printed at its first start.
    #[schema(example = "mV3k…")]
    token: String,
    /// The address to sign in with.
    #[schema(example = "admin@example.org", format = Email)]
    email: String,
    /// 12 to 128 characters.
    #[schema(example = "a phrase that only I know", min_length = 12, max_length = 128)]
    password: String,
    /// What you are called.
    #[schema(example = "Chen Jing", min_length = 1, max_length = 200)]
    name: String,
}

/// A person with an account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UserView {
    /// The person's id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    pub(super) id: String,
    /// The address they sign in with.
    #[schema(example = "wang.li@example.org")]
    pub(super) email: String,
    /// What they are called.
    #[schema(example = "Wang Li")]
    pub(super) name: String,
    /// Whether they administer the instance.
    pub(super) admin: bool,
}

/// The caller and their roles.
#[derive(Debug, Serialize, ToSchema)]
struct MeView {
    /// Your id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// The address you sign in with.
    #[schema(example = "wang.li@example.org")]
    email: String,
    /// What you are called.
    #[schema(example = "Wang Li")]
    name: String,
    /// Whether you administer the instance.
    admin: bool,
    /// What you are in which competition.
    roles: Vec<RoleView>,
}

/// A role in a competition.
#[derive(Debug, Serialize, ToSchema)]
struct RoleView {
    /// The competition.
    competition: Slug,
    /// The role.
    role: Role,
    /// The region that it is limited to.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Code>,
}

/// Registers an account.
#[utoipa::path(tag = "accounts", request_body = RegistrationRequest,
    responses((status = 201, description = "The account", body = UserView),
        (status = 429, description = "Too many tries, or too many passwords are being hashed; try again after `Retry-After`")))]
#[post("/users")]
async fn register(
    state: web::Data<State>,
    visitor: Visitor,
    body: Body<RegistrationRequest>,
) -> Reply<UserView> {
    let RegistrationRequest {
        email,
        password,
        name,
    } = body.value;
    let email = parse_email(&email)?;
    users::check(&name, &password)?;
    let now = state.app.now();
    state.brake.registration(&visitor.0, now)?;
    // Whoever tries which addresses have accounts is slowed down.
    let attempt = state
        .brake
        .attempt("registration", email.as_str(), &visitor.0, now)?;
    let made = enter(&state, email, password, name, users::register).await;
    attempt.settle(&made);
    let (id, view) = made?;
    let view = UserView {
        id: id.0,
        email: view.email.to_string(),
        name: view.name.trim().to_owned(),
        admin: false,
    };
    Ok(Answer::created("/api/v1/me".into(), view))
}

/// Makes the first admin, with the token that the server printed at its first start.
#[utoipa::path(tag = "accounts", request_body = SetupRequest,
    responses((status = 201, description = "The account", body = UserView),
        (status = 429, description = "Too many tries, or too many passwords are being hashed; try again after `Retry-After`")))]
#[post("/setup")]
async fn set_up(state: web::Data<State>, visitor: Visitor, body: Body<SetupRequest>) -> Reply<UserView> {
    let SetupRequest {
        token,
        email,
        password,
        name,
    } = body.value;
    let email = parse_email(&email)?;
    users::check(&name, &password)?;
    let attempt = state.brake.attempt("set_up", "", &visitor.0, state.app.now())?;
    let set_up = move |tx: &mut Tx<'_>, new: &Registration| users::set_up(tx, &token, new);
    let made = enter(&state, email, password, name, set_up).await;
    attempt.settle(&made);
    let (id, view) = made?;
    let view = UserView {
        id: id.0,
        email: view.email.to_string(),
        name: view.name.trim().to_owned(),
        admin: true,
    };
    Ok(Answer::created("/api/v1/me".into(), view))
}

/// Who you are, and what you are in which competition.
#[utoipa::path(tag = "accounts", responses((status = 200, description = "You", body = MeView)),
    extensions(("x-action" = json!("signed_in"))))]
#[get("/me")]
async fn me(state: web::Data<State>, caller: Caller) -> Reply<MeView> {
    let Profile { person, roles } = state.app.read(move |tx| users::me(tx, &caller.0)).await?;
    let role = |(competition, role, region)| RoleView {
        competition,
        role,
        region,
    };
    Ok(Answer::ok(MeView {
        id: person.public_id.0,
        email: person.email.to_string(),
        name: person.name,
        admin: person.admin,
        roles: roles.into_iter().map(role).collect(),
    }))
}

/// Hashes the password and makes the account.
async fn enter(
    state: &State,
    email: Email,
    password: String,
    name: String,
    make: impl Fn(&mut Tx<'_>, &Registration) -> Result<PublicId> + Send + 'static,
) -> Result<(PublicId, Registration)> {
    let registration = Registration {
        email,
        name,
        password_hash: state.passwords.hash(password).await?,
    };
    let view = registration.clone();
    let id = state.app.write(move |tx| make(tx, &registration)).await?;
    Ok((id, view))
}

/// An e-mail address of a body.
pub(super) fn parse_email(given: &str) -> Result<Email> {
    given.parse().map_err(|_| Error::invalid("/email", "email"))
}
