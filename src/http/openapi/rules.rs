//! The JSON Schema of the rules document, as components: what `palmares rules schema` prints, with each of its parts under
//! a name of its own, since what answers hold of the same types may be less strict.

use std::collections::BTreeSet;

use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::{Components, OpenApi, RefOr, Schema};

use crate::domain::rules::{Rules, schema};

/// What the names of its parts begin with.
const PREFIX: &str = "Rules";

/// Puts the schema in the place of the one that the types alone give, and takes away what only that one referred to.
pub(super) fn complete(api: &mut OpenApi) -> serde_json::Result<()> {
    let mut document = schema();
    let parts = document.as_object_mut().and_then(|root| {
        root.remove("$schema");
        root.remove("$defs")
    });
    let parts = parts.as_ref().and_then(Value::as_object).into_iter().flatten();
    let parts: Vec<(String, Value)> = parts
        .map(|(name, part)| (format!("{PREFIX}{name}"), part.clone()))
        .chain([(PREFIX.to_owned(), document)])
        .collect();
    let components = api.components.get_or_insert_with(Components::new);
    for (name, mut part) in parts {
        rename(&mut part);
        let part: RefOr<Schema> = serde_json::from_value(part)?;
        components.schemas.insert(name, part);
    }
    let needed = needed(api)?;
    let mut of_types = Vec::new();
    Rules::schemas(&mut of_types);
    if let Some(components) = &mut api.components {
        for (name, _) in of_types.iter().filter(|(name, _)| !needed.contains(name)) {
            components.schemas.remove(name);
        }
    }
    Ok(())
}

/// References into the schema's own parts become references to components.
fn rename(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get_mut("$ref") {
                *reference = reference.replace("#/$defs/", &format!("#/components/schemas/{PREFIX}"));
            }
            object.values_mut().for_each(rename);
        }
        Value::Array(items) => items.iter_mut().for_each(rename),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The schemas that some operation needs, by name.
fn needed(api: &OpenApi) -> serde_json::Result<BTreeSet<String>> {
    let schemas = match &api.components {
        Some(components) => serde_json::to_value(&components.schemas)?,
        None => Value::Null,
    };
    let mut open = Vec::new();
    super::references(&serde_json::to_value(&api.paths)?, &mut open);
    let mut needed = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(schema) = schemas.get(&name)
            && needed.insert(name)
        {
            super::references(schema, &mut open);
        }
    }
    Ok(needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `palmares rules schema` prints what stands in the document: the same parts, each under its name there.
    #[test]
    fn the_schema_is_the_one_that_the_command_prints() {
        let document = serde_json::to_value(super::super::document()).unwrap();
        let schemas = document["components"]["schemas"].clone();
        let text = serde_json::to_string(&schema()).unwrap();
        let mut printed: Value = text
            .replace("#/$defs/", "#/components/schemas/Rules")
            .parse()
            .unwrap();
        let root = printed.as_object_mut().unwrap();
        assert_eq!(
            root.remove("$schema").unwrap(),
            "https://json-schema.org/draft/2020-12/schema"
        );
        let parts = root.remove("$defs").unwrap();
        let mut rules = schemas["Rules"].clone();
        // The only thing that the document adds, as to each body.
        assert!(rules.as_object_mut().unwrap().remove("example").is_some());
        assert_eq!(rules, printed);
        for (name, part) in parts.as_object().unwrap() {
            assert_eq!(&schemas[format!("Rules{name}")], part, "{name}");
        }
        let named = schemas.as_object().unwrap().keys();
        let of_rules = named.filter(|name| name.starts_with(PREFIX));
        assert_eq!(of_rules.count(), parts.as_object().unwrap().len() + 1);
    }
}
