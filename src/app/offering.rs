//! Offers of places as people see them, and what all use cases about them share.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::advancement::{Advancement, kept};
use crate::domain::ids::{EntryId, GroupId, UserId};
use crate::domain::offer::{self, Answer, Due, Offer, OfferState, Party, Refusal};
use crate::domain::publication::PublicOutcome;
use crate::domain::text::Text;
use crate::domain::time::Stamp;
use crate::error::{Conflict, Error, Result};
use crate::store::offers::{self, NewOffer, Stored};
use crate::store::publications;
use crate::store::rounds::Round;
use crate::store::standings::Line;

use super::Tx;
use super::access::Scene;

/// The offer of a place, as organizers, observers and the entry's owner see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Offer)]
pub struct OfferView {
    /// The entry's number.
    #[schema(example = 25)]
    pub entry: i64,
    /// Its title.
    pub title: Text,
    /// Its group in the round whose result gives the place.
    #[schema(example = "chengdu")]
    pub group: String,
    /// The stream that it is invited to; without a word it goes on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<String>,
    /// The number of the place among those that are given; left out for the owner where the round releases no places.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<i64>,
    /// The turn of a reserve that came in; left out for the owner where the round releases no places.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reserve: Option<i64>,
    /// How far it is now.
    pub state: OfferState,
    /// When it was made.
    pub offered_at: Stamp,
    /// The first moment at which it is too late to answer.
    pub deadline: Stamp,
    /// The competition's IANA time zone.
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: String,
    /// What was answered last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub answer: Option<AnswerView>,
    /// Why organizers took it back.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub withdrawal_reason: Option<String>,
    /// When it was decided without the entry; from then on nothing about the offer changes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub settled_at: Option<Stamp>,
    /// Counts changes.
    pub version: i64,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OfferAnswer)]
pub struct AnswerView {
    /// Whether the entry comes.
    pub comes: bool,
    /// Who said so.
    pub by: Party,
    /// When.
    pub at: Stamp,
    /// Why, where somebody said so. Only the owner, organizers and observers read it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(example = "We can't travel that week.")]
    pub reason: Option<String>,
}

/// An offer as it is at a moment.
pub(super) fn view(scene: &Scene, stored: Stored, now: Stamp) -> OfferView {
    let state = stored.offer.state(now);
    let Offer {
        entry,
        stream,
        offered_at,
        deadline,
        answer,
        settled_at,
        ..
    } = stored.offer;
    let said = |Answer {
                    comes,
                    by,
                    at,
                    reason,
                }| AnswerView {
        comes,
        by,
        at,
        reason,
    };
    OfferView {
        entry,
        title: stored.title,
        group: stored.group_code.to_string(),
        stream,
        place: stored.place,
        reserve: stored.reserve,
        state,
        offered_at,
        deadline,
        time_zone: scene.competition.time_zone.clone(),
        answer: answer.map(said),
        withdrawal_reason: stored.withdrawal_reason,
        settled_at,
        version: stored.version,
    }
}

/// Why an offer was not changed.
pub(super) fn refused(refusal: Refusal) -> Error {
    let code = match refusal {
        Refusal::Settled => "offer_settled",
        Refusal::Withdrawn => "offer_withdrawn",
        Refusal::Expired => "offer_expired",
        Refusal::SameAnswer => "offer_same_answer",
        Refusal::Declined => "offer_declined",
        Refusal::Answered => "offer_answered",
        Refusal::DeadlineNotLater => "offer_deadline_not_later",
    };
    Conflict::new(code).into()
}

/// The offers without their rows.
pub(super) fn bare(stored: &[Stored]) -> Vec<Offer> {
    stored.iter().map(|s| s.offer.clone()).collect()
}

/// The places of these entries by what is published of the round and can be seen.
pub(super) fn published(tx: &mut Tx<'_>, round: &Round, lines: &[Line]) -> Result<BTreeSet<Due>> {
    let numbers: BTreeMap<EntryId, i64> = lines.iter().map(|l| (l.entry, l.number)).collect();
    let ids: Vec<EntryId> = numbers.keys().copied().collect();
    let mut places = BTreeSet::new();
    for part in publications::parts(tx.conn, &ids, tx.now)? {
        let (Some(entry), Some(told)) = (numbers.get(&part.entry), part.result) else {
            continue;
        };
        let stream = match told.result.outcome {
            Some(PublicOutcome::Advances) => None,
            Some(PublicOutcome::Invited) => told.result.stream,
            _ => continue,
        };
        if part.round_id == round.id {
            places.insert(Due {
                entry: *entry,
                stream,
            });
        }
    }
    Ok(places)
}

/// Places that are offered together.
pub(super) struct Offering<'a> {
    /// The decision that gives them.
    pub(super) advancement: &'a Advancement,
    /// The one before, in which those who come in now were reserves, with the offers of the round.
    pub(super) before: Option<(&'a Advancement, &'a [Stored])>,
    pub(super) places: &'a [Due],
    pub(super) deadline: Stamp,
    pub(super) by: UserId,
}

impl Offering<'_> {
    /// The offers of these places to the entries of these lines.
    pub(super) fn rows(&self, round: &Round, lines: &[Line], now: Stamp) -> Vec<NewOffer> {
        let row = |(due, place): (&Due, Option<u32>)| {
            let line = lines.iter().find(|line| line.number == due.entry)?;
            let turn = self.before.and_then(|(before, _)| offer::turn(before, due));
            Some(NewOffer {
                round_id: round.id,
                round_entry_id: line.round_entry,
                stream: due.stream.clone(),
                place: place.map(i64::from),
                reserve: turn.map(i64::from),
                offered_by: self.by,
                offered_at: now,
                deadline: self.deadline,
                version: 1,
            })
        };
        self.places.iter().zip(self.seats()).filter_map(row).collect()
    }

    /// The numbers of the places: in the order of the decision, or those that got free.
    fn seats(&self) -> Vec<Option<u32>> {
        let Some((before, stored)) = self.before else {
            let places = self.places.iter();
            return places.map(|due| offer::seat(self.advancement, due)).collect();
        };
        let live = stored.iter().filter(|s| s.offer.is_live());
        let told = live.filter_map(|s| {
            let due = Due {
                entry: s.offer.entry,
                stream: s.offer.stream.clone(),
            };
            Some((due, u32::try_from(s.place?).ok()?))
        });
        let told: Vec<(Due, u32)> = told.collect();
        let seats = offer::free_seats((before, self.advancement), &told, self.places);
        seats.into_iter().map(Some).collect()
    }
}

/// Ends the offers of places that a decision does not give. The caller holds the phases of the groups exclusively.
///
/// # Errors
/// 409 `decided_meanwhile` when an offer was changed at the same time.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    round: &Round,
    groups: &[GroupId],
    advancement: &Advancement,
) -> Result<()> {
    let places = kept(advancement);
    for stored in offers::of_groups(tx.conn, groups)? {
        if stored.offer.ends_with(&places, tx.now)
            && !offers::settle(tx.conn, stored.id, stored.version, tx.now)?
        {
            return Err(Conflict::new("decided_meanwhile")
                .with("round", &round.code)
                .into());
        }
    }
    Ok(())
}
