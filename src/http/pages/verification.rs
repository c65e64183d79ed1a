//! Confirming an e-mail address by the link that was sent to it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};

use super::{Page, dead_link};
use crate::app::email_addresses;
use crate::http::State;
use crate::http::extract::Language;
use crate::http::problem::Problem;
use crate::words::{self, Params};

/// The button behind a link. Nothing is spent.
#[get("/verification/{token}")]
pub(super) async fn verification(
    state: web::Data<State>,
    path: web::Path<String>,
    language: Language,
) -> Result<HttpResponse, Problem> {
    let (lang, token) = (language.0, path.into_inner());
    let email = match state.app.read(move |tx| email_addresses::show(tx, &token)).await {
        Ok(email) => email,
        Err(error) => return dead_link(error, lang),
    };
    let params = Params::from([("address", email.hint())]);
    let say = |key: &str| words::message(key, &params, lang);
    let mut page = Page::new(lang, &say("page-verification-title"));
    page.tag("p", &say("page-verification-what"));
    page.html("<form method=\"post\">");
    page.button(&say("page-verification-button"));
    page.html("</form>");
    Ok(page.answer(StatusCode::OK))
}

/// Confirms the address.
#[post("/verification/{token}")]
pub(super) async fn confirm(
    state: web::Data<State>,
    path: web::Path<String>,
    language: Language,
) -> Result<HttpResponse, Problem> {
    let (lang, token) = (language.0, path.into_inner());
    let post = Arc::clone(&state.post);
    let confirmed = state
        .app
        .write(move |tx| email_addresses::confirm(tx, &post, &token, lang))
        .await;
    if let Err(error) = confirmed {
        return dead_link(error, lang);
    }
    let say = |key: &str| words::message(key, &Params::new(), lang);
    let mut page = Page::new(lang, &say("page-verification-done"));
    page.tag("p", &say("page-verification-done-what"));
    page.home();
    Ok(page.answer(StatusCode::OK))
}
