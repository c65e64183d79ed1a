//! Signing in at a provider: its button, the way there, and what is done when the browser comes back.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::{Page, refusal, told};
use crate::app::actor::Actor;
use crate::app::entrance::{Entered, Session};
use crate::app::identities;
use crate::app::providers::{self, Errand, Returned};
use crate::app::sessions::{self, Finished};
use crate::domain::provider::Proved;
use crate::domain::second_factor::HANDLE_SECONDS;
use crate::domain::text::Lang;
use crate::error::{Error, Result, Unauthenticated};
use crate::http::State;
use crate::http::api;
use crate::http::cookies;
use crate::http::extract::{Language, Params as Query, UserAgent};
use crate::http::problem::Problem;
use crate::words::{self, Params};

/// The longest path to go to after a sign-in, in bytes.
const PATH_MAX: usize = 512;
/// What the handle of a second factor is sealed for.
const HALFWAY: &str = "sign-in-code";

/// Where to go after a sign-in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    to: Option<String>,
}

/// What a provider sends with the browser; it may add what it likes.
#[derive(Deserialize)]
pub(super) struct Callback {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct CodeForm {
    code: String,
}

/// A sign-in that waits for a second factor, as the browser remembers it.
#[derive(Serialize, Deserialize)]
struct Halfway {
    handle: String,
    to: Option<String>,
}

/// The providers' buttons.
#[get("/sign-in")]
pub(super) async fn choose(
    state: web::Data<State>,
    language: Language,
    wish: Query<Wish>,
) -> Result<HttpResponse, Problem> {
    let lang = language.0;
    let to = path(wish.0.to)?;
    let mut page = Page::new(lang, &say("page-sign-in-title", lang));
    let mut any = false;
    for provider in state.providers.list() {
        any = true;
        let query = to
            .as_deref()
            .map_or_else(String::new, |to| format!("?to={}", encoded(to)));
        let at = Params::from([("provider", provider.label.in_lang(lang).to_owned())]);
        page.html("<p>");
        page.way(
            &format!("/sign-in/{}{query}", provider.code),
            &words::message("page-sign-in-at", &at, lang),
        );
        page.html("</p>");
    }
    if !any {
        page.tag("p", &say("page-sign-in-none", lang));
    }
    page.html("<p>");
    page.link("/password", &say("page-invitation-forgot", lang));
    page.html("</p>");
    page.home();
    Ok(page.answer(StatusCode::OK))
}

/// Sends the browser to a provider.
#[get("/sign-in/{provider}")]
pub(super) async fn begin(
    state: web::Data<State>,
    provider: web::Path<String>,
    language: Language,
    wish: Query<Wish>,
) -> Result<HttpResponse, Problem> {
    let errand = Errand {
        link: None,
        to: path(wish.0.to)?,
    };
    match api::identities::begin(&state, &provider, errand).await {
        Ok((url, cookie)) => Ok(HttpResponse::SeeOther()
            .insert_header((header::LOCATION, url))
            .insert_header((header::SET_COOKIE, cookie))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish()),
        Err(error) => failed(&state, error, language.0),
    }
}

/// Takes up a sign-in when the browser comes back.
#[get("/sign-in/{provider}/callback")]
pub(super) async fn callback(
    state: web::Data<State>,
    request: HttpRequest,
    provider: web::Path<String>,
    language: Language,
    agent: UserAgent,
    query: web::Query<Callback>,
) -> Result<HttpResponse, Problem> {
    let Callback {
        state: of,
        code,
        error,
        iss,
    } = query.into_inner();
    let returned = Returned {
        state: of.unwrap_or_default(),
        code,
        error,
        issuer: iss,
    };
    match come_back(&state, &request, &provider, returned, (agent.0, language.0)).await {
        Ok(answer) => Ok(answer),
        Err(error) => failed(&state, error, language.0),
    }
}

/// Finishes a sign-in with the code of the second factor.
#[post("/sign-in/second-factor")]
pub(super) async fn second_factor(
    state: web::Data<State>,
    request: HttpRequest,
    language: Language,
    form: web::Form<CodeForm>,
) -> Result<HttpResponse, Problem> {
    let lang = language.0;
    let kept = cookies::sign_in(&request, &state.edge)
        .and_then(|sealed| providers::open(state.keys.vault(), HALFWAY, &sealed))
        .and_then(|plain| serde_json::from_slice::<Halfway>(&plain).ok());
    let Some(Halfway { handle, to }) = kept else {
        return failed(&state, Error::conflict("sign_in_lost"), lang);
    };
    let (keys, code) = (Arc::clone(&state.keys), form.into_inner().code);
    let finished = state
        .app
        .write(move |tx| sessions::finish(tx, keys.vault(), &handle, &code))
        .await;
    match finished {
        Ok(Finished::In(session)) => Ok(inside(&state, *session, to, lang).await?),
        Ok(Finished::Wrong) => {
            let wrong = words::problem("wrong_code", &Params::new(), lang);
            Ok(code_page(lang, &[wrong]).answer(StatusCode::UNPROCESSABLE_ENTITY))
        }
        Ok(Finished::TooMany(retry_after)) => failed(&state, Error::TooMany { retry_after }, lang),
        Err(Error::Unauthenticated(Unauthenticated::Handle)) => {
            failed(&state, Error::conflict("sign_in_lost"), lang)
        }
        Err(error) => failed(&state, error, lang),
    }
}

async fn come_back(
    state: &State,
    request: &HttpRequest,
    provider: &str,
    returned: Returned,
    (agent, lang): (Option<String>, Lang),
) -> Result<HttpResponse> {
    let sealed = cookies::sign_in(request, &state.edge);
    let (vault, now) = (state.keys.vault(), state.app.now());
    let flow = state
        .providers
        .recall(vault, provider, sealed.as_deref(), &returned, now)?;
    let once = flow.clone();
    state
        .app
        .write(move |tx| identities::come_back(tx, &once))
        .await?;
    let proved = state.providers.redeem(provider, &flow, &returned, now).await?;
    let Errand { link, to } = flow.errand();
    match link {
        Some(session) => linked(state, provider, proved, Actor::Session(session), lang).await,
        None => entered(state, provider, proved, to, (agent, lang)).await,
    }
}

async fn entered(
    state: &State,
    provider: &str,
    proved: Proved,
    to: Option<String>,
    (agent, lang): (Option<String>, Lang),
) -> Result<HttpResponse> {
    let (post, provider) = (
        Arc::clone(&state.post),
        state.providers.provider(provider)?.clone(),
    );
    let entered = state
        .app
        .write(move |tx| identities::sign_in(tx, &post, &provider, &proved, agent.as_deref(), lang))
        .await?;
    match entered {
        Entered::In(session) => inside(state, *session, to, lang).await,
        Entered::Halfway(handle) => {
            let plain = serde_json::to_vec(&Halfway { handle, to }).map_err(Error::internal)?;
            let sealed = providers::seal(state.keys.vault(), HALFWAY, &plain)?;
            let cookie = cookies::set_sign_in(&state.edge, &sealed, HANDLE_SECONDS);
            let mut answer = code_page(lang, &[]).answer(StatusCode::OK);
            add_cookies(&mut answer, [cookie]);
            Ok(answer)
        }
    }
}

async fn linked(
    state: &State,
    provider: &str,
    proved: Proved,
    actor: Actor,
    lang: Lang,
) -> Result<HttpResponse> {
    let (post, provider) = (
        Arc::clone(&state.post),
        state.providers.provider(provider)?.clone(),
    );
    let named = Params::from([("provider", provider.label.in_lang(lang).to_owned())]);
    state
        .app
        .write(move |tx| identities::link(tx, &post, &actor, &provider, &proved, lang))
        .await?;
    let mut page = Page::new(lang, &say("page-sign-in-linked", lang));
    page.tag("p", &words::message("page-sign-in-linked-what", &named, lang));
    page.home();
    let mut answer = page.answer(StatusCode::OK);
    add_cookies(&mut answer, [cookies::set_sign_in(&state.edge, "", 0)]);
    Ok(answer)
}

/// Hands the session to the browser, and sends it where it wanted to go.
async fn inside(state: &State, session: Session, to: Option<String>, lang: Lang) -> Result<HttpResponse> {
    let who = Params::from([("address", session.user.email.to_string())]);
    let session = api::sessions::cookies_of(state, session).await?;
    let mut answer = if let Some(to) = to {
        HttpResponse::SeeOther()
            .insert_header((header::LOCATION, to))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish()
    } else {
        let mut page = Page::new(lang, &say("page-sign-in-done", lang));
        page.tag("p", &words::message("page-sign-in-done-what", &who, lang));
        page.home();
        page.answer(StatusCode::OK)
    };
    let over = cookies::set_sign_in(&state.edge, "", 0);
    add_cookies(&mut answer, session.into_iter().chain([over]));
    Ok(answer)
}

fn add_cookies(answer: &mut HttpResponse, cookies: impl IntoIterator<Item = String>) {
    for cookie in cookies {
        if let Ok(value) = header::HeaderValue::from_str(&cookie) {
            answer.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

fn code_page(lang: Lang, told: &[String]) -> Page {
    let mut page = Page::new(lang, &say("page-sign-in-code", lang));
    page.tag("p", &say("page-sign-in-code-what", lang));
    page.wrong(told);
    page.html("<form method=\"post\" action=\"/sign-in/second-factor\">");
    page.field(&super::Field {
        name: "code",
        kind: "text",
        complete: "one-time-code",
        label: &say("page-sign-in-code-field", lang),
        hint: None,
        value: "",
    });
    page.button(&say("page-sign-in-code-button", lang));
    page.html("</form>");
    page
}

/// Why nobody was signed in; the browser forgets the sign-in.
fn failed(state: &State, error: Error, lang: Lang) -> Result<HttpResponse, Problem> {
    let told = match &error {
        Error::ProviderAway => Some(vec![words::problem("provider_away", &Params::new(), lang)]),
        Error::Restricted(_) | Error::Unauthenticated(_) => {
            Some(vec![words::problem("proof_demanded", &Params::new(), lang)])
        }
        error => told(error, lang),
    };
    let Some(told) = told.filter(|told| !told.is_empty()) else {
        return Err(error.into());
    };
    let status = match &error {
        Error::ProviderAway => StatusCode::SERVICE_UNAVAILABLE,
        Error::Restricted(_) | Error::Unauthenticated(_) => StatusCode::FORBIDDEN,
        error => refusal(error),
    };
    let mut page = Page::new(lang, &say("page-sign-in-failed", lang));
    for text in &told {
        page.tag("p", text);
    }
    page.html("<p>");
    page.link("/sign-in", &say("page-sign-in-again", lang));
    page.html("</p>");
    page.home();
    let mut answer = page.answer(status);
    add_cookies(&mut answer, [cookies::set_sign_in(&state.edge, "", 0)]);
    Ok(answer)
}

/// A path of this server, and of no other.
fn path(given: Option<String>) -> Result<Option<String>> {
    let Some(given) = given else {
        return Ok(None);
    };
    let fine = given.starts_with('/')
        && !given.starts_with("//")
        && given.len() <= PATH_MAX
        && given.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if fine {
        Ok(Some(given))
    } else {
        Err(Error::invalid("?to", "unexpected_value"))
    }
}

/// A path as a part of a query.
fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for b in path.bytes() {
        if b.is_ascii_alphanumeric() || b"-._~/".contains(&b) {
            encoded.push(char::from(b));
        } else {
            encoded.push_str(&format!("%{b:02X}"));
        }
    }
    encoded
}

fn say(key: &str, lang: Lang) -> String {
    words::message(key, &Params::new(), lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_gone_to() {
        for fine in ["/", "/docs/", "/a?b=c&d=%20"] {
            assert_eq!(path(Some(fine.into())).unwrap().as_deref(), Some(fine));
        }
        for bad in [
            "",
            "docs",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nSet-Cookie: x",
            "/半",
        ] {
            assert!(path(Some(bad.into())).is_err(), "{bad}");
        }
        assert_eq!(encoded("/a?b=c&d"), "/a%3Fb%3Dc%26d");
    }
}
