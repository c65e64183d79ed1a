//! A competition as people read it, and what all use cases about it share.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::competition::{Settings, TeamLimits, Window};
use crate::domain::fields::Field;
use crate::domain::text::{Code, Slug, Text};
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::store::competitions::{self, Competition};
use crate::store::events::{self, NewEvent};
use crate::store::{divisions, rounds};

use super::access::Scene;
use super::{Effect, Tx};

/// A competition with everything that stands in it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Competition)]
pub struct CompetitionView {
    /// Its name in addresses.
    #[schema(example = "talents-cup")]
    pub slug: Slug,
    /// What it is called.
    pub name: Text,
    /// What it is about.
    pub description: Text,
    /// The IANA time zone that its deadlines are spoken in.
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: String,
    /// When contestants register.
    pub registration: Option<Window>,
    /// Whether judges see neither team nor owner, institution, country or answers that identify.
    pub blind: bool,
    /// How many people a team has.
    pub team: TeamLimits,
    /// What is asked of each entry beyond title, track, region and team.
    pub fields: Vec<Field>,
    /// Whether organizers may compare rules over real marks before they are published: without names, and logged.
    pub early_comparisons: bool,
    /// Whether closing, adjusting, recording values, correcting and publishing takes two persons: one proposes, another
    /// confirms by the same request.
    pub two_persons: bool,
    /// Since when the public sees it.
    pub published_at: Option<Stamp>,
    /// Its tracks, in order.
    pub tracks: Vec<DivisionView>,
    /// Its regions, in order.
    pub regions: Vec<DivisionView>,
    /// Its rounds, in order.
    pub rounds: Vec<RoundName>,
    /// Counts changes.
    pub version: i64,
}

/// A round by name.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RoundName {
    /// Its name in addresses.
    #[schema(example = "semi-final")]
    pub code: Code,
    /// What it is called.
    pub title: Text,
}

/// A track or a region.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Division)]
pub struct DivisionView {
    /// Its name in addresses and entries.
    #[schema(example = "new-energy")]
    pub code: Code,
    /// What it is called.
    pub name: Text,
}

impl DivisionView {
    pub(super) fn of<Id>(row: divisions::Division<Id>) -> Self {
        Self {
            code: row.code,
            name: row.name.into_inner(),
        }
    }
}

/// Writes a change of the competition itself down and tells the node.
pub(super) fn changed(
    tx: &mut Tx<'_>,
    scene: &Scene,
    action: &'static str,
    version: Option<(i64, i64)>,
    details: serde_json::Value,
) -> Result<()> {
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: scene.person.as_ref().map(|p| p.id),
        action,
        subject: "competition".into(),
        version,
        details,
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.announce(Effect::CompetitionChanged(scene.competition.id))
}

/// That the competition has the version that the caller saw.
pub(super) fn fresh(tx: &mut Tx<'_>, competition: &Competition, version: i64) -> Result<()> {
    if competition.version == version {
        Ok(())
    } else {
        Err(stale(tx, &competition.slug))
    }
}

/// That it was changed meanwhile, with its current state.
pub(super) fn stale(tx: &mut Tx<'_>, slug: &Slug) -> Error {
    match current(tx, slug) {
        Ok(view) => Error::Stale {
            version: view.version,
            current: serde_json::to_value(&view).ok().map(Box::new),
        },
        Err(error) => error,
    }
}

/// A competition after a change.
pub(super) fn current(tx: &mut Tx<'_>, slug: &Slug) -> Result<CompetitionView> {
    let competition = competitions::by_slug(tx.conn, slug)?.ok_or(Error::NotFound("competition"))?;
    view(tx, &competition)
}

/// A competition with everything that stands in it.
pub(super) fn view(tx: &mut Tx<'_>, competition: &Competition) -> Result<CompetitionView> {
    let Settings {
        slug,
        name,
        description,
        time_zone,
        registration,
        blind,
        team,
        fields,
        early_comparisons,
        two_persons,
    } = competition.settings();
    let tracks = divisions::tracks_of(tx.conn, competition.id)?;
    let regions = divisions::regions_of(tx.conn, competition.id)?;
    let rounds = rounds::of_competition(tx.conn, competition.id)?;
    let round = |r: rounds::Round| RoundName {
        code: r.code,
        title: r.title.into_inner(),
    };
    Ok(CompetitionView {
        slug,
        name,
        description,
        time_zone,
        registration,
        blind,
        team,
        fields,
        early_comparisons,
        two_persons,
        published_at: competition.published_at,
        tracks: tracks.into_iter().map(DivisionView::of).collect(),
        regions: regions.into_iter().map(DivisionView::of).collect(),
        rounds: rounds.into_iter().map(round).collect(),
        version: competition.version,
    })
}
