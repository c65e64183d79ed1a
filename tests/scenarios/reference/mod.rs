//! The engine against a slow reference: random rules and marks, computed again from the document's JSON with big
//! rationals and without any of the engine's own steps.
//!
//! `PROPTEST_CASES` says how many are tried.

mod fuzz;
mod made;
mod slow;

use palmares::domain::rules::Rules;
use palmares::domain::scoring::{Adjustment, EntryInput, Explain, Input, JudgeInput, Standings, tabulate};
use proptest::prelude::*;

use self::made::{Choices, contest};
use self::slow::{Placed, big};
use crate::contest::points;

fn choices() -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::vec(any::<u32>(), 900)
}

/// What the engine says, in the reference's form.
fn said(standings: &Standings) -> Vec<Placed> {
    let placed = |s: &palmares::domain::scoring::Standing| Placed {
        entry: s.entry,
        rank: s.rank.map(|r| big(&r.to_string())),
        total: s.total.as_ref().map(|t| big(&t.value().to_string())),
        exact: s.exact.as_ref().map(|e| big(&e.to_string())),
        own: s
            .own
            .as_ref()
            .map(|own| (big(&own.total.value().to_string()), big(&own.rank.to_string()))),
    };
    let mut all: Vec<Placed> = standings.entries.iter().map(placed).collect();
    all.sort_by_key(|p| p.entry);
    all
}

proptest! {
    #[test]
    fn the_engine_and_the_reference_agree(choices in choices()) {
        let (document, input) = contest(&mut Choices::new(choices));
        let rules = Rules::parse(&document.to_string()).map_err(|e| TestCaseError::fail(format!("{e} {document}")))?;
        let engine = tabulate(&rules, &input, Explain::All);
        prop_assert_eq!(said(&engine), slow::places(&document, &input), "{} {:?}", document, input);
        // Whoever asks for less gets the same places.
        prop_assert_eq!(said(&tabulate(&rules, &input, Explain::Nobody)), said(&engine));
    }

    #[test]
    fn no_order_matters(choices in choices(), turn in 0..7_usize) {
        let (document, input) = contest(&mut Choices::new(choices));
        let rules = Rules::parse(&document.to_string()).unwrap();
        let mut turned = input.clone();
        let n = turned.entries.len();
        turned.entries.rotate_left(turn % n);
        turned.judges.reverse();
        for entry in &mut turned.entries {
            entry.sheets.reverse();
            entry.adjustments.reverse();
        }
        prop_assert_eq!(tabulate(&rules, &turned, Explain::All), tabulate(&rules, &input, Explain::All), "{}", document);
    }

    #[test]
    fn a_penalty_changes_no_other_number(choices in choices()) {
        let (document, input) = contest(&mut Choices::new(choices));
        let rules = Rules::parse(&document.to_string()).unwrap();
        let mut penalised = input.clone();
        penalised.entries[0].adjustments.push(Adjustment { points: points("-1.5"), reason: "late".into(), ..Adjustment::default() });
        let (before, after) = (tabulate(&rules, &input, Explain::All), tabulate(&rules, &penalised, Explain::All));
        for (before, after) in said(&before).iter().zip(&said(&after)).skip(1) {
            prop_assert_eq!((&before.total, &before.exact), (&after.total, &after.exact));
        }
    }

    #[test]
    fn an_absent_judge_equals_one_that_never_was(choices in choices()) {
        let (document, input) = contest(&mut Choices::new(choices));
        let rules = Rules::parse(&document.to_string()).unwrap();
        let mut absent = input.clone();
        absent.judges.push(JudgeInput { code: "absent".into(), panel: "p".into(), ..JudgeInput::default() });
        for entry in &mut absent.entries {
            let with = EntryInput { excused: vec!["absent".into()], ..entry.clone() };
            *entry = with;
        }
        let named = Input { judges: input.judges.clone(), ..absent.clone() };
        prop_assert_eq!(tabulate(&rules, &absent, Explain::All), tabulate(&rules, &named, Explain::All));
        prop_assert_eq!(said(&tabulate(&rules, &absent, Explain::All)), said(&tabulate(&rules, &input, Explain::All)));
    }
}
