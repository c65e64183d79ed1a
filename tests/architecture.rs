//! The import law of the house, proved by reading its sources. The map is at the top of `src/lib.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

use std::path::Path;

/// Which of our layers each layer may name.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("words", &["domain"]),
    ("files", &["domain", "words"]),
    ("error", &["domain"]),
    ("config", &["domain", "error"]),
    ("store", &["domain", "error"]),
    ("app", &["store", "domain", "words", "error", "config"]),
    ("http", &["app", "domain", "words", "error", "store"]),
    (
        "commands",
        &[
            "http", "app", "store", "files", "domain", "words", "error", "config",
        ],
    ),
];

/// Inside domain, from the bottom up: a file may name those before it. A new file takes its place here.
const DOMAIN: &[&str] = &[
    "codes",
    "ids",
    "invalid",
    "text",
    "phone",
    "time",
    "points",
    "exact",
    "user",
    "session",
    "second_factor",
    "judge_link",
    "api_token",
    "password",
    "provider",
    "letter",
    "fields",
    "competition",
    "entry",
    "gathering",
    "grouping",
    "guessing",
    "assignment",
    "rules",
    "round",
    "ballot",
    "policy",
    "proposal",
    "scoring",
    "advancement",
    "comparison",
    "offer",
    "publication",
    "status",
];

/// What `domain` and `files` never name, and why.
const IMPURE: &[(&str, &str)] = &[
    ("diesel", "a database"),
    ("actix_web", "the web"),
    ("tokio", "an executor"),
    ("reqwest", "the network"),
    ("rand", "randomness"),
    ("tracing", "the log"),
    ("std::fs", "files"),
    ("std::env", "the environment"),
    ("std::net", "the network"),
    ("Utc::now", "a clock"),
    ("SystemTime", "a clock"),
    ("Instant::now", "a clock"),
];

/// What only `store` and the doors of `app` name, and what only `http` does.
const KEPT_TO: &[(&str, &[&str])] = &[
    ("diesel", &["store/", "app/pool.rs", "app/tx.rs", "app/writer.rs"]),
    ("actix_web", &["http/", "http.rs", "commands/"]),
];

/// The files of `app` that use cases share; every other one holds use cases, and those never call each other.
const SHARED_BY_USE_CASES: &[&str] = &[
    "access",
    "actor",
    "appearances",
    "bench",
    "bookmarks",
    "brakes",
    "bus",
    "carried",
    "clock",
    "delivery",
    "desk",
    "documents",
    "dossier",
    "enrolment",
    "entrance",
    "factor",
    "gathering",
    "grouping",
    "idempotency",
    "keys",
    "leavers",
    "letters",
    "live",
    "meters",
    "offering",
    "passwords",
    "place",
    "pool",
    "post",
    "prospectus",
    "providers",
    "random",
    "rules_cache",
    "shares",
    "sheets",
    "showcase",
    "spent",
    "surroundings",
    "tabulation",
    "two_persons",
    "tx",
    "vault",
    "watch",
    "writer",
];

/// The longest file, in lines.
const LONGEST: usize = 500;

#[test]
fn the_house_keeps_its_law() {
    let mut wrongs = Vec::new();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (path, source) in sources(&src) {
        wrongs.extend(
            check(&path, &source)
                .into_iter()
                .map(|wrong| format!("src/{path}: {wrong}")),
        );
    }
    assert!(wrongs.is_empty(), "\n{}", wrongs.join("\n"));
}

/// Every Rust file below a folder, as (`store/conn.rs`, its text).
fn sources(root: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                found.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(found.len() > 10, "the sources are elsewhere");
    found
}

/// What is wrong with a file. `path` is below `src`.
fn check(path: &str, source: &str) -> Vec<String> {
    let mut wrongs = Vec::new();
    let lines = source.lines().count();
    if lines > LONGEST && path != "store/schema.rs" {
        wrongs.push(format!("{lines} lines, at most {LONGEST}"));
    }
    let code = code_of(source);
    let layer = path.split(['/', '.']).next().unwrap_or_default();
    let file = path.split('/').nth(1).unwrap_or_default().trim_end_matches(".rs");
    let named = crate_paths(&code, path);
    for named in &named {
        let mut steps = named.split("::");
        let (to_layer, to_file) = (steps.next().unwrap_or_default(), steps.next().unwrap_or_default());
        if to_layer == layer {
            match layer {
                "domain" if !domain_may(file, to_file) => {
                    wrongs.push(format!("domain::{file} stands below domain::{to_file}"));
                }
                "app" if is_use_case(file) && is_use_case(to_file) && file != to_file => {
                    wrongs.push(format!("a use case calls another one, app::{to_file}"));
                }
                _ => {}
            }
        } else if let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer)
            && LAYERS.iter().any(|(name, _)| *name == to_layer)
            && !allowed.contains(&to_layer)
        {
            wrongs.push(format!("{layer} may not name {to_layer}"));
        }
    }
    if !["lib", "main"].contains(&layer) && !LAYERS.iter().any(|(name, _)| *name == layer) {
        wrongs.push(format!("{layer} is no layer: give it a line in LAYERS"));
    }
    if layer == "domain" && file != "mod" && !DOMAIN.contains(&file) {
        wrongs.push(format!(
            "domain::{file} has no place yet: give it a line in DOMAIN"
        ));
    }
    if ["domain", "files"].contains(&layer) {
        for (name, what) in IMPURE.iter().filter(|(name, _)| names(&code, name)) {
            wrongs.push(format!("{layer} is pure, and {name} is {what}"));
        }
    }
    for (name, places) in KEPT_TO {
        if names(&code, name) && !places.iter().any(|place| path.starts_with(place)) && layer != "domain" {
            wrongs.push(format!("{name} stays inside {}", places.join(", ")));
        }
    }
    wrongs.sort();
    wrongs.dedup();
    wrongs
}

/// Whether a file of domain stands above another one. An item of `domain/mod.rs` itself is everybody's.
fn domain_may(from: &str, to: &str) -> bool {
    let rank = |file: &str| DOMAIN.iter().position(|name| *name == file);
    from == to
        || from == "mod"
        || to.is_empty()
        || to.starts_with(char::is_uppercase)
        || rank(to) < rank(from)
}

/// Whether a file (or an item of `app` itself, such as `App`) holds use cases.
fn is_use_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name != "mod"
        && name != "self"
        && !SHARED_BY_USE_CASES.contains(&name)
}

/// The code without comments, strings' contents kept, and without the tests at its end.
fn code_of(source: &str) -> String {
    let before_tests = source
        .split("\n#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    before_tests
        .lines()
        .map(|line| {
            if line.trim_start().starts_with("//") {
                ""
            } else {
                line
            }
        })
        .map(|line| line.split(" // ").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Every path into our own crate, groups taken apart: `store::{conn::Conn, page}` gives `store::conn::Conn` and
/// `store::page`. `super::` counts from where the file is.
fn crate_paths(code: &str, path: &str) -> Vec<String> {
    let code: String = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let layer = path.split(['/', '.']).next().unwrap_or_default();
    // From domain/x.rs, `super` is `domain`; from domain/mod.rs it is the crate; deeper files stay inside their own.
    let parent = match (path.split('/').count(), path.ends_with("/mod.rs")) {
        (2, false) => format!("{layer}::"),
        (2, true) | (1, _) => String::new(),
        _ => format!("{layer}::{}::", path.split('/').nth(1).unwrap_or_default()),
    };
    let mut found = Vec::new();
    for (start, prefix) in [
        ("crate::", String::new()),
        ("palmares::", String::new()),
        ("super::", parent),
    ] {
        for (at, _) in code.match_indices(start) {
            let before = code.get(..at).unwrap_or_default();
            // Neither `my_crate::` nor `super::super::` again, nor `$crate::`, which stands for the same.
            if before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let rest = code.get(at + start.len()..).unwrap_or_default();
            take_path(rest, &prefix, &mut found);
        }
    }
    found
}

/// Reads one path, or a group of them, and gives how much was read.
fn take_path(text: &str, prefix: &str, found: &mut Vec<String>) -> usize {
    let mut path = prefix.to_owned();
    let mut read = 0;
    while let Some(rest) = text.get(read..) {
        let name: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '*')
            .collect();
        if !name.is_empty() {
            path.push_str(&name);
            read += name.len();
        } else if rest.starts_with("::") && !path.is_empty() {
            path.push_str("::");
            read += 2;
        } else if rest.starts_with('{') && (path.is_empty() || path.ends_with("::")) {
            return read + take_group(rest, &path, found);
        } else {
            break;
        }
    }
    if !path.is_empty() {
        found.push(path);
    }
    read
}

fn take_group(text: &str, prefix: &str, found: &mut Vec<String>) -> usize {
    let mut read = 1;
    while let Some(rest) = text.get(read..) {
        match rest.chars().next() {
            Some('}') => return read + 1,
            Some(c) if c.is_alphanumeric() || c == '_' || c == '*' => {
                read += take_path(rest, prefix, found).max(1);
            }
            Some(c) => read += c.len_utf8(),
            None => break,
        }
    }
    read
}

/// Whether the code names a crate or item, as a whole word.
fn names(code: &str, name: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let before = code.get(..at).unwrap_or_default();
        let after = code.get(at + name.len()..).unwrap_or_default();
        // A crate is named by a path; an item stands as it is.
        let is_item = name.contains("::") || name.chars().any(char::is_uppercase);
        let used = is_item || (after.starts_with("::") && !before.ends_with("::"));
        used && !before.ends_with(part_of_word) && !after.starts_with(part_of_word)
    })
}

#[test]
fn the_checker_sees_what_is_wrong() {
    let wrong = |path: &str, source: &str| check(path, source).join("; ");
    for (path, source, expected) in [
        (
            "domain/entry.rs",
            "use crate::store::conn::Conn;",
            "domain may not name store",
        ),
        (
            "domain/entry.rs",
            "use diesel::prelude::*;",
            "diesel is a database",
        ),
        (
            "domain/entry.rs",
            "fn f() { let t = chrono::Utc::now(); }",
            "Utc::now is a clock",
        ),
        (
            "domain/entry.rs",
            "use chrono::Utc; fn f() { Utc::now(); }",
            "Utc::now is a clock",
        ),
        (
            "domain/entry.rs",
            "fn f() -> u8 { rand::random() }",
            "rand is randomness",
        ),
        (
            "domain/rules.rs",
            "use super::scoring::tabulate;",
            "domain::rules stands below domain::scoring",
        ),
        (
            "domain/scoring/mod.rs",
            "use crate::domain::advancement::Cut;",
            "stands below domain::advancement",
        ),
        (
            "domain/points.rs",
            "use crate::domain::{ids, rules::Rules};",
            "stands below domain::rules",
        ),
        ("store/users.rs", "use crate::app::App;", "store may not name app"),
        (
            "store/users.rs",
            "fn f() { crate::http::problem::of(1) }",
            "store may not name http",
        ),
        (
            "store/users.rs",
            "use crate::{\n    domain::text::Email,\n    words::Lang,\n};",
            "store may not name words",
        ),
        (
            "app/users.rs",
            "use crate::app::sessions;",
            "a use case calls another one, app::sessions",
        ),
        (
            "app/users.rs",
            "use super::{Tx, sessions::end_all};",
            "a use case calls another one, app::sessions",
        ),
        ("app/users.rs", "use diesel::prelude::*;", "diesel stays inside"),
        (
            "app/users.rs",
            "use crate::http::problem;",
            "app may not name http",
        ),
        (
            "http/api/users.rs",
            "use diesel::prelude::*;",
            "diesel stays inside",
        ),
        (
            "http/api/users.rs",
            "use crate::config::Config;",
            "http may not name config",
        ),
        (
            "files/read.rs",
            "use crate::store::rules;",
            "files may not name store",
        ),
        (
            "files/read.rs",
            "fn f() { std::fs::read(p) }",
            "files is pure, and std::fs is files",
        ),
        ("config.rs", "use crate::app::App;", "config may not name app"),
        ("helpers.rs", "", "helpers is no layer"),
        ("domain/helpers.rs", "", "domain::helpers has no place"),
        ("app/users.rs", &"\n".repeat(501), "501 lines"),
    ] {
        let found = wrong(path, source);
        assert!(
            found.contains(expected),
            "{path}: {source}\n found: {found:?}\nwanted: {expected:?}"
        );
    }
}

#[test]
fn the_checker_lets_pass_what_is_right() {
    for (path, source) in [
        (
            "domain/scoring/rank.rs",
            "use super::Sheet;\nuse crate::domain::rules::Rules;",
        ),
        (
            "domain/advancement.rs",
            "use crate::domain::{points::Points, scoring::{Standing, tabulate}};",
        ),
        (
            "domain/round.rs",
            "//! As crate::store::rounds keeps it.\nfn f() {} // crate::http::x",
        ),
        (
            "domain/entry.rs",
            "fn f() {}\n#[cfg(test)]\nmod tests {\n    use rand::random;\n}\n",
        ),
        ("domain/entry.rs", "fn brand() { operand::x(); strand::y() }"),
        (
            "store/users.rs",
            "use diesel::prelude::*;\nuse crate::store::{conn::Conn, schema::users};",
        ),
        (
            "app/users.rs",
            "use crate::app::{App, Tx, access, clock::Clock};\nuse crate::store::users;",
        ),
        ("app/mod.rs", "pub mod users;\nuse crate::config::Config;"),
        (
            "http/api/users.rs",
            "use crate::app::{sessions, users};\nuse crate::store::users::User;",
        ),
        ("store/schema.rs", &"\n".repeat(900)),
    ] {
        assert_eq!(check(path, source), Vec::<String>::new(), "{path}: {source}");
    }
}
