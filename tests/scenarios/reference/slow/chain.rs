//! Places: the order of the totals, and the chain that breaks ties.

use std::cmp::Ordering;

use palmares::domain::scoring::DecidedBy;
use serde_json::Value;

use super::{Big, Reference, Scored, big, count, list, whole, word};

/// A value by which entries are put in order.
type Of<'v> = &'v dyn Fn(&Scored<'_>) -> Big;

impl Reference<'_> {
    /// The rank of each entry by a total.
    pub(super) fn ranks(&self, scored: &[Scored<'_>], total: Of<'_>) -> Vec<Big> {
        let all = (0..scored.len()).collect();
        let ties = list(&self.document["ranking"]["ties"]);
        let mut blocks = Vec::new();
        for block in split(all, &|i| total(&scored[i]), self.lowest_wins()) {
            self.break_ties(scored, block, ties, &mut blocks);
        }
        let mut ranks = vec![whole(0); scored.len()];
        let mut ahead = 0;
        for (nth, block) in blocks.iter().enumerate() {
            let (first, last) = (ahead + 1, ahead + block.len());
            let rank = match word(&self.document["ranking"]["ranks"], "competition") {
                "competition" => whole(first),
                "dense" => whole(nth + 1),
                _ => (whole(first) + whole(last)) / whole(2),
            };
            for i in block {
                ranks[*i] = rank.clone();
            }
            ahead = last;
        }
        ranks
    }

    fn break_ties(
        &self,
        scored: &[Scored<'_>],
        block: Vec<usize>,
        ties: &[Value],
        done: &mut Vec<Vec<usize>>,
    ) {
        let Some((tie, rest)) = ties.split_first().filter(|_| block.len() > 1) else {
            return done.push(block);
        };
        let by = tie["by"].as_str().unwrap();
        let decided_by = match by {
            "shared" => return done.push(block),
            "chair" => Some(DecidedBy::Chair),
            "lot" => Some(DecidedBy::Lot),
            _ => None,
        };
        if let Some(decided_by) = decided_by {
            let number = |i: usize| scored[i].judged.entry.number;
            let place = |order: &[i64], i: usize| order.iter().position(|n| *n == number(i));
            let mut known = self.input.decisions.iter().rev().filter(|d| d.by == decided_by);
            let Some(decision) = known.find(|d| block.iter().all(|i| place(&d.order, *i).is_some())) else {
                return done.push(block);
            };
            for part in split(block, &|i| whole(place(&decision.order, i).unwrap()), true) {
                self.break_ties(scored, part, rest, done);
            }
            return;
        }
        let value = |i: usize| self.tie_value(scored, &scored[i], tie);
        if block.iter().any(|i| value(*i).is_none()) {
            return self.break_ties(scored, block, rest, done);
        }
        for part in split(block, &|i| value(i).unwrap(), self.fewer_wins(tie)) {
            self.break_ties(scored, part, rest, done);
        }
    }

    /// Whether the lower value is ahead.
    fn fewer_wins(&self, tie: &Value) -> bool {
        match tie["by"].as_str().unwrap() {
            "earlier_rank" => true,
            "first_places" => false,
            "judged" | "own_total" | "more_digits" => self.lowest_wins(),
            "attempt" => self.fewer_attempt_points_win(),
            "criterion" => {
                let mut criteria = self.criteria().iter();
                self.fewer_is_better_by(criteria.find(|c| c["code"] == tie["code"]).unwrap())
            }
            _ => self.fewer_is_better(),
        }
    }

    fn tie_value(&self, group: &[Scored<'_>], one: &Scored<'_>, tie: &Value) -> Option<Big> {
        let sheets = &one.judged.once.sheets;
        let mut totals: Vec<Big> = sheets.iter().filter_map(|s| s.total.clone()).collect();
        totals.sort();
        let n = totals.len();
        let earlier = || one.judged.entry.earlier.get(tie["round"].as_str().unwrap());
        match tie["by"].as_str().unwrap() {
            "criterion" => {
                let mut criteria = self.criteria().iter();
                self.criterion(&one.judged, criteria.find(|c| c["code"] == tie["code"])?)
            }
            "judged" => Some(one.judged.value.clone()),
            "own_total" => Some(one.own.clone()),
            "earlier_total" => Some(big(&earlier()?.total.to_string())),
            "earlier_rank" => Some(big(&earlier()?.rank?.to_string())),
            "untrimmed_sum" => Some(totals.into_iter().sum()),
            "highest_sheet" => totals.last().cloned(),
            "lowest_sheet" => totals.first().cloned(),
            "median" => (n > 0).then(|| (&totals[(n - 1) / 2] + &totals[n / 2]) / whole(2)),
            "more_digits" => Some(one.exact.clone()),
            "sealed" => self.sealed(one.judged.entry),
            "attempt" => Some(one.judged.tries.get(count(&tie["nth"], 0) - 1)?.value.clone()),
            "first_places" => {
                let fewer = self.fewer_is_better();
                let beaten = |judge: &str, total: &Big| {
                    let all = group.iter().flat_map(|s| &s.judged.once.sheets);
                    let of_judge = all.filter(|s| s.judge == judge).filter_map(|s| s.total.as_ref());
                    of_judge
                        .into_iter()
                        .any(|o| if fewer { o < total } else { o > total })
                };
                let first =
                    |s: &&super::sheets::Sheet| s.total.as_ref().is_some_and(|t| !beaten(&s.judge, t));
                Some(whole(sheets.iter().filter(first).count()))
            }
            other => panic!("{other}"),
        }
    }
}

/// Positions in blocks of equal values, the best block first.
fn split(mut positions: Vec<usize>, value: &dyn Fn(usize) -> Big, lowest: bool) -> Vec<Vec<usize>> {
    let order = |a: &usize, b: &usize| -> Ordering {
        let by_value = value(*a).cmp(&value(*b));
        if lowest { by_value } else { by_value.reverse() }
    };
    positions.sort_by(order);
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    for i in positions {
        match blocks.last_mut() {
            Some(block) if value(block[0]) == value(i) => block.push(i),
            _ => blocks.push(vec![i]),
        }
    }
    blocks
}
