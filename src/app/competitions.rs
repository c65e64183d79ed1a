//! Competitions: made by an admin, set up and published by organizers.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::domain::competition::{Settings, TeamLimits, Window};
use crate::domain::fields::{Field, Taken};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::{self, Action, Relation};
use crate::domain::text::{Code, Email, Slug, Text};
use crate::domain::time::Stamp;
use crate::domain::user::Role;
use crate::error::{Conflict, Error, Result};
use crate::store::competitions::{self, Audience, Competition};
use crate::store::events::{self, NewEvent};
use crate::store::members::{self, NewMember};
use crate::store::page::{Limit, Page};
use crate::store::{divisions, entries, rounds, users};

use super::access::{self, Scene};
use super::actor::{self, Actor};
use super::divisions::DivisionView;
use super::{Effect, Tx, random};

/// The most organizers that can be named with a new competition.
const ORGANIZERS_MAX: usize = 50;

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
    /// Whether judges see neither team nor owner nor institution.
    pub blind: bool,
    /// How many people a team has.
    pub team: TeamLimits,
    /// What is asked of each entry beyond title, track, region and team.
    pub fields: Vec<Field>,
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

/// Makes a competition, and organizers of these people.
///
/// # Errors
/// [`Error::Invalid`] with every wrong place; `/organizers/0` for an address without an account.
pub fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    settings: &Settings,
    organizers: &[String],
) -> Result<CompetitionView> {
    let person = actor::signed_in(tx, actor)?;
    let verdict = policy::may(
        &access::instance(Some(&person)),
        Action::CreateCompetition,
        &Relation::default(),
    );
    access::enforce(verdict, Action::CreateCompetition, "competition")?;
    let mut invalid = settings.check();
    let named = named(tx, organizers, &mut invalid)?;
    invalid.into_result()?;
    let id = competitions::insert(tx.conn, settings, tx.now)?;
    for user in &named {
        let new = NewMember {
            public_id: random::public_id(),
            competition: id,
            user: *user,
            role: Role::Organizer,
            region: None,
        };
        members::insert(tx.conn, &new, tx.now)?;
    }
    let event = NewEvent {
        competition: Some(id),
        actor: Some(person.id),
        action: "creation",
        subject: "competition".into(),
        version: Some((0, 1)),
        details: json!({ "organizers": organizers.len() }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.after(Effect::CompetitionChanged(id));
    current(tx, &settings.slug)
}

/// The people behind addresses, each once.
fn named(
    tx: &mut Tx<'_>,
    organizers: &[String],
    invalid: &mut Invalid,
) -> Result<Vec<crate::domain::ids::UserId>> {
    if organizers.len() > ORGANIZERS_MAX {
        invalid.push(FieldError::new("/organizers", "too_many").with("maximum", ORGANIZERS_MAX));
        return Ok(Vec::new());
    }
    let mut named = Vec::new();
    for (i, given) in organizers.iter().enumerate() {
        let here = format!("/organizers/{i}");
        let Ok(email) = given.parse::<Email>() else {
            invalid.push(FieldError::new(here, "email"));
            continue;
        };
        match users::by_email(tx.conn, &email)? {
            None => invalid.push(FieldError::new(here, "no_account").with("email", email)),
            Some(user) if named.contains(&user.id) => invalid.push(FieldError::new(here, "named_twice")),
            Some(user) => named.push(user.id),
        }
    }
    Ok(named)
}

/// The competitions that the caller may see, the newest first.
///
/// # Errors
/// [`Error::Invalid`] when the cursor is none of this list.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, cursor: Option<&str>, limit: Limit) -> Result<Page<Competition>> {
    let audience = match actor::person(tx, actor)? {
        None => Audience::Public,
        Some(person) if person.admin => Audience::Admin,
        Some(person) => Audience::Person(person.id),
    };
    competitions::list(tx.conn, audience, cursor, limit)
}

/// One competition.
///
/// # Errors
/// [`Error::NotFound`] when there is none that the caller may see.
pub fn read(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<CompetitionView> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ReadCompetition, &scene.relation(), "competition")?;
    view(tx, &scene.competition)
}

/// Sets everything that organizers set, if the competition has this version.
///
/// # Errors
/// [`Error::Stale`] when it has another; [`Error::Conflict`] `slug_fixed`, `field_in_use` or `choice_in_use`.
pub fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    version: i64,
    settings: &Settings,
) -> Result<CompetitionView> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::EditCompetition, &scene.whole(), "competition")?;
    settings.check().into_result()?;
    let old = &scene.competition;
    if old.settings() == *settings && (old.version == version || was_last(tx, &scene)?) {
        return view(tx, old);
    }
    fresh(tx, old, version)?;
    if old.published_at.is_some() && old.slug != settings.slug {
        return Err(Error::conflict("slug_fixed"));
    }
    keep_answers(tx, old, &settings.fields)?;
    if !competitions::update(tx.conn, old.id, version, settings)? {
        return Err(stale(tx, slug));
    }
    changed(tx, &scene, "change", Some((version, version + 1)), json!({}))?;
    current(tx, &settings.slug)
}

/// Whether the caller made the change that led to the current version.
fn was_last(tx: &mut Tx<'_>, scene: &Scene) -> Result<bool> {
    let competition = &scene.competition;
    let author = events::author_of(tx.conn, competition.id, "competition", competition.version)?;
    Ok(author.is_some() && author == scene.person.as_ref().map(|p| p.id))
}

/// A field or choice that an entry's answers need stays.
fn keep_answers(tx: &mut Tx<'_>, old: &Competition, new: &[Field]) -> Result<()> {
    let taken = Taken::between(&old.fields, new);
    if taken.is_empty() {
        return Ok(());
    }
    for (number, answers) in entries::answers_of(tx.conn, old.id)? {
        if let Some((field, choice)) = taken.needed_by(&answers) {
            let conflict = match choice {
                None => Conflict::new("field_in_use"),
                Some(choice) => Conflict::new("choice_in_use").with("choice", choice),
            };
            return Err(conflict.with("field", field).with("entry", number).into());
        }
    }
    Ok(())
}

/// Shows a competition to the public from now on.
///
/// # Errors
/// [`Error::Conflict`] `competition_published` when it is shown already.
pub fn publish(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<CompetitionView> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::EditCompetition, &scene.whole(), "competition")?;
    let version = competitions::publish(tx.conn, scene.competition.id, tx.now)?
        .ok_or_else(|| Error::conflict("competition_published"))?;
    changed(tx, &scene, "publication", Some((version - 1, version)), json!({}))?;
    current(tx, slug)
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
    tx.after(Effect::CompetitionChanged(scene.competition.id));
    Ok(())
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

pub(super) fn current(tx: &mut Tx<'_>, slug: &Slug) -> Result<CompetitionView> {
    let competition = competitions::by_slug(tx.conn, slug)?.ok_or(Error::NotFound("competition"))?;
    view(tx, &competition)
}

fn view(tx: &mut Tx<'_>, competition: &Competition) -> Result<CompetitionView> {
    let Settings {
        slug,
        name,
        description,
        time_zone,
        registration,
        blind,
        team,
        fields,
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
        published_at: competition.published_at,
        tracks: tracks.into_iter().map(DivisionView::of).collect(),
        regions: regions.into_iter().map(DivisionView::of).collect(),
        rounds: rounds.into_iter().map(round).collect(),
        version: competition.version,
    })
}
