//! Other people's accounts, for admins.

use std::sync::Arc;

use actix_web::{delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::accounts;
use crate::domain::ids::PublicId;
use crate::domain::time::Stamp;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Empty, Language, Params, number};
use crate::http::mount::Mount;
use crate::store::page::Limit;
use crate::store::users::Account;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(list_accounts)
        .service(suspend_account)
        .service(reinstate_account)
        .service(end_sessions_of)
        .service(remove_second_factor_of);
}

/// Which accounts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AccountQuery {
    /// Those whose address or name has this in it.
    #[serde(default)]
    q: Option<String>,
    /// Where the last page ended.
    #[serde(default)]
    cursor: Option<String>,
    /// At most so many, 1 to 200.
    #[serde(default, deserialize_with = "number")]
    limit: Option<usize>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
struct AccountView {
    /// The person's id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// The address they sign in with.
    #[schema(example = "wang.li@example.org")]
    email: String,
    /// What they are called.
    #[schema(example = "Wang Li")]
    name: String,
    /// Whether they administer the instance.
    admin: bool,
    /// Whether they have a second factor.
    second_factor: bool,
    /// Since when.
    created_at: Stamp,
    /// Since when they may not sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended_at: Option<Stamp>,
}

/// A page of accounts.
#[derive(Debug, Serialize, ToSchema)]
struct AccountList {
    /// By their addresses.
    items: Vec<AccountView>,
    /// The cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A reason, for the log.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountReason {
    /// Why.
    #[schema(example = "Left the organization.")]
    reason: String,
}

/// Who has an account.
#[utoipa::path(tag = "accounts", params(AccountQuery),
    responses((status = 200, description = "The accounts", body = AccountList)),
    extensions(("x-action" = json!("read_accounts"))))]
#[get("/users")]
async fn list_accounts(
    state: web::Data<State>,
    caller: Caller,
    query: Params<AccountQuery>,
) -> Reply<AccountList> {
    let AccountQuery { q, cursor, limit } = query.0;
    let limit = Limit::new(limit)?;
    let page = state
        .app
        .read(move |tx| accounts::list(tx, &caller.0, q.as_deref(), cursor.as_deref(), limit))
        .await?;
    let view = |account: Account| AccountView {
        id: account.public_id.0,
        email: account.email.to_string(),
        name: account.name,
        admin: account.is_admin,
        second_factor: account.second_factor_at.is_some(),
        created_at: account.created_at,
        suspended_at: account.disabled_at,
    };
    let page = page.map(view);
    Ok(Answer::ok(AccountList {
        items: page.items,
        next: page.next,
    }))
}

/// Suspends an account: its sessions end and its API tokens are revoked, at once. Never one's own.
#[utoipa::path(tag = "accounts", request_body = AccountReason,
    responses((status = 204, description = "It is suspended")),
    extensions(("x-action" = json!("manage_accounts"))))]
#[post("/users/{id}/suspension")]
async fn suspend_account(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    body: Body<AccountReason>,
) -> Reply<()> {
    let (id, reason) = (PublicId(path.into_inner()), body.value.reason);
    state
        .app
        .write(move |tx| accounts::suspend(tx, &caller.0, &id, &reason))
        .await?;
    Ok(Answer::empty())
}

/// Lets a suspended account in again.
#[utoipa::path(tag = "accounts", responses((status = 204, description = "It may sign in")),
    extensions(("x-action" = json!("manage_accounts"))))]
#[post("/users/{id}/reinstatement")]
async fn reinstate_account(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    _body: Empty,
) -> Reply<()> {
    let id = PublicId(path.into_inner());
    state
        .app
        .write(move |tx| accounts::reinstate(tx, &caller.0, &id))
        .await?;
    Ok(Answer::empty())
}

/// Ends every session of somebody and revokes their API tokens.
#[utoipa::path(tag = "accounts", responses((status = 204, description = "They are out")),
    extensions(("x-action" = json!("manage_accounts"))))]
#[delete("/users/{id}/sessions")]
async fn end_sessions_of(state: web::Data<State>, caller: Caller, path: web::Path<String>) -> Reply<()> {
    let id = PublicId(path.into_inner());
    state
        .app
        .write(move |tx| accounts::end_sessions(tx, &caller.0, &id))
        .await?;
    Ok(Answer::empty())
}

/// Removes the second factor of somebody who lost it, and ends their sessions. Never one's own.
#[utoipa::path(tag = "accounts", request_body = AccountReason,
    responses((status = 204, description = "It is gone")),
    extensions(("x-action" = json!("manage_accounts"))))]
#[post("/users/{id}/second-factor/removal")]
async fn remove_second_factor_of(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<String>,
    language: Language,
    body: Body<AccountReason>,
) -> Reply<()> {
    let (id, reason) = (PublicId(path.into_inner()), body.value.reason);
    let (post, lang) = (Arc::clone(&state.post), language.0);
    state
        .app
        .write(move |tx| accounts::remove_second_factor(tx, &post, &caller.0, &id, &reason, lang))
        .await?;
    Ok(Answer::empty())
}
