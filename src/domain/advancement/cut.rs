//! A cut through an order: who is inside, who is tied on the line, who comes next.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::exact::Exact;
use crate::domain::rules::{Advance, RankStyle, Ranking, Rules, TieAtCut, Wins};
use crate::domain::scoring::ranking::{By, Contender, Order, decision, order};
use crate::domain::scoring::{DecidedBy, Decision, Standing, Warning};

/// A ranked entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) standing: &'a Standing,
    pub(super) total: &'a Exact,
}

/// The candidates, and who of them is spoken for.
pub(super) struct Pool<'a> {
    rules: &'a Rules,
    ties: &'a [Decision],
    candidates: Vec<Candidate<'a>>,
    spoken_for: BTreeSet<i64>,
    maximum_per_institution: Option<u32>,
    institutions: BTreeMap<&'a str, u32>,
}

/// What a cut gives.
#[derive(Debug, Default)]
pub(super) struct Cut {
    pub(super) advance: Vec<i64>,
    pub(super) waiting: Vec<i64>,
    pub(super) warnings: Vec<Warning>,
}

impl<'a> Pool<'a> {
    pub(super) fn new(
        rules: &'a Rules,
        candidates: Vec<Candidate<'a>>,
        ties: &'a [Decision],
        maximum_per_institution: Option<u32>,
    ) -> Self {
        let (spoken_for, institutions) = Default::default();
        Self {
            rules,
            ties,
            candidates,
            spoken_for,
            maximum_per_institution,
            institutions,
        }
    }

    /// The entry is decided about; it counts for its institution.
    pub(super) fn take(&mut self, entry: i64) {
        if self.spoken_for.insert(entry)
            && let Some(institution) = self.institution(entry)
        {
            *self.institutions.entry(institution).or_default() += 1;
        }
    }

    fn institution(&self, entry: i64) -> Option<&'a str> {
        let candidate = self.candidates.iter().find(|c| c.standing.entry == entry)?;
        candidate.standing.institution.as_deref()
    }

    /// Everybody who could still go on.
    pub(super) fn left(&self) -> Vec<i64> {
        let left = self
            .candidates
            .iter()
            .filter(|c| good_enough(self.rules, c.total))
            .map(|c| c.standing.entry);
        left.filter(|entry| !self.spoken_for.contains(entry)).collect()
    }

    /// Takes the best `seats` of those who are left, of a group or of all.
    pub(super) fn cut(&mut self, group: Option<&str>, seats: u32, advance: &Advance) -> Cut {
        let mut cut = Cut::default();
        let mut seats = usize::try_from(seats).unwrap_or(usize::MAX);
        let mut institutions = self.institutions.clone();
        let (blocks, asked) = self.blocks(group);
        for block in blocks {
            let (whole, block) = (block.clone(), self.within_caps(block, &mut institutions, seats));
            if block.len() < whole.len() && block.iter().any(|entry| self.rivals(*entry, &whole)) {
                cut.warnings.push(Warning::InstitutionTied { entries: whole });
            }
            if block.len() <= seats {
                seats -= block.len();
                cut.advance.extend(block);
                continue;
            }
            if seats > 0 {
                cut.warnings
                    .extend(asked.into_iter().filter(|w| concerns(w, &block)));
                self.tied(&mut cut, group, block, seats, advance);
            }
            break;
        }
        cut
    }

    /// A block that has more entries than there are seats left for it.
    fn tied(&self, cut: &mut Cut, group: Option<&str>, block: Vec<i64>, seats: usize, advance: &Advance) {
        if let Some(chosen) = self.chosen(&block, seats) {
            cut.advance.extend(chosen);
            return;
        }
        cut.warnings.push(Warning::TieAtCut {
            group: group.map(str::to_owned),
            entries: block.clone(),
            policy: advance.tie_at_cut.to_string(),
        });
        match advance.tie_at_cut {
            TieAtCut::AllAdvance => cut.advance.extend(block),
            TieAtCut::NoneAdvance => {}
            TieAtCut::Chain | TieAtCut::Wait => cut.waiting.extend(block),
        }
    }

    /// Those of a tied block whom a recorded decision of the organizers puts first.
    fn chosen(&self, block: &[i64], seats: usize) -> Option<Vec<i64>> {
        let places = decision(self.ties, DecidedBy::Organizers, block)?;
        let mut ordered: Vec<(Exact, i64)> = places.into_iter().zip(block.iter().copied()).collect();
        ordered.sort();
        Some(ordered.into_iter().take(seats).map(|(_, entry)| entry).collect())
    }

    /// Leaves out entries whose institution has as many as it may; the others of the block count for theirs.
    fn within_caps(
        &self,
        block: Vec<i64>,
        institutions: &mut BTreeMap<&'a str, u32>,
        seats: usize,
    ) -> Vec<i64> {
        let Some(maximum) = self.maximum_per_institution.filter(|_| seats > 0) else {
            return block;
        };
        let mut inside = Vec::with_capacity(block.len());
        for entry in block {
            let count = self
                .institution(entry)
                .map(|name| institutions.entry(name).or_default());
            if let Some(count) = count {
                if *count >= maximum {
                    continue;
                }
                *count += 1;
            }
            inside.push(entry);
        }
        inside
    }

    /// Whether as many entries of its institution go on as may.
    fn institution_is_full(&self, entry: i64) -> bool {
        let count = self
            .institution(entry)
            .and_then(|name| self.institutions.get(name));
        self.maximum_per_institution
            .zip(count)
            .is_some_and(|(maximum, count)| *count >= maximum)
    }

    /// Whether an entry of the same institution stands in the block too.
    fn rivals(&self, entry: i64, block: &[i64]) -> bool {
        let institution = self.institution(entry);
        block
            .iter()
            .any(|other| *other != entry && self.institution(*other) == institution)
    }

    /// Those who come in next, of a group or of all, in order.
    pub(super) fn next(&self, group: Option<&str>, advance: &Advance) -> (Vec<i64>, Vec<Warning>) {
        let (blocks, _) = self.blocks(group);
        let wanted = usize::try_from(advance.reserves).unwrap_or(usize::MAX);
        let (mut entries, mut warnings) = (Vec::new(), Vec::new());
        for mut block in blocks {
            if entries.len() >= wanted {
                break;
            }
            block.retain(|entry| !self.institution_is_full(*entry));
            if block.len() > 1 {
                match self.chosen(&block, block.len()) {
                    Some(chosen) => block = chosen,
                    None => warnings.push(Warning::ReservesTied {
                        entries: block.clone(),
                    }),
                }
            }
            entries.append(&mut block);
        }
        (entries, warnings)
    }

    /// The place of every candidate among all.
    pub(super) fn overall(&self) -> BTreeMap<i64, u32> {
        let all: Vec<Candidate<'_>> = self.candidates.clone();
        let order = self.order(&all);
        let mut places = BTreeMap::new();
        for (first, _, block) in order.places() {
            places.extend(
                block
                    .iter()
                    .filter_map(|i| Some((all.get(*i)?.standing.entry, first))),
            );
        }
        places
    }

    /// Those who are left and good enough, of a group or of all: blocks in order, the best first, with what could not be
    /// decided.
    fn blocks(&self, group: Option<&str>) -> (Vec<Vec<i64>>, Vec<Warning>) {
        let left = |c: &&Candidate<'a>| {
            group.is_none_or(|g| g == c.standing.group)
                && !self.spoken_for.contains(&c.standing.entry)
                && good_enough(self.rules, c.total)
        };
        let left: Vec<Candidate<'a>> = self.candidates.iter().filter(left).copied().collect();
        let order = self.order(&left);
        let numbers = |block: &Vec<usize>| {
            block
                .iter()
                .filter_map(|i| Some(left.get(*i)?.standing.entry))
                .collect()
        };
        (order.blocks.iter().map(numbers).collect(), order.warnings)
    }

    fn order(&self, candidates: &[Candidate<'a>]) -> Order {
        let ranking = Ranking {
            ranks: RankStyle::Competition,
            ..self.rules.ranking.clone()
        };
        let by = By {
            ranking: &ranking,
            rules: self.rules,
            decisions: self.ties,
            decimals: self.rules.decimals(),
        };
        let contenders: Vec<Contender<'_>> = candidates
            .iter()
            .map(|c| Contender {
                number: c.standing.entry,
                total: c.total,
            })
            .collect();
        order(by, &contenders, &|i, link| {
            candidates.get(i)?.standing.keys.get(link)?.clone()
        })
    }
}

/// Whether a warning is about the tied block: a decision that is awaited, a link that could not be asked.
fn concerns(warning: &Warning, block: &[i64]) -> bool {
    match warning {
        Warning::DecisionAwaited { entries, .. } | Warning::TieValueMissing { entries, .. } => {
            entries.iter().any(|entry| block.contains(entry))
        }
        _ => false,
    }
}

/// Whether a total is good enough to go on.
fn good_enough(rules: &Rules, total: &Exact) -> bool {
    let minimum = rules
        .advance
        .as_ref()
        .and_then(|a| a.minimum_score)
        .map(Exact::from);
    minimum.is_none_or(|minimum| match rules.ranking.wins {
        Wins::Highest => *total >= minimum,
        Wins::Lowest => *total <= minimum,
    })
}
