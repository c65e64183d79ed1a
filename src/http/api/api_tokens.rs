//! API tokens for programs.

use actix_web::{delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::api_tokens::{self, Wanted};
use crate::domain::api_token::Scope;
use crate::domain::ids::PublicId;
use crate::domain::text::Slug;
use crate::domain::time::Stamp;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller};
use crate::http::mount::Mount;
use crate::store::api_tokens::ApiToken;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(list_tokens)
        .service(issue_token)
        .service(revoke_token);
}

/// A token for a program.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TokenRequest {
    /// What you call it.
    #[schema(example = "Score board in the hall", min_length = 1, max_length = 200)]
    name: String,
    /// What it is to be good for; never for more than you may do yourself.
    #[schema(example = json!(["read"]), min_items = 1)]
    scopes: Vec<Scope>,
    /// The only competition that it is to be good for.
    #[serde(default)]
    #[schema(example = "talents-cup-2026")]
    competition: Option<Slug>,
    /// Until when: at most 366 days, 90 without a word.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-31T00:00:00Z")]
    expires_at: Option<Stamp>,
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiToken)]
struct TokenView {
    /// Its id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// What you call it.
    #[schema(example = "Score board in the hall")]
    name: String,
    /// What it is good for.
    #[schema(example = json!(["read"]))]
    scopes: Vec<Scope>,
    /// The only competition that it is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    competition: Option<Slug>,
    /// When it was made.
    created_at: Stamp,
    /// Until when it is good.
    expires_at: Stamp,
    /// When it was last used, to about five minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Stamp>,
}

/// A new token; shown once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewApiToken)]
struct NewTokenView {
    /// The program sends it as `Authorization: Bearer plm_…`.
    #[schema(example = "plm_…")]
    secret: String,
    /// What it is good for, and until when.
    token: TokenView,
}

/// Your tokens.
#[derive(Debug, Serialize, ToSchema)]
struct TokenList {
    /// The newest first.
    items: Vec<TokenView>,
}

/// Your API tokens that were not revoked.
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The tokens", body = TokenList)),
    extensions(("x-action" = json!("manage_tokens"))))]
#[get("/me/tokens")]
async fn list_tokens(state: web::Data<State>, caller: Caller) -> Reply<TokenList> {
    let tokens = state.app.read(move |tx| api_tokens::list(tx, &caller.0)).await?;
    Ok(Answer::ok(TokenList {
        items: tokens.into_iter().map(view).collect(),
    }))
}

/// Makes an API token for a program. It takes a sign-in of the last 15 minutes, or `POST /sessions/current/proof`.
#[utoipa::path(tag = "accounts", request_body = TokenRequest,
    responses((status = 201, description = "The token", body = NewTokenView)),
    extensions(("x-action" = json!("issue_token")), ("x-repeatable" = json!(false))))]
#[post("/me/tokens")]
async fn issue_token(
    state: web::Data<State>,
    caller: Caller,
    body: Body<TokenRequest>,
) -> Reply<NewTokenView> {
    let TokenRequest {
        name,
        scopes,
        competition,
        expires_at,
    } = body.value;
    let wanted = Wanted {
        name,
        scopes,
        competition,
        expires_at,
    };
    let made = state
        .app
        .write(move |tx| api_tokens::issue(tx, &caller.0, &wanted))
        .await?;
    let view = NewTokenView {
        secret: made.token,
        token: view(made.shown),
    };
    Ok(Answer::made(view).secret())
}

/// Revokes one of your API tokens: the program is out with the next request.
#[utoipa::path(tag = "accounts", responses((status = 204, description = "It is revoked")),
    extensions(("x-action" = json!("manage_tokens"))))]
#[delete("/me/tokens/{id}")]
async fn revoke_token(state: web::Data<State>, caller: Caller, path: web::Path<String>) -> Reply<()> {
    let id = PublicId(path.into_inner());
    state
        .app
        .write(move |tx| api_tokens::revoke(tx, &caller.0, &id))
        .await?;
    Ok(Answer::empty())
}

fn view(token: ApiToken) -> TokenView {
    TokenView {
        id: token.public_id.0,
        name: token.name,
        scopes: token.scopes.into_inner(),
        competition: token.competition,
        created_at: token.created_at,
        expires_at: token.expires_at,
        last_used_at: token.last_used_at,
    }
}
