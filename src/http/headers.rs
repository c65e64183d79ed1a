//! What every answer tells browsers and caches, unless its handler said more.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

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

/// Adds them.
pub(super) fn add(headers: &mut HeaderMap, path: &str, edge: &Edge) {
    let set = |headers: &mut HeaderMap, name, value| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    for (name, value) in ALWAYS {
        set(headers, name, value);
    }
    if edge.is_https() {
        set(headers, "strict-transport-security", HSTS);
    }
    let is_docs = path == "/docs" || path.starts_with("/docs/") || path == "/openapi.json";
    let docs = DOCS.iter().filter(|_| is_docs);
    for (name, value) in docs.chain(OTHERWISE) {
        if !headers.contains_key(*name) {
            set(headers, name, value);
        }
    }
}
