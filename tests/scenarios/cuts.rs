//! Who goes on where groups share places, have bounds, and cut in more than one place.

use palmares::domain::advancement::{
    Advancement, By, Decided, Decisions, Outcome, Reasoned, Turn, decide, kept, replacement, told,
};
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{DecidedBy, Decision, EntryInput, Standings, Warning};
use palmares::domain::text::Lang;
use palmares::words;

use crate::contest::{ONE, advancing, entry, rules, standing, standings};

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

fn invited(decided: &Advancement) -> Vec<i64> {
    let invited = decided
        .entries
        .iter()
        .filter(|d| matches!(d.outcome, Outcome::Invited { .. }));
    let mut numbers: Vec<i64> = invited.map(|d| d.entry).collect();
    numbers.sort_unstable();
    numbers
}

fn waiting(decided: &Advancement) -> Vec<i64> {
    let waits = decided.entries.iter().filter(|d| d.outcome == Outcome::Waiting);
    waits.map(|d| d.entry).collect()
}

fn of(decided: &Advancement, entry: i64) -> &Decided {
    decided.entries.iter().find(|d| d.entry == entry).unwrap()
}

fn reasoned(entry: i64) -> Reasoned {
    Reasoned {
        entry,
        reason: "The founders have left.".into(),
    }
}

/// Talents Cup, the year before: 149 to 35, and the next 35 of the same ranking to the roadshow.
#[test]
fn places_36_to_70_are_invited_to_the_roadshow() {
    let rules = rules(&format!(
        r#"{ONE}, "advance": {{ "places": 35, "reserves": 2,
             "streams": [ {{ "code": "roadshow", "title": {{ "en": "the roadshow" }}, "places": 35, "reserves": 1 }} ] }}"#
    ));
    let one = |n: i64| entry(n, "", &[&format!("{}.{:02}", 99 - n / 10, 99 - n % 10)]);
    let result = standings(&rules, (1..=149).map(one).collect());
    let nothing = Decisions::default();
    let decided = decide(&rules, &[&result], &nothing);
    assert_eq!(advancing(&decided), (1..=35).collect::<Vec<i64>>());
    assert_eq!(invited(&decided), (36..=70).collect::<Vec<i64>>());
    // In order: those who go on, then those who are invited, then reserves.
    let order: Vec<i64> = decided.entries.iter().map(|d| d.entry).collect();
    assert_eq!(order, (1..=149).collect::<Vec<i64>>());
    let first = of(&decided, 36);
    assert_eq!(
        first.outcome,
        Outcome::Invited {
            stream: "roadshow".into(),
            by: By::Place,
            place: Some(36)
        }
    );
    assert_eq!(
        first.turns,
        [Turn {
            stream: None,
            number: 1
        }]
    );
    assert_eq!(of(&decided, 38).turns, []);
    let waits_for_the_roadshow = Outcome::Reserve {
        number: 1,
        stream: Some("roadshow".into()),
    };
    assert_eq!(of(&decided, 71).outcome, waits_for_the_roadshow);
    assert_eq!(of(&decided, 72).outcome, Outcome::NotAdvanced);

    // Whoever leaves the final makes room for the first of the roadshow, which takes in place 71.
    let came = |left| {
        let came = replacement(&rules, &[&result], &nothing, &decided, &reasoned(left));
        came.into_iter().map(|k| (k.entry, k.stream)).collect::<Vec<_>>()
    };
    let roadshow = Some("roadshow".to_owned());
    assert_eq!(came(4), [(36, None), (71, roadshow.clone())]);
    assert_eq!(came(50), [(71, roadshow)]);
    assert_eq!(came(72), []);
    let json = serde_json::to_string(&decided).unwrap();
    assert_eq!(serde_json::from_str::<Advancement>(&json).unwrap(), decided);
}

/// A tied block of which none goes on stands first for the other stream; one that waits keeps the stream waiting, too.
#[test]
fn a_tie_at_the_first_cut_passes_on_to_the_stream() {
    let marks = ["90", "80", "80", "70", "60", "50"];
    for (policy, goes, comes, waits) in [
        ("none_advance", &[1][..], &[2, 3, 4][..], &[][..]),
        ("all_advance", &[1, 2, 3], &[4, 5, 6], &[]),
        ("wait", &[1], &[], &[2, 3, 4, 5, 6]),
    ] {
        let rules = rules(&format!(
            r#"{ONE}, "advance": {{ "places": 2, "tie_at_cut": "{policy}",
                 "streams": [ {{ "code": "roadshow", "places": 3 }} ] }}"#
        ));
        let entries = (1..).zip(marks).map(|(n, mark)| entry(n, "", &[mark])).collect();
        let result = standings(&rules, entries);
        let decided = decide(&rules, &[&result], &Decisions::default());
        assert_eq!(
            (advancing(&decided), invited(&decided)),
            (goes.to_vec(), comes.to_vec()),
            "{policy}"
        );
        let mut waiting = waiting(&decided);
        waiting.sort_unstable();
        assert_eq!(waiting, waits, "{policy}");
        let ties = vec![Decision {
            by: DecidedBy::Organizers,
            order: vec![3, 2],
        }];
        let decided = decide(
            &rules,
            &[&result],
            &Decisions {
                ties,
                ..Decisions::default()
            },
        );
        assert_eq!(
            (advancing(&decided), invited(&decided)),
            (vec![1, 3], vec![2, 4, 5])
        );
    }
}

/// A stream has its own cut, with its own policy, minimum score and limits; what it warns of names it.
#[test]
fn a_stream_has_terms_of_its_own() {
    let stream = |terms: &str| {
        let rules = rules(&format!(
            r#"{ONE}, "advance": {{ "places": 1, "maximum_per_institution": 1,
                 "streams": [ {{ "code": "roadshow", {terms} }} ] }}"#
        ));
        let marks = ["90", "85", "80", "70", "70", "60"];
        let one = |(n, mark): (i64, &str)| EntryInput {
            institution: Some(if n < 4 { "one".into() } else { format!("other {n}") }),
            ..entry(n, "", &[mark])
        };
        let result = standings(&rules, (1..).zip(marks).map(one).collect());
        let decided = decide(&rules, &[&result], &Decisions::default());
        assert_eq!(advancing(&decided), [1]);
        (invited(&decided), decided.warnings)
    };
    assert_eq!(
        stream(r#""places": 4, "tie_at_cut": "all_advance""#),
        (vec![2, 3, 4, 5], vec![])
    );
    let in_stream = |warning| {
        vec![Warning::InStream {
            stream: "roadshow".into(),
            warning: Box::new(warning),
        }]
    };
    let tied = Warning::TieAtCut {
        group: None,
        entries: vec![4, 5],
        policy: "none_advance".into(),
    };
    assert_eq!(stream(r#""places": 3, "tie_at_cut": "none_advance""#).0, [2, 3]);
    assert!(
        stream(r#""places": 3, "tie_at_cut": "none_advance""#)
            .1
            .contains(&in_stream(tied)[0])
    );
    // An institution that has one entry in the final may still send one here, and no second one.
    assert_eq!(
        stream(r#""places": 3, "maximum_per_institution": 1"#),
        (vec![2, 4, 5], vec![])
    );
    let left = Warning::PlacesLeft {
        group: None,
        places: 5,
        left: 3,
    };
    assert_eq!(
        stream(r#""places": 5, "minimum_score": 75"#),
        (vec![2, 3], in_stream(left))
    );
}

/// In each division the first goes on and the next two come to the roadshow, the best of the rest as well.
#[test]
fn streams_by_group_and_over_all() {
    let (_, decided) = cut(
        r#""per_group": 1, "streams": [ { "code": "roadshow", "per_group": 2 }, { "code": "fair", "places": 2 } ]"#,
        groups(&[5, 5]),
    );
    assert_eq!(advancing(&decided), [101, 201]);
    assert_eq!(invited(&decided), [102, 103, 104, 105, 202, 203]);
    let fair = Outcome::Invited {
        stream: "fair".into(),
        by: By::Place,
        place: Some(4),
    };
    assert_eq!(of(&decided, 104).outcome, fair);
    assert_eq!(of(&decided, 104).overall, Some(4));
}

/// Each cut has its own policy: all of a tied block at a group's cut, nobody of one at the last place of all.
#[test]
fn each_cut_has_its_own_policy() {
    let marks = [
        (101, "a", "90"),
        (102, "a", "90"),
        (103, "a", "70"),
        (201, "b", "80"),
        (202, "b", "70"),
        (203, "b", "60"),
    ];
    let entries = || marks.map(|(n, group, mark)| entry(n, group, &[mark])).to_vec();
    let settings = |policy: &str| format!(r#""places": 4, "minimum_per_group": 1, "tie_at_cut": {policy}"#);
    let (_, decided) = cut(
        &settings(r#"{ "group": "all_advance", "overall": "none_advance" }"#),
        entries(),
    );
    assert_eq!(advancing(&decided), [101, 102, 201]);
    let policies: Vec<_> = decided
        .warnings
        .iter()
        .filter_map(|w| match w {
            Warning::TieAtCut { policy, entries, .. } => Some((policy.as_str(), entries.as_slice())),
            _ => None,
        })
        .collect();
    assert_eq!(
        policies,
        [("none_advance", &[103, 202][..]), ("all_advance", &[101, 102])]
    );
    let (_, decided) = cut(
        &settings(r#"{ "group": "all_advance", "overall": "wait" }"#),
        entries(),
    );
    assert_eq!(
        (advancing(&decided), waiting(&decided)),
        (vec![101, 102, 201], vec![103, 202])
    );
    let (_, decided) = cut(&settings(r#""all_advance""#), entries());
    assert_eq!(advancing(&decided), [101, 102, 103, 201, 202]);
    assert_eq!(kept(&decided).len(), 5);
    assert_eq!(
        serde_json::to_value(rules(&format!(
            r#"{ONE}, "ranking": {{ "group_by": [ "region" ] }},
               "advance": {{ {} }}"#,
            settings(r#"{ "overall": "wait", "group": "wait" }"#)
        )))
        .unwrap()["advance"]["tie_at_cut"],
        "wait"
    );
}

/// The derivation of each entry with what became of it.
fn tell(rules: &Rules, standings: &mut Standings, decisions: &Decisions) {
    let mut notes = told(&decide(rules, &[standings], decisions));
    for standing in &mut standings.entries {
        standing.derivation.get_or_insert_default().advance = notes.remove(&standing.entry).map(Box::new);
    }
}

#[test]
fn a_derivation_tells_who_goes_on_by_what() {
    let rules = rules(&format!(
        r#"{ONE}, "rounding": {{ "entry": {{ "decimals": 2 }} }},
           "ranking": {{ "group_by": [ "region" ], "ties": [ {{ "by": "highest_sheet" }} ] }},
           "advance": {{ "places": 3, "minimum_per_group": 1, "reserves": 1,
             "streams": [ {{ "code": "roadshow", "title": {{ "en": "the roadshow", "zh": "路演" }}, "places": 2 }} ] }},
           "awards": [ {{ "code": "first", "title": {{ "en": "First prize", "zh": "一等奖" }}, "places": 1 }} ]"#
    ));
    let mut result = standings(
        &rules,
        vec![
            entry(1, "Chengdu", &["90", "90"]),
            entry(2, "Chengdu", &["80", "80"]),
            entry(3, "Chengdu", &["70", "70"]),
            entry(4, "Wuhan", &["85", "75"]),
            entry(5, "Wuhan", &["71", "69"]),
            entry(6, "Wuhan", &[]),
        ],
    );
    let excluded = vec![reasoned(3)];
    tell(
        &rules,
        &mut result,
        &Decisions {
            excluded,
            ..Decisions::default()
        },
    );
    let note = |n| {
        serde_json::to_value(
            standing(&result, n)
                .derivation
                .as_ref()
                .unwrap()
                .advance
                .as_ref()
                .unwrap(),
        )
        .unwrap()
    };
    assert_eq!(
        note(1),
        serde_json::json!({ "outcome": "advances", "by": "minimum_per_group", "place": 1, "overall": 1, "of": 4, "awards": ["first"] })
    );
    assert_eq!(
        note(4),
        serde_json::json!({ "outcome": "advances", "by": "minimum_per_group", "place": 1, "overall": 2, "of": 4,
            "ties": [{ "with": 2, "ahead": true, "by": "highest_sheet", "ours": "85.00", "theirs": "80.00" }],
            "awards": ["first"] })
    );
    assert_eq!(
        note(5),
        serde_json::json!({ "outcome": "invited", "stream": "roadshow", "by": "place", "place": 2,
            "turns": [{ "number": 1 }], "overall": 4, "of": 4 })
    );
    let said = |n, lang| words::derivation(standing(&result, n), &rules, lang);
    assert_eq!(
        said(4, Lang::En),
        "75.00 + 85.00 = 160.00, ÷ 2 = 80.00. First in Wuhan. Place 2 of 4 among all groups, ahead of entry 2 by the highest \
         sheet 85.00 : 80.00. Goes on as one of the places that each group has. Awarded: First prize."
    );
    assert_eq!(
        said(5, Lang::En),
        "69.00 + 71.00 = 140.00, ÷ 2 = 70.00. Second in Wuhan. Place 4 of 4 among all groups. Invited to the roadshow by its \
         place. Reserve 1."
    );
    assert_eq!(
        said(5, Lang::Zh),
        "69.00 + 71.00 = 140.00，÷ 2 = 70.00。Wuhan第 2 名。各组合计第 4 名（共 4 个项目）。按名次受邀参加路演。候补第 1 位。"
    );
    assert!(said(3, Lang::En).ends_with("Third in Chengdu. May not go on: The founders have left."));
    assert_eq!(said(6, Lang::En), "No sheet counts; the rules ask for 1.");
}
