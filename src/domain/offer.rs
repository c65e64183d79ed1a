//! A place is offered, then confirmed, declined or expired by a deadline; whoever comes in for one who left is offered the
//! place in turn.
//!
//! An offer knows no clock: `now` comes in, and an offer that nobody answered in time is expired without anybody having
//! written so. Nothing here gives a place away: [`fill`] only says what the advancement is without those who left.

use serde::{Deserialize, Serialize};

use super::advancement::{self, Advancement, Decisions, GivenUp, Kept};
use super::rules::Rules;
use super::scoring::Standings;
use super::time::Stamp;

/// The offer of a place to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The entry's number.
    pub entry: i64,
    /// The stream; without a word to go on.
    pub stream: Option<String>,
    /// When it was made.
    pub offered_at: Stamp,
    /// The last moment at which its owner can answer; without a word any time.
    pub deadline: Option<Stamp>,
    /// What was answered last.
    pub answer: Option<Answer>,
    /// When the place was given to somebody else; from then on nothing about the offer changes.
    pub refilled_at: Option<Stamp>,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Whether the entry comes.
    pub comes: bool,
    /// Who said so.
    pub by: Party,
    /// When.
    pub at: Stamp,
    /// Why it does not come.
    pub reason: Option<String>,
}

crate::code_enum! {
    /// How far an offer is.
    pub enum OfferState {
        /// It waits for an answer.
        Offered = "offered",
        /// The entry comes.
        Confirmed = "confirmed",
        /// The entry does not come.
        Declined = "declined",
        /// Nobody answered in time.
        Expired = "expired",
    }
}

crate::code_enum! {
    /// Who changes an offer.
    pub enum Party {
        /// The entry's owner, until the deadline; who confirmed may still decline later.
        Owner = "owner",
        /// An organizer, for the owner, until the place is given to somebody else.
        Organizer = "organizer",
    }
}

/// What happens to an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The entry comes.
    Confirm,
    /// The entry does not come, or leaves after it was confirmed.
    Decline {
        /// Why.
        reason: String,
    },
    /// Organizers give more time, also after the deadline.
    Extend {
        /// The new deadline.
        deadline: Stamp,
    },
}

crate::code_enum! {
    /// Why an offer can't be changed so.
    pub enum Refusal {
        /// The place was given to somebody else.
        Refilled = "offer_refilled",
        /// The deadline is over; organizers can extend it.
        Expired = "offer_expired",
        /// That is what was answered already.
        SameAnswer = "offer_same_answer",
        /// An owner who declined can't come back; organizers can confirm for them.
        Declined = "offer_declined",
        /// Only organizers give more time.
        NotOrganizer = "offer_not_organizer",
        /// Only an offer that nobody answered has a deadline to extend.
        Answered = "offer_answered",
        /// The new deadline is not after the old one and now.
        DeadlinePast = "offer_deadline_past",
        /// Declining needs a reason.
        ReasonMissing = "offer_reason_missing",
    }
}

/// A place that waits to be offered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// The entry's number.
    pub entry: i64,
    /// The stream; none to go on.
    pub stream: Option<String>,
}

impl Offer {
    /// How far it is at a moment. The deadline itself is still in time.
    #[must_use]
    pub fn state(&self, now: Stamp) -> OfferState {
        match &self.answer {
            Some(answer) if answer.comes => OfferState::Confirmed,
            Some(_) => OfferState::Declined,
            None if self.deadline.is_some_and(|deadline| now > deadline) => OfferState::Expired,
            None => OfferState::Offered,
        }
    }

    /// The offer after a change.
    ///
    /// # Errors
    /// Why it can't be changed so by this party at this moment.
    pub fn changed(&self, by: Party, change: Change, now: Stamp) -> Result<Self, Refusal> {
        if self.refilled_at.is_some() {
            return Err(Refusal::Refilled);
        }
        let answered = |comes, reason| {
            Ok(Self {
                answer: Some(Answer {
                    comes,
                    by,
                    at: now,
                    reason,
                }),
                ..self.clone()
            })
        };
        match (change, self.state(now), by) {
            (Change::Confirm, OfferState::Confirmed, _)
            | (Change::Decline { .. }, OfferState::Declined, _) => Err(Refusal::SameAnswer),
            (Change::Confirm | Change::Decline { .. }, OfferState::Expired, Party::Owner) => {
                Err(Refusal::Expired)
            }
            (Change::Confirm, OfferState::Declined, Party::Owner) => Err(Refusal::Declined),
            (Change::Confirm, ..) => answered(true, None),
            (Change::Decline { reason }, ..) if reason.trim().is_empty() => Err(Refusal::ReasonMissing),
            (Change::Decline { reason }, ..) => answered(false, Some(reason)),
            (Change::Extend { .. }, _, Party::Owner) => Err(Refusal::NotOrganizer),
            (Change::Extend { .. }, OfferState::Confirmed | OfferState::Declined, _) => {
                Err(Refusal::Answered)
            }
            (Change::Extend { deadline }, ..)
                if deadline <= now || self.deadline.is_none_or(|old| deadline <= old) =>
            {
                Err(Refusal::DeadlinePast)
            }
            (Change::Extend { deadline }, ..) => Ok(Self {
                deadline: Some(deadline),
                ..self.clone()
            }),
        }
    }

    /// Whether its entry has left, so that the place can be given to somebody else.
    #[must_use]
    pub fn has_left(&self, now: Stamp) -> bool {
        matches!(self.state(now), OfferState::Declined | OfferState::Expired)
    }
}

/// The places that an advancement gives and nobody was offered yet, in its order.
#[must_use]
pub fn due(advancement: &Advancement, offers: &[Offer]) -> Vec<Due> {
    let held = advancement::kept(advancement)
        .into_iter()
        .map(|Kept { entry, stream, .. }| Due { entry, stream });
    held.filter(|due| {
        !offers
            .iter()
            .any(|o| o.entry == due.entry && o.stream == due.stream)
    })
    .collect()
}

/// What entries that left gave up, in order of their numbers.
#[must_use]
pub fn given_up(offers: &[Offer], now: Stamp) -> Vec<GivenUp> {
    let left = offers.iter().filter(|o| o.has_left(now)).map(|o| GivenUp {
        entry: o.entry,
        stream: o.stream.clone(),
        reason: o.answer.as_ref().and_then(|answer| answer.reason.clone()),
    });
    let mut left: Vec<GivenUp> = left.collect();
    left.sort_by(|a, b| (a.entry, &a.stream).cmp(&(b.entry, &b.stream)));
    left
}

/// The advancement without those who left, while all others keep their places: the best of those who come next in the
/// order are in it instead, and [`due`] says whom to offer a place. One who came up from another stream, where the place
/// was confirmed, and left again goes back there.
#[must_use]
pub fn fill(
    rules: &Rules,
    groups: &[&Standings],
    decisions: &Decisions,
    advancement: &Advancement,
    (offers, now): (&[Offer], Stamp),
) -> Advancement {
    let mut again = decisions.clone();
    again.given_up = given_up(offers, now);
    let gave_up = |entry: i64, stream: &Option<String>| {
        again
            .given_up
            .iter()
            .any(|g| g.entry == entry && g.stream == *stream)
    };
    let mut kept = advancement::kept(advancement);
    let confirmed = offers.iter().filter(|o| o.state(now) == OfferState::Confirmed);
    let back: Vec<Kept> = confirmed
        .filter_map(|o| {
            let holds = kept.iter().find(|k| k.entry == o.entry && k.stream != o.stream)?;
            gave_up(o.entry, &holds.stream).then(|| Kept {
                stream: o.stream.clone(),
                ..holds.clone()
            })
        })
        .collect();
    kept.retain(|k| !gave_up(k.entry, &k.stream));
    kept.extend(back);
    again.nominated.retain(|n| !gave_up(n.entry, &None));
    again.kept = kept;
    advancement::decide(rules, groups, &again)
}

#[cfg(test)]
mod tests {
    use super::*;
    use OfferState::{Confirmed, Declined, Expired, Offered};
    use Party::{Organizer, Owner};

    fn at(second: i64) -> Stamp {
        Stamp::new(chrono::DateTime::UNIX_EPOCH).plus_seconds(second)
    }

    fn offer() -> Offer {
        Offer {
            entry: 1,
            stream: None,
            offered_at: at(0),
            deadline: Some(at(100)),
            answer: None,
            refilled_at: None,
        }
    }

    fn decline() -> Change {
        Change::Decline {
            reason: "No time.".into(),
        }
    }

    #[test]
    fn an_offer_expires_after_its_deadline_unless_it_was_answered() {
        assert_eq!(
            [at(0), at(100), at(101)].map(|now| offer().state(now)),
            [Offered, Offered, Expired]
        );
        let confirmed = offer().changed(Owner, Change::Confirm, at(100)).unwrap();
        assert_eq!(confirmed.state(at(101)), Confirmed);
        let open = Offer {
            deadline: None,
            ..offer()
        };
        assert_eq!(open.state(at(1_000_000)), Offered);
        assert!(!confirmed.has_left(at(101)) && offer().has_left(at(101)) && !offer().has_left(at(100)));
    }

    #[test]
    fn who_may_change_what_and_when() {
        let (early, late) = (at(50), at(150));
        let extend = |second| Change::Extend { deadline: at(second) };
        let empty = Change::Decline { reason: " ".into() };
        let is = |answer: Change| offer().changed(Organizer, answer, early).unwrap();
        for (offer, by, change, now, expected) in [
            (offer(), Owner, Change::Confirm, early, Ok(Confirmed)),
            (offer(), Owner, decline(), early, Ok(Declined)),
            (offer(), Owner, empty, early, Err(Refusal::ReasonMissing)),
            (offer(), Owner, Change::Confirm, late, Err(Refusal::Expired)),
            (offer(), Owner, decline(), late, Err(Refusal::Expired)),
            (offer(), Owner, extend(200), early, Err(Refusal::NotOrganizer)),
            (
                is(Change::Confirm),
                Owner,
                Change::Confirm,
                early,
                Err(Refusal::SameAnswer),
            ),
            (is(Change::Confirm), Owner, decline(), late, Ok(Declined)),
            (
                is(decline()),
                Owner,
                Change::Confirm,
                early,
                Err(Refusal::Declined),
            ),
            (is(decline()), Organizer, Change::Confirm, late, Ok(Confirmed)),
            (
                is(decline()),
                Organizer,
                decline(),
                late,
                Err(Refusal::SameAnswer),
            ),
            (
                is(decline()),
                Organizer,
                extend(200),
                late,
                Err(Refusal::Answered),
            ),
            (offer(), Organizer, Change::Confirm, late, Ok(Confirmed)),
            (offer(), Organizer, extend(200), late, Ok(Offered)),
            (offer(), Organizer, extend(100), early, Err(Refusal::DeadlinePast)),
            (offer(), Organizer, extend(140), late, Err(Refusal::DeadlinePast)),
        ] {
            let changed = offer
                .changed(by, change.clone(), now)
                .map(|changed| changed.state(now));
            assert_eq!(changed, expected, "{offer:?} {by} {change:?}");
        }
        let refilled = Offer {
            refilled_at: Some(early),
            ..is(decline())
        };
        for change in [Change::Confirm, decline(), extend(200)] {
            assert_eq!(refilled.changed(Organizer, change, late), Err(Refusal::Refilled));
        }
    }
}
