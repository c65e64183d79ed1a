//! The session of a browser: cookies that no script reads, taken only from pages of this server.
//!
//! Two cookies hold what programs get in the body: the access token for its ten minutes, the refresh token for as long as
//! it is good. They count only where a request comes from a page of the same origin *and* carries [`HEADER`], which a
//! form of another site can't send and a script of another site may not. A third one marks the device, see
//! [`Brake::mark`](crate::app::guessing::Brake::mark); it opens nothing.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::edge::{Cookies, Edge};
use crate::error::{Error, Result};

/// The header with which a page says that it is a page of ours; any value.
pub const HEADER: &str = "X-Palmares";

const ACCESS: &str = "palmares-access";
const REFRESH: &str = "palmares-refresh";
const SIGN_IN: &str = "palmares-sign-in";
const DEVICE: &str = "palmares-device";
const SEAT: &str = "palmares-seat";
/// How long a browser remembers that somebody signed in on it, in seconds: the most that browsers grant.
const DEVICE_SECONDS: i64 = 400 * 24 * 3600;

/// The access token of a page's request, if it comes from a page of ours.
pub(super) fn access(request: &HttpRequest, edge: &Edge) -> Option<String> {
    if is_own(request, edge) {
        given(request, edge, ACCESS)
    } else {
        None
    }
}

/// Whether a request may bring a session of a browser: only who looks closer knows.
pub(super) fn may_hold_session(headers: &HeaderMap) -> bool {
    headers.get_all(header::COOKIE).any(|line| {
        let mut parts = line.as_bytes().windows(ACCESS.len());
        parts.any(|part| part == ACCESS.as_bytes())
    })
}

/// The refresh token of a page's request, if it comes from a page of ours.
pub(super) fn refresh(request: &HttpRequest, edge: &Edge) -> Option<String> {
    if is_own(request, edge) {
        given(request, edge, REFRESH)
    } else {
        None
    }
}

/// The mark of the device.
pub(super) fn device(request: &HttpRequest, edge: &Edge) -> Option<String> {
    given(request, edge, DEVICE)
}

/// Whether browsers may keep a session here at all.
///
/// # Errors
/// [`Error::Invalid`] at `/cookie` where the public comes by plain http.
pub(super) fn may_keep(edge: &Edge) -> Result<()> {
    if edge.cookies == Cookies::None {
        return Err(Error::invalid("/cookie", "cookie_needs_https"));
    }
    Ok(())
}

/// Whether somebody who asks for cookies may have them.
///
/// # Errors
/// [`Error::Invalid`] at `/cookie` where the public comes by plain http, or the request from no page of ours.
pub(super) fn may_set(request: &HttpRequest, edge: &Edge) -> Result<()> {
    may_keep(edge)?;
    if !is_own(request, edge) {
        return Err(Error::invalid("/cookie", "cookie_needs_own_page"));
    }
    Ok(())
}

/// The cookies that begin a session or keep it up.
pub(super) fn set(
    edge: &Edge,
    access: &str,
    access_seconds: i64,
    refresh: &str,
    refresh_seconds: i64,
) -> [String; 2] {
    [
        write(edge, ACCESS, access, access_seconds),
        write(edge, REFRESH, refresh, refresh_seconds),
    ]
}

/// The cookies that end it.
pub(super) fn clear(edge: &Edge) -> [String; 2] {
    [write(edge, ACCESS, "", 0), write(edge, REFRESH, "", 0)]
}

/// What a browser remembers of a sign-in at a provider, which it comes back from by a link of another site. It opens
/// nothing: it is sealed, and good for the one sign-in that this browser began.
pub(super) fn sign_in(request: &HttpRequest, edge: &Edge) -> Option<String> {
    given(request, edge, SIGN_IN)
}

/// The cookie of a sign-in at a provider.
pub(super) fn set_sign_in(edge: &Edge, sealed: &str, seconds: i64) -> String {
    write(edge, SIGN_IN, sealed, seconds).replace("SameSite=Strict", "SameSite=Lax")
}

/// The cookie that marks a device.
pub(super) fn mark(edge: &Edge, mark: &str) -> String {
    write(edge, DEVICE, mark, DEVICE_SECONDS)
}

/// Whether a form that begins a session may: it comes from a page of ours, and the browser may keep cookies. A form sends
/// no header of ours, so that the browser has to say where it comes from.
///
/// # Errors
/// [`Error::Invalid`] at `/cookie`.
pub(super) fn may_set_by_form(request: &HttpRequest, edge: &Edge) -> Result<()> {
    may_keep(edge)?;
    if !is_own_form(request, edge) {
        return Err(Error::invalid("/cookie", "cookie_needs_own_form"));
    }
    Ok(())
}

/// The refresh token that a page's request or form brings, if it comes from a page of ours.
pub(super) fn held(request: &HttpRequest, edge: &Edge) -> Option<String> {
    if is_own(request, edge) || is_own_form(request, edge) {
        given(request, edge, REFRESH)
    } else {
        None
    }
}

/// What makes this browser a tablet of a hall. It opens nothing by itself, and other sites' forms don't bring it.
pub(super) fn seat(request: &HttpRequest, edge: &Edge) -> Option<String> {
    given(request, edge, SEAT)
}

/// The cookie that makes a browser a tablet of a hall.
pub(super) fn bind(edge: &Edge, seat: &str, seconds: i64) -> String {
    write(edge, SEAT, seat, seconds)
}

/// The cookie that makes it one no longer.
pub(super) fn unbind(edge: &Edge) -> String {
    write(edge, SEAT, "", 0)
}

/// Lets a browser forget what one judge leaves behind for the next: all but cookies, which are ended one by one,
/// since the tablet stays one.
pub(super) fn wipe(answer: &mut HttpResponse) {
    let all = HeaderValue::from_static("\"cache\", \"storage\"");
    answer
        .headers_mut()
        .insert(HeaderName::from_static("clear-site-data"), all);
}

/// Whether a form comes from a page of ours.
fn is_own_form(request: &HttpRequest, edge: &Edge) -> bool {
    let text = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
    match (text("Sec-Fetch-Site"), text("Origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == edge.origin,
        (None, None) => false,
    }
}

/// Whether a request comes from a page of ours. Browsers say so themselves in `Sec-Fetch-Site`, which no page can
/// write; older ones name the page's origin, save where they only read.
fn is_own(request: &HttpRequest, edge: &Edge) -> bool {
    let text = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|v| v.to_str().unwrap_or_default())
    };
    if text(HEADER).is_none_or(str::is_empty) {
        return false;
    }
    match (text("Sec-Fetch-Site"), text("Origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == edge.origin,
        (None, None) => request.method().is_safe(),
    }
}

fn name(edge: &Edge, name: &str) -> String {
    match edge.cookies {
        Cookies::Secure => format!("__Host-{name}"),
        Cookies::Local | Cookies::None => name.to_owned(),
    }
}

fn given(request: &HttpRequest, edge: &Edge, wanted: &str) -> Option<String> {
    let wanted = name(edge, wanted);
    let lines = request.headers().get_all(header::COOKIE);
    let mut pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == wanted)?;
    (!value.is_empty()).then(|| value.to_owned())
}

fn write(edge: &Edge, what: &str, value: &str, seconds: i64) -> String {
    let secure = if edge.is_https() { "; Secure" } else { "" };
    let name = name(edge, what);
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use actix_web::test::TestRequest;

    use super::super::edge::Settings;
    use super::*;

    #[test]
    fn a_cookie_counts_only_in_a_request_of_a_page_of_ours() {
        let edge = Edge::new(Settings::of("https://contest.example.org/cup"));
        let ours = ("Origin", "https://contest.example.org");
        for (method, headers, counts) in [
            (
                Method::POST,
                vec![(HEADER, "1"), ("Sec-Fetch-Site", "same-origin")],
                true,
            ),
            (Method::POST, vec![(HEADER, "1"), ours], true),
            (Method::GET, vec![(HEADER, "1")], true),
            (Method::POST, vec![(HEADER, "1")], false),
            (Method::POST, vec![("Sec-Fetch-Site", "same-origin"), ours], false),
            (Method::GET, vec![], false),
            (Method::POST, vec![(HEADER, ""), ours], false),
            (
                Method::POST,
                vec![(HEADER, "1"), ("Sec-Fetch-Site", "same-site"), ours],
                false,
            ),
            (
                Method::POST,
                vec![(HEADER, "1"), ("Sec-Fetch-Site", "cross-site")],
                false,
            ),
            (
                Method::POST,
                vec![(HEADER, "1"), ("Sec-Fetch-Site", "none")],
                false,
            ),
            (
                Method::POST,
                vec![(HEADER, "1"), ("Origin", "https://evil.example")],
                false,
            ),
            (Method::POST, vec![(HEADER, "1"), ("Origin", "null")], false),
            (
                Method::POST,
                vec![(HEADER, "1"), ("Origin", "http://contest.example.org")],
                false,
            ),
        ] {
            let mut request = TestRequest::default()
                .method(method.clone())
                .insert_header(("Cookie", "a=b; __Host-palmares-access=T; palmares-access=planted"));
            for header in &headers {
                request = request.insert_header(*header);
            }
            let got = access(&request.to_http_request(), &edge);
            assert_eq!(got.as_deref(), counts.then_some("T"), "{method} {headers:?}");
        }
    }

    #[test]
    fn cookies_are_written_so_that_no_script_and_no_other_host_has_them() {
        let cookie = |url| write(&Edge::new(Settings::of(url)), ACCESS, "T", 600);
        assert_eq!(
            cookie("https://contest.example.org"),
            "__Host-palmares-access=T; Path=/; Max-Age=600; HttpOnly; SameSite=Strict; Secure"
        );
        assert_eq!(
            cookie("http://127.0.0.1:8080"),
            "palmares-access=T; Path=/; Max-Age=600; HttpOnly; SameSite=Strict"
        );
    }
}
