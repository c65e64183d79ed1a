//! Accounts.

use std::sync::Arc;

use actix_web::{get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::email_addresses;
use crate::app::enrolment::Registration;
use crate::app::guessing::Attempt;
use crate::app::users::{self, Profile};
use crate::domain::ids::PublicId;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::phone::Phone;
use crate::domain::text::{Code, Email, Lang, Slug, check_name};
use crate::domain::user::Role;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::client::Visitor;
use crate::http::extract::{Body, Caller, Empty, Language};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(register)
        .service(set_up)
        .service(me)
        .service(change_password)
        .service(change_email)
        .service(verify_email_again);
}

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RegistrationRequest {
    /// The address to sign in with.
    #[schema(example = "wang.li@example.org", format = Email)]
    email: String,
    /// 12 to 128 characters that are hard to guess: a few words that have nothing to do with each other.
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
    /// 12 to 128 characters that are hard to guess: a few words that have nothing to do with each other.
    #[schema(example = "a phrase that only I know", min_length = 12, max_length = 128)]
    password: String,
    /// What you are called.
    #[schema(example = "Chen Jing", min_length = 1, max_length = 200)]
    name: String,
}

/// A new password of one's own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasswordChange)]
struct PasswordChangeRequest {
    /// The password that you have.
    #[schema(example = "a phrase that only I know")]
    current_password: String,
    /// 12 to 128 characters that are hard to guess: a few words that have nothing to do with each other.
    #[schema(
        example = "another phrase that only I know",
        min_length = 12,
        max_length = 128
    )]
    password: String,
}

/// A new address of one's own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EmailChange)]
struct EmailChangeRequest {
    /// The new address.
    #[schema(example = "li.wang@example.org", format = Email)]
    email: String,
    /// Your password.
    #[schema(example = "a phrase that only I know")]
    password: String,
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
    /// Whether your address is known to reach you.
    email_verified: bool,
    /// The phone of your account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "+8613800138000")]
    phone: Option<Phone>,
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
        (status = 429, description = "Too many tries, or too many passwords are being checked; try again after `Retry-After`")))]
#[post("/users")]
async fn register(
    state: web::Data<State>,
    visitor: Visitor,
    language: Language,
    body: Body<RegistrationRequest>,
) -> Reply<UserView> {
    let RegistrationRequest {
        email,
        password,
        name,
    } = body.value;
    let now = state.app.now();
    state.brake.registration(&visitor.0, now)?;
    // Whoever tries which addresses have accounts is slowed down.
    let attempt = state.brake.attempt("registration", &email, &visitor.0, now)?;
    let made = enter(&state, &email, password, name, language.0).await;
    settle(attempt, &made, "email_taken");
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
        (status = 429, description = "Too many tries, or too many passwords are being checked; try again after `Retry-After`")))]
#[post("/setup")]
async fn set_up(
    state: web::Data<State>,
    visitor: Visitor,
    language: Language,
    body: Body<SetupRequest>,
) -> Reply<UserView> {
    let SetupRequest {
        token,
        email,
        password,
        name,
    } = body.value;
    let attempt = state.brake.attempt("set_up", "", &visitor.0, state.app.now())?;
    let made = enter_first(&state, &email, password, name, (token, language.0)).await;
    settle(attempt, &made, "setup_token_unknown");
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
    extensions(("x-action" = json!("read_profile"))))]
#[get("/me")]
async fn me(state: web::Data<State>, caller: Caller) -> Reply<MeView> {
    let Profile {
        person,
        email_verified,
        phone,
        roles,
    } = state.app.read(move |tx| users::me(tx, &caller.0)).await?;
    let role = |(competition, role, region)| RoleView {
        competition,
        role,
        region,
    };
    Ok(Answer::ok(MeView {
        id: person.public_id.0,
        email: person.email.to_string(),
        name: person.name,
        email_verified,
        phone,
        admin: person.admin,
        roles: roles.into_iter().map(role).collect(),
    }))
}

/// Sets a new password. All your sessions end, this one too: sign in again with the new one.
#[utoipa::path(tag = "accounts", request_body = PasswordChangeRequest,
    responses((status = 204, description = "The password is changed, and every session has ended"),
        (status = 429, description = "Too many tries, or too many passwords are being checked; try again after `Retry-After`")),
    extensions(("x-action" = json!("change_credentials")), ("x-precondition" = json!(false))))]
#[put("/me/password")]
async fn change_password(
    state: web::Data<State>,
    caller: Caller,
    visitor: Visitor,
    language: Language,
    body: Body<PasswordChangeRequest>,
) -> Reply<()> {
    let PasswordChangeRequest {
        current_password,
        password,
    } = body.value;
    let actor = caller.0.clone();
    let known = state.app.read(move |tx| users::credentials(tx, &actor)).await?;
    let checked = known.password_hash;
    prove(
        &state,
        &visitor,
        &known.email,
        (current_password, &checked),
        "/current_password",
    )
    .await?;
    let about = vec![known.email.to_string(), known.name];
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
        .write(move |tx| users::change_password(tx, &post, &caller.0, &checked, &hash, language.0))
        .await?;
    Ok(Answer::empty())
}

/// Has a link sent to a new address. The account keeps the old one until the button behind the link is pressed; then the
/// old address is told.
#[utoipa::path(tag = "accounts", request_body = EmailChangeRequest,
    responses((status = 204, description = "A link is on its way, unless the address has an account: that is not told here"),
        (status = 409, description = "This server sends no messages"),
        (status = 429, description = "It was asked for a short time ago, or too many tries; try again after `Retry-After`")),
    extensions(("x-action" = json!("change_credentials")), ("x-precondition" = json!(false))))]
#[put("/me/email")]
async fn change_email(
    state: web::Data<State>,
    caller: Caller,
    visitor: Visitor,
    language: Language,
    body: Body<EmailChangeRequest>,
) -> Reply<()> {
    let EmailChangeRequest { email, password } = body.value;
    let actor = caller.0.clone();
    let known = state.app.read(move |tx| users::credentials(tx, &actor)).await?;
    let checked = known.password_hash;
    let email = parse_email(&email)?;
    prove(&state, &visitor, &known.email, (password, &checked), "/password").await?;
    let post = Arc::clone(&state.post);
    state
        .app
        .write(move |tx| email_addresses::change(tx, &post, &caller.0, &checked, &email, language.0))
        .await?;
    Ok(Answer::empty())
}

/// Has the link that confirms your address sent once more.
#[utoipa::path(tag = "accounts",
    responses((status = 204, description = "A link is on its way"),
        (status = 409, description = "It is confirmed already, or this server sends no messages"),
        (status = 429, description = "It was asked for a short time ago")),
    extensions(("x-action" = json!("confirm_address")), ("x-repeatable" = json!(false))))]
#[post("/me/email-verification")]
async fn verify_email_again(
    state: web::Data<State>,
    caller: Caller,
    language: Language,
    _body: Empty,
) -> Reply<()> {
    let post = Arc::clone(&state.post);
    state
        .app
        .write(move |tx| email_addresses::ask_again(tx, &post, &caller.0, language.0))
        .await?;
    Ok(Answer::empty())
}

/// Ends a try; a form that was filled in wrongly is no guess, save where it says what a guesser wants to know.
fn settle<T>(attempt: Attempt, outcome: &Result<T>, telling: &str) {
    match outcome {
        Err(Error::Invalid(wrong)) if wrong.0.iter().all(|wrong| wrong.code != telling) => attempt.withdraw(),
        _ => attempt.settle(outcome),
    }
}

/// Whether somebody who is signed in knows their password; whoever found a session open guesses slowly.
async fn prove(
    state: &State,
    visitor: &Visitor,
    email: &Email,
    (password, hash): (String, &str),
    place: &str,
) -> Result<()> {
    let attempt = state
        .brake
        .attempt("password", email.as_str(), &visitor.0, state.app.now())?;
    let fits = state.passwords.verify(password, Some(hash.to_owned())).await;
    let proved = fits.and_then(|fits| {
        fits.then_some(())
            .ok_or_else(|| Error::invalid(place, "password_wrong"))
    });
    attempt.settle(&proved);
    proved
}

/// Makes an account.
async fn enter(
    state: &State,
    email: &str,
    password: String,
    name: String,
    language: Lang,
) -> Result<(PublicId, Registration)> {
    let registration = registration(state, email, password, name, language).await?;
    let (view, post) = (registration.clone(), Arc::clone(&state.post));
    let id = state
        .app
        .write(move |tx| users::register(tx, &post, &registration))
        .await?;
    Ok((id, view))
}

/// Makes the first admin's account, with the token of the set-up.
async fn enter_first(
    state: &State,
    email: &str,
    password: String,
    name: String,
    (token, language): (String, Lang),
) -> Result<(PublicId, Registration)> {
    let registration = registration(state, email, password, name, language).await?;
    let view = registration.clone();
    let id = state
        .app
        .write(move |tx| users::set_up(tx, &token, &registration))
        .await?;
    Ok((id, view))
}

/// What somebody gives to have an account, with every wrong place named at once.
pub(in crate::http) async fn registration(
    state: &State,
    email: &str,
    password: String,
    name: String,
    language: Lang,
) -> Result<Registration> {
    let mut invalid = Invalid::default();
    let parsed: Option<Email> = email.parse().ok();
    if parsed.is_none() {
        invalid.push(FieldError::new("/email", "email"));
    }
    check_name(&name, "/name", &mut invalid);
    let about = vec![email.to_owned(), name.clone()];
    let wrong = state
        .passwords
        .examine(password.clone(), about, "/password")
        .await?;
    if let Some(wrong) = wrong {
        invalid.push(wrong);
    }
    let (Some(email), true) = (parsed, invalid.0.is_empty()) else {
        return Err(invalid.into());
    };
    Ok(Registration {
        email,
        name,
        password_hash: state.passwords.hash(password).await?,
        language: Some(language),
    })
}

/// An e-mail address of a body.
pub(super) fn parse_email(given: &str) -> Result<Email> {
    given.parse().map_err(|_| Error::invalid("/email", "email"))
}
