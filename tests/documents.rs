//! What the documents promise is there: every test that `docs/security.md` names exists, and every file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// What stands between backticks in a document.
fn quoted(document: &str) -> BTreeSet<String> {
    let parts = document.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

/// Whether a word is the name of a test: long, in small letters, with underscores between. Codes and events are shorter.
fn is_test(word: &str) -> bool {
    word.matches('_').count() >= 3
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// What of the names of a document is nowhere.
fn missing(document: &str) -> Vec<String> {
    let sources: Vec<_> = [root().join("src"), root().join("tests")]
        .iter()
        .flat_map(|folder| files(folder))
        .collect();
    let is_source = |path: &&PathBuf| path.extension().is_some_and(|e| e == "rs" || e == "py");
    let text: String = sources
        .iter()
        .filter(is_source)
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let has_file = |name: &str| sources.iter().any(|path| path.ends_with(name)) || root().join(name).exists();
    let names = quoted(document).into_iter();
    names
        .filter(|name| {
            let lost_test = is_test(name) && !text.contains(&format!("fn {name}("));
            let is_file = name.ends_with(".rs") || name.ends_with(".py");
            lost_test || (is_file && !has_file(name))
        })
        .collect()
}

#[test]
fn every_test_that_the_security_document_names_exists() {
    let document = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let named = quoted(&document).iter().filter(|name| is_test(name)).count();
    assert!(named > 40, "only {named} tests are named");
    assert_eq!(missing(&document), Vec::<String>::new());
}

#[test]
fn a_name_that_is_nowhere_is_found() {
    let document = "`a_test_that_nobody_wrote`, `nowhere/at_all.rs`, `a_name_that_is_nowhere_is_found`, `sign_in`, `documents.rs`";
    assert_eq!(
        missing(document),
        ["a_test_that_nobody_wrote", "nowhere/at_all.rs"]
    );
}
