//! Who is awarded: in each group, award by award in the order of the rules.

use std::collections::{BTreeMap, BTreeSet};

use super::Withheld;
use crate::domain::exact::Exact;
use crate::domain::rules::{Award, Rules, Wins};
use crate::domain::scoring::{Standing, Standings, Status, Warning};

/// The awards of each entry, in the order of the rules, and what somebody should look at.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) awards: BTreeMap<i64, Vec<String>>,
    pub(super) warnings: BTreeSet<Warning>,
}

/// Gives the awards to entries that are not in `out`; what those would have got goes down, which is said.
pub(super) fn give(
    rules: &Rules,
    groups: &[&Standings],
    withheld: &[Withheld],
    out: &BTreeSet<i64>,
) -> Given {
    let mut given = Given::default();
    let mut members: BTreeMap<&str, Vec<&Standing>> = BTreeMap::new();
    let ranked = groups
        .iter()
        .flat_map(|g| &g.entries)
        .filter(|s| s.status == Status::Ranked);
    for standing in ranked {
        members.entry(&standing.group).or_default().push(standing);
    }
    for (group, members) in members {
        let winners = Group::new(rules, group, withheld, &members, out).awards(&mut given.warnings);
        if members.iter().any(|s| out.contains(&s.entry)) {
            let before =
                Group::new(rules, group, withheld, &members, &BTreeSet::new()).awards(&mut BTreeSet::new());
            given.warnings.extend(moved(&before, &winners, out));
        }
        for (award, entries) in winners {
            for entry in entries {
                given.awards.entry(entry).or_default().push(award.to_owned());
            }
        }
    }
    given
}

/// The winners of each award, in the order of the rules.
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

/// A group whose awards are given.
struct Group<'a> {
    rules: &'a Rules,
    name: &'a str,
    withheld: &'a [Withheld],
    eligible: Vec<&'a Standing>,
    /// Entries that have an award of the ladder.
    on_ladder: BTreeSet<i64>,
    /// Places that the ladder's awards before had, and the entries that they went to: more, where places are shared.
    ladder_places: usize,
    /// Entries that have an award beside which there is no other.
    awarded: BTreeSet<i64>,
}

impl<'a> Group<'a> {
    fn new(
        rules: &'a Rules,
        name: &'a str,
        withheld: &'a [Withheld],
        members: &[&'a Standing],
        out: &BTreeSet<i64>,
    ) -> Self {
        Self {
            rules,
            name,
            withheld,
            eligible: members
                .iter()
                .copied()
                .filter(|s| !out.contains(&s.entry))
                .collect(),
            on_ladder: BTreeSet::new(),
            ladder_places: 0,
            awarded: BTreeSet::new(),
        }
    }

    fn awards(mut self, warnings: &mut BTreeSet<Warning>) -> Winners<'a> {
        let rules = self.rules;
        let mut winners = Vec::with_capacity(rules.awards.len());
        for award in &rules.awards {
            let code = award.code.as_str();
            let is_withheld =
                |w: &Withheld| w.award == code && w.group.as_deref().is_none_or(|g| g == self.name);
            let entries = if self.withheld.iter().any(is_withheld) {
                self.ladder_places = self.on_ladder.len();
                BTreeSet::new()
            } else {
                self.award(award, warnings)
            };
            if !award.beside_others {
                self.awarded.extend(&entries);
            }
            winners.push((code, entries));
        }
        winners
    }

    /// The winners of one award: block by block of equal entries, until its places are filled or the next one is not
    /// good enough.
    fn award(&mut self, award: &Award, warnings: &mut BTreeSet<Warning>) -> BTreeSet<i64> {
        let ladder = award.criterion().is_none();
        let (before, had) = if ladder {
            (self.on_ladder.len(), self.ladder_places)
        } else {
            (0, 0)
        };
        let places = award.places_among(self.eligible.len());
        let last = places.map(|n| had.saturating_add(n));
        let (mut winners, mut filled) = (BTreeSet::new(), false);
        for block in self.blocks(award) {
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
    fn blocks(&self, award: &Award) -> Vec<Vec<&'a Standing>> {
        let free = |s: &&&Standing| {
            let has_one =
                self.rules.one_award_per_entry && !award.beside_others && self.awarded.contains(&s.entry);
            let on_ladder = award.criterion().is_none() && self.on_ladder.contains(&s.entry);
            !has_one && !on_ladder
        };
        let mut free: Vec<&Standing> = self.eligible.iter().filter(free).copied().collect();
        free.sort_by_key(|s| s.entry);
        let same: fn(&Self, &Award, &Standing, &Standing) -> bool =
            |group, award, a, b| match award.criterion() {
                None => a.place == b.place,
                Some(_) => group.value(award, a) == group.value(award, b),
            };
        match award.criterion() {
            None => free.sort_by_key(|s| s.place),
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
