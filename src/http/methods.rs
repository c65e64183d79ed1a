//! Methods: HEAD is GET without its body, OPTIONS says what an address understands, and so does the refusal of any
//! other method.

use actix_web::dev::ServiceRequest;
use actix_web::http::{Method, header};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use utoipa::openapi::OpenApi;

use super::{openapi, problem};
use crate::error::Error;

/// Which methods each address of the API document understands.
#[derive(Debug)]
pub struct Methods(Vec<Address>);

#[derive(Debug)]
struct Address {
    /// Its steps; a variable one is `None`.
    steps: Vec<Option<String>>,
    methods: Vec<&'static str>,
}

impl Methods {
    /// Those of a document.
    #[must_use]
    pub fn of(document: &OpenApi) -> Self {
        let addresses = document.paths.paths.iter().map(|(path, item)| {
            let understood = [
                ("GET", item.get.is_some()),
                ("HEAD", item.get.is_some()),
                ("PUT", item.put.is_some()),
                ("POST", item.post.is_some()),
                ("DELETE", item.delete.is_some()),
            ];
            let methods = understood.into_iter().filter(|(_, is)| *is);
            Address {
                steps: path
                    .split('/')
                    .map(|step| (!step.starts_with('{')).then(|| step.to_owned()))
                    .collect(),
                methods: methods.map(|(method, _)| method).collect(),
            }
        });
        Self(addresses.collect())
    }

    /// What a path understands; nothing where there is no such address.
    fn at(&self, path: &str) -> Vec<&'static str> {
        let given: Vec<&str> = path.split('/').collect();
        let is_here = |address: &&Address| {
            let mut steps = address.steps.iter().zip(&given);
            address.steps.len() == given.len()
                && steps.all(|(step, given)| {
                    step.as_ref()
                        .map_or_else(|| !given.is_empty(), |step| step == given)
                })
        };
        let mut methods: Vec<_> = self
            .0
            .iter()
            .filter(is_here)
            .flat_map(|a| a.methods.clone())
            .collect();
        methods.sort_unstable();
        methods.dedup();
        methods
    }
}

/// Lets HEAD find what GET finds; the server leaves the body out by itself.
pub fn head_as_get(request: &mut ServiceRequest) {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(OnlyHead);
    }
}

/// The client asked for no body.
#[derive(Debug, Clone, Copy)]
struct OnlyHead;

/// Whether the client asked for no body: one that never ended would never be left out to its end.
pub(super) fn is_head(request: &HttpRequest) -> bool {
    request.extensions().contains::<OnlyHead>()
}

/// Answers what no handler takes.
pub async fn other(request: HttpRequest) -> HttpResponse {
    let allowed = match openapi::made().await {
        Ok(made) => made.methods.at(request.path()),
        Err(error) => return problem::respond(&error, &request),
    };
    if allowed.is_empty() {
        return problem::respond(&Error::NotFound("address"), &request);
    }
    let allow = allowed.join(", ");
    if request.method() == Method::OPTIONS {
        return HttpResponse::NoContent()
            .insert_header((header::ALLOW, allow))
            .finish();
    }
    problem::respond(&Error::Method { allow }, &request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_understands_what_the_document_says() {
        let methods = Methods::of(&openapi::document());
        assert_eq!(methods.at("/api/v1/setup"), ["POST"]);
        assert_eq!(methods.at("/api/v1/me"), ["GET", "HEAD"]);
        assert_eq!(methods.at("/api/v1/sessions/current"), ["DELETE"]);
        for nowhere in ["", "/", "/api/v1", "/api/v1/users/", "/api/v1/me/x", "/me"] {
            assert!(methods.at(nowhere).is_empty(), "{nowhere}");
        }
    }
}
