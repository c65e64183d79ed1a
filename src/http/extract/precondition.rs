//! What a change is based on: the version that its author saw.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};

use crate::domain::invalid::FieldError;
use crate::error::{Error, Result};
use crate::http::problem::Problem;

/// What a change is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precondition {
    /// `If-None-Match: *`: there is nothing yet.
    Absent,
    /// `If-Match: "v7"`: this version is the current one.
    Version(i64),
}

impl Precondition {
    /// The version that the change is based on; 0 stands for nothing.
    #[must_use]
    pub const fn version(self) -> i64 {
        match self {
            Self::Absent => 0,
            Self::Version(version) => version,
        }
    }
}

impl FromRequest for Precondition {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(precondition(request).map_err(Problem))
    }
}

fn precondition(request: &HttpRequest) -> Result<Precondition> {
    // A header may come in several lines, which are one list (RFC 9110, 5.3).
    let text = |name| {
        let lines: Vec<_> = request.headers().get_all(name).collect();
        let lines = lines.iter().map(|v| v.to_str().unwrap_or_default().trim());
        Some(lines.collect::<Vec<_>>().join(", ")).filter(|t| !t.is_empty())
    };
    if let Some(given) = text(header::IF_MATCH) {
        return version_tag(&given)
            .map(Precondition::Version)
            .map_err(Error::from);
    }
    match text(header::IF_NONE_MATCH).as_deref() {
        Some("*") => Ok(Precondition::Absent),
        _ => Err(Error::PreconditionRequired),
    }
}

/// The version of `"v7"`. `*` and lists would let a change through whatever the client saw: they are refused.
fn version_tag(given: &str) -> Result<i64, FieldError> {
    if given == "*" || given.contains(',') {
        return Err(FieldError::new("If-Match:", "one_version_tag").with("given", given));
    }
    let tag = given.strip_prefix("W/").unwrap_or(given);
    let version = tag.strip_prefix("\"v").and_then(|v| v.strip_suffix('"'));
    let version = version.and_then(|v| v.parse().ok()).filter(|v| *v > 0);
    version.ok_or_else(|| FieldError::new("If-Match:", "version_tag").with("given", given))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_based_on_one_version() {
        assert_eq!(version_tag("\"v7\""), Ok(7));
        assert_eq!(
            version_tag("W/\"v7\""),
            Ok(7),
            "a proxy that packs bodies weakens their tags"
        );
        for (given, code) in [
            ("*", "one_version_tag"),
            ("\"v7\", \"v8\"", "one_version_tag"),
            ("v7", "version_tag"),
            ("\"7\"", "version_tag"),
            ("\"v0\"", "version_tag"),
            ("\"v-1\"", "version_tag"),
        ] {
            assert_eq!(version_tag(given).map_err(|e| e.code), Err(code), "{given}");
        }
    }
}
