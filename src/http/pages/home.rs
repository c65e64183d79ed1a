//! The server's front door.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};

use super::Page;
use crate::app::actor::Actor;
use crate::app::competitions;
use crate::http::State;
use crate::http::extract::Language;
use crate::http::problem::Problem;
use crate::store::page::Limit;
use crate::words::{self, Params};

/// What this is, the API document, and the published competitions.
#[get("/")]
pub(super) async fn home(state: web::Data<State>, language: Language) -> Result<HttpResponse, Problem> {
    let lang = language.0;
    let say = |key: &str| words::message(key, &Params::new(), lang);
    let limit = Limit::new(None)?;
    let list = state
        .app
        .read(move |tx| competitions::list(tx, &Actor::Guest, None, limit))
        .await?;
    let mut page = Page::new(lang, &say("page-home-title"));
    page.tag("p", &say("page-home-what"));
    page.html("<p>");
    page.link("/docs/", &say("page-home-docs"));
    page.html("·");
    page.link("/openapi.json", "OpenAPI");
    page.html("</p>");
    page.tag("h2", &say("page-home-competitions"));
    if list.items.is_empty() {
        page.tag("p", &say("page-home-none"));
        return Ok(page.answer(StatusCode::OK));
    }
    page.html("<ul>");
    for competition in &list.items {
        page.html("<li>");
        let to = format!("/api/v1/competitions/{}", competition.slug);
        page.link(&to, competition.name.in_lang(lang));
        page.html("</li>");
    }
    page.html("</ul>");
    if list.next.is_some() {
        page.html("<p>");
        page.link("/api/v1/competitions", &say("page-home-more"));
        page.html("</p>");
    }
    Ok(page.answer(StatusCode::OK))
}
