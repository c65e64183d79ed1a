//! Who marks what, dealt out evenly: every entry gets so many judges, and no judge has more than another unless an
//! interest or a region forces it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What is to be dealt out. Judges and entries are their places in the caller's lists, from 0.
#[derive(Debug, Clone, Default)]
pub struct Deal {
    /// How many judges there are.
    pub judges: usize,
    /// For each entry the judges that it must not have.
    pub barred: Vec<BTreeSet<usize>>,
    /// For each entry the judges that it has already; they stay, and count.
    pub given: Vec<BTreeSet<usize>>,
    /// How many judges each entry is to have.
    pub per_entry: usize,
    /// What chance is made of: the same seed gives the same result.
    pub seed: u64,
}

/// An entry that can't have as many judges as it is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooFewJudges {
    /// The entry.
    pub entry: usize,
    /// How many judges it could have at most.
    pub possible: usize,
}

/// The judges to add to each entry, so that the judges' loads (those given already included) are as even as they can
/// be: no chain of exchanges would make them more even.
///
/// # Errors
/// Every entry for which too few judges are left.
pub fn distribute(deal: &Deal) -> Result<Vec<BTreeSet<usize>>, Vec<TooFewJudges>> {
    let entries = deal.barred.len().max(deal.given.len());
    let none = BTreeSet::new();
    let barred = |entry: usize| deal.barred.get(entry).unwrap_or(&none);
    let given = |entry: usize| deal.given.get(entry).unwrap_or(&none);
    let free = |entry: usize, judge: &usize| !barred(entry).contains(judge) && !given(entry).contains(judge);
    let choice = |entry: usize| (0..deal.judges).filter(move |judge| free(entry, judge));
    let needed = |entry: usize| deal.per_entry.saturating_sub(given(entry).len());
    let too_few: Vec<_> = (0..entries)
        .map(|entry| TooFewJudges {
            entry,
            possible: given(entry).len() + choice(entry).count(),
        })
        .filter(|t| t.possible < deal.per_entry)
        .collect();
    if !too_few.is_empty() {
        return Err(too_few);
    }
    let mut loads = vec![0_usize; deal.judges];
    for judge in deal.given.iter().flatten() {
        if let Some(load) = loads.get_mut(*judge) {
            *load += 1;
        }
    }
    // The entries with the least choice come first, others in an order of chance.
    let mut order: Vec<usize> = (0..entries).collect();
    order.sort_by_cached_key(|entry| (choice(*entry).count(), chance(deal.seed, *entry, usize::MAX)));
    let mut added = vec![BTreeSet::new(); entries];
    for entry in order {
        let mut candidates: Vec<usize> = choice(entry).collect();
        candidates.sort_by_key(|judge| {
            let load = loads.get(*judge).copied().unwrap_or(0);
            (load, chance(deal.seed, entry, *judge))
        });
        for judge in candidates.into_iter().take(needed(entry)) {
            if let (Some(load), Some(added)) = (loads.get_mut(judge), added.get_mut(entry)) {
                *load += 1;
                added.insert(judge);
            }
        }
    }
    while let Some(chain) = relief(&loads, &added, &free) {
        pass_on(&chain, &mut loads, &mut added);
    }
    Ok(added)
}

/// One step of a chain: the entry goes from one judge to another.
struct Step {
    entry: usize,
    from: usize,
    to: usize,
}

/// A chain of exchanges that takes an entry from the judge with most and gives one to a judge with at least two fewer.
fn relief(
    loads: &[usize],
    added: &[BTreeSet<usize>],
    free: &impl Fn(usize, &usize) -> bool,
) -> Option<Vec<Step>> {
    let mut by_judge = BTreeMap::<usize, Vec<usize>>::new();
    for (entry, judges) in added.iter().enumerate() {
        for judge in judges {
            by_judge.entry(*judge).or_default().push(entry);
        }
    }
    let mut starts: Vec<usize> = (0..loads.len()).collect();
    let load = |judge: &usize| loads.get(*judge).copied().unwrap_or(0);
    starts.sort_by_key(|judge| std::cmp::Reverse(load(judge)));
    let least = loads.iter().copied().min()?;
    for start in starts {
        if load(&start) < least + 2 {
            return None;
        }
        let mut came: BTreeMap<usize, Option<(usize, usize)>> = BTreeMap::from([(start, None)]);
        let mut queue = VecDeque::from([start]);
        while let Some(judge) = queue.pop_front() {
            if load(&judge) + 2 <= load(&start) {
                return Some(chain(judge, &came));
            }
            for entry in by_judge.get(&judge).into_iter().flatten() {
                let has = added.get(*entry);
                for other in 0..loads.len() {
                    let open = free(*entry, &other) && has.is_some_and(|has| !has.contains(&other));
                    if open && !came.contains_key(&other) {
                        came.insert(other, Some((judge, *entry)));
                        queue.push_back(other);
                    }
                }
            }
        }
    }
    None
}

fn chain(end: usize, came: &BTreeMap<usize, Option<(usize, usize)>>) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut to = end;
    while let Some((from, entry)) = came.get(&to).copied().flatten() {
        steps.push(Step { entry, from, to });
        to = from;
    }
    steps
}

fn pass_on(chain: &[Step], loads: &mut [usize], added: &mut [BTreeSet<usize>]) {
    for Step { entry, from, to } in chain {
        if let Some(judges) = added.get_mut(*entry) {
            judges.remove(from);
            judges.insert(*to);
        }
        if let Some(load) = loads.get_mut(*from) {
            *load -= 1;
        }
        if let Some(load) = loads.get_mut(*to) {
            *load += 1;
        }
    }
}

/// A number that looks like chance and depends on nothing but its arguments (the mixing function of `SplitMix64`).
fn chance(seed: u64, entry: usize, judge: usize) -> u64 {
    let mut mixed = seed;
    for part in [entry, judge] {
        let part = u64::try_from(part).unwrap_or(u64::MAX);
        mixed = mixed
            .wrapping_add(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(part.wrapping_mul(0xD1B5_4A32_D192_ED03));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
    }
    mixed
}

/// The first of J1, J2 … that no judge of the round has.
#[must_use]
pub fn next_judge_code(taken: &BTreeSet<String>) -> String {
    let free = (1..=taken.len() + 1)
        .map(|n| format!("J{n}"))
        .find(|code| !taken.contains(code));
    free.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn loads(deal: &Deal, added: &[BTreeSet<usize>]) -> Vec<usize> {
        let mut loads = vec![0; deal.judges];
        for judge in deal.given.iter().chain(added).flatten() {
            loads[*judge] += 1;
        }
        loads
    }

    fn unevenness(loads: &[usize]) -> usize {
        loads.iter().map(|l| l * l).sum()
    }

    #[test]
    fn a_paper_review_of_330_entries_by_3_of_40_judges() {
        let deal = Deal {
            judges: 40,
            barred: vec![BTreeSet::new(); 330],
            given: vec![BTreeSet::new(); 330],
            per_entry: 3,
            seed: 2026,
        };
        let added = distribute(&deal).unwrap();
        assert!(added.iter().all(|judges| judges.len() == 3));
        let loads = loads(&deal, &added);
        assert_eq!((loads.iter().min(), loads.iter().max()), (Some(&24), Some(&25)));
        let shared: BTreeSet<_> = added.iter().collect();
        assert!(
            shared.len() > 250,
            "judges meet in ever new company, not in blocks"
        );
        assert_eq!(distribute(&deal).unwrap(), added);
        assert_ne!(distribute(&Deal { seed: 2027, ..deal }).unwrap(), added);
    }

    #[test]
    fn entries_without_enough_judges_are_named() {
        let deal = Deal {
            judges: 3,
            barred: vec![BTreeSet::new(), [0, 1].into()],
            given: vec![],
            per_entry: 2,
            seed: 0,
        };
        assert_eq!(
            distribute(&deal).unwrap_err(),
            [TooFewJudges {
                entry: 1,
                possible: 1
            }]
        );
    }

    #[test]
    fn what_is_given_stays_and_counts() {
        let deal = Deal {
            judges: 2,
            barred: vec![],
            given: vec![[0].into(), [0].into(), [].into(), [].into()],
            per_entry: 1,
            seed: 7,
        };
        let added = distribute(&deal).unwrap();
        assert_eq!(added, [[].into(), [].into(), [1].into(), [1].into()]);
    }

    #[test]
    fn codes_fill_gaps() {
        let taken = ["J1", "J3", "chair"].map(str::to_owned).into();
        assert_eq!(next_judge_code(&taken), "J2");
        assert_eq!(next_judge_code(&BTreeSet::new()), "J1");
    }

    /// The most even loads there are, by trying everything.
    fn best(deal: &Deal, entry: usize, loads: &mut Vec<usize>) -> usize {
        if entry == deal.barred.len() {
            return unevenness(loads);
        }
        let free: Vec<_> = (0..deal.judges)
            .filter(|j| !deal.barred[entry].contains(j))
            .collect();
        let mut least = usize::MAX;
        for set in 0..1_usize << free.len() {
            if usize::try_from(set.count_ones()).unwrap() != deal.per_entry {
                continue;
            }
            let chosen: Vec<_> = free
                .iter()
                .enumerate()
                .filter(|(i, _)| set >> i & 1 == 1)
                .map(|(_, j)| *j)
                .collect();
            chosen.iter().for_each(|j| loads[*j] += 1);
            least = least.min(best(deal, entry + 1, loads));
            chosen.iter().for_each(|j| loads[*j] -= 1);
        }
        least
    }

    prop_compose! {
        fn deals(most_entries: usize, most_judges: usize)
            (judges in 1..=most_judges)
            (per_entry in 1..=judges.min(3),
             barred in prop::collection::vec(prop::collection::btree_set(0..judges, 0..=judges / 2), 0..=most_entries),
             seed in any::<u64>(),
             judges in Just(judges)) -> Deal {
            Deal { judges, given: vec![BTreeSet::new(); barred.len()], barred, per_entry, seed }
        }
    }

    proptest! {
        #[test]
        fn every_entry_has_its_judges_and_none_that_is_barred(deal in deals(60, 12)) {
            match distribute(&deal) {
                Ok(added) => {
                    prop_assert_eq!(added.len(), deal.barred.len());
                    for (judges, barred) in added.iter().zip(&deal.barred) {
                        prop_assert_eq!(judges.len(), deal.per_entry);
                        prop_assert!(judges.is_disjoint(barred));
                        prop_assert!(judges.iter().all(|j| *j < deal.judges));
                    }
                    prop_assert_eq!(&distribute(&deal).unwrap(), &added);
                }
                Err(too_few) => for t in too_few {
                    prop_assert_eq!(t.possible, deal.judges - deal.barred[t.entry].len());
                    prop_assert!(t.possible < deal.per_entry);
                }
            }
        }

        #[test]
        fn without_bars_loads_differ_by_one_at_most(mut deal in deals(60, 12)) {
            deal.barred.iter_mut().for_each(BTreeSet::clear);
            let loads = loads(&deal, &distribute(&deal).unwrap());
            prop_assert!(loads.iter().max().unwrap() - loads.iter().min().unwrap() <= 1);
        }

        #[test]
        fn no_other_way_is_more_even(deal in deals(4, 5)) {
            if let Ok(added) = distribute(&deal) {
                let best = best(&deal, 0, &mut vec![0; deal.judges]);
                prop_assert_eq!(unevenness(&loads(&deal, &added)), best);
            }
        }

        #[test]
        fn a_second_deal_after_a_first_adds_nothing(deal in deals(30, 8)) {
            if let Ok(added) = distribute(&deal) {
                let again = Deal { given: added, ..deal };
                prop_assert!(distribute(&again).unwrap().iter().all(BTreeSet::is_empty));
            }
        }
    }
}
