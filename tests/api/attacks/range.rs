//! Where attacks are tried: everything that a database holds, the API document, and requests that no client would send.

use std::collections::BTreeMap;

use diesel::RunQueryDsl;
use diesel::sql_types::BigInt;
use palmares::app::instance;
use palmares::store::instance::LEFT_OUT;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::authorisation::matrix::Row;
use crate::hall::Hall;

#[derive(diesel::QueryableByName)]
struct Rows {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// Tables that count refused tries, as they should.
const COUNTING: &[&str] = &["brakes", "sign_in_steps", "sign_in_codes"];

/// What the database holds: of what is kept for ever the SHA-256 of each table, of the rest the number of rows.
pub async fn held(hall: &Hall) -> BTreeMap<String, String> {
    let read = |tx: &mut palmares::app::Tx<'_>| {
        let mut written = Vec::new();
        instance::write(tx, &mut written)?;
        let lines = String::from_utf8(written).unwrap();
        let ends = lines.lines().filter(|line| line.starts_with("{\"end\":"));
        let ends = ends.map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut held: BTreeMap<_, _> = ends
            .filter(|end| end["end"] != "instance")
            .map(|end| (end["end"].as_str().unwrap().to_owned(), end.to_string()))
            .collect();
        for table in LEFT_OUT.iter().filter(|t| !COUNTING.contains(&t.name)) {
            let count = format!("SELECT count(*) AS rows FROM {}", table.name);
            let rows: Rows = diesel::sql_query(count).get_result(tx.conn)?;
            held.insert(table.name.to_owned(), rows.rows.to_string());
        }
        Ok(held)
    };
    hall.app.read(read).await.unwrap()
}

/// The API document.
pub fn document() -> &'static Value {
    static DOCUMENT: std::sync::OnceLock<Value> = std::sync::OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::to_value(palmares::http::openapi::document()).unwrap())
}

/// An operation of the document by its name: its path below `/api/v1` and what is said of it.
pub fn operation(name: &str) -> (&'static str, &'static Value) {
    let paths = document()["paths"].as_object().unwrap();
    let mut all = paths
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().values().map(move |says| (path, says)));
    let (path, says) = all.find(|(_, says)| says["operationId"] == name).unwrap();
    (path.trim_start_matches("/api/v1"), says)
}

/// The schema of a row's body; `None` where the document knows of none.
pub fn body_schema(row: &Row) -> Option<&'static Value> {
    let (_, says) = operation(row.operation);
    says["requestBody"]["content"]["application/json"].get("schema")
}

/// A schema with what it refers to, and the alternatives that it leaves, each by itself.
pub fn schemas(schema: &'static Value) -> Vec<&'static Value> {
    if let Some(name) = schema["$ref"].as_str() {
        let found = document().pointer(name.trim_start_matches('#')).unwrap();
        return schemas(found);
    }
    let mut found = vec![schema];
    for key in ["allOf", "oneOf", "anyOf"] {
        let inner = schema[key].as_array().into_iter().flatten();
        found.extend(inner.flat_map(schemas));
    }
    found
}

/// The schemas of what stands at a pointer of a body.
pub fn schemas_at(schema: &'static Value, pointer: &str) -> Vec<&'static Value> {
    let mut here = schemas(schema);
    for step in pointer.split('/').skip(1) {
        let inner = here.into_iter().flat_map(|schema| {
            let named = schema["properties"].get(step);
            let other = [schema.get("items"), schema.get("additionalProperties")];
            named.or_else(|| other.into_iter().flatten().next())
        });
        here = inner.filter(|s| s.is_object()).flat_map(schemas).collect();
    }
    here
}

/// Each value in a body with its pointer, the body itself first.
pub fn places(body: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut left = vec![(String::new(), body.clone())];
    while let Some((pointer, value)) = left.pop() {
        match &value {
            Value::Object(map) => left.extend(map.iter().map(|(k, v)| (format!("{pointer}/{k}"), v.clone()))),
            Value::Array(items) => left.extend(
                items
                    .iter()
                    .enumerate()
                    .map(|(i, v)| (format!("{pointer}/{i}"), v.clone())),
            ),
            _ => (),
        }
        found.push((pointer, value));
    }
    found
}

/// A body with another value at a pointer.
pub fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

/// Sends bytes as they are and gives what comes back until the server closes, or is silent for a moment.
pub async fn wire(hall: &Hall, bytes: &[u8]) -> String {
    let address = hall.base.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut got = Vec::new();
    let mut part = [0; 16 << 10];
    // Where the server is to keep the connection, the silence after the last answer has to do.
    let closes = bytes.windows(17).any(|part| part == b"Connection: close");
    let patience = std::time::Duration::from_millis(if closes { 10_000 } else { 500 });
    while let Ok(Ok(n)) = tokio::time::timeout(patience, stream.read(&mut part)).await {
        if n == 0 {
            break;
        }
        got.extend_from_slice(&part[..n]);
    }
    String::from_utf8_lossy(&got).into_owned()
}

/// The statuses of what came back over the wire.
pub fn statuses(came: &str) -> Vec<u16> {
    let heads = came.split("HTTP/1.").skip(1);
    heads.filter_map(|head| head.get(2..5)?.parse().ok()).collect()
}
