//! What an invitation's link shows. Opening it accepts nothing.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use serde_json::json;

use super::Page;
use crate::app::invitations::{self, Shown, Standing};
use crate::domain::text::{Email, Lang};
use crate::error::Error;
use crate::http::State;
use crate::http::extract::Language;
use crate::http::problem::Problem;
use crate::words::{self, Params};

/// Who invites whom to what, until when, and how to accept.
#[get("/invitations/{token}")]
pub(super) async fn invitation(
    state: web::Data<State>,
    path: web::Path<String>,
    language: Language,
) -> Result<HttpResponse, Problem> {
    let (lang, token) = (language.0, path.into_inner());
    let sought = token.clone();
    let found = state.app.read(move |tx| invitations::show(tx, &sought)).await;
    match found {
        Ok(shown) => Ok(present(&shown, &token, &state.public_url, lang)),
        Err(Error::NotFound(_)) => {
            let say = |key: &str| words::message(key, &Params::new(), lang);
            let mut page = Page::new(lang, &say("page-invitation-unknown"));
            page.tag("p", &say("page-invitation-unknown-why"));
            Ok(page.answer(StatusCode::NOT_FOUND))
        }
        Err(error) => Err(error.into()),
    }
}

fn present(shown: &Shown, token: &str, base: &str, lang: Lang) -> HttpResponse {
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
        page.html("<p>");
        page.link("/", &say("page-home-title"));
        page.html("</p>");
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
        ("page-invitation-for", Some(hint(&shown.email))),
        ("page-invitation-until", Some(shown.until.clone())),
    ] {
        if let Some(value) = value {
            page.tag("dt", &say(key));
            page.tag("dd", &value);
        }
    }
    page.html("</dl>");
    page.tag("h2", &say("page-invitation-how"));
    page.tag("p", &say("page-invitation-nothing-yet"));
    page.html("<ol>");
    let (email, password) = (
        say("page-invitation-your-address"),
        say("page-invitation-your-password"),
    );
    let name = say("page-invitation-your-name");
    let steps = [
        (
            "page-invitation-register",
            request(
                base,
                "/users",
                "",
                &json!({ "email": email, "password": password, "name": name }),
            ),
        ),
        (
            "page-invitation-sign-in",
            request(
                base,
                "/sessions",
                "",
                &json!({ "email": email, "password": password }),
            ),
        ),
        (
            "page-invitation-accept",
            request(
                base,
                "/invitations/acceptance",
                "ACCESS_TOKEN",
                &json!({ "token": token }),
            ),
        ),
    ];
    for (key, command) in steps {
        page.html("<li>");
        page.tag("span", &say(key));
        page.tag("pre", &command);
        page.html("</li>");
    }
    page.html("</ol>");
    page.html("<p>");
    page.link("/docs/", &say("page-invitation-docs"));
    page.html("</p>");
    page.answer(StatusCode::OK)
}

/// A request as a shell sends it.
fn request(base: &str, path: &str, bearer: &str, body: &serde_json::Value) -> String {
    let sign = if bearer.is_empty() {
        String::new()
    } else {
        format!(" \\\n  -H 'Authorization: Bearer {bearer}'")
    };
    let body = body.to_string().replace('\'', "'\\''");
    format!("curl {base}/api/v1{path}{sign} \\\n  -H 'Content-Type: application/json' \\\n  --data '{body}'")
}

/// Enough of an address to know one's own, and too little to learn somebody else's.
fn hint(email: &Email) -> String {
    let (local, domain) = email.as_str().rsplit_once('@').unwrap_or_default();
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_only_hinted_at() {
        assert_eq!(hint(&"zhao.min@example.org".parse().unwrap()), "z…@example.org");
    }

    #[test]
    fn a_request_can_be_pasted_into_a_shell() {
        let command = request("https://x.example", "/users", "T", &json!({ "name": "O'Neil" }));
        assert_eq!(
            command,
            "curl https://x.example/api/v1/users \\\n  -H 'Authorization: Bearer T' \\\n  \
             -H 'Content-Type: application/json' \\\n  --data '{\"name\":\"O'\\''Neil\"}'"
        );
    }
}
