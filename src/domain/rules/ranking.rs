//! How entries are put in order, and what breaks a tie.

use serde::Serialize;
use utoipa::ToSchema;

use super::read::{Fields, Node, Read, read_words, unknown_word};
use super::rubric::is_default;
use crate::domain::codes::UnknownCode;
use crate::domain::invalid::Invalid;
use crate::domain::text::Code;

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
    /// What becomes of an entry that does not reach what a criterion asks for (`qualify_from`); without a word it keeps its
    /// place, and can neither go on nor win an award.
    #[serde(skip_serializing_if = "is_default")]
    pub unqualified: Unqualified,
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

crate::code_enum! {
    /// What becomes of an entry that does not reach what a criterion asks for.
    #[derive(Default)]
    pub enum Unqualified {
        /// It keeps its place, and can neither go on nor win an award.
        #[default]
        Ranked = "ranked",
        /// It is unranked.
        Unranked = "unranked",
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
    /// The sheet of a tie-breaking judge, which counts nowhere else and is opened only here.
    Sealed,
    /// An entry's second, third … best attempt.
    Attempt {
        /// Which one: 2 for the second best.
        nth: u32,
    },
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
            Self::Sealed => "sealed",
            Self::Attempt { .. } => "attempt",
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
        "sealed",
        "attempt",
        "chair",
        "lot",
        "shared",
    ];
}

read_words!(Wins, RankStyle, Unqualified);

impl Read for Ranking {
    fn read(node: &Node, at: &str, errors: &mut Invalid) -> Option<Self> {
        let mut f = Fields::of(node, at, errors)?;
        let ranking = Self {
            wins: f.or_default("wins", errors),
            group_by: f.or_default("group_by", errors),
            ranks: f.or_default("ranks", errors),
            unqualified: f.or_default("unqualified", errors),
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
            "sealed" => Some(Self::Sealed),
            "attempt" => f.required("nth", errors).map(|nth| Self::Attempt { nth }),
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
