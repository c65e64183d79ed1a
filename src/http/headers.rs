//! What every answer tells browsers and caches, unless its handler said more.

use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::edge::Edge;

/// For everybody.
const ALWAYS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ),
];

/// Where nothing else was said.
const OTHERWISE: &[(&str, &str)] = &[
    ("referrer-policy", "no-referrer"),
    (
        "content-security-policy",
        "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("cache-control", "no-store"),
];

/// For the API document's pages, whose script is our own copy of Swagger UI.
const DOCS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("cache-control", "no-cache"),
];

/// Two years, for whatever is below this host, too (ASVS 5.0, 3.4.1).
const HSTS: &str = "max-age=63072000; includeSubDomains";

/// The same, made once.
struct Made {
    always: Vec<(HeaderName, HeaderValue)>,
    otherwise: Vec<(HeaderName, HeaderValue)>,
    docs: Vec<(HeaderName, HeaderValue)>,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let made = |table: &[(&'static str, &'static str)]| {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        table.iter().map(pair).collect()
    };
    Made {
        always: made(ALWAYS),
        otherwise: made(OTHERWISE),
        docs: made(DOCS),
    }
});

/// Adds them.
pub(super) fn add(headers: &mut HeaderMap, path: &str, edge: &Edge) {
    let made = &*MADE;
    for (name, value) in &made.always {
        headers.insert(name.clone(), value.clone());
    }
    if edge.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    let is_docs = path == "/docs" || path.starts_with("/docs/") || path == "/openapi.json";
    let docs = made.docs.iter().filter(|_| is_docs);
    for (name, value) in docs.chain(&made.otherwise) {
        if !headers.contains_key(name) {
            headers.insert(name.clone(), value.clone());
        }
    }
}
