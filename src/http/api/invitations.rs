//! Invitations to a role.

use std::sync::Arc;

use actix_web::{delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::members::AppointmentRequest;
use crate::app::invitations;
use crate::domain::ids::PublicId;
use crate::domain::text::{Code, Slug};
use crate::domain::time::Stamp;
use crate::domain::user::Role;
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Language};
use crate::http::mount::Mount;
use crate::store::invitations::Invitation;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(list_invitations)
        .service(invite)
        .service(revoke_invitation)
        .service(accept_invitation);
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
struct InvitationView {
    /// Its id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// For whom.
    #[schema(example = "judge.zhao@example.org")]
    email: String,
    /// To which role.
    role: Role,
    /// The region that the role is to be limited to.
    region: Option<Code>,
    /// When it was sent.
    created_at: Stamp,
    /// Until when it can be accepted.
    expires_at: Stamp,
    /// When it was accepted.
    accepted_at: Option<Stamp>,
}

/// An invitation with what is shown only once.
#[derive(Debug, Serialize, ToSchema)]
struct NewInvitationView {
    /// Its id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// For whom.
    #[schema(example = "judge.zhao@example.org")]
    email: String,
    /// To which role.
    role: Role,
    /// The region that the role is to be limited to.
    region: Option<Code>,
    /// Until when it can be accepted.
    expires_at: Stamp,
    /// The token that accepts it.
    #[schema(example = "mV3kq0Zw1uYx")]
    token: String,
    /// The link to pass on.
    #[schema(example = "https://palmares.example/invitations/mV3k…")]
    link: String,
}

/// The invitations of a competition.
#[derive(Debug, Serialize, ToSchema)]
struct InvitationList {
    /// In the order they were sent; those that were taken back are left out.
    items: Vec<InvitationView>,
}

/// The token of an invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InvitationAcceptance)]
struct AcceptanceRequest {
    /// The token, the last part of the link.
    #[schema(example = "mV3k…")]
    token: String,
}

/// What you are now.
#[derive(Debug, Serialize, ToSchema)]
struct AcceptanceView {
    /// In which competition.
    competition: Slug,
    /// The role.
    role: Role,
    /// The region that it is limited to.
    region: Option<Code>,
}

/// The invitations of a competition.
#[utoipa::path(tag = "members", responses((status = 200, description = "The invitations", body = InvitationList)),
    extensions(("x-action" = json!("manage_members"))))]
#[get("/competitions/{slug}/invitations")]
async fn list_invitations(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
) -> Reply<InvitationList> {
    let list = state
        .app
        .read(move |tx| invitations::list(tx, &caller.0, &path))
        .await?;
    Ok(Answer::ok(InvitationList {
        items: list.into_iter().map(view).collect(),
    }))
}

/// Invites an address to a role, by mail where this server sends any. The link is for you to pass on, too, and is shown only
/// now.
#[utoipa::path(tag = "members", request_body = AppointmentRequest,
    responses((status = 201, description = "The invitation", body = NewInvitationView)),
    extensions(("x-action" = json!("manage_members")), ("x-repeatable" = json!(false))))]
#[post("/competitions/{slug}/invitations")]
async fn invite(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    language: Language,
    body: Body<AppointmentRequest>,
) -> Reply<NewInvitationView> {
    let appointment = body.value.parse()?;
    let post = Arc::clone(&state.post);
    let (invitation, token) = state
        .app
        .write(move |tx| invitations::invite(tx, &post, &caller.0, &path, &appointment, language.0))
        .await?;
    Ok(Answer::made(NewInvitationView {
        id: invitation.public_id.0,
        email: invitation.email.to_string(),
        role: invitation.role,
        region: invitation.region,
        expires_at: invitation.expires_at,
        link: format!("{}/invitations/{token}", state.public_url),
        token,
    })
    .secret())
}

/// Takes an invitation back.
#[utoipa::path(tag = "members", responses((status = 204, description = "It can't be accepted any more")),
    extensions(("x-action" = json!("manage_members"))))]
#[delete("/competitions/{slug}/invitations/{id}")]
async fn revoke_invitation(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, String)>,
) -> Reply<()> {
    let (slug, id) = path.into_inner();
    let id = PublicId(id);
    state
        .app
        .write(move |tx| invitations::revoke(tx, &caller.0, &slug, &id))
        .await?;
    Ok(Answer::empty())
}

/// Accepts an invitation that was sent to your address.
#[utoipa::path(tag = "accounts", request_body = AcceptanceRequest,
    responses((status = 200, description = "What you are now", body = AcceptanceView),
        (status = 409, description = "It was accepted already, or has ended")),
    extensions(("x-action" = json!("accept_invitation"))))]
#[post("/invitations/acceptance")]
async fn accept_invitation(
    state: web::Data<State>,
    caller: Caller,
    body: Body<AcceptanceRequest>,
) -> Reply<AcceptanceView> {
    let token = body.value.token;
    let accepted = state
        .app
        .write(move |tx| invitations::accept(tx, &caller.0, &token))
        .await?;
    let invitations::Accepted {
        competition,
        role,
        region,
    } = accepted;
    Ok(Answer::ok(AcceptanceView {
        competition,
        role,
        region,
    }))
}

fn view(invitation: Invitation) -> InvitationView {
    InvitationView {
        id: invitation.public_id.0,
        email: invitation.email.to_string(),
        role: invitation.role,
        region: invitation.region,
        created_at: invitation.created_at,
        expires_at: invitation.expires_at,
        accepted_at: invitation.accepted_at,
    }
}
