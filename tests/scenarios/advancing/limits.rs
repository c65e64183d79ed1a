//! What made-up contests found about limits per institution, as contests that can be read.

use palmares::domain::advancement::{Decisions, Outcome, Reasoned, decide};
use palmares::domain::scoring::{DecidedBy, Decision, EntryInput, Warning};

use crate::contest::{ONE, advancing, entry, rules, standings};

fn of(institution: &str, number: i64, group: &str, mark: &str) -> EntryInput {
    EntryInput {
        institution: Some(institution.to_owned()),
        ..entry(number, group, &[mark])
    }
}

const ONE_EACH: &str =
    r#""ranking": { "group_by": [ "region" ] }, "advance": { "per_group": 1, "maximum_per_institution": 1 }"#;

/// As long as a tie in the north may take the only place of an institution, nobody in the west is passed over for it.
#[test]
fn a_place_that_depends_on_a_tie_elsewhere_waits() {
    let rules = rules(&format!("{ONE}, {ONE_EACH}"));
    let result = standings(
        &rules,
        vec![
            of("Harbour", 1, "north", "80"),
            of("Hill", 2, "north", "80"),
            of("Harbour", 3, "west", "90"),
            of("Lake", 4, "west", "70"),
            of("River", 5, "east", "60"),
        ],
    );
    let decided = decide(&rules, &[&result], &Decisions::default());
    assert_eq!(advancing(&decided), [5]);
    let waiting = decided.entries.iter().filter(|d| d.outcome == Outcome::Waiting);
    assert_eq!(waiting.map(|d| d.entry).collect::<Vec<_>>().len(), 4);
    for (order, expected) in [([1, 2], [1, 4, 5]), ([2, 1], [2, 3, 5])] {
        let tie = Decision {
            by: DecidedBy::Organizers,
            order: order.to_vec(),
        };
        let decisions = Decisions {
            ties: vec![tie],
            ..Decisions::default()
        };
        assert_eq!(advancing(&decide(&rules, &[&result], &decisions)), expected);
    }
}

/// Groups that are never compared fill their places one after the other; that this decided something is said.
#[test]
fn whom_an_institution_keeps_out_of_another_group_is_said() {
    let rules = rules(&format!("{ONE}, {ONE_EACH}"));
    let entries = vec![
        of("Harbour", 1, "north", "70"),
        of("Harbour", 2, "west", "95"),
        of("Lake", 3, "west", "60"),
    ];
    let result = standings(&rules, entries);
    let decided = decide(&rules, &[&result], &Decisions::default());
    assert_eq!(advancing(&decided), [1, 3]);
    let said = Warning::InstitutionElsewhere {
        group: "west".into(),
        entries: vec![2],
    };
    assert_eq!(decided.warnings, [said]);
}

/// Whoever is named without a place takes one of their institution's all the same.
#[test]
fn a_nomination_without_a_place_counts_for_its_institution() {
    let rules = rules(&format!(
        r#"{ONE}, "advance": {{ "places": 2, "maximum_per_institution": 1 }}"#
    ));
    let unmarked = EntryInput {
        sheets: Vec::new(),
        ..of("Harbour", 1, "", "0")
    };
    let result = standings(
        &rules,
        vec![unmarked, of("Harbour", 2, "", "90"), of("Lake", 3, "", "80")],
    );
    let nominated = vec![Reasoned {
        entry: 1,
        reason: "The marks were lost.".into(),
    }];
    let decided = decide(
        &rules,
        &[&result],
        &Decisions {
            nominated,
            ..Decisions::default()
        },
    );
    assert_eq!(advancing(&decided), [1, 3]);
}
