//! What `tabulate` gives: places with every number that led to them.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;
use utoipa::ToSchema;

use super::derivation::{BelowLine, Derivation};
use super::equalised::Equalised;
use super::fixed::FixedScale;
use super::input::Decision;
use super::warning::Warning;
use crate::domain::exact::{Exact, Shown};
use crate::domain::points::Points;

/// The standings of one or more groups, in order of group, place and number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Standings {
    /// The entries' places.
    pub entries: Vec<Standing>,
    /// Who judged in each group.
    pub groups: Vec<GroupSummary>,
    /// What somebody should look at.
    pub warnings: Vec<Warning>,
    /// The decisions that were known.
    pub decisions: Vec<Decision>,
}

/// A group with the judges whose sheets counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupSummary {
    /// The group.
    pub group: String,
    /// How many of its entries are ranked.
    pub ranked: usize,
    /// Judges whose sheets counted for at least one entry.
    pub judges: Vec<String>,
    /// What made its panels comparable.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub equalised: Option<Equalised>,
    /// The same with every digit, to be fixed when the results are closed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scale: Option<FixedScale>,
}

/// An entry's computed place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Standing {
    /// The entry's number.
    pub entry: i64,
    /// The group in which it is ranked.
    #[schema(value_type = String)]
    pub group: SmolStr,
    /// Whether it has a place.
    pub status: Status,
    /// Why it has none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Reason>,
    /// Its rank as the rules count ranks.
    pub rank: Option<Rank>,
    /// One more than the number of entries ahead of it in its group.
    pub place: Option<u32>,
    /// Whether it shares its place.
    pub tied: bool,
    /// Its total as rounded last; ties are decided on this.
    pub total: Option<Shown>,
    /// Its total before the last rounding.
    pub exact: Option<Exact>,
    /// This round alone, where earlier rounds are carried over.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub own: Option<Own>,
    /// Whose entry it is, for limits per institution.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub institution: Option<String>,
    /// Its value for each link of the tie-break chain, so that entries of different groups can be compared.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub keys: Vec<Option<Exact>>,
    /// Its value of each criterion that an award goes by.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub award_values: BTreeMap<String, Exact>,
    /// What it does not reach, so that it can neither go on nor win an award.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub below: Vec<BelowLine>,
    /// Every number that led here, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub derivation: Option<Box<Derivation>>,
}

/// An entry's result in this round alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Own {
    /// The round's total.
    pub total: Shown,
    /// The rank that it would give, ties broken by the same chain.
    pub rank: Rank,
}

crate::code_enum! {
    /// Whether an entry has a place.
    pub enum Status {
        /// It has one.
        Ranked = "ranked",
        /// Its marks don't suffice for one.
        Unranked = "unranked",
        /// It was disqualified.
        Disqualified = "disqualified",
        /// It stepped back.
        Withdrawn = "withdrawn",
    }
}

/// Why an entry has no place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// Fewer sheets count than the rules ask for.
    TooFewSheets {
        /// Sheets that count.
        present: usize,
        /// Sheets that the rules ask for.
        minimum: u32,
    },
    /// Fewer sheets of a class of judges count than the rules ask for.
    ClassTooFew {
        /// The class.
        class: String,
        /// Sheets that count.
        present: usize,
        /// Sheets that the rules ask for.
        minimum: u32,
    },
    /// No mark is left of a criterion.
    NothingLeft,
    /// Fewer attempts have a value than the rules count.
    TooFewAttempts {
        /// Attempts that have one.
        present: usize,
        /// Attempts that count.
        needed: u32,
    },
    /// Judges' ranks are added up, and entries of the group have unequal numbers of judges.
    JudgesUnequal {
        /// The fewest judges of an entry.
        fewest: usize,
        /// The most judges of an entry.
        most: usize,
    },
    /// Judges failed it.
    Rejected {
        /// The pass/fail criterion.
        criterion: String,
        /// How many failed it.
        fails: usize,
        /// Of how many who could.
        of: usize,
    },
    /// Entries share the points for their ranks in so many ways that no sensible fraction holds them.
    PointsTooFine,
    /// It does not reach what a criterion asks for.
    NotQualified {
        /// The criterion.
        criterion: String,
        /// Its value; none where it has none.
        value: Option<Box<Shown>>,
        /// What is asked for.
        needed: Box<Shown>,
    },
    /// A recorded criterion has no value.
    RecordedMissing {
        /// The criterion.
        criterion: String,
    },
    /// It has no result in a round that is carried over.
    EarlierMissing {
        /// The round.
        round: String,
    },
    /// The judges and entries of its group fall into sets that share nothing, so that marks can't be compared.
    Unconnected {
        /// How many sets there are.
        sets: usize,
        /// How many more entries marked by judges of two sets would connect them.
        shared: usize,
    },
    /// The factor of a panel of its group can't be computed: the panel's mean is 0.
    PanelMeanZero {
        /// The panel.
        panel: String,
    },
    /// Its group has more judges than their severity is computed for.
    TooManyJudges {
        /// How many there are.
        judges: usize,
        /// For how many it is computed.
        maximum: usize,
    },
    /// What makes panels comparable was fixed when the results were closed, and its panel had no value then.
    PanelWithoutFactor {
        /// The panel.
        panel: String,
    },
    /// A penalty of the rules disqualifies it.
    Penalised {
        /// The penalty.
        rule: String,
        /// The quantity that was measured.
        quantity: Box<Exact>,
        /// The quantity from which entries are disqualified.
        from: Box<Exact>,
    },
    /// Somebody decided so.
    Stated {
        /// The recorded reason.
        reason: String,
    },
}

/// A rank: a whole number, or a half where tied entries share the mean of their places. Held in halves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = f64, example = 3)]
pub struct Rank(u32);

impl Rank {
    /// A whole rank.
    #[must_use]
    pub const fn whole(rank: u32) -> Self {
        Self(rank.saturating_mul(2))
    }

    /// The mean of the places from `first` to `last`.
    #[must_use]
    pub const fn between(first: u32, last: u32) -> Self {
        Self(first.saturating_add(last))
    }

    /// The rank in halves.
    #[must_use]
    pub fn halves(self) -> i128 {
        self.0.into()
    }

    /// The rank as an exact number.
    #[must_use]
    pub fn exact(self) -> Exact {
        Exact::over(self.0.into(), 2).unwrap_or(Exact::ZERO)
    }
}

impl std::fmt::Display for Rank {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let half = if self.0.is_multiple_of(2) { "" } else { ".5" };
        write!(f, "{}{half}", self.0 / 2)
    }
}

impl std::str::FromStr for Rank {
    type Err = crate::domain::points::PointsError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let thousandths = given.parse::<Points>()?.thousandths();
        let halves = u32::try_from(thousandths / 500).map_err(|_| Self::Err::NotANumber)?;
        if thousandths % 500 == 0 {
            Ok(Self(halves))
        } else {
            Err(Self::Err::NotANumber)
        }
    }
}

impl Serialize for Rank {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(2) {
            s.serialize_u32(self.0 / 2)
        } else {
            s.serialize_f64(f64::from(self.0) / 2.0)
        }
    }
}

impl<'de> Deserialize<'de> for Rank {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(d)?;
        number
            .to_string()
            .parse()
            .map_err(|_| D::Error::custom(format!("{number} is no rank")))
    }
}
