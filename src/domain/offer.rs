//! A place is offered, then confirmed, declined or expired by a deadline; whoever comes in for one who left is offered the
//! place in turn.
//!
//! An offer knows no clock: `now` comes in, and an offer that nobody answered in time is expired without anybody having
//! written so. Nothing here gives a place away: [`left`] only says who left, and
//! [`again`](super::advancement::again::again) what the advancement is without them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::advancement::again::{Left, LeftFrom};
use super::advancement::{self, Advancement, Kept, Outcome};
use super::time::Stamp;

/// The offer of a place to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The entry's number.
    pub entry: i64,
    /// The stream; without a word to go on.
    pub stream: Option<String>,
    /// When it was made.
    pub offered_at: Stamp,
    /// The first moment at which its owner can't answer any more.
    pub deadline: Stamp,
    /// What was answered last.
    pub answer: Option<Answer>,
    /// When organizers took it back.
    pub withdrawn_at: Option<Stamp>,
    /// When it was decided without the entry; from then on nothing about the offer changes.
    pub settled_at: Option<Stamp>,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether the entry comes.
    pub comes: bool,
    /// Who said so.
    pub by: Party,
    /// When.
    pub at: Stamp,
    /// Why, where somebody said so.
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
        /// Organizers took it back.
        Withdrawn = "withdrawn",
    }
}

crate::code_enum! {
    /// Who answers an offer.
    pub enum Party {
        /// The entry's owner, until the deadline; who confirmed may still decline later.
        Owner = "owner",
        /// An organizer, for the owner, until it is decided without the entry.
        Organizer = "organizer",
    }
}

/// Why an offer can't be changed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It was decided without the entry since.
    Settled,
    /// Organizers took it back.
    Withdrawn,
    /// The deadline is over; organizers can extend it.
    Expired,
    /// That is what was answered already.
    SameAnswer,
    /// An owner who declined can't come back; organizers can confirm for them.
    Declined,
    /// Only an offer that nobody answered is extended or taken back.
    Answered,
    /// The new deadline is not after the old one and now.
    DeadlineNotLater,
}

/// A place of an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[schema(as = OfferedPlace)]
pub struct Due {
    /// The entry's number.
    #[schema(example = 25)]
    pub entry: i64,
    /// The stream; none to go on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<String>,
}

impl Due {
    fn of(held: Kept) -> Self {
        Self {
            entry: held.entry,
            stream: held.stream,
        }
    }
}

impl Offer {
    /// How far it is at a moment. The deadline itself is too late.
    #[must_use]
    pub fn state(&self, now: Stamp) -> OfferState {
        let until = self.settled_at.map_or(now, |settled| settled.min(now));
        match &self.answer {
            _ if self.withdrawn_at.is_some() => OfferState::Withdrawn,
            Some(answer) if answer.comes => OfferState::Confirmed,
            Some(_) => OfferState::Declined,
            None if until >= self.deadline => OfferState::Expired,
            None => OfferState::Offered,
        }
    }

    /// Whether it still can change.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.withdrawn_at.is_none() && self.settled_at.is_none()
    }

    /// Whether its entry has left the place.
    #[must_use]
    pub fn has_left(&self, now: Stamp) -> bool {
        matches!(self.state(now), OfferState::Declined | OfferState::Expired)
    }

    /// The offer after an answer.
    ///
    /// # Errors
    /// Why this party can't answer so at this moment.
    pub fn answered(&self, answer: Answer) -> Result<Self, Refusal> {
        self.must_live()?;
        match (answer.comes, self.state(answer.at), answer.by) {
            (true, OfferState::Confirmed, _) | (false, OfferState::Declined, _) => Err(Refusal::SameAnswer),
            (_, OfferState::Expired, Party::Owner) => Err(Refusal::Expired),
            (true, OfferState::Declined, Party::Owner) => Err(Refusal::Declined),
            _ => Ok(Self {
                answer: Some(answer),
                ..self.clone()
            }),
        }
    }

    /// The offer with more time, also after its deadline.
    ///
    /// # Errors
    /// When it was answered or has ended, or the new deadline is no later.
    pub fn extended(&self, deadline: Stamp, now: Stamp) -> Result<Self, Refusal> {
        self.must_live()?;
        if self.answer.is_some() {
            return Err(Refusal::Answered);
        }
        if deadline <= now || deadline <= self.deadline {
            return Err(Refusal::DeadlineNotLater);
        }
        Ok(Self {
            deadline,
            ..self.clone()
        })
    }

    /// The offer taken back. The entry keeps its place, and can be offered it again.
    ///
    /// # Errors
    /// When it was answered or has ended.
    pub fn withdrawn(&self, now: Stamp) -> Result<Self, Refusal> {
        self.must_live()?;
        if self.answer.is_some() {
            return Err(Refusal::Answered);
        }
        Ok(Self {
            withdrawn_at: Some(now),
            ..self.clone()
        })
    }

    /// Whether a decision that gives these places ends it: its entry has no place there, and none that it came up to from
    /// here.
    #[must_use]
    pub fn ends_with(&self, places: &[Kept], now: Stamp) -> bool {
        let theirs = |k: &&Kept| k.entry == self.entry;
        let same = |k: &Kept| k.stream == self.stream;
        let confirmed = self.state(now) == OfferState::Confirmed;
        self.is_live() && !places.iter().filter(theirs).any(|k| same(k) || confirmed)
    }

    const fn must_live(&self) -> Result<(), Refusal> {
        if self.withdrawn_at.is_some() {
            return Err(Refusal::Withdrawn);
        }
        if self.settled_at.is_some() {
            return Err(Refusal::Settled);
        }
        Ok(())
    }
}

/// The places that an advancement gives and nobody was offered yet, in its order.
#[must_use]
pub fn due(advancement: &Advancement, offers: &[Offer]) -> Vec<Due> {
    let held = advancement::kept(advancement).into_iter().map(Due::of);
    let offered = |due: &Due| {
        let same = |o: &&Offer| o.entry == due.entry && o.stream == due.stream;
        offers.iter().filter(same).any(Offer::is_live)
    };
    held.filter(|due| !offered(due)).collect()
}

/// Who holds a place in an advancement that they did not hold before, in its order.
#[must_use]
pub fn came_in(before: &Advancement, now: &Advancement) -> Vec<Due> {
    let before: Vec<Due> = advancement::kept(before).into_iter().map(Due::of).collect();
    let mut held: Vec<Due> = advancement::kept(now).into_iter().map(Due::of).collect();
    held.retain(|due| !before.contains(due));
    held
}

/// The number of an entry's place among those that an advancement gives, or gives in a stream: 1 is the first.
#[must_use]
pub fn seat(advancement: &Advancement, due: &Due) -> Option<u32> {
    let held = advancement::kept(advancement);
    let mut seats = held.iter().filter(|k| k.stream == due.stream);
    let before = seats.position(|k| k.entry == due.entry)?;
    u32::try_from(before + 1).ok()
}

/// The numbers of the places that these entries come into: the lowest that nobody else has who holds one in the stream.
/// `told` are the numbers in the offers that hold; who has none has the number that `before` gives.
#[must_use]
pub fn free_seats(
    (before, now): (&Advancement, &Advancement),
    told: &[(Due, u32)],
    came: &[Due],
) -> Vec<u32> {
    let number = |held: Due| {
        let offered = told.iter().find(|(due, _)| *due == held);
        let stream = held.stream.clone();
        let number = offered.map_or_else(|| seat(before, &held), |(_, number)| Some(*number))?;
        Some((stream, number))
    };
    let held = advancement::kept(now).into_iter().map(Due::of);
    let stay = held.filter(|due| !came.contains(due));
    let mut taken: BTreeSet<(Option<String>, u32)> = stay.filter_map(number).collect();
    let mut free = |stream: &Option<String>| {
        let number = (1..).find(|n| !taken.contains(&(stream.clone(), *n)));
        let number = number.unwrap_or(u32::MAX);
        taken.insert((stream.clone(), number));
        number
    };
    came.iter().map(|due| free(&due.stream)).collect()
}

/// An entry's turn among the reserves for a place, as an advancement has it.
#[must_use]
pub fn turn(advancement: &Advancement, due: &Due) -> Option<u32> {
    let decided = advancement.entries.iter().find(|d| d.entry == due.entry)?;
    let waits = match &decided.outcome {
        Outcome::Reserve { number, stream } if *stream == due.stream => Some(*number),
        _ => None,
    };
    let turn = decided.turns.iter().find(|turn| turn.stream == due.stream);
    waits.or_else(|| turn.map(|turn| turn.number))
}

/// Who declined a place or did not answer in time, in order of their numbers; of several offers of a place the newest
/// counts, and one that was taken back never does. `offers` are in the order in which they were made. Why they left stays
/// between them and the organizers.
#[must_use]
pub fn left(offers: &[Offer], now: Stamp) -> Vec<Left> {
    let made: Vec<&Offer> = offers.iter().filter(|o| o.withdrawn_at.is_none()).collect();
    let newest = |offer: &Offer| {
        let same = |o: &&&Offer| o.entry == offer.entry && o.stream == offer.stream;
        made.iter()
            .rfind(same)
            .is_some_and(|last| std::ptr::eq(*last, offer))
    };
    let back = |offer: &Offer| {
        let elsewhere = |o: &&&Offer| {
            o.entry == offer.entry
                && o.stream != offer.stream
                && o.is_live()
                && o.state(now) == OfferState::Confirmed
        };
        made.iter().find(elsewhere).and_then(|o| o.stream.clone())
    };
    let mut left: Vec<Left> = made
        .iter()
        .filter(|offer| newest(offer) && offer.has_left(now))
        .map(|offer| Left {
            entry: offer.entry,
            from: LeftFrom::Place {
                stream: offer.stream.clone(),
                back: back(offer),
                settled: !offer.is_live(),
            },
            reason: None,
        })
        .collect();
    left.sort_by_key(|l| l.entry);
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use OfferState::{Confirmed, Declined, Expired, Offered, Withdrawn};
    use Party::{Organizer, Owner};

    fn at(second: i64) -> Stamp {
        Stamp::new(chrono::DateTime::UNIX_EPOCH).plus_seconds(second)
    }

    fn offer() -> Offer {
        Offer {
            entry: 1,
            stream: None,
            offered_at: at(0),
            deadline: at(100),
            answer: None,
            withdrawn_at: None,
            settled_at: None,
        }
    }

    fn says(comes: bool, by: Party, second: i64) -> Answer {
        Answer {
            comes,
            by,
            at: at(second),
            reason: None,
        }
    }

    #[test]
    fn an_offer_expires_at_its_deadline_unless_it_was_answered() {
        assert_eq!(
            [0, 99, 100, 101].map(|second| offer().state(at(second))),
            [Offered, Offered, Expired, Expired]
        );
        let confirmed = offer().answered(says(true, Owner, 99)).unwrap();
        assert_eq!(confirmed.state(at(101)), Confirmed);
        assert!(!confirmed.has_left(at(101)) && offer().has_left(at(100)) && !offer().has_left(at(99)));
        let settled = Offer {
            settled_at: Some(at(50)),
            ..offer()
        };
        assert_eq!(settled.state(at(101)), Offered, "it ended before the deadline");
    }

    #[test]
    fn who_may_answer_what_and_when() {
        let declined = || offer().answered(says(false, Owner, 50)).unwrap();
        let confirmed = || offer().answered(says(true, Organizer, 50)).unwrap();
        for (offer, answer, expected) in [
            (offer(), says(true, Owner, 50), Ok(Confirmed)),
            (offer(), says(false, Owner, 50), Ok(Declined)),
            (offer(), says(true, Owner, 100), Err(Refusal::Expired)),
            (offer(), says(false, Owner, 150), Err(Refusal::Expired)),
            (offer(), says(true, Organizer, 150), Ok(Confirmed)),
            (offer(), says(false, Organizer, 150), Ok(Declined)),
            (confirmed(), says(true, Owner, 50), Err(Refusal::SameAnswer)),
            (confirmed(), says(false, Owner, 150), Ok(Declined)),
            (declined(), says(true, Owner, 50), Err(Refusal::Declined)),
            (declined(), says(true, Organizer, 150), Ok(Confirmed)),
            (declined(), says(false, Organizer, 150), Err(Refusal::SameAnswer)),
        ] {
            let now = answer.at;
            let answered = offer.answered(answer.clone()).map(|changed| changed.state(now));
            assert_eq!(answered, expected, "{offer:?} {answer:?}");
        }
    }

    #[test]
    fn organizers_give_more_time_or_take_an_offer_back_until_it_is_answered() {
        for (now, deadline, expected) in [
            (50, 200, Ok(Offered)),
            (150, 200, Ok(Offered)),
            (50, 100, Err(Refusal::DeadlineNotLater)),
            (150, 140, Err(Refusal::DeadlineNotLater)),
        ] {
            let extended = offer().extended(at(deadline), at(now));
            assert_eq!(extended.map(|o| o.state(at(now))), expected, "{now} {deadline}");
        }
        assert_eq!(offer().withdrawn(at(150)).unwrap().state(at(150)), Withdrawn);
        let answered = offer().answered(says(true, Owner, 50)).unwrap();
        assert_eq!(answered.extended(at(200), at(60)), Err(Refusal::Answered));
        assert_eq!(answered.withdrawn(at(60)), Err(Refusal::Answered));
        let settled = Offer {
            settled_at: Some(at(50)),
            ..offer()
        };
        let withdrawn = offer().withdrawn(at(50)).unwrap();
        for (ended, why) in [(settled, Refusal::Settled), (withdrawn, Refusal::Withdrawn)] {
            assert_eq!(ended.answered(says(true, Organizer, 60)), Err(why));
            assert_eq!(ended.extended(at(200), at(60)), Err(why));
            assert_eq!(ended.withdrawn(at(60)), Err(why));
        }
    }

    #[test]
    fn the_newest_offer_of_a_place_says_whether_its_entry_left() {
        let declined = Offer {
            settled_at: Some(at(60)),
            ..offer().answered(says(false, Owner, 50)).unwrap()
        };
        let again = Offer {
            deadline: at(500),
            ..offer()
        };
        let numbers = |offers: &[Offer]| left(offers, at(200)).iter().map(|l| l.entry).collect::<Vec<_>>();
        assert_eq!(numbers(std::slice::from_ref(&declined)), [1]);
        assert_eq!(numbers(&[declined.clone(), again.clone()]), [0_i64; 0]);
        let back = again.withdrawn(at(100)).unwrap();
        assert_eq!(
            numbers(&[declined, back]),
            [1],
            "what was taken back says nothing"
        );
    }

    #[test]
    fn a_decision_ends_the_offers_of_places_that_it_does_not_give() {
        let place = |stream: Option<&str>| Kept {
            entry: 1,
            by: super::super::scoring::outcome::By::Place,
            stream: stream.map(str::to_owned),
        };
        let invited = Offer {
            stream: Some("roadshow".into()),
            ..offer()
        };
        let confirmed = invited.answered(says(true, Owner, 50)).unwrap();
        for (offer, places, expected) in [
            (offer(), vec![place(None)], false),
            (offer(), vec![], true),
            (invited.clone(), vec![place(Some("roadshow"))], false),
            (invited, vec![place(None)], true),
            (confirmed.clone(), vec![place(None)], false),
            (confirmed, vec![], true),
        ] {
            assert_eq!(offer.ends_with(&places, at(60)), expected, "{offer:?} {places:?}");
        }
    }
}
