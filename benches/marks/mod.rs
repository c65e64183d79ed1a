//! Made-up marks, always the same ones, and the pass that everything is compared with.

#![allow(dead_code, reason = "each measurement uses its part of it")]

use palmares::domain::points::Points;
use palmares::domain::rules::Rules;
use palmares::domain::scoring::{EntryInput, Input, Sheet};

pub(crate) const JUDGES: i64 = 7;
pub(crate) const CRITERIA: i64 = 6;

/// Rules of a round on stage with six criteria; judges are combined over `sheets` or over `criteria`.
pub(crate) fn rules(over: &str) -> Rules {
    let criteria: Vec<String> = (1..=CRITERIA)
        .map(|c| format!(r#"{{ "code": "criterion{c}", "max": "100", "step": "0.5" }}"#))
        .collect();
    Rules::parse(&format!(
        r#"{{ "schema": 1,
             "rubric": {{ "criteria": [ {} ] }},
             "aggregate": {{ "over": "{over}", "by": "mean", "trim": [ {{ "from": 5, "high": 1, "low": 1 }} ] }},
             "rounding": {{ "entry": {{ "decimals": 2 }} }},
             "ranking": {{ "ties": [ {{ "by": "criterion", "code": "criterion1" }}, {{ "by": "untrimmed_sum" }},
                                     {{ "by": "shared" }} ] }} }}"#,
        criteria.join(", ")
    ))
    .unwrap_or_else(|e| panic!("{e}"))
}

/// A mark between 50 and 97.5, always the same one for the same place.
pub(crate) fn mark(entry: i64, judge: i64, criterion: i64) -> Points {
    // Multiplied and folded, so that no two entries are alike in all places.
    let mixed = (entry * 49 + judge * 7 + criterion).wrapping_mul(0x2545_F491_4F6C_DD1D);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0x369D_EA0F_31A5_3F85);
    let mixed = (mixed >> 33).rem_euclid(96);
    Points::from_thousandths(50_000 + mixed * 500)
}

/// A round in which every judge marked every entry.
pub(crate) fn input(entries: i64) -> Input {
    let sheet = |entry, judge| Sheet {
        judge: format!("J{judge}"),
        marks: (1..=CRITERIA).map(|c| Some(mark(entry, judge, c))).collect(),
    };
    let entry = |number| EntryInput {
        number,
        sheets: (1..=JUDGES).map(|judge| sheet(number, judge)).collect(),
        ..EntryInput::default()
    };
    Input {
        entries: (1..=entries).map(entry).collect(),
        ..Input::default()
    }
}

/// The pass that everything is compared with: the sum of all marks of each entry, and nothing else.
pub(crate) fn add_up(input: &Input) -> Vec<i64> {
    let sum = |entry: &EntryInput| {
        let marks = entry.sheets.iter().flat_map(|sheet| &sheet.marks);
        marks.flatten().map(|mark| mark.thousandths()).sum()
    };
    input.entries.iter().map(sum).collect()
}
