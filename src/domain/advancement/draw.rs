//! One decision, step by step: who may go on at all, nominations, each group's own places, the rest, reserves.

mod institutions;
mod shares;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use self::shares::Owned;
use super::cut::{Candidate, Pool};
use super::{By, Decided, Decisions, Outcome, Turn};
use crate::domain::rules::{Advance, Nominations, PerGroup, Rules, Stream};
use crate::domain::scoring::{Decision, Standing, Standings, Status, Warning};

/// A decision being taken.
pub(super) struct Draw<'a> {
    rules: &'a Rules,
    pool: Pool<'a>,
    decisions: &'a Decisions,
    standings: Vec<&'a Standing>,
    outcomes: BTreeMap<i64, Outcome>,
    turns: BTreeMap<i64, Vec<Turn>>,
    /// The stream whose places are given; none while it is about who goes on.
    stream: Option<&'a str>,
    pub(super) warnings: Vec<Warning>,
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
            turns: BTreeMap::new(),
            stream: None,
            warnings: Vec::new(),
        };
        draw.begin();
        draw
    }

    /// Passes over those who gave up their place in this stream, and seats those who hold one already.
    fn begin(&mut self) {
        let (decisions, stream) = (self.decisions, self.stream);
        for entry in &decisions.left {
            self.pool.pass_over(*entry);
        }
        for given_up in decisions
            .given_up
            .iter()
            .filter(|g| g.stream.as_deref() == stream)
        {
            match self.outcomes.entry(given_up.entry) {
                Entry::Vacant(free) => {
                    free.insert(Outcome::Declined {
                        stream: given_up.stream.clone(),
                        reason: given_up.reason.clone(),
                    });
                }
                Entry::Occupied(has) if !matches!(has.get(), Outcome::Reserve { .. }) => continue,
                Entry::Occupied(_) => {}
            }
            self.pool.pass_over(given_up.entry);
        }
        for kept in decisions.kept.iter().filter(|k| k.stream.as_deref() == stream) {
            let nominated = decisions.nominated.iter().find(|n| n.entry == kept.entry);
            let declined = matches!(self.outcomes.get(&kept.entry),
                Some(Outcome::Declined { stream: gave_up, .. }) if gave_up.as_deref() != stream);
            if declined {
                self.outcomes.remove(&kept.entry);
                self.pool.take_back(kept.entry);
            }
            self.seat(kept.entry, kept.by, nominated.map(|n| n.reason.clone()));
        }
    }

    /// Gives an entry a place in the stream, unless it has one already or may not have one.
    fn seat(&mut self, entry: i64, by: By, reason: Option<String>) {
        if self.decisions.left.contains(&entry) {
            return;
        }
        let reserve = match self.outcomes.get(&entry) {
            None => None,
            Some(Outcome::Reserve { number, stream }) if stream.as_deref() != self.stream => Some(Turn {
                stream: stream.clone(),
                number: *number,
            }),
            Some(_) => return,
        };
        let Some(standing) = self.standings.iter().copied().find(|s| s.entry == entry) else {
            return;
        };
        self.turns.entry(entry).or_default().extend(reserve);
        let beside = self.rules.advance.as_ref().map(|a| a.nominations) == Some(Nominations::Beside);
        if by == By::Nomination && beside {
            self.pool.seat_beside(standing);
        } else {
            self.pool.seat(standing);
        }
        let place = standing.place;
        let outcome = match self.stream {
            None => Outcome::Advances { by, place, reason },
            Some(stream) => Outcome::Invited {
                stream: stream.to_owned(),
                by,
                place,
            },
        };
        self.outcomes.insert(entry, outcome);
    }

    /// Gives the places of those who go on, or of a stream.
    pub(super) fn places(&mut self, advance: &Advance, standings: &[&Standings]) {
        match &advance.per_group {
            Some(per_group) => self.per_group(advance, per_group),
            None => self.overall(advance, standings),
        }
    }

    /// Gives the places of a stream to the best of those who are left; reserves for what came before it are among them.
    pub(super) fn stream(&mut self, stream: &'a Stream, standings: &[&Standings]) {
        let terms = stream.terms();
        self.stream = Some(stream.code.as_str());
        self.pool.under(&terms);
        let held = self.waits(None);
        self.begin();
        if held {
            // Whoever loses a tie before is the first here.
            return self.hold(None);
        }
        self.places(&terms, standings);
    }

    /// Notes what somebody should look at, with the stream that it is about.
    fn warn(&mut self, warning: Warning) {
        self.warnings.push(match self.stream {
            None => warning,
            Some(stream) => Warning::InStream {
                stream: stream.to_owned(),
                warning: Box::new(warning),
            },
        });
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
            self.seat(nominated.entry, By::Nomination, Some(nominated.reason.clone()));
        }
    }

    /// How many entries have places of the stream already, of a group or of all.
    fn taken(&self, advance: &Advance, group: Option<&str>) -> u32 {
        let counts = |standing: &&&Standing| {
            group.is_none_or(|g| g == standing.group)
                && match (self.outcomes.get(&standing.entry), self.stream) {
                    (
                        Some(Outcome::Advances {
                            by: By::Nomination, ..
                        }),
                        None,
                    ) => advance.nominations == Nominations::Inside,
                    (Some(Outcome::Advances { .. }), None) => true,
                    (Some(Outcome::Invited { stream, .. }), Some(current)) => stream == current,
                    _ => false,
                }
        };
        u32::try_from(self.standings.iter().filter(counts).count()).unwrap_or(u32::MAX)
    }

    /// Each group's places by its own order; groups are never compared.
    fn per_group(&mut self, advance: &Advance, per_group: &PerGroup) {
        for group in self.groups() {
            let Some(places) = per_group.of(&group) else {
                self.warn(Warning::GroupWithoutPlaces { group });
                continue;
            };
            let seats = places.saturating_sub(self.taken(advance, Some(&group)));
            if seats > 0 && self.depends_on_a_tie(advance, &group) {
                self.hold(Some(&group));
                continue;
            }
            self.fill(advance, Some(&group), seats, By::PlaceInGroup);
            let taken = self.taken(advance, Some(&group));
            if self.waits(Some(&group)) {
                continue;
            }
            if taken < places {
                self.warn(Warning::PlacesLeft {
                    group: Some(group.clone()),
                    places,
                    left: places - taken,
                });
            }
            self.reserves(advance, Some(&group));
        }
    }

    /// The places in all: each group's share or minimum by its own order, then the best of the rest.
    fn overall(&mut self, advance: &Advance, standings: &[&Standings]) {
        let places = advance.places.unwrap_or(0);
        let groups = self.groups();
        let (own, by) = self.own_places(advance, places, &groups);
        let Some(Owned {
            seats: own,
            lot_awaited,
        }) = own
        else {
            return self.hold(None);
        };
        let mut extra = 0;
        for (group, minimum) in groups.iter().zip(own) {
            let before = self.taken(advance, Some(group));
            if minimum > before && self.depends_on_a_tie(advance, group) {
                self.hold(Some(group));
                continue;
            }
            self.fill(advance, Some(group), minimum.saturating_sub(before), by);
            if !advance.ties_use_places {
                extra += self
                    .taken(advance, Some(group))
                    .saturating_sub(minimum.max(before));
            }
        }
        let taken = self.taken(advance, None);
        if taken.saturating_sub(extra) > places {
            self.warn(Warning::PlacesExceeded { places, taken });
        }
        let seats = places.saturating_add(extra).saturating_sub(taken);
        let held = self.waits(None) || lot_awaited;
        if held && seats > 0 {
            // Whoever loses the tie, or whichever group gets the place, changes what is left for all others.
            self.hold(None);
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
            self.warn(Warning::PlacesLeft {
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

    /// Lets everybody wait about whom nothing is decided, of a group or of all.
    fn hold(&mut self, group: Option<&str>) {
        let of_group = |entry: &i64| {
            let mut standings = self.standings.iter();
            group.is_none_or(|g| standings.any(|s| s.entry == *entry && s.group == g))
        };
        let left = self.pool.left().into_iter().filter(of_group);
        for entry in left.collect::<Vec<_>>() {
            self.outcomes.entry(entry).or_insert(Outcome::Waiting);
        }
    }

    /// Gives seats to the best who are left, of a group or of all, as the policy for ties at the cut says.
    fn fill(&mut self, advance: &Advance, group: Option<&str>, seats: u32, by: By) {
        let policy = match group {
            Some(_) => advance.tie_at_cut.of_group(),
            None => advance.tie_at_cut.overall(),
        };
        let cut = self.pool.cut(group, seats, policy);
        self.across_groups(group, &cut.institution_full);
        for entry in cut.advance {
            self.seat(entry, by, None);
        }
        for entry in cut.waiting {
            self.pool.wait(entry);
            self.outcomes.insert(entry, Outcome::Waiting);
        }
        for warning in cut.warnings {
            self.warn(warning);
        }
    }

    /// Numbers those who come in next, of a group or of all; tied ones in order of their numbers, with a warning.
    fn reserves(&mut self, advance: &Advance, group: Option<&str>) {
        let (entries, warnings) = self.pool.next(group, advance.reserves);
        let wanted = usize::try_from(advance.reserves).unwrap_or(usize::MAX);
        for (number, entry) in (1..).zip(entries.into_iter().take(wanted)) {
            let stream = self.stream.map(str::to_owned);
            match self.outcomes.entry(entry) {
                Entry::Vacant(undecided) => {
                    undecided.insert(Outcome::Reserve { number, stream });
                }
                Entry::Occupied(_) => self.turns.entry(entry).or_default().push(Turn { stream, number }),
            }
        }
        for warning in warnings {
            self.warn(warning);
        }
    }

    fn groups(&self) -> Vec<String> {
        let groups: BTreeSet<&str> = self.standings.iter().map(|s| s.group.as_str()).collect();
        groups.into_iter().map(str::to_owned).collect()
    }

    /// Those who go on first, in the order of all where groups are compared; then reserves, the waiting, the others.
    pub(super) fn outcomes(mut self) -> Vec<Decided> {
        let compared = self.rules.spans_groups() || self.rules.ranking.group_by.is_empty();
        let (overall, mut notes) = if compared {
            self.pool.overall()
        } else {
            Default::default()
        };
        let streams = self.rules.advance.iter().flat_map(|a| &a.streams);
        let streams: Vec<&str> = streams.map(|stream| stream.code.as_str()).collect();
        let decided = |standing: &&Standing| Decided {
            entry: standing.entry,
            group: standing.group.to_string(),
            outcome: self
                .outcomes
                .remove(&standing.entry)
                .unwrap_or(Outcome::NotAdvanced),
            turns: self.turns.remove(&standing.entry).unwrap_or_default(),
            overall: overall.get(&standing.entry).copied(),
            ties: notes.remove(&standing.entry).unwrap_or_default(),
            awards: Vec::new(),
        };
        let places: BTreeMap<i64, Option<u32>> = self.standings.iter().map(|s| (s.entry, s.place)).collect();
        let mut entries: Vec<Decided> = self.standings.iter().map(decided).collect();
        entries.sort_by_key(|d| {
            let turn = if let Outcome::Reserve { number, .. } = d.outcome {
                number
            } else {
                0
            };
            let stream = match &d.outcome {
                Outcome::Invited { stream, .. }
                | Outcome::Reserve {
                    stream: Some(stream), ..
                } => streams.iter().position(|code| code == stream),
                _ => None,
            };
            let place = places.get(&d.entry).copied().flatten().unwrap_or(u32::MAX);
            (
                rank(&d.outcome),
                stream,
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
        Outcome::Invited { .. } => 2,
        Outcome::Reserve { .. } => 3,
        Outcome::NotAdvanced => 4,
        Outcome::Declined { .. } => 5,
        Outcome::Excluded { .. } => 6,
        Outcome::Unplaced { .. } => 7,
    }
}
