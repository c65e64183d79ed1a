//! What the public sees: the results of a round and the finalists of a competition, once they can be seen.

use std::sync::Arc;

use crate::domain::ids::{CompetitionId, PublicId, RoundId};
use crate::domain::policy::{self, Action, Subject, Verdict};
use crate::domain::publication::{PublicOutcome, Published, PublishedAward, PublishedEntry};
use crate::domain::rules::Rules;
use crate::domain::text::{Code, Slug, Text};
use crate::error::{Error, Result};
use crate::store::{publications, rounds};

use super::access::Scene;
use super::actor::Actor;
use super::showcase::Footing;
use super::{Tx, access, rules_cache};

/// The published results of a round.
#[derive(Debug)]
pub struct Results {
    /// The round.
    pub round: Code,
    /// What it is called.
    pub title: Text,
    /// The newest publication of each group that can be seen, with the hash of its bytes.
    pub groups: Vec<(Published, String)>,
    /// The rules that the newest of them were computed by; none while nothing can be seen.
    pub rules: Option<Arc<Rules>>,
    /// What this rests on.
    pub footing: Footing,
}

/// Who goes on from a round, and who won an award in it.
#[derive(Debug)]
pub struct Finalists {
    /// The round.
    pub round: Code,
    /// What it is called.
    pub title: Text,
    /// Entries that go on, with their groups.
    pub advances: Vec<(Code, PublishedEntry)>,
    /// Awards with the entries that got them.
    pub awards: Vec<(PublishedAward, Vec<(Code, PublishedEntry)>)>,
}

/// The results of a round.
///
/// # Errors
/// 404 when there is no such round or the competition is not public.
pub fn of_round(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, round: &Code) -> Result<Results> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ReadResults, &scene.relation(), "competition")?;
    let round = scene.round(tx, round)?;
    let groups = visible(tx, &round)?;
    let newest = groups.iter().map(|(published, _)| published.rules_version).max();
    let document = match newest {
        Some(version) => rounds::rules_text(tx.conn, round.id, version)?,
        None => None,
    };
    Ok(Results {
        footing: footing(tx, &scene, vec![round.id])?,
        groups,
        rules: document.as_deref().map(rules_cache::read).transpose()?,
        round: round.code,
        title: round.title.into_inner(),
    })
}

/// Everyone who goes on or won an award, round by round; rounds of which nothing can be seen are left out.
///
/// # Errors
/// 404 when the competition is not public.
pub fn finalists(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<(Vec<Finalists>, Footing)> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ReadResults, &scene.relation(), "competition")?;
    let mut all = Vec::new();
    let rounds = rounds::of_competition(tx.conn, scene.competition.id)?;
    let footing = footing(tx, &scene, rounds.iter().map(|round| round.id).collect())?;
    for round in rounds {
        let groups = visible(tx, &round)?;
        if groups.is_empty() {
            continue;
        }
        let mut finalists = Finalists {
            round: round.code,
            title: round.title.into_inner(),
            advances: Vec::new(),
            awards: Vec::new(),
        };
        for (published, _) in groups {
            finalists.add(published);
        }
        all.push(finalists);
    }
    Ok((all, footing))
}

/// What answers about these rounds rest on: until something can be seen that can't be seen yet.
fn footing(tx: &mut Tx<'_>, scene: &Scene, rounds: Vec<RoundId>) -> Result<Footing> {
    let competition = scene.competition.id;
    Ok(Footing {
        competition,
        rounds,
        from: tx.now,
        until: publications::next_visible(tx.conn, competition, tx.now)?,
    })
}

impl Finalists {
    fn add(&mut self, published: Published) {
        for award in published.awards {
            if !self.awards.iter().any(|(known, _)| known.code == award.code) {
                self.awards.push((award, Vec::new()));
            }
        }
        for entry in published.entries {
            for code in &entry.result.awards {
                let award = self.awards.iter_mut().find(|(a, _)| a.code == *code);
                if let Some((_, entries)) = award {
                    entries.push((published.group.clone(), entry.clone()));
                }
            }
            if entry.result.outcome == Some(PublicOutcome::Advances) {
                self.advances.push((published.group.clone(), entry));
            }
        }
    }
}

fn visible(tx: &mut Tx<'_>, round: &rounds::Round) -> Result<Vec<(Published, String)>> {
    let mut seen = Vec::new();
    for group in rounds::groups(tx.conn, round.id)? {
        if let Some(publication) = publications::visible(tx.conn, group.id, tx.now)? {
            let published = serde_json::from_str(&publication.document).map_err(Error::internal)?;
            seen.push((published, publication.sha256));
        }
    }
    Ok(seen)
}

/// The board of a round, without what stands on it.
#[derive(Debug, Clone)]
pub struct Board {
    /// Whose round it is.
    pub competition: CompetitionId,
    /// The round.
    pub round: RoundId,
    /// Changes when what the board shows does.
    pub mark: String,
    /// Whether guests see the same.
    pub for_everybody: bool,
    /// Who the caller is; nobody for a guest.
    pub account: Option<PublicId>,
}

/// What the board of a round shows now, told without reading it.
///
/// # Errors
/// As [`of_round`].
pub fn board(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, round: &Code) -> Result<Board> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ReadResults, &scene.relation(), "competition")?;
    let round = scene.round(tx, round)?;
    let shown = publications::shown_of_round(tx.conn, round.id, tx.now)?;
    let guest = policy::may(&Subject::default(), Action::ReadResults, &scene.relation());
    Ok(Board {
        competition: scene.competition.id,
        round: round.id,
        mark: format!("{} {shown:?}", round.version),
        for_everybody: guest == Verdict::Allow,
        account: scene.person.map(|person| person.public_id),
    })
}
