//! A contest in a few lines: rules, and entries with their marks.

use palmares::domain::advancement::{Advancement, Outcome};
use palmares::domain::points::Points;
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{
    EntryInput, Explain, Input, JudgeInput, Sheet, Standing, Standings, tabulate,
};
use palmares::domain::text::Lang;
use palmares::words::derivation;

/// Rules from everything but the schema.
pub(crate) fn rules(settings: &str) -> Rules {
    let rules = Rules::parse(&format!(r#"{{ "schema": 1, {settings} }}"#)).unwrap_or_else(|e| panic!("{e}"));
    let canonical = serde_json::to_string(&rules).unwrap();
    assert_eq!(Rules::parse(&canonical).unwrap(), rules, "{canonical}");
    rules
}

/// One criterion of 0 to 100 in hundredths.
pub(crate) const ONE: &str =
    r#""rubric": { "criteria": [ { "code": "mark", "max": "100", "step": "0.01" } ] }"#;

pub(crate) fn points(text: &str) -> Points {
    text.parse().unwrap()
}

/// An entry with one mark of each judge: c1, c2 …
pub(crate) fn entry(number: i64, group: &str, marks: &[&str]) -> EntryInput {
    let sheet = |(judge, mark): (usize, &&str)| Sheet {
        judge: format!("c{}", judge + 1),
        marks: vec![Some(points(mark))],
    };
    EntryInput {
        number,
        group: group.to_owned(),
        sheets: marks.iter().enumerate().map(sheet).collect(),
        ..EntryInput::default()
    }
}

pub(crate) fn standings(rules: &Rules, entries: Vec<EntryInput>) -> Standings {
    tabulated(
        rules,
        Input {
            entries,
            ..Input::default()
        },
    )
}

/// The standings, which no order of the input changes and which JSON keeps.
pub(crate) fn tabulated(rules: &Rules, mut input: Input) -> Standings {
    let standings = tabulate(rules, &input, Explain::All);
    input.entries.reverse();
    input.judges.reverse();
    for entry in &mut input.entries {
        entry.sheets.reverse();
        entry.adjustments.reverse();
    }
    assert_eq!(tabulate(rules, &input, Explain::All), standings);
    let json = serde_json::to_string(&standings).unwrap();
    let stored = serde_json::from_str::<Standings>(&json).unwrap();
    assert_eq!(stored, standings);
    // What was stored is told in the same words.
    for (now, then) in standings.entries.iter().zip(&stored.entries) {
        for lang in [Lang::En, Lang::Zh] {
            assert_eq!(derivation(now, rules, lang), derivation(then, rules, lang));
        }
    }
    standings
}

pub(crate) fn standing(standings: &Standings, entry: i64) -> &Standing {
    standings.entries.iter().find(|s| s.entry == entry).unwrap()
}

pub(crate) fn total(standings: &Standings, entry: i64) -> String {
    standing(standings, entry).total.as_ref().unwrap().to_string()
}

pub(crate) fn rank(standings: &Standings, entry: i64) -> String {
    standing(standings, entry).rank.unwrap().to_string()
}

/// Who goes on, by number.
pub(crate) fn advancing(advancement: &Advancement) -> Vec<i64> {
    let goes = advancement
        .entries
        .iter()
        .filter(|d| matches!(d.outcome, Outcome::Advances { .. }));
    let mut numbers: Vec<i64> = goes.map(|d| d.entry).collect();
    numbers.sort_unstable();
    numbers
}

/// An entry with one row of marks of each judge, by the judge's code; an empty text is no mark.
pub(crate) fn marked(number: i64, sheets: &[(&str, &[&str])]) -> EntryInput {
    let mark = |mark: &&str| (!mark.is_empty()).then(|| points(mark));
    let sheet = |(judge, marks): &(&str, &[&str])| Sheet {
        judge: (*judge).to_owned(),
        marks: marks.iter().map(mark).collect(),
    };
    EntryInput {
        number,
        sheets: sheets.iter().map(sheet).collect(),
        ..EntryInput::default()
    }
}

/// Judges of one panel with their classes.
pub(crate) fn judges(of: &[(&str, &str)]) -> Vec<JudgeInput> {
    let judge = |(code, class): &(&str, &str)| JudgeInput {
        code: (*code).to_owned(),
        class: Some((*class).to_owned()),
        ..JudgeInput::default()
    };
    of.iter().map(judge).collect()
}

/// The places that a document is refused for.
pub(crate) fn refused(settings: &str) -> Vec<(String, &'static str)> {
    Rules::parse(&format!(r#"{{ "schema": 1, {settings} }}"#)).map_or_else(
        |e| e.0.into_iter().map(|e| (e.pointer, e.code)).collect(),
        |_| Vec::new(),
    )
}

/// How an entry came to its place, in English.
pub(crate) fn told(standings: &Standings, rules: &Rules, entry: i64) -> String {
    let text = |lang| palmares::words::derivation(standing(standings, entry), rules, lang);
    assert!(!text(palmares::domain::text::Lang::Zh).is_empty());
    text(palmares::domain::text::Lang::En)
}
