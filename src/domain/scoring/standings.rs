//! What `tabulate` gives: places with every number that led to them, and what somebody should look at.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use super::input::{DecidedBy, Decision};
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
}

/// An entry's computed place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Standing {
    /// The entry's number.
    pub entry: i64,
    /// The group in which it is ranked.
    pub group: String,
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
    /// Every number that led here, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub derivation: Option<Derivation>,
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
    /// No mark is left of a criterion.
    NothingLeft,
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

/// Every number that led to a total, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Derivation {
    /// The judges' sheets, the highest first.
    pub sheets: Vec<SheetLine>,
    /// The judged criteria: the panel's score, or the mean of the marks on the sheets that counted.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub criteria: Vec<CriterionLine>,
    /// What was computed, in order.
    pub steps: Vec<Step>,
    /// What broke ties with the neighbours.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub ties: Vec<TieNote>,
}

/// One judge's sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetLine {
    /// The judge.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    pub judge: String,
    /// Its total; none when it is incomplete.
    pub total: Option<Shown>,
    /// Why it did not count, if it didn't.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dropped: Option<Dropped>,
}

crate::code_enum! {
    /// Why a sheet or a mark did not count.
    pub enum Dropped {
        /// It was among the highest.
        Highest = "highest",
        /// It was among the lowest.
        Lowest = "lowest",
        /// Its judge did not mark every entry of the panel.
        SetAside = "set_aside",
        /// It lacks marks.
        Incomplete = "incomplete",
    }
}

/// A judged criterion across judges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CriterionLine {
    /// The criterion.
    pub code: String,
    /// The marks, the highest first, where judges are combined by criterion.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub marks: Vec<MarkLine>,
    /// The value before rounding.
    pub exact: Exact,
    /// The value.
    pub value: Shown,
    /// The value times the criterion's factor, as rounded, where judges are combined by criterion.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub weighted: Option<Shown>,
}

/// One judge's mark of a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarkLine {
    /// The judge.
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    pub judge: String,
    /// The mark.
    pub mark: Shown,
    /// Why it did not count, if it didn't.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dropped: Option<Dropped>,
}

/// One step of the computation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// The mean of the sheets that counted.
    Mean(Across),
    /// The median of the sheets that counted.
    Median(Across),
    /// The sum of the sheets that counted.
    Sum(Across),
    /// The sum of the weighted criteria: what the judges' marks give.
    ComponentScore {
        /// Before rounding.
        exact: Exact,
        /// As rounded.
        rounded: Shown,
    },
    /// Multiplied by a recorded criterion.
    Multiplied {
        /// The criterion.
        code: String,
        /// Its value.
        by: Shown,
        /// What comes out.
        exact: Exact,
    },
    /// A recorded criterion was added.
    Recorded {
        /// The criterion.
        code: String,
        /// Its value.
        value: Shown,
        /// What was added: the value times its factor, as rounded.
        added: Shown,
    },
    /// A penalty or bonus.
    Adjusted {
        /// What was added.
        points: Shown,
        /// Why.
        reason: String,
    },
    /// This round's total.
    Entry {
        /// Before rounding.
        exact: Exact,
        /// As rounded.
        rounded: Shown,
    },
    /// What this round contributes to the total.
    OwnPart {
        /// Its weight.
        weight: Shown,
        /// Its value.
        value: Shown,
        /// The product.
        added: Exact,
    },
    /// What an earlier round contributes to the total.
    Carried {
        /// The round.
        round: String,
        /// Its weight.
        weight: Shown,
        /// Its value.
        value: Shown,
        /// The product.
        added: Exact,
        /// Whether the entry has no result there and the rules' value was taken.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        assumed: bool,
    },
    /// Rounds that the entry has no result in were left out, and the weights of the others count in proportion.
    Renormalised {
        /// The rounds left out.
        without: Vec<String>,
        /// What the sum was multiplied by.
        by: Exact,
    },
    /// The total with earlier rounds.
    Round {
        /// Before rounding.
        exact: Exact,
        /// As rounded.
        rounded: Shown,
    },
}

/// A value across judges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Across {
    /// How many sheets counted.
    pub of: usize,
    /// Their sum.
    pub sum: Shown,
    /// The value before rounding.
    pub exact: Exact,
    /// The value as rounded.
    pub rounded: Shown,
}

/// What broke a tie with a neighbour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TieNote {
    /// The neighbour.
    pub with: i64,
    /// Whether this entry is ahead of it.
    pub ahead: bool,
    /// The link of the chain: `criterion`, `untrimmed_sum`, `chair` …
    pub by: String,
    /// The criterion or the earlier round that the link names.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    /// This entry's value; for a decision its place in it.
    pub ours: Shown,
    /// The neighbour's.
    pub theirs: Shown,
}

/// What somebody should look at before the result is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the fields are the parameters of the sentences in words/*/scoring.ftl"
)]
pub enum Warning {
    /// An entry is unranked: fewer sheets count than the rules ask for.
    TooFewSheets {
        entry: i64,
        present: usize,
        minimum: u32,
    },
    /// An entry is unranked: no mark is left of a criterion.
    NothingLeft { entry: i64 },
    /// An entry is unranked: a recorded criterion has no value.
    RecordedMissing { entry: i64, criterion: String },
    /// An entry is unranked: it has no result in a round that is carried over.
    EarlierMissing { entry: i64, round: String },
    /// A sheet does not count: it lacks marks.
    SheetIncomplete { entry: i64, judge: String },
    /// A judge of the entry's panel who is not excused gave no sheet.
    SheetMissing { entry: i64, judge: String },
    /// A judge is left out of a group, since they did not mark every entry of their panel there.
    JudgeSetAside {
        group: String,
        judge: String,
        missing: Vec<i64>,
    },
    /// Tied entries share a place until a decision is recorded.
    DecisionAwaited { by: DecidedBy, entries: Vec<i64> },
    /// A link of the chain could not be asked: some of the tied entries have no value for it.
    TieValueMissing { by: String, entries: Vec<i64> },
    /// A place at a cut is tied.
    TieAtCut {
        group: Option<String>,
        entries: Vec<i64>,
        policy: String,
    },
    /// Reserves have equal places; they are numbered in order of their entry numbers until a decision is recorded.
    ReservesTied { entries: Vec<i64> },
    /// Tied entries of one institution, not all of which may go on; those with the lower numbers did.
    InstitutionTied { entries: Vec<i64> },
    /// Entries of groups that had different judges were compared.
    GroupsCompared { groups: Vec<String> },
    /// The rules give a group no places.
    GroupWithoutPlaces { group: String },
    /// Fewer entries than places.
    PlacesLeft {
        group: Option<String>,
        places: u32,
        left: u32,
    },
    /// More places are promised than there are.
    PlacesExceeded { places: u32, taken: u32 },
    /// An award goes to more or fewer entries than it has places, since places are tied.
    AwardTied { award: String, entries: Vec<i64> },
    /// Places can't be shared out before the number of entrants of every group is known.
    SizesMissing { groups: Vec<String> },
    /// Equal remainders of equally large groups: a lot must say which gets the place.
    ShareLotAwaited { groups: Vec<String>, places: u32 },
}
