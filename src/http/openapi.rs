//! The API document, made from the code: `openapi.yaml` equals it, and a test sees to that.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};
use utoipa_actix_web::AppExt;

use super::{problem, routes};
use crate::domain::policy::{self, Action};

/// The extension by which a handler says what it does: a code of [`Action`], or `signed_in`.
const ACTION: &str = "x-action";
/// The extension that says who may do it; made from the policy.
const ROLES: &str = "x-roles";

/// The document.
#[must_use]
pub fn document() -> OpenApi {
    let (_, mut api) = actix_web::App::new()
        .into_utoipa_app()
        .configure(routes::mount)
        .split_for_parts();
    let info = InfoBuilder::new()
        .title("Palmares")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .build();
    api = OpenApiBuilder::from(api).info(info).build();
    let components = api.components.get_or_insert_with(Components::new);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components
        .schemas
        .insert("Problem".into(), problem::Document::schema());
    components
        .schemas
        .insert("Place".into(), problem::Place::schema());
    let mut referenced = Vec::new();
    problem::Document::schemas(&mut referenced);
    components.schemas.extend(referenced);
    for item in api.paths.paths.values_mut() {
        let operations = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Delete, &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                complete(operation, &method);
            }
        }
    }
    api
}

/// The document as YAML, as it stands in `openapi.yaml`.
///
/// # Errors
/// When the document can't be written.
pub fn yaml() -> crate::error::Result<String> {
    document().to_yaml().map_err(crate::error::Error::internal)
}

/// Adds what every operation of a kind has in common: who may, and how it can fail.
fn complete(operation: &mut Operation, method: &HttpMethod) {
    let action = operation
        .extensions
        .as_ref()
        .and_then(|e| e.get(ACTION))
        .and_then(|a| a.as_str())
        .map(str::to_owned);
    let parsed: Option<Action> = action.as_deref().and_then(|a| a.parse().ok());
    let roles = match parsed {
        Some(action) => policy::roles_of(action),
        None if action.is_some() => vec!["signed_in"],
        None => vec!["guest"],
    };
    let mut statuses = vec![
        (500, "A fault of ours"),
        (503, "Too much is waiting; try again after `Retry-After`"),
    ];
    if action.is_some() {
        operation.security = Some(vec![SecurityRequirement::new("bearer", [""; 0])]);
        statuses.push((401, "Nobody is signed in, or the token has ended"));
        if roles != ["signed_in"] && roles != ["guest"] {
            statuses.push((403, "You may see this, and not do it"));
        }
    }
    if parsed.is_some() {
        statuses.push((404, "There is no such thing, or you may not know of it"));
    }
    if operation.request_body.is_some() {
        statuses.push((400, "The body is no JSON"));
        statuses.push((413, "The body is too large"));
        statuses.push((415, "The body is not said to be JSON"));
        statuses.push((422, "Something in the body is wrong; each place is named"));
    }
    if *method == HttpMethod::Put {
        statuses.push((412, "It was changed since you read it"));
        statuses.push((428, "The version that the change is based on is missing"));
    }
    if *method != HttpMethod::Get && parsed.is_some() {
        statuses.push((409, "This can't be done now"));
    }
    for (status, description) in statuses {
        let response = operation
            .responses
            .responses
            .entry(status.to_string())
            .or_insert_with(|| RefOr::T(ResponseBuilder::new().description(description).build()));
        if let RefOr::T(response) = response
            && response.content.is_empty()
        {
            let content = ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Problem")))
                .build();
            response
                .content
                .insert("application/problem+json".into(), RefOr::T(content));
        }
    }
    let extensions = operation.extensions.get_or_insert_default();
    extensions.insert(ROLES.into(), serde_json::json!(roles));
}

const DESCRIPTION: &str = "\
Takes a project competition or a roadshow from registration to published finalists.

Times are RFC 3339 in UTC. Marks, points and totals are decimal strings; input takes a string or a plain number, digit \
for digit. A changeable thing has a version tag such as `\"v7\"`; a change needs `If-Match` with it, something new \
`If-None-Match: *`. `POST` takes an `Idempotency-Key`, kept for a day. Lists give `items` and `next`, which goes back as \
`cursor`. Failures are `application/problem+json` (RFC 9457), in English or Chinese by `Accept-Language`. `x-roles` of an \
operation says who can be allowed to do it.";
