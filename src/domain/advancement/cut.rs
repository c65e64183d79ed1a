//! A cut through an order: who is inside, who is tied on the line, who comes next.

use std::collections::{BTreeMap, BTreeSet};

use super::caps::{Caps, Full};
use crate::domain::exact::Exact;
use crate::domain::rules::{Advance, RankStyle, Ranking, Rules, TieAtCut, Wins};
use crate::domain::scoring::ranking::{By, Contender, Order, decision, order};
use crate::domain::scoring::{DecidedBy, Decision, Explain, Standing, TieNote, Warning};

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
    candidates: BTreeMap<i64, Candidate<'a>>,
    spoken_for: BTreeSet<i64>,
    minimum: Option<Exact>,
    caps: Caps<'a>,
}

/// What a cut gives.
#[derive(Debug, Default)]
pub(super) struct Cut {
    pub(super) advance: Vec<i64>,
    pub(super) waiting: Vec<i64>,
    /// Entries that come before the last seat and are left out, since their institution has as many as it may.
    pub(super) institution_full: Vec<i64>,
    pub(super) warnings: Vec<Warning>,
}

impl<'a> Pool<'a> {
    pub(super) fn new(rules: &'a Rules, candidates: Vec<Candidate<'a>>, ties: &'a [Decision]) -> Self {
        Self {
            rules,
            ties,
            candidates: candidates.into_iter().map(|c| (c.standing.entry, c)).collect(),
            spoken_for: BTreeSet::new(),
            minimum: None,
            caps: Caps::default(),
        }
    }

    /// From here on these terms hold, for those who are left.
    pub(super) fn under(&mut self, advance: &Advance) {
        self.minimum = advance.minimum_score.map(Exact::from);
        self.caps = Caps::new(advance.maximum_per_institution, advance.maximum_per_group);
    }

    /// The entry has a place; it counts for its institution and group, also when it was named without a place.
    pub(super) fn seat(&mut self, standing: &'a Standing) {
        if self.spoken_for.insert(standing.entry) {
            self.caps.count(standing);
        }
    }

    /// The entry goes on beside the places; it counts for its institution.
    pub(super) fn seat_beside(&mut self, standing: &'a Standing) {
        if self.spoken_for.insert(standing.entry) {
            self.caps.count_institution(standing);
        }
    }

    /// The entry waits; as long as it does it counts for its institution and group.
    pub(super) fn wait(&mut self, entry: i64) {
        if let Some(candidate) = self.candidates.get(&entry) {
            self.seat(candidate.standing);
        }
    }

    /// The entry gets no place from here on; it counts for nobody.
    pub(super) fn pass_over(&mut self, entry: i64) {
        self.spoken_for.insert(entry);
    }

    /// The entry can get a place again.
    pub(super) fn take_back(&mut self, entry: i64) {
        self.spoken_for.remove(&entry);
    }

    /// Everybody who could still go on.
    pub(super) fn left(&self) -> Vec<i64> {
        let left = self.candidates.values().filter(|c| self.good_enough(c));
        left.map(|c| c.standing.entry)
            .filter(|entry| !self.spoken_for.contains(entry))
            .collect()
    }

    /// Takes the best `seats` of those who are left, of a group or of all.
    pub(super) fn cut(&mut self, group: Option<&str>, seats: u32, policy: TieAtCut) -> Cut {
        let mut cut = Cut::default();
        let mut seats = usize::try_from(seats).unwrap_or(usize::MAX);
        let mut caps = self.caps.clone();
        let (blocks, asked) = self.blocks(group);
        for block in blocks {
            if seats == 0 {
                break;
            }
            let block = self.within_caps(block, &mut caps, &mut cut);
            if block.len() <= seats {
                seats -= block.len();
                cut.advance.extend(block);
                continue;
            }
            cut.warnings
                .extend(asked.into_iter().filter(|w| concerns(w, &block)));
            self.tied(&mut cut, group, block, seats, policy);
            break;
        }
        cut
    }

    /// A block that has more entries than there are seats left for it.
    fn tied(&self, cut: &mut Cut, group: Option<&str>, block: Vec<i64>, seats: usize, policy: TieAtCut) {
        if let Some(chosen) = self.chosen(&block, seats) {
            cut.advance.extend(chosen);
            return;
        }
        cut.warnings.push(Warning::TieAtCut {
            group: group.map(str::to_owned),
            entries: block.clone(),
            policy: policy.to_string(),
        });
        match policy {
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

    /// Leaves out entries whose institution or group has as many as it may; the others of the block count for theirs. Who
    /// of a tied block comes first is a recorded decision, else the lower number, with a warning.
    fn within_caps(&self, block: Vec<i64>, caps: &mut Caps<'a>, cut: &mut Cut) -> Vec<i64> {
        let decided = self.chosen(&block, block.len());
        let mut inside = Vec::with_capacity(block.len());
        let mut left_out = Vec::new();
        for entry in decided.as_ref().unwrap_or(&block) {
            let Some(candidate) = self.candidates.get(entry) else {
                continue;
            };
            match caps.full(candidate.standing) {
                Some(full) => left_out.push((full, candidate.standing)),
                None => {
                    caps.count(candidate.standing);
                    inside.push(*entry);
                }
            }
        }
        let by_institution = left_out.iter().filter(|(full, _)| *full == Full::Institution);
        cut.institution_full
            .extend(by_institution.map(|(_, out)| out.entry));
        if decided.is_none() {
            let rivals = |(full, out): &(Full, &Standing)| {
                inside
                    .iter()
                    .filter_map(|entry| self.candidates.get(entry))
                    .any(|c| match full {
                        Full::Institution => c.standing.institution == out.institution,
                        Full::Group => c.standing.group == out.group,
                    })
            };
            for full in left_out
                .iter()
                .filter(|out| rivals(out))
                .map(|(full, _)| full)
                .collect::<BTreeSet<_>>()
            {
                cut.warnings.push(match full {
                    Full::Institution => Warning::InstitutionTied {
                        entries: block.clone(),
                    },
                    Full::Group => Warning::GroupTied {
                        entries: block.clone(),
                    },
                });
            }
        }
        inside
    }

    /// Those who come in next, of a group or of all, in order.
    pub(super) fn next(&self, group: Option<&str>, reserves: u32) -> (Vec<i64>, Vec<Warning>) {
        let (blocks, _) = self.blocks(group);
        let wanted = usize::try_from(reserves).unwrap_or(usize::MAX);
        let (mut entries, mut warnings) = (Vec::new(), Vec::new());
        for mut block in blocks {
            if entries.len() >= wanted {
                break;
            }
            let room = |entry: &i64| {
                self.candidates
                    .get(entry)
                    .is_some_and(|c| self.caps.full(c.standing).is_none())
            };
            block.retain(room);
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

    /// The place of every candidate among all, and what tells it from neighbours of other groups with the same total.
    pub(super) fn overall(&self) -> (BTreeMap<i64, u32>, BTreeMap<i64, Vec<TieNote>>) {
        let all: Vec<Candidate<'_>> = self.candidates.values().copied().collect();
        let order = self.order(&all);
        let mut places = BTreeMap::new();
        for (first, _, block) in order.places() {
            places.extend(
                block
                    .iter()
                    .filter_map(|i| Some((all.get(*i)?.standing.entry, first))),
            );
        }
        let mut notes: BTreeMap<i64, Vec<TieNote>> = BTreeMap::new();
        for (i, note) in order.notes {
            let sides = all.get(i).zip(self.candidates.get(&note.with));
            if let Some((ours, _)) = sides.filter(|(a, b)| a.standing.group != b.standing.group) {
                notes.entry(ours.standing.entry).or_default().push(note);
            }
        }
        (places, notes)
    }

    /// Those who are left and good enough, of a group or of all: blocks in order, the best first, with what could not be
    /// decided.
    fn blocks(&self, group: Option<&str>) -> (Vec<Vec<i64>>, Vec<Warning>) {
        let left = |c: &&Candidate<'a>| {
            group.is_none_or(|g| g == c.standing.group)
                && !self.spoken_for.contains(&c.standing.entry)
                && self.good_enough(c)
        };
        let left: Vec<Candidate<'a>> = self.candidates.values().filter(left).copied().collect();
        let order = self.order(&left);
        let number = |i: &usize| Some(left.get(*i)?.standing.entry);
        let blocks = order
            .blocks()
            .map(|(_, block)| block.iter().filter_map(number).collect());
        (blocks.collect(), order.warnings)
    }

    /// Whether an entry is good enough to go on: by its total, and in each criterion that asks for something.
    fn good_enough(&self, candidate: &Candidate<'_>) -> bool {
        let total = candidate.total;
        let reached = |minimum: &Exact| match self.rules.ranking.wins {
            Wins::Highest => total >= minimum,
            Wins::Lowest => total <= minimum,
        };
        candidate.standing.below.is_empty() && self.minimum.as_ref().is_none_or(reached)
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
            noted: Explain::All,
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
