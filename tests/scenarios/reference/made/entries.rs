//! Made-up marks under rules.

use palmares::domain::exact::Exact;
use palmares::domain::points::Points;
use palmares::domain::scoring::{
    Adjustment, DecidedBy, Decision, EarlierRound, EntryInput, Input, JudgeInput, Participation, Rank, Sheet,
};
use serde_json::Value;

use super::Choices;

/// Who marks, and how carefully.
struct Bench {
    judges: u32,
    /// One in so many sheets is missing; none of them where it is 0.
    lose: u32,
}

pub(super) fn input(c: &mut Choices, document: &Value) -> Input {
    let bench = Bench {
        judges: 1 + c.below(7),
        lose: c.of(&[0, 0, 6, 12]),
    };
    let entries = (1..=c.between(1, 6))
        .map(|number| entry(c, number, document, &bench))
        .collect();
    let decided = |by: DecidedBy, order: &[i64]| Decision {
        by,
        order: order.to_vec(),
    };
    let (chair, lot) = (DecidedBy::Chair, DecidedBy::Lot);
    Input {
        fixed: std::collections::BTreeMap::new(),
        entries,
        judges: judges(c, &bench),
        decisions: vec![
            decided(chair, &[1, 2, 3, 4, 5, 6]),
            decided(chair, &[4, 2]),
            decided(lot, &[6, 4, 5, 1, 3, 2]),
            decided(chair, &[5, 1, 3]),
            decided(lot, &[2, 3]),
        ],
    }
}

/// Most judges are known, in one panel or both, with a class or without; the last one may only break ties.
fn judges(c: &mut Choices, bench: &Bench) -> Vec<JudgeInput> {
    let mut judges = Vec::new();
    let classes = ["experts", "experts", "experts", "public", "public", "guests", ""];
    for judge in 0..bench.judges {
        let sealed = judge > 0 && judge + 1 == bench.judges && c.one_in(3);
        let class = c.of(&classes);
        for panel in ["p", "q"] {
            if c.one_in(6) {
                continue;
            }
            let class = if c.one_in(8) { c.of(&classes) } else { class };
            judges.push(JudgeInput {
                code: format!("j{judge}"),
                panel: panel.to_owned(),
                sealed: sealed && !c.one_in(6),
                class: Some(class.to_owned()).filter(|class| !class.is_empty()),
            });
        }
    }
    judges
}

fn entry(c: &mut Choices, number: i64, document: &Value, bench: &Bench) -> EntryInput {
    let mut one = EntryInput {
        number,
        group: c.of(&["", "", "north"]).to_owned(),
        panel: c.of(&["p", "p", "q"]).to_owned(),
        ..EntryInput::default()
    };
    if c.one_in(9) {
        one.participation = Participation::Withdrawn { reason: "ill".into() };
    }
    let tries = document["rubric"]["attempts"]["count"].as_u64().unwrap_or(0);
    let criteria = document["rubric"]["criteria"].as_array().unwrap();
    let of_attempt = |one: &&Value| tries > 0 && one["kind"] != "pass_fail" && one["per_attempt"] != false;
    let judged = || criteria.iter().filter(|one| one["kind"].is_null());
    let skipped = if c.one_in(4) { c.below(4) } else { 9 };
    for judge in 0..bench.judges {
        if bench.lose > 0 && c.one_in(bench.lose) {
            continue;
        }
        let mut marks = Vec::new();
        for attempt in 0..tries {
            let absent = u64::from(skipped) == attempt;
            marks.extend(
                judged()
                    .filter(of_attempt)
                    .map(|one| (!absent).then(|| mark(c, one))),
            );
        }
        marks.extend(
            judged()
                .filter(|one| !of_attempt(one))
                .map(|one| Some(mark(c, one))),
        );
        let verdicts = criteria.iter().filter(|one| one["kind"] == "pass_fail");
        marks.extend(verdicts.map(|_| Some(if c.one_in(4) { Points::ZERO } else { Points::ONE })));
        if c.one_in(9) && !marks.is_empty() {
            let at = usize::try_from(c.below(u32::try_from(marks.len()).unwrap())).unwrap();
            marks[at] = None;
        }
        if c.one_in(24) {
            marks.fill(None);
        }
        one.sheets.push(Sheet {
            judge: format!("j{judge}"),
            marks,
        });
    }
    for criterion in criteria.iter().filter(|one| one["kind"] == "recorded") {
        let code = criterion["code"].as_str().unwrap();
        let high = if code == "votes" { 90 } else { 40 };
        let low = i64::from(criterion["min"] == "0.1");
        let codes: Vec<String> = if of_attempt(&criterion) {
            (1..=tries).map(|n| format!("{code}.{n}")).collect()
        } else {
            vec![code.to_owned()]
        };
        for code in codes {
            if !c.one_in(10) {
                one.recorded
                    .insert(code, Points::from_thousandths(c.between(low, high) * 100));
            }
        }
    }
    for _ in 0..c.below(3) {
        one.adjustments.push(adjustment(c));
    }
    for round in ["heats", "semi"] {
        if !c.one_in(6) {
            let thousandths = c.between(0, 9);
            let earlier = EarlierRound {
                total: Exact::whole((thousandths / 3).into()),
                exact: Exact::over(thousandths.into(), 3).unwrap(),
                rank: (!c.one_in(5)).then(|| Rank::between(1 + c.below(3), 1 + c.below(3))),
            };
            one.earlier.insert(round.into(), earlier);
        }
    }
    one
}

/// Points that somebody entered, or a quantity that a penalty of the rules counts, known to them or not.
fn adjustment(c: &mut Choices) -> Adjustment {
    let rule = c.of(&["", "", "over", "far-over", "demo", "unheard-of"]);
    Adjustment {
        points: Points::from_thousandths(c.between(-2, 2) * 500),
        reason: "time".into(),
        rule: Some(rule.to_owned()).filter(|rule| !rule.is_empty()),
        quantity: (!c.one_in(5))
            .then(|| Points::from_thousandths(c.of(&[0, 100, 4900, 5000, 5100, 35_000, 89_900, 90_000]))),
    }
}

fn mark(c: &mut Choices, criterion: &Value) -> Points {
    let (low, step): (i64, i64) = (
        criterion["min"].as_str().unwrap().parse::<i64>().unwrap() * 1000,
        match criterion["step"].as_str().unwrap() {
            "1" => 1000,
            "0.5" => 500,
            _ => 1,
        },
    );
    Points::from_thousandths(low + step * c.between(0, (4000 - low) / step))
}
