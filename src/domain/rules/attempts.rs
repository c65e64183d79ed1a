//! Several attempts of an entry: dives, runs of a robot; and the places on the form that they make.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use super::read::{Fields, Node, Read, expected, read_words};
use super::rubric::{Criterion, Kind, Rubric, SheetTotal, is_default};
use super::{Rules, TieBreak};
use crate::domain::invalid::{FieldError, Invalid};

/// The most attempts of an entry.
const MOST_ATTEMPTS: u32 = 50;

/// How often an entry is marked, and which of its attempts count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Attempts {
    /// How many attempts there are.
    pub count: u32,
    /// What is made of them.
    pub take: Take,
}

/// What is made of an entry's attempts: `"best"`, `"sum"`, `"mean"`, or the best of them (`{ "best": 2 }`, added up;
/// `{ "best": 2, "by": "mean" }`). A missing attempt is left out where the best count, as long as there are enough, and
/// leaves the entry unranked where all of them count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Take {
    /// One word.
    Word(TakeWord),
    /// So many of the best.
    Best {
        /// How many.
        best: u32,
        /// How they are combined; without a word added up.
        #[serde(skip_serializing_if = "is_default")]
        by: Together,
    },
}

crate::code_enum! {
    /// What is made of an entry's attempts.
    pub enum TakeWord {
        /// The best one counts.
        Best = "best",
        /// Their sum.
        Sum = "sum",
        /// Their mean.
        Mean = "mean",
    }
}

crate::code_enum! {
    /// How the attempts that count are combined.
    #[derive(Default)]
    pub enum Together {
        /// Their sum.
        #[default]
        Sum = "sum",
        /// Their mean.
        Mean = "mean",
    }
}

read_words!(TakeWord, Together);

impl Attempts {
    /// How many attempts count, the best ones.
    #[must_use]
    pub const fn counting(&self) -> u32 {
        match self.take {
            Take::Word(TakeWord::Best) => 1,
            Take::Word(TakeWord::Sum | TakeWord::Mean) => self.count,
            Take::Best { best, .. } => best,
        }
    }

    /// How those that count are combined.
    #[must_use]
    pub const fn together(&self) -> Together {
        match self.take {
            Take::Word(TakeWord::Best | TakeWord::Sum) => Together::Sum,
            Take::Word(TakeWord::Mean) => Together::Mean,
            Take::Best { by, .. } => by,
        }
    }

    /// Whether an entry may do without an attempt.
    #[must_use]
    pub const fn may_lack_one(&self) -> bool {
        self.counting() < self.count
    }
}

/// A place on the form: a criterion, in one of its attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot<'a> {
    /// The criterion.
    pub criterion: &'a Criterion,
    /// The attempt from 1, where the criterion has several.
    pub attempt: Option<u32>,
}

impl<'a> Slot<'a> {
    /// What marks and recorded values are called by: `execution`, or `execution.2` in the second attempt.
    #[must_use]
    pub fn code(&self) -> Cow<'a, str> {
        let code = self.criterion.code.as_str();
        match self.attempt {
            None => Cow::Borrowed(code),
            Some(attempt) => Cow::Owned(format!("{code}.{attempt}")),
        }
    }
}

impl Rubric {
    /// How many attempts a criterion has; none where it is marked once.
    fn attempts_of(&self, criterion: &Criterion) -> Option<u32> {
        let attempts = self.attempts.as_ref()?;
        (criterion.per_attempt && criterion.kind != Kind::PassFail)
            .then_some(attempts.count.min(MOST_ATTEMPTS))
    }

    /// Whether a criterion exists once for each attempt.
    #[must_use]
    pub fn is_per_attempt(&self, criterion: &Criterion) -> bool {
        self.attempts_of(criterion).is_some()
    }

    /// The criteria of one attempt, or those outside the attempts, of a kind and in order.
    fn slots(&self, kind: Kind, attempt: Option<u32>) -> impl Iterator<Item = Slot<'_>> {
        let of_kind = self.criteria.iter().filter(move |c| c.kind == kind);
        let here = of_kind.filter(move |c| self.is_per_attempt(c) == attempt.is_some());
        here.map(move |criterion| Slot { criterion, attempt })
    }

    /// Each attempt from 1; a document that asks for too many is walked through too, before it is refused.
    fn numbers(&self) -> std::ops::RangeInclusive<u32> {
        1..=self.attempts.as_ref().map_or(0, |a| a.count.min(MOST_ATTEMPTS))
    }

    /// The criteria that judges mark in an attempt, or outside the attempts.
    pub fn judged_in(&self, attempt: Option<u32>) -> impl Iterator<Item = Slot<'_>> {
        self.slots(Kind::Judged, attempt)
    }

    /// The criteria that organizers record for an attempt, or outside the attempts.
    pub fn recorded_in(&self, attempt: Option<u32>) -> impl Iterator<Item = Slot<'_>> {
        self.slots(Kind::Recorded, attempt)
    }

    /// What a sheet holds, in order: attempt by attempt, then what is marked once, then what is passed or failed.
    pub fn marked(&self) -> impl Iterator<Item = Slot<'_>> {
        let attempts = self.numbers().flat_map(|n| self.judged_in(Some(n)));
        let once = self.judged_in(None).chain(self.slots(Kind::PassFail, None));
        attempts.chain(once)
    }

    /// What organizers record for an entry, attempt by attempt, then what is recorded once.
    pub fn records(&self) -> impl Iterator<Item = Slot<'_>> {
        let attempts = self.numbers().flat_map(|n| self.recorded_in(Some(n)));
        attempts.chain(self.recorded_in(None))
    }

    /// The place on the form that a code names, judged or recorded.
    #[must_use]
    pub fn slot(&self, code: &str) -> Option<Slot<'_>> {
        if let Some(criterion) = self.criterion(code) {
            let attempt = None;
            return (!self.is_per_attempt(criterion)).then_some(Slot { criterion, attempt });
        }
        let (base, attempt) = code.rsplit_once('.')?;
        let (criterion, attempt) = (self.criterion(base)?, attempt.parse().ok()?);
        let slot = Slot {
            criterion,
            attempt: Some(attempt),
        };
        let known = (1..=self.attempts_of(criterion)?).contains(&attempt) && slot.code() == code;
        known.then_some(slot)
    }
}

impl Read for Attempts {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let count = f.required("count", errors);
        let take = f.required("take", errors);
        f.finish(errors);
        Some(Self {
            count: count?,
            take: take?,
        })
    }
}

impl Read for Take {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        match node {
            Node::Text(_) => TakeWord::read(node, at, errors).map(Self::Word),
            Node::Map(_) => {
                let mut f = Fields::of(node, at, errors)?;
                let best = f.required("best", errors);
                let by = f.or_default("by", errors);
                f.finish(errors);
                Some(Self::Best { best: best?, by })
            }
            _ => expected("word_or_best", at, errors),
        }
    }
}

/// Notes what contradicts itself about attempts.
pub(super) fn check(rules: &Rules, errors: &mut Invalid) {
    let rubric = &rules.rubric;
    let Some(attempts) = &rubric.attempts else {
        for (i, _) in rubric.criteria.iter().enumerate().filter(|(_, c)| !c.per_attempt) {
            let at = format!("/rubric/criteria/{i}/per_attempt");
            errors.push(FieldError::new(at, "per_attempt_without_attempts"));
        }
        return;
    };
    if !(2..=MOST_ATTEMPTS).contains(&attempts.count) {
        let error = FieldError::new("/rubric/attempts/count", "attempts_out_of_range");
        errors.push(error.with("maximum", MOST_ATTEMPTS));
    }
    if !(1..=attempts.count).contains(&attempts.counting()) {
        let error = FieldError::new("/rubric/attempts/take/best", "best_out_of_range");
        errors.push(error.with("count", attempts.count));
    }
    if !rubric.criteria.iter().any(|c| rubric.is_per_attempt(c)) {
        errors.push(FieldError::new("/rubric/attempts", "attempts_of_nothing"));
    }
    let apart = |attempt| rubric.judged_in(attempt).next().is_some();
    if rubric.total == SheetTotal::Mean && apart(Some(1)) && apart(None) {
        errors.push(FieldError::new("/rubric/total", "mean_across_attempts"));
    }
    for (i, tie) in rules.ranking.ties.iter().enumerate() {
        if let TieBreak::Judged
        | TieBreak::UntrimmedSum
        | TieBreak::HighestSheet
        | TieBreak::LowestSheet
        | TieBreak::Median
        | TieBreak::Sealed
        | TieBreak::FirstPlaces = tie
        {
            let error = FieldError::new(format!("/ranking/ties/{i}"), "tie_break_of_one_attempt");
            errors.push(error.with("by", tie.as_str()));
        }
    }
}
