//! European Figure Skating Championships 2017, ladies: every official figure, compared as text.

use palmares::domain::advancement::{Decisions, decide};
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{Adjustment, EarlierRound, EntryInput, Sheet, Standing, Standings, Step};

use crate::cases::{self, CRITERIA, JUDGES, Programme, Row, number, two_decimals};
use crate::contest::{advancing, points, rank, standing, standings, total};

/// The entries of a round with what was given to them.
fn entries(programme: &Programme) -> Vec<EntryInput> {
    let entry = |result: &Row| {
        let number = number(result);
        let sheet = |judge: usize| {
            let mark = |(label, _): &(&str, &str)| programme.mark(number, label, judge).map(points);
            Sheet {
                judge: format!("J{judge}"),
                marks: CRITERIA.iter().map(mark).collect(),
            }
        };
        EntryInput {
            number,
            sheets: (1..=JUDGES).map(sheet).collect(),
            recorded: [("elements".to_owned(), points(&result["element_score"]))].into(),
            adjustments: vec![Adjustment {
                points: points(&format!("-{}", result["deductions"])),
                reason: "deductions".into(),
                ..Adjustment::default()
            }],
            ..EntryInput::default()
        }
    };
    programme.results.iter().map(entry).collect()
}

/// Checks a round's panel scores and component scores; gives how many were compared.
fn compare(result: &Standings, programme: &Programme) -> (usize, usize) {
    let (mut panel_scores, mut component_scores) = (0, 0);
    for row in &programme.results {
        let number = number(row);
        let derivation = standing(result, number).derivation.as_ref().unwrap();
        for (label, code) in CRITERIA {
            let official = &programme.line(number, label)["panel_score"];
            let line = derivation.criteria.iter().find(|c| c.code == code).unwrap();
            assert_eq!(
                line.value.to_string(),
                two_decimals(official),
                "entry {number} {label}"
            );
            panel_scores += 1;
        }
        let component = derivation.steps.iter().find_map(|step| match step {
            Step::ComponentScore { rounded, .. } => Some(rounded.to_string()),
            _ => None,
        });
        let official = two_decimals(&row["component_score"]);
        assert_eq!(component.unwrap(), official, "entry {number}");
        component_scores += 1;
    }
    (panel_scores, component_scores)
}

#[test]
fn every_official_figure_of_the_european_championships() {
    let Some(case) = cases::skating() else { return };

    let rules = Rules::parse(case.short.rules).unwrap();
    let short = standings(&rules, entries(&case.short));
    for row in &case.short.results {
        assert_eq!(total(&short, number(row)), two_decimals(&row["total"]));
        assert_eq!(rank(&short, number(row)), row["rank"]);
    }
    let advancement = decide(&rules, &[&short], &Decisions::default());
    let mut official: Vec<i64> = case.free.results.iter().map(number).collect();
    official.sort_unstable();
    assert_eq!(advancing(&advancement), official);
    assert_eq!(official.len(), 24);

    let rules = Rules::parse(case.free.rules).unwrap();
    let mut going = entries(&case.free);
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
    for row in &case.free.results {
        let own = standing(&free, number(row)).own.as_ref().unwrap();
        assert_eq!(own.total.to_string(), two_decimals(&row["total"]));
        assert_eq!(own.rank.to_string(), row["rank"]);
    }
    let (short_compared, free_compared) = (compare(&short, &case.short), compare(&free, &case.free));
    assert_eq!(
        (
            short_compared.0 + free_compared.0,
            short_compared.1 + free_compared.1
        ),
        (290, 58)
    );

    let computed: Vec<(i64, String)> = free
        .entries
        .iter()
        .map(|s| (s.entry, s.total.as_ref().unwrap().to_string()))
        .collect();
    let official: Vec<(i64, String)> = case
        .finals
        .iter()
        .map(|row| (number(row), two_decimals(&row["total"])))
        .collect();
    assert_eq!(computed, official);
}
