//! An entry in a round, as a request names it, and how the caller stands to it.

use crate::domain::policy::{Action, Relation};
use crate::domain::text::{Code, Slug};
use crate::error::{Error, Result};
use crate::store::places::{self, Bench, Place};
use crate::store::rounds::Round;

use super::Tx;
use super::access::{self, Scene};
use super::actor::Actor;

/// Where in a competition: an entry in a round.
#[derive(Debug, Clone)]
pub struct EntryAt {
    /// The competition.
    pub slug: Slug,
    /// The round.
    pub round: Code,
    /// The entry's number.
    pub entry: i64,
}

/// An entry in a round, and how the caller stands to it.
#[derive(Debug, Clone)]
pub struct Spot {
    /// The competition and the caller.
    pub scene: Scene,
    /// The round.
    pub round: Round,
    /// The entry in the round.
    pub place: Place,
}

/// The entry that a request is about. Whether the caller may do something there is asked next, with [`Spot::relation`].
///
/// # Errors
/// [`Error::NotFound`] when there is no such competition, round or entry in it, or the competition is hidden. Who may not
/// see how far the round is gets the same for an entry that is in the round and for one that is not: that may not be
/// published yet.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, at: &EntryAt) -> Result<Spot> {
    let spot = look(tx, actor, at)?;
    spot.map_err(|scene| {
        let reach = scene.require_reach(Action::ReadProgress, "entry");
        reach.err().unwrap_or(Error::NotFound("entry"))
    })
}

/// As [`find`], for judges: whoever does not judge the entry gets a 404, whether it is in the round or not.
///
/// # Errors
/// As [`find`].
pub fn find_to_judge(tx: &mut Tx<'_>, actor: &Actor, at: &EntryAt) -> Result<Spot> {
    look(tx, actor, at)?.map_err(|_| Error::NotFound("entry"))
}

fn look(tx: &mut Tx<'_>, actor: &Actor, at: &EntryAt) -> Result<Result<Spot, Box<Scene>>> {
    let scene = access::competition(tx, actor, &at.slug)?;
    let round = scene.round(tx, &at.round)?;
    scene.person()?;
    Ok(match places::by_number(tx.conn, round.id, at.entry)? {
        Some(place) => Ok(Spot { scene, round, place }),
        None => Err(Box::new(scene)),
    })
}

impl Spot {
    /// How the caller stands to the entry, as far as it does not depend on who judges it.
    #[must_use]
    pub fn relation(&self) -> Relation {
        let person = self.scene.person.as_ref();
        Relation {
            owner: person.is_some_and(|p| self.place.owner == Some(p.id)),
            closed: self.place.phase.is_closed(),
            ..self.scene.in_region(self.place.region)
        }
    }

    /// How the caller stands to the entry, with whether they judge its group or chair a panel there.
    ///
    /// # Errors
    /// When the database fails.
    pub fn relation_as_judge(&self, tx: &mut Tx<'_>) -> Result<Relation> {
        let bench = match &self.scene.person {
            Some(person) => places::bench(tx.conn, self.place.group, person.id)?,
            None => Bench::default(),
        };
        Ok(Relation {
            assigned: bench.judges,
            chair: bench.chairs,
            ..self.relation()
        })
    }

    /// What the log calls it.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("rounds/{}/entries/{}", self.round.code, self.place.number)
    }
}
