use std::collections::BTreeSet;

use fluent_keys::{keys, variables};

use super::*;
use crate::domain::rules::Rules;
use crate::domain::scoring::{DecidedBy, EntryInput, Explain, Input, Sheet, tabulate};

/// Reads fluent files as plainly as this test needs it.
mod fluent_keys {
    use std::collections::{BTreeMap, BTreeSet};

    /// The keys of a language in order, doubles included.
    pub(super) fn keys(files: &[&str]) -> Vec<String> {
        let lines = files.iter().flat_map(|f| f.lines());
        let key = |line: &str| Some(line.split_once(" =")?.0.to_owned());
        lines
            .filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(key)
            .collect()
    }

    /// The variables that each key uses.
    pub(super) fn variables(files: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut key = String::new();
        for line in files.iter().flat_map(|f| f.lines()) {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                key = line.split(" =").next().unwrap_or_default().to_owned();
            }
            for rest in line.split('$').skip(1) {
                let name = rest
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                found.entry(key.clone()).or_default().insert(name);
            }
        }
        found
    }
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_variables() {
    let (english, chinese) = (keys(ENGLISH), keys(CHINESE));
    assert!(english.len() > 100);
    assert_eq!(
        english.iter().collect::<BTreeSet<_>>().len(),
        english.len(),
        "a key stands twice"
    );
    assert_eq!(
        chinese.iter().collect::<BTreeSet<_>>().len(),
        chinese.len(),
        "a key stands twice"
    );
    assert_eq!(
        english.iter().collect::<BTreeSet<_>>(),
        chinese.iter().collect::<BTreeSet<_>>()
    );
    assert_eq!(variables(ENGLISH), variables(CHINESE));
    for file in ENGLISH.iter().chain(CHINESE) {
        assert!(FluentResource::try_new((*file).to_owned()).is_ok());
    }
    for key in &english {
        for lang in [Lang::En, Lang::Zh] {
            assert_ne!(message(key, &Params::new(), lang), *key);
        }
    }
}

/// Every variant of the structures that this layer tells.
#[test]
fn every_warning_reason_and_outcome_has_a_sentence() {
    let warnings = include_str!("../domain/scoring/warning.rs");
    let reasons = include_str!("../domain/scoring/standings.rs");
    let outcomes = include_str!("../domain/scoring/outcome.rs");
    let known: BTreeSet<String> = keys(ENGLISH).into_iter().collect();
    for (source, name, kind) in [
        (warnings, "pub enum Warning {", "warning"),
        (reasons, "pub enum Reason {", "reason"),
        (outcomes, "pub enum Outcome {", "outcome"),
    ] {
        let body = source.split(name).nth(1).unwrap().split("\n}").next().unwrap();
        let variants = body.lines().filter_map(|l| {
            l.strip_prefix("    ")
                .filter(|l| l.starts_with(char::is_uppercase))
        });
        let mut count = 0;
        for variant in variants {
            let variant = variant.split([' ', ',']).next().unwrap();
            let mut code = String::new();
            for c in variant.chars() {
                if c.is_uppercase() && !code.is_empty() {
                    code.push('_');
                }
                code.push(c.to_ascii_lowercase());
            }
            assert!(known.contains(&format!("{kind}-{code}")), "{kind}-{code}");
            count += 1;
        }
        assert!(count >= 5, "{name}");
    }
    for tie in crate::domain::rules::TieBreak::KNOWN
        .iter()
        .filter(|t| **t != "shared")
    {
        assert!(known.contains(&format!("tie-{tie}")), "tie-{tie}");
    }
}

#[test]
fn an_error_names_its_criterion_in_the_readers_language() {
    let rules = Rules::parse(include_str!("../domain/rules/templates/talents-cup.json")).unwrap();
    let given = [("technology".to_owned(), "33".into())].into();
    let errors = crate::domain::scoring::ballot::draft(&rules.rubric, &given)
        .unwrap_err()
        .0;
    assert_eq!(
        field_error(&errors[0], Lang::En),
        "Technology and product takes 0 to 30; 33 was given."
    );
    assert_eq!(
        field_error(&errors[0], Lang::Zh),
        "技术和产品的分值为 0 至 30，给出的是 33。"
    );
}

#[test]
fn warnings_are_sentences() {
    let said = [
        (
            Warning::TooFewSheets {
                entry: 7,
                present: 1,
                minimum: 5,
            },
            "Entry 7 is unranked: only one sheet counts, the rules ask for 5.",
            "项目 7 无名次：只有 1 份有效评分表，规则要求 5 份。",
        ),
        (
            Warning::DecisionAwaited {
                by: DecidedBy::Chair,
                entries: vec![1, 2],
            },
            "Entries 1, 2 are tied until the chair decides.",
            "项目 1, 2 并列，等待评委组长决定。",
        ),
        (
            Warning::TieAtCut {
                group: None,
                entries: vec![1, 2],
                policy: "all_advance".into(),
            },
            "Entries 1, 2 are tied at the cut: all of them go on.",
            "项目 1, 2 在入围线上同分：全部入围。",
        ),
        (
            Warning::PlacesLeft {
                group: Some("Chengdu".into()),
                places: 4,
                left: 1,
            },
            "1 of 4 places of Chengdu stays empty.",
            "Chengdu的4 个名额中有 1 个空缺。",
        ),
    ];
    for (about, english, chinese) in said {
        assert_eq!(
            [warning(&about, Lang::En), warning(&about, Lang::Zh)],
            [english, chinese]
        );
    }
}

#[test]
fn a_derivation_reads_as_a_sentence() {
    let rules = Rules::parse(
        r#"{ "schema": 1, "rubric": { "criteria": [ { "code": "technology", "max": 30, "step": "0.5" },
             { "code": "rest", "max": 70, "step": "0.1" } ] },
             "aggregate": { "trim": [ { "from": 5, "high": 1, "low": 1 } ] }, "rounding": { "entry": { "decimals": 2 } },
             "ranking": { "group_by": [ "region" ], "ties": [ { "by": "criterion", "code": "technology" } ] } }"#,
    )
    .unwrap();
    let entry = |number, technology: &str, rest: [&str; 5]| {
        let sheet = |(judge, rest): (usize, &str)| Sheet {
            judge: format!("c{judge}"),
            marks: [technology, rest]
                .map(|mark| Some(mark.parse().unwrap()))
                .to_vec(),
        };
        let sheets = rest.into_iter().enumerate().map(sheet).collect();
        EntryInput {
            number,
            group: "Chengdu".into(),
            sheets,
            ..EntryInput::default()
        }
    };
    let entries = vec![
        entry(1, "30", ["66"; 5]),
        entry(2, "30", ["65"; 5]),
        entry(17, "27", ["61.5", "63", "64.2", "58", "66"]),
        entry(25, "27.5", ["61", "62.5", "63.7", "57.5", "65.5"]),
    ];
    let standings = tabulate(
        &rules,
        &Input {
            entries,
            ..Input::default()
        },
        Explain::All,
    );
    assert_eq!(
        derivation(&standings.entries[2], &rules, Lang::En),
        "88.50 + 90.00 + 91.20 = 269.70, ÷ 3 = 89.90; dropped 93.00 (highest) and 85.00 (lowest). \
         Third in Chengdu, ahead of entry 17 by technology 27.50 : 27.00."
    );
    assert_eq!(
        derivation(&standings.entries[3], &rules, Lang::Zh),
        "88.50 + 90.00 + 91.20 = 269.70，÷ 3 = 89.90；去掉 93.00（最高）和85.00（最低）。\
         Chengdu第 4 名，以technology 27.00 : 27.50 落后项目 25。"
    );
}

#[test]
fn a_derivation_by_criteria_with_an_earlier_round() {
    let rules = Rules::parse(
        r#"{ "schema": 1, "rubric": { "criteria": [ { "code": "skill", "max": 10, "factor": "0.8" },
             { "code": "elements", "kind": "recorded", "max": 50, "step": "0.01" } ] },
             "aggregate": { "over": "criteria" },
             "rounding": { "weighted_criterion": { "decimals": 2 }, "entry": { "decimals": 2 } },
             "carry": [ { "round": "short" } ] }"#,
    )
    .unwrap();
    let mut entry = EntryInput {
        number: 1,
        ..EntryInput::default()
    };
    entry.sheets.push(Sheet {
        judge: "c1".into(),
        marks: vec![Some("9".parse().unwrap())],
    });
    entry.recorded.insert("elements".into(), "42".parse().unwrap());
    let standings = |entry: EntryInput| {
        tabulate(
            &rules,
            &Input {
                entries: vec![entry],
                ..Input::default()
            },
            Explain::All,
        )
    };
    let unranked = standings(entry.clone());
    assert_eq!(
        derivation(&unranked.entries[0], &rules, Lang::En),
        "There is no result in the round short, which is carried over."
    );
    let short = crate::domain::scoring::EarlierRound {
        total: "61.5".parse().unwrap(),
        exact: "61.5".parse().unwrap(),
        rank: None,
    };
    entry.earlier.insert("short".into(), short);
    assert_eq!(
        derivation(&standings(entry).entries[0], &rules, Lang::En),
        "skill 9 × 0.8 = 7.20; judges' marks together 7.20; elements 42.00; total 49.20; \
         with earlier rounds 1 × 49.20 + 1 × 61.50 from short = 110.70. First."
    );
}

#[test]
fn a_derivation_by_criteria_names_every_mark_and_each_rounding() {
    let rules = Rules::parse(
        r#"{ "schema": 1, "rubric": { "criteria": [ { "code": "skill", "title": { "en": "Skill", "zh": "技术" }, "max": 10, "step": "0.25", "factor": "0.8" },
             { "code": "votes", "kind": "recorded", "max": 50, "factor": "0.5" } ] },
             "aggregate": { "over": "criteria", "trim": [ { "from": 3, "high": 1, "low": 1 } ] },
             "rounding": { "criterion": { "decimals": 2 }, "weighted_criterion": { "decimals": 2 }, "entry": { "decimals": 1 } },
             "ranking": { "ties": [ { "by": "chair" } ] } }"#,
    )
    .unwrap();
    let entry = |number, marks: [&str; 5]| {
        let mark = |(judge, mark): (usize, &str)| Sheet {
            judge: format!("c{judge}"),
            marks: vec![Some(mark.parse().unwrap())],
        };
        EntryInput {
            number,
            sheets: marks.into_iter().enumerate().map(mark).collect(),
            recorded: [("votes".to_owned(), "7".parse().unwrap())].into(),
            ..EntryInput::default()
        }
    };
    let input = Input {
        entries: vec![
            entry(1, ["9", "9.25", "9.25", "8", "10"]),
            entry(2, ["9", "9.25", "9.25", "8", "10"]),
        ],
        decisions: vec![crate::domain::scoring::Decision {
            by: DecidedBy::Chair,
            order: vec![2, 1],
        }],
        ..Input::default()
    };
    let standings = tabulate(&rules, &input, Explain::All);
    // 27.5 / 3 = 9.1666…, 9.17 × 0.8 = 7.336, 7 × 0.5 = 3.5, 7.34 + 3.5 = 10.84.
    assert_eq!(
        derivation(&standings.entries[1], &rules, Lang::En),
        "Skill 9.00 + 9.25 + 9.25 = 27.5, ÷ 3 = 9.166667, rounded 9.17, × 0.8 = 7.336, rounded 7.34 \
         (dropped 10.00 (highest) and 8.00 (lowest)); judges' marks together 7.34; votes 7 × 0.5 = 3.5; \
         total 10.84, rounded 10.8. Second, behind entry 2 by the chair's decision."
    );
    assert_eq!(
        derivation(&standings.entries[0], &rules, Lang::Zh),
        "技术 9.00 + 9.25 + 9.25 = 27.5，÷ 3 = 9.166667，取舍为 9.17，× 0.8 = 7.336，取舍为 7.34\
         （去掉 10.00（最高）和8.00（最低））；评委打分合计 7.34；votes 7 × 0.5 = 3.5；\
         总分 10.84，取舍为 10.8。第 1 名，依据评委组长的决定领先项目 1。"
    );
}
