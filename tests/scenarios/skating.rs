//! European Figure Skating Championships 2017, ladies: every official figure, compared as text.
//!
//! The data stand outside the repository; `PALMARES_CASES` names their folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use palmares::domain::advancement::{Decisions, decide};
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{Adjustment, EarlierRound, EntryInput, Sheet, Standing, Standings, Step};

use crate::contest::{advancing, points, rank, standing, standings, total};

const SHORT: &str = include_str!("rules/skating-short.json");
const FREE: &str = include_str!("rules/skating-free.json");
const CRITERIA: [(&str, &str); 5] = [
    ("Skating Skills", "skating_skills"),
    ("Transitions", "transitions"),
    ("Performance", "performance"),
    ("Composition", "composition"),
    ("Interpretation of the Music", "interpretation"),
];

type Row = BTreeMap<String, String>;

fn rows(folder: &Path, file: &str) -> Vec<Row> {
    csv::Reader::from_path(folder.join(file))
        .unwrap()
        .deserialize()
        .map(Result::unwrap)
        .collect()
}

fn number(row: &Row) -> i64 {
    row["number"].parse().unwrap()
}

/// A figure as the protocols print it; the files spell some with fewer digits (`8.0`).
fn two_decimals(figure: &str) -> String {
    points(figure).show(2)
}

fn cases() -> Option<PathBuf> {
    let Some(cases) = std::env::var_os("PALMARES_CASES") else {
        println!("skipped: PALMARES_CASES names no folder of real cases");
        return None;
    };
    Some(PathBuf::from(cases).join("euros-2017-ladies"))
}

/// The entries of a round from its two files.
fn entries(results: &[Row], marks: &[Row]) -> Vec<EntryInput> {
    let entry = |result: &Row| {
        let of = |label: &str| {
            marks
                .iter()
                .find(|m| number(m) == number(result) && m["criterion"] == label)
                .unwrap()
        };
        let sheet = |judge: usize| {
            let judge = format!("J{judge}");
            let mark = |(label, _): &(&str, &str)| {
                Some(of(label)[&judge].as_str())
                    .filter(|m| !m.is_empty())
                    .map(points)
            };
            Sheet {
                marks: CRITERIA.iter().map(mark).collect(),
                judge,
            }
        };
        let deductions = points(&format!("-{}", result["deductions"]));
        EntryInput {
            number: number(result),
            sheets: (1..=9).map(sheet).collect(),
            recorded: [("elements".to_owned(), points(&result["element_score"]))].into(),
            adjustments: vec![Adjustment {
                points: deductions,
                reason: "deductions".into(),
            }],
            ..EntryInput::default()
        }
    };
    results.iter().map(entry).collect()
}

/// Checks a round's panel scores and component scores; gives how many were compared.
fn compare(result: &Standings, results: &[Row], marks: &[Row]) -> (usize, usize) {
    let (mut panel_scores, mut component_scores) = (0, 0);
    for row in results {
        let derivation = standing(result, number(row)).derivation.as_ref().unwrap();
        for (label, code) in CRITERIA {
            let official = marks
                .iter()
                .find(|m| number(m) == number(row) && m["criterion"] == label)
                .unwrap();
            let line = derivation.criteria.iter().find(|c| c.code == code).unwrap();
            assert_eq!(
                line.value.to_string(),
                two_decimals(&official["panel_score"]),
                "entry {} {label}",
                number(row)
            );
            panel_scores += 1;
        }
        let component = derivation.steps.iter().find_map(|step| match step {
            Step::ComponentScore { rounded, .. } => Some(rounded.to_string()),
            _ => None,
        });
        assert_eq!(
            component.unwrap(),
            two_decimals(&row["component_score"]),
            "entry {}",
            number(row)
        );
        component_scores += 1;
    }
    (panel_scores, component_scores)
}

#[test]
fn every_official_figure_of_the_european_championships() {
    let Some(folder) = cases() else { return };
    let (short_rows, free_rows) = (rows(&folder, "short.csv"), rows(&folder, "free.csv"));
    let (short_marks, free_marks) = (rows(&folder, "marks_short.csv"), rows(&folder, "marks_free.csv"));

    let rules = Rules::parse(SHORT).unwrap();
    let short = standings(&rules, entries(&short_rows, &short_marks));
    for row in &short_rows {
        assert_eq!(total(&short, number(row)), two_decimals(&row["total"]));
        assert_eq!(rank(&short, number(row)), row["rank"]);
    }
    let advancement = decide(&rules, &[&short], &Decisions::default());
    let mut official: Vec<i64> = free_rows.iter().map(number).collect();
    official.sort_unstable();
    assert_eq!(advancing(&advancement), official);
    assert_eq!(official.len(), 24);

    let rules = Rules::parse(FREE).unwrap();
    let mut going = entries(&free_rows, &free_marks);
    for entry in &mut going {
        let Standing {
            total, exact, rank, ..
        } = standing(&short, entry.number);
        let (total, exact) = (total.as_ref().unwrap().value().clone(), exact.clone().unwrap());
        entry.earlier.insert(
            "short".into(),
            EarlierRound {
                total,
                exact,
                rank: *rank,
            },
        );
    }
    let free = standings(&rules, going);
    for row in &free_rows {
        let own = standing(&free, number(row)).own.as_ref().unwrap();
        assert_eq!(own.total.to_string(), two_decimals(&row["total"]));
        assert_eq!(own.rank.to_string(), row["rank"]);
    }
    let (short_compared, free_compared) = (
        compare(&short, &short_rows, &short_marks),
        compare(&free, &free_rows, &free_marks),
    );
    assert_eq!(
        (
            short_compared.0 + free_compared.0,
            short_compared.1 + free_compared.1
        ),
        (290, 58)
    );

    let finals = rows(&folder, "final.csv");
    let computed: Vec<(i64, String)> = free
        .entries
        .iter()
        .map(|s| (s.entry, s.total.as_ref().unwrap().to_string()))
        .collect();
    let official: Vec<(i64, String)> = finals
        .iter()
        .map(|row| (number(row), two_decimals(&row["total"])))
        .collect();
    assert_eq!(computed, official);
}
