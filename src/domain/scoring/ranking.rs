//! Places: entries in order of their totals, ties broken link by link.
//!
//! The same order serves a group's ranking and the comparison of entries of different groups at a cut, so it knows
//! nothing but totals, numbers and a value per link of the chain.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::Explain;
use super::derivation::TieNote;
use super::input::{DecidedBy, Decision};
use super::standings::Rank;
use super::warning::Warning;
use crate::domain::exact::{Exact, Shown};
use crate::domain::rules::{RankStyle, Ranking, Rules, TieBreak, Wins};

/// Who is to be placed.
#[derive(Debug, Clone)]
pub struct Contender<'a> {
    /// The entry's number.
    pub number: i64,
    /// Its total as rounded last.
    pub total: &'a Exact,
}

/// Contenders in order, the tied ones together.
#[derive(Debug, Default)]
pub struct Order {
    /// Positions in the list of contenders, the best first.
    order: Vec<usize>,
    /// Where each block of those that share a place ends.
    ends: Vec<usize>,
    /// What separated neighbours with equal totals: the position in the list, and the note.
    pub notes: Vec<(usize, TieNote)>,
    /// What could not be decided.
    pub warnings: Vec<Warning>,
}

/// What the order is made with.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The direction, the chain.
    pub ranking: &'a Ranking,
    /// The rules, which say for each link of the chain which value is the better one.
    pub rules: &'a Rules,
    /// Recorded decisions, oldest first.
    pub decisions: &'a [Decision],
    /// Decimals with which values are shown.
    pub decimals: u32,
    /// For whom it is noted what separated neighbours.
    pub noted: Explain,
}

/// Puts contenders in order. `key` gives the value of a contender (by position) for a link of the chain (by position);
/// it is asked only for those that are tied.
pub fn order(by: By<'_>, contenders: &[Contender<'_>], key: &dyn Fn(usize, usize) -> Option<Exact>) -> Order {
    let mut chain = Chain {
        by,
        contenders,
        key,
        order: Order::default(),
    };
    let by_whole_numbers = packed(by.ranking.wins, contenders);
    let (mut order, blocks) = by_whole_numbers.unwrap_or_else(|| compared(by.ranking.wins, contenders));
    chain.split_each(&mut order, blocks.into_iter(), 0);
    chain.order.order = order;
    chain.order
}

/// Positions of contenders, the best first, and how many each block of equal ones has.
type Sorted = (Vec<usize>, Vec<usize>);

/// Totals over one denominator, as nearly all are, compare as whole numbers. None where they have several, or where the
/// contenders don't stand in order of their numbers.
fn packed(wins: Wins, contenders: &[Contender<'_>]) -> Option<Sorted> {
    let (_, denominator) = contenders.first()?.total.small_parts()?;
    if !contenders.is_sorted_by_key(|c| c.number) {
        return None;
    }
    let mut keys: Vec<(i64, u32)> = Vec::with_capacity(contenders.len());
    for (i, contender) in (0..).zip(contenders) {
        let (n, d) = contender.total.small_parts()?;
        if d != denominator {
            return None;
        }
        keys.push((if wins == Wins::Highest { !n } else { n }, i));
    }
    keys.sort_unstable();
    let blocks = keys.chunk_by(|(a, _), (b, _)| a == b).map(<[_]>::len).collect();
    let order: Option<Vec<usize>> = keys.iter().map(|(_, i)| usize::try_from(*i).ok()).collect();
    Some((order?, blocks))
}

/// The same of whatever totals there are.
fn compared(wins: Wins, contenders: &[Contender<'_>]) -> Sorted {
    // The totals stand side by side, since fetching each from where it belongs would cost more than sorting.
    let mut sorted: Vec<(Exact, i64, usize)> = (0..)
        .zip(contenders)
        .map(|(i, c)| (c.total.clone(), c.number, i))
        .collect();
    sorted.sort_unstable_by(|(a, first, _), (b, second, _)| better_first(wins, a, b).then(first.cmp(second)));
    let equal = sorted.chunk_by(|(a, ..), (b, ..)| a == b);
    let blocks = equal.map(<[_]>::len).collect();
    (sorted.iter().map(|(_, _, i)| *i).collect(), blocks)
}

impl Order {
    /// The next so many share a place.
    fn end(&mut self, length: usize) {
        let before = self.ends.last().copied().unwrap_or(0);
        self.ends.push(before + length);
    }

    /// Each block with the first and last place that it takes.
    pub fn places(&self) -> impl Iterator<Item = (u32, u32, &[usize])> {
        let place = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.blocks()
            .map(move |(before, block)| (place(before + 1), place(before + block.len()), block))
    }

    /// The rank of each position in the list of contenders.
    pub fn ranks(&self, style: RankStyle) -> BTreeMap<usize, Rank> {
        let mut ranks = BTreeMap::new();
        for (nth, (first, last, block)) in (1..).zip(self.places()) {
            let rank = rank(style, (first, last), nth);
            ranks.extend(block.iter().map(|i| (*i, rank)));
        }
        ranks
    }

    /// Positions in the list of contenders, the best first, after so many others.
    pub fn after(&self, visited: usize) -> &[usize] {
        self.order.get(visited..).unwrap_or_default()
    }

    /// Blocks of positions in the list of contenders, the best block first, each with how many are before it; a block of
    /// several shares its place.
    pub fn blocks(&self) -> impl Iterator<Item = (usize, &[usize])> {
        let mut before = 0;
        self.ends.iter().filter_map(move |end| {
            let first = std::mem::replace(&mut before, *end);
            Some((first, self.order.get(first..*end)?))
        })
    }
}

/// The rank of a block that takes the places `first` to `last`, the `nth` block of its group (from 1).
pub(super) fn rank(style: RankStyle, (first, last): (u32, u32), nth: u32) -> Rank {
    match style {
        RankStyle::Competition => Rank::whole(first),
        RankStyle::Dense => Rank::whole(nth),
        RankStyle::Fractional => Rank::between(first, last),
    }
}

/// The better value first.
pub(super) fn better_first(wins: Wins, a: &Exact, b: &Exact) -> Ordering {
    match wins {
        Wins::Highest => b.cmp(a),
        Wins::Lowest => a.cmp(b),
    }
}

/// The chain at work on blocks of equal totals.
struct Chain<'a> {
    by: By<'a>,
    contenders: &'a [Contender<'a>],
    key: &'a dyn Fn(usize, usize) -> Option<Exact>,
    order: Order,
}

/// What a link of the chain says about a tied block.
enum Answer {
    /// Each one's value; the smaller one is ahead when `Lowest` wins.
    Values(Vec<Exact>, Wins),
    /// Nothing: go on with the next link.
    Pass,
    /// The place stays shared.
    Stop,
}

impl Chain<'_> {
    /// Splits blocks of so many, one after the other.
    fn split_each(&mut self, mut rest: &mut [usize], blocks: impl Iterator<Item = usize>, link: usize) {
        for length in blocks {
            let Some((block, others)) = std::mem::take(&mut rest).split_at_mut_checked(length) else {
                return;
            };
            self.split(block, link);
            rest = others;
        }
    }

    /// Splits a block (in order of numbers) from a link of the chain on, and puts it in order.
    fn split(&mut self, block: &mut [usize], link: usize) {
        let tie = self.by.ranking.ties.get(link).filter(|_| block.len() > 1);
        let Some(tie) = tie else {
            return self.order.end(block.len());
        };
        let (values, wins) = match self.ask(tie, link, block) {
            Answer::Values(values, wins) => (values, wins),
            Answer::Pass => return self.split(block, link + 1),
            Answer::Stop => return self.order.end(block.len()),
        };
        let mut valued: Vec<(usize, Exact)> = block.iter().copied().zip(values).collect();
        valued.sort_by(|(_, a), (_, b)| better_first(wins, a, b));
        let parts = || valued.chunk_by(|(_, a), (_, b)| a == b);
        for (upper, lower) in parts().zip(parts().skip(1)) {
            self.note(tie, upper, lower);
        }
        for (place, (i, _)) in block.iter_mut().zip(&valued) {
            *place = *i;
        }
        self.split_each(block, parts().map(<[_]>::len), link + 1);
    }

    fn ask(&mut self, tie: &TieBreak, link: usize, block: &[usize]) -> Answer {
        match tie {
            TieBreak::Chair => return self.decided(DecidedBy::Chair, block),
            TieBreak::Lot => return self.decided(DecidedBy::Lot, block),
            TieBreak::Shared => return Answer::Stop,
            _ => {}
        }
        let wins = self.by.rules.tie_wins(tie);
        // A value that somebody lacks decides nothing: it is not 0.
        match block.iter().map(|i| (self.key)(*i, link)).collect() {
            Some(values) => Answer::Values(values, wins),
            None => {
                let warning = Warning::TieValueMissing {
                    by: tie.as_str().to_owned(),
                    entries: self.numbers(block),
                };
                self.order.warnings.push(warning);
                Answer::Pass
            }
        }
    }

    /// The places in the latest decision that names the whole block; without one the block waits.
    fn decided(&mut self, by: DecidedBy, block: &[usize]) -> Answer {
        let entries = self.numbers(block);
        match decision(self.by.decisions, by, &entries) {
            Some(places) => Answer::Values(places, Wins::Lowest),
            None => {
                self.order.warnings.push(Warning::DecisionAwaited { by, entries });
                Answer::Stop
            }
        }
    }

    fn numbers(&self, block: &[usize]) -> Vec<i64> {
        block
            .iter()
            .filter_map(|i| Some(self.contenders.get(*i)?.number))
            .collect()
    }

    /// Notes on both sides what separated two neighbouring parts of a block.
    fn note(&mut self, tie: &TieBreak, upper: &[(usize, Exact)], lower: &[(usize, Exact)]) {
        if matches!(self.by.noted, Explain::Decide | Explain::Nobody) {
            return;
        }
        let ((Some(last), Some(first)), by) = ((upper.last(), lower.first()), self.by) else {
            return;
        };
        let code = match tie {
            TieBreak::Criterion { code } => Some(code.to_string()),
            TieBreak::EarlierTotal { round } | TieBreak::EarlierRank { round } => Some(round.to_string()),
            TieBreak::Attempt { nth } => Some(nth.to_string()),
            _ => None,
        };
        let decimals = match tie {
            TieBreak::Chair | TieBreak::Lot | TieBreak::EarlierRank { .. } | TieBreak::FirstPlaces => 0,
            TieBreak::MoreDigits => differing_digits(&last.1, &first.1, by.decimals),
            _ => by.decimals,
        };
        let shown = |value: &Exact| match tie {
            TieBreak::MoreDigits => Shown::new(
                value.rounded(decimals, crate::domain::exact::Mode::HalfUp),
                decimals,
            ),
            _ => Shown::new(value.clone(), decimals),
        };
        let sides = [(upper, first, true), (lower, last, false)];
        for (side, (other, theirs), ahead) in sides {
            let Some(with) = self.contenders.get(*other).map(|c| c.number) else {
                continue;
            };
            let noted = |one: &usize| {
                self.contenders
                    .get(*one)
                    .is_some_and(|c| by.noted.covers(c.number))
            };
            for (one, ours) in side.iter().filter(|(one, _)| noted(one)) {
                let note = TieNote {
                    with,
                    ahead,
                    by: tie.as_str().to_owned(),
                    code: code.clone(),
                    ours: shown(ours),
                    theirs: shown(theirs),
                };
                self.order.notes.push((*one, note));
            }
        }
    }
}

/// The place of each entry in the latest decision of a kind that names them all.
pub(crate) fn decision(decisions: &[Decision], by: DecidedBy, entries: &[i64]) -> Option<Vec<Exact>> {
    decisions.iter().rev().filter(|d| d.by == by).find_map(|d| {
        let place = |entry: &i64| d.order.iter().position(|e| e == entry);
        let places: Option<Vec<usize>> = entries.iter().map(place).collect();
        let whole = |place: usize| Some(Exact::whole(i128::try_from(place).ok()? + 1));
        places?.into_iter().map(whole).collect()
    })
}

/// The first number of decimals, from one more than usual, at which two values differ.
fn differing_digits(a: &Exact, b: &Exact, usual: u32) -> u32 {
    let differ = |k: &u32| {
        let cut = |v: &Exact| v.rounded(*k, crate::domain::exact::Mode::HalfUp);
        cut(a) != cut(b)
    };
    (usual + 1..=18).find(differ).unwrap_or(18)
}
