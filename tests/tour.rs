//! The tour of the README, run as a reader would: its own commands against a fresh server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

/// The commands between the two marks.
fn tour() -> String {
    let readme = include_str!("../README.md");
    let (_, rest) = readme.split_once("<!-- tour -->").unwrap();
    let (tour, _) = rest.split_once("<!-- end of the tour -->").unwrap();
    let mut commands = String::from("set -euo pipefail\n");
    for block in tour.split("```sh\n").skip(1) {
        commands.push_str(block.split("```").next().unwrap());
    }
    commands
}

#[test]
fn the_tour_leads_to_a_published_result() {
    for tool in ["bash", "curl"] {
        if Command::new(tool)
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .is_err()
        {
            eprintln!("SKIPPED: the tour needs {tool}");
            return;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
        .to_string();
    let mut server = Command::new(env!("CARGO_BIN_EXE_palmares"))
        .args(["serve", "--port", &port, "--data-dir"])
        .arg(folder.path())
        .env("RUST_LOG", "warn")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(server.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let token = line.trim().rsplit(' ').next().unwrap().to_owned();

    let toured = Command::new("bash")
        .arg("-c")
        .arg(tour())
        .env("URL", format!("http://127.0.0.1:{port}"))
        .env("TOKEN", token)
        .output()
        .unwrap();
    server.kill().unwrap();
    server.wait().unwrap();

    let (out, err) = (
        String::from_utf8_lossy(&toured.stdout),
        String::from_utf8_lossy(&toured.stderr),
    );
    assert!(toured.status.success(), "{out}\n{err}");
    // What the text promises: a refusal that names the place, a derivation, the public result, the status in Chinese.
    for promised in [
        r#""pointer":"/marks/technology""#,
        "mark_not_a_number",
        r#""exact":"78.5""#,
        "一等奖|First prize",
    ] {
        assert!(
            promised.split('|').any(|p| out.contains(p)),
            "{promised} is missing:\n{out}"
        );
    }
    let results = out.lines().last().unwrap();
    assert!(results.contains("First prize"), "{results}");
}
