//! What a round's results are computed from: plain values, in any order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fixed::FixedScales;
use super::standings::Rank;
use crate::domain::exact::Exact;
use crate::domain::points::Points;

/// Everything that happened in one or more groups of a round.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    /// The entries with what was given to them.
    pub entries: Vec<EntryInput>,
    /// The judges of the round: their classes, who of them breaks ties with sealed sheets, and whose sheets are missing.
    pub judges: Vec<JudgeInput>,
    /// What was decided about ties, oldest first.
    pub decisions: Vec<Decision>,
    /// What makes panels comparable, by group, as it was fixed when the results were closed; computed where there is none.
    pub fixed: FixedScales,
}

/// A judge of the round.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct JudgeInput {
    /// The judge's code, unique in the round.
    pub code: String,
    /// The panel whose entries the judge marks.
    pub panel: String,
    /// Whether the judge's sheets count nowhere and are opened only to break a tie.
    pub sealed: bool,
    /// The judge's class, if the judges have classes.
    pub class: Option<String>,
}

/// An entry with what was given to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryInput {
    /// The entry's number, unique.
    pub number: i64,
    /// The group in which it is ranked.
    pub group: String,
    /// The panel that marks it.
    pub panel: String,
    /// Whose entry it is, for limits per institution.
    pub institution: Option<String>,
    /// Whether it takes part.
    pub participation: Participation,
    /// The submitted sheets; at most one of each judge.
    pub sheets: Vec<Sheet>,
    /// Judges of its panel who stepped down or were absent, so that nobody waits for their sheets.
    pub excused: Vec<String>,
    /// Recorded criteria by code.
    pub recorded: BTreeMap<String, Points>,
    /// Penalties and bonuses.
    pub adjustments: Vec<Adjustment>,
    /// Results of earlier rounds by the round's code.
    pub earlier: BTreeMap<String, EarlierRound>,
}

/// Whether an entry takes part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Participation {
    /// It does.
    #[default]
    TakingPart,
    /// It stepped back.
    Withdrawn {
        /// Why, as it was recorded.
        reason: String,
    },
    /// It was disqualified.
    Disqualified {
        /// Why, as it was recorded.
        reason: String,
    },
}

/// One judge's marks for one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The judge's code.
    pub judge: String,
    /// A mark for each judged criterion in the rubric's order; none where the judge gave none.
    pub marks: Vec<Option<Points>>,
}

/// A penalty (below 0) or a bonus.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adjustment {
    /// What is added, where no rule counts it.
    pub points: Points,
    /// Why.
    pub reason: String,
    /// The penalty of the rules that counts it.
    pub rule: Option<String>,
    /// The quantity that was measured for it: seconds over time.
    pub quantity: Option<Points>,
}

/// An entry's result in an earlier round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierRound {
    /// The total as published.
    pub total: Exact,
    /// The total before its last rounding.
    pub exact: Exact,
    /// The rank, if it had one.
    pub rank: Option<Rank>,
}

/// A recorded decision about a tie. It holds for every tie whose entries it names all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Who or what decided.
    pub by: DecidedBy,
    /// The entries, the best first.
    pub order: Vec<i64>,
}

crate::code_enum! {
    /// Who or what decides a tie.
    pub enum DecidedBy {
        /// The chair of the panel.
        Chair = "chair",
        /// A lot that was drawn and recorded.
        Lot = "lot",
        /// The organizers, about a place at a cut.
        Organizers = "organizers",
    }
}
