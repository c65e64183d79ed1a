//! The engine against a slow reference: random rules and marks, computed again from the document's JSON with big
//! rationals and without any of the engine's own steps.
//!
//! `PROPTEST_CASES` says how many are tried.

mod fuzz;
mod made;
mod properties;
mod slow;

use palmares::domain::rules::Rules;
use palmares::domain::scoring::{Explain, Standing, Standings, tabulate};
use proptest::prelude::*;

use self::made::{Choices, contest};
use self::slow::{Placed, big};

fn choices() -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::vec(any::<u32>(), 900)
}

/// What the engine says, in the reference's form.
fn said(standings: &Standings) -> Vec<Placed> {
    let placed = |s: &Standing| Placed {
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
        let without = |kept: Option<i64>| {
            let mut all = engine.clone();
            all.entries.iter_mut().filter(|s| Some(s.entry) != kept).for_each(|s| s.derivation = None);
            all
        };
        prop_assert_eq!(tabulate(&rules, &input, Explain::Decide), without(None));
        prop_assert_eq!(tabulate(&rules, &input, Explain::Entry(2)), without(Some(2)));
    }
}
