//! The API document is what the code says, and says what a client needs: every operation explained, every body with an
//! example that fits its schema.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a test that can't go on has failed"
)]

#[path = "openapi/schemas.rs"]
mod schemas;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use palmares::http::openapi;
use schemas::{check_examples, misfits};
use serde_json::Value;

/// Operations that ask nobody to sign in.
const FOR_EVERYBODY: &[&str] = &[
    "live",
    "ready",
    "register",
    "set_up",
    "sign_in",
    "give_code",
    "sign_in_by_code",
    "sign_in_by_link",
    "request_sign_in_code",
    "request_password_reset",
    "complete_password_reset",
    "confirm_email",
    "list_providers",
    "refresh",
    "list_competitions",
];

/// An operation of the document.
struct Operation {
    /// `post`.
    method: String,
    /// `/api/v1/users`.
    path: String,
    /// What the document says of it.
    says: Value,
}

impl Operation {
    fn name(&self) -> &str {
        self.says["operationId"].as_str().unwrap_or_default()
    }

    fn parameters(&self, place: &str) -> BTreeSet<&str> {
        let all = self.says["parameters"].as_array().into_iter().flatten();
        all.filter(|p| p["in"] == place)
            .filter_map(|p| p["name"].as_str())
            .collect()
    }

    fn responses(&self) -> impl Iterator<Item = (u16, &Value)> {
        let responses = self.says["responses"].as_object().unwrap();
        responses
            .iter()
            .map(|(status, response)| (status.parse().unwrap(), response))
    }
}

fn document() -> Value {
    serde_json::to_value(openapi::document()).unwrap()
}

fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods
            .filter(|(method, _)| ["get", "put", "post", "delete"].contains(&method.as_str()))
            .map(|(method, says)| Operation {
                method: method.clone(),
                path: path.clone(),
                says: says.clone(),
            })
    });
    operations.collect()
}

/// Fails with every complaint at once.
fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn the_committed_document_is_what_the_code_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.yaml");
    let committed = std::fs::read_to_string(file).unwrap();
    let made = openapi::yaml().unwrap();
    let differs = committed.lines().zip(made.lines()).position(|(c, m)| c != m);
    assert!(
        committed.trim_end() == made.trim_end(),
        "openapi.yaml differs from the code at line {}: renew it with `cargo run -- openapi > openapi.yaml`",
        differs.unwrap_or_default() + 1
    );
}

#[test]
fn every_operation_is_explained() {
    let document = document();
    let (mut names, mut complaints) = (BTreeSet::new(), Vec::new());
    for operation in operations(&document) {
        let mut complain = |what: &str| {
            complaints.push(format!("{} {}: {what}", operation.method, operation.path));
        };
        let says = &operation.says;
        if !names.insert(operation.name().to_owned()) {
            complain("its operationId stands twice");
        }
        if !says["summary"]
            .as_str()
            .is_some_and(|s| s.len() > 5 && s.ends_with('.'))
        {
            complain("it has no summary that is a sentence");
        }
        if says["tags"]
            .as_array()
            .is_none_or(|tags| tags.len() != 1 || tags[0] == "")
        {
            complain("it has not one tag");
        }
        let for_everybody = FOR_EVERYBODY.contains(&operation.name());
        if for_everybody == says.get("x-action").is_some() {
            complain("it has an x-action, or stands in FOR_EVERYBODY here, not both");
        }
        if for_everybody == says.get("security").is_some() {
            complain("it demands a token of everybody, or of nobody");
        }
        if says["x-roles"].as_array().is_none_or(Vec::is_empty) {
            complain("nobody may do it");
        }
        for parameter in says["parameters"].as_array().into_iter().flatten() {
            if parameter["description"].as_str().is_none_or(str::is_empty) {
                complain(&format!("its parameter {} is not described", parameter["name"]));
            }
        }
        let in_address: BTreeSet<_> = operation
            .path
            .split('{')
            .skip(1)
            .map(|p| p.split('}').next().unwrap())
            .collect();
        if in_address != operation.parameters("path") {
            complain("its path parameters are not those of its address");
        }
    }
    assert!(
        names.len() >= 8,
        "the document has only {} operations",
        names.len()
    );
    none(complaints);
}

#[test]
fn every_operation_says_how_it_succeeds_and_how_it_fails() {
    let document = document();
    let mut complaints = Vec::new();
    for operation in operations(&document) {
        let mut complain = |what: String| {
            complaints.push(format!("{} {}: {what}", operation.method, operation.path));
        };
        let statuses: BTreeSet<u16> = operation.responses().map(|(status, _)| status).collect();
        if !statuses.iter().any(|s| (200..300).contains(s)) {
            complain("no success".into());
        }
        for (status, response) in operation.responses() {
            if response["description"].as_str().is_none_or(str::is_empty) {
                complain(format!("{status} is not described"));
            }
            let content = response["content"].as_object();
            match status {
                204 => assert!(content.is_none(), "{} has a body", operation.path),
                200..300 if content.is_none() => complain(format!("{status} has no body")),
                400.. if response["content"].get("application/problem+json").is_none() => {
                    complain(format!("{status} is no problem document"));
                }
                400.. => {
                    let example =
                        &response["content"]["application/problem+json"]["examples"]["problem"]["$ref"];
                    let place = example.as_str().unwrap_or_default().trim_start_matches('#');
                    if document
                        .pointer(place)
                        .is_none_or(|e| e["value"]["status"] != status)
                    {
                        complain(format!("{status} has no example of its own"));
                    }
                }
                _ => {}
            }
        }
        let mut expected = vec![500, 503];
        if operation.says.get("x-action").is_some() {
            expected.push(401);
        }
        if operation.says.get("requestBody").is_some() {
            expected.extend([400, 408, 413, 415, 422]);
        }
        if !operation.parameters("query").is_empty() {
            expected.push(422);
        }
        let said = operation.says["description"].as_str().unwrap_or_default();
        if !said.contains("Who may: ") {
            complain("it does not say who may do it".into());
        }
        if operation.parameters("header").contains("If-Match") {
            expected.extend([412, 428]);
        }
        for status in expected.iter().filter(|status| !statuses.contains(status)) {
            complain(format!("{status} is missing"));
        }
    }
    none(complaints);
}

/// The examples of components, whole bodies first of all: without one a reader has to guess.
#[test]
fn every_body_has_an_example_and_every_example_fits_its_schema() {
    let document = document();
    let components = document["components"].clone();
    let schemas = components["schemas"].as_object().unwrap();
    let mut complaints = Vec::new();
    let mut bodies = BTreeSet::new();
    for operation in operations(&document) {
        let body = operation.says.get("requestBody").into_iter();
        let answers = operation.responses().map(|(_, response)| response);
        for content in body
            .chain(answers)
            .filter_map(|b| b["content"].as_object())
            .flatten()
        {
            let mut named = Vec::new();
            references(&content.1["schema"], &mut named);
            let example = &content.1["example"];
            if !example.is_null() {
                let wrong = misfits(&components, &content.1["schema"], example);
                complaints.extend(
                    wrong
                        .into_iter()
                        .map(|why| format!("{}: {why}", operation.name())),
                );
            }
            for example in content.1["examples"]
                .as_object()
                .into_iter()
                .flat_map(|e| e.values())
            {
                let name = example["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
                let value = &components["examples"][name]["value"];
                let wrong = misfits(&components, &content.1["schema"], value);
                complaints.extend(wrong.into_iter().map(|why| format!("{name}: {why}")));
            }
            if named.is_empty() && content.1["example"].is_null() && content.0.contains("json") {
                complaints.push(format!(
                    "{}: a body with neither a named schema nor an example",
                    operation.name()
                ));
            }
            bodies.extend(named);
        }
    }
    for name in &bodies {
        if schemas
            .get(name)
            .is_none_or(|schema| schema.get("example").is_none())
        {
            complaints.push(format!("{name}: no example"));
        }
    }
    for (name, schema) in schemas {
        check_examples(&components, name, schema, &mut complaints);
    }
    none(complaints);
}

/// The names of the schemas that a schema refers to, a body that may be left out too.
fn references(schema: &Value, names: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        names.push(name.rsplit('/').next().unwrap().to_owned());
    }
    for choice in schema["oneOf"].as_array().into_iter().flatten() {
        references(choice, names);
    }
}

/// Two types of the same name in different files would be one schema, and one of the two would be wrong.
#[test]
fn every_reference_leads_somewhere() {
    fn walk(whole: &Value, part: &Value, place: &str, complaints: &mut Vec<String>) {
        match part {
            Value::Object(parts) => {
                if let Some(target) = parts.get("$ref").and_then(Value::as_str)
                    && target.strip_prefix('#').and_then(|p| whole.pointer(p)).is_none()
                {
                    complaints.push(format!("{place}: {target}"));
                }
                for (key, part) in parts {
                    walk(whole, part, &format!("{place}/{key}"), complaints);
                }
            }
            Value::Array(parts) => {
                for part in parts {
                    walk(whole, part, place, complaints);
                }
            }
            _ => {}
        }
    }
    let (document, mut complaints) = (document(), Vec::new());
    walk(&document, &document, "", &mut complaints);
    none(complaints);
}

#[test]
fn no_two_types_share_a_schema() {
    let mut seen = BTreeMap::new();
    let mut twice = Vec::new();
    for (file, source) in sources("src") {
        for (name, _) in schema_names(&source) {
            if let Some(other) = seen.insert(name.clone(), file.clone()) {
                twice.push(format!("{name}: {other} and {file}; say #[schema(as = …)]"));
            }
        }
    }
    assert!(seen.len() > 50, "the types are written differently: {seen:?}");
    none(twice);
}

/// The names under which the types of a source go into the document, with the text of their attributes.
fn schema_names(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for derive in source.split("#[derive(").skip(1) {
        let Some((traits, rest)) = derive.split_once(")]") else {
            continue;
        };
        if !traits.contains("ToSchema") {
            continue;
        }
        let Some(at) = ["struct ", "enum "]
            .iter()
            .filter_map(|word| rest.find(word))
            .min()
        else {
            continue;
        };
        let attributes = &rest[..at];
        let given = attributes.split_once("as = ").map(|(_, rest)| rest);
        let word = given.unwrap_or_else(|| rest[at..].split_once(' ').unwrap().1);
        let name = word.split(|c: char| !c.is_alphanumeric()).next().unwrap();
        if !name.is_empty() {
            found.push((name.to_owned(), attributes.to_owned()));
        }
    }
    found
}

#[test]
fn the_names_of_schemas_are_found() {
    let source = "#[derive(Debug, ToSchema)]\n/// A b.\npub struct Ab {}\n#[derive(Clone)]\nstruct No;\n\
                  #[derive(ToSchema)]\n#[schema(as = Cd)]\nenum Other {}";
    let names: Vec<_> = schema_names(source).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Ab", "Cd"]);
}

/// Every Rust file below a folder, with its name.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push((path.display().to_string(), std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    found
}

/// A handler that reads a precondition or a key says so in the document, and no other does.
#[test]
fn the_headers_that_a_handler_reads_are_in_the_document() {
    let document = document();
    let operations: BTreeMap<String, Operation> = operations(&document)
        .into_iter()
        .map(|o| (o.name().to_owned(), o))
        .collect();
    let mut complaints = Vec::new();
    let mut seen = 0;
    for (name, handler) in handlers() {
        let Some(operation) = operations.get(&name) else {
            complaints.push(format!("{name} is not in the document"));
            continue;
        };
        seen += 1;
        let headers = operation.parameters("header");
        for (header, words) in [
            ("If-Match", ["Precondition", "Precondition"]),
            ("Idempotency-Key", [".once", "write_once"]),
        ] {
            let reads = words.iter().any(|word| handler.contains(word));
            if reads != headers.contains(header) {
                complaints.push(format!(
                    "{name} {} {header}",
                    if reads {
                        "reads and does not tell"
                    } else {
                        "tells and does not read"
                    }
                ));
            }
        }
    }
    assert_eq!(seen, operations.len(), "handlers stand elsewhere, too");
    none(complaints);
}

/// The handlers by name, each with its text up to the next one.
fn handlers() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (_, source) in sources("src/http/api") {
        for handler in source.split("#[utoipa::path(").skip(1) {
            let name = handler
                .split("async fn ")
                .nth(1)
                .unwrap()
                .split(['(', '<'])
                .next()
                .unwrap();
            let end = handler.find("\n}\n").unwrap_or(handler.len());
            found.push((name.to_owned(), handler[..end].to_owned()));
        }
    }
    found
}
