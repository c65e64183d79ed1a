use proptest::prelude::*;

use super::*;
use ShareBy::{DHondt, LargestRemainder, SainteLague};

fn bounds(minimum: u32, maximum: Option<u32>) -> Bounds {
    Bounds { minimum, maximum }
}

fn seats(by: ShareBy, places: u32, sizes: &[u64], bounds: Bounds) -> Vec<u32> {
    let shared = share(by, places, sizes, bounds, &[]);
    assert!(shared.undecided.is_empty());
    shared.seats
}

#[test]
fn places_go_to_whole_shares_then_to_the_largest_remainders() {
    for (places, sizes, minimum, expected) in [
        // Guizhou: 330 entrants in four cities.
        (25, &[120, 90, 70, 50][..], 0, &[9, 7, 5, 4][..]),
        (35, &[400, 120, 50, 30], 5, &[19, 6, 5, 5]),
        (10, &[100, 2, 1], 0, &[10, 0, 0]),
        (10, &[3, 100], 5, &[3, 7]),
        (10, &[3, 2], 0, &[3, 2]),
        (3, &[], 0, &[]),
        (3, &[0, 0], 1, &[0, 0]),
        (1, &[30, 10, 20], 0, &[1, 0, 0]),
    ] {
        assert_eq!(
            seats(LargestRemainder, places, sizes, bounds(minimum, None)),
            expected,
            "{places} {sizes:?} {minimum}"
        );
    }
}

/// Every method with every bound; the numbers of the quotients were found by sorting all of them.
#[test]
fn methods_differ_and_keep_to_bounds() {
    for (places, sizes, limits, remainders, d_hondt, sainte_lague) in [
        (
            8,
            [100_000, 80_000, 30_000, 20_000],
            bounds(0, None),
            [3, 3, 1, 1],
            [4, 3, 1, 0],
            [3, 3, 1, 1],
        ),
        (
            35,
            [400, 120, 50, 30],
            bounds(5, None),
            [19, 6, 5, 5],
            [20, 5, 5, 5],
            [19, 6, 5, 5],
        ),
        (
            35,
            [400, 120, 50, 30],
            bounds(5, Some(15)),
            [15, 10, 5, 5],
            [15, 10, 5, 5],
            [15, 10, 5, 5],
        ),
        (
            149,
            [300, 150, 100, 50],
            bounds(0, Some(50)),
            [50, 50, 33, 16],
            [50, 50, 33, 16],
            [50, 50, 33, 16],
        ),
        // Nobody can have more than the bounds together allow.
        (
            30,
            [300, 150, 100, 50],
            bounds(0, Some(5)),
            [5, 5, 5, 5],
            [5, 5, 5, 5],
            [5, 5, 5, 5],
        ),
        (
            4,
            [300, 150, 100, 50],
            bounds(2, None),
            [2, 2, 2, 2],
            [2, 2, 2, 2],
            [2, 2, 2, 2],
        ),
    ] {
        let all = [LargestRemainder, DHondt, SainteLague].map(|by| seats(by, places, &sizes, limits));
        assert_eq!(
            all,
            [remainders, d_hondt, sainte_lague].map(|one| one.to_vec()),
            "{places} {sizes:?} {limits:?}"
        );
    }
}

#[test]
fn what_a_maximum_leaves_goes_to_groups_that_were_first_below_their_minimum() {
    // 9 : 1 : 1 without bounds; the 3 beyond the maximum weigh more than the 2 that are lacking, and satisfy them.
    let shared = share(
        LargestRemainder,
        11,
        &[100, 10, 10],
        bounds(2, Some(6)),
        &[2, 1, 0],
    );
    assert_eq!(shared.seats, [6, 2, 3]);
    assert_eq!(
        seats(LargestRemainder, 10, &[100, 10, 10], bounds(2, Some(6))),
        [6, 2, 2]
    );
}

#[test]
fn equal_claims_are_decided_by_size_then_by_lot() {
    // 30 : 3 and 10 : 1 are the same quotient, and the larger group has it; of equally large ones a lot decides.
    assert_eq!(seats(DHondt, 3, &[10, 30], bounds(0, None)), [0, 3]);
    for by in [LargestRemainder, DHondt, SainteLague] {
        let open = share(by, 3, &[10, 10], bounds(0, None), &[]);
        assert_eq!(
            (open.seats.as_slice(), open.undecided.as_slice(), open.left),
            (&[1, 1][..], &[0, 1][..], 1)
        );
        let drawn = share(by, 3, &[10, 10], bounds(0, None), &[1, 0]);
        assert_eq!((drawn.seats.as_slice(), drawn.left), (&[1, 2][..], 0));
        let unknown = share(by, 3, &[10, 10], bounds(0, None), &[1]);
        assert_eq!(unknown.left, 1, "a lot that names one of two decides nothing");
    }
    // A group at its maximum takes no part in the lot.
    let shared = share(LargestRemainder, 5, &[10, 10], bounds(0, Some(2)), &[]);
    assert_eq!((shared.seats.as_slice(), shared.left), (&[2, 2][..], 0));
}

proptest! {
    #[test]
    fn shares_add_up_within_their_bounds(
        by in proptest::sample::select(ShareBy::ALL),
        places in 0..200_u32,
        sizes in proptest::collection::vec(0..100_u64, 0..8),
        minimum in 0..6_u32,
        above in proptest::option::of(0..20_u32),
    ) {
        let limits = bounds(minimum, above.map(|n| (minimum + n).max(1)));
        let shared = share(by, places, &sizes, limits, &[]);
        let most = |size: u64| limits.maximum.map_or(size, |m| size.min(m.into()));
        let least = |size: u64| u64::from(minimum).min(most(size));
        let given: u64 = shared.seats.iter().map(|n| u64::from(*n)).sum::<u64>() + u64::from(shared.left);
        let (all_least, all_most) = (sizes.iter().map(|s| least(*s)).sum(), sizes.iter().map(|s| most(*s)).sum());
        prop_assert_eq!(given, u64::from(places).clamp(all_least, all_most));
        for (seats, size) in shared.seats.iter().zip(&sizes) {
            prop_assert!((least(*size)..=most(*size)).contains(&u64::from(*seats)));
        }
        for (a, larger) in shared.seats.iter().zip(&sizes) {
            for (b, smaller) in shared.seats.iter().zip(&sizes).filter(|(_, s)| *s < larger) {
                prop_assert!(a >= b, "{} entrants have {} seats, {} have {}", larger, a, smaller, b);
            }
        }
        // The order of the groups changes nothing.
        let backwards: Vec<u64> = sizes.iter().rev().copied().collect();
        let mut other = share(by, places, &backwards, limits, &[]).seats;
        other.reverse();
        prop_assert_eq!(other, shared.seats);
    }
}
