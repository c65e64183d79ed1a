//! Answering the offer of a place: by the owner, or by an organizer to whom they told it; more time, and taking it back.

use serde_json::json;

use crate::app::access::{self, Scene};
use crate::app::actor::Actor;
use crate::app::offering::{OfferView, refused, view};
use crate::app::{Effect, Tx, dossier};
use crate::domain::entry::EntryStatus;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::offer::{Answer, Party, Refusal};
use crate::domain::policy::{Action, Relation};
use crate::domain::round::{Phase, Release};
use crate::domain::text::{Code, REASON_MAX, Slug, check_length, check_reason};
use crate::domain::time::Stamp;
use crate::error::{Conflict, Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::offers::{self, Stored};
use crate::store::rounds::Round;
use crate::store::standings;

/// Where: the offer of a place to an entry by the result of a round.
#[derive(Debug, Clone)]
pub struct OfferAt {
    /// The competition.
    pub slug: Slug,
    /// The round.
    pub round: Code,
    /// The entry's number.
    pub entry: i64,
}

/// The offer of a place to an entry: for its owner, organizers and observers.
///
/// # Errors
/// 404 and 403 as the policy says; 404 when there is none.
pub fn one(tx: &mut Tx<'_>, actor: &Actor, at: &OfferAt) -> Result<OfferView> {
    let found = find(tx, actor, at)?;
    Ok(found.view(tx.now))
}

/// Answers an offer: the owner until the deadline, organizers for them with a reason until it is decided without the entry.
/// The same answer again changes nothing.
///
/// # Errors
/// 422 at `/reason`; 412 for another version; 409 `offer_expired`, `offer_declined`, `offer_withdrawn`, `offer_settled`,
/// `offer_same_answer`, `entry_withdrawn`, `offer_entry_judged` for who declines and is judged in the next round already.
pub fn answer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    at: &OfferAt,
    version: i64,
    (comes, reason): (bool, Option<&str>),
) -> Result<OfferView> {
    let found = find(tx, actor, at)?;
    found
        .scene
        .require(Action::AnswerOffer, &found.relation, "offer")?;
    let by = if found.relation.owner {
        Party::Owner
    } else {
        Party::Organizer
    };
    let mut invalid = Invalid::default();
    match by {
        Party::Owner => check_length(reason.unwrap_or_default(), "/reason", REASON_MAX, &mut invalid),
        Party::Organizer => check_reason(reason.unwrap_or_default(), "/reason", &mut invalid),
    }
    invalid.into_result()?;
    dossier::locked_groups(tx, found.stored.entry)?;
    let found = find(tx, actor, at)?;
    let reason = reason.map(str::trim).filter(|r| !r.is_empty());
    let said = found.stored.offer.answer.as_ref();
    if said.is_some_and(|said| (said.comes, said.by, said.reason.as_deref()) == (comes, by, reason)) {
        return Ok(found.view(tx.now));
    }
    found.require_version(version, tx.now)?;
    if found.withdrawn {
        return Err(Error::conflict("entry_withdrawn"));
    }
    let answer = Answer {
        comes,
        by,
        at: tx.now,
        reason: reason.map(str::to_owned),
    };
    found.stored.offer.answered(answer.clone()).map_err(refused)?;
    if !comes {
        must_not_be_judged(tx, &found)?;
    }
    let person = found.scene.person()?.id;
    if !offers::answer(tx.conn, found.stored.id, version, &answer, person)? {
        return Err(found.again(tx, actor, at));
    }
    // What owners say stays between them and the organizers.
    let told = reason.filter(|_| by == Party::Organizer);
    let details = json!({ "comes": comes, "by": by, "reason": told });
    found.record(tx, "offer_answer", details)?;
    Ok(find(tx, actor, at)?.view(tx.now))
}

/// Gives more time for an offer that nobody answered, also after its deadline.
///
/// # Errors
/// 422 at `/deadline`; 412 for another version; 409 `offer_answered`, `offer_withdrawn`, `offer_settled`.
pub fn extend(
    tx: &mut Tx<'_>,
    actor: &Actor,
    at: &OfferAt,
    version: i64,
    deadline: Stamp,
) -> Result<OfferView> {
    let found = find(tx, actor, at)?;
    found.must_organize()?;
    found.require_version(version, tx.now)?;
    found
        .stored
        .offer
        .extended(deadline, tx.now)
        .map_err(|refusal| match refusal {
            Refusal::DeadlineNotLater => {
                let later = FieldError::new("/deadline", "offer_deadline_not_later");
                let later = later.with("deadline", found.stored.offer.deadline);
                later.with("now", tx.now).into()
            }
            other => refused(other),
        })?;
    if !offers::extend(tx.conn, found.stored.id, version, deadline)? {
        return Err(found.again(tx, actor, at));
    }
    let details = json!({ "from": found.stored.offer.deadline, "to": deadline });
    found.record(tx, "offer_extension", details)?;
    Ok(find(tx, actor, at)?.view(tx.now))
}

/// Takes an offer back that nobody answered. The entry keeps its place, which can be offered again.
///
/// # Errors
/// 422 at `/reason`; 412 for another version; 409 `offer_answered`, `offer_withdrawn`, `offer_settled`.
pub fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    at: &OfferAt,
    version: i64,
    reason: &str,
) -> Result<OfferView> {
    let found = find(tx, actor, at)?;
    found.must_organize()?;
    let mut invalid = Invalid::default();
    check_reason(reason, "/reason", &mut invalid);
    invalid.into_result()?;
    found.require_version(version, tx.now)?;
    found.stored.offer.withdrawn(tx.now).map_err(refused)?;
    let person = found.scene.person()?.id;
    let row = (found.stored.id, version);
    if !offers::withdraw(tx.conn, row, person, reason.trim(), tx.now)? {
        return Err(found.again(tx, actor, at));
    }
    found.record(tx, "offer_withdrawal", json!({ "reason": reason.trim() }))?;
    Ok(find(tx, actor, at)?.view(tx.now))
}

/// An offer and how the caller stands to it.
#[derive(Clone)]
struct Found {
    scene: Scene,
    relation: Relation,
    round: Round,
    stored: Stored,
    /// The entry takes part no longer.
    withdrawn: bool,
}

/// The offer of an entry: the newest that can still change, else the newest.
fn find(tx: &mut Tx<'_>, actor: &Actor, at: &OfferAt) -> Result<Found> {
    let scene = access::competition(tx, actor, &at.slug)?;
    let (shown, relation) = scene.entry(tx, at.entry, Action::ReadOffer)?;
    let round = scene.round(tx, &at.round)?;
    let mut made = offers::of_entry(tx.conn, round.id, shown.entry.id)?;
    let live = made.iter().rposition(|s| s.offer.is_live());
    let stored = match live {
        Some(at) => Some(made.swap_remove(at)),
        None => made.pop(),
    };
    Ok(Found {
        scene,
        relation,
        round,
        stored: stored.ok_or(Error::NotFound("offer"))?,
        withdrawn: shown.entry.status != EntryStatus::Accepted,
    })
}

impl Found {
    fn view(self, now: Stamp) -> OfferView {
        let view = view(&self.scene, self.stored, now);
        if self.relation.owner && self.round.release < Release::Place {
            return OfferView {
                place: None,
                reserve: None,
                ..view
            };
        }
        view
    }

    fn must_organize(&self) -> Result<()> {
        let group = self.scene.in_region(self.stored.region);
        self.scene.require(Action::Offer, &group, "offer")
    }

    fn require_version(&self, given: i64, now: Stamp) -> Result<()> {
        if self.stored.version == given {
            return Ok(());
        }
        Err(stale(self.clone().view(now)))
    }

    /// That the offer was changed at the same time, with its current state.
    fn again(&self, tx: &mut Tx<'_>, actor: &Actor, at: &OfferAt) -> Error {
        match find(tx, actor, at) {
            Ok(found) => stale(found.view(tx.now)),
            Err(error) => error,
        }
    }

    fn record(&self, tx: &mut Tx<'_>, action: &'static str, details: serde_json::Value) -> Result<()> {
        let event = NewEvent {
            competition: Some(self.scene.competition.id),
            actor: Some(self.scene.person()?.id),
            action,
            subject: format!(
                "rounds/{}/entries/{}/offer",
                self.round.code, self.stored.offer.entry
            ),
            version: Some((self.stored.version, self.stored.version + 1)),
            details,
        };
        events::record(tx.conn, tx.now, &event)?;
        tx.after(Effect::RoundChanged(self.round.id));
        Ok(())
    }
}

fn stale(view: OfferView) -> Error {
    Error::Stale {
        version: view.version,
        current: serde_json::to_value(&view).ok().map(Box::new),
    }
}

/// Who is judged in the next round already leaves by withdrawal or disqualification there.
fn must_not_be_judged(tx: &mut Tx<'_>, found: &Found) -> Result<()> {
    let later = standings::later(tx.conn, &found.round, &[found.stored.group])?;
    let place = later
        .iter()
        .find(|l| l.entry == found.stored.offer.entry && l.phase != Phase::Draft);
    match place {
        Some(at) => Err(Conflict::new("offer_entry_judged")
            .with("round", &at.round)
            .with("group", &at.group)
            .into()),
        None => Ok(()),
    }
}
