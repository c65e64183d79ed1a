//! Places shared out among groups in proportion to their entrants.

use crate::domain::rules::ShareBy;

/// Places shared out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// The seats of each group, in the order given.
    pub seats: Vec<u32>,
    /// Groups between which a lot has to decide, since their remainders and sizes are equal.
    pub undecided: Vec<usize>,
    /// Seats that the lot decides about; nobody has them yet.
    pub left: u32,
}

/// Shares out `places` among groups of the given sizes. A group gets at least `minimum` seats and never more than it has
/// entrants; what that takes from the others, or gives them, is shared out again until nothing changes. `lot` holds
/// groups in the order in which a recorded lot put them.
#[must_use]
pub fn share(by: ShareBy, places: u32, sizes: &[u64], minimum: u32, lot: &[usize]) -> Shared {
    match by {
        ShareBy::LargestRemainder => largest_remainder(places, sizes, minimum, lot),
    }
}

fn largest_remainder(places: u32, sizes: &[u64], minimum: u32, lot: &[usize]) -> Shared {
    let bounds: Vec<(u64, u64)> = sizes
        .iter()
        .map(|size| (u64::from(minimum).min(*size), *size))
        .collect();
    let mut fixed: Vec<Option<u64>> = vec![None; sizes.len()];
    loop {
        let taken: u64 = fixed.iter().flatten().sum();
        let left = u64::from(places).saturating_sub(taken);
        let open: Vec<usize> = (0..sizes.len())
            .filter(|i| fixed.get(*i) == Some(&None))
            .collect();
        let round = hand_out(left, &open, sizes, lot);
        // Groups below their minimum are fixed first, since they take from the others; then those above their entrants.
        let out_of_bounds = |below: bool| {
            round.seats.iter().find_map(|(i, seats)| {
                let (least, most) = bounds.get(*i)?;
                let bound = if below {
                    (seats < least).then_some(*least)
                } else {
                    (seats > most).then_some(*most)
                };
                bound.map(|bound| (*i, bound))
            })
        };
        match out_of_bounds(true).or_else(|| out_of_bounds(false)) {
            Some((group, bound)) => {
                if let Some(slot) = fixed.get_mut(group) {
                    *slot = Some(bound);
                }
            }
            None => {
                let mut seats: Vec<u64> = fixed.into_iter().map(Option::unwrap_or_default).collect();
                for (group, given) in round.seats {
                    if let Some(slot) = seats.get_mut(group) {
                        *slot = given;
                    }
                }
                let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
                return Shared {
                    seats: seats.into_iter().map(small).collect(),
                    undecided: round.undecided,
                    left: small(round.left),
                };
            }
        }
    }
}

/// Seats handed out among the open groups without any bound.
struct Round {
    seats: Vec<(usize, u64)>,
    undecided: Vec<usize>,
    left: u64,
}

fn hand_out(places: u64, open: &[usize], sizes: &[u64], lot: &[usize]) -> Round {
    let size = |i: &usize| u128::from(sizes.get(*i).copied().unwrap_or(0));
    let total: u128 = open.iter().map(size).sum();
    if total == 0 {
        return Round {
            seats: open.iter().map(|i| (*i, 0)).collect(),
            undecided: Vec::new(),
            left: 0,
        };
    }
    let whole = |i: &usize| u64::try_from(u128::from(places) * size(i) / total).unwrap_or(u64::MAX);
    let remainder = |i: &usize| u128::from(places) * size(i) % total;
    let mut seats: Vec<(usize, u64)> = open.iter().map(|i| (*i, whole(i))).collect();
    let mut left = places.saturating_sub(seats.iter().map(|(_, n)| n).sum());
    // The largest remainder first; among equal ones the larger group.
    let claim = |i: &usize| (remainder(i), size(i));
    seats.sort_by_key(|(i, _)| std::cmp::Reverse(claim(i)));
    let mut undecided = Vec::new();
    for equal in seats.chunk_by_mut(|(a, _), (b, _)| claim(a) == claim(b)) {
        let claimants = u64::try_from(equal.len()).unwrap_or(u64::MAX);
        if left == 0 {
            break;
        }
        if claimants > left && equal.iter().all(|(i, _)| lot.contains(i)) {
            equal.sort_by_key(|(i, _)| lot.iter().position(|drawn| drawn == i));
            let drawn = usize::try_from(left).unwrap_or(usize::MAX);
            equal.iter_mut().take(drawn).for_each(|(_, n)| *n += 1);
            left = 0;
            break;
        }
        if claimants > left {
            undecided = equal.iter().map(|(i, _)| *i).collect();
            break;
        }
        for (_, n) in equal {
            *n += 1;
        }
        left -= claimants;
    }
    Round {
        seats,
        undecided,
        left,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shared(places: u32, sizes: &[u64], minimum: u32) -> Shared {
        share(ShareBy::LargestRemainder, places, sizes, minimum, &[])
    }

    #[test]
    fn places_go_to_whole_shares_then_to_the_largest_remainders() {
        for (places, sizes, minimum, seats) in [
            // Guizhou: 330 entrants in four cities.
            (25, &[120, 90, 70, 50][..], 0, &[9, 7, 5, 4][..]),
            (35, &[400, 120, 50, 30], 5, &[19, 6, 5, 5]),
            (10, &[100, 2, 1], 0, &[10, 0, 0]),
            (10, &[3, 100], 5, &[3, 7]),
            (10, &[3, 2], 0, &[3, 2]),
            (3, &[], 0, &[]),
            (3, &[0, 0], 1, &[0, 0]),
        ] {
            assert_eq!(
                shared(places, sizes, minimum).seats,
                seats,
                "{places} {sizes:?} {minimum}"
            );
        }
        let even = shared(3, &[10, 10], 0);
        assert_eq!(
            (even.seats.as_slice(), even.undecided.as_slice(), even.left),
            (&[1, 1][..], &[0, 1][..], 1)
        );
        let drawn = share(ShareBy::LargestRemainder, 3, &[10, 10], 0, &[1, 0]);
        assert_eq!((drawn.seats.as_slice(), drawn.left), (&[1, 2][..], 0));
        assert_eq!(shared(1, &[30, 10, 20], 0).seats, [1, 0, 0]);
    }

    proptest! {
        #[test]
        fn shares_add_up(places in 0..200_u32, sizes in proptest::collection::vec(0..100_u64, 0..8), minimum in 0..6_u32) {
            let shared = shared(places, &sizes, minimum);
            let least: u64 = sizes.iter().map(|s| u64::from(minimum).min(*s)).sum();
            let all: u64 = sizes.iter().sum();
            let given: u64 = shared.seats.iter().map(|n| u64::from(*n)).sum::<u64>() + u64::from(shared.left);
            prop_assert_eq!(given, u64::from(places).clamp(least, all));
            for (seats, size) in shared.seats.iter().zip(&sizes) {
                prop_assert!(u64::from(*seats) <= *size && u64::from(*seats) >= u64::from(minimum).min(*size));
            }
        }
    }
}
