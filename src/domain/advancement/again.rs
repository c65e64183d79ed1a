//! Deciding again, after a correction or when somebody left: who keeps a place, who comes in, and what a later round that
//! is judged already lets happen.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Advancement, By, Decisions, GivenUp, Kept, Outcome, kept};
use crate::domain::round::Phase;
use crate::domain::rules::Rules;
use crate::domain::scoring::Standings;

/// What was decided before, and from what.
#[derive(Debug, Clone, Default)]
pub struct Before<'a> {
    /// The decisions.
    pub decided: Vec<&'a Advancement>,
    /// The standings that they rest on.
    pub standings: Vec<&'a Standings>,
    /// Whether what people decided then still holds, so that holders may keep their places at all.
    pub holds: bool,
}

/// Somebody who is no longer there for a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// The entry's number.
    pub entry: i64,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// What a decision took over from the one before and from what happened since: all that it takes to come to the same
/// decision again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = AdvancementAgain)]
pub struct Again {
    /// The groups that were decided before.
    pub groups: BTreeSet<String>,
    /// Who held a place there, with it.
    pub held: Vec<Kept>,
    /// Who of them keeps it whatever the order, by number.
    pub kept: BTreeSet<i64>,
    /// Who is no longer there for a place.
    pub left: Vec<Left>,
}

impl Again {
    /// Whether this is the first decision, of entries that are all there.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    fn is_gone(&self, entry: i64) -> bool {
        self.left.iter().any(|l| l.entry == entry)
    }

    /// Adds what decisions about other groups took over.
    pub fn join(&mut self, other: Self) {
        self.groups.extend(other.groups);
        self.held.extend(other.held);
        self.kept.extend(other.kept);
        self.left.extend(other.left);
    }
}

/// Who goes on otherwise than the decision before said, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AdvancementChange)]
pub struct Changed {
    /// Who goes on now and did not before.
    pub entered: Vec<i64>,
    /// Who went on before and does not now.
    pub left: Vec<i64>,
}

/// Where an entry is in the next round that it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Later {
    /// The entry's number.
    pub entry: i64,
    /// The round.
    pub round: String,
    /// The group.
    pub group: String,
    /// How far the group is.
    pub phase: Phase,
    /// Whether it still takes part there.
    pub takes_part: bool,
    /// Why it does not.
    pub reason: Option<String>,
}

impl Later {
    /// Whether it is gone from there while somebody else can still take the place.
    #[must_use]
    pub const fn makes_room(&self) -> bool {
        !self.takes_part && !self.phase.is_closed()
    }
}

/// Why a decision can't be taken while a later round is judged with the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked<'a> {
    /// Where.
    pub at: &'a Later,
    /// The entries that it is about.
    pub entries: Vec<i64>,
    /// Whether they would come in; else they would lose the place that they are judged in.
    pub enter: bool,
}

/// Decides again. Who left gets no place. Everybody else who holds one keeps it, unless the order as it is now puts
/// somebody without a place level with or ahead of a holder whom they were behind before: then the order decides.
#[must_use]
pub fn again(
    rules: &Rules,
    groups: &[&Standings],
    decisions: &Decisions,
    before: &Before<'_>,
    left: &[Left],
) -> Advancement {
    let mut decisions = Decisions {
        again: Again {
            groups: before.decided.iter().flat_map(|d| decided_groups(d)).collect(),
            held: before.decided.iter().flat_map(|d| kept(d)).collect(),
            kept: BTreeSet::new(),
            left: left.to_vec(),
        },
        ..decisions.clone()
    };
    let afresh = super::decide(rules, groups, &decisions);
    let again = &decisions.again;
    let nominated = |entry: i64| decisions.nominated.iter().any(|n| n.entry == entry);
    let mut keep = again.held.clone();
    keep.retain(|k| !again.is_gone(k.entry) && k.by != By::Nomination && !nominated(k.entry));
    if before.holds && !keep.is_empty() && !overtaken(groups, &afresh, before, &keep) {
        decisions.again.kept = keep.iter().map(|k| k.entry).collect();
        return super::decide(rules, groups, &decisions);
    }
    afresh
}

fn decided_groups(decided: &Advancement) -> impl Iterator<Item = String> {
    decided.entries.iter().map(|d| d.group.clone())
}

/// The decisions with what is taken over put in the terms of a first decision.
pub(super) fn taken_over(decisions: &Decisions) -> Decisions {
    let again = &decisions.again;
    let mut decisions = decisions.clone();
    decisions.nominated.retain(|n| !again.is_gone(n.entry));
    decisions.given_up.extend(again.left.iter().map(|l| GivenUp {
        entry: l.entry,
        stream: None,
        reason: l.reason.clone(),
    }));
    let held = again.held.iter().filter(|k| again.kept.contains(&k.entry));
    decisions.kept.extend(held.cloned());
    decisions
}

/// Tells what was taken over, and what came of it.
pub(super) fn tell_again(advancement: &mut Advancement, again: &Again) {
    tell(advancement, &again.held, &again.left);
    if !again.groups.is_empty() {
        let goes = |d: &&super::Decided| again.groups.contains(&d.group);
        let is = advancement.entries.iter().filter(goes);
        let is = is.filter(|d| matches!(d.outcome, Outcome::Advances { .. }));
        let is: BTreeSet<i64> = is.map(|d| d.entry).collect();
        let was = again.held.iter().filter(|k| k.stream.is_none());
        let was: BTreeSet<i64> = was.map(|k| k.entry).collect();
        advancement.changed = Some(Changed {
            entered: is.difference(&was).copied().collect(),
            left: was.difference(&is).copied().collect(),
        });
    }
    advancement.again = Some(again.clone()).filter(|again| !again.is_none());
}

/// Only who had a place gave one up; of a stream, where it was one of a stream.
fn tell(advancement: &mut Advancement, holders: &[Kept], left: &[Left]) {
    for decided in &mut advancement.entries {
        let entry = decided.entry;
        if !left.iter().any(|l| l.entry == entry) {
            continue;
        }
        if let Outcome::Declined { stream, .. } = &mut decided.outcome {
            match holders.iter().find(|k| k.entry == entry) {
                Some(held) => stream.clone_from(&held.stream),
                None => decided.outcome = Outcome::NotAdvanced,
            }
        }
    }
}

/// Places in groups and among all.
struct Places {
    in_group: BTreeMap<i64, (String, u32)>,
    overall: BTreeMap<i64, u32>,
}

impl Places {
    fn of(standings: &[&Standings], decided: &[&Advancement]) -> Self {
        let ranked = standings.iter().flat_map(|s| &s.entries);
        let all = decided.iter().flat_map(|d| &d.entries);
        Self {
            in_group: ranked
                .filter_map(|s| Some((s.entry, (s.group.clone(), s.place?))))
                .collect(),
            overall: all.filter_map(|d| Some((d.entry, d.overall?))).collect(),
        }
    }

    /// How two entries compare, the better one first; nothing where they never are compared.
    fn compare(&self, one: i64, other: i64) -> Option<Ordering> {
        match (self.in_group.get(&one), self.in_group.get(&other)) {
            (Some((ours, one)), Some((theirs, other))) if ours == theirs => Some(one.cmp(other)),
            _ => Some(self.overall.get(&one)?.cmp(self.overall.get(&other)?)),
        }
    }
}

fn overtaken(groups: &[&Standings], fresh: &Advancement, before: &Before<'_>, keep: &[Kept]) -> bool {
    let was = Places::of(&before.standings, &before.decided);
    let is = Places::of(groups, &[fresh]);
    let could = |outcome: &Outcome| {
        !matches!(
            outcome,
            Outcome::Excluded { .. } | Outcome::Unplaced { .. } | Outcome::Declined { .. }
        )
    };
    let rivals = fresh.entries.iter().filter(|d| could(&d.outcome));
    let rivals: Vec<i64> = rivals
        .map(|d| d.entry)
        .filter(|entry| keep.iter().all(|k| k.entry != *entry))
        .collect();
    let passes = |rival: i64, holder: i64| {
        let Some(now) = is.compare(rival, holder) else {
            return false;
        };
        let then = was.compare(rival, holder).unwrap_or(Ordering::Greater);
        now != Ordering::Greater && now < then
    };
    keep.iter()
        .any(|k| rivals.iter().any(|rival| passes(*rival, k.entry)))
}

/// Whether a decision can be taken while later groups are open: nobody who takes part there loses the place, and no more
/// come in than left.
///
/// # Errors
/// The first group that stands in the way, with the entries.
pub fn allowed<'a>(changed: &Changed, later: &'a [Later]) -> Result<(), Blocked<'a>> {
    let place = |entry: i64| later.iter().find(|l| l.entry == entry);
    let fixed = |entry: i64| place(entry).filter(|l| l.phase != Phase::Draft && !l.makes_room());
    let lose: Vec<i64> = changed
        .left
        .iter()
        .copied()
        .filter(|n| fixed(*n).is_some())
        .collect();
    if let Some(at) = lose.iter().find_map(|n| fixed(*n)) {
        return Err(Blocked {
            at,
            entries: lose,
            enter: false,
        });
    }
    match later.iter().find(|l| l.phase != Phase::Draft) {
        Some(at) if changed.entered.len() > changed.left.len() => Err(Blocked {
            at,
            entries: changed.entered.clone(),
            enter: true,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::decide;
    use super::super::tests::{contest, going, reserves};
    use super::*;

    const RULES: &str = r#""advance": { "places": 2, "reserves": 2 }"#;

    fn left(entry: i64) -> Left {
        Left {
            entry,
            reason: Some("Sold.".into()),
        }
    }

    fn numbers(advancement: &Advancement) -> Vec<i64> {
        going(advancement).iter().map(|(entry, _)| *entry).collect()
    }

    #[test]
    fn holders_keep_their_places_unless_the_order_says_otherwise() {
        let first = [(1, "", 90), (2, "", 80), (3, "", 80), (4, "", 70)];
        let (rules, standings) = contest(RULES, &first);
        let nothing = Decisions::default();
        let drawn = Decisions {
            ties: vec![crate::domain::scoring::Decision {
                by: crate::domain::scoring::DecidedBy::Organizers,
                order: vec![2, 3],
            }],
            ..nothing.clone()
        };
        let decided = decide(&rules, &[&standings], &drawn);
        assert_eq!(numbers(&decided), [1, 2]);
        for (marks, holds, expected, changed) in [
            // Nobody's order moves: the tie that was decided stays decided.
            ([90, 80, 80, 60], true, vec![1, 2], (vec![], vec![])),
            ([90, 80, 79, 70], true, vec![1, 2], (vec![], vec![])),
            // Entry 3 gets ahead of entry 2; entry 4 level with it.
            ([90, 80, 81, 70], true, vec![1, 3], (vec![3], vec![2])),
            ([90, 70, 60, 91], true, vec![4, 1], (vec![4], vec![2])),
        ] {
            let now: Vec<_> = (1..).zip(marks).map(|(n, mark)| (n, "", mark)).collect();
            let (_, corrected) = contest(RULES, &now);
            let before = Before {
                decided: vec![&decided],
                standings: vec![&standings],
                holds,
            };
            let again = again(&rules, &[&corrected], &nothing, &before, &[]);
            assert_eq!(numbers(&again), expected, "{marks:?}");
            let told = again.changed.unwrap();
            assert_eq!((told.entered, told.left), changed, "{marks:?}");
        }
    }

    #[test]
    fn who_left_makes_room_for_a_reserve_and_a_reserve_who_left_is_passed_over() {
        let (rules, standings) = contest(RULES, &[(1, "", 90), (2, "", 80), (3, "", 70), (4, "", 60)]);
        let decided = decide(&rules, &[&standings], &Decisions::default());
        let before = Before {
            decided: vec![&decided],
            standings: vec![&standings],
            holds: true,
        };
        let again = again(
            &rules,
            &[&standings],
            &Decisions::default(),
            &before,
            &[left(1), left(3)],
        );
        assert_eq!(numbers(&again), [2, 4]);
        assert_eq!(reserves(&again), [0_i64; 0]);
        let of = |entry: i64| &again.entries.iter().find(|d| d.entry == entry).unwrap().outcome;
        assert!(matches!(of(1), Outcome::Declined { stream: None, reason: Some(why) } if why == "Sold."));
        assert_eq!(of(3), &Outcome::NotAdvanced, "it had no place to give up");
    }

    #[test]
    fn what_a_later_round_lets_happen() {
        let at = |entry: i64, phase: Phase, takes_part: bool| Later {
            entry,
            round: "final".into(),
            group: "all".into(),
            phase,
            takes_part,
            reason: None,
        };
        let changed = |entered: &[i64], left: &[i64]| Changed {
            entered: entered.to_vec(),
            left: left.to_vec(),
        };
        let (draft, open, closed) = (Phase::Draft, Phase::Open, Phase::Closed);
        for (later, changed, expected) in [
            (vec![], changed(&[3, 4], &[1]), None),
            (vec![at(1, draft, true)], changed(&[3, 4], &[1]), None),
            (vec![at(1, open, true)], changed(&[], &[]), None),
            (
                vec![at(1, open, true)],
                changed(&[3], &[1]),
                Some((vec![1], false)),
            ),
            (vec![at(1, open, true)], changed(&[3], &[]), Some((vec![3], true))),
            (vec![at(1, open, false)], changed(&[3], &[1]), None),
            (vec![at(1, open, false)], changed(&[], &[1]), None),
            (
                vec![at(1, open, false)],
                changed(&[3, 4], &[1]),
                Some((vec![3, 4], true)),
            ),
            // Nobody can take a place any more whose group is closed.
            (
                vec![at(1, closed, false)],
                changed(&[3], &[1]),
                Some((vec![1], false)),
            ),
            (
                vec![at(1, draft, true), at(2, open, true)],
                changed(&[3], &[1]),
                None,
            ),
        ] {
            let found = allowed(&changed, &later).err().map(|b| (b.entries, b.enter));
            assert_eq!(found, expected, "{later:?} {changed:?}");
        }
    }
}
