//! Who is awarded: in each group, award by award in the order of the rules.

use std::collections::{BTreeMap, BTreeSet};

use super::Withheld;
use super::cut::{Candidate, Pool};
use crate::domain::exact::Exact;
use crate::domain::rules::{Award, Rules, Wins};
use crate::domain::scoring::{Decision, Standing, Standings, Status, Warning};

/// The awards of each entry, in the order of the rules, and what somebody should look at.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) awards: BTreeMap<i64, Vec<String>>,
    pub(super) warnings: BTreeSet<Warning>,
}

/// Gives the awards to entries that are not in `out`; what those would have got goes down, which is said. Groups are
/// compared as at a cut, with what was decided about `ties`.
pub(super) fn give(
    (rules, ties): (&Rules, &[Decision]),
    groups: &[&Standings],
    withheld: &[Withheld],
    out: &BTreeSet<i64>,
) -> Given {
    let mut given = Given::default();
    let ranked = groups.iter().flat_map(|g| &g.entries);
    let ranked: Vec<&Standing> = ranked.filter(|s| s.status == Status::Ranked).collect();
    let overall = overall(rules, ties, &ranked);
    let ceremony = Ceremony {
        rules,
        withheld,
        overall: &overall,
    };
    let winners = ceremony.winners(&ranked, out, &mut given.warnings);
    if ranked.iter().any(|s| out.contains(&s.entry)) {
        let before = ceremony.winners(&ranked, &BTreeSet::new(), &mut BTreeSet::new());
        given.warnings.extend(moved(&before, &winners, out));
    }
    for (award, entries) in winners {
        for entry in entries {
            given.awards.entry(entry).or_default().push(award.to_owned());
        }
    }
    given
}

/// The place of each entry among all groups, where an award asks for it.
fn overall(rules: &Rules, ties: &[Decision], ranked: &[&Standing]) -> BTreeMap<i64, u32> {
    if !rules.awards.iter().any(|award| award.across_groups) {
        return BTreeMap::new();
    }
    let candidates = ranked.iter().filter_map(|standing| {
        let total = standing.total.as_ref()?.value();
        Some(Candidate { standing, total })
    });
    Pool::new(rules, candidates.collect(), ties).overall().0
}

/// The winners of each award in each group, in the order of the rules.
type Winners<'a> = Vec<(&'a str, BTreeSet<i64>)>;

/// What those who are out lost, and to whom.
fn moved<'a>(
    before: &'a Winners<'a>,
    after: &'a Winners<'a>,
    out: &'a BTreeSet<i64>,
) -> impl Iterator<Item = Warning> {
    before.iter().zip(after).filter_map(|((award, had), (_, have))| {
        let lost: Vec<i64> = had.intersection(out).copied().collect();
        let gained: Vec<i64> = have.difference(had).copied().collect();
        (!lost.is_empty() || !gained.is_empty()).then(|| Warning::AwardMoved {
            award: (*award).to_owned(),
            lost,
            gained,
        })
    })
}

/// What awards are given by.
struct Ceremony<'a> {
    rules: &'a Rules,
    withheld: &'a [Withheld],
    /// Places among all groups.
    overall: &'a BTreeMap<i64, u32>,
}

impl<'a> Ceremony<'a> {
    /// The winners, award by award, of those who are not in `out`.
    fn winners(
        &self,
        ranked: &[&'a Standing],
        out: &BTreeSet<i64>,
        warnings: &mut BTreeSet<Warning>,
    ) -> Winners<'a> {
        let mut members: BTreeMap<&str, Vec<&Standing>> = BTreeMap::new();
        for standing in ranked {
            members.entry(&standing.group).or_default().push(standing);
        }
        let eligible = |members: Vec<&'a Standing>| {
            let members = members.into_iter().filter(|s| !out.contains(&s.entry));
            members.collect::<Vec<_>>()
        };
        let mut groups: Vec<Group<'a>> = members
            .into_iter()
            .map(|(name, members)| Group::new(self.rules, name, eligible(members)))
            .collect();
        let mut all = Group::new(self.rules, "", eligible(ranked.to_vec()));
        all.overall = Some(self.overall.clone());
        // Entries that have an award beside which there is no other.
        let mut awarded = BTreeSet::new();
        let mut winners = Vec::with_capacity(self.rules.awards.len());
        for award in &self.rules.awards {
            let concerned = if award.across_groups {
                std::slice::from_mut(&mut all)
            } else {
                groups.as_mut_slice()
            };
            for group in concerned {
                let entries = if self.is_withheld(award, group) {
                    group.ladder_places = group.on_ladder.len();
                    BTreeSet::new()
                } else {
                    group.award(award, &awarded, warnings)
                };
                if !award.beside_others {
                    awarded.extend(&entries);
                }
                winners.push((award.code.as_str(), entries));
            }
        }
        winners
    }

    /// Whether an award goes to nobody here: in one group, or everywhere.
    fn is_withheld(&self, award: &Award, group: &Group<'_>) -> bool {
        let here = |w: &Withheld| {
            let everywhere = w.group.is_none() || award.across_groups;
            everywhere || w.group.as_deref() == Some(group.name)
        };
        self.withheld
            .iter()
            .any(|w| w.award == award.code.as_str() && here(w))
    }
}

/// A group whose awards are given, or all groups together.
struct Group<'a> {
    rules: &'a Rules,
    name: &'a str,
    /// Places among all groups; none in one group.
    overall: Option<BTreeMap<i64, u32>>,
    eligible: Vec<&'a Standing>,
    /// Entries that have an award of the ladder.
    on_ladder: BTreeSet<i64>,
    /// Places that the ladder's awards before had, and the entries that they went to: more, where places are shared.
    ladder_places: usize,
}

impl<'a> Group<'a> {
    fn new(rules: &'a Rules, name: &'a str, eligible: Vec<&'a Standing>) -> Self {
        Self {
            rules,
            name,
            overall: None,
            eligible,
            on_ladder: BTreeSet::new(),
            ladder_places: 0,
        }
    }

    /// The winners of one award: block by block of equal entries, until its places are filled or the next one is not
    /// good enough.
    fn award(
        &mut self,
        award: &Award,
        awarded: &BTreeSet<i64>,
        warnings: &mut BTreeSet<Warning>,
    ) -> BTreeSet<i64> {
        let ladder = award.criterion().is_none();
        let (before, had) = if ladder {
            (self.on_ladder.len(), self.ladder_places)
        } else {
            (0, 0)
        };
        let places = award.places_among(self.eligible.len());
        let last = places.map(|n| had.saturating_add(n));
        let (mut winners, mut filled) = (BTreeSet::new(), false);
        for block in self.blocks(award, awarded) {
            filled = last.is_some_and(|last| before + winners.len() >= last);
            if filled || !self.reached(award, &block) {
                break;
            }
            winners.extend(block.iter().map(|s| s.entry));
            if last.is_some_and(|last| before + winners.len() > last) {
                warnings.insert(Warning::AwardTied {
                    award: award.code.to_string(),
                    entries: block.iter().map(|s| s.entry).collect(),
                });
            }
        }
        if winners.is_empty() && places.is_some() {
            warnings.insert(Warning::AwardEmpty {
                award: award.code.to_string(),
                group: Some(self.name.to_owned()).filter(|name| !name.is_empty()),
            });
        }
        if ladder {
            self.on_ladder.extend(&winners);
            filled = filled || last.is_some_and(|last| self.on_ladder.len() >= last);
            // Places that nobody was good enough for stay empty; they don't make the next award larger.
            self.ladder_places = last.filter(|_| filled).unwrap_or(self.on_ladder.len());
        }
        winners
    }

    /// Those who can still get the award, the best first, equal ones together and in order of their numbers.
    fn blocks(&self, award: &Award, awarded: &BTreeSet<i64>) -> Vec<Vec<&'a Standing>> {
        let free = |s: &&&Standing| {
            let has_one =
                self.rules.one_award_per_entry && !award.beside_others && awarded.contains(&s.entry);
            let on_ladder = award.criterion().is_none() && self.on_ladder.contains(&s.entry);
            !has_one && !on_ladder && s.below.is_empty()
        };
        let mut free: Vec<&Standing> = self.eligible.iter().filter(free).copied().collect();
        free.sort_by_key(|s| s.entry);
        let same: fn(&Self, &Award, &Standing, &Standing) -> bool =
            |group, award, a, b| match award.criterion() {
                None => group.place(a) == group.place(b),
                Some(_) => group.value(award, a) == group.value(award, b),
            };
        match award.criterion() {
            None => free.sort_by_key(|s| self.place(s)),
            Some(_) => {
                free.retain(|s| self.value(award, s).is_some());
                free.sort_by(|a, b| match self.wins(award) {
                    Wins::Highest => self.value(award, b).cmp(&self.value(award, a)),
                    Wins::Lowest => self.value(award, a).cmp(&self.value(award, b)),
                });
            }
        }
        free.chunk_by(|a, b| same(self, award, a, b))
            .map(<[_]>::to_vec)
            .collect()
    }

    /// The place in the group, or among all.
    fn place(&self, standing: &Standing) -> Option<u32> {
        match &self.overall {
            Some(overall) => overall.get(&standing.entry).copied(),
            None => standing.place,
        }
    }

    fn reached(&self, award: &Award, block: &[&Standing]) -> bool {
        let Some(from) = award.from.map(Exact::from) else {
            return true;
        };
        block.iter().all(|s| {
            self.value(award, s).is_some_and(|value| match self.wins(award) {
                Wins::Highest => *value >= from,
                Wins::Lowest => *value <= from,
            })
        })
    }

    /// Which of these values is the better one.
    fn wins(&self, award: &Award) -> Wins {
        let code = award.criterion();
        let criterion = code.and_then(|code| self.rules.rubric.criterion(code.as_str()));
        criterion.map_or(self.rules.ranking.wins, |c| self.rules.criterion_wins(c))
    }

    /// The value that the award goes by.
    fn value<'s>(&self, award: &Award, standing: &'s Standing) -> Option<&'s Exact> {
        match award.criterion() {
            None => standing.total.as_ref().map(crate::domain::exact::Shown::value),
            Some(code) => standing.award_values.get(code.as_str()),
        }
    }
}
