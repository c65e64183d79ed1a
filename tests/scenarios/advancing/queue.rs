//! Whoever leaves, in whatever order: nobody comes in ahead of one who stands before them in the same queue.

use palmares::domain::advancement::again::{Before, Left, LeftFrom, again};
use palmares::domain::advancement::{Advancement, By, Decisions, GivenUp, Outcome, kept};
use proptest::prelude::*;

use super::made::{Round, rounds};
use super::{holders, holds, warnings};
use palmares::domain::scoring::Warning;

/// Whether somebody without a place of a list, or any before it, waits for one: not out, not gone, and good enough.
fn queues(
    round: &Round,
    (decided, gone): (&Advancement, &[GivenUp]),
    list: Option<&str>,
    entry: i64,
) -> bool {
    let lists = round.lists();
    let at = |list: Option<&str>| lists.iter().position(|l| l.as_deref() == list);
    // Whoever gave up a place gets none of the lists after it either.
    if gone
        .iter()
        .any(|g| g.entry == entry && at(g.stream.as_deref()) <= at(list))
    {
        return false;
    }
    let one = decided.entries.iter().find(|d| d.entry == entry).unwrap();
    let could = match &one.outcome {
        Outcome::Advances { .. } | Outcome::Excluded { .. } | Outcome::Unplaced { .. } => false,
        Outcome::Invited { stream, .. } => at(list) < at(Some(stream)),
        _ => true,
    };
    could && round.good_enough(&round.terms(list), entry)
}

/// Whether the entry's institution or group has as many places as it may.
fn full(round: &Round, decided: &Advancement, list: Option<&str>, entry: i64) -> bool {
    let (terms, standing) = (round.terms(list), round.standing(entry));
    let held = holders(decided, list);
    let number =
        |same: &dyn Fn(i64) -> bool| u32::try_from(held.iter().filter(|n| same(**n)).count()).unwrap();
    let institution = standing.institution.is_some()
        && terms
            .maximum_per_institution
            .is_some_and(|most| number(&|n| round.standing(n).institution == standing.institution) >= most);
    institution
        || terms
            .maximum_per_group
            .is_some_and(|most| number(&|n| round.standing(n).group == standing.group) >= most)
}

/// Nobody who came in is behind one who queues for the same place.
fn nobody_overtakes(
    round: &Round,
    before: &[i64],
    (decided, gone): (&Advancement, &[GivenUp]),
    list: Option<&str>,
) -> Result<(), TestCaseError> {
    for one in decided.entries.iter().filter(|d| !before.contains(&d.entry)) {
        let Some((of, by)) = holds(one) else { continue };
        if of != list || by == By::Nomination {
            continue;
        }
        for other in &decided.entries {
            let same_queue = match by {
                By::Place | By::Wildcard => true,
                _ => other.group == one.group,
            };
            let before = same_queue && round.ahead(other.entry, one.entry);
            if before && queues(round, (decided, gone), list, other.entry) {
                prop_assert!(
                    full(round, decided, list, other.entry),
                    "{} came in by {by} and {} stands before it: {:?} {}",
                    one.entry,
                    other.entry,
                    decided.entries,
                    round.document
                );
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn reserves_never_overtake_whoever_declines(round in rounds(), leave in proptest::collection::vec(any::<(u8, u8)>(), 1..8)) {
        let mut decisions = round.decisions.clone();
        let mut decided = round.decided(&decisions);
        for list in round.lists() {
            nobody_overtakes(&round, &[], (&decided, &[]), list.as_deref())?;
        }
        for (who, reserve) in leave {
            let holding = kept(&decided);
            let waits = decided.entries.iter().filter_map(|d| match &d.outcome {
                Outcome::Reserve { stream, .. } => Some((d.entry, stream.clone())),
                _ => None,
            });
            // Most who leave held a place; now and then it is a reserve.
            let mut leavers: Vec<(i64, Option<String>)> = holding.iter().map(|k| (k.entry, k.stream.clone())).collect();
            if reserve < 60 {
                leavers = waits.collect();
            }
            let Some((entry, stream)) = leavers.get(usize::from(who) % leavers.len().max(1)).cloned() else { continue };
            decisions.nominated.retain(|n| n.entry != entry);
            decisions.given_up.push(GivenUp { entry, stream: stream.clone(), reason: None });
            decisions.kept = holding.iter().filter(|k| k.entry != entry || k.stream != stream).cloned().collect();
            let next = round.decided(&decisions);
            for k in &decisions.kept {
                let now = next.entries.iter().find(|d| d.entry == k.entry).unwrap();
                prop_assert!(holds(now).is_some_and(|(of, _)| of == k.stream.as_deref() || k.stream.is_some())
                    || (k.stream.is_some() && now.outcome == Outcome::Waiting),
                    "{} lost its place", k.entry);
            }
            for list in round.lists() {
                let before = holders(&decided, list.as_deref());
                nobody_overtakes(&round, &before, (&next, &decisions.given_up), list.as_deref())?;
                first_in_turn(&round, (&decided, &next), list.as_deref(), entry)?;
            }
            decided = next;
        }
    }

    /// The same when a decision is taken again, as after a correction that corrected nothing.
    #[test]
    fn deciding_again_moves_nobody_without_need(round in rounds(), leave in proptest::collection::vec(any::<u8>(), 0..4)) {
        let mut decided = round.decided(&round.decisions);
        let mut left: Vec<Left> = Vec::new();
        for who in leave {
            let holding = kept(&decided);
            let before = Before { decided: vec![&decided], standings: vec![&round.standings], holds: true };
            let unchanged = again(&round.rules, &[&round.standings], &round.decisions, &before, &left);
            // Keeping who has a place first may settle who of a tie is kept out by the limit of an institution.
            if round.lists().iter().all(|list| round.terms(list.as_deref()).maximum_per_institution.is_none()) {
                prop_assert_eq!(kept(&unchanged), holding.clone());
            }
            let Some(one) = holding.get(usize::from(who) % holding.len().max(1)) else { continue };
            left.push(Left { entry: one.entry, from: LeftFrom::Everything, reason: Some("Sold.".into()) });
            let next = again(&round.rules, &[&round.standings], &round.decisions, &before, &left);
            let after = kept(&next);
            for k in holding.iter().filter(|k| k.entry != one.entry) {
                // Whoever is invited may come up, or wait for a tie about that.
                let now = &next.entries.iter().find(|d| d.entry == k.entry).unwrap().outcome;
                let waits = k.stream.is_some() && *now == Outcome::Waiting;
                let stays = after.iter().any(|a| a.entry == k.entry && (a.stream == k.stream || k.stream.is_some()));
                prop_assert!(stays || waits, "{} lost its place", k.entry);
            }
            prop_assert!(after.iter().all(|a| a.entry != one.entry));
            decided = next;
        }
        let nothing = Decisions::default();
        prop_assert_eq!(round.decided(&nothing), round.decided(&nothing));
    }
}

/// Where every reserve waits in one queue, the first whom no limit keeps out comes in.
fn first_in_turn(
    round: &Round,
    (before, after): (&Advancement, &Advancement),
    list: Option<&str>,
    left: i64,
) -> Result<(), TestCaseError> {
    let terms = round.terms(list);
    let one_queue =
        terms.minimum_per_group == 0 && terms.share.is_none() && terms.maximum_per_group.is_none();
    let tied = warnings(before, list)
        .iter()
        .any(|w| matches!(w, Warning::ReservesTied { .. }));
    if !one_queue || terms.maximum_per_institution.is_some() || tied {
        return Ok(());
    }
    let held = holders(before, list);
    let came = after
        .entries
        .iter()
        .filter(|d| holds(d).is_some_and(|(of, _)| of == list) && !held.contains(&d.entry));
    for one in came {
        let turn = |entry: i64| {
            let of = before.entries.iter().find(|d| d.entry == entry).unwrap();
            let turns = of
                .turns
                .iter()
                .filter(|t| t.stream.as_deref() == list)
                .map(|t| t.number);
            let own = match &of.outcome {
                Outcome::Reserve { number, stream } if stream.as_deref() == list => Some(*number),
                _ => None,
            };
            own.or(turns.min())
        };
        let Some(number) = turn(one.entry) else { continue };
        let skipped = after.entries.iter().filter(|d| {
            let same = terms.places.is_some() || d.group == one.group;
            same && d.entry != left && turn(d.entry).is_some_and(|n| n < number) && holds(d).is_none()
        });
        prop_assert_eq!(
            skipped.count(),
            0,
            "reserve {} came in before its turn",
            one.entry
        );
    }
    Ok(())
}
