//! The log of changes, as organizers and observers read it.

use crate::domain::policy::Action;
use crate::domain::text::Slug;
use crate::error::{Error, Result};
use crate::store::events::{self, Event};
use crate::store::page::Limit;
use crate::store::places;

use super::Tx;
use super::access::{self, Scene};
use super::actor::Actor;
use super::bookmarks::Bookmarks;

/// The changes after a line of the log, each with its id, oldest first, one more than the limit if there are. To who
/// judges in a group that is not closed, lines of it tell less.
///
/// # Errors
/// [`Error::Forbidden`] for whoever may not read the log; `?after` `cursor` for what is no id of this log.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    bookmarks: &Bookmarks,
    slug: &Slug,
    after: Option<&str>,
    limit: Limit,
) -> Result<Vec<(String, Event)>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ReadLog, &scene.whole(), "competition")?;
    let competition = scene.competition.id;
    let after = match after {
        None => 0,
        Some(id) => bookmarks
            .row(competition, id)
            .ok_or_else(|| Error::invalid("?after", "cursor"))?,
    };
    let events = events::after(tx.conn, competition, after, limit.with_one_more())?;
    let judge = Judge::of(tx, &scene)?;
    let shown = events.into_iter().map(|mut event| {
        judge.close_eyes(&mut event);
        Ok((bookmarks.id(competition, event.id)?, event))
    });
    shown.collect()
}

/// What a reader of the log must not learn from it, since they judge in groups that are not closed.
struct Judge {
    /// The beginnings of what belongs to rounds in which they judge.
    rounds: Vec<String>,
    /// The entries of a blind competition that they judge.
    entries: Vec<String>,
}

impl Judge {
    fn of(tx: &mut Tx<'_>, scene: &Scene) -> Result<Self> {
        let now = places::judged_now(tx.conn, scene.competition.id, scene.person()?.id)?;
        let entries = scene.blinded(tx)?;
        Ok(Self {
            rounds: now.iter().map(|(_, round)| format!("rounds/{round}/")).collect(),
            entries: entries
                .values()
                .map(|number| format!("entries/{number}"))
                .collect(),
        })
    }

    /// Takes numbers that standings are made of, and who is behind an entry, out of a line.
    fn close_eyes(&self, event: &mut Event) {
        let counts = matches!(event.action.as_str(), "recording" | "adjustment" | "tie_decision");
        let judged = self.rounds.iter().any(|round| event.subject.starts_with(round));
        let blind = self.entries.contains(&event.subject);
        if blind {
            event.actor = None;
        }
        if blind || (counts && judged) {
            event.details = "{}".to_owned();
        }
    }
}
