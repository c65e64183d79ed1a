//! Whether examples fit the schemas of the document.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// Tries the example of a schema and those of its fields.
pub fn check_examples(components: &Value, place: &str, schema: &Value, complaints: &mut Vec<String>) {
    if let Some(example) = schema.get("example") {
        complaints.extend(
            misfits(components, schema, example)
                .into_iter()
                .map(|why| format!("{place}: {why}")),
        );
    }
    let fields = schema.get("properties").and_then(Value::as_object);
    for (name, field) in fields.into_iter().flatten() {
        check_examples(components, &format!("{place}/{name}"), field, complaints);
    }
}

/// What keeps a value from fitting a schema of the document. A field that the schema does not know does not fit either:
/// requests refuse it, and answers that have it are not described.
pub fn misfits(components: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut parts = BTreeSet::new();
    parts_of_wholes(components, false, &mut parts);
    parts_of_wholes(schema, false, &mut parts);
    let mut known = components.clone();
    for (name, component) in known["schemas"].as_object_mut().unwrap() {
        if !parts.contains(name) {
            *component = closed(component);
        }
    }
    let mut whole = closed(schema);
    whole["components"] = known;
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&whole)
        .unwrap();
    validator
        .iter_errors(value)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect()
}

/// The names of the components that are parts of a larger object, `allOf`: its other parts have fields of their own. So
/// do the components that these consist of.
fn parts_of_wholes(schema: &Value, inside: bool, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            if let (true, Some(name)) = (inside, fields.get("$ref").and_then(Value::as_str)) {
                found.insert(name.rsplit('/').next().unwrap().to_owned());
            }
            for (name, part) in fields {
                parts_of_wholes(part, name == "allOf" || (inside && name == "oneOf"), found);
            }
        }
        Value::Array(parts) => parts.iter().for_each(|part| parts_of_wholes(part, inside, found)),
        _ => {}
    }
}

/// The same schema without room for unknown fields.
fn closed(schema: &Value) -> Value {
    let Value::Object(fields) = schema else {
        return match schema {
            Value::Array(parts) => parts.iter().map(closed).collect(),
            other => other.clone(),
        };
    };
    if fields.contains_key("allOf") {
        let mut fields = fields.clone();
        fields.insert("unevaluatedProperties".into(), json!(false));
        return Value::Object(fields);
    }
    let mut fields: serde_json::Map<_, _> = fields
        .iter()
        .map(|(name, part)| (name.clone(), closed(part)))
        .collect();
    let kind = fields.get("type");
    let plain = kind.is_some_and(|kind| kind == "object" || kind == &json!(["object", "null"]));
    if plain && fields.get("properties").is_some_and(Value::is_object) {
        fields.entry("additionalProperties").or_insert(json!(false));
    }
    Value::Object(fields)
}

#[test]
fn an_example_that_does_not_fit_is_found() {
    let components = json!({ "schemas": {
        "Phase": { "type": "string", "enum": ["draft", "open"] },
        "Inner": { "type": "object", "required": ["phase"],
                   "properties": { "phase": { "$ref": "#/components/schemas/Phase" } } },
    }});
    let schema = json!({ "type": "object", "required": ["inner"], "properties": {
        "inner": { "$ref": "#/components/schemas/Inner" }, "at": { "type": "string", "format": "date-time" } } });
    let fits = |value| misfits(&components, &schema, &value).is_empty();
    assert!(fits(
        json!({ "inner": { "phase": "open" }, "at": "2026-07-08T01:00:00Z" })
    ));
    assert!(!fits(json!({})));
    assert!(!fits(json!({ "inner": { "phase": "ajar" } })));
    assert!(!fits(json!({ "inner": { "phase": "open", "door": 1 } })));
    assert!(!fits(json!({ "inner": { "phase": "open" }, "at": "yesterday" })));
    let together = json!({ "allOf": [{ "$ref": "#/components/schemas/Inner" },
        { "type": "object", "required": ["more"], "properties": { "more": { "type": "boolean" } } }] });
    assert!(misfits(&components, &together, &json!({ "phase": "open", "more": true })).is_empty());
    assert!(
        !misfits(
            &components,
            &together,
            &json!({ "phase": "open", "more": true, "door": 1 })
        )
        .is_empty()
    );
}
