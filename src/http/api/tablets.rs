//! Tablets of a hall, on which judges take turns.

use std::sync::Arc;

use actix_web::{delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::tablets::{self, Shown};
use crate::domain::ids::PublicId;
use crate::domain::second_factor::grouped;
use crate::domain::text::Slug;
use crate::domain::time::Stamp;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller};
use crate::http::mount::Mount;
use crate::http::{State, qr};

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(add_tablet)
        .service(list_tablets)
        .service(remove_tablet);
}

/// A tablet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TabletBody)]
struct TabletRequest {
    /// What it is called in the hall.
    #[schema(example = "Hall A, table 3")]
    name: String,
    /// Until when judges sign in on it, at most 92 days ahead; left out for 14 days.
    #[serde(default)]
    expires_at: Option<Stamp>,
}

/// Who sits at a tablet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SittingJudge)]
struct SittingView {
    /// What they are called.
    #[schema(example = "Wang Li")]
    name: String,
    /// Since when.
    since: Stamp,
}

/// A tablet of a hall.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tablet)]
struct TabletView {
    /// Its id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// What it is called in the hall.
    #[schema(example = "Hall A, table 3")]
    name: String,
    /// When it was named.
    created_at: Stamp,
    /// Until when judges sign in on it; exclusive.
    expires_at: Stamp,
    /// When its link was used; before that it is nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    bound_at: Option<Stamp>,
    /// Whose turn it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    sitting: Option<SittingView>,
}

/// A new tablet; the link that binds it is shown once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewTablet)]
struct NewTabletView {
    /// The tablet.
    tablet: TabletView,
    /// What is opened on the tablet, once. Opening it binds nothing; a button on the page does.
    #[schema(example = "https://contest.example.org/tablet#abcdefghjkmnpqrstuvwxyz123")]
    url: String,
    /// The same as a QR code, an SVG document.
    #[schema(example = "<svg…")]
    qr_svg: String,
    /// What is typed where nothing can be scanned.
    #[schema(example = "abcd-efgh-jkmn-pqrs-tuvw-xyz1-23")]
    code: String,
}

/// The tablets of a competition.
#[derive(Debug, Serialize, ToSchema)]
struct TabletList {
    /// In the order in which they were named.
    items: Vec<TabletView>,
}

/// Names a tablet on which judges take turns, and gives the link that binds it.
#[utoipa::path(tag = "judge links", request_body = TabletRequest,
    responses((status = 201, description = "The tablet", body = NewTabletView)),
    extensions(("x-action" = json!("manage_judge_links")), ("x-repeatable" = json!(false))))]
#[post("/competitions/{slug}/tablets")]
async fn add_tablet(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    body: Body<TabletRequest>,
) -> Reply<NewTabletView> {
    let TabletRequest { name, expires_at } = body.value;
    let post = Arc::clone(&state.post);
    let made = state
        .app
        .write(move |tx| tablets::add(tx, &post, &caller.0, &path, &name, expires_at))
        .await?;
    let url = format!("{}/tablet#{}", state.public_url, made.code);
    let view = NewTabletView {
        tablet: view(made.shown),
        qr_svg: qr::picture(&url)?,
        url,
        code: grouped(&made.code),
    };
    Ok(Answer::made(view).secret())
}

/// The tablets that were not removed, and who sits at each.
#[utoipa::path(tag = "judge links", responses((status = 200, description = "The tablets", body = TabletList)),
    extensions(("x-action" = json!("manage_judge_links"))))]
#[get("/competitions/{slug}/tablets")]
async fn list_tablets(state: web::Data<State>, caller: Caller, path: web::Path<Slug>) -> Reply<TabletList> {
    let tablets = state
        .app
        .read(move |tx| tablets::list(tx, &caller.0, &path))
        .await?;
    Ok(Answer::ok(TabletList {
        items: tablets.into_iter().map(view).collect(),
    }))
}

/// Removes a tablet; who sits at it is signed out with the next request.
#[utoipa::path(tag = "judge links", responses((status = 204, description = "It is removed")),
    extensions(("x-action" = json!("manage_judge_links"))))]
#[delete("/competitions/{slug}/tablets/{id}")]
async fn remove_tablet(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, String)>,
) -> Reply<()> {
    let (slug, id) = path.into_inner();
    let id = PublicId(id);
    state
        .app
        .write(move |tx| tablets::remove(tx, &caller.0, &slug, &id))
        .await?;
    Ok(Answer::empty())
}

fn view(shown: Shown) -> TabletView {
    TabletView {
        id: shown.tablet.public_id.0,
        name: shown.tablet.name,
        created_at: shown.tablet.created_at,
        expires_at: shown.tablet.expires_at,
        bound_at: shown.tablet.bound_at,
        sitting: shown.sitting.map(|(name, since)| SittingView { name, since }),
    }
}
