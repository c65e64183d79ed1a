//! What holds of every result, whatever the rules.

use std::collections::BTreeMap;

use palmares::domain::rules::{RankStyle, Rules};
use palmares::domain::scoring::{
    Adjustment, Explain, Input, JudgeInput, Sheet, Standing, Standings, Status, Warning, tabulate,
};
use palmares::domain::text::Lang;
use palmares::words;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::made::{Choices, contest};
use super::{choices, said};

fn rules_of(document: &Value) -> Rules {
    Rules::parse(&document.to_string()).unwrap()
}

/// The same input in another order.
fn turned(input: &Input, turn: usize) -> Input {
    let mut turned = input.clone();
    let n = turned.entries.len();
    turned.entries.rotate_left(turn % n);
    if turn.is_multiple_of(2) {
        turned.entries.reverse();
    }
    turned.judges.reverse();
    for entry in &mut turned.entries {
        entry.sheets.reverse();
        let n = entry.sheets.len().max(1);
        entry.sheets.rotate_left(turn % n);
        entry.adjustments.reverse();
    }
    turned
}

proptest! {
    #[test]
    fn no_order_matters(choices in choices(), turn in 0..7_usize) {
        let (document, input) = contest(&mut Choices::new(choices));
        let rules = rules_of(&document);
        let turned = turned(&input, turn);
        prop_assert_eq!(tabulate(&rules, &turned, Explain::All), tabulate(&rules, &input, Explain::All), "{}", document);
    }

    /// Whatever is added or taken off one entry, and whichever entry that is.
    #[test]
    fn an_adjustment_changes_no_other_number(
        choices in choices(), which in any::<usize>(), thousandths in -5_000..5_000_i64, by_rule in any::<bool>()
    ) {
        let (mut document, mut input) = contest(&mut Choices::new(choices));
        document["penalties"] = json!([{ "code": "late", "points": "-0.5", "per": "0.3" }]);
        for adjustment in input.entries.iter_mut().flat_map(|e| &mut e.adjustments) {
            adjustment.rule = None;
        }
        let rules = rules_of(&document);
        let which = which % input.entries.len();
        let points = palmares::domain::points::Points::from_thousandths(thousandths);
        let mut adjusted = input.clone();
        adjusted.entries[which].adjustments.push(Adjustment {
            points,
            reason: "late".into(),
            rule: by_rule.then(|| "late".to_owned()),
            quantity: (by_rule && thousandths >= 0).then_some(points),
        });
        let number = input.entries[which].number;
        let (before, after) = (tabulate(&rules, &input, Explain::All), tabulate(&rules, &adjusted, Explain::All));
        for (before, after) in said(&before).iter().zip(&said(&after)).filter(|(b, _)| b.entry != number) {
            prop_assert_eq!((&before.total, &before.exact), (&after.total, &after.exact));
        }
        let numbers = |standings: &Standings| -> BTreeMap<i64, String> {
            let others = standings.entries.iter().filter(|s| s.entry != number);
            let steps = |s: &Standing| s.derivation.as_ref().map(|d| json!(d)["steps"].to_string());
            others.map(|s| (s.entry, steps(s).unwrap_or_default())).collect()
        };
        prop_assert_eq!(numbers(&before), numbers(&after));
    }

    /// A judge who was excused from everything, or sent sheets without any mark, is like one whom nobody ever named.
    #[test]
    fn an_absent_judge_equals_one_that_never_was(choices in choices(), sent in any::<u8>(), class in 0..3_usize) {
        let (document, input) = contest(&mut Choices::new(choices));
        let rules = rules_of(&document);
        let mut absent = input.clone();
        for panel in ["p", "q"] {
            absent.judges.push(JudgeInput {
                code: "absent".into(),
                panel: panel.into(),
                class: [None, Some("experts".to_owned()), Some("public".to_owned())][class].clone(),
                ..JudgeInput::default()
            });
        }
        for entry in &mut absent.entries {
            entry.excused.push("absent".into());
        }
        let with = tabulate(&rules, &absent, Explain::All);
        prop_assert_eq!(&with, &tabulate(&rules, &input, Explain::All));
        let places = rules.rubric.marked().count();
        for (i, entry) in absent.entries.iter_mut().enumerate() {
            if (sent >> (i % 8)) & 1 == 1 {
                entry.sheets.push(Sheet { judge: "absent".into(), marks: vec![None; places] });
            }
        }
        prop_assert_eq!(said(&tabulate(&rules, &absent, Explain::All)), said(&with), "{}", document);
    }

    #[test]
    fn ranks_and_ties_are_consistent_in_every_style(choices in choices()) {
        let (document, input) = contest(&mut Choices::new(choices));
        let mut rules = rules_of(&document);
        let mut of_style = Vec::new();
        for style in [RankStyle::Competition, RankStyle::Dense, RankStyle::Fractional] {
            rules.ranking.ranks = style;
            of_style.push(tabulate(&rules, &input, Explain::All));
        }
        let [competition, dense, fractional] = &of_style[..] else { unreachable!() };
        for group in &competition.groups {
            let of = |standings: &Standings| -> Vec<Standing> {
                standings.entries.iter().filter(|s| s.group == group.group && s.status == Status::Ranked).cloned().collect()
            };
            let (first, second, third) = (of(competition), of(dense), of(fractional));
            let mut sum = 0.0;
            for (i, one) in first.iter().enumerate() {
                let ahead = first.iter().filter(|o| o.place < one.place).count();
                let level = first.iter().filter(|o| o.place == one.place).count();
                let blocks: std::collections::BTreeSet<_> = first.iter().map(|o| o.place).filter(|p| *p < one.place).collect();
                prop_assert_eq!(one.rank.unwrap().to_string(), (ahead + 1).to_string());
                prop_assert_eq!(one.place, Some(u32::try_from(ahead + 1).unwrap()));
                prop_assert_eq!(one.tied, level > 1);
                prop_assert_eq!(second[i].rank.unwrap().to_string(), (blocks.len() + 1).to_string());
                let middle = f64::from(u32::try_from(2 * ahead + level + 1).unwrap()) / 2.0;
                prop_assert_eq!(third[i].rank.unwrap().to_string().parse::<f64>().unwrap(), middle);
                sum += middle;
                for style in [&second, &third] {
                    prop_assert_eq!((style[i].entry, style[i].place, style[i].tied), (one.entry, one.place, one.tied));
                }
            }
            let n = f64::from(u32::try_from(first.len()).unwrap());
            prop_assert_eq!(sum, n * (n + 1.0) / 2.0);
            // Better totals are ahead, equal ones only together or told apart by the chain.
            for pair in first.windows(2) {
                let (a, b) = (pair[0].total.as_ref().unwrap().value(), pair[1].total.as_ref().unwrap().value());
                let lowest = document["ranking"]["wins"] == "lowest";
                let fair = if lowest { a <= b } else { a >= b };
                prop_assert!(fair);
                prop_assert!(pair[0].place < pair[1].place || a == b);
                if a == b && pair[0].place < pair[1].place {
                    let told = |s: &Standing| !json!(s.derivation)["ties"].as_array().is_none_or(Vec::is_empty);
                    prop_assert!(told(&pair[0]) && told(&pair[1]));
                }
            }
        }
    }

    /// Whoever has no place is told why, and what the rules could not do is a warning.
    #[test]
    fn what_cannot_be_done_is_said(choices in choices()) {
        let (document, input) = contest(&mut Choices::new(choices));
        let rules = rules_of(&document);
        let standings = tabulate(&rules, &input, Explain::All);
        for standing in &standings.entries {
            let placed = standing.status == Status::Ranked;
            prop_assert_eq!(placed, standing.place.is_some() && standing.rank.is_some() && standing.total.is_some());
            prop_assert_eq!(placed, standing.reason.is_none());
            for lang in [Lang::En, Lang::Zh] {
                prop_assert!(!words::derivation(standing, &rules, lang).is_empty());
            }
        }
        for (i, tie) in rules.ranking.ties.iter().enumerate().filter(|(_, t)| matches!(t.as_str(), "chair" | "lot")) {
            // Who is still level after the chain's last link, and would be told apart by a decision, waits for it.
            let last = i + 1 == rules.ranking.ties.len();
            for one in standings.entries.iter().filter(|s| last && s.tied) {
                let awaited = |w: &Warning| matches!(w, Warning::DecisionAwaited { entries, .. } if entries.contains(&one.entry));
                prop_assert!(standings.warnings.iter().any(awaited), "{} {}", tie.as_str(), document);
            }
        }
    }
}
