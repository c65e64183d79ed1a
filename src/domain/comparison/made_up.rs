//! Made-up marks, so that rules can be compared before the first mark is given. The same seed gives the same marks.

use crate::domain::exact::Exact;
use crate::domain::points::Points;
use crate::domain::rules::{Criterion, Kind, Rules, TieBreak};
use crate::domain::scoring::{EarlierRound, EntryInput, Input, JudgeInput, Sheet};

/// How many entries and judges to make up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The groups, each with the number of its entries.
    pub groups: Vec<(String, u32)>,
    /// Judges of each group, who mark all of its entries.
    pub judges: u32,
}

/// How far a judge's marks lie from an entry's worth, in thousandths of the scale: by temper, and by chance.
const TEMPER: i64 = 60;
const CHANCE: i64 = 80;

/// Makes up an input for rules. Entries have a worth, judges a temper; a mark is the worth, shifted by temper and
/// chance, on the criterion's scale.
#[must_use]
pub fn input(rules: &Rules, shape: &Shape, seed: u64) -> Input {
    let mut dice = Dice(seed);
    let mut input = Input::default();
    let mut number = 0;
    for (group, entries) in &shape.groups {
        let judges: Vec<(String, i64)> = (1..=shape.judges)
            .map(|n| (format!("{group}-{n}"), dice.around(TEMPER)))
            .collect();
        let seated = judges.iter().zip(classes(rules, judges.len()));
        input.judges.extend(seated.map(|((code, _), class)| JudgeInput {
            code: code.clone(),
            panel: group.clone(),
            class,
            ..JudgeInput::default()
        }));
        for _ in 0..*entries {
            number += 1;
            // The mean of three throws: most entries are middling.
            let worth = (0..3).map(|_| dice.below(1001)).sum::<i64>() / 3;
            input
                .entries
                .push(entry(rules, number, group, worth, &judges, &mut dice));
        }
    }
    input
}

/// The class of each judge: as many as each class needs, then one more of each in turn; none where all are alike.
fn classes(rules: &Rules, judges: usize) -> Vec<Option<String>> {
    let counting = || rules.panel.classes.iter().filter(|class| class.counts());
    let needed = counting().flat_map(|class| {
        let least = usize::try_from(class.minimum()).unwrap_or(judges).min(judges);
        std::iter::repeat_n(class, least)
    });
    let seats = needed.chain(counting().cycle());
    let mut classes: Vec<Option<String>> = seats
        .take(judges)
        .map(|class| Some(class.code.to_string()))
        .collect();
    classes.resize(judges, None);
    classes
}

fn entry(
    rules: &Rules,
    number: i64,
    group: &str,
    worth: i64,
    judges: &[(String, i64)],
    dice: &mut Dice,
) -> EntryInput {
    let mut mark =
        |criterion: &Criterion, temper: i64| on_scale(criterion, worth + temper + dice.around(CHANCE));
    let recorded = rules
        .rubric
        .records()
        .map(|c| (c.code().into_owned(), mark(c.criterion, 0)))
        .collect();
    let sheet = |(judge, temper): &(String, i64)| Sheet {
        judge: judge.clone(),
        marks: rules
            .rubric
            .marked()
            .map(|c| Some(mark(c.criterion, *temper)))
            .collect(),
    };
    let sheets = judges.iter().map(sheet).collect();
    let carried = rules.carry.iter().map(|c| &c.round);
    let named = rules.ranking.ties.iter().filter_map(|tie| match tie {
        TieBreak::EarlierTotal { round } | TieBreak::EarlierRank { round } => Some(round),
        _ => None,
    });
    let earlier = carried.chain(named).map(|round| {
        let total = Exact::from(Points::from_thousandths(
            (worth + dice.around(CHANCE)).max(0) * 100,
        ));
        let result = EarlierRound {
            exact: total.clone(),
            total,
            rank: None,
        };
        (round.to_string(), result)
    });
    EntryInput {
        number,
        group: group.to_owned(),
        panel: group.to_owned(),
        earlier: earlier.collect(),
        recorded,
        sheets,
        ..EntryInput::default()
    }
}

/// A judge fails nobody but entries of less worth than this.
const FAILED: i64 = 150;

/// The value of a criterion at so many thousandths of its scale, on a step.
fn on_scale(criterion: &Criterion, thousandths: i64) -> Points {
    if criterion.kind == Kind::PassFail {
        return if thousandths < FAILED {
            Points::ZERO
        } else {
            Points::ONE
        };
    }
    let (min, step) = (criterion.min.thousandths(), criterion.step.thousandths().max(1));
    let steps = (criterion.maximum().thousandths() - min) / step;
    let nearest = (i128::from(steps) * i128::from(thousandths.clamp(0, 1000)) + 500) / 1000;
    Points::from_thousandths(min + i64::try_from(nearest).unwrap_or(0) * step)
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to one less than `bound`.
    fn below(&mut self, bound: u64) -> i64 {
        i64::try_from(self.next().checked_rem(bound).unwrap_or(0)).unwrap_or(0)
    }

    /// From `-most` to `most`.
    fn around(&mut self, most: i64) -> i64 {
        self.below(u64::try_from(2 * most + 1).unwrap_or(1)) - most
    }
}
