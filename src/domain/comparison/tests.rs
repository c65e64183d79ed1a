use super::made_up::Shape;
use super::*;
use crate::domain::rules::templates::TEMPLATES;
use crate::domain::scoring::{EntryInput, Sheet};

fn rules(settings: &str) -> Rules {
    let one = r#""rubric": { "criteria": [ { "code": "mark", "max": 100, "step": "0.1" } ] }"#;
    Rules::parse(&format!(r#"{{ "schema": 1, {one}{settings} }}"#)).unwrap_or_else(|e| panic!("{e}"))
}

fn input(entries: &[&[&str]]) -> Input {
    let entry = |(i, marks): (i64, &&[&str])| EntryInput {
        number: i,
        sheets: marks
            .iter()
            .enumerate()
            .map(|(j, mark)| Sheet {
                judge: format!("c{j}"),
                marks: vec![Some(mark.parse().unwrap())],
            })
            .collect(),
        ..EntryInput::default()
    };
    Input {
        entries: (1..).zip(entries).map(entry).collect(),
        ..Input::default()
    }
}

/// Trimmed means 80, 82, 79.8, 60; plain means 80, 79.4, 80.28, 60; medians 80, 82, 80, 60.
fn four() -> Input {
    input(&[
        &["80", "80", "80", "80", "80"],
        &["82", "82", "82", "82", "69"],
        &["79.4", "80", "80", "79", "83"],
        &["60", "60", "60", "60", "60"],
    ])
}

const CUT: &str = r#", "aggregate": { "trim": [ { "from": 5, "high": 1, "low": 1 } ] }, "rounding": { "entry": { "decimals": 2 } },
    "advance": { "places": 2 }"#;

#[test]
fn who_would_enter_and_leave_and_by_how_much() {
    let rules = rules(CUT);
    let others = [Variation::NoTrimming, Variation::Median].map(|v| v.of(&rules).unwrap());
    let result = compare(&rules, &four(), &Decisions::default(), &others).unwrap();
    let line = |last, next, margin: &str| {
        let margin = Shown::new(margin.parse().unwrap(), 2);
        vec![CutLine {
            group: None,
            last,
            next,
            margin,
        }]
    };
    assert_eq!(result.cuts, line(1, 3, "0.20"));
    let [plain, median] = result.others.as_slice() else {
        panic!()
    };
    assert_eq!((&plain.enters, &plain.leaves), (&vec![3], &vec![2]));
    assert_eq!((plain.ranked, plain.moved), (4, 2));
    assert_eq!(plain.cuts, line(1, 2, "0.60"));
    // Places 2 1 3 4 against 2 3 1 4: pairs (1,2) and (2,3), (1,3) turned round, 3 of 6.
    assert_eq!(plain.kendall.as_ref().unwrap().to_string(), "0.0000");
    assert_eq!(plain.spearman.as_ref().unwrap().to_string(), "0.2000");
    // Entries 1 and 3 are tied at 80 for the second place, and the chain has nothing to say: both wait.
    assert_eq!((&median.enters, &median.leaves), (&vec![], &vec![1]));
}

#[test]
fn each_variation_changes_what_it_says_or_is_none() {
    let trimmed = rules(CUT);
    let plain = rules("");
    assert_eq!(Variation::NoTrimming.of(&plain), None);
    assert_eq!(Variation::Mean.of(&plain), None);
    assert_eq!(Variation::Unrounded.of(&plain), None);
    assert_eq!(Variation::Trimmed.of(&plain).unwrap().aggregate.trim.len(), 1);
    assert_eq!(
        Variation::Unrounded.of(&trimmed).unwrap().rounding,
        Rounding::default()
    );
    // Of more decimals than none nothing is left to ask.
    let digits = rules(
        r#", "rounding": { "entry": { "decimals": 1 } }, "ranking": { "ties": [ { "by": "more_digits" } ] }"#,
    );
    assert_eq!(Variation::Unrounded.of(&digits), None);
}

#[test]
fn rules_that_the_marks_can_not_serve_are_refused() {
    let mut other = rules(r#", "carry": [ { "round": "semi" } ], "ranking": { "group_by": [ "region" ] }"#);
    other.rubric.criteria[0].max = Some("50".parse().unwrap());
    let wrong = compare(&rules(CUT), &four(), &Decisions::default(), &[rules(""), other])
        .unwrap_err()
        .0;
    let places: Vec<_> = wrong.iter().map(|e| (e.pointer.as_str(), e.code)).collect();
    assert_eq!(
        places,
        [
            ("/others/1/rubric/criteria/0", "criterion_marked_otherwise"),
            ("/others/1/ranking/group_by", "grouped_otherwise"),
            ("/others/1/carry/0/round", "unknown_round"),
        ]
    );
}

#[test]
fn criteria_are_found_by_their_codes() {
    let parse = |codes: [&str; 2]| {
        let criteria = codes.map(|code| {
            format!(
                r#"{{ "code": "{code}", "max": 10, "factor": {} }}"#,
                if code == "a" { 2 } else { 1 }
            )
        });
        let text = format!(
            r#"{{ "schema": 1, "rubric": {{ "criteria": [ {} ] }} }}"#,
            criteria.join(", ")
        );
        Rules::parse(&text).unwrap()
    };
    let (ours, theirs) = (parse(["a", "b"]), parse(["b", "a"]));
    let mark = |m: &str| Some(m.parse().unwrap());
    let mut input = input(&[&["0"], &["0"]]);
    input.entries[0].sheets[0].marks = vec![mark("9"), mark("1")];
    input.entries[1].sheets[0].marks = vec![mark("1"), mark("9")];
    let result = compare(&ours, &input, &Decisions::default(), &[theirs]).unwrap();
    assert_eq!(result.others[0].moved, 0);
}

#[test]
fn made_up_marks_serve_every_template() {
    for template in TEMPLATES {
        let rules = Rules::parse(template.document).unwrap();
        let names: &[&str] = if rules.ranking.group_by.is_empty() {
            &["all"]
        } else {
            &["a", "b", "c"]
        };
        let shape = Shape {
            groups: names.iter().map(|name| ((*name).to_owned(), 30)).collect(),
            judges: 7,
        };
        let input = made_up::input(&rules, &shape, 7);
        assert_eq!(
            input,
            made_up::input(&rules, &shape, 7),
            "the same seed, the same marks"
        );
        assert_ne!(input, made_up::input(&rules, &shape, 8));
        for entry in &input.entries {
            for (criterion, mark) in entry
                .sheets
                .iter()
                .flat_map(|s| rules.rubric.marked().zip(&s.marks))
            {
                let given = crate::domain::scoring::ballot::shown(criterion.criterion, mark.unwrap())
                    .as_str()
                    .into();
                crate::domain::scoring::ballot::value(criterion, &given, "").unwrap();
            }
        }
        let others: Vec<Rules> = Variation::ALL.iter().filter_map(|v| v.of(&rules)).collect();
        let result = compare(&rules, &input, &Decisions::default(), &others).unwrap();
        for other in &result.others {
            assert_eq!(other.ranked, 30 * names.len(), "{}", template.name);
            let positive = other.kendall.as_ref().unwrap().value() > &Exact::ZERO;
            assert!(positive, "{}: good entries stay good", template.name);
        }
        assert_eq!(
            result.cuts.is_empty(),
            rules.advance.is_none(),
            "{}",
            template.name
        );
    }
}

/// Whoever is short of what a criterion asks for is not the next one, whatever their total.
#[test]
fn whoever_can_not_go_on_is_not_next() {
    let document = r#"{ "schema": 1, "rubric": { "criteria": [ { "code": "a", "max": 90, "qualify_from": 10 }, { "code": "b", "max": 90 } ] },
        "advance": { "places": 1 } }"#;
    let rules = Rules::parse(document).unwrap();
    let entry = |number, marks: [&str; 2]| EntryInput {
        number,
        sheets: vec![Sheet {
            judge: "c".into(),
            marks: marks.map(|mark| Some(mark.parse().unwrap())).to_vec(),
        }],
        ..EntryInput::default()
    };
    let input = Input {
        entries: vec![
            entry(1, ["9", "90"]),
            entry(2, ["40", "40"]),
            entry(3, ["30", "40"]),
        ],
        ..Input::default()
    };
    let cuts = compare(&rules, &input, &Decisions::default(), &[]).unwrap().cuts;
    assert_eq!((cuts[0].last, cuts[0].next), (2, 3));
    assert_eq!(cuts[0].margin.to_string(), "10");
}
