//! Whole examples of bodies, put together from the examples of their fields.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use utoipa::openapi::{Components, RefOr, Schema};

/// How many schemas deep an example goes: beyond it a schema contains itself.
const DEEPEST: usize = 24;

/// Gives each of the named schemas an example, unless its author wrote one.
///
/// A text without an example of its own, a format or a list of words has none to offer: it is left out, and where it is
/// required the test of the document says so.
pub(super) fn complete(components: &mut Components, names: &BTreeSet<String>) -> serde_json::Result<()> {
    let all = serde_json::to_value(&components.schemas)?;
    for name in names {
        let made = all
            .get(name)
            .and_then(|schema| Sources(&all).example(schema, DEEPEST));
        if let (Some(made), Some(RefOr::T(schema))) = (made, components.schemas.get_mut(name)) {
            let place = match schema {
                Schema::Array(s) => &mut s.example,
                Schema::Object(s) => &mut s.example,
                Schema::OneOf(s) => &mut s.example,
                Schema::AllOf(s) => &mut s.example,
                Schema::AnyOf(s) => &mut s.example,
                _ => continue,
            };
            place.get_or_insert(made);
        }
    }
    Ok(())
}

/// Every schema by its name.
struct Sources<'a>(&'a Value);

impl Sources<'_> {
    fn example(&self, schema: &Value, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        let part = |name: &str| schema.get(name);
        if let Some(given) = part("example")
            .or_else(|| part("examples")?.get(0))
            .or_else(|| part("const"))
        {
            return Some(given.clone());
        }
        if let Some(name) = part("$ref").and_then(Value::as_str) {
            let name = name.rsplit('/').next()?;
            return self.example(self.0.get(name)?, depth);
        }
        if let Some(words) = part("enum").and_then(Value::as_array) {
            return words.first().cloned();
        }
        let list = |name: &str| part(name).and_then(Value::as_array);
        if let Some(parts) = list("allOf") {
            return Some(self.together(parts, depth));
        }
        if let Some(choices) = list("oneOf").or_else(|| list("anyOf")) {
            return choices.iter().find_map(|choice| self.example(choice, depth));
        }
        let kind = match part("type")? {
            Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null")?,
            kind => kind,
        };
        match kind.as_str()? {
            "object" => Some(self.object(schema, depth)),
            "array" => {
                let item = part("items").and_then(|items| self.example(items, depth));
                Some(Value::Array(item.into_iter().collect()))
            }
            "string" => text(part("format")?.as_str()?),
            "integer" | "number" => Some(part("minimum").filter(|m| **m != 0).cloned().unwrap_or(json!(1))),
            "boolean" => Some(json!(false)),
            _ => None,
        }
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let fields = schema.get("properties").and_then(Value::as_object);
        let example = |(name, field): (&String, &Value)| Some((name.clone(), self.example(field, depth)?));
        Value::Object(fields.into_iter().flatten().filter_map(example).collect())
    }

    fn together(&self, parts: &[Value], depth: usize) -> Value {
        let mut whole = Map::new();
        for part in parts {
            if let Some(Value::Object(fields)) = self.example(part, depth) {
                whole.extend(fields);
            }
        }
        Value::Object(whole)
    }
}

fn text(format: &str) -> Option<Value> {
    let example = match format {
        "date-time" => "2026-07-08T01:00:00Z",
        "date" => "2026-07-08",
        "email" => "wang.li@example.org",
        "uri" => "https://palmares.example/",
        _ => return None,
    };
    Some(json!(example))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(schema: &Value) -> Option<Value> {
        let all = json!({
            "Phase": { "type": "string", "enum": ["draft", "open"] },
            "Loop": { "type": "object", "properties": { "again": { "$ref": "#/components/schemas/Loop" } } },
        });
        Sources(&all).example(schema, DEEPEST)
    }

    #[test]
    fn an_example_is_put_together_from_the_fields() {
        let schema = json!({ "type": "object", "required": ["title"], "properties": {
            "title": { "type": "string", "example": "Cup" },
            "at": { "type": ["string", "null"], "format": "date-time" },
            "phase": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Phase" }] },
            "counts": { "type": "array", "items": { "type": "integer", "minimum": 3 } },
            "note": { "type": "string" },
        }});
        assert_eq!(
            example(&schema),
            Some(json!({ "title": "Cup", "at": "2026-07-08T01:00:00Z", "phase": "draft", "counts": [3] }))
        );
        let both = json!({ "allOf": [
            { "type": "object", "properties": { "a": { "type": "boolean" } } },
            { "type": "object", "properties": { "b": { "type": "integer", "minimum": 0 } } },
        ]});
        assert_eq!(example(&both), Some(json!({ "a": false, "b": 1 })));
    }

    #[test]
    fn a_schema_that_contains_itself_ends() {
        assert!(example(&json!({ "$ref": "#/components/schemas/Loop" })).is_some());
        assert_eq!(example(&json!({ "type": "string" })), None);
    }
}
