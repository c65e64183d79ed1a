//! What an invitation's link shows, and its acceptance. Opening it accepts nothing.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use serde::Deserialize;

use super::{Field, Page, dead_link, refusal, told};
use crate::app::invitations::{self, Accepted, Shown, Standing};
use crate::domain::text::{Email, Lang};
use crate::error::{Error, Result, Unauthenticated};
use crate::http::State;
use crate::http::api;
use crate::http::client::Visitor;
use crate::http::extract::Language;
use crate::http::problem::Problem;
use crate::words::{self, Params};

/// Who accepts: with the account that they have, or, with a name, a new one.
#[derive(Deserialize)]
pub(super) struct AcceptForm {
    email: String,
    password: String,
    name: Option<String>,
}

/// Who invites whom to what, until when, and the two forms that accept.
#[get("/invitations/{token}")]
pub(super) async fn invitation(
    state: web::Data<State>,
    path: web::Path<String>,
    language: Language,
) -> Result<HttpResponse, Problem> {
    let (lang, token) = (language.0, path.into_inner());
    match state.app.read(move |tx| invitations::show(tx, &token)).await {
        Ok(shown) => Ok(present(&shown, lang, &Refused::default())),
        Err(error) => unknown(error, lang),
    }
}

/// Accepts, for whoever proves to have the account, or makes it.
#[post("/invitations/{token}")]
pub(super) async fn accept(
    state: web::Data<State>,
    path: web::Path<String>,
    visitor: Visitor,
    language: Language,
    form: web::Form<AcceptForm>,
) -> Result<HttpResponse, Problem> {
    let (lang, token) = (language.0, path.into_inner());
    let sought = token.clone();
    let shown = match state.app.read(move |tx| invitations::show(tx, &sought)).await {
        Ok(shown) => shown,
        Err(error) => return unknown(error, lang),
    };
    let form = form.into_inner();
    let mut refused = Refused {
        email: form.email.clone(),
        name: form.name.clone(),
        ..Refused::default()
    };
    match admit(&state, &visitor, token, form, lang).await {
        Ok(accepted) => Ok(welcome(&shown, &accepted, lang)),
        Err(error @ Error::Conflict(_)) => dead_link(error, lang),
        Err(error) => {
            let Some(told) = told(&error, lang) else {
                return Err(error.into());
            };
            (refused.told, refused.status) = (told, refusal(&error));
            Ok(present(&shown, lang, &refused))
        }
    }
}

async fn admit(
    state: &State,
    visitor: &Visitor,
    token: String,
    form: AcceptForm,
    lang: Lang,
) -> Result<Accepted> {
    let AcceptForm {
        email,
        password,
        name,
    } = form;
    let post = Arc::clone(&state.post);
    let address: Email = email.parse().map_err(|_| Error::invalid("/email", "email"))?;
    let (sought, asked) = (token.clone(), address.clone());
    // Before any password is worked on: whoever has no invitation costs nothing.
    let known = state
        .app
        .read(move |tx| invitations::account(tx, &sought, &asked))
        .await?;
    let now = state.app.now();
    if let Some(name) = name {
        state.brake.registration(&visitor.0, now)?;
        let registration = api::users::registration(state, &email, password, name, lang).await?;
        return state
            .app
            .write(move |tx| invitations::accept_as_new(tx, &post, &token, &registration))
            .await;
    }
    let attempt = state
        .brake
        .attempt("sign_in", address.as_str(), &visitor.0, now)?;
    let proved = prove(state, password, known).await;
    attempt.settle(&proved);
    let hash = proved?;
    state
        .app
        .write(move |tx| invitations::accept_with_password(tx, &token, &address, &hash))
        .await
}

/// The hash that a password fits.
async fn prove(state: &State, password: String, known: Option<String>) -> Result<String> {
    let wrong = || Error::Unauthenticated(Unauthenticated::Credentials);
    if !state.passwords.verify(password, known.clone()).await? {
        return Err(wrong());
    }
    known.ok_or_else(wrong)
}

/// A form that was refused, to be shown again; at first, none.
struct Refused {
    status: StatusCode,
    told: Vec<String>,
    email: String,
    name: Option<String>,
}

impl Default for Refused {
    fn default() -> Self {
        Self {
            status: StatusCode::OK,
            told: Vec::new(),
            email: String::new(),
            name: None,
        }
    }
}

fn unknown(error: Error, lang: Lang) -> Result<HttpResponse, Problem> {
    let Error::NotFound(_) = error else {
        return Err(error.into());
    };
    let say = |key: &str| words::message(key, &Params::new(), lang);
    let mut page = Page::new(lang, &say("page-invitation-unknown"));
    page.tag("p", &say("page-invitation-unknown-why"));
    Ok(page.answer(StatusCode::NOT_FOUND))
}

fn present(shown: &Shown, lang: Lang, refused: &Refused) -> HttpResponse {
    let params = Params::from([
        ("inviter", shown.inviter.clone()),
        ("competition", shown.competition.in_lang(lang).to_owned()),
        ("until", shown.until.clone()),
    ]);
    let say = |key: &str| words::message(key, &params, lang);
    let mut page = Page::new(lang, &say("page-invitation-title"));
    let gone = match shown.standing {
        Standing::Open => None,
        Standing::Accepted => Some("page-invitation-accepted"),
        Standing::Ended => Some("page-invitation-ended"),
    };
    if let Some(why) = gone {
        page.tag("p", &say(why));
        page.home();
        return page.answer(StatusCode::GONE);
    }
    page.html("<dl>");
    let region = shown.region.as_ref().map(|r| r.in_lang(lang).to_owned());
    for (key, value) in [
        (
            "page-invitation-role",
            Some(say(&format!("page-role-{}", shown.role))),
        ),
        ("page-invitation-region", region),
        ("page-invitation-for", Some(shown.email.hint())),
        ("page-invitation-until", Some(shown.until.clone())),
    ] {
        if let Some(value) = value {
            page.tag("dt", &say(key));
            page.tag("dd", &value);
        }
    }
    page.html("</dl>");
    page.wrong(&refused.told);
    let is_new = refused.name.is_some();
    let form = |page: &mut Page, new: bool| {
        // What was typed stands again in the form in which it was typed.
        let typed = if new == is_new { refused.email.as_str() } else { "" };
        page.html("<form method=\"post\">");
        page.field(&Field {
            name: "email",
            kind: "email",
            complete: "username",
            label: &say("page-field-email"),
            hint: Some(&say("page-invitation-address-hint")),
            value: typed,
        });
        if new {
            page.field(&Field {
                name: "name",
                kind: "text",
                complete: "name",
                label: &say("page-field-name"),
                hint: None,
                value: refused.name.as_deref().unwrap_or_default(),
            });
        }
        let hint = say("page-field-password-hint");
        page.field(&Field {
            name: "password",
            kind: "password",
            complete: if new { "new-password" } else { "current-password" },
            label: &say("page-field-password"),
            hint: new.then_some(hint.as_str()),
            value: "",
        });
        page.button(&say(if new {
            "page-invitation-register"
        } else {
            "page-invitation-accept"
        }));
        page.html("</form>");
    };
    page.tag("h2", &say("page-invitation-have"));
    form(&mut page, false);
    page.html("<p>");
    page.link("/password", &say("page-invitation-forgot"));
    page.html("</p>");
    page.tag("h2", &say("page-invitation-new"));
    form(&mut page, true);
    page.html("<p>");
    page.tag("small", &say("page-invitation-nothing-yet"));
    page.html("</p>");
    page.answer(refused.status)
}

fn welcome(shown: &Shown, accepted: &Accepted, lang: Lang) -> HttpResponse {
    let params = Params::from([
        ("competition", shown.competition.in_lang(lang).to_owned()),
        (
            "role",
            words::message(&format!("page-role-{}", accepted.role), &Params::new(), lang),
        ),
    ]);
    let mut page = Page::new(lang, &words::message("page-invitation-welcome", &params, lang));
    page.tag(
        "p",
        &words::message("page-invitation-welcome-what", &params, lang),
    );
    page.home();
    page.answer(StatusCode::OK)
}
