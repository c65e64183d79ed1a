//! The JSON Schema of the rules document, made from the types that hold it.

use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::Rules;

/// The JSON Schema (2020-12) of the rules document. What it takes can be read; whether it contradicts itself is said by
/// [`Rules::parse`] alone.
#[must_use]
pub fn schema() -> Value {
    let mut parts = Vec::new();
    Rules::schemas(&mut parts);
    let mut definitions = Map::new();
    for (name, part) in parts {
        definitions.insert(name, plain(&part));
    }
    definitions.insert("Points".to_owned(), points(definitions.get("Points")));
    if let Some(code) = definitions.get_mut("Code") {
        add(code, "pattern", json!("^[a-z0-9]+([-_][a-z0-9]+)*$"));
        add(code, "maxLength", json!(60));
    }
    if let Some(text) = definitions.get_mut("Text") {
        add(text, "minProperties", json!(1));
    }
    let parts = definitions.clone();
    let mut joined = Vec::new();
    definitions
        .values_mut()
        .for_each(|part| join(part, &parts, &mut joined));
    definitions.retain(|name, _| !joined.contains(name));
    let mut schema = Map::from_iter([
        (
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        ),
        ("title".to_owned(), json!("Rules of a round")),
    ]);
    if let Value::Object(root) = plain(&Rules::schema()) {
        schema.extend(root);
    }
    if let Some(version) = schema.get_mut("properties").and_then(|p| p.get_mut("schema")) {
        add(version, "enum", json!([1]));
    }
    schema.insert("$defs".to_owned(), Value::Object(definitions));
    Value::Object(schema)
}

/// A part of an OpenAPI document as plain JSON Schema: references into `$defs`, unknown keys refused.
fn plain(part: &impl serde::Serialize) -> Value {
    let mut value = serde_json::to_value(part).unwrap_or_default();
    translate(&mut value);
    value
}

/// Makes one object of each that is put together of parts (`{ "by": "z_score" }` with what belongs to it), so that unknown
/// keys are refused: each part alone would refuse those of the others. Names the definitions that were such parts.
fn join(value: &mut Value, definitions: &Map<String, Value>, joined: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::Array(parts)) = object.remove("allOf") {
                let (mut properties, mut required) = (Map::new(), Vec::new());
                for part in &parts {
                    let reference = part.get("$ref").and_then(Value::as_str);
                    let name = reference.and_then(|r| r.strip_prefix("#/$defs/"));
                    joined.extend(name.map(str::to_owned));
                    let whole = name.and_then(|name| definitions.get(name)).unwrap_or(part);
                    let theirs = whole.get("properties").and_then(Value::as_object);
                    properties.extend(theirs.into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())));
                    required.extend(
                        whole
                            .get("required")
                            .and_then(Value::as_array)
                            .into_iter()
                            .flatten()
                            .cloned(),
                    );
                }
                object.insert("type".to_owned(), json!("object"));
                object.insert("properties".to_owned(), Value::Object(properties));
                object.insert("required".to_owned(), Value::Array(required));
                object.insert("additionalProperties".to_owned(), json!(false));
            }
            object
                .values_mut()
                .for_each(|value| join(value, definitions, joined));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| join(item, definitions, joined)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn translate(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get_mut("$ref") {
                *reference = reference.replace("#/components/schemas/", "#/$defs/");
            }
            // OpenAPI's word, and the widths of its numbers.
            if let Some(example) = object.remove("example") {
                object.insert("examples".to_owned(), json!([example]));
            }
            object.remove("format");
            if object.contains_key("properties") && !object.contains_key("additionalProperties") {
                object.insert("additionalProperties".to_owned(), json!(false));
            }
            let names = object.get_mut("properties").and_then(Value::as_object_mut);
            // The names of properties are no words of the schema.
            names.into_iter().flat_map(Map::values_mut).for_each(translate);
            let rest = object
                .iter_mut()
                .filter(|(key, _)| !["properties", "examples", "enum"].contains(&key.as_str()));
            rest.for_each(|(_, value)| translate(value));
        }
        Value::Array(items) => items.iter_mut().for_each(translate),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A decimal number as a text, or as a plain number.
fn points(text: Option<&Value>) -> Value {
    let mut text = text.cloned().unwrap_or_default();
    let description = text.as_object_mut().and_then(|text| text.remove("description"));
    json!({
        "description": description,
        "anyOf": [ text, { "type": "number", "exclusiveMinimum": -1_000_000_000, "exclusiveMaximum": 1_000_000_000 } ]
    })
}

fn add(to: &mut Value, key: &str, value: Value) {
    if let Some(object) = to.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rules::templates::TEMPLATES;

    fn validator() -> jsonschema::Validator {
        let schema = schema();
        jsonschema::draft202012::meta::validate(&schema).unwrap_or_else(|e| panic!("no schema: {e}"));
        jsonschema::draft202012::new(&schema).unwrap()
    }

    /// Every object and list of a document, by pointer.
    fn places(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                found.push(at.to_owned());
                for (key, value) in object {
                    places(value, &format!("{at}/{key}"), found);
                }
            }
            Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    places(item, &format!("{at}/{i}"), found);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn every_template_is_valid_and_an_unknown_key_anywhere_is_not() {
        let validator = validator();
        for template in TEMPLATES {
            let document: Value = serde_json::from_str(template.document).unwrap();
            if let Err(e) = validator.validate(&document) {
                panic!("{}: {e} at {}", template.name, e.instance_path());
            }
            let canonical = serde_json::to_value(Rules::parse(template.document).unwrap()).unwrap();
            assert!(validator.is_valid(&canonical), "{}", template.name);
            let mut found = Vec::new();
            places(&document, "", &mut found);
            for place in found {
                let mut wrong = document.clone();
                wrong.pointer_mut(&place).unwrap()["mood"] = json!("fine");
                assert!(!validator.is_valid(&wrong), "{} {place}", template.name);
                assert!(
                    Rules::parse(&wrong.to_string()).is_err(),
                    "{} {place}",
                    template.name
                );
            }
        }
    }

    #[test]
    fn what_can_be_read_is_valid_and_what_can_not_is_not() {
        let validator = validator();
        let document = |settings: &str| {
            format!(
                r#"{{ "schema": 1, "rubric": {{ "criteria": [ {{ "code": "a", "max": 10 }} ] }}, {settings} }}"#
            )
        };
        for (settings, fine) in [
            (
                r#""own_weight": 0.5, "carry": [ { "round": "semi", "weight": "0.5", "missing": "renormalise" } ]"#,
                true,
            ),
            (
                r#""carry": [ { "round": "semi", "missing": { "value": 60.5 } } ]"#,
                true,
            ),
            (
                r#""ranking": { "ties": [ { "by": "earlier_total", "round": "semi" }, { "by": "lot" } ] }"#,
                true,
            ),
            (r#""advance": { "per_group": 3 }"#, true),
            (
                r#""ranking": { "group_by": [ "stage" ] }, "advance": { "per_group": { "growth": 13, "start-up": 11 } }"#,
                true,
            ),
            (r#""title": { "zh": "决赛" }"#, true),
            (
                r#""carry": [ { "round": "semi", "missing": { "value": "1,5" } } ]"#,
                false,
            ),
            (r#""carry": [ { "round": "Semi" } ]"#, false),
            (r#""carry": [ { "round": "semi", "missing": "zero" } ]"#, false),
            (r#""ranking": { "ties": [ { "by": "earlier_total" } ] }"#, false),
            (
                r#""ranking": { "ties": [ { "by": "lot", "code": "a" } ] }"#,
                false,
            ),
            (r#""ranking": { "ties": [ { "by": "beauty" } ] }"#, false),
            (r#""ranking": { "ranks": "fair" }"#, false),
            (r#""advance": { "places": -1 }"#, false),
            (r#""advance": { "places": 1.5 }"#, false),
            (r#""advance": { "places": "10" }"#, false),
            (
                r#""rounding": { "entry": { "decimals": 2, "mode": "nearest" } }"#,
                false,
            ),
            (r#""title": {}"#, false),
            (
                r#""awards": [ { "code": "best", "places": 1, "by": { "criterion": "a" } }, { "code": "gold", "from": 9.5 } ]"#,
                true,
            ),
            (
                r#""awards": [ { "code": "best", "places": 1, "by": "beauty" } ]"#,
                false,
            ),
            (
                r#""advance": { "places": 3, "tie_at_cut": "wait", "streams": [ { "code": "roadshow", "places": 3 } ] }"#,
                true,
            ),
            (
                r#""advance": { "places": 3, "tie_at_cut": { "group": "wait", "each": "chain" } }"#,
                false,
            ),
            (
                r#""panel": { "classes": [ { "code": "experts", "weight": 80 }, { "code": "public", "weight": 20 } ] }"#,
                true,
            ),
            (r#""panel": { "classes": [ { "code": "experts" } ] }"#, false),
        ] {
            let text = document(settings);
            assert_eq!(Rules::parse(&text).is_ok(), fine, "{settings}");
            assert_eq!(
                validator.is_valid(&serde_json::from_str(&text).unwrap()),
                fine,
                "{settings}"
            );
        }
        let once = r#"{ "schema": 1, "rubric": { "attempts": { "count": 3, "take": { "best": 2 } }, "criteria": [
            { "code": "a", "max": 10 }, { "code": "fit", "kind": "pass_fail", "rejects": { "class": "sponsor" } } ] },
            "panel": { "classes": [ { "code": "jury", "weight": 1 }, { "code": "sponsor", "weight": 0 } ] } }"#;
        assert!(Rules::parse(once).is_ok(), "{:?}", Rules::parse(once));
        assert!(validator.is_valid(&serde_json::from_str(once).unwrap()));
        for text in [
            r#"{ "rubric": { "criteria": [] } }"#,
            r#"{ "schema": 2, "rubric": { "criteria": [ { "code": "a", "max": 1 } ] } }"#,
        ] {
            assert!(Rules::parse(text).is_err());
            assert!(!validator.is_valid(&serde_json::from_str(text).unwrap()));
        }
    }
}
