//! Every code that the sources use has a sentence, in English and in Chinese. Proved by reading the sources.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a test that can't go on has failed"
)]

#[path = "words/scan.rs"]
mod scan;
#[path = "words/tokens.rs"]
mod tokens;

use std::collections::BTreeMap;
use std::path::Path;

use palmares::domain::text::Lang;
use palmares::words;
use scan::{Kind, Use};

#[test]
fn every_code_has_a_sentence_in_both_languages() {
    let uses = uses();
    for (kind, least) in [
        (Kind::Field, 5),
        (Kind::Conflict, 1),
        (Kind::Thing, 3),
        (Kind::Problem, 10),
    ] {
        let found = uses.iter().filter(|(u, _)| u.kind == kind).count();
        assert!(
            found >= least,
            "only {found} codes of {kind:?}: the sources are written differently"
        );
    }
    let mut missing = Vec::new();
    for (used, file) in uses.iter().filter(|(used, _)| used.kind != Kind::Perhaps) {
        for lang in [Lang::En, Lang::Zh] {
            let keys = used.keys();
            if !keys.iter().any(|key| has(key, lang)) {
                missing.push(format!("{lang:?}: {} (src/{file})", keys.join(" or ")));
            }
        }
    }
    assert!(missing.is_empty(), "no sentence for\n{}", missing.join("\n"));
}

#[test]
fn no_sentence_is_left_over() {
    let uses = uses();
    let wanted = |key: &str| uses.keys().any(|used| used.keys().iter().any(|k| k == key));
    let ours = |key: &String| {
        ["field-", "conflict-", "thing-", "problem-"]
            .iter()
            .any(|prefix| key.starts_with(prefix))
    };
    let left: Vec<_> = keys()
        .into_iter()
        .filter(ours)
        .filter(|key| !wanted(key))
        .collect();
    assert!(left.is_empty(), "no source uses {left:?}");
}

/// The codes of all sources, each with a file that uses it.
fn uses() -> BTreeMap<Use, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                for used in scan::uses(&std::fs::read_to_string(&path).unwrap()) {
                    found.insert(used, name.clone());
                }
            }
        }
    }
    found
}

/// Whether the product finds a sentence for a key.
fn has(key: &str, lang: Lang) -> bool {
    words::message(key, &words::Params::new(), lang) != key
}

/// Every key of the English files, whether they are compiled in or not.
fn keys() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words/en");
    let texts = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let keys = texts.flat_map(|text| {
        text.lines()
            .filter_map(key)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    keys.collect()
}

fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(" =")?;
    key.starts_with(|c: char| c.is_ascii_lowercase()).then_some(key)
}
