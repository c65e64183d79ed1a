//! Single sign-on: who signs people in, and who one is there.

use actix_web::{delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::identities;
use crate::app::providers::{Errand, LIFE};
use crate::domain::ids::PublicId;
use crate::domain::text::{Code, Text};
use crate::domain::time::Stamp;
use crate::error::Result;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::cookies;
use crate::http::extract::{Body, Caller};
use crate::http::mount::Mount;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(list_providers)
        .service(list_identities)
        .service(link_identity)
        .service(unlink_identity);
}

/// A provider of single sign-on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignInProvider)]
struct ProviderView {
    /// Its name in addresses.
    code: Code,
    /// What to write on its button.
    label: Text,
    /// Where the button leads: the browser goes there and comes back signed in, with the session in cookies. `?to=/path`
    /// says where to go then.
    #[schema(example = "https://palmares.example/sign-in/campus")]
    url: String,
}

/// The providers of single sign-on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignInProviders)]
struct ProviderList {
    /// In the order in which to show them.
    items: Vec<ProviderView>,
}

/// Who you are at a provider.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Identity)]
struct IdentityView {
    /// Its id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// The provider.
    provider: Code,
    /// Since when it signs you in.
    created_at: Stamp,
    /// When it did last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Stamp>,
}

/// What you have to sign in with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Identities)]
struct IdentityList {
    /// Whether you have a password.
    password: bool,
    /// Who you are at providers, the oldest first.
    items: Vec<IdentityView>,
}

/// A provider to link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IdentityLink)]
struct LinkRequest {
    /// The provider.
    #[schema(example = "campus")]
    provider: String,
}

/// Where to go to link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdentityLinkBegun)]
struct LinkView {
    /// The browser that got the cookie of this answer goes there.
    #[schema(example = "https://id.example.edu/authorize?client_id=palmares&…")]
    url: String,
    /// Seconds until it can't come back any more.
    #[schema(example = 600)]
    expires_in: i64,
}

/// Who signs people in beside this server, for the buttons of a sign-in page.
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The providers", body = ProviderList)))]
#[get("/sign-in-providers")]
async fn list_providers(state: web::Data<State>) -> Reply<ProviderList> {
    let shown = state.providers.list().map(|provider| ProviderView {
        code: provider.code.clone(),
        label: provider.label.clone(),
        url: format!("{}/sign-in/{}", state.public_url, provider.code),
    });
    Ok(Answer::ok(ProviderList {
        items: shown.collect(),
    }))
}

/// What you have to sign in with.
#[utoipa::path(tag = "accounts", responses((status = 200, description = "What you have", body = IdentityList)),
    extensions(("x-action" = json!("manage_sessions"))))]
#[get("/me/identities")]
async fn list_identities(state: web::Data<State>, caller: Caller) -> Reply<IdentityList> {
    let ways = state.app.read(move |tx| identities::list(tx, &caller.0)).await?;
    let shown = ways.identities.into_iter().map(|identity| IdentityView {
        id: identity.public_id.0,
        provider: identity.provider,
        created_at: identity.created_at,
        last_used_at: identity.last_used_at,
    });
    Ok(Answer::ok(IdentityList {
        password: ways.password,
        items: shown.collect(),
    }))
}

/// Begins to link an account elsewhere to yours: go to the address of the answer with the browser that got its cookie, sign
/// in there, and it comes back linked.
#[utoipa::path(tag = "accounts", request_body = LinkRequest,
    responses((status = 202, description = "Where to go", body = LinkView),
        (status = 503, description = "The provider does not answer")),
    extensions(("x-action" = json!("change_credentials")), ("x-repeatable" = json!(false))))]
#[post("/me/identities")]
async fn link_identity(state: web::Data<State>, caller: Caller, body: Body<LinkRequest>) -> Reply<LinkView> {
    let session = state.app.read(move |tx| identities::ask(tx, &caller.0)).await?;
    let errand = Errand {
        link: Some(session),
        to: None,
    };
    let (url, cookie) = begin(&state, &body.value.provider, errand).await?;
    let view = LinkView {
        url,
        expires_in: LIFE,
    };
    Ok(Answer::accepted(view).secret().cookies([cookie]))
}

/// Takes an account elsewhere from yours: it signs you in no longer. Sessions that it began stay.
#[utoipa::path(tag = "accounts",
    responses((status = 204, description = "It is gone"),
        (status = 409, description = "You would have nothing left to sign in with")),
    extensions(("x-action" = json!("change_credentials"))))]
#[delete("/me/identities/{id}")]
async fn unlink_identity(state: web::Data<State>, caller: Caller, path: web::Path<String>) -> Reply<()> {
    let id = PublicId(path.into_inner());
    let issuers: Vec<String> = state.providers.list().map(|p| p.issuer.clone()).collect();
    state
        .app
        .write(move |tx| identities::unlink(tx, &caller.0, &id, &issuers))
        .await?;
    Ok(Answer::empty())
}

/// Begins a sign-in at a provider: where the browser goes, and the cookie that it comes back with.
pub(in crate::http) async fn begin(
    state: &State,
    provider: &str,
    errand: Errand,
) -> Result<(String, String)> {
    cookies::may_keep(&state.edge)?;
    let begun = state
        .providers
        .begin(state.keys.vault(), provider, errand, state.app.now())
        .await?;
    Ok((begun.url, cookies::set_sign_in(&state.edge, &begun.sealed, LIFE)))
}
