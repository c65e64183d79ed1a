//! How far an entry is, in words, and what its owner may learn of its results. Only from what can be seen.

use std::collections::BTreeMap;

use crate::domain::ids::{CompetitionId, EntryId};
use crate::domain::policy::Action;
use crate::domain::publication::{PublicOutcome, Released};
use crate::domain::round::Release;
use crate::domain::status::{self, EntryState, Offered, Terms};
use crate::domain::text::{Code, Slug, Text};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::competitions;
use crate::store::offers::{self, Stored};
use crate::store::publications::{self, Part, Subject};
use crate::store::rounds;

use super::Tx;
use super::access;
use super::actor::{self, Actor};

/// How far an entry is, with the released parts of its results.
#[derive(Debug)]
pub struct StatusOf {
    /// The competition.
    pub competition: Slug,
    /// The entry's number.
    pub entry: i64,
    /// Its title.
    pub title: Text,
    /// How far it is.
    pub state: EntryState,
    /// Its published results, the first round first.
    pub results: Vec<ResultOf>,
}

/// The released part of an entry's result in a round.
#[derive(Debug)]
pub struct ResultOf {
    /// The round.
    pub round: Code,
    /// What it is called.
    pub title: Text,
    /// Whether it goes on; nothing where the rules let nobody go on.
    pub outcome: Option<PublicOutcome>,
    /// What it is invited to beside the next round.
    pub stream: Option<Text>,
    /// Its turn among the reserves.
    pub reserve: Option<u32>,
    /// The titles of its awards.
    pub awards: Vec<Text>,
    /// What is released beside.
    pub released: Released,
}

/// How far an entry is: for its owner, organizers and observers.
///
/// # Errors
/// 404 and 403 as the policy says.
pub fn of_entry(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, number: i64) -> Result<StatusOf> {
    let scene = access::competition(tx, actor, slug)?;
    scene.entry(tx, number, Action::ReadEntryStatus)?;
    let entry = publications::subject(tx.conn, scene.competition.id, number)?;
    let entry = entry.ok_or(Error::NotFound("entry"))?;
    let mut all = states(tx, vec![(slug.clone(), entry)])?;
    all.pop().ok_or(Error::NotFound("entry"))
}

/// How far the caller's own entries are, in all competitions.
///
/// # Errors
/// [`Error::Unauthenticated`] for a guest.
pub fn mine(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<StatusOf>> {
    let person = actor::signed_in(tx, actor)?;
    let entries = publications::owned_by(tx.conn, person.id)?;
    states(tx, entries)
}

fn states(tx: &mut Tx<'_>, entries: Vec<(Slug, Subject)>) -> Result<Vec<StatusOf>> {
    let ids: Vec<EntryId> = entries.iter().map(|(_, e)| e.id).collect();
    let mut parts: BTreeMap<EntryId, Vec<Part>> = BTreeMap::new();
    for part in publications::parts(tx.conn, &ids, tx.now)? {
        parts.entry(part.entry).or_default().push(part);
    }
    let mut offered: BTreeMap<EntryId, Vec<Stored>> = BTreeMap::new();
    for stored in offers::of_entries(tx.conn, &ids)? {
        offered.entry(stored.entry).or_default().push(stored);
    }
    let mut rounds_of: BTreeMap<CompetitionId, (Vec<rounds::Round>, String)> = BTreeMap::new();
    let mut all = Vec::with_capacity(entries.len());
    for (competition, entry) in entries {
        let (rounds, time_zone) = match rounds_of.entry(entry.competition) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => {
                let rounds = rounds::of_competition(tx.conn, entry.competition)?;
                let zone = competitions::by_id(tx.conn, entry.competition)?.time_zone;
                new.insert((rounds, zone))
            }
        };
        let parts = parts.remove(&entry.id).unwrap_or_default();
        let offers = offered.remove(&entry.id).unwrap_or_default();
        let seen = parts.iter().map(|p| status::Part {
            offers: offers_by(p, &offers, time_zone, tx.now),
            ..as_seen(p, rounds)
        });
        let seen: Vec<status::Part> = seen.collect();
        all.push(StatusOf {
            competition,
            entry: entry.number,
            title: entry.title.into_inner(),
            state: status::of(entry.status, &seen),
            results: parts.into_iter().filter_map(released).collect(),
        });
    }
    Ok(all)
}

fn as_seen(part: &Part, rounds: &[rounds::Round]) -> status::Part {
    let source = rounds.iter().find(|r| Some(r.id) == part.taken_from);
    let next = rounds.iter().find(|r| r.position > part.position);
    status::Part {
        round: part.round.clone(),
        title: (*part.title).clone(),
        phase: part.phase,
        taken_from: source.map(|r| r.code.clone()),
        published: part.result.clone(),
        published_at: part.published_at,
        offers: Vec::new(),
        next: next.map(|r| (r.code.clone(), (*r.title).clone())),
    }
}

/// The offers by the result of one round, as far as the owner may learn of places.
fn offers_by(part: &Part, offers: &[Stored], time_zone: &str, now: Stamp) -> Vec<Offered> {
    let number = |number: Option<i64>| {
        let number = number.filter(|_| part.release >= Release::Place)?;
        u32::try_from(number).ok()
    };
    let offered = |stored: &Stored| Offered {
        state: stored.offer.state(now),
        settled_at: stored.offer.settled_at,
        stream: stored.offer.stream.clone(),
        terms: Terms {
            deadline: stored.offer.deadline,
            time_zone: time_zone.to_owned(),
            place: number(stored.place),
            reserve: number(stored.reserve),
        },
    };
    offers
        .iter()
        .filter(|stored| stored.round == part.round_id)
        .map(offered)
        .collect()
}

fn released(part: Part) -> Option<ResultOf> {
    let result = part.result?;
    Some(ResultOf {
        round: part.round,
        title: part.title.into_inner(),
        outcome: result.result.outcome,
        stream: result.stream.clone(),
        reserve: result.result.reserve,
        awards: result.awards.clone(),
        released: result.released(part.release),
    })
}
