//! The rules of a round: one document that says how marks become places and places become finalists.
//!
//! A document is JSON with `"schema": 1`. [`Rules::parse`] reads it, names every wrong place with a JSON pointer, and
//! refuses what contradicts itself; what needs the competition to be judged (earlier rounds, fields, groups) is
//! [`Rules::fits`]. A document that nobody can read wrongly is short: a setting that is left out has the value that a
//! secretary would expect, and a setting that the engine does not know is refused, never ignored.

mod advance;
mod aggregate;
mod attempts;
mod awards;
mod carry;
mod check;
mod classes;
mod drop;
mod equalise;
mod missing;
mod penalties;
mod ranking;
mod ranks;
mod read;
mod rounding;
mod rubric;
mod scaled;
mod schema;
pub mod templates;
mod veto;

use serde::Serialize;
use utoipa::ToSchema;

pub use advance::{Advance, Nominations, PerGroup, Share, ShareBy, ShareOf, Stream, TieAtCut, TiePolicy};
pub use aggregate::{Absent, Aggregate, Combine, Over, Panel, Trim};
pub use attempts::{Attempts, Slot, Take, TakeWord, Together};
pub use awards::{Award, AwardBy, Portion};
pub use carry::{Carry, CarryOf, MissingRound};
pub use classes::{EmptyClass, JudgeClass};
pub use drop::Drop;
pub use equalise::{Deviation, Equalise, Observed, Rescale, Scale, ZScore};
pub use penalties::{Effect, Penalty};
pub use ranking::{RankStyle, Ranking, TieBreak, Unqualified, Wins};
pub use ranks::Unequal;
pub use rounding::{RoundTo, Rounding};
pub use rubric::{Comment, Counts, Criterion, Kind, Level, MissingMarks, Rubric, SheetTotal};
pub use scaled::{ScaleBy, Scaled};
pub use schema::schema;
pub use veto::Rejects;

pub(crate) use missing::{common_multiple, in_proportion};

use self::read::{Fields, Node, Read};
use self::rubric::is_default;
use super::exact::Exact;
use super::invalid::Invalid;
use super::points::Points;
use super::text::{Code, Text};

/// The rules of a round. Serialised, they are the canonical form of their document: no key that says what would hold
/// anyway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rules {
    /// The version of the document's form: 1.
    pub schema: u32,
    /// What the round is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// What is marked.
    pub rubric: Rubric,
    /// The judges that mark the same entries.
    #[serde(skip_serializing_if = "is_default")]
    pub panel: Panel,
    /// How the judges' sheets become one value.
    #[serde(skip_serializing_if = "is_default")]
    pub aggregate: Aggregate,
    /// How entries that different judges marked are made comparable; without a word they are compared as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equalise: Option<Equalise>,
    /// Where values are rounded.
    #[serde(skip_serializing_if = "is_default")]
    pub rounding: Rounding,
    /// Penalties and bonuses that are counted by a quantity.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub penalties: Vec<Penalty>,
    /// What this round's own total is multiplied by before earlier rounds are added; without a word 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_weight: Option<Points>,
    /// What earlier rounds contribute.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub carry: Vec<Carry>,
    /// How many of the contributions of this and the earlier rounds count, the best ones; without a word all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_of: Option<u32>,
    /// How entries are put in order.
    #[serde(skip_serializing_if = "is_default")]
    pub ranking: Ranking,
    /// Who goes on; without a word nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advance: Option<Advance>,
    /// Who is awarded in each group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub awards: Vec<Award>,
    /// Whether an entry gets no second award: each award, in the order of the list, goes to the best who have none.
    #[serde(skip_serializing_if = "is_default")]
    pub one_award_per_entry: bool,
}

/// What a rules document has to fit into.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The rounds before this one.
    pub earlier_rounds: Vec<Code>,
    /// What entries can be grouped by: `region`, `track`, the codes of choice fields.
    pub groupable: Vec<Code>,
    /// How many groups there are, once that is known.
    pub groups: Option<u32>,
}

/// What is wrong with a title alone.
const TEXTS: &[&str] = &["text_too_long", "character_not_in_line", "text_empty"];

impl Rules {
    /// Whether ties are broken by this word of [`TieBreak::as_str`].
    #[must_use]
    pub fn breaks_ties_by(&self, word: &str) -> bool {
        self.ranking.ties.iter().any(|link| link.as_str() == word)
    }

    /// Reads a document.
    ///
    /// # Errors
    /// Every wrong place: no JSON, an unknown or missing key, a wrong type; in a document that can be read, every
    /// contradiction.
    pub fn parse(document: &str) -> Result<Self, Invalid> {
        let mut errors = Invalid::default();
        let node = Node::parse(document)?;
        let read = Self::read(&node, "", &mut errors);
        let rules = match read {
            // A text that is no line says nothing about what else is wrong.
            Some(rules) if errors.0.iter().all(|e| TEXTS.contains(&e.code)) => rules.with_direction(&node),
            _ => return Err(errors),
        };
        check::contradictions(&rules, &mut errors);
        errors.into_result().map(|()| rules)
    }

    /// Whether the document fits the competition around it.
    ///
    /// # Errors
    /// Every place that doesn't: a round that is not an earlier one, an unknown field, more minimum places than there
    /// are places.
    pub fn fits(&self, surroundings: &Surroundings) -> Result<(), Invalid> {
        let mut errors = Invalid::default();
        check::misfits(self, surroundings, &mut errors);
        errors.into_result()
    }

    /// Sheets without which an entry is unranked.
    #[must_use]
    pub fn minimum_sheets(&self) -> u32 {
        let usual = u32::from(self.rubric.marked().next().is_some());
        self.panel.minimum_sheets.unwrap_or(usual)
    }

    /// Where the total is rounded for the last time; ties are decided on the value as it is then.
    #[must_use]
    pub fn last_rounding(&self) -> Option<RoundTo> {
        if self.carry.is_empty() {
            self.rounding.entry
        } else {
            self.rounding.round.or(self.unmixed_rounding())
        }
    }

    /// A sum of rounded totals with whole weights needs no rounding of its own, and has their decimals.
    fn unmixed_rounding(&self) -> Option<RoundTo> {
        let whole = |points: Points| points.decimals() == 0;
        let unmixed_without = |missing| matches!(missing, MissingRound::Refuse | MissingRound::LeaveOut);
        let unmixed = whole(self.own_weight.unwrap_or(Points::ONE))
            && self
                .carry
                .iter()
                .all(|c| whole(c.weight) && c.of == CarryOf::Rounded && unmixed_without(c.missing));
        self.rounding.entry.filter(|_| unmixed)
    }

    /// Decimals with which totals are shown at least.
    #[must_use]
    pub fn decimals(&self) -> u32 {
        self.last_rounding().map_or(0, |to| to.decimals)
    }

    /// The most that a sheet can total; where entries have several attempts, for one of them.
    #[must_use]
    pub fn sheet_maximum(&self) -> Exact {
        let one = Points::ONE;
        let factor = |c: &Criterion| Exact::from(c.factor.or(c.weight).unwrap_or(one));
        // Where criteria are dropped, what is left of the greatest terms is the most that can be left.
        let drop = self.rubric.drop.filter(|_| self.aggregate.over == Over::Sheets);
        let sum = |term: fn(Exact, Exact) -> Exact| {
            let terms = self
                .rubric
                .counting()
                .map(|c| term(factor(c), c.maximum().into()));
            let mut terms: Vec<Exact> = terms.collect();
            terms.sort();
            let kept = drop.unwrap_or_default().kept(terms.len());
            let kept = terms.get(kept).unwrap_or_default();
            kept.iter().fold(Exact::ZERO, |sum, term| &sum + term)
        };
        match self.rubric.total {
            SheetTotal::Sum => sum(|factor, max| &factor * &max),
            SheetTotal::Mean => sum(|factor, max| &factor * &max)
                .divided_by(&sum(|factor, _| factor))
                .unwrap_or(Exact::ZERO),
        }
    }

    /// Whether advancement compares entries of different groups, so that it can only be decided for all at once.
    #[must_use]
    pub fn spans_groups(&self) -> bool {
        let grouped = !self.ranking.group_by.is_empty();
        let spans = |advance: &Advance| advance.places.is_some() || advance.maximum_per_institution.is_some();
        let advance = self.advance.as_ref();
        let advance =
            advance.is_some_and(|a| spans(a) || a.streams.iter().any(|stream| spans(&stream.terms())));
        grouped && (advance || self.awards.iter().any(|award| award.across_groups))
    }
}

impl Read for Rules {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let schema = f.required("schema", errors);
        let title = f.optional("title", errors);
        let rubric = f.required("rubric", errors);
        let panel = f.or_default("panel", errors);
        let aggregate = f.or_default("aggregate", errors);
        let equalise = f.optional("equalise", errors);
        let rounding = f.or_default("rounding", errors);
        let penalties = f.or_default("penalties", errors);
        let own_weight = f.optional("own_weight", errors);
        let carry = f.or_default("carry", errors);
        let best_of = f.optional("best_of", errors);
        let ranking = f.or_default("ranking", errors);
        let advance = f.optional("advance", errors);
        let awards = f.or_default("awards", errors);
        let one_award_per_entry = f.or_default("one_award_per_entry", errors);
        f.finish(errors);
        Some(Self {
            schema: schema?,
            title,
            rubric: rubric?,
            panel,
            aggregate,
            equalise,
            rounding,
            penalties,
            own_weight,
            carry,
            best_of,
            ranking,
            advance,
            awards,
            one_award_per_entry,
        })
    }
}

#[cfg(test)]
mod tests;
