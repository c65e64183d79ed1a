//! An entry as its people see it, and what all use cases about entries share.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::competition::{Registration, Window};
use crate::domain::entry::{Asked, Content, EntryStatus, TeamMember};
use crate::domain::fields::Answers;
use crate::domain::ids::{EntryId, GroupId, RegionId, TrackId};
use crate::domain::policy::{Action, Relation, Verdict};
use crate::domain::round::Phase;
use crate::domain::text::{Code, Text};
use crate::domain::time::Stamp;
use crate::error::{Conflict, Error, Result};
use crate::store::competitions::Competition;
use crate::store::entries::{self, Shown, Stored};
use crate::store::events::{self, NewEvent};
use crate::store::sql_types::Json;
use crate::store::{dialect, divisions};

use super::access::Scene;
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
    /// The country it comes from; hidden from judges of a blind competition.
    pub country: Option<String>,
    /// The team; left out for judges of a blind competition, and without addresses for judges and clerks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Vec<TeamMember>>,
    /// Answers to the competition's fields; numbers are decimal strings. Judges of a blind competition don't get those to
    /// fields that identify.
    #[schema(value_type = BTreeMap<String, serde_json::Value>, example = json!({ "stage": "prototype", "patents": "3" }))]
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
    #[schema(example = "Q0s5dHVqYk1zZ2Zx")]
    pub id: String,
    /// What they are called.
    #[schema(example = "Wang Li")]
    pub name: String,
}

/// The groups that an entry takes part in, whose phases stay as they are until this transaction ends.
pub(super) fn locked_groups(tx: &mut Tx<'_>, entry: EntryId) -> Result<Vec<(GroupId, Phase)>> {
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
            Err(conflict
                .with("opens_at", opens)
                .with("time_zone", zone)
                .with("opens", opens.in_zone(zone))
                .into())
        }
        Registration::Closed(closed) => {
            let conflict = Conflict::new("registration_closed");
            Err(conflict
                .with("closes_at", closed)
                .with("time_zone", zone)
                .with("closed", closed.in_zone(zone))
                .into())
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

/// What an entry says, with the rows that its track and region stand for.
pub(super) fn columns(
    content: &Content,
    track: impl Fn(&Code) -> Option<TrackId>,
    region: impl Fn(&Code) -> Option<RegionId>,
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

/// The team of an entry.
pub(super) fn team(tx: &mut Tx<'_>, entry: EntryId) -> Result<Vec<TeamMember>> {
    let rows = entries::teams(tx.conn, &[entry])?;
    Ok(rows.into_iter().map(|(_, member)| member).collect())
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

/// What the caller sees of an entry: in a blind competition a judge sees nobody behind it and no answer that identifies,
/// and addresses and owners are for the owner, organizers and observers alone.
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
    let mut answers = entry.answers.into_inner();
    if !authors {
        let fields = &scene.competition.fields;
        answers.retain(|code, _| fields.iter().any(|f| f.code.as_str() == code && !f.identifies));
    }
    EntryView {
        number: entry.number,
        status: entry.status,
        status_reason: entry.status_reason,
        title: entry.title.into_inner(),
        summary: entry.summary.into_inner(),
        track,
        region,
        institution: entry.institution.filter(|_| authors),
        country: entry.country.filter(|_| authors),
        team,
        answers,
        owner,
        submitted_at: entry.submitted_at,
        version: entry.version,
    }
}
