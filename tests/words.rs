//! Every code that the sources use has a sentence, in English and in Chinese. Proved by reading the sources.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
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
    for (used, file) in &uses {
        for lang in [Lang::En, Lang::Zh] {
            let keys = used.keys();
            if !keys.iter().any(|key| words::has(key, lang)) {
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
    let ours = |key: &&str| {
        ["field-", "conflict-", "thing-", "problem-"]
            .iter()
            .any(|prefix| key.starts_with(prefix))
    };
    let left: Vec<_> = words::keys(Lang::En)
        .into_iter()
        .filter(ours)
        .filter(|key| !wanted(key))
        .collect();
    assert!(left.is_empty(), "no source uses {left:?}");
}

/// What stands in each sentence is what the code gives it: a parameter that only one language has is a mistake.
#[test]
fn both_languages_speak_of_the_same_parameters() {
    for key in words::keys(Lang::En) {
        assert_eq!(
            parameters(&sentence(key, "en")),
            parameters(&sentence(key, "zh")),
            "{key} has other parameters in Chinese than in English"
        );
    }
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

/// The text of a key, its continued lines too.
fn sentence(key: &str, lang: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words").join(lang);
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let mut lines = text
            .lines()
            .skip_while(|line| line.split(" =").next() != Some(key) || !line.contains('='));
        if let Some(first) = lines.next() {
            let more = lines.take_while(|line| line.starts_with([' ', '}']));
            return std::iter::once(first).chain(more).collect::<Vec<_>>().join("\n");
        }
    }
    panic!("no {key} in {lang}");
}

/// The names after `$`, each once.
fn parameters(sentence: &str) -> Vec<&str> {
    let mut names: Vec<_> = sentence
        .split('$')
        .skip(1)
        .map(|rest| {
            rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .next()
                .unwrap()
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn parameters_are_found() {
    assert_eq!(parameters("a = { $to } and { $from } { $to }"), ["from", "to"]);
    assert!(parameters("a = nothing").is_empty());
    assert!(sentence("problem-forbidden", "en").contains("You may see this"));
}
