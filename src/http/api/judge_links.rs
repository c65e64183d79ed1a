//! Links that sign judges in for one competition.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder, delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sessions::{SessionView, given};
use crate::app::entrance::Session;
use crate::app::judge_links::{self, Device, Issued, Made, Shown, Wanted};
use crate::app::tablets::{self, Shows};
use crate::domain::ids::PublicId;
use crate::domain::judge_link::{self, Standing};
use crate::domain::second_factor::grouped;
use crate::domain::text::{Code, Lang, Slug};
use crate::domain::time::Stamp;
use crate::error::{Error, Result, Unauthenticated};
use crate::http::answer::{Answer, Reply};
use crate::http::client::Visitor;
use crate::http::extract::{Body, Caller, Language, UserAgent, blocking};
use crate::http::mount::Mount;
use crate::http::problem::Problem;
use crate::http::{State, cookies, pages, qr};

/// Mounts the addresses of this file.
pub fn routes(config: &mut Mount<'_, '_>) {
    config
        .service(issue_judge_links)
        .service(list_judge_links)
        .service(renew_judge_link)
        .service(revoke_judge_link)
        .service(sign_in_by_link);
}

/// Whose links to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JudgeLinksBody)]
struct IssueRequest {
    /// The ids of judges; left out for all judges of the competition.
    #[serde(default)]
    #[schema(example = json!(["Q0s5dHVqYk1zZ2Zx"]))]
    judges: Option<Vec<String>>,
    /// Only those who judge in this round.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "final")]
    round: Option<Code>,
    /// From when they sign in; left out for now.
    #[serde(default)]
    opens_at: Option<Stamp>,
    /// Until when, at most 92 days ahead; left out for 14 days after the beginning.
    #[serde(default)]
    expires_at: Option<Stamp>,
    /// On how many devices at a time each signs in: 1 to 10, without a word 1. Tablets of the hall don't count.
    #[serde(default)]
    #[schema(example = 1, minimum = 1, maximum = 10)]
    devices: Option<i64>,
    /// Whether judges who have a link get a new one in its place; the old ones and their sessions end.
    #[serde(default)]
    #[schema(example = false)]
    reissue: bool,
    /// Whether each judge gets the link by mail, too.
    #[serde(default)]
    #[schema(example = false)]
    send: bool,
}

/// How a new link reaches its judge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JudgeLinkRenewalBody)]
struct RenewRequest {
    /// Whether the judge gets it by mail, too.
    #[serde(default)]
    #[schema(example = false)]
    send: bool,
}

/// The code of a judge's link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JudgeLinkSignIn)]
struct CodeRequest {
    /// The code: what follows `#` in the link, with or without hyphens.
    #[schema(example = "abcd-efgh-jkmn-pqrs-tuvw-xyz1-23")]
    code: String,
    /// Whether the session is kept in cookies, for pages of this server.
    #[serde(default)]
    #[schema(example = false)]
    cookie: bool,
}

/// A judge.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JudgeOfLink)]
struct JudgeView {
    /// The person's id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// What they are called.
    #[schema(example = "Wang Li")]
    name: String,
}

/// A session that a link began.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JudgeLinkSession)]
struct BegunView {
    /// On what, in few words, as the client told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Chrome, Android")]
    device: Option<String>,
    /// The tablet of the hall on which it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Hall A, table 3")]
    tablet: Option<String>,
    /// When it was begun.
    began_at: Stamp,
    /// When it was last kept up.
    last_used_at: Stamp,
}

/// A link that signs a judge in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JudgeLink)]
struct LinkView {
    /// Its id.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    id: String,
    /// Whose it is.
    judge: JudgeView,
    /// How far it is.
    standing: Standing,
    /// From when it signs in.
    opens_at: Stamp,
    /// Until when; exclusive.
    expires_at: Stamp,
    /// On how many devices at a time.
    #[schema(example = 1)]
    devices: i64,
    /// When it was made.
    created_at: Stamp,
    /// When somebody last signed in with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_at: Option<Stamp>,
    /// What it began and has not ended, the oldest first.
    sessions: Vec<BegunView>,
}

/// A new link; its secrets are shown once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewJudgeLink)]
struct NewLinkView {
    /// The link.
    link: LinkView,
    /// What the judge opens. Opening it spends nothing; a button on the page does.
    #[schema(example = "https://contest.example.org/judge#abcdefghjkmnpqrstuvwxyz123")]
    url: String,
    /// The same as a QR code, an SVG document.
    #[schema(example = "<svg…")]
    qr_svg: String,
    /// What is typed where nothing can be scanned.
    #[schema(example = "abcd-efgh-jkmn-pqrs-tuvw-xyz1-23")]
    code: String,
    /// What is typed on a tablet of the hall; good for nothing elsewhere.
    #[schema(example = "12345678")]
    pin: String,
}

/// What was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JudgeLinks)]
struct IssuedView {
    /// The new links, in the order in which their judges came.
    items: Vec<NewLinkView>,
    /// The links of judges who had one, which stay as they are; `reissue` replaces them.
    kept: Vec<LinkView>,
}

/// The links of a competition.
#[derive(Debug, Serialize, ToSchema)]
struct JudgeLinkList {
    /// In the order in which they were made.
    items: Vec<LinkView>,
}

/// Makes links that sign judges in, each for this competition alone. Their secrets are shown once: print them now.
///
/// With `Accept: text/html` the answer is a sheet to print, with a card for each judge.
#[utoipa::path(tag = "judge links", request_body = IssueRequest,
    responses((status = 201, description = "The links",
               content((IssuedView = "application/json"), (String = "text/html")))),
    extensions(("x-action" = json!("manage_judge_links")), ("x-repeatable" = json!(false))))]
#[post("/competitions/{slug}/judge-links")]
async fn issue_judge_links(
    state: web::Data<State>,
    request: HttpRequest,
    caller: Caller,
    path: web::Path<Slug>,
    language: Language,
    body: Body<IssueRequest>,
) -> Result<HttpResponse, Problem> {
    let IssueRequest {
        judges,
        round,
        opens_at,
        expires_at,
        devices,
        reissue,
        send,
    } = body.value;
    let wanted = Wanted {
        judges: judges.map(|ids| ids.into_iter().map(PublicId).collect()),
        round,
        opens_at,
        expires_at,
        devices,
        reissue,
        send,
    };
    let (post, lang) = (Arc::clone(&state.post), language.0);
    let issued = state
        .app
        .write(move |tx| judge_links::issue(tx, &post, &caller.0, &path, &wanted, lang))
        .await?;
    answer(&state, &request, issued, lang).await
}

/// The judges' links that were not revoked, with what they began. Their secrets are not told.
#[utoipa::path(tag = "judge links", responses((status = 200, description = "The links", body = JudgeLinkList)),
    extensions(("x-action" = json!("manage_judge_links"))))]
#[get("/competitions/{slug}/judge-links")]
async fn list_judge_links(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<Slug>,
) -> Reply<JudgeLinkList> {
    let links = state
        .app
        .read(move |tx| judge_links::list(tx, &caller.0, &path))
        .await?;
    Ok(Answer::ok(JudgeLinkList {
        items: links.into_iter().map(view).collect(),
    }))
}

/// Makes a new link in the place of one: the old one and its sessions end. With `Accept: text/html` it is a sheet to print.
#[utoipa::path(tag = "judge links", request_body = RenewRequest,
    responses((status = 201, description = "The link",
               content((IssuedView = "application/json"), (String = "text/html")))),
    extensions(("x-action" = json!("manage_judge_links")), ("x-repeatable" = json!(false))))]
#[post("/competitions/{slug}/judge-links/{id}/renewal")]
async fn renew_judge_link(
    state: web::Data<State>,
    request: HttpRequest,
    caller: Caller,
    path: web::Path<(Slug, String)>,
    language: Language,
    body: Body<RenewRequest>,
) -> Result<HttpResponse, Problem> {
    let (slug, id) = path.into_inner();
    let (post, lang, id) = (Arc::clone(&state.post), language.0, PublicId(id));
    let by_message = body.value.send.then_some(lang);
    let issued = state
        .app
        .write(move |tx| judge_links::renew(tx, &post, &caller.0, &slug, &id, by_message))
        .await?;
    answer(&state, &request, issued, lang).await
}

/// Revokes a link: whoever signed in with it is out with the next request.
#[utoipa::path(tag = "judge links", responses((status = 204, description = "It is revoked")),
    extensions(("x-action" = json!("manage_judge_links"))))]
#[delete("/competitions/{slug}/judge-links/{id}")]
async fn revoke_judge_link(
    state: web::Data<State>,
    caller: Caller,
    path: web::Path<(Slug, String)>,
) -> Reply<()> {
    let (slug, id) = path.into_inner();
    let id = PublicId(id);
    state
        .app
        .write(move |tx| judge_links::revoke(tx, &caller.0, &slug, &id))
        .await?;
    Ok(Answer::empty())
}

/// Signs a judge in with the code of their link. The session judges in the link's competition and does nothing else; it
/// asks for no second factor, and ends with the link.
///
/// On a tablet of the hall (`palmares-seat` cookie, with `cookie`) whoever sat there before is signed out.
#[utoipa::path(tag = "judge links", request_body = CodeRequest,
    responses((status = 201, description = "The session", body = SessionView),
              (status = 401, description = "Nobody has this link"),
              (status = 409, description = "The link was revoked, is not open yet or no longer, or is in use on as many devices as it allows"),
              (status = 429, description = "Too many wrong codes came from this address")))]
#[post("/sessions/judge-link")]
async fn sign_in_by_link(
    state: web::Data<State>,
    request: HttpRequest,
    agent: UserAgent,
    visitor: Visitor,
    body: Body<CodeRequest>,
) -> Result<HttpResponse, Problem> {
    let CodeRequest { code, cookie } = body.value;
    if cookie {
        cookies::may_set(&request, &state.edge)?;
    }
    let (held, seat) = if cookie {
        let edge = &state.edge;
        (cookies::held(&request, edge), cookies::seat(&request, edge))
    } else {
        (None, None)
    };
    let device = Device {
        user_agent: agent.0,
        refresh_token: held,
    };
    let on_tablet = seat.is_some();
    let session = enter(&state, &visitor, Shows::Code(code), device, seat).await?;
    let (view, cookies) = given(&state, session, cookie).await?;
    let mut response = Answer::made(view).secret().cookies(cookies).respond_to(&request);
    if on_tablet {
        cookies::wipe(&mut response);
    }
    Ok(response)
}

/// Signs a judge in, on their own device or at a seat. Wrong codes are counted for the address that brings them.
pub(in crate::http) async fn enter(
    state: &State,
    visitor: &Visitor,
    shows: Shows,
    device: Device,
    seat: Option<String>,
) -> Result<Session> {
    let now = state.app.now();
    let attempt = match (&shows, &seat) {
        // All that are tried on one tablet count together: digits are few.
        (Shows::Pin(_), Some(seat)) => state.brake.attempt("seat", seat, &visitor.0, now)?,
        (Shows::Code(code), _) => {
            let code = judge_link::read(code).unwrap_or_default();
            state.brake.attempt("judge_link", &code, &visitor.0, now)?
        }
        (Shows::Pin(_), None) => return Err(Error::Unauthenticated(Unauthenticated::Link)),
    };
    let post = Arc::clone(&state.post);
    let entered = state
        .app
        .write(move |tx| match (&shows, &seat) {
            (shows, Some(seat)) => tablets::sit(tx, &post, seat, shows),
            (Shows::Code(code), None) => judge_links::enter(tx, code, &device),
            (Shows::Pin(_), None) => Err(Error::Unauthenticated(Unauthenticated::Link)),
        })
        .await;
    attempt.settle(&entered);
    entered
}

/// What the judge opens.
pub(in crate::http) fn url(public_url: &str, code: &str) -> String {
    format!("{public_url}/judge#{code}")
}

async fn answer(
    state: &State,
    request: &HttpRequest,
    issued: Issued,
    lang: Lang,
) -> Result<HttpResponse, Problem> {
    let public_url = Arc::clone(&state.public_url);
    if wants_page(request) {
        let sheet = blocking(move || pages::sheet(&issued, &public_url, lang)).await?;
        return Ok(sheet.answer(StatusCode::CREATED));
    }
    let view = blocking(move || {
        let items = issued.made.into_iter().map(|made| new_view(made, &public_url));
        Ok(IssuedView {
            items: items.collect::<Result<_>>()?,
            kept: issued.kept.into_iter().map(view).collect(),
        })
    })
    .await?;
    Ok(Answer::made(view).secret().respond_to(request))
}

fn wants_page(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT);
    accept
        .and_then(|v| v.to_str().ok())
        .is_some_and(|accept| accept.split(',').any(|kind| kind.trim().starts_with("text/html")))
}

fn new_view(made: Made, public_url: &str) -> Result<NewLinkView> {
    let url = url(public_url, &made.code);
    Ok(NewLinkView {
        qr_svg: qr::picture(&url)?,
        url,
        code: grouped(&made.code),
        pin: made.pin,
        link: view(made.shown),
    })
}

fn view(shown: Shown) -> LinkView {
    let Shown {
        link,
        standing,
        sessions,
    } = shown;
    LinkView {
        id: link.public_id.0,
        judge: JudgeView {
            id: link.user_public_id.0,
            name: link.name,
        },
        standing,
        opens_at: link.opens_at,
        expires_at: link.expires_at,
        devices: link.devices,
        created_at: link.created_at,
        used_at: link.used_at,
        sessions: sessions
            .into_iter()
            .map(|begun| BegunView {
                device: begun.device,
                tablet: begun.tablet,
                last_used_at: begun.last_used_at.unwrap_or(begun.created_at),
                began_at: begun.created_at,
            })
            .collect(),
    }
}
