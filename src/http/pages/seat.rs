//! A tablet of a hall: the link that binds it, whose turn it is, and the hand-over.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::code_form::{Asks, CodeForm, code_field};
use super::judge::{add_cookie, is_gone, needs_https, welcome};
use super::{Page, escape, refusal, told};
use crate::app::judge_links::Device;
use crate::app::tablets::{self, Seat, Shows};
use crate::domain::judge_link;
use crate::domain::text::Lang;
use crate::error::{Error, Result};
use crate::http::api::judge_links::enter;
use crate::http::client::Visitor;
use crate::http::extract::Language;
use crate::http::problem::Problem;
use crate::http::{State, cookies};
use crate::words::{self, Params};

/// The form of a tablet's link.
const ASKS: Asks = Asks {
    title: "page-tablet-title",
    what: "page-tablet-what",
    label: "page-tablet-code",
    action: "/tablet/look",
};

/// The form that the code of a tablet's link goes into.
#[get("/tablet")]
pub(super) async fn landing(state: web::Data<State>, language: Language) -> HttpResponse {
    let wrong = needs_https(&state, language.0);
    ASKS.page(language.0, &wrong).answer(StatusCode::OK)
}

/// Back to the form.
#[get("/tablet/{step}")]
pub(super) async fn back() -> HttpResponse {
    to("/tablet")
}

/// Which tablet it would be, and the button that binds it. Nothing is spent.
#[post("/tablet/look")]
pub(super) async fn look(
    state: web::Data<State>,
    visitor: Visitor,
    language: Language,
    form: web::Form<CodeForm>,
) -> Result<HttpResponse, Problem> {
    let (lang, code) = (language.0, form.into_inner().code);
    let looked = {
        let attempt = state
            .brake
            .attempt("tablet_look", &code, &visitor.0, state.app.now());
        match attempt {
            Ok(attempt) => {
                let sought = code.clone();
                let looked = state.app.read(move |tx| tablets::look(tx, &sought)).await;
                attempt.settle(&looked);
                looked
            }
            Err(error) => Err(error),
        }
    };
    let looked = match looked {
        Ok(looked) => looked,
        Err(error) => return ASKS.again(error, lang),
    };
    let params = Params::from([
        ("tablet", looked.name),
        ("competition", looked.competition.in_lang(lang).to_owned()),
    ]);
    let say = |key: &str| words::message(key, &params, lang);
    let mut page = Page::new(lang, &say("page-tablet-which"));
    page.tells_origin = true;
    page.tag("p", &say("page-tablet-which-what"));
    page.html("<form method=\"post\" action=\"/tablet/binding\">");
    page.html(&format!(
        "<input type=\"hidden\" name=\"code\" value=\"{}\">",
        escape(&code)
    ));
    page.button(&say("page-tablet-bind"));
    page.html("</form>");
    Ok(page.answer(StatusCode::OK))
}

/// Binds this browser.
#[post("/tablet/binding")]
pub(super) async fn bind(
    state: web::Data<State>,
    request: HttpRequest,
    visitor: Visitor,
    language: Language,
    form: web::Form<CodeForm>,
) -> Result<HttpResponse, Problem> {
    let (lang, code) = (language.0, form.into_inner().code);
    if let Err(error) = cookies::may_set_by_form(&request, &state.edge) {
        return ASKS.again(error, lang);
    }
    let attempt = state.brake.attempt("tablet", &code, &visitor.0, state.app.now());
    let attempt = match attempt {
        Ok(attempt) => attempt,
        Err(error) => return ASKS.again(error, lang),
    };
    let bound = state.app.write(move |tx| tablets::bind(tx, &code)).await;
    attempt.settle(&bound);
    let bound = match bound {
        Ok(bound) => bound,
        Err(error) => return ASKS.again(error, lang),
    };
    let mut answer = to("/seat");
    add_cookie(
        &mut answer,
        &cookies::bind(&state.edge, &bound.seat, bound.seconds),
    );
    // Whoever used this browser before is not the judge who sits down now.
    leave(&mut answer, &state);
    Ok(answer)
}

/// Whose turn it is; when nobody's, the form of the next judge.
#[get("/seat")]
pub(super) async fn turn(
    state: web::Data<State>,
    request: HttpRequest,
    language: Language,
) -> Result<HttpResponse, Problem> {
    let Some(held) = cookies::seat(&request, &state.edge) else {
        return Ok(to("/tablet"));
    };
    match state.app.read(move |tx| tablets::seat(tx, &held)).await {
        Ok(seat) => Ok(show(&seat, &[], language.0).answer(StatusCode::OK)),
        Err(error) => gone(error, &state, language.0),
    }
}

/// Signs the next judge in.
#[post("/seat/session")]
pub(super) async fn sit(
    state: web::Data<State>,
    request: HttpRequest,
    visitor: Visitor,
    language: Language,
    form: web::Form<CodeForm>,
) -> Result<HttpResponse, Problem> {
    let (lang, typed) = (language.0, form.into_inner().code);
    let Some(held) = cookies::seat(&request, &state.edge) else {
        return Ok(to("/tablet"));
    };
    let shows = match judge_link::read_pin(&typed) {
        Some(pin) => Shows::Pin(pin),
        None => Shows::Code(typed),
    };
    let entered = match cookies::may_set_by_form(&request, &state.edge) {
        Ok(()) => enter(&state, &visitor, shows, Device::default(), Some(held.clone())).await,
        Err(error) => Err(error),
    };
    let error = match entered {
        Ok(session) => return welcome(&state, session, true, lang).await,
        Err(error) => error,
    };
    if is_gone(&error) {
        return gone(error, &state, lang);
    }
    let Some(wrong) = told(&error, lang) else {
        return Err(error.into());
    };
    let seat = state.app.read(move |tx| tablets::seat(tx, &held)).await?;
    Ok(show(&seat, &wrong, lang).answer(refusal(&error)))
}

/// Signs the judge out who sits here, and lets the browser forget what they left.
#[post("/seat/hand-over")]
pub(super) async fn hand_over(
    state: web::Data<State>,
    request: HttpRequest,
    language: Language,
) -> Result<HttpResponse, Problem> {
    let Some(held) = cookies::seat(&request, &state.edge) else {
        return Ok(to("/tablet"));
    };
    cookies::may_set_by_form(&request, &state.edge)?;
    if let Err(error) = state.app.write(move |tx| tablets::hand_over(tx, &held)).await {
        return gone(error, &state, language.0);
    }
    let mut answer = to("/seat");
    leave(&mut answer, &state);
    Ok(answer)
}

/// Ends the session's cookies and wipes the rest.
fn leave(answer: &mut HttpResponse, state: &State) {
    for cookie in cookies::clear(&state.edge) {
        add_cookie(answer, &cookie);
    }
    cookies::wipe(answer);
}

/// A tablet that is none any more.
fn gone(error: Error, state: &State, lang: Lang) -> Result<HttpResponse, Problem> {
    let mut answer = ASKS.again(error, lang)?;
    add_cookie(&mut answer, &cookies::unbind(&state.edge));
    leave(&mut answer, state);
    Ok(answer)
}

fn show(seat: &Seat, wrong: &[String], lang: Lang) -> Page {
    let params = Params::from([
        ("tablet", seat.name.clone()),
        ("competition", seat.competition.in_lang(lang).to_owned()),
        ("judge", seat.sitting.clone().unwrap_or_default()),
    ]);
    let say = |key: &str| words::message(key, &params, lang);
    let mut page = Page::new(lang, &seat.name);
    page.tells_origin = true;
    page.tag("p", &say("page-seat-of"));
    page.wrong(wrong);
    if seat.sitting.is_some() {
        page.tag("p", &say("page-seat-turn"));
        page.html("<form method=\"post\" action=\"/seat/hand-over\">");
        page.button(&say("page-seat-hand-over"));
        page.html("</form>");
    } else {
        page.tag("p", &say("page-seat-free"));
        page.html("<form method=\"post\" action=\"/seat/session\">");
        code_field(&mut page, &say("page-seat-digits"), &say("page-seat-digits-hint"));
        page.button(&say("page-seat-sit"));
        page.html("</form>");
    }
    page
}

fn to(path: &'static str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .finish()
}
