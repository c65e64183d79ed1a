//! Competitions: made by an admin, set up and published by organizers.

use serde_json::json;

use crate::domain::competition::Settings;
use crate::domain::fields::{Field, Taken};
use crate::domain::ids::UserId;
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::{self, Action, Relation, Verdict};
use crate::domain::proposal::ProposalKind;
use crate::domain::text::{Email, Slug};
use crate::domain::user::Role;
use crate::error::{Conflict, Error, Result};
use crate::store::competitions::{self, Audience, Competition};
use crate::store::events::{self, NewEvent};
use crate::store::members::{self, NewMember};
use crate::store::page::{Limit, Page};
use crate::store::{entries, users};

use super::access::{self, Scene};
use super::actor::{self, Actor};
use super::prospectus::{CompetitionView, changed, current, fresh, stale, view};
use super::showcase::Footing;
use super::two_persons::{self, Outcome, Wish};
use super::{Effect, Tx, random};

/// The most organizers that can be named with a new competition.
const ORGANIZERS_MAX: usize = 50;

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
    let person = access::personally(tx, actor, Action::CreateCompetition)?;
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
fn named(tx: &mut Tx<'_>, organizers: &[String], invalid: &mut Invalid) -> Result<Vec<UserId>> {
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

/// The competitions that the caller may see, the newest first; to a program whose API token does not let it read, or is
/// limited to one of them, what the public sees.
///
/// # Errors
/// [`Error::Invalid`] when the cursor is none of this list.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, cursor: Option<&str>, limit: Limit) -> Result<Page<Competition>> {
    let person = actor::person(tx, actor)?;
    let subject = access::instance(person.as_ref());
    let sees_own = policy::may(&subject, Action::ReadOwn, &Relation::default()) == Verdict::Allow;
    let audience = match person.filter(|_| sees_own) {
        None => Audience::Public,
        Some(person) if person.admin => Audience::Admin,
        Some(person) => Audience::Person(person.id),
    };
    competitions::list(tx.conn, audience, cursor, limit)
}

/// One competition, and what that rests on.
///
/// # Errors
/// [`Error::NotFound`] when there is none that the caller may see.
pub fn read(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<(CompetitionView, Footing)> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::ReadCompetition, &scene.relation(), "competition")?;
    let footing = Footing {
        competition: scene.competition.id,
        // A round tells its competition when its name changes.
        rounds: Vec::new(),
        from: tx.now,
        until: None,
    };
    Ok((view(tx, &scene.competition)?, footing))
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
) -> Result<Outcome<CompetitionView>> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::EditCompetition, &scene.whole(), "competition")?;
    settings.check().into_result()?;
    let old = &scene.competition;
    if old.settings() == *settings && (old.version == version || was_last(tx, &scene)?) {
        return view(tx, old).map(Outcome::Done);
    }
    fresh(tx, old, version)?;
    if old.published_at.is_some() && old.slug != settings.slug {
        return Err(Error::conflict("slug_fixed"));
    }
    keep_answers(tx, old, &settings.fields)?;
    // Whoever could end the rule alone would not be bound by it. An admin can, should only one organizer be left.
    if old.two_persons && !settings.two_persons && !scene.subject.admin {
        let wish = Wish {
            kind: ProposalKind::Settings,
            subject: String::new(),
            group: None,
            region: None,
            based_on: Some(version),
            body: serde_json::to_value(settings).map_err(Error::internal)?,
        };
        if let Some(proposal) = two_persons::agree(tx, &scene, wish)? {
            return Ok(Outcome::Proposed(proposal));
        }
    }
    if !competitions::update(tx.conn, old.id, version, settings)? {
        return Err(stale(tx, slug));
    }
    changed(tx, &scene, "change", Some((version, version + 1)), json!({}))?;
    current(tx, &settings.slug).map(Outcome::Done)
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
