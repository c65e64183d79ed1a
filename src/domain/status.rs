//! How far an entry is, in a word: from its own life and from what can be seen of the rounds that it is in.

use super::entry::EntryStatus;
use super::offer::OfferState;
use super::publication::{PrivateResult, PublicOutcome};
use super::round::Phase;
use super::scoring::Status;
use super::text::{Code, Text};
use super::time::Stamp;

crate::code_enum! {
    /// How far an entry is, as its owner reads it.
    pub enum StatusCode {
        /// It is being written.
        Draft = "draft",
        /// It was handed in.
        Submitted = "submitted",
        /// It takes part.
        Accepted = "accepted",
        /// It does not take part.
        Rejected = "rejected",
        /// It was taken back.
        Withdrawn = "withdrawn",
        /// It is being judged, or the result is not published.
        InRound = "in_round",
        /// It goes on.
        Advanced = "advanced",
        /// It does not go on, and is invited to something else.
        Invited = "invited",
        /// It does not go on.
        NotAdvanced = "not_advanced",
        /// It is offered a place and has not answered.
        Offered = "offered",
        /// It was offered a place and comes.
        Confirmed = "confirmed",
        /// It had a place and gave it up.
        Declined = "declined",
        /// It was offered a place and did not answer in time.
        Expired = "expired",
        /// It goes on when somebody leaves.
        Reserve = "reserve",
        /// It won an award.
        Awarded = "awarded",
        /// It was disqualified.
        Disqualified = "disqualified",
        /// The result is published; nobody goes on from there, and it has no award.
        TookPart = "took_part",
    }
}

/// An entry's part in a round. It holds what was published and can be seen; a result that is not published can't
/// get into a status.
#[derive(Debug, Clone)]
pub struct Part {
    /// The round.
    pub round: Code,
    /// What it is called.
    pub title: Text,
    /// How far its group is.
    pub phase: Phase,
    /// The earlier round from which it was taken in: that it is here tells that it went on there.
    pub taken_from: Option<Code>,
    /// What is published of it.
    pub published: Option<PrivateResult>,
    /// When that was made.
    pub published_at: Option<Stamp>,
    /// The places that it was offered by this round's result, in the order in which they were offered.
    pub offers: Vec<Offered>,
    /// The round after it: code and title.
    pub next: Option<(Code, Text)>,
}

/// A place that an entry was offered, as its owner may learn of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// How far the offer is.
    pub state: OfferState,
    /// When it was decided without the entry.
    pub settled_at: Option<Stamp>,
    /// The code of the stream; none to go on.
    pub stream: Option<String>,
    /// What the owner is told of it.
    pub terms: Terms,
}

/// The terms of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The first moment at which it is too late to answer.
    pub deadline: Stamp,
    /// The competition's IANA time zone.
    pub time_zone: String,
    /// The number of the place, where the round releases places.
    pub place: Option<u32>,
    /// The turn of a reserve that came in, where the round releases places.
    pub reserve: Option<u32>,
}

impl Part {
    /// The offer that says how far the entry is, where it says more than what is published: one that waits for an answer or
    /// was confirmed; else the newest, where it was declined or expired and nothing that was published since says otherwise.
    fn offered(&self, published: &PrivateResult) -> Option<&Offered> {
        let outcome = published.result.outcome;
        let holds = |o: &&Offered| {
            matches!(o.state, OfferState::Offered | OfferState::Confirmed) && o.settled_at.is_none()
        };
        if let Some(held) = self.offers.iter().rfind(holds) {
            let came_up = held.stream.is_some() && outcome == Some(PublicOutcome::Advances);
            return (!came_up).then_some(held);
        }
        let last = self.offers.iter().rfind(|o| o.state != OfferState::Withdrawn)?;
        let left = matches!(last.state, OfferState::Declined | OfferState::Expired);
        let newer = last
            .settled_at
            .is_none_or(|settled| self.published_at < Some(settled));
        (left && (newer || outcome == Some(PublicOutcome::Declined))).then_some(last)
    }
}

/// How far an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryState {
    /// The word.
    pub code: StatusCode,
    /// The round that the word is about: the one it is in or was in; for `advanced` the one it goes on to.
    pub round: Option<(Code, Text)>,
    /// What it is invited to beside the next round.
    pub stream: Option<Text>,
    /// Its turn among the reserves.
    pub reserve: Option<u32>,
    /// Its awards.
    pub awards: Vec<Text>,
    /// The terms of the place that it is offered.
    pub offer: Option<Terms>,
}

/// How far an entry is. `parts` are the rounds that it is in, the first round first.
#[must_use]
pub fn of(status: EntryStatus, parts: &[Part]) -> EntryState {
    let own = match status {
        EntryStatus::Draft => StatusCode::Draft,
        EntryStatus::Submitted => StatusCode::Submitted,
        EntryStatus::Rejected => StatusCode::Rejected,
        EntryStatus::Withdrawn => StatusCode::Withdrawn,
        EntryStatus::Accepted => match parts
            .iter()
            .rfind(|p| p.phase != Phase::Draft && is_revealed(p, parts))
        {
            Some(part) => return in_round(part),
            None => StatusCode::Accepted,
        },
    };
    word(own)
}

/// Whether it can be told that an entry is in a round. Who was taken in from an earlier round is told so once the result
/// there can be seen and says that they go on.
fn is_revealed(part: &Part, parts: &[Part]) -> bool {
    let Some(earlier) = &part.taken_from else {
        return true;
    };
    let went_on = |result: &PrivateResult| result.result.outcome == Some(PublicOutcome::Advances);
    let earlier = parts.iter().find(|p| p.round == *earlier);
    // Who was offered the place knows of it, also a reserve whose place is not published yet.
    let knows = |p: &Part| {
        p.published
            .as_ref()
            .is_some_and(|seen| went_on(seen) || p.offered(seen).is_some_and(comes))
    };
    part.published.is_some() || earlier.is_some_and(knows)
}

const fn comes(offered: &Offered) -> bool {
    matches!(offered.state, OfferState::Offered | OfferState::Confirmed)
}

const fn word(code: StatusCode) -> EntryState {
    EntryState {
        code,
        round: None,
        stream: None,
        reserve: None,
        awards: Vec::new(),
        offer: None,
    }
}

fn in_round(part: &Part) -> EntryState {
    let here = Some((part.round.clone(), part.title.clone()));
    let Some(published) = &part.published else {
        return EntryState {
            round: here,
            ..word(StatusCode::InRound)
        };
    };
    let awards = published.awards.clone();
    if published.status != Status::Disqualified
        && let Some(offered) = part.offered(published)
    {
        return EntryState {
            awards,
            ..answered(part, published, offered)
        };
    }
    let code = match (published.status, published.result.outcome) {
        (Status::Disqualified, _) => StatusCode::Disqualified,
        (_, Some(PublicOutcome::Advances)) => {
            return EntryState {
                round: part.next.clone(),
                awards,
                ..word(StatusCode::Advanced)
            };
        }
        (_, Some(PublicOutcome::Invited)) => StatusCode::Invited,
        _ if !awards.is_empty() => StatusCode::Awarded,
        (_, Some(PublicOutcome::Reserve)) => StatusCode::Reserve,
        (_, Some(PublicOutcome::Declined)) => StatusCode::Declined,
        (_, Some(PublicOutcome::NotAdvanced | PublicOutcome::Excluded)) => StatusCode::NotAdvanced,
        (_, None) => StatusCode::TookPart,
    };
    EntryState {
        code,
        round: here,
        stream: published.stream.clone(),
        reserve: published.result.reserve,
        awards,
        offer: None,
    }
}

/// How far an entry is by the offer of a place.
fn answered(part: &Part, published: &PrivateResult, offered: &Offered) -> EntryState {
    let code = match offered.state {
        OfferState::Offered => StatusCode::Offered,
        OfferState::Confirmed => StatusCode::Confirmed,
        OfferState::Expired => StatusCode::Expired,
        OfferState::Declined | OfferState::Withdrawn => StatusCode::Declined,
    };
    let titled = |stream: &String| match &published.stream {
        Some(title) if published.result.stream.as_ref() == Some(stream) => title.clone(),
        _ => Text::english(stream),
    };
    EntryState {
        round: part.next.clone().filter(|_| offered.stream.is_none()),
        stream: offered.stream.as_ref().map(titled),
        offer: Some(offered.terms.clone()),
        ..word(code)
    }
}

#[cfg(test)]
mod tests;
