//! The few pages that the server itself shows: where somebody lands who types its address or follows the link of a letter,
//! and the frame of the API document. They store nothing and load nothing from elsewhere, and hold no script but the one
//! that puts the code of a judge's link into its form.
//!
//! Opening a link changes nothing, since programs that preview mail open links too; the button of the page's form does.
//! The secret of the link is all that proves who presses it, so no cookie rides along for a foreign page to misuse.

mod code_form;
mod docs;
mod home;
mod invitation;
mod judge;
mod password;
mod seat;
mod sheet;
mod sign_in;
mod verification;

use std::fmt::Write;
use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::ServiceConfig;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::domain::text::Lang;
use crate::error::{Error, Unauthenticated};
use crate::http::problem::Problem;
use crate::words::{self, Params};

/// Mounts the pages. They are no part of the API, and not in its document.
pub fn mount(config: &mut ServiceConfig) {
    config
        .service(home::home)
        .service(invitation::invitation)
        .service(invitation::accept)
        .service(password::ask)
        .service(password::asked)
        .service(password::link)
        .service(password::set)
        .service(sign_in::choose)
        .service(sign_in::second_factor)
        .service(sign_in::begin)
        .service(sign_in::callback)
        .service(verification::verification)
        .service(verification::confirm)
        .service(judge::landing)
        .service(judge::look)
        .service(judge::sign_in)
        .service(judge::back)
        .service(seat::landing)
        .service(seat::look)
        .service(seat::bind)
        .service(seat::back)
        .service(seat::turn)
        .service(seat::sit)
        .service(seat::hand_over)
        .service(docs::docs)
        .service(docs::index);
}

pub(super) use sheet::sheet;

/// Where the links of letters lead; what follows is a secret.
pub const SECRET: &[&str] = &["/invitations/", "/password/", "/verification/"];

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#d9dee6;--card:#fff;--back:#f3f5f8;--mark:#a8332a}\
@media(prefers-color-scheme:dark){:root{--ink:#e8ebf0;--soft:#a3adbb;--line:#394352;--card:#1f2733;--back:#151b24;--mark:#f0938a}}\
*{box-sizing:border-box}\
body{margin:0;padding:1.25rem;background:var(--back);color:var(--ink);\
font:1rem/1.6 system-ui,-apple-system,\"PingFang SC\",\"Microsoft YaHei\",\"Noto Sans CJK SC\",sans-serif}\
main{max-width:44rem;margin:4vh auto;padding:1.5rem clamp(1.1rem,5vw,2.75rem) 2rem;background:var(--card);\
border:1px solid var(--line);border-top:4px solid var(--mark);border-radius:.5rem}\
.name{margin:0;color:var(--soft);font-size:.9rem;letter-spacing:.06em}\
h1{margin:.3rem 0 1rem;font-size:clamp(1.35rem,5vw,1.9rem);line-height:1.3;overflow-wrap:anywhere}\
h2{margin:2rem 0 .5rem;font-size:1.1rem}\
p,li,dd{overflow-wrap:anywhere}\
dl{display:grid;grid-template-columns:auto 1fr;gap:.4rem 1.25rem;margin:1rem 0}dt{color:var(--soft)}dd{margin:0}\
ol,ul{padding-left:1.3rem}li{margin:.6rem 0}a{color:var(--mark)}\
pre{margin:.5rem 0;padding:.8rem 1rem;background:var(--back);border:1px solid var(--line);border-radius:.35rem;\
font:.82rem/1.5 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}\
small{color:var(--soft)}\
form{display:grid;gap:1rem;margin:1rem 0 0}label{display:grid;gap:.25rem;font-weight:600}\
input{font:inherit;width:100%;padding:.6rem .7rem;color:inherit;background:var(--back);\
border:1px solid var(--line);border-radius:.35rem}\
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--mark);outline-offset:1px}\
label small{font-weight:400}\
button{justify-self:start;font:inherit;font-weight:600;min-height:2.9rem;padding:.5rem 1.5rem;color:var(--card);\
background:var(--mark);border:0;border-radius:.35rem;cursor:pointer}\
.way{display:inline-block;padding:.6rem 1.5rem;font-weight:600;color:var(--card);background:var(--mark);\
border-radius:.35rem;text-decoration:none}\
.wrong{margin:.5rem 0;padding:.7rem 1rem;border-left:4px solid var(--mark);background:var(--back)}\
@media(max-width:480px){button{justify-self:stretch}.way{display:block;text-align:center}}";

/// Only our own style, forms that go to ourselves, and nothing else at all.
static POLICY: LazyLock<String> = LazyLock::new(|| policy(&[STYLE], None));

fn policy(styles: &[&str], script: Option<&str>) -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let styles: Vec<_> = styles.iter().map(|style| hash(style)).collect();
    let script = script.map_or_else(String::new, |script| format!("script-src {}; ", hash(script)));
    format!(
        "default-src 'none'; {script}style-src {}; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        styles.join(" ")
    )
}

/// A page about to be written. Whatever comes in as text is escaped; only this file and its neighbours write tags.
pub(super) struct Page {
    lang: Lang,
    title: String,
    body: String,
    style: Option<&'static str>,
    script: Option<&'static str>,
    /// Whether forms of the page say where they come from.
    tells_origin: bool,
}

impl Page {
    fn new(lang: Lang, title: &str) -> Self {
        let mut page = Self {
            lang,
            title: title.to_owned(),
            body: String::new(),
            style: None,
            script: None,
            tells_origin: false,
        };
        page.tag("h1", title);
        page
    }

    /// An element with a text.
    fn tag(&mut self, name: &str, text: &str) {
        self.html(&format!("<{name}>{}</{name}>", escape(text)));
    }

    /// A link.
    fn link(&mut self, to: &str, text: &str) {
        self.html(&format!("<a href=\"{}\">{}</a>", escape(to), escape(text)));
    }

    /// A link that looks like the button that it is to people.
    fn way(&mut self, to: &str, text: &str) {
        self.html(&format!(
            "<a class=\"way\" href=\"{}\">{}</a>",
            escape(to),
            escape(text)
        ));
    }

    /// The way home.
    fn home(&mut self) {
        self.html("<p>");
        let home = words::message("page-home-title", &Params::new(), self.lang);
        self.link("/", &home);
        self.html("</p>");
    }

    /// A box with what was wrong with a form.
    fn wrong(&mut self, told: &[String]) {
        if !told.is_empty() {
            self.html("<div class=\"wrong\" role=\"alert\">");
            for text in told {
                self.tag("div", text);
            }
            self.html("</div>");
        }
    }

    /// A field of a form.
    fn field(&mut self, field: &Field<'_>) {
        let Field {
            name,
            kind,
            complete,
            label,
            hint,
            value,
        } = field;
        let hint = hint.map_or_else(String::new, |hint| format!("<small>{}</small>", escape(hint)));
        self.html(&format!(
            "<label>{}<input name=\"{name}\" type=\"{kind}\" autocomplete=\"{complete}\" value=\"{}\" required>{hint}</label>",
            escape(label),
            escape(value)
        ));
    }

    /// The button of a form.
    fn button(&mut self, text: &str) {
        self.tag("button", text);
    }

    /// Something that is HTML already.
    fn html(&mut self, html: &str) {
        self.body.push_str(html);
        self.body.push('\n');
    }

    pub(super) fn answer(self, status: StatusCode) -> HttpResponse {
        let policy = match (self.style, self.script) {
            (None, None) => POLICY.clone(),
            (style, script) => policy(&[STYLE, style.unwrap_or_default()], script),
        };
        // Without it browsers call the origin of a form `null`.
        let referrer = if self.tells_origin {
            "same-origin"
        } else {
            "no-referrer"
        };
        let style = self
            .style
            .map_or_else(String::new, |s| format!("<style>{s}</style>\n"));
        let script = self
            .script
            .map_or_else(String::new, |s| format!("<script>{s}</script>\n"));
        let lang = match self.lang {
            Lang::En => "en",
            Lang::Zh => "zh-Hans",
        };
        let html = format!(
            "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{} · Palmares</title>\n<style>{STYLE}</style>\n{style}</head>\n<body>\n<main>\n\
             <p class=\"name\">Palmares</p>\n{}</main>\n{script}</body>\n</html>\n",
            escape(&self.title),
            self.body
        );
        HttpResponse::build(status)
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((header::CONTENT_SECURITY_POLICY, policy))
            .insert_header((header::REFERRER_POLICY, referrer))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::VARY, "Accept-Language"))
            .insert_header(("X-Robots-Tag", "noindex"))
            .body(html)
    }
}

/// A field of a form, which is required.
struct Field<'a> {
    name: &'a str,
    /// `text`, `email` or `password`.
    kind: &'a str,
    /// What a browser may fill in.
    complete: &'a str,
    label: &'a str,
    hint: Option<&'a str>,
    value: &'a str,
}

/// What a refusal says to whoever sent a form; `None` when it is a fault of ours.
fn told(error: &Error, lang: Lang) -> Option<Vec<String>> {
    match error {
        Error::Invalid(invalid) => Some(
            invalid
                .0
                .iter()
                .map(|wrong| words::field_error(wrong, lang))
                .collect(),
        ),
        Error::Conflict(conflict) => Some(vec![words::conflict(conflict.code, &conflict.params, lang)]),
        Error::Unauthenticated(Unauthenticated::Link) => {
            Some(vec![words::problem("judge_link_unknown", &Params::new(), lang)])
        }
        Error::Unauthenticated(_) => Some(vec![words::problem("wrong_credentials", &Params::new(), lang)]),
        Error::TooMany { .. } => Some(vec![words::problem("too_many", &Params::new(), lang)]),
        _ => None,
    }
}

/// The status of a page that shows a form again.
const fn refusal(error: &Error) -> StatusCode {
    match error {
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Why a link of a letter does nothing, as a page of its own.
fn dead_link(error: Error, lang: Lang) -> Result<HttpResponse, Problem> {
    let status = match &error {
        Error::Invalid(_) | Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Conflict(_) => StatusCode::GONE,
        _ => return Err(error.into()),
    };
    let Some(told) = told(&error, lang).filter(|told| !told.is_empty()) else {
        return Err(error.into());
    };
    let mut page = Page::new(lang, &words::message("page-link-dead", &Params::new(), lang));
    for text in &told {
        page.tag("p", text);
    }
    page.home();
    Ok(page.answer(status))
}

/// A text as it stands in HTML, between tags or in a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '<' | '>' | '"' | '\'' => {
                // Writing to a String never fails.
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_a_tag() {
        assert_eq!(
            escape("<b title='x' id=\"y\">&半</b>"),
            "&#60;b title=&#39;x&#39; id=&#34;y&#34;&#62;&#38;半&#60;/b&#62;"
        );
    }
}
