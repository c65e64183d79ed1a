//! What everyone reads, as it goes out: found in memory before anything else is done, else built once for all.
//!
//! Only guests are served from here: whoever brings a token or a session gets an answer of their own.

use std::future::Future;

use actix_http::Response;
use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::dev::RequestHead;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use serde::Serialize;

use super::answer::{Answer, Reply};
use super::api::standings::hash;
use super::extract::{self, Caller};
use super::{State, cookies, edge, headers, trace};
use crate::app::actor::Actor;
use crate::app::showcase::{Coding, Exhibit, Footing, Form, Variant};
use crate::domain::text::Lang;
use crate::error::{Error, Result};

/// The answer that stands in memory for a request, if there is one.
pub(super) fn find(state: &State, request: &RequestHead) -> Option<Response<BoxBody>> {
    let reads = request.method == Method::GET || request.method == Method::HEAD;
    if !reads || request.uri.query().is_some() {
        return None;
    }
    let asked = request.headers();
    let own = asked.contains_key(header::AUTHORIZATION) || cookies::may_hold_session(asked);
    // What browsers of other sites are told is not told here, and neither is what is wrong with a request.
    if own || state.edge.has_cors() || edge::is_odd(request) {
        return None;
    }
    let (path, lang) = (request.uri.path(), extract::language_of(asked));
    let shown = state.app.showcase().find(path, lang, state.app.now())?;
    let mut response = respond(&shown, asked);
    if response.status() != StatusCode::NOT_MODIFIED {
        // Of what the client holds it has the headers, too (RFC 9110, 15.4.5).
        trace::name(response.headers_mut(), asked);
        headers::add(response.headers_mut(), shown.route, &state.edge);
    }
    shown.count(state.app.meters(), response.status().as_u16());
    Some(response.into())
}

/// Answers a reader: a guest with what stands in memory, or is put there now; anybody else with an answer of their own.
/// `path` is the address in its one right form.
///
/// # Errors
/// As `make` does.
pub async fn answer<T, B, F>(
    state: &State,
    caller: &Caller,
    (path, route): (&str, &'static str),
    lang: Lang,
    make: B,
) -> Reply<T>
where
    T: Serialize,
    B: Fn() -> F,
    F: Future<Output = Result<(T, Footing)>>,
{
    if caller.0 != Actor::Guest {
        let (view, _) = make().await?;
        let tag = hash(&view)?;
        return Ok(Answer::ok(view).tag(&tag));
    }
    let bytes = || async {
        let (view, footing) = make().await?;
        Ok((serde_json::to_vec(&view).map_err(Error::internal)?, footing))
    };
    let showcase = state.app.showcase();
    let shown = showcase.show((path, lang), route, state.app.now(), bytes).await?;
    Ok(Answer::shown(shown))
}

/// What is shown, in the coding that the client likes best; 304 when it holds these very bytes.
pub(super) fn respond(shown: &Exhibit, asked: &HeaderMap) -> HttpResponse {
    let (coding, variant) = choose(&shown.form, asked);
    let mut response = HttpResponse::new(StatusCode::OK);
    let given = response.headers_mut();
    // Anybody may keep it, and asks each time whether it is still so.
    given.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, no-cache"),
    );
    given.insert(
        header::VARY,
        HeaderValue::from_static("Accept-Encoding, Accept-Language, Authorization, Cookie"),
    );
    if let Ok(tag) = HeaderValue::from_maybe_shared(variant.tag.clone()) {
        given.insert(header::ETAG, tag);
    }
    if holds(asked, &variant.tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    given.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(coding) = coding {
        given.insert(
            header::CONTENT_ENCODING,
            HeaderValue::from_static(coding.as_str()),
        );
    }
    response.set_body(BoxBody::new(variant.bytes.clone()))
}

/// Whether the client holds what has this tag (RFC 9110, 13.1.2: compared weakly).
fn holds(asked: &HeaderMap, tag: &[u8]) -> bool {
    asked.get_all(header::IF_NONE_MATCH).any(|line| {
        line.as_bytes().split(|b| *b == b',').any(|given| {
            let given = given.trim_ascii();
            given == b"*" || given.strip_prefix(b"W/").unwrap_or(given) == tag
        })
    })
}

/// The form that the client likes best; of those that it likes the same, the shortest kind.
fn choose<'a>(form: &'a Form, asked: &HeaderMap) -> (Option<Coding>, &'a Variant) {
    let mut lines = asked
        .get_all(header::ACCEPT_ENCODING)
        .filter_map(|line| line.to_str().ok());
    let plain = (None, form.plain());
    let Some(first) = lines.next() else { return plain };
    let accepted = Accepted::of(
        lines
            .fold(first.to_owned(), |all, line| all + "," + line)
            .as_str(),
    );
    let mut best = (accepted.plain, plain);
    // From the one that packs worst, so that a better one takes its place at the same weight.
    for coding in Coding::ALL.into_iter().rev() {
        if let Some(variant) = form.packed(coding)
            && accepted.weight(coding) > 0
            && accepted.weight(coding) >= best.0
        {
            best = (accepted.weight(coding), (Some(coding), variant));
        }
    }
    best.1
}

/// The weights of `Accept-Encoding`, in thousandths (RFC 9110, 12.5.3).
#[derive(Debug, PartialEq, Eq)]
struct Accepted {
    br: u16,
    zstd: u16,
    gzip: u16,
    /// Plain bytes are good enough for everybody: where they are refused and nothing else is left, they go out all the same.
    plain: u16,
}

impl Accepted {
    fn of(text: &str) -> Self {
        let (mut named, mut others) = ([None; 4], None);
        let [br, zstd, gzip, plain] = &mut named;
        for part in text.split(',') {
            let mut part = part.split(';');
            let name = part.next().unwrap_or_default().trim();
            let quality = part.find_map(|p| {
                p.trim()
                    .strip_prefix("q=")
                    .or_else(|| p.trim().strip_prefix("Q="))
            });
            let weight = quality.map_or(1000, thousandths);
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            let place = if is("br") {
                &mut *br
            } else if is("zstd") {
                &mut *zstd
            } else if is("gzip") || is("x-gzip") {
                &mut *gzip
            } else if is("identity") {
                &mut *plain
            } else if is("*") {
                &mut others
            } else {
                continue;
            };
            *place = Some(weight);
        }
        let [br, zstd, gzip, plain] = named;
        let or_others = |named: Option<u16>| named.or(others).unwrap_or(0);
        Self {
            br: or_others(br),
            zstd: or_others(zstd),
            gzip: or_others(gzip),
            // What is not named comes after what is.
            plain: plain.unwrap_or(0),
        }
    }

    const fn weight(&self, coding: Coding) -> u16 {
        match coding {
            Coding::Br => self.br,
            Coding::Zstd => self.zstd,
            Coding::Gzip => self.gzip,
        }
    }
}

/// `0.123` as 123; nothing that can't be read counts.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = fraction.len() <= 3 && fraction.bytes().all(|b| b.is_ascii_digit());
    match (whole, digits) {
        ("1", true) => 1000,
        ("0", true) => format!("{fraction:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_likes_best_is_sent() {
        let text = "{\"entry\":1}".repeat(500);
        let form = Form::pack(text.into());
        for (asked, coding) in [
            (None, None),
            (Some(""), None),
            (Some("gzip, deflate, br, zstd"), Some(Coding::Br)),
            (Some("gzip, deflate"), Some(Coding::Gzip)),
            (Some("GZIP;q=0.5, br;q=0.4"), Some(Coding::Gzip)),
            (Some("br;q=0, zstd;q=0.001, gzip;q=0"), Some(Coding::Zstd)),
            (Some("identity, gzip;q=0.5"), None),
            (Some("identity;q=0.5, gzip;q=0.5"), Some(Coding::Gzip)),
            (Some("*"), Some(Coding::Br)),
            (Some("*;q=0, gzip"), Some(Coding::Gzip)),
            (Some("br;q=0, *"), Some(Coding::Zstd)),
            (Some("identity;q=0"), None),
            (Some("br;q=2, gzip;q=none"), None),
            (Some("deflate"), None),
            (Some("x-gzip"), Some(Coding::Gzip)),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(asked) = asked {
                headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(asked));
            }
            assert_eq!(choose(&form, &headers).0, coding, "{asked:?}");
        }
        let mut two = HeaderMap::new();
        two.append(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip;q=0.5"));
        two.append(header::ACCEPT_ENCODING, HeaderValue::from_static("zstd"));
        assert_eq!(choose(&form, &two).0, Some(Coding::Zstd), "lines are one list");
    }

    #[test]
    fn a_tag_is_held_whoever_weakened_it() {
        for (given, held) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("\"ab\"", false),
            ("a", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.append(header::IF_NONE_MATCH, HeaderValue::from_static(given));
            assert_eq!(holds(&headers, b"\"a\""), held, "{given}");
        }
    }
}
