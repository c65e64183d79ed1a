//! What holds of awards under any rules.

use std::collections::{BTreeMap, BTreeSet};

use palmares::domain::exact::Exact;
use palmares::domain::rules::Wins;
use palmares::domain::scoring::{Status, Warning};
use proptest::prelude::*;

use super::made::rounds;

proptest! {
    #[test]
    fn awards_go_to_the_best_who_may_have_them(round in rounds()) {
        let decided = round.decided(&round.decisions);
        let out: BTreeSet<i64> = round.decisions.excluded.iter().map(|e| e.entry).collect();
        let has: BTreeMap<i64, Vec<&str>> =
            decided.entries.iter().map(|d| (d.entry, d.awards.iter().map(String::as_str).collect())).collect();
        let ladder: Vec<&str> =
            round.rules.awards.iter().filter(|a| a.criterion().is_none()).map(|a| a.code.as_str()).collect();
        for (entry, awards) in &has {
            let standing = round.standing(*entry);
            prop_assert!(awards.is_empty() || (standing.status == Status::Ranked && !out.contains(entry)));
            prop_assert!(awards.iter().filter(|a| ladder.contains(a)).count() <= 1);
            let beside = |code: &str| round.rules.awards.iter().any(|a| a.code.as_str() == code && a.beside_others);
            if round.rules.one_award_per_entry {
                prop_assert!(awards.iter().filter(|a| !beside(a)).count() <= 1, "{:?}", awards);
            }
        }
        for group in round.groups() {
            let members = || round.standings.entries.iter().filter(|s| s.group == group && s.status == Status::Ranked);
            for award in &round.rules.awards {
                let code = award.code.as_str();
                let value = |s: &palmares::domain::scoring::Standing| match award.criterion() {
                    None => s.total.as_ref().map(|t| t.value().clone()),
                    Some(code) => s.award_values.get(code.as_str()).cloned(),
                };
                let winners: Vec<_> = members().filter(|s| has[&s.entry].contains(&code)).collect();
                let withheld = round.decisions.withheld.iter().any(|w| w.award == code);
                prop_assert!(winners.is_empty() || !withheld);
                if let Some(from) = award.from.map(Exact::from) {
                    let reaches = |v: Exact| if round.rules.ranking.wins == Wins::Highest { v >= from } else { v <= from };
                    prop_assert!(winners.iter().all(|s| value(s).is_some_and(reaches)));
                }
                // Whoever is level with a winner and may have the award has it too.
                let may = |s: &&palmares::domain::scoring::Standing| {
                    let taken = has[&s.entry].iter().filter(|a| **a != code);
                    let on_ladder = ladder.contains(&code) && taken.clone().any(|a| ladder.contains(a));
                    let one = round.rules.one_award_per_entry && !award.beside_others && taken.count() > 0;
                    !out.contains(&s.entry) && !on_ladder && !one
                };
                for winner in &winners {
                    let level = members().filter(may).filter(|s| match award.criterion() {
                        None => s.place <= winner.place,
                        Some(_) => value(s) == value(winner),
                    });
                    for one in level {
                        prop_assert!(has[&one.entry].contains(&code), "{} has {code} and {} has not", winner.entry, one.entry);
                    }
                }
                // An award with places that nobody got is said.
                if !award.is_unlimited() && winners.is_empty() && !withheld && members().next().is_some() {
                    let said = |w: &Warning| matches!(w, Warning::AwardEmpty { award, group: of }
                        if award == code && of.as_deref().unwrap_or("") == group);
                    prop_assert!(decided.warnings.iter().any(said), "{code} in {group:?}");
                }
                // More winners than places only by a tie.
                let eligible = members().filter(|s| !out.contains(&s.entry)).count();
                if let Some(places) = award.places_among(eligible) && winners.len() > places {
                    let said = |w: &Warning| matches!(w, Warning::AwardTied { award, .. } if award == code);
                    prop_assert!(decided.warnings.iter().any(said));
                }
            }
            // On the ladder nobody has less than one behind.
            let step = |entry: i64| ladder.iter().position(|code| has[&entry].contains(code));
            for a in members().filter(|s| !out.contains(&s.entry)) {
                for b in members().filter(|b| a.place < b.place) {
                    let (a, b) = (step(a.entry), step(b.entry));
                    if !round.rules.one_award_per_entry && let Some(b) = b {
                        prop_assert!(a.is_some_and(|a| a <= b));
                    }
                }
            }
        }
    }
}
