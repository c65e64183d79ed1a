//! What other rules would have done with the same marks: who would enter and leave the cut, how far the order would
//! change, how narrow the cut is. It stands above [`advancement`](super::advancement) and changes nothing.

mod correlation;
pub mod made_up;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::advancement::{Advancement, By, Decisions, Outcome, decide};
use super::exact::{Exact, Shown};
use super::invalid::{FieldError, Invalid};
use super::rules::{
    Combine, Criterion, Deviation, Equalise, Rescale, Rounding, Rules, Slot, Surroundings, Trim, Wins, ZScore,
};
use super::scoring::{Explain, Input, Standing, Standings, tabulate};

crate::code_enum! {
    /// A change of the rules that has a name.
    pub enum Variation {
        /// No sheet or mark is dropped.
        NoTrimming = "no_trimming",
        /// The highest and the lowest are dropped from three on.
        Trimmed = "trimmed",
        /// The mean instead of what the rules say.
        Mean = "mean",
        /// The median of all, nothing dropped.
        Median = "median",
        /// Nothing is rounded.
        Unrounded = "unrounded",
        /// Panels made comparable by a factor, from the mean of the panels' means.
        PanelMeans = "panel_means",
        /// Judges made comparable by z-scores, back to the mean and deviation of all marks.
        ZScore = "z_score",
        /// Judges made comparable by their severity.
        Severity = "severity",
    }
}

impl Variation {
    /// The rules with this change; none where they say so already, or can't.
    #[must_use]
    pub fn of(self, rules: &Rules) -> Option<Rules> {
        let mut other = rules.clone();
        match self {
            Self::NoTrimming => other.aggregate.trim.clear(),
            Self::Trimmed => {
                other.aggregate.trim = vec![Trim {
                    from: 3,
                    high: 1,
                    low: 1,
                }];
            }
            Self::Mean => other.aggregate.by = Combine::Mean,
            Self::Median => {
                other.aggregate.by = Combine::Median;
                other.aggregate.trim.clear();
            }
            Self::Unrounded => other.rounding = Rounding::default(),
            Self::PanelMeans => other.equalise = Some(Equalise::PanelMeans),
            Self::ZScore => {
                other.equalise = Some(Equalise::ZScore(ZScore {
                    over: None,
                    deviation: Deviation::default(),
                    to: Rescale::default(),
                    minimum_sheets: 2,
                    assume_panels_equal: false,
                }));
            }
            Self::Severity => {
                other.equalise = Some(Equalise::Severity {
                    assume_panels_equal: false,
                });
            }
        }
        // What the rules can't say together is refused where every document is.
        let document = serde_json::to_string(&other).ok()?;
        Rules::parse(&document).ok().filter(|other| other != rules)
    }
}

/// Rules compared with others over the same marks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Comparison {
    /// The cuts of the rules as they are.
    pub cuts: Vec<CutLine>,
    /// The other rules, in the order in which they were given.
    pub others: Vec<Compared>,
}

/// What other rules would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Compared {
    /// Who would go on and does not, the best first.
    pub enters: Vec<i64>,
    /// Who goes on and would not, the best first.
    pub leaves: Vec<i64>,
    /// Entries that have a place under both.
    pub ranked: usize,
    /// How many of them would have another place in their group.
    pub moved: usize,
    /// Kendall's tau-b over all pairs of a group, from −1 to 1 with four decimals; none where everybody is tied.
    pub kendall: Option<Shown>,
    /// Spearman's rho over the places within groups, tied ones sharing their mean; none where everybody is tied.
    pub spearman: Option<Shown>,
    /// Its cuts.
    pub cuts: Vec<CutLine>,
}

/// How narrow a cut is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CutLine {
    /// The group; none where all are compared.
    pub group: Option<String>,
    /// The last one who goes on by place.
    pub last: i64,
    /// The best one who does not.
    pub next: i64,
    /// By how many points they are apart; 0 where a tie-break decided.
    pub margin: Shown,
}

/// Compares rules with others over the same marks and decisions.
///
/// # Errors
/// What of an other document the marks can't serve, at `/others/<n>/…`: a criterion that was not marked or was marked
/// between other limits, another grouping, an earlier round without results.
pub fn compare(
    rules: &Rules,
    input: &Input,
    decisions: &Decisions,
    others: &[Rules],
) -> Result<Comparison, Invalid> {
    let mut errors = Invalid::default();
    let mut inputs = Vec::with_capacity(others.len());
    for (i, other) in others.iter().enumerate() {
        match recast(rules, other, input) {
            Ok(input) => inputs.push(input),
            Err(wrong) => errors.0.append(&mut wrong.under(&format!("/others/{i}")).0),
        }
    }
    errors.into_result()?;
    let ours = Run::of(rules, input, decisions);
    let compared = |(other, input): (&Rules, &Input)| ours.compared(&Run::of(other, input, decisions));
    Ok(Comparison {
        cuts: ours.cuts(),
        others: others.iter().zip(&inputs).map(compared).collect(),
    })
}

/// The input as other rules take it: the marks of each sheet in the order of their rubric.
fn recast(rules: &Rules, other: &Rules, input: &Input) -> Result<Input, Invalid> {
    let mut errors = Invalid::default();
    for (i, criterion) in other.rubric.criteria.iter().enumerate() {
        let same = |known: &Criterion| {
            (known.kind, known.min, known.max, known.step, known.per_attempt)
                == (
                    criterion.kind,
                    criterion.min,
                    criterion.max,
                    criterion.step,
                    criterion.per_attempt,
                )
        };
        let wrong = match rules.rubric.criterion(criterion.code.as_str()) {
            None => "criterion_not_marked",
            Some(known) if !same(known) => "criterion_marked_otherwise",
            Some(_) => continue,
        };
        let at = format!("/rubric/criteria/{i}");
        errors.push(FieldError::new(at, wrong).with("criterion", &criterion.code));
    }
    let attempts = |rules: &Rules| rules.rubric.attempts.as_ref().map(|a| a.count);
    if attempts(other) != attempts(rules) {
        errors.push(FieldError::new("/rubric/attempts", "attempted_otherwise"));
    }
    if other.ranking.group_by != rules.ranking.group_by {
        errors.push(FieldError::new("/ranking/group_by", "grouped_otherwise"));
    }
    let rounds = input.entries.iter().flat_map(|e| e.earlier.keys());
    let groups: BTreeSet<&str> = input.entries.iter().map(|e| e.group.as_str()).collect();
    let around = Surroundings {
        earlier_rounds: rounds.filter_map(|round| round.parse().ok()).collect(),
        groupable: other.ranking.group_by.clone(),
        groups: u32::try_from(groups.len()).ok(),
    };
    if let Err(mut misfits) = other.fits(&around) {
        errors.0.append(&mut misfits.0);
    }
    errors.into_result()?;
    let place = |slot: Slot<'_>| {
        rules
            .rubric
            .marked()
            .position(|known| known.code() == slot.code())
    };
    let places: Vec<Option<usize>> = other.rubric.marked().map(place).collect();
    let mut input = input.clone();
    if !rules.has_scale_of(other) {
        input.fixed.clear();
    }
    for sheet in input.entries.iter_mut().flat_map(|e| &mut e.sheets) {
        let mark = |at: &Option<usize>| sheet.marks.get((*at)?).copied().flatten();
        sheet.marks = places.iter().map(mark).collect();
    }
    Ok(input)
}

/// Rules at work.
struct Run<'r> {
    rules: &'r Rules,
    standings: Standings,
    advancement: Advancement,
}

impl<'r> Run<'r> {
    fn of(rules: &'r Rules, input: &Input, decisions: &Decisions) -> Self {
        let standings = tabulate(rules, input, Explain::Decide);
        let advancement = decide(rules, &[&standings], decisions);
        Self {
            rules,
            standings,
            advancement,
        }
    }

    /// Who goes on, in the order of the decision.
    fn advancing(&self) -> Vec<i64> {
        let goes = self.advancement.entries.iter();
        goes.filter(|d| matches!(d.outcome, Outcome::Advances { .. }))
            .map(|d| d.entry)
            .collect()
    }

    fn compared(&self, other: &Self) -> Compared {
        let (before, after) = (self.advancing(), other.advancing());
        let missing = |from: &[i64], of: &[i64]| {
            let of: BTreeSet<&i64> = of.iter().collect();
            from.iter().filter(|entry| !of.contains(entry)).copied().collect()
        };
        let theirs: BTreeMap<i64, u32> = other
            .standings
            .entries
            .iter()
            .filter_map(|s| Some((s.entry, s.place?)))
            .collect();
        let mut groups: BTreeMap<&str, Vec<(u32, u32)>> = BTreeMap::new();
        for standing in &self.standings.entries {
            if let (Some(ours), Some(theirs)) = (standing.place, theirs.get(&standing.entry)) {
                groups.entry(&standing.group).or_default().push((ours, *theirs));
            }
        }
        let pairs = groups.values().flatten();
        let (ranked, moved) = pairs.fold((0, 0), |(n, moved), (a, b)| (n + 1, moved + usize::from(a != b)));
        let groups: Vec<_> = groups.into_values().collect();
        Compared {
            enters: missing(&after, &before),
            leaves: missing(&before, &after),
            ranked,
            moved,
            kendall: correlation::kendall(&groups),
            spearman: correlation::spearman(&groups),
            cuts: other.cuts(),
        }
    }

    /// The cuts: one for each group where groups have their own places only, else the one between the last place of all
    /// and the best of the rest.
    fn cuts(&self) -> Vec<CutLine> {
        let Some(advance) = &self.rules.advance else {
            return Vec::new();
        };
        let groups: BTreeSet<&str> = self.standings.entries.iter().map(|s| s.group.as_str()).collect();
        let lines = |names: Vec<Option<&str>>, by: &[By]| {
            names
                .into_iter()
                .filter_map(|group| self.cut(group, by))
                .collect::<Vec<_>>()
        };
        let each: Vec<Option<&str>> = groups.into_iter().map(Some).collect();
        if advance.per_group.is_some() {
            return lines(each, &[By::PlaceInGroup]);
        }
        let overall = lines(vec![None], &[By::Place, By::Wildcard]);
        if overall.is_empty() {
            // Every place belongs to a group.
            return lines(each, &[By::MinimumPerGroup, By::PlaceInGroup]);
        }
        overall
    }

    fn cut(&self, group: Option<&str>, by: &[By]) -> Option<CutLine> {
        let standings: BTreeMap<i64, &Standing> =
            self.standings.entries.iter().map(|s| (s.entry, s)).collect();
        // Better totals come first in this comparison.
        let better = |a: &Exact, b: &Exact| match self.rules.ranking.wins {
            Wins::Highest => a > b,
            Wins::Lowest => a < b,
        };
        let here = self
            .advancement
            .entries
            .iter()
            .filter(|d| group.is_none_or(|group| d.group == group));
        let valued = |is: fn(&Outcome, &[By]) -> bool| {
            let some = here.clone().filter(move |d| is(&d.outcome, by));
            // Who is short of what a criterion asks for is not next, however many points they have.
            let able = some.filter_map(|d| standings.get(&d.entry).filter(|s| s.below.is_empty()));
            able.filter_map(|s| Some((s.total.as_ref()?.value(), s.entry)))
        };
        let goes_on =
            valued(|outcome, by| matches!(outcome, Outcome::Advances { by: how, .. } if by.contains(how)));
        let stays = valued(|outcome, _| {
            matches!(
                outcome,
                Outcome::Invited { .. } | Outcome::Reserve { .. } | Outcome::NotAdvanced | Outcome::Waiting
            )
        });
        let last = goes_on.reduce(|last, one| if better(last.0, one.0) { one } else { last });
        let next = stays.reduce(|next, one| if better(one.0, next.0) { one } else { next });
        let ((worst, last), (best, next)) = (last?, next?);
        let apart = match self.rules.ranking.wins {
            Wins::Highest => worst - best,
            Wins::Lowest => best - worst,
        };
        Some(CutLine {
            group: group.map(str::to_owned),
            last,
            next,
            margin: Shown::new(apart, self.rules.decimals()),
        })
    }
}

#[cfg(test)]
mod tests;
