//! Who may do what: every operation of the API document, tried by everybody.
//!
//! [`rows`] is the table, a row for each operation; [`world`] is the contest that it is tried on; here it is tried. Whoever
//! is not named in a row is refused with 403, a guest with 401. An operation without a row fails the test, and so does a
//! row without an operation.

mod contests;
mod elsewhere;
mod judging;
mod links;
pub mod matrix;
mod programs;
mod ready;
mod results;
mod rows;
mod sessions;
pub mod world;

use std::collections::BTreeSet;

use palmares::http::openapi;
use reqwest::Method;
use serde_json::Value;

use self::matrix::{Row, try_out};
use self::world::{World, build};

/// Every row, of every page of the table.
pub fn table(world: &World) -> Vec<Row> {
    let mut rows = rows::rows(world);
    rows.extend(sessions::rows(world));
    rows.extend(links::rows(world));
    rows.extend(judging::rows(world));
    rows.extend(results::rows(world));
    rows
}

both_databases! {
    async fn everybody_is_allowed_what_the_table_says_and_nothing_else(db) {
        let (world, people) = build(&db).await;
        let rows = table(&world);
        every_operation_has_one_row(&rows);
        let mut wrongs = Vec::new();
        for row in &rows {
            wrongs.extend(try_out(&db, &people, row).await);
        }
        assert!(wrongs.is_empty(), "{} wrong verdicts:\n{}", wrongs.len(), wrongs.join("\n"));
    }

    async fn a_program_may_never_more_than_its_person_and_no_more_than_its_scopes(db) {
        let (world, people) = build(&db).await;
        let tokens = programs::issue(&db, &people).await;
        let mut wrongs = Vec::new();
        let actions = programs::actions();
        for row in &table(&world) {
            // What asks nobody to sign in doesn't look at a token.
            if let Some(action) = actions.get(row.operation) {
                wrongs.extend(programs::try_out(&db, &tokens, row, *action).await);
            }
        }
        assert!(wrongs.is_empty(), "{} wrong verdicts:\n{}", wrongs.len(), wrongs.join("\n"));
    }
}

both_databases! {
    async fn a_judges_link_judges_in_its_competition_and_does_nothing_else(db) {
        let (world, people) = build(&db).await;
        let phones = links::issue(&db, &people).await;
        let mut wrongs = Vec::new();
        let actions = programs::actions();
        for row in &table(&world) {
            if let Some(action) = actions.get(row.operation) {
                wrongs.extend(links::try_out(&db, &phones, row, *action).await);
            }
        }
        assert!(wrongs.is_empty(), "{} wrong verdicts:\n{}", wrongs.len(), wrongs.join("\n"));
    }
}

fn every_operation_has_one_row(rows: &[Row]) {
    let document = serde_json::to_value(openapi::document()).unwrap();
    let mut operations: BTreeSet<(String, Method, String)> = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, says) in item.as_object().unwrap() {
            if let Some(name) = says.get("operationId").and_then(Value::as_str) {
                let method = method.to_uppercase().parse().unwrap();
                operations.insert((
                    name.to_owned(),
                    method,
                    path.trim_start_matches("/api/v1").to_owned(),
                ));
            }
        }
    }
    let mut seen = BTreeSet::new();
    for row in rows {
        let (_, method, path) = operations
            .iter()
            .find(|(name, ..)| name == row.operation)
            .unwrap_or_else(|| panic!("the row {} has no operation", row.operation));
        assert!(seen.insert(row.operation), "{} has two rows", row.operation);
        assert!(
            row.method == *method && is_instance(&row.path, path),
            "the row {} asks {} {}, the operation is {method} {path}",
            row.operation,
            row.method,
            row.path
        );
    }
    let missing: Vec<_> = operations
        .iter()
        .filter(|(name, ..)| !seen.contains(name.as_str()))
        .collect();
    assert!(missing.is_empty(), "operations without a row: {missing:#?}");
}

/// Whether an address is one of a template's: `/competitions/cup` of `/competitions/{slug}`.
fn is_instance(address: &str, template: &str) -> bool {
    let address = address.split('?').next().unwrap();
    let (parts, wanted): (Vec<_>, Vec<_>) = (address.split('/').collect(), template.split('/').collect());
    parts.len() == wanted.len()
        && parts
            .iter()
            .zip(&wanted)
            .all(|(p, w)| w.starts_with('{') || p == w)
}

#[test]
fn an_address_is_one_of_its_template() {
    assert!(is_instance("/competitions/cup?limit=1", "/competitions/{slug}"));
    assert!(!is_instance("/competitions/cup/rounds", "/competitions/{slug}"));
    assert!(!is_instance("/me/entries", "/me/assignments"));
}
