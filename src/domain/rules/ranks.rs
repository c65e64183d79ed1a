//! Ranks in the place of totals: which contradict what, and which value is the better one then.

use super::check::{GREATEST_FACTOR, at_most};
use super::read::{Node, read_words};
use super::rubric::{Counts, Criterion, SheetTotal, is_default};
use super::{CarryOf, Combine, Over, Rules, TieBreak, Wins};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::points::Points;

crate::code_enum! {
    /// What holds where entries of a group have unequal numbers of judges.
    #[derive(Default)]
    pub enum Unequal {
        /// Their sums of ranks say nothing: the whole group is unranked.
        #[default]
        Refuse = "refuse",
        /// The mean is taken in the place of the sum, for every entry.
        Mean = "mean",
    }
}

read_words!(Unequal);

impl Combine {
    /// Whether each judge's order of the entries counts, not the totals of their sheets.
    #[must_use]
    pub const fn ranks_by_judge(self) -> bool {
        matches!(
            self,
            Self::RankSum | Self::Borda | Self::RankPoints | Self::RankProduct
        )
    }

    /// Whether entries are ranked by each criterion, and the ranks count.
    #[must_use]
    pub const fn ranks_by_criterion(self) -> bool {
        matches!(
            self,
            Self::ComponentRanks | Self::ComponentPoints | Self::ComponentProduct
        )
    }

    /// Whether ranks give points by a table.
    #[must_use]
    pub const fn by_table(self) -> bool {
        matches!(self, Self::RankPoints | Self::ComponentPoints)
    }

    /// Whether ranks are multiplied.
    #[must_use]
    pub const fn multiplies(self) -> bool {
        matches!(self, Self::RankProduct | Self::ComponentProduct)
    }

    /// Which total wins, where this decides it.
    const fn wins(self) -> Option<Wins> {
        match self {
            Self::RankSum | Self::ComponentRanks | Self::RankProduct | Self::ComponentProduct => {
                Some(Wins::Lowest)
            }
            Self::Borda | Self::RankPoints | Self::ComponentPoints => Some(Wins::Highest),
            Self::Mean | Self::Median | Self::Sum => None,
        }
    }
}

impl Rules {
    /// Which marks are the better ones. Where ranks are added up the lowest sum wins, and yet more points are better.
    #[must_use]
    pub fn marks_win(&self) -> Wins {
        match self.aggregate.by.wins() {
            Some(_) => Wins::Highest,
            None => self.ranking.wins,
        }
    }

    /// Which value of a criterion is the better one.
    #[must_use]
    pub fn criterion_wins(&self, criterion: &Criterion) -> Wins {
        match criterion.wins {
            Some(wins) => wins,
            // Where criteria have directions of their own, more is better without a word.
            None if self.aggregate.by.ranks_by_criterion() || criterion.scaled.is_some() => Wins::default(),
            None => self.marks_win(),
        }
    }

    /// Which attempt is the better one.
    #[must_use]
    pub fn attempts_win(&self) -> Wins {
        let criteria = self.rubric.criteria.iter();
        let first = criteria
            .clone()
            .find(|c| self.rubric.is_per_attempt(c) && !c.is_apart());
        first.map_or(self.marks_win(), |c| self.criterion_wins(c))
    }

    /// Which value of a link of the chain is the better one.
    #[must_use]
    pub fn tie_wins(&self, tie: &TieBreak) -> Wins {
        match tie {
            TieBreak::Criterion { code } => {
                let criterion = self.rubric.criterion(code.as_str());
                criterion.map_or(self.ranking.wins, |c| self.criterion_wins(c))
            }
            TieBreak::EarlierTotal { .. }
            | TieBreak::UntrimmedSum
            | TieBreak::HighestSheet
            | TieBreak::LowestSheet
            | TieBreak::Median
            | TieBreak::Sealed => self.marks_win(),
            TieBreak::Attempt { .. } => self.attempts_win(),
            TieBreak::EarlierRank { .. } => Wins::Lowest,
            TieBreak::FirstPlaces => Wins::Highest,
            TieBreak::Judged
            | TieBreak::OwnTotal
            | TieBreak::MoreDigits
            | TieBreak::Chair
            | TieBreak::Lot
            | TieBreak::Shared => self.ranking.wins,
        }
    }

    /// The direction that ranks have, where the document says nothing about it.
    pub(super) fn with_direction(mut self, document: &Node) -> Self {
        if let Some(wins) = self
            .aggregate
            .by
            .wins()
            .filter(|_| !document.has(&["ranking", "wins"]))
        {
            self.ranking.wins = wins;
        }
        self
    }
}

/// Notes what contradicts itself about ranks.
pub(super) fn check(rules: &Rules, errors: &mut Invalid) {
    let (by, rubric) = (rules.aggregate.by, &rules.rubric);
    let mut wrong = |asked: bool, at: &str, code: &'static str| {
        if asked {
            errors.push(FieldError::new(at, code).with("by", by));
        }
    };
    wrong(
        by.wins().is_some_and(|wins| wins != rules.ranking.wins),
        "/ranking/wins",
        match by {
            Combine::Borda | Combine::RankPoints | Combine::ComponentPoints => "borda_wins_highest",
            _ => "ranks_win_lowest",
        },
    );
    wrong(
        !by.ranks_by_judge() && !is_default(&rules.aggregate.unequal),
        "/aggregate/unequal",
        "unequal_without_ranks",
    );
    if by.ranks_by_judge() {
        wrong(
            rules.aggregate.over == Over::Criteria,
            "/aggregate/over",
            "ranks_of_sheets",
        );
        wrong(rubric.attempts.is_some(), "/rubric/attempts", "ranks_of_sheets");
        wrong(
            rubric.judged().next().is_none(),
            "/aggregate/by",
            "nothing_is_judged",
        );
    }
    table(rules, errors);
    let mut wrong = |asked: bool, at: &str, code: &'static str| {
        if asked {
            errors.push(FieldError::new(at, code).with("by", by));
        }
    };
    wrong(
        by == Combine::RankProduct && rules.aggregate.unequal == Unequal::Mean,
        "/aggregate/unequal",
        "mean_of_product",
    );
    let components = by.ranks_by_criterion();
    wrong(
        !components && !is_default(&rules.aggregate.absent),
        "/aggregate/absent",
        "absent_without_ranks",
    );
    wrong(
        components && rubric.total == SheetTotal::Mean,
        "/rubric/total",
        "ranks_add_up",
    );
    wrong(
        components && rules.rounding.weighted_criterion.is_some(),
        "/rounding/weighted_criterion",
        "rounding_never_reached",
    );
    let runs = |c: &&Criterion| rubric.is_per_attempt(c) && !c.is_apart();
    let mixed = rubric
        .criteria
        .iter()
        .filter(runs)
        .any(|c| rules.criterion_wins(c) != rules.attempts_win());
    wrong(
        components && mixed,
        "/rubric/attempts",
        "attempts_of_mixed_directions",
    );
    for (i, c) in rubric.criteria.iter().enumerate() {
        let at = |key: &str| format!("/rubric/criteria/{i}/{key}");
        wrong(
            by == Combine::ComponentProduct && c.factor.is_some(),
            &at("factor"),
            "factor_of_product",
        );
        wrong(
            !components && c.scaled.is_none() && !c.is_apart() && c.wins.is_some(),
            &at("wins"),
            "wins_of_component",
        );
        wrong(
            by.ranks_by_judge() && c.is_recorded() && !c.is_apart(),
            &at("kind"),
            "recorded_beside_ranks",
        );
        let multiplier = c.counts == Counts::Multiplier && !rubric.is_per_attempt(c);
        wrong(components && multiplier, &at("as"), "multiplier_beside_ranks");
    }
}

/// Notes a table of points that is missing, or that nothing asks for, or that gives more for a worse rank.
fn table(rules: &Rules, errors: &mut Invalid) {
    let (by, points) = (rules.aggregate.by, &rules.aggregate.points);
    match (by.by_table(), points.is_empty()) {
        (true, true) => errors.push(FieldError::new("/aggregate/points", "points_missing")),
        (false, false) => errors.push(FieldError::new("/aggregate/points", "points_without_table")),
        _ => descending(points, "/aggregate/points", errors),
    }
    for (i, carry) in rules.carry.iter().enumerate() {
        let at = format!("/carry/{i}/points");
        if carry.of != CarryOf::Rank && !carry.points.is_empty() {
            errors.push(FieldError::new(at, "points_without_rank"));
            continue;
        }
        descending(&carry.points, &at, errors);
        let wins = match (carry.of, carry.points.is_empty()) {
            (CarryOf::Rank, true) => Wins::Lowest,
            (CarryOf::Rank, false) => Wins::Highest,
            _ => continue,
        };
        if rules.ranking.wins != wins {
            let code = match wins {
                Wins::Lowest => "carried_ranks_win_lowest",
                Wins::Highest => "carried_points_win_highest",
            };
            errors.push(FieldError::new(format!("/carry/{i}/of"), code).with("round", &carry.round));
        }
    }
}

/// Notes where a table gives more for a worse rank, or less than nothing.
fn descending(points: &[Points], at: &str, errors: &mut Invalid) {
    at_most(points.len(), at, errors);
    let mut above = GREATEST_FACTOR;
    for (i, points) in points.iter().enumerate() {
        if *points < Points::ZERO || *points > above {
            let error = FieldError::new(format!("{at}/{i}"), "points_not_descending");
            errors.push(error.with("maximum", above));
        }
        above = *points;
    }
}
