//! Deciding again, after a correction or when somebody left: who keeps a place, who comes in, and what a later round that
//! is judged already lets happen.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use utoipa::ToSchema;

use super::{Advancement, By, Decisions, GivenUp, Kept, Outcome, decide, kept};
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The entry's number.
    pub entry: i64,
    /// What it left.
    pub from: LeftFrom,
    /// Why.
    pub reason: Option<String>,
}

/// What somebody left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftFrom {
    /// The contest or the next round: no place of this round is theirs any more.
    Everything,
    /// One place that they were offered: they declined it, or did not answer in time.
    Place {
        /// The stream; without a word to go on.
        stream: Option<String>,
        /// The stream in which they confirmed a place before they came up from there: they go back to it.
        back: Option<String>,
        /// Whether it was decided without them since. Then only a nomination brings them back.
        settled: bool,
    },
}

impl Left {
    /// Whether it is this place that was left.
    #[must_use]
    pub fn gave_up(&self, held: &Kept) -> bool {
        self.entry == held.entry
            && match &self.from {
                LeftFrom::Everything => true,
                LeftFrom::Place { stream, .. } => *stream == held.stream,
            }
    }

    /// Whether it was decided without them since.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        matches!(self.from, LeftFrom::Place { settled: true, .. })
    }

    /// The stream; none for those who go on.
    fn stream(&self) -> Option<String> {
        match &self.from {
            LeftFrom::Everything => None,
            LeftFrom::Place { stream, .. } => stream.clone(),
        }
    }

    /// The place that they go back to, if they held the one that they left.
    fn back(&self, holders: &[Kept]) -> Option<Kept> {
        let LeftFrom::Place { back: Some(back), .. } = &self.from else {
            return None;
        };
        let held = holders.iter().find(|held| self.gave_up(held))?;
        Some(Kept {
            stream: Some(back.clone()),
            ..held.clone()
        })
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
    let holders: Vec<Kept> = before.decided.iter().flat_map(|d| kept(d)).collect();
    let nominated = |entry: i64| decisions.nominated.iter().any(|n| n.entry == entry);
    let left: Vec<&Left> = left
        .iter()
        .filter(|l| !l.is_settled() || !nominated(l.entry))
        .collect();
    let gone = |held: &Kept| left.iter().any(|l| l.gave_up(held));
    let mut decisions = decisions.clone();
    decisions.nominated.retain(|n| {
        let place = Kept {
            entry: n.entry,
            by: By::Nomination,
            stream: None,
        };
        !gone(&place)
    });
    // Who left altogether without a place had none to give up.
    let had = |l: &Left| {
        l.from != LeftFrom::Everything
            || holders.iter().any(|held| held.entry == l.entry)
            || declined_before(before, l.entry).is_some()
    };
    decisions.given_up = left
        .iter()
        .filter(|l| had(l))
        .map(|l| GivenUp {
            entry: l.entry,
            stream: l.stream(),
            reason: l.reason.clone(),
        })
        .collect();
    let altogether = left.iter().filter(|l| l.from == LeftFrom::Everything);
    decisions.left = altogether.map(|l| l.entry).collect();
    decisions.left.sort_unstable();
    decisions.left.dedup();
    decisions.kept.clear();
    let mut advancement = decide(rules, groups, &decisions);
    let mut keep = holders.clone();
    keep.retain(|k| {
        !gone(k) && k.by != By::Nomination && decisions.nominated.iter().all(|n| n.entry != k.entry)
    });
    keep.extend(left.iter().filter_map(|l| l.back(&holders)).filter(|k| !gone(k)));
    if before.holds && !keep.is_empty() && !overtaken(groups, &advancement, before, &keep) {
        decisions.kept = keep;
        advancement = decide(rules, groups, &decisions);
    }
    tell(&mut advancement, before, &holders, &left);
    advancement.left = decisions.left;
    if !before.decided.is_empty() {
        advancement.changed = Some(changed(&before.decided, &advancement));
    }
    advancement
}

/// Only who had a place gave one up, now or before: of a stream, where it was one of a stream.
fn tell(advancement: &mut Advancement, before: &Before<'_>, holders: &[Kept], left: &[&Left]) {
    for decided in &mut advancement.entries {
        let entry = decided.entry;
        if left.iter().all(|l| l.entry != entry) {
            continue;
        }
        let mut of_theirs = holders.iter().filter(|held| held.entry == entry);
        let held = of_theirs.find(|held| left.iter().any(|l| l.gave_up(held)));
        if let Outcome::Declined { stream, .. } = &mut decided.outcome {
            match held {
                Some(held) => stream.clone_from(&held.stream),
                None => decided.outcome = declined_before(before, entry).unwrap_or(Outcome::NotAdvanced),
            }
        }
    }
}

fn declined_before(before: &Before<'_>, entry: i64) -> Option<Outcome> {
    let mut decided = before.decided.iter().flat_map(|d| &d.entries);
    let declined = decided.find(|d| d.entry == entry && matches!(d.outcome, Outcome::Declined { .. }))?;
    Some(declined.outcome.clone())
}

/// Who goes on otherwise than before.
#[must_use]
pub fn changed(before: &[&Advancement], now: &Advancement) -> Changed {
    let was: BTreeSet<i64> = before.iter().flat_map(|d| advancing(d)).collect();
    let is: BTreeSet<i64> = advancing(now).collect();
    Changed {
        entered: is.difference(&was).copied().collect(),
        left: was.difference(&is).copied().collect(),
    }
}

fn advancing(advancement: &Advancement) -> impl Iterator<Item = i64> {
    kept(advancement)
        .into_iter()
        .filter(|k| k.stream.is_none())
        .map(|k| k.entry)
}

/// Places in groups and among all.
struct Places {
    in_group: BTreeMap<i64, (SmolStr, u32)>,
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
    use super::super::tests::{contest, going, reserves};
    use super::*;

    const RULES: &str = r#""advance": { "places": 2, "reserves": 2 }"#;

    fn left(entry: i64) -> Left {
        Left {
            entry,
            from: LeftFrom::Everything,
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
