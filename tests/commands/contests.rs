//! Contests computed from files and rules checked, without a server or a database.

use serde_json::{Value, json};

use crate::support::program::Program;

/// A folder with a template's contest, its rules as the program prints them.
fn contest(template: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::in_folder(folder.path());
    let rules = program.run(&["rules", "template", template], "");
    std::fs::write(folder.path().join("rules.json"), rules.well()).unwrap();
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/templates");
    for file in std::fs::read_dir(source.join(template)).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    folder
}

#[test]
fn a_contest_is_computed_from_its_files() {
    let folder = contest("talents-cup");
    let program = Program::in_folder(folder.path());
    let dir = folder.path().to_str().unwrap();
    let tabulate = |arguments: &[&str]| program.run(&[&["tabulate", dir], arguments].concat(), "");
    let expected = std::fs::read_to_string(folder.path().join("expected.csv")).unwrap();
    assert_eq!(tabulate(&["--format", "csv"]).well(), expected);
    assert!(tabulate(&[]).well().starts_with("Rank  Entry  Title"));
    assert!(tabulate(&["--lang", "zh"]).well().starts_with("名次  编号  项目"));
    let document: Value = serde_json::from_str(tabulate(&["--format", "json"]).well()).unwrap();
    let first = &document["groups"][0]["standings"][0];
    assert_eq!((&first["group"], &first["rank"]), (&json!("Chengdu"), &json!(1)));
    let entry = first["entry"].to_string();
    let told = tabulate(&["--explain", &entry]);
    assert!(
        told.well()
            .contains("Goes on as one of the places that each group has."),
        "{told:?}"
    );
    let one: Value =
        serde_json::from_str(tabulate(&["--explain", &entry, "--format", "json"]).well()).unwrap();
    assert_eq!(&one, first);
    let nobody = tabulate(&["--explain", "999"]);
    assert_eq!(
        (nobody.status.code(), nobody.err.as_str()),
        (Some(2), "There is no entry 999 in this contest.\n")
    );
    assert!(
        !folder.path().join("palmares.db").exists(),
        "it needs no database"
    );
}

#[test]
fn wrong_files_are_refused_with_every_place_named() {
    let folder = contest("diving");
    let program = Program::in_folder(folder.path());
    let dir = folder.path().to_str().unwrap();
    let marks = folder.path().join("marks.csv");
    let text = std::fs::read_to_string(&marks).unwrap();
    let wrong = text
        .replacen("1,J1,execution,7.5", "1,J1,execution,\"7,5\"", 1)
        .replacen("1,J2,execution,7\n", "9,J2,execution,7\n", 1);
    std::fs::write(&marks, wrong).unwrap();
    let refused = program.run(&["tabulate", dir], "");
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(
        refused.err,
        "marks.csv, line 3, column mark: Execution: “7,5” is no plain decimal number such as 27.5.\n\
         marks.csv, line 4, column entry: There is no entry 9 in entries.csv.\n"
    );
    assert_eq!(refused.out, "");
    let chinese = program.run(&["tabulate", dir, "--lang", "zh"], "");
    assert!(
        chinese
            .err
            .starts_with("marks.csv 第 3 行 第 mark 列：动作完成：“7,5”不是"),
        "{chinese:?}"
    );
    let nowhere = program.run(&["tabulate", "/nowhere/at/all"], "");
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(
        nowhere.err.starts_with("/nowhere/at/all can't be read"),
        "{nowhere:?}"
    );
}

#[test]
fn rules_are_checked_read_out_and_started_from_templates() {
    let folder = contest("skating-short");
    let program = Program::in_folder(folder.path());
    let file = folder.path().join("rules.json");
    let path = file.to_str().unwrap();
    assert!(
        program
            .run(&["rules", "check", path], "")
            .well()
            .ends_with("nothing contradicts itself.\n")
    );
    let read = program.run(&["rules", "read", path], "");
    assert!(read.well().contains("- 24 entries go on.\n"), "{read:?}");
    assert!(
        program
            .run(&["rules", "read", path, "--lang", "zh"], "")
            .well()
            .contains("- 共 24 个项目晋级。\n")
    );
    let list = program.run(&["rules", "template"], "");
    assert!(
        list.well()
            .lines()
            .any(|line| line == "pitch-day          Pitch day"),
        "{list:?}"
    );
    let schema: Value = serde_json::from_str(program.run(&["rules", "schema"], "").well()).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let unknown = program.run(&["rules", "template", "beauty"], "");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        unknown.err.contains("known are talents-cup, roadshow"),
        "{unknown:?}"
    );

    let text = std::fs::read_to_string(&file).unwrap();
    let wrong = text
        .replacen("\"places\": 24", "\"places\": 24, \"minimum_per_group\": 30", 1)
        .replacen("\"schema\": 1", "\"schema\": 2", 1);
    std::fs::write(&file, wrong).unwrap();
    let refused = program.run(&["rules", "check", path], "");
    assert_eq!(refused.status.code(), Some(2));
    let lines: Vec<&str> = refused.err.lines().collect();
    assert_eq!(lines.len(), 3, "{refused:?}");
    assert!(
        lines[0].starts_with(&format!("{path}, line 2, column 13 (/schema): ")),
        "{refused:?}"
    );
    assert!(lines[1].contains("(/advance/minimum_per_group)"), "{refused:?}");
}
