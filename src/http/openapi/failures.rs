//! How operations fail: an example of each kind of failure, as the server would really answer it.

use serde_json::{Value, json};
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::{Components, Content, ContentBuilder, Ref, RefOr};

use crate::domain::invalid::FieldError;
use crate::domain::text::Lang;
use crate::error::{Conflict, Error, Unauthenticated};
use crate::http::problem;

/// One error for each status with which an operation can fail.
fn errors() -> Vec<Error> {
    vec![
        Error::Malformed(FieldError::new("", "not_json").with("line", 3).with("column", 17)),
        Error::Unauthenticated(Unauthenticated::Missing),
        Error::Forbidden("edit_entry"),
        Error::NotFound("entry"),
        Error::TooSlow,
        Conflict::new("group_not_open").with("group", "shanghai").into(),
        Error::Stale {
            version: 8,
            current: None,
        },
        Error::TooLarge {
            maximum: crate::http::extract::BODY_MAX,
        },
        Error::AddressTooLong { maximum: 8 << 10 },
        Error::NotJson,
        FieldError::new("/marks/technology", "mark_above_maximum")
            .with("maximum", 30)
            .with("given", 33)
            .into(),
        Error::PreconditionRequired,
        Error::TooMany { retry_after: 5 },
        Error::HeadersTooLarge { maximum: 32 << 10 },
        Error::internal(""),
        Error::Busy { retry_after: 1 },
    ]
}

fn name(status: &str) -> String {
    format!("Problem{status}")
}

/// Adds the examples to the components.
pub(super) fn describe(components: &mut Components) {
    for error in errors() {
        let document = problem::document(&error, Lang::En);
        let name = name(&document.status.to_string());
        let example = ExampleBuilder::new()
            .summary(document.title.clone())
            .value(Some(json!(document)))
            .build();
        components.examples.insert(name, RefOr::T(example));
    }
}

/// The content of a response with a status.
pub(super) fn content(status: &str) -> Content {
    let mut content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    let place = format!("#/components/examples/{}", name(status));
    content
        .examples
        .insert("problem".into(), RefOr::Ref(Ref::new(place)));
    content
}

/// A whole example with some of its fields replaced.
pub(super) fn patched(example: &Value, fields: &Value) -> Value {
    let mut patched = example.clone();
    if let (Some(whole), Some(fields)) = (patched.as_object_mut(), fields.as_object()) {
        whole.extend(fields.clone());
    }
    patched
}
