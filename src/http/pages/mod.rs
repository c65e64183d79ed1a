//! The few pages that the server itself shows: where somebody lands who types its address or follows an invitation, and
//! the frame of the API document. They hold no script, store nothing and load nothing from elsewhere.

mod docs;
mod home;
mod invitation;

use std::fmt::Write;
use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::ServiceConfig;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::domain::text::Lang;

/// Mounts the pages. They are no part of the API, and not in its document.
pub fn mount(config: &mut ServiceConfig) {
    config
        .service(home::home)
        .service(invitation::invitation)
        .service(docs::docs)
        .service(docs::index);
}

/// Where invitations are; what follows is a secret.
pub const INVITATIONS: &str = "/invitations/";

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
small{color:var(--soft)}";

/// Only our own style, and nothing else at all.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// A page about to be written. Whatever comes in as text is escaped; only this file and its neighbours write tags.
struct Page {
    lang: Lang,
    title: String,
    body: String,
}

impl Page {
    fn new(lang: Lang, title: &str) -> Self {
        let mut page = Self {
            lang,
            title: title.to_owned(),
            body: String::new(),
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

    /// Something that is HTML already.
    fn html(&mut self, html: &str) {
        self.body.push_str(html);
        self.body.push('\n');
    }

    fn answer(self, status: StatusCode) -> HttpResponse {
        let lang = match self.lang {
            Lang::En => "en",
            Lang::Zh => "zh-Hans",
        };
        let html = format!(
            "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{} · Palmares</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <p class=\"name\">Palmares</p>\n{}</main>\n</body>\n</html>\n",
            escape(&self.title),
            self.body
        );
        HttpResponse::build(status)
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((header::CONTENT_SECURITY_POLICY, POLICY.as_str()))
            .insert_header((header::REFERRER_POLICY, "no-referrer"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::VARY, "Accept-Language"))
            .insert_header(("X-Robots-Tag", "noindex"))
            .body(html)
    }
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
