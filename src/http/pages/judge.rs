//! Where a judge's link leads. The code stands behind the `#` of the link, which browsers send to nobody: no log, no proxy
//! and no program that previews links ever has it. A small script puts it into the form below; without scripts it is typed.
//!
//! Opening the page spends nothing, and neither does the form: it shows whose link it is. The button after that signs in.

use std::collections::BTreeMap;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::code_form::{Asks, CodeForm};
use super::{Page, escape, told};
use crate::app::actor::Actor;
use crate::app::entrance::Session;
use crate::app::judge_links::{self, Device};
use crate::app::progress;
use crate::app::tablets::{self, Shows};
use crate::domain::round::AssignmentStatus;
use crate::domain::text::Lang;
use crate::error::{Error, Result};
use crate::http::api::judge_links::enter;
use crate::http::api::sessions::given;
use crate::http::client::Visitor;
use crate::http::extract::{Language, UserAgent};
use crate::http::problem::Problem;
use crate::http::{State, cookies};
use crate::words::{self, Params};

/// The form of a judge's link.
const ASKS: Asks = Asks {
    title: "page-judge-title",
    what: "page-judge-what",
    label: "page-judge-code",
    action: "/judge/look",
};

/// The form that the link's code goes into.
#[get("/judge")]
pub(super) async fn landing(state: web::Data<State>, language: Language) -> HttpResponse {
    let wrong = needs_https(&state, language.0);
    ASKS.page(language.0, &wrong).answer(StatusCode::OK)
}

/// Back to the form, for whoever opens an address that only takes what a form sends.
#[get("/judge/{step}")]
pub(super) async fn back() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, "/judge"))
        .finish()
}

/// Whose link it is, and the button that uses it. Nothing is spent.
#[post("/judge/look")]
pub(super) async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    visitor: Visitor,
    language: Language,
    form: web::Form<CodeForm>,
) -> Result<HttpResponse, Problem> {
    let (lang, code) = (language.0, form.into_inner().code);
    let seat = cookies::seat(&request, &state.edge);
    let looked = match seen(&state, &visitor, &code).await {
        Ok(looked) => looked,
        Err(error) => return ASKS.again(error, lang),
    };
    let tablet = match seat {
        Some(seat) => state.app.read(move |tx| tablets::seat(tx, &seat)).await.ok(),
        None => None,
    };
    let params = Params::from([
        ("judge", looked.judge),
        ("competition", looked.competition.in_lang(lang).to_owned()),
        ("until", looked.until),
        (
            "tablet",
            tablet.as_ref().map(|t| t.name.clone()).unwrap_or_default(),
        ),
    ]);
    let say = |key: &str| words::message(key, &params, lang);
    let mut page = Page::new(lang, &say("page-judge-who"));
    page.tells_origin = true;
    page.html("<dl>");
    for (key, value) in [
        ("page-judge-name", "judge"),
        ("page-judge-competition", "competition"),
        ("page-judge-until", "until"),
    ] {
        page.tag("dt", &say(key));
        page.tag("dd", params.get(value).map_or("", String::as_str));
    }
    page.html("</dl>");
    page.html("<form method=\"post\" action=\"/judge/session\">");
    page.html(&format!(
        "<input type=\"hidden\" name=\"code\" value=\"{}\">",
        escape(&code)
    ));
    page.button(&say("page-judge-sign-in"));
    page.html("</form><p>");
    page.tag(
        "small",
        &say(if tablet.is_some() {
            "page-judge-on-tablet"
        } else {
            "page-judge-on-device"
        }),
    );
    page.html("</p>");
    Ok(page.answer(StatusCode::OK))
}

async fn seen(state: &State, visitor: &Visitor, code: &str) -> Result<judge_links::Look> {
    let code = code.to_owned();
    let attempt = state
        .brake
        .attempt("judge_link_look", &code, &visitor.0, state.app.now())?;
    let looked = state.app.read(move |tx| judge_links::look(tx, &code)).await;
    attempt.settle(&looked);
    looked
}

/// Signs in.
#[post("/judge/session")]
pub(super) async fn sign_in(
    state: web::Data<State>,
    request: HttpRequest,
    visitor: Visitor,
    agent: UserAgent,
    language: Language,
    form: web::Form<CodeForm>,
) -> Result<HttpResponse, Problem> {
    let lang = language.0;
    if let Err(error) = cookies::may_set_by_form(&request, &state.edge) {
        return ASKS.again(error, lang);
    }
    let seat = cookies::seat(&request, &state.edge);
    let on_tablet = seat.is_some();
    let device = Device {
        user_agent: agent.0,
        refresh_token: cookies::held(&request, &state.edge),
    };
    let shows = Shows::Code(form.into_inner().code);
    match enter(&state, &visitor, shows, device, seat).await {
        Ok(session) => welcome(&state, session, on_tablet, lang).await,
        Err(error) => {
            let removed = on_tablet && is_gone(&error);
            let mut answer = ASKS.again(error, lang)?;
            if removed {
                add_cookie(&mut answer, &cookies::unbind(&state.edge));
            }
            Ok(answer)
        }
    }
}

/// Whether a tablet is none any more.
pub(super) fn is_gone(error: &Error) -> bool {
    matches!(error, Error::Conflict(conflict) if conflict.code == "tablet_ended")
}

/// A judge who has signed in: what waits for them, and the cookies.
pub(super) async fn welcome(
    state: &State,
    session: Session,
    on_tablet: bool,
    lang: Lang,
) -> Result<HttpResponse, Problem> {
    let actor = Actor::Session(session.id.clone());
    let mine = state.app.read(move |tx| progress::mine(tx, &actor)).await?;
    let mut groups: BTreeMap<(String, String), (usize, usize)> = BTreeMap::new();
    for place in mine.iter().filter(|m| m.status == AssignmentStatus::Assigned) {
        let group = (place.round.to_string(), place.group.to_string());
        let (all, done) = groups.entry(group).or_default();
        *all += 1;
        *done += usize::from(place.counted.is_some());
    }
    let params = Params::from([("judge", session.user.name.clone())]);
    let say = |key: &str| words::message(key, &params, lang);
    let mut page = Page::new(lang, &say("page-judge-welcome"));
    page.tells_origin = true;
    page.tag("p", &say("page-judge-welcome-what"));
    if groups.is_empty() {
        page.tag("p", &say("page-judge-nothing"));
    } else {
        page.html("<ul>");
        for ((round, group), (all, done)) in groups {
            let params = Params::from([
                ("round", round),
                ("group", group),
                ("all", all.to_string()),
                ("done", done.to_string()),
            ]);
            page.tag("li", &words::message("page-judge-waiting", &params, lang));
        }
        page.html("</ul>");
    }
    if on_tablet {
        page.html("<form method=\"post\" action=\"/seat/hand-over\">");
        page.button(&say("page-seat-hand-over"));
        page.html("</form>");
    }
    let (_, session_cookies) = given(state, session, true).await?;
    let mut answer = page.answer(StatusCode::OK);
    for cookie in &session_cookies {
        add_cookie(&mut answer, cookie);
    }
    if on_tablet {
        cookies::wipe(&mut answer);
    }
    Ok(answer)
}

pub(super) fn add_cookie(answer: &mut HttpResponse, cookie: &str) {
    if let Ok(value) = header::HeaderValue::from_str(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// What is wrong from the beginning where browsers may keep no cookies.
pub(super) fn needs_https(state: &State, lang: Lang) -> Vec<String> {
    match cookies::may_keep(&state.edge) {
        Ok(()) => Vec::new(),
        Err(error) => told(&error, lang).unwrap_or_default(),
    }
}
