//! One's own second factor.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::second_factor;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Empty};
use crate::http::mount::Mount;
use crate::http::qr::picture;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(read_second_factor)
        .service(begin_second_factor)
        .service(confirm_second_factor)
        .service(replace_recovery_codes)
        .service(remove_second_factor);
}

/// Your second factor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SecondFactor)]
struct SecondFactorView {
    /// Whether sign-ins ask for it.
    active: bool,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Stamp>,
    /// How many recovery codes you have left.
    #[schema(example = 10)]
    recovery_codes_left: i64,
    /// Whether you need one before you may do anything else.
    demanded: bool,
}

/// What an app needs to make codes; shown once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SecondFactorEnrolment)]
struct EnrolmentView {
    /// To type into an app that scans no picture, base32.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// What the picture holds.
    #[schema(
        example = "otpauth://totp/Palmares:wang.li%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Palmares"
    )]
    uri: String,
    /// The picture, to scan: an SVG document.
    #[schema(example = "<svg>…</svg>")]
    qr_svg: String,
}

/// A code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SecondFactorCode)]
struct ConfirmationRequest {
    /// The six digits that your app shows.
    #[schema(example = "050471")]
    code: String,
}

/// A password and a code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasswordAndCode)]
struct BothRequest {
    /// Your password.
    #[schema(example = "a phrase that only I know")]
    password: String,
    /// The six digits of your app, or a recovery code.
    #[schema(example = "050471")]
    code: String,
}

/// Recovery codes; shown once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecoveryCodes)]
struct RecoveryCodesView {
    /// Each is good for one sign-in without the app.
    #[schema(example = json!(["abcd-efgh-jkmn-pqrs-tuvw-xyz1"]))]
    recovery_codes: Vec<String>,
}

/// Your second factor.
#[utoipa::path(tag = "accounts", responses((status = 200, description = "Your second factor", body = SecondFactorView)),
    extensions(("x-action" = json!("manage_sessions"))))]
#[get("/me/second-factor")]
async fn read_second_factor(state: web::Data<State>, caller: Caller) -> Reply<SecondFactorView> {
    let shown = state
        .app
        .read(move |tx| second_factor::show(tx, &caller.0))
        .await?;
    Ok(Answer::ok(SecondFactorView {
        active: shown.since.is_some(),
        since: shown.since,
        recovery_codes_left: shown.recovery_codes_left,
        demanded: shown.must_enrol,
    }))
}

/// Begins to set up a second factor: a secret for an app that makes codes. It counts once a code was given.
#[utoipa::path(tag = "accounts",
    responses((status = 201, description = "What the app needs", body = EnrolmentView)),
    extensions(("x-action" = json!("manage_second_factor")), ("x-repeatable" = json!(false))))]
#[post("/me/second-factor")]
async fn begin_second_factor(state: web::Data<State>, caller: Caller, _body: Empty) -> Reply<EnrolmentView> {
    let keys = state.keys.clone();
    let enrolment = state
        .app
        .write(move |tx| second_factor::begin(tx, &caller.0, keys.vault()))
        .await?;
    let qr_svg = picture(&enrolment.uri)?;
    let view = EnrolmentView {
        secret: enrolment.secret,
        uri: enrolment.uri,
        qr_svg,
    };
    Ok(Answer::made(view).secret())
}

/// Lets the second factor count, by its first code. Your other sessions end; the recovery codes are shown once.
#[utoipa::path(tag = "accounts", request_body = ConfirmationRequest,
    responses((status = 201, description = "The recovery codes", body = RecoveryCodesView),
              (status = 429, description = "Too many wrong codes came")),
    extensions(("x-action" = json!("manage_second_factor")), ("x-repeatable" = json!(false))))]
#[post("/me/second-factor/confirmation")]
async fn confirm_second_factor(
    state: web::Data<State>,
    caller: Caller,
    body: Body<ConfirmationRequest>,
) -> Reply<RecoveryCodesView> {
    let (keys, code) = (state.keys.clone(), body.value.code);
    let (checked, recovery_codes) = state
        .app
        .write(move |tx| second_factor::confirm(tx, &caller.0, keys.vault(), &code))
        .await?;
    checked.into_result()?;
    Ok(Answer::made(RecoveryCodesView { recovery_codes }).secret())
}

/// Gives new recovery codes; the old ones are worth nothing any more.
#[utoipa::path(tag = "accounts", request_body = BothRequest,
    responses((status = 201, description = "The recovery codes", body = RecoveryCodesView),
              (status = 429, description = "Too many passwords are being checked, or too many wrong codes came")),
    extensions(("x-action" = json!("manage_second_factor")), ("x-repeatable" = json!(false))))]
#[post("/me/second-factor/recovery-codes")]
async fn replace_recovery_codes(
    state: web::Data<State>,
    caller: Caller,
    body: Body<BothRequest>,
) -> Reply<RecoveryCodesView> {
    let BothRequest { password, code } = body.value;
    let hash = verified(&state, &caller, password).await?;
    let keys = state.keys.clone();
    let (checked, recovery_codes) = state
        .app
        .write(move |tx| second_factor::replace_codes(tx, &caller.0, keys.vault(), &hash, &code))
        .await?;
    checked.into_result()?;
    Ok(Answer::made(RecoveryCodesView { recovery_codes }).secret())
}

/// Removes the second factor. Your other sessions end.
#[utoipa::path(tag = "accounts", request_body = BothRequest,
    responses((status = 204, description = "It is gone"),
              (status = 429, description = "Too many passwords are being checked, or too many wrong codes came")),
    extensions(("x-action" = json!("manage_second_factor"))))]
#[post("/me/second-factor/removal")]
async fn remove_second_factor(state: web::Data<State>, caller: Caller, body: Body<BothRequest>) -> Reply<()> {
    let BothRequest { password, code } = body.value;
    let hash = verified(&state, &caller, password).await?;
    let keys = state.keys.clone();
    let checked = state
        .app
        .write(move |tx| second_factor::remove(tx, &caller.0, keys.vault(), &hash, &code))
        .await?;
    checked.into_result()?;
    Ok(Answer::empty())
}

/// The hash of the caller's password, if this is their password.
pub(super) async fn verified(state: &State, caller: &Caller, password: String) -> Result<String> {
    let actor = caller.0.clone();
    let hash = state
        .app
        .read(move |tx| second_factor::own_credentials(tx, &actor))
        .await?;
    if !state.passwords.verify(password, Some(hash.clone())).await? {
        return Err(Error::invalid("/password", "password_wrong"));
    }
    Ok(hash)
}
