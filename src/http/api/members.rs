//! Members of a competition.

use actix_web::{delete, get, post, put, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::users::parse_email;
use crate::app::members;
use crate::domain::ids::PublicId;
use crate::domain::text::{Code, Slug};
use crate::domain::user::{Appointment, Role};
use crate::http::State;
use crate::http::answer::{Answer, Reply};
use crate::http::extract::{Body, Caller, Precondition};
use crate::http::mount::Mount;
use crate::store::members::Member;

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(list_members)
        .service(add_member)
        .service(remove_member)
        .service(grant_exception)
        .service(end_exception);
}

/// A role for somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AppointmentBody)]
pub(super) struct AppointmentRequest {
    /// Their address.
    #[schema(example = "judge.zhao@example.org")]
    pub(super) email: String,
    /// The role.
    pub(super) role: Role,
    /// The region that it is to be limited to.
    #[serde(default)]
    pub(super) region: Option<Code>,
}

impl AppointmentRequest {
    pub(super) fn parse(self) -> crate::error::Result<Appointment> {
        Ok(Appointment {
            email: parse_email(&self.email)?,
            role: self.role,
            region: self.region,
        })
    }
}

/// A reason.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExceptionBody)]
struct ExceptionRequest {
    /// Why.
    #[schema(example = "Only helps with the hall; takes no part in judging.")]
    reason: String,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
struct MemberUser {
    /// The person's id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// Their address.
    #[schema(example = "wang.li@example.org")]
    email: String,
    /// What they are called.
    #[schema(example = "Wang Li")]
    name: String,
}

/// A member of a competition.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
struct MemberView {
    /// The membership's id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// Who.
    user: MemberUser,
    /// The role.
    role: Role,
    /// The region that it is limited to.
    region: Option<Code>,
    /// Why they keep their rights in spite of an interest in an entry, if an admin said so.
    interest_exception: Option<String>,
    /// Counts changes.
    version: i64,
}

/// The members of a competition.
#[derive(Debug, Serialize, ToSchema)]
struct MemberList {
    /// In the order they came.
    items: Vec<MemberView>,
}

/// Who is what in a competition.
#[utoipa::path(tag = "members", responses((status = 200, description = "The members", body = MemberList)),
    extensions(("x-action" = json!("read_members"))))]
#[get("/competitions/{slug}/members")]
async fn list_members(state: web::Data<State>, caller: Caller, path: web::Path<Slug>) -> Reply<MemberList> {
    let members = state
        .app
        .read(move |tx| members::list(tx, &caller.0, &path))
        .await?;
    Ok(Answer::ok(MemberList {
        items: members.into_iter().map(view).collect(),
    }))
}

/// Gives somebody with an account a role.
#[utoipa::path(tag = "members", request_body = AppointmentRequest,
    responses((status = 201, description = "The membership", body = MemberView)),
    extensions(("x-action" = json!("manage_members")), ("x-repeatable" = json!(false))))]
#[post("/competitions/{slug}/members")]
async fn add_member(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
    body: Body<AppointmentRequest>,
) -> Reply<MemberView> {
    let appointment = body.value.parse()?;
    let member = state
        .app
        .write(move |tx| members::add(tx, &caller.0, &path, &appointment))
        .await?;
    Ok(Answer::made(view(member)))
}

/// Ends a membership; its rights end at once.
#[utoipa::path(tag = "members", responses((status = 204, description = "It ended")),
    extensions(("x-action" = json!("manage_members"))))]
#[delete("/competitions/{slug}/members/{id}")]
async fn remove_member(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, String)>,
) -> Reply<()> {
    let (slug, id) = path.into_inner();
    let id = PublicId(id);
    state
        .app
        .write(move |tx| members::remove(tx, &caller.0, &slug, &id))
        .await?;
    Ok(Answer::empty())
}

/// Lets a member keep their rights in spite of an interest in an entry.
#[utoipa::path(tag = "members", request_body = ExceptionRequest,
    responses((status = 200, description = "The membership", body = MemberView)),
    extensions(("x-action" = json!("grant_exception"))))]
#[put("/competitions/{slug}/members/{id}/exception")]
async fn grant_exception(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, String)>,
    base: Precondition,
    body: Body<ExceptionRequest>,
) -> Reply<MemberView> {
    let (slug, id) = path.into_inner();
    let (id, reason) = (PublicId(id), body.value.reason);
    let member = state
        .app
        .write(move |tx| members::except(tx, &caller.0, &slug, &id, base.version(), &reason))
        .await?;
    let version = member.version;
    Ok(Answer::ok(view(member)).version(version))
}

/// Takes an exception back: an interest in an entry ends the member's rights again, with the next request.
#[utoipa::path(tag = "members", responses((status = 200, description = "The membership", body = MemberView)),
    extensions(("x-action" = json!("grant_exception"))))]
#[delete("/competitions/{slug}/members/{id}/exception")]
async fn end_exception(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, String)>,
) -> Reply<MemberView> {
    let (slug, id) = path.into_inner();
    let id = PublicId(id);
    let member = state
        .app
        .write(move |tx| members::end_exception(tx, &caller.0, &slug, &id))
        .await?;
    let version = member.version;
    Ok(Answer::ok(view(member)).version(version))
}

fn view(member: Member) -> MemberView {
    MemberView {
        id: member.public_id.0,
        user: MemberUser {
            id: member.user_public_id.0,
            email: member.email.to_string(),
            name: member.name,
        },
        role: member.role,
        region: member.region,
        interest_exception: member.interest_exception,
        version: member.version,
    }
}
