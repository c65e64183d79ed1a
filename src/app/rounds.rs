//! The rounds of a competition: added in order, read by whoever sees the competition.

use std::sync::Arc;

use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::{Action, Verdict};
use crate::domain::round::{Phase, PublicList, Release, phase_of_round};
use crate::domain::rules::Rules;
use crate::domain::text::{Code, Slug, TITLE_MAX, Text};
use crate::error::{Error, Result};
use crate::store::events::{self, NewEvent};
use crate::store::publications;
use crate::store::rounds::{self, Group, Round, Settings};
use crate::store::sql_types::Json;

use super::access::{self, Scene};
use super::actor::Actor;
use super::{Effect, Tx, rules_cache};

/// A code that would be mistaken for something else: an intake takes either the `accepted` entries or a round's.
const RESERVED: &str = "accepted";

/// What an organizer says of a round.
#[derive(Debug, Clone)]
pub struct RoundInput {
    /// Its name in addresses.
    pub code: Code,
    /// What it is called.
    pub title: Text,
    /// Whether it is judged before an audience.
    pub on_stage: bool,
    /// What contestants and the public learn of results.
    pub release: Release,
    /// Whom a publication lists.
    pub public_list: PublicList,
}

/// A round with its groups, as far as the caller may know of them.
#[derive(Debug, Clone)]
pub struct RoundState {
    /// The round.
    pub round: Round,
    /// Its groups.
    pub groups: Vec<Group>,
    /// Its rules, where one round is asked for that has some.
    pub rules: Option<Arc<Rules>>,
}

impl RoundState {
    /// How far the round is.
    #[must_use]
    pub fn phase(&self) -> Phase {
        phase_of_round(self.groups.iter().map(|g| g.phase))
    }
}

/// Adds a round after all others. Gives its code.
///
/// # Errors
/// [`Error::Invalid`] at `/title` or `/code`.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, input: &RoundInput) -> Result<Code> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::EditCompetition, &scene.whole(), "competition")?;
    rounds::insert(tx.conn, scene.competition.id, &settings(input)?, tx.now)?;
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action: "round",
        subject: format!("rounds/{}", input.code),
        version: Some((0, 1)),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.announce(Effect::CompetitionChanged(scene.competition.id))?;
    Ok(input.code.clone())
}

/// The rounds of a competition, in order.
///
/// # Errors
/// [`Error::NotFound`] for who may not see the competition.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<Vec<RoundState>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ReadCompetition, &scene.relation(), "competition")?;
    let rounds = rounds::of_competition(tx.conn, scene.competition.id)?;
    let mut groups = rounds::groups_of_competition(tx.conn, scene.competition.id)?;
    let unrevealed = scene.unrevealed(tx)?;
    groups.retain(|g| scene.knows(g, &unrevealed));
    let groups = as_seen(tx, &scene, groups)?;
    let state = |round: Round| RoundState {
        groups: groups
            .iter()
            .filter(|g| g.round_id == round.id)
            .cloned()
            .collect(),
        rules: None,
        round,
    };
    Ok(rounds.into_iter().map(state).collect())
}

/// One round.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn read(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, code: &Code) -> Result<RoundState> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ReadCompetition, &scene.relation(), "competition")?;
    let round = scene.round(tx, code)?;
    let RoundState {
        round,
        mut groups,
        rules,
    } = state(tx, round)?;
    let unrevealed = scene.unrevealed(tx)?;
    groups.retain(|g| scene.knows(g, &unrevealed));
    let groups = as_seen(tx, &scene, groups)?;
    Ok(RoundState { round, groups, rules })
}

/// How far groups are for who does not see how they come along: published exactly while something published can be seen,
/// whatever is worked on meanwhile.
fn as_seen(tx: &mut Tx<'_>, scene: &Scene, mut groups: Vec<Group>) -> Result<Vec<Group>> {
    let outside =
        |g: &Group| scene.may(Action::ReadProgress, &scene.in_region(g.region_id)) != Verdict::Allow;
    let hidden: Vec<_> = groups.iter().filter(|g| outside(g)).map(|g| g.id).collect();
    let seen = publications::seen(tx.conn, &hidden, tx.now)?;
    for group in groups.iter_mut().filter(|g| hidden.contains(&g.id)) {
        if seen.contains(&group.id) {
            group.phase = Phase::Published;
        } else if group.phase == Phase::Published {
            group.phase = Phase::Decided;
        }
    }
    Ok(groups)
}

/// Changes what is said of a round. The same once more changes nothing.
///
/// # Errors
/// [`Error::Stale`]; [`Error::Conflict`] `code_fixed` when others may refer to the round's code already.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (slug, code): (&Slug, &Code),
    version: i64,
    input: &RoundInput,
) -> Result<RoundState> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::EditCompetition, &scene.whole(), "competition")?;
    let round = scene.round(tx, code)?;
    let settings = settings(input)?;
    if is_same(&round, input) {
        return state(tx, round);
    }
    if input.code != round.code {
        let all = rounds::of_competition(tx.conn, scene.competition.id)?;
        let last = all.iter().all(|r| r.position <= round.position);
        let groups = rounds::groups(tx.conn, round.id)?;
        if scene.competition.published_at.is_some() || !last || !groups.is_empty() {
            return Err(Error::conflict("code_fixed"));
        }
    }
    if !rounds::update(tx.conn, round.id, version, &settings)? {
        return Err(Error::Stale {
            version: round.version,
            current: None,
        });
    }
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: Some(scene.person()?.id),
        action: "round",
        subject: format!("rounds/{}", input.code),
        version: Some((version, version + 1)),
        ..NewEvent::default()
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.announce(Effect::CompetitionChanged(scene.competition.id))?;
    tx.announce(Effect::RoundChanged(round.id))?;
    let round = rounds::lock(tx.conn, round.id)?;
    state(tx, round)
}

fn state(tx: &mut Tx<'_>, round: Round) -> Result<RoundState> {
    let groups = rounds::groups(tx.conn, round.id)?;
    let rules = rounds::rules_text(tx.conn, round.id, round.rules_version)?;
    let rules = rules.as_deref().map(rules_cache::read).transpose()?;
    Ok(RoundState { round, groups, rules })
}

fn is_same(round: &Round, input: &RoundInput) -> bool {
    round.code == input.code
        && *round.title == input.title
        && round.on_stage == input.on_stage
        && round.release == input.release
        && round.public_list == input.public_list
}

fn settings(input: &RoundInput) -> Result<Settings> {
    let mut invalid = Invalid::default();
    input.title.check("/title", TITLE_MAX, true, &mut invalid);
    if input.code.as_str() == RESERVED {
        invalid.push(FieldError::new("/code", "code_reserved").with("code", RESERVED));
    }
    invalid.into_result()?;
    Ok(Settings {
        code: input.code.clone(),
        title: Json::new(input.title.clone())?,
        on_stage: input.on_stage,
        release: input.release,
        public_list: input.public_list,
    })
}
