//! The API document, made from the code: `openapi.yaml` equals it, and `tests/openapi.rs` sees to that. After a change of
//! the API, `cargo run -- openapi > openapi.yaml` writes it anew.
//!
//! A handler says what is its own; what all operations of a kind have in common is added here: the headers that they
//! take, how they can fail, who may do them, parameters of the address that the handler did not describe, examples.

mod example;
mod failures;
mod rules;

use std::collections::BTreeSet;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use tokio::sync::OnceCell;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, Content, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, RefOr, Required, ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};
use utoipa_actix_web::AppExt;

use super::methods::Methods;
use super::mount::Mount;
use super::{edge, problem, routes};
use crate::domain::policy::{self, Action, Programs};
use crate::error::Error;

/// The extension by which a handler says what it does: a code of [`Action`], or `signed_in`.
const ACTION: &str = "x-action";
/// The extension that says who may do it; made from the policy.
const ROLES: &str = "x-roles";
/// The extension by which a handler says whether a change names the version that it is based on. Without it a PUT does,
/// and nothing else. It does not go into the document: the headers do.
const PRECONDITION: &str = "x-precondition";

/// The extension by which a handler says what its answers differ in from the example of their schema, by status. It does
/// not go into the document: the examples do.
const EXAMPLE: &str = "x-example";

/// The extension by which a handler that makes something says that it takes no `Idempotency-Key`, though it is a POST
/// that answers 201: for links and for what can't be made twice anyway. It does not go into the document either.
const REPEATABLE: &str = "x-repeatable";

/// What stands in addresses, for handlers that do not describe it themselves: name, description, example.
const IN_ADDRESSES: &[(&str, &str, &str)] = &[
    ("slug", "The competition", "talents-cup-2026"),
    ("code", "The round", "semi-final"),
    ("round", "The round", "semi-final"),
    ("group", "The group", "shanghai"),
    ("entry", "The number of the entry", "25"),
    ("n", "The number of the entry", "25"),
    ("adjustment", "The id of the adjustment", "Q0s5dHVqYk1zZ2Zx"),
    ("panel", "The panel", "stage-a"),
    ("judge", "The id of the judge", "Q0s5dHVqYk1zZ2Zx"),
    ("id", "The id", "Q0s5dHVqYk1zZ2Zx"),
    ("number", "The number of the entry", "25"),
    ("publication", "The number of the publication", "1"),
];

/// What a server keeps of the document once somebody asked.
#[derive(Debug)]
pub(super) struct Made {
    json: Bytes,
    /// Which methods each address understands.
    pub(super) methods: Methods,
}

/// What a server needs of the document, made when it is needed first: it takes longer to make than the server to start, and
/// more memory.
pub(super) async fn made() -> Result<&'static Made, Error> {
    static MADE: OnceCell<Made> = OnceCell::const_new();
    let make = || {
        let document = document();
        let json = document.to_json().map_err(Error::internal)?.into();
        let methods = Methods::of(&document);
        Ok(Made { json, methods })
    };
    let off_the_loop = || async { tokio::task::spawn_blocking(make).await.map_err(Error::internal)? };
    MADE.get_or_try_init(off_the_loop).await
}

/// Answers with the document.
pub(super) async fn serve(request: HttpRequest) -> HttpResponse {
    match made().await {
        Ok(made) => HttpResponse::Ok()
            .content_type("application/json")
            .body(made.json.clone()),
        Err(error) => problem::respond(&error, &request),
    }
}

/// The document.
#[must_use]
pub fn document() -> OpenApi {
    let (_, mut api) = actix_web::App::new()
        .into_utoipa_app()
        .configure(|config| routes::mount(&mut Mount::Document(config)))
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
        .bearer_format("JWT, or an API token")
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
    if let Err(error) = rules::complete(&mut api) {
        // Schemas are plain data; a test compares them.
        tracing::error!("the API document lacks the schema of rules: {error}");
    }
    let mut bodies = BTreeSet::new();
    for (path, item) in &mut api.paths.paths {
        let operations = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Delete, &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                complete(operation, &method, path);
                bodies.extend(body_schemas(operation));
            }
        }
    }
    if let Some(components) = &mut api.components
        && let Err(error) = example::complete(components, &bodies)
    {
        // Schemas are plain data, which JSON can always hold; without examples the test of the document fails.
        tracing::error!("the API document has no examples: {error}");
    }
    if let Some(components) = &mut api.components {
        failures::describe(components);
        let schemas = serde_json::json!(components.schemas);
        let items = api.paths.paths.values_mut();
        let operations = items.flat_map(|i| [&mut i.get, &mut i.put, &mut i.post, &mut i.delete]);
        for operation in operations.flatten() {
            exemplify(operation, &schemas);
        }
    }
    api
}

/// Gives the answers of an operation the examples that it told.
fn exemplify(operation: &mut Operation, schemas: &serde_json::Value) {
    let told = operation.extensions.as_mut().and_then(|e| e.remove(EXAMPLE));
    let told = told.iter().filter_map(|t| t.as_object()).flatten();
    for (status, fields) in told {
        if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status)
            && let Some(RefOr::T(content)) = response.content.get_mut("application/json")
        {
            let mut names = Vec::new();
            references(&serde_json::json!(content.schema), &mut names);
            let whole = names.first().and_then(|name| schemas.get(name)?.get("example"));
            content.example = whole.map(|whole| failures::patched(whole, fields));
        }
    }
}

/// The names of the schemas that an operation takes or gives as a whole body.
fn body_schemas(operation: &Operation) -> Vec<String> {
    let mut contents: Vec<&RefOr<Content>> = Vec::new();
    if let Some(RefOr::T(body)) = &operation.request_body {
        contents.extend(body.content.values());
    }
    for response in operation.responses.responses.values() {
        if let RefOr::T(response) = response {
            contents.extend(response.content.values());
        }
    }
    let mut names = Vec::new();
    for content in contents {
        if let RefOr::T(Content {
            schema: Some(schema), ..
        }) = content
        {
            references(&serde_json::json!(schema), &mut names);
        }
    }
    names
}

/// The names of the schemas that a schema refers to.
fn references(schema: &serde_json::Value, names: &mut Vec<String>) {
    match schema {
        serde_json::Value::Object(parts) => {
            let name = parts.get("$ref").and_then(|r| r.as_str()?.rsplit('/').next());
            names.extend(name.map(str::to_owned));
            for part in parts.values() {
                references(part, names);
            }
        }
        serde_json::Value::Array(parts) => {
            for part in parts {
                references(part, names);
            }
        }
        _ => {}
    }
}

/// The document as YAML, as it stands in `openapi.yaml`.
///
/// # Errors
/// When the document can't be written.
pub fn yaml() -> crate::error::Result<String> {
    let text = document().to_yaml().map_err(crate::error::Error::internal)?;
    Ok(in_order(&text))
}

/// The same text with `x-action` before `x-roles`: utoipa writes extensions in no order.
fn in_order(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut roles = String::new();
    for line in text.lines() {
        let word = line.trim_start();
        let goes_on = word.starts_with("- ") && !roles.is_empty();
        if word == "x-roles:" || goes_on {
            roles.push_str(line);
            roles.push('\n');
            continue;
        }
        if !word.starts_with("x-action:") {
            written.push_str(&std::mem::take(&mut roles));
        }
        written.push_str(line);
        written.push('\n');
    }
    written + &roles
}

/// Adds what every operation of a kind has in common: who may, what it takes, and how it can fail.
fn complete(operation: &mut Operation, method: &HttpMethod, path: &str) {
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
        (
            503,
            "Too much is waiting, or the database is away or its disk full; try again after `Retry-After`",
        ),
        (414, "The address is too long"),
        (431, "The headers are too large"),
    ];
    if !edge::is_free_operation(method, path) {
        statuses.push((429, "Too many requests; try again after `Retry-After`"));
    }
    if action.is_some() {
        let token = SecurityRequirement::new("bearer", [""; 0]);
        let anybody = (roles == ["guest"]).then(SecurityRequirement::default);
        operation.security = Some(anybody.into_iter().chain([token]).collect());
        statuses.push((401, "Nobody is signed in, or the token has ended"));
        if roles != ["guest"] {
            statuses.push((
                403,
                "You may see this, and not do it; or not by what you proved so far",
            ));
        }
    }
    if parsed.is_some() {
        statuses.push((404, "There is no such thing, or you may not know of it"));
    }
    let has_query = operation
        .parameters
        .iter()
        .flatten()
        .any(|p| matches!(p, RefOr::T(p) if p.parameter_in == ParameterIn::Query));
    if operation.request_body.is_some() || matches!(method, HttpMethod::Post | HttpMethod::Put) {
        statuses.push((400, "The body is no JSON"));
        statuses.push((408, "The body did not come in time"));
        statuses.push((413, "The body is too large"));
        statuses.push((415, "The body is not said to be JSON"));
        statuses.push((422, "Something in the body is wrong; each place is named"));
    } else if has_query {
        statuses.push((400, "The query can't be read"));
        statuses.push((422, "Something in the query is wrong; each place is named"));
    }
    let told = operation.extensions.as_mut().and_then(|e| e.remove(PRECONDITION));
    let precondition = told.map_or(*method == HttpMethod::Put, |told| told == true);
    // A session or a link is nobody's, so there is nobody whose key it could be.
    let told = operation.extensions.as_mut().and_then(|e| e.remove(REPEATABLE));
    let repeatable = told.is_none_or(|told| told == true)
        && *method == HttpMethod::Post
        && action.is_some()
        && operation.responses.responses.contains_key("201");
    let mut parameters = operation.parameters.take().unwrap_or_default();
    describe(path, &mut parameters);
    if precondition {
        parameters.extend([if_match(), if_none_match()]);
    }
    if repeatable {
        parameters.push(idempotency_key());
    }
    operation.parameters = (!parameters.is_empty()).then_some(parameters);
    if precondition {
        statuses.push((412, "It was changed since you read it"));
        statuses.push((428, "The version that the change is based on is missing"));
    }
    if *method != HttpMethod::Get && parsed.is_some() {
        statuses.push((409, "This can't be done now"));
    }
    let responses = &mut operation.responses.responses;
    for (status, description) in statuses {
        responses
            .entry(status.to_string())
            .or_insert_with(|| RefOr::T(ResponseBuilder::new().description(description).build()));
    }
    let failures = responses
        .iter_mut()
        .filter(|(status, _)| status.starts_with(['4', '5']));
    for (status, response) in failures {
        if let RefOr::T(response) = response
            && response.content.is_empty()
        {
            let content = failures::content(status);
            response
                .content
                .insert("application/problem+json".into(), RefOr::T(content));
        }
    }
    let description = operation.description.get_or_insert_default();
    if !description.is_empty() {
        description.push_str("\n\n");
    }
    description.push_str(&who(&roles));
    if let Some(action) = parsed {
        description.push_str(tokens(action).as_str());
    }
    let extensions = operation.extensions.get_or_insert_default();
    extensions.insert(ROLES.into(), serde_json::json!(roles));
}

/// Who may do it, as a sentence.
fn who(roles: &[&str]) -> String {
    match roles {
        ["guest"] => "Who may: everybody.".to_owned(),
        ["signed_in"] => "Who may: whoever is signed in.".to_owned(),
        roles => format!("Who may: `{}`.", roles.join("`, `")),
    }
}

/// Which API tokens are good for it, as a sentence.
fn tokens(action: Action) -> String {
    match policy::programs(action) {
        Programs::All => " Every API token is good for it.".to_owned(),
        Programs::With(scope) => format!(" API tokens need the scope `{scope}`."),
        Programs::None => " No API token is good for it.".to_owned(),
    }
}

/// Describes what stands in an address and is not described yet.
fn describe(path: &str, parameters: &mut Vec<RefOr<Parameter>>) {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    for name in names {
        let Some((_, description, example)) = IN_ADDRESSES.iter().find(|(known, ..)| *known == name) else {
            continue;
        };
        let told = parameters.iter_mut().find_map(|parameter| match parameter {
            RefOr::T(p) if p.name == name && p.parameter_in == ParameterIn::Path => Some(p),
            _ => None,
        });
        match told {
            Some(told) => {
                told.description.get_or_insert((*description).to_owned());
            }
            None => parameters.push(parameter(name, ParameterIn::Path, description, example)),
        }
    }
}

fn if_match() -> RefOr<Parameter> {
    let description = "The tag of the one version that the change is based on, as `ETag` told it; `*` and lists, with which \
        somebody else's change could be lost, are refused";
    parameter("If-Match", ParameterIn::Header, description, "\"v7\"")
}

fn if_none_match() -> RefOr<Parameter> {
    let description = "`*` says that there is nothing yet: for something new, instead of `If-Match`";
    parameter("If-None-Match", ParameterIn::Header, description, "*")
}

fn idempotency_key() -> RefOr<Parameter> {
    let description = "A key of your own, 1 to 200 characters: the same request with the same key gets the first answer \
        again, for 24 hours at least";
    parameter(
        "Idempotency-Key",
        ParameterIn::Header,
        description,
        "7b1f0a5e-1f6c-4c5e-9a55-0f5c2a7f9d10",
    )
}

fn parameter(name: &str, place: ParameterIn, description: &str, example: &str) -> RefOr<Parameter> {
    let required = if place == ParameterIn::Path {
        Required::True
    } else {
        Required::False
    };
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .example(Some(serde_json::json!(example)))
        .build();
    RefOr::T(parameter)
}

const DESCRIPTION: &str = "\
Takes a project competition or a roadshow from registration to published finalists.

Times are RFC 3339 in UTC. Marks, points and totals are decimal strings; input takes a string or a plain number, digit \
for digit. A changeable thing has a version tag such as `\"v7\"`; a change needs `If-Match` with it, something new \
`If-None-Match: *`. `POST` takes an `Idempotency-Key`, kept for a day. Lists give `items` and `next`, which goes back as \
`cursor`. Failures are `application/problem+json` (RFC 9457), in English or Chinese by `Accept-Language`. `x-roles` of an \
operation says who can be allowed to do it. Who asks too often or guesses passwords gets 429, with `Retry-After` in \
seconds.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_extensions_does_not_change() {
        let text =
            "    x-action: judge\n    x-roles:\n    - owner\n    - admin\n  get:\n    tags:\n    - a\n";
        let other =
            "    x-roles:\n    - owner\n    - admin\n    x-action: judge\n  get:\n    tags:\n    - a\n";
        assert_eq!(in_order(text), text);
        assert_eq!(in_order(other), text);
        assert_eq!(in_order("x-roles:\n- guest\n"), "x-roles:\n- guest\n");
    }
}
