//! Many entries at once, entered by organizers on behalf of teams: all or nothing.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::code_enum;
use crate::domain::entry::{Asked, Content, Draft, EntryStatus};
use crate::domain::invalid::{FieldError, Invalid};
use crate::domain::policy::Action;
use crate::domain::text::Slug;
use crate::error::{Error, Result};
use crate::store::entries::{self, NewEntry};
use crate::store::events::{self, NewEvent};
use crate::store::idempotency::Once;
use crate::store::{competitions, divisions};

use super::access::{self, Scene};
use super::actor::Actor;
use super::{App, Effect, Tx, dossier, idempotency};

/// The most entries of one import.
pub const IMPORT_ENTRIES_MAX: usize = 1_000;

code_enum! {
    /// How far an entry is that organizers enter.
    pub enum ImportStatus {
        /// It is to be screened.
        Submitted = "submitted",
        /// It takes part.
        Accepted = "accepted",
    }
}

/// One entry of an import.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it says.
    pub draft: Draft,
    /// How far it is.
    pub status: ImportStatus,
}

/// The number that an entry was given.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Numbered {
    /// Its number in the competition.
    #[schema(example = 25)]
    pub number: i64,
}

/// The numbers that the entries of an import were given, in their order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Imported {
    /// One for each line.
    pub items: Vec<Numbered>,
}

/// Adds entries. They are checked before the transaction that adds them, which stays short.
///
/// # Errors
/// [`Error::Invalid`] with every wrong place of every line, and then nothing was added.
pub async fn import(
    app: &App,
    actor: &Actor,
    slug: &Slug,
    once: Option<Once>,
    lines: Vec<Line>,
) -> Result<Imported> {
    let lines = Arc::new(lines);
    let (who, name, given) = (actor.clone(), slug.clone(), lines.clone());
    let (asked, contents) = app
        .read(move |tx| {
            let scene = scene(tx, &who, &name)?;
            let asked = dossier::asked(tx, &scene.competition)?;
            let contents = check(&given, &asked)?;
            Ok((asked, Arc::new(contents)))
        })
        .await?;
    let (who, name) = (actor.clone(), slug.clone());
    idempotency::write_once(app, actor, once, move |tx| {
        let scene = scene(tx, &who, &name)?;
        let now_asked = dossier::asked(tx, &scene.competition)?;
        if now_asked == asked {
            return add(tx, &scene, &lines, &contents);
        }
        let contents = check(&lines, &now_asked)?;
        add(tx, &scene, &lines, &contents)
    })
    .await
}

fn scene(tx: &mut Tx<'_>, actor: &Actor, slug: &Slug) -> Result<Scene> {
    let scene = access::competition(tx, actor, slug)?;
    scene.require_reach(Action::ManageEntries, "competition")?;
    Ok(scene)
}

/// Every line as an entry keeps it, complete as a submission must be.
fn check(lines: &[Line], asked: &Asked) -> Result<Vec<Content>, Invalid> {
    let mut invalid = Invalid::default();
    if lines.is_empty() || lines.len() > IMPORT_ENTRIES_MAX {
        let limits = FieldError::new("/items", "number_of_items");
        invalid.push(limits.with("minimum", 1).with("maximum", IMPORT_ENTRIES_MAX));
        return Err(invalid);
    }
    let mut contents = Vec::with_capacity(lines.len());
    for (i, line) in lines.iter().enumerate() {
        let checked = line.draft.check(asked);
        let wrong = match checked {
            Ok(content) => {
                let missing = content.missing(asked);
                contents.push(content);
                missing
            }
            Err(wrong) => wrong,
        };
        invalid.append(wrong.under(&format!("/items/{i}")));
    }
    invalid.into_result()?;
    Ok(contents)
}

fn add(tx: &mut Tx<'_>, scene: &Scene, lines: &[Line], contents: &[Content]) -> Result<Imported> {
    let id = scene.competition.id;
    let tracks = divisions::track_codes(tx.conn, id)?;
    let regions = divisions::region_codes(tx.conn, id)?;
    let count = i64::try_from(contents.len()).map_err(Error::internal)?;
    let first = competitions::take_numbers(tx.conn, id, count)?;
    let mut new = Vec::with_capacity(contents.len());
    for (number, (line, content)) in (first..).zip(lines.iter().zip(contents)) {
        let stored = dossier::columns(content, |c| tracks.get(c).copied(), |c| regions.get(c).copied())?;
        scene.require(Action::ManageEntries, &scene.in_region(stored.region_id), "entry")?;
        let accepted = line.status == ImportStatus::Accepted;
        new.push(NewEntry {
            competition_id: id,
            number,
            owner_id: None,
            status: if accepted {
                EntryStatus::Accepted
            } else {
                EntryStatus::Submitted
            },
            stored,
            created_at: tx.now,
            updated_at: tx.now,
            submitted_at: Some(tx.now),
            screened_at: accepted.then_some(tx.now),
            version: 1,
        });
    }
    let teams: Vec<_> = contents.iter().map(|c| c.team.as_slice()).collect();
    entries::insert(tx.conn, &new, &teams)?;
    let event = NewEvent {
        competition: Some(id),
        actor: scene.person.as_ref().map(|p| p.id),
        action: "import",
        subject: "entries".into(),
        version: None,
        details: json!({ "first": first, "last": first + count - 1, "entries": count }),
    };
    events::record(tx.conn, tx.now, &event)?;
    tx.after(Effect::CompetitionChanged(id));
    Ok(Imported {
        items: new.iter().map(|e| Numbered { number: e.number }).collect(),
    })
}
