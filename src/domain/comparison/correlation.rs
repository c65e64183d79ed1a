//! How much two orders agree. Pairs are compared within groups only; counts are whole numbers, and the one root is
//! taken at the end.

use num_traits::{FromPrimitive, ToPrimitive};

use crate::domain::exact::{Exact, Shown};

/// The places of the entries of a group in two orders.
type Group = Vec<(u32, u32)>;

/// Decimals of a coefficient.
const DECIMALS: u32 = 4;

/// Kendall's tau-b: concordant less discordant pairs, over the geometric mean of the pairs that are not tied in one
/// order and in the other.
pub(super) fn kendall(groups: &[Group]) -> Option<Shown> {
    let (mut difference, mut first, mut second) = (0_i128, 0_i128, 0_i128);
    for group in groups {
        let mut sorted = group.clone();
        sorted.sort_unstable();
        let pairs = choose_two(sorted.len());
        let tied_first = ties(sorted.iter().map(|(a, _)| *a));
        let tied_both = ties(sorted.iter().copied());
        let mut theirs: Vec<u32> = sorted.into_iter().map(|(_, b)| b).collect();
        let discordant = inversions(&mut theirs);
        let tied_second = ties(theirs.into_iter());
        let comparable = pairs - tied_first - tied_second + tied_both;
        difference += comparable - 2 * discordant;
        first += pairs - tied_first;
        second += pairs - tied_second;
    }
    ratio(difference, first, second)
}

/// Spearman's rho: the correlation of the places, tied entries sharing the mean of theirs, each order counted from the
/// middle of its group.
pub(super) fn spearman(groups: &[Group]) -> Option<Shown> {
    let (mut product, mut first, mut second) = (0_i128, 0_i128, 0_i128);
    for group in groups {
        // Twice the distance from the middle, so that all stays whole.
        let ours = centred(group.iter().map(|(a, _)| *a).collect());
        let theirs = centred(group.iter().map(|(_, b)| *b).collect());
        for (a, b) in ours.into_iter().zip(theirs) {
            product += a * b;
            first += a * a;
            second += b * b;
        }
    }
    ratio(product, first, second)
}

fn choose_two(n: usize) -> i128 {
    let n = i128::from_usize(n).unwrap_or(0);
    n * (n - 1) / 2
}

/// Pairs of equal neighbours in an order that keeps equals together.
fn ties<T: PartialEq>(sorted: impl Iterator<Item = T>) -> i128 {
    let (mut pairs, mut run, mut before) = (0, 0_i128, None);
    for value in sorted {
        run = if before.as_ref() == Some(&value) {
            run + 1
        } else {
            0
        };
        pairs += run;
        before = Some(value);
    }
    pairs
}

/// Sorts, and counts the pairs that stood the wrong way round.
fn inversions(values: &mut Vec<u32>) -> i128 {
    if values.len() < 2 {
        return 0;
    }
    let mut right = values.split_off(values.len() / 2);
    let mut left = std::mem::take(values);
    let mut count = inversions(&mut left) + inversions(&mut right);
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        if b < a {
            count += i128::from_usize(left.len()).unwrap_or(0);
            values.extend(right.next());
        } else {
            values.extend(left.next());
        }
    }
    values.extend(left.chain(right));
    count
}

/// Twice the distance of each one's shared rank from the middle of the group.
fn centred(places: Vec<u32>) -> Vec<i128> {
    let mut sorted = places.clone();
    sorted.sort_unstable();
    let whole = |n: usize| i128::from_usize(n).unwrap_or(0);
    let middle = whole(places.len()) + 1;
    let rank = |place: &u32| {
        let first = sorted.partition_point(|p| p < place);
        let end = sorted.partition_point(|p| p <= place);
        whole(first) + 1 + whole(end) - middle
    };
    places.iter().map(rank).collect()
}

/// A coefficient with its decimals; none where one side has no spread.
fn ratio(product: i128, first: i128, second: i128) -> Option<Shown> {
    let spread = first.to_f64()?.sqrt() * second.to_f64()?.sqrt();
    let scale = 10_i128.pow(DECIMALS);
    let scaled = (product.to_f64()? / spread * scale.to_f64()?).round().to_i128()?;
    (first > 0 && second > 0).then_some(())?;
    Some(Shown::new(Exact::over(scaled, scale)?, DECIMALS))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn both(pairs: &[(u32, u32)]) -> (Option<String>, Option<String>) {
        let groups = [pairs.to_vec()];
        (
            kendall(&groups).map(|k| k.to_string()),
            spearman(&groups).map(|s| s.to_string()),
        )
    }

    fn some(kendall: &str, spearman: &str) -> (Option<String>, Option<String>) {
        (Some(kendall.into()), Some(spearman.into()))
    }

    #[test]
    fn textbook_values() {
        assert_eq!(both(&[(1, 1), (2, 2), (3, 3), (4, 4)]), some("1.0000", "1.0000"));
        assert_eq!(
            both(&[(1, 4), (2, 3), (3, 2), (4, 1)]),
            some("-1.0000", "-1.0000")
        );
        // 9 concordant pairs of 10; rho = 1 − 6 · 2 / (5 · 24).
        assert_eq!(
            both(&[(1, 2), (2, 1), (3, 3), (4, 4), (5, 5)]),
            some("0.8000", "0.9000")
        );
        // Ranks 1 2.5 2.5 4 against 1 2 3 4: 5 of √(5 · 6), 4.5 of √(4.5 · 5).
        assert_eq!(both(&[(1, 1), (2, 2), (2, 3), (4, 4)]), some("0.9129", "0.9487"));
        assert_eq!(both(&[(1, 1), (1, 2)]), (None, None));
        assert_eq!(both(&[]), (None, None));
    }

    #[test]
    fn groups_are_not_mixed() {
        let groups = [vec![(1, 1), (2, 2)], vec![(1, 2), (2, 1)]];
        assert_eq!(kendall(&groups).unwrap().to_string(), "0.0000");
        assert_eq!(spearman(&groups).unwrap().to_string(), "0.0000");
    }

    proptest! {
        #[test]
        fn counting_pair_by_pair_gives_the_same(pairs in prop::collection::vec((1..8_u32, 1..8_u32), 0..30)) {
            let (mut difference, mut first, mut second) = (0_i128, 0_i128, 0_i128);
            for (i, a) in pairs.iter().enumerate() {
                for b in &pairs[i + 1..] {
                    let (x, y) = (a.0.cmp(&b.0), a.1.cmp(&b.1));
                    first += i128::from(x.is_ne());
                    second += i128::from(y.is_ne());
                    if x.is_ne() && y.is_ne() {
                        difference += if x == y { 1 } else { -1 };
                    }
                }
            }
            prop_assert_eq!(kendall(&[pairs]), ratio(difference, first, second));
        }
    }
}
