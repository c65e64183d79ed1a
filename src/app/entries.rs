//! Entries: drafted and changed by their owners, read by whoever may.

use serde_json::json;

use crate::domain::entry::{Content, Draft, EntryStatus};
use crate::domain::ids::UserId;
use crate::domain::policy::{Action, Relation, Verdict};
use crate::domain::round::Phase;
use crate::domain::text::Slug;
use crate::error::{Conflict, Error, Result};
use crate::store::competitions::{self, Competition};
use crate::store::entries::{self, NewEntry, Shown, Stored};
use crate::store::{divisions, events};

use super::Tx;
use super::access::{self, Scene};
use super::actor::Actor;
use super::dossier::{
    self, EntryView, asked, columns, content_of, current, in_window, record, stale, team, view,
};

/// The most entries of one owner in a competition, whatever became of them: who enters more for others is an organizer's
/// import, or fills the disk.
const ENTRIES_MAX: i64 = 200;

/// Drafts an entry of the caller's own.
///
/// # Errors
/// [`Error::Conflict`] outside the registration window, or `too_many_entries`; [`Error::Invalid`] with every wrong place.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug, draft: &Draft) -> Result<EntryView> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require(Action::CreateEntry, &scene.relation(), "competition")?;
    in_window(&scene.competition, tx.now)?;
    let owner = scene.person()?.id;
    if entries::of_owner(tx.conn, scene.competition.id, owner)? >= ENTRIES_MAX {
        return Err(Conflict::new("too_many_entries")
            .with("maximum", ENTRIES_MAX)
            .into());
    }
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
    let team = team(tx, entry.id)?;
    let same = content == content_of(&shown, team);
    if same && (entry.version == version || was_last(tx, &scene, entry)?) {
        return current(tx, &scene, number);
    }
    if entry.version != version {
        return Err(stale(tx, &scene, number));
    }
    changeable(tx, &scene, &relation, &shown, &content)?;
    if entry.status != EntryStatus::Draft {
        content.missing(&asked).into_result()?;
    }
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
    let groups = dossier::locked_groups(tx, entry.id)?;
    if groups.iter().any(|(_, phase)| *phase != Phase::Draft) {
        return Err(Error::conflict("entry_in_open_group"));
    }
    let moved = shown.track != content.track || shown.region != content.region;
    if moved && !groups.is_empty() {
        return Err(Error::conflict("entry_in_group"));
    }
    Ok(())
}

fn stored(tx: &mut Tx<'_>, competition: &Competition, content: &Content) -> Result<Stored> {
    let tracks = divisions::track_codes(tx.conn, competition.id)?;
    let regions = divisions::region_codes(tx.conn, competition.id)?;
    columns(content, |c| tracks.get(c).copied(), |c| regions.get(c).copied())
}

fn was_last(tx: &mut Tx<'_>, scene: &Scene, entry: &entries::Entry) -> Result<bool> {
    let subject = format!("entries/{}", entry.number);
    let author: Option<UserId> = events::author_of(tx.conn, entry.competition_id, &subject, entry.version)?;
    Ok(author.is_some() && author == scene.person.as_ref().map(|p| p.id))
}
