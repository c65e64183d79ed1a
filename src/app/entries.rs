//! Entries: drafted and changed by their owners, read by whoever may.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::domain::competition::{Registration, Window};
use crate::domain::entry::{Asked, Content, Draft, EntryStatus, TeamMember};
use crate::domain::fields::Answers;
use crate::domain::ids::{EntryId, UserId};
use crate::domain::policy::{Action, Relation, Verdict};
use crate::domain::round::Phase;
use crate::domain::text::{Code, Slug, Text};
use crate::domain::time::Stamp;
use crate::error::{Conflict, Error, Result};
use crate::store::competitions::{self, Competition};
use crate::store::entries::{self, NewEntry, Shown, Stored};
use crate::store::events::{self, NewEvent};
use crate::store::sql_types::Json;
use crate::store::{dialect, divisions};

use super::access::{self, Scene};
use super::actor::Actor;
use super::{Effect, Tx};

/// An entry as somebody may see it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Entry)]
pub struct EntryView {
    /// Its number in the competition, never reused.
    #[schema(example = 25)]
    pub number: i64,
    /// How far it is.
    pub status: EntryStatus,
    /// Why, where somebody said so.
    pub status_reason: Option<String>,
    /// The project's title.
    pub title: Text,
    /// What it is about.
    pub summary: Text,
    /// The code of its track.
    pub track: Option<Code>,
    /// The code of its region.
    pub region: Option<Code>,
    /// The company, school or institute behind it; hidden from judges of a blind competition.
    pub institution: Option<String>,
    /// The country it comes from.
    pub country: Option<String>,
    /// The team; left out for judges of a blind competition, and without addresses for judges and clerks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Vec<TeamMember>>,
    /// Answers to the competition's fields; numbers are decimal strings.
    #[schema(value_type = BTreeMap<String, Object>, example = json!({ "stage": "prototype", "patents": "3" }))]
    pub answers: Answers,
    /// Whose it is; nobody's when organizers entered it, and hidden from judges and clerks.
    pub owner: Option<Owner>,
    /// When it was handed in.
    pub submitted_at: Option<Stamp>,
    /// Counts changes.
    pub version: i64,
}

/// Whose an entry is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Owner {
    /// The person's id.
    pub id: String,
    /// What they are called.
    #[schema(example = "Wang Li")]
    pub name: String,
}

/// Drafts an entry of the caller's own.
///
/// # Errors
/// [`Error::Conflict`] outside the registration window; [`Error::Invalid`] with every wrong place.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, draft: &Draft) -> Result<EntryView> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::CreateEntry, &scene.relation(), "competition")?;
    in_window(&scene.competition, tx.now)?;
    let owner = scene.person()?.id;
    let content = draft.check(&asked(tx, &scene.competition)?)?;
    let id = scene.competition.id;
    let number = competitions::take_numbers(tx.conn, id, 1)?;
    let new = NewEntry {
        competition_id: id,
        number,
        owner_id: Some(owner),
        status: EntryStatus::Draft,
        stored: stored(tx, &scene.competition, &content)?,
        created_at: tx.now,
        updated_at: tx.now,
        submitted_at: None,
        screened_at: None,
        version: 1,
    };
    entries::insert(tx.conn, &[new], &[&content.team])?;
    record(tx, &scene, number, "creation", (0, 1), json!({}))?;
    current(tx, &scene, number)
}

/// One entry, as far as the caller may see it.
///
/// # Errors
/// [`Error::NotFound`] when there is none that the caller may see.
pub fn read(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, number: i64) -> Result<EntryView> {
    let scene = access::competition(tx, actor, slug)?;
    let (shown, relation) = scene.entry(tx, number, Action::ReadEntry)?;
    let team = team(tx, shown.entry.id)?;
    Ok(view(&scene, &relation, shown, team))
}

/// Sets what an entry says, if it has this version.
///
/// The owner changes it while it is a draft or submitted and the window is open, an organizer until a group that it
/// takes part in is opened.
///
/// # Errors
/// [`Error::Stale`] when it has another version; [`Error::Conflict`] when it can't be changed now; [`Error::Invalid`]
/// with every wrong place, and for what a submitted entry may not lack.
pub fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    slug: &Slug,
    number: i64,
    version: i64,
    draft: &Draft,
) -> Result<EntryView> {
    let scene = access::competition(tx, actor, slug)?;
    let (shown, relation) = scene.entry(tx, number, Action::EditEntry)?;
    let asked = asked(tx, &scene.competition)?;
    let content = draft.check(&asked)?;
    let entry = &shown.entry;
    if entry.status != EntryStatus::Draft {
        content.missing(&asked).into_result()?;
    }
    let team = team(tx, entry.id)?;
    let same = content == content_of(&shown, team);
    if same && (entry.version == version || was_last(tx, &scene, entry)?) {
        return current(tx, &scene, number);
    }
    if entry.version != version {
        return Err(stale(tx, &scene, number));
    }
    changeable(tx, &scene, &relation, &shown, &content)?;
    let stored = stored(tx, &scene.competition, &content)?;
    let at_new_place = scene.in_region(stored.region_id);
    if !relation.owner {
        scene.require(Action::ManageEntries, &at_new_place, "entry")?;
    }
    if !entries::update(tx.conn, entry, &stored, &content.team, tx.now)? {
        return Err(stale(tx, &scene, number));
    }
    record(tx, &scene, number, "change", (version, version + 1), json!({}))?;
    current(tx, &scene, number)
}

/// That an entry can be changed now by this caller.
fn changeable(
    tx: &mut Tx<'_>,
    scene: &Scene,
    relation: &Relation,
    shown: &Shown,
    content: &Content,
) -> Result<()> {
    let entry = &shown.entry;
    if entry.status == EntryStatus::Withdrawn {
        return Err(Error::conflict("entry_withdrawn"));
    }
    if scene.may(Action::ManageEntries, relation) != Verdict::Allow {
        if !entry.status.is_open_to_owner() {
            return Err(Conflict::new("entry_not_open")
                .with("status", entry.status)
                .into());
        }
        in_window(&scene.competition, tx.now)?;
    }
    let groups = locked_groups(tx, entry.id)?;
    if groups.iter().any(|(_, phase)| *phase != Phase::Draft) {
        return Err(Error::conflict("entry_in_open_group"));
    }
    let moved = shown.track != content.track || shown.region != content.region;
    if moved && !groups.is_empty() {
        return Err(Error::conflict("entry_in_group"));
    }
    Ok(())
}

/// The groups that an entry takes part in, whose phases stay as they are until this transaction ends.
pub(super) fn locked_groups(
    tx: &mut Tx<'_>,
    entry: EntryId,
) -> Result<Vec<(crate::domain::ids::GroupId, Phase)>> {
    for (group, _) in entries::groups_of(tx.conn, entry)? {
        dialect::lock_phase_shared(tx.conn, group)?;
    }
    entries::groups_of(tx.conn, entry)
}

/// That contestants may register now.
pub(super) fn in_window(competition: &Competition, now: Stamp) -> Result<()> {
    let zone = &competition.time_zone;
    match Window::at(competition.window(), now) {
        Registration::Open => Ok(()),
        Registration::NotYet(None) => Err(Error::conflict("registration_not_planned")),
        Registration::NotYet(Some(opens)) => {
            let conflict = Conflict::new("registration_not_open");
            Err(conflict.with("opens_at", opens).with("time_zone", zone).into())
        }
        Registration::Closed(closed) => {
            let conflict = Conflict::new("registration_closed");
            Err(conflict.with("closes_at", closed).with("time_zone", zone).into())
        }
    }
}

/// What a competition asks of its entries.
pub(super) fn asked(tx: &mut Tx<'_>, competition: &Competition) -> Result<Asked> {
    let tracks = divisions::track_codes(tx.conn, competition.id)?;
    let regions = divisions::region_codes(tx.conn, competition.id)?;
    Ok(Asked {
        tracks: tracks.into_keys().collect(),
        regions: regions.into_keys().collect(),
        fields: competition.fields.clone().into_inner(),
        team: competition.team(),
    })
}

fn stored(tx: &mut Tx<'_>, competition: &Competition, content: &Content) -> Result<Stored> {
    let tracks = divisions::track_codes(tx.conn, competition.id)?;
    let regions = divisions::region_codes(tx.conn, competition.id)?;
    columns(content, |c| tracks.get(c).copied(), |c| regions.get(c).copied())
}

/// What an entry says, with the rows that its track and region stand for.
pub(super) fn columns(
    content: &Content,
    track: impl Fn(&Code) -> Option<crate::domain::ids::TrackId>,
    region: impl Fn(&Code) -> Option<crate::domain::ids::RegionId>,
) -> Result<Stored> {
    Ok(Stored {
        title: Json::new(content.title.clone())?,
        summary: Json::new(content.summary.clone())?,
        track_id: content.track.as_ref().and_then(track),
        region_id: content.region.as_ref().and_then(region),
        institution: content.institution.clone(),
        country: content.country.clone(),
        answers: Json::new(content.answers.clone())?,
    })
}

/// What an entry says now.
pub(super) fn content_of(shown: &Shown, team: Vec<TeamMember>) -> Content {
    let entry = &shown.entry;
    Content {
        title: entry.title.clone().into_inner(),
        summary: entry.summary.clone().into_inner(),
        track: shown.track.clone(),
        region: shown.region.clone(),
        institution: entry.institution.clone(),
        country: entry.country.clone(),
        team,
        answers: entry.answers.clone().into_inner(),
    }
}

pub(super) fn team(tx: &mut Tx<'_>, entry: EntryId) -> Result<Vec<TeamMember>> {
    let rows = entries::teams(tx.conn, &[entry])?;
    Ok(rows.into_iter().map(|(_, member)| member).collect())
}

fn was_last(tx: &mut Tx<'_>, scene: &Scene, entry: &entries::Entry) -> Result<bool> {
    let subject = format!("entries/{}", entry.number);
    let author: Option<UserId> = events::author_of(tx.conn, entry.competition_id, &subject, entry.version)?;
    Ok(author.is_some() && author == scene.person.as_ref().map(|p| p.id))
}

/// Writes a change of an entry down and tells the node.
pub(super) fn record(
    tx: &mut Tx<'_>,
    scene: &Scene,
    number: i64,
    action: &'static str,
    version: (i64, i64),
    details: serde_json::Value,
) -> Result<()> {
    let event = NewEvent {
        competition: Some(scene.competition.id),
        actor: scene.person.as_ref().map(|p| p.id),
        action,
        subject: format!("entries/{number}"),
        version: Some(version),
        details,
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.after(Effect::CompetitionChanged(scene.competition.id));
    Ok(())
}

/// That an entry was changed meanwhile, with its current state.
pub(super) fn stale(tx: &mut Tx<'_>, scene: &Scene, number: i64) -> Error {
    match current(tx, scene, number) {
        Ok(view) => Error::Stale {
            version: view.version,
            current: serde_json::to_value(&view).ok().map(Box::new),
        },
        Err(error) => error,
    }
}

/// An entry after a change, as the caller may see it.
pub(super) fn current(tx: &mut Tx<'_>, scene: &Scene, number: i64) -> Result<EntryView> {
    let shown = entries::by_number(tx.conn, scene.competition.id, number)?.ok_or(Error::NotFound("entry"))?;
    let relation = scene.of_entry(tx, &shown.entry)?;
    let team = team(tx, shown.entry.id)?;
    Ok(view(scene, &relation, shown, team))
}

/// What the caller sees of an entry: in a blind competition a judge sees nobody behind it, and addresses and owners are
/// for the owner, organizers and observers alone.
pub(super) fn view(scene: &Scene, relation: &Relation, shown: Shown, team: Vec<TeamMember>) -> EntryView {
    let allowed = |action| scene.may(action, relation) == Verdict::Allow;
    let authors = !scene.competition.blind || allowed(Action::ReadAuthors);
    let contacts = allowed(Action::ReadContacts);
    let without_address = |member: TeamMember| TeamMember {
        email: None,
        ..member
    };
    let team = match (authors, contacts) {
        (false, _) => None,
        (true, true) => Some(team),
        (true, false) => Some(team.into_iter().map(without_address).collect()),
    };
    let Shown {
        entry,
        track,
        region,
        owner,
    } = shown;
    let owner = owner
        .filter(|_| contacts)
        .map(|(id, name)| Owner { id: id.0, name });
    EntryView {
        number: entry.number,
        status: entry.status,
        status_reason: entry.status_reason,
        title: entry.title.into_inner(),
        summary: entry.summary.into_inner(),
        track,
        region,
        institution: entry.institution.filter(|_| authors),
        country: entry.country,
        team,
        answers: entry.answers.into_inner(),
        owner,
        submitted_at: entry.submitted_at,
        version: entry.version,
    }
}
