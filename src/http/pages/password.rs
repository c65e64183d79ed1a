//! Setting a new password: asking for the link, and what is behind it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use serde::Deserialize;

use super::{Field, Page, dead_link, refusal, told};
use crate::app::password_resets::{self, Forgotten};
use crate::domain::text::Lang;
use crate::error::Error;
use crate::http::State;
use crate::http::api;
use crate::http::extract::{Language, Origin};
use crate::http::problem::Problem;
use crate::words::{self, Params};

#[derive(Deserialize)]
pub(super) struct AskForm {
    email: String,
}

#[derive(Deserialize)]
pub(super) struct SetForm {
    password: String,
    again: String,
}

/// Asks for the address to send a link to.
#[get("/password")]
pub(super) async fn ask(language: Language) -> HttpResponse {
    ask_page(language.0, "", &[]).answer(StatusCode::OK)
}

/// Has the link sent.
#[post("/password")]
pub(super) async fn asked(
    state: web::Data<State>,
    language: Language,
    origin: Origin,
    form: web::Form<AskForm>,
) -> Result<HttpResponse, Problem> {
    let (lang, given) = (language.0, form.into_inner().email);
    let sent = match given.parse() {
        Ok(email) => {
            let forgotten = Forgotten {
                email,
                lang,
                from: origin.0,
                per_address: state.demands.messages_per_address,
            };
            let post = Arc::clone(&state.post);
            state
                .app
                .write(move |tx| password_resets::request(tx, &post, &forgotten))
                .await
        }
        Err(_) => Err(Error::invalid("/email", "email")),
    };
    match sent {
        Ok(()) => {
            let mut page = Page::new(lang, &say("page-password-sent", lang));
            page.tag("p", &say("page-password-sent-what", lang));
            page.home();
            Ok(page.answer(StatusCode::OK))
        }
        Err(error) => match told(&error, lang) {
            Some(told) => Ok(ask_page(lang, &given, &told).answer(refusal(&error))),
            None => Err(error.into()),
        },
    }
}

/// The form behind a link. Nothing is spent.
#[get("/password/{token}")]
pub(super) async fn link(
    state: web::Data<State>,
    path: web::Path<String>,
    language: Language,
) -> Result<HttpResponse, Problem> {
    let token = path.into_inner();
    match state.app.read(move |tx| password_resets::show(tx, &token)).await {
        Ok(user) => Ok(set_page(language.0, &user.email.hint(), &[]).answer(StatusCode::OK)),
        Err(error) => dead_link(error, language.0),
    }
}

/// Sets the password.
#[post("/password/{token}")]
pub(super) async fn set(
    state: web::Data<State>,
    path: web::Path<String>,
    language: Language,
    form: web::Form<SetForm>,
) -> Result<HttpResponse, Problem> {
    let (lang, token) = (language.0, path.into_inner());
    let shown = token.clone();
    let user = match state.app.read(move |tx| password_resets::show(tx, &shown)).await {
        Ok(user) => user,
        Err(error) => return dead_link(error, lang),
    };
    let SetForm { password, again } = form.into_inner();
    let done = if password == again {
        api::password_resets::complete(&state, token, password, lang).await
    } else {
        Err(Error::invalid("/again", "password_not_again"))
    };
    match done {
        Ok(()) => {
            let mut page = Page::new(lang, &say("page-password-done", lang));
            page.tag("p", &say("page-password-done-what", lang));
            page.home();
            Ok(page.answer(StatusCode::OK))
        }
        Err(error @ Error::Conflict(_)) => dead_link(error, lang),
        Err(error) => match told(&error, lang) {
            Some(told) => Ok(set_page(lang, &user.email.hint(), &told).answer(refusal(&error))),
            None => Err(error.into()),
        },
    }
}

fn ask_page(lang: Lang, given: &str, told: &[String]) -> Page {
    let mut page = Page::new(lang, &say("page-password-ask", lang));
    page.tag("p", &say("page-password-ask-what", lang));
    page.wrong(told);
    page.html("<form method=\"post\" action=\"/password\">");
    page.field(&Field {
        name: "email",
        kind: "email",
        complete: "username",
        label: &say("page-field-email", lang),
        hint: None,
        value: given,
    });
    page.button(&say("page-password-ask-button", lang));
    page.html("</form>");
    page
}

fn set_page(lang: Lang, hint: &str, told: &[String]) -> Page {
    let mut page = Page::new(lang, &say("page-password-title", lang));
    let of = Params::from([("address", hint.to_owned())]);
    page.tag("p", &words::message("page-password-what", &of, lang));
    page.wrong(told);
    page.html("<form method=\"post\">");
    page.field(&Field {
        name: "password",
        kind: "password",
        complete: "new-password",
        label: &say("page-field-new-password", lang),
        hint: Some(&say("page-field-password-hint", lang)),
        value: "",
    });
    page.field(&Field {
        name: "again",
        kind: "password",
        complete: "new-password",
        label: &say("page-field-again", lang),
        hint: None,
        value: "",
    });
    page.button(&say("page-password-button", lang));
    page.html("</form>");
    page
}

fn say(key: &str, lang: Lang) -> String {
    words::message(key, &Params::new(), lang)
}
