//! Who goes on where groups share places, have bounds, and cut in more than one place.

use palmares::domain::advancement::{Advancement, Decisions, decide};
use palmares::domain::scoring::{EntryInput, Standings, Warning};

use crate::contest::{ONE, advancing, entry, rules, standings};

/// `sizes` groups a, b, c … with entries 101 …, 201 …; the later groups have the lower marks, all marks differ.
fn groups(sizes: &[i64]) -> Vec<EntryInput> {
    let names = ["a", "b", "c", "d", "e"];
    let one = |(group, (size, name)): (i64, (&i64, &'static str))| {
        (1..=*size).map(move |n| {
            let hundredths = 9999 - group * 500 - n;
            let mark = format!("{}.{:02}", hundredths / 100, hundredths % 100);
            entry((group + 1) * 100 + n, name, &[&mark])
        })
    };
    (0..).zip(sizes.iter().zip(names)).flat_map(one).collect()
}

fn cut(settings: &str, entries: Vec<EntryInput>) -> (Standings, Advancement) {
    let rules = rules(&format!(
        r#"{ONE}, "ranking": {{ "group_by": [ "region" ] }}, "advance": {{ {settings} }}"#
    ));
    let result = standings(&rules, entries);
    let decided = decide(&rules, &[&result], &Decisions::default());
    (result, decided)
}

fn of_each_group(decided: &Advancement) -> Vec<usize> {
    let all = advancing(decided);
    (1..=5)
        .map(|group| all.iter().filter(|n| *n / 100 == group).count())
        .take_while(|n| *n > 0)
        .collect()
}

/// Talents Cup, the year before: 149 in the semi-finals, 35 places, each division at least 5. The divisions' sizes are
/// made up; the seats of the quotient methods were found by sorting all quotients.
#[test]
fn talents_cup_of_the_year_before_shares_out_its_places() {
    for (share, bounds, expected) in [
        ("largest_remainder", "", [17, 9, 6, 3]),
        ("d_hondt", "", [18, 9, 5, 3]),
        ("sainte_lague", "", [17, 9, 6, 3]),
        ("d_hondt", r#", "minimum_per_group": 5"#, [17, 8, 5, 5]),
        (
            "sainte_lague",
            r#", "minimum_per_group": 5, "maximum_per_group": 12"#,
            [12, 11, 7, 5],
        ),
    ] {
        let settings = format!(r#""places": 35, "share": {{ "by": "{share}" }}{bounds}"#);
        let (_, decided) = cut(&settings, groups(&[74, 38, 24, 13]));
        assert_eq!(of_each_group(&decided), expected, "{share}{bounds}");
        assert_eq!(decided.warnings, []);
    }
}

/// Without shares the maximum holds for the places that are left, too: whoever stands next from another group comes in.
#[test]
fn a_maximum_of_each_group_holds_for_wildcards() {
    let (_, decided) = cut(
        r#""places": 10, "minimum_per_group": 1, "maximum_per_group": 4, "reserves": 2"#,
        groups(&[20, 20, 20]),
    );
    assert_eq!(
        advancing(&decided),
        [101, 102, 103, 104, 201, 202, 203, 204, 301, 302]
    );
    // Two groups have as many as they may, so the reserves are of the third.
    let turns: Vec<i64> = decided.entries.iter().skip(10).take(2).map(|d| d.entry).collect();
    assert_eq!(turns, [303, 304]);
    let (_, decided) = cut(r#""places": 10, "maximum_per_group": 2"#, groups(&[20, 20, 20]));
    assert_eq!(of_each_group(&decided), [2, 2, 2]);
    let left = Warning::PlacesLeft {
        group: None,
        places: 10,
        left: 4,
    };
    assert!(decided.warnings.contains(&left));
}

/// A group that has fewer entrants than its minimum leaves its places to the others.
#[test]
fn seats_beyond_a_groups_entrants_go_to_the_others() {
    for share in ["largest_remainder", "d_hondt", "sainte_lague"] {
        let settings = format!(r#""places": 20, "minimum_per_group": 5, "share": {{ "by": "{share}" }}"#);
        let (_, decided) = cut(&settings, groups(&[40, 30, 2]));
        let seats = of_each_group(&decided);
        assert_eq!(seats.iter().sum::<usize>(), 20);
        assert_eq!(seats[2], 2);
    }
}
