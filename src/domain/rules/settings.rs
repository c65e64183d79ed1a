//! From sheets to places: panels, aggregation, rounding, carrying over, ranking.

use serde::Serialize;
use utoipa::ToSchema;

use super::read::{Fields, Node, Read, expected, read_words, unknown_word};
use super::rubric::{is_default, is_one};
use crate::domain::codes::UnknownCode;
use crate::domain::exact::{Exact, Mode};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;
use crate::domain::text::Code;

/// The judges that mark the same entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Panel {
    /// An entry with fewer sheets is unranked; without a word 1, or 0 where judges mark nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_sheets: Option<u32>,
    /// Whether every judge must have marked every entry; one who left early is set aside for all of them.
    #[serde(skip_serializing_if = "is_default")]
    pub common: bool,
}

/// How the judges' sheets become one value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Aggregate {
    /// What is combined: the totals of the sheets, or the marks of each criterion.
    #[serde(skip_serializing_if = "is_default")]
    pub over: Over,
    /// How it is combined.
    #[serde(skip_serializing_if = "is_default")]
    pub by: Combine,
    /// How many of the highest and lowest are dropped first, by the number present; without a word none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trim: Vec<Trim>,
}

/// How many values are dropped when at least so many are present; the step with the greatest `from` counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Trim {
    /// The least number of values present.
    pub from: u32,
    /// How many of the highest are dropped.
    #[serde(skip_serializing_if = "is_default")]
    pub high: u32,
    /// How many of the lowest are dropped.
    #[serde(skip_serializing_if = "is_default")]
    pub low: u32,
}

crate::code_enum! {
    /// What is combined across judges.
    #[derive(Default)]
    pub enum Over {
        /// The totals of their sheets.
        #[default]
        Sheets = "sheets",
        /// Their marks, criterion by criterion; the criteria are then added up.
        Criteria = "criteria",
    }
}

crate::code_enum! {
    /// How values are combined across judges.
    #[derive(Default)]
    pub enum Combine {
        /// Their mean.
        #[default]
        Mean = "mean",
        /// The middle one, or the mean of the two in the middle.
        Median = "median",
        /// Their sum.
        Sum = "sum",
    }
}

/// Where values are rounded. Between these places everything is exact; ties are decided on the value as rounded at
/// the last one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rounding {
    /// A criterion's value across judges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criterion: Option<RoundTo>,
    /// A criterion's value times its factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weighted_criterion: Option<RoundTo>,
    /// The total of one sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<RoundTo>,
    /// What the judges' marks give together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub panel: Option<RoundTo>,
    /// The entry's total of this round, after recorded criteria and adjustments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<RoundTo>,
    /// The total with earlier rounds carried over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<RoundTo>,
}

/// To how many decimals, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoundTo {
    /// Decimals kept, 0 to 6.
    pub decimals: u32,
    /// What happens to the rest; without a word half goes up.
    #[serde(skip_serializing_if = "is_default")]
    pub mode: Mode,
}

/// What an earlier round contributes to the total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Carry {
    /// The earlier round.
    pub round: Code,
    /// What its total is multiplied by; without a word 1.
    #[serde(skip_serializing_if = "is_one")]
    pub weight: Points,
    /// Which of its totals; without a word the rounded one.
    #[serde(skip_serializing_if = "is_default")]
    pub of: CarryOf,
    /// What holds for an entry that has no such total; without a word it can't be ranked.
    #[serde(skip_serializing_if = "is_default")]
    pub missing: MissingRound,
}

crate::code_enum! {
    /// Which total of the earlier round.
    #[derive(Default)]
    pub enum CarryOf {
        /// As it was published.
        #[default]
        Rounded = "rounded",
        /// As it was before its last rounding.
        Exact = "exact",
    }
}

/// What holds for an entry that has no total in an earlier round: `"refuse"`, `"renormalise"` or `{ "value": "60" }`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingRound {
    /// It can't be ranked.
    #[default]
    Refuse,
    /// The weights of the rounds that it has count in proportion.
    Renormalise,
    /// This value is taken.
    Value(Points),
}

/// How entries are put in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ranking {
    /// Which total wins.
    #[serde(skip_serializing_if = "is_default")]
    pub wins: Wins,
    /// Entries are ranked together that agree in these: `region`, `track`, codes of choice fields. Without a word all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub group_by: Vec<Code>,
    /// How ranks are counted after a tie.
    #[serde(skip_serializing_if = "is_default")]
    pub ranks: RankStyle,
    /// What breaks a tie, in this order; when nothing does, the place is shared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ties: Vec<TieBreak>,
}

crate::code_enum! {
    /// Which total wins.
    #[derive(Default)]
    pub enum Wins {
        /// The highest.
        #[default]
        Highest = "highest",
        /// The lowest.
        Lowest = "lowest",
    }
}

crate::code_enum! {
    /// How ranks are counted after a tie of two for place 2.
    #[derive(Default)]
    pub enum RankStyle {
        /// 1, 2, 2, 4.
        #[default]
        Competition = "competition",
        /// 1, 2, 2, 3.
        Dense = "dense",
        /// 1, 2.5, 2.5, 4.
        Fractional = "fractional",
    }
}

/// One link of the chain that breaks ties. More points win, or fewer where the lowest total wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum TieBreak {
    /// A criterion's value across the judges whose sheets counted, or its recorded value.
    Criterion {
        /// The criterion.
        code: Code,
    },
    /// What the judges' marks give, before recorded criteria and adjustments.
    Judged,
    /// This round's own total, without what was carried over.
    OwnTotal,
    /// The total of an earlier round.
    EarlierTotal {
        /// That round.
        round: Code,
    },
    /// The rank in an earlier round: the better one wins.
    EarlierRank {
        /// That round.
        round: Code,
    },
    /// The sum of all sheets' totals, dropped ones included.
    UntrimmedSum,
    /// The highest total of a sheet, dropped ones included.
    HighestSheet,
    /// The lowest total of a sheet, dropped ones included.
    LowestSheet,
    /// The median of the sheets' totals, dropped ones included.
    Median,
    /// The total with one more decimal, and so on until they differ.
    MoreDigits,
    /// On how many judges' sheets the entry is first in its group (shared first places count).
    FirstPlaces,
    /// The chair's recorded decision.
    Chair,
    /// A recorded lot.
    Lot,
    /// The place is shared; nothing after it is asked.
    Shared,
}

impl TieBreak {
    /// The word that documents use for it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Criterion { .. } => "criterion",
            Self::Judged => "judged",
            Self::OwnTotal => "own_total",
            Self::EarlierTotal { .. } => "earlier_total",
            Self::EarlierRank { .. } => "earlier_rank",
            Self::UntrimmedSum => "untrimmed_sum",
            Self::HighestSheet => "highest_sheet",
            Self::LowestSheet => "lowest_sheet",
            Self::Median => "median",
            Self::MoreDigits => "more_digits",
            Self::FirstPlaces => "first_places",
            Self::Chair => "chair",
            Self::Lot => "lot",
            Self::Shared => "shared",
        }
    }

    /// The words that are understood.
    pub const KNOWN: &'static [&'static str] = &[
        "criterion",
        "judged",
        "own_total",
        "earlier_total",
        "earlier_rank",
        "untrimmed_sum",
        "highest_sheet",
        "lowest_sheet",
        "median",
        "more_digits",
        "first_places",
        "chair",
        "lot",
        "shared",
    ];
}

impl RoundTo {
    /// The value as rounded here.
    #[must_use]
    pub fn apply(self, value: &Exact) -> Exact {
        value.rounded(self.decimals, self.mode)
    }
}

impl Rounding {
    /// The value as rounded at a place; as it is where nothing is said about that place.
    #[must_use]
    pub fn at(place: Option<RoundTo>, value: &Exact) -> Exact {
        place.map_or_else(|| value.clone(), |to| to.apply(value))
    }
}

read_words!(Over, Combine, Mode, CarryOf, Wins, RankStyle);

impl Read for Panel {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let minimum_sheets = f.optional("minimum_sheets", errors);
        let common = f.or_default("common", errors);
        f.finish(errors);
        Some(Self {
            minimum_sheets,
            common,
        })
    }
}

impl Read for Aggregate {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let over = f.or_default("over", errors);
        let by = f.or_default("by", errors);
        let trim = f.or_default("trim", errors);
        f.finish(errors);
        Some(Self { over, by, trim })
    }
}

impl Read for Trim {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let from = f.required("from", errors);
        let (high, low) = (f.or_default("high", errors), f.or_default("low", errors));
        f.finish(errors);
        Some(Self {
            from: from?,
            high,
            low,
        })
    }
}

impl Read for Rounding {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let rounding = Self {
            criterion: f.optional("criterion", errors),
            weighted_criterion: f.optional("weighted_criterion", errors),
            sheet: f.optional("sheet", errors),
            panel: f.optional("panel", errors),
            entry: f.optional("entry", errors),
            round: f.optional("round", errors),
        };
        f.finish(errors);
        Some(rounding)
    }
}

impl Read for RoundTo {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let decimals = f.required("decimals", errors);
        let mode = f.or_default("mode", errors);
        f.finish(errors);
        Some(Self {
            decimals: decimals?,
            mode,
        })
    }
}

impl Read for Carry {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let round = f.required("round", errors);
        let weight = f.optional("weight", errors).unwrap_or(Points::ONE);
        let of = f.or_default("of", errors);
        let missing = f.or_default("missing", errors);
        f.finish(errors);
        Some(Self {
            round: round?,
            weight,
            of,
            missing,
        })
    }
}

impl Read for MissingRound {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        match node {
            Node::Text(word) => match word.as_str() {
                "refuse" => Some(Self::Refuse),
                "renormalise" => Some(Self::Renormalise),
                _ => {
                    let known = &["refuse", "renormalise", "{\"value\": …}"];
                    errors.push(unknown_word(
                        at,
                        &UnknownCode {
                            given: word.clone(),
                            known,
                        },
                    ));
                    None
                }
            },
            Node::Map(_) => {
                let mut f = Fields::of(node, at, errors)?;
                let value = f.required("value", errors);
                f.finish(errors);
                value.map(Self::Value)
            }
            _ => expected("word_or_value", at, errors),
        }
    }
}

impl Read for Ranking {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let ranking = Self {
            wins: f.or_default("wins", errors),
            group_by: f.or_default("group_by", errors),
            ranks: f.or_default("ranks", errors),
            ties: f.or_default("ties", errors),
        };
        f.finish(errors);
        Some(ranking)
    }
}

impl Read for TieBreak {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let by: Option<String> = f.required("by", errors);
        let tie = match by?.as_str() {
            "criterion" => f.required("code", errors).map(|code| Self::Criterion { code }),
            "judged" => Some(Self::Judged),
            "own_total" => Some(Self::OwnTotal),
            "earlier_total" => f
                .required("round", errors)
                .map(|round| Self::EarlierTotal { round }),
            "earlier_rank" => f
                .required("round", errors)
                .map(|round| Self::EarlierRank { round }),
            "untrimmed_sum" => Some(Self::UntrimmedSum),
            "highest_sheet" => Some(Self::HighestSheet),
            "lowest_sheet" => Some(Self::LowestSheet),
            "median" => Some(Self::Median),
            "more_digits" => Some(Self::MoreDigits),
            "first_places" => Some(Self::FirstPlaces),
            "chair" => Some(Self::Chair),
            "lot" => Some(Self::Lot),
            "shared" => Some(Self::Shared),
            other => {
                let unknown = UnknownCode {
                    given: other.to_owned(),
                    known: Self::KNOWN,
                };
                errors.push(unknown_word(&format!("{at}/by"), &unknown));
                return None;
            }
        };
        f.finish(errors);
        tie
    }
}

/// Notes a number of decimals that nothing can be rounded to.
pub(super) fn check_decimals(to: Option<RoundTo>, at: &str, errors: &mut Invalid) {
    let most = crate::domain::exact::MOST_DECIMALS;
    if to.is_some_and(|to| to.decimals > most) {
        errors.push(FieldError::new(format!("{at}/decimals"), "too_many_decimals").with("maximum", most));
    }
}
