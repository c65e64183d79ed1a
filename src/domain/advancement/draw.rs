//! One decision, step by step: who may go on at all, nominations, each group's own places, the rest, reserves.

use std::collections::{BTreeMap, BTreeSet};

use super::cut::{Candidate, Pool};
use super::{By, Decided, Decisions, Outcome, quota};
use crate::domain::rules::{Advance, Nominations, PerGroup, Rules, ShareOf};
use crate::domain::scoring::{Decision, Standing, Standings, Status, Warning};

/// A decision being taken.
pub(super) struct Draw<'a> {
    rules: &'a Rules,
    pool: Pool<'a>,
    decisions: &'a Decisions,
    standings: Vec<&'a Standing>,
    outcomes: BTreeMap<i64, Outcome>,
    pub(super) warnings: Vec<Warning>,
}

/// The places that groups fill by their own order.
struct Owned {
    seats: Vec<u32>,
    /// Whether a lot must first say which group gets the places that are left.
    lot_awaited: bool,
}

impl<'a> Draw<'a> {
    /// Sorts out who may go on at all.
    pub(super) fn new(
        rules: &'a Rules,
        standings: Vec<&'a Standing>,
        decisions: &'a Decisions,
        ties: &'a [Decision],
    ) -> Self {
        let mut outcomes = BTreeMap::new();
        let mut candidates = Vec::new();
        for standing in &standings {
            let excluded = decisions.excluded.iter().find(|e| e.entry == standing.entry);
            match (excluded, &standing.total) {
                (Some(excluded), _) => {
                    outcomes.insert(
                        standing.entry,
                        Outcome::Excluded {
                            reason: excluded.reason.clone(),
                        },
                    );
                }
                (None, Some(total)) if standing.status == Status::Ranked => {
                    candidates.push(Candidate {
                        standing,
                        total: total.value(),
                    });
                }
                (None, _) => {
                    outcomes.insert(
                        standing.entry,
                        Outcome::Unplaced {
                            status: standing.status,
                        },
                    );
                }
            }
        }
        let mut pool = Pool::new(rules, candidates, ties);
        if let Some(advance) = &rules.advance {
            pool.under(advance);
        }
        let mut draw = Self {
            rules,
            pool,
            decisions,
            standings,
            outcomes,
            warnings: Vec::new(),
        };
        for kept in &decisions.kept {
            let nominated = decisions.nominated.iter().find(|n| n.entry == kept.entry);
            draw.advance(kept.entry, kept.by, nominated.map(|n| n.reason.clone()));
        }
        draw
    }

    fn advance(&mut self, entry: i64, by: By, reason: Option<String>) {
        if self.outcomes.contains_key(&entry) {
            return;
        }
        let Some(standing) = self.standings.iter().find(|s| s.entry == entry) else {
            return;
        };
        let beside = self.rules.advance.as_ref().map(|a| a.nominations) == Some(Nominations::Beside);
        if by == By::Nomination && beside {
            self.pool.take_beside(entry);
        } else {
            self.pool.take(entry);
        }
        self.outcomes.insert(
            entry,
            Outcome::Advances {
                by,
                place: standing.place,
                reason,
            },
        );
    }

    /// Nominated entries go on unless they are excluded or have no standing at all; a missing rank does not hinder
    /// them, a disqualification does.
    pub(super) fn nominations(&mut self) {
        for nominated in &self.decisions.nominated {
            let unranked = Outcome::Unplaced {
                status: Status::Unranked,
            };
            if self.outcomes.get(&nominated.entry) == Some(&unranked) {
                self.outcomes.remove(&nominated.entry);
            }
            self.advance(nominated.entry, By::Nomination, Some(nominated.reason.clone()));
        }
    }

    /// How many entries go on already and use up places, of a group or of all.
    fn taken(&self, advance: &Advance, group: Option<&str>) -> u32 {
        let counts = |standing: &&&Standing| {
            group.is_none_or(|g| g == standing.group)
                && match self.outcomes.get(&standing.entry) {
                    Some(Outcome::Advances {
                        by: By::Nomination, ..
                    }) => advance.nominations == Nominations::Inside,
                    Some(Outcome::Advances { .. }) => true,
                    _ => false,
                }
        };
        u32::try_from(self.standings.iter().filter(counts).count()).unwrap_or(u32::MAX)
    }

    /// Each group's places by its own order; groups are never compared.
    pub(super) fn per_group(&mut self, advance: &Advance, per_group: &PerGroup) {
        for group in self.groups() {
            let Some(places) = per_group.of(&group) else {
                self.warnings.push(Warning::GroupWithoutPlaces { group });
                continue;
            };
            let seats = places.saturating_sub(self.taken(advance, Some(&group)));
            self.fill(advance, Some(&group), seats, By::PlaceInGroup);
            let taken = self.taken(advance, Some(&group));
            if self.waits(Some(&group)) {
                continue;
            }
            if taken < places {
                self.warnings.push(Warning::PlacesLeft {
                    group: Some(group.clone()),
                    places,
                    left: places - taken,
                });
            }
            self.reserves(advance, Some(&group));
        }
    }

    /// The places in all: each group's share or minimum by its own order, then the best of the rest.
    pub(super) fn overall(&mut self, advance: &Advance, standings: &[&Standings]) {
        let places = advance.places.unwrap_or(0);
        let groups = self.groups();
        let (own, by) = self.own_places(advance, places, &groups);
        let Some(Owned {
            seats: own,
            lot_awaited,
        }) = own
        else {
            return self.hold();
        };
        let mut extra = 0;
        for (group, minimum) in groups.iter().zip(own) {
            let before = self.taken(advance, Some(group));
            self.fill(advance, Some(group), minimum.saturating_sub(before), by);
            if !advance.ties_use_places {
                extra += self
                    .taken(advance, Some(group))
                    .saturating_sub(minimum.max(before));
            }
        }
        let taken = self.taken(advance, None);
        if taken.saturating_sub(extra) > places {
            self.warnings.push(Warning::PlacesExceeded { places, taken });
        }
        let seats = places.saturating_add(extra).saturating_sub(taken);
        let held = self.waits(None) || lot_awaited;
        if held && seats > 0 {
            // Whoever loses the tie, or whichever group gets the place, changes what is left for all others.
            self.hold();
        }
        if held {
            return;
        }
        let rest = if by == By::MinimumPerGroup && advance.minimum_per_group == 0 {
            By::Place
        } else {
            By::Wildcard
        };
        self.fill(advance, None, seats, rest);
        self.compared(standings, groups);
        if self.waits(None) {
            return;
        }
        let taken = self.taken(advance, None).saturating_sub(extra);
        if taken < places {
            self.warnings.push(Warning::PlacesLeft {
                group: None,
                places,
                left: places - taken,
            });
        }
        self.reserves(advance, None);
    }

    /// Says that groups with different judges were compared.
    fn compared(&mut self, standings: &[&Standings], groups: Vec<String>) {
        let summaries = standings.iter().flat_map(|s| &s.groups).filter(|g| g.ranked > 0);
        let panels: BTreeSet<&[String]> = summaries.map(|g| g.judges.as_slice()).collect();
        if panels.len() > 1 {
            self.warnings.push(Warning::GroupsCompared { groups });
        }
    }

    /// Whether a tie at a cut waits, of a group or of any.
    fn waits(&self, group: Option<&str>) -> bool {
        let of_group = |s: &&&Standing| group.is_none_or(|g| g == s.group);
        self.standings
            .iter()
            .filter(of_group)
            .any(|s| self.outcomes.get(&s.entry) == Some(&Outcome::Waiting))
    }

    /// Lets everybody wait about whom nothing is decided.
    fn hold(&mut self) {
        for entry in self.pool.left() {
            self.outcomes.insert(entry, Outcome::Waiting);
        }
    }

    /// How many of the places each group gets by its own order; nothing when they can't be shared out yet.
    fn own_places(&mut self, advance: &Advance, places: u32, groups: &[String]) -> (Option<Owned>, By) {
        let Some(share) = &advance.share else {
            let seats = vec![advance.minimum_per_group; groups.len()];
            return (
                Some(Owned {
                    seats,
                    lot_awaited: false,
                }),
                By::MinimumPerGroup,
            );
        };
        let scored = |group: &String| {
            let ranked = self
                .standings
                .iter()
                .filter(|s| s.group == *group && s.status == Status::Ranked);
            u64::try_from(ranked.count()).ok()
        };
        let size = |group: &String| match share.of {
            ShareOf::Scored => scored(group),
            ShareOf::Submitted | ShareOf::Accepted => self.decisions.sizes.get(group).copied(),
        };
        let sizes: Vec<Option<u64>> = groups.iter().map(size).collect();
        let unknown: Vec<String> = groups
            .iter()
            .zip(&sizes)
            .filter(|(_, size)| size.is_none())
            .map(|(g, _)| g.clone())
            .collect();
        if !unknown.is_empty() {
            self.warnings.push(Warning::SizesMissing { groups: unknown });
            return (None, By::PlaceInGroup);
        }
        let sizes: Vec<u64> = sizes.into_iter().flatten().collect();
        let drawn = self.decisions.share_lot.iter();
        let lot: Vec<usize> = drawn
            .filter_map(|group| groups.iter().position(|g| g == group))
            .collect();
        let bounds = quota::Bounds {
            minimum: advance.minimum_per_group,
            maximum: advance.maximum_per_group,
        };
        let shared = quota::share(share.by, places, &sizes, bounds, &lot);
        let lot_awaited = !shared.undecided.is_empty();
        if lot_awaited {
            let names = shared
                .undecided
                .iter()
                .filter_map(|i| groups.get(*i).cloned())
                .collect();
            self.warnings.push(Warning::ShareLotAwaited {
                groups: names,
                places: shared.left,
            });
        }
        (
            Some(Owned {
                seats: shared.seats,
                lot_awaited,
            }),
            By::PlaceInGroup,
        )
    }

    /// Gives seats to the best who are left, of a group or of all, as the policy for ties at the cut says.
    fn fill(&mut self, advance: &Advance, group: Option<&str>, seats: u32, by: By) {
        let cut = self.pool.cut(group, seats, advance.tie_at_cut);
        for entry in cut.advance {
            self.advance(entry, by, None);
        }
        for entry in cut.waiting {
            self.pool.take(entry);
            self.outcomes.insert(entry, Outcome::Waiting);
        }
        self.warnings.extend(cut.warnings);
    }

    /// Numbers those who come in next, of a group or of all; tied ones in order of their numbers, with a warning.
    fn reserves(&mut self, advance: &Advance, group: Option<&str>) {
        let (entries, warnings) = self.pool.next(group, advance.reserves);
        let wanted = usize::try_from(advance.reserves).unwrap_or(usize::MAX);
        for (number, entry) in (1..).zip(entries.into_iter().take(wanted)) {
            self.outcomes.insert(entry, Outcome::Reserve { number });
        }
        self.warnings.extend(warnings);
    }

    fn groups(&self) -> Vec<String> {
        let groups: BTreeSet<&String> = self.standings.iter().map(|s| &s.group).collect();
        groups.into_iter().cloned().collect()
    }

    /// Those who go on first, in the order of all where groups are compared; then reserves, the waiting, the others.
    pub(super) fn outcomes(mut self) -> Vec<Decided> {
        let compared = self.rules.spans_groups() || self.rules.ranking.group_by.is_empty();
        let overall = if compared {
            self.pool.overall()
        } else {
            BTreeMap::new()
        };
        let decided = |standing: &&Standing| Decided {
            entry: standing.entry,
            group: standing.group.clone(),
            outcome: self
                .outcomes
                .remove(&standing.entry)
                .unwrap_or(Outcome::NotAdvanced),
            overall: overall.get(&standing.entry).copied(),
            award: None,
        };
        let places: BTreeMap<i64, Option<u32>> = self.standings.iter().map(|s| (s.entry, s.place)).collect();
        let mut entries: Vec<Decided> = self.standings.iter().map(decided).collect();
        entries.sort_by_key(|d| {
            let turn = if let Outcome::Reserve { number } = d.outcome {
                number
            } else {
                0
            };
            let place = places.get(&d.entry).copied().flatten().unwrap_or(u32::MAX);
            (
                rank(&d.outcome),
                d.overall.is_none(),
                d.overall,
                turn,
                d.group.clone(),
                place,
                d.entry,
            )
        });
        entries
    }
}

/// The order in which outcomes are listed.
fn rank(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Advances { .. } => 0,
        Outcome::Waiting => 1,
        Outcome::Reserve { .. } => 2,
        Outcome::NotAdvanced => 3,
        Outcome::Excluded { .. } => 4,
        Outcome::Unplaced { .. } => 5,
    }
}
