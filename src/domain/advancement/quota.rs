//! Places shared out among groups in proportion to their entrants.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::domain::rules::ShareBy;

/// Places shared out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// The seats of each group, in the order given.
    pub seats: Vec<u32>,
    /// Groups between which a lot has to decide, since their claims and sizes are equal.
    pub undecided: Vec<usize>,
    /// Seats that the lot decides about; nobody has them yet.
    pub left: u32,
}

/// How few and how many seats any group gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The fewest; a group with fewer entrants gets one for each.
    pub minimum: u32,
    /// The most; without a word as many as the group has entrants, which no group exceeds.
    pub maximum: Option<u32>,
}

/// Shares out `places` among groups of the given sizes. What a group's minimum takes from the others, and what its
/// maximum or its few entrants leave to them, is shared out again until nothing changes. `lot` holds groups in the order
/// in which a recorded lot put them.
#[must_use]
pub fn share(by: ShareBy, places: u32, sizes: &[u64], bounds: Bounds, lot: &[usize]) -> Shared {
    let claims: Vec<Claim> = sizes.iter().map(|size| Claim::new(*size, bounds)).collect();
    let outcome = match by {
        ShareBy::LargestRemainder => largest_remainder(places, &claims, lot),
        ShareBy::DHondt => highest_quotients(places, &claims, lot, |seats| seats + 1),
        ShareBy::SainteLague => highest_quotients(places, &claims, lot, |seats| 2 * seats + 1),
    };
    let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Shared {
        seats: outcome.seats.into_iter().map(small).collect(),
        undecided: outcome.undecided,
        left: small(outcome.left),
    }
}

/// A group's size with the fewest and the most seats that it can get.
#[derive(Debug, Clone, Copy)]
struct Claim {
    size: u64,
    least: u64,
    most: u64,
}

impl Claim {
    fn new(size: u64, bounds: Bounds) -> Self {
        let most = bounds.maximum.map_or(size, |maximum| size.min(maximum.into()));
        Self {
            size,
            least: most.min(bounds.minimum.into()),
            most,
        }
    }
}

/// Seats of all groups, or, in one round of the largest remainders, of those that are still open.
struct Outcome {
    seats: Vec<u64>,
    undecided: Vec<usize>,
    left: u64,
}

/// What becomes of the last seats, when more groups have the same claim than there are seats.
fn draw_lots(equal: &[usize], left: u64, lot: &[usize]) -> Option<Vec<usize>> {
    let mut drawn: Vec<(usize, usize)> = equal
        .iter()
        .map(|group| Some((lot.iter().position(|one| one == group)?, *group)))
        .collect::<Option<_>>()?;
    drawn.sort_unstable();
    let winners = usize::try_from(left).unwrap_or(usize::MAX);
    Some(drawn.into_iter().take(winners).map(|(_, group)| group).collect())
}

/// Each group starts with its minimum; every further seat goes to the highest quotient of a group that may have more.
/// For these methods that is the same as fixing groups at their bounds and sharing out the rest again.
fn highest_quotients(places: u32, claims: &[Claim], lot: &[usize], divisor: fn(u128) -> u128) -> Outcome {
    let mut seats: Vec<u64> = claims.iter().map(|claim| claim.least).collect();
    let mut left = u64::from(places).saturating_sub(seats.iter().fold(0, |sum, n| sum.saturating_add(*n)));
    let quotient = |group: usize, seats: u64| {
        let claim = claims.get(group).filter(|claim| seats < claim.most)?;
        Some(Quotient {
            size: claim.size,
            divisor: divisor(seats.into()),
            group,
        })
    };
    let mut heap: BinaryHeap<Quotient> = (0..)
        .zip(&seats)
        .filter_map(|(group, seats)| quotient(group, *seats))
        .collect();
    while left > 0
        && let Some(highest) = heap.pop()
    {
        let mut equal = vec![highest.group];
        while heap.peek().is_some_and(|next| next.same_claim(&highest)) {
            equal.extend(heap.pop().map(|next| next.group));
        }
        equal.sort_unstable();
        let claimants = u64::try_from(equal.len()).unwrap_or(u64::MAX);
        let winners = if claimants <= left {
            equal
        } else if let Some(drawn) = draw_lots(&equal, left, lot) {
            drawn
        } else {
            return Outcome {
                seats,
                undecided: equal,
                left,
            };
        };
        for group in winners {
            if let Some(n) = seats.get_mut(group) {
                *n += 1;
                left -= 1;
                heap.extend(quotient(group, *n));
            }
        }
    }
    Outcome {
        seats,
        undecided: Vec::new(),
        left: 0,
    }
}

/// A group's claim to its next seat: the higher the quotient, then the larger the group, the sooner.
#[derive(Debug, Clone, Copy)]
struct Quotient {
    size: u64,
    divisor: u128,
    group: usize,
}

impl Quotient {
    fn claim(&self, other: &Self) -> Ordering {
        // A size has 64 bits and a divisor, at most twice a number of places, far fewer than the other 64.
        let cross = |a: &Self, b: &Self| u128::from(a.size).saturating_mul(b.divisor);
        let by_quotient = cross(self, other).cmp(&cross(other, self));
        by_quotient.then(self.size.cmp(&other.size))
    }

    fn same_claim(&self, other: &Self) -> bool {
        self.claim(other).is_eq()
    }
}

impl Ord for Quotient {
    fn cmp(&self, other: &Self) -> Ordering {
        self.claim(other).then(other.group.cmp(&self.group))
    }
}

impl PartialOrd for Quotient {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Quotient {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Quotient {}

/// Shares out the places without bounds, then fixes the groups that are out of theirs at them and shares out the rest
/// among the others, until nobody is. Those whose bounds move more seats in all are fixed first: a minimum that only the
/// seats beyond another group's maximum would have satisfied is not needed then, and the other way round.
fn largest_remainder(places: u32, claims: &[Claim], lot: &[usize]) -> Outcome {
    let mut fixed: Vec<Option<u64>> = vec![None; claims.len()];
    loop {
        let taken = fixed
            .iter()
            .flatten()
            .fold(0_u64, |sum, n| sum.saturating_add(*n));
        let left = u64::from(places).saturating_sub(taken);
        let open: Vec<(usize, Claim)> = (0..)
            .zip(claims)
            .filter(|(i, _)| fixed.get(*i) == Some(&None))
            .map(|(i, claim)| (i, *claim))
            .collect();
        let round = hand_out(left, &open, lot);
        let given: Vec<(usize, Claim, u64)> = open
            .iter()
            .zip(&round.seats)
            .map(|((i, claim), seats)| (*i, *claim, *seats))
            .collect();
        let lacking = |(i, claim, seats): &(usize, Claim, u64)| {
            claim
                .least
                .checked_sub(*seats)
                .filter(|n| *n > 0)
                .map(|n| (*i, claim.least, n))
        };
        // A group at its maximum that a lot might still give a seat has too many, too.
        let beyond = |(i, claim, seats): &(usize, Claim, u64)| {
            let seats = seats + u64::from(round.undecided.contains(i));
            seats
                .checked_sub(claim.most)
                .filter(|n| *n > 0)
                .map(|n| (*i, claim.most, n))
        };
        let lacking: Vec<(usize, u64, u64)> = given.iter().filter_map(lacking).collect();
        let beyond: Vec<(usize, u64, u64)> = given.iter().filter_map(beyond).collect();
        let moved =
            |list: &[(usize, u64, u64)]| list.iter().fold(0_u64, |sum, (_, _, n)| sum.saturating_add(*n));
        let out_of_bounds: Vec<(usize, u64, u64)> = match moved(&lacking).cmp(&moved(&beyond)) {
            Ordering::Greater => lacking,
            Ordering::Less => beyond,
            Ordering::Equal => lacking.into_iter().chain(beyond).collect(),
        };
        if out_of_bounds.is_empty() {
            let mut seats: Vec<u64> = fixed.into_iter().map(Option::unwrap_or_default).collect();
            for (group, _, n) in given {
                if let Some(slot) = seats.get_mut(group) {
                    *slot = n;
                }
            }
            return Outcome { seats, ..round };
        }
        for (group, bound, _) in out_of_bounds {
            if let Some(slot) = fixed.get_mut(group) {
                *slot = Some(bound);
            }
        }
    }
}

/// Seats handed out among the open groups, in their order, without any bound.
fn hand_out(places: u64, open: &[(usize, Claim)], lot: &[usize]) -> Outcome {
    let size = |claim: &Claim| u128::from(claim.size);
    let total: u128 = open.iter().map(|(_, claim)| size(claim)).sum();
    let mut outcome = Outcome {
        seats: vec![0; open.len()],
        undecided: Vec::new(),
        left: 0,
    };
    if total == 0 {
        return outcome;
    }
    let share = |claim: &Claim| u128::from(places) * size(claim);
    outcome.seats = open
        .iter()
        .map(|(_, claim)| u64::try_from(share(claim) / total).unwrap_or(u64::MAX))
        .collect();
    outcome.left = places.saturating_sub(outcome.seats.iter().sum());
    // The largest remainder first; among equal ones the larger group.
    let mut order: Vec<(u128, u64, usize, usize)> = (0..)
        .zip(open)
        .map(|(at, (group, claim))| (share(claim) % total, claim.size, at, *group))
        .collect();
    order.sort_unstable_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then(a.3.cmp(&b.3)));
    for equal in order.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        if outcome.left == 0 {
            break;
        }
        let claimants = u64::try_from(equal.len()).unwrap_or(u64::MAX);
        let groups: Vec<usize> = equal.iter().map(|(.., group)| *group).collect();
        let winners = if claimants <= outcome.left {
            groups
        } else if let Some(drawn) = draw_lots(&groups, outcome.left, lot) {
            drawn
        } else {
            outcome.undecided = groups;
            break;
        };
        for (.., at, group) in equal {
            if winners.contains(group)
                && let Some(n) = outcome.seats.get_mut(*at)
            {
                *n += 1;
                outcome.left -= 1;
            }
        }
    }
    outcome
}

#[cfg(test)]
mod tests;
