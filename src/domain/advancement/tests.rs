use proptest::prelude::*;

use super::*;
use crate::domain::scoring::{DecidedBy, EntryInput, Explain, Input, Sheet, tabulate};

/// A contest of one criterion whose entries are marked by one judge.
pub(super) fn contest(settings: &str, entries: &[(i64, &str, i64)]) -> (Rules, Standings) {
    let rules = Rules::parse(&format!(
        r#"{{ "schema": 1, "rubric": {{ "criteria": [ {{ "code": "a", "max": 1000 }} ] }}, {settings} }}"#
    ))
    .unwrap();
    let entry = |(number, group, mark): &(i64, &str, i64)| EntryInput {
        number: *number,
        group: (*group).to_owned(),
        institution: Some(format!("i{}", number / 10)),
        sheets: vec![Sheet {
            judge: (*group).to_owned(),
            marks: vec![Some(mark.to_string().parse().unwrap())],
        }],
        ..EntryInput::default()
    };
    let input = Input {
        entries: entries.iter().map(entry).collect(),
        ..Input::default()
    };
    let standings = tabulate(&rules, &input, Explain::All);
    (rules, standings)
}

pub(super) fn going(advancement: &Advancement) -> Vec<(i64, &'static str)> {
    let by = |d: &Decided| match d.outcome {
        Outcome::Advances { by, .. } => Some((d.entry, by.as_str())),
        _ => None,
    };
    advancement.entries.iter().filter_map(by).collect()
}

pub(super) fn reserves(advancement: &Advancement) -> Vec<i64> {
    let reserve = |d: &&Decided| matches!(d.outcome, Outcome::Reserve { .. });
    advancement
        .entries
        .iter()
        .filter(reserve)
        .map(|d| d.entry)
        .collect()
}

fn waiting(advancement: &Advancement) -> Vec<i64> {
    advancement
        .entries
        .iter()
        .filter(|d| d.outcome == Outcome::Waiting)
        .map(|d| d.entry)
        .collect()
}

fn reasoned(entry: i64) -> Reasoned {
    Reasoned {
        entry,
        reason: "found ineligible".into(),
    }
}

const TWO: &[(i64, &str, i64)] = &[
    (1, "a", 90),
    (2, "a", 80),
    (3, "a", 70),
    (4, "b", 60),
    (5, "b", 50),
    (6, "b", 40),
];

#[test]
fn each_group_gets_its_minimum_and_the_rest_goes_to_the_best() {
    let settings = r#""ranking": { "group_by": [ "region" ] },
        "advance": { "places": 3, "minimum_per_group": 1, "reserves": 2 }"#;
    let (rules, standings) = contest(settings, TWO);
    let decided = decide(&rules, &[&standings], &Decisions::default());
    assert_eq!(
        going(&decided),
        [
            (1, "minimum_per_group"),
            (2, "wildcard"),
            (4, "minimum_per_group")
        ]
    );
    assert_eq!(reserves(&decided), [3, 5]);
    assert_eq!(
        decided.warnings,
        [Warning::GroupsCompared {
            groups: vec!["a".into(), "b".into()]
        }]
    );
    // Whoever leaves a group at its minimum is replaced from that group, others from the reserves in order.
    let comes_in = |left| {
        let came = replacement(
            &rules,
            &[&standings],
            &Decisions::default(),
            &decided,
            &reasoned(left),
        );
        came.iter().map(|k| k.entry).collect::<Vec<i64>>()
    };
    assert_eq!(
        (comes_in(4), comes_in(2), comes_in(1)),
        (vec![5], vec![3], vec![3])
    );
    let json = serde_json::to_string(&decided).unwrap();
    assert_eq!(serde_json::from_str::<Advancement>(&json).unwrap(), decided);
}

#[test]
fn a_tie_at_the_cut_is_dealt_with_as_the_rules_say() {
    let entries: Vec<(i64, &str, i64)> = (1..=6)
        .zip([90, 80, 70, 70, 60, 50])
        .map(|(n, mark)| (n, "", mark))
        .collect();
    for (policy, expected, waits) in [
        ("chain", &[1, 2][..], &[3, 4][..]),
        ("wait", &[1, 2], &[3, 4]),
        ("all_advance", &[1, 2, 3, 4], &[]),
        ("none_advance", &[1, 2], &[]),
    ] {
        let settings = format!(r#""advance": {{ "places": 3, "tie_at_cut": "{policy}", "reserves": 1 }}"#);
        let (rules, standings) = contest(&settings, &entries);
        let mut decisions = Decisions::default();
        let decided = decide(&rules, &[&standings], &decisions);
        assert_eq!(
            going(&decided).iter().map(|(n, _)| *n).collect::<Vec<_>>(),
            expected,
            "{policy}"
        );
        assert_eq!(waiting(&decided), waits, "{policy}");
        assert!(decided.warnings.contains(&Warning::TieAtCut {
            group: None,
            entries: vec![3, 4],
            policy: policy.into()
        }));
        decisions.ties.push(Decision {
            by: DecidedBy::Organizers,
            order: vec![4, 3],
        });
        let decided = decide(&rules, &[&standings], &decisions);
        assert_eq!(going(&decided), [(1, "place"), (2, "place"), (4, "place")]);
        assert_eq!(reserves(&decided), [3]);
    }
}

#[test]
fn nobody_is_decided_while_a_groups_tie_waits_that_touches_them() {
    let settings = r#""ranking": { "group_by": [ "region" ] },
        "advance": { "places": 3, "minimum_per_group": 1, "reserves": 1 }"#;
    let entries = [
        (1, "a", 90),
        (2, "a", 90),
        (3, "a", 70),
        (4, "b", 60),
        (5, "b", 50),
    ];
    let (rules, standings) = contest(settings, &entries);
    let mut decisions = Decisions::default();
    let decided = decide(&rules, &[&standings], &decisions);
    assert_eq!(
        (
            going(&decided).len(),
            waiting(&decided).len(),
            reserves(&decided).len()
        ),
        (1, 4, 0)
    );
    decisions.ties.push(Decision {
        by: DecidedBy::Organizers,
        order: vec![2, 1],
    });
    let decided = decide(&rules, &[&standings], &decisions);
    assert_eq!(
        going(&decided),
        [
            (1, "wildcard"),
            (2, "minimum_per_group"),
            (4, "minimum_per_group")
        ]
    );
}

#[test]
fn ties_at_a_groups_cut_use_up_wildcards_or_not() {
    let entries = [
        (1, "a", 90),
        (2, "a", 90),
        (3, "b", 60),
        (4, "b", 50),
        (5, "b", 40),
    ];
    for (setting, expected) in [("true", &[1, 2, 3][..]), ("false", &[1, 2, 3, 4])] {
        let settings = format!(
            r#""ranking": {{ "group_by": [ "region" ] }}, "advance": {{ "places": 3, "minimum_per_group": 1,
               "tie_at_cut": "all_advance", "ties_use_places": {setting} }}"#
        );
        let (rules, standings) = contest(&settings, &entries);
        let decided = decide(&rules, &[&standings], &Decisions::default());
        assert_eq!(
            going(&decided).iter().map(|(n, _)| *n).collect::<Vec<_>>(),
            expected
        );
    }
}

#[test]
fn exclusions_nominations_limits_and_minimum_scores() {
    let settings = |more: &str| format!(r#""advance": {{ "places": 3, "reserves": 1 {more} }}"#);
    let entries: Vec<(i64, &str, i64)> = vec![
        (10, "", 90),
        (11, "", 80),
        (20, "", 70),
        (30, "", 60),
        (40, "", 50),
    ];
    let decisions = Decisions {
        nominated: vec![reasoned(40)],
        excluded: vec![reasoned(20)],
        ..Decisions::default()
    };
    for (more, expected, in_reserve) in [
        ("", &[10, 11, 40][..], &[30][..]),
        (r#", "nominations": "beside""#, &[10, 11, 30, 40], &[]),
        (r#", "maximum_per_institution": 1"#, &[10, 30, 40], &[]),
        (r#", "minimum_score": 85"#, &[10, 40], &[]),
    ] {
        let (rules, standings) = contest(&settings(more), &entries);
        let decided = decide(&rules, &[&standings], &decisions);
        let numbers: Vec<i64> = going(&decided).iter().map(|(n, _)| *n).collect();
        assert_eq!(numbers, expected, "{more}");
        assert_eq!(reserves(&decided), in_reserve, "{more}");
        let of = |entry| {
            decided
                .entries
                .iter()
                .find(|d| d.entry == entry)
                .unwrap()
                .outcome
                .clone()
        };
        assert_eq!(
            of(20),
            Outcome::Excluded {
                reason: "found ineligible".into()
            }
        );
        assert!(matches!(
            of(40),
            Outcome::Advances {
                by: By::Nomination,
                reason: Some(_),
                ..
            }
        ));
    }
}

#[test]
fn shared_out_places_are_filled_by_each_groups_order() {
    let settings = r#""ranking": { "group_by": [ "region" ] },
        "advance": { "places": 3, "share": { "by": "largest_remainder", "of": "submitted" } }"#;
    let (rules, standings) = contest(settings, TWO);
    let mut decisions = Decisions::default();
    let decided = decide(&rules, &[&standings], &decisions);
    assert_eq!(waiting(&decided).len(), 6);
    assert_eq!(
        decided.warnings,
        [Warning::SizesMissing {
            groups: vec!["a".into(), "b".into()]
        }]
    );
    decisions.sizes = [("a".into(), 30), ("b".into(), 60)].into();
    let decided = decide(&rules, &[&standings], &decisions);
    assert_eq!(
        going(&decided),
        [
            (1, "place_in_group"),
            (4, "place_in_group"),
            (5, "place_in_group")
        ]
    );
    decisions.sizes = [("a".into(), 60), ("b".into(), 60)].into();
    let decided = decide(&rules, &[&standings], &decisions);
    assert_eq!((going(&decided).len(), waiting(&decided).len()), (2, 4));
    decisions.share_lot = vec!["b".into(), "a".into()];
    assert_eq!(going(&decide(&rules, &[&standings], &decisions)).len(), 3);
}

proptest! {
    #[test]
    fn reserves_never_overtake_and_places_are_kept_to(
        marks in proptest::collection::vec((0..4_usize, 0..12_i64), 1..24),
        places in 0..12_u32,
        minimum in 0..3_u32,
        policy in proptest::sample::select(vec!["chain", "all_advance", "none_advance", "wait"]),
    ) {
        let minimum = minimum.min(places);
        let settings = format!(
            r#""ranking": {{ "group_by": [ "region" ] }}, "advance": {{ "places": {places}, "reserves": 3,
               "minimum_per_group": {minimum}, "tie_at_cut": "{policy}" }}"#
        );
        let entries: Vec<_> =
            (1..).zip(&marks).map(|(n, (group, mark))| (n, ["a", "b", "c", "d"][*group], *mark)).collect();
        let (rules, standings) = contest(&settings, &entries);
        let decided = decide(&rules, &[&standings], &Decisions::default());
        let mark = |entry: i64| entries.iter().find(|e| e.0 == entry).unwrap().2;
        let numbers: Vec<i64> = going(&decided).iter().map(|(n, _)| *n).collect();
        if policy != "all_advance" {
            prop_assert!(u32::try_from(numbers.len()).unwrap() <= places.max(minimum * 4));
        }
        let worst_wildcard = going(&decided).into_iter().filter(|(_, by)| *by == "wildcard").map(|(n, _)| mark(n)).min();
        let best_reserve = reserves(&decided).into_iter().map(mark).max();
        if let (Some(worst), Some(best)) = (worst_wildcard, best_reserve) {
            prop_assert!(worst >= best);
        }
        let in_turn: Vec<i64> = reserves(&decided).into_iter().map(mark).collect();
        prop_assert!(in_turn.windows(2).all(|pair| pair[0] >= pair[1]));
        for left in &numbers {
            let came = replacement(&rules, &[&standings], &Decisions::default(), &decided, &reasoned(*left));
            prop_assert!(came.iter().all(|n| !numbers.contains(&n.entry)));
        }
        let shuffled: Vec<_> = entries.iter().rev().copied().collect();
        let (_, other) = contest(&settings, &shuffled);
        prop_assert_eq!(decide(&rules, &[&other], &Decisions::default()), decided);
    }

    /// Whatever the policy, nobody stands in two lists, nobody who is invited is ahead of one who goes on, and the order of
    /// the entries changes nothing.
    #[test]
    fn a_stream_begins_where_those_who_go_on_end(
        marks in proptest::collection::vec(0..12_i64, 1..24),
        (places, invited) in (0..10_u32, 0..10_u32),
        policies in proptest::collection::vec(proptest::sample::select(vec!["chain", "all_advance", "none_advance", "wait"]), 2),
        cap in proptest::option::of(1..3_u32),
        left in 0..24_usize,
    ) {
        let cap = cap.map_or(String::new(), |n| format!(r#""maximum_per_institution": {n},"#));
        let settings = format!(
            r#""advance": {{ "places": {places}, "reserves": 2, "tie_at_cut": "{}", {cap}
               "streams": [ {{ "code": "other", "places": {invited}, {cap} "reserves": 2, "tie_at_cut": "{}" }} ] }}"#,
            policies[0], policies[1]
        );
        let entries: Vec<_> = (1..).zip(&marks).map(|(n, mark)| (n, "", *mark)).collect();
        let (rules, standings) = contest(&settings, &entries);
        let nothing = Decisions::default();
        let decided = decide(&rules, &[&standings], &nothing);
        let mark = |entry: i64| entries.iter().find(|e| e.0 == entry).unwrap().2;
        let list = |stream: Option<&str>| {
            let held = kept(&decided).into_iter().filter(|k| k.stream.as_deref() == stream);
            held.map(|k| k.entry).collect::<Vec<i64>>()
        };
        let (first, second) = (list(None), list(Some("other")));
        prop_assert!(first.iter().all(|n| !second.contains(n)));
        if policies[0] != "all_advance" {
            prop_assert!(first.len() <= usize::try_from(places).unwrap());
        }
        if policies[1] != "all_advance" {
            prop_assert!(second.len() <= usize::try_from(invited).unwrap());
        }
        if cap.is_empty() {
            let worst = first.iter().map(|n| mark(*n)).min();
            prop_assert!(second.iter().all(|n| worst.is_none_or(|worst| mark(*n) <= worst)));
        }
        prop_assert_eq!(decided.entries.len(), entries.len());
        // Whoever leaves, all others keep their places or come up to a better one.
        let leaves = kept(&decided);
        if let Some(one) = leaves.get(left % leaves.len().max(1)) {
            let mut again = nothing.clone();
            again.given_up = vec![GivenUp { entry: one.entry, stream: one.stream.clone(), reason: None }];
            again.kept = leaves.iter().filter(|k| k.entry != one.entry).cloned().collect();
            let again_decided = decide(&rules, &[&standings], &again);
            let (after, waits) = (kept(&again_decided), waiting(&again_decided));
            for k in again.kept {
                let stays = after.iter().find(|a| a.entry == k.entry);
                prop_assert!(stays.map_or(waits.contains(&k.entry), |a| a.stream == k.stream || a.stream.is_none()));
            }
            prop_assert!(after.iter().all(|a| a.entry != one.entry || a.stream != one.stream));
        }
        let shuffled: Vec<_> = entries.iter().rev().copied().collect();
        let (_, other) = contest(&settings, &shuffled);
        prop_assert_eq!(decide(&rules, &[&other], &nothing), decided);
    }

    /// Awards by places go to the places after those of the awards before them, counted in the plainest way; without those
    /// who are excluded, as if they had never been there.
    #[test]
    fn awards_by_places_are_what_counting_gives(
        marks in proptest::collection::vec(0..8_i64, 1..16),
        sizes in proptest::collection::vec(1..4_u32, 1..4),
        out in proptest::collection::btree_set(1..16_i64, 0..4),
    ) {
        let awards: Vec<String> =
            (0..).zip(&sizes).map(|(i, n): (u32, _)| format!(r#"{{ "code": "a{i}", "places": {n} }}"#)).collect();
        let entries: Vec<_> = (1..).zip(&marks).map(|(n, mark)| (n, "", *mark)).collect();
        let (rules, standings) = contest(&format!(r#""awards": [ {} ]"#, awards.join(", ")), &entries);
        let decisions = Decisions { excluded: out.iter().map(|n| reasoned(*n)).collect(), ..Decisions::default() };
        let decided = decide(&rules, &[&standings], &decisions);
        for (number, _, mark) in &entries {
            let ahead = entries.iter().filter(|(n, _, m)| m > mark && !out.contains(n)).count();
            let mut before = 0;
            let mut expected = Vec::new();
            for (i, size) in sizes.iter().enumerate() {
                let last = before + usize::try_from(*size).unwrap();
                if !out.contains(number) && (before..last).contains(&ahead) {
                    expected.push(format!("a{i}"));
                }
                before = last;
            }
            let got = decided.entries.iter().find(|d| d.entry == *number).unwrap().awards.clone();
            prop_assert_eq!(got, expected, "entry {} of {:?}", number, entries);
        }
    }
}
