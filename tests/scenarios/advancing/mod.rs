//! What holds of every decision, whatever the rules: places are kept to or it is said why not, nobody is overtaken, and
//! no order of the input matters.

mod awards;
mod limits;
mod made;
mod queue;

use std::collections::{BTreeMap, BTreeSet};

use palmares::domain::advancement::{Advancement, By, Decided, Decisions, Outcome, decide};
use palmares::domain::exact::Exact;
use palmares::domain::rules::{Advance, Nominations, Wins};
use palmares::domain::scoring::{Standing, Standings, Status, Warning};
use palmares::domain::text::Lang;
use palmares::words;
use proptest::prelude::*;

use self::made::{Round, rounds};

impl Round {
    fn decided(&self, decisions: &Decisions) -> Advancement {
        decide(&self.rules, &[&self.standings], decisions)
    }

    fn standing(&self, entry: i64) -> &Standing {
        self.standings.entries.iter().find(|s| s.entry == entry).unwrap()
    }

    /// The terms of those who go on (none) or of a stream.
    fn terms(&self, stream: Option<&str>) -> Advance {
        let advance = self.rules.advance.clone().unwrap();
        match stream {
            None => advance,
            Some(code) => advance
                .streams
                .iter()
                .find(|s| s.code.as_str() == code)
                .unwrap()
                .terms(),
        }
    }

    /// Those who go on, then the streams in order.
    fn lists(&self) -> Vec<Option<String>> {
        let streams = &self.rules.advance.as_ref().unwrap().streams;
        std::iter::once(None)
            .chain(streams.iter().map(|s| Some(s.code.to_string())))
            .collect()
    }

    fn groups(&self) -> BTreeSet<&str> {
        self.standings.entries.iter().map(|s| s.group.as_str()).collect()
    }

    fn good_enough(&self, terms: &Advance, entry: i64) -> bool {
        let (total, least) = (self.total(entry), terms.minimum_score.map(Exact::from));
        let reaches = |total: &Exact, least: &Exact| match self.rules.ranking.wins {
            Wins::Highest => total >= least,
            Wins::Lowest => total <= least,
        };
        total.is_some_and(|total| least.is_none_or(|least| reaches(total, &least)))
    }

    fn total(&self, entry: i64) -> Option<&Exact> {
        let standing = self.standing(entry);
        standing
            .total
            .as_ref()
            .filter(|_| standing.status == Status::Ranked)
            .map(|t| t.value())
    }

    /// Whether one entry is ahead of another beyond doubt: in its group, or by its total.
    fn ahead(&self, one: i64, other: i64) -> bool {
        let (a, b) = (self.standing(one), self.standing(other));
        if a.group == b.group {
            return a.place.is_some_and(|a| b.place.is_some_and(|b| a < b));
        }
        self.total(one)
            .zip(self.total(other))
            .is_some_and(|(a, b)| match self.rules.ranking.wins {
                Wins::Highest => a > b,
                Wins::Lowest => a < b,
            })
    }
}

/// The stream in which an entry holds a place, and by what; nothing where it holds none.
fn holds(decided: &Decided) -> Option<(Option<&str>, By)> {
    match &decided.outcome {
        Outcome::Advances { by, .. } => Some((None, *by)),
        Outcome::Invited { stream, by, .. } => Some((Some(stream), *by)),
        _ => None,
    }
}

/// Who holds a place in a list.
fn holders(advancement: &Advancement, stream: Option<&str>) -> Vec<i64> {
    let here = advancement
        .entries
        .iter()
        .filter(|d| holds(d).is_some_and(|(of, _)| of == stream));
    here.map(|d| d.entry).collect()
}

/// The warnings about a list.
fn warnings<'a>(advancement: &'a Advancement, stream: Option<&str>) -> Vec<&'a Warning> {
    let about = |warning: &'a Warning| match (warning, stream) {
        (Warning::InStream { stream: of, warning }, Some(stream)) => (of == stream).then_some(&**warning),
        (Warning::InStream { .. }, None) => None,
        (warning, None) => Some(warning),
        _ => None,
    };
    advancement.warnings.iter().filter_map(about).collect()
}

proptest! {
    #[test]
    fn everybody_has_one_outcome_and_no_order_matters(round in rounds()) {
        let decided = round.decided(&round.decisions);
        let entries: BTreeSet<i64> = decided.entries.iter().map(|d| d.entry).collect();
        prop_assert_eq!((entries.len(), decided.entries.len()), (round.input.entries.len(), round.input.entries.len()));
        let mut shuffled = round.standings.clone();
        shuffled.entries.reverse();
        prop_assert_eq!(&decide(&round.rules, &[&shuffled], &round.decisions), &decided);
        // Groups may come one by one, and in any order.
        let of_group = |group: &&str| Standings {
            entries: round.standings.entries.iter().filter(|s| s.group == *group).cloned().collect(),
            groups: round.standings.groups.iter().filter(|g| g.group == *group).cloned().collect(),
            ..round.standings.clone()
        };
        let apart: Vec<Standings> = round.groups().iter().rev().map(of_group).collect();
        prop_assert_eq!(&decide(&round.rules, &apart.iter().collect::<Vec<_>>(), &round.decisions), &decided);
        let json = serde_json::to_string(&decided).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Advancement>(&json).unwrap(), &decided);
        for lang in [Lang::En, Lang::Zh] {
            for warning in &decided.warnings {
                prop_assert!(!words::warning(warning, lang).is_empty());
            }
        }
    }

    /// As many places are given as the rules say, or it is said why not.
    #[test]
    fn places_are_given_or_it_is_said_why_not(round in rounds()) {
        let decided = round.decided(&round.decisions);
        let waiting = decided.entries.iter().any(|d| d.outcome == Outcome::Waiting);
        let beside = round.terms(None).nominations == Nominations::Beside;
        for list in round.lists() {
            let (terms, said) = (round.terms(list.as_deref()), warnings(&decided, list.as_deref()));
            let counts = |d: &&Decided| match holds(d) {
                Some((of, by)) => of == list.as_deref() && !(beside && by == By::Nomination),
                None => false,
            };
            let of = |group: Option<&str>| {
                let here = decided.entries.iter().filter(counts);
                u32::try_from(here.filter(|d| group.is_none_or(|g| g == d.group)).count()).unwrap()
            };
            let nominated = |group: Option<&str>| {
                let named = decided.entries.iter().filter(|d| group.is_none_or(|g| g == d.group));
                u32::try_from(named.filter(|d| matches!(holds(d), Some((None, By::Nomination)))).count()).unwrap()
            };
            let tied = said.iter().any(|w| matches!(w, Warning::TieAtCut { .. }));
            let quotas: Vec<(Option<&str>, u32)> = match &terms.per_group {
                Some(per_group) => round.groups().into_iter().map(|g| (Some(g), per_group.of(g).unwrap())).collect(),
                None => vec![(None, terms.places.unwrap())],
            };
            for (group, places) in quotas {
                let given = of(group);
                if given < places {
                    let left = said.iter().any(|w| matches!(w, Warning::PlacesLeft { group: of, left, .. }
                        if of.as_deref() == group && (*left == places - given || (!terms.ties_use_places && *left > places - given))));
                    let unknown = said.iter().any(|w| matches!(w, Warning::SizesMissing { .. } | Warning::ShareLotAwaited { .. }));
                    prop_assert!(left || waiting || unknown, "{:?} {:?}: {} of {} places, {:?}", list, group, given, places, said);
                }
                if given > places {
                    let exceeded = said.iter().any(|w| matches!(w, Warning::PlacesExceeded { .. }));
                    let named = list.is_none() && nominated(group) > 0;
                    prop_assert!(tied || exceeded || named, "{:?} {:?}: {} of {}", list, group, given, places);
                }
            }
            // Caps hold for everybody but those who were nominated.
            for (most, key) in [(terms.maximum_per_institution, true), (terms.maximum_per_group, false)] {
                let Some(most) = most else { continue };
                let mut numbers: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
                for one in decided.entries.iter().filter(|d| holds(d).is_some_and(|(of, _)| of == list.as_deref())) {
                    let standing = round.standing(one.entry);
                    let name = if key { standing.institution.as_deref() } else { Some(standing.group.as_str()) };
                    let Some(name) = name else { continue };
                    let numbers = numbers.entry(name).or_default();
                    numbers.0 += 1;
                    numbers.1 += u32::from(matches!(holds(one), Some((_, By::Nomination))));
                }
                for (name, (all, nominated)) in numbers {
                    prop_assert!(all <= most.max(nominated) || (!key && all - nominated <= most), "{} has {}", name, all);
                }
            }
            for entry in holders(&decided, list.as_deref()) {
                let by = holds(decided.entries.iter().find(|d| d.entry == entry).unwrap()).unwrap().1;
                prop_assert!(by == By::Nomination || round.good_enough(&terms, entry));
            }
        }
        if waiting {
            let why = |w: &Warning| {
                let w = if let Warning::InStream { warning, .. } = w { &**warning } else { w };
                matches!(w, Warning::TieAtCut { .. } | Warning::SizesMissing { .. } | Warning::ShareLotAwaited { .. })
            };
            prop_assert!(decided.warnings.iter().any(why), "{:?}", decided.warnings);
        }
    }
}
